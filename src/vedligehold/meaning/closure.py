"""The reference meaning compiled to closures over small ints, without `exec`: the fast form that `decide` uses.

A closure takes what is known of a case and gives the pair (holds, fails) as one int: 1 holds, 2 fails, 0 unknown.
"""

from collections.abc import Callable
from functools import partial
from operator import eq, ge, le
from typing import Any as Anything
from typing import TypeAlias, assert_never

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
    Empty,
    Is,
    IsTrue,
    Not,
    OneOf,
    Only,
    OtherFact,
)
from vedligehold.meaning.value import Truth, Values

Closure: TypeAlias = Callable[[Values], Truth]

_TRUTH: dict[Anything, Truth] = {None: 0, True: 1, False: 2}
_OPPOSITE: dict[Anything, Truth] = {0: 0, 1: 2, 2: 1}


def compiled(condition: Condition) -> Closure:
    """*condition* as a closure that says what `value.evaluate` says.

    >>> compiled(Not(IsTrue("can_self_train")))({"can_self_train": False})
    1
    """
    match condition:
        case IsTrue(fact):
            return lambda values: _TRUTH[values[fact]]
        case Is() | AtLeast() | AtMost() | OneOf() | AnyOf() | AllOf() | Only():
            return _compared(condition)
        case Empty(fact):
            return lambda values: 0 if (value := values[fact]) is None else 2 if value else 1
        case All(parts):
            return _every(tuple(map(compiled, parts)))
        case Any(parts):
            return _some(tuple(map(compiled, parts)))
        case Not(part):
            inner = compiled(part)
            return lambda values: _OPPOSITE[inner(values)]
        case _:
            assert_never(condition)


def _compared(leaf: Comparison) -> Closure:
    fact = leaf.fact
    if isinstance(leaf.operand, OtherFact):
        return _with_other(leaf, leaf.operand.name)
    if leaf.operand.value == NOTHING:
        return lambda _: 2
    holds = _test(leaf, leaf.operand.value)

    def run(values: Values) -> Truth:
        left = values[fact]
        if left is None:
            return 0
        # a choice that is not made is no value on the right: it fails by itself
        return 1 if holds(left) else 2

    return run


def _test(leaf: Comparison, right: Anything) -> Callable[[Anything], object]:
    """What a known value on the left is asked."""
    match leaf:
        case Is():
            return partial(eq, right)
        case AtLeast():
            return partial(le, right)
        case AtMost():
            return partial(ge, right)
        case OneOf():
            return (frozenset(right) - {NOTHING}).__contains__
        case AnyOf():
            disjoint = frozenset(right).isdisjoint
            return lambda left: not disjoint(left)
        case AllOf():
            return frozenset(right).issubset
        case Only():
            superset = frozenset(right).issuperset
            return lambda left: left and superset(left)
        case _:
            assert_never(leaf)


def _with_other(leaf: Comparison, other: str) -> Closure:
    fact = leaf.fact

    def run(values: Values) -> Truth:
        left, right = values[fact], values[other]
        if NOTHING in (left, right):
            return 2
        if left is None or right is None:
            return 0
        return 1 if _test(leaf, right)(left) else 2

    return run


def _every(parts: tuple[Closure, ...]) -> Closure:
    def run(values: Values) -> Truth:
        truth: Truth = 1
        for part in parts:
            found = part(values)
            if found == 2:
                return 2
            if found == 0:
                truth = 0
        return truth

    return run


def _some(parts: tuple[Closure, ...]) -> Closure:
    def run(values: Values) -> Truth:
        truth: Truth = 2
        for part in parts:
            found = part(values)
            if found == 1:
                return 1
            if found == 0:
                truth = 0
        return truth

    return run
