"""The single values of the format: every scalar arrives as text, and is converted by the type of its field."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, NoReturn, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from vedligehold.calendar import read_date
from vedligehold.errors import quoted
from vedligehold.facts import is_code

MOST = 9999


def wrong(code: str, message: str, hint: str | None = None) -> NoReturn:
    """Tell pydantic what is wrong with a value: a code, what is said, the nearest right thing."""
    raise PydanticCustomError(code, "{said}", {"said": message, "hint": hint})


def _text(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip()
    wrong("wrong_type", f"text is wanted, not {_spelled(value)}")


def _spelled(value: Any) -> str:
    return "nothing" if value is None else quoted(value)


def _id(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"[a-z0-9]+([-_][a-z0-9]+)*", value):
        return value
    wrong("bad_id", f"{_spelled(value)} is no id", "lower-case words joined by hyphens: `no-self-training`")


def _name(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", value):
        return value
    wrong("bad_id", f"{_spelled(value)} is no name", "lower-case words joined by underscores: `adult_age`")


def _number(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch("-?[0-9]{1,9}", value):
        return int(value)
    wrong("wrong_value", f"a whole number is wanted, not {_spelled(value)}")


def _something(value: Any) -> Any:
    if value is not None:
        return value
    wrong("empty_text", "there is no condition here", "write one, or leave the key out")


def _given(value: Any) -> Any:
    """What a row gives: one word, a list, or a small mapping, with nothing empty in it."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if value is None or value in ("", [], {}):
        wrong("empty_text", "the row gives nothing", "one word, a list, or a small mapping")
    for part in parts:
        _given(part)
    return value


def _count(value: Any) -> Any:
    return _number_from(0, value)


def _times(value: Any) -> Any:
    return _number_from(1, value)


def _number_from(low: int, value: Any) -> Any:
    number = _number(value)
    if low <= number <= MOST:
        return number
    wrong("wrong_value", f"a whole number from {low} to {MOST} is wanted, not {_spelled(value)}")


def _decimal(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,9})?", value):
        return Decimal(value)
    wrong("wrong_value", f"a number such as `27.50` is wanted, not {_spelled(value)}")


def _day(value: Any) -> Any:
    found = read_date(value) if isinstance(value, str) else None
    if found is not None:
        return found
    wrong("wrong_value", f"{_spelled(value)} is no date", "a date that exists, as `YYYY-MM-DD`")


def _flag(value: Any) -> Any:
    if value in ("true", "false"):
        return value == "true"
    wrong("wrong_value", f"`true` or `false` is wanted, not {_spelled(value)}")


def _one_or_more(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def as_tuple(value: Any) -> Any:
    """A list as a tuple; whatever else it is, pydantic tells."""
    if isinstance(value, list):
        return tuple(value)
    return value


def _format(value: Any) -> Any:
    if value == "1":
        return 1
    wrong("unknown_value", f"the format is `1`, not {_spelled(value)}")


def municipality_code(value: Any) -> Any:
    """A municipality code, or nothing."""
    if value is None or (isinstance(value, str) and is_code(value)):
        return value
    near = f"write `0{value}`" if isinstance(value, str) and re.fullmatch("[0-9]{3}", value) else None
    hint = near or "four digits, such as `0840`, or `null` with a `why`"
    wrong("bad_code", f"{quoted(value)} is no municipality code", hint)


def _digest(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value):
        return value
    wrong("wrong_value", f"{_spelled(value)} is no SHA-256 sum", "64 of the digits 0 to 9 and a to f")


STRING = {"type": "string"}
Text: TypeAlias = Annotated[str, Field(min_length=1), BeforeValidator(_text)]
Id: TypeAlias = Annotated[
    str, BeforeValidator(_id), WithJsonSchema({**STRING, "pattern": "^[a-z0-9]+([-_][a-z0-9]+)*$"})
]
Name: TypeAlias = Annotated[str, BeforeValidator(_name), WithJsonSchema({**STRING, "pattern": "^[a-z][a-z0-9_]*$"})]
Whole: TypeAlias = Annotated[int, BeforeValidator(_number), WithJsonSchema({"type": "integer"})]
Number: TypeAlias = Annotated[Decimal, BeforeValidator(_decimal), WithJsonSchema({"type": "number"})]
Count: TypeAlias = Annotated[
    int, BeforeValidator(_count), WithJsonSchema({"type": "integer", "minimum": 0, "maximum": MOST})
]
Times: TypeAlias = Annotated[
    int, BeforeValidator(_times), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MOST})
]
Day: TypeAlias = Annotated[date, BeforeValidator(_day), WithJsonSchema({**STRING, "format": "date"})]
Flag: TypeAlias = Annotated[bool, BeforeValidator(_flag), WithJsonSchema({"type": "boolean"})]
Cite: TypeAlias = Annotated[
    tuple[Text, ...],
    Field(min_length=1),
    BeforeValidator(_one_or_more),
    BeforeValidator(as_tuple),
    WithJsonSchema({"anyOf": [STRING, {"type": "array", "items": STRING, "minItems": 1}]}),
]
Digest: TypeAlias = Annotated[str, BeforeValidator(_digest), WithJsonSchema({**STRING, "pattern": "^[0-9a-f]{64}$"})]
CONDITION = "#/$defs/Condition"
LATER = "later-$ref"  # pydantic resolves a `$ref` at once, and knows no `Condition`
Condition: TypeAlias = Annotated[Any, BeforeValidator(_something), WithJsonSchema({LATER: CONDITION})]
Given: TypeAlias = Annotated[Any, BeforeValidator(_given)]


Format: TypeAlias = Annotated[Literal[1], BeforeValidator(_format)]


class Entry(BaseModel):
    """A mapping with just these keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def listed(item: Any) -> Any:
    """The type of a list of *item*, of which there is at least one."""
    return Annotated[tuple[item, ...], Field(min_length=1), BeforeValidator(as_tuple)]
