"""Workdays: which days are open, why a day is closed, and counting forward and back."""

import copy
import pickle
from datetime import date, datetime, timedelta
from importlib.metadata import version

import holidays
import pytest

from vedligehold import WorkdayCalendar
from vedligehold.calendar import FIRST_DAY, LAST_DAY, holidays_version, in_english, read_date

DENMARK = WorkdayCalendar()


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2018, 1, 1), "Nytårsdag"),
        (date(2018, 3, 29), "Skærtorsdag"),
        (date(2018, 3, 30), "Langfredag"),
        (date(2018, 4, 1), "Påskedag"),
        (date(2018, 4, 2), "Anden påskedag"),
        (date(2018, 4, 27), "Store bededag"),
        (date(2018, 5, 10), "Kristi himmelfartsdag"),
        (date(2018, 5, 20), "Pinsedag"),
        (date(2018, 5, 21), "Anden pinsedag"),
        (date(2018, 12, 25), "Juledag"),
        (date(2018, 12, 26), "Anden juledag"),
    ],
)
def test_each_public_holiday_is_closed_and_named(day: date, name: str):
    """The eleven of 2018."""
    assert name == DENMARK.why_closed(day)
    assert not DENMARK.is_open(day)


def test_no_other_weekday_of_2018_is_closed():
    """Nine holidays fell on a weekday."""
    days = (date(2018, 1, 1) + timedelta(days=number) for number in range(365))
    closed = [day for day in days if day.weekday() < 5 and not DENMARK.is_open(day)]

    assert 9 == len(closed)


def test_store_bededag_is_a_holiday_up_to_and_including_2023():
    """Easter and 26 days."""
    assert "Store bededag" == DENMARK.why_closed(date(2023, 5, 5))


def test_store_bededag_is_a_workday_from_2024():
    """It was abolished by act 214 of 6 March 2023."""
    assert DENMARK.is_open(date(2024, 4, 26))
    assert DENMARK.is_open(date(2025, 5, 16))


def test_store_bededag_moves_a_2017_deadline_but_not_a_2024_one():
    """Both run over the fourth Friday after Easter."""
    assert date(2017, 5, 15) == DENMARK.add_workdays(date(2017, 5, 11), 1)
    assert date(2024, 4, 26) == DENMARK.add_workdays(date(2024, 4, 25), 1)


@pytest.mark.parametrize("day", [date(2018, 5, 1), date(2018, 6, 5), date(2018, 12, 24), date(2018, 12, 31)])
def test_may_day_constitution_day_and_the_two_eves_are_open(day: date):
    """They are closing days that a pack may add, not public holidays."""
    assert DENMARK.is_open(day)


@pytest.mark.parametrize(
    ("closing", "day", "name"),
    [
        ("05-01", date(2018, 5, 1), "1. maj"),
        ("06-05", date(2018, 6, 5), "Grundlovsdag"),
        ("12-24", date(2018, 12, 24), "Juleaftensdag"),
        ("12-31", date(2018, 12, 31), "Nytårsaftensdag"),
        ("10-15", date(2018, 10, 15), "lukkedag"),
    ],
)
def test_a_closing_day_closes_its_day_every_year_and_has_a_name(closing: str, day: date, name: str):
    """The usual ones have their own names, in both languages."""
    calendar = WorkdayCalendar(closed=[closing])

    assert name == calendar.why_closed(day)
    assert not calendar.is_open(day.replace(year=2019))
    assert in_english(name) != name


def test_a_closing_day_with_a_year_closes_that_year_alone():
    """A single day between a holiday and a weekend."""
    calendar = WorkdayCalendar(closed=["2018-05-11"])

    assert "lukkedag" == calendar.why_closed(date(2018, 5, 11))
    assert calendar.is_open(date(2017, 5, 11))


def test_a_closing_day_keeps_the_name_of_the_holiday_it_falls_on():
    """Constitution Day of 2017 was Whit Monday."""
    calendar = WorkdayCalendar(closed=["06-05"])

    assert "Anden pinsedag" in str(calendar.why_closed(date(2017, 6, 5)))


def test_29_february_closes_in_leap_years_only():
    """In a common year there is no such day, and 28 February and 1 March stay open."""
    calendar = WorkdayCalendar(closed=["02-29"])

    assert not calendar.is_open(date(2024, 2, 29))
    assert calendar.is_open(date(2023, 2, 28))
    assert calendar.is_open(date(2023, 3, 1))
    assert not calendar.is_open(date(2000, 2, 29))


@pytest.mark.parametrize(
    "day", ["2023-02-29", "02-30", "13-01", "1-1", "24-12", "12/24", "", "2018-5-11", "20180511", "julen", 24, None]
)
def test_what_is_no_day_is_no_closing_day(day: object):
    """The message shows what was given and what to write."""
    with pytest.raises(ValueError, match="is no closing day; write `MM-DD`, or `YYYY-MM-DD` for a single year"):
        WorkdayCalendar(closed=[day])  # type: ignore[list-item]


def test_saturday_counts_only_where_it_is_open():
    """From Friday, one workday on."""
    friday = date(2018, 6, 8)

    assert date(2018, 6, 11) == DENMARK.add_workdays(friday, 1)
    assert date(2018, 6, 9) == WorkdayCalendar(saturday="open").add_workdays(friday, 1)


def test_a_weekend_day_is_closed_by_its_own_name():
    """Saturday and Sunday."""
    assert "lørdag" == DENMARK.why_closed(date(2018, 6, 9))
    assert "søndag" == DENMARK.why_closed(date(2018, 6, 10))
    assert DENMARK.why_closed(date(2018, 6, 11)) is None
    assert WorkdayCalendar(saturday="open").why_closed(date(2018, 6, 9)) is None


@pytest.mark.parametrize("saturday", ["Open", "", True, None, 6])
def test_saturday_is_closed_or_open_and_nothing_else(saturday: object):
    """Nothing is guessed."""
    with pytest.raises(ValueError, match="it is `closed` or `open`"):
        WorkdayCalendar(saturday=saturday)  # type: ignore[arg-type]


def test_own_holidays_stand_in_place_of_denmarks():
    """A weekday named is closed, and Danish holidays are open."""
    calendar = WorkdayCalendar(holidays={date(2018, 6, 6): "Nationaldagen"})

    assert "Nationaldagen" == calendar.why_closed(date(2018, 6, 6))
    assert calendar.is_open(date(2018, 12, 25))


def test_no_holidays_at_all_leaves_the_weekends():
    """An empty mapping is not the same as none given."""
    calendar = WorkdayCalendar(holidays={})

    assert calendar.is_open(date(2018, 1, 1))
    assert not calendar.is_open(date(2018, 1, 6))


@pytest.mark.parametrize("day", ["2018-06-06", datetime(2018, 6, 6), 5, None])  # noqa: DTZ001
def test_own_holidays_are_dates(day: object):
    """They are refused at once, not when the first day is counted."""
    with pytest.raises(ValueError, match="a holiday is a date, not "):
        WorkdayCalendar(holidays={day: "x"})  # type: ignore[dict-item]


def test_every_danish_holiday_name_of_the_calendars_years_has_an_english_one():
    """Also days on which two holidays fall together."""
    found = holidays.country_holidays("DK", years=range(FIRST_DAY.year, LAST_DAY.year + 1), language="da")
    names = {part for name in found.values() for part in name.split("; ")}

    assert {"Store bededag", "Juledag"} <= names
    assert [] == [name for name in sorted(names) if in_english(name) == name]
    assert {name.replace("; ", " / ") for name in found.values()} == {DENMARK.why_closed(day) for day in found}


def test_two_holidays_on_one_day_are_both_named_in_both_languages():
    """They are joined by a slash."""
    assert "Constitution Day / Whit Sunday" == in_english("Grundlovsdag / Pinsedag")


def test_a_name_that_is_not_known_stays_as_it_is():
    """A municipality's own holiday."""
    assert "Skt. Knuds dag" == in_english("Skt. Knuds dag")


@pytest.mark.parametrize("day", [date(2018, 6, 8), date(2018, 6, 9), date(2018, 12, 25)])
def test_zero_workdays_is_the_day_itself_even_when_it_is_closed(day: date):
    """In both directions."""
    assert day == DENMARK.add_workdays(day, 0)
    assert day == DENMARK.sub_workdays(day, 0)


def test_day_zero_is_not_counted_forward_or_back():
    """One workday from a Tuesday is Wednesday, and back it is Monday."""
    assert date(2018, 6, 13) == DENMARK.add_workdays(date(2018, 6, 12), 1)
    assert date(2018, 6, 11) == DENMARK.sub_workdays(date(2018, 6, 12), 1)


def test_counting_from_a_closed_day_starts_at_the_next_open_one():
    """From a Sunday, forward and back."""
    assert date(2018, 6, 11) == DENMARK.add_workdays(date(2018, 6, 10), 1)
    assert date(2018, 6, 8) == DENMARK.sub_workdays(date(2018, 6, 10), 1)


def test_the_next_open_day_is_the_day_itself_when_it_is_open():
    """And the first one after it when it is closed."""
    assert date(2018, 6, 8) == DENMARK.next_open(date(2018, 6, 8))
    assert date(2018, 6, 11) == DENMARK.next_open(date(2018, 6, 9))
    assert date(2018, 12, 27) == DENMARK.next_open(date(2018, 12, 25))


@pytest.mark.parametrize("day", [date(1989, 12, 31), date(2101, 1, 1), date(1985, 6, 12), date.min, date.max])
def test_a_day_outside_the_calendar_is_refused_and_the_calendar_is_named(day: date):
    """Every question about it, in the same words, however few or many days are counted."""
    said = f"{day} is outside the calendar, which runs from 1990-01-01 to 2100-12-31"
    for ask in (DENMARK.is_open, DENMARK.why_closed, DENMARK.next_open):
        with pytest.raises(ValueError, match=said):
            ask(day)
    for count in (DENMARK.add_workdays, DENMARK.sub_workdays):
        for workdays in (0, 1, 250, 10**6):
            with pytest.raises(ValueError, match=said):
                count(day, workdays)


def test_a_count_that_runs_out_of_the_calendar_is_refused():
    """At either end, however far."""
    said = "the count runs outside the calendar, which runs from 1990-01-01 to 2100-12-31"
    with pytest.raises(ValueError, match=said):
        DENMARK.add_workdays(date(2100, 12, 31), 1)
    with pytest.raises(ValueError, match=said):
        DENMARK.sub_workdays(date(1990, 1, 2), 1)
    with pytest.raises(ValueError, match=said):
        DENMARK.sub_workdays(date(1990, 1, 1), 1)
    with pytest.raises(ValueError, match=said):
        DENMARK.add_workdays(date(2018, 6, 12), 10**12)
    with pytest.raises(ValueError, match=said):  # 1 January 2101 is a Saturday
        WorkdayCalendar(saturday="open").add_workdays(date(2100, 12, 31), 1)


def test_the_first_and_the_last_workday_of_the_calendar_can_be_reached():
    """1 January 1990 was a holiday, and 31 December 2100 is a Friday."""
    assert date(1990, 1, 2) == DENMARK.add_workdays(date(1990, 1, 1), 1)
    assert date(1990, 1, 2) == DENMARK.sub_workdays(date(1990, 1, 3), 1)
    assert date(2100, 12, 31) == DENMARK.add_workdays(date(2100, 12, 30), 1)


def test_the_first_and_the_last_day_are_days_like_others():
    """1 January 1990 was a Monday, and 24 December 2100 is a Friday."""
    no_holidays = WorkdayCalendar(holidays={})
    with_eve = WorkdayCalendar(closed=["01-01", "12-24", "12-31"], holidays={})

    assert no_holidays.is_open(FIRST_DAY)
    assert no_holidays.is_open(LAST_DAY)
    assert FIRST_DAY == no_holidays.sub_workdays(date(1990, 1, 2), 1)
    assert ["lukkedag", "Nytårsaftensdag"] == [with_eve.why_closed(day) for day in (FIRST_DAY, LAST_DAY)]
    assert "Juleaftensdag" == with_eve.why_closed(date(2100, 12, 24))


@pytest.mark.parametrize("text", ["2018-02-29", "20180612", "2018-W24-2", "2018-06-12T10:00", "12-06-2018", "", "soon"])
def test_what_is_spelled_in_another_way_is_no_date(text: str):
    assert read_date(text) is None


def test_a_date_is_read_as_it_is_spelled():
    assert date(2018, 6, 12) == read_date("2018-06-12")


@pytest.mark.parametrize("workdays", [True, False, -1, 1.0, "5", None])
def test_the_number_of_workdays_is_a_whole_number_from_zero_up(workdays: object):
    """A bool is no number."""
    for count in (DENMARK.add_workdays, DENMARK.sub_workdays):
        with pytest.raises(ValueError, match="it is a whole number from 0 up"):
            count(date(2018, 6, 12), workdays)  # type: ignore[arg-type]


@pytest.mark.parametrize("day", ["2018-06-12", datetime(2018, 6, 12, 10), 20180612, None])  # noqa: DTZ001
def test_a_time_or_a_text_is_no_date(day: object):
    """A `datetime` is a `date` to Python, and not here."""
    for ask in (DENMARK.is_open, DENMARK.why_closed, DENMARK.next_open):
        with pytest.raises(ValueError, match="a calendar counts from a date, not from "):
            ask(day)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="a calendar counts from a date, not from "):
        DENMARK.add_workdays(day, 1)  # type: ignore[arg-type]


SOME = [
    WorkdayCalendar(),
    WorkdayCalendar(saturday="open"),
    WorkdayCalendar(closed=["12-24", "06-05"]),
    WorkdayCalendar(holidays={date(2018, 6, 6): "Nationaldagen"}),
]


@pytest.mark.parametrize("calendar", SOME, ids=repr)
def test_a_calendar_survives_pickling_and_copying(calendar: WorkdayCalendar):
    """Before and after it has been counted in."""
    assert calendar == pickle.loads(pickle.dumps(calendar))
    calendar.is_open(date(2018, 6, 12))
    assert calendar == pickle.loads(pickle.dumps(calendar))
    assert calendar.digest() == copy.deepcopy(calendar).digest()


def test_calendars_are_equal_when_their_settings_are():
    """The order of the closing days and of the holidays does not matter, nor does naming one twice."""
    one = WorkdayCalendar(closed=["12-24", "06-05"])
    other = WorkdayCalendar(closed=("06-05", "12-24", "12-24"))
    days = {date(2018, 6, 6): "a", date(2018, 6, 7): "b"}

    assert one == other
    assert hash(one) == hash(other)
    assert WorkdayCalendar(holidays=days) == WorkdayCalendar(holidays=dict(reversed(days.items())))
    assert one != "12-24"


def test_calendars_with_different_settings_differ():
    """Each from each other."""
    assert len(SOME) == len(set(SOME))
    assert len(SOME) == len({calendar.digest() for calendar in SOME})


def test_the_digest_differs_when_a_single_day_does():
    """One closing day in one year."""
    assert WorkdayCalendar(closed=["2018-06-12"]).digest() != DENMARK.digest()
    assert DENMARK.digest().startswith("sha256:")


def test_the_digest_is_that_of_the_days_and_not_of_the_settings():
    """Closing on a Sunday closes nothing more."""
    assert WorkdayCalendar(closed=["2018-06-10"]).digest() == DENMARK.digest()


def test_the_version_of_the_holidays_is_that_of_the_package():
    """A receipt carries it."""
    assert version("holidays") == holidays_version()


def test_more_closing_days_leave_the_calendar_itself_as_it_is():
    """A calendar does not change."""
    more = DENMARK.with_closed(["06-05"])

    assert not more.is_open(date(2018, 6, 5))
    assert DENMARK.is_open(date(2018, 6, 5))
    assert WorkdayCalendar(closed=["06-05"]) == more
    assert SOME[3].with_closed([]) == SOME[3]


def test_a_calendar_shows_its_settings():
    """Holidays of one's own are counted, not listed."""
    assert "WorkdayCalendar(saturday='closed', closed=('12-24',))" == repr(WorkdayCalendar(closed=["12-24"]))
    assert "WorkdayCalendar(saturday='closed', closed=(), holidays={1 days})" == repr(SOME[3])
