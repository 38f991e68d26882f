"""A cell of a table as the value of Python that it stands for, whatever library the table is of."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from math import isnan
from typing import Any

from vedligehold.facts import FactType

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_LONGEST_NUMBER = 400
"""More digits than any number of a case may have, and fewer than Python refuses to read."""


def cell(value: Any) -> Any:
    """A cell of a table as the value of Python that it stands for; None where it says nothing.

    A time at midnight is its date, because a table often has no other dates.

    >>> cell(datetime(2010, 5, 3)), cell(float("nan")), cell(Decimal("27.50"))
    (datetime.date(2010, 5, 3), None, Decimal('27.5'))
    """
    how = _HOW.get(type(value))
    return _of_other_libraries(value) if how is None else how(value)


def _as_it_is(value: Any) -> Any:
    return value


def _decimal(value: Decimal) -> Decimal | None:
    if value.is_nan():
        return None
    sign, digits, exponent = value.as_tuple()
    # column types have one number of places for all; `normalize` would round a long number
    while isinstance(exponent, int) and exponent < 0 and digits[-1] == 0:
        digits, exponent = digits[:-1] or (0,), exponent + 1
    return Decimal((sign, digits, exponent)) if isinstance(exponent, int) else value


def _time(value: datetime) -> object:
    if value != value:  # noqa: PLR0124 - pandas has a time that is none
        return None
    # pandas counts finer than Python, which does not show it
    midnight = not (value.hour or value.minute or value.second or value.microsecond) and not getattr(
        value, "nanosecond", 0
    )
    return value.date() if midnight else value


def _list(value: Iterable[Any]) -> list[Any]:
    return [each if type(each) is str else _of_other_libraries(each) for each in value]


_HOW: Mapping[type, Callable[[Any], Any]] = {
    **dict.fromkeys((bool, int, str, date, type(None)), _as_it_is),
    float: lambda value: None if isnan(value) else value,
    Decimal: _decimal,
    datetime: _time,
    list: _list,
    tuple: _list,
}


def _of_other_libraries(value: Any) -> Any:
    """A scalar or an array of numpy, pandas, Arrow or Polars, known by how it looks."""
    kind = type(value).__name__
    if kind == "NAType":
        return None
    if kind == "datetime64":  # finer than microseconds it would become a number
        day = value.astype("datetime64[D]")
        return day.item() if day == value else value.astype("datetime64[us]").item()
    if kind == "timedelta64":  # as an item it may be a number, and it is none
        return value
    if isinstance(value, datetime):
        return _time(value)
    for name in ("tolist", "to_list", "as_py"):
        as_python = getattr(value, name, None)
        if callable(as_python):
            plain = as_python()
            return plain if type(plain) is type(value) else cell(plain)
    return value


def spelled(kind: FactType, text: str) -> Any:
    """The *text* of a cell, where a table has nothing but text, as a value of that *kind*.

    What is spelled otherwise stays text, and is refused where it is read as a case.

    >>> spelled(FactType.BOOL, "true"), spelled(FactType.INT, "18"), spelled(FactType.SET, "stick|frame")
    (True, 18, ['stick', 'frame'])
    """
    if not text:
        return None
    match kind:
        case FactType.BOOL:
            return {"true": True, "false": False}.get(text, text)
        case FactType.INT | FactType.DECIMAL:
            return _number(kind, text)
        case FactType.DATE | FactType.CHOICE | FactType.CODE:
            return text
        case FactType.SET:
            return [] if text == "|" else text.split("|")


def _number(kind: FactType, text: str) -> Any:
    """A number as JSON spells it; one with a point is what a table with numbers would have."""
    found = _NUMBER.fullmatch(text)
    if found is None or len(text) > _LONGEST_NUMBER:
        return text
    if found[1] is None and found[2] is None:
        return int(text)
    return float(text) if kind is FactType.INT else cell(Decimal(text))
