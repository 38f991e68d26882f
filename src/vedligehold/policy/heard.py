"""What one rule says of a case, as far as any answer can tell: so two rules that are heard alike are the same rule."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from vedligehold.condition import Condition, Leaf
from vedligehold.facts import Fact
from vedligehold.meaning.value import HOLDS, Values, evaluate, facts_of, leaves, meaning_of, unsettled
from vedligehold.pack import Kind, LeaveOut, Notice, Requirement, Row
from vedligehold.reading.possible import MISSING, value_combinations
from vedligehold.settle import judge

MOST_LOOKS = 500_000
"""At how many leaves are looked before two rules are no longer shown to say the same."""
Rule: TypeAlias = Requirement | Row | LeaveOut | Notice
Pair: TypeAlias = tuple[Rule, Rule]
"""A rule as it is, and as it could have been written."""


def heard(rule: Rule, values: Values) -> object:
    """What *rule* says of *values*: its result and what follows, and the facts that it asks for."""
    match rule:
        case Requirement():
            judged = judge(rule, meaning_of(values), None)
            asked = judged.open_leaves() if judged.verdict == "asks" else ()
            at_the_door = rule.kind is Kind.SCOPE and judged.verdict != "passes"
            return judged.result, judged.verdict, at_the_door, frozenset(_facts(asked))
        case Notice():
            return evaluate(rule.when, values).truth == HOLDS
        case Row() | LeaveOut():
            if rule.when is None:
                return HOLDS, frozenset()
            trace = evaluate(rule.when, values)
            return trace.truth, frozenset(_facts(unsettled(trace)))


def _facts(several: Iterable[Leaf]) -> Iterator[str]:
    return (fact for leaf in several for fact in facts_of(leaf))


def says_otherwise(pairs: Iterable[Pair], values: Values) -> bool:
    """Whether one of the rules says something else of *values* than what could stand in its place."""
    return any(heard(one, values) != heard(other, values) for one, other in pairs)


def tried_alike(pairs: Iterable[Pair], facts: Mapping[str, Fact]) -> int | None:
    """How many combinations of values there are, when both rules of every pair say the same of each; else None.

    Where there are too many combinations to try, it is None too.
    """
    pairs = tuple(pairs)
    conditions = [condition for pair in pairs for rule in pair for condition in conditions_of(rule)]
    combinations = value_combinations(conditions, facts, unknown=True)
    if combinations is MISSING or not pairs:
        return None
    tried, left = 0, MOST_LOOKS
    size = sum(1 for condition in conditions for _ in leaves(condition))
    for values in combinations:
        left -= size
        if left < 0:
            return None
        if says_otherwise(pairs, values):
            return None
        tried += 1
    return tried


def conditions_of(rule: object) -> tuple[Condition, ...]:
    """The conditions that an entry of a pack has, `when` first."""
    found = (getattr(rule, "when", None), getattr(rule, "require", None))
    return tuple(each for each in found if each is not None)
