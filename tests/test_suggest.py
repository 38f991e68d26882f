"""Suggestions: the cases that lack, written for a person to confirm."""

import re
from datetime import date
from pathlib import Path

import pytest
from packs import NEED, ROOT
from strategies import generated
from suites import a_case, both_packs, examined, write_suite

from vedligehold import cli, load_pack
from vedligehold.policy.cases import read_cases
from vedligehold.policy.report import Report, examine
from vedligehold.policy.suite import Suite, Suites, suites_of
from vedligehold.policy.writing import suggested_file, text_with, write

pytestmark = pytest.mark.usefixtures("generated_packs")
GRANTED = {"outcome": "granted"}


def suggested(folder: Path) -> Path:
    """The file of suggestions after `vedligehold test --suggest`."""
    cli.run(["test", str(folder), "--rules", str(folder.parent), "--suggest"])
    return suggested_file(suites_of([folder], folder.parent).packs[0])


def confirmed(path: Path) -> None:
    """What a person does who finds every answer right."""
    path.write_text(path.read_text(encoding="utf-8").replace("to_confirm:", "expect:"), encoding="utf-8")


def run_over(suite: Suite) -> Report:
    return examine(Suites((suite,), nation=False), mutants=True, progress=lambda work, _: work)


# ----------------------------------------------------------------------------------------------------------------------
# What is suggested


@pytest.mark.parametrize("name", ["rebild", "sundhed-og-traening"])
def test_from_nothing_the_suggestions_see_everything_and_notice_every_wrong_rule(tmp_path, name):
    """A pack without a single case, and then every suggestion confirmed."""
    source = Path(load_pack(name).versions[0].file)
    folder = tmp_path / name
    folder.mkdir()
    (folder / source.name).write_bytes(source.read_bytes())
    confirmed(suggested(folder))
    report = examined(folder)

    assert [] == report.failed
    assert [] == [goal.id for each in report.covered for goal in each.unseen]
    assert [] == [each.wrong.mutant.id for some in report.mutated for each in some.survivors]


@pytest.mark.parametrize("number", range(4))
def test_what_no_suggestion_reaches_is_listed(tmp_path, number):
    """Of any pack whatever: what is neither seen nor noticed once all is confirmed was said to have no case."""
    pack = generated("any")[number].pack
    suite = Suite(tmp_path, pack, pack.versions, ())
    lacking = run_over(suite).lacking()
    path = suggested_file(suite)
    path.write_text(text_with(suite, lacking.suggestions, "da"), encoding="utf-8")
    confirmed(path)
    report = run_over(Suite(tmp_path, pack, pack.versions, (read_cases(path),)))

    assert [] == report.failed
    assert {goal.id for each in report.covered for goal in each.unseen} <= {goal.id for goal in lacking.goals}
    survived = {each.wrong.mutant.id for some in report.mutated for each in some.survivors}
    assert survived <= {each.wrong.mutant.id for each in lacking.judgements}


def test_nothing_is_suggested_where_nothing_lacks(capsys):
    """As of both packs."""
    lacking = both_packs().lacking()

    assert ((), (), ()) == (lacking.suggestions, lacking.goals, lacking.judgements)


def test_a_suggestion_differs_from_the_typical_case_in_as_little_as_it_can(tmp_path):
    folder = write_suite(tmp_path, [a_case("granted", GRANTED)])
    cases = {case.name: case for case in read_cases(suggested(folder)).cases}
    refused = cases["Kravet »need title (da)« er ikke opfyldt"]

    assert {"outcome": "rejected", "because": ("need",), "missing": ()}.items() <= refused.expected.items()
    assert "false" == refused.data["citizen"]["needs_maintenance"]
    assert "1948-03-02" == refused.data["citizen"]["birth_date"]


def test_a_limit_gets_a_case_on_each_side(tmp_path):
    """On the birthday, and on the day before it."""
    adult = {"id": "adult", "kind": "scope", "require": {"age": {"at_least": "18"}}}
    folder = write_suite(tmp_path, [a_case("granted", GRANTED)], requirements=[NEED, adult])
    born = {case.data["citizen"]["birth_date"] for case in read_cases(suggested(folder)).cases}

    assert {"1999-05-10", "1999-05-11"} <= born


# ----------------------------------------------------------------------------------------------------------------------
# What is written


def test_a_suggestion_is_no_test_until_somebody_confirms_it(tmp_path, capsys):
    """It is counted, and neither run nor seen."""
    folder = write_suite(tmp_path, [a_case("granted", GRANTED)])
    before = examined(folder)
    path = suggested(folder)
    after = examined(folder)
    suite = suites_of([folder], tmp_path).packs[0]

    assert len(read_cases(path).cases) == len(suite.to_confirm) > 3
    assert [case.name for case in before.suites.cases] == [case.name for case in after.suites.cases]
    assert before.covered[0].percent == after.covered[0].percent
    capsys.readouterr()
    assert 0 == cli.run(["test", str(folder), "--rules", str(tmp_path), "--lang", "en"])
    assert f"{len(suite.to_confirm)} wait for somebody to confirm them" in capsys.readouterr().out


def test_the_same_is_not_suggested_twice(tmp_path, capsys):
    """What waits for somebody to confirm it has been suggested."""
    folder = write_suite(tmp_path, [a_case("granted", GRANTED)])
    first = suggested(folder).read_bytes()
    second = suggested(folder).read_bytes()

    assert first == second


def test_what_stands_in_the_file_stays(tmp_path):
    """What somebody has confirmed, removed or written there is theirs; new suggestions come after it."""
    folder = write_suite(tmp_path, [a_case("granted", GRANTED)])
    path = suggested(folder)
    text = path.read_text(encoding="utf-8")
    kept = text[: text.index("  - name:", text.index("  - name:") + 1)] + "    # read by Bodil\n"
    path.write_text(kept, encoding="utf-8")

    assert suggested(folder).read_text(encoding="utf-8").startswith(kept)
    names = [case.name for case in read_cases(path).cases]
    assert len(names) == len(set(names)) > 3


def test_the_file_reads_as_a_person_writes(tmp_path):
    """A word of what to do first, days without quotes, one line for what is on one line."""
    folder = write_suite(tmp_path, [a_case("granted", GRANTED)])
    text = suggested(folder).read_text(encoding="utf-8")

    assert text.startswith("# Forslag fra `vedligehold test --suggest`. Ingen af sagerne er en prøve endnu.\n")
    assert re.search(r"^    on: 2017-05-10$", text, re.MULTILINE)
    assert "    citizen: {needs_maintenance: false}\n" in text
    assert "'on'" not in text


def test_the_names_are_in_the_language_that_was_asked_for(tmp_path):
    folder = write_suite(tmp_path, [a_case("granted", GRANTED)])
    cli.run(["test", str(folder), "--rules", str(tmp_path), "--suggest", "--lang", "en"])
    names = [case.name for case in read_cases(folder / "2015-01-01.suggested.cases.yaml").cases]

    assert "Requirement “need title (en)” fails" in names


def test_a_file_that_cannot_be_written_is_one_line_and_nothing_is_left(tmp_path, capsys):
    folder = write_suite(tmp_path, [a_case("granted", GRANTED)])
    (folder / "2015-01-01.suggested.cases.yaml").mkdir()
    before = sorted(folder.rglob("*"))

    assert 2 == cli.run(["test", str(folder / "2015-01-01.yaml"), "--rules", str(tmp_path), "--suggest"])
    out, err = capsys.readouterr()
    assert "" == out
    assert "unreadable" in err
    assert before == sorted(folder.rglob("*"))


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    """What stood there before is there until the new one is."""
    path = tmp_path / "file"
    path.write_text("before", encoding="utf-8")

    def full(self: Path, *_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(Exception, match="no space left on device"):
        write(path, "after")

    assert "before" == path.read_text(encoding="utf-8")
    assert [path] == list(tmp_path.iterdir())


def test_a_case_before_the_standard_applies_says_just_that(tmp_path):
    folder = write_suite(tmp_path, [a_case("granted", GRANTED)])
    before = next(case for case in read_cases(suggested(folder)).cases if case.on == date(2014, 12, 31))

    assert {"in_force": False} == dict(before.expected)


# ----------------------------------------------------------------------------------------------------------------------
# Which standards are meant


def test_in_a_repository_of_ones_own_the_rules_that_stand_there_are_tested(tmp_path, monkeypatch, capsys):
    """Nobody who types `vedligehold test` means the packs that come with the library."""
    write_suite(tmp_path / "rules", [a_case("granted", GRANTED)])
    monkeypatch.chdir(tmp_path)

    assert 0 == cli.run(["test"])
    assert capsys.readouterr().out.startswith("✓ rules/toy/2015-01-01.cases.yaml: 1 sager passer")


def test_a_national_layer_beside_a_pack_is_the_one_that_applies(tmp_path):
    """Whether the folder, the pack or its file is named; as in pytest."""
    folder = write_suite(tmp_path, [a_case("granted", GRANTED)])
    nation = Path(load_pack("rebild").nation.file)
    law = (ROOT / "rules" / nation.name).read_text(encoding="utf-8").replace("da: Klagefrist", "da: Frist for at klage")
    (tmp_path / nation.name).write_text(law, encoding="utf-8")
    for path in (tmp_path, folder, folder / "2015-01-01.yaml"):
        rule = suites_of([path], None).packs[0].pack.nation.deadlines[0]

        assert "Frist for at klage" == rule.title.da


def test_a_folder_is_no_pack_for_the_law_that_lies_in_it(tmp_path, capsys, monkeypatch):
    """The folder around the rules is told to have no versions, and not what a law lacks to be a pack."""
    folder = write_suite(tmp_path / "rules", [a_case("granted", GRANTED)])
    (folder.parent / "denmark.yaml").write_bytes((ROOT / "rules" / "denmark.yaml").read_bytes())
    monkeypatch.chdir(tmp_path)

    assert 2 == cli.run(["test", "."])
    assert ".: unreadable: no pack can be read here: it has no versions\n" == capsys.readouterr().err
