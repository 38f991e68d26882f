"""A table decided under two packs: the rows that change are those of which the two decisions differ, and no other."""

import itertools
import json
import warnings
from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import cache
from random import Random
from typing import Any, get_args

import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.lib.pretty import pretty
from packs import make_pack
from strategies import Shape, generated, tries
from tables import Table, table, two_versions
from test_parameters import OTHER, as_given

from vedligehold import CaseError, NotInForce, Pack, PackError, VedligeholdError, load_pack, what_if
from vedligehold.decide_many import ColumnWarning
from vedligehold.hiding import Counts, hidden
from vedligehold.table.row import Rows
from vedligehold.what_if import WhatIf, _summary

pytestmark = pytest.mark.filterwarnings("ignore::vedligehold.ColumnWarning")

TYPES: dict[str, Any] = {
    "bool": pl.Boolean,
    "int": pl.Int64,
    "float": pl.Float64,
    "decimal": pl.Decimal(38, 16),
    "date": pl.Date,
    "datetime": pl.Datetime("us"),
    "text": pl.String,
    "list": pl.List(pl.String),
}
PARTS = ("outcome", "partial", "because", "missing", "excluded")
SETS = ("because", "missing", "excluded")
SEEDS = range(10)


def frame_of(made: Table) -> pl.DataFrame:
    columns = {
        name: pl.Series(name, values, dtype=TYPES[kind], strict=True) for name, (kind, values) in made.columns.items()
    }
    return pl.DataFrame(columns, height=made.rows)


def other_pack(pack: Pack, random: Random) -> Pack:
    """A pack with other parameters, where a file may have them; now and then another pack altogether."""
    if random.random() < 0.3:
        return random.choice([each.pack for each in generated("any")])
    for _ in range(9):
        names = random.sample(sorted(OTHER), 4)
        try:
            return pack.with_parameters(**{name: as_given(name, random.choice(OTHER[name])) for name in names})
        except PackError:
            continue
    return pack


@cache
def situation(seed: int) -> tuple[Table, Pack]:
    """A table at random with its pack, and another pack."""
    random = Random(seed)
    made = [each.pack for shape in get_args(Shape) for each in generated(shape)]
    pack = random.choice([*made, *two_versions(3)])
    return table(pack, seed, 40), other_pack(pack, random)


def decided(made: Table, pack: Pack) -> list[dict[str, Any]]:
    """Every row under *pack*, by the reference."""
    rows = Rows(pack, list(made.columns), made.on)
    return [rows.decided(made.row(number)) for number in range(made.rows)]


def differ(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    dues = {name for name in (*one, *other) if name.startswith("due_")}
    parts = [(one[name], other[name]) for name in PARTS if name not in SETS]
    parts += [(set(one[name]), set(other[name])) for name in SETS]
    return any(a != b for a, b in (*parts, *((one.get(name), other.get(name)) for name in dues)))


# ----------------------------------------------------------------------------------------------------------------------
# The rows that change


@pytest.mark.parametrize("seed", SEEDS)
def test_the_rows_that_change_are_those_of_which_the_decisions_differ(seed):
    """And of each what both say stands beside it, with the table's own columns."""
    made, other = situation(seed)
    frame = frame_of(made)
    found = what_if(made.pack, other, frame, on=made.on).changed
    before, after = decided(made, made.pack), decided(made, other)
    places = [at for at in range(made.rows) if differ(before[at], after[at])]
    own = [name for name in frame.columns if name != "cpr"]

    assert frame[places].select(own).equals(found.select(own))
    for at, row in zip(places, found.rows(named=True), strict=True):
        for name in [name.removesuffix("_before") for name in found.columns if name.endswith("_before")]:
            assert before[at].get(name) == row[f"{name}_before"]
            assert after[at].get(name) == row[f"{name}_after"]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_row_changes_by_what_one_of_the_decisions_names(seed):
    """Between two outcomes by all that the one or the other names, with one outcome by what just one names."""
    made, other = situation(seed)
    for row in what_if(made.pack, other, frame_of(made), on=made.on).changed.rows(named=True):
        before, after, by = row["because_before"], row["because_after"], row["by"]
        outcomes = (row["outcome_before"], row["outcome_after"])
        if "invalid" in outcomes:
            assert [] == by
        elif outcomes[0] == "granted" or outcomes[1] == "granted":
            assert before + after == by
        elif outcomes[0] == outcomes[1] and outcomes[0] != "needs_information":
            assert {*before} ^ {*after} == {*by}
        else:
            assert by in (before, after) or {*before} ^ {*after} == {*by}


@pytest.mark.parametrize("seed", SEEDS[:3])
def test_nothing_changes_under_the_same_pack(seed):
    made, _ = situation(seed)
    found = what_if(made.pack, made.pack, frame_of(made), on=made.on)

    assert 0 == found.changed.height
    assert (made.rows, 0) == (found.summary(least=1).rows.rows, found.summary().changed.rows)


@pytest.mark.parametrize("seed", SEEDS[:5])
def test_the_other_way_round_the_columns_are_swapped(seed):
    """The rows are the same, and so are the requirements by which they change."""
    made, other = situation(seed)
    frame = frame_of(made)
    there = what_if(made.pack, other, frame, on=made.on).changed
    back = what_if(other, made.pack, frame, on=made.on).changed
    swapped = {
        name: name.replace("_before", "_after") if name.endswith("_before") else name.replace("_after", "_before")
        for name in there.columns
        if name.endswith(("_before", "_after"))
    }

    assert there.rename(swapped).drop("by").equals(back.select(there.rename(swapped).columns).drop("by"))
    assert [{*each} for each in there["by"]] == [{*each} for each in back["by"]]


@pytest.mark.parametrize("seed", SEEDS[:5])
def test_the_summary_counts_the_rows_that_change(seed):
    """With nothing hidden it is what anybody would count."""
    made, other = situation(seed)
    found = what_if(made.pack, other, frame_of(made), on=made.on)
    rows = found.changed.rows(named=True)
    said = found.summary(least=1)
    moves = Counter((outcome(row, "before"), outcome(row, "after")) for row in rows)

    assert (made.rows, len(rows)) == (said.rows.rows, said.changed.rows)
    assert made.rows - len(rows) == said.unchanged.rows
    assert moves == {(each.before, each.after): each.count.rows for each in said.outcomes}
    assert Counter(name for row in rows for name in row["by"]) == {each.id: each.count.rows for each in said.by}


def outcome(row: Mapping[str, Any], side: str) -> str:
    return "partial" if row[f"partial_{side}"] else str(row[f"outcome_{side}"])


# ----------------------------------------------------------------------------------------------------------------------
# Every kind of table


def plain_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows as any kind of table has them, in any order."""
    bare = [{name: list(each) if isinstance(each, tuple) else each for name, each in row.items()} for row in rows]
    return sorted(bare, key=lambda row: json.dumps(row, default=str, sort_keys=True))


RULES: dict[str, Any] = {
    "parameters": {"adult_age": {"years": "18"}},
    "requirements": [
        {"id": "adult", "kind": "scope", "require": {"age": {"at_least": "adult_age"}}},
        {"id": "need", "kind": "strict", "require": "needs_maintenance"},
        {"id": "free", "kind": "strict", "require": {"not": "receives_free_physiotherapy"}},
    ],
    "leave_out": [{"id": "heat", "items": ["heat_packs"], "when": {"age": {"at_least": "adult_age"}}}],
    "entitlement": {"content": [{"id": "balance", "give": ["balance"]}]},
    "deadlines": [{"id": "contact", "from": "granted", "within": {"weeks": "2"}, "kind": "target"}],
}
ON = date(2017, 5, 10)


def without(section: str) -> dict[str, Any]:
    """The rules without one of their sections."""
    return {key: part for key, part in RULES.items() if key != section}


@pytest.fixture(scope="module")
def packs(tmp_path_factory: Any) -> tuple[Pack, Pack]:
    """A pack, and the same where one is grown up at 20."""
    pack = make_pack(tmp_path_factory.mktemp("rules"), **RULES)
    return pack, pack.with_parameters(adult_age=20)


def small_table(rows: int = 30) -> pl.DataFrame:
    """People of 16 to 22 years, of whom some need it."""
    years = [1995 + number % 7 for number in range(rows)]
    return pl.DataFrame(
        {
            "sag": list(range(rows)),
            "birth_date": [None if number == 3 else date(year, 1, 1) for number, year in enumerate(years)],
            "needs_maintenance": [number % 4 != 0 for number in range(rows)],
            "receives_free_physiotherapy": [False] * rows,
            "requested": [["heat_packs"] if number % 3 else ["balance"] for number in range(rows)],
            "granted_on": [date(2017, 5, 1)] * rows,
        }
    )


def test_a_lazy_frame_stays_lazy(packs):
    frame = small_table()
    found = what_if(packs[0], packs[1], frame.lazy(), on=ON)

    assert isinstance(found.changed, pl.LazyFrame)
    eager = what_if(packs[0], packs[1], frame, on=ON)
    assert eager.changed.equals(found.changed.collect())
    assert eager.summary(least=1) == found.summary(least=1)


def test_pyarrow_gives_pyarrow(packs):
    arrow = pytest.importorskip("pyarrow")
    expected = what_if(packs[0], packs[1], small_table(), on=ON)
    found = what_if(packs[0], packs[1], small_table().to_arrow(), on=ON)

    assert isinstance(found.changed, arrow.Table)
    assert expected.changed.rows(named=True) == found.changed.to_pylist()
    assert expected.summary(least=1) == found.summary(least=1)


def test_duckdb_gives_duckdb(packs):
    duckdb = pytest.importorskip("duckdb")
    frame = small_table()
    expected = what_if(packs[0], packs[1], frame, on=ON)
    with duckdb.connect() as here:
        here.register("cases", frame)
        found = what_if(packs[0], packs[1], here.table("cases"), on=ON)

        assert isinstance(found.changed, duckdb.DuckDBPyRelation)
        assert plain_rows(expected.changed.rows(named=True)) == plain_rows(found.changed.pl().rows(named=True))
        assert expected.summary(least=1) == found.summary(least=1)


def test_spark_gives_spark(packs, spark):
    from pyspark.sql import DataFrame

    frame = small_table()
    expected = what_if(packs[0], packs[1], frame, on=ON)
    schema = "sag long, birth_date date, needs_maintenance boolean, receives_free_physiotherapy boolean, "
    cases = spark.createDataFrame(frame.rows(), schema=schema + "requested array<string>, granted_on date")
    found = what_if(packs[0], packs[1], cases, on=ON)

    assert isinstance(found.changed, DataFrame)
    rows = [row.asDict() for row in found.changed.collect()]
    assert plain_rows(expected.changed.rows(named=True)) == plain_rows(rows)
    assert expected.summary(least=1) == found.summary(least=1)


def test_spark_reads_columns_whose_names_have_dots(packs, spark):
    """The day of the decision, and one of the table's own."""
    frame = small_table().with_columns(pl.lit(ON).alias("afgjort.den"), pl.lit("x").alias("note.`a`"))
    expected = what_if(packs[0], packs[1], frame, on="afgjort.den")
    schema = "sag long, birth_date date, needs_maintenance boolean, receives_free_physiotherapy boolean, "
    schema += "requested array<string>, granted_on date, `afgjort.den` date, `note.``a``` string"
    found = what_if(packs[0], packs[1], spark.createDataFrame(frame.rows(), schema=schema), on="afgjort.den")

    assert expected.summary(least=1) == found.summary(least=1)
    assert plain_rows(expected.changed.rows(named=True)) == plain_rows(
        [row.asDict() for row in found.changed.collect()]
    )


def test_pandas_gives_pandas_with_its_own_index(packs):
    frame = small_table()
    expected = what_if(packs[0], packs[1], frame, on=ON)
    given = frame.to_pandas().set_index("sag", drop=False)
    found = what_if(packs[0], packs[1], given, on=ON)

    assert isinstance(found.changed, pd.DataFrame)
    assert expected.changed["sag"].to_list() == list(found.changed.index)
    for name in ("outcome_before", "outcome_after", "because_after", "by", "excluded_before", "partial_after"):
        assert expected.changed[name].to_list() == found.changed[name].to_list()
    assert expected.summary(least=1) == found.summary(least=1)


def test_rows_of_pandas_that_no_column_can_hold_are_compared_too(packs):
    """An odd cell stands in a row that changes, in one that does not, and in one that is no case."""
    given = small_table().to_pandas()
    given["needs_maintenance"] = given["needs_maintenance"].astype(object)
    given["birth_date"] = given["birth_date"].astype(object)
    given.loc[5, "birth_date"] = "1998-01-01"
    given.loc[6, "birth_date"] = "1950-01-01"
    given.loc[7, "needs_maintenance"] = "ja"
    given.loc[8, "birth_date"] = "i går"
    found = what_if(packs[0], packs[1], given, on=ON)

    changed = set(found.changed["sag"])
    assert (True, False, False, False) == tuple(number in changed for number in (5, 6, 7, 8))
    assert found.changed["sag"].is_monotonic_increasing
    assert len(given) == found.summary(least=1).rows.rows
    assert len(changed) == found.summary(least=1).changed.rows


# ----------------------------------------------------------------------------------------------------------------------
# Single rows


def one(packs: tuple[Pack, Pack], **row: Any) -> dict[str, Any] | None:
    """What comes out of one row; None: it does not change."""
    born = {"birth_date": date(1998, 1, 1), "needs_maintenance": True, "receives_free_physiotherapy": False}
    frame = pl.DataFrame([{**born, **row}])
    rows = what_if(packs[0], packs[1], frame, on=ON).changed.rows(named=True)
    return rows[0] if rows else None


def test_who_is_sent_elsewhere_is_told_by_the_new_age(packs):
    row = one(packs)

    assert row is not None
    assert ("granted", "redirected", ["adult"]) == (row["outcome_before"], row["outcome_after"], row["by"])


def test_the_door_is_the_cause_where_the_refusal_behind_it_is_not_seen_any_more(packs):
    """Refused before and sent elsewhere now: what refused still does, and nobody asks."""
    row = one(packs, needs_maintenance=False)

    assert row is not None
    assert (["need"], ["adult"], ["adult"]) == (row["because_before"], row["because_after"], row["by"])


def test_a_grant_that_leaves_something_out_changes_too(packs, tmp_path):
    other = make_pack(tmp_path, **without("leave_out"))
    row = one((packs[0], other), requested=["heat_packs"])

    assert row is not None
    assert ([True, False], [["heat_packs"], []]) == (
        [row["partial_before"], row["partial_after"]],
        [row["excluded_before"], row["excluded_after"]],
    )
    assert [] == row["by"]


def test_a_date_that_is_counted_otherwise_changes_the_row(packs, tmp_path):
    later = {"id": "contact", "from": "granted", "within": {"weeks": "3"}, "kind": "target"}
    other = make_pack(tmp_path, **{**RULES, "deadlines": [later]})
    row = one((packs[0], other), granted_on=date(2017, 5, 1))

    assert row is not None
    assert (date(2017, 5, 15), date(2017, 5, 22)) == (row["due_contact_before"], row["due_contact_after"])
    assert ("granted", "granted", []) == (row["outcome_before"], row["outcome_after"], row["by"])
    assert one((packs[0], other)) is None


def test_dates_that_are_counted_alike_have_no_columns(packs):
    """Parameters change no deadline."""
    row = one(packs)

    assert row is not None
    assert not [name for name in row if name.startswith("due_")]


def test_a_deadline_of_one_pack_alone_has_no_date_on_the_other_side(packs, tmp_path):
    other = make_pack(tmp_path, **without("deadlines"))
    row = one((packs[0], other), granted_on=date(2017, 5, 1))

    assert row is not None
    assert (date(2017, 5, 15), None) == (row["due_contact_before"], row["due_contact_after"])


def test_a_row_that_is_no_case_under_one_pack_alone_changes(packs, tmp_path):
    level: dict[str, Any] = {"facts": {"level": {"type": "int", "minimum": "0", "maximum": "4"}}}
    need = {"id": "need", "kind": "strict", "require": {"any": ["needs_maintenance", {"level": {"at_least": "2"}}]}}
    other = make_pack(tmp_path, requirements=[need], **level)
    row = one((packs[0], other), level=9)

    assert row is not None
    assert ("granted", "invalid", []) == (row["outcome_before"], row["outcome_after"], row["by"])
    assert one((other, other), level=9) is None
    assert one(packs, birth_date=date(2018, 1, 1)) is None, "no case under both"


def test_a_cpr_number_is_read_and_never_comes_out(packs):
    frame = pl.DataFrame({"cpr": ["010198-0000"], "needs_maintenance": [True]})
    for cases in (frame, frame.to_arrow(), frame.to_pandas()):
        found = what_if(packs[0], packs[1], cases, on=ON).changed

        assert 1 == len(found)
        assert "cpr" not in (found.column_names if hasattr(found, "column_names") else found.columns)


def test_a_column_that_would_come_out_is_refused(packs):
    with pytest.raises(CaseError) as found:
        what_if(packs[0], packs[1], pl.DataFrame({"by": [1], "outcome_after": ["x"]}), on=ON)

    assert [("outcome_after", "taken-column"), ("by", "taken-column")] == [
        (each.place, each.code) for each in found.value.problems
    ]


def test_what_is_no_pack_no_day_and_no_frame_is_refused(packs):
    frame = small_table()
    with pytest.raises(PackError):
        what_if(packs[0], "rebild", frame, on=ON)  # type: ignore[arg-type]
    with pytest.raises(CaseError):
        what_if(packs[0], packs[1], frame, on=None)  # type: ignore[arg-type]
    with pytest.raises(VedligeholdError):
        what_if(packs[0], packs[1], [1, 2], on=ON)
    with pytest.raises(NotInForce):
        what_if(packs[0], packs[1], frame, on=date(1990, 5, 1))


@pytest.mark.filterwarnings("default::vedligehold.ColumnWarning")
def test_what_there_is_to_know_of_the_columns_is_told_once(packs):
    frame = small_table().drop("receives_free_physiotherapy")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        what_if(packs[0], packs[1], frame, on=ON)
    said = [str(each.message) for each in told if each.category is ColumnWarning]

    assert 1 == len([each for each in said if "receives_free_physiotherapy" in each])
    assert {__file__} == {each.filename for each in told if each.category is ColumnWarning}


# ----------------------------------------------------------------------------------------------------------------------
# The summary


def of_groups(*found: tuple[str, str, tuple[str, ...], int], unchanged: int = 0) -> WhatIf[None]:
    """What is found where there are those groups."""
    from vedligehold.table.compared import Group

    groups = [Group(before, after, by, changed=True, rows=rows) for before, after, by, rows in found]
    return WhatIf(None, lambda: [*groups, Group("", "", (), changed=False, rows=unchanged)], {})


def test_a_group_under_five_is_not_told():
    said = of_groups(
        ("granted", "rejected", ("need",), 40),
        ("granted", "redirected", ("adult",), 3),
        ("rejected", "granted", ("free",), 2),
        unchanged=955,
    ).summary()

    data = said.model_dump()
    assert {"rows": 1000, "changed": 45, "unchanged": 955}.items() <= data.items()
    assert [40, None, None] == [each["rows"] for each in data["outcomes"]]
    assert [40, None, None] == [each["rows"] for each in data["by"]]


def test_the_total_is_not_told_where_it_would_tell_of_a_small_group():
    """45 in all and 42 of the one kind are 3 of the other."""
    said = of_groups(
        ("granted", "rejected", ("need",), 42), ("granted", "redirected", ("adult",), 3), unchanged=955
    ).summary()

    assert [1000, None, None] == [said.rows.rows, said.changed.rows, said.unchanged.rows]
    assert [42, None] == [each.count.rows for each in said.outcomes]
    assert "Rækker, der ændrer sig: – af 1.000" in str(said)
    assert "<5" in str(said)


def test_small_groups_are_told_where_somebody_asks_for_them():
    said = of_groups(("granted", "rejected", ("need",), 1), unchanged=9).summary(least=1)

    assert [10, 1, 9] == [said.rows.rows, said.changed.rows, said.unchanged.rows]


def test_that_nothing_changes_can_be_told():
    said = of_groups(unchanged=100).summary()

    assert [100, 0, 100] == [said.rows.rows, said.changed.rows, said.unchanged.rows]
    assert "Rækker, der ændrer sig: 0 af 100" == str(said)
    assert "Rows that change: 0 of 100" == said.said("en")


def test_the_order_does_not_tell_which_small_group_is_the_larger():
    by = [of_groups(("granted", "rejected", ("a",), a), ("granted", "rejected", ("b",), b), unchanged=90).summary().by
          for a, b in ((2, 4), (4, 2))]  # fmt: skip

    assert [["a", "b"], ["a", "b"]] == [[each.id for each in causes] for causes in by]


def test_a_grant_in_part_is_an_outcome_of_its_own(packs, tmp_path):
    other = make_pack(tmp_path, **without("leave_out"))
    rows = [{"birth_date": date(1950, 1, 1), "needs_maintenance": True, "requested": ["heat_packs"]}] * 7
    frame = pl.DataFrame(rows).with_columns(receives_free_physiotherapy=pl.lit(value=False))
    (move,) = what_if(packs[0], other, frame, on=ON).summary().outcomes

    assert ("partial", "granted", 7) == (move.before, move.after, move.count.rows)


@pytest.mark.parametrize("least", [0, -1, True, 2.0, None, "5", 1_000_001])
def test_the_smallest_group_is_a_whole_number_from_one_to_a_million(least):
    with pytest.raises(VedligeholdError) as found:
        of_groups().summary(least=least)

    assert ["wrong-value"] == [each.code for each in found.value.problems]


def test_the_summary_is_plain_data_and_speaks_both_languages():
    said = of_groups(("granted", "rejected", ("need",), 1200), ("granted", "invalid", (), 2), unchanged=9000).summary()

    json.dumps(said.model_dump())
    assert "BEVILLING → AFSLAG" in str(said)
    assert "GRANT → NO CASE" in said.said("en")
    assert "1.200" in str(said)
    assert "1,200" in said.said("en")
    assert pretty(said) == str(said)


@st.composite
def counted(draw: st.DrawFn) -> list[Any]:
    """A few groups, most of them small, and rows that do not change."""
    from vedligehold.table.compared import Group

    moves, names = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    keys = st.tuples(st.integers(1, moves), st.frozensets(st.integers(1, names), max_size=2))
    cells = draw(st.dictionaries(keys, st.integers(1, 7), min_size=1, max_size=4))
    groups = [Group("a", f"m{move}", tuple(f"r{each}" for each in sorted(by)), True, rows)
              for (move, by), rows in cells.items()]  # fmt: skip
    return [*groups, Group("", "", (), changed=False, rows=draw(st.sampled_from([0, 1, 2, 3, 8, 50])))]


@pytest.mark.long
@tries(120)
@given(groups=counted())
def test_no_hidden_group_can_be_worked_out(groups):
    """Whoever knows which groups there are, and nothing of their sizes but what is shown, finds two sizes or more.

    All that could be shown is tried: every number of rows in every group.
    """
    from vedligehold.what_if import _counts

    least = 3
    counts = _counts(groups)
    small, beside = hidden(counts, least)
    told = [name for name in counts.sums if name not in small | beside]
    if not any(counts.sums[name] for name in told):
        return  # nothing is shown at all
    possible: dict[Any, set[int]] = {name: set() for name in small}
    near = [range(1, 10) if rows < 10 else range(rows - 3, rows + 4) for rows in counts.cells]
    for sizes in itertools.product(*near):
        sums = {name: sum(sizes[cell] for cell in cells) for name, cells in counts.sums.items()}
        if (
            all(counts.of(name) == sums[name] for name in told)
            and all(0 < sums[name] < least for name in small)
            and all(sums[name] >= least for name in beside)
        ):
            for name in small:
                possible[name].add(sums[name])

    assert [] == [name for name, sizes in possible.items() if len(sizes) < 2]


@tries(60)
@given(groups=counted())
def test_nothing_is_hidden_where_no_group_is_small(groups):
    larger = [each._replace(rows=each.rows + 4 if each.rows else 0) for each in groups]
    said = _summary(larger, 5, {})

    assert None not in [each.count.rows for each in said.outcomes] + [each.count.rows for each in said.by]
    assert None not in [said.rows.rows, said.changed.rows, said.unchanged.rows]


def test_many_groups_are_looked_through_in_a_moment():
    """A real summary has dozens of them."""
    random = Random(1)
    groups = {
        (f"m{random.randrange(14)}", frozenset(f"r{random.randrange(25)}" for _ in range(random.choice([1, 1, 2])))):
        random.choice([1, 2, 3, 7, 40, 500])
        for _ in range(60)
    }  # fmt: skip
    found = of_groups(*(("a", move, tuple(sorted(by)), rows) for (move, by), rows in groups.items()), unchanged=99)
    said = found.summary()
    counts = Counts([1, 9], {"all": frozenset((0, 1)), "one": frozenset((0,))}, "all", frozenset())

    shown = [each.count.rows for each in said.outcomes] + [each.count.rows for each in said.by]
    assert all((rows or 5) >= 5 for rows in shown)
    assert ({"one"}, set()) == hidden(counts, 5)


def test_a_real_pack_with_a_higher_age():
    pack = load_pack("sundhed-og-traening")
    frame = pl.DataFrame({"birth_date": [date(1998, 1, 1), date(1948, 1, 1), None]})
    found = what_if(pack, pack.with_parameters(adult_age=30), frame, on=ON)

    assert [date(1998, 1, 1)] == found.changed["birth_date"].to_list()
    assert ["Fyldt 18 år"] == [each.title.da for each in found.summary().by]
