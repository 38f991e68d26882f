"""How a deadline was counted, in words: its date, and every step on the way to it."""

from datetime import date

import pytest
from packs import make_pack

from vedligehold import due
from vedligehold.counted import date_of, way
from vedligehold.source import Words

GRANTED = date(2017, 4, 28)


@pytest.fixture
def said(tmp_path):
    """The date and the way of a deadline of a pack, in both languages."""

    def ask(rule, calendar=None, **happened):
        parts = {} if calendar is None else {"calendar": calendar}
        pack = make_pack(tmp_path, deadlines=[{"id": "start", "from": "granted", "kind": "promise", **rule}], **parts)
        deadline = next(each for each in due(pack, {"granted": GRANTED, **happened}) if each.id == "start")
        version = pack.version_on(GRANTED)
        return [date_of(deadline, version), *way(deadline, version)]

    return ask


def test_a_range_is_said_from_its_first_day_to_its_last(said):
    """And how long it is, from what, in words."""
    dates, counted = said({"within": {"weeks": {"from": 2, "to": 6}}})

    assert (
        Words("fredag den 12. maj 2017 til fredag den 9. juni 2017", "Friday 12 May 2017 to Friday 9 June 2017")
        == dates
    )
    assert "2 til 6 uger fra hjælp bevilget, fredag den 28. april 2017" == counted.da


def test_days_that_were_passed_over_are_named_and_weekends_in_one_word(said):
    """A public holiday by its name and day."""
    *_, skipped = said({"within": {"workdays": 10}})

    assert (
        Words("ikke talt med: Store bededag (12. maj), weekender", "not counted: Great Prayer Day (12 May), weekends")
        == skipped
    )


def test_a_pause_is_said_with_its_days(said):
    """Also while it lasts, and there is no date."""
    pausing = {"within": {"workdays": 10}, "pause": "waiting_list"}
    left = {"waiting_list_entered": date(2017, 5, 1), "waiting_list_left": date(2017, 5, 8)}
    dates, *lines = said(pausing, waiting_list_entered=date(2017, 5, 1))

    assert "på venteliste: 1. maj – 8. maj" in [line.da for line in said(pausing, **left)]
    assert dates.en.startswith("waits for: ")
    assert "on a waiting list: 1 May – still" in [line.en for line in lines]


def test_a_day_that_may_not_count_is_said_to_be_late_only_later(said):
    """The citizen is told the earlier day."""
    rule = {
        "within": {"weeks": 1},
        "moves": True,
        "calendar": {"saturday": "closed", "closed": [], "uncertain": ["05-05"]},
    }

    assert "regnes først som for sent efter mandag den 8. maj 2017" in [line.da for line in said(rule)]


def test_an_open_saturday_is_said(said):
    """A municipality may count it."""
    assert "lørdag tæller som hverdag" in [
        line.da for line in said({"within": {"workdays": 10}}, calendar={"saturday": "open"})
    ]


def test_without_a_date_it_is_said_what_is_waited_for_or_why_there_is_none(said):
    """An event, or the words of the pack."""
    waits = said({"from": "training_started", "within": {"weeks": 1}})
    never = said({"kind": None, "not_computable": {"da": "Snarest.", "en": "Soon."}})

    assert ["venter på: træning begyndt", "1 uge fra træning begyndt"] == [line.da for line in waits]
    assert [Words("Snarest.", "Soon.")] == never
