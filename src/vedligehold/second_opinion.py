"""A case decided a second time, by `durable_rules`: the two answers must agree, or there is none.

What the rules of the engine say of each condition, and of each leaf of it, is folded as the reference folds what the
reference says.
"""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from vedligehold.case import Case
from vedligehold.condition import Condition
from vedligehold.decision import Decision, decision_of, settled_of
from vedligehold.errors import EnginesDisagree, Problem, VedligeholdError
from vedligehold.meaning.pattern import Unsafe, message, pair
from vedligehold.meaning.value import (
    FAILS,
    HOLDS,
    UNKNOWN,
    Meaning,
    Trace,
    Truth,
    Values,
    facts_read,
    leaves,
    meaning_of,
    traced,
)
from vedligehold.pack import Policy
from vedligehold.settle import Settled, settle

if TYPE_CHECKING:
    from vedligehold.durable_host import Host, Rule


def decided_twice(policy: Policy, case: Case, on: date) -> Decision:
    """The decision of *case* under *policy* on *on*, on which `durable_rules` and the reference agree.

    Raises:
        EnginesDisagree: they do not.
        CaseError: the case says something that the pack does not know, or that cannot be.
        VedligeholdError: `durable_rules` is not installed, cannot safely hold the pack or the case, or failed.
    """
    decision = decision_of(policy, case, on)
    reference = settled_of(decision)
    second = rules_of(policy).said_of(reference.values)
    found = settle(policy, case, on, reference.values, second)
    problems = [
        Problem("engine", "engines-disagree", f"{what}: `durable_rules` says {theirs}, and the reference {ours}", _HINT)
        for (what, theirs), (_, ours) in zip(_parts(found, second), _parts(reference, meaning_of(reference.values)))
        if theirs != ours
    ]
    if problems:
        raise EnginesDisagree(problems)
    return decision


def _parts(settled: Settled, says: Meaning) -> Iterator[tuple[str, str]]:
    """All that follows from what is said of conditions, each as words."""
    policy = settled.policy
    yield "outcome", f"`{settled.outcome}`"
    yield "because", _list(settled.because)
    yield "missing", _list(settled.missing)
    for name, result in settled.results.items():
        yield name, f"`{result}`"
    for topic in settled.topics:
        possible = topic.possible()
        yield str(topic.topic), _list("none" if row is None else row.id for row in possible)
    yield "asking", _list(each.id for each in settled.asking)
    yield "left out", _list(f"{item} by {what.id}" for item, what in settled.left_out)
    for each in (*policy.version.rows, *policy.version.leave_out, *policy.notices):
        if each.when is not None:
            yield each.id, f"`{_SAID[says(each.when).truth]}`"


def _list(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "nothing"


class Rules:
    """The conditions of a policy, and their leaves, as rules of the engine."""

    def __init__(self, policy: Policy) -> None:
        """Build them.

        Raises:
            VedligeholdError: the engine is not installed, or cannot safely hold them.
        """
        host, rule = _library()
        named: dict[Condition, str] = {}
        for condition, where in conditions_of(policy):
            for each in (condition, *leaves(condition)):
                named.setdefault(each, where)
        read = facts_read(named)
        self._facts = [fact for fact in policy.facts.values() if fact.name in read]
        self._places = {condition: place for place, condition in enumerate(named)}
        rules = []
        for condition, where in named.items():
            with _safe(where):
                both = pair(condition, policy.facts)
            rules += [rule(_name(self._places[condition], kind), pattern, where) for kind, pattern in zip(_KINDS, both)]
        self._host: Host = host(rules)

    def said_of(self, values: Values) -> Meaning:
        """What the engine says of every condition.

        Raises:
            VedligeholdError: the engine does not compare a value safely, or failed.
        """
        with _safe("the case"):
            given = message(values, self._facts)
        fired = self._host.fired(given)

        def truth(condition: Condition) -> Truth:
            place = self._places[condition]
            holds, fails = (_name(place, kind) in fired for kind in _KINDS)
            if holds and fails:
                raise _disagreement("that a condition both holds and fails", "that it cannot")
            return HOLDS if holds else FAILS if fails else UNKNOWN

        def says(condition: Condition) -> Trace:
            trace, whole = traced(condition, truth), truth(condition)
            if trace.truth != whole:
                raise _disagreement(
                    f"`{_SAID[whole]}` of a condition and `{_SAID[trace.truth]}` of its parts", "the same"
                )
            return trace

        return says


_KINDS = ("holds", "fails")
_SAID: Mapping[Truth, str] = {HOLDS: "holds", FAILS: "fails", UNKNOWN: "unknown"}
_HINT = "report this: nothing is decided"


def _name(place: int, kind: str) -> str:
    return f"{place} {kind}"


def _disagreement(theirs: str, ours: str) -> EnginesDisagree:
    message = f"`durable_rules` says {theirs}, and the reference {ours}"
    return EnginesDisagree([Problem("engine", "engines-disagree", message, _HINT)])


@contextmanager
def _safe(where: str) -> Iterator[None]:
    try:
        yield
    except Unsafe as what:
        message = f"{where} has {what}, which `durable_rules` does not compare safely"
        raise VedligeholdError([Problem("engine", "engine-limit", message, 'use `engine="own"`')]) from None


def conditions_of(policy: Policy) -> Iterator[tuple[Condition, str]]:
    """Every condition of a policy, and what it belongs to."""
    for requirement in policy.requirements:
        for condition in requirement.conditions:
            yield condition, f"`{requirement.id}`"
    for each in (*policy.version.rows, *policy.version.leave_out, *policy.notices):
        if each.when is not None:
            yield each.when, f"`{each.id}`"


def _library() -> "tuple[type[Host], type[Rule]]":
    if sys.version_info >= (3, 13):
        message = f"`durable_rules` does not run on Python {sys.version_info[0]}.{sys.version_info[1]}"
        hint = 'use Python 3.11 or 3.12 for it, or `engine="own"`'
        raise VedligeholdError([Problem("engine", "missing-library", message, hint)])
    try:
        from vedligehold.durable_host import Host, Rule
    except ImportError:
        message = "`durable_rules` is not installed"
        hint = '`pip install vedligehold[durable]`, or use `engine="own"`'
        raise VedligeholdError([Problem("engine", "missing-library", message, hint)]) from None
    return Host, Rule


_built: WeakKeyDictionary[Policy, Rules] = WeakKeyDictionary()
_building = Lock()


def rules_of(policy: Policy) -> Rules:
    """The rules of *policy*, built once in a process."""
    with _building:
        found = _built.get(policy)
        if found is None:
            found = _built[policy] = Rules(policy)
        return found


def _forget() -> None:
    """A process that was forked builds its own: the engine and the locks are as they were in the middle of something."""
    global _built, _building  # noqa: PLW0603
    _built, _building = WeakKeyDictionary(), Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
