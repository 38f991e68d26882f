"""The two standards: every statement accounted for, as it is to be read, and nothing that refuses by accident.

The five questions are those at the end of the list of statements; the ids and figures are those of the domain.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from packs import FINDING, SHARED, answer

from vedligehold import Case, Pack, decide, due, load_pack, packs
from vedligehold.condition import Condition
from vedligehold.facts import STANDARD_FACTS
from vedligehold.meaning.value import facts_read
from vedligehold.pack import Requirement, Statement, Version
from vedligehold.policy.cases import case_files, read_cases
from vedligehold.policy.run import CaseResult, run_case
from vedligehold.reading.library import rules_folder
from vedligehold.source import Words

REBILD, SUNDHED = "rebild", "sundhed-og-traening"
PACKS = (REBILD, SUNDHED)
DAY = {REBILD: date(2010, 5, 3), SUNDHED: date(2017, 5, 10)}


@cache
def version(name: str) -> Version:
    """The one version of a pack."""
    (only,) = load_pack(name).versions
    return only


def statements(name: str) -> dict[str, Statement]:
    """The statements of a pack's source."""
    return {each.id: each for each in version(name).source.statements}


@pytest.fixture(scope="module")
def results() -> dict[str, list[CaseResult]]:
    """Every case of both packs, decided; those of a day on which nothing is in force are not among them."""
    found: dict[str, list[CaseResult]] = {}
    for name in PACKS:
        pack = load_pack(name)
        for file in case_files(rules_folder() / name):
            cases = [case for case in read_cases(file).cases if "in_force" not in case.expected]
            found.setdefault(name, []).extend(run_case(pack, case) for case in cases)
    return found


# Question 1: is every statement named, with heading, gist in both languages and encoding?

ALL = {
    SUNDHED: [*(f"S{number}" for number in range(1, 42)), *(f"S15{letter}" for letter in "abcdef")],
    REBILD: [*(f"R{number}" for number in range(1, 39)), *(f"R18{letter}" for letter in "abc")],
}
WAYS = {
    SUNDHED: {
        "metadata": "S1 S38 S40",
        "informative": "S2 S5 S8 S23 S24 S25 S27 S36 S41",
        "procedure": "S17",
        "not_computable": "S32 S33 S34 S35",
        "overridden_by": "S39",
    },
    REBILD: {
        "metadata": "R31 R37",
        "informative": "R1 R6 R33 R34 R35 R36 R38",
        "procedure": "R8 R9 R10 R21 R32",
        "not_computable": "R24",
    },
}
ENCODED = {
    SUNDHED: {
        "adult": "S3",
        "reduced-function": "S4",
        "maintenance-need": "S6",
        "no-self-training": "S7 S16",
        "unlisted-referrer": "S9",
        "consent": "S10",
        "six-items": "S11",
        "training-department": "S12",
        "home": "S12",
        "weekly": "S13",
        "three-months": "S14",
        "course_end": "S14",
        "not-only-passive": "S15",
        "massage": "S15a",
        "joint-mobilisation": "S15b",
        "electrotherapy": "S15c",
        "heat-packs": "S15d",
        "local-treatment": "S15e",
        "work-assessment": "S15f",
        "own-therapists": "S18 S19",
        "free": "S20",
        "transport-separately": "S21 S22",
        "notice-of-absence": "S26",
        "repeated-no-shows": "S28",
        "contact": "S29 S30",
        "start": "S31",
        "final-status": "S37",
    },
    REBILD: {
        "maintenance-need": "R2",
        "therapist-support": "R3",
        "skills": "R4 R11",
        "chronic-condition": "R5",
        "no-duplicate-physiotherapy": "R7",
        "group-first": "R12",
        "individual": "R13",
        "rooms": "R14",
        "home": "R15",
        "up-to-12-weeks": "R16",
        "course_end": "R16",
        "weekdays": "R17",
        "function-regained": "R18 R18a",
        "no-further-improvement": "R18 R18b",
        "continues-alone": "R18 R18c",
        "start": "R19 R23",
        "contact": "R20",
        "decision": "R22",
        "goals-midway": "R25",
        "goals-at-end": "R26",
        "cancelled-by-provider": "R27",
        "cancelled-by-citizen": "R28",
        "separate-transport": "R29 R30",
    },
}


@pytest.mark.parametrize("name", PACKS)
def test_every_statement_of_the_source_is_named_and_no_other(name: str):
    """S1-S41 with S15a-f, and R1-R38 with R18a-c."""
    assert sorted(ALL[name]) == sorted(statements(name))


@pytest.mark.parametrize("name", PACKS)
def test_every_statement_has_its_heading_and_its_gist_in_both_languages(name: str):
    """In words that differ."""
    for each in statements(name).values():
        assert each.at.strip(), each.id
        assert each.gist.da.strip(), each.id
        assert each.gist.en.strip(), each.id
        assert each.gist.da != each.gist.en, each.id


@pytest.mark.parametrize("name", PACKS)
def test_every_statement_is_accounted_for_in_the_way_that_it_is_to_be_read(name: str):
    """All that are not listed here are encoded by something that decides, grants, warns or counts."""
    way_of = {number: way for way, numbers in WAYS[name].items() for number in numbers.split()}
    expected = {number: way_of.get(number, "encoded_by") for number in ALL[name]}

    assert expected == {each.id: each.accounted for each in statements(name).values()}


@pytest.mark.parametrize("name", PACKS)
def test_what_encodes_a_statement_is_what_is_to_encode_it(name: str):
    """By the fixed ids."""
    found = statements(name)
    for thing, numbers in ENCODED[name].items():
        for number in numbers.split():
            assert thing in found[number].by, number


@pytest.mark.parametrize("name", PACKS)
def test_what_decides_nothing_says_why_in_both_languages(name: str):
    """Informative, procedure, not computable."""
    for each in statements(name).values():
        if each.accounted in ("informative", "procedure", "not_computable"):
            assert each.why is not None, each.id
            assert each.why.da != each.why.en, each.id
        else:
            assert each.by, each.id


def test_the_2017_complaint_body_is_overridden_by_the_law():
    """Det Sociale Nævn had been abolished for four years."""
    assert ("complaint",) == statements(SUNDHED)["S39"].by


SILENT = {
    SUNDHED: "group-or-individual more-courses free-physiotherapy decision-deadline residence other-places "
    "mental-and-social-content exceptions other-stops start-event transport-price which-municipality",
    REBILD: "self-training reduced-function frequency price passive-items consent choice-of-provider no-shows "
    "extension residence in-force-date",
}


@pytest.mark.parametrize("name", PACKS)
def test_what_the_source_is_silent_on_is_recorded(name: str):
    """Never read as a no."""
    assert set(SILENT[name].split()) <= {each.id for each in version(name).source.not_stated}


# Question 2: does nothing that only informs ever refuse?

IDLE: dict[str, dict[str, list[Any]]] = {
    SUNDHED: {
        "chronic_condition": [True, False, None],
        "self_training_alternatives": [["walks"], ["gymnastics_club", "public_swimming"], [], None],
        "requested_transport": [True, False, None],
        "needs_therapist_support": [True, False, None],
        "receives_free_physiotherapy": [True, False, None],
        "free_physiotherapy_same_purpose": [True, False, None],
        "special_circumstances": [True, False, None],
        "municipality_code": ["0101", None],
    },
    REBILD: {
        "birth_date": ["1910-05-03", "1991-06-30", "2009-12-01", None],
        "can_self_train": [True, False, None],
        "self_training_alternatives": [["walks"], [], None],
        "referred_by": ["citizen", "relative", "own_doctor", "hospital", "other", None],
        "consent_given": [True, False, None],
        "requested_transport": [True, False, None],
        "reduced_physical_function": [True, False, None],
        "reduced_mental_function": [True, False, None],
        "special_social_problems": [True, False, None],
        "municipality_code": ["0101", "0840", None],
    },
}
SECTION = {fact.name: fact.section for fact in STANDARD_FACTS}


@pytest.mark.parametrize("name", PACKS)
def test_a_fact_that_only_informs_never_changes_the_outcome(name: str, results: dict[str, list[CaseResult]]):
    """Each changed to everything it can be, by itself, in the cases of the pack."""
    pack = load_pack(name)
    for result in results[name][::2]:
        assert result.decision is not None, result.error
        case, on = result.decision._case, result.case.on
        data = case.model_dump(mode="json")
        for fact, values in IDLE[name].items():
            section = SECTION[fact]
            for value in values:
                other = Case.model_validate({**data, section: {**data[section], fact: value}})
                changed = decide(pack, other, on=on)
                assert (result.decision.outcome, result.decision.because) == (changed.outcome, changed.because), (
                    result.case.name,
                    fact,
                    value,
                )


@pytest.mark.parametrize("name", PACKS)
def test_no_requirement_reads_a_fact_that_only_informs(name: str):
    """Nor does an exclusion; so the outcome cannot turn on it in any case at all."""
    found = version(name)
    conditions: list[Condition] = [condition for each in found.requirements for condition in each.conditions]
    conditions += [each.when for each in found.leave_out if each.when is not None]

    assert set() == facts_read(conditions) & set(IDLE[name])


def test_the_birth_date_is_never_missing_in_rebild(results: dict[str, list[CaseResult]]):
    """R1: whatever the age."""
    assert not [each for each in results[REBILD] if each.decision and "birth_date" in each.decision.missing]
    assert "birth_date" not in answer(load_pack(REBILD), on=DAY[REBILD]).missing


@pytest.mark.parametrize("name", PACKS)
def test_a_case_of_which_nothing_is_known_is_asked_about_and_never_refused(name: str):
    """On every day on which the law changes."""
    pack = load_pack(name)
    for day in (DAY[name], *(day for day in pack.nation.changes() if day > DAY[name])):
        assert "needs_information" == decide(pack, Case(), on=day).outcome


def test_only_a_strict_requirement_or_a_finding_ever_refuses(results: dict[str, list[CaseResult]]):
    """In every case of both packs."""
    for each in (*results[REBILD], *results[SUNDHED]):
        assert each.decision is not None
        if each.decision.outcome == "rejected":
            reasons = {one.id: one for one in each.decision.requirements}
            for name in each.decision.because:
                finding = reasons[name].finding
                assert reasons[name].kind == "strict" or (finding is not None and not finding.holds), each.case.name


# Question 3: does every discretionary requirement end with a person?

TYPICAL: dict[str, dict[str, Any]] = {
    REBILD: {
        "needs_maintenance": True,
        "needs_therapist_support": True,
        "chronic_condition": True,
        "receives_free_physiotherapy": False,
        "requested": ["balance"],
    },
    SUNDHED: {
        "birth_date": "1948-03-02",
        "reduced_physical_function": True,
        "needs_maintenance": True,
        "can_self_train": False,
        "referred_by": "citizen",
        "requested": ["balance"],
    },
}
DISCRETIONARY = [
    (REBILD, "therapist-support", {"needs_therapist_support": False}),
    (REBILD, "chronic-condition", {"chronic_condition": False}),
    (SUNDHED, "not-only-passive", {"requested": ["massage", "heat_packs"]}),
]


def test_these_are_all_the_discretionary_requirements():
    """The tests below leave none out."""
    found = [(name, each.id) for name in PACKS for each in version(name).requirements if each.kind == "discretionary"]

    assert sorted((name, each) for name, each, _ in DISCRETIONARY) == sorted(found)


@pytest.mark.parametrize(("name", "requirement", "failing"), DISCRETIONARY)
def test_a_discretionary_requirement_that_fails_awaits_a_person(name: str, requirement: str, failing: dict[str, Any]):
    """Without a finding."""
    decision = answer(load_pack(name), on=DAY[name], **{**TYPICAL[name], **failing})

    assert ("needs_assessment", (requirement,)) == (decision.outcome, decision.because)
    assert decision.complaint is None


@pytest.mark.parametrize(("name", "requirement", "failing"), DISCRETIONARY)
def test_a_finding_that_it_does_not_hold_refuses_with_its_reason(name: str, requirement: str, failing: dict[str, Any]):
    """The reason stands in the decision, and other help is considered."""
    finding = {**FINDING, "holds": False, "reason": "Vurderet ved et besøg."}
    decision = answer(load_pack(name), on=DAY[name], **{**TYPICAL[name], **failing}, findings={requirement: finding})
    (judged,) = [each for each in decision.requirements if each.id == requirement]

    assert ("rejected", (requirement,)) == (decision.outcome, decision.because)
    assert judged.finding is not None
    assert "Vurderet ved et besøg." == judged.finding.reason
    assert judged.reason is not None
    assert {"sel-86-1", "sel-79"} <= {each.id for each in decision.other_routes}


@pytest.mark.parametrize(("name", "requirement", "failing"), DISCRETIONARY)
def test_a_finding_that_it_holds_blocks_nothing(name: str, requirement: str, failing: dict[str, Any]):
    """The rest decides."""
    decision = answer(load_pack(name), on=DAY[name], **{**TYPICAL[name], **failing}, findings={requirement: FINDING})

    assert ("granted", ()) == (decision.outcome, decision.because)


@pytest.mark.parametrize(("name", "requirement", "failing"), DISCRETIONARY)
def test_a_discretionary_requirement_that_is_unknown_is_asked_about(
    name: str, requirement: str, failing: dict[str, Any]
):
    """What was asked for is never unknown."""
    (fact,) = failing
    decision = answer(load_pack(name), on=DAY[name], **{**TYPICAL[name], fact: None})

    assert (() if fact == "requested" else (fact,)) == decision.missing


# Question 4: is every ending a proposal?


def test_every_ending_of_a_course_is_a_proposal_to_a_person():
    """Three in Rebild, one in the 2017 pack; nothing else in the course ends anything."""
    endings = {name: [each.id for each in version(name).course if each.then == "propose_end"] for name in PACKS}
    others = {each.then for name in PACKS for each in version(name).course} - {"propose_end"}

    assert {
        REBILD: ["function-regained", "no-further-improvement", "continues-alone"],
        SUNDHED: ["repeated-no-shows"],
    } == endings
    assert {"owe_session", "owe_nothing", "evaluate", "document", "expect"} >= others


def test_no_further_improvement_conflicts_with_the_act_and_is_the_only_one_that_does():
    """The help is there to keep skills."""
    assert ["no-further-improvement"] == [
        each.id for name in PACKS for each in version(name).course if each.conflicts_with_act
    ]


def test_repeated_no_shows_are_two_and_notice_never_counts_as_one():
    """The threshold is an interpretation; notice on the day is notice."""
    rules = {each.id: each for each in version(SUNDHED).course}

    assert (("no_show",), 2) == (rules["repeated-no-shows"].events, rules["repeated-no-shows"].after)
    assert rules["repeated-no-shows"].interpretation is not None
    assert ("session_cancelled_by_citizen", "expect") == (
        *rules["notice-of-absence"].events,
        rules["notice-of-absence"].then,
    )


def test_a_session_that_the_provider_cancels_is_owed_and_one_that_the_citizen_cancels_is_not():
    """Rebild, R27 and R28."""
    rules = {each.events: each.then for each in version(REBILD).course if each.then.startswith("owe")}

    assert {
        ("session_cancelled_by_provider",): "owe_session",
        ("session_cancelled_by_citizen",): "owe_nothing",
    } == rules


# Question 5: is every slip recorded?


@pytest.mark.parametrize(
    ("name", "slips"), [(SUNDHED, "S15f S31 S33 S39 S41"), (REBILD, "R7 R18b R37")], ids=["sundhed", "rebild"]
)
def test_every_slip_of_the_source_is_recorded_in_both_languages(name: str, slips: str):
    """And none of them changes a decision."""
    found = statements(name)
    for slip in slips.split():
        issue = found[slip].source_issue
        assert issue is not None, slip
        assert issue.da != issue.en, slip


# The fixed ids and readings


@pytest.mark.parametrize(
    ("name", "requirements"),
    [
        (
            SUNDHED,
            {
                "adult": "scope",
                "reduced-function": "strict",
                "maintenance-need": "strict",
                "no-self-training": "strict",
                "consent": "procedural",
                "not-only-passive": "discretionary",
            },
        ),
        (
            REBILD,
            {
                "maintenance-need": "strict",
                "therapist-support": "discretionary",
                "chronic-condition": "discretionary",
                "no-duplicate-physiotherapy": "strict",
            },
        ),
    ],
    ids=["sundhed", "rebild"],
)
def test_the_requirements_have_their_fixed_ids_kinds_and_order(name: str, requirements: dict[str, str]):
    """Others read them by these."""
    assert list(requirements.items()) == [(each.id, str(each.kind)) for each in version(name).requirements]


@pytest.mark.parametrize(
    ("name", "deadlines"),
    [
        (
            SUNDHED,
            {
                "contact": ("referral_received", 5, "workdays", "target", "appointment_given"),
                "decision": ("referral_received", None, None, None, None),
                "start": ("referral_received", 14, "days", "target", "training_started"),
                "course_end": ("training_started", 3, "months", "promise", "training_ended"),
            },
        ),
        (
            REBILD,
            {
                "contact": ("referral_received", None, None, "promise", "contacted"),
                "decision": ("referral_received", 10, "workdays", "statutory", "decision_sent"),
                "start": ("granted", 5, "workdays", "promise", "training_started"),
                "course_end": ("training_started", 12, "weeks", "target", "training_ended"),
            },
        ),
    ],
    ids=["sundhed", "rebild"],
)
def test_the_deadlines_have_their_fixed_ids_figures_and_order(name: str, deadlines: dict[str, tuple[Any, ...]]):
    """Start event, number, unit, kind, what fulfils it; then those of the law."""
    counted = due(load_pack(name), {}, on=date(2017, 5, 10))

    assert deadlines == {
        each.id: (each.start_event, each.amount, each.unit, each.kind, each.met_by) for each in counted[:4]
    }
    assert ["complaint", "reassessment"] == [each.id for each in counted[4:]]
    assert {name for name, figures in deadlines.items() if figures[1] is None} == {
        each.id for each in counted if each.not_computable is not None
    }


def test_the_deadlines_of_the_law_are_four_weeks():
    """A complaint moves off a closed day, a reassessment does not."""
    found = {each.id: each for each in load_pack(REBILD).at(date(2017, 5, 10)).deadlines}
    complaint, reassessment = found["complaint"], found["reassessment"]

    for each, start in ((complaint, "decision_received"), (reassessment, "complaint_received")):
        assert each.amount is not None
        assert (start, 4, "weeks", "statutory") == (each.start_event, each.amount.number, each.amount.unit, each.kind)
    assert (True, False) == (complaint.moves, reassessment.moves)
    assert ("06-05", "12-24", "12-31") == complaint.uncertain


def test_the_versions_have_their_fixed_dates_and_municipalities():
    """Approval read as in force; the year 2010 read as from 1 January; the 2017 text names no municipality."""
    rebild, sundhed = version(REBILD), version(SUNDHED)

    assert (date(2010, 1, 1), date(2010, 12, 31), "0840", "leaflet") == (
        rebild.valid_from,
        rebild.review_by,
        rebild.municipality.code,
        rebild.source.completeness,
    )
    assert (date(2017, 5, 3), date(2018, 5, 3), None, "standard") == (
        sundhed.valid_from,
        sundhed.review_by,
        sundhed.municipality.code,
        sundhed.source.completeness,
    )
    assert sundhed.municipality.why is not None
    assert (None, None) == (rebild.valid_to, sundhed.valid_to)
    assert "closed" == rebild.calendar.saturday == sundhed.calendar.saturday


def test_what_the_2017_standard_leaves_out_is_fixed():
    """Each with its reason; work assessment is no passive treatment and has its own."""
    found = version(SUNDHED).leave_out
    reasons = {item: each.reason.da for each in found for item in each.items}

    assert (
        "massage passive_stretching joint_mobilisation electrotherapy heat_packs local_treatment work_assessment home"
    ).split() == list(reasons)
    assert "hvor du selv er aktiv" not in reasons["work_assessment"]
    assert () == version(REBILD).leave_out


@pytest.mark.parametrize(
    ("name", "asked", "excluded", "not_mentioned"),
    [
        (SUNDHED, {"requested": ["daily_activities"]}, [], True),
        (SUNDHED, {"requested_setting": "group"}, [], True),
        (SUNDHED, {"requested_setting": "individual"}, [], True),
        (SUNDHED, {"requested_setting": "home"}, ["home"], False),
        (SUNDHED, {"requested": ["balance", "work_assessment"]}, ["work_assessment"], False),
        (REBILD, {"requested": ["daily_activities", "fitness"]}, [], False),
        (REBILD, {"requested": ["massage"]}, [], True),
        (REBILD, {"requested_setting": "group"}, [], False),
        (REBILD, {"requested_setting": "home", "special_circumstances": False}, ["home"], False),
        (REBILD, {"requested_setting": "individual", "special_circumstances": False}, ["individual"], False),
        (REBILD, {"requested_setting": "individual", "special_circumstances": True}, [], False),
    ],
)
def test_what_is_given_left_out_and_not_mentioned(
    name: str, asked: dict[str, Any], excluded: list[str], not_mentioned: bool
):
    """Silence of the source is a notice, never a partial grant."""
    decision = answer(load_pack(name), on=DAY[name], **{**TYPICAL[name], **asked})

    assert "granted" == decision.outcome
    assert excluded == [each.item for each in decision.excluded]
    assert bool(excluded) == decision.partial
    assert not_mentioned == ("not-mentioned" in [each.code for each in decision.warnings])


@pytest.mark.parametrize("setting", ["individual", "home"])
def test_rebild_asks_about_special_circumstances_only_where_it_matters(setting: str):
    """R13 and R15: never the group by default."""
    pack, known = load_pack(REBILD), TYPICAL[REBILD]
    decision = answer(pack, on=DAY[REBILD], **known, requested_setting=setting)

    assert ("needs_information", (setting,), ("special_circumstances",)) == (
        decision.outcome,
        decision.because,
        decision.missing,
    )
    assert "granted" == answer(pack, on=DAY[REBILD], **known).outcome


@pytest.mark.parametrize(
    ("referrer", "consent", "outcome"),
    [
        ("citizen", None, "granted"),
        ("relative", False, "granted"),
        ("own_doctor", True, "granted"),
        ("own_doctor", False, "needs_information"),
        ("home_professional", None, "needs_information"),
        ("hospital", None, "needs_information"),
        (None, True, "granted"),
        (None, False, "needs_information"),
    ],
)
def test_the_2017_standard_asks_for_consent_and_never_refuses_for_want_of_it(
    referrer: str | None, consent: bool | None, outcome: str
):
    """S10: when anybody but the citizen or a relative refers."""
    known = {**TYPICAL[SUNDHED], "referred_by": referrer, "consent_given": consent}

    assert outcome == answer(load_pack(SUNDHED), on=DAY[SUNDHED], **known).outcome


@pytest.mark.parametrize(
    ("receives", "same", "outcome"),
    [
        (True, True, "rejected"),
        (True, False, "granted"),
        (True, None, "needs_information"),
        (False, None, "granted"),
        (None, False, "granted"),
        (None, None, "needs_information"),
    ],
)
def test_rebild_compares_the_purpose_of_free_physiotherapy(receives: bool | None, same: bool | None, outcome: str):
    """R7: another purpose is no obstacle."""
    known = {**TYPICAL[REBILD], "receives_free_physiotherapy": receives, "free_physiotherapy_same_purpose": same}

    assert outcome == answer(load_pack(REBILD), on=DAY[REBILD], **known).outcome


def test_what_is_an_interpretation_is_declared_as_one():
    """Each by the id of what it reads."""
    read: dict[str, set[str]] = {}
    for name in PACKS:
        found = version(name)
        things: list[Any] = [*found.requirements, *found.deadlines, *found.course]
        read[name] = {each.id for each in things if each.interpretation is not None}

    assert {"adult", "consent", "start", "repeated-no-shows"} <= read[SUNDHED]
    assert {"no-duplicate-physiotherapy", "goals-midway"} <= read[REBILD]
    assert statements(SUNDHED)["S40"].interpretation is not None
    assert statements(REBILD)["R37"].interpretation is not None


# The national layer


def test_the_national_layer_adds_its_requirement_and_its_standing_routes():
    """One door; other help that every rejection lists."""
    nation = load_pack(REBILD).nation

    assert [("not-elder-care-act", "scope", date(2025, 7, 1))] == [
        (each.id, str(each.kind), each.in_force.first) for each in nation.requirements
    ]
    assert ("sel-86-1", "sel-79") == nation.standing_routes
    assert ["childrens-act", "other-municipality", "outside-target-group"] == [each.id for each in nation.notices]
    assert {
        "sel-86-1": "municipality",
        "sel-79": "municipality",
        "own-activities": "municipality",
        "aeldreloven": "municipality",
        "sel-44": "municipality",
        "barnets-lov-90-3": "municipality",
        "sul-140a": "doctor",
        "sul-140": "hospital",
    } == {each.id: each.considered_by for each in nation.routes}


def test_the_floor_of_the_act_asks_for_the_need_and_one_limb_and_nothing_more():
    """No chronic illness, no therapist, no cap, no age."""
    assert {
        "needs_maintenance",
        "reduced_physical_function",
        "reduced_mental_function",
        "special_social_problems",
    } == facts_read([load_pack(REBILD).nation.floor])


def test_law_that_was_not_read_again_is_marked_so():
    """Widely known is not the same as read."""
    found = {each.id: each for each in load_pack(REBILD).nation.source.statements}

    for name in ("fvl-24", "fvl-25", "rsl-67-before-2013", "barnets-lov-start", "aeldreloven-transition"):
        assert "unverified" == found[name].confidence, name
    for name in ("sel-86-2", "rsl-5", "rsl-67", "sel-117", "fvl-22", "sel-138"):
        assert "read" == found[name].confidence, name


# The cases


@pytest.mark.parametrize("name", PACKS)
def test_the_cases_of_a_pack_are_many_and_all_pass(name: str, results: dict[str, list[CaseResult]]):
    """At least 45."""
    assert [] == [(each.case.name, each.mismatches, each.error) for each in results[name] if not each.passed]
    assert len(results[name]) >= 45


@pytest.mark.parametrize("name", PACKS)
def test_the_cases_see_every_requirement_come_to_every_result_it_can(name: str, results: dict[str, list[CaseResult]]):
    """What the citizen asks for is never unknown, so a requirement that reads nothing else cannot be."""
    seen: dict[str, set[str]] = {}
    for each in results[name]:
        assert each.decision is not None
        for one in each.decision.requirements:
            seen.setdefault(one.id, set()).add(one.result)
    expected = {each.id: _reachable(each) for each in load_pack(name).at(date(2025, 7, 1)).requirements}

    assert expected == seen


def _reachable(requirement: Requirement) -> set[str]:
    never_unknown = {fact.name for fact in STANDARD_FACTS if fact.known}
    found = {"holds", "fails"}
    if not facts_read(requirement.conditions) <= never_unknown:
        found.add("unknown")
    if requirement.when is not None:
        found.add("not_applicable")
    return found


@pytest.mark.parametrize("name", PACKS)
def test_the_cases_see_every_outcome_row_exclusion_notice_and_route_of_the_pack(
    name: str, results: dict[str, list[CaseResult]]
):
    """A rule that no case shows is a rule that nobody has looked at."""
    decisions = [each.decision for each in results[name] if each.decision is not None]
    found = version(name)

    assert {"granted", "redirected", "rejected", "needs_information", "needs_assessment"} == {
        str(each.outcome) for each in decisions
    }
    assert {row.id for row in found.rows} <= {row.id for each in decisions for row in each.entitlement}
    assert {each.id for each in found.leave_out} <= {one.by for each in decisions for one in each.excluded}
    assert {each.id for each in found.notices} <= {one.code for each in decisions for one in each.warnings}
    named = {route for each in found.requirements for route in each.routes}
    assert named <= {one.id for each in decisions for one in each.other_routes}


# The wording


def _said(name: str) -> Iterator[tuple[str, Words]]:
    """What a pack says to people, each with where."""
    found = version(name)
    for requirement in found.requirements:
        yield requirement.id, requirement.title
        yield requirement.id, requirement.reason
    for row in found.rows:
        yield row.id, row.text
        if row.otherwise is not None:
            yield row.id, row.otherwise
    for left_out in found.leave_out:
        yield left_out.id, left_out.reason
    for notice in found.notices:
        yield notice.id, notice.text
    for deadline in found.deadlines:
        yield deadline.id, deadline.title
        if deadline.not_computable is not None:
            yield deadline.id, deadline.not_computable
    for rule in found.course:
        yield rule.id, rule.title
        yield rule.id, rule.text
    yield "title", found.title
    yield "term", found.term


def _national() -> Iterator[tuple[str, Words]]:
    """What the law's layer says to people."""
    nation = load_pack(REBILD).nation
    for requirement in nation.requirements:
        yield requirement.id, requirement.title
        yield requirement.id, requirement.reason
    for notice in nation.notices:
        yield notice.id, notice.text
    for deadline in nation.deadlines:
        yield deadline.id, deadline.title
    for complaint in nation.complaint:
        yield "complaint", complaint.text
    for transport in nation.transport:
        yield "transport", transport.text


EVERYTHING_SAID = [
    *((name, *each) for name in PACKS for each in _said(name)),
    *(("nation", *each) for each in _national()),
]


def _hits(pattern: str, said: Iterable[tuple[str, str, Words]] = EVERYTHING_SAID) -> list[tuple[str, str]]:
    found = re.compile(pattern, re.IGNORECASE)
    return [(where, name) for where, name, words in said if found.search(words.da) or found.search(words.en)]


def test_maintenance_training_is_never_called_rehabilitation():
    """Not even where the source does; a hospital's rehabilitation *plan* is another thing, and has that name."""
    assert [] == _hits(r"genoptræning(?!splan)")
    assert [] == _hits(r"rehabilitation(?! plan)")
    assert [(SUNDHED, "unlisted-referrer")] == _hits("genoptræningsplan")


def test_a_refusal_on_the_merits_is_never_called_a_dismissal():
    """*Afvisning* means not taken up at all."""
    assert [] == _hits("afvis")


def test_the_abolished_complaint_body_is_named_only_in_the_time_when_it_existed():
    """In the texts of the days themselves."""
    pack = load_pack(SUNDHED)
    for day in (date(2017, 5, 10), date(2024, 1, 1), date(2025, 7, 1)):
        policy = pack.at(day)
        assert policy.complaint is not None
        assert policy.transport is not None
        for words in (policy.complaint.to, policy.complaint.via, policy.complaint.text, policy.transport.text):
            assert "Nævn" not in words.da + words.en
    assert [] == [hit for hit in _hits("Sociale Nævn|Social Tribunal") if hit[0] in PACKS]


def test_nothing_that_is_said_holds_a_phone_number_or_an_address_of_the_day():
    """Those of 2010 are no help today."""
    assert [] == _hits(r"\b\d{2}( ?\d{2}){3}\b|@|www\.|http")


def test_no_reason_is_one_of_the_empty_ones():
    """They give nobody a reason."""
    empty = "samlet vurdering|opfylder ikke kvalitetsstandard|ikke omfattet af målgruppen|ansøgning er mangelfuld"

    assert [] == _hits(empty)


def test_no_target_is_said_to_be_a_right():
    """It is a goal that the municipality has set itself."""
    targets = {(name, each.id) for name in PACKS for each in version(name).deadlines if each.kind == "target"}

    assert not targets & set(_hits("har ret til|krav på|entitled|right to"))


def test_a_letter_speaks_to_the_citizen():
    """Every reason says `du` or `dig`, and every one is a whole sentence."""
    for name in PACKS:
        for requirement in version(name).requirements:
            assert re.search(r"\b(du|dig|din|dit)\b", requirement.reason.da, re.IGNORECASE), requirement.id
            assert requirement.reason.da.endswith("."), requirement.id
            assert requirement.reason.en.endswith("."), requirement.id


def test_each_pack_uses_the_word_of_its_own_municipality():
    """The same help under two names."""
    assert "vedligeholdelsestræning" == version(REBILD).term.da
    assert "vedligeholdende træning" == version(SUNDHED).term.da
    labels = {name: dict(version(name).event_labels)["referral_received"].da for name in PACKS}
    assert {REBILD: "Henvendelse modtaget", SUNDHED: "Henvisning modtaget"} == labels
    assert [] == _hits("lægehenvisning")


def test_everything_that_is_said_is_said_in_two_languages():
    """A text that is the same in both was forgotten."""
    assert [] == [(where, name) for where, name, words in EVERYTHING_SAID if words.da == words.en]


@pytest.mark.parametrize(
    ("name", "file"),
    [(REBILD, "rebild-2010.txt"), (SUNDHED, "sundhed-og-traening-2017.txt")],
    ids=["rebild", "sundhed"],
)
def test_the_hash_of_the_source_is_that_of_the_text(name: str, file: str):
    """So that anybody who has the text can see that it is the one."""
    path: Path = SHARED / "sources" / file
    if not path.is_file():
        pytest.skip("the texts of the sources are not on this machine")

    assert hashlib.sha256(path.read_bytes()).hexdigest() == version(name).source.sha256


def test_the_packs_that_come_with_the_library_are_these():
    """By id."""
    found: list[Pack] = packs()

    assert sorted(PACKS) == [pack.id for pack in found]
