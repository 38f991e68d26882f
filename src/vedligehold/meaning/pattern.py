"""A condition as patterns of one message, which `durable_rules` matches: one that it holds, and one that it fails.

The message has of every fact a flag `known_<fact>`; of a known one `value_<fact>` (a set: its items), and of a set also
`lacks_<fact>` (the choices that it has not) and `empty_<fact>`. So nothing is asked by way of what is absent: negation
stands at the leaves, and every leaf behind the flags of its facts. Only what the engine compares safely goes in: yes or
no, whole numbers below 2^53, short texts, lists of those. A date is its day number; a decimal is what stands before the
comma, and under `rest_<fact>` what stands behind it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from math import floor
from typing import Any as Anything
from typing import NamedTuple, assert_never

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
    Value,
)
from vedligehold.facts import Fact, FactType
from vedligehold.meaning.matching import ALWAYS, NEVER, Ask, Message, Operator, Pattern, Plain, every, some

MOST_WHOLE = 2**53
"""Beyond it not every whole number is a number of its own."""
LONGEST_TEXT = 200
"""In bytes; the engine compares lengths of two bytes."""
PLACES = 15
"""As many decimals as a number has behind the comma."""


class Unsafe(Exception):
    """A value that the engine does not compare safely; it says what of it, and not the value."""


class Pair(NamedTuple):
    """That a condition holds, and that it fails; where neither matches, it is unknown."""

    holds: Pattern
    fails: Pattern


def pair(condition: Condition, facts: Mapping[str, Fact]) -> Pair:
    """What *condition* asks of a message about *facts*, as `value.evaluate` asks it of a case.

    Raises:
        Unsafe: it compares with a value that the engine does not compare safely.
    """
    match condition:
        case IsTrue(fact):
            known = _known(fact)
            return Pair(*(every(known, Ask(_value(fact), "is", truth)) for truth in (True, False)))
        case Is() | AtLeast() | AtMost() | OneOf() | AnyOf() | AllOf() | Only():
            return _compared(condition, facts)
        case Empty(fact):
            known = _known(fact)
            return Pair(*(every(known, Ask(_empty(fact), "is", truth)) for truth in (True, False)))
        case All(parts):
            pairs = [pair(part, facts) for part in parts]
            return Pair(every(*(each.holds for each in pairs)), some(*(each.fails for each in pairs)))
        case Any(parts):
            pairs = [pair(part, facts) for part in parts]
            return Pair(some(*(each.holds for each in pairs)), every(*(each.fails for each in pairs)))
        case Not(part):
            below = pair(part, facts)
            return Pair(below.fails, below.holds)
        case _:
            assert_never(condition)


def _compared(leaf: Comparison, facts: Mapping[str, Fact]) -> Pair:
    fact = facts[leaf.fact]
    if isinstance(leaf.operand, OtherFact):
        return _with_other(leaf, fact, leaf.operand.name)
    right: Anything = leaf.operand.value
    if right == NOTHING:
        return Pair(NEVER, ALWAYS)
    known = _known(fact.name)
    match leaf:
        case Is() | AtLeast() | AtMost():
            holds, fails = (_beside(fact, sign, right) for sign in _SIGNS_OF[type(leaf)])
        case OneOf():
            ones = [each for each in right if each != NOTHING]
            holds = some(*(_beside(fact, "is", each) for each in ones))
            fails = every(*(_beside(fact, "is not", each) for each in ones))
        case AnyOf() | AllOf() | Only():
            holds, fails = _of_set(leaf, fact, lambda item: ALWAYS if item in right else NEVER)
        case _:
            assert_never(leaf)
    return Pair(every(known, holds), every(known, fails))


_SIGNS_OF: Mapping[type[Comparison], tuple[Operator, Operator]] = {
    Is: ("is", "is not"),
    AtLeast: ("at least", "below"),
    AtMost: ("at most", "above"),
}
"""What is asked where a comparison holds, and where it fails."""
_STRICTLY: Mapping[Operator, Operator] = {"at least": "above", "at most": "below", "above": "above", "below": "below"}


def _beside(fact: Fact, sign: Operator, right: Anything, other: str = "") -> Pattern:
    """How the value of *fact* stands to *right*, or to the value of the fact *other*."""
    of_key = bool(other)
    first = Ask(_value(fact.name), sign, _value(other) if other else plain(fact, right), of_key)
    if fact.type is not FactType.DECIMAL:
        return first
    rest = Ask(_rest(fact.name), sign, _rest(other) if other else _behind(fact, right), of_key)
    match sign:
        case "is":
            return every(first, rest)
        case "is not":
            return some(first, rest)
        case _:
            return some(replace(first, operator=_STRICTLY[sign]), every(replace(first, operator="is"), rest))


def _with_other(leaf: Comparison, fact: Fact, other: str) -> Pair:
    left, right = _value(fact.name), _value(other)
    both = every(_known(fact.name), _known(other))
    match leaf:
        case Is() | AtLeast() | AtMost():
            holds, fails = (_beside(fact, sign, None, other) for sign in _SIGNS_OF[type(leaf)])
        case AnyOf() | AllOf() | Only():
            holds, fails = _of_set(leaf, fact, lambda item: Ask(right, "has", item), lambda item: _lacks(other, item))
        case OneOf():
            raise Unsafe("`one_of` with another fact")
        case _:
            assert_never(leaf)
    holds, fails = every(both, holds), every(both, fails)
    if fact.type is FactType.CHOICE:
        # what is known not to be chosen fails, whatever the other is
        holds = every(holds, *(Ask(key, "is not", NOTHING) for key in (left, right)))
        fails = some(*(Ask(key, "is", NOTHING) for key in (left, right)), fails)
    return Pair(holds, fails)


def _of_set(
    leaf: AnyOf | AllOf | Only,
    fact: Fact,
    wanted: Callable[[str], Pattern],
    unwanted: Callable[[str], Pattern] | None = None,
) -> Pair:
    """A set beside another one, of which it is said that it has an item, and (where that can vary) that it has not."""
    name, items = fact.name, [name for name, _ in fact.choices]
    opposite: dict[Pattern, Pattern] = {ALWAYS: NEVER, NEVER: ALWAYS}
    there: dict[str, Pattern] = {item: wanted(item) for item in items}
    absent: dict[str, Pattern] = {item: opposite[there[item]] if unwanted is None else unwanted(item) for item in items}
    has = {item: Ask(_value(name), "has", text(item)) for item in items}
    lacks = {item: _lacks(name, item) for item in items}
    empty = [Ask(_empty(name), "is", truth) for truth in (True, False)]
    match leaf:
        case AnyOf():
            holds = some(*(every(has[item], there[item]) for item in items))
            fails = every(*(some(lacks[item], absent[item]) for item in items))
        case AllOf():
            holds = every(*(some(has[item], absent[item]) for item in items))
            fails = some(*(every(lacks[item], there[item]) for item in items))
        case Only():
            holds = every(empty[1], *(some(lacks[item], there[item]) for item in items))
            fails = some(empty[0], *(every(has[item], absent[item]) for item in items))
        case _:
            assert_never(leaf)
    return Pair(holds, fails)


def _known(fact: str) -> Ask:
    return Ask(f"known_{fact}", "is", 1)


def _value(fact: str) -> str:
    return f"value_{fact}"


def _rest(fact: str) -> str:
    return f"rest_{fact}"


def _empty(fact: str) -> str:
    return f"empty_{fact}"


def _lacks(fact: str, item: str) -> Ask:
    return Ask(f"lacks_{fact}", "has", text(item))


# --- the message ---


def message(values: Mapping[str, Value], facts: Iterable[Fact]) -> Message:
    """What is known of a case, as the patterns ask for it.

    Raises:
        Unsafe: a value is not of its fact's type, or the engine does not compare it safely.
    """
    said: Message = {}
    for fact in facts:
        value = values[fact.name]
        said[f"known_{fact.name}"] = int(value is not None)
        if value is not None:
            said[_value(fact.name)] = plain(fact, value)
            if fact.type is FactType.DECIMAL:
                said[_rest(fact.name)] = _behind(fact, value)
            if isinstance(value, tuple):
                said[_empty(fact.name)] = not value
                said[f"lacks_{fact.name}"] = [item for item, _ in fact.choices if item not in value]
    return said


def plain(fact: Fact, value: Anything) -> Plain:
    """*value* of *fact* as the engine compares it.

    >>> from vedligehold.facts import STANDARD_FACTS
    >>> plain(STANDARD_FACTS[0], date(1970, 1, 1))
    719163

    Raises:
        Unsafe: it is not of that type, or the engine does not compare it safely.
    """
    match fact.type:
        case FactType.BOOL if type(value) is bool:
            return value
        case FactType.INT if type(value) is int:
            return _whole(fact, value)
        case FactType.DECIMAL if type(value) in (int, Decimal):
            return _whole(fact, floor(value))
        case FactType.DATE if type(value) is date:
            return value.toordinal()
        case FactType.CHOICE | FactType.CODE if type(value) is str:
            return text(value)
        case FactType.SET if type(value) is tuple:
            return [text(each) for each in value]
        case _:
            raise Unsafe(f"`{type(value).__name__}` as the value of `{fact.name}` ({fact.type})")


def _whole(fact: Fact, value: int) -> int:
    if abs(value) >= MOST_WHOLE:
        raise Unsafe(f"a number of `{fact.name}` that is 2^53 or more")
    return value


def _behind(fact: Fact, value: Anything) -> int:
    """What stands behind the comma of a decimal, as a whole number."""
    behind = (Decimal(value) - floor(value)).scaleb(PLACES)
    if behind != behind.to_integral_value():
        raise Unsafe(f"a number of `{fact.name}` with more than {PLACES} decimals")
    return int(behind)


def text(value: Anything) -> str:
    """*value* as the engine compares it.

    Raises:
        Unsafe: it is none, or longer than the engine compares safely.
    """
    if type(value) is not str:
        raise Unsafe(f"`{type(value).__name__}` among texts")
    if len(value.encode()) > LONGEST_TEXT:
        raise Unsafe(f"a text of more than {LONGEST_TEXT} bytes")
    return value
