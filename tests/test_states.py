"""Answers by state: a state has a number of its own, and what flags say there is what they say of its digits."""

from itertools import product

import narwhals as nw
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedligehold.meaning.flag import ALWAYS, Flag, just
from vedligehold.table.digits import Asked, Digit
from vedligehold.table.sheet import Look
from vedligehold.table.states import Patterns

SIZES = st.lists(st.sampled_from([1, 2, 3, 5, 10]), min_size=1, max_size=4)


def digits_of(sizes: list[int]) -> list[Digit]:
    return [Digit(size, nw.col(f"d{place}"), f"d{place}") for place, size in enumerate(sizes)]


def states_of(sizes: list[int]) -> list[tuple[int, ...]]:
    """The digits of every state by its number: the first digit goes round first."""
    return [tuple(reversed(state)) for state in product(*(range(size) for size in reversed(sizes)))]


@given(sizes=SIZES)
def test_every_state_has_a_number_of_its_own(sizes):
    states = states_of(sizes)
    table = {f"d{place}": [state[place] for state in states] for place in range(len(sizes))}
    frame = nw.from_native(pl.DataFrame(table))

    assert list(range(len(states))) == frame.select(key=Patterns(Asked(), digits_of(sizes)).key())["key"].to_list()


@pytest.mark.parametrize("sizes", [[128, 1], [128, 2, 1], [1024, 128], [127, 2], [2, 64, 2], [32, 4, 4, 8]])
def test_a_number_fits_what_holds_it(sizes):
    """The first and the last state, where a group of digits just fills its type or one has a single value."""
    last = [size - 1 for size in sizes]
    frame = nw.from_native(pl.DataFrame({f"d{place}": [0, each] for place, each in enumerate(last)}))
    found = frame.select(key=Patterns(Asked(), digits_of(sizes)).key())["key"].to_list()

    count = 1
    for size in sizes:
        count *= size
    assert [0, count - 1] == found


@st.composite
def asked_and_flags(draw):
    """Digits, what is asked of them, and flags put together of it, each with the states in which it is so."""
    sizes = draw(SIZES)
    states = states_of(sizes)
    asked, pool = Asked(), [(ALWAYS, set(states))]
    for place, digit in enumerate(digits_of(sizes)):
        values = draw(st.frozensets(st.integers(0, digit.size - 1)))
        leaf = Flag(nw.col(f"asked{place}"))
        asked.of[id(leaf.said)] = (digit, values)
        pool.append((leaf, {state for state in states if state[place] in values}))
    for _ in range(draw(st.integers(1, 6))):
        (one, here), (other, there) = draw(st.sampled_from(pool)), draw(st.sampled_from(pool))
        times = draw(st.integers(0, 2))
        counted = {state for state in states if (state in here) + (state in there) == times}
        made = [
            (one & other, here & there),
            (one | other, here | there),
            (~one, set(states) - here),
            (just(times, [one, other]), counted),
        ]
        pool.append(draw(st.sampled_from(made)))
    return states, asked, pool


@given(drawn=asked_and_flags())
def test_a_flag_says_of_a_state_what_it_says_of_its_digits(drawn):
    states, asked, pool = drawn
    patterns = Patterns(asked, [digit for digit, _ in asked.of.values()])
    varying = [(flag.said, so) for flag, so in pool if flag.varies]
    rows = patterns.rows([said for said, _ in varying])

    for number, (_, so) in enumerate(varying):
        bit = [rows[number // 8][at] >> number % 8 & 1 for at in range(len(states))]
        assert [state in so for state in states] == [each == 1 for each in bit]


@pytest.mark.parametrize(
    ("values", "apart"),
    [
        ([7, 8, 9], (7, 3)),
        ([7, 8, None, None], (7, 2)),
        ([0], (0, 1)),
        ([7, 8, 10], None),
        ([7, 9, 8], None),
        ([7, None, 9], None),
        ([None, None], None),
        ([], None),
        (["a"], None),
    ],
)
def test_a_value_as_far_from_its_place_all_along_is_a_sum(values, apart):
    assert apart == Look("key", values, "date").apart
