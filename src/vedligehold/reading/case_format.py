"""The format of a file of cases: which keys there are, and what each takes."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field

from vedligehold.reading.values import Day, Entry, Flag, Format, Name, Text, as_tuple, listed

Ids: TypeAlias = Annotated[tuple[Text, ...], BeforeValidator(as_tuple)]


class ExpectEntry(Entry):
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
    requirements: dict[Text, Literal["holds", "fails", "unknown", "not_applicable"]] = Field(default_factory=dict)


class CaseParts(Entry):
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
    marks: listed(Name) = ()  # type: ignore[valid-type]
    expect: ExpectEntry | None = None
    to_confirm: ExpectEntry | None = None


class CasesFile(Entry):
    """The cases of one version of a pack."""

    format: Format
    typical: CaseParts = CaseParts()
    cases: listed(CaseEntry)  # type: ignore[valid-type]
