"""What a pattern asks of a message is what the reference asks of a case; here without the engine, on every Python."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any as Anything

import pytest
from hypothesis import given
from strategies import FACTS, Situation, situations

from vedligehold.case import Case
from vedligehold.condition import (
    NOTHING,
    AllOf,
    AnyOf,
    AtLeast,
    AtMost,
    Condition,
    Constant,
    Empty,
    Is,
    IsTrue,
    Not,
    OneOf,
    Only,
    OtherFact,
    Value,
)
from vedligehold.known import known_values
from vedligehold.meaning.matching import (
    ALWAYS,
    MOST_COUNTED,
    NEVER,
    Ask,
    Every,
    Message,
    Pattern,
    Some,
    asked,
    asks,
    every,
    groups,
    size,
    some,
    ways,
)
from vedligehold.meaning.pattern import LONGEST_TEXT, Unsafe, message, pair, plain
from vedligehold.meaning.value import FAILS, HOLDS, UNKNOWN, Truth, Values, evaluate, facts_read
from vedligehold.second_opinion import conditions_of


def matched(pattern: Pattern, said: Message) -> int:
    """In how many ways *pattern* matches: as the engine follows it, one way after the other."""
    match pattern:
        case Every(parts):
            found = 1
            for part in parts:
                found *= matched(part, said)
            return found
        case Some(parts):
            return sum(matched(part, said) for part in parts)
        case Ask(key, operator, value, of_key):
            left = said.get(key)
            right = said.get(str(value)) if of_key else value
            return int(left is not None and right is not None and bool(_stands(left, operator, right)))


def _stands(left: Anything, operator: str, right: Anything) -> Anything:
    match operator:
        case "is":
            return left == right
        case "is not":
            return left != right
        case "at least":
            return left >= right
        case "at most":
            return left <= right
        case "above":
            return left > right
        case "below":
            return left < right
        case _:
            return right in left


def truth_of(condition: Condition, values: Values) -> Truth:
    """What the patterns of *condition* say, which match in no more ways than is said of them."""
    facts = [FACTS[name] for name in sorted(facts_read([condition]))]
    said = message(values, facts)
    both = pair(condition, FACTS)
    holds, fails = (matched(each, said) for each in both)
    assert holds <= ways(both.holds)
    assert fails <= ways(both.fails)
    assert not (holds and fails)
    return HOLDS if holds else FAILS if fails else UNKNOWN


@pytest.mark.usefixtures("generated_packs")
@given(situations())
def test_a_pattern_says_what_the_reference_says(situation: Situation):
    policy = situation.made.pack.at(situation.on)
    values = known_values(policy, Case.model_validate(situation.case), situation.on)

    for condition, _ in conditions_of(policy):
        assert evaluate(condition, values).truth == truth_of(condition, values), condition


SETS = ((), ("stick",), ("frame", "stick"), None)
TABLE: list[tuple[Sequence[Condition], str, Sequence[Value]]] = [
    ([IsTrue("motivated"), Is("motivated", Constant(False))], "motivated", [True, False, None]),
    ([AtLeast("visits", Constant(3)), AtMost("visits", Constant(-2))], "visits", [-3, -2, 2, 3, 4, None]),
    (
        [kind("income", Constant(Decimal(text))) for kind in (Is, AtLeast, AtMost) for text in ("27.50", "-0.1", "3")],
        "income",
        [Decimal(text) for text in ("27.499999999", "27.5", "27.51", "-0.2", "-0.1", "-0.05", "3", "3.0000001", "2.9")],
    ),
    ([OneOf("income", Constant((Decimal("0.3"), Decimal(5))))], "income", [Decimal("0.3"), Decimal(5), Decimal("5.3")]),
    (
        [AtLeast("discharged_on", Constant(date(2010, 3, 1)))],
        "discharged_on",
        [date(2010, 2, 28), date(2010, 3, 1), date(2010, 3, 2), None],
    ),
    ([OneOf("pension", Constant(("old_age", "early")))], "pension", ["old_age", "none", None]),
    (
        [Is("requested_setting", Constant(each)) for each in ("home", NOTHING)]
        + [OneOf("requested_setting", Constant((NOTHING, "home")))],
        "requested_setting",
        [NOTHING, "home", "group"],
    ),
    (
        [kind("aids", Constant(("stick", "frame"))) for kind in (AnyOf, AllOf, Only)] + [Empty("aids")],
        "aids",
        list(SETS),
    ),
]


@pytest.mark.parametrize(("conditions", "name", "values"), TABLE, ids=[name for _, name, _ in TABLE])
def test_each_kind_of_leaf_is_asked_for(conditions: Sequence[Condition], name: str, values: Sequence[Value]):
    """At its limits, and turned round."""
    for condition, value in product(conditions, values):
        for each in (condition, Not(condition)):
            assert evaluate(each, {name: value}).truth == truth_of(each, {name: value}), (each, value)


OTHERS: list[tuple[str, str, Sequence[Value]]] = [
    ("level", "goal", [1, 2, None]),
    ("fee", "income", [Decimal("0.1"), Decimal("0.25"), Decimal(3), None]),
    ("discharged_on", "applied_on", [date(2010, 3, 1), date(2010, 3, 2), None]),
]


@pytest.mark.parametrize(("one", "other", "values"), OTHERS, ids=[one for one, _, _ in OTHERS])
def test_two_facts_are_compared(one: str, other: str, values: Sequence[Value]):
    for left, right in product(values, repeat=2):
        said = {one: left, other: right}
        for condition in (Is(one, OtherFact(other)), AtLeast(one, OtherFact(other)), AtMost(one, OtherFact(other))):
            assert evaluate(condition, said).truth == truth_of(condition, said), (condition, said)


def test_a_choice_that_is_not_made_is_compared():
    """It fails, whatever the other is."""
    for left, right in product((NOTHING, "group", "home", None), repeat=2):
        condition = Is("wanted_setting", OtherFact("requested_setting"))
        said = {"wanted_setting": left, "requested_setting": right}
        assert evaluate(condition, said).truth == truth_of(condition, said), said


@pytest.mark.parametrize("kind", [AnyOf, AllOf, Only])
def test_two_sets_are_compared(kind):
    for left, right in product(SETS, repeat=2):
        said = {"aids": left, "wanted_aids": right}
        condition = kind("aids", OtherFact("wanted_aids"))
        assert evaluate(condition, said).truth == truth_of(condition, said), said


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("visits", 9_007_199_254_740_992, "2^53"),
        ("visits", -9_007_199_254_740_992, "2^53"),
        ("visits", "9", "`str` as the value of `visits` (int)"),
        ("visits", True, "`bool` as the value of `visits` (int)"),
        ("visits", 9.0, "`float` as the value"),
        ("income", 0.5, "`float` as the value"),
        ("income", Decimal("1E-16"), "more than 15 decimals"),
        ("motivated", 1, "`int` as the value"),
        ("pension", "a" * (LONGEST_TEXT + 1), "a text of more than 200 bytes"),
        ("pension", "æ" * (LONGEST_TEXT // 2 + 1), "a text of more than 200 bytes"),
        ("aids", (1,), "`int` among texts"),
        ("aids", ["stick"], "`list` as the value"),
        ("discharged_on", "2010-03-01", "`str` as the value"),
    ],
)
def test_what_the_engine_does_not_compare_safely_does_not_go_in(name, value, said):
    """And the value is not repeated."""
    with pytest.raises(Unsafe) as found:
        message({name: value}, [FACTS[name]])

    assert said in str(found.value)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("visits", 9_007_199_254_740_991, {"value_visits": 9_007_199_254_740_991}),
        ("pension", "æ" * 100, {"value_pension": "æ" * 100}),
        ("income", Decimal("-0.25"), {"value_income": -1, "rest_income": 750_000_000_000_000}),
        ("aids", ("stick",), {"value_aids": ["stick"], "empty_aids": False, "lacks_aids": ["frame", "chair"]}),
        ("motivated", None, {}),
    ],
)
def test_what_is_known_is_told_as_the_engine_compares_it(name, value, said):
    assert {f"known_{name}": int(value is not None), **said} == message({name: value}, [FACTS[name]])


def test_one_of_with_another_fact_is_not_asked():
    """No pack can say it."""
    with pytest.raises(Unsafe, match="`one_of` with another fact"):
        pair(OneOf("level", OtherFact("goal")), FACTS)


def test_whatever_a_pattern_asks_is_found():
    """However deep it stands."""
    one, other, third = (Ask(name, "is", 1) for name in "abc")

    assert [one, other, third, one] == list(asks(every(one, some(other, every(third, one)))))


def test_patterns_are_flat():
    one, other, third = (Ask(name, "is", 1) for name in "abc")

    assert Every((one, other, third)) == every(one, every(other, ALWAYS, every(third, one)))
    assert Some((one, other, third)) == some(one, some(other, NEVER, some(third, one)))
    assert (NEVER, ALWAYS) == (every(one, NEVER), some(one, ALWAYS))
    assert (one, one) == (every(one), some(one))


def test_what_a_pattern_takes_is_counted():
    """Two values of one key are one way: it has one of them."""
    one = Ask("c", "is", 1)
    values = some(Ask("a", "is", 1), Ask("a", "is", 2))
    either = some(Ask("a", "is", 1), Ask("a", "is not", 7), every(Ask("b", "is", 1), values))

    assert (1, 0) == (ways(one), groups(one))
    assert (1, 1) == (ways(values), groups(values))
    assert (3, 3) == (ways(either), groups(either))
    assert 15 == ways(every(either, Ask("c", "is", 1), some(Ask("d", "has", "x"), Ask("d", "has", "y"), NEVER, either)))


def test_ways_are_counted_as_far_as_anybody_needs():
    """Of thousands of alternatives after each other there are more than a number has digits."""
    either = [some(Ask(f"a{number}", "is", 1), Ask(f"b{number}", "is", 1)) for number in range(20_000)]

    assert 1_000_000 == MOST_COUNTED == ways(every(*either))
    assert 2**19 == ways(every(*either[:19]))


def values_of(key: str, *numbers: int) -> Pattern:
    """That the key has one of those values."""
    return some(*(Ask(key, "is", number) for number in numbers))


def test_the_size_of_a_pattern_is_what_the_engine_makes_of_it():
    """Equal asks at one place are one node there, and so what follows on them stands in one table."""
    known, has = Ask("known_a", "is", 1), Ask("a", "has", "x")
    first, second = values_of("a", 1, 2, 3), values_of("a", 4, 5)

    assert (0, 0) == size(ALWAYS)
    assert (1, 1) == size(known)
    assert (2, 1) == size(has)
    assert (4, 3) == size(first)
    assert (5, 3) == size(every(known, first))
    assert (7, 3) == size(every(first, second))
    assert (7, 3) == size(every(second, first))
    assert (6, 4) == size(some(known, every(known, first)))
    assert (9, 5) == size(some(every(known, first), every(known, second)))
    assert (6, 2) == size(some(has, has, every(has, known)))
    assert (4, 3) == size(some(values_of("a", 1), Ask("a", "is", "1"), Ask("a", "is not", 1)))


def test_a_pattern_in_the_words_of_the_engine():
    """As its own language would spell it."""
    said = every(Ask("known_a", "is", 1), some(Ask("value_a", "below", 3), Ask("value_b", "has", "x")))

    assert {"$and": [{"known_a": 1}, {"$or": [{"$lt": {"value_a": 3}}, {"$iany": {"value_b": {"$i": "x"}}}]}]} == asked(
        said
    )
    assert {"$neq": {"value_a": {"$m": "value_b"}}} == asked(Ask("value_a", "is not", "value_b", of_key=True))


def test_a_day_is_its_number():
    assert 1 == plain(FACTS["discharged_on"], date.min)
