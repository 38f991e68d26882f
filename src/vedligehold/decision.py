"""The result: a proposal for a decision, whose parts are built when they are first looked at."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, NoReturn, TypeVar, cast, overload

from vedligehold.case import Case
from vedligehold.deadline import Deadline
from vedligehold.errors import Problem, VedligeholdError, quoted
from vedligehold.known import known_values
from vedligehold.meaning.value import Trace
from vedligehold.pack import Policy
from vedligehold.plain import plain
from vedligehold.prepared import Answer, prepared
from vedligehold.settle import Outcome, Result, Settled, settle
from vedligehold.source import Words

if TYPE_CHECKING:  # what explains a decision is loaded by whoever looks at it
    from vedligehold.explained import (
        AskingRow,
        ComplaintGuidance,
        DecisionWarning,
        Entitlement,
        Excluded,
        OtherRoute,
        RequirementResult,
        Undecided,
    )
    from vedligehold.output import DecisionJson, ReceiptJson

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
        raise AttributeError(f"a decision cannot be changed: {quoted(name)}")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a decision cannot be changed: {quoted(name)}")

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
    def _settled(self) -> Settled:
        """The same by the reference meaning, with every trace; whatever explains the decision is read from it."""
        known = known_values(self._policy, self._case, self.decided_on)
        settled = settle(self._policy, self._case, self.decided_on, known)
        # what is missing may not have been asked for yet: then it comes from here
        missing = settled.missing if self._answer.missing is None else self._answer.missing
        quick = (self.outcome, self.because, self._answer.results, self.partial, missing)
        if quick != (settled.outcome, settled.because, settled.results, bool(settled.left_out), settled.missing):
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
    def requirements(self) -> "tuple[RequirementResult, ...]":
        """Every requirement, pack before nation, with its result, reason, deciding facts and finding."""
        from vedligehold import explained

        return explained.requirements(self._settled)

    def label(self, fact: str) -> Words:
        """The label of a declared fact."""
        return self._policy.facts[fact].label

    @_Part
    def excluded(self) -> "tuple[Excluded, ...]":
        """What was asked for and is not given, with the row or exclusion that leaves it out; empty unless granted."""
        from vedligehold import explained

        return explained.excluded(self._settled)

    @_Part
    def entitlement(self) -> "tuple[Entitlement, ...]":
        """What is granted, topic by topic; empty unless granted."""
        from vedligehold import explained

        return explained.entitlement(self._settled)

    @_Part
    def undecided(self) -> "tuple[Undecided, ...]":
        """The rows of which it is not known whether they apply, though nothing asked for depends on it."""
        from vedligehold import explained

        return explained.undecided(self._settled)

    @_Part
    def asking(self) -> "tuple[AskingRow, ...]":
        """The rows and exclusions among `because`, with what they ask for; empty unless `needs_information`."""
        from vedligehold import explained

        return explained.asking(self._settled)

    @_Part
    def deadlines(self) -> tuple[Deadline, ...]:
        """Every deadline of pack and nation, whatever the outcome, each with the way to its date."""
        return prepared(self._policy).deadlines(self._case)

    @_Part
    def complaint(self) -> "ComplaintGuidance | None":
        """Complaint guidance; None unless granted or rejected."""
        from vedligehold import explained

        return explained.complaint(self._settled, self.deadlines)

    @_Part
    def other_routes(self) -> "tuple[OtherRoute, ...]":
        """Other help to consider: of what won, of the notices, and of every rejection; what is named comes first."""
        from vedligehold import explained

        return explained.other_routes(self._settled)

    @_Part
    def warnings(self) -> "tuple[DecisionWarning, ...]":
        """What a caseworker should see: a stale standard, notices, items not mentioned, findings without effect."""
        from vedligehold import explained

        return explained.warnings(self._settled)

    def trace(self, requirement: str) -> tuple[Trace | None, Trace]:
        """What every node of a requirement's `when` (None where it has none) and `require` says of the case.

        Raises:
            KeyError: the policy has no such requirement.
        """
        for judged in self._settled.judged:
            if judged.requirement.id == requirement:
                return judged.when, judged.require
        raise KeyError(f"the policy has no requirement {quoted(requirement)}")

    @_Part
    def receipt(self) -> "ReceiptJson":
        """What is needed to work the decision out again; no CPR number, no name."""
        from vedligehold.receipt import make_receipt

        return make_receipt(self._policy, self._case, self.decided_on)

    def model_dump(self, mode: Literal["json"] = "json") -> "DecisionJson":  # noqa: ARG002 - as a pydantic model has it
        """The decision as plain data of JSON's types: dates as ISO text."""
        from vedligehold.output import DecisionJson

        return cast("DecisionJson", {name: plain(getattr(self, name)) for name in DecisionJson.__annotations__})

    def model_dump_json(self, indent: int | None = None) -> str:
        """The decision as JSON text."""
        import json

        return json.dumps(self.model_dump(), ensure_ascii=False, indent=indent, allow_nan=False)

    @classmethod
    def model_json_schema(cls) -> dict[str, Any]:
        """The JSON Schema of `model_dump`."""
        from vedligehold.output import DecisionJson, schema_of

        return schema_of(DecisionJson)


def settled_of(decision: Decision) -> Settled:
    """What *decision* rests on by the reference meaning, with every trace; the two have been held together.

    Raises:
        VedligeholdError: the two do not agree.
    """
    return decision._settled


def decision_of(policy: Policy, case: Case, on: date) -> Decision:
    """The decision of *case* under *policy* on *on*.

    Raises:
        CaseError: the case says something that the pack does not know, or that cannot be.
    """
    answer, partial = prepared(policy).answer(case, on)
    return made(policy, case, on, answer, partial)


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
