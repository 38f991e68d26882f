"""The decision date of each row, and which entries of the policies apply on it."""

from collections.abc import Mapping, Sequence
from datetime import date

from vedligehold.meaning.flag import ALWAYS, Column, Flag, some, sure
from vedligehold.table import raw as column
from vedligehold.table.found import Found, Stage
from vedligehold.table.raw import Raw
from vedligehold.table.sheet import Sheet
from vedligehold.table.stretches import Days, Stretch


class Day:
    """The decision date: one of all rows, or a column. `in_force`: that a version is in force on it."""

    def __init__(
        self, sheet: Sheet, raws: Mapping[str, Raw], among: Sequence[Stretch], on: date | str, found: Found
    ) -> None:
        self.sheet = sheet
        self._active: dict[Days, Flag] = {}
        self.on: date | Column
        self.in_force = ALWAYS
        if isinstance(on, date):
            self.on = on
            return
        value, wrong, misspelt = column.day(sheet, raws[on])
        missing = ALWAYS if value is None else Flag(value.expr.is_null(), value.step)
        found.add(Stage.DAY, on, "wrong-date", sheet.flag(missing | wrong | misspelt))
        self.on = self._nothing() if value is None else sheet.own(value)
        self.in_force = sheet.flag(some(self._between(each.first, each.last) for each in among))
        found.add(Stage.DAY, on, "not-in-force", ~missing & ~self.in_force)

    def _nothing(self) -> Column:
        import narwhals as nw

        return self.sheet.put(nw.lit(None, dtype=nw.Date), 0)

    def _between(self, first: date | None, last: date | None) -> Flag:
        on = self.on
        if isinstance(on, date):
            return Flag((first is None or first <= on) and (last is None or on <= last))
        begun = ALWAYS if first is None else sure(on.expr >= first, on.step)
        return begun if last is None else begun & sure(on.expr <= last, on.step)

    def active(self, days: Days | None) -> Flag:
        """That an entry applies on the decision date of a row that is in force."""
        if days is None or isinstance(self.on, date):
            return ALWAYS
        if days not in self._active:
            self._active[days] = self.sheet.flag(some(self._between(*each) for each in days))
        return self._active[days]

    def before(self, day: Column) -> Flag:
        """That the decision date is before *day*."""
        if isinstance(self.on, date):
            return sure(day.expr > self.on, day.step)
        return sure(day.expr > self.on.expr, max(day.step, self.on.step))
