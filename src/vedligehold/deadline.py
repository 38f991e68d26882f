"""Due dates: one rule counted from one event, with every day that was passed over on the way.

Day zero is not counted. Weeks and months are counted from the start as wholes. A pause takes the days inside it out of
the count: `waiting_list_entered` inclusive to `waiting_list_left` exclusive, after day zero and up to the due date.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar, TypeAlias, cast

from vedligehold.calendar import FIRST_DAY, LAST_DAY, WorkdayCalendar, in_english
from vedligehold.errors import CaseError, Problem
from vedligehold.pack import Amount, CountUnit, DeadlineRule
from vedligehold.plain import plain
from vedligehold.source import Citation, Words

if TYPE_CHECKING:
    from dateutil.relativedelta import relativedelta

    from vedligehold.output import DeadlineJson

_WAITING = Words("på venteliste", "on a waiting list")
PAUSE_STARTS = "waiting_list_entered"
PAUSE_ENDS = "waiting_list_left"
MOST_KEPT = 4096
"""The most starts of one rule of which the deadline is kept."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A day that was passed over, and why."""

    on: date
    why: Words


@dataclass(frozen=True, slots=True)
class Pause:
    """A time that does not count: `start` inclusive, `end` exclusive; None while it lasts."""

    start: date
    end: date | None
    why: Words = _WAITING
    JSON_NAMES: ClassVar = {"start": "from", "end": "to"}

    def has(self, day: date) -> bool:
        """Whether *day* lies inside."""
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline and the way to its date.

    `due_on` is the last day; lateness counts only after `late_after`, the same day unless the law is unsettled.
    `waits_for` is the event without which there is no date yet; `not_computable` says why there never is one.
    """

    id: str
    title: Words
    kind: str | None
    start_event: str | None
    start_on: date | None
    due_on: date | None
    late_after: date | None
    earliest_on: date | None
    earliest_amount: int | None
    amount: int | None
    unit: str | None
    met_by: str | None
    waits_for: str | None
    not_computable: Words | None
    skipped: tuple[Skipped, ...]
    paused: tuple[Pause, ...]
    calendar: WorkdayCalendar
    citation: Citation | None

    def model_dump(self) -> "DeadlineJson":
        """The deadline as plain data: dates as ISO text, wording as `{da, en}`."""
        return cast("DeadlineJson", plain(self))


Events: TypeAlias = Mapping[str, Sequence[date]]
"""The days of each type of event, in order."""


def pauses_of(events: Events) -> list[Pause]:
    """The pauses that the events of a case make; left and entered again on one day is two, one after the other."""
    entered, left = set(events.get(PAUSE_STARTS, ())), set(events.get(PAUSE_ENDS, ()))
    pauses: list[Pause] = []
    since: date | None = None
    for day in sorted(entered | left):
        if since is not None and day in left:
            pauses.append(Pause(since, day))
            since = day if day in entered else None
        elif since is None and day in entered and day not in left:
            since = day
    return pauses if since is None else [*pauses, Pause(since, None)]


def count(rule: DeadlineRule, events: Events) -> Deadline:
    """Count *rule* from the earliest event that starts it, and say which days were passed over.

    Raises:
        CaseError: an event lies outside 1990-2100, or the count runs out of it.

    Source: the citation of *rule*, repeated on the result so that a letter can print it.
    """
    starts = events.get(rule.start_event or "", ())
    start = min(starts) if starts else None
    if rule.amount is None:
        return _deadline(rule, start)
    if start is None:
        return _deadline(rule, start, waits_for=rule.start_event)
    pauses = pauses_of(events) if rule.pauses else []
    try:
        return _counted(rule, rule.amount, start, pauses)
    except ValueError as error:
        message = f"deadline `{rule.id}` from {start}: {error}"
    raise CaseError([Problem(f"events.{rule.start_event}", "outside-calendar", message)])


class DeadlineTable:
    """One rule, and its deadlines by the day that starts them, for cases in which nothing pauses it.

    `kept` holds what was counted; under None it is the deadline that has not started.
    """

    __slots__ = ("kept", "pauses", "rule", "start_event")

    def __init__(self, rule: DeadlineRule) -> None:
        self.rule = rule
        self.start_event = rule.start_event or ""
        self.pauses = rule.pauses
        self.kept: dict[date | None, Deadline] = {}

    def count(self, start: date | None) -> Deadline:
        """Count the rule from *start*, and keep the deadline."""
        if len(self.kept) >= MOST_KEPT:
            self.kept.clear()
        found = self.kept[start] = count(self.rule, {} if start is None else {self.start_event: (start,)})
        return found


def _counted(rule: DeadlineRule, amount: Amount, start: date, pauses: list[Pause]) -> Deadline:
    _within(start)
    due = _end(start, amount.number, amount, rule.calendar, pauses)
    earliest = None if amount.earliest is None else _end(start, amount.earliest, amount, rule.calendar, pauses)
    if earliest is not None and rule.moves:
        earliest = rule.calendar.next_open(earliest)
    used = tuple(each for each in pauses if due is None or (each.start <= due and (each.end or due) > start))
    if due is None:
        return _deadline(rule, start, earliest_on=earliest, paused=used, waits_for=PAUSE_ENDS)
    moved = rule.calendar.next_open(due) if rule.moves else due
    late = rule.calendar.with_closed(rule.uncertain).next_open(due) if rule.moves else due
    passed = _passed(rule, amount, start, due, used) + _closed(rule.calendar, due, moved - timedelta(days=1))
    return _deadline(
        rule,
        start,
        due_on=moved,
        late_after=late,
        earliest_on=earliest,
        skipped=tuple(passed),
        paused=used,
    )


def _end(start: date, number: int, amount: Amount, calendar: WorkdayCalendar, pauses: list[Pause]) -> date | None:
    """The last day of *number* units from *start*, None while a pause is open."""
    if amount.unit == "workdays":
        return _workdays(start, number, calendar, pauses)
    end = _within(shifted(start, number, amount.unit))
    if not pauses:
        return end
    return _unpaused(start, (end - start).days, pauses)


def shifted(day: date, number: int, unit: CountUnit) -> date:
    """The day that lies *number* of *unit* after *day*; a negative number, before it. A weekday counts as a day."""
    return day + _length(number, unit)


def _length(number: int, unit: CountUnit) -> "relativedelta":
    from dateutil.relativedelta import relativedelta

    match unit:
        case "days" | "workdays":
            return relativedelta(days=number)
        case "weeks":
            return relativedelta(weeks=number)
        case "months":
            return relativedelta(months=number)


def _workdays(start: date, number: int, calendar: WorkdayCalendar, pauses: list[Pause]) -> date | None:
    if not pauses:
        return calendar.add_workdays(start, number)
    day = start
    for _ in range(number):
        day = calendar.add_workdays(day, 1)
        while (inside := _inside(day, pauses)) is not None:
            if inside.end is None:
                return None
            day = calendar.next_open(inside.end)
    return day


def _unpaused(start: date, days: int, pauses: list[Pause]) -> date | None:
    """The day on which *days* days that lie in no pause have passed since *start*."""
    day = start
    for _ in range(days):
        day += timedelta(days=1)
        while (inside := _inside(day, pauses)) is not None:
            if inside.end is None:
                return None
            day = inside.end
    return _within(day)


def _inside(day: date, pauses: list[Pause]) -> Pause | None:
    return next((pause for pause in pauses if pause.has(day)), None)


def _passed(rule: DeadlineRule, amount: Amount, start: date, due: date, pauses: Iterable[Pause]) -> list[Skipped]:
    """The closed days between *start* and *due* that a count of workdays passed over."""
    if amount.unit != "workdays" or due == start:
        return []
    closed = _closed(rule.calendar, start + timedelta(days=1), due)
    return [day for day in closed if not any(pause.has(day.on) for pause in pauses)]


def _closed(calendar: WorkdayCalendar, first: date, last: date) -> list[Skipped]:
    days = (first + timedelta(days=place) for place in range((last - first).days + 1))
    named = ((day, calendar.why_closed(day)) for day in days)
    return [Skipped(day, Words(why, in_english(why))) for day, why in named if why is not None]


def _within(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"{day} is outside the calendar, which runs from {FIRST_DAY} to {LAST_DAY}")
    return day


def _deadline(
    rule: DeadlineRule,
    start: date | None,
    *,
    due_on: date | None = None,
    late_after: date | None = None,
    earliest_on: date | None = None,
    skipped: tuple[Skipped, ...] = (),
    paused: tuple[Pause, ...] = (),
    waits_for: str | None = None,
) -> Deadline:
    return Deadline(
        id=rule.id,
        title=rule.title,
        kind=rule.kind,
        start_event=rule.start_event,
        start_on=start,
        due_on=due_on,
        late_after=late_after,
        earliest_on=earliest_on,
        earliest_amount=None if rule.amount is None else rule.amount.earliest,
        amount=None if rule.amount is None else rule.amount.number,
        unit=None if rule.amount is None else rule.amount.unit,
        met_by=rule.met_by,
        waits_for=waits_for,
        not_computable=rule.not_computable,
        skipped=skipped,
        paused=paused,
        calendar=rule.calendar,
        citation=rule.citation,
    )
