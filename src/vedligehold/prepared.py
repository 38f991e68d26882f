"""A policy made ready to decide many cases: its conditions compiled, and tables of what was answered before.

What decides a case is what its leaves say: of a yes or no and of a choice the value itself, of everything else what the
compiled leaf makes of it. Cases that agree in that have one answer, which is worked out once and kept. The tables are
emptied before they grow large, so a million decisions take no more memory than a few thousand.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias, TypeVar

from vedligehold.case import Case
from vedligehold.condition import Condition
from vedligehold.deadline import PAUSE_STARTS, Deadline, DeadlineTable, count
from vedligehold.facts import ITEM_LABELS, FactType, OtherThanPack, derivation
from vedligehold.known import given_values
from vedligehold.meaning.closure import Closure, compiled
from vedligehold.meaning.value import HOLDS, UNKNOWN, Values, facts_of, facts_read, leaves, meaning_of
from vedligehold.pack import LeaveOut, Policy, Row
from vedligehold.settle import Outcome, Result, asking_of, exclusion, outcome_of, result_of, topics_of, verdict_of

MOST_KEPT = 65_536
"""How much one table keeps: entries times requirements."""

_Kept = TypeVar("_Kept")
States: TypeAlias = tuple[Any, ...]
"""What the leaves of some conditions say of a case."""


@dataclass(slots=True)
class Answer:
    """What is read of a decision first; `missing` is None until somebody asks, and then what the reference says."""

    outcome: Outcome
    because: tuple[str, ...]
    results: dict[str, Result]
    missing: tuple[str, ...] | None


class _Asking(NamedTuple):
    what: Row | LeaveOut
    items: frozenset[str]


class _Grant(NamedTuple):
    """What the rows and exclusions make of everything that can be asked for."""

    left_out: frozenset[str]
    asking: tuple[_Asking, ...]


class Prepared:
    """One policy, ready to decide; shared between threads, and never pickled."""

    __slots__ = (
        "_answers",
        "_conditions",
        "_deadlines",
        "_derived",
        "_grants",
        "_items",
        "_most",
        "_states_of_requirements",
        "_states_of_rows",
        "policy",
    )

    def __init__(self, policy: Policy) -> None:
        conditions = [condition for each in policy.requirements for condition in each.conditions]
        given: tuple[Row | LeaveOut, ...] = (*policy.version.rows, *policy.version.leave_out)
        whens = [each.when for each in given if each.when is not None]
        read = facts_read(conditions + whens)
        self.policy = policy
        self._derived = [
            (fact.name, derivation(fact, policy.version.municipality.code))
            for fact in policy.facts.values()
            if fact.derived is not None and fact.name in read
        ]
        # of whatever else is asked for, nothing is said
        self._items = tuple(item for item in ITEM_LABELS if any(each.names(item) for each in given))
        self._conditions = [compiled(condition) for condition in conditions]
        self._states_of_requirements = _states_of(policy, conditions)
        self._states_of_rows = _states_of(policy, whens)
        self._deadlines = [DeadlineTable(rule) for rule in policy.deadlines]
        self._most = 1 + MOST_KEPT // (1 + len(conditions))
        self._answers: dict[Hashable, Answer] = {}
        self._grants: dict[States, _Grant] = {}

    def answer(self, case: Case, on: date) -> tuple[Answer, bool]:
        """The answer, and whether something asked for is left out of a grant.

        Raises:
            CaseError: the case says something that the pack does not know, or the citizen is born after *on*.
        """
        values = given_values(self.policy, case, on)
        for name, derived in self._derived:
            values[name] = derived(values, on)
        key: Hashable = self._states_of_requirements(values)
        requested: Any = values["requested"]
        setting: Any = values["requested_setting"]
        left_out: frozenset[str] = frozenset()
        asking: tuple[_Asking, ...] = ()
        if requested or setting:
            states = self._states_of_rows(values)
            grant = self._grants.get(states) or self._new_grant(states, values)
            left_out = grant.left_out
            if grant.asking:
                asking = tuple(
                    [each for each in grant.asking if setting in each.items or not each.items.isdisjoint(requested)]
                )
                key = (key, states, tuple([each.what.id for each in asking]))
        if case.findings:
            key = (key, "findings", tuple([(name, each.holds) for name, each in case.findings.items()]))
        answer = self._answers.get(key)
        if answer is None:
            answer = self._keep(self._answers, key, self._new_answer(values, asking, case))
        partial = answer.outcome is Outcome.GRANTED and (setting in left_out or not left_out.isdisjoint(requested))
        return answer, partial

    def deadlines(self, case: Case) -> tuple[Deadline, ...]:
        """Every deadline, in the order of the policy."""
        starts = case.starts()
        paused = PAUSE_STARTS in starts
        found = []
        for table in self._deadlines:
            if paused and table.pauses:
                found.append(count(table.rule, case.days()))
            else:
                start = starts.get(table.start_event)
                found.append(table.kept.get(start) or table.count(start))
        return tuple(found)

    def forget(self) -> None:
        """Empty the tables of answers, as they are before the first case."""
        self._answers.clear()
        self._grants.clear()

    def _keep(self, table: dict[Any, _Kept], key: Hashable, value: _Kept) -> _Kept:
        if len(table) >= self._most:
            table.clear()
        table[key] = value
        return value

    def _new_grant(self, states: States, values: Values) -> _Grant:
        policy, items, says = self.policy, self._items, meaning_of(values)
        topics = topics_of(policy, says)
        left_out = frozenset(item for item in items if exclusion(policy, topics, item, says) is not None)
        asking = [_Asking(each.what, frozenset(each.items)) for each in asking_of(policy, topics, items, says)]
        return self._keep(self._grants, states, _Grant(left_out, tuple(asking)))

    def _new_answer(self, values: Values, asking: Sequence[_Asking], case: Case) -> Answer:
        requirements, findings = self.policy.requirements, case.findings
        results = dict(self._results(values))
        verdicts = [(each, verdict_of(each.kind, results[each.id], findings.get(each.id))) for each in requirements]
        outcome, because = outcome_of(verdicts, [each.what.id for each in asking])
        return Answer(outcome, because, results, None if outcome is Outcome.NEEDS_INFORMATION else ())

    def _results(self, values: Values) -> Iterator[tuple[str, Result]]:
        truths = (closure(values) for closure in self._conditions)
        for each in self.policy.requirements:
            when = HOLDS if each.when is None else next(truths)
            yield each.id, result_of(when, next(truths))


def _states_of(policy: Policy, conditions: Iterable[Condition]) -> Callable[[Values], States]:
    """What tells apart all that *conditions* say of a case, and by which facts they would be asked about."""
    plain: dict[str, None] = {}
    rest: dict[Closure, None] = {}
    for leaf in dict.fromkeys(leaf for condition in conditions for leaf in leaves(condition)):
        facts = [policy.facts[name] for name in facts_of(leaf)]
        if len(facts) == 1 and facts[0].type in (FactType.BOOL, FactType.CHOICE):
            plain[facts[0].name] = None
        else:
            rest[compiled(leaf)] = None
        # an unknown leaf does not tell which of several facts is unknown, nor whether it is the pack's own code
        sources = [source for fact in facts for source in fact.sources]
        if len(facts) > 1 or len(sources) > 1 or isinstance(facts[0].derived, OtherThanPack):
            rest.update((_known(name), None) for name in dict.fromkeys((*facts_of(leaf), *sources)))
    values_of, closures = _getter(tuple(plain)), tuple(rest)
    match closures:
        case ():
            return values_of
        case (one,):
            return lambda values: (values_of(values), one(values))
        case (one, other):
            return lambda values: (values_of(values), one(values), other(values))
        case _:
            return lambda values: (values_of(values), *[closure(values) for closure in closures])


def _getter(names: tuple[str, ...]) -> Callable[[Values], States]:
    match names:
        case ():
            return lambda _: ()
        case (name,):
            return lambda values: (values[name],)
        case _:
            return itemgetter(*names)


def _known(name: str) -> Closure:
    return lambda values: UNKNOWN if values[name] is None else HOLDS


def prepared(policy: Policy) -> Prepared:
    """*policy* made ready, once."""
    found: Prepared | None = policy.prepared
    if found is None:
        found = policy.prepared = Prepared(policy)
    return found
