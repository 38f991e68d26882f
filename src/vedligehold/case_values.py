"""What a single value of a case may be: days, choices, lists, codes, texts, the pack's own facts, a CPR number.

Each check refuses what it does not take, with a code, a message and the nearest right thing; nothing is coerced.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from typing import Annotated, Any, NoReturn, TypeAlias

from pydantic import BeforeValidator, Field, GetCoreSchemaHandler, PlainSerializer, WithJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from vedligehold.calendar import FIRST_DAY, LAST_DAY, read_date
from vedligehold.errors import UNSEEN, looks_like_cpr, quoted, unseen
from vedligehold.facts import ALTERNATIVES, ITEMS, is_code
from vedligehold.plain import plain

MOST_ENTRIES = 1_000
"""As many as a list or a mapping of a case holds: it is refused before each of them is looked at."""
LONGEST_NUMBER = 100
"""More than any fact has; of thousands Python would refuse to spell the number."""


class Choice:
    """A text that is one of the *known* ones."""

    def __init__(self, known: Mapping[str, object]) -> None:
        self.known = list(known)

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.literal_schema(self.known)


def wrong(code: str, message: str, hint: str | None = None) -> NoReturn:
    """Refuse a value: *code*, *message* and *hint* are those of the `Problem` that it becomes.

    Raises:
        PydanticCustomError: always.
    """
    raise PydanticCustomError(code, "{said}", {"said": message, "hint": hint})


def _day(value: object) -> object:
    if type(value) is date or value is None:
        return value
    if isinstance(value, str):
        found = read_date(value)
        if found is not None:
            return found
        wrong("wrong_date", f"{quoted(value)} is no date", "a date that exists, as `YYYY-MM-DD`")
    wrong("wrong_type", f"a date is text, not {quoted(value)}", "write `YYYY-MM-DD`")


_EVENT_DAYS: dict[str, date] = {}
"""The days of events by their spelling: no more than the calendar has. A birth date is not kept."""


def _event_day(value: object) -> object:
    known = _EVENT_DAYS.get(value) if isinstance(value, str) else None
    if known is not None:
        return known
    found = _day(value)
    if isinstance(found, date):
        if not FIRST_DAY <= found <= LAST_DAY:
            wrong("outside_calendar", f"{found} is outside the calendar, which runs from {FIRST_DAY} to {LAST_DAY}")
        _EVENT_DAYS[found.isoformat()] = found
    return found


def few(value: object) -> object:
    """*value*, which has no more entries than a list or a mapping of a case may have."""
    if isinstance(value, list | tuple | dict) and len(value) > MOST_ENTRIES:
        wrong("too_many", f"a case has at most {MOST_ENTRIES:,} of these, and here are {len(value):,}")
    return value


def as_list(value: object) -> object:
    """A list as the tuple that a case keeps."""
    if isinstance(value, list | tuple):
        return tuple(value) if len(value) <= MOST_ENTRIES else few(value)
    wrong("wrong_type", f"a list is wanted, not {quoted(value)}", "write `[...]`")


def _listed(value: object) -> object:
    if isinstance(value, list | tuple) and len(value) <= MOST_ENTRIES:
        texts = [each for each in value if isinstance(each, str)]
        if len(set(texts)) < len(texts):
            wrong("duplicate_value", "the list names a value twice")
    return as_list(value)


def _code(value: object) -> object:
    if value is None or (isinstance(value, str) and is_code(value)):
        return value
    lost = (type(value) is int and 100 <= value <= 999) or (isinstance(value, str) and re.fullmatch("[0-9]{3}", value))
    hint = f'write `"{value:0>4}"`' if lost else 'four digits in quotes, such as `"0840"`'
    wrong("bad_code", f"{quoted(value)} is no municipality code", hint)


def is_hash(text: str) -> bool:
    """Whether *text* is a hash, as the reason of a finding is in a receipt."""
    return re.fullmatch("sha256:[0-9a-f]{64}", text) is not None


def _said(value: object) -> object:
    if isinstance(value, str):
        # the reason of a finding in a receipt is a hash: ten digits in a row mean nothing there
        if looks_like_cpr(value) and not is_hash(value):
            wrong("cpr_in_text", "the text holds what looks like a CPR number", "say it without the number")
        if found := UNSEEN.search(value):
            wrong("control_character", unseen(found[0]), "remove it")
        if any("\ud800" <= char <= "\udfff" for char in value):  # half of a pair cannot be written to any file
            wrong("wrong_type", f"text of whole characters is wanted, not {quoted(value)}")
    return value


def _may_be_cpr(number: int | Decimal) -> bool:
    # nine digits have lost their leading zero
    exact = Decimal(number)
    return exact.is_finite() and 10**8 <= exact.copy_abs() < 10**10 and exact == int(exact)


def _scalar(value: object) -> object:
    match value:
        case int() if abs(value) >= 10**LONGEST_NUMBER:
            wrong("unknown_value", f"a whole number has at most {LONGEST_NUMBER} digits")
        case int() | Decimal() if _may_be_cpr(value):
            wrong("cpr_in_text", "a number of nine or ten digits may be a CPR number", "say it without the number")
        case None | bool() | int() | Decimal() | str():
            return _said(value)
        case datetime():
            wrong("wrong_type", "a date is wanted, not a time")
        case date():
            return value
        case float() if isfinite(value):
            return _scalar(Decimal(repr(value)))
        case list() | tuple() if all(isinstance(each, str) for each in few(value)):  # type: ignore[attr-defined]
            return tuple(map(_said, value))
        case _:
            wrong("wrong_type", f"a fact is a single value or a list of choices, not {quoted(value)}")


AT_MOST = Field(max_length=MOST_ENTRIES)  # for the JSON Schema; `few` has looked before
Day: TypeAlias = Annotated[date, BeforeValidator(_day)]
EventDay: TypeAlias = Annotated[date, BeforeValidator(_event_day)]
Items: TypeAlias = Annotated[tuple[Annotated[str, Choice(ITEMS)], ...], BeforeValidator(_listed)]
Alternatives: TypeAlias = Annotated[tuple[Annotated[str, Choice(ALTERNATIVES)], ...], BeforeValidator(_listed)]
OwnFact: TypeAlias = Annotated[
    Any,
    BeforeValidator(_scalar),
    PlainSerializer(plain, when_used="json"),
    WithJsonSchema(
        {"anyOf": [{"type": ["boolean", "number", "string", "null"]}, {"type": "array", "items": {"type": "string"}}]}
    ),
]
MunicipalityCode: TypeAlias = Annotated[str, Field(pattern="^[0-9]{4}$"), BeforeValidator(_code)]
Name: TypeAlias = Annotated[str, BeforeValidator(_said)]
Names: TypeAlias = Annotated[tuple[Name, ...], AT_MOST, BeforeValidator(_listed)]
Said: TypeAlias = Annotated[str, Field(min_length=1), BeforeValidator(_said)]


def birth_date_of(cpr: object) -> date:
    """The date of birth in a CPR number: six digits of a date, and the century by the seventh.

    Raises:
        PydanticCustomError: it is no CPR number. The number is never repeated.

    Source: CPR-kontoret, "Personnummeret i CPR"; modulus 11 has not held for every number since 2007.
    """
    text = cpr.replace("-", "", 1) if isinstance(cpr, str) and cpr[6:7] == "-" else cpr
    if not isinstance(text, str) or len(text) != 10 or not (text.isascii() and text.isdigit()):
        wrong("bad_cpr", "`cpr` is no CPR number", "ten digits, with or without a hyphen after the sixth")
    day, month, year, seventh = int(text[:2]), int(text[2:4]), int(text[4:6]), int(text[6])
    try:
        return date(_century(year, seventh) + year, month, day)
    except ValueError:
        pass
    wrong("bad_cpr", "the first six digits of `cpr` are no date", "for a replacement number give `birth_date` instead")


def _century(year: int, seventh: int) -> int:
    if seventh <= 3:
        return 1900
    if seventh in (4, 9):
        return 2000 if year <= 36 else 1900
    return 2000 if year <= 57 else 1800
