"""The pydantic models of a case: the citizen, the referral, what happened, and what caseworkers found.

Nothing is coerced (`"1"` is not `true`), nothing unknown is let through, and an absent fact is *unknown*. A CPR number
is turned into the birth date and is gone. Whatever is wrong is raised as one `CaseError`.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from datetime import date
from pathlib import Path
from typing import Annotated, Any, ClassVar, NoReturn, Self, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    ModelWrapValidatorHandler,
    StrictBool,
    ValidationError,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError

from vedligehold.case_values import (
    AT_MOST,
    MOST_ENTRIES,
    Alternatives,
    Choice,
    Day,
    EventDay,
    Items,
    MunicipalityCode,
    Name,
    Names,
    OwnFact,
    Said,
    as_list,
    birth_date_of,
    few,
    wrong,
)
from vedligehold.deadline import PAUSE_ENDS, PAUSE_STARTS
from vedligehold.errors import CaseError, Problem, quoted, told
from vedligehold.facts import EVENTS, REFERRERS, SETTINGS

MOST_KEYS = 50
"""As many as a part of a case is given; none has more than half of them."""
RECEIVED = "referral_received"
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
            wrong("too_many", _too_many_keys(data))
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
    municipality_code: MunicipalityCode | None = None
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
                refused = error
            else:
                return cls._born(rest, born, handler)
            raise ValidationError.from_exception_data("Citizen", [{"type": refused, "loc": ("cpr",), "input": None}])
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


class Referral(_Checked):
    """How the case arrived and what is asked for; what is asked for is never unknown."""

    received_on: EventDay | None = None
    referred_by: Annotated[str, Choice(REFERRERS)] | None = None
    consent_given: StrictBool | None = None
    requested: Items | None = None
    requested_setting: Annotated[str, Choice(SETTINGS)] | None = None
    special_circumstances: StrictBool | None = None
    requested_transport: StrictBool | None = None


class Event(_Checked):
    """Something that happened in the case, and the day."""

    type: Annotated[str, Choice(EVENTS)]
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
    facts: Annotated[dict[Name, OwnFact], AT_MOST, BeforeValidator(few)] = Field(default_factory=_Fixed)
    self_reported: Names = ()
    findings: Annotated[dict[Name, Finding], AT_MOST, BeforeValidator(few)] = Field(default_factory=_Fixed)
    events: Annotated[tuple[Annotated[Event, _Inside()], ...], AT_MOST, BeforeValidator(as_list)] = ()

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
