"""A pack with other values of its parameters: as a pack whose file was edited so, and never taken for the other."""

import copy
import json
import pickle
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packs import DAY, answer, make_case, make_pack
from strategies import PARAMETERS, Made, Shape, generated, packs, read, situations, tries

from vedligehold import Case, Pack, PackError, decide, load_pack, replay
from vedligehold.errors import Problem
from vedligehold.parameters import changes, read_settings
from vedligehold.plain import plain

OTHER: dict[str, list[Any]] = {
    "adult_age": [0, 16, 17, 67, 150],
    "lowest_level": [0, 1, 3, 4, 5, -1],
    "most_visits": [0, 4, 100],
    "longest_wait": [0, 7, 52],
    "dearest": ["0", "0.25", "27.49", "1200.75", "-1"],
    "smallest": ["0", "0.000000001", "3"],
    "cutoff": ["2009-12-31", "2010-04-28", "2024-02-29"],
    "pensioners": [["early"], ["none"], ["old_age", "early", "none"]],
    "passive_items": [["massage"], ["balance", "heat_packs"]],
    "walking_aids": [["stick"], ["chair"], ["stick", "frame", "chair"]],
    "neighbours": [["0101"], ["0840"]],
}
"""For each parameter of the generated packs other values, as a pack spells them; some pack may have none of them."""


def as_given(name: str, spelled: Any) -> Any:
    """A value as Python has it."""
    unit = PARAMETERS[name][0]
    if unit == "amount":
        return Decimal(spelled)
    return date.fromisoformat(spelled) if unit == "date" else spelled


def edited(made: Made, changed: dict[str, Any]) -> dict[str, Any]:
    """The file of a generated pack in which somebody edited parameters."""
    data = copy.deepcopy(made.data)
    for name, spelled in changed.items():
        entry = data["parameters"][name]
        unit = PARAMETERS[name][0]
        entry[unit] = [str(each) for each in spelled] if isinstance(spelled, list) else str(spelled)
    return data


def rules_of(pack: Pack) -> list[Any]:
    """All that a pack says, but for what tells which file it is."""
    return [
        (each.parameters, each.facts, each.requirements, each.leave_out, each.rows, each.notices, each.deadlines)
        for each in pack.versions
    ]


@st.composite
def changed_parameters(draw: st.DrawFn) -> dict[str, Any]:
    names = draw(st.lists(st.sampled_from(sorted(OTHER)), min_size=1, max_size=4, unique=True))
    return {name: draw(st.sampled_from(OTHER[name])) for name in names}


def or_codes(make: Callable[[], Pack]) -> Pack | set[str]:
    """The pack that is made, or the codes of what is wrong with it."""
    try:
        return make()
    except PackError as error:
        return {problem.code for problem in error.problems}


def said(made: Pack | set[str]) -> Any:
    return rules_of(made) if isinstance(made, Pack) else made


@pytest.mark.usefixtures("generated_packs")
@tries(200)
@given(made=packs("any"), changed=changed_parameters())
def test_it_is_as_a_pack_whose_file_was_edited(made, changed):
    """The same rules; and what a reader refuses is refused, with the same codes."""
    values = {name: as_given(name, spelled) for name, spelled in changed.items()}
    expected = or_codes(lambda: read(edited(made, changed)))
    found = or_codes(lambda: made.pack.with_parameters(**values))

    assert said(expected) == said(found)


@pytest.mark.usefixtures("generated_packs")
@tries(120)
@given(situation=situations("any"), changed=changed_parameters())
def test_a_case_is_decided_as_under_the_edited_file(situation, changed):
    """Everything of the decision but the receipt's digest."""
    values = {name: as_given(name, spelled) for name, spelled in changed.items()}
    try:
        expected = read(edited(situation.made, changed))
    except PackError:
        return
    case = Case.model_validate(situation.case)
    decisions = [
        decide(pack, case, on=situation.on).model_dump(mode="json")
        for pack in (expected, situation.made.pack.with_parameters(**values))
    ]
    for each in decisions:
        each["receipt"]["digest"] = ""

    assert decisions[0] == decisions[1]


def test_most_of_the_changes_that_are_tried_can_be_made():
    """Else the laws above would hold of little."""
    made = [each for shape in get_args(Shape) for each in generated(shape)]
    done = refused = 0
    for each in made[:40]:
        for name, values in OTHER.items():
            for spelled in values:
                try:
                    each.pack.with_parameters(**{name: as_given(name, spelled)})
                    done += 1
                except PackError:
                    refused += 1

    assert done > 9 * refused > 0


AGE = {"id": "adult", "kind": "strict", "require": {"age": {"at_least": "adult_age"}}}
TWO: dict[str, Any] = {
    "parameters": {
        "adult_age": {"years": "18"},
        "dearest": {"amount": "27.50"},
        "cutoff": {"date": "2010-03-01"},
        "groups": {"values": ["balance", "strength"]},
        "wait": {"weeks": "8"},
        "steps": {"number": "3"},
    },
    "requirements": [AGE],
    "notices": [{"id": "groups-only", "when": {"requested": {"only": "groups"}}}],
}


@pytest.fixture(scope="module")
def pack(tmp_path_factory: Any) -> Pack:
    return make_pack(tmp_path_factory.mktemp("rules"), **TWO)


def test_another_age_is_another_answer(pack):
    case = {"birth_date": "1998-05-10"}

    assert "granted" == answer(pack, **case).outcome
    assert "rejected" == answer(pack.with_parameters(adult_age=20), **case).outcome


def test_the_pack_itself_stays_as_it_is(pack):
    before = pickle.dumps(pack)
    pack.with_parameters(adult_age=20)

    assert before == pickle.dumps(pack)


def test_a_changed_pack_can_be_pickled(pack):
    changed = pack.with_parameters(adult_age=20)
    again = pickle.loads(pickle.dumps(changed))

    assert again.versions == changed.versions
    assert repr(again) == repr(changed)


def test_a_changed_pack_says_that_it_is(pack):
    changed = pack.with_parameters(adult_age=20)

    assert repr(changed) == "<Pack toy: 2015-01-01 with other parameters>"
    assert {"adult_age": 20} == changes(changed.versions[0])
    assert {} == changes(pack.versions[0])
    assert changed.versions[0].digest.startswith(f"{pack.versions[0].digest}+")


def test_a_receipt_goes_with_the_pack_that_it_was_made_under_alone(pack):
    changed = pack.with_parameters(adult_age=20)
    case = make_case(birth_date="1998-05-10")
    for one, other in ((pack, changed), (changed, pack), (changed, pack.with_parameters(adult_age=21))):
        receipt = decide(one, case, on=DAY).model_dump(mode="json")["receipt"]

        assert decide(one, case, on=DAY).outcome == replay(one, json.loads(json.dumps(receipt))).outcome
        with pytest.raises(PackError) as found:
            replay(other, receipt)
        assert [("receipt.digest", "receipt-mismatch")] == [(each.place, each.code) for each in found.value.problems]


def test_it_is_the_same_in_one_step_and_in_several(pack):
    """Whatever the order, and whatever was between."""
    once = pack.with_parameters(adult_age=20, steps=5)

    assert once.versions == pack.with_parameters(steps=5).with_parameters(adult_age=20).versions
    assert once.versions == pack.with_parameters(adult_age=67, steps=5).with_parameters(adult_age=20).versions


def test_with_the_values_of_its_file_it_is_the_pack_itself(pack):
    """Its receipts are those of the pack then."""
    same = pack.with_parameters(adult_age=18, dearest=27.5, cutoff="2010-03-01", groups=["balance", "strength"])

    assert pack.versions == same.versions
    assert pack.versions == pack.with_parameters(adult_age=20).with_parameters(adult_age=18).versions
    assert pack.versions == pack.with_parameters().versions


def test_equal_values_have_one_digest(pack):
    """However they are written."""
    digests = {
        pack.with_parameters(dearest=value).versions[0].digest for value in (30, 30.0, Decimal("30.00"), Decimal("3E1"))
    }

    assert 1 == len(digests)


def test_every_version_that_declares_it_has_the_new_value(tmp_path):
    rules: dict[str, Any] = {"requirements": [AGE], "parameters": {"adult_age": {"years": "18"}}}
    make_pack(tmp_path, valid_from="2010-01-01", valid_to="2014-12-31")
    make_pack(tmp_path, valid_from="2015-01-01", **rules)
    pack = make_pack(tmp_path, valid_from="2020-01-01", **rules).with_parameters(adult_age=20)

    assert [{}, {"adult_age": 20}, {"adult_age": 20}] == [changes(version) for version in pack.versions]
    assert [None, 20, 20] == [next((named.value for _, named in version.parameters), None) for version in pack.versions]


def test_a_pack_stays_narrowed_to_its_day(pack):
    assert DAY == pack.narrow(DAY).with_parameters(adult_age=20).narrowed_to


WHOLE = "a whole number from 0"
AMOUNT = "a number such as `27.50`"
DATE = "a date that exists, as `YYYY-MM-DD` or a `datetime.date`"
SEVERAL = "a list that names at least one value"
WRONG: list[tuple[str, Any, str, str, str]] = [
    ("adult_age", "20", "wrong-type", "the text `20`", WHOLE),
    ("adult_age", True, "wrong-type", "`true`", WHOLE),
    ("adult_age", 20.0, "wrong-type", "`20.0`", WHOLE),
    ("adult_age", -1, "wrong-value", "`-1`", WHOLE),
    ("adult_age", 10**9, "wrong-value", "a very long number", WHOLE),
    ("adult_age", None, "wrong-type", "`null`", WHOLE),
    ("wait", -1, "wrong-value", "`-1`", WHOLE),
    ("steps", "x", "wrong-type", "the text `x`", "a whole number"),
    ("steps", -(10**9), "wrong-value", "a very long number", "a whole number"),
    ("dearest", "30", "wrong-type", "the text `30`", AMOUNT),
    ("dearest", float("nan"), "wrong-value", "`nan`", AMOUNT),
    ("dearest", float("inf"), "wrong-value", "a very long number", AMOUNT),
    ("dearest", False, "wrong-type", "`false`", AMOUNT),
    ("cutoff", "2010-02-30", "wrong-value", "`2010-02-30`", DATE),
    ("cutoff", datetime(2010, 2, 3), "wrong-type", "`2010-02-03T00:00:00`", DATE),  # noqa: DTZ001
    ("groups", "balance", "wrong-type", "the text `balance`", SEVERAL),
    ("groups", [], "wrong-value", "a list", SEVERAL),
    ("groups", ["balance", " "], "wrong-value", "a list", SEVERAL),
    ("groups", ["balance", 1], "wrong-value", "a list", SEVERAL),
]


@pytest.mark.parametrize(("name", "value", "code", "said", "hint"), WRONG, ids=lambda value: str(value)[:40])
def test_what_is_no_value_is_told(pack, name, value, code, said, hint):
    unit = dict(pack.versions[0].parameters)[name].unit
    with pytest.raises(PackError) as found:
        pack.with_parameters(**{name: value})

    message = f"{said} is no value of `{name}`, which is given as `{unit}`"
    assert [Problem(f"parameters.{name}", code, message, hint)] == list(found.value.problems)


def test_a_name_that_is_no_parameter_is_told_with_the_nearest(pack):
    with pytest.raises(PackError) as found:
        pack.with_parameters(adult_agee=20)

    message, hint = "`adult_agee` is no parameter of the pack `toy`", "did you mean `adult_age`?"
    assert [Problem("parameters.adult_agee", "unknown-parameter", message, hint)] == list(found.value.problems)


def test_a_value_that_the_fact_does_not_have_is_told_with_the_rule_that_reads_it(pack):
    with pytest.raises(PackError) as found:
        pack.with_parameters(groups=["balnce"])

    message = "in `groups-only`: parameter `groups` names `balnce`, which is no value of `requested`"
    expected = Problem("parameters.groups", "unknown-value", message, "did you mean `balance`?")
    assert [expected] == list(found.value.problems)


def test_all_that_is_wrong_is_told_at_once(pack):
    with pytest.raises(PackError) as found:
        pack.with_parameters(adult_age="x", dearest=[], nothing=1)

    assert ["parameters.nothing", "parameters.adult_age", "parameters.dearest"] == [
        each.place for each in found.value.problems
    ]


def test_a_requirement_that_nobody_could_fail_is_refused_as_in_a_file(tmp_path):
    rules: dict[str, Any] = {
        "facts": {"level": {"type": "int", "minimum": "0", "maximum": "4"}},
        "parameters": {"lowest": {"number": "2"}},
        "requirements": [{"id": "level", "kind": "strict", "require": {"level": {"at_least": "lowest"}}}],
    }
    pack = make_pack(tmp_path, **rules)

    for value, code in ((0, "never-fails"), (5, "never-holds")):
        with pytest.raises(PackError) as found:
            pack.with_parameters(lowest=value)
        assert [("parameters.lowest", code)] == [(each.place, each.code) for each in found.value.problems]


def test_a_parameter_may_be_called_what_python_calls_things(tmp_path):
    """`self`, and words that can be no name in Python."""
    pack = make_pack(
        tmp_path,
        parameters={"self": {"years": "18"}, "in": {"years": "18"}},
        requirements=[AGE | {"require": {"age": {"at_least": "self"}}}],
    )

    assert {"self": 20, "in": 3} == changes(pack.with_parameters(self=20, **{"in": 3}).versions[0])


def test_settings_of_the_command_line_are_read_by_their_units(pack):
    texts = ["adult_age=20", "dearest=30.5", "cutoff=2010-05-01", "groups=massage,heat_packs", "steps=-1"]
    found = pack.with_parameters(**read_settings(pack, texts))

    expected = {"adult_age": 20, "dearest": 30.5, "cutoff": "2010-05-01", "groups": ["massage", "heat_packs"]}
    assert {**expected, "steps": -1} == {name: plain(value) for name, value in changes(found.versions[0]).items()}
    for wrong in (["adult_age"], ["adult_age=1", "adult_age=2"], ["adult_age=x"], ["nothing=1"], ["dearest=1,5"]):
        with pytest.raises(PackError):
            pack.with_parameters(**read_settings(pack, wrong))


def test_the_age_in_a_real_pack_can_be_raised():
    pack = load_pack("sundhed-og-traening")

    assert {"adult_age": 20} == changes(pack.with_parameters(adult_age=20).versions[0])
