"""The format of a pack and of the national layer: which keys there are, and what each takes.

The JSON Schema that editors use is made from these models.
"""

from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import BeforeValidator, Field, WithJsonSchema

from vedligehold.pack import ConsideredBy, CountUnit, Kind, Topic
from vedligehold.reading.values import (
    Cite,
    Condition,
    Count,
    Day,
    Digest,
    Entry,
    Flag,
    Format,
    Given,
    Id,
    Name,
    Number,
    Text,
    Times,
    Whole,
    as_tuple,
    listed,
    municipality_code,
)


def _amount(value: Any) -> Any:
    """`5` is just five; `{from: 2, to: 6}` is a range."""
    if isinstance(value, str):
        return {"to": value}
    return value


class WordsEntry(Entry):
    """Wording for people, in both languages."""

    da: Text
    en: Text


class MunicipalityEntry(Entry):
    """Whose standard it is."""

    name: Text
    code: Annotated[str | None, BeforeValidator(municipality_code)]
    why: Text | None = None


ClosingDays: TypeAlias = Annotated[tuple[Text, ...], BeforeValidator(as_tuple)]


class CalendarEntry(Entry):
    """Whether Saturdays count, and own closing days."""

    saturday: Literal["closed", "open"] = "closed"
    closed: ClosingDays = ()


class DeadlineCalendarEntry(CalendarEntry):
    """A deadline's own calendar, and the days of which it is not settled whether they move its end."""

    uncertain: ClosingDays = ()


class ParameterEntry(Entry):
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
    values: listed(Text) | None = None  # type: ignore[valid-type]
    cite: Cite
    interpretation: WordsEntry | None = None


class SpanEntry(Entry):
    """From one date to another."""

    start: Annotated[Name, Field(alias="from")]
    end: Annotated[Name, Field(alias="to")]


class FactEntry(Entry):
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


class _Dated(Entry):
    in_force_from: Day | None = None
    in_force_until: Day | None = None


class RequirementEntry(Entry):
    """To whom it applies, what must hold, and what is said when it does not."""

    id: Id
    kind: Kind
    title: WordsEntry
    when: Condition = None
    require: Condition
    reason: WordsEntry
    cite: Cite
    routes: listed(Id) = ()  # type: ignore[valid-type]
    interpretation: WordsEntry | None = None


class NationalRequirementEntry(RequirementEntry, _Dated):
    """A requirement of the nation."""


class LeaveOutEntry(Entry):
    """Items that are not part of the help."""

    id: Id
    items: listed(Text)  # type: ignore[valid-type]
    when: Condition = None
    reason: WordsEntry
    cite: Cite
    interpretation: WordsEntry | None = None


class RowEntry(Entry):
    """One row of what is granted."""

    id: Id
    when: Condition = None
    give: Given
    text: WordsEntry
    otherwise: WordsEntry | None = None
    cite: Cite
    interpretation: WordsEntry | None = None


class NoticeEntry(Entry):
    """A warning that changes no outcome."""

    id: Id
    when: Condition
    text: WordsEntry
    cite: Cite
    routes: listed(Id) = ()  # type: ignore[valid-type]
    interpretation: WordsEntry | None = None


class NationalNoticeEntry(NoticeEntry, _Dated):
    """A notice of the nation."""


class RouteEntry(Entry):
    """Other help, and who considers it."""

    title: WordsEntry
    considered_by: ConsideredBy
    names: Name | None = None
    cite: Cite


class NationalRouteEntry(RouteEntry, _Dated):
    """A route of the nation."""


class AmountEntry(Entry):
    """How many; `from` starts a range."""

    earliest: Annotated[Count | None, Field(alias="from")] = None
    number: Annotated[Count, Field(alias="to")]


AmountOf: TypeAlias = Annotated[
    AmountEntry | None,
    BeforeValidator(_amount),
    WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "object", "required": ["from", "to"]}]}),
]


class WithinEntry(Entry):
    """How long, by one unit."""

    units: ClassVar[tuple[CountUnit, ...]] = ("workdays", "days", "weeks", "months")
    workdays: AmountOf = None
    days: AmountOf = None
    weeks: AmountOf = None
    months: AmountOf = None


class DeadlineEntry(Entry):
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


class CourseEntry(Entry):
    """What an event on the running course leads to."""

    id: Id
    title: WordsEntry
    text: WordsEntry
    events: Annotated[listed(Text), Field(alias="on")] = ()  # type: ignore[valid-type]
    after: Times = 1
    then: Literal["propose_end", "owe_session", "owe_nothing", "evaluate", "document", "expect"]
    at: Literal["midway", "end"] | None = None
    conflicts_with_act: Flag = False
    workdays_only: Flag = False
    cite: Cite
    interpretation: WordsEntry | None = None


class StatementEntry(Entry):
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
    encoded_by: listed(Text) | None = None  # type: ignore[valid-type]
    metadata: listed(Text) | None = None  # type: ignore[valid-type]
    informative: WordsEntry | None = None
    procedure: WordsEntry | None = None
    not_computable: WordsEntry | None = None
    overridden_by: listed(Text) | None = None  # type: ignore[valid-type]
    interpretation: WordsEntry | None = None
    source_issue: WordsEntry | None = None


class NationalStatementEntry(StatementEntry, _Dated):
    """A statement of the law, where it was read, and whether it was."""

    source: Text
    url: Text | None = None
    confidence: Literal["read", "unverified"]


class NotStatedEntry(Entry):
    """Something on which the source is silent."""

    id: Id
    da: Text
    en: Text


class SourceEntry(Entry):
    """The published text, statement by statement."""

    title: WordsEntry
    publisher: Text | None = None
    url: Text | None = None
    approved_on: Day | None = None
    completeness: Literal["standard", "leaflet"] = "standard"
    sha256: Digest | None = None
    not_stated: listed(NotStatedEntry) = ()  # type: ignore[valid-type]
    statements: Annotated[dict[Text, StatementEntry], Field(min_length=1)]


class NationalSourceEntry(Entry):
    """The law, statement by statement."""

    title: WordsEntry
    statements: Annotated[dict[Text, NationalStatementEntry], Field(min_length=1)]


class PackFile(Entry):
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
    requirements: listed(RequirementEntry)  # type: ignore[valid-type]
    leave_out: listed(LeaveOutEntry) = ()  # type: ignore[valid-type]
    entitlement: Annotated[dict[Topic, listed(RowEntry)], Field(min_length=1)] | None = None  # type: ignore[valid-type]
    notices: listed(NoticeEntry) = ()  # type: ignore[valid-type]
    routes: Annotated[dict[Id, RouteEntry], Field(min_length=1)] | None = None
    deadlines: listed(DeadlineEntry) = ()  # type: ignore[valid-type]
    course: listed(CourseEntry) = ()  # type: ignore[valid-type]
    source: SourceEntry


class FloorEntry(Entry):
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


class NationFile(Entry):
    """The national layer: law under every pack, by date."""

    format: Format
    nation: Literal["denmark"]
    title: WordsEntry
    floor: FloorEntry
    requirements: listed(NationalRequirementEntry) = ()  # type: ignore[valid-type]
    notices: listed(NationalNoticeEntry) = ()  # type: ignore[valid-type]
    deadlines: listed(NationalDeadlineEntry) = ()  # type: ignore[valid-type]
    routes: Annotated[dict[Id, NationalRouteEntry], Field(default_factory=dict)]
    standing_routes: listed(Id) = ()  # type: ignore[valid-type]
    complaint: listed(ComplaintEntry) = ()  # type: ignore[valid-type]
    transport: listed(TransportEntry) = ()  # type: ignore[valid-type]
    source: NationalSourceEntry
