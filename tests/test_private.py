"""The CPR watch: wherever a CPR number goes in, and however it is spelled, it comes out nowhere.

It is planted in every value, key, name of a file and argument. Then whatever there is to be seen is searched: texts,
reprs, pickles, JSON, errors with what they were raised from, what is printed, what is logged, what is written.
A name cannot be recognised and is not looked for.
"""

import csv
import difflib
import io
import json
import logging
import pickle
import pickletools
import re
import shutil
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import typer.main
from packs import FINDING, FULL_PACK, ROOT, make_case, paths_of, with_key, with_value
from pydantic import BaseModel

import vedligehold as v
from vedligehold.cli import app, run
from vedligehold.decide import replay
from vedligehold.policy.cases import read_cases
from vedligehold.policy.run import run_case
from vedligehold.reading.document import read_document

CPR = "0203481739"
"""It fails modulus 11, which held for every number of its year: nobody has it."""
SPELLINGS = [
    CPR,
    "020348-1739",
    "020348 1739",
    "020348–1739",
    "020348 - 1739",
    "02 03 48 1739",
    "02.03.48-1739",
    "020348/1739",
    "203481739",
]
"""The last one has been in a spreadsheet, where it lost its zero."""
AS_JSON: list[Any] = [*SPELLINGS, int(CPR), float(CPR), 2003481739, [CPR], {CPR: CPR}]
ODD: list[Any] = ["x", "1940-05-06", 7, [], {}]
"""Wrong in most places of a case, beside a number where one belongs."""

BAD = ROOT / "tests" / "bad"
ON = date(2020, 6, 1)
FULL_CASE: dict[str, Any] = {
    "citizen": {"cpr": CPR, "birth_date": "1948-03-02", "municipality_code": "0999", "needs_maintenance": True},
    "referral": {"received_on": "2020-05-04", "referred_by": "citizen", "requested": ["balance"]},
    "facts": {"motivated": True, "level": 2, "pension": "early", "aids": ["stick"], "discharged_on": "2020-03-01"},
    "self_reported": ["chronic_condition"],
    "findings": {"benefit": {"holds": True, "reason": "Gavn.", "by": "visitator", "on": "2020-05-20"}},
    "events": [{"type": "granted", "on": "2020-05-06"}],
}
WITHOUT_CPR = with_value(FULL_CASE, ("citizen", "cpr"), None)
FULL_CASES: dict[str, Any] = {
    "format": "1",
    "typical": WITHOUT_CPR,
    "cases": [
        {
            "name": "En",
            "on": "2020-06-01",
            "citizen": {"needs_maintenance": "false"},
            "expect": {
                "outcome": "rejected",
                "because": ["need"],
                "requirements": {"need": "holds"},
                "deadlines": {"contact": {"due_on": "2020-05-11"}},
                "complaint": "Ankestyrelsen",
            },
        }
    ],
}


# ----------------------------------------------------------------------------------------------------------------------
# The watch itself

_ESCAPES = re.compile(r"\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|\x1b\[[0-9;]*m")


def repeats(said: str) -> bool:
    """Whether the number stands in *said*, however it is parted, or the four digits of it that no date tells."""
    digits = "".join(str(int(char)) for char in _ESCAPES.sub("", said) if char.isdecimal())
    return CPR[1:] in digits or re.search(rf"(?<![0-9a-z]){CPR[6:]}(?![0-9a-z])", said) is not None


def seen(thing: object) -> Iterator[tuple[str, str]]:
    """Whatever somebody may see of *thing*: how, and the text."""
    yield "str", str(thing)
    yield "repr", repr(thing)
    codes = pickletools.genops(pickle.dumps(thing))
    # without the numbers of the pickle's own: how long it is, and what it has said before
    yield "pickle", " ".join(str(held) for code, held, _ in codes if not re.search("FRAME|GET|PUT", code.name))
    if isinstance(thing, BaseModel):
        yield "dump", repr(thing.model_dump())
        yield "json", thing.model_dump_json()
        yield "fields", repr(thing.model_fields_set)
    if isinstance(thing, v.Decision):
        yield "json", thing.model_dump_json()
        yield "receipt", json.dumps(thing.receipt)
        yield "parts", " ".join(repr(getattr(thing, name)) for name in dir(thing) if not name.startswith("_"))
        yield "traces", " ".join(repr(thing.trace(each.id)) for each in thing.requirements)
    if isinstance(thing, BaseException):
        yield "traceback", "".join(traceback.format_exception(thing))
        yield "inside", repr(vars(thing))
        for before in {thing.__cause__, thing.__context__} - {None}:
            for how, said in seen(before):
                yield f"raised from, {how}", said


def leaks(thing: object) -> list[str]:
    """How *thing* repeats the number."""
    return [how for how, said in seen(thing) if repeats(said)]


def outcome(call: Callable[..., Any], *given: Any) -> Any:
    """What *call* gives, or what it raises on purpose: an error of the library, or of a calendar."""
    try:
        return call(*given)
    except (v.VedligeholdError, ValueError) as error:
        return error


@pytest.fixture(autouse=True)
def _nothing_is_logged(caplog):
    """By nobody, at no level."""
    caplog.set_level(logging.DEBUG)
    yield
    assert not repeats(caplog.text)


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    """Where whatever is written would be seen, and whose own name is not shown."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("spelled", [*SPELLINGS, int(CPR), float(CPR), "####### 1739", "020348‑1739"])
def test_the_watch_sees_a_number_however_it_is_spelled(spelled):
    """A watch that sees nothing would find nothing."""
    assert repeats(f"sagen {spelled}.")
    assert repeats(json.dumps({"facts": {"a": spelled}}))
    assert repeats(ascii(spelled))


@pytest.mark.parametrize("printed", ["020348-\n      1739", "020348\x1b[0m-\x1b[1m1739", "'020348\\u20131739'"])
def test_the_watch_sees_a_number_that_is_wrapped_coloured_or_escaped(printed):
    """As a narrow terminal, a bold letter or a log may have it."""
    assert repeats(printed)


def test_the_watch_takes_no_other_number_for_it():
    """A date of birth is what is left of a number."""
    assert not repeats("1948-03-02, 0203480000, sha256:31739ab, page 203 of 481")


def test_the_watch_sees_into_pickles_and_into_what_an_error_was_raised_from():
    """Where a number stands that nobody prints."""
    error = outcome(_raise_from_another)
    citizen = v.Citizen.model_construct(municipality_code=CPR)

    assert {"str", "repr", "dump", "json", "pickle"} == {*leaks(citizen)}
    assert {"raised from, str", "raised from, repr"} <= {*leaks(error)}
    assert "str" not in leaks(error)
    assert ["pickle"] == leaks(_Hidden(int(CPR)))


def _raise_from_another() -> None:
    try:
        int(f"{CPR}?")
    except ValueError:
        raise v.CaseError([]) from None


class _Hidden:
    """Something that holds a number and does not say so."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __repr__(self) -> str:
        return "hidden"


# ----------------------------------------------------------------------------------------------------------------------
# Cases


@cache
def small_pack() -> v.Pack:
    """A pack with a fact of each type."""
    return v.load_pack(BAD / "case" / "pack.yaml")


def planted(data: Any, number: Any) -> Iterator[Any]:
    """Copies of *data*, each with *number* in another place, as a value and as a key."""
    for path in paths_of(data):
        yield with_value(data, path, number)
        if isinstance(number, str):
            yield with_key(data, path, number)


def decided(case: v.Case) -> v.Decision:
    return v.decide(small_pack(), case, on=ON)


WAYS: Mapping[str, Callable[[Any], v.Case]] = {
    "call": lambda data: v.Case(**data),
    "validate": v.Case.model_validate,
    "json": lambda data: v.Case.model_validate_json(json.dumps(data)),
    "bytes": lambda data: v.Case.model_validate_json(json.dumps(data, ensure_ascii=False).encode()),
    "text": lambda data: v.read_case(json.dumps(data)),
    "copy": lambda data: v.Case().model_copy(update=data),
}


@pytest.mark.parametrize(
    ("way", "planted_one"),
    [("text", number) for number in AS_JSON] + [(way, odd) for way in WAYS for odd in (CPR, *ODD)],
    ids=str,
)
def test_no_case_repeats_a_number_and_no_error_of_one(way, planted_one):
    """Whichever way it is made: the case, what is wrong with it, and the decision."""
    refused = 0
    for data in planted(FULL_CASE, planted_one):
        case = outcome(WAYS[way], data)
        refused += isinstance(case, v.CaseError)

        assert [] == leaks(case), data
        if isinstance(case, v.CaseError):
            assert (None, None) == (case.__cause__, case.__context__)
        else:
            assert [] == leaks(outcome(decided, case)), data
    assert refused > 15


@pytest.mark.parametrize("pack", ["rebild", "sundhed-og-traening"])
@pytest.mark.parametrize("number", SPELLINGS[:2])
def test_a_decision_knows_the_date_and_not_the_number(pack, number):
    """Nor does its receipt, nor the decision that is worked out again from that."""
    known = json.loads((ROOT / "examples" / "rebild-case.json").read_text(encoding="utf-8"))
    del known["citizen"]["birth_date"]
    known["citizen"]["cpr"] = number
    case = v.Case.model_validate(known)
    loaded = v.load_pack(pack)
    decision = v.decide(loaded, case, on=date(2018, 5, 3))

    assert date(1948, 3, 2) == case.citizen.birth_date
    assert [] == leaks(decision)
    assert [] == leaks(replay(loaded, decision.receipt))


@pytest.mark.parametrize("number", AS_JSON, ids=str)
def test_no_receipt_brings_a_number_back(number):
    """It may have been in other hands."""
    receipt = v.decide(small_pack(), v.Case.model_validate(FULL_CASE), on=ON).receipt
    found = [outcome(replay, small_pack(), other) for other in planted(receipt, number)]

    assert [] == [leaks(each) for each in found if leaks(each)]
    assert [each for each in found if isinstance(each, v.CaseError)]
    assert [each for each in found if isinstance(each, v.PackError)]


# ----------------------------------------------------------------------------------------------------------------------
# Everything public

FULL = make_case(
    needs_maintenance=False, findings={"benefit": FINDING}, events=[{"type": "granted", "on": "2020-05-06"}]
)


def untold(verb: Callable[..., Any], *given: Any) -> Any:
    """What *verb* makes of what is given, without what there is to know of the columns."""
    with warnings.catch_warnings(action="ignore"):
        return verb(*given, on=ON)


FRAME = pl.DataFrame({"needs_maintenance": [True], "cpr": [CPR]})
CALLS: Mapping[str, list[Callable[[Any], object]]] = {
    "Case": [
        lambda number: v.Case(**{str(number): number}),
        lambda number: v.Case(self_reported=[number]),  # type: ignore[arg-type]
        lambda number: v.Case(citizen=number),
        v.Case.model_validate,
        lambda number: v.Case.model_validate_json(str(number)),
        lambda number: v.Case().model_copy(update={str(number): number}),
        lambda number: attribute_error(v.Case(), str(number), number),
    ],
    "Citizen": [
        lambda number: v.Citizen(cpr=number),  # type: ignore[call-arg]
        lambda number: v.Citizen(cpr=number, can_self_train=number),  # type: ignore[call-arg]
        lambda number: v.Citizen(cpr=number, birth_date=date(1950, 1, 1)),  # type: ignore[call-arg]
        lambda number: v.Citizen(birth_date=number),
        lambda number: v.Citizen(municipality_code=number),
        lambda number: v.Citizen().model_copy(update={"cpr": number}),
        lambda number: attribute_error(v.Citizen(), "birth_date", number),
    ],
    "Referral": [
        lambda number: v.Referral(received_on=number),
        lambda number: v.Referral(referred_by=number),
        lambda number: v.Referral(requested=number),
        lambda number: v.Referral(requested=(number,)),
    ],
    "Event": [lambda number: v.Event(type=number, on=ON), lambda number: v.Event(type="granted", on=number)],
    "Finding": [
        lambda number: v.Finding(holds=number, reason="r", by="b", on=ON),
        lambda number: v.Finding(holds=True, reason=number, by="b", on=ON),
        lambda number: v.Finding(holds=True, reason=f"Fru Olsen, {number}, har gavn.", by="b", on=ON),
        lambda number: v.Finding(holds=True, reason="r", by=number, on=ON),
        lambda number: v.Finding(holds=True, reason="r", by="b", on=number),
    ],
    "Problem": [lambda number: v.Problem(f"{number}", "bad-cpr", f"sagen {number} er", f"ikke {number}")],
    "VedligeholdError": [lambda number: v.VedligeholdError([v.Problem("", "x", f"{number}")])],
    "PackError": [lambda number: v.PackError([v.Problem("", "x", f"{number}")])],
    "CaseError": [lambda number: v.CaseError([v.Problem("", "x", f"{number}")])],
    "EnginesDisagree": [lambda number: v.EnginesDisagree([v.Problem("", "x", f"{number}")])],
    "NotInForce": [lambda number: v.NotInForce([v.Problem("", "x", f"{number}")])],
    "Decision": [lambda number: attribute_error(v.decide(small_pack(), FULL, on=ON), "outcome", number)],
    "Deadline": [lambda _: v.decide(small_pack(), FULL, on=ON).deadlines],
    "Fact": [lambda _: v.facts(small_pack())],
    "Outcome": [lambda _: list(v.Outcome)],
    "Pack": [lambda number: attribute_error(small_pack(), "versions", number)],
    "WorkdayCalendar": [
        lambda number: v.WorkdayCalendar(saturday=number),
        lambda number: v.WorkdayCalendar(closed=(str(number),)),
        lambda number: v.WorkdayCalendar(holidays={number: "x"}),
        lambda number: v.WorkdayCalendar().add_workdays(number, 1),
        lambda _: v.WorkdayCalendar().add_workdays(ON, int(CPR)),
        lambda number: v.WorkdayCalendar().why_closed(number),
    ],
    "decide": [
        lambda number: v.decide(number, FULL, on=ON),
        lambda number: v.decide(small_pack(), number, on=ON),
        lambda number: v.decide(small_pack(), FULL, on=number),
        lambda number: v.decide(small_pack(), FULL, on=ON, engine=number),
        lambda number: v.decide(small_pack(), number, on=ON, engine="durable"),
        lambda number: v.decide(small_pack(), FULL, on=number, engine="durable"),
    ],
    "decide_many": [
        lambda number: v.decide_many(number, FRAME, on=ON),
        lambda number: v.decide_many(small_pack(), number, on=ON),
        lambda number: v.decide_many(small_pack(), FRAME, on=number),
    ],
    "case_of_row": [
        lambda number: v.case_of_row(number, {}),
        lambda number: v.case_of_row(small_pack(), {"cpr": number, "birth_date": date(1950, 1, 1)}),
        lambda number: v.case_of_row(small_pack(), {"referred_by": number}),
        lambda number: v.case_of_row(small_pack(), {f"finding_{number}": True}),
    ],
    "summarise": [lambda number: v.summarise(small_pack(), number), lambda _: v.summarise(small_pack(), FRAME)],
    "what_if": [
        lambda number: v.what_if(small_pack(), small_pack(), number, on=ON),
        lambda number: v.what_if(small_pack(), small_pack(), FRAME, on=number),
    ],
    "WhatIf": [lambda _: untold(v.what_if, small_pack(), small_pack(), FRAME)],
    "ChangeSummary": [lambda _: untold(v.what_if, small_pack(), small_pack(), FRAME).summary()],
    "Summary": [lambda _: v.summarise(small_pack(), untold(v.decide_many, small_pack(), FRAME))],
    "ColumnWarning": [lambda _: v.ColumnWarning("x")],
    "due": [
        lambda number: v.due(number, {"granted": ON}),
        lambda number: v.due(small_pack(), number),
        lambda number: v.due(small_pack(), {number: ON}),
        lambda number: v.due(small_pack(), {"granted": number}),
        lambda number: v.due(small_pack(), {"granted": ON}, on=number),
    ],
    "facts": [v.facts, lambda number: v.facts(small_pack(), on=number)],
    "replay": [lambda number: v.replay(number, {}), lambda number: v.replay(small_pack(), number)],
    "load_pack": [
        v.load_pack,
        lambda number: v.load_pack(Path(f"{number}.yaml")),
        lambda number: v.load_pack(Path(f"{number}\0.yaml")),
        lambda number: v.load_pack("rebild", rules=str(number)),
    ],
    "packs": [lambda number: v.packs(str(number))],
    "read_case": [
        v.read_case,
        lambda number: v.read_case(f'{{"{number}": {{'),
        lambda number: v.read_case(f'{{"{number}": 1, "{number}": 2}}'),
        lambda number: v.read_case(Path(f"{number}.json")),
        lambda number: v.read_case(f"{number}\0"),
    ],
}


def attribute_error(thing: object, name: str, value: object) -> object:
    """What is said to whoever tries to change what cannot be changed."""
    try:
        setattr(thing, name, value)
    except AttributeError as error:
        return error
    return thing


@pytest.mark.parametrize("name", sorted({*v.__all__} - {"__version__"}))
def test_nothing_public_repeats_a_number(name):
    """A new public name takes its place in `CALLS`."""
    for number in [*SPELLINGS, int(CPR)]:
        for place, call in enumerate(CALLS[name]):
            assert [] == leaks(outcome(call, number)), (place, number)


@pytest.mark.parametrize("number", SPELLINGS[:5])
def test_a_pack_does_not_repeat_the_number_that_its_folder_is_named_by(number):
    """Nor does anything that is made of it."""
    file = Path(number, "small", "2020-01-01.yaml")
    file.parent.mkdir(parents=True)
    shutil.copy(BAD / "case" / "pack.yaml", file)
    pack = v.load_pack("small", rules=number)

    for thing in (pack, *pack.versions, pack.nation, pack.at(ON), v.decide(pack, FULL, on=ON), read_document(file)):
        assert [] == leaks(thing)


# ----------------------------------------------------------------------------------------------------------------------
# Files


def test_no_error_of_a_pack_repeats_a_number():
    """Wherever in the pack it stands. A pack that can be used says what it says: it is no case."""
    refused = 0
    for data in planted(FULL_PACK, "020348–1739"):
        file = Path("pack.yaml")
        file.write_text(json.dumps(data, ensure_ascii=False, indent=0), encoding="utf-8")
        read = outcome(v.load_pack, file)
        refused += isinstance(read, v.PackError)

        assert isinstance(read, v.Pack) or [] == leaks(read), data
    assert refused > 100


@pytest.mark.parametrize("number", SPELLINGS)
def test_no_file_of_cases_repeats_a_number(number):
    """Nor does what is read of it, nor what comes of that: cases are often made from real ones."""
    file = Path("2020-01-01.cases.yaml")
    for data in planted(FULL_CASES, number):
        file.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        read = outcome(read_cases, file)
        results = [] if isinstance(read, Exception) else [run_case(small_pack(), each) for each in read.cases]

        assert [] == leaks(read), data
        assert [] == leaks(results), data


READERS: Mapping[str, Callable[[Path], object]] = {
    "pack": v.load_pack,
    "case": lambda file: v.decide(small_pack(), v.read_case(file), on=ON).model_dump(),
    "cases": read_cases,
    "folder": lambda file: v.packs(file.parts[0]),
}
NO_EXAMPLES = {"good.yaml", "pack.yaml"}
EXAMPLES = [
    path
    for kind in READERS
    for path in sorted((BAD / kind).rglob("*" if kind == "folder" else "*.*"))
    if path.suffix in (".yaml", ".json") and path.name not in NO_EXAMPLES
]


def spoilt(path: Path, number: str) -> Iterator[str]:
    """The text of *path* with *number* in place of one word of the lines that a good one does not have."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    good = BAD / ("cases" if path.parent.name == "cases" else "pack") / "good.yaml"
    chosen = changed(good.read_text(encoding="utf-8").splitlines(keepends=True), lines)
    start = 0
    for place, line in enumerate(lines):
        for word in re.finditer(r"[\w.-]+", line) if place in chosen else ():
            yield text[: start + word.start()] + number + text[start + word.end() :]
        start += len(line)


def changed(before: list[str], after: list[str]) -> set[int]:
    """The places of the lines that differ, and of the line before each."""
    blocks = difflib.SequenceMatcher(None, before, after).get_opcodes()
    return {place for kind, _, _, start, end in blocks if kind != "equal" for place in range(start - 1, end)}


@pytest.mark.long
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: str(path.relative_to(BAD)))
def test_no_error_of_an_example_repeats_a_number(path):
    """In a folder and file that are named by a number, with another in place of each word: it is told what is wrong."""
    kind, *inside = path.relative_to(BAD).parts
    if kind == "folder":
        shutil.copytree(BAD / kind / inside[0], CPR)
        file = Path(CPR, *inside[1:])
    else:
        file = Path(CPR, f"{SPELLINGS[1]}{path.suffix}")
        file.parent.mkdir()
    codes = set()
    for number in SPELLINGS[:2]:
        for text in [path.read_text(encoding="utf-8"), *spoilt(path, number)]:
            file.write_text(text, encoding="utf-8")
            read = outcome(READERS[kind], file)
            if isinstance(read, v.VedligeholdError):
                codes |= {problem.code for problem in read.problems}

                assert [] == leaks(read), text
    assert codes


# ----------------------------------------------------------------------------------------------------------------------
# The command line

COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
VALID = {
    "packs": "--rules rules",
    "decide": "case.json --pack small --on 2020-06-01 --rules rules",
    "decide-many": "cases.csv -o out.csv --pack small --on 2020-06-01 --rules rules",
    "what-if": "cases.csv -o out.csv --pack small --against small --on 2020-06-01 --rules rules --least 1",
    "due": "--pack small --event granted=2020-05-06 --rules rules",
    "facts": "--pack small --rules rules",
    "check": "rules/small --rules rules",
    "test": "rules/small --rules rules",
    "certify": "rules/small --on 2020-06-01 --rules rules",
    "schema": "case",
}
"""A good line of each command."""
WRITE = {"--html", "--suggest", "decide-many", "what-if"}
"""The options that write a file, and the commands."""


def put(home: Path) -> None:
    """A case, a pack and two files of its cases, of which one expects what does not come."""
    folder = home / "rules" / "small"
    folder.mkdir(parents=True)
    shutil.copy(BAD / "case" / "pack.yaml", folder / "2020-01-01.yaml")
    cases = (BAD / "cases" / "good.yaml").read_text(encoding="utf-8")
    (folder / "2020-01-01.cases.yaml").write_text(cases, encoding="utf-8")
    (folder / "2020-01-02.cases.yaml").write_text(cases.replace("rejected", "redirected"), encoding="utf-8")
    home.joinpath("cases.csv").write_text(f"cpr,needs_maintenance,granted_on\n{CPR},true,2020-05-06\n")
    home.joinpath("case.json").write_text(json.dumps(with_value(FULL_CASE, ("citizen",), {"cpr": CPR})))


def lines_of(command: str, number: str) -> Iterator[list[str]]:
    """Lines of *command* with *number* in every place that the command says it has, and in some that it has not."""
    good = VALID[command].split()
    yield good
    yield [word.replace("case", f"{number}/case").replace("rules", f"{number}/rules") for word in good]
    yield [f"{number}/{word}" for word in good]
    for place in range(len(good)):
        yield [*good[:place], number, *good[place + 1 :]]
    yield [*good, number]
    yield [*good, f"--{number}"]
    for parameter in COMMANDS[command].params:
        if parameter.param_type_name == "option":
            for option in parameter.opts:
                values = [number, f"{number}=2020-01-01", f"granted={number}"]
                yield from [[*good, option]] if parameter.is_flag else [[*good, option, value] for value in values]


def test_every_command_has_its_good_line():
    """A new one takes its place among them, and is then run with numbers planted."""
    assert set(COMMANDS) == set(VALID)


@pytest.fixture
def said(capsys):
    """Run a line, and give whatever is printed and written; without an option that asks for it, no file is."""
    put(Path())

    def call(arguments: list[str]) -> str:
        before = sorted(Path().rglob("*"))
        code = run(arguments)
        told = "".join(capsys.readouterr())

        assert code in (0, 1, 2)
        assert "Traceback" not in told
        for file in {*Path().rglob("*")} - {*before} if WRITE & {*arguments} else ():
            told += file.read_text(encoding="utf-8")
            file.unlink()
        assert before == sorted(Path().rglob("*"))
        return told

    return call


@pytest.mark.long
@pytest.mark.parametrize("number", ["0203481739", "020348-1739", "020348–1739", "203481739"])
@pytest.mark.parametrize("command", sorted(VALID))
def test_no_command_repeats_a_number(command, number, said):
    """Planted in every argument, option and path."""
    put(Path(number))
    for line in lines_of(command, number):
        assert not repeats(said([command, *line])), line
        assert not repeats(said([command, *line, "--json"])), line
    assert not repeats(said([number]))
    assert not repeats(said([f"--{number}", command]))


@pytest.mark.parametrize("command", sorted(VALID))
def test_every_good_line_is_good(command, said):
    """One that is refused would show little of its command."""
    told = said([command, *VALID[command].split()])

    assert told
    assert "vedligehold: " not in told


@pytest.mark.parametrize("number", SPELLINGS)
def test_no_value_of_a_parameter_repeats_a_number(number, said):
    """In place of its name and of its value."""
    line = ["what-if", "cases.csv", "--pack", "sundhed-og-traening", "--on", "2017-05-10"]
    for settings in ([number], [f"{number}=20"], [f"adult_age={number}"], [f"adult_age=20={number}"]):
        for twice in (settings, settings * 2):
            assert not repeats(said([*line, *(word for each in twice for word in ("--set", each))])), twice


@pytest.mark.parametrize("number", [CPR, "020348-1739", int(CPR)], ids=str)
def test_deciding_a_case_on_the_command_line_repeats_no_number(number, said, monkeypatch):
    """From a file and from stdin, as text and as JSON."""
    for data in planted(FULL_CASE, number):
        text = json.dumps(data, ensure_ascii=False)
        Path("case.json").write_text(text, encoding="utf-8")
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        for line in ("case.json --pack small --on 2020-06-01 --rules rules", "- --pack small --rules rules --json"):
            assert not repeats(said(["decide", *line.split()])), data


@pytest.mark.long
@pytest.mark.parametrize("number", SPELLINGS[:2])
@pytest.mark.parametrize("command", ["check", "test", "certify"])
def test_checking_and_testing_a_pack_on_the_command_line_repeats_no_number(command, number, said, monkeypatch):
    """Whatever stands in the file of cases; also for somebody who watches, to whom a bar shows how far it is."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    file = Path("rules", "small", "2020-01-01.cases.yaml")
    for data in planted(FULL_CASES, number):
        file.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")

        assert not repeats(said([command, "rules/small", "--rules", "rules"])), data
    file.rename(file.with_name(f"{number}.cases.yaml"))

    assert not repeats(said([command, str(file.with_name(f"{number}.cases.yaml")), "--rules", "rules"]))


# ----------------------------------------------------------------------------------------------------------------------
# Tables

TABLE: dict[str, list[Any]] = {
    "cpr": [CPR, "020348-1739"],
    "needs_maintenance": [True, False],
    "referred_by": ["citizen", "doctor"],
    "municipality_code": ["0999", "0840"],
    "requested": [["balance"], []],
    "granted_on": ["2020-05-06", "2020-05-07"],
    "level": [2, 3],
}


@pytest.mark.long
@pytest.mark.parametrize(
    ("command", "number"),
    [("decide-many", number) for number in AS_JSON]
    + [("what-if --against other.yaml --least 1", number) for number in (CPR, int(CPR))],
    ids=str,
)
@pytest.mark.parametrize("ending", ["json", "csv"])
def test_deciding_a_table_on_the_command_line_repeats_no_number(command, ending, number, capsys):
    """In every cell of a column that is read, and in a name. Only the column that it stood in goes through as it is."""
    put(Path())
    changed_pack = (BAD / "case" / "pack.yaml").read_text(encoding="utf-8").replace("workdays: 5", "workdays: 7")
    text = changed_pack.replace("require: needs_maintenance", "require: {not: needs_maintenance}")
    Path("other.yaml").write_text(text, encoding="utf-8")
    for column in TABLE:
        for place in range(2):
            rows = [{name: values[at] for name, values in TABLE.items()} for at in range(2)]
            rows[place][column] = number
            other = [{**row, str(number): 1} for row in rows]
            for table in (rows, other) if place else (rows,):
                lines = [
                    ",".join(f'"{cell}"' for cell in row) for row in ([*table[0]], *(row.values() for row in table))
                ]
                text = json.dumps(table) if ending == "json" else "\n".join(lines)
                Path(f"cases.{ending}").write_text(text + "\n", encoding="utf-8")
                line = f"{command} cases.{ending} -o out.csv --pack small --on 2020-06-01 --rules rules"
                code = run(line.split())

                assert not repeats("".join(capsys.readouterr())), (column, table)
                if code == 0:
                    with Path("out.csv").open(encoding="utf-8", newline="") as file:
                        found = [{**row, column: "", str(number): ""} for row in csv.DictReader(file)]
                    assert not repeats("".join(f"{row.values()}" for row in found)), (column, table)
