"""What a condition says in columns: of every row what the reference meaning says of its case."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any as Anything
from typing import TypeAlias

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import DECISION_DAYS, FACTS, conditions, understood, values_of

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
)
from vedligehold.facts import DECIDED_ON, FactType, Unit, whole
from vedligehold.facts import Span as DerivedSpan
from vedligehold.meaning.flag import Column, Flag, sure
from vedligehold.meaning.frame import Pair, See, Seen, Single, Span, known, pair
from vedligehold.meaning.value import FAILS, HOLDS, UNKNOWN, Truth, evaluate, facts_read
from vedligehold.table.answering import Plan
from vedligehold.table.columns import SetColumns
from vedligehold.table.on_polars import run
from vedligehold.table.raw import Raw
from vedligehold.table.sets import from_items, list_column
from vedligehold.table.sheet import Sheet, flag_expr, named
from vedligehold.table.spans import number_of

Known: TypeAlias = Mapping[str, Sequence[Anything]]
"""Of each stated fact its value in every row, as `value.evaluate` has it."""
ON = "on"
NO_COLUMNS: Anything = None
"""How a table says what: not asked where only conditions are."""
_TYPES: dict[FactType, Anything] = {
    FactType.BOOL: pl.Boolean,
    FactType.INT: pl.Int64,
    FactType.DECIMAL: pl.Float64,
    FactType.DATE: pl.Date,
    FactType.CHOICE: pl.String,
    FactType.CODE: pl.String,
}


@dataclass
class Rows:
    """Facts in rows, decided on one day, or each on its own; sets stand as lists, or in a column an item."""

    values: Known
    on: date | Sequence[date]
    lists: bool = True

    def __post_init__(self) -> None:
        self.count = len(next(iter(self.values.values())))
        self.sheet = Sheet()
        self.seen: dict[str, Seen] = {}

    def said(self, condition: Condition) -> list[Truth]:
        """What the columns say of each row."""
        return self.truths(pair(condition, self.see))

    def expected(self, condition: Condition) -> list[Truth]:
        """What the reference says of each row."""
        names = facts_read([condition])
        rows = ({name: self.value(name, row) for name in names} for row in range(self.count))
        return [evaluate(condition, row).truth for row in rows]

    def truths(self, said: Pair) -> list[Truth]:
        """A pair of flags as one answer in each row: never both."""
        flags = [self.sheet.put(flag_expr(flag), flag.step).name for flag in said]
        results = dict(zip(("holds", "fails"), flags, strict=True))
        plan = Plan(tuple(self.sheet.steps), (ON,), tuple(results), results, NO_COLUMNS)
        found = run(self.frame().lazy(), plan).collect()
        answers = {(True, False): HOLDS, (False, True): FAILS, (False, False): UNKNOWN}
        return [answers[row] for row in found.select("holds", "fails").rows()]

    def value(self, name: str, row: int) -> Anything:
        """The value of a fact in a row, stated or worked out."""
        derived = FACTS[name].derived
        if not isinstance(derived, DerivedSpan):
            return self.values[name][row]
        start, end = (self.day(each, row) for each in (derived.start, derived.end))
        return None if start is None or end is None else whole(start, end, derived.unit)

    def day(self, name: str, row: int) -> date | None:
        """A day in a row, that of the decision among them."""
        if name != DECIDED_ON:
            found: date | None = self.values[name][row]
            return found
        return self.on if isinstance(self.on, date) else self.on[row]

    def frame(self) -> pl.DataFrame:
        """The facts as columns."""
        columns = [pl.Series(ON, [self.day(DECIDED_ON, row) for row in range(self.count)], dtype=pl.Date)]
        for name, values in self.values.items():
            fact = FACTS[name]
            if fact.type is not FactType.SET:
                plain = [None if each == NOTHING else each for each in values]
                plain = [float(each) if isinstance(each, Decimal) else each for each in plain]
                columns.append(pl.Series(name, plain, dtype=_TYPES[fact.type], strict=False))
            elif self.lists:
                lists = [None if each is None else list(each) for each in values]
                columns.append(pl.Series(name, lists, dtype=pl.List(pl.String)))
            else:
                columns += [
                    pl.Series(
                        f"{name}_{item}", [None if each is None else item in each for each in values], dtype=pl.Boolean
                    )
                    for item in fact.labels
                ]
        return pl.DataFrame(columns)

    def see(self, name: str) -> Seen:
        """A fact as its columns."""
        if name not in self.seen:
            self.seen[name] = self._look(name)
        return self.seen[name]

    def _look(self, name: str) -> Seen:
        fact = FACTS[name]
        if isinstance(fact.derived, DerivedSpan):
            return self._span(fact.derived)
        if fact.type is FactType.SET:
            if self.lists:
                return list_column(self.sheet, Raw(name, "list"), list(fact.labels)).as_set(always=fact.known)
            given = SetColumns(items={item: f"{name}_{item}" for item in fact.labels})
            says = {item: named(column) for item, column in given.items.items()}
            return from_items(self.sheet, given, says, () if fact.known else tuple(fact.labels))
        value = named(name)
        made = {label: sure(value.expr == label, 0) for label in fact.labels}
        nothing = any(each == NOTHING for each in self.values[name])
        return Single(value, Flag(value.expr.is_null(), 0), made) if nothing else Single(value, labels=made)

    def _span(self, derived: DerivedSpan) -> Seen:
        start, end = (self._end(each) for each in (derived.start, derived.end))
        number = number_of(self.sheet, start, end, derived.unit)
        if isinstance(end, date) and isinstance(start, Column):
            return Span(start, end, derived.unit, True, number)
        if isinstance(start, date) and isinstance(end, Column):
            return Span(end, start, derived.unit, False, number)
        return Single(number())

    def _end(self, name: str) -> Column | date:
        if name != DECIDED_ON:
            return named(name)
        return self.on if isinstance(self.on, date) else named(ON)


# ----------------------------------------------------------------------------------------------------------------------
# The law

_ROWS = 12


def _value(name: str, spelled: Anything) -> Anything:
    match FACTS[name].type:
        case FactType.DATE:
            return date.fromisoformat(spelled)
        case FactType.DECIMAL:
            return Decimal(str(spelled))
        case FactType.SET:
            return tuple(spelled)
        case _:
            return spelled


_UNASKED: dict[FactType, Anything] = {FactType.BOOL: False, FactType.SET: (), FactType.CHOICE: NOTHING}


@st.composite
def asked(draw: st.DrawFn) -> tuple[Condition, Rows]:
    """A condition, and rows of the facts that it reads, each known or unknown."""
    condition = understood(draw(conditions()))
    days = draw(
        st.one_of(
            st.sampled_from(DECISION_DAYS), st.lists(st.sampled_from(DECISION_DAYS), min_size=_ROWS, max_size=_ROWS)
        )
    )
    near = days if isinstance(days, date) else days[0]
    sources = sorted({source for name in facts_read([condition]) for source in FACTS[name].sources} - {DECIDED_ON})
    values = {}
    for name in sources:
        fact = FACTS[name]
        no_value = _UNASKED[fact.type] if fact.known else None
        some = st.one_of(st.just(no_value), values_of(name, near).map(partial(_value, name)))
        values[name] = draw(st.lists(some, min_size=_ROWS, max_size=_ROWS))
    return condition, Rows(values, days, lists=draw(st.booleans()))


@given(asked())
def test_columns_say_what_the_reference_says(drawn: tuple[Condition, Rows]):
    """Whatever the condition; with one decision date and with one in each row; of sets as lists and by item."""
    condition, rows = drawn

    assert rows.expected(condition) == rows.said(condition)


# ----------------------------------------------------------------------------------------------------------------------
# Each kind of condition in its smallest form

_YES_NO = [True, False, None]
_SETS = [(), ("stick",), ("frame", "stick"), ("chair",), ("stick", "frame", "chair"), None]
_LEVELS = [0, 1, 2, 3, 4, None]
_TWO_DAYS = [date(2010, 2, 28), date(2010, 3, 1), date(2010, 3, 2), None]
LEAVES: list[tuple[Condition, Known]] = [
    (IsTrue("motivated"), {"motivated": _YES_NO}),
    (Is("motivated", Constant(True)), {"motivated": _YES_NO}),
    (Is("motivated", Constant(False)), {"motivated": _YES_NO}),
    (Is("level", Constant(2)), {"level": _LEVELS}),
    (AtLeast("level", Parameter("lowest", 2)), {"level": _LEVELS}),
    (AtMost("level", Constant(2)), {"level": _LEVELS}),
    (OneOf("level", Constant((1, 3))), {"level": _LEVELS}),
    (AtMost("fee", Constant(Decimal("27.50"))), {"fee": [Decimal("27.5"), Decimal("27.51"), Decimal(3), None]}),
    (AtLeast("applied_on", Constant(date(2010, 3, 1))), {"applied_on": _TWO_DAYS}),
    (AtMost("applied_on", Constant(date(2010, 3, 1))), {"applied_on": _TWO_DAYS}),
    (Is("pension", Constant("early")), {"pension": ["early", "none", None]}),
    (OneOf("pension", Constant(("early", "old_age"))), {"pension": ["early", "old_age", "none", None]}),
    (OneOf("municipality_code", Constant(("0840", "0851"))), {"municipality_code": ["0840", "0101", None]}),
    (Is("requested_setting", Constant("group")), {"requested_setting": ["group", "home", NOTHING]}),
    (
        OneOf("requested_setting", Constant(("group", "home"))),
        {"requested_setting": ["group", "home", "individual", NOTHING]},
    ),
    (Is("requested_setting", Constant(NOTHING)), {"requested_setting": ["group", NOTHING]}),
    (AnyOf("aids", Constant(("stick", "frame"))), {"aids": _SETS}),
    (AllOf("aids", Constant(("stick", "frame"))), {"aids": _SETS}),
    (Only("aids", Constant(("stick", "frame"))), {"aids": _SETS}),
    (Empty("aids"), {"aids": _SETS}),
    (Empty("requested"), {"requested": [(), ("balance",)]}),
]


@pytest.mark.parametrize("lists", [True, False])
@pytest.mark.parametrize(
    ("leaf", "values"), LEAVES, ids=lambda each: type(each).__name__ if hasattr(each, "fact") else ""
)
def test_a_leaf_says_in_columns_what_it_says_of_a_case(leaf: Condition, values: Known, lists: bool):
    """And its opposite the opposite."""
    for condition in (leaf, Not(leaf)):
        rows = Rows(values, DECISION_DAYS[0], lists)
        assert rows.expected(condition) == rows.said(condition)


def _each_with_each(one: Sequence[Anything], other: Sequence[Anything], names: tuple[str, str]) -> Known:
    pairs = [(left, right) for left in one for right in other]
    return {name: [each[place] for each in pairs] for place, name in enumerate(names)}


PAIRS: list[tuple[type[Anything], Known]] = [
    *((kind, _each_with_each(_LEVELS, _LEVELS, ("level", "goal"))) for kind in (Is, AtLeast, AtMost)),
    *((kind, _each_with_each(_TWO_DAYS, _TWO_DAYS, ("applied_on", "discharged_on"))) for kind in (Is, AtLeast, AtMost)),
    (Is, _each_with_each(_YES_NO, _YES_NO, ("motivated", "lives_alone"))),
    (Is, _each_with_each(["group", "home", None], ["group", "home", NOTHING], ("wanted_setting", "requested_setting"))),
    (Is, _each_with_each(["group", NOTHING], ["group", "home", None], ("requested_setting", "wanted_setting"))),
    *((kind, _each_with_each(_SETS, _SETS, ("aids", "wanted_aids"))) for kind in (AnyOf, AllOf, Only)),
]


@pytest.mark.parametrize("lists", [True, False])
@pytest.mark.parametrize(("compare", "values"), PAIRS)
def test_two_facts_are_compared_in_columns_as_of_a_case(compare: Callable[..., Condition], values: Known, lists: bool):
    one, other = values
    condition = compare(one, OtherFact(other))
    rows = Rows(values, DECISION_DAYS[0], lists)

    assert rows.expected(condition) == rows.said(condition)


@pytest.mark.parametrize("join", [All, Any])
def test_all_and_any_of_two_in_columns(join: type[All | Any]):
    rows = Rows(_each_with_each(_YES_NO, _YES_NO, ("motivated", "lives_alone")), DECISION_DAYS[0])
    condition = join((IsTrue("motivated"), IsTrue("lives_alone")))

    assert rows.expected(condition) == rows.said(condition)


CONDITIONS = (
    IsTrue("a"),
    Is("a", Constant(1)),
    AtLeast("a", OtherFact("b")),
    AnyOf("a", Constant(("x",))),
    Empty("a"),
)


@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda each: type(each).__name__)
def test_a_fact_without_a_column_is_unknown_in_every_row(condition: Condition):
    see: See = lambda _: None  # noqa: E731
    said = pair(condition, see)

    assert (False, False, True) == (said.holds.expr, said.fails.expr, said.unknown.expr)
    assert known(None).expr is False


# ----------------------------------------------------------------------------------------------------------------------
# Spans


def _always(seen: Seen) -> See:
    return lambda _: seen


def _about(on: date, unit: Unit, number: int) -> list[date]:
    """Days about that which lies *number* units before *on*, and about that which lies as many after it."""
    days = {"days": 1, "weeks": 7, "months": 30.4375, "years": 365.25}[unit] * number
    middles = [on - timedelta(round(days)), on + timedelta(round(days)), on]
    return sorted({middle + timedelta(away) for middle in middles for away in range(-4, 5)})


@pytest.mark.parametrize("until", [True, False])
@pytest.mark.parametrize("unit", ["days", "weeks", "months", "years"])
@pytest.mark.parametrize("on", [date(2024, 2, 29), date(2023, 2, 28), date(2017, 5, 31), date(2017, 12, 1)])
def test_a_span_reaches_a_number_on_the_day_that_it_does(on: date, unit: Unit, until: bool):
    """It is told by one day, found for the number; also for none, for less than none, and for one of several."""
    for number in (-13, -2, -1, 0, 1, 2, 12, 18):
        days = [*_about(on, unit, number), None]
        rows = Rows({"applied_on": days}, on)
        span = Span(named("applied_on"), on, unit, until, lambda: named("applied_on"))
        values = [None if day is None else whole(*((day, on) if until else (on, day)), unit) for day in days]
        for kind in (
            AtLeast,
            AtMost,
            Is,
            lambda fact, operand: OneOf(fact, Constant((operand.value, operand.value + 2))),
        ):
            condition = kind("span", Constant(number))
            wanted = [evaluate(condition, {"span": value}).truth for value in values]
            assert wanted == rows.truths(pair(condition, _always(span))), (condition, days)


@pytest.mark.parametrize("until", [True, False])
def test_no_day_is_so_far_away(until: bool):
    """A number of years that no calendar has is not reached, and any is above the opposite."""
    on = date(2017, 5, 10)
    rows = Rows({"applied_on": [date.min, on, date.max, None]}, on)
    span = Span(named("applied_on"), on, "years", until, lambda: named("applied_on"))

    assert [FAILS, FAILS, FAILS, UNKNOWN] == rows.truths(pair(AtLeast("span", Constant(20_000)), lambda _: span))
    assert [HOLDS, HOLDS, HOLDS, UNKNOWN] == rows.truths(pair(AtLeast("span", Constant(-20_000)), lambda _: span))
