"""Every error code has its smallest bad pack or case, and each is told in exactly the words that stand beside it.

`tests/bad/<kind>/<code>[-<variant>]` has one mistake, and `<same>.expected.txt` is what is said of it. A new or changed
message is written by `WRITE_EXPECTED=1 pytest tests/test_bad.py`; read every changed line before you commit it.
"""

import ast
import os
import re
import sys
from collections.abc import Callable, Mapping
from contextlib import chdir
from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest import mock

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from packs import NEED, ROOT, make_case, make_pack, words, write_pack
from processes import needs_durable_rules

from vedligehold import (
    Case,
    CaseError,
    Decision,
    Outcome,
    Pack,
    PackError,
    VedligeholdError,
    decide,
    due,
    load_pack,
    packs,
    read_case,
    second_opinion,
)
from vedligehold.cli import app
from vedligehold.decide import replay
from vedligehold.decision import made
from vedligehold.meaning.matching import ALWAYS
from vedligehold.policy.cases import read_cases
from vedligehold.policy.writing import write
from vedligehold.prepared import Answer
from vedligehold.second_opinion import library, rules_of
from vedligehold.table.columns import columns_of
from vedligehold.table.files import FileJob
from vedligehold.table.frames import needed
from vedligehold.table.stretches import stretches

BAD = ROOT / "tests" / "bad"
SOURCE = ROOT / "src" / "vedligehold"
ON = date(2020, 6, 1)
GOOD = {"pack": "good.yaml", "case": "pack.yaml", "cases": "good.yaml"}
ENDING = ".expected.txt"
WRITE = "WRITE_EXPECTED" in os.environ


@cache
def small_pack() -> Pack:
    return load_pack(BAD / "case" / "pack.yaml")


def _decide(name: Path) -> None:
    decide(small_pack(), read_case(name), on=ON).model_dump()


def _packs(name: Path) -> None:
    with chdir(name):
        packs(".")


def _several(name: Path) -> None:
    readers: Mapping[str, Callable[[Path], object]]
    readers = {"pack.yaml": load_pack, "case.json": _decide, "cases.yaml": read_cases}
    readers[name.name](name)


def _written(name: str, content: str | bytes) -> Path:
    """A file that is made here, because it cannot stand in a repository or would be too large for one."""
    Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return Path(name)


def _pack_with_a_fact_like_an_event() -> Pack:
    text = (BAD / "case" / "pack.yaml").read_text(encoding="utf-8")
    return load_pack(_written("pack.yaml", text.replace("discharged_on", "granted_on")))


def _receipt(**other: Any) -> dict[str, Any]:
    return {**decide(small_pack(), Case(), on=ON).model_dump(mode="json")["receipt"], **other}


def _in_force_in_2021(day: date) -> None:
    text = (BAD / "pack" / "good.yaml").read_text(encoding="utf-8").replace("pack: good", "pack: rules")
    Path("rules").mkdir()
    for year, end in ((2020, "2020-12-31"), (2022, "2022-12-31")):
        ended = text.replace("valid_from: 2020-01-01", f"valid_from: {year}-01-01\nvalid_to: {end}")
        _written(f"rules/{year}-01-01.yaml", ended)
    load_pack(Path("rules"), on=day)


def _pipe(name: str) -> Path:
    os.mkfifo(name)
    return Path(name)


def _linked(name: str, target: Path) -> Path:
    """A folder of rules with a link that leads out of it."""
    rules = _empty_folder("links")
    (rules / name).symlink_to(target.resolve(), target_is_directory=True)
    return rules


def _calendars(number: int) -> list[dict[str, Any]]:
    """As many deadlines, each with a calendar of its own."""
    days = [f"12-{day:02}" for day in range(1, number + 1)]
    rule = {"from": "granted", "within": {"workdays": "1"}, "kind": "target"}
    return [{**rule, "id": f"on-{day}", "calendar": {"closed": [day]}} for day in days]


def _given(number: int) -> dict[str, Any]:
    """A row that gives as many different things."""
    return {"setting": [{"id": "all", "give": [f"thing-{place}" for place in range(number)]}]}


def _pack_without_cases() -> Path:
    folder = _empty_folder("good")
    _written("good/2020-01-01.yaml", (BAD / "pack" / "good.yaml").read_bytes())
    return folder


def _columns(*others: str, without: str | None = None, on: str | None = None) -> None:
    """A table with a column of everything that the pack asks about, and with *others*: what it should be told."""
    among = stretches(small_pack(), ON)
    names = {"birth_date", "received_on", *among[0].policy.reads} - {without, "age", "other_municipality"}
    found = columns_of(among, [*sorted(names), *others], on=on)
    if found.notes:
        raise CaseError(found.notes)


def _job(name: str, out: str = "out.parquet") -> FileJob:
    return FileJob(small_pack(), Path(name), Path(out), ON)


def _file(name: str, content: str | bytes, out: str = "out.parquet") -> None:
    """A file of cases decided into another one."""
    _job(str(_written(name, content)), out).run()


def _decimals(digits: int) -> bytes:
    """A Parquet file with a column of numbers of as many digits."""
    return _parquet(pa.array([None], pa.decimal256(digits, 0)))


def _spans_of_time() -> bytes:
    return _parquet(pa.array([None], pa.duration("s")))


def _parquet(column: Any) -> bytes:
    file = BytesIO()
    pq.write_table(pa.table({"note": column}), file)
    return file.getvalue()


def _raise(error: VedligeholdError) -> None:
    raise error


def _empty_folder(name: str) -> Path:
    Path(name).mkdir()
    return Path(name)


def _without_durable_rules() -> None:
    with mock.patch.dict(sys.modules, {"durable": None}):
        sys.modules.pop("vedligehold.durable_host", None)
        library((3, 11))


def _pack_of_many_alternatives() -> Pack:
    needs_durable_rules()
    names = [f"item_{place}" for place in range(41)]
    facts = {"items": {"type": "set", "choices": {name: words(name) for name in names}}}
    return make_pack(Path("rules"), facts=facts, requirements=[{**NEED, "require": {"items": {"any_of": names}}}])


def _ask_about(**known: Any) -> None:
    needs_durable_rules()
    policy = small_pack().at(ON)
    rules_of(policy).said_of({**dict.fromkeys(policy.facts), "requested": (), "requested_setting": "", **known})


def _ask_a_host_that_fails() -> None:
    needs_durable_rules()
    host, _ = library()

    def fail(_: Any) -> None:
        raise ValueError

    with mock.patch.object(host, "_records", return_value=fail):
        host([]).fired({})


def _decide_with_rules_that_say_yes_and_no() -> None:
    needs_durable_rules()
    with (
        mock.patch.object(second_opinion, "pair", return_value=(ALWAYS, ALWAYS)),
        mock.patch.object(second_opinion, "_BUILT", second_opinion._Built()),
    ):
        decide(small_pack(), make_case(needs_maintenance=True), on=ON, engine="durable")


CALLS: Mapping[str, Callable[[], object]] = {
    "unreadable": lambda: load_pack(Path("none.yaml")),
    "unreadable-folder": lambda: load_pack("rebild", rules=Path("none")),
    "unreadable-empty": lambda: load_pack(_empty_folder("rules")),
    "unreadable-directory": lambda: read_cases(_empty_folder("rules")),
    "unreadable-pipe": lambda: read_cases(_pipe("rules.yaml")),
    "unreadable-no-path": lambda: read_cases(Path("rules\0.yaml")),
    "unreadable-case": lambda: read_case("none.json"),
    "unreadable-case-no-path": lambda: read_case("none\0.json"),
    "unwritable": lambda: write(Path("none/page.html"), "text"),
    "too-large": lambda: load_pack(_written("pack.yaml", "#" * 2_000_001)),
    "too-large-case": lambda: read_case(_written("case.json", "{" + " " * 1_000_000)),
    "too-deep-case": lambda: read_case(_written("case.json", '{"facts": ' + "[" * 100_000)),
    "too-deep-text": lambda: read_case('{"facts": ' + "[" * 100_000),
    "encoding": lambda: load_pack(_written("pack.yaml", "format: 1\npack: tr\xe6ning\n".encode("latin-1"))),
    "encoding-case": lambda: read_case(_written("case.json", '{"facts": {"sted": "\xe6"}}'.encode("latin-1"))),
    "control-character-pack": lambda: load_pack(_written("pack.yaml", "format: 1 # \u202e1 :tamrof\n")),
    "outside-folder": lambda: load_pack("good", rules=_linked("good", _pack_without_cases())),
    "too-many": lambda: load_pack(_written("pack.yaml", "- a\n" * 30_001)),
    "too-many-calendars": lambda: load_pack(write_pack(Path(), deadlines=_calendars(11))),
    "too-many-given": lambda: load_pack(write_pack(Path(), entitlement=_given(1_001))),
    "too-many-events": lambda: Case.model_validate({"events": [{}] * 1_001}),
    "too-many-keys": lambda: Case.model_validate({"citizen": dict.fromkeys(map(str, range(51)))}),
    "not-json-empty": lambda: read_case(_written("case.json", "")),
    "not-json-text": lambda: read_case('{"citizen": {'),
    "not-json-digits": lambda: read_case('{"facts": {"level": ' + "9" * 5000 + "}}"),
    "wrong-type-empty": lambda: load_pack(_written("pack.yaml", "# nothing yet\n")),
    "unknown-pack": lambda: load_pack("rebuild"),
    "unknown-pack-no-hint": lambda: load_pack("københavn"),
    "not-in-force": lambda: _in_force_in_2021(date(2019, 12, 31)),
    "not-in-force-between": lambda: _in_force_in_2021(date(2021, 1, 1)),
    "not-in-force-after": lambda: _in_force_in_2021(date(2023, 1, 1)),
    "unknown-engine": lambda: decide(small_pack(), Case(), on=ON, engine="durabel"),  # type: ignore[arg-type]
    "wrong-date-time": lambda: decide(small_pack(), Case(), on=datetime(2020, 6, 1)),  # noqa: DTZ001
    "wrong-date-text": lambda: due(small_pack(), {"granted": "2020-06-01"}),  # type: ignore[dict-item]
    "wrong-date-pack": lambda: load_pack("rebild", on="2010-05-03"),  # type: ignore[arg-type]
    "wrong-date-receipt": lambda: replay(small_pack(), {}),
    "wrong-type-rules": lambda: load_pack("rebild", rules=2010),  # type: ignore[arg-type]
    "wrong-type-json": lambda: Case.model_validate_json(5),  # type: ignore[arg-type]
    "wrong-type-case": lambda: decide(small_pack(), {"citizen": {}}, on=ON),  # type: ignore[arg-type]
    "wrong-type-key": lambda: Case.model_validate({"facts": {}, 1: 2}),
    "wrong-type-key-of-fact": lambda: Case(facts={1: 2}),  # type: ignore[dict-item]
    "wrong-type-time": lambda: Case(facts={"discharged_on": datetime(2020, 6, 1)}),  # noqa: DTZ001
    "wrong-type-receipt": lambda: replay(small_pack(), _receipt(facts=[])),
    "receipt-mismatch": lambda: replay(small_pack(), _receipt(digest="sha256:0")),
    "meanings-disagree": lambda: _decision_with_a_wrong_answer().requirements,
    "unknown-event-due": lambda: due(small_pack(), {"grantd": ON}),
    "missing-key-due": lambda: due(small_pack(), {}),
    "taken-column": lambda: _columns("outcome"),
    "taken-column-deadline": lambda: _columns("due_contact"),
    "column-twice": lambda: _columns("aids", "aids_stick"),
    "column-twice-self-reported": lambda: _columns("self_reported", "self_reported_aids", "self_reported_level"),
    "unclear-column": lambda: columns_of(stretches(_pack_with_a_fact_like_an_event(), ON), ["granted_on"]),
    "column-not-read": lambda: _columns("motivted"),
    "column-not-read-derived": lambda: _columns("weeks_home"),
    "missing-column": lambda: _columns(without="needs_maintenance"),
    "missing-library": lambda: needed("no_such_library"),
    "missing-library-engine": _without_durable_rules,
    "missing-library-python": lambda: library((3, 13)),
    "engine-limit": lambda: decide(_pack_of_many_alternatives(), Case(), on=ON, engine="durable"),
    "engine-limit-value": lambda: _ask_about(needs_maintenance="yes"),
    "engine-failed": _ask_a_host_that_fails,
    "engines-disagree": _decide_with_rules_that_say_yes_and_no,
    "missing-column-on": lambda: _columns(on="received"),
    "unknown-finding-column": lambda: _columns("finding_benefits"),
    "finding-not-allowed-column": lambda: _columns("finding_need"),
    "not-parquet": lambda: _file("cases.parquet", "age\n"),
    "not-parquet-empty": lambda: _file("cases.parquet", ""),
    "broken-csv": lambda: _file("cases.csv", "age,level\n80\n"),
    "broken-csv-empty": lambda: _file("cases.csv", ""),
    "broken-csv-quote": lambda: _file("cases.csv", 'age\n"80\n'),
    "broken-csv-row": lambda: _file("cases.csv", f"age\n{'8' * 17_000_000}\n"),
    "not-json-table": lambda: _file("cases.json", '[{"level": 1}'),
    "not-json-table-empty": lambda: _file("cases.json", ""),
    "encoding-csv": lambda: _file("cases.csv", "note\ntr\xe6ning\n".encode("latin-1")),
    "encoding-json": lambda: _file("cases.json", '{"note": "\xe6"}'.encode("latin-1")),
    "encoding-half": lambda: _file("cases.json", '{"note": "\\ud800"}'),
    "no-columns": lambda: _file("cases.csv", "\n"),
    "no-columns-json": lambda: _file("cases.json", "[]"),
    "column-twice-file": lambda: _file("cases.csv", "age,age\n80,80\n"),
    "nested": lambda: _file("cases.json", '{"citizen": {"age": 80}}'),
    "mixed-column": lambda: _file("cases.json", '{"level": 1}\n{"level": "2"}'),
    "too-large-number": lambda: _file("cases.json", '{"note": 12345678901234567890}'),
    "too-large-decimal": lambda: _file("cases.parquet", _decimals(39)),
    "unreadable-table": lambda: _job("cases.csv"),
    "unreadable-table-folder": lambda: _job(str(_empty_folder("cases.csv"))),
    "unwritable-table": lambda: _file("cases.csv", "age\n", out="none/out.csv"),
    "unwritable-table-folder": lambda: _file("cases.csv", "age\n", out=str(_empty_folder("out.csv"))),
    "unknown-ending": lambda: _job("cases.xlsx"),
    "unknown-ending-none": lambda: _file("cases.csv", "age\n", out="decided"),
    "same-file": lambda: _file("cases.csv", "age\n", out="cases.csv"),
    "not-csv": lambda: _file("cases.parquet", _spans_of_time(), out="out.csv"),
    "undecided": lambda: _raise(_job(str(_written("cases.csv", "age\n")))._failed(pl.exceptions.ComputeError())),
    "no-cases": lambda: app(["test", str(_pack_without_cases())], standalone_mode=False),
    "wrong-value-event": lambda: app(["due", "--pack", "rebild", "--event", "granted"], standalone_mode=False),
}


def _decision_with_a_wrong_answer() -> Decision:
    """What a mistake in the compiled conditions would look like."""
    policy = small_pack().at(ON)
    wrong = Answer(Outcome.GRANTED, (), {each.id: "holds" for each in policy.requirements}, ())
    return made(policy, Case(), ON, wrong, partial=False)


KINDS: Mapping[str, Callable[[Path], object]] = {
    "pack": load_pack,
    "case": _decide,
    "cases": read_cases,
    "folder": _packs,
    "several": _several,
    "call": lambda path: CALLS[path.name](),
}
SECTIONS = {"pack": "Packs", "folder": "Packs", "case": "Cases", "cases": "Files of cases"}


def examples_of(kind: str) -> list[str]:
    if kind == "call":
        return list(CALLS)
    return sorted(
        path.name for path in (BAD / kind).iterdir() if path.name != GOOD.get(kind) and ENDING not in path.name
    )


EXAMPLES = [(kind, name) for kind in KINDS for name in examples_of(kind)]
each_example = pytest.mark.parametrize(("kind", "name"), EXAMPLES, ids=[f"{kind}/{name}" for kind, name in EXAMPLES])


@pytest.fixture(scope="session")
def error_of(tmp_path_factory):
    """What is raised for an example, read once, from the folder in which it stands: its place is its name."""

    @cache
    def error(kind: str, name: str) -> VedligeholdError:
        folder = tmp_path_factory.mktemp("bad") if kind == "call" else BAD / kind
        with chdir(folder), pytest.raises(VedligeholdError) as raised:
            KINDS[kind](Path(name))
        return raised.value

    return error


def expected_file(kind: str, name: str) -> Path:
    return BAD / kind / (name.removesuffix(".yaml").removesuffix(".json") + ENDING)


def stem_of(name: str) -> str:
    return name.partition(".")[0]


@each_example
def test_what_is_wrong_is_told_in_just_these_words(kind, name, error_of):
    """Place, code, the wrong value in backticks, and the nearest right thing."""
    expected = expected_file(kind, name)
    said = f"{error_of(kind, name)}\n"
    if WRITE:
        expected.parent.mkdir(exist_ok=True)
        expected.write_text(said, encoding="utf-8")

    assert expected.read_text(encoding="utf-8") == said


@each_example
def test_every_message_is_one_line_in_lower_case_without_a_full_stop(kind, name, error_of):
    """A hint is a line of its own below it, and so are the two lines that show the place."""
    for problem in error_of(kind, name).problems:
        lines = [problem.message, *([problem.hint] if problem.hint else [])]

        assert [] == [line for line in lines if not re.fullmatch(r"[^A-Z\n][^\n]*[^.\n]", line) and "`" not in line[:1]]
        assert "input should" not in str(problem).lower()


@pytest.mark.parametrize("kind", KINDS)
def test_every_example_has_its_message_and_every_message_its_example(kind):
    """Neither is left behind when the other is renamed."""
    messages = {path.name for path in (BAD / kind).glob(f"*{ENDING}")}

    assert {expected_file(kind, name).name for name in examples_of(kind)} == messages


@pytest.mark.parametrize(("kind", "name"), [each for each in EXAMPLES if each[0] != "several"])
def test_an_example_is_named_after_its_code(kind, name, error_of):
    """`<code>-<variant>`, so that the examples of a code stand together."""
    stem = stem_of(name)

    assert [] != [code for code in codes_of(error_of(kind, name)) if f"{stem}-".startswith(f"{code}-")]


@pytest.mark.parametrize(("kind", "name"), [each for each in EXAMPLES if each[0] != "several"])
def test_an_example_has_one_mistake(kind, name, error_of):
    """A misspelled key is two: one too many and one too few."""
    several = {"unknown-key-misspelled": 2}

    assert several.get(stem_of(name), 1) == len(error_of(kind, name).problems)


def test_what_the_examples_start_from_is_good(monkeypatch):
    """The mistake is the mistake, not something else in the file."""
    monkeypatch.chdir(BAD)
    load_pack("pack/good.yaml")

    assert 1 == len(read_cases(Path("cases/good.yaml")).cases)
    assert "needs_information" == decide(small_pack(), Case(), on=ON).outcome


def test_every_code_has_an_example():
    """Whoever adds a code adds the smallest thing that shows it."""
    shown = {code for kind, name in EXAMPLES for code in codes_in(expected_file(kind, name))}

    assert codes_in_source() == shown


def test_every_code_is_explained():
    """`docs/error-codes.md` has a row for each, and no row for any other."""
    assert codes_in_source() == {code for codes in explained().values() for code in codes}


@pytest.mark.parametrize("kind", SECTIONS)
def test_a_code_is_explained_where_its_reader_looks(kind):
    """The codes of a pack under packs, those of a case under cases."""
    shown = {code for name in examples_of(kind) for code in codes_in(expected_file(kind, name))}

    assert set() == shown - explained()[SECTIONS[kind]]


@pytest.mark.parametrize(("name", "least"), [("pack.yaml", 15), ("case.json", 10), ("cases.yaml", 5)])
def test_all_that_is_wrong_is_told_at_once(name, least, error_of):
    """One mistake hides no other."""
    assert len(error_of("several", name).problems) >= least


@pytest.mark.parametrize("name", ["pack.yaml", "cases.yaml"])
def test_what_is_wrong_is_told_in_the_order_of_the_file(name, error_of):
    """Line by line, whatever found it."""
    places = [tuple(map(int, problem.place.split(":")[1:])) for problem in error_of("several", name).problems]

    assert sorted(places) == places


def test_more_problems_than_anybody_reads_are_counted(tmp_path):
    """Fifty are told, first to last, and the rest are a number."""
    (tmp_path / "pack.yaml").write_text("".join(f"key{number}: 1\n" for number in range(60)), encoding="utf-8")
    with pytest.raises(PackError) as raised:
        load_pack(tmp_path / "pack.yaml")
    missing = 9

    assert 50 == len(raised.value.problems)
    assert 60 + missing - 50 == raised.value.more
    assert f"and {60 + missing - 50} more" == str(raised.value).splitlines()[-1]


def codes_of(error: VedligeholdError) -> list[str]:
    return [problem.code for problem in error.problems]


def codes_in(expected: Path) -> set[str]:
    """The codes in a message; the lines of a hint and of an excerpt are indented."""
    lines = [line for line in expected.read_text(encoding="utf-8").splitlines() if not line.startswith(" ")]
    found = [re.match(r"(?:\S+: )?([a-z]+(?:-[a-z]+)*): ", line) for line in lines]
    return {each[1] for each in found if each}


def explained() -> dict[str, set[str]]:
    """The codes that `docs/error-codes.md` explains, by section."""
    sections = re.split(r"^## ", (ROOT / "docs" / "error-codes.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {text.splitlines()[0]: set(re.findall(r"^\| `([a-z-]+)` \|", text, flags=re.MULTILINE)) for text in sections}


CODE_STANDS = {
    "Problem": 1,
    "_Noted": 1,
    "problem_at": 1,
    "report": 1,
    "report_at": 1,
    "_wrong": 0,
    "wrong": 0,
    "PydanticCustomError": 0,
    "refused": 1,
}
"""Which argument is the code, in every call that makes a problem."""
MAKE_CODES = {"possible.py": "impossible", "known.py": "_code", "problems.py": "_said"}
"""Functions that give a code back; there is one in each of these files."""
CODE = re.compile("[a-z]+([-_][a-z]+)*")


def codes_in_source() -> set[str]:
    """Every code that stands in the source, found in its syntax."""
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args) if name in CODE_STANDS:
                    found |= _texts(args[CODE_STANDS[name] :][:1])
                case ast.FunctionDef(name=name, body=body) if MAKE_CODES.get(path.name) == name:
                    found |= {text for text in _texts(body) if "-" in text}
    return {code.replace("_", "-") for code in found}


def _texts(nodes: list[Any]) -> set[str]:
    constants = [node for top in nodes for node in ast.walk(top) if isinstance(node, ast.Constant)]
    return {str(node.value) for node in constants if isinstance(node.value, str) and CODE.fullmatch(node.value)}
