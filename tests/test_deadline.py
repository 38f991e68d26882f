"""Deadlines: the date, and every day that was passed over on the way to it."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from packs import DAY, NEED, answer, events, make_pack, words

from vedligehold import CaseError, Deadline, NotInForce, Pack, WorkdayCalendar, due, load_pack
from vedligehold.deadline import count as counted_by
from vedligehold.source import Words

MONDAY = "2017-05-01"
"""1 May 2017. The 12th was Store bededag, the 25th Ascension Day, 5 June Whit Monday."""
OPEN = ("waiting_list_entered", "2017-05-03")
PAUSED = (OPEN, ("waiting_list_left", "2017-05-09"))
Counted = Callable[..., Deadline]


@pytest.fixture
def counted(tmp_path: Path) -> Counted:
    """Count one deadline, of a pack made for it, from the referral on *start* and what else happened."""

    def count(
        within: dict[str, Any], *happened: tuple[str, str], start: str | None = MONDAY, top: Any = None, **rule: Any
    ) -> Deadline:
        entry = {"id": "reply", "from": "referral_received", "within": within, "kind": "promise", **rule}
        pack = make_pack(tmp_path, deadlines=[entry], **(top or {}))
        all_events = [*happened] if start is None else [("referral_received", start), *happened]
        return by_id(answer(pack, events=events(*all_events)).deadlines)["reply"]

    return count


def by_id(deadlines: Any) -> dict[str, Deadline]:
    """Deadlines by their ids."""
    return {each.id: each for each in deadlines}


def days(deadline: Deadline) -> list[str]:
    """The days passed over."""
    return [str(each.on) for each in deadline.skipped]


def test_workdays_pass_over_weekends_and_holidays_and_say_so_in_both_languages(counted: Counted):
    """Five workdays from a Friday, over Store bededag."""
    deadline = counted({"workdays": 5}, start="2017-05-05")

    assert date(2017, 5, 15) == deadline.due_on
    assert date(2017, 5, 15) == deadline.late_after
    assert date(2017, 5, 5) == deadline.start_on
    assert [
        (date(2017, 5, 6), Words("lørdag", "Saturday")),
        (date(2017, 5, 7), Words("søndag", "Sunday")),
        (date(2017, 5, 12), Words("Store bededag", "Great Prayer Day")),
        (date(2017, 5, 13), Words("lørdag", "Saturday")),
        (date(2017, 5, 14), Words("søndag", "Sunday")),
    ] == [(each.on, each.why) for each in deadline.skipped]


def test_a_deadline_repeats_its_rule_so_that_a_letter_can_print_it(counted: Counted):
    """Title, kind, count, what fulfils it, calendar and citation."""
    deadline = counted({"workdays": 5}, met_by="appointment_given")

    assert ("reply", "promise", "referral_received", "appointment_given") == (
        deadline.id,
        deadline.kind,
        deadline.start_event,
        deadline.met_by,
    )
    assert (5, "workdays", WorkdayCalendar()) == (deadline.amount, deadline.unit, deadline.calendar)
    assert deadline.citation is not None
    assert ("S1",) == deadline.citation.statements


@pytest.mark.parametrize(
    ("within", "last"),
    [
        ({"workdays": 0}, "2017-05-01"),
        ({"workdays": 1}, "2017-05-02"),
        ({"days": 0}, "2017-05-01"),
        ({"days": 14}, "2017-05-15"),
        ({"weeks": 12}, "2017-07-24"),
        ({"months": 3}, "2017-08-01"),
    ],
)
def test_day_zero_is_not_counted_in_any_unit(counted: Counted, within: dict[str, int], last: str):
    """Zero of a unit is the start day itself; calendar units pass over nothing."""
    deadline = counted(within)

    assert last == str(deadline.due_on)
    assert () == deadline.skipped


def test_zero_workdays_is_the_start_day_even_on_a_sunday(counted: Counted):
    """Nothing is counted, so nothing moves it."""
    deadline = counted({"workdays": 0}, start="2017-05-07")

    assert date(2017, 5, 7) == deadline.due_on
    assert [] == days(deadline)


@pytest.mark.parametrize(("start", "passed"), [("2017-05-06", ["2017-05-07"]), ("2017-05-07", [])])
def test_the_start_day_is_not_passed_over_even_when_it_is_closed(counted: Counted, start: str, passed: list[str]):
    """From a Saturday and from a Sunday, one workday on: it is day zero, and was never to be counted."""
    deadline = counted({"workdays": 1}, start=start)

    assert date(2017, 5, 8) == deadline.due_on
    assert passed == days(deadline)


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        ("2017-01-31", 1, "2017-02-28"),
        ("2016-01-31", 1, "2016-02-29"),
        ("2017-01-31", 2, "2017-03-31"),
        ("2017-01-31", 3, "2017-04-30"),
        ("2016-02-29", 12, "2017-02-28"),
        ("2017-11-30", 3, "2018-02-28"),
    ],
)
def test_months_are_counted_as_wholes_from_the_start_date(counted: Counted, start: str, months: int, last: str):
    """The day of the month, or the last one where there is no such day; never month by month."""
    assert last == str(counted({"months": months}, start=start).due_on)


# Pauses


def test_a_pause_takes_its_workdays_out_of_the_count(counted: Counted):
    """Entered Wednesday, left Tuesday: Tuesday the 2nd is the first day, Tuesday the 9th the second."""
    deadline = counted({"workdays": 5}, *PAUSED, pause="waiting_list")

    assert date(2017, 5, 15) == deadline.due_on
    assert [("2017-05-03", "2017-05-09")] == [(str(each.start), str(each.end)) for each in deadline.paused]
    assert Words("på venteliste", "on a waiting list") == deadline.paused[0].why


def test_a_day_inside_a_pause_is_not_named_as_skipped_too(counted: Counted):
    """The weekend of the 6th lies in the pause, that of the 13th does not."""
    deadline = counted({"workdays": 5}, *PAUSED, pause="waiting_list")

    assert ["2017-05-12", "2017-05-13", "2017-05-14"] == days(deadline)


@pytest.mark.parametrize(
    ("within", "last"),
    [({"days": 10}, "2017-05-17"), ({"weeks": 2}, "2017-05-21"), ({"months": 1}, "2017-06-07")],
)
def test_a_pause_adds_its_calendar_days_to_the_other_units(counted: Counted, within: dict[str, int], last: str):
    """Six days: the one of leaving counts again."""
    assert last == str(counted(within, *PAUSED, pause="waiting_list").due_on)


def test_a_pause_does_nothing_to_a_deadline_that_no_pause_stops(counted: Counted):
    """Without `pause: waiting_list`."""
    deadline = counted({"days": 10}, *PAUSED)

    assert date(2017, 5, 11) == deadline.due_on
    assert () == deadline.paused


@pytest.mark.parametrize("within", [{"workdays": 5}, {"days": 10}, {"weeks": 2}, {"months": 1}])
def test_an_open_pause_leaves_no_date_and_waits_for_its_end(counted: Counted, within: dict[str, int]):
    """The start is known all the same."""
    deadline = counted(within, OPEN, pause="waiting_list")

    assert (None, None) == (deadline.due_on, deadline.late_after)
    assert "waiting_list_left" == deadline.waits_for
    assert date(2017, 5, 1) == deadline.start_on
    assert [(date(2017, 5, 3), None)] == [(each.start, each.end) for each in deadline.paused]
    assert deadline.not_computable is None


def test_an_open_pause_that_begins_before_the_start_stops_the_count_at_once(counted: Counted):
    """The citizen was on the list already."""
    deadline = counted({"workdays": 5}, ("waiting_list_entered", "2017-04-03"), pause="waiting_list")

    assert deadline.due_on is None
    assert "waiting_list_left" == deadline.waits_for


@pytest.mark.parametrize("left", ["2017-04-10", MONDAY])
@pytest.mark.parametrize("within", [{"workdays": 5}, {"days": 7}])
def test_a_pause_that_was_over_before_the_start_does_nothing(counted: Counted, within: dict[str, int], left: str):
    """Nor one that was left on the start day. It is not shown either."""
    before = (("waiting_list_entered", "2017-04-03"), ("waiting_list_left", left))
    deadline = counted(within, *before, pause="waiting_list")

    assert date(2017, 5, 8) == deadline.due_on
    assert () == deadline.paused


@pytest.mark.parametrize("within", [{"workdays": 5}, {"days": 7}])
def test_a_pause_that_begins_after_the_last_day_does_nothing(counted: Counted, within: dict[str, int]):
    """Also one that is still open."""
    deadline = counted(within, ("waiting_list_entered", "2017-05-09"), pause="waiting_list")

    assert date(2017, 5, 8) == deadline.due_on
    assert () == deadline.paused
    assert deadline.waits_for is None


def test_a_pause_that_begins_on_the_last_day_takes_that_day_out(counted: Counted):
    """The day of entering lies inside, the day of leaving does not."""
    on_the_8th = (("waiting_list_entered", "2017-05-08"), ("waiting_list_left", "2017-05-10"))

    assert date(2017, 5, 10) == counted({"workdays": 5}, *on_the_8th, pause="waiting_list").due_on
    assert date(2017, 5, 10) == counted({"days": 7}, *on_the_8th, pause="waiting_list").due_on


def test_a_pause_over_the_start_counts_from_when_it_is_left(counted: Counted):
    """Day zero stays the day of the event."""
    over = (("waiting_list_entered", "2017-04-28"), ("waiting_list_left", "2017-05-04"))
    deadline = counted({"workdays": 5}, *over, pause="waiting_list")

    assert date(2017, 5, 10) == deadline.due_on
    assert date(2017, 5, 1) == deadline.start_on
    assert 1 == len(deadline.paused)


def test_a_pause_left_on_a_weekend_counts_on_from_the_next_workday(counted: Counted):
    """Saturday the 6th: Monday the 8th is the second day."""
    left = (OPEN, ("waiting_list_left", "2017-05-06"))

    assert date(2017, 5, 11) == counted({"workdays": 5}, *left, pause="waiting_list").due_on


def test_a_pause_entered_and_left_on_one_day_is_none(counted: Counted):
    """It holds no day."""
    same = (OPEN, ("waiting_list_left", "2017-05-03"))

    assert date(2017, 5, 8) == counted({"workdays": 5}, *same, pause="waiting_list").due_on


TWO = (
    ("waiting_list_entered", "2017-05-02"),
    ("waiting_list_left", "2017-05-04"),
    ("waiting_list_entered", "2017-05-08"),
    ("waiting_list_left", "2017-05-10"),
)


def test_two_pauses_both_count(counted: Counted):
    """The 4th, 5th, 10th and 11th, and then the 15th."""
    deadline = counted({"workdays": 5}, *TWO, pause="waiting_list")

    assert date(2017, 5, 15) == deadline.due_on
    assert [("2017-05-02", "2017-05-04"), ("2017-05-08", "2017-05-10")] == [
        (str(each.start), str(each.end)) for each in deadline.paused
    ]


def test_the_first_pause_can_bring_the_second_one_into_the_count(counted: Counted):
    """Without the first, five days end on the 6th, before the second begins."""
    assert date(2017, 5, 10) == counted({"days": 5}, *TWO, pause="waiting_list").due_on


def test_left_and_entered_again_on_one_day_is_one_pause_after_the_other(counted: Counted):
    """No day counts between the 3rd and the 9th."""
    again = (("waiting_list_left", "2017-05-05"), ("waiting_list_entered", "2017-05-05"))
    deadline = counted({"workdays": 5}, *PAUSED, *again, pause="waiting_list")

    assert date(2017, 5, 15) == deadline.due_on
    assert [("2017-05-03", "2017-05-05"), ("2017-05-05", "2017-05-09")] == [
        (str(each.start), str(each.end)) for each in deadline.paused
    ]


def test_entered_twice_and_left_once_is_one_pause(counted: Counted):
    """From the first entry on."""
    deadline = counted({"workdays": 5}, *PAUSED, ("waiting_list_entered", "2017-05-04"), pause="waiting_list")

    assert date(2017, 5, 15) == deadline.due_on
    assert 1 == len(deadline.paused)


def test_two_pauses_may_stand_in_any_order(counted: Counted):
    """Events are sorted by their days."""
    deadline = counted({"workdays": 5}, *reversed(TWO), pause="waiting_list")

    assert date(2017, 5, 15) == deadline.due_on


def test_the_end_moves_after_the_pause_has_been_added(counted: Counted):
    """Ten days and three of pause end on a Sunday."""
    left = (OPEN, ("waiting_list_left", "2017-05-06"))
    deadline = counted({"days": 10}, *left, pause="waiting_list", moves="true")

    assert date(2017, 5, 15) == deadline.due_on
    assert ["2017-05-14"] == days(deadline)


# Ends that move, days of which it is not settled, ranges


def test_an_end_on_a_closed_day_stays_where_it_is(counted: Counted):
    """A municipality's own promise does not move unless the pack says so."""
    deadline = counted({"days": 6})

    assert date(2017, 5, 7) == deadline.due_on
    assert [] == days(deadline)


@pytest.mark.parametrize(
    ("number", "last", "passed"),
    [
        (6, "2017-05-08", ["2017-05-07"]),
        (11, "2017-05-15", ["2017-05-12", "2017-05-13", "2017-05-14"]),
        (24, "2017-05-26", ["2017-05-25"]),
        (35, "2017-06-06", ["2017-06-05"]),
        (8, "2017-05-09", []),
    ],
)
def test_an_end_that_moves_goes_to_the_next_workday(counted: Counted, number: int, last: str, passed: list[str]):
    """Over Sunday, Store bededag, Ascension Day, Whit Monday; and not from a workday."""
    deadline = counted({"days": number}, moves="true")

    assert last == str(deadline.due_on)
    assert deadline.due_on == deadline.late_after
    assert passed == days(deadline)


def test_the_earliest_day_of_a_range_moves_as_the_last_one_does(counted: Counted):
    """From Monday six days on is a Sunday, and eleven days on Store bededag."""
    deadline = counted({"days": {"from": 6, "to": 11}}, moves="true")

    assert (date(2017, 5, 8), date(2017, 5, 15)) == (deadline.earliest_on, deadline.due_on)


UNSETTLED = {"uncertain": ["06-05", "12-24", "12-31"]}


@pytest.mark.parametrize(
    ("start", "last", "late"),
    [
        ("2018-05-08", "2018-06-05", "2018-06-06"),
        ("2018-11-26", "2018-12-24", "2018-12-27"),
        ("2018-12-03", "2018-12-31", "2019-01-02"),
        ("2018-11-25", "2018-12-24", "2018-12-27"),
        ("2018-05-09", "2018-06-06", "2018-06-06"),
        ("2016-11-26", "2016-12-27", "2016-12-27"),
    ],
)
def test_on_an_unsettled_day_the_earlier_day_is_told_and_only_the_later_one_is_late(
    counted: Counted, start: str, last: str, late: str
):
    """Constitution Day and the two eves; a Sunday before one; a day after; an eve that is a Saturday anyway."""
    deadline = counted({"weeks": 4}, start=start, moves="true", calendar=UNSETTLED)

    assert (last, late) == (str(deadline.due_on), str(deadline.late_after))


def test_unsettled_days_matter_only_where_the_end_moves(counted: Counted):
    """A promise that ends on Constitution Day ends there."""
    deadline = counted({"weeks": 4}, start="2018-05-08", calendar=UNSETTLED)

    assert date(2018, 6, 5) == deadline.due_on == deadline.late_after


def test_a_range_has_its_earliest_day_too(counted: Counted):
    """Two to six weeks."""
    deadline = counted({"weeks": {"from": 2, "to": 6}})

    assert (date(2017, 5, 15), date(2017, 6, 12)) == (deadline.earliest_on, deadline.due_on)
    assert 6 == deadline.amount


def test_a_range_of_workdays_counts_both_its_ends_in_workdays(counted: Counted):
    """Two to five, and a pause stops both."""
    plain = counted({"workdays": {"from": 2, "to": 5}})
    paused = counted({"workdays": {"from": 2, "to": 5}}, *PAUSED, pause="waiting_list")

    assert (date(2017, 5, 3), date(2017, 5, 8)) == (plain.earliest_on, plain.due_on)
    assert (date(2017, 5, 9), date(2017, 5, 15)) == (paused.earliest_on, paused.due_on)


def test_a_plain_count_has_no_earliest_day(counted: Counted):
    """Only a range does."""
    assert counted({"weeks": 6}).earliest_on is None


# Calendars


def test_a_pack_may_count_saturdays_and_close_days_of_its_own(counted: Counted):
    """Its deadlines show the calendar that they were counted in."""
    deadline = counted({"workdays": 5}, top={"calendar": {"saturday": "open", "closed": ["05-05"]}})

    assert date(2017, 5, 8) == deadline.due_on
    assert ["2017-05-05", "2017-05-07"] == days(deadline)
    assert Words("lukkedag", "closing day") == deadline.skipped[0].why
    assert {"saturday": "open", "closed": ["05-05"]} == deadline.model_dump()["calendar"]


def test_a_deadline_may_count_in_a_calendar_of_its_own(counted: Counted):
    """It stands in place of the pack's, whole."""
    deadline = counted(
        {"workdays": 5}, top={"calendar": {"saturday": "open", "closed": ["05-05"]}}, calendar={"saturday": "closed"}
    )

    assert date(2017, 5, 8) == deadline.due_on
    assert ["2017-05-06", "2017-05-07"] == days(deadline)


def test_the_complaint_moves_by_the_laws_calendar_whatever_the_packs(tmp_path: Path):
    """Saturday is closed to it, and over Whit Monday it ends on Tuesday."""
    pack = make_pack(tmp_path, calendar={"saturday": "open"})
    complaint = by_id(due(pack, {"decision_received": date(2017, 5, 6)}))["complaint"]

    assert date(2017, 6, 6) == complaint.due_on == complaint.late_after
    assert ["2017-06-03", "2017-06-04", "2017-06-05"] == days(complaint)


# Starts, and what there is no date of


def test_the_earliest_event_of_its_type_starts_a_deadline(tmp_path: Path):
    """Granted twice."""
    rule = {"id": "start", "from": "granted", "within": {"workdays": 5}, "kind": "promise"}
    pack = make_pack(tmp_path, deadlines=[rule])
    decision = answer(pack, events=events(("granted", "2017-06-06"), ("granted", "2017-05-01")))

    assert date(2017, 5, 1) == by_id(decision.deadlines)["start"].start_on


def test_an_event_after_the_decision_date_is_counted_too(counted: Counted):
    """A decision is dated, its events are not bound by that."""
    assert DAY < date(2017, 6, 1)
    assert date(2017, 6, 2) == counted({"days": 1}, start="2017-06-01").due_on


def test_a_deadline_that_has_not_started_waits_for_its_event(counted: Counted):
    """No event is invented."""
    deadline = counted({"workdays": 5}, start=None)

    assert "referral_received" == deadline.waits_for
    assert (None, None, None) == (deadline.start_on, deadline.due_on, deadline.late_after)


def test_a_decision_lists_all_deadlines_whatever_the_outcome(tmp_path: Path):
    """Pack before nation."""
    rule = {"id": "start", "from": "granted", "within": {"workdays": 5}, "kind": "promise"}
    pack = make_pack(tmp_path, deadlines=[rule])

    for needs in (True, False, None):
        decision = answer(pack, needs_maintenance=needs)
        assert ["start", "complaint", "reassessment"] == [each.id for each in decision.deadlines]


def test_what_cannot_be_computed_says_why_and_has_no_date_and_waits_for_nothing(tmp_path: Path):
    """Started or not."""
    rule = {"id": "contact", "from": "referral_received", "not_computable": words("a few days")}
    pack = make_pack(tmp_path, deadlines=[rule])

    for start in ({"referral_received": date(2017, 5, 1)}, {"granted": date(2017, 5, 1)}):
        deadline = by_id(due(pack, start))["contact"]
        assert (None, None, None) == (deadline.due_on, deadline.late_after, deadline.waits_for)
        assert Words(**words("a few days")) == deadline.not_computable
        assert start.get("referral_received") == deadline.start_on


@pytest.mark.parametrize("within", [{"workdays": 5}, {"days": 5}, {"weeks": 5}, {"months": 5}])
def test_a_count_that_runs_out_of_the_calendar_is_a_problem_of_the_case(counted: Counted, within: dict[str, int]):
    """It names the event, the deadline and the calendar."""
    with pytest.raises(CaseError) as caught:
        counted(within, start="2100-12-30")

    (problem,) = caught.value.problems
    assert ("events.referral_received", "outside-calendar") == (problem.place, problem.code)
    assert "deadline `reply` from 2100-12-30: " in problem.message
    assert problem.message.endswith("the calendar, which runs from 1990-01-01 to 2100-12-31")


@pytest.mark.parametrize("within", [{"workdays": 1}, {"days": 1}, {"weeks": 1}, {"months": 1}])
def test_a_count_from_a_day_outside_the_calendar_is_a_problem_of_the_case(tmp_path: Path, within: dict[str, int]):
    """Also where its last day lies inside."""
    entry = {"id": "reply", "from": "granted", "within": within, "kind": "promise"}
    rule = make_pack(tmp_path, deadlines=[entry]).at(DAY).version.deadlines[0]
    with pytest.raises(CaseError, match="outside-calendar"):
        counted_by(rule, {"granted": (date(1989, 12, 31),)})


def test_the_first_and_the_last_day_of_the_calendar_can_be_counted_from_and_to(counted: Counted):
    """In whatever unit."""
    assert date(1990, 1, 2) == counted({"days": 1}, start="1990-01-01").due_on
    assert date(1990, 1, 2) == counted({"workdays": 1}, start="1990-01-01").due_on
    assert date(2100, 12, 31) == counted({"days": 1}, start="2100-12-30").due_on
    assert date(2100, 12, 31) == counted({"workdays": 1}, start="2100-12-30").due_on
    assert date(2100, 12, 31) == counted({"days": 0}, start="2100-12-31").due_on


def test_a_pause_that_runs_out_of_the_calendar_is_a_problem_of_the_case(counted: Counted):
    """Left on its last day."""
    pause = (("waiting_list_entered", "2017-05-02"), ("waiting_list_left", "2100-12-31"))
    for within in ({"days": 3}, {"workdays": 3}):
        with pytest.raises(CaseError, match="outside-calendar"):
            counted(within, *pause, pause="waiting_list")


def test_a_move_out_of_the_calendar_is_a_problem_of_the_case(counted: Counted):
    """The last day of 2100 closed, and nothing after it."""
    with pytest.raises(CaseError, match="outside-calendar"):
        counted({"days": 1}, start="2100-12-30", moves="true", calendar={"closed": ["2100-12-31"]})


def test_an_event_outside_the_calendar_is_a_problem_of_the_case():
    """Before any deadline is looked at."""
    pack = load_pack("rebild")
    with pytest.raises(CaseError, match="outside-calendar"):
        due(pack, {"referral_received": date(1989, 12, 31)}, on=date(2010, 5, 3))


def test_a_deadline_as_plain_data_has_iso_dates_and_words_in_both_languages(counted: Counted):
    """Pauses are written `from` and `to`."""
    data = counted({"workdays": 5}, *PAUSED, pause="waiting_list").model_dump()

    assert "2017-05-15" == data["due_on"]
    assert {"on": "2017-05-12", "why": {"da": "Store bededag", "en": "Great Prayer Day"}} == data["skipped"][0]
    assert [
        {"from": "2017-05-03", "to": "2017-05-09", "why": {"da": "på venteliste", "en": "on a waiting list"}}
    ] == data["paused"]


# `due`: which version counts


@pytest.fixture
def two_versions(tmp_path: Path) -> Callable[..., Pack]:
    """A pack with 5 days to reply from 2015, and 10 days from 2017."""

    def load(on: date | None = None) -> Pack:
        for first, number in (("2015-01-01", 5), ("2017-01-01", 10)):
            rule = {"id": "reply", "from": "referral_received", "within": {"days": number}, "kind": "promise"}
            pack = make_pack(tmp_path, on=None, valid_from=first, deadlines=[rule], requirements=[NEED])
        return pack if on is None else load_pack("toy", rules=tmp_path, on=on)

    return load


IN_2016, IN_2018 = date(2016, 6, 1), date(2018, 6, 1)


def amount(deadlines: list[Deadline]) -> int | None:
    """The number of days to reply."""
    return by_id(deadlines)["reply"].amount


def test_due_counts_under_the_version_of_the_day_it_is_given(two_versions: Callable[..., Pack]):
    """It goes before all else."""
    happened = {"referral_received": IN_2018}

    assert 5 == amount(due(two_versions(), happened, on=IN_2016))
    assert 5 == amount(due(two_versions(on=IN_2018), happened, on=IN_2016))


def test_due_counts_under_the_version_to_which_the_pack_was_narrowed(two_versions: Callable[..., Pack]):
    """Where it is given no day."""
    assert 5 == amount(due(two_versions(on=IN_2016), {"referral_received": IN_2018}))


def test_due_counts_under_the_version_of_the_referral_of_a_pack_that_was_not_narrowed(
    two_versions: Callable[..., Pack],
):
    """An earlier event of another type does not matter."""
    assert 10 == amount(due(two_versions(), {"granted": IN_2016, "referral_received": IN_2018}))


def test_due_counts_under_the_version_of_the_earliest_event_where_there_is_no_referral(
    two_versions: Callable[..., Pack],
):
    """Whatever their order."""
    assert 5 == amount(due(two_versions(), {"decision_received": IN_2018, "granted": IN_2016}))


def test_due_without_any_day_to_count_on_is_a_problem_of_the_case(two_versions: Callable[..., Pack]):
    """It says what to give."""
    with pytest.raises(CaseError, match="there is no event to count from") as caught:
        due(two_versions(), {})

    assert "give `on`, or an event" == caught.value.problems[0].hint


def test_due_without_events_lists_what_each_deadline_waits_for(two_versions: Callable[..., Pack]):
    """Where there is a day."""
    deadlines = by_id(due(two_versions(), {}, on=IN_2018))

    assert {
        "reply": "referral_received",
        "complaint": "decision_received",
        "reassessment": "complaint_received",
    } == {name: each.waits_for for name, each in deadlines.items()}


def test_due_before_the_first_version_says_from_when_there_is_one(two_versions: Callable[..., Pack]):
    """By the day of the referral too."""
    with pytest.raises(NotInForce, match="no version of `toy` in force on 2014-06-01; first in force from 2015-01-01"):
        due(two_versions(), {"referral_received": date(2014, 6, 1)})


@pytest.mark.parametrize("happened", [["referral_received"], "referral_received", None])
def test_events_are_a_mapping(happened: Any):
    """Each type with its day."""
    with pytest.raises(CaseError, match="events are a mapping, not "):
        due(load_pack("rebild"), happened)


def test_an_unknown_event_names_the_nearest_one():
    """With its place and code."""
    with pytest.raises(CaseError) as caught:
        due(load_pack("rebild"), {"referal_received": date(2010, 4, 28)})

    (problem,) = caught.value.problems
    assert ("events", "unknown-event") == (problem.place, problem.code)
    assert "did you mean `referral_received`?" == problem.hint


@pytest.mark.parametrize("day", ["2010-04-28", datetime(2010, 4, 28, 9), None, 20100428])  # noqa: DTZ001
def test_the_day_of_an_event_is_a_date(day: object):
    """A time is none, nor is text."""
    with pytest.raises(CaseError, match=r"events\.granted: wrong-date"):
        due(load_pack("rebild"), {"granted": day})  # type: ignore[dict-item]


@pytest.mark.parametrize("day", ["2010-04-28", datetime(2010, 4, 28, 9), 20100428])  # noqa: DTZ001
def test_the_day_on_which_due_counts_is_a_date(day: object):
    """As everywhere."""
    with pytest.raises(CaseError, match="on: wrong-date"):
        due(load_pack("rebild"), {}, on=day)  # type: ignore[arg-type]


# The deadlines of the two standards, as the examples of the sources give them


def test_rebild_decides_in_ten_workdays_and_starts_five_after_the_grant():
    """Over Store bededag and over Ascension Day."""
    deadlines = by_id(
        due(load_pack("rebild"), {"referral_received": date(2010, 4, 28), "granted": date(2010, 5, 6)}),
    )

    assert date(2010, 5, 14) == deadlines["decision"].due_on
    assert date(2010, 5, 14) == deadlines["start"].due_on
    assert deadlines["contact"].not_computable is not None


def test_reassessment_is_counted_from_2013_on():
    """Four weeks, and its end does not move."""
    pack = load_pack("rebild")
    happened = {"complaint_received": date(2012, 12, 2)}

    assert "reassessment" not in by_id(due(pack, happened, on=date(2012, 12, 31)))
    assert date(2012, 12, 30) == by_id(due(pack, happened, on=date(2013, 1, 1)))["reassessment"].due_on
