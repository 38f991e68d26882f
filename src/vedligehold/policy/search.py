"""Looking for a case: the one nearest to the typical case of which something is true.

Every fact that the aim turns on is tried at each value that can matter to it, one change first, then two, and so on.
What is found is a real case under a real policy; nothing is proved where nothing is found.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, islice, product
from typing import Any, NamedTuple, TypeAlias

from vedligehold.case import RECEIVED, Case
from vedligehold.condition import NOTHING, Condition
from vedligehold.deadline import PAUSE_ENDS, PAUSE_STARTS, shifted
from vedligehold.errors import CaseError, NotInForce, looks_like_cpr
from vedligehold.facts import DECIDED_ON, ITEMS, SETTINGS, Fact, Span
from vedligehold.known import known_values
from vedligehold.meaning.data import text_of
from vedligehold.meaning.value import facts_read, leaves
from vedligehold.pack import CountUnit, InForce, Pack, Policy
from vedligehold.policy.look import Aim
from vedligehold.reading.possible import mentioned_values, values_to_try

Data: TypeAlias = Mapping[str, Any]
MOST_CHANGES = 5
MOST_TRIED = 20_000
"""The most cases of one search that are looked at by their values."""
MOST_DECIDED = 2_500
"""The most cases of one search that are decided."""
_DAYS_TRIED = 12 * 365
_DAYS_WORTH = 3


@dataclass(frozen=True, slots=True)
class Start:
    """A case to start from: its data as JSON has it, and its decision date."""

    data: Data
    on: date


class Found(NamedTuple):
    """A case that was found, and what was changed in the one that it was made from."""

    data: Data
    case: Case
    on: date
    changes: tuple[str, ...]


@dataclass(slots=True)
class _Effort:
    """What one search has taken."""

    tries: int = 0
    decisions: int = 0

    @property
    def spent(self) -> bool:
        return self.tries > MOST_TRIED or self.decisions > MOST_DECIDED


class _Choice(NamedTuple):
    """One thing that can be changed, and everything that it can become."""

    name: str
    changes: tuple[Callable[[dict[str, Any]], None], ...]


def find(pack: Pack, starts: Iterable[Start], aim: Aim, wanted: Callable[[Case, date], bool]) -> Found | None:
    """The case nearest to one of *starts* that is *wanted*, the starts in their order; None where none was found."""
    effort = _Effort()
    for start in starts:
        for on in aim.days or (_within(aim.in_force, start.on),):
            found = _near(pack, moved_to(start, on), aim, wanted, effort)
            if found is not None:
                return found
    return None


def _within(times: InForce, day: date) -> date:
    """The day nearest to *day* on which something is in force."""
    if times.first is not None and day < times.first:
        return times.first
    return day if times.last is None or day <= times.last else times.last


def moved_to(start: Start, on: date) -> Start:
    """The same case decided on another day: the enquiry came as long before it."""
    received = start.data["referral"].get("received_on")
    if received is None or on == start.on:
        return Start(start.data, on)
    moved = on - (start.on - date.fromisoformat(str(received)))
    return Start({**start.data, "referral": {**start.data["referral"], "received_on": moved.isoformat()}}, on)


def _near(pack: Pack, start: Start, aim: Aim, wanted: Callable[[Case, date], bool], effort: _Effort) -> Found | None:
    try:
        policy = pack.at(start.on)
    except NotInForce:
        empty = Case()
        return Found({}, empty, start.on, ()) if wanted(empty, start.on) else None
    for data, changes in _variants(start, _choices(policy, start, aim)):
        effort.tries += 1
        if effort.spent:
            return None
        case = _made(data)
        if case is None or not _fits(policy, case, start.on, aim):
            continue
        effort.decisions += 1
        if wanted(case, start.on):
            return Found(data, case, start.on, changes)
    return None


def _made(data: Data) -> Case | None:
    try:
        return Case.model_validate(data)
    except CaseError:  # what cannot go together is no case
        return None


def _fits(policy: Policy, case: Case, on: date, aim: Aim) -> bool:
    if aim.quick is None:
        return True
    try:
        values = known_values(policy, case, on)
    except CaseError:
        return False
    return aim.quick(values, on)


def _variants(start: Start, choices: Sequence[_Choice]) -> Iterator[tuple[dict[str, Any], tuple[str, ...]]]:
    """The start itself, then with one change, then with two, and so on."""
    for number in range(min(len(choices), MOST_CHANGES) + 1):
        for chosen in combinations(choices, number):
            for changes in product(*(each.changes for each in chosen)):
                data = copied(start.data)
                for change in changes:
                    change(data)
                yield data, tuple(each.name for each in chosen)


def copied(data: Data) -> dict[str, Any]:
    """A copy of a case that can be changed."""
    return {
        part: dict(inside) if isinstance(inside, Mapping) else list(inside) if isinstance(inside, list) else inside
        for part, inside in data.items()
    }


def _choices(policy: Policy, start: Start, aim: Aim) -> list[_Choice]:
    """What may be changed: what happens, what is found, then the facts, those of the conditions in their order."""
    found: list[_Choice] = []
    if aim.event is not None:
        found.append(_Choice(aim.event, tuple(_happens(aim.event, day) for day in _days_from(start.on, 14))))
    found += _starting(start, aim)
    for name in aim.findings:
        both = tuple(_finding(name, holds, start.on) for holds in (True, False))
        found.append(_Choice(f"finding {name}", both))
    if aim.items:
        found.append(_Choice("requested", tuple(_asks(item, other) for item in aim.items for other in _beside(item))))
    return found + [each for each in _facts(policy, start, aim.conditions) if each.changes]


def _days_from(first: date, number: int) -> list[date]:
    return [first + timedelta(days=away) for away in range(number)]


def _starting(start: Start, aim: Aim) -> list[_Choice]:
    """A deadline begins on a day that is worth it, or not at all; and stands still on a waiting list."""
    events = {rule.start_event: rule for rule in aim.deadlines if rule.start_event is not None}
    days = _days_worth(start.on, aim.starts)
    found = [_Choice(event, tuple(_happens(event, day) for day in (*days, None))) for event in events]
    if any(rule.pauses for rule in aim.deadlines):
        waits = (_waits(start.on, 1, 8), _waits(start.on, 1, None))
        found.append(_Choice("waiting list", waits))
    return found


def _days_worth(first: date, starts: Callable[[date], bool] | None) -> list[date]:
    """The first days that are worth it within a dozen years, in which every day of the year is every day of a week."""
    days = _days_from(first, _DAYS_TRIED)
    if starts is None:
        return days[:_DAYS_WORTH]
    return list(islice((day for day in days if _is_worth(starts, day)), _DAYS_WORTH)) or days[:_DAYS_WORTH]


def _is_worth(starts: Callable[[date], bool], day: date) -> bool:
    try:
        return starts(day)
    except CaseError:  # a count that runs out of the calendar
        return False


def _happens(event: str, day: date | None) -> Callable[[dict[str, Any]], None]:
    """An event happens on *day*, and on no other; None: it has not happened."""

    def change(data: dict[str, Any]) -> None:
        if event == RECEIVED:  # one thing is said in one place
            data["referral"] = {**data["referral"], "received_on": None if day is None else day.isoformat()}
        else:
            others = [each for each in data.get("events", []) if each["type"] != event]
            data["events"] = [*others, *([] if day is None else [{"type": event, "on": day.isoformat()}])]

    return change


def _waits(on: date, first: int, last: int | None) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        days = {PAUSE_STARTS: first} if last is None else {PAUSE_STARTS: first, PAUSE_ENDS: last}
        new = [{"type": kind, "on": (on + timedelta(days=away)).isoformat()} for kind, away in days.items()]
        data["events"] = [*data.get("events", []), *new]

    return change


def _finding(name: str, holds: bool, on: date) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        finding = {"holds": holds, "reason": "Vurderet ved et besøg.", "by": "visitator", "on": on.isoformat()}
        data["findings"] = {**data.get("findings", {}), name: finding}

    return change


def _beside(item: str) -> tuple[str | None, ...]:
    """What is asked for beside an item: nothing more, or something that may be given."""
    return (None, next(other for other in ITEMS if other != item))


def _asks(item: str, other: str | None) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        referral = dict(data["referral"])
        if item in SETTINGS:
            referral["requested_setting"] = item
        else:
            asked = [each for each in referral.get("requested") or [] if each not in (item, other)]
            referral["requested"] = [*asked, *([] if other is None else [other]), item]
        data["referral"] = referral

    return change


def _facts(policy: Policy, start: Start, conditions: tuple[Condition, ...]) -> Iterator[_Choice]:
    """The stated facts behind the facts that *conditions* read, each with the other values that can matter."""
    tests = [leaf for condition in conditions for leaf in leaves(condition)]
    named = mentioned_values(tests) or {}
    stated: dict[str, list[Any]] = {}
    for name in (name for name in policy.facts if name in facts_read(conditions)):
        fact = policy.facts[name]
        if fact.derived is None:
            stated.setdefault(name, []).extend(values_to_try(fact, named.get(name, set())))
        for source in fact.sources if fact.derived is not None else ():
            stated.setdefault(source, []).extend(_behind(policy, fact, source, named.get(name) or {0}, start))
    for name, values in stated.items():
        fact = policy.facts[name]
        usual = start.data[_part(fact)].get(name)
        others = [None, *values] if not fact.known else [None if value == NOTHING else value for value in values]
        spelled = [each for each in dict.fromkeys(map(_spelled, others)) if not looks_like_cpr(text_of(each))]
        yield _Choice(name, tuple(_says(fact, value) for value in spelled if value != _spelled(usual)))


def _behind(policy: Policy, fact: Fact, source: str, named: set[Any], start: Start) -> Iterator[Any]:
    """Values of the stated fact *source* that make something of the derived *fact*."""
    span = fact.derived
    if not isinstance(span, Span):
        own = policy.version.municipality.code
        yield from ("0101",) if own is None else (own, "0101" if own != "0101" else "0840")
        return
    # one end is changed while the other stays where it is; where that is not known, it is put on the decision date
    ends = {span.start: _day_of(policy, start, span.start), span.end: _day_of(policy, start, span.end)}
    if ends[source] is None and span.end == source:
        yield start.on
    other = ends[span.end if source == span.start else span.start] or start.on
    sign = -1 if source == span.start else 1
    for limit in sorted(named):
        for number in (limit, limit - 1, limit + 1):
            day = _away(other, sign * number, span.unit)
            yield from (day, day - timedelta(days=sign), day + timedelta(days=sign))


def _day_of(policy: Policy, start: Start, name: str) -> date | None:
    """The day that a case gives for one end of a span."""
    if name == DECIDED_ON:
        return start.on
    given = start.data[_part(policy.facts[name])].get(name)
    return None if given is None else date.fromisoformat(str(given))


def _away(day: date, number: int, unit: str) -> date:
    units: Mapping[str, tuple[CountUnit, int]] = {
        "years": ("months", 12),
        "months": ("months", 1),
        "weeks": ("weeks", 1),
        "days": ("days", 1),
    }
    name, times = units[unit]
    return shifted(day, number * times, name)


def _part(fact: Fact) -> str:
    return "facts" if fact.section == "facts" else fact.section


def _says(fact: Fact, value: Any) -> Callable[[dict[str, Any]], None]:
    part = _part(fact)

    def change(data: dict[str, Any]) -> None:
        said = list(value) if isinstance(value, tuple) else value
        data[part] = {**data[part], fact.name: said}

    return change


def _spelled(value: Any) -> Any:
    """A value as JSON has it, and as something that can stand in a set."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal) and value == int(value):
        return int(value)  # the limits of a whole number are read as decimals
    return tuple(value) if isinstance(value, list | tuple) else value
