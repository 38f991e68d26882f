"""What a decided table comes to: every count is that of the rows, told one by one."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import population
import pytest
from IPython.lib.pretty import pretty

import vedligehold as v
from vedligehold.decide_many import decide_many
from vedligehold.source import Words
from vedligehold.table.counts import DeadlineCounts, number, told_outcomes
from vedligehold.table.summary import Summary
from vedligehold.table.tally import summarise

ON = date(2017, 5, 10)
LISTS = ("missing", "excluded", "problems", "warnings")


@pytest.fixture(scope="module")
def pack() -> v.Pack:
    return v.load_pack("sundhed-og-traening")


@pytest.fixture(scope="module")
def decided(pack) -> pl.DataFrame:
    return decide_many(pack, population.population(3000, wrong=0.02), on=ON)


@pytest.fixture(scope="module")
def summary(pack, decided) -> Summary:
    return summarise(pack, decided)


def test_rows_and_outcomes_are_counted(summary, decided):
    """The most frequent first."""
    assert 3000 == summary.rows
    assert Counter(decided["outcome"]) == summary.outcomes
    assert sorted(summary.outcomes.values(), reverse=True) == [*summary.outcomes.values()]
    assert decided["partial"].sum() == summary.partial


@pytest.mark.parametrize("name", LISTS)
def test_what_a_row_lists_is_counted(name, summary, decided):
    """Once a row."""
    expected = Counter(each for row in decided[name] for each in row)
    found = getattr(summary, name)

    assert expected == found
    assert sorted(expected, key=lambda each: (-expected[each], each)) == [*found]


def test_reasons_are_counted_by_outcome(summary, decided):
    """One row may have several."""
    expected: dict[str, Counter[str]] = {}
    for outcome, because in decided.select("outcome", "because").rows():
        if because:
            expected.setdefault(outcome, Counter()).update(because)

    assert expected == summary.because


@pytest.mark.parametrize("on", [None, ON + timedelta(30), ON + timedelta(90)])
def test_deadlines_are_counted_as_each_row_has_them(on, pack, decided):
    """Past: the last day lies before the day, and what fulfils it did not happen by then."""
    found = summarise(pack, decided, on=on).deadlines
    today = ON if on is None else on
    rules = {rule.id: rule for rule in pack.at(ON).deadlines if rule.amount is not None}
    rows = [row for row in decided.rows(named=True) if row["outcome"] != "invalid"]

    assert set(rules) == {name for name, each in found.items() if each.due or each.waiting}
    for name, rule in rules.items():
        dated = [(row[f"due_{name}"], row.get(f"{rule.met_by}_on")) for row in rows if row[f"due_{name}"] is not None]
        late_after = {due: last_day(rule, due) for due, _ in dated}
        met = [1 for due, happened in dated if happened is not None and happened <= late_after[due]]
        past = [
            happened
            for due, happened in dated
            if late_after[due] < today and (happened is None or happened > late_after[due])
        ]
        each = found[name]

        assert (len(dated), len(rows) - len(dated)) == (each.due, each.waiting)
        assert len(met) == each.met, name
        assert (len(past), sum(day is not None for day in past)) == (each.past, each.late), name


def last_day(rule: Any, due: date) -> date:
    return rule.calendar.with_closed(rule.uncertain).next_open(due) if rule.moves else due


def test_a_deadline_is_not_late_on_a_day_that_may_move_its_end(pack):
    """It is late after the day on which it would end if the uncertain day were closed."""
    rule = next(each for each in pack.at(ON).deadlines if each.uncertain and each.moves)
    due = next(
        day for day in rule.calendar.open_days() if day > ON and last_day(rule, day) != day
    )  # Constitution Day, say
    columns = {"outcome": ["granted"], "partial": [False], "decided_on": [ON], f"due_{rule.id}": [due]}
    lists: dict[str, list[Any]] = {name: [[]] for name in ("because", *LISTS)}
    frame = pl.DataFrame(columns | lists, schema_overrides=dict.fromkeys(lists, pl.List(pl.String)))
    late = last_day(rule, due)

    assert 0 == summarise(pack, frame, on=late).deadlines[rule.id].past
    assert 1 == summarise(pack, frame, on=late + timedelta(1)).deadlines[rule.id].past


def test_the_day_may_be_that_of_each_row(pack):
    """Decided by a column: a version or law that did not apply on a row's day counts nothing for it."""
    frame = population.population(500).with_columns(
        pl.Series("dag", [ON + timedelta(days) for days in range(0, 5000, 10)], dtype=pl.Date)
    )
    decided = decide_many(pack, frame, on="dag")
    whole = summarise(pack, decided)
    parts = [summarise(pack, part) for part in decided.iter_slices(50)]

    for name, each in whole.deadlines.items():
        for what in ("due", "waiting", "met", "past", "late"):
            assert getattr(each, what) == sum(getattr(part.deadlines[name], what) for part in parts), (name, what)


FRAMES: dict[str, Callable[[pl.DataFrame], Any]] = {
    "lazy": lambda frame: frame.lazy(),
    "pandas": lambda frame: frame.to_pandas(),
    "arrow": lambda frame: frame.to_arrow(),
    "arrow types": lambda frame: frame.to_pandas(use_pyarrow_extension_array=True),
    "duckdb": lambda frame: duckdb.from_arrow(frame.to_arrow()),
}


@pytest.mark.parametrize("kind", FRAMES)
def test_a_table_of_any_library_comes_to_the_same(kind, pack, decided, summary):
    """As `decide_many` gives it back."""
    assert summary == summarise(pack, FRAMES[kind](decided))


def test_a_table_that_pandas_decided_comes_to_the_same(pack, summary):
    """With its own kinds of lists and days."""
    frame = population.population(3000, wrong=0.02).to_pandas()

    assert isinstance(frame, pd.DataFrame)
    assert summary == summarise(pack, decide_many(pack, frame, on=ON))


def test_a_table_that_was_not_decided_has_no_summary(pack):
    """It is said what is missing."""
    with pytest.raises(v.VedligeholdError, match="there is no column `outcome`: the table has not been decided"):
        summarise(pack, pl.DataFrame({"a": [1]}))
    with pytest.raises(v.VedligeholdError, match="a table is wanted, not `x`"):
        summarise(pack, "x")


def test_small_groups_are_not_told(summary):
    """And what is left out beside them is said to be more."""
    hidden = summary.without_small()
    counts = [
        hidden.outcomes,
        hidden.missing,
        hidden.problems,
        hidden.excluded,
        hidden.warnings,
        *hidden.because.values(),
    ]
    counts += [{"met": each.met, "past": each.past, "late": each.late} for each in hidden.deadlines.values()]

    assert not {1, 2, 3, 4} & {count for each in counts for count in each.values()}
    assert hidden == hidden.without_small()
    assert "5+" not in json.dumps(hidden.model_dump())


@pytest.mark.parametrize(
    ("outcomes", "partial", "expected"),
    [
        ({"a": 4, "b": 5, "c": 30}, 0, (39, {"a": None, "b": "5+", "c": 30}, 0)),
        ({"a": 4, "b": 1, "c": 30}, 0, (35, {"a": None, "b": None, "c": 30}, 0)),
        ({"a": 4, "b": 4}, 0, ("5+", {"a": None, "b": None}, 0)),
        ({"a": 4, "b": 4, "c": 30}, 0, ("5+", {"a": None, "b": None, "c": 30}, 0)),
        ({"granted": 40, "a": 10}, 3, (50, {"granted": 40, "a": 10}, None)),
        ({"granted": 40, "a": 10}, 38, (50, {"granted": 40, "a": 10}, "5+")),
        ({"granted": 3}, 0, (None, {"granted": None}, 0)),
    ],
)
def test_no_small_outcome_can_be_worked_out(outcomes, partial, expected):
    """Of the sum, of what is left of it, or because four and four alone are eight."""
    assert expected == told_outcomes(outcomes, partial, "granted")


@pytest.mark.parametrize(
    ("due", "waiting", "met", "past", "late", "expected"),
    [
        (97, 3, 20, 50, 10, ("5+", None, 20, 50, 10)),
        (100, 40, 60, 38, 36, (100, 40, 60, 38, 36)),
        (100, 40, 60, 38, 2, (100, 40, 60, 38, None)),
        (60, 40, 60, 0, 0, (60, 40, 60, 0, 0)),
        (2, 0, 1, 1, 0, (None, 0, None, None, 0)),
    ],
)
def test_no_small_part_of_a_deadline_can_be_worked_out(due, waiting, met, past, late, expected):
    """Whoever knows how many rows are cases knows how many wait, if it is told how many do not."""
    words = v.load_pack("rebild").at(date(2012, 1, 1)).deadlines[0].title
    told = DeadlineCounts(words, None, None, due, waiting, met, past, late).without_small()

    assert expected == (told.due, told.waiting, told.met, told.past, told.late)


def test_what_an_outcome_left_out_has_in_common_is_left_out_too(summary):
    """A single reason would be as many as it, and with it the small outcome beside it."""
    outcomes = {"granted": 90, "rejected": 12, "redirected": 7, "invalid": 1}
    because = {"rejected": {"need": 12}, "redirected": {"adult": 7}}
    dated = DeadlineCounts(Words("", ""), None, None, due=100, waiting=9, met=0, past=0, late=0)
    waits = replace(dated, due=109, waiting=0)
    told = replace(
        summary, rows=110, outcomes=outcomes, partial=0, because=because, problems={"birth_date:wrong-date": 1},
        missing={}, excluded={}, warnings={"w": 20}, deadlines={"a": dated, "b": waits},
    ).without_small()  # fmt: skip

    assert (110, {"granted": 90, "rejected": 12, "redirected": "5+", "invalid": None}) == (told.rows, told.outcomes)
    assert {"rejected": {"need": 12}, "redirected": {"adult": "5+"}} == told.because
    assert ({"birth_date:wrong-date": None}, {"w": 20}) == (told.problems, told.warnings)
    # and whoever knows how many are cases knows how many are none
    assert [(100, "5+"), ("5+", 0)] == [(each.due, each.waiting) for each in told.deadlines.values()]


def test_a_summary_is_plain_data(summary):
    """As JSON has it."""
    data = json.loads(json.dumps(summary.model_dump()))

    assert {**summary.outcomes} == data["outcomes"]
    assert summary.deadlines["start"].past == data["deadlines"]["start"]["past"]


def test_a_summary_reads_in_danish_and_english(summary):
    """With the words beside the ids."""
    danish, english = str(summary), summary.said("en")

    assert danish.startswith("3.000 rækker\n\nUdfald\n")
    assert "Overskredet: sidste dag ligger før afgørelsesdagen" in danish
    assert "  needs_maintenance\n" in danish
    assert english.startswith("3,000 rows\n\nOutcomes\n")
    assert ("1-4", "12.345") == (number(None, "da"), number(12345, "da"))
    assert danish == pretty(summary)
    assert "1-4" in str(summary.without_small())
    assert "Grupper på 1-4 rækker vises ikke." in str(summary.without_small())
    assert "Grupper på 1-4" not in danish


def test_of_no_rows_there_is_no_outcome_to_tell(pack, decided):
    """Nor a heading for it."""
    assert str(summarise(pack, decided.head(0))).startswith("0 rækker\n\nFrister\n")


def test_a_decided_file_comes_to_what_its_table_does(pack, decided, summary, tmp_path):
    """Also one of text."""
    decided.write_parquet(tmp_path / "decided.parquet")
    assert summary == summarise(pack, pl.scan_parquet(Path(tmp_path, "decided.parquet")))
    texts = decided.with_columns(pl.col(pl.List(pl.String)).list.join("|"))
    texts.write_csv(tmp_path / "decided.csv")
    assert summary == summarise(pack, pl.read_csv(tmp_path / "decided.csv", infer_schema=False))
