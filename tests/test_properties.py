"""What holds of every pack and every case: the laws that the library promises, tried on generated ones."""

import copy
import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import product
from typing import Any

import pytest
import yaml
from dateutil.easter import easter
from hypothesis import assume, event, example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from strategies import (
    FACTS,
    STATED,
    Data,
    Made,
    Situation,
    calendars,
    conditions,
    events,
    generated,
    is_known,
    packs,
    read,
    situations,
    told,
    tries,
    understood,
    unknown_facts,
    values_of,
)

from vedligehold import Case, CaseError, Decision, Pack, WorkdayCalendar, decide, due, replay
from vedligehold import condition as tree
from vedligehold.condition import NOTHING, Condition, Constant, OtherFact, Parameter, Value
from vedligehold.deadline import count
from vedligehold.facts import ITEM_LABELS, Fact, FactType, whole
from vedligehold.known import known_values
from vedligehold.meaning.data import to_data
from vedligehold.meaning.value import FAILS, HOLDS, UNKNOWN, evaluate, facts_of, facts_read, leaves
from vedligehold.pack import Amount, DeadlineRule
from vedligehold.source import Words

pytestmark = pytest.mark.usefixtures("generated_packs")

DAY = date(2018, 5, 3)
DECIDED = ("granted", "rejected", "redirected", "needs_assessment")
"""The outcomes for which no fact is missing."""


# ----------------------------------------------------------------------------------------------------------------------
# Conditions


@given(conditions())
def test_printing_a_condition_gives_what_was_parsed(data: Any):
    """Plain data, parsed and printed again, is the same plain data."""
    assert to_data(understood(data)) == data


@given(conditions())
def test_parsing_what_was_printed_gives_the_condition_back(data: Any):
    """A condition, printed and parsed again, is the same condition."""
    condition = understood(data)

    assert understood(to_data(condition)) == condition


@given(st.decimals("-999999999999", "999999999999", places=9, allow_nan=False) | st.decimals(0, 1, places=8))
@example(Decimal("0.0000001"))
def test_a_decimal_constant_is_printed_as_a_pack_may_spell_it(number: Decimal):
    """However small or large the number is."""
    condition = tree.AtLeast("fee", Constant(number))

    assert understood(to_data(condition)) == condition


@st.composite
def _valued(draw: st.DrawFn, unknown: st.SearchStrategy[bool]) -> tuple[Any, dict[str, Value]]:
    """A condition as data, and a value of each fact that it reads, None where *unknown* says so."""
    data = draw(conditions())
    values: dict[str, Value] = {}
    for name in sorted(facts_read([understood(data)])):
        values[name] = None if draw(unknown) and not FACTS[name].known else draw(_typed(FACTS[name]))
    return data, values


def _typed(fact: Fact) -> st.SearchStrategy[Any]:
    """A value of *fact* as conditions see it."""
    if fact.derived is not None:
        return st.integers(-2, 70) if fact.type is FactType.INT else st.booleans()
    nothing = [NOTHING] if fact.known and fact.type is FactType.CHOICE else []
    return st.sampled_from(nothing) | _seen(fact) if nothing else _seen(fact)


def _seen(fact: Fact) -> st.SearchStrategy[Any]:
    spelled = values_of(fact.name, DAY)
    match fact.type:
        case FactType.DATE:
            return spelled.map(date.fromisoformat)
        case FactType.DECIMAL:
            return spelled.map(lambda number: Decimal(repr(number)))
        case FactType.SET:
            return spelled.map(tuple)
        case _:
            return spelled


def _can_be(condition: Condition, values: Mapping[str, Value]) -> set[bool]:
    """What *condition* can be, by strong Kleene logic: an unknown comparison can be either. Written for this test."""
    match condition:
        case tree.All(parts):
            each = [_can_be(part, values) for part in parts]
            return {False for one in each if False in one} | ({True} if all(True in one for one in each) else set())
        case tree.Any(parts):
            return {not one for one in _can_be(tree.All(tuple(tree.Not(part) for part in parts)), values)}
        case tree.Not(part):
            return {not one for one in _can_be(part, values)}
        case tree.IsTrue(fact) | tree.Empty(fact):
            value = values[fact]
            wanted = () if isinstance(condition, tree.Empty) else True
            return {True, False} if value is None else {value == wanted}
        case _:
            return _comparison_can_be(condition, values)


def _comparison_can_be(leaf: tree.Comparison, values: Mapping[str, Value]) -> set[bool]:
    left: Any = values[leaf.fact]
    match leaf.operand:
        case Constant(value) | Parameter(_, value):
            right: Any = value
        case OtherFact(name):
            right = values[name]
    if NOTHING in (left, right):
        return {False}
    if left is None or right is None:
        return {True, False}
    match leaf:
        case tree.Is():
            return {left == right}
        case tree.AtLeast():
            return {not left < right}
        case tree.AtMost():
            return {not left > right}
        case tree.OneOf():
            return {any(left == one for one in right)}
        case tree.AnyOf():
            return {any(one in left for one in right)}
        case tree.AllOf():
            return {all(one in left for one in right)}
        case tree.Only():
            return {len(left) > 0 and all(one in right for one in left)}


@given(_valued(st.booleans()))
@tries(250)
def test_the_reference_meaning_is_strong_kleene_logic(pair: tuple[Any, dict[str, Value]]):
    """Unknown just where an unknown comparison leaves both answers open."""
    data, values = pair
    condition = understood(data)
    said = {HOLDS: {True}, FAILS: {False}, UNKNOWN: {True, False}}[evaluate(condition, values).truth]
    event(f"{len(said)} answers")

    assert said == _can_be(condition, values)


@given(_valued(st.booleans()), st.data())
@tries(100)
def test_an_answer_with_unknown_facts_is_the_answer_whatever_they_are(
    pair: tuple[Any, dict[str, Value]], data: st.DataObject
):
    """A condition that is decided with some facts unknown says the same of every completion."""
    condition, values = understood(pair[0]), pair[1]
    truth = evaluate(condition, values).truth
    assume(truth != UNKNOWN and None in values.values())
    for _ in range(5):
        completed = {name: data.draw(_typed(FACTS[name])) if value is None else value for name, value in values.items()}

        assert evaluate(condition, completed).truth == truth


@given(_valued(st.just(value=False)))
def test_a_condition_over_known_facts_is_decided(pair: tuple[Any, dict[str, Value]]):
    """Nothing but an unknown fact makes a condition unknown; `false`, 0 and an empty list are known."""
    assert evaluate(understood(pair[0]), pair[1]).truth != UNKNOWN


# ----------------------------------------------------------------------------------------------------------------------
# Packs


@given(packs())
@tries(5)
def test_a_pack_means_the_same_written_as_yaml(made: Made):
    """JSON is YAML: block style, plain words and numbers in it are read as the same pack."""
    pack = read(
        json.loads(json.dumps(made.data)), lambda data: yaml.safe_dump(data, allow_unicode=True, sort_keys=False)
    )
    version, same = made.pack.versions[0], pack.versions[0]

    for part in (
        "requirements",
        "rows",
        "leave_out",
        "notices",
        "routes",
        "deadlines",
        "facts",
        "parameters",
        "source",
    ):
        assert getattr(same, part) == getattr(version, part)


@given(packs())
@tries(40)
def test_a_pack_prints_the_conditions_that_it_was_given(made: Made):
    """What was read from the file says what stands in the file."""
    for requirement, entry in zip(made.pack.versions[0].requirements, made.data["requirements"], strict=True):
        assert to_data(requirement.require) == entry["require"]
        assert (None if requirement.when is None else to_data(requirement.when)) == entry.get("when")


# ----------------------------------------------------------------------------------------------------------------------
# What is known, and what is not


@given(situations(found=False), st.data())
@tries(70)
def test_learning_a_fact_never_undoes_a_decided_outcome(situation: Situation, data: st.DataObject):
    """Without findings, what is decided with some facts unknown stays decided, the same way, whatever they are."""
    decision = situation.decide()
    assume(decision.outcome in DECIDED)
    case = situation.case
    for name in _turn(data, unknown_facts(situation)):
        case = _learned(situation, case, name, data)
        after = situation.decide(case)

        assert after.outcome != "needs_information"
        assert after.outcome == decision.outcome
        assert set(decision.because) <= set(after.because)


@given(situations("grant", found=False), st.data())
@tries(60)
def test_learning_a_fact_never_changes_what_is_given_of_what_was_asked_for(situation: Situation, data: st.DataObject):
    """A grant that leaves a row undecided does so only where nothing asked for depends on it."""
    decision = situation.decide()
    assume(decision.outcome == "granted")
    case = situation.case
    for name in _turn(data, unknown_facts(situation)):
        case = _learned(situation, case, name, data)

        assert {each.item for each in situation.decide(case).excluded} == {each.item for each in decision.excluded}


def _turn(data: st.DataObject, names: Iterable[str]) -> list[str]:
    """The names in order, from any one of them on."""
    listed = list(names)
    first = data.draw(st.integers(0, max(0, len(listed) - 1)))
    return [*listed[first:], *listed[:first]]


def _learned(situation: Situation, case: Data, name: str, data: st.DataObject) -> Data:
    value = data.draw(values_of(name, situation.on), label=name)
    return told(case, name, value)


@given(situations(found=False), st.data())
@tries(70)
def test_forgetting_facts_never_makes_a_refusal(situation: Situation, data: st.DataObject):
    """No unknown fact ever makes `rejected`: without findings, what was not refused is not refused with less known."""
    assume(situation.decide().outcome != "rejected")
    case = situation.case
    for name in _turn(data, sorted(name for name in STATED if is_known(case, name))):
        # to forget what is asked for is to ask for nothing, which is known
        if FACTS[name].known:
            continue
        case = told(case, name, None)

        assert situation.decide(case).outcome != "rejected"


@given(situations())
@tries(100)
def test_a_refusal_rests_on_known_facts_or_on_a_finding(situation: Situation):
    """Each requirement that refuses fails by facts that are known, or a person found that it does not hold."""
    decision = situation.decide()
    results = {each.id: each for each in decision.requirements}
    for name in decision.because if decision.outcome == "rejected" else ():
        result = results[name]
        event(f"refused by {result.kind}")
        if result.kind == "strict":
            assert result.result == "fails"
            assert result.finding is None
            assert None not in result.facts.values() or _fails_without(situation, name)
        else:
            assert result.kind == "discretionary"
            assert result.finding is not None
            assert not result.finding.holds


def _fails_without(situation: Situation, name: str) -> bool:
    """Whether all that is not known about *name* can be given away: a comparison with nothing asked for fails."""
    (requirement,) = (each for each in situation.made.pack.versions[0].requirements if each.id == name)
    asked = {fact for fact in facts_read(requirement.conditions) if FACTS[fact].known}
    return bool(asked)


@given(situations())
@tries(100)
def test_missing_names_facts_only_where_information_is_needed(situation: Situation):
    """`missing` is filled for `needs_information` and for nothing else, with stated facts, each once."""
    decision = situation.decide()

    assert (decision.outcome == "needs_information") == bool(decision.missing)
    assert len(set(decision.missing)) == len(decision.missing)
    assert set(decision.missing) <= set(STATED)
    assert (decision.outcome == "granted") == (not decision.because)
    if decision.outcome != "granted":
        assert (decision.excluded, decision.entitlement, decision.undecided) == ((), (), ())


@given(situations() | situations(kinds=["scope", "strict"]))
@tries(70)
def test_missing_is_what_the_asking_ones_leave_open_most_wanted_first(situation: Situation):
    """The unknown leaves with no decided node above them; of a procedural requirement that fails, what made it fail."""
    decision = situation.decide()
    assume(decision.outcome == "needs_information")
    values = _values_of(situation)
    results = {each.id: each for each in decision.requirements}
    asking = list(decision.because)
    if any(results[name].kind == "scope" for name in asking if name in results):
        # at the door the merits are asked about too, unless they reject
        rejects = any(_verdict(each) == "rejects" for each in results.values())
        asking = [each.id for each in results.values() if _verdict(each) == "asks"]
        asking = [name for name in asking if results[name].kind == "scope" or not rejects]
        asking += [] if rejects else sorted(_depended_on(situation))
    version, nation = situation.made.pack.versions[0], situation.made.pack.nation
    whens = {each.id: each.when for each in version.rows} | {each.id: each.when for each in version.leave_out}
    conditions_of = {each.id: each for each in (*version.requirements, *nation.requirements)}
    wanted: Counter[str] = Counter()
    for name in asking:
        if name in conditions_of:
            when, require = conditions_of[name].when, conditions_of[name].require
            failing = results[name].result == "fails"
            both = [require] if failing else [condition for condition in (when, require) if condition is not None]
        else:
            failing, both = False, [condition for condition in [whens[name]] if condition is not None]
        wanted.update({fact for condition in both for fact in _left_open(condition, values, failing=failing)})
    order = list(FACTS)

    assert list(decision.missing) == sorted(wanted, key=lambda fact: (-wanted[fact], order.index(fact)))


def _left_open(condition: Condition, values: Mapping[str, Value], *, failing: bool) -> Iterator[str]:
    """The stated facts of the leaves that keep *condition* unknown, or made it what it is where *failing*."""
    answer = _can_be(condition, values)
    if len(answer) == 1 and not failing:
        return
    match condition:
        case tree.All(parts) | tree.Any(parts):
            for part in parts:
                if _can_be(part, values) == answer:
                    yield from _left_open(part, values, failing=failing)
        case tree.Not(part):
            yield from _left_open(part, values, failing=failing)
        case _:
            named = facts_of(condition)
            for name in [name for name in named if values[name] is None] or named:
                sources = FACTS[name].sources
                yield from [source for source in sources if values[source] is None] or sources


@given(situations("once", extra=False))
@tries(80)
def test_every_missing_fact_can_change_the_outcome(situation: Situation):
    """Where no fact is named twice: with some values of the others missing, some value of it changes the outcome."""
    decision = situation.decide()
    missing = decision.missing
    # a procedural requirement that fails asks for what made it fail, and says nothing yet of what it leaves unknown
    assume(not any(_fails_with_unknown_parts(situation, each) for each in decision.requirements))
    event(f"{len(missing)} missing")
    for name in missing:
        others = [other for other in missing if other != name]
        assert _changes(situation, name, others), name


def _fails_with_unknown_parts(situation: Situation, result: Any) -> bool:
    """Whether a procedural requirement would still not be decided when what made it fail had other values."""
    if (result.kind, result.result) != ("procedural", "fails"):
        return False
    values = _values_of(situation)
    require = situation.made.pack.at(situation.on).requirement_by_id[result.id].require
    return any(evaluate(leaf, values).truth == UNKNOWN for leaf in leaves(require))


def _changes(situation: Situation, name: str, others: list[str]) -> bool:
    choices = list(product(*(_telling(situation, other) for other in others)))
    random.Random(0).shuffle(choices)
    values = _telling(situation, name)
    for chosen in choices:
        case = situation.case
        for other, value in zip(others, chosen, strict=True):
            case = told(case, other, value)
        before = situation.decide(case).outcome
        if any(situation.decide(told(case, name, value)).outcome != before for value in values):
            return True
    return False


def _telling(situation: Situation, name: str) -> list[Any]:
    """Values of a fact, one for each answer that the only comparison with it can give."""
    policy = situation.made.pack.at(situation.on)
    conditions_of = [condition for each in policy.requirements for condition in each.conditions]
    conditions_of += [row.when for row in policy.version.rows if row.when is not None]
    conditions_of += [each.when for each in policy.version.leave_out if each.when is not None]
    reading = [
        leaf
        for condition in conditions_of
        for leaf in leaves(condition)
        if any(name in FACTS[fact].sources for fact in facts_of(leaf))
    ]
    found: dict[Any, Any] = {}
    for value in _some_values(name, situation.on):
        case = Case.model_validate(told(situation.case, name, value))
        known = known_values(policy, case, situation.on)
        found.setdefault(tuple(evaluate(leaf, known).truth for leaf in reading), value)
    return list(found.values())


def _some_values(name: str, on: date) -> list[Any]:
    """Values of a fact on both sides of whatever a generated pack compares it with."""
    fact = FACTS[name]
    match fact.type:
        case FactType.BOOL:
            return [True, False]
        case FactType.INT:
            return [0, 1, 2, 3, 4]
        case FactType.DECIMAL:
            return [0, 0.25, 1e-09, 1e-07, 3, 5, 27.5, 1200.75, 5000]
        case FactType.CHOICE:
            return list(fact.labels)
        case FactType.SET:
            return [[], *([choice] for choice in fact.labels), list(fact.labels), list(fact.labels)[:2]]
        case _ if name == "birth_date":
            return [date(on.year - years, 1, 1).isoformat() for years in (2, 18, 40, 67, 90)]
        case _:
            named = ["1999-01-01", "2009-12-31", "2010-03-01", "2010-04-28", "2013-06-30", "2024-02-29", "2025-06-30"]
            weeks = [(on - timedelta(7 * number)).isoformat() for number in range(-5, 25)]
            return [*named, *weeks, "2030-01-01"]


@given(situations(), st.data())
@tries(70)
def test_a_fact_that_nothing_reads_changes_nothing(situation: Situation, data: st.DataObject):
    """Whatever it is, and whether it is known: the whole decision is the same, with its receipt."""
    unread = sorted(set(STATED) - situation.made.reads)
    name = data.draw(st.sampled_from(unread))
    value = data.draw(st.none() | values_of(name, situation.on))
    before, after = situation.decide(told(situation.case, name, value)), situation.decide()
    event(name)

    assert after.model_dump() == before.model_dump()


# ----------------------------------------------------------------------------------------------------------------------
# Findings, and the order of things


@given(situations(found=False, kinds=["discretionary"]), st.booleans())
@tries(70)
def test_a_finding_on_what_holds_changes_only_warnings(situation: Situation, holds: bool):
    """The finding stands beside the result and in the receipt, and a warning says that it changes nothing."""
    before = situation.decide()
    passing = [
        each.id
        for each in before.requirements
        if each.kind == "discretionary" and each.result in ("holds", "not_applicable")
    ]
    assume(passing)
    finding = {"holds": holds, "reason": "Set.", "by": "visitator", "on": "2010-05-02"}
    after = situation.decide({**situation.case, "findings": dict.fromkeys(passing, finding)})
    kept = _without_findings(before)

    assert _without_findings(after) == kept
    assert "finding-without-effect" in {each.code for each in after.warnings}


def _without_findings(decision: Decision) -> Any:
    dumped: Any = decision.model_dump()
    for each in dumped["requirements"]:
        each["finding"] = None
    dumped["receipt"]["findings"] = {}
    dumped["warnings"] = [each for each in dumped["warnings"] if each["code"] != "finding-without-effect"]
    return dumped


@given(situations(found=False, kinds=["discretionary"]), st.booleans())
@tries(70)
def test_a_finding_replaces_the_verdict_of_what_fails_or_is_unknown(situation: Situation, holds: bool):
    """With a finding on each of them, nothing discretionary asks or awaits any more: true passes, false rejects."""
    before = situation.decide()
    unsettled = [
        each.id for each in before.requirements if each.kind == "discretionary" and each.result in ("fails", "unknown")
    ]
    assume(unsettled)
    finding = {"holds": holds, "reason": "Set.", "by": "visitator", "on": "2010-05-02"}
    after = situation.decide({**situation.case, "findings": dict.fromkeys(unsettled, finding)})

    assert [each.result for each in after.requirements] == [each.result for each in before.requirements]
    assert after.outcome != "needs_assessment"
    if after.outcome == "rejected" and not holds:
        assert set(unsettled) <= set(after.because)
    if holds:
        assert set(unsettled).isdisjoint(after.because)


@given(situations())
@tries(70)
def test_the_door_comes_before_the_merits(situation: Situation):
    """A scope requirement that fails redirects, whatever else; one that is unknown asks, whatever the merits say."""
    decision = situation.decide()
    door = {each.id: each.result for each in decision.requirements if each.kind == "scope"}
    redirecting = [name for name, result in door.items() if result == "fails"]
    asking = [name for name, result in door.items() if result == "unknown"]
    if redirecting:
        assert (decision.outcome, list(decision.because)) == ("redirected", redirecting)
    elif asking:
        assert (decision.outcome, list(decision.because)) == ("needs_information", asking)
    else:
        assert decision.outcome != "redirected"
        assert set(door).isdisjoint(decision.because)


_ANSWERS = {UNKNOWN: "unknown", HOLDS: "holds", FAILS: "fails"}
_RESULTS = {
    ("holds", "holds"): "holds",
    ("holds", "fails"): "fails",
    ("holds", "unknown"): "unknown",
    ("fails", "holds"): "not_applicable",
    ("fails", "fails"): "not_applicable",
    ("fails", "unknown"): "not_applicable",
    ("unknown", "holds"): "holds",
    ("unknown", "fails"): "unknown",
    ("unknown", "unknown"): "unknown",
}
"""What a requirement comes to, by its `when` and its `require`."""


@given(situations())
@tries(70)
def test_a_result_follows_from_to_whom_it_applies_and_what_must_hold(situation: Situation):
    """What does not apply passes, what holds for everybody holds, and what may or may not apply and fail is unknown."""
    results = {each.id: each.result for each in situation.decide().requirements}
    values = _values_of(situation)
    for entry in situation.made.data["requirements"]:
        when = _ANSWERS[evaluate(understood(entry["when"]), values).truth] if "when" in entry else "holds"
        require = _ANSWERS[evaluate(understood(entry["require"]), values).truth]
        event(f"{when}, {require}")

        assert results[entry["id"]] == _RESULTS[when, require]


@given(situations())
@tries(70)
def test_the_worst_verdict_of_the_merits_wins(situation: Situation):
    """Behind an open door: a strict requirement that fails rejects, then asking, then awaiting, then the grant."""
    decision = situation.decide()
    assume(all(each.result in ("holds", "not_applicable") for each in decision.requirements if each.kind == "scope"))
    verdicts = {each.id: _verdict(each) for each in decision.requirements if each.kind != "scope"}
    for verdict, outcome in (("rejects", "rejected"), ("asks", "needs_information"), ("awaits", "needs_assessment")):
        names = [name for name, each in verdicts.items() if each == verdict]
        rows = [name for name in decision.because if name not in verdicts] if verdict == "asks" else []
        if names or rows:
            assert (decision.outcome, list(decision.because)) == (outcome, [*names, *rows])
            return

    assert decision.outcome == "granted"


def _verdict(result: Any) -> str:
    if result.result in ("holds", "not_applicable"):
        return "passes"
    if result.finding is not None:
        return "passes" if result.finding.holds else "rejects"
    if result.result == "unknown":
        return "asks"
    return {"strict": "rejects", "procedural": "asks", "discretionary": "awaits"}[str(result.kind)]


@given(situations(kinds=["scope"], day=date(2025, 7, 1)))
@tries(70)
def test_because_stands_in_the_order_of_the_pack_and_then_the_nation(situation: Situation):
    """Pack before nation, requirements before rows and exclusions."""
    decision = situation.decide()
    version, nation = situation.made.pack.versions[0], situation.made.pack.nation
    order = [each.id for each in (*version.requirements, *nation.requirements)]
    order += [row.id for row in version.rows] + [each.id for each in version.leave_out]
    places = [order.index(name) for name in decision.because]

    assert places == sorted(places)
    assert [each.id for each in decision.requirements][: len(version.requirements)] == list(situation.made.ids)


@given(situations())
@tries(60)
def test_the_order_of_keys_changes_nothing(situation: Situation):
    """A case is what it says; the same case decided twice gives the same decision."""
    decision = situation.decide().model_dump()

    assert situation.decide(_turned(situation.case)).model_dump() == decision
    assert situation.decide(copy.deepcopy(situation.case)).model_dump() == decision


def _turned(data: Any) -> Any:
    return {key: _turned(data[key]) for key in reversed(data)} if isinstance(data, dict) else data


@given(situations())
@tries(60)
def test_the_referral_day_may_stand_as_a_field_or_as_an_event(situation: Situation):
    """`received_on` and a `referral_received` event are the same fact: either serves."""
    received = situation.case["referral"].get("received_on")
    assume(received is not None)
    as_event = told(situation.case, "received_on", None)
    as_event["events"] = [{"type": "referral_received", "on": received}, *as_event["events"]]
    before, after = _without_receipt(situation.decide()), _without_receipt(situation.decide(as_event))

    assert after == before


def _without_receipt(decision: Decision) -> Any:
    return {key: value for key, value in decision.model_dump().items() if key != "receipt"}


# ----------------------------------------------------------------------------------------------------------------------
# The grant


@given(situations("grant", found=False))
@tries(80)
def test_what_is_asked_for_is_given_or_left_out_or_not_mentioned(situation: Situation):
    """In a grant, one of the three for each item: a row that applies names it, or another one does, or a warning."""
    decision = situation.decide()
    if decision.outcome != "granted":
        return
    referral = situation.case["referral"]
    asked = [*(referral.get("requested") or []), *filter(None, [referral.get("requested_setting")])]
    applying = {each.id for each in decision.entitlement if each.give is not None}
    undecided = {each.id for each in decision.undecided}
    naming = _naming(situation.made.data)
    excluded = {each.item: each.by for each in decision.excluded}
    warned = "not-mentioned" in {each.code for each in decision.warnings}

    assert list(excluded) == [item for item in asked if item in excluded]
    assert decision.partial == bool(excluded)
    for item in asked:
        event(
            "left out"
            if item in excluded
            else "given"
            if naming.get(item, set()) & applying
            else "not known, or not mentioned"
        )
        if item in excluded:
            assert excluded[item] in naming[item] - applying
            assert naming[item].isdisjoint(applying)
        elif naming.get(item, set()).isdisjoint(applying | undecided):
            assert warned


@given(situations("grant", found=False))
@tries(80)
def test_a_row_or_exclusion_asks_just_where_what_was_asked_for_depends_on_it(situation: Situation):
    """Tried out: each of which it is not known whether it applies, applying and not, whatever the others do."""
    decision = situation.decide()
    results = {each.id: each for each in decision.requirements}
    assume(decision.outcome in ("granted", "needs_information", "needs_assessment"))
    assume(not any(name in results and results[name].kind == "scope" for name in decision.because))
    depends = _depended_on(situation)
    event(f"{len(depends)} depended on")

    assert {name for name in decision.because if name not in results} == depends


def _depended_on(situation: Situation) -> set[str]:
    """The rows and exclusions, not known to apply or not, on which what becomes of something asked for depends."""
    data, values = situation.made.data, _values_of(situation)
    rows = [row for topic in data.get("entitlement", {}).values() for row in topic]
    truths = {entry["id"]: _truth_of(entry, values) for entry in (*rows, *data.get("leave_out", ()))}
    unknown = [name for name, truth in truths.items() if truth == UNKNOWN]
    sure = {name: truth == HOLDS for name, truth in truths.items()}
    depends: set[str] = set()
    for answers in product([True, False], repeat=len(unknown)):
        world = sure | dict(zip(unknown, answers, strict=True))
        before = _standing(situation, world)
        depends |= {name for name in unknown if _standing(situation, world | {name: not world[name]}) != before}
    return depends


def _truth_of(entry: Data, values: Mapping[str, Value]) -> int:
    return evaluate(understood(entry["when"]), values).truth if "when" in entry else HOLDS


def _standing(situation: Situation, applies: Mapping[str, bool]) -> dict[str, str]:
    """What becomes of each item asked for, when it is known of each row and exclusion whether it applies."""
    data, referral = situation.made.data, situation.case["referral"]
    asked = [*(referral.get("requested") or []), *filter(None, [referral.get("requested_setting")])]
    topics = data.get("entitlement", {}).values()
    chosen = {next((row["id"] for row in rows if applies[row["id"]]), None) for rows in topics}
    naming = _naming(data)
    excluding = {row["id"] for rows in topics for row in rows} | {
        each["id"] for each in data.get("leave_out", ()) if applies[each["id"]]
    }
    standing = {}
    for item in asked:
        names = naming.get(item, set())
        standing[item] = "given" if names & chosen else "left out" if names & excluding else "not mentioned"
    return standing


def _naming(pack: Data) -> dict[str, set[str]]:
    """The rows and exclusions that name each item."""
    rows = [row for rows in pack.get("entitlement", {}).values() for row in rows]
    found: dict[str, set[str]] = {}
    for entry in (*rows, *pack.get("leave_out", ())):
        for item in ITEM_LABELS:
            if f'"{item}"' in json.dumps(entry.get("give", entry.get("items"))):
                found.setdefault(item, set()).add(entry["id"])
    return found


@given(situations("grant", found=False))
@tries(50)
def test_the_first_row_that_applies_is_granted(situation: Situation):
    """Topic by topic; a row before it of which that is not known leaves the topic undecided."""
    decision = situation.decide()
    if decision.outcome != "granted":
        return
    granted = {each.topic: each for each in decision.entitlement}
    values = _values_of(situation)
    for topic, rows in situation.made.data.get("entitlement", {}).items():
        truths = {row["id"]: _truth_of(row, values) for row in rows}
        possible = [name for name, truth in truths.items() if truth != FAILS]
        first = possible[0] if possible else None

        assert (granted[topic].id if topic in granted else None) == first
        if first is not None:
            assert (granted[topic].give is None) == (truths[first] == UNKNOWN)


def _values_of(situation: Situation) -> Mapping[str, Value]:
    case = Case.model_validate(situation.case)
    return known_values(situation.made.pack.at(situation.on), case, situation.on)


# ----------------------------------------------------------------------------------------------------------------------
# As text: the case, the decision, the receipt


@given(situations())
@tries(60)
def test_a_case_comes_back_from_json(situation: Situation):
    """A case that was written as JSON is the same case, and is decided the same way."""
    case = Case.model_validate(situation.case)
    again = Case.model_validate_json(case.model_dump_json())

    assert again == case
    assert Case.model_validate(json.loads(json.dumps(case.model_dump(mode="json")))) == case
    assert decide(situation.made.pack, again, on=situation.on).model_dump() == situation.decide().model_dump()


VALIDATOR = Draft202012Validator(Decision.model_json_schema())


@given(situations())
@tries(40)
def test_a_decision_is_valid_by_its_own_schema(situation: Situation):
    """Plain data, and the JSON text of it."""
    decision = situation.decide()

    VALIDATOR.validate(decision.model_dump())
    assert json.loads(decision.model_dump_json()) == decision.model_dump()


@given(situations())
@tries(100)
def test_a_receipt_gives_the_decision_again(situation: Situation):
    """All of it, but that the reason of a finding is known only by its hash; and the receipt is the same receipt."""
    decision = situation.decide()
    again = replay(situation.made.pack, json.loads(json.dumps(decision.receipt)))

    assert _with_hashed_reasons(again) == _with_hashed_reasons(decision)
    assert again.receipt == decision.receipt


@cache
def _asks_for_income() -> Pack:
    data = copy.deepcopy(generated("any")[0].data)
    data["requirements"][0]["require"] = {"income": {"at_least": "3"}}
    return read(data)


@given(
    st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.integers(-1000, 100000).map(lambda n: n / 100)
)
@example(1e16)
@example(1e15)
@example(999999999999999)
@example(1.5e-12)
def test_a_number_that_a_case_may_carry_comes_back_from_the_receipt(number: float):
    """However large, small or exact it is; what JSON would not carry unchanged is refused."""
    try:
        decision = decide(_asks_for_income(), Case.model_validate({"facts": {"income": number}}), on=DAY)
    except CaseError as error:
        event(error.problems[0].code)
        return
    again = replay(_asks_for_income(), json.loads(json.dumps(decision.receipt)))

    assert again.model_dump() == decision.model_dump()


def _with_hashed_reasons(decision: Decision) -> Any:
    dumped: Any = decision.model_dump()
    for each in dumped["requirements"]:
        if each["finding"] is not None:
            each["finding"]["reason"] = dumped["receipt"]["findings"][each["id"]]["reason"]
    return dumped


@given(situations())
@tries(60)
def test_a_receipt_holds_nothing_that_was_not_read(situation: Situation):
    """No fact that nothing reads, and no reason in words."""
    receipt = situation.decide().receipt

    assert set(receipt["facts"]) <= situation.made.reads
    assert all(each["reason"].startswith("sha256:") for each in receipt["findings"].values())


# ----------------------------------------------------------------------------------------------------------------------
# Days


@given(calendars(DAY), st.integers(-30, 30), st.integers(1, 30))
def test_going_forward_and_back_returns_to_an_open_day(calendar: WorkdayCalendar, away: int, workdays: int):
    """From an open day to where it started; from a closed one to the last open day before it."""
    start = DAY + timedelta(days=away)
    last_open = start
    while calendar.why_closed(last_open) is not None:
        last_open -= timedelta(days=1)
    there = calendar.add_workdays(start, workdays)

    assert calendar.sub_workdays(there, workdays) == last_open


@given(calendars(DAY), st.integers(-30, 30), st.integers(1, 30))
def test_going_back_and_forward_returns_to_an_open_day(calendar: WorkdayCalendar, away: int, workdays: int):
    """From an open day to where it started; from a closed one to the first open day after it."""
    start = DAY + timedelta(days=away)

    assert calendar.add_workdays(calendar.sub_workdays(start, workdays), workdays) == calendar.next_open(start)


def _is_open(day: date, calendar: WorkdayCalendar) -> bool:
    """Whether *day* is a workday, by the law as the domain states it. Written for this test."""
    sunday = easter(day.year)
    days_after_easter = (-3, -2, 0, 1, 39, 49, 50, *([26] if day.year <= 2023 else []))
    fixed = {(1, 1), (12, 25), (12, 26)}
    holiday = (day.month, day.day) in fixed or (day - sunday).days in days_after_easter
    own = day.isoformat() in calendar.closed or day.isoformat()[5:] in calendar.closed
    weekend = day.isoweekday() == 7 or (day.isoweekday() == 6 and calendar.saturday == "closed")
    return not (holiday or own or weekend)


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)), st.sampled_from(["closed", "open"]))
@tries(250)
@example(date(2023, 5, 5), "closed")
@example(date(2024, 4, 26), "closed")
def test_a_day_is_closed_by_the_law_the_weekend_or_the_pack(day: date, saturday: Any):
    """Easter, Ascension, Whitsun and the fixed days; *Store bededag* up to and including 2023."""
    calendar = WorkdayCalendar(saturday, ["12-24", "06-05", "2016-02-29"])

    assert (calendar.why_closed(day) is None) == _is_open(day, calendar)
    assert calendar.is_open(day) == _is_open(day, calendar)


@given(st.dates(date(1996, 1, 1), date(2026, 12, 31)), st.integers(0, 3000))
@tries(200)
@example(date(2000, 2, 29), 6574)
@example(date(2000, 2, 29), 6575)
@example(date(2010, 1, 31), 28)
def test_whole_units_are_those_whose_day_is_reached(start: date, days: int):
    """The same day of a later month or year is reached; where that month has no such day, the first of the next is."""
    end = start + timedelta(days=days)
    reached = sum(_same_day(start, months) <= end for months in range(1, 240))

    assert whole(start, end, "months") == reached
    assert whole(start, end, "years") == reached // 12
    assert whole(start, end, "weeks") == len(range(7, days + 1, 7))
    assert whole(start, end, "days") == days
    assert whole(end, start, "months") == -reached


def _same_day(start: date, months: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    try:
        return date(year, month + 1, start.day)
    except ValueError:
        return date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)


@given(situations())
@tries(60)
def test_the_age_is_that_on_the_decision_date(situation: Situation):
    """Whole years from birth to the decision, unknown where the day of birth is."""
    born, values = situation.case["citizen"].get("birth_date"), _values_of(situation)

    assert values["age"] == (None if born is None else whole(date.fromisoformat(born), situation.on, "years"))


def _rule(
    unit: Any, number: int, earliest: int | None, saturday: Any = "closed", *, moves: bool, pauses: bool = True
) -> DeadlineRule:
    calendar = WorkdayCalendar(saturday, ["12-24", "05-16", "2018-05-14"])
    uncertain = ("06-05", "12-31", "05-22")
    amount = Amount(number, unit, earliest)
    title = Words("en", "one")
    return DeadlineRule(
        "one", title, None, calendar, "granted", amount, moves=moves, pauses=pauses, uncertain=uncertain
    )


@st.composite
def _rules(draw: st.DrawFn) -> DeadlineRule:
    unit = draw(st.sampled_from(["workdays", "days", "weeks", "months"]))
    number = draw(st.integers(0, {"workdays": 15, "days": 40, "weeks": 5, "months": 14}[unit]))
    earliest = draw(st.none() | st.integers(0, number))
    saturday = draw(st.sampled_from(["closed", "open"]))
    return _rule(unit, number, earliest, saturday, moves=draw(st.booleans()), pauses=draw(st.booleans()))


_Paused = list[tuple[date, date | None]]


def _pauses(happened: list[Data]) -> _Paused:
    """The stays on the waiting list, from the day of entering to the day before leaving."""
    entered = sorted(date.fromisoformat(each["on"]) for each in happened if each["type"] == "waiting_list_entered")
    left = sorted(date.fromisoformat(each["on"]) for each in happened if each["type"] == "waiting_list_left")
    return [(day, left[place] if place < len(left) else None) for place, day in enumerate(entered)]


def _counted(start: date, number: int, unit: str, calendar: WorkdayCalendar, paused: _Paused) -> date | None:
    """The end of a count, one day at a time; None where an open pause holds it. Written for this test."""
    if unit == "months":
        year, month = divmod(start.year * 12 + start.month - 1 + number, 12)
        month += 1
        last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
        unit, number = "days", (date(year, month, min(start.day, last)) - start).days
    if unit == "weeks":
        unit, number = "days", 7 * number
    day = start
    while number:
        day += timedelta(days=1)
        if any(first <= day and left is None for first, left in paused):
            return None
        is_paused = any(first <= day and left is not None and day < left for first, left in paused)
        if not is_paused and (unit == "days" or _is_open(day, calendar)):
            number -= 1
    return day


@given(_rules(), events(DAY), st.integers(-40, 40))
@example(_rule("days", 10, 2, moves=True), [{"type": "waiting_list_entered", "on": "2018-05-07"}], 0)
@tries(250)
def test_a_deadline_is_what_counting_day_by_day_gives(rule: DeadlineRule, happened: list[Data], away: int):
    """The end, the start of the range, the day after which it is late, and the days passed over on the way."""
    start = DAY + timedelta(days=away)
    days = {kind: [date.fromisoformat(each["on"]) for each in happened if each["type"] == kind] for kind in _WAITING}
    deadline = count(rule, {"granted": [start], **{kind: sorted(found) for kind, found in days.items()}})
    amount, paused = rule.amount, _pauses(happened) if rule.pauses else []
    assert amount is not None
    end = _counted(start, amount.number, amount.unit, rule.calendar, paused)
    event(f"{amount.unit}{', open pause' if end is None else ', paused' if paused else ''}")

    assert deadline.start_on == start
    if amount.earliest is not None:
        first = _counted(start, amount.earliest, amount.unit, rule.calendar, paused)
        assert deadline.earliest_on == (_first_open(first, rule.calendar) if rule.moves and first else first)
    if end is None:
        assert (deadline.due_on, deadline.late_after, deadline.waits_for) == (None, None, "waiting_list_left")
        return
    moved = _first_open(end, rule.calendar) if rule.moves else end

    assert deadline.due_on == moved
    assert deadline.late_after == (_first_open(end, rule.calendar.with_closed(rule.uncertain)) if rule.moves else end)
    assert deadline.waits_for is None
    assert [each.on for each in deadline.skipped] == _passed_over(start, end, moved, rule, paused)


_WAITING = ("waiting_list_entered", "waiting_list_left")


def _first_open(day: date, calendar: WorkdayCalendar) -> date:
    while not _is_open(day, calendar):
        day += timedelta(days=1)
    return day


def _passed_over(start: date, end: date, moved: date, rule: DeadlineRule, paused: _Paused) -> list[date]:
    """The closed days that a count of workdays met outside the pauses, then those that the end moved over."""
    assert rule.amount is not None
    met = [start + timedelta(days=place) for place in range(1, (end - start).days)]
    met = [day for day in met if not any(first <= day and (left is None or day < left) for first, left in paused)]
    counted = met if rule.amount.unit == "workdays" else []
    over = [end + timedelta(days=place) for place in range((moved - end).days)]
    return [day for day in [*counted, *over] if not _is_open(day, rule.calendar)]


@given(situations())
@tries(60)
def test_every_deadline_says_where_it_stands(situation: Situation):
    """It has a date, or the event that it waits for, or the reason why there is no number; and never two of them."""
    decision = situation.decide()
    rules = {rule["id"]: rule for rule in situation.made.data.get("deadlines", ())}

    assert [each.id for each in decision.deadlines][: len(rules)] == list(rules)
    for deadline in decision.deadlines:
        ways = [deadline.due_on, deadline.waits_for, deadline.not_computable]

        assert sum(way is not None for way in ways) == 1
        assert (deadline.late_after is None) == (deadline.due_on is None)
        assert deadline.start_on is not None or deadline.due_on is None
        if deadline.due_on is not None and rules.get(deadline.id, {}).get("moves"):
            assert deadline.calendar.is_open(deadline.due_on)


@given(situations())
@tries(30)
def test_a_deadline_is_the_same_with_and_without_a_case(situation: Situation):
    """`due` counts from the earliest event of each type what a decision counts."""
    happened = [each for each in situation.case["events"] if each["type"] not in _WAITING]
    case = {**situation.case, "events": happened}
    earliest = {kind: days[0] for kind, days in Case.model_validate(case).days().items()}

    assert list(situation.decide(case).deadlines) == due(situation.made.pack, earliest, on=situation.on)
