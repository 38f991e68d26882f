"""A municipality's own repository, made from nothing: the wheel is built and installed, and pytest runs its cases.

The town is the made-up one of the documentation. Nothing of this folder is on the path: what is imported is the wheel.
"""

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from packs import ROOT
from pages import NEW_MUNICIPALITY, blocks_of, write_files

PACK = "rules/eksempelby/2024-01-01.yaml"
CASES = "rules/eksempelby/2024-01-01.cases.yaml"
REFUSED = "Den, der kan holde sig i gang selv, får afslag"
WHERE = "import vedligehold; from vedligehold.reading.library import rules_folder; "
WHERE += "print(vedligehold.__file__, rules_folder(), *[pack.id for pack in vedligehold.packs()], sep='\\n')"


def run(*arguments: object, at: Path, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run Python with *arguments* in a folder, with *path* before everything else that can be imported."""
    # measuring stays out: it would find a second copy of the library
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("COVERAGE_", "PYTEST_"))}
    environment = {**outside, "PYTHONUTF8": "1", "COLUMNS": "120", "PYTHONPATH": "" if path is None else str(path)}
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=at, env=environment)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this project."""
    folder = tmp_path_factory.mktemp("wheel")
    options = ("--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check")
    done = run("-m", "pip", "wheel", *options, "--wheel-dir", folder, ROOT, at=folder)
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A folder into which the wheel is installed."""
    folder = tmp_path_factory.mktemp("installed")
    options = ("--quiet", "--no-deps", "--no-index", "--disable-pip-version-check")
    done = run("-m", "pip", "install", *options, "--target", folder, wheel, at=folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def town(tmp_path):
    """A repository with the pack of the made-up town, its cases, and not a line of Python."""
    files = [block for block in blocks_of(NEW_MUNICIPALITY) if block.title in (PACK, CASES)]
    write_files(files, tmp_path)
    return tmp_path


def plant_an_error(town: Path) -> None:
    """The strict requirement says the opposite."""
    file = town / PACK
    text = file.read_text(encoding="utf-8")
    assert text.count("require: {not: can_self_train}") == 1
    file.write_text(text.replace("require: {not: can_self_train}", "require: can_self_train"), encoding="utf-8")


def test_the_rules_and_the_plugin_travel_in_the_wheel(wheel):
    """Every pack with its cases, the national layer, and the line by which pytest finds the plugin."""
    with ZipFile(wheel) as found:
        names = set(found.namelist())
        (entries,) = [found.read(name).decode() for name in names if name.endswith("entry_points.txt")]
    ours = {f"vedligehold/{file.relative_to(ROOT).as_posix()}" for file in (ROOT / "rules").rglob("*.yaml")}

    assert "vedligehold/rules/denmark.yaml" in ours
    assert ours <= names
    assert "[pytest11]\nvedligehold = vedligehold.policy.plugin\n" in entries


def test_what_is_imported_there_is_the_wheel(installed, town):
    """Library and rules; else everything below would say nothing of the wheel."""
    done = run("-c", WHERE, at=town, path=installed)
    package, rules, *packs = done.stdout.splitlines()

    assert installed / "vedligehold" / "__init__.py" == Path(package)
    assert installed / "vedligehold" / "rules" == Path(rules)
    assert ["rebild", "sundhed-og-traening"] == packs


def test_pytest_runs_the_cases_of_the_town(installed, town):
    """The wheel beside a folder with two files is enough."""
    done = run("-m", "pytest", "-v", at=town, path=installed)

    assert 0 == done.returncode, done.stdout
    assert f"{CASES}::{REFUSED} PASSED" in done.stdout
    assert "15 passed" in done.stdout


def test_an_error_in_the_pack_is_told_in_words(installed, town):
    """The case and its place, expected and got, the requirement, the fact that decided it, and where it stands."""
    plant_an_error(town)
    done = run("-m", "pytest", f"{CASES}::{REFUSED}", at=town, path=installed)

    assert 1 == done.returncode
    assert (
        f"""\
{REFUSED}
  {CASES}:25
  afgjort fredag den 15. marts 2024 efter {PACK}
  Udfald (outcome)
    ventet: AFSLAG (rejected)
    fik: BEVILLING (granted)
    • Kan ikke holde sig i gang på egen hånd [no-own-activities]: opfyldt, er ingen hindring
      kræver: »kan selv vedligeholde funktionsevnen«
      oplysninger: »kan selv vedligeholde funktionsevnen«: ja
      kilde: Kvalitetsstandard for vedligeholdende træning, Hvem kan få træning?, 3. sætning (E4)
  Det, der afgjorde sagen (because)
    ventet: [no-own-activities]
    fik: intet
"""
        in done.stdout
    )
    assert "Traceback" not in done.stdout


def test_the_command_line_tells_the_same(installed, town):
    """Both print what the library says; first all is well, then it is not."""
    well = run("-m", "vedligehold", "test", "rules/eksempelby", at=town, path=installed)
    plant_an_error(town)
    done = run("-m", "vedligehold", "test", "rules/eksempelby", at=town, path=installed)

    assert 0 == well.returncode
    assert well.stdout.startswith(f"✓ {CASES}: 15 sager passer, 0 gør ikke\n")
    assert 1 == done.returncode
    assert f"✗ {REFUSED}\n  {CASES}:25\n" in done.stdout
    assert (
        "    • Kan ikke holde sig i gang på egen hånd [no-own-activities]: opfyldt, er ingen hindring\n" in done.stdout
    )
    assert "Hvem kan få træning?, 3. sætning (E4)" in done.stdout
