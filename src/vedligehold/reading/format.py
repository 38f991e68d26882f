"""The format of a pack, of the national layer and of cases: which keys there are, and what each takes.

The JSON Schema that editors use is made from these models. Every scalar arrives as text and is converted by its field.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, NoReturn, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from vedligehold.calendar import read_date
from vedligehold.errors import quoted
from vedligehold.facts import is_code
from vedligehold.pack import ConsideredBy, CountUnit, Kind, Topic

MOST = 9999


def _wrong(code: str, message: str, hint: str | None = None) -> NoReturn:
    raise PydanticCustomError(code, "{said}", {"said": message, "hint": hint})


def _text(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip()
    _wrong("wrong_type", f"text is wanted, not {_spelled(value)}")


def _spelled(value: Any) -> str:
    return "nothing" if value is None else quoted(value)


def _id(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"[a-z0-9]+([-_][a-z0-9]+)*", value):
        return value
    _wrong("bad_id", f"{_spelled(value)} is no id", "lower-case words joined by hyphens: `no-self-training`")


def _name(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", value):
        return value
    _wrong("bad_id", f"{_spelled(value)} is no name", "lower-case words joined by underscores: `adult_age`")


def _number(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch("-?[0-9]{1,9}", value):
        return int(value)
    _wrong("wrong_value", f"a whole number is wanted, not {_spelled(value)}")


def _something(value: Any) -> Any:
    if value is not None:
        return value
    _wrong("empty_text", "there is no condition here", "write one, or leave the key out")


def _given(value: Any) -> Any:
    """What a row gives: one word, a list, or a small mapping, with nothing empty in it."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if value is None or value in ("", [], {}):
        _wrong("empty_text", "the row gives nothing", "one word, a list, or a small mapping")
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
    _wrong("wrong_value", f"a whole number from {low} to {MOST} is wanted, not {_spelled(value)}")


def _decimal(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,9})?", value):
        return Decimal(value)
    _wrong("wrong_value", f"a number such as `27.50` is wanted, not {_spelled(value)}")


def _day(value: Any) -> Any:
    found = read_date(value) if isinstance(value, str) else None
    if found is not None:
        return found
    _wrong("wrong_value", f"{_spelled(value)} is no date", "a date that exists, as `YYYY-MM-DD`")


def _flag(value: Any) -> Any:
    if value in ("true", "false"):
        return value == "true"
    _wrong("wrong_value", f"`true` or `false` is wanted, not {_spelled(value)}")


def _one_or_more(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _tuple(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    return value


def _format(value: Any) -> Any:
    if value == "1":
        return 1
    _wrong("unknown_value", f"the format is `1`, not {_spelled(value)}")


def _municipality_code(value: Any) -> Any:
    if value is None or (isinstance(value, str) and is_code(value)):
        return value
    near = f"write `0{value}`" if isinstance(value, str) and re.fullmatch("[0-9]{3}", value) else None
    hint = near or "four digits, such as `0840`, or `null` with a `why`"
    _wrong("bad_code", f"{quoted(value)} is no municipality code", hint)


def _amount(value: Any) -> Any:
    """`5` is just five; `{from: 2, to: 6}` is a range."""
    if isinstance(value, str):
        return {"to": value}
    return value


def _digest(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value):
        return value
    _wrong("wrong_value", f"{_spelled(value)} is no SHA-256 sum", "64 of the digits 0 to 9 and a to f")


_STRING = {"type": "string"}
Text: TypeAlias = Annotated[str, Field(min_length=1), BeforeValidator(_text)]
Id: TypeAlias = Annotated[
    str, BeforeValidator(_id), WithJsonSchema({**_STRING, "pattern": "^[a-z0-9]+([-_][a-z0-9]+)*$"})
]
Name: TypeAlias = Annotated[str, BeforeValidator(_name), WithJsonSchema({**_STRING, "pattern": "^[a-z][a-z0-9_]*$"})]
Whole: TypeAlias = Annotated[int, BeforeValidator(_number), WithJsonSchema({"type": "integer"})]
Number: TypeAlias = Annotated[Decimal, BeforeValidator(_decimal), WithJsonSchema({"type": "number"})]
Count: TypeAlias = Annotated[
    int, BeforeValidator(_count), WithJsonSchema({"type": "integer", "minimum": 0, "maximum": MOST})
]
Times: TypeAlias = Annotated[
    int, BeforeValidator(_times), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MOST})
]
Day: TypeAlias = Annotated[date, BeforeValidator(_day), WithJsonSchema({**_STRING, "format": "date"})]
Flag: TypeAlias = Annotated[bool, BeforeValidator(_flag), WithJsonSchema({"type": "boolean"})]
Cite: TypeAlias = Annotated[
    tuple[Text, ...],
    Field(min_length=1),
    BeforeValidator(_one_or_more),
    BeforeValidator(_tuple),
    WithJsonSchema({"anyOf": [_STRING, {"type": "array", "items": _STRING, "minItems": 1}]}),
]
Digest: TypeAlias = Annotated[str, BeforeValidator(_digest), WithJsonSchema({**_STRING, "pattern": "^[0-9a-f]{64}$"})]
CONDITION = "#/$defs/Condition"
_LATER = "later-$ref"  # pydantic resolves a `$ref` at once, and knows no `Condition`
Condition: TypeAlias = Annotated[Any, BeforeValidator(_something), WithJsonSchema({_LATER: CONDITION})]
Given: TypeAlias = Annotated[Any, BeforeValidator(_given)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _listed(item: Any) -> Any:
    return Annotated[tuple[item, ...], Field(min_length=1), BeforeValidator(_tuple)]


class WordsEntry(_Entry):
    """Wording for people, in both languages."""

    da: Text
    en: Text


class MunicipalityEntry(_Entry):
    """Whose standard it is."""

    name: Text
    code: Annotated[str | None, BeforeValidator(_municipality_code)]
    why: Text | None = None


ClosingDays: TypeAlias = Annotated[tuple[Text, ...], BeforeValidator(_tuple)]


class CalendarEntry(_Entry):
    """Whether Saturdays count, and own closing days."""

    saturday: Literal["closed", "open"] = "closed"
    closed: ClosingDays = ()


class DeadlineCalendarEntry(CalendarEntry):
    """A deadline's own calendar, and the days of which it is not settled whether they move its end."""

    uncertain: ClosingDays = ()


class ParameterEntry(_Entry):
    """A figure, named once; the key says its unit."""

    units: ClassVar[tuple[str, ...]] = (
        "years",
        "months",
        "weeks",
        "days",
        "workdays",
        "times",
        "number",
        "amount",
        "date",
        "values",
    )
    years: Whole | None = None
    months: Whole | None = None
    weeks: Whole | None = None
    days: Whole | None = None
    workdays: Whole | None = None
    times: Whole | None = None
    number: Whole | None = None
    amount: Number | None = None
    date: Day | None = None
    values: _listed(Text) | None = None  # type: ignore[valid-type]
    cite: Cite
    interpretation: WordsEntry | None = None


class SpanEntry(_Entry):
    """From one date to another."""

    start: Annotated[Name, Field(alias="from")]
    end: Annotated[Name, Field(alias="to")]


class FactEntry(_Entry):
    """A fact that the pack adds."""

    type: Literal["bool", "int", "decimal", "date", "choice", "set"]
    label: WordsEntry
    question: WordsEntry | None = None
    unit: Text | None = None
    assessed: Flag = False
    choices: Annotated[dict[Name, WordsEntry], Field(min_length=1)] | None = None
    minimum: Number | None = None
    maximum: Number | None = None
    span: SpanEntry | None = None


class _Dated(_Entry):
    in_force_from: Day | None = None
    in_force_until: Day | None = None


class RequirementEntry(_Entry):
    """To whom it applies, what must hold, and what is said when it does not."""

    id: Id
    kind: Kind
    title: WordsEntry
    when: Condition = None
    require: Condition
    reason: WordsEntry
    cite: Cite
    routes: _listed(Id) = ()  # type: ignore[valid-type]
    interpretation: WordsEntry | None = None


class NationalRequirementEntry(RequirementEntry, _Dated):
    """A requirement of the nation."""


class LeaveOutEntry(_Entry):
    """Items that are not part of the help."""

    id: Id
    items: _listed(Text)  # type: ignore[valid-type]
    when: Condition = None
    reason: WordsEntry
    cite: Cite
    interpretation: WordsEntry | None = None


class RowEntry(_Entry):
    """One row of what is granted."""

    id: Id
    when: Condition = None
    give: Given
    text: WordsEntry
    otherwise: WordsEntry | None = None
    cite: Cite
    interpretation: WordsEntry | None = None


class NoticeEntry(_Entry):
    """A warning that changes no outcome."""

    id: Id
    when: Condition
    text: WordsEntry
    cite: Cite
    routes: _listed(Id) = ()  # type: ignore[valid-type]
    interpretation: WordsEntry | None = None


class NationalNoticeEntry(NoticeEntry, _Dated):
    """A notice of the nation."""


class RouteEntry(_Entry):
    """Other help, and who considers it."""

    title: WordsEntry
    considered_by: ConsideredBy
    names: Name | None = None
    cite: Cite


class NationalRouteEntry(RouteEntry, _Dated):
    """A route of the nation."""


class AmountEntry(_Entry):
    """How many; `from` starts a range."""

    earliest: Annotated[Count | None, Field(alias="from")] = None
    number: Annotated[Count, Field(alias="to")]


AmountOf: TypeAlias = Annotated[
    AmountEntry | None,
    BeforeValidator(_amount),
    WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "object", "required": ["from", "to"]}]}),
]


class WithinEntry(_Entry):
    """How long, by one unit."""

    units: ClassVar[tuple[CountUnit, ...]] = ("workdays", "days", "weeks", "months")
    workdays: AmountOf = None
    days: AmountOf = None
    weeks: AmountOf = None
    months: AmountOf = None


class DeadlineEntry(_Entry):
    """What starts it, how long it is, what fulfils it."""

    id: Id
    title: WordsEntry
    start: Annotated[Text | None, Field(alias="from")] = None
    within: WithinEntry | None = None
    met_by: Text | None = None
    kind: Literal["statutory", "promise", "target"] | None = None
    moves: Flag = False
    pause: Literal["waiting_list"] | None = None
    calendar: DeadlineCalendarEntry | None = None
    not_computable: WordsEntry | None = None
    cite: Cite | None = None
    interpretation: WordsEntry | None = None


class NationalDeadlineEntry(DeadlineEntry, _Dated):
    """A deadline of the nation."""


class CourseEntry(_Entry):
    """What an event on the running course leads to."""

    id: Id
    title: WordsEntry
    text: WordsEntry
    events: Annotated[_listed(Text), Field(alias="on")] = ()  # type: ignore[valid-type]
    after: Times = 1
    then: Literal["propose_end", "owe_session", "owe_nothing", "evaluate", "document", "expect"]
    at: Literal["midway", "end"] | None = None
    conflicts_with_act: Flag = False
    workdays_only: Flag = False
    cite: Cite
    interpretation: WordsEntry | None = None


class StatementEntry(_Entry):
    """One statement of the source, and the one way in which it is accounted for."""

    ways: ClassVar[tuple[str, ...]] = (
        "encoded_by",
        "metadata",
        "informative",
        "procedure",
        "not_computable",
        "overridden_by",
    )
    at: Text
    gist: WordsEntry
    encoded_by: _listed(Text) | None = None  # type: ignore[valid-type]
    metadata: _listed(Text) | None = None  # type: ignore[valid-type]
    informative: WordsEntry | None = None
    procedure: WordsEntry | None = None
    not_computable: WordsEntry | None = None
    overridden_by: _listed(Text) | None = None  # type: ignore[valid-type]
    interpretation: WordsEntry | None = None
    source_issue: WordsEntry | None = None


class NationalStatementEntry(StatementEntry, _Dated):
    """A statement of the law, where it was read, and whether it was."""

    source: Text
    url: Text | None = None
    confidence: Literal["read", "unverified"]


class NotStatedEntry(_Entry):
    """Something on which the source is silent."""

    id: Id
    da: Text
    en: Text


class SourceEntry(_Entry):
    """The published text, statement by statement."""

    title: WordsEntry
    publisher: Text | None = None
    url: Text | None = None
    approved_on: Day | None = None
    completeness: Literal["standard", "leaflet"] = "standard"
    sha256: Digest | None = None
    not_stated: _listed(NotStatedEntry) = ()  # type: ignore[valid-type]
    statements: Annotated[dict[Text, StatementEntry], Field(min_length=1)]


class NationalSourceEntry(_Entry):
    """The law, statement by statement."""

    title: WordsEntry
    statements: Annotated[dict[Text, NationalStatementEntry], Field(min_length=1)]


Format: TypeAlias = Annotated[Literal[1], BeforeValidator(_format)]


class PackFile(_Entry):
    """One version of a municipality's quality standard."""

    format: Format
    pack: Id
    title: WordsEntry
    municipality: MunicipalityEntry
    term: WordsEntry
    legal_basis: WordsEntry
    valid_from: Day
    valid_to: Day | None = None
    review_by: Day | None = None
    calendar: CalendarEntry = CalendarEntry()
    event_labels: Annotated[dict[Text, WordsEntry], Field(min_length=1)] | None = None
    parameters: Annotated[dict[Name, ParameterEntry], Field(min_length=1)] | None = None
    facts: Annotated[dict[Name, FactEntry], Field(min_length=1)] | None = None
    requirements: _listed(RequirementEntry)  # type: ignore[valid-type]
    leave_out: _listed(LeaveOutEntry) = ()  # type: ignore[valid-type]
    entitlement: Annotated[dict[Topic, _listed(RowEntry)], Field(min_length=1)] | None = None  # type: ignore[valid-type]
    notices: _listed(NoticeEntry) = ()  # type: ignore[valid-type]
    routes: Annotated[dict[Id, RouteEntry], Field(min_length=1)] | None = None
    deadlines: _listed(DeadlineEntry) = ()  # type: ignore[valid-type]
    course: _listed(CourseEntry) = ()  # type: ignore[valid-type]
    source: SourceEntry


class FloorEntry(_Entry):
    """What the act itself asks."""

    require: Condition
    cite: Cite


class ComplaintEntry(_Dated):
    """Where a complaint goes."""

    to: WordsEntry
    via: WordsEntry
    text: WordsEntry
    cite: Cite


class TransportEntry(_Dated):
    """What is said of the separate decision about transport."""

    text: WordsEntry
    cite: Cite


class NationFile(_Entry):
    """The national layer: law under every pack, by date."""

    format: Format
    nation: Literal["denmark"]
    title: WordsEntry
    floor: FloorEntry
    requirements: _listed(NationalRequirementEntry) = ()  # type: ignore[valid-type]
    notices: _listed(NationalNoticeEntry) = ()  # type: ignore[valid-type]
    deadlines: _listed(NationalDeadlineEntry) = ()  # type: ignore[valid-type]
    routes: dict[Id, NationalRouteEntry] = {}
    standing_routes: _listed(Id) = ()  # type: ignore[valid-type]
    complaint: _listed(ComplaintEntry) = ()  # type: ignore[valid-type]
    transport: _listed(TransportEntry) = ()  # type: ignore[valid-type]
    source: NationalSourceEntry


_OPERAND = {"anyOf": [_STRING, {"type": ["number", "boolean"]}, {"type": "object", "required": ["fact"]}]}
_SEVERAL = {"anyOf": [_STRING, {"type": "array", "minItems": 1}, {"type": "object", "required": ["fact"]}]}
_TEST = {
    "anyOf": [
        {"const": "empty"},
        {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": False,
            "properties": {
                **dict.fromkeys(("is", "at_least", "at_most"), _OPERAND),
                **dict.fromkeys(("one_of", "any_of", "all_of", "only"), _SEVERAL),
            },
        },
    ]
}
_PARTS = {"type": "array", "minItems": 1, "items": {"$ref": CONDITION}}
_CONDITION_SCHEMA = {
    "title": "Condition",
    "description": "A bool fact's name, `{not: ...}`, `{all: [...]}`, `{any: [...]}` or `{fact: {operator: value}}`.",
    "anyOf": [
        _STRING,
        {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "properties": {"all": _PARTS, "any": _PARTS, "not": {"$ref": CONDITION}},
            "additionalProperties": _TEST,
        },
    ],
}


def pack_schema() -> dict[str, Any]:
    """The JSON Schema of a pack."""
    schema = PackFile.model_json_schema(by_alias=True)
    schema["$defs"]["Condition"] = _CONDITION_SCHEMA
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_resolved(schema)}


def _resolved(schema: Any) -> Any:
    match schema:
        case dict():
            return {"$ref" if key == _LATER else key: _resolved(value) for key, value in schema.items()}
        case list():
            return [_resolved(value) for value in schema]
        case _:
            return schema


Ids: TypeAlias = Annotated[tuple[Text, ...], BeforeValidator(_tuple)]


class ExpectEntry(_Entry):
    """What a case must be answered; only what is named is checked."""

    outcome: Literal["granted", "redirected", "rejected", "needs_information", "needs_assessment"] | None = None
    partial: Flag | None = None
    because: Ids | None = None
    missing: Ids | None = None
    excluded: Ids | None = None
    entitlement: Ids | None = None
    undecided: Ids | None = None
    warnings: Ids | None = None
    other_routes: Ids | None = None
    complaint: Text | None = None
    transport: Text | None = None
    in_force: Flag | None = None
    deadlines: dict[Text, Any] | None = None
    requirements: dict[Text, Literal["holds", "fails", "unknown", "not_applicable"]] = {}


class CaseParts(_Entry):
    """The parts of a case, as a file of cases spells them."""

    citizen: dict[str, Any] | None = None
    referral: dict[str, Any] | None = None
    facts: dict[str, Any] | None = None
    self_reported: Any = None
    findings: dict[str, Any] | None = None
    events: Any = None


class CaseEntry(CaseParts):
    """One case: its name, the decision date, what differs from the typical case, what must come out.

    `to_confirm` is an answer that no person has confirmed yet; it stands in place of `expect`.
    """

    name: Text
    on: Day
    marks: _listed(Name) = ()  # type: ignore[valid-type]
    expect: ExpectEntry | None = None
    to_confirm: ExpectEntry | None = None


class CasesFile(_Entry):
    """The cases of one version of a pack."""

    format: Format
    typical: CaseParts = CaseParts()
    cases: _listed(CaseEntry)  # type: ignore[valid-type]
