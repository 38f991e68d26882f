"""The command line, run in the same process: what it prints, what it refuses, and its exit codes."""

import io
import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import vedligehold as v
from vedligehold.cli import run

ROOT = Path(__file__).parents[1]
REBILD = "examples/rebild-case.json"


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch):
    """Paths are given as somebody at the project's root would."""
    monkeypatch.chdir(ROOT)


@pytest.fixture
def vedligehold(capsys):
    """Run a command line and give its exit code, what it printed, and what it said on stderr."""

    def call(line, *more):
        code = run([*line.split(), *more])
        out, err = capsys.readouterr()
        return code, out, err

    return call


def case_file(tmp_path, **parts):
    """A file with a case made of *parts*."""
    path = tmp_path / "case.json"
    path.write_text(json.dumps(parts), encoding="utf-8")
    return str(path)


def without_cases(tmp_path):
    """A pack that nobody has written a case for."""
    folder = tmp_path / "rebild"
    folder.mkdir()
    text = Path("rules/rebild/2010-01-01.yaml").read_text(encoding="utf-8")
    (folder / "2010-01-01.yaml").write_text(text, encoding="utf-8")
    return folder


def test_decide_says_outcome_reasons_and_dates_in_danish(vedligehold):
    """Danish comes first."""
    code, out, err = vedligehold(f"decide {REBILD} --pack rebild --on 2010-05-03")

    assert (code, err) == (0, "")
    assert out.startswith("DELVIS BEVILLING\n")
    assert "Skriftlig afgørelse: fredag den 14. maj 2010 (frist)" in out
    assert "Store bededag (30. april)" in out
    assert "Individuel træning gives kun i særlige tilfælde." in out


def test_decide_speaks_english_when_asked(vedligehold):
    """English stands beside the Danish."""
    code, out, _ = vedligehold(f"decide {REBILD} --pack rebild --on 2010-05-03 --lang en")

    assert code == 0
    assert out.startswith("PARTIAL GRANT\n")
    assert "Friday 14 May 2010" in out


def test_decide_as_json_is_the_decision(vedligehold):
    """The command line and the library say the same."""
    _, out, _ = vedligehold(f"decide {REBILD} --pack rebild --on 2010-05-03 --json")

    decision = v.decide(v.load_pack("rebild"), v.read_case(REBILD), on=date(2010, 5, 3))

    assert json.loads(out) == decision.model_dump()


def test_decide_reads_a_case_from_stdin(vedligehold, monkeypatch):
    """CASE may be `-`."""
    raw = io.BytesIO(Path(REBILD).read_bytes())
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(raw, encoding="ascii"))

    code, out, _ = vedligehold("decide - --pack rebild --on 2010-05-03")

    assert code == 0
    assert out.startswith("DELVIS BEVILLING")


def test_stdin_that_is_not_utf8_is_one_line(vedligehold, monkeypatch):
    """Never a traceback for a user's mistake."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b'{"citizen": "\xff"}')))

    assert vedligehold("decide - --pack rebild") == (2, "", "-: encoding: byte 14 is not UTF-8\n  save it as UTF-8\n")


def test_decide_without_a_date_decides_today(vedligehold, monkeypatch):
    """Only the command line reads the clock."""
    monkeypatch.setattr("vedligehold.cli.day_on_the_wall", lambda: date(2010, 5, 3))

    _, out, _ = vedligehold(f"decide {REBILD} --pack rebild")

    assert "Mandag den 3. maj 2010." in out


def test_decide_shows_every_outcome(vedligehold, tmp_path):
    """Each of the five outcomes has its own head."""
    grown = {"birth_date": "1948-03-02", "reduced_physical_function": True, "needs_maintenance": True}
    cases: dict[str, Any] = {
        "BEVILLING": {"citizen": {**grown, "can_self_train": False}, "referral": {"referred_by": "citizen"}},
        "BEHANDLES EFTER ANDRE REGLER": {"citizen": {**grown, "birth_date": "2010-03-02"}},
        "AFSLAG": {"citizen": {**grown, "can_self_train": True, "self_training_alternatives": ["walks"]}},
        "MANGLER OPLYSNINGER": {"citizen": grown, "referral": {"referred_by": "citizen"}},
        "SKAL VURDERES AF EN MEDARBEJDER": {
            "citizen": {**grown, "can_self_train": False},
            "referral": {"referred_by": "citizen", "requested": ["massage"]},
        },
    }
    heads = {}
    for head, parts in cases.items():
        _, out, _ = vedligehold(f"decide {case_file(tmp_path, **parts)} --pack sundhed-og-traening --on 2017-05-10")
        heads[head] = out.splitlines()[0]

    assert heads == {head: head for head in cases}


def test_decide_shows_finding_pause_and_undecided(vedligehold, tmp_path):
    """A finding stands with role, day and reason."""
    path = case_file(
        tmp_path,
        citizen={"needs_maintenance": True, "needs_therapist_support": True, "chronic_condition": False},
        findings={
            "chronic-condition": {"holds": False, "reason": "Ingen lidelse.", "by": "visitator", "on": "2010-05-02"}
        },
    )

    _, out, _ = vedligehold(f"decide {path} --pack rebild --on 2010-05-03")

    assert "AFSLAG" in out
    assert "Vurdering (visitator, søndag den 2. maj 2010): ikke opfyldt. Ingen lidelse." in out


def test_due_counts_and_shows_the_way(vedligehold):
    """Every date shows how it was counted."""
    code, out, _ = vedligehold("due --pack rebild --event referral_received=2010-04-28 --lang en")

    assert code == 0
    assert "Written decision: Friday 14 May 2010 (time limit)" in out
    assert "10 weekdays from enquiry received, Wednesday 28 April 2010" in out


def test_due_as_json_has_every_deadline(vedligehold):
    """All deadlines are listed."""
    _, out, _ = vedligehold("due --pack rebild --event referral_received=2014-04-28 --json")

    assert [each["id"] for each in json.loads(out)] == [
        "contact", "decision", "start", "course_end", "complaint", "reassessment",
    ]  # fmt: skip


def test_packs_lists_versions_and_stale_standards(vedligehold):
    """What is out of date says so."""
    code, out, _ = vedligehold("packs")
    _, listed, _ = vedligehold("packs --json")

    assert code == 0
    assert "Rebild Kommune" in out
    assert "skulle være set efter" in out
    assert [each["id"] for each in json.loads(listed)] == ["rebild", "sundhed-og-traening"]


def test_facts_is_the_data_dictionary(vedligehold):
    """Each fact with its question and its choices."""
    code, out, _ = vedligehold("facts --pack rebild --lang en")
    _, listed, _ = vedligehold("facts --pack rebild --json")

    assert code == 0
    assert "assessed by a" in out
    assert [each["name"] for each in json.loads(listed)][:2] == ["birth_date", "municipality_code"]


def test_check_names_what_a_pack_has_and_where_its_source_slips(vedligehold):
    """Slips of a source are shown here, not as warnings of a decision."""
    code, out, _ = vedligehold("check")

    assert code == 0
    assert "kilden, R18b" in out
    assert "kilden, S39" in out


def test_check_prints_problems_and_exits_with_one(vedligehold, tmp_path):
    """A check that finds what it looks for exits with 1."""
    folder = tmp_path / "rebild"
    folder.mkdir()
    text = Path("rules/rebild/2010-01-01.yaml").read_text(encoding="utf-8")
    (folder / "2010-01-01.yaml").write_text(
        text.replace("require: chronic_condition", "require: cronic"), encoding="utf-8"
    )

    code, out, err = vedligehold(f"check {folder}")

    assert (code, err) == (1, "")
    assert "unknown-fact" in out


def test_test_runs_the_cases_of_a_folder_a_version_or_a_file(vedligehold):
    """A path may name any of them."""
    everything, _, _ = vedligehold("test")
    _, folder, _ = vedligehold("test rules/rebild")
    _, version, _ = vedligehold("test rules/rebild/2010-01-01.yaml")
    _, cases, _ = vedligehold("test rules/rebild/2010-01-01.cases.yaml")

    assert everything == 0
    assert folder == version == cases
    assert "0 gør ikke" in folder


def test_test_shows_a_case_that_is_answered_otherwise_and_exits_with_one(vedligehold, tmp_path):
    """Expected, got, the requirement that made the difference, its citation, the case's place."""
    folder = tmp_path / "rebild"
    folder.mkdir()
    for name in ("2010-01-01.yaml", "2010-01-01.cases.yaml"):
        text = Path(f"rules/rebild/{name}").read_text(encoding="utf-8")
        (folder / name).write_text(text.replace("outcome: rejected", "outcome: granted", 1), encoding="utf-8")

    code, out, _ = vedligehold(f"test {folder} --lang en")

    assert code == 1
    assert "Outcome (outcome)\n    expected: GRANT (granted)\n    got: REFUSAL (rejected)\n    • Needs" in out
    assert "2010-01-01.cases.yaml:" in out
    assert "(R2)" in out
    assert "1 do not" in out


def test_an_empty_run_of_tests_fails(vedligehold, tmp_path):
    """No cases is not the same as no failures, unless somebody says that it is."""
    folder = without_cases(tmp_path)

    code, out, err = vedligehold(f"test {folder}")

    assert (code, out) == (2, "")
    assert err.startswith("no-cases: there are no cases to test")
    assert 0 == vedligehold(f"test {folder} --allow-empty")[0]


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ("--fail-under 0", 0, "✓ nok: intet er under 0 %"),
        ("--fail-under 0.5 --lang en", 1, "✗ not enough: something above is below 0.5 %"),
    ],
)
def test_the_least_that_was_asked_for_is_answered_in_words(vedligehold, tmp_path, options, code, said):
    """Whoever has never used a command line does not look at exit codes."""
    folder = without_cases(tmp_path)

    got, out, _ = vedligehold(f"test {folder} --allow-empty {options}")

    assert (code, said) == (got, out.splitlines()[-1])


def test_what_lacks_is_followed_by_what_to_do_about_it(vedligehold, tmp_path):
    """Where the cases that lack are shown, it says how they get into the file."""
    folder = without_cases(tmp_path)

    _, short, _ = vedligehold(f"test {folder} --allow-empty --lang en")
    _, whole, _ = vedligehold(f"test {folder} --allow-empty --lang en --coverage")

    assert "  --coverage shows what is not seen" == short.splitlines()[-1]
    assert "  --suggest writes suggestions for the cases that lack" == whole.splitlines()[-1]


@pytest.mark.parametrize("name", ["case", "decision", "receipt", "pack"])
def test_exported_schemas_are_those_of_the_code(vedligehold, name):
    """What editors and other systems read is not out of date."""
    file = Path("rules/pack.schema.json" if name == "pack" else f"docs/schemas/{name}.schema.json")

    _, out, _ = vedligehold(f"schema {name}")

    assert json.loads(out) == json.loads(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (f"decide {REBILD} --pack rebild --on 2009-05-01", "first in force from 2010-01-01"),
        (f"decide {REBILD} --pack rebil", "did you mean `rebild`?"),
        (f"decide {REBILD} --pack rebild --on 2010-5-3", "`2010-5-3` is no date"),
        (f"decide {REBILD} --pack rebild --on 2010-05-03 --engine durabel", "`durabel` is no engine"),
        ("decide nowhere.json --pack rebild", "no such file or directory"),
        ("decide examples --pack rebild", "is a directory"),
        ("decide --pack rebild", "Missing argument"),
        (f"decide {REBILD}", "Missing option"),
        ("due --pack rebild --event graned=2010-01-01", "did you mean `granted`?"),
        ("due --pack rebild --event granted", "NAME=YYYY-MM-DD"),
        ("due --pack rebild --event granted=yesterday", "`yesterday` is no date"),
        ("due --pack rebild --event granted=2101-01-01", "outside the calendar"),
        ("check nowhere", "there is no such file or folder"),
        ("packs --rules nowhere", "cannot be read"),
        ("schema nothing", "nothing"),
        ("nothing", "No such command"),
    ],
)  # fmt: skip
def test_unusable_input_is_a_line_on_stderr_and_exit_code_two(vedligehold, line, says):
    """Nothing on stdout, never a traceback."""
    code, out, err = vedligehold(line)

    assert (code, out) == (2, "")
    assert says in err
    assert "Traceback" not in err


def test_without_arguments_the_help_is_shown(vedligehold):
    """Somebody who types just the name is told what there is."""
    _, _, err = vedligehold("")

    assert err.startswith("Usage:")


def test_version(vedligehold):
    """`--version` names the version of the library."""
    assert vedligehold("--version") == (0, f"vedligehold {v.__version__}\n", "")


def test_python_dash_m_runs_it():
    """`python -m vedligehold` is the same command."""
    done = subprocess.run(
        [sys.executable, "-m", "vedligehold", "--version"], capture_output=True, text=True, check=True, cwd=ROOT
    )

    assert done.stdout == f"vedligehold {v.__version__}\n"


def test_a_reader_that_goes_away_is_no_error():
    """`vedligehold facts ... | head -1` ends quietly."""
    with subprocess.Popen(
        [sys.executable, "-m", "vedligehold", "schema", "pack"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()

    assert said == b""
