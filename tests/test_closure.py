"""What a condition says of a case: the reference meaning and the compiled one, on tables and on generated packs."""

from collections.abc import Callable

import pytest
from hypothesis import given
from strategies import Situation, situations

from vedligehold.case import Case
from vedligehold.condition import (
    NOTHING,
    All,
    AllOf,
    Any,
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
    Parameter,
    Value,
)
from vedligehold.known import known_values
from vedligehold.meaning.closure import compiled
from vedligehold.meaning.value import FAILS, HOLDS, UNKNOWN, Truth, Values, evaluate

MEANINGS: list[Callable[[Condition, Values], Truth]] = [
    lambda condition, values: evaluate(condition, values).truth,
    lambda condition, values: compiled(condition)(values),
]
both_meanings = pytest.mark.parametrize("truth_of", MEANINGS, ids=["value", "closure"])
HEAT, COLD, WIND = "heat", "cold", "wind"


@both_meanings
@pytest.mark.parametrize(
    ("condition", "holds", "fails"),
    [
        (IsTrue("one"), [True], [False]),
        (Is("one", Constant(HEAT)), [HEAT], [COLD, NOTHING]),
        (AtLeast("one", Parameter("limit", 5)), [5, 6], [4]),
        (AtMost("one", Parameter("limit", 5)), [5, 4], [6]),
        (OneOf("one", Constant((HEAT, COLD))), [HEAT, COLD], [WIND, NOTHING]),
        (AnyOf("one", Constant((HEAT, COLD))), [(HEAT,), (WIND, COLD)], [(), (WIND,)]),
        (AllOf("one", Constant((HEAT, COLD))), [(COLD, HEAT), (HEAT, COLD, WIND)], [(), (HEAT,), (HEAT, WIND)]),
        (Only("one", Constant((HEAT, COLD))), [(COLD,), (HEAT, COLD)], [(), (WIND,), (HEAT, WIND)]),
        (Empty("one"), [()], [(HEAT,)]),
    ],
    ids=lambda each: type(each).__name__ if hasattr(each, "fact") else "",
)
def test_a_leaf_holds_fails_or_is_unknown(
    truth_of: Callable[[Condition, Values], Truth], condition: Condition, holds: list[Value], fails: list[Value]
):
    """At its limits, and unknown of nothing but an unknown fact."""
    assert [HOLDS] * len(holds) == [truth_of(condition, {"one": value}) for value in holds]
    assert [FAILS] * len(fails) == [truth_of(condition, {"one": value}) for value in fails]
    assert UNKNOWN == truth_of(condition, {"one": None})


@both_meanings
@pytest.mark.parametrize(
    ("compare", "low_high", "same", "high_low"),
    [(Is, FAILS, HOLDS, FAILS), (AtLeast, FAILS, HOLDS, HOLDS), (AtMost, HOLDS, HOLDS, FAILS)],
)
def test_two_facts_are_compared_where_both_are_known(
    truth_of: Callable[[Condition, Values], Truth],
    compare: type[Is | AtLeast | AtMost],
    low_high: Truth,
    same: Truth,
    high_low: Truth,
):
    """A choice that is not made fails each comparison, on whichever side it stands and whatever the other is."""

    def truth(one: Value, other: Value) -> Truth:
        return truth_of(compare("one", OtherFact("other")), {"one": one, "other": other})

    assert (low_high, same, high_low) == (truth(4, 5), truth(5, 5), truth(5, 4))
    assert {UNKNOWN} == {truth(None, 5), truth(5, None), truth(None, None)}
    assert {FAILS} == {truth(*pair) for pair in ((NOTHING, HEAT), (HEAT, NOTHING), (None, NOTHING), (NOTHING, None))}


@both_meanings
@pytest.mark.parametrize(
    ("compare", "one", "truth"),
    [
        (AnyOf, (HEAT, WIND), HOLDS),
        (AnyOf, (WIND,), FAILS),
        (AllOf, (COLD, HEAT, WIND), HOLDS),
        (AllOf, (HEAT,), FAILS),
        (Only, (COLD,), HOLDS),
        (Only, (COLD, WIND), FAILS),
        (Only, (), FAILS),
    ],
)
def test_two_sets_are_compared(
    truth_of: Callable[[Condition, Values], Truth],
    compare: type[AnyOf | AllOf | Only],
    one: tuple[str, ...],
    truth: Truth,
):
    assert truth == truth_of(compare("one", OtherFact("other")), {"one": one, "other": (HEAT, COLD)})


@both_meanings
@pytest.mark.parametrize("one", [True, False, None])
@pytest.mark.parametrize("other", [True, False, None])
def test_all_any_and_not_are_strong_kleene_logic(
    truth_of: Callable[[Condition, Values], Truth], one: bool | None, other: bool | None
):
    """*All* is the least that a part says and *any* the most, with unknown between failing and holding."""
    order, parts = {FAILS: 0, UNKNOWN: 1, HOLDS: 2}, (IsTrue("one"), IsTrue("other"))
    values: Values = {"one": one, "other": other}
    truths = [truth_of(part, values) for part in parts]

    assert min(truths, key=order.__getitem__) == truth_of(All(parts), values)
    assert max(truths, key=order.__getitem__) == truth_of(Any(parts), values)
    assert truth_of(All(parts), values) == truth_of(Not(Any(tuple(map(Not, parts)))), values)
    assert 2 == order[truths[0]] + order[truth_of(Not(parts[0]), values)]


@pytest.mark.usefixtures("generated_packs")
@given(situations())
def test_a_closure_says_what_the_reference_says(situation: Situation):
    """Of every condition of the pack: of requirements, rows, exclusions and notices."""
    policy = situation.made.pack.at(situation.on)
    values = known_values(policy, Case.model_validate(situation.case), situation.on)
    conditions = [condition for each in policy.requirements for condition in each.conditions]
    conditions += [row.when for row in policy.version.rows if row.when is not None]
    conditions += [each.when for each in policy.version.leave_out if each.when is not None]
    conditions += [notice.when for notice in policy.notices]

    for condition in conditions:
        assert evaluate(condition, values).truth == compiled(condition)(values), condition


@pytest.mark.parametrize("setting", [None, NOTHING, "group"])
def test_nothing_compares_with_a_choice_that_is_not_made(setting):
    """It is no value that a pack could name; a tree made in Python could."""
    for condition in (
        Is("requested_setting", Constant(NOTHING)),
        OneOf("requested_setting", Constant((NOTHING, "home"))),
        Is("requested_setting", OtherFact("referred_by")),
    ):
        values = {"requested_setting": setting, "referred_by": NOTHING}
        assert evaluate(condition, values).truth == compiled(condition)(values), condition
