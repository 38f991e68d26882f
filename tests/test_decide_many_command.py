"""`vedligehold decide-many`: a file of cases in, a decided file out, whole or not at all, and a summary."""

import json
import os
import resource
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import population
import pytest
from packs import ROOT
from tables import Table, packs_for_tables, table

import vedligehold as v
from vedligehold.cli import run
from vedligehold.facts import EVENTS, FactType
from vedligehold.table.cells import spelled
from vedligehold.table.columns import LISTS, set_items, stated_facts
from vedligehold.table.on_polars import run as decide
from vedligehold.table.row import Rows

ON = "2017-05-10"
LINE = "--pack sundhed-og-traening --on 2017-05-10"
CPR = "0203481739"
DTYPES: dict[str, Any] = {
    "bool": pl.Boolean,
    "int": pl.Int64,
    "float": pl.Float64,
    "decimal": pl.Decimal(38, 16),
    "date": pl.Date,
    "datetime": pl.Datetime("us"),
    "text": pl.String,
    "list": pl.List(pl.String),
}


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def decide_many(capsys):
    """Run the command with a line, and give its exit code, what it printed, and what it said on stderr."""

    def call(line: str, *more: str) -> tuple[int, str, str]:
        code = run(["decide-many", *line.split(), *more])
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.fixture(scope="session", autouse=True)
def _packs() -> None:
    packs_for_tables(2)


def cases(rows: int = 200, **other: Any) -> pl.DataFrame:
    return population.population(rows, wrong=0.05, on=date(2017, 5, 10), **other)


def names() -> list[str]:
    """What stands in the folder."""
    return sorted(path.name for path in Path().iterdir())


def plain(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """The rows as JSON has them, without what is not said."""
    return [json.loads(json.dumps(row, default=str)) for row in frame.rows(named=True)]


def as_csv(frame: pl.DataFrame, path: Path, separator: str = ",") -> None:
    """Write *frame* with its lists as text."""
    lists = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List)]
    texts = frame.with_columns(
        pl.when(pl.col(name).list.len() == 0).then(pl.lit("|")).otherwise(pl.col(name).list.join("|")).alias(name)
        for name in lists
    )
    texts.write_csv(path, separator=separator)


def results(file: Path, names: list[str]) -> pl.DataFrame:
    """The columns that came out, as text where they are no lists."""
    found = pl.read_parquet(file).select(names)
    return found.with_columns(pl.col(name).cast(pl.String) for name in names if name not in LISTS)


# ----------------------------------------------------------------------------------------------------------------------
# What comes out


def test_parquet_csv_and_json_give_the_same_decisions_in_the_same_order(decide_many):
    """An array of objects, an object a line, commas, semicolons: whatever says the same is decided alike."""
    frame = cases().with_row_index("sag")
    frame.write_parquet("in.parquet")
    as_csv(frame, Path("in.csv"))
    as_csv(frame, Path("semicolons.csv"), ";")
    rows = plain(frame)
    Path("in.json").write_text(json.dumps(rows), encoding="utf-8")
    Path("in.ndjson").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    for name in ("in.parquet", "in.csv", "semicolons.csv", "in.json", "in.ndjson"):
        assert 0 == decide_many(f"{name} -o {name}.out.parquet {LINE}")[0]
    expected = v.decide_many(v.load_pack("sundhed-og-traening"), frame, on=date(2017, 5, 10))
    new = [name for name in expected.columns if name not in frame.columns]
    first = results(Path("in.parquet.out.parquet"), new)

    assert expected.equals(pl.read_parquet("in.parquet.out.parquet"))
    for name in ("in.csv", "semicolons.csv", "in.json", "in.ndjson"):
        assert first.equals(results(Path(f"{name}.out.parquet"), new)), name
        assert frame["sag"].cast(pl.String).equals(pl.read_parquet(f"{name}.out.parquet")["sag"].cast(pl.String))


def test_csv_that_comes_out_says_what_parquet_says(decide_many):
    """Lists are joined; an empty one of the table's own is a lone `|`, as it is read."""
    frame = cases()
    frame.write_parquet("in.parquet")
    assert 0 == decide_many(f"in.parquet -o out.parquet {LINE}")[0]
    assert 0 == decide_many(f"in.parquet -o out.csv {LINE}")[0]
    whole = pl.read_parquet("out.parquet")
    texts = pl.read_csv("out.csv", infer_schema=False)

    for name in whole.columns:
        if name in LISTS:
            joined = [("|".join(each) or None) for each in whole[name]]
        elif isinstance(whole.schema[name], pl.List):
            joined = [None if each is None else "|".join(each) or "|" for each in whole[name]]
        else:
            joined = whole[name].cast(pl.String).to_list()
        assert joined == texts[name].to_list(), name


def test_what_comes_out_can_be_read_and_decided_again(decide_many):
    """As CSV, with the columns that came out taken away."""
    cases().write_parquet("in.parquet")
    decide_many(f"in.parquet -o first.csv {LINE}")
    first = pl.read_csv("first.csv", infer_schema=False)
    own = [name for name in first.columns if name in pl.read_parquet_schema("in.parquet")]
    first.select(own).write_csv("again.csv")
    decide_many(f"again.csv -o second.csv {LINE}")

    assert Path("first.csv").read_bytes() == Path("second.csv").read_bytes()


def kinds(made: Table) -> dict[str, FactType]:
    """What each column that is read holds."""
    from vedligehold.table.stretches import stretches

    among = stretches(made.pack, None)
    facts, items = stated_facts(among), set_items(among)
    found = {name: fact.type for name, fact in facts.items()} | {f"{event}_on": FactType.DATE for event in EVENTS}
    found |= {f"{name}_{item}": FactType.BOOL for name, labels in items.items() for item in labels}
    found |= {name: FactType.BOOL for name in made.columns if name.startswith(("finding_", "self_reported_"))}
    return {**found, "self_reported": FactType.SET}


def text_of(kind: str, value: Any) -> str | None:
    if value is None:
        return None
    match kind:
        case "list":
            return None if None in value else "|".join(value) or "|"
        case "bool":
            return str(value).lower()
        case "datetime":
            return str(value.date()) if value.time().isoformat() == "00:00:00" else value.isoformat()
        case _:
            return str(value)


@pytest.mark.parametrize("seed", range(24))
def test_a_csv_is_decided_as_the_reference_decides_each_row_of_its_text(seed, decide_many, tmp_path):
    """Random tables, most cells right, some wrong: the text of a cell is the value that it spells."""
    packs = [v.load_pack("rebild"), v.load_pack("sundhed-og-traening")]
    made = table(packs[seed % 2], seed, 60)
    texts = {name: [text_of(kind, each) for each in values] for name, (kind, values) in made.columns.items()}
    frame = pl.DataFrame(texts, schema=dict.fromkeys(texts, pl.String), height=made.rows)
    frame.write_csv("in.csv")
    code, _, err = decide_many(f"in.csv -o out.parquet --pack {made.pack.id} --on {made.on}")
    reference = Rows(made.pack, list(texts), made.on)
    found = pl.read_parquet("out.parquet").select(reference.results).rows(named=True)
    kind = kinds(made)
    said = [
        {name: spelled(kind[name], text) if name in kind and text is not None else text for name, text in row.items()}
        for row in ({name: values[at] or None for name, values in texts.items()} for at in range(made.rows))
    ]

    assert (0, "Traceback" in err) == (code, False)
    for at, row in enumerate(said):
        assert reference.decided(row) == found[at], row


def test_a_number_goes_in_and_none_comes_out(decide_many):
    """The date of birth that it tells is used."""
    pl.DataFrame({"cpr": ["020348-1739", "x"], "needs_maintenance": [False, False]}).write_parquet("in.parquet")
    for out in ("out.csv", "out.parquet"):
        decide_many(f"in.parquet -o {out} {LINE}")

        assert b"1739" not in Path(out).read_bytes()
    assert ["rejected", "invalid"] == pl.read_parquet("out.parquet")["outcome"].to_list()
    assert [[], ["cpr:bad-cpr"]] == pl.read_parquet("out.parquet")["problems"].to_list()


def test_a_column_may_give_the_day_of_the_decision(decide_many):
    """A row without one is no case."""
    pl.DataFrame({"afgjort": ["2017-05-10", None, "1901-01-01"]}).write_csv("in.csv")
    code, _, _ = decide_many("in.csv -o out.parquet --pack sundhed-og-traening --on afgjort")
    found = pl.read_parquet("out.parquet")

    assert 0 == code
    assert [date(2017, 5, 10), None, date(1901, 1, 1)] == found["decided_on"].to_list()
    assert [[], ["afgjort:wrong-date"], ["afgjort:not-in-force"]] == found["problems"].to_list()


def test_a_table_without_rows_is_decided(decide_many):
    """It has the columns that any other has."""
    cases(1).clear().write_parquet("in.parquet")
    Path("in.csv").write_text("needs_maintenance,age\n", encoding="utf-8")

    assert 0 == decide_many(f"in.parquet -o out.parquet {LINE}")[0]
    assert 0 == decide_many(f"in.csv -o out.csv {LINE}")[0]
    assert 0 == pl.read_parquet("out.parquet").height
    assert Path("out.csv").read_text(encoding="utf-8").startswith("needs_maintenance,age,outcome,")


def test_what_is_odd_in_the_columns_is_told_once_on_stderr(decide_many):
    """It is no error: the rows are decided."""
    pl.DataFrame({"needs_maintainance": [True] * 3}).write_parquet("in.parquet")
    code, _, err = decide_many(f"in.parquet -o out.parquet {LINE}")

    assert 0 == code
    assert 1 == err.count("needs_maintainance: column-not-read: the column `needs_maintainance` is not read")
    assert 1 == err.count("needs_maintenance: missing-column:")


def test_the_summary_is_danish_english_or_json(decide_many):
    """The first words are those that are looked for."""
    cases(1200).write_parquet("in.parquet")
    danish = decide_many(f"in.parquet -o out.parquet {LINE}")[1]
    english = decide_many(f"in.parquet -o out.parquet {LINE} --lang en")[1]
    data = json.loads(decide_many(f"in.parquet -o out.parquet {LINE} --json")[1])

    assert danish.startswith("✓ 1.200 rækker skrevet til out.parquet\n\nUdfald\n")
    assert english.startswith("✓ 1,200 rows written to out.parquet\n\nOutcomes\n")
    assert (1200, 1200) == (data["rows"], sum(data["outcomes"].values()))


def test_small_groups_are_hidden_when_asked(decide_many):
    """Who reads the summary may not be who may read the cases."""
    cases(200).write_parquet("in.parquet")
    data = json.loads(decide_many(f"in.parquet -o out.parquet {LINE} --json --suppress")[1])
    text = decide_many(f"in.parquet -o out.parquet {LINE} --suppress")[1]

    assert None in data["problems"].values()
    assert not {1, 2, 3, 4} & {*data["missing"].values(), *data["problems"].values(), *data["outcomes"].values()}
    assert "Grupper på 1-4 rækker vises ikke." in text


# ----------------------------------------------------------------------------------------------------------------------
# What cannot be used

BAD: dict[str, tuple[bytes, str]] = {
    "empty.parquet": (b"", "not-parquet: the file is empty"),
    "text.parquet": (b"a,b\n1,2\n", "not-parquet: the file is no Parquet file, or it is damaged"),
    "empty.csv": (b"", "broken-csv: the file is empty"),
    "latin.csv": ("sag,note\n1,æ\n".encode("latin-1"), "latin.csv:2: encoding: the text is not UTF-8"),
    "header.csv": ("sag,nøgle\n1,a\n".encode("latin-1"), "header.csv:1: encoding: the text is not UTF-8"),
    "late.csv": (b"sag\n" + b"1\n" * 99_999 + b"\xe6\n", "late.csv:100001: encoding: the text is not UTF-8"),
    "short.csv": (b"a,b\n1,2\n3\n4,5\n", "short.csv:3: broken-csv: the row has 1 cell, and the header 2"),
    "long.csv": (b"a,b\n1,2\n\n3,4,5\n", "long.csv:4: broken-csv: the row has 3 cells, and the header 2"),
    "quote.csv": (b'a,b\n1,"2\n3,4\n', "quote.csv:2: broken-csv: a quotation mark is opened and never closed"),
    "twice.csv": (b"a,a\n1,2\n", "column-twice: there are two columns `a`"),
    "empty.json": (b"", "not-json: the file is empty"),
    "blank.json": (b" \n", "no-columns: the table has no columns"),
    "open.json": (b'[{"a": 1},\n', "open.json:2: not-json: the array is not closed"),
    "broken.json": (b'[{"a": 1},\n{"a": }]', "broken.json:2: not-json: this is not JSON: expecting value"),
    "number.json": (b"[1, 2]", "number.json:1: not-json: an array of objects is wanted"),
    "more.json": (b'[{"a": 1}] 7', "more.json:1: not-json: something stands behind the array"),
    "nan.json": (b'{"a": NaN}', "not-json: `NaN` is no number that JSON has"),
    "key.json": (b'{"a": 1, "a": 2}', "not-json: the key `a` stands twice"),
    "latin.json": ('[{"a": "æ"}]'.encode("latin-1"), "encoding: the text is not UTF-8"),
    "nested.json": (b'{"citizen": {"age": 1}}', "nested: row 1: `citizen` holds other objects or lists"),
    "events.json": (b'{"events": [{"type": "granted"}]}', "nested: row 1: `events` holds other objects or lists"),
    "mixed.json": (
        b'{"a": true}\n{"a": null}\n{"a": "true"}',
        "mixed-column: row 3: `a` is text, and in the rows before",
    ),
    "large.json": (b'{"a": 123456789012345678901234567890}', "too-large: row 1: `a` is a number of too many digits"),
    "half.json": (b'{"a": "\\ud800"}', "encoding: row 1: `a` holds half a character"),
    "deep.json": (b'{"a": ' + b"[" * 100_000, "not-json: this is nested too deeply"),
    "in.txt": (b"", "unknown-ending: the ending `.txt` is none of a table that can be read"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_read_is_one_line(name, decide_many):
    """And nothing is written."""
    raw, said = BAD[name]
    Path(name).write_bytes(raw)
    code, out, err = decide_many(f"{name} -o out.parquet {LINE}")

    assert (2, "") == (code, out)
    assert said in err
    assert err.startswith(name)
    assert [name] == names()


def test_a_parquet_file_that_is_damaged_inside_is_one_line(decide_many):
    """What was written before the damage is not there."""
    cases(70_000).write_parquet("in.parquet", row_group_size=10_000)
    raw = bytearray(Path("in.parquet").read_bytes())
    middle = len(raw) // 2
    raw[middle : middle + 4000] = b"\xff" * 4000
    Path("in.parquet").write_bytes(raw)

    assert (2, "", "in.parquet: not-parquet: the file is no Parquet file, or it is damaged\n") == decide_many(
        f"in.parquet -o out.parquet {LINE}"
    )
    assert ["in.parquet"] == names()


def test_a_file_in_which_a_few_bytes_are_wrong_is_one_line_or_is_read():
    """Polars gives up in a thread of its own over some of them, and says so at length."""
    cases(4000).write_parquet("whole.parquet", row_group_size=1000)
    whole = Path("whole.parquet").read_bytes()
    code = (
        "import sys\nfrom vedligehold.cli import run\n"
        "for number in range(int(sys.argv[1])):\n"
        f"    words = ['decide-many', f'{{number}}.parquet', '-o', 'out.parquet', *{LINE.split()!r}]\n"
        "    print('ended', run(words))\n"
    )
    random = Random(5)
    many = 40
    for number in range(many):
        raw = bytearray(whole)
        for _ in range(random.choice((1, 3, 20))):
            raw[random.randrange(4, len(raw) - 8)] = random.randrange(256)
        Path(f"{number}.parquet").write_bytes(raw)
    done = subprocess.run([sys.executable, "-c", code, str(many)], capture_output=True, text=True, check=True)
    ends = [line for line in done.stdout.splitlines() if line.startswith("ended")]

    assert many == len(ends)
    assert {"ended 0", "ended 2"} == {*ends}
    assert ends.count("ended 2") == len(done.stderr.splitlines())
    assert all(
        "not-parquet: the file is no Parquet file, or it is damaged" in line for line in done.stderr.splitlines()
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("no.parquet -o out.parquet", "no.parquet: unreadable: the file cannot be read: no such file or directory\n"),
        ("folder.parquet -o out.parquet", "folder.parquet: unreadable: this is a folder, and no file\n"),
        ("in.parquet -o folder.parquet", "folder.parquet: unwritable: this is a folder, and no file\n"),
        ("in.parquet -o no/out.csv", "no/out.csv: unwritable: the file cannot be written: no such file or directory\n"),
        ("in.parquet -o out", "out: unknown-ending: the name has no ending of a table that can be written\n"),
        ("in.parquet -o in.parquet", "in.parquet: same-file: this is the file that is read\n  write to another one\n"),
        ("in.parquet -o folder.parquet/../in.parquet", "same-file: this is the file that is read"),
        ("link.parquet -o in.parquet", "in.parquet: same-file: this is the file that is read"),
        ("pipe.csv -o out.csv", "pipe.csv: unreadable: this is no ordinary file\n"),
        ("in.parquet -o out.csv --on dag", "dag: missing-column: there is no column `dag`"),
        ("in.parquet -o out.csv --on 1999-01-01", "not-in-force: no version of `sundhed-og-traening` in force"),
    ],
)
def test_a_line_that_cannot_be_used_is_refused(line, said, decide_many):
    """Before anything is written."""
    cases(3).write_parquet("in.parquet")
    Path("folder.parquet").mkdir()
    Path("link.parquet").symlink_to("in.parquet")
    os.mkfifo("pipe.csv")
    before = {path: path.lstat().st_mtime_ns for path in Path().iterdir()}
    code, out, err = decide_many(f"--pack sundhed-og-traening {line}")

    assert (2, "") == (code, out)
    assert said in err
    assert before == {path: path.lstat().st_mtime_ns for path in Path().iterdir()}


def test_a_column_that_comes_out_cannot_go_in(decide_many):
    """All such are told at once."""
    pl.DataFrame({"outcome": ["x"], "problems": ["x"]}).write_parquet("in.parquet")
    code, out, err = decide_many(f"in.parquet -o out.csv {LINE}")

    assert (2, "", 2) == (code, out, err.count("taken-column"))


def test_a_column_that_is_no_text_is_refused_in_csv(decide_many):
    """Parquet holds it."""
    pl.DataFrame({"a": [{"b": 1}]}).write_parquet("in.parquet")

    assert "not-csv: the column `a` cannot be written as text" in decide_many(f"in.parquet -o out.csv {LINE}")[2]
    assert 0 == decide_many(f"in.parquet -o out.parquet {LINE}")[0]
    assert ["in.parquet", "out.parquet"] == names()


@pytest.mark.parametrize("name", ["number.csv", "number.json", "row.csv"])
def test_no_error_repeats_a_number_of_a_cell(name, decide_many):
    """Nor one of a header."""
    texts = {
        "number.csv": f"{CPR},{CPR}\n1,2\n",
        "row.csv": f"a,b\n{CPR}\n",
        "number.json": f'{{"{CPR}": {CPR}, "a": {{"{CPR}": 1}}}}',
    }
    Path(name).write_text(texts[name], encoding="utf-8")
    code, out, err = decide_many(f"{name} -o out.csv {LINE}")

    assert 2 == code
    assert CPR not in out + err


# ----------------------------------------------------------------------------------------------------------------------
# Whole or not at all


def test_a_file_that_is_there_is_replaced_only_by_a_whole_one(decide_many):
    """And keeps its permissions."""
    cases(3).write_parquet("in.parquet")
    Path("bad.csv").write_text("a,b\n1\n", encoding="utf-8")
    Path("out.csv").write_text("old", encoding="utf-8")
    Path("out.csv").chmod(0o640)

    assert 2 == decide_many(f"bad.csv -o out.csv {LINE}")[0]
    assert "old" == Path("out.csv").read_text(encoding="utf-8")
    assert 0 == decide_many(f"in.parquet -o out.csv {LINE}")[0]
    assert 4 == len(Path("out.csv").read_text(encoding="utf-8").splitlines())
    assert 0o640 == Path("out.csv").stat().st_mode & 0o777


def child(*arguments: str, most: int | None = None) -> "subprocess.Popen[str]":
    """A command in a process of its own; *most*: as many bytes as a file of it may have."""

    def limit() -> None:
        if most is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    # what measures which lines are run writes a file too, and would say that it cannot
    there = {name: value for name, value in os.environ.items() if most is None or not name.startswith("COVERAGE_")}
    return subprocess.Popen(
        [sys.executable, "-m", "vedligehold", *arguments, *LINE.split()],
        env={**there, "PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=limit,  # noqa: PLW1509 - nothing else runs in this process
    )


@pytest.mark.long
@pytest.mark.parametrize("out", ["out.parquet", "out.csv"])
def test_a_disk_that_is_full_is_one_line(out):
    """Nothing is left of what was written before."""
    pl.concat([cases(50_000)] * 2).write_parquet("in.parquet")
    done = child("decide-many", "in.parquet", "-o", out, most=200_000)
    said, err = done.communicate(timeout=120)

    assert (2, "") == (done.returncode, said)
    assert f"{out}: unwritable: the file cannot be written: file too large\n" == err
    assert ["in.parquet"] == names()


def parts(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name.endswith(".part")]


@pytest.mark.long
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("out", ["out.parquet", "out.csv"])
def test_killed_in_the_middle_no_output_is_there(how, out, tmp_path):
    """Asked to end it takes its part away; killed it leaves the part, which nobody takes for an output."""
    pl.concat([cases(60_000)] * 25).write_parquet("in.parquet")
    Path(out).write_text("old", encoding="utf-8")
    process = child("decide-many", "in.parquet", "-o", out)
    while process.poll() is None and not any(part.stat().st_size for part in parts(tmp_path)):
        pass
    process.send_signal(how)
    said, err = process.communicate(timeout=120)

    assert "" == said
    assert "old" == Path(out).read_text(encoding="utf-8")
    if how is signal.SIGKILL:
        assert -signal.SIGKILL == process.returncode
        assert [f".{out}."] == [part.name[: len(out) + 2] for part in parts(tmp_path)]
    else:
        assert (2, "vedligehold: stopped\n") == (process.returncode, err.lstrip())
        assert [] == parts(tmp_path)


def test_a_part_that_was_left_is_in_nobodys_way(decide_many):
    """Another run makes another one."""
    cases(3).write_parquet("in.parquet")
    Path(f".out.csv.{os.getpid()}-0.part").write_text("left", encoding="utf-8")

    assert 0 == decide_many(f"in.parquet -o out.csv {LINE}")[0]
    assert "left" == Path(f".out.csv.{os.getpid()}-0.part").read_text(encoding="utf-8")


def test_somebody_who_looks_on_sees_a_bar(decide_many, monkeypatch):
    """On stderr, and on a terminal alone."""
    cases(50_000).write_parquet("in.parquet")
    quiet = decide_many(f"in.parquet -o out.parquet {LINE} --json")
    monkeypatch.setenv("FORCE_COLOR", "1")
    watched = decide_many(f"in.parquet -o out.parquet {LINE} --json")

    assert "Afgør" not in quiet[2]
    assert "Afgør" in watched[2]
    assert quiet[1] == watched[1]


def test_a_failure_of_polars_is_one_line_without_what_it_says(decide_many, monkeypatch):
    """It may have repeated a cell."""
    cases(3).write_parquet("in.parquet")

    def refuse(_: pl.Series) -> pl.Series:
        raise pl.exceptions.ComputeError(CPR)

    monkeypatch.setattr(
        "vedligehold.table.files.run",
        lambda lazy, *rest: decide(
            lazy.with_columns(pl.first().map_batches(refuse, is_elementwise=True, return_dtype=pl.Date)), *rest
        ),
    )
    code, out, err = decide_many(f"in.parquet -o out.parquet {LINE}")

    assert (2, "") == (code, out)
    assert err.startswith("in.parquet: undecided: the table cannot be decided: it ends with `")
    assert CPR not in err
