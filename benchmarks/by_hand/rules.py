"""What every hand-written side shares: the policy as its author would write it down in plain Python, and its tables.

The rules are those of `sundhed-og-traening` on 10 May 2017, read off the standard and hard-coded: nothing here comes
from the pack. A row's state is one small number; a table by that number says everything but what is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from vedligehold import WorkdayCalendar

ON = date(2017, 5, 10)
VERSION = date(2017, 5, 3)
TURNED_18 = date(1999, 5, 10)
"""Whoever is born on that day or before has turned 18."""
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)
EPOCH = date(1970, 1, 1).toordinal()
FIRST = FIRST_DAY.toordinal() - EPOCH

ACTIVE = ("balance", "strength", "mobility", "coordination", "endurance", "fitness", "daily_activities")
PASSIVE = (
    "massage",
    "passive_stretching",
    "joint_mobilisation",
    "electrotherapy",
    "heat_packs",
    "local_treatment",
    "work_assessment",
)
ITEMS = (*ACTIVE, *PASSIVE)
ALTERNATIVES = ("gymnastics_club", "activity_centre", "fitness_centre", "public_swimming", "walks", "home_exercises")
SETTINGS = ("group", "individual", "home")
REFERRERS = ("citizen", "relative", "home_professional", "own_doctor", "hospital", "other")
"""In pairs: who needs no consent, professionals whom the standard names, others."""

FACTS = (
    "reduced_physical_function",
    "reduced_mental_function",
    "special_social_problems",
    "needs_maintenance",
    "can_self_train",
)
"""The yes-or-no facts of a state, each a digit: 0 no, 1 yes, 2 unknown."""
NO, YES, UNKNOWN = range(3)
EVENTS = (
    "granted_on",
    "decision_received_on",
    "training_started_on",
    "waiting_list_entered_on",
    "waiting_list_left_on",
    "complaint_received_on",
)
DUE = ("due_contact", "due_decision", "due_start", "due_course_end", "due_complaint", "due_reassessment")
OUTCOMES = ("granted", "redirected", "rejected", "needs_information", "needs_assessment", "invalid")

BASE = 3 ** len(FACTS)
"""A state is `facts + BASE * rest`: both parts fit in a byte, and the whole in two."""
STATES = BASE * 3 * 3 * 4 * 2 * 2
INVALID = STATES
"""The state after all others: a row that is no case."""


class Answer(NamedTuple):
    """What a state comes to."""

    outcome: str
    because: list[str]
    missing: list[str]
    warnings: list[str]


def answers() -> list[Answer]:
    """What each state comes to, in the order of their numbers; the last is that of a row that is no case."""
    found = []
    for number in range(STATES):
        rest, facts = divmod(number, BASE)
        digits = [facts // 3**place % 3 for place in range(len(FACTS))]
        rest, young = divmod(rest, 3)
        rest, consent = divmod(rest, 3)
        rest, referrer = divmod(rest, 4)
        not_mentioned, only_passive = divmod(rest, 2)
        found.append(_answer(digits, young, consent, referrer, bool(only_passive), bool(not_mentioned)))
    return [*found, Answer("invalid", [], [], [])]


def _answer(
    facts: list[int], young: int, consent: int, referrer: int, only_passive: bool, not_mentioned: bool
) -> Answer:
    *reduced, needs, alone = facts
    rejects = [
        *(["reduced-function"] if max(reduced) == NO else []),
        *(["maintenance-need"] if needs == NO else []),
        *(["no-self-training"] if alone == YES else []),
    ]
    open_reduced = YES not in reduced and UNKNOWN in reduced
    asks = [
        *(["reduced-function"] if open_reduced else []),
        *(["maintenance-need"] if needs == UNKNOWN else []),
        *(["no-self-training"] if alone == UNKNOWN else []),
        *(["consent"] if referrer > 0 and consent != YES else []),
    ]
    missing = [
        *(["birth_date"] if young == UNKNOWN else []),
        *([name for name, digit in zip(FACTS, reduced, strict=False) if digit == UNKNOWN] if open_reduced else []),
        *(["needs_maintenance"] if needs == UNKNOWN else []),
        *(["can_self_train"] if alone == UNKNOWN else []),
        *(["referred_by"] if referrer == 3 and consent != YES else []),
        *(["consent_given"] if (consent == UNKNOWN and referrer > 0) or (consent == NO and 0 < referrer < 3) else []),
    ]
    warnings = [
        *(["unlisted-referrer"] if referrer == 2 else []),
        *(["outside-target-group"] if max(reduced) == NO else []),
    ]
    if young == YES:
        return Answer("redirected", ["adult"], [], warnings)
    if young == UNKNOWN:
        return Answer("needs_information", ["adult"], ["birth_date"] if rejects else missing, warnings)
    if rejects:
        return Answer("rejected", rejects, [], warnings)
    if asks:
        return Answer("needs_information", asks, missing, warnings)
    if only_passive:
        return Answer("needs_assessment", ["not-only-passive"], [], warnings)
    return Answer("granted", [], [], [*warnings, *(["not-mentioned"] if not_mentioned else [])])


def left_out() -> list[list[str]]:
    """What is left out of a grant, by a number with a bit for each of the passive items and the last for the home."""
    names = (*PASSIVE, "home")
    return [[name for place, name in enumerate(names) if number >> place & 1] for number in range(256)]


@dataclass(frozen=True)
class Days:
    """The deadlines by the day that starts them: place 0 is the first day of the calendar; days as numbers from 1970.

    `last` is the last start from which the count stays inside the calendar.
    """

    contact: Any
    course_end: Any
    complaint: Any
    last: dict[str, date]


def days() -> Days:
    """The tables that need a calendar, or months; 14 days and 4 weeks are a sum."""
    calendar = WorkdayCalendar()
    number = LAST_DAY.toordinal() - FIRST_DAY.toordinal() + 1
    every = np.arange(FIRST, FIRST + number)
    is_open = np.array([calendar.is_open(date.fromordinal(int(day) + EPOCH)) for day in every])
    working = every[is_open]
    after = np.searchsorted(working, every, side="right") + 4
    contact = working[np.minimum(after, len(working) - 1)]
    end = every + 28
    place = np.searchsorted(working, end)
    complaint = working[np.minimum(place, len(working) - 1)]
    months = every.astype("datetime64[D]").astype("datetime64[M]")
    month = months + 3
    day = np.minimum(every - months.astype("datetime64[D]").astype(int), (month + 1).astype("datetime64[D]").astype(int) - month.astype("datetime64[D]").astype(int) - 1)
    course_end = month.astype("datetime64[D]").astype(int) + day
    # a complaint may wait for the last of the unsettled days too: late after 31 December 2100 there is no day
    unsettled = {(6, 5), (12, 24), (12, 31)}
    late = [each for each in working if (date.fromordinal(int(each) + EPOCH).month, date.fromordinal(int(each) + EPOCH).day) not in unsettled]
    inside = {
        "received_on": every[(after < len(working)) & (every + 14 < FIRST + number)],
        "training_started_on": every[course_end < FIRST + number],
        "decision_received_on": every[(end < FIRST + number) & (end <= late[-1])],
        "complaint_received_on": every[end < FIRST + number],
    }
    last = {name: date.fromordinal(int(each[-1]) + EPOCH) for name, each in inside.items()}
    return Days(contact.astype("i4"), course_end.astype("i4"), complaint.astype("i4"), last)


def tested_dates() -> Iterator[str]:
    """The columns whose days must lie in the calendar."""
    yield "received_on"
    yield from EVENTS
