"""`vedligehold what-if`: a file of cases in, and out how many get another answer under other rules, and which rows."""

import json
import signal
import sys
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from packs import write_pack
from test_decide_many_command import as_csv, cases, child, names, parts, plain

import vedligehold as v
from vedligehold.cli import run
from vedligehold.table.columns import LISTS
from vedligehold.what_if import what_if

ON = date(2017, 5, 10)
TWENTY = "--pack sundhed-og-traening --set adult_age=20 --on 2017-05-10"
OTHER = "--pack sundhed-og-traening --against rebild --on 2017-05-10"
CPR = "0203481739"

pytestmark = pytest.mark.filterwarnings("ignore::vedligehold.ColumnWarning")


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def told(capsys):
    """Run the command with a line, and give its exit code, what it printed, and what it said on stderr."""

    def call(line: str) -> tuple[int, str, str]:
        code = run(["what-if", *line.split()])
        out, err = capsys.readouterr()
        return code, out, err

    return call


def people(rows: int = 40) -> pl.DataFrame:
    """People who were born from 1990 to 1999."""
    return pl.DataFrame(
        {
            "sag": list(range(rows)),
            "birth_date": [date(1990 + number % 10, 1, 1) for number in range(rows)],
            "needs_maintenance": [True] * rows,
            "requested": [["balance"], []] * (rows // 2),
        }
    )


def as_text(frame: pl.DataFrame) -> list[tuple[Any, ...]]:
    """The rows with a value as CSV has it."""
    lists = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List)]
    texts = frame.with_columns(pl.col(name).list.join("|") for name in lists).select(pl.all().cast(pl.String))
    return texts.with_columns(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in lists).rows()


# ----------------------------------------------------------------------------------------------------------------------
# What comes out


def test_every_kind_of_file_says_what_decide_many_says_under_both_packs(told):
    """The rows of which the two decisions differ, and of each what both say."""
    frame = cases(400).with_row_index("sag")
    frame.write_parquet("in.parquet")
    as_csv(frame, Path("in.csv"), ";")
    Path("in.json").write_text(json.dumps(plain(frame)), encoding="utf-8")
    before, after = (v.decide_many(v.load_pack(pack), frame, on=ON) for pack in ("sundhed-og-traening", "rebild"))
    parts = [name for name in (*LISTS[:3], "outcome", "partial") if name in before.columns]
    dues = [name for name in {*before.columns, *after.columns} if name.startswith("due_")]
    expected = {}
    for sag, (one, other) in enumerate(zip(before.rows(named=True), after.rows(named=True), strict=True)):
        lists = [{*one[name]} != {*other[name]} for name in LISTS[:3]]
        rest = [one.get(name) != other.get(name) for name in ("outcome", "partial", *dues)]
        if any((*lists, *rest)):
            expected[sag] = [(one[name], other[name]) for name in parts]
    summaries = []
    for name in ("in.parquet", "in.csv", "in.json"):
        code, _, _ = told(f"{name} -o {name}.out.parquet {OTHER}")
        found = pl.read_parquet(f"{name}.out.parquet")
        rows = found.rows(named=True)
        summaries.append(json.loads(told(f"{name} {OTHER} --json")[1]))

        assert 0 == code
        assert expected == {
            int(row["sag"]): [(row[f"{name}_before"], row[f"{name}_after"]) for name in parts] for row in rows
        }
    assert 50 < len(expected) < 400
    assert summaries[0] == summaries[1] == summaries[2]


def test_what_is_written_and_told_is_what_the_library_finds(told):
    """The rows, and the summary."""
    frame = people()
    frame.write_parquet("in.parquet")
    pack = v.load_pack("sundhed-og-traening")
    found = what_if(pack, pack.with_parameters(adult_age=20), frame, on=ON)
    code, out, _ = told(f"in.parquet -o out.parquet {TWENTY} --json")

    assert 0 == code
    assert found.changed.equals(pl.read_parquet("out.parquet"))
    assert found.summary().model_dump() == json.loads(out)


@pytest.mark.parametrize("line", [TWENTY, OTHER])
def test_the_summary_is_the_same_whether_or_not_the_rows_are_written(line, told):
    """It is counted of the rows that are written, or of all of them."""
    cases(900).write_parquet("in.parquet")
    as_csv(cases(900), Path("in.csv"))
    alone = json.loads(told(f"in.parquet {line} --least 1 --json")[1])

    assert alone["rows"] == 900
    for name, out in (("in.parquet", "out.parquet"), ("in.parquet", "out.csv"), ("in.csv", "out.csv")):
        assert alone == json.loads(told(f"{name} -o {out} {line} --least 1 --json")[1])
    assert alone == json.loads(told(f"in.csv {line} --least 1 --json")[1])


def test_csv_that_comes_out_says_what_parquet_says(told):
    """An empty list of the table's own is a lone `|`, as it is read; one that came out is nothing."""
    people().write_parquet("in.parquet")
    told(f"in.parquet -o out.parquet {TWENTY}")
    told(f"in.parquet -o out.csv {TWENTY}")
    texts = pl.read_csv("out.csv", infer_schema=False)

    assert {"balance", "|"} == {*texts["requested"]}
    assert as_text(pl.read_parquet("out.parquet").drop("requested")) == texts.drop("requested").rows()


def test_a_column_may_give_the_day_of_the_decision(told):
    """Of a file of text too."""
    pl.DataFrame({"dag": ["2017-05-10", "2019-05-10"], "birth_date": ["1998-01-01"] * 2}).write_csv("in.csv")
    code, out, _ = told("in.csv --pack sundhed-og-traening --set adult_age=20 --on dag --least 1 --json")

    assert (0, 1) == (code, json.loads(out)["changed"])


def test_a_table_of_which_no_row_changes_is_written_with_its_columns(told):
    """Nobody has to ask whether there was a file."""
    people().write_parquet("in.parquet")
    code, out, _ = told("in.parquet -o out.csv --pack sundhed-og-traening --set adult_age=18 --on 2017-05-10")

    assert 0 == code
    assert out.endswith("Rækker, der ændrer sig: 0 af 40\n")
    assert Path("out.csv").read_text(encoding="utf-8").startswith("sag,birth_date,needs_maintenance,requested,outcome_")


def test_a_group_under_five_is_not_told_and_neither_is_how_many_rows_were_written(told):
    """The summary may be read by others than the rows."""
    people(10).write_parquet("in.parquet")
    hidden = told(f"in.parquet -o out.parquet {TWENTY}")[1]
    shown = told(f"in.parquet {TWENTY} --least 1")[1]

    assert hidden.startswith("✓ De rækker, der ændrer sig, er skrevet til out.parquet\nRækker, der ændrer sig: <5 af")
    assert 2 == pl.read_parquet("out.parquet").height
    assert "Rækker, der ændrer sig: 2 af 10" in shown


def test_the_summary_is_danish_or_english(told):
    """And says where the rows are."""
    people().write_parquet("in.parquet")
    english = told(f"in.parquet -o out.csv {TWENTY} --lang en --least 1")[1]

    assert english.startswith("✓ The rows that change are written to out.csv\nRows that change: 8 of 40\n")


def test_what_is_odd_in_the_columns_is_told_once_on_stderr(told):
    """By whichever of the packs it is said."""
    people().rename({"needs_maintenance": "needs_maintainance"}).write_parquet("in.parquet")
    code, _, err = told(f"in.parquet {TWENTY}")

    assert 0 == code
    assert 1 == err.count("needs_maintainance: column-not-read:")


def test_a_number_goes_in_and_none_comes_out(told):
    """The date of birth that it tells is used."""
    pl.DataFrame({"cpr": [CPR, "0101980000"], "needs_maintenance": [True] * 2}).write_csv("in.csv")
    for out in ("out.csv", "out.parquet"):
        said = told(f"in.csv -o {out} {TWENTY} --least 1")

        assert "1 af 2" in said[1]
        assert "cpr" not in pl.scan_csv(out).collect_schema() if out.endswith("csv") else pl.read_parquet_schema(out)


# ----------------------------------------------------------------------------------------------------------------------
# What cannot be used


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("in.csv", "--set, --against: missing-key: one of the two is wanted, and none is given\n"),
        (
            "in.csv --set adult_age=20 --against rebild",
            "--set, --against: two-ways: one of the two is wanted, not both",
        ),
        ("in.csv --set adult_age=20 --set adult_age=21", "--set: duplicate-value: `adult_age` is given twice\n"),
        (
            "in.csv --set adult_age",
            "--set: wrong-value: `adult_age` gives no parameter a value\n  write `NAME=VALUE`\n",
        ),
        ("in.csv --set adult_age=", "--set: wrong-value: `adult_age=` gives no parameter a value\n"),
        ("in.csv --set =20", "--set: wrong-value: `=20` gives no parameter a value\n"),
        ("in.csv --set adult_age=２０", "parameters.adult_age: wrong-type: the text `２０` is no value of `adult_age`"),
        ("in.csv --set adult_age=-1", "parameters.adult_age: wrong-value: `-1` is no value of `adult_age`"),
        (
            "in.csv --set adult_aeg=20",
            "parameters.adult_aeg: unknown-parameter: `adult_aeg` is no parameter of the pack",
        ),
        (
            "in.csv --pack bare.yaml --set adult_age=20",
            "`adult_age` is no parameter of the pack `bare`\n  it has none\n",
        ),
        ("in.csv --against rebuild", "unknown-pack: there is no pack `rebuild`"),
        (
            "in.csv --pack rebild --against sundhed-og-traening --on 2012-01-01",
            "no version of `sundhed-og-traening` in force",
        ),
        (
            "in.csv --against rebild --least 0",
            "least: wrong-value: the smallest group that is shown is a whole number from 1 to 1,000,000, not `0`\n",
        ),
        ("in.csv --against rebild --on dag", "dag: missing-column: there is no column `dag`"),
        (
            "in.csv --against rebild --on 2017-5-1",
            "which is to give the day of the decision\n  a day is written `YYYY-MM-DD`\n",
        ),
        ("folder.csv --against rebild", "folder.csv: unreadable: this is a folder, and no file\n"),
        (". --against rebild", ".: unreadable: this is a folder, and no file\n"),
        ("in.csv --against rebild -o .", ".: unwritable: this is a folder, and no file\n"),
        ("no.csv --against rebild", "no.csv: unreadable: the file cannot be read: no such file or directory\n"),
        ("in.xlsx --against rebild", "in.xlsx: unknown-ending: the ending `.xlsx` is none of a table"),
        ("bad.csv --against rebild", "bad.csv:3: broken-csv: the row has 1 cell, and the header 2\n"),
        ("bad.csv --against rebild -o out.csv", "bad.csv:3: broken-csv: the row has 1 cell, and the header 2\n"),
        ("in.csv --against rebild -o in.csv", "in.csv: same-file: this is the file that is read\n"),
        ("in.csv --against rebild -o out.txt", "out.txt: unknown-ending: the ending `.txt` is none of a table"),
        ("in.csv --against rebild -o no/out.csv", "no/out.csv: unwritable: the file cannot be written: no such file"),
        ("taken.csv --against rebild", "by: taken-column: the table has a column `by`"),
    ],
)
def test_a_line_that_cannot_be_used_is_refused(line, said, told, tmp_path):
    """In words, and before anything is written."""
    write_pack(tmp_path / "rules", pack="bare").rename("bare.yaml")
    as_csv(people(), Path("in.csv"))
    Path("bad.csv").write_text("sag,note\n1,a\n2\n", encoding="utf-8")
    Path("taken.csv").write_text("by\nx\n", encoding="utf-8")
    Path("folder.csv").mkdir()
    before = names()
    words = line if "--pack" in line else f"{line} --pack sundhed-og-traening"
    code, out, err = told(words if "--on" in line else f"{words} --on 2017-05-10")

    assert (2, "") == (code, out)
    assert said in err
    assert "Traceback" not in err
    assert before == names()


@pytest.mark.parametrize("command", ["decide-many in.csv -o out.csv", "what-if in.csv --against rebild"])
@pytest.mark.parametrize("library", ["narwhals", "polars", "pyarrow"])
def test_a_library_that_is_not_installed_is_named(library, command, monkeypatch, capsys):
    """None of them comes with the package."""
    Path("in.csv").write_text("sag\n1\n", encoding="utf-8")
    monkeypatch.setitem(sys.modules, library, None)  # as good as not installed
    line = f"{command} --pack sundhed-og-traening --on 2017-05-10"

    assert 2 == run(line.split())
    assert f"missing-library: tables are decided with `{library}`, which is not installed\n" in capsys.readouterr().err


# ----------------------------------------------------------------------------------------------------------------------
# Whole or not at all


@pytest.mark.long
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_asked_to_end_in_the_middle_it_leaves_nothing(how, tmp_path):
    """And the file that was there stays."""
    pl.concat([cases(60_000)] * 10).write_parquet("in.parquet")
    Path("out.parquet").write_text("old", encoding="utf-8")
    process = child("what-if", "in.parquet", "-o", "out.parquet", "--against", "rebild")
    while process.poll() is None and not any(part.stat().st_size for part in parts(tmp_path)):
        pass
    process.send_signal(how)
    said, err = process.communicate(timeout=120)

    assert (2, "", "vedligehold: stopped\n") == (process.returncode, said, err.lstrip())
    assert "old" == Path("out.parquet").read_text(encoding="utf-8")
    assert [] == parts(tmp_path)


@pytest.mark.long
def test_a_disk_that_is_full_is_one_line():
    """Nothing is left of what was written before."""
    pl.concat([cases(50_000)] * 2).write_parquet("in.parquet")
    done = child("what-if", "in.parquet", "-o", "out.csv", "--against", "rebild", most=200_000)
    said, err = done.communicate(timeout=120)

    assert (2, "") == (done.returncode, said)
    assert err.endswith("out.csv: unwritable: the file cannot be written: file too large\n")
    assert ["in.parquet"] == names()


def test_somebody_who_looks_on_sees_a_bar(told, monkeypatch):
    """On stderr, and on a terminal alone."""
    cases(50_000).write_parquet("in.parquet")
    quiet = told(f"in.parquet {TWENTY} --json")
    monkeypatch.setenv("FORCE_COLOR", "1")
    watched = told(f"in.parquet {TWENTY} --json")

    assert "Afgør" not in quiet[2]
    assert "Afgør" in watched[2]
    assert quiet[1] == watched[1]


def test_nothing_is_left_where_somebody_stops_it_before_it_begins():
    """The part is made and taken away again."""
    from vedligehold.table.compared_files import ChangeJob
    from vedligehold.table.source import Stopped

    people().write_parquet("in.parquet")
    pack = v.load_pack("sundhed-og-traening")
    for out in (None, Path("out.parquet")):
        job = ChangeJob(pack, pack.with_parameters(adult_age=20), Path("in.parquet"), out, ON)
        job.watch.stop()
        with pytest.raises(Stopped):
            job.run()

    assert ["in.parquet"] == names()
