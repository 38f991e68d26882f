"""Why a case fails, in words: what was expected, what came, the rule that made the difference and where it stands."""

import json
from datetime import date
from decimal import Decimal
from typing import Any as Anything

import pytest
from packs import DAY, events, write_pack

from vedligehold import load_pack
from vedligehold.condition import (
    All,
    AllOf,
    Any,
    AnyOf,
    AtLeast,
    AtMost,
    Constant,
    Empty,
    Is,
    IsTrue,
    Not,
    OneOf,
    Only,
    OtherFact,
    Parameter,
)
from vedligehold.facts import STANDARD_FACTS, Fact, FactType
from vedligehold.meaning.words import in_words, value_said
from vedligehold.policy.cases import read_cases
from vedligehold.policy.failure import Failure, failure
from vedligehold.policy.run import PARTS, run_case
from vedligehold.reading.case_format import ExpectEntry
from vedligehold.source import Words

CITIZEN = {"birth_date": "1950-06-01", "reduced_physical_function": True, "needs_maintenance": True}
ADULT = {"id": "adult", "kind": "scope", "require": {"age": {"at_least": "18"}}}
NEED = {"id": "need", "kind": "strict", "require": "needs_maintenance", "routes": ["club"]}
WILL = {"id": "will", "kind": "discretionary", "require": "motivated"}
CONSENT = {
    "id": "consent",
    "kind": "procedural",
    "when": {"referred_by": {"is": "hospital"}},
    "require": "consent_given",
}
SETTING = [
    {
        "id": "alone",
        "when": {"all": ["special_circumstances", {"requested_setting": {"is": "individual"}}]},
        "give": "individual",
    },
    {"id": "in-a-group", "give": "group"},
]  # fmt: skip
PACK: dict[str, Anything] = {
    "facts": {"motivated": {"type": "bool", "assessed": "true"}},
    "requirements": [ADULT, NEED, WILL, CONSENT],
    "leave_out": [{"id": "no-massage", "items": ["massage"]}],
    "entitlement": {"setting": SETTING},
    "notices": [{"id": "from-hospital", "when": {"referred_by": {"is": "hospital"}}, "routes": ["club"]}],
    "routes": {"club": {"considered_by": "municipality"}},
    "deadlines": [
        {"id": "decision", "from": "referral_received", "within": {"workdays": "10"}, "kind": "statutory"},
        {"id": "contact", "from": "referral_received", "not_computable": {"da": "Snarest.", "en": "Soon."}},
    ],
    "course": [{"id": "closed-day", "on": ["no_show"], "then": "document", "workdays_only": "true"}],
    "valid_to": "2018-12-31",
}


@pytest.fixture
def why(tmp_path):
    """Decide a case under a pack and say why it is answered otherwise than expected; the typical case is granted."""

    def ask(
        expect: dict[str, Anything], *, pack: dict[str, Anything] | None = None, on: date = DAY, **parts: Anything
    ) -> Failure:
        file = write_pack(tmp_path, **{**PACK, **(pack or {})})
        referral = {"referred_by": "citizen", "received_on": "2017-04-28", **parts.pop("referral", {})}
        case = {
            "name": "En sag", "on": on.isoformat(), "expect": expect, "referral": referral,
            "citizen": {**CITIZEN, **parts.pop("citizen", {})}, "facts": {"motivated": True, **parts.pop("facts", {})},
            **parts,
        }  # fmt: skip
        cases = file.with_suffix(".cases.yaml")
        cases.write_text(json.dumps({"format": "1", "cases": [case]}, ensure_ascii=False), encoding="utf-8")
        loaded = load_pack(file.parent)
        (only,) = read_cases(cases).cases
        result = run_case(loaded, only)
        assert not result.passed
        return failure(loaded, result)

    return ask


def lines(why: Failure, lang: str = "da") -> list[str]:
    """The lines of a failure without their indentation and the name, the place and the day."""
    return [line.words.said(lang) for line in why.lines()][3:]


SOURCE = "kilde: source (da), heading (S1)"


def test_the_name_and_the_place_of_the_case_come_first(why):
    """Then the day and the file of the standard that it was decided under."""
    name, place, decided, *_ = why({"outcome": "rejected", "because": ["need"]}).text("da").splitlines()

    assert "En sag" == name
    assert place.endswith("2015-01-01.cases.yaml:1")
    assert decided.startswith("  afgjort onsdag den 10. maj 2017 efter ")
    assert decided.endswith("toy/2015-01-01.yaml")


def test_a_grant_in_place_of_a_refusal_names_the_requirement_that_was_to_refuse(why):
    """With its result, what that leads to, the facts that decided it and its citation."""
    assert [
        "Udfald (outcome)",
        "ventet: AFSLAG (rejected)",
        "fik: BEVILLING (granted)",
        "• need title (da) [need]: opfyldt, er ingen hindring",
        "kræver: »behov for at vedligeholde funktionsevnen«",
        "oplysninger: »behov for at vedligeholde funktionsevnen«: ja",
        SOURCE,
        "Det, der afgjorde sagen (because)",
        "ventet: [need]",
        "fik: intet",
    ] == lines(why({"outcome": "rejected", "because": ["need"]}))


def test_the_same_is_said_in_english(why):
    """Everything but the name of the source, which is Danish."""
    assert [
        "Outcome (outcome)",
        "expected: REFUSAL (rejected)",
        "got: GRANT (granted)",
        "• need title (en) [need]: holds, which is no obstacle",
        'asks for: "need to maintain function"',
        'facts: "need to maintain function": yes',
        "source: source (da), heading (S1)",
        "What decided the case (because)",
        "expected: [need]",
        "got: nothing",
    ] == lines(why({"outcome": "rejected", "because": ["need"]}), "en")


def test_the_requirements_in_one_of_the_two_lists_of_reasons_are_told_and_no_other(why):
    """What is expected and comes needs no explanation."""
    found = lines(why({"because": ["need", "adult"]}, citizen={"needs_maintenance": False}, facts={"motivated": False}))

    assert "• adult title (da) [adult]: opfyldt, er ingen hindring" in found
    assert not [line for line in found if "[need]:" in line or "[will]:" in line]


def test_where_no_reasons_are_expected_those_that_won_are_told(why):
    """And that a missing fact was only said by the citizen."""
    found = lines(why({"outcome": "granted"}, self_reported=["needs_maintenance"]))

    assert "• need title (da) [need]: ikke oplyst, der må spørges" in found
    assert "oplysninger: »behov for at vedligeholde funktionsevnen«: kun oplyst af borgeren selv" in found


def test_the_same_reasons_with_another_outcome_are_told_with_what_they_lead_to(why):
    """As when somebody makes a strict requirement of a discretionary one."""
    strict = {"requirements": [ADULT, NEED, {**WILL, "kind": "strict"}]}
    found = lines(why({"outcome": "needs_assessment", "because": ["will"]}, pack=strict, facts={"motivated": False}))

    assert "• will title (da) [will]: ikke opfyldt, giver afslag" in found


@pytest.mark.parametrize(
    ("parts", "leads"),
    [
        ({"citizen": {"birth_date": "2010-01-01"}}, "[adult]: ikke opfyldt, sender sagen til andre regler"),
        ({"facts": {"motivated": False}}, "[will]: ikke opfyldt, en medarbejder skal vurdere det"),
        (
            {"referral": {"referred_by": "hospital", "consent_given": False}},
            "[consent]: ikke opfyldt, der må spørges",
        ),
    ],
)
def test_what_a_requirement_leads_to_is_said_by_its_kind(why, parts, leads):
    """A scope, a judgement, a procedure."""
    assert any(line.endswith(leads) for line in lines(why({"outcome": "granted"}, **parts)))


def test_a_finding_stands_beside_the_requirement(why):
    """Whoever made it is named by role."""
    finding = {"holds": False, "reason": "Nej.", "by": "visitator", "on": "2017-05-09"}
    found = lines(why({"outcome": "granted"}, facts={"motivated": False}, findings={"will": finding}))

    assert "• will title (da) [will]: ikke opfyldt, giver afslag" in found
    assert "vurdering (visitator): ikke opfyldt" in found


def test_where_nothing_expected_names_a_reason_what_asks_for_the_expected_facts_is_told(why):
    """A case may expect just that a fact is asked for."""
    found = lines(why({"outcome": "needs_information", "missing": ["special_circumstances"]}))

    assert "• alone text (da) [alone]" in found


def test_where_nothing_stood_in_the_way_every_requirement_is_told(why):
    """Each on a line."""
    found = lines(why({"outcome": "needs_assessment"}))

    assert "• Intet krav stod i vejen" in found
    assert "will title (da) [will]: opfyldt" in found
    assert "consent title (da) [consent]: gælder ikke her" in found


def test_one_requirement_that_came_out_otherwise_is_told(why):
    """Its result, in words and as a file of cases calls it."""
    assert [
        "Krav (requirements.adult)",
        "ventet: ikke opfyldt (fails)",
        "fik: opfyldt (holds)",
        "• adult title (da) [adult]: opfyldt, er ingen hindring",
        "kræver: »alder« er mindst 18 år",
        "oplysninger: »alder«: 66 år",
        SOURCE,
    ] == lines(why({"requirements": {"adult": "fails"}}))


def test_an_id_that_the_standard_does_not_have_is_said_to_be_none(why):
    """A slip of the pen in a file of cases."""
    assert [
        "Krav (requirements.adlut)",
        "ventet: opfyldt (holds)",
        "fik: kravet findes ikke",
        "• standarden har intet, der hedder [adlut]",
    ] == lines(why({"requirements": {"adlut": "holds"}}))


@pytest.mark.parametrize(
    ("expect", "says"),
    [
        ({"missing": ["motivatde"]}, "• kom ikke: ingen oplysning hedder [motivatde]"),
        ({"warnings": ["stale"]}, "• kom ikke: ingen advarsel hedder [stale]"),
        ({"other_routes": ["clubs"]}, "• kom ikke: ingen anden hjælp hedder [clubs]"),
        ({"entitlement": ["in-a-group", "hall"]}, "• kom ikke: standarden har intet, der hedder [hall]"),
        ({"deadlines": {"decisoin": "2017-05-12"}}, "• standarden har ingen frist, der hedder [decisoin]"),
        ({"excluded": ["masage"]}, "• kom ikke: [masage]"),
    ],
)
def test_so_is_every_other_name_that_there_is_not(why, expect, says):
    """In every list."""
    assert says in lines(why(expect))


def test_a_fact_that_is_asked_for_is_told_with_what_asks(why):
    """The requirement and where it stands."""
    found = lines(why({"missing": []}, facts={"motivated": None}))

    assert [
        "• kom uventet: motivated label (da) [motivated]",
        f"der spørges af: will title (da) [will]; {SOURCE}",
    ] == found[3:]


def test_a_row_asks_too(why):
    """Where what is asked for depends on it."""
    found = lines(why({"missing": []}, referral={"requested_setting": "individual", "special_circumstances": None}))

    assert f"der spørges af: alone text (da) [alone]; {SOURCE}" in found


def test_a_fact_that_is_not_asked_for_is_told_with_what_reads_it(why):
    """A derived fact is asked for by its sources: the age by the date of birth."""
    found = lines(why({"missing": ["birth_date"]}))

    assert [
        "• kom ikke: fødselsdato [birth_date]",
        "sagen siger: torsdag den 1. juni 1950",
        f"læses af: adult title (da) [adult]; {SOURCE}",
    ] == found[3:]


def test_a_fact_that_nothing_reads_any_more_is_said_to_be_so(why):
    """The rule that asked for it has gone."""
    found = lines(why({"missing": ["chronic_condition"]}))

    assert "sagen siger: ikke oplyst" in found
    assert "intet i standarden læser den" in found


def test_what_is_left_out_unexpectedly_is_told_with_the_exclusion(why):
    """Its reason, whether it has a condition, and where it stands."""
    found = lines(why({"partial": False, "excluded": []}, referral={"requested": ["massage"]}))

    assert [
        "Om noget er udeladt (partial)",
        "ventet: nej",
        "fik: ja",
        "• udelades: massage [massage]",
        "Søgt, men ikke med i bevillingen (excluded)",
        "ventet: intet",
        "fik: [massage]",
        "• kom uventet: massage [massage]",
        "no-massage reason (da) [no-massage]",
        "gælder uden betingelser",
        SOURCE,
    ] == found


def test_what_a_row_does_not_give_is_told_with_the_row_that_applies(why):
    """The row that would give it, the facts of its condition, and the row that applies in its place."""
    setting = {"requested_setting": "individual", "special_circumstances": False}
    found = lines(why({"excluded": []}, referral=setting))

    assert [
        "• kom uventet: individuel træning [individual]",
        "rækken, der giver det, gælder ikke",
        "alone text (da) [alone]",
        "betingelsen er ikke opfyldt: »særlige forhold« og »den træningsform, borgeren søger om« er individuel træning",
        "oplysninger: »særlige forhold«: nej",
        "i stedet gælder: in-a-group text (da) [in-a-group]",
        SOURCE,
    ] == found[3:]


@pytest.mark.parametrize(
    ("item", "referral", "says"),
    [
        ("massage", {}, "der er ikke søgt om det"),
        ("heat_packs", {"requested": ["heat_packs"]}, "standarden nævner det ikke"),
        ("group", {"requested_setting": "group"}, "det gives"),
    ],
)
def test_what_is_not_left_out_is_told_with_why_not(why, item, referral, says):
    """It is not asked for, not mentioned, or given."""
    assert says in lines(why({"excluded": [item]}, referral=referral))


def test_a_grant_of_which_nothing_is_left_out_says_what_was_asked_for(why):
    """`partial` needs something that is asked for."""
    found = lines(why({"partial": True}, referral={"requested": ["balance"]}))

    assert "• Intet af det, der er søgt om, udelades" in found
    assert (
        "oplysninger: »det, borgeren søger om«: balance; »den træningsform, borgeren søger om«: intet bestemt" in found
    )


def test_a_row_of_the_grant_is_told_with_its_condition(why):
    """Both the one that came and the one that did not."""
    found = lines(why({"entitlement": ["alone"]}))

    assert [
        "Det, der bevilges (entitlement)",
        "ventet: [alone]",
        "fik: [in-a-group]",
        "• kom ikke: alone text (da) [alone]",
        "betingelsen er ikke opfyldt: »særlige forhold« og »den træningsform, borgeren søger om« er individuel træning",
        "oplysninger: »den træningsform, borgeren søger om«: intet bestemt",
        "i stedet gælder: in-a-group text (da) [in-a-group]",
        SOURCE,
        "• kom uventet: in-a-group text (da) [in-a-group]",
        "gælder uden betingelser",
        SOURCE,
    ] == found


def test_the_same_rows_in_another_order_are_said_to_be_the_same(why):
    """Nothing else differs."""
    rows = {"setting": [SETTING[1]], "sessions": [{"id": "weekly", "give": {"per_week": "1"}}]}
    found = lines(why({"entitlement": ["in-a-group", "weekly"]}, pack={"entitlement": rows}))

    assert ["• Det samme i en anden rækkefølge"] == found[3:]


def test_what_follows_from_another_outcome_says_so_and_no_more(why):
    """A refusal grants nothing, and a grant that was not expected grants something."""
    refused = lines(why({"entitlement": ["in-a-group"], "undecided": ["alone"]}, citizen={"needs_maintenance": False}))
    granted = lines(why({"outcome": "rejected", "because": ["need"], "entitlement": []}))

    assert "• Kun en bevilling har det; udfaldet blev AFSLAG" in refused
    assert "• Det følger af udfaldet" in granted
    assert not [line for line in [*refused, *granted] if "[in-a-group]" in line and line.startswith("•")]


def test_a_notice_is_told_with_its_condition_and_its_citation(why):
    """Its text is what a caseworker reads."""
    found = lines(why({"warnings": ["from-hospital"]}))

    assert [
        "• kom ikke: from-hospital text (da) [from-hospital]",
        "betingelsen er ikke opfyldt: »henvendelsen kommer fra« er hospitalet",
        "oplysninger: »henvendelsen kommer fra«: borgeren selv",
        SOURCE,
    ] == found[3:]


def test_a_warning_that_no_pack_writes_is_told_with_when_it_is_given(why):
    """There is no citation for it."""
    came = lines(why({"warnings": []}, referral={"requested": ["heat_packs"]}))
    stayed = lines(why({"warnings": ["self-reported"]}))

    assert "• kom uventet: Standarden nævner ikke: varmepakninger. [not-mentioned]" in came
    assert "siges ved en bevilling, når der er søgt om noget, som standarden ikke nævner" in came
    assert "• kom ikke: [self-reported]" in stayed


def test_a_warning_of_the_course_is_told_with_its_rule(why):
    """An event on a day on which nothing is open."""
    sunday = events(("no_show", "2017-05-07"))
    came = lines(why({"warnings": []}, events=sunday))
    stayed = lines(why({"warnings": ["closed-day"]}))

    assert "• kom uventet: closed-day text (da) Dateret: søndag den 7. maj 2017. [closed-day]" in came
    assert SOURCE in came
    assert ["• kom ikke: closed-day text (da) [closed-day]", SOURCE] == stayed[3:]


def test_a_route_is_told_with_the_requirement_that_leads_to_it(why):
    """The title, the requirement and its result, the citation of the route; a notice could lead to it too."""
    found = lines(why({"outcome": "rejected", "because": ["need"], "other_routes": ["club", "sel-79"]}))

    assert "• kom ikke: club title (da) [club]" in found
    assert "følger af kravet: need title (da) [need]: opfyldt, er ingen hindring" in found
    assert "følger af bemærkningen: from-hospital text (da) [from-hospital]" in found
    assert "nævnes ved hvert afslag; udfaldet blev BEVILLING" in found


def test_a_route_that_came_is_told_with_what_led_to_it_alone(why):
    """The requirement that did not win is left out."""
    found = lines(why({"other_routes": []}, referral={"referred_by": "hospital", "consent_given": True}))

    assert "• kom uventet: club title (da) [club]" in found
    assert "følger af bemærkningen: from-hospital text (da) [from-hospital]" in found
    assert not [line for line in found if line.startswith("følger af kravet")]


def test_a_deadline_is_told_as_dates_and_with_the_way_it_was_counted(why):
    """The same words as in a decision; the rule and where it stands; no cause twice."""
    found = lines(why({"deadlines": {"decision": {"due_on": "2017-05-12", "late_after": "2017-05-12"}}}))

    assert [
        "Frist, sidste dag (deadlines.decision.due_on)",
        "ventet: fredag den 12. maj 2017 (2017-05-12)",
        "fik: mandag den 15. maj 2017 (2017-05-15)",
        "• decision title (da) [decision]: mandag den 15. maj 2017",
        "10 hverdage fra henvendelse modtaget, fredag den 28. april 2017",
        "ikke talt med: Store bededag (12. maj), weekender",
        SOURCE,
        "Frist, for sent efter (deadlines.decision.late_after)",
        "ventet: fredag den 12. maj 2017 (2017-05-12)",
        "fik: mandag den 15. maj 2017 (2017-05-15)",
    ] == found


@pytest.mark.parametrize(
    ("want", "head", "expected", "got"),
    [
        ({"contact": {"not_computable": False}}, "kan ikke beregnes", "nej (false)", "ja (true)"),
        ({"contact": "2017-05-01"}, "sidste dag", "mandag den 1. maj 2017 (2017-05-01)", "ingen dato"),
        ({"decision": None}, "sidste dag", "ingen dato", "mandag den 15. maj 2017 (2017-05-15)"),
        ({"decision": {"kind": "promise"}}, "slags", "løfte (promise)", "frist (statutory)"),
        ({"decision": {"met_by": "granted"}}, "opfyldes af", "hjælp bevilget (granted)", "intet"),
        ({"decision": {"waits_for": "granted"}}, "venter på", "hjælp bevilget (granted)", "intet"),
    ],
)  # fmt: skip
def test_every_field_of_a_deadline_is_said_in_words(why, want, head, expected, got):
    """Dates as dates, events and kinds by their labels."""
    (name,) = want
    found = lines(why({"deadlines": want}))

    assert found[0].startswith(f"Frist, {head} (deadlines.{name}.")
    assert [f"ventet: {expected}", f"fik: {got}"] == found[1:3]


def test_other_fields_of_a_deadline_are_said_as_they_are(why):
    """A title in the language that is asked for, a number as a number."""
    title = why({"deadlines": {"decision": {"title": "x"}}})
    amount = lines(why({"deadlines": {"decision": {"amount": 11}}}))

    assert "got: decision title (en)" in lines(title, "en")
    assert ["Frist (deadlines.decision.amount)", "ventet: 11", "fik: 10"] == amount[:3]


def test_a_deadline_that_there_is_not_says_what_was_expected_of_it(why):
    """Its fields, as they stand in the file."""
    found = lines(why({"deadlines": {"start": {"due_on": "2017-05-12"}}}))

    assert ["Frist (deadlines.start)", "ventet: due_on: 2017-05-12", "fik: fristen findes ikke"] == found[:3]


def test_where_to_complain_is_told_with_the_law_of_the_day(why):
    """The law changed in 2013."""
    found = lines(why({"complaint": "Det Sociale Nævn"}))

    assert ["Hvor der klages (complaint)", "ventet: Det Sociale Nævn", "fik: Ankestyrelsen"] == found[:3]
    assert "• Loven siger onsdag den 10. maj 2017: Ankestyrelsen" == found[3]
    assert found[4].startswith("kilde: Dansk lovgivning, ")


def test_without_a_grant_or_a_refusal_there_is_nothing_to_complain_of(why):
    """Neither of the decision nor of transport."""
    found = lines(why({"complaint": "Ankestyrelsen", "transport": "Noget"}, facts={"motivated": None}))

    assert "• Der klages kun over bevilling og afslag; udfaldet blev MANGLER OPLYSNINGER" in found


def test_what_is_said_of_transport_is_told_with_the_law_of_the_day(why):
    """With its citation."""
    found = lines(why({"transport": "Noget andet."}))

    assert found[3].startswith("• Loven siger onsdag den 10. maj 2017: ")
    assert found[4].startswith("kilde: Dansk lovgivning, Serviceloven § 117")


def test_a_day_without_a_version_says_when_the_standard_is_in_force(why):
    """Both where that was not expected and where something else was."""
    for expect in ({"in_force": True}, {"outcome": "granted"}):
        *_, head, version = why(expect, on=date(2019, 1, 1)).text("da").splitlines()

        assert "  • Standarden gælder" == head
        assert version.endswith("2015-01-01.yaml: fra torsdag den 1. januar 2015 til mandag den 31. december 2018")


def test_a_day_with_a_version_where_none_was_expected_says_when_it_is_in_force(why):
    """The other way round; this version has no end."""
    found = lines(why({"in_force": False}, pack={"valid_to": None}))

    assert ["Om standarden gælder på dagen (in_force)", "ventet: nej", "fik: ja", "• Standarden gælder"] == found[:4]
    assert found[4].endswith("2015-01-01.yaml: fra torsdag den 1. januar 2015")


def test_an_exclusion_that_asks_is_told_with_its_condition(why):
    """It stands among the reasons as a requirement does."""
    massage = {"id": "no-massage", "items": ["massage"], "when": {"not": "special_circumstances"}}
    asked = {"requested": ["massage"], "special_circumstances": None}
    found = lines(why({"outcome": "granted"}, pack={"leave_out": [massage]}, referral=asked))

    assert [
        "• no-massage reason (da) [no-massage]",
        "betingelsen er ikke oplyst: ikke »særlige forhold«",
        "oplysninger: »særlige forhold«: ikke oplyst",
        SOURCE,
    ] == found[3:]


def test_a_case_that_cannot_be_decided_says_what_the_library_says(why):
    """All of its lines; there is nothing to compare."""
    found = why({"outcome": "granted"}, facts={"motivatde": True})

    assert found.decided is None
    assert "facts.motivatde: unknown-fact: `motivatde` is no fact of the pack `toy`" in found.text("da")
    assert "did you mean `motivated`?" in found.text("da")
    assert found.summary.da.startswith("kan ikke afgøres: facts.motivatde: ")


def test_the_summary_is_the_first_difference_and_how_many_there_are_besides(why):
    """One line, for a list of what failed."""
    one = why({"outcome": "needs_assessment"}).summary
    two = why({"outcome": "rejected", "because": ["need"]}).summary

    assert "Outcome (outcome): expected NEEDS A PERSON'S ASSESSMENT (needs_assessment), got GRANT (granted)" == one.en
    assert "Udfald (outcome): ventet AFSLAG (rejected), fik BEVILLING (granted) (og 1 til)" == two.da


def test_every_part_that_a_case_can_expect_has_its_words(why):
    """A new one must be added here too."""
    expectable = set(ExpectEntry.model_fields)

    assert {*PARTS, "requirements", "deadlines"} == expectable
    for part in sorted(PARTS.keys() - {"outcome", "partial", "in_force", "complaint", "transport"}):
        assert f"({part})" in why({part: ["x"]}).text("da"), part


@pytest.mark.parametrize(
    ("fact", "value", "said"),
    [
        ("requested", (), Words("intet", "nothing")),
        ("requested", ("balance", "massage"), Words("balance, massage", "balance, massage")),
        ("requested_setting", "", Words("intet bestemt", "nothing particular")),
        ("referred_by", "hospital", Words("hospitalet", "the hospital")),
        ("municipality_code", "0840", Words("0840", "0840")),
        ("age", 17, Words("17 år", "17 years")),
        ("age", Decimal("1.5"), Words("1.5", "1.5")),
        ("received_on", date(2017, 5, 10), Words("onsdag den 10. maj 2017", "Wednesday 10 May 2017")),
        ("needs_maintenance", None, Words("ikke oplyst", "unknown")),
    ],
)
def test_a_value_is_said_in_words(fact, value, said):
    """By the labels of its choices and its unit."""
    assert said == value_said(next(each for each in STANDARD_FACTS if each.name == fact), value)


@pytest.mark.parametrize(
    ("condition", "da", "en"),
    [
        (IsTrue("motivated"), "»vilje«", '"will"'),
        (Not(IsTrue("motivated")), "ikke »vilje«", 'not "will"'),
        (AtLeast("age", Parameter("adult", 18)), "»alder« er mindst 18 år", '"age" is at least 18 years'),
        (AtMost("age", Constant(66)), "»alder« er højst 66 år", '"age" is at most 66 years'),
        (Is("age", OtherFact("motivated")), "»alder« er »vilje«", '"age" is "will"'),
        (OneOf("sport", Constant(("a", "b"))), "»sport« er en af ah, b", '"sport" is one of oh, b'),
        (AnyOf("sport", Constant(("a",))), "»sport« nævner en af ah", '"sport" names one of oh'),
        (AllOf("sport", Constant(("a",))), "»sport« nævner alle af ah", '"sport" names all of oh'),
        (Only("sport", Constant(("a",))), "»sport« nævner kun ah", '"sport" names only oh'),
        (Empty("sport"), "»sport« er tom", '"sport" is empty'),
        (
            Not(All((IsTrue("motivated"), Any((Empty("sport"), Not(IsTrue("motivated"))))))),
            "ikke (»vilje« og (»sport« er tom eller ikke »vilje«))",
            'not ("will" and ("sport" is empty or not "will"))',
        ),
    ],
)
def test_a_condition_is_said_in_words(condition, da, en):
    """Every kind of it, with brackets where one stands inside another."""
    facts = {
        "motivated": Fact("motivated", FactType.BOOL, Words("vilje", "will")),
        "age": Fact("age", FactType.INT, Words("alder", "age"), unit="years"),
        "sport": Fact("sport", FactType.SET, Words("sport", "sport"), choices=(("a", Words("ah", "oh")),)),
    }

    assert Words(da, en) == in_words(condition, facts)


def test_to_whom_a_requirement_applies_is_said_too(why):
    """Its `when`, before what it asks for."""
    found = lines(why({"requirements": {"consent": "holds"}}))

    assert [
        "• consent title (da) [consent]: gælder ikke her, er ingen hindring",
        "gælder, når: »henvendelsen kommer fra« er hospitalet",
        "kræver: »borgerens samtykke«",
        "oplysninger: »henvendelsen kommer fra«: borgeren selv",
        SOURCE,
    ] == found[3:]


def test_every_failure_is_said_wholly_in_both_languages(why):
    """No line is empty in one of them."""
    found = why(
        {"outcome": "rejected", "because": ["need"], "other_routes": ["club"], "deadlines": {"decision": "2017-05-12"}}
    )

    assert all(line.words.da and line.words.en for line in found.lines())
