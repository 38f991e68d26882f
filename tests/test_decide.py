"""Deciding a case: results and verdicts, the grant, what is missing, notices and routes, versions, the receipt."""

import copy
import json
import pickle
import re
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from packs import DAY, FINDING, NEED, answer, events, make_case, make_pack, words, write_pack

from vedligehold import (
    Case,
    CaseError,
    Decision,
    NotInForce,
    Outcome,
    Pack,
    PackError,
    VedligeholdError,
    WorkdayCalendar,
    decide,
    due,
    facts,
    load_pack,
    packs,
    replay,
    second_opinion,
)
from vedligehold.condition import IsTrue
from vedligehold.decision import made
from vedligehold.meaning.value import evaluate
from vedligehold.policy.cases import case_files, read_cases
from vedligehold.policy.run import run_case
from vedligehold.prepared import Answer
from vedligehold.reading.library import rules_folder
from vedligehold.schemas import SCHEMAS
from vedligehold.source import Words

Make = Callable[..., Pack]
MAY_2010 = date(2010, 5, 3)
MAY_2017 = date(2017, 5, 10)
GRANTED_IN_REBILD = {
    "municipality_code": "0840",
    "needs_maintenance": True,
    "needs_therapist_support": True,
    "chronic_condition": True,
    "receives_free_physiotherapy": False,
}
GRANTED_IN_2017 = {
    "birth_date": "1948-03-02",
    "reduced_physical_function": True,
    "needs_maintenance": True,
    "can_self_train": False,
    "referred_by": "citizen",
}


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Make a pack with just the parts that are given."""
    return lambda **parts: make_pack(tmp_path, **parts)


@pytest.fixture(scope="module")
def rebild() -> Pack:
    """The leaflet of 2010."""
    return load_pack("rebild")


@pytest.fixture(scope="module")
def sundhed() -> Pack:
    """The standard of 2017."""
    return load_pack("sundhed-og-traening")


def requirement(name: str, kind: str, require: Any, **more: Any) -> dict[str, Any]:
    """A requirement with just what decides."""
    return {"id": name, "kind": kind, "require": require, **more}


def results(decision: Decision) -> dict[str, str]:
    """The result of each requirement."""
    return {each.id: each.result for each in decision.requirements}


def said(words: Words | None) -> Words:
    """A wording that is there."""
    assert words is not None
    return words


def codes(decision: Decision) -> list[str]:
    """The codes of the warnings."""
    return [each.code for each in decision.warnings]


def routes(decision: Decision) -> list[str]:
    """The ids of the other routes."""
    return [each.id for each in decision.other_routes]


def left_out(decision: Decision) -> dict[str, str]:
    """What is excluded, and by what."""
    return {each.item: each.by for each in decision.excluded}


# Kinds and results


@pytest.mark.parametrize(
    ("kind", "known", "result", "outcome"),
    [
        ("scope", True, "holds", "granted"),
        ("scope", False, "fails", "redirected"),
        ("scope", None, "unknown", "needs_information"),
        ("strict", True, "holds", "granted"),
        ("strict", False, "fails", "rejected"),
        ("strict", None, "unknown", "needs_information"),
        ("procedural", True, "holds", "granted"),
        ("procedural", False, "fails", "needs_information"),
        ("procedural", None, "unknown", "needs_information"),
        ("discretionary", True, "holds", "granted"),
        ("discretionary", False, "fails", "needs_assessment"),
        ("discretionary", None, "unknown", "needs_information"),
    ],
)
def test_what_a_kind_makes_of_a_result(make: Make, kind: str, known: bool | None, result: str, outcome: str):
    """Only a strict one refuses, and only when it fails."""
    decision = answer(make(requirements=[requirement("one", kind, "consent_given")]), consent_given=known)

    assert {"one": result} == results(decision)
    assert outcome == decision.outcome
    assert (() if known else ("one",)) == decision.because
    assert (("consent_given",) if outcome == "needs_information" else ()) == decision.missing


@pytest.mark.parametrize("require", [True, False, None])
@pytest.mark.parametrize(
    ("when", "result"),
    [
        (True, {True: "holds", False: "fails", None: "unknown"}),
        (False, dict.fromkeys((True, False, None), "not_applicable")),
        (None, {True: "holds", False: "unknown", None: "unknown"}),
    ],
)
def test_whom_a_requirement_applies_to(
    make: Make, when: bool | None, require: bool | None, result: dict[bool | None, str]
):
    """Unknown whether it applies, it holds where it would hold anyway, and else is unknown."""
    one = requirement("one", "strict", "consent_given", when="special_social_problems")
    decision = answer(make(requirements=[one]), special_social_problems=when, consent_given=require)

    assert {"one": result[require]} == results(decision)
    passes = result[require] in ("holds", "not_applicable")
    assert passes == (decision.outcome == "granted")


@pytest.mark.parametrize("kind", ["scope", "strict", "procedural", "discretionary"])
def test_a_requirement_that_does_not_apply_passes_whatever_its_kind(make: Make, kind: str):
    """Its reason is not said."""
    one = requirement("one", kind, "consent_given", when="special_social_problems")
    decision = answer(make(requirements=[one]), special_social_problems=False, consent_given=False)

    assert "granted" == decision.outcome
    assert decision.requirements[0].reason is None


def test_a_reason_is_said_only_where_a_requirement_does_not_pass(make: Make):
    """The requirement's own where it fails; what is missing where it asks."""
    pack = make(requirements=[requirement("one", "strict", {"all": ["consent_given", "special_social_problems"]})])
    holds, fails, unknown = (
        answer(pack, consent_given=known, special_social_problems=True).requirements[0].reason
        for known in (True, False, None)
    )

    assert holds is None
    assert "one reason (da)" == said(fails).da
    assert ("Vi mangler at få at vide: borgerens samtykke.", "We need to know: the citizen's consent.") == (
        said(unknown).da,
        said(unknown).en,
    )


def test_the_facts_of_a_requirement_are_the_leaves_that_decided(make: Make):
    """With their values; what did not matter is not shown."""
    one = requirement("one", "strict", {"any": ["consent_given", "special_social_problems"]})
    pack = make(requirements=[one])

    def facts(**known: Any) -> dict[str, Any]:
        return dict(answer(pack, **known).requirements[0].facts)

    assert {"special_social_problems": True} == facts(consent_given=False, special_social_problems=True)
    assert {"consent_given": False, "special_social_problems": False} == facts(
        consent_given=False, special_social_problems=False
    )
    assert {"special_social_problems": None} == facts(consent_given=False)


@pytest.mark.parametrize("require", [True, False, None])
@pytest.mark.parametrize("when", [True, False, None])
def test_the_facts_of_a_requirement_are_those_of_both_its_parts_unless_one_alone_decides(
    make: Make, when: bool | None, require: bool | None
):
    """To whom it applies decides alone where it applies to nobody; what it requires, where that holds anyway."""
    one = requirement("one", "strict", "consent_given", when="special_social_problems")
    decision = answer(make(requirements=[one]), special_social_problems=when, consent_given=require)
    to_whom, what = {"special_social_problems": when}, {"consent_given": require}

    decided = to_whom if when is False else what if when is None and require else {**to_whom, **what}
    assert decided == decision.requirements[0].facts


def test_what_is_not_asked_for_in_particular_is_shown_as_null(make: Make):
    """It is known that nothing was asked, so the comparison fails and nothing is missing."""
    decision = answer(make(requirements=[requirement("one", "strict", {"requested_setting": {"is": "group"}})]))

    assert "rejected" == decision.outcome
    assert {"requested_setting": None} == decision.requirements[0].facts


@pytest.mark.parametrize(
    "condition",
    [
        {"requested": "empty"},
        {"not": {"requested": {"any_of": ["balance"]}}},
        {"not": {"requested_setting": {"is": "home"}}},
        {"not": {"requested_setting": {"one_of": ["home", "group"]}}},
        {"not": "requested_transport"},
    ],
)
def test_what_the_citizen_asks_for_is_never_unknown(make: Make, condition: Any):
    """Absent means that nothing particular is asked."""
    assert "granted" == answer(make(requirements=[requirement("one", "strict", condition)])).outcome


# First the door, then the merits

DOOR = requirement("door", "scope", "consent_given")
RULE = requirement("rule", "strict", "special_social_problems")
FORM = requirement("form", "procedural", "receives_free_physiotherapy")
JUDGED = requirement("judged", "discretionary", "chronic_condition")


@pytest.fixture
def all_kinds(make: Make) -> Callable[..., Decision]:
    """Decide under one requirement of each kind; what is not said holds."""
    pack = make(requirements=[JUDGED, FORM, RULE, DOOR])
    holds = {
        "consent_given": True,
        "special_social_problems": True,
        "receives_free_physiotherapy": True,
        "chronic_condition": True,
    }
    return lambda **known: answer(pack, **{**holds, **known})


def test_a_door_to_another_law_goes_before_every_merit(all_kinds: Callable[..., Decision]):
    """Also where the merits would refuse."""
    decision = all_kinds(consent_given=False, special_social_problems=False, chronic_condition=None)

    assert ("redirected", ("door",), ()) == (decision.outcome, decision.because, decision.missing)


def test_an_open_door_question_goes_before_every_merit(all_kinds: Callable[..., Decision]):
    """It is asked before anybody is refused, and then nothing else need be asked."""
    decision = all_kinds(consent_given=None, special_social_problems=False, receives_free_physiotherapy=None)

    assert ("needs_information", ("door",), ("consent_given",)) == (
        decision.outcome,
        decision.because,
        decision.missing,
    )


def test_an_open_door_question_is_asked_together_with_those_of_the_merits(all_kinds: Callable[..., Decision]):
    """Where nothing rejects already; `because` names the door alone."""
    decision = all_kinds(consent_given=None, special_social_problems=None)

    assert ("door",) == decision.because
    assert ("special_social_problems", "consent_given") == decision.missing


def test_a_finding_that_rejects_leaves_the_door_alone_to_be_asked_about(all_kinds: Callable[..., Decision]):
    """As a strict requirement that fails does."""
    decision = all_kinds(
        consent_given=None,
        special_social_problems=None,
        chronic_condition=False,
        findings={"judged": {**FINDING, "holds": False}},
    )

    assert (("door",), ("consent_given",)) == (decision.because, decision.missing)


def test_a_refusal_goes_before_a_question_and_a_question_before_a_judgement(all_kinds: Callable[..., Decision]):
    """The worst verdict wins."""
    assert "rejected" == all_kinds(special_social_problems=False, chronic_condition=None).outcome
    assert "needs_information" == all_kinds(special_social_problems=None, chronic_condition=False).outcome
    assert "needs_information" == all_kinds(receives_free_physiotherapy=False, chronic_condition=False).outcome
    assert "needs_assessment" == all_kinds(chronic_condition=False).outcome


def test_because_holds_all_that_share_the_verdict_that_won_in_the_order_of_the_pack(
    all_kinds: Callable[..., Decision],
):
    """And nothing else."""
    decision = all_kinds(
        special_social_problems=None, receives_free_physiotherapy=False, chronic_condition=None, consent_given=True
    )

    assert ("judged", "form", "rule") == decision.because


def test_because_names_the_pack_before_the_nation(make: Make):
    """The Elder Care Act's door, from 1 July 2025."""
    pack = make(requirements=[NEED, DOOR])
    decision = answer(pack, on=date(2025, 7, 1))

    assert ("door", "not-elder-care-act") == decision.because
    assert ["need", "door", "not-elder-care-act"] == [each.id for each in decision.requirements]
    assert ("needs_maintenance", "covered_by_elder_care_act", "consent_given") == decision.missing


def test_because_is_empty_for_a_grant(all_kinds: Callable[..., Decision]):
    """A grant needs no excuse."""
    decision = all_kinds()

    assert ("granted", (), ()) == (decision.outcome, decision.because, decision.missing)
    assert isinstance(decision.outcome, Outcome)


# What is missing


def test_the_fact_that_most_requirements_ask_for_comes_first(make: Make):
    """Then the order of declaration, whatever the order of the requirements."""
    pack = make(
        requirements=[
            requirement("a", "strict", {"all": ["special_circumstances", "consent_given"]}),
            requirement("b", "strict", {"any": ["consent_given", "special_social_problems"]}),
            requirement("c", "strict", "chronic_condition"),
        ]
    )

    assert (
        "consent_given",
        "special_social_problems",
        "chronic_condition",
        "special_circumstances",
    ) == answer(pack).missing


def test_a_fact_counts_once_for_a_requirement_however_often_it_stands_there(make: Make):
    """So that a long condition is not asked about first."""
    twice = {"any": [{"all": ["consent_given", "chronic_condition"]}, {"all": ["consent_given", "can_self_train"]}]}
    pack = make(requirements=[requirement("a", "strict", twice)])

    assert ("chronic_condition", "can_self_train", "consent_given") == answer(pack).missing


def test_a_packs_own_facts_are_asked_for_after_the_standard_ones(make: Make):
    """They are declared after them."""
    own = {"motivated": {"type": "bool"}, "alert": {"type": "bool"}}
    pack = make(
        facts=own, requirements=[requirement("a", "strict", {"all": ["alert", "motivated", "special_circumstances"]})]
    )

    assert ("special_circumstances", "motivated", "alert") == answer(pack).missing


def test_a_derived_fact_is_asked_for_by_its_sources(make: Make):
    """`age` by the birth date, a span by the dates it runs between."""
    pack = make(
        facts={
            "admitted": {"type": "date"},
            "discharged": {"type": "date"},
            "days_in": {"type": "int", "unit": "days", "span": {"from": "admitted", "to": "discharged"}},
        },
        requirements=[
            requirement("a", "strict", {"age": {"at_least": "18"}}),
            requirement("b", "strict", {"days_in": {"at_least": "1"}}),
            requirement("c", "strict", "other_municipality"),
        ],
    )

    assert ("birth_date", "municipality_code", "admitted", "discharged") == answer(pack).missing
    assert ("birth_date", "municipality_code", "discharged") == answer(pack, facts={"admitted": "2017-05-01"}).missing


@pytest.mark.parametrize(
    ("require", "known", "missing"),
    [
        ({"all": ["consent_given", {"any": ["chronic_condition", "can_self_train"]}]}, {}, 3),
        ({"all": ["consent_given", {"any": ["chronic_condition", "can_self_train"]}]}, {"can_self_train": True}, 1),
        (
            {"any": [{"all": ["special_social_problems", "chronic_condition"]}, "consent_given"]},
            {"special_social_problems": False},
            1,
        ),
        ({"not": {"any": ["consent_given", {"not": "chronic_condition"}]}}, {"chronic_condition": True}, 1),
    ],
)
def test_a_fact_below_a_decided_node_can_change_nothing_and_is_not_asked_for(
    make: Make, require: Any, known: dict[str, bool], missing: int
):
    """Only those that still can."""
    decision = answer(make(requirements=[requirement("a", "strict", require)]), **known)

    assert missing == len(decision.missing)
    assert "consent_given" in decision.missing


@pytest.mark.parametrize(
    ("known", "missing"),
    [({}, ("weeks", "limit")), ({"weeks": 3}, ("limit",)), ({"limit": 3}, ("weeks",)), ({"weeks": 3, "limit": 4}, ())],
)
def test_of_two_facts_that_are_compared_the_unknown_one_is_asked_for(
    make: Make, known: dict[str, int], missing: tuple[str, ...]
):
    """Both where neither is known."""
    own = {name: {"type": "int", "unit": "weeks"} for name in ("weeks", "limit")}
    pack = make(facts=own, requirements=[requirement("one", "strict", {"weeks": {"at_most": {"fact": "limit"}}})])

    assert missing == answer(pack, facts=known).missing


@pytest.mark.parametrize("weeks", [5, 4])
def test_of_two_facts_that_make_a_procedural_requirement_fail_both_are_asked_about(make: Make, weeks: int):
    own = {name: {"type": "int", "unit": "weeks"} for name in ("weeks", "limit")}
    form = requirement("form", "procedural", {"weeks": {"at_most": {"fact": "limit"}}})
    missing = answer(make(facts=own, requirements=[form]), facts={"weeks": weeks, "limit": 4}).missing

    assert (("weeks", "limit") if weeks > 4 else ()) == missing


def test_where_it_is_unknown_whether_a_requirement_applies_only_that_is_asked(make: Make):
    """What it requires is decided."""
    one = requirement("a", "strict", "consent_given", when="special_social_problems")
    pack = make(requirements=[one])

    assert ("special_social_problems",) == answer(pack, consent_given=False).missing
    assert ("special_social_problems", "consent_given") == answer(pack).missing


def test_a_procedural_requirement_that_fails_asks_about_what_made_it_fail(make: Make):
    """All is known, and the way in which the case arrived must be mended."""
    form = requirement("form", "procedural", {"all": ["consent_given", "special_social_problems"]})
    decision = answer(make(requirements=[form]), consent_given=False, special_social_problems=True)

    assert ("needs_information", ("form",), ("consent_given",)) == (
        decision.outcome,
        decision.because,
        decision.missing,
    )
    assert "form reason (da)" == said(decision.requirements[0].reason).da


def test_a_procedural_requirement_that_is_unknown_asks_for_what_is_unknown_alone(make: Make):
    """Not for what holds."""
    form = requirement("form", "procedural", {"all": ["consent_given", "special_social_problems"]})

    assert ("consent_given",) == answer(make(requirements=[form]), special_social_problems=True).missing


def test_nothing_is_missing_unless_information_is_needed(all_kinds: Callable[..., Decision]):
    """A refusal makes the other questions idle, and so does a grant."""
    for known in (
        {"special_social_problems": False, "chronic_condition": None},
        {"consent_given": False, "chronic_condition": None},
        {"chronic_condition": False},
        {},
    ):
        assert () == all_kinds(**known).missing


# Findings


@pytest.mark.parametrize("known", [False, None])
@pytest.mark.parametrize(("holds", "outcome"), [(True, "granted"), (False, "rejected")])
def test_a_finding_settles_a_discretionary_requirement_that_does_not_hold(
    make: Make, known: bool | None, holds: bool, outcome: str
):
    """The calculated result stays, and the finding stands beside it."""
    decision = answer(
        make(requirements=[JUDGED]), chronic_condition=known, findings={"judged": {**FINDING, "holds": holds}}
    )
    (judged,) = decision.requirements

    assert outcome == decision.outcome
    assert {False: "fails", None: "unknown"}[known] == judged.result
    assert judged.finding is not None
    assert (holds, "Set ved et besøg.", "visitator") == (
        judged.finding.holds,
        judged.finding.reason,
        judged.finding.by,
    )
    assert () == decision.warnings
    assert holds == (judged.reason is None)


def test_a_finding_where_the_requirement_holds_changes_nothing_and_warns(make: Make):
    """Also one that says the opposite."""
    for holds in (True, False):
        decision = answer(
            make(requirements=[JUDGED]), chronic_condition=True, findings={"judged": {**FINDING, "holds": holds}}
        )
        assert "granted" == decision.outcome
        assert ["finding-without-effect"] == codes(decision)
        assert "judged title (da)" in decision.warnings[0].message.da


def test_a_finding_where_the_requirement_does_not_apply_changes_nothing_and_warns(make: Make):
    """A person judged what was not asked."""
    judged = {**JUDGED, "when": "special_social_problems"}
    decision = answer(
        make(requirements=[judged]), special_social_problems=False, findings={"judged": {**FINDING, "holds": False}}
    )

    assert "granted" == decision.outcome
    assert ["finding-without-effect"] == codes(decision)


@pytest.mark.parametrize("kind", ["scope", "strict", "procedural"])
def test_a_finding_on_another_kind_is_an_error(make: Make, kind: str):
    """Nobody may wave away another law's door, or a condition that the act shares."""
    pack = make(requirements=[requirement("one", kind, "consent_given")])
    with pytest.raises(CaseError) as caught:
        answer(pack, findings={"one": FINDING})

    (problem,) = caught.value.problems
    assert ("findings.one", "finding-not-allowed") == (problem.place, problem.code)
    assert kind in problem.message


def test_a_finding_on_an_unknown_requirement_is_an_error_that_names_the_nearest(make: Make):
    """A slip of the pen must not lose a judgement."""
    with pytest.raises(CaseError) as caught:
        answer(make(requirements=[JUDGED]), findings={"juged": FINDING})

    (problem,) = caught.value.problems
    assert ("findings.juged", "unknown-finding") == (problem.place, problem.code)
    assert "did you mean `judged`?" == problem.hint


# The grant

SETTING: dict[str, Any] = {
    "setting": [
        {
            "id": "alone",
            "when": {"all": ["special_circumstances", {"requested_setting": {"is": "individual"}}]},
            "give": "individual",
            "otherwise": words("only in special cases"),
        },
        {"id": "together", "give": "group"},
    ]
}
CONTENT = {"content": [{"id": "skills", "give": ["balance", "strength"]}]}
MASSAGE = {"id": "no-massage", "items": ["massage", "heat_packs"]}


def test_what_a_chosen_row_names_is_given(make: Make):
    """A full grant excludes nothing."""
    decision = answer(make(entitlement=CONTENT), needs_maintenance=True, requested=["balance"])

    assert ("granted", False, ()) == (decision.outcome, decision.partial, decision.excluded)
    (row,) = decision.entitlement
    assert ("content", "skills", ("balance", "strength")) == (row.topic, row.id, row.give)
    assert "skills text (da)" == row.text.da


def test_what_another_row_of_the_topic_names_is_excluded_by_that_row(make: Make):
    """The first row whose `when` holds applies; the reason is what the other one says to those who do not get it."""
    decision = answer(
        make(entitlement=SETTING), needs_maintenance=True, requested_setting="individual", special_circumstances=False
    )

    assert decision.partial
    assert {"individual": "alone"} == left_out(decision)
    assert "only in special cases (da)" == decision.excluded[0].reason.da
    assert ["together"] == [row.id for row in decision.entitlement]


def test_a_row_that_says_nothing_to_those_who_do_not_get_it_says_that_it_is_not_granted(make: Make):
    """In both languages."""
    rows = copy.deepcopy(SETTING)
    del rows["setting"][0]["otherwise"]
    decision = answer(
        make(entitlement=rows), needs_maintenance=True, requested_setting="individual", special_circumstances=False
    )
    reason = decision.excluded[0].reason

    assert ("Det er ikke med i det, der bevilges her.", "It is not part of what is granted here.") == (
        reason.da,
        reason.en,
    )


def test_the_exception_applies_where_it_holds(make: Make):
    """Then nothing is excluded."""
    decision = answer(
        make(entitlement=SETTING), needs_maintenance=True, requested_setting="individual", special_circumstances=True
    )

    assert ["alone"] == [row.id for row in decision.entitlement]
    assert not decision.partial


def test_what_is_left_out_is_excluded_with_its_own_reason_and_citation(make: Make):
    """In the order in which it was asked for, and then the setting."""
    pack = make(entitlement={**CONTENT, **SETTING}, leave_out=[MASSAGE, {"id": "not-at-home", "items": ["home"]}])
    decision = answer(
        pack, needs_maintenance=True, requested=["heat_packs", "balance", "massage"], requested_setting="home"
    )

    assert [("heat_packs", "no-massage"), ("massage", "no-massage"), ("home", "not-at-home")] == list(
        left_out(decision).items()
    )
    assert "no-massage reason (da)" == decision.excluded[0].reason.da
    assert ("S1",) == decision.excluded[0].citation.statements


def test_what_is_not_mentioned_is_a_notice_and_never_makes_a_grant_partial(make: Make):
    """Silence is no refusal."""
    decision = answer(
        make(entitlement=CONTENT), needs_maintenance=True, requested=["mobility"], requested_setting="home"
    )

    assert not decision.partial
    assert ["not-mentioned"] == codes(decision)
    assert "Standarden nævner ikke: bevægelighed, træning i eget hjem." == decision.warnings[0].message.da
    assert "The standard does not mention: mobility, training at home." == decision.warnings[0].message.en


def test_what_is_both_given_and_left_out_in_a_case_is_given(make: Make):
    """A chosen row wins; where it is not chosen, the reason that is written comes before a row that says none."""
    rows = {"content": [{"id": "warm", "when": "special_circumstances", "give": ["heat_packs"]}]}
    pack = make(entitlement=rows, leave_out=[MASSAGE])
    known = {"needs_maintenance": True, "requested": ["heat_packs"]}

    assert {} == left_out(answer(pack, special_circumstances=True, **known))
    assert {"heat_packs": "no-massage"} == left_out(answer(pack, special_circumstances=False, **known))


def test_something_is_left_out_only_where_its_when_holds(make: Make):
    """Elsewhere it is not mentioned; unknown it asks, where it was asked for."""
    pack = make(leave_out=[{**MASSAGE, "when": {"not": "special_circumstances"}}])
    asked = {"needs_maintenance": True, "requested": ["massage"]}

    assert {"massage": "no-massage"} == left_out(answer(pack, special_circumstances=False, **asked))
    assert ["not-mentioned"] == codes(answer(pack, special_circumstances=True, **asked))
    asks = answer(pack, **asked)
    assert ("needs_information", ("no-massage",), ("special_circumstances",)) == (
        asks.outcome,
        asks.because,
        asks.missing,
    )
    assert "granted" == answer(pack, needs_maintenance=True, requested=["balance"]).outcome


def test_an_exclusion_that_is_unknown_asks_nothing_where_another_settles_the_item(make: Make):
    """It is left out either way."""
    unsure = {"id": "unsure", "items": ["massage"], "when": "special_circumstances"}
    pack = make(leave_out=[unsure, {"id": "sure", "items": ["massage"]}])
    decision = answer(pack, needs_maintenance=True, requested=["massage"])

    assert ("granted", {"massage": "sure"}) == (decision.outcome, left_out(decision))


def test_an_exclusion_that_is_unknown_asks_nothing_where_a_row_that_is_not_granted_leaves_the_item_out(make: Make):
    """Whether the exclusion applies as well makes no difference."""
    warm = {"content": [{"id": "warm", "when": "special_circumstances", "give": ["heat_packs"]}]}
    pack = make(entitlement=warm, leave_out=[{**MASSAGE, "when": "chronic_condition"}])
    decision = answer(pack, needs_maintenance=True, special_circumstances=False, requested=["heat_packs"])

    assert ("granted", (), {"heat_packs": "warm"}) == (decision.outcome, decision.because, left_out(decision))


def test_a_row_asks_where_a_missing_fact_could_change_what_was_asked_for(make: Make):
    """Never the group by default."""
    decision = answer(make(entitlement=SETTING), needs_maintenance=True, requested_setting="individual")

    assert ("needs_information", ("alone",), ("special_circumstances",)) == (
        decision.outcome,
        decision.because,
        decision.missing,
    )
    assert () == decision.entitlement
    (asking,) = decision.asking
    assert ("alone", ("special_circumstances",)) == (asking.id, asking.facts)


def test_a_row_that_repeats_what_was_asked_asks_nobody_else(make: Make):
    """Nobody asked to train alone."""
    for setting in (None, "group", "home"):
        decision = answer(make(entitlement=SETTING), needs_maintenance=True, requested_setting=setting)
        assert "granted" == decision.outcome
        assert () == decision.undecided


def test_rows_that_ask_rank_after_requirements_that_ask(make: Make):
    """By the order of the pack, each with its own facts; a refusal goes before them, and they before a judgement."""
    home = {
        "place": [
            {
                "id": "at-home",
                "when": {"all": ["special_circumstances", {"requested": {"any_of": ["daily_activities"]}}]},
                "give": "daily_activities",
            },
            {"id": "rooms", "give": "rooms"},
        ]
    }
    pack = make(requirements=[NEED, JUDGED], entitlement={**home, **SETTING})
    asked = {"requested": ["daily_activities"], "requested_setting": "individual"}
    decision = answer(pack, chronic_condition=True, **asked)

    assert ("need", "at-home", "alone") == decision.because
    assert ("special_circumstances", "needs_maintenance") == decision.missing
    assert "rejected" == answer(pack, needs_maintenance=False, chronic_condition=True, **asked).outcome
    both = answer(pack, needs_maintenance=True, chronic_condition=False, **asked)
    assert ("needs_information", ("at-home", "alone")) == (both.outcome, both.because)


def test_every_unknown_row_asks_that_a_later_one_could_contradict(make: Make):
    """The first gives what the last gives; but the one between them, which may apply as well, does not."""
    rows = {
        "content": [
            {"id": "first", "when": "special_circumstances", "give": ["strength"]},
            {"id": "between", "when": "chronic_condition", "give": ["balance"]},
            {"id": "last", "give": ["strength"]},
        ]
    }
    pack, asked = make(entitlement=rows), {"needs_maintenance": True, "requested": ["strength"]}
    decision = answer(pack, **asked)

    assert (("first", "between"), ("chronic_condition", "special_circumstances")) == (
        decision.because,
        decision.missing,
    )
    assert "granted" == answer(pack, chronic_condition=False, **asked).outcome
    assert "granted" == answer(pack, special_circumstances=True, **asked).outcome


def test_a_row_that_is_unknown_and_changes_nothing_asked_for_is_undecided(make: Make):
    """The value is null, and the facts are listed."""
    rows = {
        "sessions": [
            {"id": "twice", "when": "special_circumstances", "give": {"per_week": "2"}},
            {"id": "once", "give": {"per_week": "1"}},
        ]
    }
    decision = answer(make(entitlement=rows), needs_maintenance=True)

    assert "granted" == decision.outcome
    assert [("sessions", "twice", ("special_circumstances",))] == [
        (each.topic, each.id, each.facts) for each in decision.undecided
    ]
    (row,) = decision.entitlement
    assert ("twice", None) == (row.id, row.give)
    assert "Ikke afgjort endnu: hvor ofte. Det afhænger af: særlige forhold." == row.text.da


def test_an_unknown_row_with_none_after_it_is_undecided_too(make: Make):
    """It may turn out that nothing applies."""
    rows = {"price": [{"id": "free-of-charge", "when": "special_circumstances", "give": "free"}]}
    pack = make(entitlement=rows)

    assert ["free-of-charge"] == [each.id for each in answer(pack, needs_maintenance=True).undecided]
    assert () == answer(pack, needs_maintenance=True, special_circumstances=False).entitlement


def test_what_every_possible_row_gives_is_given_and_not_asked_about(make: Make):
    """Whichever applies."""
    rows = {
        "content": [
            {"id": "much", "when": "special_circumstances", "give": ["balance", "strength"]},
            {"id": "little", "give": ["balance"]},
        ]
    }
    pack = make(entitlement=rows)

    assert "granted" == answer(pack, needs_maintenance=True, requested=["balance"]).outcome
    assert ("much",) == answer(pack, needs_maintenance=True, requested=["strength"]).because


def test_what_a_row_gives_keeps_its_numbers_and_flags(make: Make):
    """Whole numbers and `true` and `false` become so; all else is text."""
    give = {"weeks": "12", "at_most": "true", "by": ["therapist", "nurse"], "code": "0840x"}
    decision = answer(make(entitlement={"course": [{"id": "course", "give": give}]}), needs_maintenance=True)

    assert {"weeks": 12, "at_most": True, "by": ("therapist", "nurse"), "code": "0840x"} == decision.entitlement[0].give
    assert decision.model_dump()["entitlement"][0]["give"]["by"] == ["therapist", "nurse"]


@pytest.mark.parametrize("needs", [False, None])
def test_nothing_is_granted_excluded_or_undecided_unless_granted(make: Make, needs: bool | None):
    """A refusal lists no rows."""
    rows = {**CONTENT, "price": [{"id": "cheap", "when": "special_circumstances", "give": "free"}]}
    decision = answer(
        make(entitlement=rows, leave_out=[MASSAGE]), needs_maintenance=needs, requested=["massage", "fitness"]
    )

    assert ((), (), (), False) == (decision.entitlement, decision.excluded, decision.undecided, decision.partial)
    assert [] == codes(decision)


# Notices and routes


@pytest.mark.parametrize(("known", "fired"), [(True, True), (False, False), (None, False)])
def test_a_notice_fires_only_where_its_when_holds(make: Make, known: bool | None, fired: bool):
    """And it changes no outcome."""
    notice = {"id": "look", "when": "special_social_problems", "routes": ["centre"]}
    centre = {"centre": {"considered_by": "municipality"}}
    pack = make(notices=[notice], routes=centre)
    decision = answer(pack, needs_maintenance=True, special_social_problems=known)

    assert (["look"] if fired else []) == codes(decision)
    assert (["centre"] if fired else []) == routes(decision)
    assert "granted" == decision.outcome
    assert not fired or decision.warnings[0].message.da == "look text (da)"


ROUTES = {
    "first": {"considered_by": "doctor"},
    "second": {"considered_by": "hospital"},
    "third": {"considered_by": "municipality"},
}


def test_routes_come_from_what_won_then_from_notices_then_from_the_nation(make: Make):
    """Each once; those of requirements that did not win are not listed."""
    pack = make(
        routes=ROUTES,
        requirements=[
            requirement("a", "strict", "needs_maintenance", routes=["second", "sel-79"]),
            requirement("b", "strict", "consent_given", routes=["first"]),
            requirement("c", "strict", "special_social_problems", routes=["sul-140a"]),
        ],
        notices=[{"id": "look", "when": {"not": "consent_given"}, "routes": ["third", "second"]}],
    )
    decision = answer(pack, needs_maintenance=False, consent_given=False, special_social_problems=True)

    assert ["second", "sel-79", "first", "third", "sel-86-1"] == routes(decision)
    assert ["hospital", "municipality", "doctor", "municipality", "municipality"] == [
        each.considered_by for each in decision.other_routes
    ]


def test_the_standing_routes_are_those_of_a_refusal_alone(make: Make):
    """Every rejection lists them, also one by a finding."""
    pack = make(requirements=[NEED, JUDGED])
    finding = {"judged": {**FINDING, "holds": False}}
    rejected = {"needs_maintenance": True, "chronic_condition": False, "findings": finding}

    assert ["sel-86-1", "sel-79"] == routes(answer(pack, needs_maintenance=False))
    assert ["sel-86-1", "sel-79"] == routes(answer(pack, **rejected))
    assert [] == routes(answer(pack, needs_maintenance=True, chronic_condition=False))
    assert [] == routes(answer(pack))


def test_a_route_that_is_named_comes_first_and_says_what_is_named(sundhed: Pack):
    """In the order in which it was named, in both languages."""
    known = {**GRANTED_IN_2017, "can_self_train": True, "needs_maintenance": False}
    decision = answer(sundhed, on=MAY_2017, self_training_alternatives=["walks", "gymnastics_club"], **known)
    first = decision.other_routes[0]

    assert "own-activities" == first.id
    assert "Aktiviteter, du selv kan deltage i: gåture, gymnastikforening" == first.title.da
    assert "Activities that you can take part in yourself: walks, gymnastics club" == first.title.en


@pytest.mark.parametrize(
    ("named", "order"),
    [
        (None, ["first", "own-activities", "sel-86-1", "sel-79"]),
        (["walks"], ["own-activities", "first", "sel-86-1", "sel-79"]),
    ],
)
def test_a_route_of_which_nothing_is_named_keeps_its_place(make: Make, named: list[str] | None, order: list[str]):
    """Named, it goes before a route that would stand before it."""
    one = requirement("one", "strict", "consent_given", routes=["first", "own-activities"])
    pack = make(routes={"first": ROUTES["first"]}, requirements=[one])

    assert order == routes(answer(pack, consent_given=False, self_training_alternatives=named))


def test_a_named_alternative_decides_nothing(sundhed: Pack):
    """It orders and words the routes."""
    for can in (True, False, None):
        without, named = (
            answer(sundhed, on=MAY_2017, **{**GRANTED_IN_2017, "can_self_train": can}, **more)
            for more in ({}, {"self_training_alternatives": ["walks"]})
        )
        assert (without.outcome, without.because) == (named.outcome, named.because)


@pytest.mark.parametrize("named", [None, []])
def test_a_route_without_anything_named_keeps_its_title(sundhed: Pack, named: list[str] | None):
    """An empty list names nothing."""
    known = {**GRANTED_IN_2017, "can_self_train": True}
    decision = answer(sundhed, on=MAY_2017, self_training_alternatives=named, **known)

    assert "Aktiviteter, du selv kan deltage i" == decision.other_routes[0].title.da


# Time: versions, the law by date, standards that are stale


def test_a_day_before_the_first_version_says_from_when_there_is_one(rebild: Pack):
    """The words are those of the public interface."""
    with pytest.raises(NotInForce) as caught:
        decide(rebild, Case(), on=date(2009, 5, 1))

    (problem,) = caught.value.problems
    assert "no version of `rebild` in force on 2009-05-01; first in force from 2010-01-01" == problem.message


def test_narrowing_to_a_day_checks_that_a_version_is_in_force():
    """In the same words."""
    with pytest.raises(NotInForce, match="no version of `rebild` in force on 2009-05-01; first in force from 2010"):
        load_pack("rebild", on=date(2009, 5, 1))
    assert MAY_2010 == load_pack("rebild", on=MAY_2010).narrowed_to


@pytest.fixture
def versions(tmp_path: Path) -> Pack:
    """Three versions: 2015 (until mid-2016), 2017 (reviewed by mid-2017), 2018 (reviewed by mid-2018)."""
    write_pack(tmp_path, valid_from="2015-01-01", valid_to="2016-06-30", review_by="2015-06-30")
    write_pack(tmp_path, valid_from="2017-01-01", review_by="2017-06-30", requirements=[RULE])
    pack: Pack = make_pack(tmp_path, valid_from="2018-01-01", review_by="2018-06-30", requirements=[NEED, RULE])
    return pack


@pytest.mark.parametrize(
    ("day", "ids"),
    [
        (date(2015, 1, 1), ["need"]),
        (date(2016, 6, 30), ["need"]),
        (date(2017, 1, 1), ["rule"]),
        (date(2017, 12, 31), ["rule"]),
        (date(2018, 1, 1), ["need", "rule"]),
        (date(2024, 6, 3), ["need", "rule"]),
    ],
)
def test_each_day_has_its_version(versions: Pack, day: date, ids: list[str]):
    """From its first day to its last, or to the day before the next."""
    assert ids == [each.id for each in answer(versions, on=day).requirements]


def test_a_day_between_versions_says_when_the_one_ended_and_the_next_begins(versions: Pack):
    """Nothing was in force."""
    with pytest.raises(NotInForce) as caught:
        answer(versions, on=date(2016, 7, 1))

    assert (
        "no version of `toy` in force on 2016-07-01; last in force until 2016-06-30, next from 2017-01-01"
        == caught.value.problems[0].message
    )


def test_a_day_after_the_last_version_has_ended_says_when(make: Make):
    """Nothing comes after it."""
    pack = make(valid_to="2016-06-30")
    with pytest.raises(NotInForce) as caught:
        answer(pack, on=date(2016, 7, 1))

    assert "no version of `toy` in force on 2016-07-01; last in force until 2016-06-30" == str(
        caught.value.problems[0].message
    )


@pytest.mark.parametrize(
    ("day", "stale"),
    [
        (date(2015, 7, 1), False),
        (date(2017, 7, 1), False),
        (date(2018, 6, 30), False),
        (date(2018, 7, 1), True),
        (date(2024, 6, 3), True),
    ],
)
def test_a_standard_is_stale_strictly_after_its_review_and_only_while_nothing_ends_or_follows_it(
    versions: Pack, day: date, stale: bool
):
    """One with an end has its end, and one with a successor was reviewed."""
    assert (["stale-standard"] if stale else []) == codes(answer(versions, on=day, needs_maintenance=True))


def test_the_warning_of_a_stale_standard_names_the_day_in_full(rebild: Pack):
    """Weekday, and the month in letters."""
    assert "stale-standard" not in codes(answer(rebild, on=date(2010, 12, 31), **GRANTED_IN_REBILD))
    decision = answer(rebild, on=date(2011, 1, 1), **GRANTED_IN_REBILD)

    assert ["stale-standard"] == codes(decision)
    assert "fredag den 31. december 2010" in decision.warnings[0].message.da
    assert "Friday 31 December 2010" in decision.warnings[0].message.en
    assert "granted" == decision.outcome


def test_the_complaint_body_is_that_of_the_day_of_the_decision(rebild: Pack):
    """Det Sociale Nævn up to and including 30 June 2013, and Ankestyrelsen after it."""
    before, after = (
        answer(rebild, on=day, **GRANTED_IN_REBILD).complaint for day in (date(2013, 6, 30), date(2013, 7, 1))
    )
    assert before is not None
    assert after is not None

    assert ("Det Sociale Nævn", "Ankestyrelsen") == (before.to.da, after.to.da)
    assert "Nævn" not in after.text.da + after.text.en
    assert "Ankestyrelsen" not in before.text.da + before.text.en
    assert after.transport is not None
    assert "Afgørelsen om kørsel kan ikke indbringes for Ankestyrelsen." == after.transport.text.da


def test_a_child_is_sent_to_the_rules_of_the_day(sundhed: Pack):
    """Section 44 until the end of 2023, the Children's Act from 2024; never a refusal."""
    child = {**GRANTED_IN_2017, "birth_date": "2010-03-02"}
    before, after = (answer(sundhed, on=day, **child) for day in (date(2023, 12, 31), date(2024, 1, 1)))

    assert ("redirected", ("adult",)) == (before.outcome, before.because) == (after.outcome, after.because)
    assert (["sel-44"], ["barnets-lov-90-3"]) == (routes(before), routes(after))
    assert "childrens-act" not in codes(before)
    assert "childrens-act" in codes(after)


def test_a_child_is_granted_in_rebild_with_a_notice_from_2024(rebild: Pack):
    """The leaflet has no age rule."""
    child = {**GRANTED_IN_REBILD, "birth_date": "2015-03-02"}
    before, after = (answer(rebild, on=day, **child) for day in (date(2023, 12, 31), date(2024, 1, 1)))

    assert "granted" == before.outcome == after.outcome
    assert (False, True) == ("childrens-act" in codes(before), "childrens-act" in codes(after))


@pytest.mark.parametrize(
    ("on", "covered", "outcome"),
    [
        (date(2025, 6, 30), None, "granted"),
        (date(2025, 6, 30), True, "granted"),
        (date(2025, 7, 1), None, "needs_information"),
        (date(2025, 7, 1), False, "granted"),
        (date(2025, 7, 1), True, "redirected"),
    ],
)
def test_the_elder_care_act_is_a_door_from_july_2025(rebild: Pack, on: date, covered: bool | None, outcome: str):
    """A fact that a professional states, never an age."""
    decision = answer(rebild, on=on, covered_by_elder_care_act=covered, birth_date="1930-01-01", **GRANTED_IN_REBILD)

    assert outcome == decision.outcome
    assert ([] if outcome == "granted" else ["aeldreloven"]) == routes(decision)
    assert (("covered_by_elder_care_act",) if outcome == "needs_information" else ()) == decision.missing


def test_somebody_born_on_29_february_turns_18_on_1_march(sundhed: Pack):
    """In a common year."""
    known = {**GRANTED_IN_2017, "birth_date": "2000-02-29"}

    assert "redirected" == answer(sundhed, on=date(2018, 2, 28), **known).outcome
    assert "granted" == answer(sundhed, on=date(2018, 3, 1), **known).outcome


def test_a_citizen_of_another_municipality_is_noticed_and_never_refused(rebild: Pack, sundhed: Pack):
    """Where both codes are known; the 2017 source names no municipality."""
    assert [] == codes(answer(rebild, on=MAY_2010, **GRANTED_IN_REBILD))
    elsewhere = answer(rebild, on=MAY_2010, **{**GRANTED_IN_REBILD, "municipality_code": "0101"})
    assert ("granted", ["other-municipality"]) == (elsewhere.outcome, codes(elsewhere))
    assert [] == codes(answer(rebild, on=MAY_2010, **{**GRANTED_IN_REBILD, "municipality_code": None}))
    assert [] == codes(answer(sundhed, on=MAY_2017, municipality_code="0101", **GRANTED_IN_2017))


def test_a_citizen_with_no_limb_of_the_act_is_noticed_and_not_refused_by_the_leaflet(rebild: Pack):
    """All three known to be absent, not merely unknown."""
    absent = dict.fromkeys(("reduced_physical_function", "reduced_mental_function", "special_social_problems"), False)
    decision = answer(rebild, on=MAY_2010, **GRANTED_IN_REBILD, **absent)

    assert ("granted", ["outside-target-group"]) == (decision.outcome, codes(decision))
    absent["special_social_problems"] = None  # type: ignore[assignment]
    assert [] == codes(answer(rebild, on=MAY_2010, **GRANTED_IN_REBILD, **absent))


@pytest.mark.parametrize("day", [datetime(2010, 5, 3, 9), "2010-05-03", None, 20100503])  # noqa: DTZ001
def test_the_decision_date_is_a_date_and_has_no_default(rebild: Pack, day: object):
    """No hidden clock."""
    with pytest.raises(CaseError, match="on: wrong-date"):
        decide(rebild, Case(), on=day)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        decide(rebild, Case())  # type: ignore[call-arg]


def test_only_a_case_is_decided(rebild: Pack):
    """The hint says how to make one."""
    with pytest.raises(CaseError, match="a `Case` is decided, not a mapping"):
        decide(rebild, {}, on=MAY_2010)  # type: ignore[arg-type]


@pytest.mark.parametrize("pack", ["rebild", None])
def test_only_a_pack_decides_counts_and_names_its_facts(pack: Any):
    """Its name is not enough."""
    for ask in (
        lambda: decide(pack, Case(), on=MAY_2010),
        lambda: due(pack, {}, on=MAY_2010),
        lambda: facts(pack, on=MAY_2010),
    ):
        with pytest.raises(PackError, match="a `Pack` is wanted, not "):
            ask()


def test_the_data_dictionary_is_that_of_the_day_of_the_narrowing_or_of_the_newest_version(tmp_path: Path):
    """In that order, the standard facts first."""
    for year in ("2015", "2017", "2018"):
        own = {f"fact_of_{year}": {"type": "bool"}}
        pack = make_pack(tmp_path, valid_from=f"{year}-01-01", facts=own)
    narrowed = load_pack("toy", rules=tmp_path, on=date(2015, 5, 3))

    assert "fact_of_2017" == facts(pack, on=date(2017, 5, 3))[-1].name
    assert "fact_of_2017" == facts(narrowed, on=date(2017, 5, 3))[-1].name
    assert "fact_of_2015" == facts(narrowed)[-1].name
    assert "fact_of_2018" == facts(pack)[-1].name
    assert "birth_date" == facts(pack)[0].name
    with pytest.raises(CaseError, match="wrong-date"):
        facts(pack, on="2017-05-03")  # type: ignore[arg-type]


# Complaint guidance


@pytest.mark.parametrize(
    ("known", "has_guidance"),
    [
        ({"needs_maintenance": True}, True),
        ({"needs_maintenance": False}, True),
        ({}, False),
        ({"needs_maintenance": True, "consent_given": False}, False),
        ({"needs_maintenance": True, "chronic_condition": False}, False),
    ],
)
def test_complaint_guidance_is_given_with_a_grant_and_with_a_refusal(
    make: Make, known: dict[str, bool], has_guidance: bool
):
    """A full grant too; not while nothing is decided, and not where another law decides."""
    holds = {"consent_given": True, "chronic_condition": True}
    decision = answer(make(requirements=[NEED, DOOR, JUDGED]), **{**holds, **known})

    assert has_guidance == (decision.complaint is not None)


def test_the_last_day_of_a_complaint_is_known_once_receipt_is_recorded(make: Make):
    """It is never counted from the decision date."""
    pack = make()
    without = answer(pack, needs_maintenance=True).complaint
    received = events(("decision_received", "2018-05-08"))
    known = answer(pack, needs_maintenance=True, events=received).complaint
    assert without is not None
    assert known is not None

    assert (None, None) == (without.due_on, without.late_after)
    assert (date(2018, 6, 5), date(2018, 6, 6)) == (known.due_on, known.late_after)


# The engine


def test_the_own_engine_is_the_default(rebild: Pack):
    """The other is an extra."""
    assert decide(rebild, Case(), on=MAY_2010, engine="own") == decide(rebild, Case(), on=MAY_2010)


def test_without_the_second_engine_there_is_one_clear_line(rebild: Pack, monkeypatch):
    """It is not installed, or the Python is one on which it does not run; nothing else asks for it."""
    monkeypatch.setitem(sys.modules, "durable", None)
    monkeypatch.delitem(sys.modules, "vedligehold.durable_host", raising=False)
    monkeypatch.setattr(second_opinion, "_BUILT", second_opinion._Built())
    with pytest.raises(VedligeholdError) as caught:
        decide(rebild, Case(), on=MAY_2010, engine="durable")

    (problem,) = caught.value.problems
    assert ("engine", "missing-library") == (problem.place, problem.code)
    assert problem.hint is not None
    assert "Python 3.11 or 3.12" in problem.hint or "`pip install vedligehold[durable]`" in problem.hint
    assert decide(rebild, Case(), on=MAY_2010).missing


# The decision as a thing


def everything(decision: Decision) -> str:
    """The whole of a decision as text."""
    return decision.model_dump_json()


@pytest.fixture(scope="module")
def many() -> list[tuple[Pack, Case, date]]:
    """Every case of both packs, with its pack and day."""
    return [
        (pack, _case_of(result.decision), case.on)
        for pack in packs()
        for file in case_files(rules_folder() / pack.id)
        for case in read_cases(file).cases
        for result in [run_case(pack, case)]
        if result.decision is not None
    ]


def _case_of(decision: Decision) -> Case:
    return decision._case


@pytest.mark.parametrize(
    ("name", "value"), [("outcome", "granted"), ("because", ()), ("bogus", 1), ("_case", None), ("partial", True)]
)
def test_no_attribute_of_a_decision_can_be_set_or_deleted(rebild: Pack, name: str, value: object):
    """It is a closed class."""
    decision = answer(rebild, on=MAY_2010)

    with pytest.raises(AttributeError):
        setattr(decision, name, value)
    with pytest.raises(AttributeError):
        delattr(decision, name)
    assert not hasattr(decision, "__dict__")
    assert "needs_information" == decision.outcome


def test_no_attribute_of_a_pack_can_be_set_or_deleted(rebild: Pack):
    """Threads share it."""
    for name in ("versions", "narrowed_to", "bogus"):
        with pytest.raises(AttributeError):
            setattr(rebild, name, None)
        with pytest.raises(AttributeError):
            delattr(rebild, name)
    assert "rebild" == rebild.id


def test_the_parts_of_a_decision_are_built_once(rebild: Pack):
    """On first look."""
    decision = answer(rebild, on=MAY_2010)

    assert decision.requirements is decision.requirements
    assert decision.deadlines is decision.deadlines


@pytest.mark.parametrize("needs", [True, False, None])
def test_the_trace_is_that_of_the_requirement_that_is_named(make: Make, needs: bool | None):
    """To whom it applies, None where it applies to everybody, and what it requires."""
    whom = requirement("whom", "strict", "consent_given", when="special_social_problems")
    decision = answer(make(requirements=[NEED, whom]), needs_maintenance=needs, special_social_problems=False)
    when, require = decision.trace("whom")

    assert (None, evaluate(IsTrue("needs_maintenance"), {"needs_maintenance": needs})) == decision.trace("need")
    assert evaluate(IsTrue("special_social_problems"), {"special_social_problems": False}) == when
    assert IsTrue("consent_given") == require.condition
    assert (needs is True) == decision.granted
    with pytest.raises(KeyError, match="the policy has no requirement `bogus`"):
        decision.trace("bogus")


def test_a_part_of_a_decision_explains_itself_on_the_class():
    """As a property does; `help` reads it there."""
    assert str(Decision.deadlines.__doc__).startswith("Every deadline of pack and nation")


def test_only_deciding_makes_a_decision():
    with pytest.raises(TypeError, match="a decision is made by `decide`"):
        Decision()


@pytest.mark.parametrize(
    ("changed", "partial"),
    [
        ({"outcome": Outcome.GRANTED}, False),
        ({"because": ()}, False),
        ({"results": {"need": "holds"}}, False),
        ({}, True),
    ],
)
def test_a_quick_answer_that_is_not_that_of_the_reference_is_never_explained(
    make: Make, changed: dict[str, Any], partial: bool
):
    """Whichever part of it differs: an explanation of another decision is worse than none."""
    pack = make()
    right = answer(pack, needs_maintenance=False)
    said: dict[str, Any] = {"outcome": right.outcome, "because": right.because, "results": right.results, "missing": ()}
    case, policy = make_case(needs_maintenance=False), pack.at(DAY)

    assert right == made(policy, case, DAY, Answer(**said), partial=False)
    with pytest.raises(VedligeholdError, match="meanings-disagree"):
        made(policy, case, DAY, Answer(**{**said, **changed}), partial).model_dump()


def test_a_fact_has_its_label(rebild: Pack):
    """The declared one."""
    assert "the citizen's consent" == answer(rebild, on=MAY_2010).label("consent_given").en


def test_a_decision_shows_its_outcome_day_and_reasons(rebild: Pack):
    """And nothing of the citizen."""
    assert "<Decision rejected on 2010-05-03 because maintenance-need>" == repr(
        answer(rebild, on=MAY_2010, **{**GRANTED_IN_REBILD, "needs_maintenance": False})
    )
    assert "<Decision granted on 2010-05-03>" == repr(answer(rebild, on=MAY_2010, **GRANTED_IN_REBILD))


def test_a_decision_and_its_pack_survive_pickling(rebild: Pack):
    """Before and after the parts were looked at."""
    case = make_case(**GRANTED_IN_REBILD, events=events(("granted", "2010-05-06")))
    decision = decide(rebild, case, on=MAY_2010)
    early = pickle.loads(pickle.dumps(decision))
    whole = everything(decision)

    assert whole == everything(early)
    assert whole == everything(pickle.loads(pickle.dumps(decision)))
    assert whole == everything(decide(pickle.loads(pickle.dumps(rebild)), case, on=MAY_2010))
    assert whole == everything(copy.deepcopy(decision))
    assert decision == early


def test_decisions_are_equal_when_all_they_say_is(rebild: Pack):
    """They are not hashed."""
    one, same = (answer(rebild, on=MAY_2010, **GRANTED_IN_REBILD) for _ in range(2))

    assert one == same
    assert one != answer(rebild, on=MAY_2010 + timedelta(days=1), **GRANTED_IN_REBILD)
    assert one != "granted"
    with pytest.raises(TypeError):
        hash(one)


def test_threads_share_one_pack(many: list[tuple[Pack, Case, date]]):
    """Fresh packs, whose policies and calendars are worked out while all of them look."""
    shared = {pack.id: pack for pack in packs()}
    alone = [everything(decide(pack, case, on=on)) for pack, case, on in many]

    def decided(each: tuple[Pack, Case, date]) -> str:
        pack, case, on = each
        return everything(decide(shared[pack.id], case, on=on))

    with ThreadPoolExecutor(max_workers=8) as pool:
        assert alone == list(pool.map(decided, many))


def test_a_decision_looked_at_by_many_threads_says_one_thing(rebild: Pack):
    """Its parts are built on first look."""
    decision = answer(rebild, on=MAY_2010, **GRANTED_IN_REBILD)
    with ThreadPoolExecutor(max_workers=8) as pool:
        found = set(pool.map(lambda _: everything(decision), range(32)))

    assert 1 == len(found)


def test_deciding_leaves_the_case_and_the_pack_as_they_were(rebild: Pack):
    """And gives the same again."""
    case = make_case(**GRANTED_IN_REBILD)
    before = case.model_copy(deep=True)
    digest = rebild.versions[0].digest
    first = everything(decide(rebild, case, on=MAY_2010))

    assert (before, digest) == (case, rebild.versions[0].digest)
    assert first == everything(decide(rebild, case, on=MAY_2010))


# JSON and its schemas


@pytest.fixture(scope="module", params=["decision", "receipt"])
def schema(request: pytest.FixtureRequest) -> tuple[str, Draft202012Validator]:
    """The schemas of what is handed out."""
    found = SCHEMAS[request.param]()
    Draft202012Validator.check_schema(found)
    return request.param, Draft202012Validator(found)


def test_every_decision_and_receipt_fits_its_schema(
    many: list[tuple[Pack, Case, date]], schema: tuple[str, Draft202012Validator]
):
    """Those of the cases of both packs, as JSON says them."""
    name, validator = schema
    for pack, case, on in many[::3] if name == "decision" else many[::10]:
        data = json.loads(everything(decide(pack, case, on=on)))
        validator.validate(data if name == "decision" else data["receipt"])


def test_the_schemas_allow_nothing_beside_their_keys(schema: tuple[str, Draft202012Validator]):
    """At the top, and inside."""
    _, validator = schema
    whole: Any = validator.schema
    shapes = [whole, *whole.get("$defs", {}).values()]
    closed = [each.get("additionalProperties") for each in shapes if "properties" in each]

    assert closed
    assert {False} == set(closed)


def test_the_keys_of_a_decision_are_those_of_the_public_interface(rebild: Pack):
    """In their order; more may come between them."""
    data = answer(rebild, on=MAY_2010, **GRANTED_IN_REBILD, requested_transport=True).model_dump()

    promised = (
        "schema outcome partial decided_on because missing requirements excluded entitlement undecided deadlines "
        "complaint other_routes warnings receipt".split()
    )
    assert promised == [key for key in data if key in promised]
    assert "id kind result title reason citation facts finding".split() == list(data["requirements"][0])
    assert "topic id give text citation".split() == list(data["entitlement"][0])
    assert "source at statements url".split() == list(data["requirements"][0]["citation"])
    assert "to via text due_on late_after citation transport".split() == list(data["complaint"] or {})
    assert {
        *"id title kind start_event start_on due_on late_after earliest_on amount unit waits_for".split(),
        *"not_computable skipped paused calendar citation".split(),
    } <= set(data["deadlines"][0])


def test_json_text_and_plain_data_say_the_same_and_letters_stay_letters(rebild: Pack):
    """Indented or not."""
    decision = answer(rebild, on=MAY_2010, **GRANTED_IN_REBILD)

    assert decision.model_dump() == json.loads(decision.model_dump_json())
    assert decision.model_dump() == decision.model_dump(mode="json") == json.loads(decision.model_dump_json(indent=2))
    assert "træning" in decision.model_dump_json()
    assert 1 == decision.model_dump()["schema"]
    assert "granted" == decision.model_dump()["outcome"]


# The receipt


def test_a_receipt_holds_what_is_needed_and_no_more(rebild: Pack):
    """Only the facts and events that something reads; a finding's reason as its hash."""
    known = {
        **GRANTED_IN_REBILD,
        "chronic_condition": False,
        "birth_date": "1948-03-02",
        "can_self_train": True,
        "referred_by": "hospital",
        "findings": {"chronic-condition": FINDING},
        "events": events(("granted", "2010-05-06"), ("contacted", "2010-05-01")),
        "self_reported": ["can_self_train"],
    }
    receipt = answer(rebild, on=MAY_2010, **known).receipt

    assert {
        "municipality_code": "0840",
        "chronic_condition": False,
        "needs_maintenance": True,
        "needs_therapist_support": True,
        "receives_free_physiotherapy": False,
    } == receipt["facts"]
    assert [{"type": "granted", "on": "2010-05-06"}] == receipt["events"]
    assert [] == receipt["self_reported"]
    assert receipt["findings"]["chronic-condition"]["reason"].startswith("sha256:")
    assert "besøg" not in json.dumps(receipt, ensure_ascii=False)
    assert ("rebild", "2010-01-01", "2010-05-03") == (receipt["pack"], receipt["version"], receipt["decided_on"])


@pytest.mark.parametrize("reason", ["sha256: Fru Olsen", "sha256:" + "a" * 63, "sha256:" + "A" * 64])
def test_a_reason_that_only_begins_like_a_hash_stands_as_its_hash(reason):
    """What is no hash could name somebody; what is one is left as it is, so that a receipt replays to itself."""
    finding = {"holds": True, "reason": reason, "by": "visitator", "on": "2010-05-02"}
    case = make_case(chronic_condition=False, findings={"chronic-condition": finding})
    receipt = decide(load_pack("rebild"), case, on=date(2010, 5, 3)).receipt
    said = receipt["findings"]["chronic-condition"]["reason"]

    assert re.fullmatch("sha256:[0-9a-f]{64}", said)
    assert reason != said
    assert receipt == replay(load_pack("rebild"), receipt).receipt


def test_a_receipt_replays_to_its_decision(many: list[tuple[Pack, Case, date]]):
    """Every case of both packs: all but the words of a finding, of which only the hash is kept."""
    for pack, case, on in many:
        decision = decide(pack, case, on=on)
        again = replay(pack, json.loads(json.dumps(decision.receipt)))
        assert decision.receipt == again.receipt
        before, after = decision.model_dump(), again.model_dump()
        for each in (*before["requirements"], *after["requirements"]):
            each["finding"] = None
        assert before == after


@pytest.mark.parametrize("key", ["pack", "version", "digest", "nation", "calendar"])
def test_a_receipt_of_another_pack_law_or_calendar_does_not_replay(rebild: Pack, key: str):
    """It says which."""
    receipt = {**answer(rebild, on=MAY_2010, **GRANTED_IN_REBILD).receipt, key: "another"}
    with pytest.raises(PackError) as caught:
        replay(rebild, receipt)

    (problem,) = caught.value.problems
    assert (f"receipt.{key}", "receipt-mismatch") == (problem.place, problem.code)


def test_a_pack_that_has_changed_since_does_not_replay(tmp_path: Path):
    """By one word of one reason."""
    receipt = answer(make_pack(tmp_path), needs_maintenance=True).receipt
    changed = make_pack(tmp_path, requirements=[{**NEED, "reason": words("other words")}])
    with pytest.raises(PackError, match=r"receipt\.digest: receipt-mismatch"):
        replay(changed, receipt)


def test_a_calendar_that_has_changed_since_does_not_replay(make: Make, monkeypatch: pytest.MonkeyPatch):
    """Another version of the holidays, under the same pack."""
    rule = {"id": "reply", "from": "referral_received", "within": {"workdays": "5"}, "kind": "promise"}
    pack = make(deadlines=[rule])
    receipt = answer(pack, needs_maintenance=True).receipt
    monkeypatch.setattr(WorkdayCalendar, "digest", lambda _: "sha256:another")
    with pytest.raises(PackError, match=r"receipt\.calendar: receipt-mismatch"):
        replay(pack, receipt)


def test_the_packs_own_calendar_counts_among_those_of_a_receipt(make: Make):
    """Also where no deadline counts in it: a warning may."""
    open_saturday = {"saturday": "open"}
    digests = {answer(make(calendar=each)).receipt["calendar"] for each in ({}, open_saturday)}

    assert 2 == len(digests)


@pytest.mark.parametrize("day", ["soon", "20100503", None])
def test_a_receipt_whose_day_cannot_be_read_says_so(rebild: Pack, day: object):
    with pytest.raises(CaseError) as caught:
        replay(rebild, {**answer(rebild, on=MAY_2010).receipt, "decided_on": day})

    assert ["receipt.decided_on"] == [each.place for each in caught.value.problems]


def test_what_is_no_receipt_does_not_replay(rebild: Pack):
    """A receipt without its facts, or without its day."""
    receipt: dict[str, Any] = {**answer(rebild, on=MAY_2010).receipt}
    wrong: list[Any] = [
        {key: value for key, value in receipt.items() if key != "facts"},
        {**receipt, "facts": None},
        {**receipt, "facts": {"bogus": 1}},
        {**receipt, "events": 5},
        {**receipt, "decided_on": "soon"},
        {},
        [],
        None,
    ]
    for broken in wrong:
        with pytest.raises(CaseError):
            replay(rebild, broken)


# Nothing leaks


def _flipped(pack: Pack, case: Case, on: date) -> Iterator[tuple[str, Case]]:
    """The case with each fact that the pack does not read changed, one at a time."""
    others: dict[str, list[Any]] = {
        "birth_date": ["1931-01-01", "2009-06-07", None],
        "municipality_code": ["0101", None],
        "self_training_alternatives": [["walks"], [], None],
        "referred_by": ["hospital", "other", None],
        "requested": [["balance"], []],
        "requested_setting": ["home", None],
    }
    data = case.model_dump(mode="json")
    for section in ("citizen", "referral"):
        for name in data[section]:
            if name not in pack.at(on).reads and name != "received_on":
                for value in others.get(name, [True, False, None]):
                    yield name, Case.model_validate({**data, section: {**data[section], name: value}})


def test_nothing_of_a_case_that_the_pack_does_not_read_reaches_the_decision(many: list[tuple[Pack, Case, date]]):
    """Changed to anything, the decision is the same to the last byte."""
    seen = set()
    for pack, case, on in many[::4]:
        whole = everything(decide(pack, case, on=on))
        for name, other in _flipped(pack, case, on):
            seen.add((pack.id, name))
            assert whole == everything(decide(pack, other, on=on)), name

    assert {
        ("sundhed-og-traening", "chronic_condition"),
        ("rebild", "can_self_train"),
        ("rebild", "birth_date"),
    } <= seen


def test_events_that_nothing_reads_do_not_reach_the_decision(rebild: Pack):
    """Nor the days of those that no deadline starts from."""
    known = {**GRANTED_IN_REBILD, "events": events(("granted", "2010-05-06"))}
    more = events(("granted", "2010-05-06"), ("assessed", "2010-05-01"), ("decision_sent", "2010-05-07"))

    assert everything(answer(rebild, on=MAY_2010, **known)) == everything(
        answer(rebild, on=MAY_2010, **{**known, "events": more})
    )


def test_default_day_is_an_ordinary_one():
    """The tests above rest on it: a day after the first version of the toy pack, before any change of the law."""
    assert date(2013, 7, 1) < DAY < date(2024, 1, 1)


def test_missing_facts_that_the_reference_would_not_ask_for_are_no_answer(rebild: Pack):
    """A table that told two cases apart too little would show here, not in a letter."""
    right = answer(rebild, on=MAY_2010)
    wrong = Answer(right.outcome, right.because, right.results, ("chronic_condition",))
    decision = made(rebild.at(MAY_2010), Case(), MAY_2010, wrong, partial=False)

    assert len(right.missing) > 1
    with pytest.raises(VedligeholdError, match="meanings-disagree"):
        _ = decision.requirements
