"""What is read first is answered from tables; it must be what the reference says, whichever cases came before."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packs import DAY, FINDING, events, make_case, make_pack
from strategies import Situation, situations, tries

from vedligehold import prepared as tables
from vedligehold.case import Case
from vedligehold.deadline import DeadlineTable, count
from vedligehold.decide import decide
from vedligehold.decision import decision_of
from vedligehold.known import known_values
from vedligehold.prepared import Prepared, prepared
from vedligehold.reading.library import load_pack
from vedligehold.settle import Outcome, settle

pytestmark = pytest.mark.usefixtures("generated_packs")


def read_first(situation: Situation, ready: Prepared) -> tuple[object, ...]:
    """Outcome, because, results, partial, and the facts that are missing where the table knows them already."""
    answer, partial = ready.answer(Case.model_validate(situation.case), situation.on)
    return answer.outcome, answer.because, answer.results, partial


def by_the_reference(situation: Situation) -> tuple[object, ...]:
    settled = settled_of(situation)
    return settled.outcome, settled.because, settled.results, bool(settled.left_out)


def settled_of(situation: Situation):
    policy, case = situation.made.pack.at(situation.on), Case.model_validate(situation.case)
    return settle(policy, case, situation.on, known_values(policy, case, situation.on))


@tries(300)
@given(st.one_of(situations(), situations("grant")))
def test_the_quick_answer_is_that_of_the_reference(situation: Situation):
    """The packs are few and the cases many, so that most cases find a table that others have filled."""
    ready = prepared(situation.made.pack.at(situation.on))

    assert by_the_reference(situation) == read_first(situation, ready)
    assert settled_of(situation).missing == situation.decide().missing


def test_one_table_tells_apart_all_that_makes_a_difference(tmp_path):
    """All cases of a pack that compares facts with each other, takes findings and asks by rows, one after another."""
    choices = {name: {"da": name, "en": name} for name in ("north", "south")}
    alone = {"all": ["special_circumstances", {"requested_setting": {"is": "individual"}}]}
    pack = make_pack(
        tmp_path,
        facts={name: {"type": "choice", "choices": choices} for name in ("lives", "trains")},
        requirements=[
            {"id": "near", "kind": "strict", "require": {"lives": {"is": {"fact": "trains"}}}},
            {"id": "judged", "kind": "discretionary", "require": "chronic_condition"},
        ],
        entitlement={
            "setting": [{"id": "alone", "when": alone, "give": "individual"}, {"id": "group", "give": "group"}]
        },
    ).at(DAY)
    places, settings = (None, "north", "south"), (None, "individual", "home")
    for lives, trains, setting in product(places, places, settings):
        for special, chronic, finding in product((None, True, False), repeat=3):
            case = make_case(
                facts={"lives": lives, "trains": trains},
                requested_setting=setting,
                special_circumstances=special,
                chronic_condition=chronic,
                findings={} if finding is None else {"judged": {**FINDING, "holds": finding}},
            )
            decision = decision_of(pack, case, DAY)
            settled = settle(pack, case, DAY, known_values(pack, case, DAY))

            quick = (decision.outcome, decision.because, decision.results, decision.partial, decision.missing)
            assert quick == (
                settled.outcome,
                settled.because,
                settled.results,
                bool(settled.left_out),
                settled.missing,
            )


@given(situations())
def test_the_quick_deadlines_are_those_of_the_reference(situation: Situation):
    """Also from days that were counted from before."""
    policy, case = situation.made.pack.at(situation.on), Case.model_validate(situation.case)

    assert tuple(count(rule, case.days()) for rule in policy.deadlines) == prepared(policy).deadlines(case)


@given(situations("grant"))
def test_a_full_table_is_emptied_and_fills_again(situation: Situation):
    """A table of one entry answers as a large one does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "MOST_KEPT", 0)
        ready = Prepared(situation.made.pack.at(situation.on))
    other = Case.model_validate({})

    for _ in range(2):
        assert by_the_reference(situation) == read_first(situation, ready)
        ready.answer(other, situation.on)
        assert len(ready._answers) == 1
        assert len(ready._grants) <= 1


def test_no_more_answers_are_kept_than_a_table_holds(monkeypatch, tmp_path):
    """As many as there is room for, and then it begins anew."""
    kinds = {"a": "needs_maintenance", "b": "consent_given", "c": "chronic_condition"}
    policy = make_pack(
        tmp_path, requirements=[{"id": name, "kind": "strict", "require": fact} for name, fact in kinds.items()]
    ).at(DAY)
    conditions = sum(len(each.conditions) for each in policy.requirements)
    monkeypatch.setattr(tables, "MOST_KEPT", 3 * (1 + conditions))
    ready, kept = Prepared(policy), []
    for known in product((None, True, False), repeat=3):
        ready.answer(make_case(**dict(zip(kinds.values(), known, strict=True))), DAY)
        kept.append(len(ready._answers))

    assert [1, 2, 3, 4] * 6 + [1, 2, 3] == kept


def test_no_more_starts_are_kept_than_a_table_holds(monkeypatch):
    monkeypatch.setattr("vedligehold.deadline.MOST_KEPT", 3)
    rule = next(each for each in load_pack("rebild").at(DAY).deadlines if each.start_event == "referral_received")
    table = DeadlineTable(rule)
    starts = [date(2020, 1, 6) + timedelta(days) for days in range(10)]

    for start in starts + starts:
        assert count(rule, {"referral_received": (start,)}) == table.count(start)
        assert len(table.kept) <= 3


def test_a_deadline_starts_on_the_first_day_of_an_event(tmp_path):
    """Also where the events of a case stand in another order, and where the referral is one of them."""
    days = ["2017-05-12", "2017-05-02", "2017-05-20"]
    case = make_case(events=events(*(("granted", day) for day in days), ("referral_received", "2017-05-01")))
    policy = load_pack("rebild").at(DAY)

    assert {"granted": date(2017, 5, 2), "referral_received": date(2017, 5, 1)} == case.starts()
    assert tuple(count(rule, case.days()) for rule in policy.deadlines) == prepared(policy).deadlines(case)


def test_what_is_read_first_is_answered_without_a_trace(monkeypatch, tmp_path):
    """Outcome, because, partial and results come from the compiled conditions and the tables alone."""
    pack = make_pack(tmp_path)
    decide(pack, make_case(needs_maintenance=True), on=DAY)
    monkeypatch.setattr("vedligehold.meaning.value.traced", None)
    decision = decide(pack, make_case(needs_maintenance=True), on=DAY)

    assert Outcome.GRANTED == decision.outcome
    assert () == decision.missing
    assert not decision.partial
    assert "holds" in decision.results.values()


def test_what_is_missing_is_worked_out_once_for_all_cases_alike(monkeypatch, tmp_path):
    pack = make_pack(tmp_path)
    first = decide(pack, make_case(needs_maintenance=None), on=DAY)
    assert "needs_maintenance" in first.missing
    monkeypatch.setattr("vedligehold.meaning.value.traced", None)

    assert first.missing == decide(pack, make_case(needs_maintenance=None), on=DAY).missing


def test_the_results_that_are_handed_out_are_not_those_of_the_table(tmp_path):
    """Whoever changes the mapping changes nobody else's decision."""
    pack, case = make_pack(tmp_path), make_case(needs_maintenance=True)
    decide(pack, case, on=DAY).results.clear()

    assert decide(pack, case, on=DAY).results


@given(situations())
def test_nothing_of_a_person_is_kept(situation: Situation):
    """The tables tell cases apart by truths, choices and ids: no date, no number that was given, no set of wishes."""
    policy = situation.made.pack.at(situation.on)
    ready = Prepared(policy)
    ready.answer(Case.model_validate(situation.case), situation.on)
    choices = {choice for fact in policy.facts.values() for choice in fact.labels}
    ids = {each.id for each in policy.requirements} | {each.id for each in policy.version.rows}
    ids |= {each.id for each in policy.version.leave_out}

    for key in (*flat(tuple(ready._answers)), *flat(tuple(ready._grants))):
        assert key in (None, True, False, 0, 1, 2, "", "findings") or key in choices | ids


def flat(key: object) -> Iterator[object]:
    """The single values in a key."""
    if isinstance(key, tuple):
        for part in key:
            yield from flat(part)
    else:
        yield key


def test_a_policy_forgets_its_answers_and_finds_them_again():
    """What is measured without a table is measured so."""
    pack = load_pack("rebild")
    case = make_case(needs_maintenance=True, requested=["balance"])
    ready = prepared(pack.at(DAY))
    first = decide(pack, case, on=DAY)
    assert ready._answers
    assert ready._grants

    ready.forget()

    assert not ready._answers
    assert not ready._grants
    assert first == decide(pack, case, on=DAY)
