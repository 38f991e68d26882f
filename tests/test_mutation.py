"""Mutation of rules: what is changed, who can notice it, and what is said of what nobody notices."""

import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packs import NEED, ROOT
from strategies import Situation, packs, situations, tries
from suites import ON, a_case, both_packs, examined, of, write_suite

from vedligehold import Case, load_pack
from vedligehold.deadline import count
from vedligehold.errors import CaseError
from vedligehold.facts import STANDARD_FACTS
from vedligehold.policy.cases import PolicyCase
from vedligehold.policy.coverage import Ready
from vedligehold.policy.heard import says_otherwise, tried_alike
from vedligehold.policy.look import look
from vedligehold.policy.mutants import CHANGES, Mutant, nation_mutants, version_mutants
from vedligehold.policy.mutation import can_notice, mutated_pack
from vedligehold.policy.observed import differences, observed, told_apart
from vedligehold.policy.run import answered
from vedligehold.policy.search import Start, find
from vedligehold.policy.starts import starts_of, typical
from vedligehold.policy.suite import suites_of

pytestmark = pytest.mark.usefixtures("generated_packs")
DAY = date.fromisoformat(ON)
GRANTED = {"outcome": "granted"}
FULL = {
    "parameters": {"adult_age": {"years": "18"}, "passive": {"values": ["massage", "heat_packs"]}},
    "requirements": [
        {**NEED, "routes": ["sel-79"]},
        {"id": "adult", "kind": "scope", "require": {"age": {"at_least": "adult_age"}}},
        {"id": "able", "kind": "strict", "require": {"all": [{"not": "can_self_train"}, {"age": {"at_most": "99"}}]}},
        {"id": "active", "kind": "discretionary", "require": {"not": {"requested": {"only": "passive"}}}},
        {"id": "said-so", "kind": "procedural", "when": {"referred_by": {"one_of": ["other", "hospital"]}},
         "require": "consent_given"},
    ],
    "leave_out": [{"id": "passive-items", "items": ["massage", "heat_packs"]}],
    "entitlement": {"content": [{"id": "content", "give": ["balance", "strength"]}]},
    "notices": [{"id": "hospital", "when": {"referred_by": {"is": "hospital"}}, "routes": ["sul-140"]}],
    "deadlines": [
        {"id": "contact", "from": "referral_received", "within": {"workdays": {"from": "2", "to": "5"}},
         "kind": "target", "pause": "waiting_list"},
        {"id": "end", "from": "training_started", "within": {"months": "3"}, "kind": "promise", "moves": "true",
         "calendar": {"closed": ["12-24"], "uncertain": ["06-05"]}},
    ],
    "course": [{"id": "weekdays", "on": ["session_attended"], "then": "expect", "workdays_only": "true"}],
    "review_by": "2016-01-01",
}  # fmt: skip
"""A pack in which everything can be wrong that can be wrong with a pack."""


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """The mutants of that pack."""
    folder = write_suite(tmp_path_factory.mktemp("full"), [], **FULL)
    pack = load_pack(folder, rules=folder.parent)
    return list(version_mutants(pack.versions[0], pack.nation))


# ----------------------------------------------------------------------------------------------------------------------
# What is changed


def test_everything_that_can_be_wrong_is_made_wrong(full: list[Mutant]):
    assert [*CHANGES] == [change for change in CHANGES if change in {each.change for each in full}]


def test_a_mutant_is_another_pack_and_says_in_both_languages_what_is_wrong(full: list[Mutant]):
    assert len(full) == len({each.id for each in full})
    assert all(each.words.da and each.words.en and each.words.da != each.words.en for each in full)
    assert all(each.changed != load_again for each in full for load_again in [full[0].changed] if each is not full[0])


@pytest.mark.parametrize(
    ("about", "ids"),
    [
        ("adult_age", {"less", "more"}),
        ("passive", {"without-massage", "without-heat_packs"}),
        ("need", {"require/negated/1", "kind/scope", "kind/procedural", "kind/discretionary", "route/sel-79", "lost"}),
        (
            "able",
            {"require/negated/1", "require/negated/2", "require/less/2", "require/more/2", "require/operator-AtLeast/2"}
            | {"require/joiner/0", "require/dropped/0.1", "require/dropped/0.2"}
            | {"kind/scope", "kind/procedural", "kind/discretionary", "lost"},
        ),
        ("passive-items", {"item/massage", "item/heat_packs", "lost"}),
        ("content", {"item/balance", "item/strength", "lost"}),
        ("hospital", {"when/negated/1", "route/sul-140", "lost"}),
        (
            "contact",
            {"number/4", "number/6", "earliest/1", "earliest/3", "unit/days", "unit/weeks", "unit/months", "start"}
            | {"pause", "calendar/saturday", "lost"},
        ),
        (
            "end",
            {"number/2", "number/4", "unit/workdays", "unit/days", "unit/weeks", "moves", "start", "uncertain/06-05"}
            | {"pause", "calendar/saturday", "calendar/closed/12-24", "lost"},
        ),
        ("weekdays", {"lost"}),
        ("review_by", {"2015-12-31", "2016-01-02"}),
    ],
)
def test_one_thing_is_changed_in_just_these_ways(full: list[Mutant], about: str, ids: set[str]):
    """A limit one step both ways, another operator, each part, kind, route, item and unit, and the days beside."""
    assert ids == {each.id.removeprefix(f"{about}/") for each in full if each.about == about}


def test_the_mutants_are_the_same_in_every_run(tmp_path):
    """Whatever the seed of Python's hashes."""
    code = (
        "from vedligehold import load_pack as l\n"
        "from vedligehold.policy.mutants import *\n"
        "p = l('rebild')\n"
        "print([m.id for m in [*version_mutants(p.versions[0], p.nation), *nation_mutants(p.nation)]])"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT / "src")},
        ).stdout
        for seed in ("1", "2")
    }

    assert 1 == len(said)


# ----------------------------------------------------------------------------------------------------------------------
# Who can notice it


@given(situations(), st.integers(0, 6))
@tries(30)
def test_a_case_that_is_not_run_could_not_have_noticed(situation: Situation, first: int):
    """Only the cases that can notice are run: of all the others, both rules make the same."""
    pack, on = situation.made.pack, situation.on
    try:
        case = Case.model_validate(situation.case)
        right = observed(pack, case, on)
        seen = look(pack.at(on), case, on)
    except CaseError:
        return
    every = [*version_mutants(pack.versions[0], pack.nation), *nation_mutants(pack.nation)]
    ready = Ready(PolicyCase("one", "here", on, {}, {}), case, seen)
    for mutant in (each for each in every[first::7] if not can_notice(each, ready)):
        assert {} == differences(right, observed(mutated_pack(pack, mutant), case, on)), mutant.id


@given(packs(), situations())
@tries(20)
def test_rules_that_are_shown_to_say_the_same_do(made, situation: Situation):
    """Of every combination that was tried and of any case whatever."""
    facts = {fact.name: fact for fact in (*STANDARD_FACTS, *situation.made.pack.versions[0].facts)}
    pack, on = situation.made.pack, situation.on
    seen = look(pack.at(on), Case.model_validate(situation.case), on)
    for mutant in version_mutants(pack.versions[0], pack.nation):
        if mutant.pairs and tried_alike(mutant.pairs, facts) is not None:
            assert not says_otherwise(mutant.pairs, seen.values), mutant.id


# ----------------------------------------------------------------------------------------------------------------------
# What becomes of it


def test_a_mutant_is_killed_by_the_case_that_notices_it(tmp_path):
    cases = [
        a_case("granted", GRANTED),
        a_case("refused", {"outcome": "rejected", "because": ["need"]}, citizen={"needs_maintenance": False}),
    ]
    report = examined(write_suite(tmp_path, cases))

    assert "granted" == of(report, "need/require/negated/1").killed_by
    assert "refused" == of(report, "need/kind/scope").killed_by


def test_one_that_nobody_notices_comes_with_the_smallest_case_that_would(tmp_path):
    """One fact is other than in the typical case; under the wrong rule the answer is another."""
    folder = write_suite(tmp_path, [a_case("granted", GRANTED)])
    judgement = of(examined(folder), "need/kind/scope")
    pack = load_pack(folder, rules=folder.parent)

    assert judgement.survived
    assert judgement.found is not None
    assert ("needs_maintenance",) == judgement.found.changes
    assert told_apart(pack, mutated_pack(pack, judgement.wrong.mutant), judgement.found.case, judgement.found.on)


def test_a_case_that_fails_kills_nothing(tmp_path):
    """It tells of a mistake already."""
    report = examined(write_suite(tmp_path, [a_case("wrong", {"outcome": "rejected", "because": ["need"]})]))

    assert [] == [each.wrong.mutant.id for each in report.judgements or () if each.killed_by]


@pytest.mark.parametrize(
    ("parts", "mutant", "why"),
    [
        # whoever needs it needs it: dropping one of two equal parts changes nothing
        (
            {"requirements": [{**NEED, "require": {"all": ["needs_maintenance", "needs_maintenance"]}}]},
            "need/require/dropped/0.1",
            "samme svar for alle 3 kombinationer af de oplysninger, der betyder noget",
        ),
        # Christmas Eve is closed every year, as is the day that is no longer unsettled
        (
            {
                "deadlines": [
                    {"id": "end", "from": "granted", "within": {"days": "7"}, "kind": "target", "moves": "true",
                     "calendar": {"closed": ["12-25"]}}
                ]
            },
            "end/calendar/closed/12-25",
            "samme dato, hvilken dag fristen end begynder, fra 1990 til 2070",
        ),
    ],
)  # fmt: skip
def test_one_that_changes_nothing_is_shown_to_be_equivalent(tmp_path, parts, mutant, why):
    """With the reason, and it does not count against the cases."""
    report = examined(write_suite(tmp_path, [a_case("granted", GRANTED)], **parts))
    judgement = of(report, mutant)

    assert not judgement.survived
    assert judgement.equivalent is not None
    assert why == judgement.equivalent.da
    assert judgement in report.mutated[0].equivalents


def test_the_score_counts_what_is_noticed_of_what_is_wrong(tmp_path):
    report = examined(write_suite(tmp_path, [a_case("granted", GRANTED)]))
    (file,) = report.mutated
    wrong = len(file.judgements) - len(file.equivalents)

    assert file.percent == round(100 * (wrong - len(file.survivors)) / wrong, 1) < 100


def test_the_cases_of_both_packs_notice_every_wrong_rule():
    """Of the national layer too; what says the same has its reason."""
    report = both_packs()

    assert [] == [each.wrong.mutant.id for some in report.mutated for each in some.survivors]
    assert [100.0] * 3 == [each.percent for each in report.mutated]
    assert {
        "aeldreloven/first/2025-06-30",
        "complaint/2/first/2013-06-30",
        "transport/2/first/2013-06-30",
    } == {each.wrong.mutant.id for some in report.mutated for each in some.equivalents}


def test_every_way_of_being_wrong_is_tried_on_the_packs():
    tried = Counter(each.wrong.mutant.change for each in both_packs().judgements or ())

    assert {*CHANGES} == {*tried}


# ----------------------------------------------------------------------------------------------------------------------
# Looking for a case


@given(packs())
@tries(10)
def test_what_is_found_is_a_case_under_the_pack(made):
    """It can be decided, and the two packs answer it otherwise."""
    pack = made.pack
    for mutant in list(version_mutants(pack.versions[0], pack.nation))[:12]:
        other = mutated_pack(pack, mutant)
        found = find(pack, [typical(pack)], mutant.aim, partial(told_apart, pack, other))
        if found is not None and found.data:
            assert Case.model_validate(found.data) == found.case
            assert differences(observed(pack, found.case, found.on), observed(other, found.case, found.on))


def test_the_nearest_case_is_found_first(tmp_path):
    """One change before two, whatever else would do."""
    folder = write_suite(tmp_path, [a_case("granted", GRANTED)], **FULL)
    (suite,) = suites_of([folder], folder.parent).packs
    start = next(starts_of(suite))
    mutant = next(
        each for each in version_mutants(suite.pack.versions[0], suite.pack.nation) if each.id == "adult_age/more"
    )
    other = mutated_pack(suite.pack, mutant)
    found = find(suite.pack, [start], mutant.aim, lambda case, on: told_apart(suite.pack, other, case, on))

    assert found is not None
    assert ("birth_date",) == found.changes
    assert "1999-05-10" == found.data["citizen"]["birth_date"]


def test_a_case_of_another_day_came_as_long_before_it(tmp_path):
    """A case that is decided years later was not received years before."""
    pack = load_pack("rebild")
    start = Start({"citizen": {}, "referral": {"received_on": "2010-04-28"}, "facts": {}}, date(2010, 5, 3))
    day = date(2013, 7, 1)
    mutant = next(each for each in nation_mutants(pack.nation) if each.id == "complaint/1/last/2013-07-01")
    found = find(pack, [start], replace(mutant.aim, days=(day,)), lambda _, on: on == day)

    assert found is not None
    assert (day - timedelta(days=5)).isoformat() == found.data["referral"]["received_on"]


def test_what_tells_two_rules_apart_can_be_written_as_an_expectation():
    """A deadline that a case does not have is expected as no date, which one that waits would be too."""
    waits = {"outcome": "granted", "deadlines": {"end": {"due_on": None, "waits_for": "granted"}}}
    dated = {"outcome": "granted", "deadlines": {"end": {"due_on": "2020-01-01", "waits_for": None}}}
    absent = {"outcome": "granted", "deadlines": {}}

    assert {} == differences(absent, waits)
    assert (
        {"deadlines": ["end"]} == differences(absent, dated) == differences(dated, absent) == differences(waits, absent)
    )
    assert {"outcome": []} == differences(absent, {"in_force": False})
    assert {} == differences({"error": ["unknown-fact"]}, absent)


@given(situations())
@tries(15)
def test_a_case_that_expects_all_that_is_observed_passes(situation: Situation):
    """So that what is suggested is what the pack answers."""
    pack, on = situation.made.pack, situation.on
    case = Case.model_validate(situation.case)
    got = observed(pack, case, on)
    if "error" in got:
        return
    deadlines = {name: {key: _text(value) for key, value in each.items()} for name, each in got["deadlines"].items()}
    expected = {**got, "deadlines": deadlines}

    assert answered(pack, PolicyCase("one", "here", on, {}, expected), case).passed


def _text(value):
    return "true" if value is True else value


def test_a_deadline_that_differs_in_nothing_gives_the_same_dates():
    rule = load_pack("rebild").versions[0].deadlines[1]

    assert count(rule, {"referral_received": (DAY,)}) == count(replace(rule), {"referral_received": (DAY,)})


def test_a_deadline_that_runs_out_of_the_calendar_is_no_traceback(tmp_path):
    """Nothing is shown of it, and nobody's mistake is a crash."""
    long = {"id": "end", "from": "granted", "within": {"weeks": "9999"}, "kind": "target", "moves": "true"}
    report = examined(write_suite(tmp_path, [a_case("granted", GRANTED)], deadlines=[long]))

    assert "end/counted" in {goal.id for goal in report.covered[0].unseen}
    assert of(report, "end/number/9998").equivalent is None
    assert "end/counted" in {goal.id for goal in report.lacking().goals}


def test_a_whole_folder_is_examined_with_its_law():
    """The library's own folder has its national layer in it; a municipality's has none."""
    folder = Path(load_pack("rebild").versions[0].file).parent

    assert suites_of([], None).nation
    assert not suites_of([Path("rebild")], None).nation
    assert folder.name == "rebild"
