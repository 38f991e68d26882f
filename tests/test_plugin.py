"""The pytest plugin, as a municipality runs it: every case of a `<version>.cases.yaml` is a test.

pytest is run inside pytest, in a folder of its own; where it starts processes of its own, in a process.
"""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from packs import PLUGIN, plugin_loaded, write_pack

from vedligehold.policy import plugin
from vedligehold.policy.failure import failure
from vedligehold.policy.run import CaseResult, run_case
from vedligehold.policy.suite import suites_of
from vedligehold.reading import reader
from vedligehold.reading.library import CASES_ENDING

pytest_plugins = ["pytester"]
NEED = {"id": "need", "kind": "strict", "require": "needs_maintenance"}
NEGATED = {**NEED, "require": {"not": "needs_maintenance"}}
FILE = "rules/toy/2015-01-01.cases.yaml"
CASES = """\
format: 1
typical:
  citizen: {birth_date: 1950-06-01, reduced_physical_function: true, needs_maintenance: true}
cases:
  - name: Den, der har brug for det, får træning
    on: 2017-05-10
    marks: [quick]
    expect: {outcome: granted}

  - name: Den, der ikke har brug for det, får afslag
    on: 2017-05-10
    citizen: {needs_maintenance: false}
    marks: [refusal, quick]
    expect: {outcome: rejected, because: [need]}

  - name: Den, hvis behov ikke er kendt, spørger vi
    on: 2017-05-10
    citizen: {needs_maintenance: null}
    expect: {outcome: needs_information, missing: [needs_maintenance]}

  - name: En sag, som ingen har set på
    on: 2017-05-10
    to_confirm: {outcome: granted}
"""


@pytest.fixture(scope="module", autouse=True)
def everything_is_loaded():
    """What a run inside this one imports is forgotten when it ends, and a library that is imported twice is two."""
    suite = suites_of([Path("rebild")]).packs[0]
    decision = run_case(suite.pack, suite.cases[0]).decision
    failure(suite.pack, CaseResult(suite.cases[0], decision=decision))


@pytest.fixture
def repository(pytester, monkeypatch):
    """A municipality's repository with one pack; warnings are errors there, and so is a mark that nobody registered."""
    pytester.makeini("[pytest]\naddopts = --strict-markers --strict-config\nfilterwarnings = error\n")
    if plugin_loaded():
        pytester.plugins = [PLUGIN]
    monkeypatch.setenv("COLUMNS", "200")
    write_pack(pytester.path / "rules", requirements=[NEED])
    write_cases(pytester, CASES)
    return pytester


def write_cases(pytester, text):
    pytester.path.joinpath(FILE).write_text(text, encoding="utf-8")


def break_the_rule(pytester):
    """The one requirement says the opposite."""
    write_pack(pytester.path / "rules", requirements=[NEGATED])


def test_every_case_is_a_test_by_its_name(repository):
    """The name of the case is the last part of the id."""
    done = repository.runpytest("--collect-only", "-q")

    done.stdout.fnmatch_lines([
        f"{FILE}::Den, der har brug for det, får træning",
        f"{FILE}::Den, der ikke har brug for det, får afslag",
        f"{FILE}::Den, hvis behov ikke er kendt, spørger vi",
        f"{FILE}::En sag, som ingen har set på",
    ])  # fmt: skip


def test_a_name_over_several_lines_is_one_line(repository):
    """An id is one line."""
    write_cases(repository, CASES.replace("name: En sag, som ingen har set på", "name: |\n      En sag,\n      til"))

    repository.runpytest("--collect-only", "-q").stdout.fnmatch_lines([f"{FILE}::En sag, til"])


def test_cases_that_are_answered_as_expected_pass(repository):
    """And one that nobody has confirmed is skipped."""
    repository.runpytest().assert_outcomes(passed=3, skipped=1)


def test_a_case_that_nobody_has_confirmed_is_skipped_with_the_reason(repository):
    """In words."""
    repository.runpytest("-rs").stdout.fnmatch_lines([f"SKIPPED [[]1[]] {FILE}: ingen har bekræftet svaret endnu *"])


def test_a_failure_is_told_in_words_and_without_a_traceback(repository):
    """Name, place, expected, got, the requirement with its facts and its citation; nothing of Python."""
    break_the_rule(repository)
    done = repository.runpytest()

    done.assert_outcomes(failed=2, passed=1, skipped=1)
    done.stdout.fnmatch_lines([
        "_* Den, der ikke har brug for det, får afslag _*",
        "Den, der ikke har brug for det, får afslag",
        f"  {FILE}:10",
        "  afgjort onsdag den 10. maj 2017 efter rules/toy/2015-01-01.yaml",
        "  Udfald (outcome)",
        "    ventet: AFSLAG (rejected)",
        "    fik: BEVILLING (granted)",
        "    • need title (da) [[]need[]]: opfyldt, er ingen hindring",
        "      kræver: ikke »behov for at vedligeholde funktionsevnen«",
        "      oplysninger: »behov for at vedligeholde funktionsevnen«: nej",
        "      kilde: source (da), heading (S1)",
    ], consecutive=True)  # fmt: skip
    done.stdout.no_fnmatch_line("*Traceback*")
    done.stdout.no_fnmatch_line("*.py:*")


def test_the_summary_says_what_is_wrong(repository):
    """On one line, so long as the window is wide enough."""
    break_the_rule(repository)
    said = "Udfald (outcome): ventet BEVILLING (granted), fik AFSLAG (rejected)"

    repository.runpytest().stdout.fnmatch_lines([f"FAILED {FILE}::Den, der har brug for det, får træning - {said}"])


def test_a_line_for_each_failure_names_the_place_of_the_case(repository):
    """`--tb=line` is for editors."""
    break_the_rule(repository)

    repository.runpytest("--tb=line").stdout.fnmatch_lines([f"*{FILE}:5: Udfald (outcome): ventet BEVILLING *"])


def test_it_speaks_english_when_the_repository_says_so(repository):
    """Failures and skips."""
    break_the_rule(repository)
    done = repository.runpytest("-rs", "-o", "vedligehold_lang=en")

    done.stdout.fnmatch_lines(["    expected: REFUSAL (rejected)", "    got: GRANT (granted)"])
    done.stdout.fnmatch_lines(["SKIPPED * nobody has confirmed the answer yet *"])


def test_a_language_that_there_is_not_is_a_line_and_no_test_is_run(repository):
    """A slip of the pen in the settings."""
    done = repository.runpytest("-o", "vedligehold_lang=se")

    assert pytest.ExitCode.USAGE_ERROR == done.ret
    done.stderr.fnmatch_lines(["ERROR: vedligehold_lang is `da` or `en`, not `se`"])


def test_one_case_is_chosen_by_its_id(repository):
    """Commas, blanks and Danish letters in it."""
    repository.runpytest(f"{FILE}::Den, der ikke har brug for det, får afslag").assert_outcomes(passed=1)


def test_a_case_with_any_signs_in_its_name_is_chosen_by_its_id(repository):
    """Brackets and strokes stay; two colons would part the id."""
    write_cases(repository, CASES.replace("name: En sag, som ingen har set på", 'name: "A::b [c] d/e"'))

    repository.runpytest(f"{FILE}::A:b [c] d/e").assert_outcomes(skipped=1)


def test_cases_are_chosen_by_a_word_of_the_name(repository):
    """`-k`."""
    repository.runpytest("-k", "afslag").assert_outcomes(passed=1, deselected=3)


@pytest.mark.parametrize(("mark", "passed"), [("vedligehold", 3), ("quick", 2), ("refusal and quick", 1)])
def test_cases_are_chosen_by_their_marks(repository, mark, passed):
    """`-m`: the mark of every case, and those in the file, which nobody has to register."""
    found = repository.runpytest("-m", mark).parseoutcomes()

    assert passed == found["passed"]


def test_the_mark_of_every_case_is_registered(repository):
    """`pytest --markers` lists it."""
    repository.runpytest("--markers").stdout.fnmatch_lines(["@pytest.mark.vedligehold: a case of a municipal *"])


def test_what_failed_last_is_run_again_by_itself(repository):
    """`--lf`, over processes."""
    break_the_rule(repository)
    repository.runpytest_subprocess().assert_outcomes(failed=2, passed=1, skipped=1)

    repository.runpytest_subprocess("--lf").assert_outcomes(failed=2)


def test_cases_are_shared_among_processes(repository):
    """`-n 2`: what is told comes back whole."""
    break_the_rule(repository)
    done = repository.runpytest_subprocess("-n", "2", "-p", "no:cacheprovider")

    done.assert_outcomes(failed=2, passed=1, skipped=1)
    done.stdout.fnmatch_lines(["    • need title (da) [[]need[]]: opfyldt, er ingen hindring"])
    done.stdout.fnmatch_lines([f"FAILED {FILE}::Den, der har brug for det, får træning - Udfald *"])


def test_a_report_for_machines_says_the_same(repository):
    """`--junitxml`: the file as the class, the case as the name, one line as the message, the words as the text."""
    break_the_rule(repository)
    repository.runpytest("--junitxml=report.xml")
    (report,) = ET.parse(repository.path / "report.xml").getroot()
    case = report.findall("testcase")[1]
    failed = case.find("failure")

    assert {"failures": "2", "skipped": "1", "errors": "0"}.items() <= report.attrib.items()
    assert "rules.toy.2015-01-01.cases.yaml" == case.get("classname")
    assert "Den, der ikke har brug for det, får afslag" == case.get("name")
    assert failed is not None
    assert "Udfald (outcome): ventet AFSLAG (rejected), fik BEVILLING (granted) (og 1 til)" == failed.get("message")
    assert "oplysninger: »behov for at vedligeholde funktionsevnen«: nej" in str(failed.text)


def test_a_malformed_file_of_cases_is_told_as_the_library_tells_it(repository):
    """File, line, column, code, hint; no test, no traceback."""
    write_cases(repository, CASES.replace("outcome: granted}", "outcome: grantet}", 1))
    done = repository.runpytest()

    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines([f"_* ERROR collecting {FILE} _*", f"{FILE}:8:23: unknown-value: *"], consecutive=True)
    done.stdout.fnmatch_lines(["  did you mean `granted`?"])
    done.stdout.no_fnmatch_line("*Traceback*")
    done.stdout.no_fnmatch_line("*.py:*")


def test_a_malformed_pack_is_told_as_the_library_tells_it(repository):
    """As `vedligehold check` does."""
    write_pack(repository.path / "rules", requirements=[{**NEED, "require": "needs_maintenace"}])
    done = repository.runpytest()

    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(["rules/toy/2015-01-01.yaml:*: unknown-fact: *", "  did you mean `needs_maintenance`?"])
    done.stdout.no_fnmatch_line("*Traceback*")


def test_cases_without_their_version_are_one_clear_error(repository):
    """The pack is the folder in which the file stands."""
    repository.path.joinpath(FILE).rename(repository.path / "lost.cases.yaml")
    done = repository.runpytest()

    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines([
        "lost.cases.yaml: unreadable: there is no `lost.yaml` beside this file of cases",
        "  cases stand beside their version",
    ], consecutive=True)  # fmt: skip


def test_a_national_layer_beside_the_pack_is_the_one_that_applies(repository):
    """A folder of packs may have its own; a mistake in it is told."""
    repository.path.joinpath("rules/denmark.yaml").write_text("format: 1\nnation: denmark\n", encoding="utf-8")
    done = repository.runpytest()

    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(["rules/denmark.yaml:*: missing-key: *"])


def test_a_pack_is_read_once_in_a_run(repository, monkeypatch):
    """However many files of cases it has."""
    read, original = [], reader.read_version

    def counted(path, nation):
        read.append(path.name)
        return original(path, nation)

    monkeypatch.setattr(reader, "read_version", counted)
    write_pack(repository.path / "rules", requirements=[NEED], valid_from="2018-01-01")
    repository.path.joinpath("rules/toy/2018-01-01.cases.yaml").write_text(CASES, encoding="utf-8")

    repository.runpytest().assert_outcomes(passed=6, skipped=2)
    assert ["2015-01-01.yaml", "2018-01-01.yaml"] == sorted(read)


def test_an_error_in_the_library_itself_keeps_its_traceback(repository, monkeypatch):
    """It is no failure of a case, and somebody has to mend it."""

    def broken(*_):
        raise ZeroDivisionError("broken")

    monkeypatch.setattr("vedligehold.policy.run.run_case", broken)
    done = repository.runpytest("-k", "afslag")

    done.assert_outcomes(failed=1, deselected=3)
    done.stdout.fnmatch_lines(["*ZeroDivisionError: broken"])


def test_other_files_are_left_alone(repository):
    """Neither a pack nor a file that merely sounds like one."""
    repository.path.joinpath("cases.yaml").write_text("x: 1", encoding="utf-8")
    done = repository.runpytest("cases.yaml", "rules/toy/2015-01-01.yaml")

    assert pytest.ExitCode.USAGE_ERROR == done.ret
    done.stderr.fnmatch_lines(["ERROR: *2015-01-01.yaml*"])


def test_without_cases_no_test_is_run(repository):
    """As pytest says it: exit code 5."""
    repository.path.joinpath(FILE).unlink()

    assert pytest.ExitCode.NO_TESTS_COLLECTED == repository.runpytest().ret


def test_it_knows_a_file_of_cases_as_the_library_does():
    """It says so itself, to load nothing of the library for every other file."""
    assert CASES_ENDING == plugin.ENDING


def test_loading_it_loads_nothing_that_a_run_without_cases_does_not_need():
    """It is loaded in every run of pytest wherever the library is installed."""
    code = "import sys, vedligehold; before = set(sys.modules); import pytest, vedligehold.policy.plugin; "
    code += "print(*sorted(name for name in set(sys.modules) - before if name.split('.')[0] in "
    code += "'vedligehold yaml rich typer holidays dateutil'.split()))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "80"}
    )

    assert "vedligehold.policy vedligehold.policy.plugin" == done.stdout.strip()
