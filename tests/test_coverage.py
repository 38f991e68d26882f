"""Coverage of rules: what the cases of a standard should have seen, and what counts as seen."""

import pytest
from hypothesis import given
from packs import NEED
from strategies import Situation, situations
from suites import a_case, both_packs, examined, seen, write_suite

from vedligehold import Case, load_pack
from vedligehold.meaning.value import HOLDS, UNKNOWN, Trace, evaluate, opposite
from vedligehold.policy.coverage import Covered, percent
from vedligehold.policy.goals import GROUPS, nation_goals, version_goals
from vedligehold.policy.look import look
from vedligehold.policy.variants import leaf_places, negated, replaced, without

GRANTED = {"outcome": "granted"}


def goals_of(folder):
    pack = load_pack(folder, rules=folder.parent)
    return {goal.id: goal for goal in version_goals(pack.versions[0], pack.nation)}


def covered_by(rules, cases, **parts) -> Covered:
    """What *cases* have seen of the pack that *parts* make."""
    return examined(write_suite(rules, cases, **parts), mutants=False).covered[0]


# ----------------------------------------------------------------------------------------------------------------------
# What there is to see


@pytest.mark.parametrize(
    ("require", "when", "results"),
    [
        ("needs_maintenance", None, {"holds", "fails", "unknown"}),
        ("needs_maintenance", "consent_given", {"holds", "fails", "unknown", "not_applicable"}),
        ({"not": {"requested": {"only": ["massage"]}}}, None, {"holds", "fails"}),
        ({"age": {"at_least": "18"}}, {"not": "requested_transport"}, {"holds", "fails", "unknown", "not_applicable"}),
    ],
)
def test_a_requirement_is_to_be_seen_coming_to_every_result_that_it_can(tmp_path, require, when, results):
    """What the citizen asks for is never unknown, so that a requirement about nothing else is not either."""
    more = {} if when is None else {"when": when}
    goals = goals_of(
        write_suite(tmp_path, [], requirements=[{"id": "one", "kind": "strict", "require": require, **more}])
    )

    assert results == {each.partition("/")[2] for each, goal in goals.items() if goal.group == "requirements"}


@pytest.mark.parametrize(
    ("require", "decides"),
    [
        ("needs_maintenance", set()),
        ({"not": "can_self_train"}, set()),
        ({"any": ["needs_maintenance", "consent_given"]}, {"1/holds", "1/fails", "2/holds", "2/fails"}),
        # a fact that stands twice turns the whole round by itself only where the other place does not hold it
        ({"any": ["needs_maintenance", {"not": {"not": "needs_maintenance"}}]}, {"1/fails", "2/fails"}),
        (
            {"all": ["needs_maintenance", {"any": ["needs_maintenance", "consent_given"]}]},
            {"1/holds", "1/fails", "2/holds"},
        ),
    ],
)
def test_each_part_is_to_be_seen_deciding_both_ways_where_it_can(tmp_path, require, decides):
    """MC/DC, and no goal that nothing reaches."""
    goals = goals_of(write_suite(tmp_path, [], requirements=[{"id": "one", "kind": "strict", "require": require}]))

    assert decides == {each.removeprefix("one/require/") for each, goal in goals.items() if goal.group == "conditions"}


def test_every_group_of_goals_is_there_in_a_pack_that_has_everything(tmp_path):
    folder = write_suite(
        tmp_path,
        [],
        requirements=[
            {**NEED, "routes": ["sel-79"]},
            {"id": "adult", "kind": "scope", "require": {"age": {"at_least": "18"}}},
            {
                "id": "both",
                "kind": "discretionary",
                "require": {"any": ["chronic_condition", "needs_therapist_support"]},
            },
        ],
        leave_out=[{"id": "heat", "items": ["heat_packs"]}],
        entitlement={"setting": [{"id": "group", "give": "group"}]},
        notices=[{"id": "hospital", "when": {"referred_by": {"is": "hospital"}}}],
        deadlines=[{"id": "contact", "from": "granted", "within": {"workdays": "5"}, "kind": "target"}],
        course=[{"id": "weekdays", "on": ["session_attended"], "then": "expect", "workdays_only": "true"}],
    )

    assert [*GROUPS] == [group for group in GROUPS if group in {goal.group for goal in goals_of(folder).values()}]


def test_the_ids_of_goals_are_all_different():
    for pack in (load_pack("rebild"), load_pack("sundhed-og-traening")):
        goals = [*version_goals(pack.versions[0], pack.nation), *nation_goals(pack.nation)]
        names = [goal.id for goal in version_goals(pack.versions[0], pack.nation)]

        assert len(names) == len(set(names))
        assert all(goal.words.da and goal.words.en for goal in goals)


# ----------------------------------------------------------------------------------------------------------------------
# The law behind parts that decide


def answer_with(trace: Trace, place: tuple[int, ...], truth: int) -> int:
    """What a condition would say if the node at *place* said *truth*: worked out from the trace alone."""
    if not place:
        return truth
    parts = [part.truth for part in trace.parts]
    parts[place[0]] = answer_with(trace.parts[place[0]], place[1:], truth)  # type: ignore[call-overload]
    kind = type(trace.condition).__name__
    if kind == "Not":
        return opposite(parts[0])
    wins, loses = (2, 1) if kind == "All" else (1, 2)
    return wins if wins in parts else 0 if 0 in parts else loses


@given(situations())
@pytest.mark.usefixtures("generated_packs")
def test_a_part_decides_just_where_its_opposite_turns_the_whole_round(situation: Situation):
    """Of every leaf of every requirement: the goal is reached exactly where the trace says so."""
    pack, on = situation.made.pack, situation.on
    seen_by = look(pack.at(on), Case.model_validate(situation.case), on)
    goals = {goal.id: goal for goal in version_goals(pack.versions[0], pack.nation)}
    for requirement in pack.versions[0].requirements:
        trace = evaluate(requirement.require, seen_by.values)
        gate = HOLDS if requirement.when is None else evaluate(requirement.when, seen_by.values).truth
        for number, (place, _) in enumerate(leaf_places(requirement.require), 1):
            below = trace
            for step in place:
                below = below.parts[step]
            turned = answer_with(trace, place, opposite(below.truth))
            decides = UNKNOWN not in (trace.truth, below.truth) and turned == opposite(trace.truth) and gate == HOLDS
            goal = goals.get(f"{requirement.id}/require/{number}/{'holds' if trace.truth == HOLDS else 'fails'}")
            alone = len(leaf_places(requirement.require)) == 1

            assert decides is goal.reached(seen_by) if goal is not None else alone or not decides


@given(situations())
@pytest.mark.usefixtures("generated_packs")
def test_a_changed_condition_is_the_old_one_but_for_the_place(situation: Situation):
    """Putting a node back gives the condition back; negating twice too."""
    for requirement in situation.made.pack.versions[0].requirements:
        condition = requirement.require
        for place, leaf in leaf_places(condition):
            turned = negated(condition, place)

            assert condition == replaced(condition, place, leaf)
            assert turned != condition
            assert without(condition, ()) is None
            values = look(
                situation.made.pack.at(situation.on), Case.model_validate(situation.case), situation.on
            ).values
            if not place:
                assert opposite(evaluate(condition, values).truth) == evaluate(turned, values).truth


# ----------------------------------------------------------------------------------------------------------------------
# What counts as seen


ADULT = {"id": "adult", "kind": "scope", "require": {"age": {"at_least": "18"}}}


@pytest.mark.parametrize(
    ("born", "reached"),
    [
        ("1999-05-10", {"adult/require/1/at-limit"}),
        ("1999-05-11", {"adult/require/1/beyond-limit"}),
        ("1999-05-09", set()),
        ("1999-05-12", set()),
        ("1948-03-02", set()),
    ],
)
def test_a_limit_on_age_is_seen_on_the_birthday_and_on_the_day_before(tmp_path, born, reached):
    """Whole years hide a limit that is one day off: a citizen of 40 tells nothing."""
    outcome = "granted" if born <= "1999-05-10" else "redirected"
    cases = [a_case("one", {"outcome": outcome}, citizen={"birth_date": born})]
    found = covered_by(tmp_path, cases, requirements=[ADULT])

    assert reached == {goal.id for goal in found.goals if goal.group == "limits"} & seen(found)


def test_a_case_that_fails_has_seen_nothing(tmp_path):
    found = covered_by(tmp_path, [a_case("wrong", {"outcome": "rejected", "because": ["need"]})])

    assert set() == seen(found)


def test_a_deadline_is_seen_only_where_a_case_says_what_it_must_be(tmp_path):
    """Every decision counts every deadline: that it was counted tells nothing."""
    rule = {"id": "contact", "from": "referral_received", "within": {"workdays": "5"}, "kind": "target"}
    silent = covered_by(tmp_path / "silent", [a_case("one", GRANTED)], deadlines=[rule])
    telling = a_case("one", {**GRANTED, "deadlines": {"contact": "2017-05-10"}})
    told = covered_by(tmp_path / "told", [telling], deadlines=[rule])

    assert {"contact/counted"} == seen(told) - seen(silent)


def test_a_day_is_seen_by_a_case_that_says_that_nothing_is_in_force(tmp_path):
    cases = [a_case("before", {"in_force": False}, on="2014-12-31"), a_case("first", GRANTED, on="2015-01-01")]
    found = covered_by(tmp_path, cases)

    assert {"valid/before-first", "valid/first"} <= seen(found)


def test_a_finding_is_seen_only_where_it_counts(tmp_path):
    """Where the requirement holds, a finding changes nothing."""
    finding = {"holds": True, "reason": "Set.", "by": "visitator", "on": ON_THE_DAY}
    will = {"id": "will", "kind": "discretionary", "require": "chronic_condition"}
    for chronic, reached in ((True, set()), (False, {"will/finding/holds"})):
        case = a_case("one", GRANTED, citizen={"chronic_condition": chronic}, findings={"will": finding})
        found = covered_by(tmp_path / str(chronic), [case], requirements=[NEED, will])

        assert reached == {each for each in seen(found) if "finding" in each}


ON_THE_DAY = "2017-05-09"


def test_what_was_not_seen_is_named_in_words(tmp_path):
    found = covered_by(tmp_path, [a_case("one", GRANTED)])

    assert "kravet »need title (da)« er ikke opfyldt" in [goal.words.da for goal in found.unseen]
    assert "requirement “need title (en)” fails" in [goal.words.en for goal in found.unseen]


def test_the_national_layer_is_seen_only_where_it_is_tested(tmp_path):
    """A municipality need not test the law; the library does."""
    assert 1 == len(examined(write_suite(tmp_path, [a_case("one", GRANTED)]), mutants=False).covered)
    assert 3 == len(both_packs().covered)


@pytest.mark.parametrize(
    ("part", "whole", "wanted"), [(0, 0, 100), (3, 3, 100), (0, 3, 0), (1, 3, 33.3), (9999, 10000, 99.9)]
)
def test_a_little_less_than_all_is_never_all(part, whole, wanted):
    assert wanted == percent(part, whole)


def test_the_cases_of_both_packs_have_seen_everything():
    """Also of the national layer."""
    assert [] == [(each.file, goal.id) for each in both_packs().covered for goal in each.unseen]
