"""The reference meaning in columns: of every row a pair of flags, that a condition holds and that it fails.

No null has a part in it: where a fact is unknown, neither flag is set. What a fact looks like in columns is said by
whoever reads the table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, assert_never
from typing import Any as Anything

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
from vedligehold.facts import Unit, whole
from vedligehold.meaning.flag import ALWAYS, NEVER, Column, Flag, every, some, sure

if TYPE_CHECKING:
    import narwhals as nw


class Pair(NamedTuple):
    """That a condition holds, and that it fails; where both say no, it is unknown."""

    holds: Flag
    fails: Flag

    @property
    def unknown(self) -> Flag:
        """That neither is so."""
        return ~(self.holds | self.fails)


UNKNOWN_EVERYWHERE = Pair(NEVER, NEVER)


@dataclass(frozen=True, slots=True)
class Single:
    """A fact of one value: null where it is unknown. `nothing`: that a choice is known not to be made."""

    value: Column
    nothing: Flag = NEVER
    labels: Mapping[str, Flag] = field(default_factory=dict)
    """Of a choice: that it is made."""


@dataclass(frozen=True, slots=True)
class Span:
    """Whole units between the one decision date of all rows and another day: told by comparing that day alone."""

    day: Column
    on: date
    unit: Unit
    until: bool
    """Whether the span ends on the decision date; else it begins there."""
    number: Callable[[], Column]
    """The number itself, for whoever compares it with another fact."""


@dataclass(frozen=True, slots=True)
class Several:
    """A fact that is a set: that it is known, and that it has an item. Where it is unknown it has none."""

    known: Flag
    items: Mapping[str, Flag]
    some: Flag
    """That it has any item."""
    only: Callable[[tuple[str, ...]], Flag]
    """That it has some of these items and no other one."""


Seen: TypeAlias = Single | Span | Several | None
"""What a fact looks like in columns; None: it is unknown in every row."""
See: TypeAlias = Callable[[str], Seen]


def pair(condition: Condition, see: See) -> Pair:
    """What *condition* says in every row, as `value.evaluate` says it of one case."""
    match condition:
        case IsTrue(fact):
            return _truth(see(fact))
        case Is() | AtLeast() | AtMost() | OneOf() | AnyOf() | AllOf() | Only():
            return _compared(condition, see)
        case Empty(fact):
            seen = see(fact)
            return Pair(seen.known & ~seen.some, seen.some) if isinstance(seen, Several) else UNKNOWN_EVERYWHERE
        case All(parts):
            pairs = [pair(part, see) for part in parts]
            return Pair(every(each.holds for each in pairs), some(each.fails for each in pairs))
        case Any(parts):
            pairs = [pair(part, see) for part in parts]
            return Pair(some(each.holds for each in pairs), every(each.fails for each in pairs))
        case Not(part):
            below = pair(part, see)
            return Pair(below.fails, below.holds)
        case _:
            assert_never(condition)


def known(seen: Seen) -> Flag:
    """That a fact is known."""
    match seen:
        case None:
            return NEVER
        case Single(_, nothing, labels) if labels:
            # with a text that is none of them a row is no case
            return nothing | some(labels.values())
        case Single(value, nothing, _):
            return nothing | ~Flag(value.expr.is_null(), value.step)
        case Span(day):
            return ~Flag(day.expr.is_null(), day.step)
        case Several():
            return seen.known


def _truth(seen: Seen) -> Pair:
    if not isinstance(seen, Single):
        return UNKNOWN_EVERYWHERE
    return _asked(seen.value.expr, seen.value.step)


def _asked(test: "nw.Expr", step: int) -> Pair:
    """A question that is null where it has no answer."""
    return Pair(sure(test, step), sure(~test, step))


def _compared(leaf: Comparison, see: See) -> Pair:
    left = see(leaf.fact)
    if isinstance(leaf.operand, OtherFact):
        return _with_other(leaf, left, see(leaf.operand.name))
    right = leaf.operand.value
    if right == NOTHING:
        return Pair(NEVER, ALWAYS)
    match left:
        case None:
            return UNKNOWN_EVERYWHERE
        case Several():
            has = _has(leaf, left, right if isinstance(right, tuple) else (str(right),))
            return Pair(left.known & has, left.known & ~has)
        case Span():
            return _span(leaf, left, right)
        case Single(labels=labels) if labels:
            chosen = some(labels.get(str(label), NEVER) for label in (right if isinstance(right, tuple) else (right,)))
            return Pair(chosen, known(left) & ~chosen)
        case Single(value, nothing, _):
            test = _asked(_test(leaf, value.expr, right), value.step)
            return Pair(test.holds & ~nothing, test.fails | nothing)


def _has(leaf: Comparison, left: Several, right: tuple[Anything, ...]) -> Flag:
    """What the items of a set are asked; a text that is none of its items is never in it."""
    flags = [left.items.get(str(item), NEVER) for item in right]
    match leaf:
        case AnyOf():
            return some(flags)
        case AllOf():
            return every(flags)
        case _:
            return left.only(tuple(map(str, right)))


def _test(leaf: Comparison, left: "nw.Expr", right: Anything) -> "nw.Expr":
    """What a value is asked; null where it is unknown."""
    plain: Anything = float(right) if isinstance(right, Decimal) else right  # of fifteen digits: the same number
    test: nw.Expr = left != left  # noqa: PLR0124 - null where it is unknown, else no
    match leaf:
        case Is():
            test = left if right is True else ~left if right is False else left == plain
        case AtLeast():
            test = left >= plain
        case AtMost():
            test = left <= plain
        case _:
            for each in right:
                if each != NOTHING:
                    test |= _test(Is(leaf.fact, leaf.operand), left, each)
    return test


def _span(leaf: Comparison, left: Span, right: Anything) -> Pair:
    if isinstance(leaf, OneOf):
        pairs = [_span(Is(leaf.fact, leaf.operand), left, each) for each in right]
        return Pair(some(each.holds for each in pairs), every(each.fails for each in pairs))
    there = known(left)
    if isinstance(leaf, AtLeast):
        holds = _reached(left, right)
    elif isinstance(leaf, AtMost):
        holds = ~_reached(left, right + 1)
    else:
        holds = _reached(left, right) & ~_reached(left, right + 1)
    return Pair(there & holds, there & ~holds)


def _reached(span: Span, number: int) -> Flag:
    """That the span is of *number* units or more: that its day is not after, or not before, a certain one."""
    day = _last_day(span, number) if span.until else _first_day(span, number)
    if day is None:
        # no day is far enough away
        return NEVER
    test = span.day.expr <= day if span.until else span.day.expr >= day
    return sure(test, span.day.step)


def _last_day(span: Span, number: int) -> date | None:
    """The last day from which to the decision date there are *number* units."""
    low, high = 0, date.max.toordinal()
    while low < high:  # up to `low` there are as many; after `high` there are not
        middle = (low + high + 1) // 2
        if whole(date.fromordinal(middle), span.on, span.unit) >= number:
            low = middle
        else:
            high = middle - 1
    return date.fromordinal(low) if low else None


def _first_day(span: Span, number: int) -> date | None:
    """The first day to which from the decision date there are *number* units."""
    low, high = 1, date.max.toordinal() + 1
    while low < high:
        middle = (low + high) // 2
        if whole(span.on, date.fromordinal(middle), span.unit) >= number:
            high = middle
        else:
            low = middle + 1
    return date.fromordinal(low) if low <= date.max.toordinal() else None


def _with_other(leaf: Comparison, left: Seen, right: Seen) -> Pair:
    match _counted(left), _counted(right):
        case Single() as one, Single() as other:
            nothing = one.nothing | other.nothing
            step = max(one.value.step, other.value.step)
            test = _asked(_against(leaf, one.value.expr, other.value.expr), step)
            return Pair(test.holds & ~nothing, test.fails | nothing)
        case Several() as one, Several() as other:
            has = _sets(leaf, one, other)
            both = one.known & other.known
            return Pair(both & has, both & ~has)
        case (Single() as alone, None) | (None, Single() as alone):
            return Pair(NEVER, alone.nothing)
        case _:
            return UNKNOWN_EVERYWHERE


def _counted(seen: Seen) -> Seen:
    return Single(seen.number()) if isinstance(seen, Span) else seen


def _against(leaf: Comparison, left: "nw.Expr", right: "nw.Expr") -> "nw.Expr":
    match leaf:
        case AtLeast():
            return left >= right
        case AtMost():
            return left <= right
        case _:
            return left == right


def _sets(leaf: Comparison, left: Several, right: Several) -> Flag:
    match leaf:
        case AnyOf():
            return some(flag & right.items.get(item, NEVER) for item, flag in left.items.items())
        case AllOf():
            return every(~flag | left.items.get(item, NEVER) for item, flag in right.items.items())
        case _:
            return left.some & every(~flag | right.items.get(item, NEVER) for item, flag in left.items.items())
