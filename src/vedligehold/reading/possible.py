"""Which answers a condition can have at all, found by trying every combination of values that could matter.

It is plain arithmetic, not a proof about facts that go together: where there are too many combinations it says nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain, combinations, product
from math import prod
from typing import Any as Anything
from typing import Final, Literal, TypeAlias

from vedligehold.condition import NOTHING, Condition, Constant, Empty, IsTrue, Leaf, OtherFact, Parameter, Value
from vedligehold.errors import quoted
from vedligehold.facts import STANDARD_FACTS, Fact, FactType
from vedligehold.meaning.closure import compiled
from vedligehold.meaning.value import FAILS, HOLDS, facts_of, leaves

MOST = 4096
MOST_FACTS = 12
"""Two values of each are as many combinations as are tried."""
MISSING: Final = None
"""There are too many combinations to try."""

STANDARD: Final = {fact.name: fact for fact in STANDARD_FACTS}
Answers: TypeAlias = frozenset[Literal["holds", "fails"]]


@dataclass
class Effort:
    """How many looks at a leaf are left for all the conditions of a file; a pack of today takes some thousand."""

    left: int = 1_000_000


def possible_truths(condition: Condition, facts: Mapping[str, Fact], effort: Effort | None = None) -> Answers | None:
    """The answers that *condition* has for known facts, or `MISSING`.

    >>> from vedligehold.condition import Any, Not
    >>> sorted(possible_truths(Any((IsTrue("consent_given"), Not(IsTrue("consent_given")))), STANDARD))
    ['holds']
    """
    effort = effort or Effort()
    tests = list(leaves(condition))
    combinations = value_combinations([condition], facts)
    if combinations is MISSING:
        return MISSING
    truth_of = compiled(condition)
    seen: set[Literal["holds", "fails"]] = set()
    for values in combinations:
        effort.left -= len(tests)
        if effort.left < 0:
            return MISSING
        truth = truth_of(values)
        seen |= {"holds"} if truth == HOLDS else {"fails"} if truth == FAILS else set()
        if len(seen) == len(("holds", "fails")):
            break
    return frozenset(seen)


def impossible(
    owner: str, key: str, condition: Condition, facts: Mapping[str, Fact], effort: Effort | None = None
) -> Iterator[tuple[str, str]]:
    """Code and message of what is wrong with the condition under *key* of *owner*, when it has only one answer."""
    truths = possible_truths(condition, facts, effort)
    if truths is MISSING:
        return
    if key == "when" and "holds" not in truths:
        yield "never-applies", f"{quoted(owner)} never applies: its `when` can never hold"
    if key == "require" and "holds" not in truths:
        yield "never-holds", f"requirement {quoted(owner)} can never hold"
    if key == "require" and "fails" not in truths:
        yield "never-fails", f"requirement {quoted(owner)} can never fail"


def value_combinations(
    conditions: Iterable[Condition], facts: Mapping[str, Fact], *, unknown: bool = False
) -> Iterator[dict[str, Value]] | None:
    """Values of the facts that *conditions* read, combined in every way that can matter to them, or `MISSING`.

    *unknown*: each fact that can be unknown is that too.
    """
    tests = [leaf for condition in conditions for leaf in leaves(condition)]
    names = sorted({name for leaf in tests for name in facts_of(leaf)})
    mentioned = mentioned_values(tests) if len(names) <= MOST_FACTS else MISSING
    if mentioned is MISSING or prod(_how_many(facts[name], mentioned[name], unknown) for name in names) > MOST:
        return MISSING
    choices = [
        [*values_to_try(facts[name], mentioned[name]), *([None] if unknown and not facts[name].known else [])]
        for name in names
    ]
    return (dict(zip(names, combination, strict=True)) for combination in product(*choices))


def mentioned_values(tests: Iterable[Leaf]) -> dict[str, set[Anything]] | None:
    """The constants that each fact is compared with; facts compared with each other share theirs."""
    found: dict[str, set[Anything]] = {}
    together: set[tuple[str, str]] = set()
    for leaf in tests:
        found.setdefault(leaf.fact, set())
        if isinstance(leaf, IsTrue | Empty):
            continue
        match leaf.operand:
            case Constant(value) | Parameter(_, value):
                found[leaf.fact].update(value if isinstance(value, tuple) else (value,))
            case OtherFact(name):
                found.setdefault(name, set())
                together.add((leaf.fact, name))
    if any(len(values) > MOST for values in found.values()):
        return MISSING
    for _ in found:  # as often as the longest chain of facts that are compared with each other
        for one, other in together:
            found[one] = found[other] = found[one] | found[other]
    return found


def _how_many(fact: Fact, named: set[Anything], unknown: bool) -> int:
    """How many values of *fact* there are to try, at most."""
    more = int(unknown and not fact.known)
    if fact.type is FactType.SET:
        return int(2 ** len(_set_items(fact, named))) + more
    return sum(1 for _ in values_to_try(fact, named)) + more


def _set_items(fact: Fact, named: set[Anything]) -> list[str]:
    """The named choices of a set fact, and one that stands for all the others."""
    others = [choice for choice in fact.labels if choice not in named]
    return [*(choice for choice in fact.labels if choice in named), *others[:1]]


def values_to_try(fact: Fact, named: set[Anything]) -> Iterator[Value]:
    """Values of *fact* that stand for all its values: each that is named, and one beside each."""
    match fact.type:
        case FactType.BOOL:
            yield from (True, False)
        case FactType.CHOICE:
            yield from fact.labels
            if fact.known:
                yield NOTHING
        case FactType.CODE:
            yield from sorted(named)
            yield next(code for code in (f"{number:04}" for number in range(10_000)) if code not in named)
        case FactType.SET:
            yield from _subsets(_set_items(fact, named))
        case FactType.DATE:
            yield from _around(named or {date(2000, 1, 1)}, timedelta(days=1))
        case FactType.INT | FactType.DECIMAL:
            step = 1 if fact.type is FactType.INT else Decimal("0.000001")
            limits = {limit for limit in (fact.minimum, fact.maximum) if limit is not None}
            for value in _around(named | limits or {0}, step):
                if (fact.minimum is None or value >= fact.minimum) and (fact.maximum is None or value <= fact.maximum):
                    yield value


def _around(values: Iterable[Anything], step: Anything) -> Iterator[Anything]:
    # two steps, so that two facts compared with each other can stand on either side of a named value
    found = set()
    for value in values:
        for away in (-2, -1, 0, 1, 2):
            try:
                found.add(value + step * away)
            except OverflowError:  # there is no day before the year 1, and none after 9999
                continue
    yield from sorted(found)


def _subsets(items: list[str]) -> Iterator[tuple[str, ...]]:
    yield from chain.from_iterable(combinations(items, size) for size in range(len(items) + 1))
