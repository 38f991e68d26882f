"""Everything that a file of cases can expect of a case, as the standard answers it today."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeAlias

from vedligehold.case import Case
from vedligehold.deadline import Deadline
from vedligehold.decide import decide
from vedligehold.errors import NotInForce, VedligeholdError
from vedligehold.pack import Pack
from vedligehold.plain import plain
from vedligehold.policy.run import PARTS

Observed: TypeAlias = Mapping[str, Any]
_FIELDS = ("due_on", "late_after", "earliest_on", "waits_for")


def observed(pack: Pack, case: Case, on: date) -> Observed:
    """What *pack* answers; or the codes of what is wrong with the case, or that nothing is in force."""
    try:
        decision = decide(pack, case, on=on)
        found = {name: part(decision) for name, part in PARTS.items()}
        deadlines = {each.id: _said_of(each) for each in decision.deadlines}
    except NotInForce:
        return {"in_force": False}
    except VedligeholdError as error:
        return {"error": [each.code for each in error.problems]}
    return {**found, "requirements": decision.results, "deadlines": deadlines}


def _said_of(deadline: Deadline) -> dict[str, Any]:
    if deadline.not_computable is not None:
        return {"not_computable": True, "due_on": None}
    return {name: plain(getattr(deadline, name)) for name in _FIELDS}


def told_apart(pack: Pack, other: Pack, case: Case, on: date) -> bool:
    """Whether a case that expects what *pack* answers would fail under *other*."""
    return bool(differences(observed(pack, case, on), observed(other, case, on)))


def differences(right: Observed, wrong: Observed) -> dict[str, list[str]]:
    """The parts of *right* that *wrong* does not answer; of requirements and deadlines the ids."""
    if "error" in right:
        return {}
    if "outcome" in right and "outcome" not in wrong:
        return {"outcome": []}
    found: dict[str, list[str]] = {}
    for part, one in right.items():
        other = wrong.get(part)
        if part == "requirements" and other is not None:
            names = [name for name in one if one[name] != other.get(name)]
        elif part == "deadlines" and other is not None:
            names = [name for name in {**one, **other} if _differ(one.get(name), other.get(name))]
        else:
            names = []
        if names or (one != other and part not in ("requirements", "deadlines")):
            found[part] = names
    return found


def _differ(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    if one is None:
        return other is not None and other["due_on"] is not None
    return one != other
