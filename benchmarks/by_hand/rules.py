"""What every hand-written side shares: the policy as its author would write it down in plain Python, and its tables.

The rules are those of `sundhed-og-traening` on 10 May 2017, read off the standard and hard-coded: nothing here comes
from the pack. A row's state is one small number; a table by that number says everything but what is left out.
"""

from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from vedligehold import WorkdayCalendar
from vedligehold.facts import STANDARD_FACTS

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

REPORTED = ("reduced_physical_function", "reduced_mental_function", "needs_maintenance", "can_self_train")
"""What a professional must assess, among what the rules read: self-reported, it is unknown."""
REPORTABLE = (*REPORTED, *(each.name for each in STANDARD_FACTS if each.name not in REPORTED))
"""Every fact there is, in the order of the bits of `self_reported`."""

BASE = 3 ** len(FACTS)
"""A state is `facts + BASE * rest`; the digits of the rest are those that `answers` loops over."""
YOUNG, CONSENT, REFERRER, ONLY_PASSIVE, NOT_MENTIONED, SELF_REPORTED = 1, 3, 9, 36, 72, 144
"""What a digit of the rest is worth."""
STATES = BASE * 288
INVALID = STATES
"""The state after all others: a row that is no case."""


class Answer(NamedTuple):
    """What a state comes to."""

    outcome: str
    because: list[str]
    missing: list[str]
    warnings: list[str]


class _Facts(NamedTuple):
    rejects: list[str]
    asks: list[str]
    missing: list[str]
    warnings: list[str]


def answers() -> list[Answer]:
    """What each state comes to, in the order of their numbers; the last is that of a row that is no case."""
    every = [_facts([number // 3**place % 3 for place in range(len(FACTS))]) for number in range(BASE)]
    rest = product((False, True), (False, True), (False, True), range(4), range(3), range(3))
    found = [
        _answer(facts, young, consent, referrer, only_passive, not_mentioned, reported)
        for reported, not_mentioned, only_passive, referrer, consent, young in rest
        for facts in every
    ]
    return [*found, Answer("invalid", [], [], [])]


def _facts(digits: list[int]) -> _Facts:
    *reduced, needs, alone = digits
    none = max(reduced) == NO
    unknown = YES not in reduced and UNKNOWN in reduced
    open_facts = [name for name, digit in zip(FACTS, reduced, strict=False) if digit == UNKNOWN]
    return _Facts(
        rejects=[
            *(["reduced-function"] if none else []),
            *(["maintenance-need"] if needs == NO else []),
            *(["no-self-training"] if alone == YES else []),
        ],
        asks=[
            *(["reduced-function"] if unknown else []),
            *(["maintenance-need"] if needs == UNKNOWN else []),
            *(["no-self-training"] if alone == UNKNOWN else []),
        ],
        missing=[
            *(open_facts if unknown else []),
            *(["needs_maintenance"] if needs == UNKNOWN else []),
            *(["can_self_train"] if alone == UNKNOWN else []),
        ],
        warnings=["outside-target-group"] if none else [],
    )


def _answer(
    facts: _Facts, young: int, consent: int, referrer: int, only_passive: bool, not_mentioned: bool, reported: bool
) -> Answer:
    asks_consent = referrer > 0 and consent != YES
    missing = facts.missing
    if asks_consent:
        missing = [*missing, "referred_by"] if referrer == 3 else missing
        missing = [*missing, "consent_given"] if consent == UNKNOWN or referrer < 3 else missing
    unlisted, last = ["unlisted-referrer"] if referrer == 2 else [], ["self-reported"] if reported else []
    warnings = unlisted + facts.warnings + last
    if young == YES:
        return Answer("redirected", ["adult"], [], warnings)
    if young == UNKNOWN:
        return Answer("needs_information", ["adult"], ["birth_date", *([] if facts.rejects else missing)], warnings)
    if facts.rejects:
        return Answer("rejected", facts.rejects, [], warnings)
    if facts.asks or asks_consent:
        return Answer("needs_information", facts.asks + (["consent"] if asks_consent else []), missing, warnings)
    if only_passive:
        return Answer("needs_assessment", ["not-only-passive"], [], warnings)
    mentioned = ["not-mentioned"] if not_mentioned else []
    return Answer("granted", [], [], unlisted + facts.warnings + mentioned + last)


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
    every, end = np.arange(FIRST, FIRST + number), FIRST + number
    working = every[[calendar.is_open(date.fromordinal(int(day) + EPOCH)) for day in every]]
    contact = np.searchsorted(working, every, side="right") + 4
    complaint = np.searchsorted(working, every + 28)
    # lateness counts after the unsettled days alone: 5 June, 24 and 31 December must have a workday after them
    unsettled = {(6, 5), (12, 24), (12, 31)}
    late = next(day for day in reversed(working) if _month_and_day(day) not in unsettled)
    course_end = _months_after(every, 3)
    inside = {
        "received_on": (contact < len(working)) & (every + 14 < end),
        "training_started_on": course_end < end,
        "decision_received_on": every + 28 <= late,
        "complaint_received_on": every + 28 < end,
    }
    last = {name: date.fromordinal(int(every[starts][-1]) + EPOCH) for name, starts in inside.items()}
    contact, complaint = (working[np.minimum(each, len(working) - 1)] for each in (contact, complaint))
    return Days(contact.astype("i4"), course_end.astype("i4"), complaint.astype("i4"), last)


def _month_and_day(day: int) -> tuple[int, int]:
    found = date.fromordinal(int(day) + EPOCH)
    return found.month, found.day


def _months_after(every: Any, number: int) -> Any:
    """The same day of a later month, or that month's last."""
    months = every.astype("datetime64[D]").astype("datetime64[M]")
    first, following = _first_of(months + number), _first_of(months + number + 1)
    return np.minimum(first + every - _first_of(months), following - 1)


def _first_of(months: Any) -> Any:
    return months.astype("datetime64[D]").astype(int)
