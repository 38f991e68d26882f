"""Running a case of a file: it is decided, and held against what it expects."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from vedligehold.case import Case
from vedligehold.deadline import Deadline
from vedligehold.decide import decide
from vedligehold.decision import Decision, settled_of
from vedligehold.errors import NotInForce, VedligeholdError
from vedligehold.facts import STANDARD_FACTS, Fact, FactType
from vedligehold.meaning.data import read_value
from vedligehold.pack import Pack
from vedligehold.plain import plain
from vedligehold.policy.cases import PolicyCase


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Something that came out otherwise than a case expects; `part` is the key of `expect` that it belongs to."""

    what: str
    expected: Any
    got: Any

    @property
    def part(self) -> str:
        """The key of `expect` that it belongs to."""
        return self.what.partition(".")[0]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What came of one case: no mismatches and no error when it is answered as expected; `made` is what was decided."""

    case: PolicyCase
    mismatches: tuple[Mismatch, ...] = ()
    decision: Decision | None = None
    made: Case | None = None
    error: VedligeholdError | None = None

    @property
    def passed(self) -> bool:
        """Whether the case is answered as it expects."""
        return not self.mismatches and self.error is None


def run_case(pack: Pack, case: PolicyCase) -> CaseResult:
    """Decide *case* under *pack* and compare what comes out with what it expects."""
    try:
        result = answered(pack, case, case_of(pack, case))
        if result.decision is not None:
            settled_of(result.decision)  # whatever it expects, the reference meaning must say the same
    except VedligeholdError as error:
        return CaseResult(case, error=error)
    return result


def case_of(pack: Pack, case: PolicyCase) -> Case:
    """The citizen and referral of *case*, each value converted by the declared type of its fact.

    On a day on which no version of *pack* is in force it is an empty case: nothing is declared.

    Raises:
        CaseError: it is no case.
    """
    try:
        return Case.model_validate(typed(pack, case.data, case.on))
    except NotInForce:
        return Case()


def answered(pack: Pack, policy_case: PolicyCase, case: Case) -> CaseResult:
    """What comes of *policy_case*, whose *case* has been made already."""
    expected = policy_case.expected
    try:
        decision = decide(pack, case, on=policy_case.on)
        return CaseResult(policy_case, tuple(mismatches(expected, decision)), decision, case)
    except NotInForce as error:
        if "in_force" not in expected:
            return CaseResult(policy_case, error=error)
        wrong = (Mismatch("in_force", True, False),) if expected["in_force"] else ()
        return CaseResult(policy_case, wrong, made=case)
    except VedligeholdError as error:
        return CaseResult(policy_case, error=error)


def typed(pack: Pack, data: Mapping[str, Any], on: date) -> dict[str, Any]:
    """*data*, whose scalars are text, with each value converted by the type of its fact as *pack* declares it.

    Raises:
        NotInForce: no version is in force on that day, so nothing is declared.
    """
    declared = {fact.name: fact for fact in (*STANDARD_FACTS, *pack.version_on(on).facts)}
    converted = dict(data)
    for section in ("citizen", "referral", "facts"):
        converted[section] = {name: _value(declared.get(name), value) for name, value in data[section].items()}
    converted["findings"] = {
        name: {**each, "holds": _flag(each.get("holds"))} if isinstance(each, dict) else each
        for name, each in data["findings"].items()
    }
    return converted


def _flag(text: Any) -> Any:
    return {"true": True, "false": False}.get(text, text) if isinstance(text, str) else text


def _value(fact: Fact | None, text: Any) -> Any:
    if fact is None or not isinstance(text, str) or fact.type not in (FactType.BOOL, FactType.INT, FactType.DECIMAL):
        return text
    value = read_value(fact, text, lambda *_: None, ())
    return text if value is None else value  # what cannot be converted is named by the case's own check


def mismatches(expected: Mapping[str, Any], decision: Decision) -> Iterator[Mismatch]:
    """What *decision* says otherwise than *expected*, in the order in which it is expected."""
    for name, wanted in expected.items():
        if name == "deadlines":
            yield from _deadline_mismatches(wanted, decision)
        elif name == "requirements":
            for requirement, result in wanted.items():
                got = decision.results.get(requirement)
                if got != result:
                    yield Mismatch(f"requirements.{requirement}", result, got or "no such requirement")
        else:
            got = PARTS[name](decision)
            want = plain(wanted)
            if (sorted(want) if name == "warnings" and want is not None else want) != got:
                yield Mismatch(name, want, got)


def _complaint(decision: Decision) -> str | None:
    return None if decision.complaint is None else decision.complaint.to.da


def _transport(decision: Decision) -> str | None:
    said = None if decision.complaint is None else decision.complaint.transport
    return None if said is None else said.text.da


PARTS: Mapping[str, Callable[[Decision], Any]] = {
    "outcome": lambda decision: str(decision.outcome),
    "partial": lambda decision: decision.partial,
    "because": lambda decision: list(decision.because),
    "missing": lambda decision: list(decision.missing),
    "excluded": lambda decision: [each.item for each in decision.excluded],
    "entitlement": lambda decision: [each.id for each in decision.entitlement],
    "undecided": lambda decision: [each.id for each in decision.undecided],
    "warnings": lambda decision: sorted(each.code for each in decision.warnings),
    "other_routes": lambda decision: [each.id for each in decision.other_routes],
    "complaint": _complaint,
    "transport": _transport,
    "in_force": lambda _: True,
}
"""How what a case can expect is read of a decision; beside these, `requirements` and `deadlines` go entry by entry."""


def _deadline_mismatches(wanted: Mapping[str, Any], decision: Decision) -> Iterator[Mismatch]:
    deadlines = {each.id: each for each in decision.deadlines}
    for name, want in wanted.items():
        deadline = deadlines.get(name)
        if deadline is None:
            if want is not None:
                yield Mismatch(f"deadlines.{name}", want, "no such deadline")
            continue
        fields = want if isinstance(want, dict) else {"due_on": want}
        for key, value in fields.items():
            got = field_of(deadline, key)
            if got != value:
                yield Mismatch(f"deadlines.{name}.{key}", value, got)


def field_of(deadline: Deadline, key: str) -> Any:
    """A field of *deadline* as a file of cases spells it."""
    if key == "not_computable":
        return "true" if deadline.not_computable is not None else "false"
    got = plain(getattr(deadline, key, "no such field"))
    return str(got) if isinstance(got, int) else got
