"""Whatever is handed out, as plain data of JSON's types."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from vedligehold.calendar import WorkdayCalendar

_HOW: dict[type, Callable[[Any], Any]] = {}
"""What was found out about each type; a decision has hundreds of values, and few types."""


def plain(value: Any) -> Any:
    """*value* as JSON has it: dates as ISO text, wording as `{da, en}`, dataclasses and mappings as mappings.

    >>> plain({"on": date(2010, 5, 3), "items": ("balance",)})
    {'on': '2010-05-03', 'items': ['balance']}
    """
    kind = type(value)
    how = _HOW.get(kind)
    if how is None:
        how = _HOW[kind] = _how(kind)
    return how(value)


def _how(kind: type) -> Callable[[Any], Any]:
    """What makes plain data of every value of one type."""
    if kind is str or kind is type(None) or issubclass(kind, int):
        return _as_it_is
    if issubclass(kind, str):
        return str  # a member of an enumeration as the plain text that it is
    if issubclass(kind, date):
        return date.isoformat
    if issubclass(kind, Decimal):
        return lambda value: int(value) if value == int(value) else float(value)
    if issubclass(kind, Mapping):
        return lambda value: {key: plain(each) for key, each in value.items()}
    if issubclass(kind, tuple | list):
        return lambda value: [plain(each) for each in value]
    if issubclass(kind, WorkdayCalendar):
        return lambda value: {"saturday": value.saturday, "closed": list(value.closed)}
    if issubclass(kind, BaseModel):
        return lambda value: value.model_dump(mode="json")
    if is_dataclass(kind):
        renamed = getattr(kind, "JSON_NAMES", {})
        names = [(renamed.get(each.name, each.name), each.name) for each in fields(kind)]
        return lambda value: {shown: plain(getattr(value, name)) for shown, name in names}
    return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value
