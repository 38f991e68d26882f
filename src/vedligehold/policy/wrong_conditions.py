"""Every condition that one slip of the pen makes of another: a limit, an operator, a value, a part, a *not*."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any as Anything
from typing import Literal, NamedTuple, TypeAlias

from vedligehold.condition import (
    All,
    AllOf,
    Any,
    AnyOf,
    AtLeast,
    AtMost,
    Condition,
    Constant,
    Is,
    Leaf,
    Only,
    Operand,
    OtherFact,
    Parameter,
)
from vedligehold.facts import Fact
from vedligehold.meaning.data import text_of
from vedligehold.meaning.words import in_words, value_said
from vedligehold.policy.condition_goals import step_of
from vedligehold.policy.variants import leaf_places, negated, nodes, replaced, without
from vedligehold.source import Words

Change: TypeAlias = Literal["threshold", "operator", "value", "dropped", "negated"]
Facts: TypeAlias = Mapping[str, Fact]


class Wrong(NamedTuple):
    """A condition that is wrong in one thing: a name that tells the place, what was changed, the condition."""

    name: str
    change: Change
    words: Words
    condition: Condition


def wrong_conditions(condition: Condition, facts: Facts) -> Iterator[Wrong]:
    """Every condition that one change makes of *condition*, always in the same order."""
    for number, (place, leaf) in enumerate(leaf_places(condition), 1):
        part = in_words(leaf, facts)
        turned = Words(f"vendt om: {part.da}", f"negated: {part.en}")
        yield Wrong(f"negated/{number}", "negated", turned, negated(condition, place))
        for name, change, words, other in _wrong_leaves(leaf, facts):
            yield Wrong(f"{name}/{number}", change, words, replaced(condition, place, other))
    for number, (place, node) in enumerate(nodes(condition)):
        if isinstance(node, All | Any) and len(node.parts) > 1:
            yield _joined_otherwise(condition, place, node, number)
            for each, part_below in enumerate(node.parts):
                left = without(condition, (*place, each))
                part = in_words(part_below, facts)
                if left is not None:
                    words = Words(f"glemt: {part.da}", f"dropped: {part.en}")
                    yield Wrong(f"dropped/{number}.{each + 1}", "dropped", words, left)


def _joined_otherwise(condition: Condition, place: tuple[int, ...], node: All | Any, number: int) -> Wrong:
    if isinstance(node, All):
        words, other = Words("»og« er blevet til »eller«", "“and” has become “or”"), Any(node.parts)
        return Wrong(f"joiner/{number}", "operator", words, replaced(condition, place, other))
    words = Words("»eller« er blevet til »og«", "“or” has become “and”")
    return Wrong(f"joiner/{number}", "operator", words, replaced(condition, place, All(node.parts)))


def _wrong_leaves(leaf: Leaf, facts: Facts) -> Iterator[tuple[str, Change, Words, Leaf]]:
    operand = getattr(leaf, "operand", None)
    before = in_words(leaf, facts)
    if isinstance(operand, Constant) and (isinstance(operand.value, tuple) or isinstance(leaf, AtLeast | AtMost | Is)):
        for name, words, value in wrong_values(operand.value, facts[leaf.fact]):
            change: Change = "value" if isinstance(operand.value, tuple) else "threshold"
            told = Words(f"{before.da}: {words.da}", f"{before.en}: {words.en}")
            yield name, change, told, with_operand(leaf, Constant(value))
    for other in _other_operators(leaf):
        after = in_words(other, facts)
        words = Words(f"{after.da} i stedet for {before.da}", f"{after.en} in place of {before.en}")
        yield f"operator-{type(other).__name__}", "operator", words, other


def with_operand(leaf: Leaf, operand: Operand) -> Leaf:
    """*leaf* comparing with something else."""
    return replace(leaf, operand=operand)  # type: ignore[arg-type]


def _other_operators(leaf: Leaf) -> Sequence[Leaf]:
    match leaf:
        case AtLeast(fact, operand):
            return [AtMost(fact, operand)]
        case AtMost(fact, operand):
            return [AtLeast(fact, operand)]
        case AnyOf(fact, operand):
            return [Only(fact, operand), *([AllOf(fact, operand)] if _several(operand) else [])]
        case AllOf(fact, operand):
            return [Only(fact, operand), *([AnyOf(fact, operand)] if _several(operand) else [])]
        case Only(fact, operand):
            return [AnyOf(fact, operand), *([AllOf(fact, operand)] if _several(operand) else [])]
        case _:
            return []


def _several(operand: Operand) -> bool:
    """Whether an operand may name more than one value; of just one, *any of* and *all of* are the same."""
    match operand:
        case Constant(value) | Parameter(_, value):
            return isinstance(value, tuple) and len(value) > 1
        case OtherFact():
            return True


def wrong_values(value: Anything, fact: Fact | None) -> Iterator[tuple[str, Words, Anything]]:
    """A number or date one step off both ways; of several values, each forgotten."""
    if isinstance(value, tuple):
        for each in value if len(value) > 1 else ():
            label = Words(text_of(each), text_of(each)) if fact is None else value_said(fact, each)
            words = Words(f"glemt: {label.da}", f"forgotten: {label.en}")
            yield f"without-{text_of(each)}", words, tuple(other for other in value if other != each)
        return
    step = step_of(value)
    if step is not None and isinstance(value, int | Decimal | date):
        for name, other in (("less", value - step), ("more", value + step)):  # type: ignore[operator]
            da, en = f"{text_of(other)}, ikke {text_of(value)}", f"{text_of(other)}, not {text_of(value)}"
            yield name, Words(da, en), other
