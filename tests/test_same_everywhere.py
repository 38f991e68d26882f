"""The same answers, bit for bit, wherever the library runs: whatever the hash seed, locale, time zone or `-O`.

What is compared is everything that this file prints when it is run as a program: once in this process, and once in a
process of its own for each setting.
"""

import contextlib
import hashlib
import io
import json
import locale
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from processes import environment, made_locale

import vedligehold as v
from vedligehold.cli import run
from vedligehold.policy.cases import case_files, read_cases
from vedligehold.policy.run import run_case
from vedligehold.reading.library import rules_folder
from vedligehold.schemas import SCHEMAS

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[1]
BAD = Path("tests", "bad")

ZONES = ("Pacific/Kiritimati", "America/Los_Angeles", "Asia/Kolkata")
"""The first is a day ahead of the second at every moment."""
SETTINGS: Mapping[str, tuple[list[str], dict[str, str]]] = {
    **{f"hash seed {seed}": ([], {"PYTHONHASHSEED": seed}) for seed in ("0", "1", "random")},
    **{f"locale {name}": ([], {"LC_ALL": name, "LANG": name}) for name in ("da_DK.UTF-8", "tr_TR.UTF-8")},
    "a terminal that knows ASCII alone": ([], {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
    **{f"time zone {zone}": ([], {"TZ": zone}) for zone in ZONES},
    "-O": (["-O"], {}),
    "-OO": (["-OO"], {}),
}


# ----------------------------------------------------------------------------------------------------------------------
# What is compared


def decisions() -> Iterator[str]:
    """Every case of every pack in `rules`, decided, with its receipt; and worked out again from that."""
    for pack in v.packs():
        for file in case_files(rules_folder() / pack.id):
            for case in read_cases(file).cases:
                decision = run_case(pack, case).decision
                if decision is not None:
                    yield decision.model_dump_json()
                    yield v.replay(pack, decision.receipt).model_dump_json()


def deadlines() -> Iterator[str]:
    """Every deadline of every pack, from a day in spring on which the holidays lie close."""
    events = {
        "referral_received": date(2018, 4, 26),
        "granted": date(2018, 5, 3),
        "decision_received": date(2018, 5, 7),
    }
    for pack in v.packs():
        yield json.dumps([each.model_dump() for each in v.due(pack, events)])


def data() -> Iterator[str]:
    """The facts, the hashes of packs, nation and calendars, and the schemas without what they say in words."""
    for pack in v.packs():
        yield repr(v.facts(pack))
        yield from (f"{version.digest} {version.calendar.digest()}" for version in pack.versions)
        yield pack.nation.digest
    yield from (json.dumps(without_words(make())) for make in SCHEMAS.values())


def without_words(schema: Any) -> Any:
    """*schema* without its descriptions."""
    if isinstance(schema, list):
        return [without_words(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: without_words(each) for key, each in schema.items() if key != "description" or not isinstance(each, str)
    }


def words() -> Iterator[str]:
    """The schemas with what they say in words, some of which are docstrings."""
    yield from (json.dumps(make()) for make in SCHEMAS.values())


def errors() -> Iterator[str]:
    """What is said of every pack, case and file of cases in `tests/bad`."""
    small = v.load_pack(BAD / "case" / "pack.yaml")
    readers: Mapping[str, Callable[[Path], object]] = {
        "pack": v.load_pack,
        "case": lambda file: v.decide(small, v.read_case(file), on=date(2020, 6, 1)).model_dump(),
        "cases": read_cases,
    }
    for kind, read in readers.items():
        for file in sorted(path for path in (BAD / kind).iterdir() if path.suffix in (".yaml", ".json")):
            try:
                read(file)
            except v.VedligeholdError as error:
                yield str(error)


LINES = (
    "packs --json",
    "check",
    "test --lang en",
    "facts --pack rebild",
    "facts --pack sundhed-og-traening --json",
    "decide examples/rebild-case.json --pack rebild --on 2010-05-03",
    "decide examples/sundhed-case.json --pack sundhed-og-traening --on 2017-05-10 --lang en",
    "due --pack rebild --event referral_received=2010-04-28",
    "due --pack rebil --event granted=2010-05-06",
    "schema nothing",
)


def printed() -> Iterator[str]:
    """What the command line prints, with its exit code."""
    for line in LINES:
        out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            code = run(line.split())
        out.seek(0)
        yield f"{line}: {code}\n{out.read()}"


PARTS: Mapping[str, Callable[[], Iterator[str]]] = {
    each.__name__: each for each in (decisions, deadlines, data, words, errors, printed)
}


def answers() -> dict[str, str]:
    """A hash of each part, so that what differs is named."""
    return {name: hashlib.sha256("\n".join(part()).encode()).hexdigest() for name, part in PARTS.items()}


def main() -> None:
    """Print the answers, in the locale of the environment where there is one of that name."""
    with contextlib.suppress(locale.Error):
        locale.setlocale(locale.LC_ALL, "")
    print(json.dumps(answers()))


# ----------------------------------------------------------------------------------------------------------------------
# The comparison


@cache
def here() -> dict[str, str]:
    """The answers of this process."""
    return answers()


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch):
    """Places in messages are told from there."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("TERM", "dumb")


@pytest.mark.parametrize("setting", SETTINGS)
def test_the_answers_are_the_same_bit_for_bit(setting, tmp_path):
    """Decisions, receipts, deadlines, schemas, hashes, messages, and what is printed."""
    options, variables = SETTINGS[setting]
    expected = here()
    command = [sys.executable, *options, __file__]
    variables = {**variables, **made_locale(variables.get("LC_ALL", "C"), tmp_path)}
    done = subprocess.run(command, env=environment(variables), cwd=ROOT, capture_output=True, text=True)

    assert "" == done.stderr
    found = json.loads(done.stdout)
    if "-OO" in options:  # docstrings are left out
        assert expected["words"] != found["words"]
        found["words"] = expected["words"]
    assert expected == found


@pytest.mark.parametrize("part", PARTS)
def test_every_part_has_much_to_compare(part):
    """A hash of nothing would always be the same."""
    assert len("\n".join(PARTS[part]())) > 2_000


@pytest.mark.parametrize("command", ["--help", "decide --help", "--version"])
def test_the_help_is_there_without_docstrings(command):
    """The texts of the commands are docstrings, which `-OO` leaves out; the options have texts of their own."""
    line = [sys.executable, "-OO", "-m", "vedligehold", *command.split()]
    done = subprocess.run(line, env=environment({}), cwd=ROOT, capture_output=True, text=True)

    assert (0, "") == (done.returncode, done.stderr)
    assert "vedligehold" in done.stdout


if __name__ == "__main__":
    main()
