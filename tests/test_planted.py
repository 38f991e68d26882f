"""A wrong rule in a copy of Rebild's standard: of every kind, and reported in words to whoever tests it."""

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
from packs import ROOT

from vedligehold import cli
from vedligehold.policy.mutants import CHANGES

REBILD = "rebild/2010-01-01.yaml"
NATION = "denmark.yaml"


class Planted(NamedTuple):
    """What somebody writes by mistake, in which file, and what must be said of it."""

    file: str
    right: str
    wrong: str
    said: tuple[str, ...]
    also: tuple[str, str] = ("", "")
    """Another edit, so that the pack can be read."""


PLANTED: dict[str, Planted] = {
    "threshold": Planted(
        NATION,
        "when: {not: {age: {at_least: 18}}}",
        "when: {not: {age: {at_least: 19}}}",
        (
            "Advarsler (warnings)",
            "[childrens-act]",
            "ikke »alder« er mindst 19 år",
            "»alder«: 18 år",
            "(sel-86-2-no-age",
        ),
    ),
    "operator": Planted(
        REBILD,
        "{not: {all: [receives_free_physiotherapy, free_physiotherapy_same_purpose]}}",
        "{not: {any: [receives_free_physiotherapy, free_physiotherapy_same_purpose]}}",
        ("fik: AFSLAG (rejected)", "[no-duplicate-physiotherapy]: ikke opfyldt, giver afslag", "eller", "(R7)"),
    ),
    "value": Planted(
        REBILD,
        "endurance, fitness, daily_activities]",
        "endurance, fitness]",
        ("Alle slags træning gives", "Standarden nævner ikke: daglige aktiviteter."),
    ),
    "dropped": Planted(
        REBILD,
        "{not: {all: [receives_free_physiotherapy, free_physiotherapy_same_purpose]}}",
        "{not: receives_free_physiotherapy}",
        (
            "ventet: BEVILLING (granted)",
            "fik: AFSLAG (rejected)",
            "kræver: ikke »får vederlagsfri fysioterapi«",
            "(R7)",
        ),
    ),
    "negated": Planted(
        REBILD,
        "    require: needs_maintenance\n",
        "    require: {not: needs_maintenance}\n",
        (
            "fik: AFSLAG (rejected)",
            "Har behov for vedligeholdelsestræning [maintenance-need]: ikke opfyldt, giver afslag",
            "kræver: ikke »behov for at vedligeholde funktionsevnen«",
            "(R2)",
        ),
    ),
    "kind": Planted(
        REBILD,
        "  - id: chronic-condition\n    kind: discretionary",
        "  - id: chronic-condition\n    kind: strict",
        ("ventet: SKAL VURDERES AF EN MEDARBEJDER", "[chronic-condition]: ikke opfyldt, giver afslag", "(R5)"),
    ),
    "amount": Planted(
        REBILD,
        "within: {workdays: 10}",
        "within: {workdays: 11}",
        (
            "ventet: fredag den 14. maj 2010",
            "fik: mandag den 17. maj 2010",
            "11 hverdage fra henvendelse modtaget",
            "(R22)",
        ),
    ),
    "unit": Planted(
        REBILD,
        "within: {weeks: 12}",
        "within: {months: 12}",
        ("ventet: mandag den 2. august 2010", "12 måneder fra træning begyndt", "[course_end]", "(R16)"),
    ),
    "calendar": Planted(
        REBILD,
        "calendar: {saturday: closed} ",
        "calendar: {saturday: open} ",
        ("fik: lørdag den 9. januar 2010", "lørdag tæller som hverdag", "[decision]"),
    ),
    "moves": Planted(
        REBILD,
        "    from: training_started\n    within: {weeks: 12}\n",
        "    from: training_started\n    within: {weeks: 12}\n    moves: true\n",
        ("Forløbets sidste dag flyttes ikke fra en helligdag", "ikke talt med: Kristi himmelfartsdag (13. maj)"),
    ),
    "start": Planted(
        REBILD,
        "    from: granted\n",
        "    from: decision_sent\n",
        ("ventet: hjælp bevilget (granted)", "fik: afgørelse sendt (decision_sent)", "[start]", "(R19 R23)"),
    ),
    "pause": Planted(
        REBILD,
        "    within: {workdays: 10}\n",
        "    within: {workdays: 10}\n    pause: waiting_list\n",
        ("En venteliste standser ingen af fristerne", "på venteliste: 11. april – 1. juni", "[decision]", "(R22)"),
    ),
    "lost": Planted(
        REBILD,
        "  - id: chronic-condition\n",
        "  - id: nothing-much\n",
        ("ventet: [chronic-condition]", "standarden har intet, der hedder [chronic-condition]"),
        ("encoded_by: [chronic-condition]", "encoded_by: [nothing-much]"),
    ),
    "in_force": Planted(
        NATION,
        "    in_force_from: 2025-07-01\n    title: {da: Ikke omfattet af ældreloven",
        "    in_force_from: 2025-07-02\n    title: {da: Ikke omfattet af ældreloven",
        (
            "ventet: BEHANDLES EFTER ANDRE REGLER (redirected)",
            "Ikke omfattet af ældreloven [not-elder-care-act]",
            "gælder ikke tirsdag den 1. juli 2025: fra onsdag den 2. juli 2025",
        ),
    ),
    "route": Planted(
        REBILD,
        "    routes: [sul-140a]\n",
        "",
        ("ventet: [sul-140a, sel-86-1, sel-79]", "kom ikke: Vederlagsfri fysioterapi", "Sundhedsloven § 140 a"),
    ),
}
"""Of every kind one."""


def planted(folder: Path, each: Planted) -> None:
    """A copy of the library's rules with the mistake in it."""
    shutil.copytree(ROOT / "rules", folder)
    path = folder / each.file
    text = path.read_text(encoding="utf-8")
    for right, wrong in ((each.right, each.wrong), each.also):
        assert right == "" or text.count(right) == 1
        text = text.replace(right, wrong) if right else text
    path.write_text(text, encoding="utf-8")


def test_there_is_one_of_every_kind():
    assert [*CHANGES] == [change for change in CHANGES if change in PLANTED]


@pytest.mark.parametrize("change", PLANTED)
def test_a_wrong_rule_is_reported_in_words(tmp_path, monkeypatch, capsys, change):
    """What was expected, what came, which rule made the difference, where it stands; and which case, in which line."""
    planted(tmp_path / "rules", PLANTED[change])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "1000")
    code = cli.run(["test", "rebild", "--rules", "rules"])
    out, err = capsys.readouterr()
    lines = " ".join(out.split())

    assert (1, "") == (code, err)
    assert "rules/rebild/2010-01-01.cases.yaml:" in out
    assert [] == [text for text in PLANTED[change].said if " ".join(text.split()) not in lines]
    assert "Traceback" not in out


def test_without_a_mistake_nothing_is_reported(tmp_path, capsys):
    """The copy by itself is as good as the original."""
    planted(tmp_path / "rules", Planted(REBILD, "", "", ()))

    assert 0 == cli.run(["test", "rebild", "--rules", str(tmp_path / "rules"), "--fail-under", "100", "--mutants"])
    assert "100 %" in capsys.readouterr().out
