"""Due dates in columns: a look-up by the day that starts a deadline; with a pause, two look-ups and a sum."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from vedligehold.calendar import FIRST_DAY, LAST_DAY, WorkdayCalendar
from vedligehold.deadline import PAUSE_ENDS, PAUSE_STARTS, shifted
from vedligehold.meaning.flag import ALWAYS, NEVER, Column, Flag, sure
from vedligehold.pack import CountUnit, DeadlineRule
from vedligehold.table.reading import Reading
from vedligehold.table.sheet import Sheet, flag_expr
from vedligehold.table.stretches import applying

_EPOCH = date(1970, 1, 1).toordinal()
_FIRST = FIRST_DAY.toordinal()
_DAYS = LAST_DAY.toordinal() - _FIRST + 1
SHIFT = _FIRST - _EPOCH
"""The number of the first day of a calendar."""


@dataclass(frozen=True, slots=True)
class Due:
    """The rule of one deadline in every row, and where its count runs out of the calendar.

    `paused` is the date, where a pause may move it. `starts`: that there is anything to count from.
    """

    rule: DeadlineRule
    starts: bool
    active: Flag
    outside: Flag
    paused: Column | None = None


class Counting:
    """The deadlines of a table that has been read."""

    def __init__(self, sheet: Sheet, reading: Reading) -> None:
        self.sheet = sheet
        self.reading = reading
        self._places: dict[str, Column] = {}
        self._keys: dict[tuple[str, Flag], Column] = {}
        rules = applying(reading.among, lambda policy: policy.deadlines, lambda _, rule: _meaning(rule))
        self.dues = [self._due(each.entry, reading.day.active(each.days)) for each in rules]

    def _due(self, rule: DeadlineRule, active: Flag) -> Due:
        start = self.reading.starts.get(rule.start_event or "")
        if rule.amount is None or start is None:
            return Due(rule, False, active, NEVER)
        if rule.pauses and PAUSE_STARTS in self.reading.starts:
            return self._paused(rule, active, start)
        # what lies before the calendar is wrong already
        ran_out = sure(start.expr > _last_start(rule), start.step)
        return Due(rule, True, active, ran_out & active)

    def day(self, due: Due, applies: Flag) -> Column:
        """The date of a deadline in the rows to which it *applies*, which are cases all of them."""
        import narwhals as nw

        if due.paused is not None:
            step = max(applies.step, due.paused.step)
            return Column(nw.when(flag_expr(applies)).then(due.paused.expr), step)
        event = due.rule.start_event or ""
        if (event, applies) not in self._keys:
            number = self.sheet.number(self.reading.starts[event])
            key = nw.when(flag_expr(applies)).then(number.expr - SHIFT)
            self._keys[event, applies] = self.sheet.put(key, max(number.step, applies.step))
        return self.sheet.look(self._keys[event, applies], _table(due.rule), "date")

    def _place(self, event: str) -> Column:
        """The place in a calendar's tables of the day of an event; null where it is not in them."""
        if event not in self._places:
            import narwhals as nw

            number = self.sheet.number(self.reading.starts[event])
            place = number.expr - SHIFT
            inside = (place >= 0) & (place < _DAYS)
            self._places[event] = self.sheet.put(nw.when(inside).then(place), number.step)
        return self._places[event]

    def closed(self, calendar: WorkdayCalendar, event: str) -> Flag:
        """That an event is dated on a closed day of *calendar*."""
        if event not in self.reading.starts:
            return NEVER
        found = self.sheet.look(self._place(event), _is_closed(calendar), "int")
        return self.sheet.flag(sure(found.expr == 1, found.step))

    def _paused(self, rule: DeadlineRule, active: Flag, start: Column) -> Due:
        """With a pause: what is left of the count when it begins goes on from its end."""
        import narwhals as nw

        sheet, put = self.sheet, self.sheet.put
        plain = sheet.look(self._place(rule.start_event or ""), _table(rule), "date")
        amount = rule.amount
        assert amount is not None
        left = self.reading.starts.get(PAUSE_ENDS)
        begin, pause = self._place(rule.start_event or ""), self._place(PAUSE_STARTS)
        resume = None if left is None else self._place(PAUSE_ENDS)
        if amount.unit == "workdays":
            opened = _opened(rule.calendar)
            total = nw.lit(amount.number)
            at_start, before_pause = sheet.look(begin, opened, "int"), sheet.look(_back(sheet, pause), opened, "int")
        else:
            ends = sheet.look(begin, _ends(amount.number, amount.unit), "int")
            at_start, before_pause = begin, _back(sheet, pause)
            total = ends.expr - begin.expr
            at_start = put(begin.expr, ends.step)
        step = max(at_start.step, before_pause.step, pause.step, begin.step)
        # as many as lie after the start and before the pause
        used = put(nw.max_horizontal(before_pause.expr - at_start.expr, nw.lit(0)), step)
        never_left = ALWAYS if resume is None else Flag(resume.expr.is_null(), resume.step)
        counts = sure(used.expr < total, used.step)
        empty = NEVER if resume is None else sure(resume.expr <= pause.expr, max(resume.step, pause.step))
        over = NEVER if resume is None else sure(resume.expr <= begin.expr, max(resume.step, begin.step))
        both = sure((pause.expr >= 0) & (begin.expr >= 0), max(pause.step, begin.step))
        stopped = sheet.flag(counts & both & ~empty & ~over)
        open_ = sheet.flag(stopped & never_left)
        if resume is None:
            later = None
        else:
            before = _back(sheet, resume)
            later_one = nw.when(~before.expr.is_null()).then(nw.max_horizontal(before.expr, begin.expr))
            back = put(later_one, max(before.step, begin.step))
            if amount.unit == "workdays":
                done = sheet.look(back, _opened(rule.calendar), "int")
                place = put(done.expr + total - used.expr - 1, max(done.step, used.step))
                later = sheet.look(_inside(sheet, place, len(_nth(rule))), _nth(rule), "date")
            else:
                place = put(back.expr + total - used.expr, max(back.step, used.step))
                later = sheet.look(_inside(sheet, place, _DAYS), _finals(rule), "date")
        steps = [plain.step, stopped.step, open_.step, *([] if later is None else [later.step])]
        resumed = nw.when(flag_expr(stopped)).then(nw.lit(None, dtype=nw.Date) if later is None else later.expr)
        found = put(resumed.otherwise(plain.expr), max(steps))
        there = ~Flag(start.expr.is_null(), start.step)
        ran_out = there & Flag(found.expr.is_null(), found.step) & ~open_
        return Due(rule, True, active, sheet.flag(ran_out & active), found)


def _meaning(rule: DeadlineRule) -> object:
    """What a rule counts, whatever it cites."""
    return rule.id, rule.start_event, rule.amount, rule.calendar, rule.moves, rule.pauses, rule.uncertain


def _back(sheet: Sheet, place: Column) -> Column:
    """The day before; of the first day there is none."""
    import narwhals as nw

    return sheet.put(nw.when(place.expr > 0).then(place.expr - 1).otherwise(place.expr), place.step)


def _inside(sheet: Sheet, place: Column, size: int) -> Column:
    import narwhals as nw

    return sheet.put(nw.when((place.expr >= 0) & (place.expr < size)).then(place.expr), place.step)


@lru_cache(maxsize=64)
def _opened(calendar: WorkdayCalendar) -> tuple[int, ...]:
    """Of each day how many open days lie on it or before."""
    return calendar.opened()


@lru_cache(maxsize=64)
def _open_days(calendar: WorkdayCalendar) -> tuple[date, ...]:
    return calendar.open_days()


@lru_cache(maxsize=64)
def _is_closed(calendar: WorkdayCalendar) -> tuple[int, ...]:
    """Of each day 1 where it is closed, else 0."""
    opened = _opened(calendar)
    return tuple(int(here == before) for before, here in zip((0, *opened), opened, strict=False))


@lru_cache(maxsize=64)
def _ends(number: int, unit: CountUnit) -> tuple[int | None, ...]:
    """Of each day the place of the day that lies *number* of *unit* after it; None: it is not in the calendar."""
    if unit != "months":
        days = number * 7 if unit == "weeks" else number
        return tuple(place + days if 0 <= place + days < _DAYS else None for place in range(_DAYS))
    found: list[int | None] = []
    for place in range(_DAYS):
        day = date.fromordinal(_FIRST + place)
        if day.day == 1:
            # in a month that is too short it is the last day
            first = shifted(day, number, unit)
            begin, last = first.toordinal() - _FIRST, (shifted(first, 1, unit) - timedelta(days=1)).day
        end = begin + min(day.day, last) - 1
        found.append(end if end < _DAYS else None)
    return tuple(found)


@lru_cache(maxsize=64)
def _moved(calendar: WorkdayCalendar) -> tuple[int | None, ...]:
    """Of each day its own number since 1970, or that of the first open day after it."""
    opened, days = _opened(calendar), [day.toordinal() - _EPOCH for day in _open_days(calendar)]
    before = (0, *opened)
    return tuple(days[done] if done < len(days) else None for done in before[:_DAYS])


@lru_cache(maxsize=64)
def _finals(rule: DeadlineRule) -> tuple[int | None, ...]:
    """Of each day on which a count ends the due date: the day itself, or where the end moves the next open day."""
    last = _last(rule).toordinal() - _FIRST
    found = _moved(rule.calendar) if rule.moves else range(SHIFT, SHIFT + _DAYS)
    return tuple(day if end <= last else None for end, day in enumerate(found))


@lru_cache(maxsize=64)
def _nth(rule: DeadlineRule) -> tuple[int | None, ...]:
    """The due date of a count that ends on the first, second, ... open day: an open day does not move."""
    last = _last(rule)
    return tuple(day.toordinal() - _EPOCH if day <= last else None for day in _open_days(rule.calendar))


def _last(rule: DeadlineRule) -> date:
    """The last day on which a count can end, so that the days to which the end may move are in the calendar."""
    return _open_days(rule.calendar.with_closed(rule.uncertain))[-1] if rule.moves else LAST_DAY


@lru_cache(maxsize=64)
def _last_start(rule: DeadlineRule) -> date:
    """The last day from which the count ends in the calendar: from every day before it does too."""
    return date.fromordinal(_FIRST - 1 + sum(end is not None for end in _table(rule)))


@lru_cache(maxsize=64)
def _table(rule: DeadlineRule) -> tuple[int | None, ...]:
    """The due date by the day that starts the deadline, as its number since 1970; None: it is outside the calendar."""
    assert rule.amount is not None
    number, unit = rule.amount.number, rule.amount.unit
    finals = _finals(rule)
    if unit != "workdays":
        return tuple(None if end is None else finals[end] for end in _ends(number, unit))
    if number == 0:
        return tuple(finals)
    opened, days = _opened(rule.calendar), _nth(rule)
    return tuple(days[done + number - 1] if done + number <= len(days) else None for done in opened)
