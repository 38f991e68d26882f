"""From what is known to what follows: each requirement's result and verdict, the grant, the outcome, what is missing.

First the door, then the merits. An unknown fact asks, and never refuses; a discretionary requirement awaits a person.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Literal, NamedTuple, TypeAlias

from vedligehold.case import Case, Finding
from vedligehold.condition import Condition, Leaf
from vedligehold.meaning.value import (
    FAILS,
    HOLDS,
    UNKNOWN,
    Meaning,
    Trace,
    Truth,
    Values,
    deciding,
    facts_of,
    meaning_of,
    unsettled,
)
from vedligehold.pack import Kind, LeaveOut, Policy, Requirement, Row, Topic

Result: TypeAlias = Literal["holds", "fails", "unknown", "not_applicable"]
Verdict: TypeAlias = Literal["passes", "redirects", "rejects", "asks", "awaits"]


class Outcome(StrEnum):
    """What a decision proposes."""

    GRANTED = "granted"
    REDIRECTED = "redirected"
    REJECTED = "rejected"
    NEEDS_INFORMATION = "needs_information"
    NEEDS_ASSESSMENT = "needs_assessment"


_WHEN_IT_FAILS: Mapping[Kind, Verdict] = {
    Kind.SCOPE: "redirects",
    Kind.STRICT: "rejects",
    Kind.PROCEDURAL: "asks",
    Kind.DISCRETIONARY: "awaits",
}
_MERITS: tuple[tuple[Verdict, Outcome], ...] = (
    ("rejects", Outcome.REJECTED),
    ("asks", Outcome.NEEDS_INFORMATION),
    ("awaits", Outcome.NEEDS_ASSESSMENT),
)
"""The verdicts from worst to best, and the outcome of each."""


class Judged(NamedTuple):
    """What one requirement came to: the calculated result, the finding that stands beside it, the verdict."""

    requirement: Requirement
    when: Trace | None
    require: Trace
    result: Result
    verdict: Verdict
    finding: Finding | None

    def decisive(self) -> list[Leaf]:
        """The leaves that decided the result."""
        if self.when is None:
            return list(deciding(self.require))
        if self.result == "not_applicable":
            return list(deciding(self.when))
        if self.when.truth == UNKNOWN and self.require.truth == HOLDS:
            return list(deciding(self.require))
        return [*deciding(self.when), *deciding(self.require)]

    def open_leaves(self) -> list[Leaf]:
        """The leaves that are asked about: the unknown ones, or what made a procedural requirement fail."""
        if self.result == "fails":
            return list(deciding(self.require))
        return [*(unsettled(self.when) if self.when else ()), *unsettled(self.require)]


class TopicGrant(NamedTuple):
    """One topic of the grant: the row that applies, and the rows before it of which that is not known."""

    topic: Topic
    row: Row | None
    unknown: tuple[tuple[Row, Trace], ...]

    def possible(self) -> tuple[Row | None, ...]:
        """Every row that may turn out to apply; None: no row may."""
        return (*(row for row, _ in self.unknown), self.row)


class Asking(NamedTuple):
    """A row or an exclusion that asks: a missing fact could change whether something asked for is given."""

    what: Row | LeaveOut
    items: tuple[str, ...]
    trace: Trace

    @property
    def id(self) -> str:
        """The id of the row or exclusion."""
        return self.what.id


class Settled(NamedTuple):
    """Everything that follows from what is known."""

    outcome: Outcome
    because: tuple[str, ...]
    missing: tuple[str, ...]
    judged: tuple[Judged, ...]
    topics: tuple[TopicGrant, ...]
    asked: tuple[str, ...]
    asking: tuple[Asking, ...]
    left_out: tuple[tuple[str, Row | LeaveOut], ...]
    policy: Policy
    case: Case
    on: date
    values: Values

    @property
    def results(self) -> dict[str, Result]:
        """Every requirement's result by its id."""
        return {each.requirement.id: each.result for each in self.judged}


def settle(policy: Policy, case: Case, on: date, values: Values, says: Meaning | None = None) -> Settled:
    """What *policy* makes of the *values* that are known of *case*, with every trace.

    What a condition *says* of them is said by the reference meaning, if by no other.
    """
    says = says or meaning_of(values)
    judged = tuple(judge(each, says, case.findings.get(each.id)) for each in policy.requirements)
    asked = _asked(values)
    topics = topics_of(policy, says)
    asking = asking_of(policy, topics, asked, says)
    outcome, because = outcome_of([(each.requirement, each.verdict) for each in judged], [each.id for each in asking])
    missing = _missing(policy, values, judged, asking) if outcome is Outcome.NEEDS_INFORMATION else ()
    found = [(item, exclusion(policy, topics, item, says)) for item in asked if outcome is Outcome.GRANTED]
    left_out = tuple((item, what) for item, what in found if what is not None)
    return Settled(outcome, because, missing, judged, topics, asked, asking, left_out, policy, case, on, values)


def judge(requirement: Requirement, says: Meaning, finding: Finding | None) -> Judged:
    """The result of one requirement, and the verdict that its kind or a finding makes of it."""
    when = None if requirement.when is None else says(requirement.when)
    require = says(requirement.require)
    result = result_of(HOLDS if when is None else when.truth, require.truth)
    return Judged(requirement, when, require, result, verdict_of(requirement.kind, result, finding), finding)


def verdict_of(kind: Kind, result: Result, finding: Finding | None) -> Verdict:
    """What the kind of a requirement, or a finding, makes of its result."""
    if result in ("holds", "not_applicable"):
        return "passes"
    if finding is not None:
        return "passes" if finding.holds else "rejects"
    return "asks" if result == "unknown" else _WHEN_IT_FAILS[kind]


def result_of(when: Truth, require: Truth) -> Result:
    """The result of a requirement; one without `when` applies to everybody."""
    if when == FAILS:
        return "not_applicable"
    if require == HOLDS:
        return "holds"
    return "unknown" if UNKNOWN in (when, require) else "fails"


def _asked(values: Values) -> tuple[str, ...]:
    requested, setting = values["requested"], values["requested_setting"]
    items = requested if isinstance(requested, tuple) else ()
    return (*items, setting) if isinstance(setting, str) and setting else items


def _trace_of(when: Condition | None, says: Meaning) -> Trace | None:
    return None if when is None else says(when)


def topics_of(policy: Policy, says: Meaning) -> tuple[TopicGrant, ...]:
    """What is known of each topic of the grant."""
    return tuple(_topic(topic, rows, says) for topic, rows in policy.rows_by_topic.items())


def _topic(topic: Topic, rows: Sequence[Row], says: Meaning) -> TopicGrant:
    unknown: list[tuple[Row, Trace]] = []
    for row in rows:
        trace = _trace_of(row.when, says)
        if trace is None or trace.truth == HOLDS:
            return TopicGrant(topic, row, tuple(unknown))
        if trace.truth == UNKNOWN:
            unknown.append((row, trace))
    return TopicGrant(topic, None, tuple(unknown))


def given_for_sure(topics: Iterable[TopicGrant], item: str) -> bool:
    """Whether *item* is given whichever of the rows that may apply does."""
    return any(all(_gives(row, item) for row in topic.possible()) for topic in topics)


def exclusion(policy: Policy, topics: Sequence[TopicGrant], item: str, says: Meaning) -> Row | LeaveOut | None:
    """The row or exclusion by which *item* is not given; None where it is given, or nothing names it."""
    if given_for_sure(topics, item):
        return None
    chosen = [topic.row for topic in topics]
    rows = [row for row in policy.version.rows if row not in chosen and row.names(item)]
    left_out = [each for each in policy.version.leave_out if each.names(item) and applies(each, says)]
    # what says a reason of its own comes before a row that says none
    said: list[Row | LeaveOut] = [row for row in rows if row.otherwise is not None]
    return next(iter([*said, *left_out, *rows]), None)


def asking_of(policy: Policy, topics: Sequence[TopicGrant], asked: Sequence[str], says: Meaning) -> tuple[Asking, ...]:
    """The rows, then the exclusions, that ask because of something that is asked for."""
    return (*_asking_rows(topics, asked, policy.version.rows), *_asking_exclusions(policy, topics, asked, says))


def _asking_rows(topics: Sequence[TopicGrant], asked: Iterable[str], order: Sequence[Row]) -> list[Asking]:
    """The unknown rows that could change whether something asked for is given, in the order of the pack."""
    open_items = [item for item in asked if not given_for_sure(topics, item)]
    asking = []
    for topic in topics:
        for place, (row, trace) in enumerate(topic.unknown):
            later = topic.possible()[place + 1 :]
            items = tuple(item for item in open_items if any(row.names(item) != _gives(each, item) for each in later))
            if items:
                asking.append((order.index(row), Asking(row, items, trace)))
    return [each for _, each in sorted(asking, key=lambda pair: pair[0])]


def _gives(row: Row | None, item: str) -> bool:
    return row is not None and row.names(item)


def _asking_exclusions(
    policy: Policy, topics: Sequence[TopicGrant], asked: Sequence[str], says: Meaning
) -> list[Asking]:
    """The exclusions that are not known to apply and name something asked for that is not settled without them."""
    left_out = [each for each in policy.version.leave_out if applies(each, says)]
    settled = {item for each in left_out for item in each.items}
    settled |= {item for item in asked for row in policy.version.rows if row.names(item)}
    open_items = {item for item in asked if item not in settled and not given_for_sure(topics, item)}
    unknown = [(each, _trace_of(each.when, says)) for each in policy.version.leave_out]
    return [
        Asking(each, tuple(item for item in asked if item in open_items and each.names(item)), trace)
        for each, trace in unknown
        if trace is not None and trace.truth == UNKNOWN and not open_items.isdisjoint(each.items)
    ]


def applies(left_out: LeaveOut, says: Meaning) -> bool:
    """Whether an exclusion is known to apply."""
    trace = _trace_of(left_out.when, says)
    return trace is None or trace.truth == HOLDS


def outcome_of(
    verdicts: Sequence[tuple[Requirement, Verdict]], asking: Sequence[str]
) -> tuple[Outcome, tuple[str, ...]]:
    """The outcome, and what won: first the door, then the merits. *asking* are the ids of the rows that ask."""
    door = [(each.id, verdict) for each, verdict in verdicts if each.kind is Kind.SCOPE]
    merits = [(each.id, verdict) for each, verdict in verdicts if each.kind is not Kind.SCOPE]
    for wanted, outcome in (("redirects", Outcome.REDIRECTED), ("asks", Outcome.NEEDS_INFORMATION)):
        because = tuple(name for name, verdict in door if verdict == wanted)
        if because:
            return outcome, because
    for wanted, outcome in _MERITS:
        because = tuple(name for name, verdict in merits if verdict == wanted)
        if wanted == "asks":
            because += tuple(asking)
        if because:
            return outcome, because
    return Outcome.GRANTED, ()


def _missing(policy: Policy, values: Values, judged: Sequence[Judged], asking: Sequence[Asking]) -> tuple[str, ...]:
    """The facts that are asked for: most asked for first, then in the order in which they are declared."""
    door_alone = any(each.verdict == "rejects" for each in judged)
    askers = [
        each.open_leaves()
        for each in judged
        if each.verdict == "asks" and not (door_alone and each.requirement.kind is not Kind.SCOPE)
    ]
    if not door_alone:
        askers += [list(unsettled(each.trace)) for each in asking]
    counted = Counter(name for leaves in askers for name in asked_for(policy, values, leaves))
    order = {name: place for place, name in enumerate(policy.facts)}
    return tuple(sorted(counted, key=lambda name: (-counted[name], order[name])))


def asked_for(policy: Policy, values: Values, leaves: Iterable[Leaf]) -> tuple[str, ...]:
    """The facts by which *leaves* are asked about, each once: those that are unknown, or all where none is.

    A derived fact is asked for by its sources.
    """
    names: dict[str, None] = {}
    for leaf in leaves:
        facts = facts_of(leaf)
        unknown = [name for name in facts if values[name] is None]
        for fact in unknown or facts:
            sources = policy.facts[fact].sources
            names.update(dict.fromkeys([name for name in sources if values[name] is None] or sources))
    return tuple(names)
