"""A case decided a second time, by `durable_rules`: the two answers must agree, or there is none.

What the rules of the engine say of each condition, and of each leaf of it, is folded as the reference folds what the
reference says.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple, TypeAlias
from weakref import WeakKeyDictionary

from vedligehold.case import Case
from vedligehold.condition import Condition
from vedligehold.decision import Decision, decision_of, settled_of
from vedligehold.errors import EnginesDisagree, Problem, VedligeholdError
from vedligehold.meaning.pattern import Unsafe, message, pair, text
from vedligehold.meaning.value import (
    FAILS,
    HOLDS,
    UNKNOWN,
    Truth,
    Values,
    evaluate,
    facts_read,
    leaves,
    traced,
)
from vedligehold.meaning.words import in_words
from vedligehold.pack import LeaveOut, Notice, Policy, Row
from vedligehold.settle import Settled, settle

if TYPE_CHECKING:
    from vedligehold.durable_host import Host, Rule


Said: TypeAlias = Callable[[Condition], Truth]
"""What the engine says of a condition, as a whole."""
Difference: TypeAlias = tuple[str, str, str]
"""Of what one engine says something else than the other; what `durable_rules` says of it, and what the reference."""


def decided_twice(policy: Policy, case: Case, on: date) -> Decision:
    """The decision of *case* under *policy* on *on*, on which `durable_rules` and the reference agree.

    Raises:
        EnginesDisagree: they do not.
        CaseError: the case says something that the pack does not know, or that cannot be.
        VedligeholdError: `durable_rules` is not installed, cannot safely hold the pack or the case, or failed.
    """
    rules = rules_of(policy)
    decision = decision_of(policy, case, on)
    reference = settled_of(decision)
    values = reference.values
    said = rules.said_of(values)
    found = settle(policy, case, on, values, lambda condition: traced(condition, said))
    problems = [
        *(_disagreement(*each) for each in _of_conditions(policy, rules, said, values)),
        *(_disagreement(*each) for each in _of_what_follows(found, reference)),
    ]
    if problems:
        raise EnginesDisagree(problems)
    return decision


def _of_conditions(policy: Policy, rules: "Rules", said: Said, values: Values) -> Iterator[Difference]:
    for condition, where in rules.where.items():
        theirs, ours = said(condition), evaluate(condition, values).truth
        if theirs != ours:
            what = in_words(condition, policy.facts).en
            yield f"{where}, {what}", f"`{_TRUTHS[theirs]}`", f"`{_TRUTHS[ours]}`"


def _of_what_follows(found: Settled, reference: Settled) -> Iterator[Difference]:
    for (what, theirs), (_, ours) in zip(_parts(found), _parts(reference), strict=True):
        if theirs != ours:
            yield what, theirs, ours


def _parts(settled: Settled) -> Iterator[tuple[str, str]]:
    """All that follows from what is said of conditions, each as words."""
    yield "outcome", f"`{settled.outcome}`"
    yield "because", _list(settled.because)
    yield "missing", _list(settled.missing)
    for name, result in settled.results.items():
        yield f"`{name}`", f"`{result}`"
    for topic in settled.topics:
        yield f"`{topic.topic}`", _list(map(_row, topic.possible()))
    yield "asking", _list(each.id for each in settled.asking)
    yield "left out", _list(f"{item} by {what.id}" for item, what in settled.left_out)


def _row(row: Row | None) -> str:
    return "none" if row is None else row.id


def _list(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "nothing"


class Rules:
    """The conditions of a policy, and their leaves, as rules of the engine.

    It does not hold the policy, and so goes with it.

    Attributes:
        where: each condition and leaf once, with the first that it belongs to.
    """

    def __init__(self, policy: Policy) -> None:
        """Build them.

        Raises:
            VedligeholdError: the engine is not installed, or cannot safely hold them.
        """
        host, rule = library()
        self.where: dict[Condition, str] = {}
        for condition, where in conditions_of(policy):
            for each in (condition, *leaves(condition)):
                self.where.setdefault(each, where)
        read = facts_read(self.where)
        self._facts = [fact for fact in policy.facts.values() if fact.name in read]
        self._places = {condition: place for place, condition in enumerate(self.where)}
        for fact in self._facts:
            with _safe(f"`{fact.name}`"):
                for choice, _ in fact.choices:
                    text(choice)
        rules = []
        for place, (condition, where) in enumerate(self.where.items()):
            with _safe(where):
                holds, fails = pair(condition, policy.facts)
            rules += [rule(_holds(place), holds, where), rule(_fails(place), fails, where)]
        self._host: Host = host(rules)

    def said_of(self, values: Values) -> Said:
        """What the engine says of every condition.

        Raises:
            EnginesDisagree: it says that one both holds and fails.
            VedligeholdError: it does not compare a value safely, or failed.
        """
        with _safe("the case"):
            given = message(values, self._facts)
        fired = self._host.fired(given)
        truths: list[Truth] = []
        for place, where in enumerate(self.where.values()):
            holds, fails = _holds(place) in fired, _fails(place) in fired
            if holds and fails:
                raise EnginesDisagree([_disagreement(where, "`holds` and `fails` of one condition", "never both")])
            truths.append(HOLDS if holds else FAILS if fails else UNKNOWN)
        return lambda condition: truths[self._places[condition]]


_TRUTHS: Mapping[Truth, str] = {HOLDS: "holds", FAILS: "fails", UNKNOWN: "unknown"}


def _holds(place: int) -> str:
    return f"{place} holds"


def _fails(place: int) -> str:
    return f"{place} fails"


def _disagreement(what: str, theirs: str, ours: str) -> Problem:
    message = f"{what}: `durable_rules` says {theirs}, and the reference {ours}"
    return Problem("engine", "engines-disagree", message, "report this: nothing is decided")


@contextmanager
def _safe(where: str) -> Iterator[None]:
    try:
        yield
    except Unsafe as what:
        message = f"{where} has {what}, which `durable_rules` does not compare safely"
        raise VedligeholdError([Problem("engine", "engine-limit", message, "use the engine `own`")]) from None


def conditions_of(policy: Policy) -> Iterator[tuple[Condition, str]]:
    """Every condition of a policy, and what it belongs to."""
    for requirement in policy.requirements:
        for condition in requirement.conditions:
            yield condition, f"`{requirement.id}`"
    given: tuple[Row | LeaveOut | Notice, ...] = (*policy.version.rows, *policy.version.leave_out, *policy.notices)
    for each in given:
        if each.when is not None:
            yield each.when, f"`{each.id}`"


def library(python: tuple[int, int] = sys.version_info[:2]) -> "tuple[type[Host], type[Rule]]":
    """What asks `durable_rules`, which is loaded here and nowhere else.

    Raises:
        VedligeholdError: it is not installed, or does not run on this version of *python*.
    """
    if python >= (3, 13):
        message = f"`durable_rules` does not run on Python {python[0]}.{python[1]}"
        hint = "use Python 3.11 or 3.12 for it, or the engine `own`"
        raise VedligeholdError([Problem("engine", "missing-library", message, hint)])
    try:
        from vedligehold.durable_host import Host, Rule
    except ImportError:
        message = "`durable_rules` is not installed, or cannot be loaded"
        hint = "`pip install vedligehold[durable]` (it needs a C compiler), or use the engine `own`"
        raise VedligeholdError([Problem("engine", "missing-library", message, hint)]) from None
    return Host, Rule


class _Refused(NamedTuple):
    """Why the engine cannot safely hold the rules of a policy."""

    problems: tuple[Problem, ...]
    more: int


class _Built:
    """The rules of policies, each built once in a process."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.rules: WeakKeyDictionary[Policy, Rules | _Refused] = WeakKeyDictionary()
        self.of_parents: list[object] = []

    def forget(self) -> None:
        """After a fork: the engine and the locks are as they were in the middle of something, and are left alone."""
        self.of_parents += self.rules.values()
        self.lock = Lock()
        self.rules = WeakKeyDictionary()


_BUILT = _Built()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_BUILT.forget)


def rules_of(policy: Policy) -> Rules:
    """The rules of *policy*, built once in a process.

    Raises:
        VedligeholdError: `durable_rules` is not installed, or cannot safely hold the policy.
    """
    with _BUILT.lock:
        found = _BUILT.rules.get(policy)
        if found is None:
            library()  # that it lacks is not remembered: it can be installed
            try:
                found = Rules(policy)
            except VedligeholdError as error:
                found = _Refused(error.problems, error.more)
            _BUILT.rules[policy] = found
    if isinstance(found, _Refused):
        raise VedligeholdError(*found)
    return found
