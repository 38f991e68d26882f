"""Every deadline that one slip of the pen makes of another: count, unit, start, end, calendar, pause."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any, Literal, NamedTuple, TypeAlias

from vedligehold.calendar import WorkdayCalendar
from vedligehold.deadline import started
from vedligehold.facts import EVENTS
from vedligehold.pack import CountUnit, DeadlineRule
from vedligehold.source import Words
from vedligehold.wording import how_long, short_date

Change: TypeAlias = Literal["amount", "unit", "calendar", "moves", "start", "pause"]
_STARTS = (
    "referral_received",
    "granted",
    "decision_sent",
    "training_started",
    "decision_received",
    "complaint_received",
)
_UNITS: tuple[CountUnit, ...] = ("workdays", "days", "weeks", "months")


class Wrong(NamedTuple):
    """A deadline that is wrong in one thing: a name that tells which, what was changed, the rule."""

    name: str
    change: Change
    words: Words
    rule: DeadlineRule


def other_dates(rule: DeadlineRule, other: DeadlineRule, day: date) -> bool:
    """Whether two rules give other dates when what starts the first of them happens on *day*."""
    if rule.start_event != other.start_event:
        return True
    one, two = started(rule, day), started(other, day)
    return (one.due_on, one.late_after, one.earliest_on) != (two.due_on, two.late_after, two.earliest_on)


def wrong_deadlines(rule: DeadlineRule) -> Iterator[Wrong]:
    """Every deadline that one change makes of *rule*."""
    if rule.amount is None:
        return
    right = how_long(rule.amount.number, rule.amount.unit, rule.amount.earliest)
    for name, change, amount in _wrong_amounts(rule):
        long = how_long(amount.number, amount.unit, amount.earliest)
        words = Words(f"er {long.da}, ikke {right.da}", f"is {long.en}, not {right.en}")
        yield Wrong(name, change, words, replace(rule, amount=amount))
    still, moves = Words("flytter ikke", "does not move"), Words("flytter fra en lukket dag", "moves from a closed day")
    if rule.amount.unit != "workdays" or rule.uncertain or 0 in rule.amount:  # a count of workdays ends on a workday
        yield Wrong("moves", "moves", still if rule.moves else moves, replace(rule, moves=not rule.moves))
    start = next(event for event in _STARTS if event != rule.start_event)
    label = EVENTS[start]
    words = Words(f"begynder med: {label.da}", f"starts at: {label.en}")
    yield Wrong("start", "start", words, replace(rule, start_event=start))
    runs = Words("løber videre på ventelisten", "runs on while on the waiting list")
    stands = Words("står stille på ventelisten", "stands still on the waiting list")
    yield Wrong("pause", "pause", runs if rule.pauses else stands, replace(rule, pauses=not rule.pauses))
    for day in (each for each in rule.uncertain if rule.moves and each not in rule.calendar.closed):
        words = Words(f"regner {_named(day).da} for afklaret", f"takes {_named(day).en} to be settled")
        yield Wrong(f"uncertain/{day}", "calendar", words, replace(rule, uncertain=others(rule.uncertain, day)))
    if rule.moves or rule.amount.unit == "workdays":  # nothing else asks which days are open
        for name, words, calendar in _wrong_calendars(rule.calendar):
            yield Wrong(f"calendar/{name}", "calendar", words, replace(rule, calendar=calendar))


def _wrong_amounts(rule: DeadlineRule) -> Iterator[tuple[str, Change, Any]]:
    amount = rule.amount
    assert amount is not None
    for away in (-1, 1):
        if amount.number + away >= 0:
            yield f"number/{amount.number + away}", "amount", amount._replace(number=amount.number + away)
        if amount.earliest is not None and amount.earliest + away >= 0:
            yield f"earliest/{amount.earliest + away}", "amount", amount._replace(earliest=amount.earliest + away)
    for unit in _UNITS:
        if unit != amount.unit:
            yield f"unit/{unit}", "unit", amount._replace(unit=unit)


def _wrong_calendars(calendar: WorkdayCalendar) -> Iterator[tuple[str, Words, WorkdayCalendar]]:
    """A calendar with Saturdays the other way, and without each of its own closing days."""
    counts = Words("tæller lørdag som hverdag", "counts Saturday as a weekday")
    if calendar.saturday == "open":
        counts = Words("tæller ikke lørdag som hverdag", "does not count Saturday as a weekday")
    yield "saturday", counts, WorkdayCalendar("open" if calendar.saturday == "closed" else "closed", calendar.closed)
    for day in calendar.closed:
        words = Words(f"tæller {_named(day).da} som hverdag", f"counts {_named(day).en} as a weekday")
        yield f"closed/{day}", words, WorkdayCalendar(calendar.saturday, others(calendar.closed, day))


def _named(day: str) -> Words:
    """A closing day in words; one without a year is the same day of every year."""
    found = date.fromisoformat(f"2000-{day}" if len(day) == len("12-24") else day)
    return short_date(found)


def others(several: Iterable[str], one: str) -> tuple[str, ...]:
    """*several* without *one*."""
    return tuple(each for each in several if each != one)
