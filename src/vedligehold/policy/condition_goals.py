"""What should be seen of a condition: every part deciding it both ways (MC/DC), and both sides of every limit."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal, NamedTuple, TypeAlias

from vedligehold.condition import AtLeast, AtMost, Condition, Leaf, OtherFact
from vedligehold.facts import DECIDED_ON, Fact, Span, derivation
from vedligehold.meaning.closure import compiled
from vedligehold.meaning.value import FAILS, HOLDS, Truth, opposite
from vedligehold.pack import Requirement
from vedligehold.policy.look import Aim, Quick
from vedligehold.policy.variants import leaf_places, negated
from vedligehold.reading.possible import MISSING, Effort, value_combinations
from vedligehold.settle import Result, result_of

Facts: TypeAlias = Mapping[str, Fact]
Gates: TypeAlias = tuple[tuple[Condition, Truth], ...]
"""Conditions before this one, and what each must say for this one to matter."""


class Part(NamedTuple):
    """One thing to see of a condition: of which leaf, the how-manieth, what, and where to look for it."""

    leaf: Leaf
    number: int
    what: Literal["holds", "fails", "at-limit", "beyond-limit"]
    aim: Aim


def deciding_parts(condition: Condition, gates: Gates, facts: Facts, effort: Effort) -> Iterator[Part]:
    """Each leaf deciding *condition* both ways, where the *gates* are open; of a single leaf there is nothing to see.

    A leaf decides where its opposite would turn the whole condition round.
    """
    places = leaf_places(condition)
    this = compiled(condition)
    opened = [(compiled(gate), want) for gate, want in gates]
    conditions = (condition, *(gate for gate, _ in gates))
    for number, (place, leaf) in enumerate(places if len(places) > 1 else (), 1):
        other = compiled(negated(condition, place))
        for truth in (HOLDS, FAILS):

            def quick(values: Any, _: date, *, other: Any = other, truth: Truth = truth) -> bool:
                turns = this(values) == truth and other(values) == opposite(truth)
                return turns and all(gate(values) == want for gate, want in opened)

            if can_be(conditions, facts, quick, effort):
                yield Part(leaf, number, "holds" if truth == HOLDS else "fails", Aim(conditions, quick))


def limits(condition: Condition, facts: Facts, own_code: str | None) -> Iterator[Part]:
    """The value right at each limit, and the one a step beyond it; of a span up to the decision date, by the day."""
    for number, (_, leaf) in enumerate(leaf_places(condition), 1):
        if not isinstance(leaf, AtLeast | AtMost) or isinstance(leaf.operand, OtherFact):
            continue
        fact, limit = facts[leaf.fact], leaf.operand.value
        step = step_of(limit)
        if step is None:
            continue
        beyond: Any = limit - step if isinstance(leaf, AtLeast) else limit + step  # type: ignore[operator]
        if not _outside(fact, limit):
            yield Part(leaf, number, "at-limit", Aim((condition,), _at(fact, limit, beyond, own_code)))
        if not _outside(fact, beyond):
            yield Part(leaf, number, "beyond-limit", Aim((condition,), _at(fact, beyond, limit, own_code)))


def step_of(value: object) -> int | Decimal | timedelta | None:
    """The smallest step by which a value is another one: a unit, a day, or the last digit that is written."""
    match value:
        case bool():
            return None
        case int():
            return 1
        case Decimal():
            exponent = value.as_tuple().exponent
            return Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
        case date():
            return timedelta(days=1)
        case _:
            return None


def _at(fact: Fact, value: Any, other: Any, own_code: str | None) -> Quick:
    """Whether *fact* is *value*; of a span up to the decision date, just on the day that parts it from *other*."""
    if not isinstance(fact.derived, Span) or fact.derived.end != DECIDED_ON:
        return lambda values, _: values[fact.name] == value
    worked_out = derivation(fact, own_code)
    away = timedelta(days=1 if other > value else -1)
    return lambda values, on: worked_out(values, on) == value and worked_out(values, on + away) == other


def _outside(fact: Fact, value: object) -> bool:
    """Whether *fact* can never be *value*."""
    low, high = fact.minimum, fact.maximum
    return isinstance(value, int | Decimal) and (
        (low is not None and value < low) or (high is not None and value > high)
    )


def comes_to(requirement: Requirement, result: Result) -> Quick:
    """Whether a requirement has a result."""
    require = compiled(requirement.require)
    when = None if requirement.when is None else compiled(requirement.when)
    return lambda values, _: result_of(HOLDS if when is None else when(values), require(values)) == result


def possible_results(requirement: Requirement, facts: Facts, effort: Effort) -> list[Result]:
    """The results that a requirement can have; all of them where there are too many combinations to try."""
    wanted: list[Result] = ["holds", "fails", "unknown"]
    if requirement.when is not None:
        wanted.append("not_applicable")
    conditions = requirement.conditions
    return [each for each in wanted if can_be(conditions, facts, comes_to(requirement, each), effort, unknown=True)]


def can_be(
    conditions: Iterable[Condition], facts: Facts, quick: Quick, effort: Effort, *, unknown: bool = False
) -> bool:
    """Whether some values are such; where there are too many combinations to try, it is taken to be so."""
    conditions = tuple(conditions)
    combinations = value_combinations(conditions, facts, unknown=unknown)
    size = sum(len(leaf_places(condition)) for condition in conditions)
    for values in combinations or ():
        effort.left -= size
        if effort.left < 0 or quick(values, date.min):
            return True
    return combinations is MISSING
