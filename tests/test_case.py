"""The case: nothing is coerced, nothing unknown is let through, and a CPR number is gone at once."""

import copy
import json
import pickle
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
from jsonschema import Draft202012Validator
from packs import DAY, FINDING, ROOT, answer, events, make_case, make_pack, words

from vedligehold import (
    Case,
    CaseError,
    Citizen,
    Event,
    Finding,
    Problem,
    Referral,
    decide,
    load_pack,
    read_case,
)
from vedligehold.facts import ALTERNATIVES, EVENTS, ITEMS, REFERRERS, SETTINGS, STANDARD_FACTS, FactType
from vedligehold.schemas import SCHEMAS

CPR = "0203481234"
BORN = date(1948, 3, 2)
EXAMPLES = sorted((ROOT / "examples").glob("*-case.json"))


def problems_of(data: Any) -> list[Problem]:
    """What is wrong with a case."""
    with pytest.raises(CaseError) as caught:
        Case.model_validate(data)
    return list(caught.value.problems)


def problem_of(data: Any) -> tuple[str, str, str | None]:
    """Place, code and hint of the one thing that is wrong with a case."""
    (problem,) = problems_of(data)
    return problem.place, problem.code, problem.hint


# The vocabulary


def test_the_fields_of_the_models_are_the_standard_facts_in_their_order():
    """A fact that a condition can ask about is one that a case can hold."""
    for model, section in ((Citizen, "citizen"), (Referral, "referral")):
        assert [fact.name for fact in STANDARD_FACTS if fact.section == section] == list(model.model_fields)


PYTHON_TYPES = {
    FactType.BOOL: bool,
    FactType.DATE: date,
    FactType.CHOICE: str,
    FactType.CODE: str,
    FactType.SET: tuple,
}


def test_the_types_of_the_fields_are_those_of_the_facts():
    """And each may be unknown."""
    for model in (Citizen, Referral):
        for fact in STANDARD_FACTS:
            if fact.name in model.model_fields:
                annotated, none = get_args(model.model_fields[fact.name].annotation)
                of_field = get_args(annotated)[0]
                assert (PYTHON_TYPES[fact.type], type(None)) == (get_origin(of_field) or of_field, none), fact.name


def test_the_choices_of_the_models_are_those_of_the_facts():
    """As the JSON Schema of a case shows them."""
    shapes = Case.model_json_schema()["$defs"]
    for fact in STANDARD_FACTS:
        if fact.choices:
            shape = shapes[fact.section.capitalize()]["properties"][fact.name]["anyOf"][0]
            assert [choice for choice, _ in fact.choices] == shape.get("enum", shape.get("items", {}).get("enum"))
    assert list(EVENTS) == shapes["Event"]["properties"]["type"]["enum"]


def test_every_choice_and_every_event_that_is_listed_is_accepted():
    """Each by itself."""
    for fact in STANDARD_FACTS:
        for choice, _ in fact.choices:
            make_case(**{fact.name: [choice] if fact.type is FactType.SET else choice})
    for event in EVENTS:
        Event(type=event, on=DAY)


def test_the_words_of_a_case_are_those_of_the_public_interface():
    """They are written out here: they do not change."""
    assert "citizen relative home_professional own_doctor hospital other".split() == list(REFERRERS)
    assert "group individual home".split() == list(SETTINGS)
    assert (
        "balance strength mobility coordination endurance fitness daily_activities massage passive_stretching "
        "joint_mobilisation electrotherapy heat_packs local_treatment work_assessment".split()
    ) == list(ITEMS)
    assert ("gymnastics_club activity_centre fitness_centre public_swimming walks home_exercises".split()) == list(
        ALTERNATIVES
    )
    assert (
        "referral_received contacted appointment_given assessed granted rejected decision_sent decision_received "
        "delay_notice_sent training_started session_attended session_cancelled_by_citizen "
        "session_cancelled_by_provider no_show goals_evaluated waiting_list_entered waiting_list_left training_ended "
        "complaint_received complaint_forwarded".split()
    ) == list(EVENTS)


def test_the_facts_that_a_professional_must_assess_are_these():
    """Self-reported they count as unknown."""
    assert (
        "reduced_physical_function reduced_mental_function chronic_condition needs_maintenance "
        "needs_therapist_support can_self_train free_physiotherapy_same_purpose covered_by_elder_care_act "
        "special_circumstances".split()
    ) == [fact.name for fact in STANDARD_FACTS if fact.assessed]


# Absent, null, and what is not coerced


def test_an_empty_case_knows_nothing():
    """Every fact is None, and nothing has happened."""
    case = Case()

    assert {None} == {*case.citizen.__dict__.values(), *case.referral.__dict__.values()}
    assert ({}, (), {}, ()) == (case.facts, case.self_reported, case.findings, case.events)


def test_absent_and_null_are_the_same():
    """Also for the decision."""
    absent = {"citizen": {"needs_maintenance": True}, "referral": {}}
    null = {
        "citizen": {**dict.fromkeys(Citizen.model_fields), "needs_maintenance": True, "cpr": None},
        "referral": dict.fromkeys(Referral.model_fields),
    }
    pack = load_pack("rebild")

    assert Case.model_validate(absent) == Case.model_validate(null)
    assert decide(pack, Case.model_validate(absent), on=date(2010, 5, 3)) == decide(
        pack, Case.model_validate(null), on=date(2010, 5, 3)
    )


@pytest.mark.parametrize("value", [1, 0, "true", "false", "yes", "", 1.0, [], [True], {}, Decimal(1)])
def test_only_true_and_false_are_bools(value: object):
    """`1` is not `true`, and neither is its text."""
    place, code, _ = problem_of({"citizen": {"can_self_train": value}})

    assert ("citizen.can_self_train", "wrong-type") == (place, code)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("1948-3-2", "wrong-date"),
        ("02-03-1948", "wrong-date"),
        ("1948-02-30", "wrong-date"),
        ("19480302", "wrong-date"),
        ("1948-W10-2", "wrong-date"),
        ("1948-03-02T00:00:00", "wrong-date"),
        ("1948-03-02 ", "wrong-date"),
        ("١٩٤٨-٠٣-٠٢", "wrong-date"),
        ("", "wrong-date"),
        (19480302, "wrong-type"),
        (0.5, "wrong-type"),
        (True, "wrong-type"),
        (datetime(1948, 3, 2, 12), "wrong-type"),  # noqa: DTZ001
    ],
)
def test_a_date_is_a_date_or_exactly_its_iso_text(value: object, code: str):
    """A time is no date, and a date that does not exist is none."""
    assert ("citizen.birth_date", code) == problem_of({"citizen": {"birth_date": value}})[:2]


def test_a_date_object_is_taken_as_it_is():
    """The text of it gives the same."""
    assert make_case(birth_date=BORN) == make_case(birth_date="1948-03-02")


@pytest.mark.parametrize("value", [840, "840", "08400", "084O", 840.0, True, "٠٨٤٠", ""])
def test_a_municipality_code_is_four_digits_as_text(value: object):
    """A number has lost its leading zero."""
    assert ("citizen.municipality_code", "bad-code") == problem_of({"citizen": {"municipality_code": value}})[:2]


def test_a_code_that_lost_its_zero_is_given_back_with_it():
    """The hint shows what to write."""
    assert 'write `"0840"`' == problem_of({"citizen": {"municipality_code": "840"}})[2]


@pytest.mark.parametrize(
    ("data", "place", "code"),
    [
        ({"referral": {"referred_by": "doctor"}}, "referral.referred_by", "unknown-value"),
        ({"referral": {"requested": ["balance", "strenght"]}}, "referral.requested[1]", "unknown-value"),
        ({"referral": {"requested": "balance"}}, "referral.requested", "wrong-type"),
        ({"referral": {"requested": {"balance": True}}}, "referral.requested", "wrong-type"),
        ({"referral": {"requested": ["balance", "balance"]}}, "referral.requested", "duplicate-value"),
        ({"referral": {"requested_setting": ["group"]}}, "referral.requested_setting", "unknown-value"),
        ({"citizen": {"self_training_alternatives": ["swimming"]}}, "citizen.self_training_alternatives[0]", ""),
        ({"events": [{"type": "grantet", "on": "2010-05-06"}]}, "events[0].type", "unknown-value"),
        ({"events": [{"type": "granted"}]}, "events[0].on", "missing-key"),
        ({"events": [{"on": "2010-05-06"}]}, "events[0].type", "missing-key"),
        ({"events": {"granted": "2010-05-06"}}, "events", "wrong-type"),
        ({"events": [{"type": "granted", "on": None}]}, "events[0].on", ""),
        ({"citizen": None}, "citizen", "wrong-type"),
        ({"citizen": []}, "citizen", "wrong-type"),
        ({"facts": []}, "facts", "wrong-type"),
        ({"facts": {"a": {"b": 1}}}, "facts.a", "wrong-type"),
        ({"facts": {"a": [1]}}, "facts.a", "wrong-type"),
        ({"facts": {"a": float("nan")}}, "facts.a", "wrong-type"),
        ({"facts": {"a": float("inf")}}, "facts.a", "wrong-type"),
        ({"facts": {"a": datetime(2010, 5, 6)}}, "facts.a", "wrong-type"),  # noqa: DTZ001
        ({"self_reported": "chronic_condition"}, "self_reported", "wrong-type"),
        ({"self_reported": ["a", "a"]}, "self_reported", "duplicate-value"),
        ({"findings": []}, "findings", "wrong-type"),
    ],
)
def test_each_thing_that_is_wrong_is_named_by_its_place(data: object, place: str, code: str):
    """With a code that never changes."""
    found = problem_of(data)

    assert place == found[0]
    assert code in ("", found[1])


@pytest.mark.parametrize("data", [None, [], "case", 1, True, {1: 2}, {"citizen": {1: True}}, {("a",): 1}])
def test_what_is_no_case_at_all_is_a_case_error(data: object):
    """Whatever Python can hold."""
    assert problems_of(data)


# Unknown keys


@pytest.mark.parametrize(
    ("data", "place", "hint"),
    [
        ({"citicen": {}}, "citicen", "did you mean `citizen`?"),
        (
            {"citizen": {"recieves_free_physiotherapy": True}},
            "citizen.recieves_free_physiotherapy",
            "did you mean `receives_free_physiotherapy`?",
        ),
        ({"citizen": {"cpr_nr": "x"}}, "citizen.cpr_nr", "did you mean `cpr`?"),
        ({"referral": {"recieved_on": "2010-04-28"}}, "referral.recieved_on", "did you mean `received_on`?"),
        (
            {"events": [{"type": "granted", "on": "2010-05-06", "typ": "x"}]},
            "events[0].typ",
            "did you mean `type`?",
        ),
        ({"findings": {"x": {**FINDING, "reasons": "y"}}}, "findings.x.reasons", "did you mean `reason`?"),
        ({"citizen": {"zzz": 1}}, "citizen.zzz", None),
    ],
)
def test_an_unknown_key_is_an_error_that_names_the_nearest_right_one(data: object, place: str, hint: str | None):
    """Skipping it in silence would lose a fact."""
    assert (place, "unknown-key", hint) == problem_of(data)


def test_a_wrong_value_names_the_nearest_right_one():
    """And shows what was given."""
    (problem,) = problems_of({"referral": {"referred_by": "hospitl"}})

    assert "did you mean `hospital`?" == problem.hint
    assert "`hospitl`" in problem.message


def test_all_problems_of_a_case_come_at_once():
    """In the order of the input."""
    data = {
        "citizen": {"can_self_train": 1, "birth_date": "x"},
        "referral": {"referred_by": "doctor"},
        "events": [{"type": "granted", "on": "2010-13-06"}],
        "bogus": 1,
    }

    assert {
        "citizen.can_self_train",
        "citizen.birth_date",
        "referral.referred_by",
        "events[0].on",
        "bogus",
    } == {problem.place for problem in problems_of(data)}


@pytest.mark.parametrize(
    ("facts", "place", "code", "hint"),
    [
        ({"motivatet": True}, "facts.motivatet", "unknown-fact", "did you mean `motivated`?"),
        ({"can_self_train": True}, "facts.can_self_train", "unknown-fact", "write it under `citizen`"),
        ({"age": 70}, "facts.age", "unknown-fact", "give that instead"),
        ({"weeks_out": 7}, "facts.weeks_out", "unknown-fact", "give that instead"),
        ({"motivated": "true"}, "facts.motivated", "wrong-type", "`true` or `false`"),
        ({"motivated": 1}, "facts.motivated", "wrong-type", "`true` or `false`"),
        ({"level": 1.0}, "facts.level", "wrong-type", "a whole number from 0 to 4"),
        ({"level": True}, "facts.level", "wrong-type", "a whole number from 0 to 4"),
        ({"level": "1"}, "facts.level", "wrong-type", "a whole number from 0 to 4"),
        ({"level": 9}, "facts.level", None, "a whole number from 0 to 4"),
        ({"fee": "27.50"}, "facts.fee", "wrong-type", "a number of at most 15 digits"),
        ({"fee": True}, "facts.fee", "wrong-type", "a number of at most 15 digits"),
        ({"fee": 10**16}, "facts.fee", None, "a number of at most 15 digits"),
        ({"out": "2017-2-3"}, "facts.out", "unknown-value", "a date as `YYYY-MM-DD`"),
        ({"out": 20170203}, "facts.out", "wrong-type", "a date as `YYYY-MM-DD`"),
        ({"pension": "erly"}, "facts.pension", "unknown-value", "did you mean `early`?"),
        ({"pension": ["early"]}, "facts.pension", "wrong-type", "one of `old_age`, `early`"),
        ({"aids": "stick"}, "facts.aids", None, None),
        ({"aids": ["stick", "stick"]}, "facts.aids", None, "a list that names any of `stick`, `rollator`"),
        ({"aids": ["car"]}, "facts.aids", None, "a list that names any of `stick`, `rollator`"),
    ],
)
def test_a_packs_own_facts_are_held_to_their_declaration(
    own_facts: Callable[..., Any], facts: dict[str, object], place: str, code: str | None, hint: str | None
):
    """In `decide`, which knows the pack."""
    with pytest.raises(CaseError) as caught:
        own_facts(facts=facts)

    (problem,) = caught.value.problems
    assert place == problem.place
    assert code in (None, problem.code)
    assert hint in (None, problem.hint)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"aids": ["stick", "car"]}, "`car` is no value of `aids`"),
        ({"aids": "stick"}, "the text `stick` is no value of `aids`"),
        ({"level": "1"}, "the text `1` is no value of `level`"),
        ({"level": 9}, "`9` is no value of `level`"),
        ({"pension": "erly"}, "`erly` is no value of `pension`"),
        ({"pension": ["early", "erly"]}, "a list is no value of `pension`"),
    ],
)
def test_a_wrong_value_of_a_packs_own_fact_is_shown(own_facts: Callable[..., Any], facts: dict[str, object], said: str):
    """Of several the one that is wrong; a text is called one where something else is wanted."""
    with pytest.raises(CaseError) as caught:
        own_facts(facts=facts)

    assert [said] == [problem.message for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("known", "outcome"),
    [
        ({"received_on": "2017-05-03"}, "granted"),
        ({"events": events(("referral_received", "2017-05-03"))}, "granted"),
        ({"received_on": "2017-05-03", "events": events(("granted", "2017-05-04"))}, "granted"),
        ({"events": events(("granted", "2017-05-04"))}, "needs_information"),
        ({}, "needs_information"),
    ],
)
def test_the_referral_day_is_known_from_the_field_or_from_its_event(
    tmp_path: Path, known: dict[str, Any], outcome: str
):
    """A week before the decision; other events say nothing about it."""
    weeks = {"type": "int", "unit": "weeks", "span": {"from": "received_on", "to": "decided_on"}}
    old = {"id": "old", "kind": "strict", "require": {"waited": {"at_least": "1"}}}
    decision = answer(make_pack(tmp_path, facts={"waited": weeks}, requirements=[old]), **known)

    assert outcome == decision.outcome
    assert (() if outcome == "granted" else ("received_on",)) == decision.missing


@pytest.fixture
def own_facts(tmp_path: Path) -> Callable[..., Any]:
    """Decide a case of a pack that declares a fact of every type."""
    pack = make_pack(
        tmp_path,
        facts={
            "motivated": {"type": "bool"},
            "level": {"type": "int", "minimum": 0, "maximum": 4},
            "fee": {"type": "decimal"},
            "out": {"type": "date"},
            "weeks_out": {"type": "int", "unit": "weeks", "span": {"from": "out", "to": "decided_on"}},
            "pension": {"type": "choice", "choices": {"old_age": words("old"), "early": words("early")}},
            "aids": {"type": "set", "choices": {"stick": words("stick"), "rollator": words("rollator")}},
        },
        requirements=[
            {
                "id": "all",
                "kind": "strict",
                "require": {
                    "all": [
                        "motivated",
                        {"level": {"at_least": "1"}},
                        {"fee": {"at_most": "27.50"}},
                        {"weeks_out": {"at_most": "12"}},
                        {"pension": {"is": "early"}},
                        {"aids": {"any_of": ["stick"]}},
                    ]
                },
            }
        ],
    )
    return lambda **known: answer(pack, **known)


OWN = {"motivated": True, "level": 1, "fee": 27.5, "out": "2017-05-01", "pension": "early", "aids": ["stick"]}


def test_a_packs_own_facts_decide_and_stand_in_the_receipt_as_a_case_spells_them(own_facts: Callable[..., Any]):
    """A number with decimals is exact."""
    decision = own_facts(facts=OWN)

    assert "granted" == decision.outcome
    assert OWN == decision.receipt["facts"]
    assert "rejected" == own_facts(facts={**OWN, "fee": 27.51}).outcome
    assert "granted" == own_facts(facts={**OWN, "fee": Decimal("27.50"), "level": 4, "out": date(2017, 5, 1)}).outcome


def test_a_null_among_the_packs_own_facts_is_unknown(own_facts: Callable[..., Any]):
    """As elsewhere; a derived fact is asked for by its source."""
    decision = own_facts(facts={**OWN, "level": None, "out": None})

    assert ("level", "out") == decision.missing


# What cannot be


@pytest.mark.parametrize(
    ("data", "place", "code"),
    [
        (
            {"citizen": {"birth_date": "2010-05-01"}, "referral": {"received_on": "2010-04-28"}},
            "citizen.birth_date",
            "impossible-date",
        ),
        (
            {"citizen": {"birth_date": "2010-05-01"}, "events": [{"type": "granted", "on": "2010-04-30"}]},
            "events[0].on",
            "impossible-date",
        ),
        (
            {
                "referral": {"received_on": "2010-04-28"},
                "events": [{"type": "referral_received", "on": "2010-04-29"}],
            },
            "events[0].on",
            "contradiction",
        ),
        ({"events": [{"type": "waiting_list_left", "on": "2010-04-29"}]}, "events", "impossible-date"),
        (
            {
                "events": [
                    {"type": "waiting_list_left", "on": "2010-04-29"},
                    {"type": "waiting_list_entered", "on": "2010-04-30"},
                ]
            },
            "events",
            "impossible-date",
        ),
        ({"events": [{"type": "granted", "on": "1989-12-31"}]}, "events[0].on", "outside-calendar"),
        ({"events": [{"type": "granted", "on": "2101-01-01"}]}, "events[0].on", "outside-calendar"),
        ({"referral": {"received_on": "1989-12-31"}}, "referral.received_on", "outside-calendar"),
    ],
)
def test_what_cannot_be_is_an_error(data: object, place: str, code: str):
    """Each by itself, with its place."""
    assert (place, code) == problem_of(data)[:2]


def test_birth_on_the_day_of_the_referral_can_be():
    """The order of days is not strict."""
    make_case(birth_date="2010-04-28", received_on="2010-04-28", events=[{"type": "granted", "on": "2010-04-28"}])


def test_the_referral_said_twice_alike_is_one_event():
    """Either serves."""
    twice = make_case(received_on="2010-04-28", events=[{"type": "referral_received", "on": "2010-04-28"}])
    only_event = make_case(events=[{"type": "referral_received", "on": "2010-04-28"}])

    assert {"referral_received": (date(2010, 4, 28),)} == twice.days() == only_event.days()


def test_birth_after_the_decision_is_an_error_of_the_case():
    """Only `decide` knows the day."""
    with pytest.raises(CaseError, match=r"citizen\.birth_date: impossible-date"):
        answer(load_pack("rebild"), on=date(2010, 5, 3), birth_date="2010-05-04")


# Self-reported


def test_an_assessed_fact_that_is_self_reported_counts_as_unknown(tmp_path: Path):
    """It asks, and the citizen's own word refuses nobody."""
    pack = make_pack(tmp_path)

    assert "rejected" == answer(pack, needs_maintenance=False).outcome
    decision = answer(pack, needs_maintenance=False, self_reported=["needs_maintenance"])
    assert "needs_information" == decision.outcome
    assert ("needs_maintenance",) == decision.missing
    assert ["self-reported"] == [each.code for each in decision.warnings]


def test_a_fact_that_needs_no_assessment_may_be_self_reported(tmp_path: Path):
    """Any declared fact may be listed."""
    pack = make_pack(tmp_path, requirements=[{"id": "asks", "kind": "strict", "require": "consent_given"}])
    decision = answer(pack, consent_given=True, self_reported=["consent_given", "birth_date"])

    assert "granted" == decision.outcome
    assert () == decision.warnings


def test_a_packs_own_assessed_fact_counts_as_unknown_when_self_reported(tmp_path: Path):
    """As a standard one does."""
    pack = make_pack(
        tmp_path,
        facts={"motivated": {"type": "bool", "assessed": "true"}},
        requirements=[{"id": "motivated-enough", "kind": "strict", "require": "motivated"}],
    )

    assert "granted" == answer(pack, facts={"motivated": True}).outcome
    assert ("motivated",) == answer(pack, facts={"motivated": True}, self_reported=["motivated"]).missing


def test_an_unknown_self_reported_name_is_an_error_that_names_the_nearest(tmp_path: Path):
    """With its place in the list."""
    with pytest.raises(CaseError) as caught:
        answer(make_pack(tmp_path), self_reported=["consent_given", "can_selftrain"])

    (problem,) = caught.value.problems
    assert ("self_reported[1]", "unknown-fact") == (problem.place, problem.code)
    assert "did you mean `can_self_train`?" == problem.hint


# Findings


@pytest.mark.parametrize("left_out", ["holds", "reason", "by", "on"])
def test_a_finding_has_all_its_four_parts(left_out: str):
    """A finding without a reason is none."""
    finding = {key: value for key, value in FINDING.items() if key != left_out}

    assert (f"findings.x.{left_out}", "missing-key") == problem_of({"findings": {"x": finding}})[:2]


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("holds", None),
        ("holds", 1),
        ("holds", "true"),
        ("reason", ""),
        ("reason", None),
        ("reason", 5),
        ("by", ""),
        ("on", "2010-5-2"),
        ("on", None),
    ],
)
def test_no_part_of_a_finding_is_empty_or_coerced(part: str, value: object):
    """Each by itself."""
    assert f"findings.x.{part}" == problem_of({"findings": {"x": {**FINDING, part: value}}})[0]


@pytest.mark.parametrize("part", ["reason", "by"])
def test_a_finding_that_names_a_cpr_number_is_refused(part: str):
    """And the number is not repeated."""
    (problem,) = problems_of({"findings": {"x": {**FINDING, part: "Fru Olsen, 020348-1234"}}})

    assert "cpr-in-text" == problem.code
    assert "1234" not in str(problem)


# CPR numbers


@pytest.mark.parametrize(
    ("cpr", "born"),
    [
        ("0101000000", date(1900, 1, 1)),
        ("3112993999", date(1999, 12, 31)),
        ("0101004000", date(2000, 1, 1)),
        ("3112364999", date(2036, 12, 31)),
        ("0101374000", date(1937, 1, 1)),
        ("3112994999", date(1999, 12, 31)),
        ("0101005000", date(2000, 1, 1)),
        ("3112578999", date(2057, 12, 31)),
        ("0101585000", date(1858, 1, 1)),
        ("3112998999", date(1899, 12, 31)),
        ("0101006000", date(2000, 1, 1)),
        ("0101587000", date(1858, 1, 1)),
        ("0101009000", date(2000, 1, 1)),
        ("3112369999", date(2036, 12, 31)),
        ("0101379000", date(1937, 1, 1)),
        ("2902004000", date(2000, 2, 29)),
    ],
)
def test_the_seventh_digit_of_a_cpr_number_gives_the_century(cpr: str, born: date):
    """The table of CPR-kontoret, at each of its borders; with or without a hyphen."""
    assert born == Citizen(cpr=cpr).birth_date  # type: ignore[call-arg]
    assert born == make_case(citizen={"cpr": f"{cpr[:6]}-{cpr[6:]}"}).citizen.birth_date


def test_modulus_11_is_not_enforced():
    """Numbers that fail it have been given lawfully since 2007."""
    weighted = sum(int(digit) * weight for digit, weight in zip(CPR, (4, 3, 2, 7, 6, 5, 4, 3, 2, 1), strict=True))

    assert 0 != weighted % 11
    assert BORN == make_case(citizen={"cpr": CPR}).citizen.birth_date


@pytest.mark.parametrize(
    "cpr",
    [
        "020348123",
        "02034812345",
        "0203 481234",
        "020348--1234",
        "02034-81234",
        "020348 1234",
        "-020348123",
        " 0203481234",
        "020348123x",
        "",
        "٠٢٠٣٤٨١٢٣٤",
        203481234,
        3203481234.0,
        True,
        ["0203481234"],
    ],
)
def test_what_has_not_the_shape_of_a_cpr_number_is_refused_and_never_repeated(cpr: object):
    """Ten digits, with or without one hyphen after the sixth."""
    (problem,) = problems_of({"citizen": {"cpr": cpr}})

    assert ("citizen.cpr", "bad-cpr") == (problem.place, problem.code)
    assert "4812" not in str(problem)


@pytest.mark.parametrize("cpr", ["6203481234", "3202481234", "0213481234", "0003481234", "2902994000"])
def test_a_number_without_a_date_is_refused_and_asks_for_the_birth_date(cpr: str):
    """A replacement number has sixty added to its day."""
    (problem,) = problems_of({"citizen": {"cpr": cpr}})

    assert "bad-cpr" == problem.code
    assert "for a replacement number give `birth_date` instead" == problem.hint


def test_a_birth_date_that_the_cpr_number_contradicts_is_an_error():
    """One that agrees is not."""
    assert ("citizen.cpr", "contradiction", "give just one of them") == problem_of(
        {"citizen": {"cpr": CPR, "birth_date": "1948-03-03"}}
    )
    assert make_case(birth_date=BORN) == make_case(citizen={"cpr": CPR, "birth_date": "1948-03-02"})


def test_a_case_with_a_cpr_number_is_the_case_with_the_birth_date():
    """The number is gone, and the decision is the same to the last byte."""
    with_number = make_case(citizen={"cpr": CPR, "needs_maintenance": True})
    with_date = make_case(birth_date=BORN, needs_maintenance=True)
    pack = load_pack("sundhed-og-traening")

    assert with_date == with_number
    assert (
        decide(pack, with_date, on=date(2017, 5, 10)).model_dump_json()
        == decide(pack, with_number, on=date(2017, 5, 10)).model_dump_json()
    )


@pytest.mark.parametrize(
    ("part", "place"),
    [
        ({"facts": {CPR: True}}, "facts.##########"),
        ({"facts": {"a": 203481234}}, "facts.a"),
        ({"facts": {"a": 203481234.0}}, "facts.a"),
        ({"facts": {"a": "203481234"}}, "facts.a"),
        ({"facts": {"a": "02.03.48-1234"}}, "facts.a"),
        ({"self_reported": [CPR]}, "self_reported[0]"),
        ({"findings": {CPR: FINDING}}, "findings.##########"),
    ],
)
def test_a_case_takes_in_no_cpr_number_outside_its_own_field(part: dict[str, Any], place: str):
    """Nor as a key, nor as a number, which has lost its leading zero: it would stand in the case's repr."""
    (problem,) = problems_of(part)

    assert (place, "cpr-in-text") == (problem.place, problem.code)


@pytest.mark.parametrize("number", [99_999_999, 10**10, 123456789.5, 0.3333333333333333])
def test_a_number_that_can_be_no_cpr_number_is_a_fact(number: float):
    """Too short, too long, or broken."""
    assert number == float(Case(facts={"a": number}).facts["a"])


# JSON


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not-json"),
        ('{"citizen": }', "not-json"),
        ("{'citizen': {}}", "not-json"),
        ('{"citizen": {}, "citizen": {}}', "the key `citizen` stands twice"),
        ('{"citizen": {"cpr": "x", "cpr": "y"}}', "the key `cpr` stands twice"),
        ('{"facts": {"fee": NaN}}', "`NaN` is no number that JSON has"),
        ('{"facts": {"fee": Infinity}}', "`Infinity` is no number that JSON has"),
        ('{"facts": {"fee": -Infinity}}', "`-Infinity` is no number that JSON has"),
        ('{"facts": ' + '{"a":' * 100_000 + "1" + "}" * 100_001, "too-deep"),
        ('{"facts": {"a": ' + "[" * 100_000 + "]" * 100_000 + "}}", "too-deep"),
        ('{"facts": {"a": ' + "9" * 10_000 + "}}", "a number has too many digits"),
        ('{"facts": {"a": 1e999}}', "wrong-type"),
    ],
    ids=range(12),
)
def test_what_json_must_not_hold_is_a_case_error(tmp_path: Path, text: str, said: str):
    """As text, as a file, and through pydantic's own way."""
    file = tmp_path / "case.json"
    file.write_text(text, encoding="utf-8")
    for read in (lambda: read_case(text), lambda: read_case(file), lambda: Case.model_validate_json(text)):
        with pytest.raises(CaseError, match=said) as caught:
            read()
        assert (None, None) == (caught.value.__cause__, caught.value.__context__)


def test_a_case_is_read_from_text_from_a_path_and_from_the_name_of_a_path():
    """Text starts with a brace."""
    path = EXAMPLES[0]
    text = path.read_text(encoding="utf-8")

    assert read_case(path) == read_case(str(path)) == read_case(text) == read_case("\n " + text)
    assert read_case(path) == Case.model_validate_json(text) == Case.model_validate(json.loads(text))


def test_a_file_that_cannot_be_read_is_a_case_error_that_masks_a_number_in_its_name(tmp_path: Path):
    """A missing file, a folder, a name that no file can have."""
    for source in (tmp_path / f"{CPR}.json", tmp_path, "a\0b", ""):
        with pytest.raises(CaseError, match="unreadable") as caught:
            read_case(source)
        assert CPR not in str(caught.value)
        assert caught.value.__context__ is None


def test_a_file_that_is_too_large_is_a_case_error(tmp_path: Path):
    """It is not read to its end."""
    file = tmp_path / "case.json"
    file.write_bytes(b" " * 1_000_001)

    with pytest.raises(CaseError, match="too-large: a case has at most 1,000,000 bytes"):
        read_case(file)


# A case does not change


def test_a_case_and_its_parts_cannot_be_changed():
    """Another one is made instead."""
    case = make_case(can_self_train=True, facts={"a": 1}, findings={"x": FINDING})

    with pytest.raises(AttributeError, match="a case cannot be changed: `citizen`"):
        case.citizen = Citizen()  # type: ignore[misc]
    with pytest.raises(AttributeError, match="a case cannot be changed: `can_self_train`"):
        case.citizen.can_self_train = False  # type: ignore[misc]
    with pytest.raises(AttributeError, match="a case cannot be changed: `events`"):
        del case.events
    with pytest.raises(TypeError, match="a case cannot be changed"):
        case.facts["a"] = 2
    with pytest.raises(TypeError, match="a case cannot be changed"):
        case.findings.clear()
    assert isinstance(case.events, tuple)


def test_a_copy_of_a_case_is_checked_like_a_new_one():
    """Nothing gets in by the back door, and a number that is refused is not repeated."""
    citizen = Citizen(can_self_train=True)

    assert Citizen(can_self_train=False) == citizen.model_copy(update={"can_self_train": False})
    assert citizen == citizen.model_copy()
    with pytest.raises(CaseError) as caught:
        citizen.model_copy(update={"birth_date": CPR})
    assert CPR not in str(caught.value)


def test_a_refused_change_does_not_repeat_the_value():
    """Pydantic's own message would."""
    citizen = Citizen()

    with pytest.raises(AttributeError) as caught:
        citizen.birth_date = CPR  # type: ignore[misc, assignment]
    assert CPR not in str(caught.value)


def test_the_input_of_a_case_can_be_changed_without_changing_the_case():
    """Nothing of it is kept."""
    data: dict[str, Any] = {"citizen": {"cpr": CPR}, "facts": {"a": ["x"]}, "events": []}
    before = copy.deepcopy(data)
    case = Case.model_validate(data)
    assert before == data
    data["facts"]["a"].append("y")
    data["facts"]["b"] = 1

    assert {"a": ("x",)} == case.facts


def test_a_case_survives_pickling_copying_and_its_own_json():
    """And its hash with it."""
    case = Case.model_validate(
        {
            "citizen": {"birth_date": "1948-03-02", "self_training_alternatives": ["walks"]},
            "facts": {"a": 1.5, "b": ["x"], "c": None},
            "findings": {"x": FINDING},
            "events": [{"type": "granted", "on": "2010-05-06"}],
        }
    )

    assert case == pickle.loads(pickle.dumps(case))
    assert case == copy.deepcopy(case)
    assert hash(case) == hash(pickle.loads(pickle.dumps(case)))
    with pytest.raises(TypeError, match="a case cannot be changed"):
        pickle.loads(pickle.dumps(case)).facts["a"] = 2


def test_a_case_may_be_made_of_its_models():
    """As well as of plain data."""
    made = Case(
        citizen=Citizen(can_self_train=True),
        referral=Referral(requested=("balance",)),
        findings={"x": Finding(holds=True, reason="r", by="visitator", on=DAY)},
        events=(Event(type="granted", on=DAY),),
    )

    assert (
        make_case(
            can_self_train=True,
            requested=["balance"],
            findings={"x": {"holds": True, "reason": "r", "by": "visitator", "on": str(DAY)}},
            events=[{"type": "granted", "on": str(DAY)}],
        )
        == made
    )


# The schema


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_schema_of_a_case_accepts_the_example_cases(path: Path):
    """It is exported under the name `case`."""
    schema = SCHEMAS["case"]()
    Draft202012Validator.check_schema(schema)

    Draft202012Validator(schema).validate(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("data", "accepted"),
    [
        ({}, True),
        ({"citizen": {"cpr": "020348-1234"}}, True),
        ({"citizen": {"cpr": "02034"}}, False),
        ({"citizen": {"can_self_train": None}}, True),
        ({"citizen": {"can_self_train": "true"}}, False),
        ({"citizen": {"bogus": 1}}, False),
        ({"citizen": {"municipality_code": "840"}}, False),
        ({"bogus": 1}, False),
        ({"referral": {"requested": ["strenght"]}}, False),
        ({"events": [{"type": "granted"}]}, False),
        ({"findings": {"x": FINDING}}, True),
        ({"findings": {"x": {"holds": True}}}, False),
        ({"facts": {"a": [1, {}]}}, False),
    ],
)
def test_the_schema_of_a_case_says_what_the_models_say(data: dict[str, Any], accepted: bool):
    """Both accept it, or neither does."""
    assert accepted is Draft202012Validator(SCHEMAS["case"]()).is_valid(data)
    if accepted:
        Case.model_validate(data)
    else:
        assert problems_of(data)


def test_the_example_cases_are_the_ones_of_the_public_interface():
    """One for each pack."""
    assert ["rebild-case", "sundhed-case"] == [path.stem for path in EXAMPLES]
