"""The policy test suite: the cases of a pack under `vedligehold test`, beside the same cases under `openfisca test`.

Importing this loads OpenFisca and pytest, so that whoever measures memory imports it afterwards.
"""

import contextlib
import io
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from measure import Side, Times, interleaved, ratio, say
from openfisca_core.tools.test_runner import run_tests
from openfisca_rebild import CountryTaxBenefitSystem

from vedligehold import cli
from vedligehold.facts import STANDARD_FACTS
from vedligehold.policy.mutation import judge
from vedligehold.policy.mutation import wrong_rules as wrong_rules_of
from vedligehold.policy.report import examine
from vedligehold.policy.suite import suites_of
from vedligehold.reading.document import read_document

ROOT = Path(__file__).parents[1]
VERSION = ROOT / "rules" / "rebild" / "2010-01-01.yaml"
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "benchmarks")])}
ASSESSED = {fact.name for fact in STANDARD_FACTS if fact.assessed}
SYSTEM = CountryTaxBenefitSystem()
COPIES = 10
ROUNDS = 9

HEAD = ("", "cases a second", "beside", "cases a second", "times as many", "wanted")


def policy_tests() -> tuple[list[list[str]], str]:
    """The lines of a table: cases a second on both sides; and how many cases there are."""
    say("the policy test suite")
    document = read_document(VERSION.with_suffix(".cases.yaml")).data
    cases = [case for case in document["cases"] if can_be_expressed(case)]
    with tempfile.TemporaryDirectory() as folder:
        once, often = Path(folder) / "once", Path(folder) / "often"
        write_suites(once, document, cases, copies=1)
        write_suites(often, document, cases, copies=COPIES)
        same_answers(once, len(cases))
        rows = [*_whole_commands(once, often, len(cases)), _warm(once, len(cases))]
    left_out = len(document["cases"]) - len(cases)
    return rows, f"{len(cases)} cases of `rebild`, {left_out} left out"


def wrong_rules() -> str:
    """How many wrong rules of both packs and the law are judged in a second, and in how long the whole suite is."""
    say("wrong rules")
    suites = suites_of([], None)
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        report = examine(suites, mutants=False, progress=lambda work, _: work)
        middle = time.perf_counter()
        judged = [judge(wrong, report.ready) for wrong in wrong_rules_of(suites)]
        times.append((time.perf_counter() - middle, time.perf_counter() - start))
    mutants, whole = (statistics.median(column) for column in zip(*times, strict=True))
    cases = sum(len(suite.cases) for suite in suites.packs)
    return (
        f"{len(judged) / mutants:,.0f} a second: {len(judged)} wrong rules of both packs and the law; "
        f"{cases} cases, their coverage and all wrong rules take {whole:.1f} s"
    )


def can_be_expressed(case: Mapping[str, Any]) -> bool:
    """Whether the country package can express *case*: no facts of the pack's own, and an answer that it works out."""
    return not case.get("facts") and not {"outcome", "requirements"}.isdisjoint(case.get("expect") or ())


def write_suites(folder: Path, document: Mapping[str, Any], cases: list[dict[str, Any]], *, copies: int) -> None:
    """The same *cases* for both sides, in as many files as there are *copies*: a file of cases has a largest size."""
    ours, theirs = _ours(folder), _theirs(folder)
    ours.mkdir(parents=True)
    theirs.mkdir()
    shutil.copy(VERSION, ours)
    tests = [openfisca_test(case, document["typical"]) for case in cases]
    for number in range(copies):
        _write(ours / f"{number}.cases.yaml", {**document, "cases": cases})
        _write(theirs / f"{number}.yaml", tests)


def _ours(folder: Path) -> Path:
    return folder / VERSION.parent.name  # a pack lies in a folder of its own name


def _theirs(folder: Path) -> Path:
    return folder / "openfisca"


def _write(path: Path, data: object) -> None:
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=120), encoding="utf-8")


def openfisca_test(case: Mapping[str, Any], typical: Mapping[str, Any]) -> dict[str, Any]:
    """A test in OpenFisca's format: what is known of *case*, its outcome and results as far as the case names them."""
    parts = [*map(typical.get, ("citizen", "referral")), *map(case.get, ("citizen", "referral"))]
    given = {name: value for part in parts for name, value in (part or {}).items()}
    usual_and_own = {**typical, **case}
    unknown = ASSESSED.intersection(usual_and_own.get("self_reported") or ())
    answers = {"true": "yes", "false": "no"}
    inputs = {
        name: answers.get(value, value)
        for name, value in given.items()
        if name in SYSTEM.variables and name not in unknown and value is not None
    }
    for requirement, finding in (usual_and_own.get("findings") or {}).items():
        inputs[_variable(requirement, "finding")] = "holds" if finding["holds"] == "true" else "fails"
    expected = case["expect"]
    output = {"outcome": expected["outcome"]} if "outcome" in expected else {}
    for requirement, result in (expected.get("requirements") or {}).items():
        output[_variable(requirement, "result")] = result
    return {"name": case["name"], "period": case["on"], "input": inputs, "output": output}


def _variable(requirement: str, what: str) -> str:
    return f"{requirement.replace('-', '_')}_{what}"


def same_answers(folder: Path, number: int) -> None:
    """A peer that answers otherwise is no peer; nor is a side that runs fewer cases."""
    for arguments, said in (
        (_our_command(folder), f"{number} sager passer"),
        (_their_command(folder), f"{number} passed"),
    ):
        done = _run(folder, arguments)
        if done.returncode or said not in done.stdout:
            raise SystemExit(f"not every case passes: {' '.join(arguments)}\n{done.stdout}{done.stderr}")


def _our_command(folder: Path) -> list[str]:
    return ["-m", "vedligehold", "test", str(_ours(folder))]


def _their_command(folder: Path) -> list[str]:
    command = ["-m", "openfisca_core.scripts.openfisca_command", "test"]
    return [*command, "--country-package", "openfisca_rebild", str(_theirs(folder))]


def _run(folder: Path, arguments: list[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, check=False, text=True, cwd=folder, env=ENVIRONMENT)


def _whole_commands(once: Path, often: Path, number: int) -> list[list[str]]:
    """Cases a second of whole commands, with the start of Python in them, and of the cases without it."""

    def running(folder: Path, arguments: list[str]) -> Side:
        return lambda: _run(folder, arguments).check_returncode()

    times = interleaved(
        {
            "ours": running(once, _our_command(once)),
            "theirs": running(once, _their_command(once)),
            "ours, often": running(often, _our_command(often)),
            "theirs, often": running(often, _their_command(often)),
        },
        batch=number,
        rounds=ROUNDS,
    )
    ours, theirs = times["ours"], times["theirs"]
    many = [Times(times[name].rounds, COPIES * number) for name in ("ours, often", "theirs, often")]
    more = [_more(few, many_times) for few, many_times in zip((ours, theirs), many, strict=True)]
    return [
        row(f"the whole command, {number:,} cases", ours, "`openfisca test`", theirs, "at least 20"),
        row(f"the whole command, {COPIES * number:,} cases: {COPIES} files", many[0], "`openfisca test`", many[1], ""),
        row("what is more in the row above, without the start", more[0], "`openfisca test`", more[1], ""),
    ]


def _more(few: Times, many: Times) -> Times:
    """What the cases took that *many* has more than *few*."""
    rounds = tuple(longer - shorter for longer, shorter in zip(many.rounds, few.rounds, strict=True))
    return Times(rounds, many.batch - few.batch)


def _warm(folder: Path, number: int) -> list[str]:
    """Cases a second in a process in which everything is imported, and OpenFisca's country package made."""

    def ours() -> None:
        with contextlib.redirect_stdout(io.StringIO()):
            _passed(cli.run(["test", str(_ours(folder))]))

    def theirs() -> None:
        with contextlib.redirect_stdout(io.StringIO()):
            _passed(run_tests(SYSTEM, [str(_theirs(folder))]))

    times = interleaved({"ours": ours, "theirs": theirs}, batch=number, rounds=ROUNDS)
    what = f"the same command in a warm process, {number:,} cases"
    return row(what, times["ours"], "OpenFisca's `run_tests`", times["theirs"], "")


def _passed(code: int) -> None:
    if code:
        raise SystemExit("not every case passes in a warm process")


def row(what: str, ours: Times, peer: str, theirs: Times, wanted: str) -> list[str]:
    """One line of the table; more is better."""
    return [what, _figure(ours), peer, _figure(theirs), f"**{ratio(theirs, ours):.1f}**", wanted]


def _figure(times: Times) -> str:
    return f"{times.batch / statistics.median(times.rounds):,.0f}"
