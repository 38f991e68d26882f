"""The result: a proposal for a decision, whose parts are built when they are first looked at."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Generic, Literal, NoReturn, TypeVar, cast, overload

from vedligehold.case import Case, Finding
from vedligehold.condition import NOTHING, Value
from vedligehold.deadline import Deadline
from vedligehold.errors import Problem, VedligeholdError
from vedligehold.facts import ITEM_LABELS
from vedligehold.known import known_values
from vedligehold.meaning.value import HOLDS, Trace, Values, evaluate, facts_of, unsettled
from vedligehold.output import DIALECT, DecisionJson, ReceiptJson, plain
from vedligehold.pack import TOPICS, Give, Kind, LeaveOut, Notice, Policy, Route
from vedligehold.prepared import Answer, prepared
from vedligehold.receipt import make_receipt
from vedligehold.settle import Judged, Outcome, Result, Settled, asked_for, given_for_sure, settle
from vedligehold.source import Citation, Words
from vedligehold.wording import joined, long_date

_T = TypeVar("_T")


class _Part(Generic[_T]):
    """A part of a decision that is built once, on first look."""

    def __init__(self, build: Callable[[Any], _T]) -> None:
        self.build = build
        self.__doc__ = build.__doc__

    @overload
    def __get__(self, owner: None, kind: type) -> "_Part[_T]": ...
    @overload
    def __get__(self, owner: object, kind: type) -> _T: ...
    def __get__(self, owner: Any, kind: type) -> Any:
        if owner is None:
            return self
        name = self.build.__name__
        if name not in owner._built:
            owner._built[name] = self.build(owner)
        return owner._built[name]


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


class _Open:
    """What a decision holds, while it is being made; then it becomes a `Decision`, which cannot be changed."""

    __slots__ = (
        "_answer",
        "_built",
        "_case",
        "_policy",
        "because",
        "decided_on",
        "outcome",
        "partial",
    )

    _answer: Answer
    _built: dict[str, Any]
    _case: Case
    _policy: Policy
    because: tuple[str, ...]
    decided_on: date
    outcome: Outcome
    partial: bool


class Decision(_Open):
    """A proposal for a decision (*forslag til afgørelse*) until a person signs it.

    Attributes:
        outcome: `granted`, `redirected`, `rejected`, `needs_information` or `needs_assessment`.
        partial: whether something asked for is left out of a grant.
        because: the ids of the requirements and rows whose verdict won; empty for `granted`.
        decided_on: the decision date.
    """

    __slots__ = ()

    schema: ClassVar[Literal[1]] = 1

    def __init__(self) -> None:
        raise TypeError("a decision is made by `decide`")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a decision cannot be changed: `{name}`")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a decision cannot be changed: `{name}`")

    def __reduce__(self) -> tuple[Any, ...]:
        answer = Answer(self.outcome, self.because, self.results, self.missing)
        return (made, (self._policy, self._case, self.decided_on, answer, self.partial))

    def __repr__(self) -> str:
        because = f" because {', '.join(self.because)}" if self.because else ""
        return f"<Decision {self.outcome} on {self.decided_on}{because}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Decision) and self.model_dump() == other.model_dump()

    __hash__ = None  # type: ignore[assignment]

    @_Part
    def _known(self) -> Values:
        """Every fact of the case, also those that the answer did not need."""
        return known_values(self._policy, self._case, self.decided_on)

    @_Part
    def _settled(self) -> Settled:
        """The same by the reference meaning, with every trace; whatever explains the decision is read from it."""
        settled = settle(self._policy, self._known, self._case.findings)
        quick = (self.outcome, self.because, self._answer.results, self.partial)
        if quick != (settled.outcome, settled.because, settled.results, bool(settled.left_out)):
            message = f"the compiled conditions say `{self.outcome}`, and the reference says `{settled.outcome}`"
            raise VedligeholdError([Problem("", "meanings-disagree", message, "report this: nothing is decided")])
        return settled

    @property
    def missing(self) -> tuple[str, ...]:
        """The facts that are asked for, as a case spells them; empty unless `needs_information`."""
        answer = self._answer
        if answer.missing is None:
            answer.missing = self._settled.missing
        return answer.missing

    @property
    def results(self) -> dict[str, Result]:
        """Every requirement's result by its id, pack before nation."""
        return dict(self._answer.results)

    @property
    def granted(self) -> bool:
        """Whether the outcome is `granted`."""
        return self.outcome is Outcome.GRANTED

    @_Part
    def requirements(self) -> tuple[RequirementResult, ...]:
        """Every requirement, pack before nation, with its result, reason, deciding facts and finding."""
        return tuple(self._requirement(judged) for judged in self._settled.judged)

    def _requirement(self, judged: Judged) -> RequirementResult:
        names = dict.fromkeys(name for leaf in judged.decisive() for name in facts_of(leaf))
        return RequirementResult(
            id=judged.requirement.id,
            kind=judged.requirement.kind,
            result=judged.result,
            title=judged.requirement.title,
            reason=self._reason(judged),
            citation=judged.requirement.citation,
            facts={name: None if self._known[name] == NOTHING else self._known[name] for name in names},
            finding=judged.finding,
        )

    def _reason(self, judged: Judged) -> Words | None:
        if judged.verdict == "passes":
            return None
        if judged.verdict == "asks" and judged.result == "unknown":
            return self._we_need_to_know(asked_for(self._policy, self._known, judged.open_leaves()))
        return judged.requirement.reason

    def _we_need_to_know(self, facts: Iterable[str]) -> Words:
        return joined("Vi mangler at få at vide: ", "We need to know: ", [self.label(name) for name in facts])

    def label(self, fact: str) -> Words:
        """The label of a declared fact."""
        return self._policy.facts[fact].label

    @_Part
    def excluded(self) -> tuple[Excluded, ...]:
        """What was asked for and is not given, with the row or exclusion that leaves it out; empty unless granted."""
        found = []
        for item, what in self._settled.left_out:
            reason = what.reason if isinstance(what, LeaveOut) else what.otherwise or _NOT_GIVEN
            found.append(Excluded(item, what.id, reason, what.citation))
        return tuple(found)

    def _is_given(self, item: str) -> bool:
        return given_for_sure(self._settled.topics, item)

    @_Part
    def entitlement(self) -> tuple[Entitlement, ...]:
        """What is granted, topic by topic; empty unless granted."""
        if not self.granted:
            return ()
        found = []
        for topic in self._settled.topics:
            if topic.unknown:
                row = topic.unknown[0][0]
                facts = [self.label(name) for each in self.undecided if each.id == row.id for name in each.facts]
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

    @_Part
    def undecided(self) -> tuple[Undecided, ...]:
        """The rows of which it is not known whether they apply, though nothing asked for depends on it."""
        if not self.granted:
            return ()
        return tuple(
            Undecided(topic.topic, row.id, asked_for(self._policy, self._known, unsettled(trace)))
            for topic in self._settled.topics
            for row, trace in topic.unknown
        )

    @_Part
    def asking(self) -> tuple[AskingRow, ...]:
        """The rows and exclusions among `because`, with what they ask for; empty unless `needs_information`."""
        found = []
        for each in self._settled.asking:
            if each.id in self.because:
                facts = asked_for(self._policy, self._known, unsettled(each.trace))
                reason = self._we_need_to_know(facts)
                found.append(AskingRow(each.id, each.items, reason, facts, each.what.citation))
        return tuple(found)

    @_Part
    def deadlines(self) -> tuple[Deadline, ...]:
        """Every deadline of pack and nation, whatever the outcome, each with the way to its date."""
        return prepared(self._policy).deadlines(self._case)

    @_Part
    def complaint(self) -> ComplaintGuidance | None:
        """Complaint guidance; None unless granted or rejected."""
        said, transport = self._policy.complaint, self._policy.transport
        if said is None or self.outcome not in (Outcome.GRANTED, Outcome.REJECTED):
            return None
        deadline = next((each for each in self.deadlines if each.id == "complaint"), None)
        return ComplaintGuidance(
            said.to,
            said.via,
            said.text,
            None if deadline is None else deadline.due_on,
            None if deadline is None else deadline.late_after,
            said.citation,
            None if transport is None else TransportGuidance(transport.text, transport.citation),
        )

    @_Part
    def _fired(self) -> tuple[Notice, ...]:
        return tuple(each for each in self._policy.notices if evaluate(each.when, self._known).truth == HOLDS)

    @_Part
    def other_routes(self) -> tuple[OtherRoute, ...]:
        """Other help to consider: of what won, of the notices, and of every rejection; what is named comes first."""
        policy = self._policy
        requirements = policy.requirement_by_id
        ids = [route for name in self.because if name in requirements for route in requirements[name].routes]
        ids += [route for notice in self._fired for route in notice.routes]
        if self.outcome is Outcome.REJECTED:
            ids += policy.standing_routes
        routes = [policy.routes[name] for name in dict.fromkeys(ids) if name in policy.routes]
        routes.sort(key=lambda route: not self._named(route))
        return tuple(OtherRoute(each.id, self._title(each), each.considered_by, each.citation) for each in routes)

    def _named(self, route: Route) -> tuple[str, ...]:
        value = None if route.names is None else self._known[route.names]
        return value if isinstance(value, tuple) else ()

    def _title(self, route: Route) -> Words:
        named = self._named(route)
        if not named or route.names is None:
            return route.title
        labels = self._policy.facts[route.names].labels
        return joined(f"{route.title.da}: ", f"{route.title.en}: ", [labels[each] for each in named], end="")

    @_Part
    def warnings(self) -> tuple[DecisionWarning, ...]:
        """What a caseworker should see: a stale standard, notices, items not mentioned, findings without effect."""
        found = [*self._stale(), *(DecisionWarning(each.id, each.text) for each in self._fired)]
        found += [*self._not_mentioned(), *self._findings_without_effect(), *self._self_reported()]
        found += self._on_closed_days()
        return tuple(found)

    def _stale(self) -> list[DecisionWarning]:
        after = self._policy.stale_after
        if after is None or self.decided_on <= after:
            return []
        last = long_date(after)
        da = f"Standarden skulle være set efter senest {last.da}. Undersøg, om der er kommet en nyere."
        en = f"The standard was to be reviewed by {last.en}. Find out whether there is a newer one."
        return [DecisionWarning("stale-standard", Words(da, en))]

    def _not_mentioned(self) -> list[DecisionWarning]:
        if not self.granted:
            return []
        excluded = {each.item for each in self.excluded}
        items = [item for item in self._settled.asked if item not in excluded and not self._is_given(item)]
        if not items:
            return []
        labels = [ITEM_LABELS[item] for item in items]
        message = joined("Standarden nævner ikke: ", "The standard does not mention: ", labels)
        return [DecisionWarning("not-mentioned", message)]

    def _findings_without_effect(self) -> list[DecisionWarning]:
        judged = [each for each in self._settled.judged if each.finding is not None]
        titles = [each.requirement.title for each in judged if each.result in ("holds", "not_applicable")]
        if not titles:
            return []
        da = "En vurdering ændrer intet, fordi kravet er opfyldt eller ikke gælder: "
        en = "A finding changes nothing, because the requirement holds or does not apply: "
        return [DecisionWarning("finding-without-effect", joined(da, en, titles))]

    def _self_reported(self) -> list[DecisionWarning]:
        facts = [fact for name, fact in self._policy.facts.items() if name in self._case.self_reported]
        labels = [fact.label for fact in facts if fact.assessed and fact.name in self._policy.reads]
        if not labels:
            return []
        da = "Kun oplyst af borgeren og regnes som ukendt, indtil en fagperson har vurderet det: "
        en = "Only self-reported, and counted as unknown until a professional has assessed it: "
        return [DecisionWarning("self-reported", joined(da, en, labels))]

    def _on_closed_days(self) -> Iterator[DecisionWarning]:
        calendar = self._policy.version.calendar
        for rule in self._policy.version.course:
            days = [day for event in rule.events for day in self._case.days().get(event, ())]
            closed = [long_date(day) for day in days if not calendar.is_open(day)]
            if rule.workdays_only and closed:
                yield DecisionWarning(rule.id, joined(f"{rule.text.da} Dateret: ", f"{rule.text.en} Dated: ", closed))

    def trace(self, requirement: str) -> tuple[Trace | None, Trace]:
        """What every node of a requirement's `when` (None where it has none) and `require` says of the case.

        Raises:
            KeyError: the policy has no such requirement.
        """
        judged = {each.requirement.id: each for each in self._settled.judged}[requirement]
        return judged.when, judged.require

    @_Part
    def receipt(self) -> ReceiptJson:
        """What is needed to work the decision out again; no CPR number, no name."""
        return make_receipt(self._policy, self._case, self.decided_on)

    def model_dump(self, mode: Literal["json"] = "json") -> DecisionJson:  # noqa: ARG002 - as a pydantic model has it
        """The decision as plain data of JSON's types: dates as ISO text."""
        return cast(DecisionJson, {name: plain(getattr(self, name)) for name in DecisionJson.__annotations__})

    def model_dump_json(self, indent: int | None = None) -> str:
        """The decision as JSON text."""
        return json.dumps(self.model_dump(), ensure_ascii=False, indent=indent, allow_nan=False)

    @classmethod
    def model_json_schema(cls) -> dict[str, Any]:
        """The JSON Schema of `model_dump`."""
        return schema_of(DecisionJson)


def decision_of(policy: Policy, case: Case, on: date) -> Decision:
    """The decision of *case* under *policy* on *on*.

    Raises:
        CaseError: the case says something that the pack does not know, or that cannot be.
    """
    return made(policy, case, on, *prepared(policy).answer(case, on))


def made(policy: Policy, case: Case, on: date, answer: Answer, partial: bool) -> Decision:
    """A decision of these parts."""
    decision = _Open()
    decision._policy = policy
    decision._case = case
    decision._answer = answer
    decision._built = {}
    decision.outcome = answer.outcome
    decision.because = answer.because
    decision.partial = partial
    decision.decided_on = on
    decision.__class__ = Decision
    return decision  # type: ignore[return-value]


def schema_of(shape: Any) -> dict[str, Any]:
    """The JSON Schema of one of the shapes in `output`; nothing beside its keys is allowed."""
    from pydantic import TypeAdapter

    schema = {"$schema": DIALECT, **TypeAdapter(shape).json_schema()}
    for each in (schema, *schema.get("$defs", {}).values()):
        if each.get("type") == "object" and "properties" in each:
            each["additionalProperties"] = False
    return schema


_NOT_GIVEN = Words("Det er ikke med i det, der bevilges her.", "It is not part of what is granted here.")
