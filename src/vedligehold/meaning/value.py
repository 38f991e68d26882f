"""The reference meaning: what a condition says of one case, with the trace of how it came to it.

Strong Kleene logic. A fact that is None is unknown; a comparison with an unknown fact is unknown; what the citizen asks
for is never unknown, and where nothing particular is asked (`NOTHING`) every comparison with it fails.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any as Anything
from typing import Literal, TypeAlias, assert_never

from vedligehold.condition import (
    NOTHING,
    All,
    AllOf,
    Any,
    AnyOf,
    AtLeast,
    AtMost,
    Comparison,
    Condition,
    Constant,
    Empty,
    Is,
    IsTrue,
    Leaf,
    Not,
    OneOf,
    Only,
    OtherFact,
    Parameter,
    Value,
)

Truth: TypeAlias = Literal[0, 1, 2]
UNKNOWN: Truth = 0
HOLDS: Truth = 1
FAILS: Truth = 2

Values: TypeAlias = Mapping[str, Value]
"""What is known of a case: every declared fact by name, None where it is unknown."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What one node says, and what the nodes below it say."""

    condition: Condition
    truth: Truth
    parts: tuple["Trace", ...] = ()


Meaning: TypeAlias = Callable[[Condition], Trace]
"""What says of a condition whether it holds, and how it came to it."""


def meaning_of(values: Values) -> Meaning:
    """What conditions say of a case by this meaning."""
    return lambda condition: evaluate(condition, values)


def evaluate(condition: Condition, values: Values) -> Trace:
    """What *condition* says of a case, node by node.

    >>> evaluate(Not(IsTrue("can_self_train")), {"can_self_train": None}).truth == UNKNOWN
    True
    """
    return traced(condition, lambda leaf: _leaf(leaf, values))


def traced(condition: Condition, truth_of: Callable[[Leaf], Truth]) -> Trace:
    """What *condition* says where its leaves say what *truth_of* tells, node by node."""
    match condition:
        case All(parts):
            return _every(condition, [traced(part, truth_of) for part in parts])
        case Any(parts):
            return _some(condition, [traced(part, truth_of) for part in parts])
        case Not(part):
            below = traced(part, truth_of)
            return Trace(condition, opposite(below.truth), (below,))
        case _:
            return Trace(condition, truth_of(condition))


def _leaf(leaf: Leaf, values: Values) -> Truth:
    match leaf:
        case IsTrue(fact):
            return _truth(values[fact])
        case Is():
            return _compare(leaf, values, lambda left, right: left == right)
        case AtLeast():
            return _compare(leaf, values, lambda left, right: left >= right)
        case AtMost():
            return _compare(leaf, values, lambda left, right: left <= right)
        case OneOf():
            return _compare(leaf, values, lambda left, right: left in right)
        case AnyOf():
            return _compare(leaf, values, lambda left, right: not set(left).isdisjoint(right))
        case AllOf():
            return _compare(leaf, values, lambda left, right: set(left).issuperset(right))
        case Only():
            return _compare(leaf, values, lambda left, right: left and set(left).issubset(right))
        case Empty(fact):
            value = values[fact]
            return UNKNOWN if value is None else _truth(not value)
        case _:
            assert_never(leaf)


def opposite(truth: Truth) -> Truth:
    """Holds for fails, fails for holds, unknown for unknown."""
    return {UNKNOWN: UNKNOWN, HOLDS: FAILS, FAILS: HOLDS}[truth]


def _truth(value: object) -> Truth:
    return UNKNOWN if value is None else HOLDS if value else FAILS


def _compare(leaf: Comparison, values: Values, test: Callable[[Anything, Anything], object]) -> Truth:
    left = values[leaf.fact]
    match leaf.operand:
        case Constant(value) | Parameter(_, value):
            right: object = value
        case OtherFact(name):
            right = values[name]
    if NOTHING in (left, right):
        return FAILS
    return UNKNOWN if left is None or right is None else _truth(bool(test(left, right)))


def _every(condition: Condition, parts: list[Trace]) -> Trace:
    truths = [part.truth for part in parts]
    truth = FAILS if FAILS in truths else UNKNOWN if UNKNOWN in truths else HOLDS
    return Trace(condition, truth, tuple(parts))


def _some(condition: Condition, parts: list[Trace]) -> Trace:
    truths = [part.truth for part in parts]
    truth = HOLDS if HOLDS in truths else UNKNOWN if UNKNOWN in truths else FAILS
    return Trace(condition, truth, tuple(parts))


def leaves(condition: Condition) -> Iterator[Leaf]:
    """The leaves of a condition, from left to right."""
    match condition:
        case All(parts) | Any(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case _:
            yield condition


def facts_of(leaf: Leaf) -> tuple[str, ...]:
    """The facts that a leaf reads: its own, and the other one that it is compared with."""
    match leaf:
        case IsTrue(fact) | Empty(fact):
            return (fact,)
        case _:
            return (leaf.fact, leaf.operand.name) if isinstance(leaf.operand, OtherFact) else (leaf.fact,)


def facts_read(conditions: Iterable[Condition]) -> frozenset[str]:
    """Every fact that the conditions read."""
    return frozenset(fact for condition in conditions for leaf in leaves(condition) for fact in facts_of(leaf))


def deciding(trace: Trace) -> Iterator[Leaf]:
    """The leaves that made a node what it is: of a failing *all* the failing parts, of an unknown one the unknown."""
    if not trace.parts:
        yield trace.condition  # type: ignore[misc]
    wanted = trace.truth if not isinstance(trace.condition, Not) else None
    for part in trace.parts:
        if wanted is None or part.truth == wanted:
            yield from deciding(part)


def unsettled(trace: Trace) -> Iterator[Leaf]:
    """The unknown leaves with no decided node above them: those that can still change what the condition says."""
    if trace.truth == UNKNOWN:
        yield from deciding(trace)
