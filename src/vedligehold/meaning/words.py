"""A condition in words, Danish and English: short phrases from the labels of the facts, for lists and messages."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any as Anything
from typing import assert_never

from vedligehold.condition import (
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
    Not,
    OneOf,
    Only,
    OtherFact,
    Parameter,
)
from vedligehold.facts import Fact
from vedligehold.meaning.data import text_of
from vedligehold.source import Words
from vedligehold.wording import long_date

Facts = Mapping[str, Fact]


def said(condition: Condition, facts: Facts) -> Words:
    """*condition* in words, from the labels of *facts*.

    >>> from vedligehold.facts import STANDARD_FACTS
    >>> said(Not(IsTrue("can_self_train")), {fact.name: fact for fact in STANDARD_FACTS}).da
    'ikke: kan selv vedligeholde funktionsevnen'
    """
    match condition:
        case IsTrue(fact):
            return facts[fact].label
        case Is():
            return _compared(condition, "er", "is", facts)
        case AtLeast():
            return _compared(condition, "mindst", "at least", facts)
        case AtMost():
            return _compared(condition, "højst", "at most", facts)
        case OneOf():
            return _compared(condition, "er", "is", facts)
        case AnyOf():
            return _compared(condition, "mindst én af", "at least one of", facts)
        case AllOf():
            return _compared(condition, "alle af", "all of", facts)
        case Only():
            return _compared(condition, "kun af", "only of", facts)
        case Empty(fact):
            label = facts[fact].label
            return Words(f"{label.da}: ingen", f"{label.en}: none")
        case All(parts):
            return _joined(parts, "og", "and", facts)
        case Any(parts):
            return _joined(parts, "eller", "or", facts)
        case Not(part):
            inside = _inside(part, facts)
            return Words(f"ikke: {inside.da}", f"not: {inside.en}")
        case _:
            assert_never(condition)


def _compared(leaf: Comparison, da: str, en: str, facts: Facts) -> Words:
    fact = facts[leaf.fact]
    match leaf.operand:
        case Constant(value) | Parameter(_, value):
            right = _values(fact, value if isinstance(value, tuple) else (value,))
        case OtherFact(name):
            right = facts[name].label
    return Words(f"{fact.label.da} {da} {right.da}", f"{fact.label.en} {en} {right.en}")


def _values(fact: Fact, values: Iterable[Anything]) -> Words:
    labels = [value_said(fact, value) for value in values]
    return Words(_or([each.da for each in labels], "eller"), _or([each.en for each in labels], "or"))


def _or(words: list[str], last: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def value_said(fact: Fact, value: Anything) -> Words:
    """One value of *fact* in words."""
    match value:
        case None:
            return Words("ikke oplyst", "unknown")
        case bool():
            return Words("ja", "yes") if value else Words("nej", "no")
        case date():
            return long_date(value)
        case tuple():
            return _values(fact, value) if value else Words("ingen", "none")
        case str() if value in fact.labels:
            return fact.labels[value]
        case _:
            return Words(text_of(value), text_of(value))


def _joined(parts: Iterable[Condition], da: str, en: str, facts: Facts) -> Words:
    inside = [_inside(part, facts) for part in parts]
    return Words(f" {da} ".join(each.da for each in inside), f" {en} ".join(each.en for each in inside))


def _inside(part: Condition, facts: Facts) -> Words:
    """A part of something larger: in brackets where it is itself made of parts."""
    words = said(part, facts)
    several = isinstance(part, All | Any) and len(part.parts) > 1
    return Words(f"({words.da})", f"({words.en})") if several else words
