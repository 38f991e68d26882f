"""A condition in words, Danish and English, from the labels of the facts: for lists, messages and explanations."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import assert_never

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
    Scalar,
    Value,
)
from vedligehold.facts import Fact
from vedligehold.meaning.data import text_of
from vedligehold.source import Words
from vedligehold.wording import RESULTS, how_long, joined, long_date

YES, NO = Words("ja", "yes"), Words("nej", "no")
_OPERATORS: Mapping[type[Comparison], Words] = {
    Is: Words("er", "is"),
    AtLeast: Words("er mindst", "is at least"),
    AtMost: Words("er højst", "is at most"),
    OneOf: Words("er en af", "is one of"),
    AnyOf: Words("nævner en af", "names one of"),
    AllOf: Words("nævner alle af", "names all of"),
    Only: Words("nævner kun", "names only"),
}


def value_said(fact: Fact, value: Value | Scalar) -> Words:
    """The value of a fact, in the words of its choices and its unit."""
    match value:
        case None:
            return RESULTS["unknown"]
        case bool():
            return YES if value else NO
        case date():
            return long_date(value)
        case tuple():
            labels = [fact.labels.get(str(each)) or Words(str(each), str(each)) for each in value]
            return joined("", "", labels, end="") if labels else Words("intet", "nothing")
        case str():
            nothing = Words("intet bestemt", "nothing particular")
            return nothing if value == NOTHING else fact.labels.get(value) or Words(value, value)
        case int() if fact.unit in ("days", "weeks", "months", "years"):
            return how_long(value, fact.unit)
        case _:
            return Words(text_of(value), text_of(value))


def in_words(condition: Condition, facts: Mapping[str, Fact]) -> Words:
    """What *condition* asks for; *facts* are those of the policy.

    >>> from vedligehold.facts import STANDARD_FACTS
    >>> in_words(Not(IsTrue("can_self_train")), {fact.name: fact for fact in STANDARD_FACTS}).da
    'ikke »kan selv vedligeholde funktionsevnen«'
    """
    match condition:
        case IsTrue(name):
            return label_said(facts[name])
        case Empty(name):
            label = label_said(facts[name])
            return Words(f"{label.da} er tom", f"{label.en} is empty")
        case Not(part):
            inside = _inside(part, facts)
            return Words(f"ikke {inside.da}", f"not {inside.en}")
        case All(parts):
            return between(" og ", " and ", [_inside(part, facts) for part in parts])
        case Any(parts):
            return between(" eller ", " or ", [_inside(part, facts) for part in parts])
        case Is() | AtLeast() | AtMost() | OneOf() | AnyOf() | AllOf() | Only():
            fact, says = facts[condition.fact], _OPERATORS[type(condition)]
            right = condition.operand
            other = label_said(facts[right.name]) if isinstance(right, OtherFact) else _of_rule(fact, right.value)
            return between(" ", " ", [label_said(fact), says, other])
        case _:
            assert_never(condition)


def _inside(part: Condition, facts: Mapping[str, Fact]) -> Words:
    said = in_words(part, facts)
    return Words(f"({said.da})", f"({said.en})") if isinstance(part, All | Any) else said


def _of_rule(fact: Fact, value: Scalar | tuple[Scalar, ...]) -> Words:
    if not isinstance(value, tuple):
        return value_said(fact, value)
    return joined("", "", [value_said(fact, each) for each in value], end="")


def between(da: str, en: str, texts: Sequence[Words]) -> Words:
    """*texts* with *da* or *en* between them."""
    return Words(da.join(text.da for text in texts), en.join(text.en for text in texts))


def label_said(fact: Fact) -> Words:
    """The label of a fact, in the quotes of each language."""
    return Words(f"»{fact.label.da}«", f'"{fact.label.en}"')
