"""What explains a decision: its requirements with reasons, what is left out, what is granted, routes and warnings.

Everything is read from what the reference meaning settled; nothing is worked out beside it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from vedligehold.case import Finding
from vedligehold.condition import NOTHING, Value
from vedligehold.deadline import Deadline
from vedligehold.facts import ITEM_LABELS
from vedligehold.meaning.value import HOLDS, evaluate, facts_of, unsettled
from vedligehold.pack import TOPICS, Give, Kind, LeaveOut, Notice, Route
from vedligehold.settle import Judged, Outcome, Settled, asked_for, given_for_sure
from vedligehold.source import Citation, Words
from vedligehold.wording import joined, long_date

_NOT_GIVEN = Words("Det er ikke med i det, der bevilges her.", "It is not part of what is granted here.")


@dataclass(frozen=True, slots=True)
class RequirementResult:
    """What one requirement came to, the facts that decided it, and the finding that stands beside it."""

    id: str
    kind: Kind
    result: Literal["holds", "fails", "unknown", "not_applicable"]
    title: Words
    reason: Words | None
    citation: Citation
    facts: Mapping[str, Value]
    finding: Finding | None


@dataclass(frozen=True, slots=True)
class Excluded:
    """Something asked for that is not given: by which row or exclusion, and why."""

    item: str
    by: str
    reason: Words
    citation: Citation


@dataclass(frozen=True, slots=True)
class Entitlement:
    """One topic of what is granted; `give` is None where it is not yet known which row applies."""

    topic: str
    id: str
    give: Give | None
    text: Words
    citation: Citation


@dataclass(frozen=True, slots=True)
class Undecided:
    """A row of which it is not known whether it applies, and the facts that would tell."""

    topic: str
    id: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AskingRow:
    """A row or exclusion that asks, because a missing fact could change whether something asked for is given."""

    id: str
    items: tuple[str, ...]
    reason: Words
    facts: tuple[str, ...]
    citation: Citation


@dataclass(frozen=True, slots=True)
class TransportGuidance:
    """What is said of the separate decision about transport."""

    text: Words
    citation: Citation


@dataclass(frozen=True, slots=True)
class ComplaintGuidance:
    """Where to complain and how; the dates are None until the day of receipt is known."""

    to: Words
    via: Words
    text: Words
    due_on: date | None
    late_after: date | None
    citation: Citation
    transport: TransportGuidance | None


@dataclass(frozen=True, slots=True)
class OtherRoute:
    """Other help to consider, and who considers it."""

    id: str
    title: Words
    considered_by: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class DecisionWarning:
    """Something that a caseworker should see and that changes no outcome."""

    code: str
    message: Words


def requirements(settled: Settled) -> tuple[RequirementResult, ...]:
    """Every requirement, pack before nation, with its result, reason, deciding facts and finding."""
    return tuple(_requirement(settled, judged) for judged in settled.judged)


def _requirement(settled: Settled, judged: Judged) -> RequirementResult:
    names = dict.fromkeys(name for leaf in judged.decisive() for name in facts_of(leaf))
    return RequirementResult(
        id=judged.requirement.id,
        kind=judged.requirement.kind,
        result=judged.result,
        title=judged.requirement.title,
        reason=_reason(settled, judged),
        citation=judged.requirement.citation,
        facts={name: None if settled.values[name] == NOTHING else settled.values[name] for name in names},
        finding=judged.finding,
    )


def _reason(settled: Settled, judged: Judged) -> Words | None:
    if judged.verdict == "passes":
        return None
    if judged.verdict == "asks" and judged.result == "unknown":
        return _we_need_to_know(settled, asked_for(settled.policy, settled.values, judged.open_leaves()))
    return judged.requirement.reason


def _we_need_to_know(settled: Settled, facts: Iterable[str]) -> Words:
    return joined(
        "Vi mangler at få at vide: ", "We need to know: ", [settled.policy.facts[name].label for name in facts]
    )


def excluded(settled: Settled) -> tuple[Excluded, ...]:
    """What was asked for and is not given, with the row or exclusion that leaves it out; empty unless granted."""
    found = []
    for item, what in settled.left_out:
        reason = what.reason if isinstance(what, LeaveOut) else what.otherwise or _NOT_GIVEN
        found.append(Excluded(item, what.id, reason, what.citation))
    return tuple(found)


def entitlement(settled: Settled) -> tuple[Entitlement, ...]:
    """What is granted, topic by topic; empty unless granted."""
    if settled.outcome is not Outcome.GRANTED:
        return ()
    found = []
    for topic in settled.topics:
        if topic.unknown:
            row = topic.unknown[0][0]
            facts = [
                settled.policy.facts[name].label
                for each in undecided(settled)
                if each.id == row.id
                for name in each.facts
            ]
            about = TOPICS[topic.topic]
            da, en = (
                f"Ikke afgjort endnu: {about.da}. Det afhænger af: ",
                f"Not decided yet: {about.en}. It depends on: ",
            )
            text = joined(da, en, facts)
            found.append(Entitlement(topic.topic, row.id, None, text, row.citation))
        elif topic.row is not None:
            row = topic.row
            found.append(Entitlement(topic.topic, row.id, row.give, row.text, row.citation))
    return tuple(found)


def undecided(settled: Settled) -> tuple[Undecided, ...]:
    """The rows of which it is not known whether they apply, though nothing asked for depends on it."""
    if settled.outcome is not Outcome.GRANTED:
        return ()
    return tuple(
        Undecided(topic.topic, row.id, asked_for(settled.policy, settled.values, unsettled(trace)))
        for topic in settled.topics
        for row, trace in topic.unknown
    )


def asking(settled: Settled) -> tuple[AskingRow, ...]:
    """The rows and exclusions among `because`, with what they ask for; empty unless `needs_information`."""
    found = []
    for each in settled.asking:
        if each.id in settled.because:
            facts = asked_for(settled.policy, settled.values, unsettled(each.trace))
            reason = _we_need_to_know(settled, facts)
            found.append(AskingRow(each.id, each.items, reason, facts, each.what.citation))
    return tuple(found)


def complaint(settled: Settled, deadlines: Sequence[Deadline]) -> ComplaintGuidance | None:
    """Complaint guidance; None unless granted or rejected."""
    said, transport = settled.policy.complaint, settled.policy.transport
    if said is None or settled.outcome not in (Outcome.GRANTED, Outcome.REJECTED):
        return None
    deadline = next((each for each in deadlines if each.id == "complaint"), None)
    return ComplaintGuidance(
        said.to,
        said.via,
        said.text,
        None if deadline is None else deadline.due_on,
        None if deadline is None else deadline.late_after,
        said.citation,
        None if transport is None else TransportGuidance(transport.text, transport.citation),
    )


def _fired(settled: Settled) -> tuple[Notice, ...]:
    return tuple(each for each in settled.policy.notices if evaluate(each.when, settled.values).truth == HOLDS)


def other_routes(settled: Settled) -> tuple[OtherRoute, ...]:
    """Other help to consider: of what won, of the notices, and of every rejection; what is named comes first."""
    policy = settled.policy
    requirements = policy.requirement_by_id
    ids = [route for name in settled.because if name in requirements for route in requirements[name].routes]
    ids += [route for notice in _fired(settled) for route in notice.routes]
    if settled.outcome is Outcome.REJECTED:
        ids += policy.standing_routes
    routes = [policy.routes[name] for name in dict.fromkeys(ids) if name in policy.routes]
    routes.sort(key=lambda route: not _named(settled, route))
    return tuple(OtherRoute(each.id, _title(settled, each), each.considered_by, each.citation) for each in routes)


def _named(settled: Settled, route: Route) -> tuple[str, ...]:
    value = None if route.names is None else settled.values[route.names]
    return value if isinstance(value, tuple) else ()


def _title(settled: Settled, route: Route) -> Words:
    named = _named(settled, route)
    if not named or route.names is None:
        return route.title
    labels = settled.policy.facts[route.names].labels
    return joined(f"{route.title.da}: ", f"{route.title.en}: ", [labels[each] for each in named], end="")


def warnings(settled: Settled) -> tuple[DecisionWarning, ...]:
    """What a caseworker should see: a stale standard, notices, items not mentioned, findings without effect."""
    found = [*_stale(settled), *(DecisionWarning(each.id, each.text) for each in _fired(settled))]
    found += [*_not_mentioned(settled), *_findings_without_effect(settled), *_self_reported(settled)]
    found += _on_closed_days(settled)
    return tuple(found)


def _stale(settled: Settled) -> list[DecisionWarning]:
    after = settled.policy.stale_after
    if after is None or settled.on <= after:
        return []
    last = long_date(after)
    da = f"Standarden skulle være set efter senest {last.da}. Undersøg, om der er kommet en nyere."
    en = f"The standard was to be reviewed by {last.en}. Find out whether there is a newer one."
    return [DecisionWarning("stale-standard", Words(da, en))]


def _not_mentioned(settled: Settled) -> list[DecisionWarning]:
    if settled.outcome is not Outcome.GRANTED:
        return []
    left_out = {item for item, _ in settled.left_out}
    items = [item for item in settled.asked if item not in left_out and not given_for_sure(settled.topics, item)]
    if not items:
        return []
    labels = [ITEM_LABELS[item] for item in items]
    message = joined("Standarden nævner ikke: ", "The standard does not mention: ", labels)
    return [DecisionWarning("not-mentioned", message)]


def _findings_without_effect(settled: Settled) -> list[DecisionWarning]:
    judged = [each for each in settled.judged if each.finding is not None]
    titles = [each.requirement.title for each in judged if each.result in ("holds", "not_applicable")]
    if not titles:
        return []
    da = "En vurdering ændrer intet, fordi kravet er opfyldt eller ikke gælder: "
    en = "A finding changes nothing, because the requirement holds or does not apply: "
    return [DecisionWarning("finding-without-effect", joined(da, en, titles))]


def _self_reported(settled: Settled) -> list[DecisionWarning]:
    facts = [fact for name, fact in settled.policy.facts.items() if name in settled.case.self_reported]
    labels = [fact.label for fact in facts if fact.assessed and fact.name in settled.policy.reads]
    if not labels:
        return []
    da = "Kun oplyst af borgeren og regnes som ukendt, indtil en fagperson har vurderet det: "
    en = "Only self-reported, and counted as unknown until a professional has assessed it: "
    return [DecisionWarning("self-reported", joined(da, en, labels))]


def _on_closed_days(settled: Settled) -> Iterator[DecisionWarning]:
    calendar = settled.policy.version.calendar
    for rule in settled.policy.version.course:
        days = [day for event in rule.events for day in settled.case.days().get(event, ())]
        closed = [long_date(day) for day in days if not calendar.is_open(day)]
        if rule.workdays_only and closed:
            yield DecisionWarning(rule.id, joined(f"{rule.text.da} Dateret: ", f"{rule.text.en} Dated: ", closed))
