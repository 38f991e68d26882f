"""Workdays: which days are open, why a day is closed, and counting from one day to another.

A calendar is a table over 1990-2100: for each day how many open days lie on or before it, and the open days in order.
Counting is two look-ups in it, forward or back.

Source: the Danish public holidays are those of the `holidays` package (*Store bededag* up to and including 2023,
repealed by act 214 of 6 March 2023); 1 May, 5 June, 24 and 31 December are no public holidays.
"""

import hashlib
from array import array
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from itertools import accumulate
from typing import Any, Literal, NamedTuple

from vedligehold.errors import quoted

FIRST_DAY = date(1990, 1, 1)
LAST_DAY = date(2100, 12, 31)
_FIRST = FIRST_DAY.toordinal()
_LAST = LAST_DAY.toordinal()
_DAYS = _LAST - _FIRST + 1
_RUNS_OUT = f"the count runs outside the calendar, which runs from {FIRST_DAY} to {LAST_DAY}"

_WEEKEND_DA = {5: "lørdag", 6: "søndag"}
_ENGLISH = {
    "lørdag": "Saturday",
    "søndag": "Sunday",
    "Nytårsdag": "New Year's Day",
    "Skærtorsdag": "Maundy Thursday",
    "Langfredag": "Good Friday",
    "Påskedag": "Easter Sunday",
    "Anden påskedag": "Easter Monday",
    "Store bededag": "Great Prayer Day",
    "Kristi himmelfartsdag": "Ascension Day",
    "Pinsedag": "Whit Sunday",
    "Anden pinsedag": "Whit Monday",
    "Juledag": "Christmas Day",
    "Anden juledag": "Second Day of Christmas",
    "1. maj": "1 May",
    "Grundlovsdag": "Constitution Day",
    "Juleaftensdag": "Christmas Eve",
    "Nytårsaftensdag": "New Year's Eve",
    "lukkedag": "closing day",
}
_CLOSING_DA = {"05-01": "1. maj", "06-05": "Grundlovsdag", "12-24": "Juleaftensdag", "12-31": "Nytårsaftensdag"}


def read_date(text: str) -> date | None:
    """The date that is spelled exactly `YYYY-MM-DD`, or None."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.isoformat() == text else None  # not `20100428`, nor a day of a week


def in_english(name: str) -> str:
    """The English name of a closed day's Danish *name*; a name that is not known stays as it is.

    >>> in_english("Store bededag")
    'Great Prayer Day'
    """
    return " / ".join(_ENGLISH.get(part, part) for part in name.split(" / "))


class _Table(NamedTuple):
    opened: "array[int]"  # how many open days lie on or before day number i
    days: "array[int]"  # the ordinals of the open days, in order
    names: Mapping[int, str]  # the ordinals of the closed days that are no plain Saturday or Sunday


class WorkdayCalendar:
    """Which days are workdays.

    Args:
        saturday: whether Saturdays count, `"closed"` or `"open"`.
        closed: more closing days, `"MM-DD"` for every year or `"YYYY-MM-DD"` for one.
        holidays: `{date: name}` in place of Denmark's public holidays.

    >>> WorkdayCalendar().add_workdays(date(2010, 4, 28), 5)
    datetime.date(2010, 5, 6)
    >>> WorkdayCalendar().why_closed(date(2010, 4, 30))
    'Store bededag'

    Raises:
        ValueError: a setting is none of these, or a date outside 1990-2100 is counted from or to.
    """

    __slots__ = ("_found", "_holidays", "closed", "saturday")

    saturday: Literal["closed", "open"]
    closed: tuple[str, ...]

    def __init__(
        self,
        saturday: Literal["closed", "open"] = "closed",
        closed: Iterable[str] = (),
        holidays: Mapping[date, str] | None = None,
    ) -> None:
        if saturday not in ("closed", "open"):
            raise ValueError(f"saturday is {quoted(saturday)}; it is `closed` or `open`")
        self.saturday = saturday
        self.closed = tuple(sorted(set(closed)))
        for day in self.closed:
            _closing_day(day)
        for each in holidays or ():
            if type(each) is not date:
                raise ValueError(f"a holiday is a date, not {quoted(each)}")
        self._holidays = None if holidays is None else tuple(sorted(holidays.items()))
        self._found: _Table | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WorkdayCalendar) and self._settings() == other._settings()

    def __hash__(self) -> int:
        return hash(self._settings())

    def __repr__(self) -> str:
        own = "" if self._holidays is None else f", holidays={{{len(self._holidays)} days}}"
        return f"WorkdayCalendar(saturday={self.saturday!r}, closed={self.closed!r}{own})"

    def __reduce__(self) -> tuple[Any, ...]:
        holidays = None if self._holidays is None else dict(self._holidays)
        return (WorkdayCalendar, (self.saturday, self.closed, holidays))

    def add_workdays(self, day: date, workdays: int) -> date:
        """The workday that is *workdays* after *day*; day zero is not counted, and zero workdays is *day* itself.

        >>> WorkdayCalendar().add_workdays(date(2017, 5, 5), 5)
        datetime.date(2017, 5, 15)
        """
        if type(day) is date and type(workdays) is int and workdays > 0:  # what nearly every call is: two look-ups
            table, place = self._found or self._table(), day.toordinal() - _FIRST
            if 0 <= place < _DAYS and (number := table.opened[place] + workdays - 1) < len(table.days):
                return date.fromordinal(table.days[number])
        self._place(day, workdays)
        if workdays == 0:
            return day
        raise ValueError(_RUNS_OUT)

    def sub_workdays(self, day: date, workdays: int) -> date:
        """The workday that is *workdays* before *day*, counted as `add_workdays` counts.

        >>> WorkdayCalendar().sub_workdays(date(2017, 5, 15), 5)
        datetime.date(2017, 5, 5)
        """
        place = self._place(day, workdays)
        if workdays == 0:
            return day
        table = self._table()
        before = table.opened[place - 1] if place else 0
        return _day(table, before - workdays)

    def is_open(self, day: date) -> bool:
        """Whether *day* is a workday."""
        opened = self._table().opened
        place = self._place(day, 0)
        return opened[place] > (opened[place - 1] if place else 0)

    def why_closed(self, day: date) -> str | None:
        """Why *day* is no workday, in Danish; None when it is one."""
        if self.is_open(day):
            return None
        return self._table().names.get(day.toordinal()) or _WEEKEND_DA[day.weekday()]

    def next_open(self, day: date) -> date:
        """*day* itself when it is a workday, else the first workday after it."""
        return day if self.is_open(day) else self.add_workdays(day, 1)

    def with_closed(self, days: Iterable[str]) -> "WorkdayCalendar":
        """The same calendar with more closing days."""
        return WorkdayCalendar(
            self.saturday, (*self.closed, *days), None if self._holidays is None else dict(self._holidays)
        )

    def opened(self) -> tuple[int, ...]:
        """Of each day from 1990 to 2100 how many workdays lie on it or before."""
        return tuple(self._table().opened)

    def open_days(self) -> tuple[date, ...]:
        """Every workday from 1990 to 2100."""
        return tuple(map(date.fromordinal, self._table().days))

    def digest(self) -> str:
        """A hash of every open day of 1990-2100: two calendars with one digest count alike."""
        return _digest(*self._settings())

    def _settings(self) -> tuple[str, tuple[str, ...], tuple[tuple[date, str], ...] | None]:
        return (self.saturday, self.closed, self._holidays)

    def _table(self) -> _Table:
        if self._found is None:
            self._found = _table(*self._settings())
        return self._found

    def _place(self, day: date, workdays: int) -> int:
        if type(day) is not date:
            raise ValueError(f"a calendar counts from a date, not from {quoted(day)}")
        if type(workdays) is not int or workdays < 0:
            raise ValueError(f"the number of workdays is {quoted(workdays)}; it is a whole number from 0 up")
        place = day.toordinal() - _FIRST
        if not 0 <= place <= _LAST - _FIRST:
            raise ValueError(f"{day} is outside the calendar, which runs from {FIRST_DAY} to {LAST_DAY}")
        return place


def _day(table: _Table, number: int) -> date:
    if not 0 <= number < len(table.days):
        raise ValueError(_RUNS_OUT)
    return date.fromordinal(table.days[number])


def _closing_day(text: str) -> tuple[int | None, int, int]:
    """Year (None: every year), month and day of a closing day."""
    try:
        if len(text) == len("MM-DD"):
            leap = date.fromisoformat(f"2000-{text}")
            return None, leap.month, leap.day
        if len(text) == len("YYYY-MM-DD"):
            once = date.fromisoformat(text)
            return once.year, once.month, once.day
    except (ValueError, TypeError):
        pass
    raise ValueError(f"{quoted(text)} is no closing day; write `MM-DD`, or `YYYY-MM-DD` for a single year")


def _denmark() -> Mapping[date, str]:
    import holidays

    found = holidays.country_holidays("DK", years=range(FIRST_DAY.year, LAST_DAY.year + 1), language="da")
    return {day: name.replace("; ", " / ") for day, name in found.items()}


@lru_cache(maxsize=1)
def holidays_version() -> str:
    """The version of the `holidays` package that Denmark's public holidays come from."""
    from importlib.metadata import version

    return version("holidays")


@lru_cache(maxsize=64)
def _digest(saturday: str, closed: tuple[str, ...], holidays: tuple[tuple[date, str], ...] | None) -> str:
    return "sha256:" + hashlib.sha256(_table(saturday, closed, holidays).days.tobytes()).hexdigest()


@lru_cache(maxsize=64)
def _table(saturday: str, closed: tuple[str, ...], holidays: tuple[tuple[date, str], ...] | None) -> _Table:
    named = {day.toordinal(): name for day, name in (_denmark() if holidays is None else dict(holidays)).items()}
    for text in closed:
        year, month, day = _closing_day(text)
        name = _CLOSING_DA.get(f"{month:02}-{day:02}", "lukkedag")
        for each in range(FIRST_DAY.year, LAST_DAY.year + 1) if year is None else (year,):
            if (month, day) != (2, 29) or (each % 4 == 0 and (each % 100 != 0 or each % 400 == 0)):
                named.setdefault(date(each, month, day).toordinal(), name)
    weekend = {5, 6} if saturday == "closed" else {6}
    # the ordinal 1 was a Monday
    is_open = [number not in named and (number - 1) % 7 not in weekend for number in range(_FIRST, _LAST + 1)]
    return _Table(
        opened=array("i", accumulate(is_open)),
        days=array("i", (number for number, opened in enumerate(is_open, _FIRST) if opened)),
        names=named,
    )
