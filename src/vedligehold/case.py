"""The pydantic models of a case: the citizen, the referral, what happened, and what caseworkers found.

Nothing is coerced (`"1"` is not `true`), nothing unknown is let through, and an absent fact is *unknown*. A CPR number
is turned into the birth date and is gone. Whatever is wrong is raised as one `CaseError`.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import Annotated, Any, ClassVar, NoReturn, Self, TypeAlias, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    ModelWrapValidatorHandler,
    PlainSerializer,
    StrictBool,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from vedligehold.calendar import FIRST_DAY, LAST_DAY, read_date
from vedligehold.deadline import PAUSE_ENDS, PAUSE_STARTS
from vedligehold.errors import (
    UNSEEN,
    CaseError,
    Problem,
    looks_like_cpr,
    quoted,
    told,
    unseen,
)
from vedligehold.facts import ALTERNATIVES, EVENTS, ITEMS, REFERRERS, SETTINGS, is_code
from vedligehold.plain import plain

MOST_ENTRIES = 1_000
"""As many as a list or a mapping of a case holds: it is refused before each of them is looked at."""
MOST_KEYS = 50
"""As many as a part of a case is given; none has more than half of them."""
LONGEST_NUMBER = 100
"""More than any fact has; of thousands Python would refuse to spell the number."""
RECEIVED = "referral_received"


class _Choice:
    """A text that is one of the *known* ones."""

    def __init__(self, known: Mapping[str, object]) -> None:
        self.known = list(known)

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.literal_schema(self.known)


def _wrong(code: str, message: str, hint: str | None = None) -> NoReturn:
    raise PydanticCustomError(code, "{said}", {"said": message, "hint": hint})


def _day(value: object) -> object:
    if type(value) is date or value is None:
        return value
    if isinstance(value, str):
        found = read_date(value)
        if found is not None:
            return found
        _wrong("wrong_date", f"{quoted(value)} is no date", "a date that exists, as `YYYY-MM-DD`")
    _wrong("wrong_type", f"a date is text, not {quoted(value)}", "write `YYYY-MM-DD`")


_EVENT_DAYS: dict[str, date] = {}
"""The days of events by their spelling: no more than the calendar has. A birth date is not kept."""


def _event_day(value: object) -> object:
    known = _EVENT_DAYS.get(value) if isinstance(value, str) else None
    if known is not None:
        return known
    found = _day(value)
    if isinstance(found, date):
        if not FIRST_DAY <= found <= LAST_DAY:
            _wrong("outside_calendar", f"{found} is outside the calendar, which runs from {FIRST_DAY} to {LAST_DAY}")
        _EVENT_DAYS[found.isoformat()] = found
    return found


def _few(value: object) -> object:
    if isinstance(value, list | tuple | dict) and len(value) > MOST_ENTRIES:
        _wrong("too_many", f"a case has at most {MOST_ENTRIES:,} of these, and here are {len(value):,}")
    return value


def _list(value: object) -> object:
    if isinstance(value, list | tuple):
        return tuple(value) if len(value) <= MOST_ENTRIES else _few(value)
    _wrong("wrong_type", f"a list is wanted, not {quoted(value)}", "write `[...]`")


def _listed(value: object) -> object:
    if isinstance(value, list | tuple) and len(value) <= MOST_ENTRIES:
        texts = [each for each in value if isinstance(each, str)]
        if len(set(texts)) < len(texts):
            _wrong("duplicate_value", "the list names a value twice")
    return _list(value)


def _code(value: object) -> object:
    if value is None or (isinstance(value, str) and is_code(value)):
        return value
    lost = (type(value) is int and 100 <= value <= 999) or (isinstance(value, str) and re.fullmatch("[0-9]{3}", value))
    hint = f'write `"{value:0>4}"`' if lost else 'four digits in quotes, such as `"0840"`'
    _wrong("bad_code", f"{quoted(value)} is no municipality code", hint)


def is_hash(text: str) -> bool:
    """Whether *text* is a hash, as the reason of a finding is in a receipt."""
    return re.fullmatch("sha256:[0-9a-f]{64}", text) is not None


def _said(value: object) -> object:
    if isinstance(value, str):
        # the reason of a finding in a receipt is a hash: ten digits in a row mean nothing there
        if looks_like_cpr(value) and not is_hash(value):
            _wrong("cpr_in_text", "the text holds what looks like a CPR number", "say it without the number")
        if found := UNSEEN.search(value):
            _wrong("control_character", unseen(found[0]), "remove it")
        if any("\ud800" <= char <= "\udfff" for char in value):  # half of a pair cannot be written to any file
            _wrong("wrong_type", f"text of whole characters is wanted, not {quoted(value)}")
    return value


def _may_be_cpr(number: int | Decimal) -> bool:
    # nine digits have lost their leading zero
    exact = Decimal(number)
    return exact.is_finite() and 10**8 <= exact.copy_abs() < 10**10 and exact == int(exact)


def _scalar(value: object) -> object:
    match value:
        case int() if abs(value) >= 10**LONGEST_NUMBER:
            _wrong("unknown_value", f"a whole number has at most {LONGEST_NUMBER} digits")
        case int() | Decimal() if _may_be_cpr(value):
            _wrong("cpr_in_text", "a number of nine or ten digits may be a CPR number", "say it without the number")
        case None | bool() | int() | Decimal() | str():
            return _said(value)
        case datetime():
            _wrong("wrong_type", "a date is wanted, not a time")
        case date():
            return value
        case float() if isfinite(value):
            return _scalar(Decimal(repr(value)))
        case list() | tuple() if all(isinstance(each, str) for each in _few(value)):  # type: ignore[attr-defined]
            return tuple(map(_said, value))
        case _:
            _wrong("wrong_type", f"a fact is a single value or a list of choices, not {quoted(value)}")


_AT_MOST = Field(max_length=MOST_ENTRIES)  # for the JSON Schema; `_few` has looked before
Day: TypeAlias = Annotated[date, BeforeValidator(_day)]
EventDay: TypeAlias = Annotated[date, BeforeValidator(_event_day)]
Items: TypeAlias = Annotated[tuple[Annotated[str, _Choice(ITEMS)], ...], BeforeValidator(_listed)]
Alternatives: TypeAlias = Annotated[tuple[Annotated[str, _Choice(ALTERNATIVES)], ...], BeforeValidator(_listed)]
OwnFact: TypeAlias = Annotated[
    Any,
    BeforeValidator(_scalar),
    PlainSerializer(plain, when_used="json"),
    WithJsonSchema(
        {"anyOf": [{"type": ["boolean", "number", "string", "null"]}, {"type": "array", "items": {"type": "string"}}]}
    ),
]
Name: TypeAlias = Annotated[str, BeforeValidator(_said)]
Names: TypeAlias = Annotated[tuple[Name, ...], _AT_MOST, BeforeValidator(_listed)]
Said: TypeAlias = Annotated[str, Field(min_length=1), BeforeValidator(_said)]

_inside: ContextVar[bool] = ContextVar("_inside", default=False)


class _Checked(BaseModel):
    """A frozen model that raises one `CaseError` for all that is wrong, also for the models inside it."""

    # a part is built with the case; by itself only where somebody makes one by itself
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True, defer_build=True)
    also_keys: ClassVar[tuple[str, ...]] = ()

    def __setattr__(self, name: str, value: object) -> NoReturn:
        # pydantic's own refusal repeats the value, which may be a CPR number
        raise AttributeError(f"a case cannot be changed: {quoted(name)}; make another one")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a case cannot be changed: {quoted(name)}; make another one")

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy; what *update* changes is checked like everything else."""
        if update is None:
            return super().model_copy(deep=deep)
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self).model_validate({**fields, **update})

    @model_validator(mode="wrap")
    @classmethod
    def _or_case_error(cls, data: Any, handler: ModelWrapValidatorHandler["_Checked"]) -> "_Checked":
        if _inside.get():
            return cls._read(data, handler)
        token = _inside.set(True)
        try:
            return cls._read(data, handler)
        except ValidationError as error:
            from vedligehold.problems import first_in

            first, more = first_in(error, cls)
            problems = [Problem(_dotted(where), code, message, told(hint)) for where, code, message, hint in first]
        except PydanticCustomError as error:
            problems, more = [Problem("", error.type.replace("_", "-"), error.message())], 0
        finally:
            _inside.reset(token)
        # raised outside the handler: the context of an exception would hold the whole input
        raise CaseError(problems, more)

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **settings: Any) -> Self:
        """The model that JSON text says, read as `read_case` reads it: a key stands once, and `NaN` is no number."""
        from vedligehold.reading.json_text import json_text

        return cls.model_validate(json_text(json_data), **settings)

    @classmethod
    def _read(cls, data: Any, handler: Any) -> "_Checked":
        if isinstance(data, dict) and len(data) > MOST_KEYS:
            _wrong("too_many", _too_many_keys(data))
        return handler(data)  # type: ignore[no-any-return]


def _too_many_keys(part: Mapping[Any, Any]) -> str:
    return f"a part of a case has at most {MOST_KEYS} keys, and here are {len(part):,}"


def _dotted(location: tuple[str | int, ...]) -> str:
    """`("events", 0, "on")` as `events[0].on`; a key that is no word of the format is masked as a value is."""
    text = ""
    for part in location:
        shown = part if isinstance(part, int) else _key(part)
        text += f"[{shown}]" if isinstance(part, int) else f".{shown}" if text else str(shown)
    return text


def _key(part: str) -> str:
    # a key of nothing but blanks would not be seen
    return quoted(part)[1:-1] if part and part == part.strip() else quoted(part)


class _Inside:
    """A model as a part of a case, whose own watch over all problems is enough."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        watched: Any = handler.resolve_ref_schema(handler(source))
        return cast(CoreSchema, {**watched["schema"], "ref": watched["ref"]})


class Citizen(_Checked):
    """What is known of the citizen; a field that is None is unknown.

    `cpr` may be given in place of `birth_date`: it is checked for shape and date (never modulus 11, which numbers have
    failed lawfully since 2007), turned into the birth date and dropped.
    """

    model_config = ConfigDict(
        json_schema_extra=lambda schema: schema["properties"].update(
            cpr={"type": ["string", "null"], "pattern": r"^\d{6}-?\d{4}$", "writeOnly": True}
        )
    )
    also_keys: ClassVar[tuple[str, ...]] = ("cpr",)

    birth_date: Day | None = None
    municipality_code: Annotated[str, Field(pattern="^[0-9]{4}$"), BeforeValidator(_code)] | None = None
    reduced_physical_function: StrictBool | None = None
    reduced_mental_function: StrictBool | None = None
    special_social_problems: StrictBool | None = None
    chronic_condition: StrictBool | None = None
    needs_maintenance: StrictBool | None = None
    needs_therapist_support: StrictBool | None = None
    can_self_train: StrictBool | None = None
    self_training_alternatives: Alternatives | None = None
    receives_free_physiotherapy: StrictBool | None = None
    free_physiotherapy_same_purpose: StrictBool | None = None
    covered_by_elder_care_act: StrictBool | None = None

    @classmethod
    def _read(cls, data: Any, handler: Any) -> "_Checked":
        if isinstance(data, dict) and "cpr" in data:
            rest = {key: value for key, value in data.items() if key != "cpr"}
            if data["cpr"] is None:
                return super()._read(rest, handler)
            try:
                born = birth_date_of(data["cpr"])
            except PydanticCustomError as error:
                wrong = error
            else:
                return cls._born(rest, born, handler)
            raise ValidationError.from_exception_data("Citizen", [{"type": wrong, "loc": ("cpr",), "input": None}])
        return super()._read(data, handler)

    @classmethod
    def _born(cls, rest: dict[str, Any], born: date, handler: Any) -> "_Checked":
        if rest.get("birth_date") is None:
            rest["birth_date"] = born
        citizen = super()._read(rest, handler)
        if citizen.birth_date == born:  # type: ignore[attr-defined]
            return citizen
        said = {"said": "`cpr` and `birth_date` say different dates of birth", "hint": "give just one of them"}
        twice = PydanticCustomError("contradiction", "{said}", said)
        raise ValidationError.from_exception_data("Citizen", [{"type": twice, "loc": ("cpr",), "input": None}])


def birth_date_of(cpr: object) -> date:
    """The date of birth in a CPR number: six digits of a date, and the century by the seventh.

    Raises:
        PydanticCustomError: it is no CPR number. The number is never repeated.

    Source: CPR-kontoret, "Personnummeret i CPR"; modulus 11 has not held for every number since 2007.
    """
    text = cpr.replace("-", "", 1) if isinstance(cpr, str) and cpr[6:7] == "-" else cpr
    if not isinstance(text, str) or len(text) != 10 or not (text.isascii() and text.isdigit()):
        _wrong("bad_cpr", "`cpr` is no CPR number", "ten digits, with or without a hyphen after the sixth")
    day, month, year, seventh = int(text[:2]), int(text[2:4]), int(text[4:6]), int(text[6])
    try:
        return date(_century(year, seventh) + year, month, day)
    except ValueError:
        pass
    _wrong("bad_cpr", "the first six digits of `cpr` are no date", "for a replacement number give `birth_date` instead")


def _century(year: int, seventh: int) -> int:
    if seventh <= 3:
        return 1900
    if seventh in (4, 9):
        return 2000 if year <= 36 else 1900
    return 2000 if year <= 57 else 1800


class Referral(_Checked):
    """How the case arrived and what is asked for; what is asked for is never unknown."""

    received_on: EventDay | None = None
    referred_by: Annotated[str, _Choice(REFERRERS)] | None = None
    consent_given: StrictBool | None = None
    requested: Items | None = None
    requested_setting: Annotated[str, _Choice(SETTINGS)] | None = None
    special_circumstances: StrictBool | None = None
    requested_transport: StrictBool | None = None


class Event(_Checked):
    """Something that happened in the case, and the day."""

    type: Annotated[str, _Choice(EVENTS)]
    on: EventDay


class Finding(_Checked):
    """What a caseworker found of a discretionary requirement: `by` is a role, never a name."""

    holds: StrictBool
    reason: Said
    by: Said
    on: Day


class _Fixed(dict[str, Any]):
    """A dict that cannot be changed once it is made."""

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("a case cannot be changed; make another one")

    __setitem__ = __delitem__ = clear = pop = popitem = setdefault = update = __ior__ = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return (_Fixed, (dict(self),))


class Case(_Checked):
    """One case: the citizen, the referral, the pack's own facts, findings and events.

    >>> Case(citizen={"can_self_train": False}).citizen.can_self_train
    False

    Raises:
        CaseError: with the problems, each at its place.
    """

    model_config = ConfigDict(defer_build=False)

    citizen: Citizen = Field(default_factory=Citizen)
    referral: Annotated[Referral, _Inside()] = Field(default_factory=Referral)
    facts: Annotated[dict[Name, OwnFact], _AT_MOST, BeforeValidator(_few)] = Field(default_factory=_Fixed)
    self_reported: Names = ()
    findings: Annotated[dict[Name, Finding], _AT_MOST, BeforeValidator(_few)] = Field(default_factory=_Fixed)
    events: Annotated[tuple[Annotated[Event, _Inside()], ...], _AT_MOST, BeforeValidator(_list)] = ()

    @classmethod
    def _read(cls, data: Any, handler: Any) -> "_Checked":
        if isinstance(data, dict) and (crowded := list(_crowded(data))):
            raise CaseError(crowded)
        case = super()._read(data, handler)
        if isinstance(case, Case):
            if type(case.facts) is not _Fixed or type(case.findings) is not _Fixed:
                case.__dict__["facts"] = _Fixed(case.facts)
                case.__dict__["findings"] = _Fixed(case.findings)
            problems = list(_contradictions(case))
            if problems:
                raise CaseError(problems)
        return case

    def days(self) -> Mapping[str, Sequence[date]]:
        """The days of each type of event, in order; the referral's `received_on` is a `referral_received`."""
        found: Mapping[str, Sequence[date]] | None = self.__dict__.get("_days")
        if found is None:
            # not a field: it stands for nothing that the other fields do not say
            found = self.__dict__["_days"] = self._found_days()
        return found

    def _found_days(self) -> Mapping[str, Sequence[date]]:
        received = self.referral.received_on
        days = {} if received is None else {RECEIVED: [received]}
        for event in self.events:
            days.setdefault(event.type, []).append(event.on)
        return _Fixed({kind: tuple(sorted(set(found)) if len(found) > 1 else found) for kind, found in days.items()})

    def starts(self) -> dict[str, date]:
        """The earliest day of each type of event; the referral's `received_on` is a `referral_received`."""
        received = self.referral.received_on
        found = {} if received is None else {RECEIVED: received}
        for event in self.events:
            kind, day = event.type, event.on
            if kind not in found or day < found[kind]:
                found[kind] = day
        return found


def _crowded(data: Mapping[Any, Any]) -> Iterator[Problem]:
    """The parts without a watch of their own that are given more keys than any part has."""
    referral, events = data.get("referral"), data.get("events")
    if isinstance(referral, dict) and len(referral) > MOST_KEYS:
        yield Problem("referral", "too-many", _too_many_keys(referral))
    if isinstance(events, list | tuple) and len(events) <= MOST_ENTRIES:
        for place, event in enumerate(events):
            if isinstance(event, dict) and len(event) > MOST_KEYS:
                yield Problem(f"events[{place}]", "too-many", _too_many_keys(event))


def _contradictions(case: Case) -> Iterator[Problem]:
    """What cannot both be true of one case."""
    born, received = case.citizen.birth_date, case.referral.received_on
    if born is not None and received is not None and born > received:
        yield Problem("citizen.birth_date", "impossible-date", f"born {born}, after the referral of {received}")
    for place, event in enumerate(case.events):
        where = f"events[{place}].on"
        if born is not None and event.on < born:
            yield Problem(where, "impossible-date", f"`{event.type}` on {event.on}, before the birth on {born}")
        if event.type == RECEIVED and received is not None and event.on != received:
            message = f"`{RECEIVED}` on {event.on}, but the referral was received on {received}"
            yield Problem(where, "contradiction", message, "give just one of them")
    if all(event.type != PAUSE_ENDS for event in case.events):
        return
    entered, left = (case.days().get(kind, ()) for kind in (PAUSE_STARTS, PAUSE_ENDS))
    for number, end in enumerate(left):
        # the pauses alternate: the n-th leaving needs n entries on or before it
        if bisect_right(entered, end) <= number:
            message = f"`{PAUSE_ENDS}` on {end} without a `{PAUSE_STARTS}` before it"
            yield Problem("events", "impossible-date", message)


def read_case(source: str | Path) -> Case:
    """A case from a JSON file, or from JSON text (which starts with a brace).

    Raises:
        CaseError: the file cannot be read, is not JSON, or is no case.
    """
    from vedligehold.reading.json_text import json_file, json_text

    if not isinstance(source, str | Path):
        raise CaseError(
            [Problem("", "wrong-type", f"a case is read from a path or JSON text, not from {quoted(source)}")]
        )
    if isinstance(source, str) and source.lstrip().startswith("{"):
        return Case.model_validate(json_text(source))
    return Case.model_validate(json_file(Path(source)))
