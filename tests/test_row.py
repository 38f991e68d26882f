"""One row of a table: the case that it says, what is decided of it, and what is wrong with it, stage by stage."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from packs import DAY, FINDING, NEED, make_case, make_pack, write_pack
from tables import Table, packs_for_tables, table

from vedligehold import Case, CaseError, NotInForce, Pack, decide, load_pack
from vedligehold.facts import EVENTS, FactType
from vedligehold.table.cells import cell, spelled
from vedligehold.table.columns import LISTS, RESULTS
from vedligehold.table.row import Rows, case_of_row, decided_row

FACTS: dict[str, Any] = {
    "motivated": {"type": "bool", "assessed": "true"},
    "level": {"type": "int", "minimum": "0", "maximum": "4"},
    "fee": {"type": "decimal"},
    "left_on": {"type": "date"},
    "weeks": {"type": "int", "unit": "weeks", "span": {"from": "left_on", "to": "decided_on"}},
    "pension": {"type": "choice", "choices": {"early": {"da": "Førtid", "en": "Early"}}},
    "aids": {
        "type": "set",
        "choices": {"stick": {"da": "Stok", "en": "Stick"}, "frame": {"da": "Stel", "en": "Frame"}},
    },
}
WILL = {"id": "will", "kind": "discretionary", "require": "motivated"}
PARTS: dict[str, Any] = {
    "facts": FACTS,
    "requirements": [
        NEED,
        WILL,
        {"id": "aided", "kind": "strict", "require": {"aids": {"any_of": ["stick", "frame"]}}},
    ],
    "leave_out": [{"id": "heat", "items": ["heat_packs", "massage"]}],
    "deadlines": [
        {"id": "contact", "from": "referral_received", "within": {"workdays": "5"}, "kind": "target"},
        {"id": "start", "from": "granted", "within": {"weeks": "2"}, "kind": "target"},
        {"id": "review", "from": "granted", "within": {"months": "12"}, "kind": "target"},
    ],
}
GRANTED = {"needs_maintenance": True, "motivated": True, "aids": ["stick"]}


@pytest.fixture(scope="module")
def pack(tmp_path_factory: Any) -> Pack:
    return make_pack(tmp_path_factory.mktemp("rules"), **PARTS)


def problems(pack: Pack, on: Any = DAY, **row: Any) -> list[str]:
    """What is wrong with a row, which is then nothing but invalid."""
    found = decided_row(pack, row, on=on)
    wrong: list[str] = found["problems"]
    if wrong:
        told = ("outcome", "problems", "decided_on", "version")
        assert "invalid" == found["outcome"]
        assert [[] if name in LISTS else None for name in found if name not in told] == [
            value for name, value in found.items() if name not in told
        ]
    return wrong


# ----------------------------------------------------------------------------------------------------------------------
# What a row says


def test_a_row_says_what_a_case_says_in_its_sections(pack):
    """By name, without the sections."""
    row = {
        "birth_date": date(1948, 3, 2),
        "needs_maintenance": True,
        "received_on": "2017-05-01",
        "referred_by": "hospital",
        "requested": ["balance"],
        "level": 2,
        "aids": ["stick"],
        "self_reported": ["motivated"],
        "finding_will": True,
        "granted_on": date(2017, 5, 4),
        "another column": object(),
    }
    case = case_of_row(pack, row, on=DAY)
    finding = {**FINDING, "reason": case.findings["will"].reason, "by": case.findings["will"].by, "on": DAY}

    assert case == make_case(
        birth_date="1948-03-02",
        needs_maintenance=True,
        received_on="2017-05-01",
        referred_by="hospital",
        requested=["balance"],
        facts={"level": 2, "aids": ["stick"]},
        self_reported=["motivated"],
        findings={"will": finding},
        events=[{"type": "granted", "on": "2017-05-04"}],
    )


def test_an_empty_row_is_an_empty_case(pack):
    assert Case() == case_of_row(pack, {})


@pytest.mark.parametrize("nothing", [None, float("nan"), Decimal("NaN"), Decimal("sNaN")])
def test_nothing_in_a_cell_is_unknown(pack, nothing):
    columns = "birth_date can_self_train referred_by requested level fee pension aids self_reported cpr granted_on"

    assert Case() == case_of_row(pack, dict.fromkeys([*columns.split(), "finding_will", "aids_"], nothing))


def test_a_row_is_decided_as_its_case_is(pack):
    row = {**GRANTED, "requested": ["balance", "massage"], "received_on": "2017-05-01", "granted_on": "2017-05-04"}
    found = decided_row(pack, row, on=DAY)
    decision = decide(pack, case_of_row(pack, row), on=DAY)

    assert found == {
        "outcome": "granted",
        "partial": True,
        "because": [],
        "missing": [],
        "excluded": ["massage"],
        "warnings": [each.code for each in decision.warnings],
        "problems": [],
        "decided_on": DAY,
        "version": date(2015, 1, 1),
        "due_contact": date(2017, 5, 8),
        "due_start": date(2017, 5, 18),
        "due_review": date(2018, 5, 4),
        **{
            f"due_{each.id}": each.due_on
            for each in decision.deadlines
            if each.id not in ("contact", "start", "review")
        },
    }


def test_because_and_missing_say_why(pack):
    found = decided_row(pack, {"needs_maintenance": False}, on=DAY)
    asking = decided_row(pack, {"needs_maintenance": True, "motivated": True}, on=DAY)

    assert ("rejected", ["need"], []) == (found["outcome"], found["because"], found["missing"])
    assert ("aids", ["aided"]) == (asking["missing"][-1], asking["because"][-1:])


def test_a_set_by_list_and_by_items_says_the_same(pack):
    items = {"requested_balance": True, "requested_massage": True, "aids_stick": True, "aids_frame": False}
    listed = {"requested": ["balance", "massage"], "aids": ["stick"]}
    rest = {"needs_maintenance": True, "motivated": True}

    assert case_of_row(pack, rest | listed) == case_of_row(pack, rest | items)
    assert decided_row(pack, rest | listed, on=DAY) == decided_row(pack, rest | items, on=DAY)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"aids_stick": True, "aids_frame": None}, None),
        ({"aids_stick": True}, None),
        ({"aids_stick": False, "aids_frame": False}, ()),
        ({"aids_stick": True, "aids_frame": True}, ("stick", "frame")),
    ],
)
def test_an_unknown_item_makes_the_set_unknown(pack, row, said):
    """An unknown is never a no."""
    assert said == case_of_row(pack, row).facts.get("aids")


def test_what_nothing_is_said_of_is_not_asked_for_and_not_self_reported(pack):
    row = {"requested_balance": True, "requested_massage": None, "requested_strength": False}
    row |= {"self_reported_motivated": True, "self_reported_level": None, "self_reported_aids": False}
    case = case_of_row(pack, row)

    assert ("balance",) == case.referral.requested
    assert ("motivated",) == case.self_reported


def test_a_list_has_no_order_of_its_own(pack):
    row = {"requested": ["massage", "balance"], "aids": ["frame", "stick"], "self_reported": ["level", "motivated"]}
    case = case_of_row(pack, row)

    assert ("balance", "massage") == case.referral.requested
    assert ("stick", "frame") == case.facts["aids"]
    assert ("motivated", "level") == case.self_reported


def test_a_number_is_the_same_number_in_whatever_column_it_stands(pack):
    """pandas makes floats of whole numbers where one is missing, and a column of decimals has the places of all."""
    assert 2 == case_of_row(pack, {"level": 2.0}).facts["level"]
    assert type(case_of_row(pack, {"level": 2.0}).facts["level"]) is int
    assert "27.5" == str(case_of_row(pack, {"fee": Decimal("27.500000")}).facts["fee"])


def test_a_time_at_midnight_is_its_date(pack):
    midnight = datetime(2017, 5, 4)  # noqa: DTZ001

    assert date(2017, 5, 4) == case_of_row(pack, {"granted_on": midnight}).events[0].on
    assert ["granted_on:wrong-type"] == problems(pack, granted_on=midnight.replace(second=1))


@pytest.mark.parametrize("number", ["020348-1234", "0203481234"])
def test_a_cpr_number_is_the_birth_date_and_is_gone(pack, number):
    case = case_of_row(pack, {"cpr": number})

    assert date(1948, 3, 2) == case.citizen.birth_date
    assert number not in repr(case)
    assert number not in repr(decided_row(pack, {"cpr": number}, on=DAY))


def test_every_event_has_a_column(pack):
    kinds = [kind for kind in EVENTS if kind != "referral_received"]
    case = case_of_row(pack, {f"{kind}_on": DAY for kind in reversed(kinds)})

    assert kinds == [event.type for event in case.events]


def test_a_finding_is_dated_on_the_day_of_the_decision(pack):
    assert DAY == case_of_row(pack, {"finding_will": False}, on=DAY).findings["will"].on


# ----------------------------------------------------------------------------------------------------------------------
# What is wrong with a row


STAGES: list[tuple[list[str], dict[str, Any]]] = [
    # S0: an item that says neither yes nor no
    (["requested_balance:wrong-type", "aids_stick:wrong-type"], {"aids_stick": "yes", "requested_balance": 1}),
    (["self_reported_level:wrong-type"], {"self_reported_level": "true", "can_self_train": "x"}),
    # S1: no value of the field
    (["can_self_train:wrong-type", "consent_given:wrong-type"], {"consent_given": 1, "can_self_train": "true"}),
    (["municipality_code:bad-code"], {"municipality_code": "840"}),
    (["birth_date:wrong-date"], {"birth_date": "2010-4-8"}),
    (["referred_by:unknown-value"], {"referred_by": ""}),
    (["requested:unknown-value"], {"requested": ["x", "balance", None]}),
    (["requested:duplicate-value"], {"requested": ["balance", "balance"]}),
    (["self_reported:wrong-type"], {"self_reported": ["motivated", None]}),
    (["pension:cpr-in-text"], {"pension": "020348-1234"}),
    (["pension:control-character"], {"pension": "a\x07"}),
    (["fee:wrong-type"], {"fee": float("inf")}),
    (["finding_will:wrong-type"], {"finding_will": 1}),
    (["granted_on:outside-calendar", "rejected_on:wrong-date"], {"granted_on": date(1989, 12, 31), "rejected_on": ""}),
    (["cpr:bad-cpr"], {"cpr": "0203481"}),
    (["cpr:contradiction"], {"cpr": "020348-1234", "birth_date": date(1948, 3, 3)}),
    # S2: what cannot both be
    (["birth_date:impossible-date"], {"birth_date": "2017-05-02", "received_on": "2017-05-01"}),
    (["granted_on:impossible-date"], {"birth_date": "2017-05-02", "granted_on": "2017-05-01", "level": 9}),
    (["referral_received_on:contradiction"], {"received_on": "2017-05-01", "referral_received_on": "2017-05-02"}),
    (["waiting_list_left_on:impossible-date"], {"waiting_list_left_on": "2017-05-01"}),
    # S4: what the pack does not know
    (["birth_date:impossible-date"], {"birth_date": "2017-05-11"}),
    (["level:unknown-value", "fee:wrong-type"], {"fee": "x", "level": 5}),
    (["level:wrong-type"], {"level": True}),
    (["aids:unknown-value"], {"aids": ["stick", "stick"]}),
    (["self_reported:unknown-fact"], {"self_reported": ["motivated", "nothing", "other"]}),
    (["finding_need:finding-not-allowed"], {"finding_need": True}),
    (["finding_nothing:unknown-finding"], {"finding_nothing": False}),
    # S5: a deadline that runs out of the calendar
    (["received_on:outside-calendar"], {"received_on": "2100-12-30"}),
    (["referral_received_on:outside-calendar"], {"referral_received_on": "2100-12-30"}),
    (["received_on:outside-calendar"], {"received_on": "2100-12-30", "referral_received_on": "2100-12-30"}),
    (
        ["received_on:outside-calendar", "granted_on:outside-calendar"],
        {"granted_on": "2100-12-30", "received_on": "2100-12-30"},
    ),
]


@pytest.mark.parametrize(("said", "row"), STAGES, ids=[" ".join(said) for said, _ in STAGES])
def test_what_is_wrong_is_told_by_column_and_code(pack, said, row):
    """Each once, in the order of a case; what an earlier stage finds is told alone."""
    assert said == problems(pack, **row)


@pytest.mark.parametrize(
    ("said", "on"),
    [
        ("wrong-date", None),
        ("wrong-date", "2017-5-10"),
        ("wrong-date", " 2017-05-10"),
        ("wrong-date", 20170510),
        ("wrong-date", datetime(2017, 5, 10, 1)),  # noqa: DTZ001
        ("not-in-force", date(2014, 12, 31)),
        (None, "2017-05-10"),
        (None, datetime(2017, 5, 10)),  # noqa: DTZ001
    ],
)
def test_the_day_of_the_decision_may_stand_in_a_column(pack, said, on):
    """What is wrong with it is told after what no case may say, and before what the pack does not know."""
    assert ([] if said is None else [f"afgjort:{said}"]) == problems(pack, on="afgjort", afgjort=on)
    assert ["level:unknown-value" if said is None else f"afgjort:{said}"] == problems(
        pack, on="afgjort", afgjort=on, level=9
    )
    assert ["fee:wrong-type"] == problems(pack, on="afgjort", afgjort=on, fee=object())


def test_an_invalid_row_has_the_day_and_the_version_that_there_is(pack):
    rows = Rows(pack, ["afgjort", "level"], "afgjort")
    found = [rows.decided({"afgjort": day, "level": 9}) for day in (DAY, date(2014, 1, 1), None)]

    assert [DAY, date(2014, 1, 1), None] == [each["decided_on"] for each in found]
    assert [date(2015, 1, 1), None, None] == [each["version"] for each in found]


def test_a_row_that_is_no_case_is_refused_by_its_columns(pack):
    with pytest.raises(CaseError) as raised:
        case_of_row(pack, {"requested": ["balance", "x"], "granted_on": "x", "finding_will": "x"})

    assert ["requested", "finding_will", "granted_on"] == [each.place for each in raised.value.problems]


def test_a_column_of_findings_is_told_without_the_number_in_its_name(pack):
    assert ["finding_######-####:cpr-in-text"] == problems(pack, **{"finding_020348-1234": True})


def test_a_day_on_which_no_version_is_in_force_is_refused(pack):
    with pytest.raises(NotInForce):
        decided_row(pack, {}, on=date(2014, 12, 31))


# ----------------------------------------------------------------------------------------------------------------------
# Versions


@pytest.fixture(scope="module")
def changed(tmp_path_factory: Any) -> Pack:
    """A pack of which the second version has another item, another fact and another deadline."""
    rules = tmp_path_factory.mktemp("rules")
    aids = FACTS["aids"]
    more = {**aids, "choices": {**aids["choices"], "chair": {"da": "Stol", "en": "Chair"}}}
    later = {**FACTS, "aids": more, "goal": {"type": "int"}}
    write_pack(rules, **PARTS)
    parts = {**PARTS, "facts": {name: fact for name, fact in later.items() if name != "fee"}}
    parts["deadlines"] = [{"id": "later", "from": "granted", "within": {"days": "1"}, "kind": "target"}]
    write_pack(rules, **parts, valid_from="2016-01-01")
    return load_pack("toy", rules=rules)


OLD, NEW = date(2015, 6, 1), date(2016, 6, 1)


def test_a_row_is_decided_under_the_version_of_its_day(changed):
    row = {**GRANTED, "granted_on": OLD}
    old, new = (decided_row(changed, {**row, "on": day}, on="on") for day in (OLD, NEW))

    assert [date(2015, 1, 1), date(2016, 1, 1)] == [old["version"], new["version"]]
    assert [date(2015, 6, 15), None] == [old["due_start"], new["due_start"]]
    assert [None, date(2015, 6, 2)] == [old["due_later"], new["due_later"]]


@pytest.mark.parametrize("on", ["on", None])
def test_a_row_that_states_what_its_version_does_not_know_is_told_so(changed, on):
    """Also where only one version is asked about."""
    wrong = {
        (day, name): decided_row(changed, {"on": day, name: 1}, on=on or day)["problems"]
        for day in (OLD, NEW)
        for name in ("fee", "goal")
    }

    assert {
        (OLD, "fee"): [],
        (OLD, "goal"): ["goal:unknown-fact"],
        (NEW, "fee"): ["fee:unknown-fact"],
        (NEW, "goal"): [],
    } == wrong


def test_a_set_by_items_needs_the_items_of_its_own_version(changed):
    """An item of another version says nothing, unless somebody says yes."""
    row = {"aids_stick": True, "aids_frame": False}

    assert ("stick",) == case_of_row(changed, row, on=OLD).facts["aids"]
    assert "aids" not in case_of_row(changed, row, on=NEW).facts
    assert ("stick",) == case_of_row(changed, row | {"aids_chair": False}, on=NEW).facts["aids"]
    assert ["aids:unknown-value"] == problems(changed, on=OLD, **row, aids_chair=True)


# ----------------------------------------------------------------------------------------------------------------------
# Columns


def notes(pack: Pack, *names: str, on: Any = DAY) -> list[tuple[str, str]]:
    """What is told of the columns, but for what is missing from them."""
    found = Rows(pack, names, on).columns.notes
    return [(each.place, each.code) for each in found if each.code != "missing-column"]


def missing(pack: Pack, *names: str) -> set[str]:
    return {each.place for each in Rows(pack, names, DAY).columns.notes if each.code == "missing-column"}


def test_a_missing_column_is_told_and_is_unknown_in_every_row(pack):
    assert {"needs_maintenance", "motivated", "aids"} <= missing(pack)
    assert missing(pack) - {"motivated"} == missing(pack, "motivated")


def test_a_set_by_items_lacks_those_without_a_column(pack):
    assert "aids" in missing(pack, "aids_stick")
    assert "aids" not in missing(pack, "aids_stick", "aids_frame")
    assert "aids" not in missing(pack, "aids")


def test_what_no_rule_reads_and_what_is_asked_for_is_not_missed(pack):
    assert not missing(pack) & {"fee", "pension", "requested", "requested_setting", "requested_transport", "cpr"}


def test_a_misspelt_column_is_told_and_any_other_goes_through(pack):
    assert [("motivted", "column-not-read")] == notes(pack, "motivted", "navn", "sag", "requested")


def test_a_derived_column_is_not_read(pack):
    assert [("age", "column-not-read"), ("weeks", "column-not-read")] == notes(pack, "age", "weeks")


def test_the_column_of_the_decision_date_is_read(pack):
    """However near its name is to another."""
    assert [] == notes(pack, "decision_set_on", on="decision_set_on")
    assert [("decision_set_on", "column-not-read")] == notes(pack, "decision_set_on")


def test_a_finding_on_what_takes_none_is_told(pack):
    names = ("finding_will", "finding_need", "finding_x")

    assert [("finding_need", "finding-not-allowed"), ("finding_x", "unknown-finding")] == notes(pack, *names)


@pytest.mark.parametrize("name", [*RESULTS, "due_contact", "due_start"])
def test_a_column_that_comes_out_cannot_go_in(pack, name):
    with pytest.raises(CaseError) as raised:
        Rows(pack, [name], DAY)

    assert [(name, "taken-column")] == [(each.place, each.code) for each in raised.value.problems]


@pytest.mark.parametrize("name", ["requested", "aids", "self_reported"])
def test_a_set_is_said_once(pack, name):
    item = {"requested": "balance", "aids": "frame", "self_reported": "level"}[name]
    with pytest.raises(CaseError) as raised:
        Rows(pack, [name, f"{name}_{item}"], DAY)

    assert [(name, "column-twice")] == [(each.place, each.code) for each in raised.value.problems]


def test_the_column_of_the_decision_date_must_be_there(pack):
    with pytest.raises(CaseError) as raised:
        Rows(pack, ["level"], "afgjort")

    assert [("afgjort", "missing-column")] == [(each.place, each.code) for each in raised.value.problems]


# ----------------------------------------------------------------------------------------------------------------------
# Cells of text


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("bool", "true", True),
        ("bool", "false", False),
        ("bool", "True", "True"),
        ("bool", "1", "1"),
        ("int", "18", 18),
        ("int", "-1", -1),
        ("int", "18.0", 18.0),
        ("int", "018", "018"),
        ("int", " 18", " 18"),
        ("int", "1_000", "1_000"),
        ("int", "9" * 5000, "9" * 5000),
        ("decimal", "27.50", Decimal("27.5")),
        ("decimal", "27,50", "27,50"),
        ("decimal", "1e-7", Decimal("1e-7")),
        ("decimal", "NaN", "NaN"),
        ("decimal", "5", 5),
        ("date", "2010-4-8", "2010-4-8"),
        ("choice", "early", "early"),
        ("code", "0840", "0840"),
        ("set", "stick|frame", ["stick", "frame"]),
        ("set", "stick", ["stick"]),
        ("set", "|", []),
        ("set", "stick|", ["stick", ""]),
        *((kind, "", None) for kind in FactType),
    ],
)
def test_text_is_read_as_a_value_of_its_kind_or_stays_text(kind, text, value):
    found = spelled(FactType(kind), text)

    assert value == found
    assert type(value) is type(found)


class _Other:
    """A scalar or an array of another library, as far as it shows."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def tolist(self) -> Any:
        return self.value


def test_a_cell_of_another_library_is_what_it_stands_for():
    assert True is cell(_Other(True))
    assert cell(_Other(float("nan"))) is None
    assert ["a", None] == cell(_Other(["a", None]))
    assert ["a", "b"] == cell([_Other("a"), "b"])
    assert ["a"] == cell(("a",))


def test_a_long_decimal_is_not_rounded():
    number = Decimal("0." + "9" * 37 + "0")

    assert Decimal("0." + "9" * 37) == cell(number)
    assert "0" == str(cell(Decimal("0.000")))
    assert "100" == str(cell(Decimal(100)))
    assert Decimal("Infinity") == cell(Decimal("Infinity"))


# ----------------------------------------------------------------------------------------------------------------------
# Laws


@pytest.fixture(scope="module")
def drawn() -> list[Table]:
    """A small table for every pack there is."""
    return [table(pack, seed, 12) for seed, pack in enumerate(packs_for_tables())]


def test_a_row_is_decided_as_its_case_is_or_says_why_not(drawn):
    """Whatever stands in it."""
    for each in drawn:
        rows = Rows(each.pack, list(each.columns), each.on)
        for number in range(each.rows):
            row = each.row(number)
            found = rows.decided(row)
            if not found["problems"]:
                decision = decide(each.pack, rows.case(row), on=found["decided_on"])

                assert decision.outcome == found["outcome"], (each, number)
                assert decision.because == tuple(found["because"])
                assert {f"due_{rule.id}": rule.due_on for rule in decision.deadlines}.items() <= found.items()
            assert ("invalid" == found["outcome"]) is bool(found["problems"])
            assert set(each.columns).isdisjoint(found)


def test_whatever_a_row_says_every_column_comes_out_in_its_type(drawn):
    for each in drawn:
        rows = Rows(each.pack, list(each.columns), each.on)
        for number in range(each.rows):
            found = rows.decided(each.row(number))

            assert list(rows.results) == list(found)
            assert str is type(found["outcome"])
            assert all(type(found[name]) is list and {str} >= {type(one) for one in found[name]} for name in LISTS)
            assert found["partial"] is None or type(found["partial"]) is bool
            dates = [value for name, value in found.items() if name.startswith("due_") or name in RESULTS[-2:]]
            assert {date, type(None)} >= {type(value) for value in dates}


def test_columns_in_any_order_say_the_same(drawn):
    for each in drawn:
        names = list(each.columns)
        there, back = Rows(each.pack, names, each.on), Rows(each.pack, names[::-1], each.on)
        row = each.row(0)

        assert there.decided(row) == back.decided({name: row[name] for name in names[::-1]})


def test_a_table_is_the_same_every_time():
    pack = load_pack("rebild")

    assert repr(table(pack, 3, 20).columns) == repr(table(pack, 3, 20).columns)
    assert table(pack, 3, 20).columns != table(pack, 4, 20).columns


def test_most_rows_are_cases(drawn):
    found = [
        Rows(each.pack, list(each.columns), each.on).decided(each.row(number))["outcome"]
        for each in drawn
        for number in range(each.rows)
    ]

    assert 0.05 < found.count("invalid") / len(found) < 0.3
    assert 6 == len(set(found))
