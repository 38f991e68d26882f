"""Whatever is handed out, as plain data of JSON's types."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from vedligehold.calendar import WorkdayCalendar


def plain(value: Any) -> Any:
    """*value* as JSON has it: dates as ISO text, wording as `{da, en}`, dataclasses and mappings as mappings.

    >>> plain({"on": date(2010, 5, 3), "items": ("balance",)})
    {'on': '2010-05-03', 'items': ['balance']}
    """
    match value:
        case date():
            return value.isoformat()
        case Decimal():
            return int(value) if value == int(value) else float(value)
        case Mapping():
            return {key: plain(each) for key, each in value.items()}
        case tuple() | list():
            return [plain(each) for each in value]
        case str():
            return str(value)  # a member of an enumeration as the plain text that it is
        case WorkdayCalendar():
            return {"saturday": value.saturday, "closed": list(value.closed)}
        case BaseModel():
            return value.model_dump(mode="json")
        case _ if is_dataclass(value):
            renamed = getattr(value, "JSON_NAMES", {})
            return {renamed.get(each.name, each.name): plain(getattr(value, each.name)) for each in fields(value)}
        case _:
            return value
