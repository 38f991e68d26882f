"""The made-up population that examples and benchmarks decide: always the same, and such as the library reads."""

from datetime import date

import polars as pl
import population
import pytest
from packs import DAY, events
from polars.testing import assert_frame_equal

from vedligehold import Case, CaseError, decide, load_pack, packs
from vedligehold.facts import EVENTS, STANDARD_FACTS
from vedligehold.table.columns import columns_of
from vedligehold.table.stretches import stretches

MANY = 2 * population.BLOCK + 1000
SETS = ("requested", "self_training_alternatives", "self_reported")


@pytest.fixture(scope="module")
def cases():
    """More than two blocks."""
    return population.population(MANY)


@pytest.fixture(scope="module")
def rebild():
    """A pack that decides them."""
    return load_pack("rebild")


def case_of(row):
    """The case that a row says."""
    given = {name: value for name, value in row.items() if value is not None}
    known = {fact.name for fact in STANDARD_FACTS}
    happened = [(name, given[f"{name}_on"].isoformat()) for name in EVENTS if f"{name}_on" in given]
    data = {"citizen": {}, "referral": {}, "events": events(*happened), "self_reported": given.get("self_reported", [])}
    for fact in STANDARD_FACTS:
        if fact.name in given:
            data[fact.section][fact.name] = given[fact.name]
    assert {*given} <= known | {f"{name}_on" for name in EVENTS} | {"self_reported"}
    return Case.model_validate(data)


def is_refused(pack, row):
    """Whether a row is no case that can be decided."""
    try:
        decide(pack, case_of(row), on=DAY)
    except CaseError:
        return True
    return False


def test_the_same_seed_draws_the_same_population(cases):
    """And another seed another one."""
    assert_frame_equal(cases, population.population(MANY, seed=population.SEED))
    assert not cases.equals(population.population(MANY, seed=population.SEED + 1))


@pytest.mark.parametrize("rows", [0, 1, population.BLOCK - 1, population.BLOCK, population.BLOCK + 1])
def test_a_population_begins_with_every_smaller_one(cases, rows):
    """A row knows nothing of how many come after it."""
    assert_frame_equal(cases.head(rows), population.population(rows))


@pytest.mark.parametrize("blocks", [1, 2, 5])
def test_how_many_are_drawn_at_once_makes_no_difference(cases, blocks):
    """Chunks are for the memory alone."""
    tables = list(population.tables_of(MANY, blocks=blocks))

    assert -(-3 // blocks) == len(tables)
    assert_frame_equal(cases, pl.concat([pl.DataFrame(table) for table in tables]))


def test_a_file_holds_the_population(cases, tmp_path):
    """Whatever is asked for on the command line is in it."""
    file = tmp_path / "cases.parquet"
    population.main([str(MANY), str(file)])
    assert_frame_equal(cases, pl.read_parquet(file))

    population.main(["50", str(file), "--seed", "7", "--wrong", "0.5", "--on", "2010-05-03"])
    assert_frame_equal(population.population(50, seed=7, on=date(2010, 5, 3), wrong=0.5), pl.read_parquet(file))


@pytest.mark.parametrize("pack", packs(), ids=str)
def test_every_column_is_one_that_the_library_reads(cases, pack):
    """None is misspelt, and no standard fact is without one."""
    found = columns_of(stretches(pack, DAY), cases.columns)
    without = [problem.place for problem in found.notes]

    assert {*cases.columns} == found.read()
    assert [] == without


def test_about_one_value_in_twenty_is_unknown(cases):
    """Of every column, but for what many cases just do not have."""
    seldom = {"complaint_received_on", "waiting_list_entered_on", "waiting_list_left_on", "self_reported"}
    share = {name: cases[name].null_count() / MANY for name in cases.columns}
    asked = share.pop("requested_setting")

    assert {} == {name: each for name, each in share.items() if name not in seldom and not 0.045 < each < 0.055}
    assert all(share[name] > 0.8 for name in seldom)
    assert 0.4 < asked < 0.46  # two in five ask for no setting


def test_sets_are_in_the_order_of_the_vocabulary_and_hold_nothing_twice(cases):
    """As many of each number."""
    for name, most in zip(SETS, (3, 2, 2), strict=True):
        sizes = cases[name].list.len()
        assert {*range(most + 1)} == {*sizes.drop_nulls()}
        assert cases[name].list.n_unique().equals(sizes)


def test_every_row_is_a_case_that_can_be_decided(cases, rebild):
    """None of them says what cannot be."""
    assert [] == [row for row in cases.head(400).iter_rows(named=True) if is_refused(rebild, row)]


def test_just_the_wrong_rows_are_refused(cases, rebild):
    """The others are what they are without any wrong ones."""
    some = 600
    wrong = population.population(some, wrong=0.3)
    rows = zip(cases.head(some).iter_rows(named=True), wrong.iter_rows(named=True), strict=True)
    differs, refused = zip(*[(before != after, is_refused(rebild, after)) for before, after in rows], strict=True)

    assert differs == refused
    assert 0.25 < sum(refused) / some < 0.35


def test_each_kind_of_wrong_value_is_drawn():
    """In about the share that is asked for."""
    wrong = population.population(MANY, wrong=0.06)
    there = {
        "birth_date": (pl.col("birth_date") > DAY).sum(),
        "municipality_code": (pl.col("municipality_code") == "84").sum(),
        "referred_by": (pl.col("referred_by") == "neighbour").sum(),
        "requested": pl.col("requested").list.contains("sauna").sum(),
        "requested_setting": (pl.col("requested_setting") == "pool").sum(),
        "waiting_list_left_on": (
            pl.col("waiting_list_left_on").is_not_null() & pl.col("waiting_list_entered_on").is_null()
        ).sum(),
    }
    (counts,) = wrong.select(**there).iter_rows(named=True)

    assert {*population.WRONG} == {*counts}
    assert {} == {name: count for name, count in counts.items() if not 0.008 < count / MANY < 0.012}
