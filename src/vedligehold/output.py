"""The shape of what is handed out as plain data: decision and receipt, as types and so as JSON Schema."""

from typing import Any, Literal

from pydantic import TypeAdapter
from typing_extensions import TypedDict

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Outcome = Literal["granted", "redirected", "rejected", "needs_information", "needs_assessment"]
Scalar = bool | int | float | str | list[str] | None


class WordsJson(TypedDict):
    """Wording in both languages."""

    da: str
    en: str


class SkippedJson(TypedDict):
    """A day passed over, and why."""

    on: str
    why: WordsJson


PausedJson = TypedDict("PausedJson", {"from": str, "to": str | None, "why": WordsJson})


class CalendarJson(TypedDict):
    """What a deadline counts in."""

    saturday: Literal["closed", "open"]
    closed: list[str]


class CitationJson(TypedDict):
    """The place in the source."""

    source: str
    at: str
    statements: list[str]
    url: str | None


class FindingJson(TypedDict):
    """What a caseworker found; `by` is a role."""

    holds: bool
    reason: str
    by: str
    on: str


class RequirementJson(TypedDict):
    """What one requirement came to."""

    id: str
    kind: Literal["scope", "strict", "procedural", "discretionary"]
    result: Literal["holds", "fails", "unknown", "not_applicable"]
    title: WordsJson
    reason: WordsJson | None
    citation: CitationJson
    facts: dict[str, Scalar]
    finding: FindingJson | None


class ExcludedJson(TypedDict):
    """Something asked for and not given."""

    item: str
    by: str
    reason: WordsJson
    citation: CitationJson


class EntitlementJson(TypedDict):
    """One topic of the grant."""

    topic: str
    id: str
    give: Any
    text: WordsJson
    citation: CitationJson


class AskingJson(TypedDict):
    """A row or exclusion that asks; `items` are what was asked for and it names."""

    id: str
    items: list[str]
    reason: WordsJson
    facts: list[str]
    citation: CitationJson


class UndecidedJson(TypedDict):
    """A row that waits for facts."""

    topic: str
    id: str
    facts: list[str]


class DeadlineJson(TypedDict):
    """A deadline and the way to its date."""

    id: str
    title: WordsJson
    kind: Literal["statutory", "promise", "target"] | None
    start_event: str | None
    start_on: str | None
    due_on: str | None
    late_after: str | None
    earliest_on: str | None
    earliest_amount: int | None
    amount: int | None
    unit: Literal["workdays", "days", "weeks", "months"] | None
    met_by: str | None
    waits_for: str | None
    not_computable: WordsJson | None
    skipped: list[SkippedJson]
    paused: list[PausedJson]
    calendar: CalendarJson
    citation: CitationJson | None


class TransportJson(TypedDict):
    """Of the separate decision about transport."""

    text: WordsJson
    citation: CitationJson


class ComplaintJson(TypedDict):
    """Where and how to complain."""

    to: WordsJson
    via: WordsJson
    text: WordsJson
    due_on: str | None
    late_after: str | None
    citation: CitationJson
    transport: TransportJson | None


class RouteJson(TypedDict):
    """Other help to consider."""

    id: str
    title: WordsJson
    considered_by: Literal["municipality", "doctor", "hospital"]
    citation: CitationJson


class WarningJson(TypedDict):
    """What a caseworker should see."""

    code: str
    message: WordsJson


class EventJson(TypedDict):
    """Something that happened."""

    type: str
    on: str


class ReceiptJson(TypedDict):
    """What a decision can be worked out from again. `facts` are as a case spells them; a reason stands as its hash."""

    schema: Literal[1]
    library: str
    holidays: str
    pack: str
    version: str
    digest: str
    nation: str
    calendar: str
    decided_on: str
    facts: dict[str, Scalar]
    self_reported: list[str]
    events: list[EventJson]
    findings: dict[str, FindingJson]


class DecisionJson(TypedDict):
    """A proposal for a decision, with every reason, missing fact, deadline and citation."""

    schema: Literal[1]
    outcome: Outcome
    partial: bool
    decided_on: str
    because: list[str]
    missing: list[str]
    requirements: list[RequirementJson]
    excluded: list[ExcludedJson]
    entitlement: list[EntitlementJson]
    undecided: list[UndecidedJson]
    asking: list[AskingJson]
    deadlines: list[DeadlineJson]
    complaint: ComplaintJson | None
    other_routes: list[RouteJson]
    warnings: list[WarningJson]
    receipt: ReceiptJson


def schema_of(shape: Any) -> dict[str, Any]:
    """The JSON Schema of one of the shapes in `output`; nothing beside its keys is allowed."""
    schema = {"$schema": DIALECT, **TypeAdapter(shape).json_schema()}
    for each in (schema, *schema.get("$defs", {}).values()):
        if each.get("type") == "object" and "properties" in each:
            each["additionalProperties"] = False
    return schema
