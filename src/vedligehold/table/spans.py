"""Whole units between two days in columns, as `facts.whole` counts them."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from vedligehold.facts import Unit
from vedligehold.meaning.flag import Column
from vedligehold.table.sheet import Sheet

if TYPE_CHECKING:
    import narwhals as nw

_EPOCH = date(1970, 1, 1).toordinal()


def number_of(sheet: Sheet, start: Column | date, end: Column | date, unit: Unit) -> Callable[[], Column]:
    """The number of units from *start* to *end*, worked out once, when it is asked for."""
    kept: list[Column] = []

    def number() -> Column:
        if not kept:
            kept.append(
                _days(sheet, start, end, unit) if unit in ("days", "weeks") else _months(sheet, start, end, unit)
            )
        return kept[0]

    return number


def _days(sheet: Sheet, start: Column | date, end: Column | date, unit: Unit) -> Column:
    first, last = _number(sheet, start), _number(sheet, end)
    days = sheet.put(last[0] - first[0], max(first[1], last[1]))
    return days if unit == "days" else _signed(sheet, days, 7)


def _number(sheet: Sheet, day: Column | date) -> "tuple[nw.Expr, int]":
    import narwhals as nw

    if isinstance(day, date):
        return nw.lit(day.toordinal() - _EPOCH), 0
    found = sheet.number(day)
    return found.expr, found.step


def _months(sheet: Sheet, start: Column | date, end: Column | date, unit: Unit) -> Column:
    import narwhals as nw

    one, other = _parts(sheet, start), _parts(sheet, end)
    step = max(one[3], other[3])

    def between(first: "tuple[nw.Expr, ...]", last: "tuple[nw.Expr, ...]") -> "nw.Expr":
        months = (last[0] - first[0]) * 12 + last[1] - first[1]
        return nw.when(last[2] < first[2]).then(months - 1).otherwise(months)

    forth, back = (sheet.put(between(*pair), step) for pair in ((one[:3], other[:3]), (other[:3], one[:3])))
    # a month that is not whole is none, whichever way the days stand
    ahead = (other[0] * 10000 + other[1] * 100 + other[2]) >= (one[0] * 10000 + one[1] * 100 + one[2])
    signed = sheet.put(nw.when(ahead).then(forth.expr).otherwise(-back.expr), forth.step)
    return signed if unit == "months" else _signed(sheet, signed, 12)


def _parts(sheet: Sheet, day: Column | date) -> "tuple[nw.Expr, nw.Expr, nw.Expr, int]":
    import narwhals as nw

    if isinstance(day, date):
        return nw.lit(day.year), nw.lit(day.month), nw.lit(day.day), 0
    parts = (day.expr.dt.year(), day.expr.dt.month(), day.expr.dt.day())
    year, month, number = (sheet.put(part.cast(nw.Int32), day.step) for part in parts)
    return year.expr, month.expr, number.expr, year.step


def _signed(sheet: Sheet, number: Column, by: int) -> Column:
    """*number* in whole pieces of *by*, cut towards zero."""
    import narwhals as nw

    plain = number.expr
    return sheet.put(nw.when(plain >= 0).then(plain // by).otherwise(-((-plain) // by)), number.step)
