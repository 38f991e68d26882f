"""Danish municipal quality standards for maintenance training as rule packs: decided, counted, explained, tested."""

from vedligehold._version import __version__
from vedligehold.calendar import WorkdayCalendar
from vedligehold.case import Case, Citizen, Event, Finding, Referral, read_case
from vedligehold.deadline import Deadline
from vedligehold.decide import decide, due, facts, replay
from vedligehold.decide_many import ColumnWarning, decide_many
from vedligehold.decision import Decision
from vedligehold.errors import CaseError, EnginesDisagree, NotInForce, PackError, Problem, VedligeholdError
from vedligehold.facts import Fact
from vedligehold.pack import Pack
from vedligehold.reading.library import load_pack, packs
from vedligehold.settle import Outcome
from vedligehold.table.row import case_of_row
from vedligehold.table.summary import Summary
from vedligehold.table.tally import summarise
from vedligehold.what_if import ChangeSummary, WhatIf, what_if

__all__ = [
    "Case",
    "CaseError",
    "ChangeSummary",
    "Citizen",
    "ColumnWarning",
    "Deadline",
    "Decision",
    "EnginesDisagree",
    "Event",
    "Fact",
    "Finding",
    "NotInForce",
    "Outcome",
    "Pack",
    "PackError",
    "Problem",
    "Referral",
    "Summary",
    "VedligeholdError",
    "WhatIf",
    "WorkdayCalendar",
    "__version__",
    "case_of_row",
    "decide",
    "decide_many",
    "due",
    "facts",
    "load_pack",
    "packs",
    "read_case",
    "replay",
    "summarise",
    "what_if",
]
