"""Cases that others wrote: their answers are ours. They lie beside the project, and are read from there.

The folder is `../shared/outside-tests` beside the project, or where `VEDLIGEHOLD_OUTSIDE_TESTS` says.
"""

import json
import os
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from vedligehold import WorkdayCalendar
from vedligehold.condition import All, Condition, IsTrue, Not
from vedligehold.condition import Any as AnyPart
from vedligehold.meaning.value import FAILS, HOLDS, UNKNOWN, evaluate

FOLDER = Path(os.environ.get("VEDLIGEHOLD_OUTSIDE_TESTS") or Path(__file__).parents[2] / "shared" / "outside-tests")


def _lines(name: str) -> list[Any]:
    """The cases in a file; one that says why not, where the file is absent."""
    file = FOLDER / name
    if not file.is_file():
        reason = f"`{name}` is not beside the project; `VEDLIGEHOLD_OUTSIDE_TESTS` says where the folder is"
        return [pytest.param(None, marks=pytest.mark.skip(reason=reason), id="absent")]
    return [
        pytest.param(case, id=_name(case)) for case in map(json.loads, file.read_text(encoding="utf-8").splitlines())
    ]


def _name(case: dict[str, Any]) -> str:
    if "suite" in case:
        return f"{case['suite']}-{case['case']}-{case['decision']}"
    return f"{case['start']}-{case['days']}-{case['direction']}"


@cache
def _england_and_wales() -> WorkdayCalendar:
    divisions = json.loads((FOLDER / "working_days_holidays.json").read_text(encoding="utf-8"))
    events = divisions["england-and-wales"]["events"]
    return WorkdayCalendar(holidays={date.fromisoformat(event["date"]): event["title"] for event in events})


@pytest.mark.parametrize("case", _lines("working_days.jsonl"))
def test_workdays_are_counted_as_gov_uk_counts_them(case: Any):
    """GOV.UK smart-answers: forward and back in the calendar of England and Wales."""
    calendar, start = _england_and_wales(), date.fromisoformat(case["start"])
    counting = {"after": calendar.add_workdays, "before": calendar.sub_workdays}[case["direction"]]

    assert counting(start, case["days"]) == date.fromisoformat(case["expected"])


# FEEL's `true`, `false` and `null` are our known true, known false and unknown. Every input of these 42 cases is one of
# them: the kit's cases over numbers and text (where FEEL gives null for `true and 1`) are not among them, as our bool
# facts have no such values. A literal in an expression becomes a fact with that value: our conditions have no literals.
_VALUES = {"true": True, "false": False, "null": None}
_JOINERS: dict[str, type[All | AnyPart]] = {"and": All, "or": AnyPart}


def _condition(feel: str) -> Condition:
    """`A and B`, `A or B`, `not(A)` as a condition over the facts that it names."""
    if negated := re.fullmatch(r"not\((\w+)\)", feel):
        return Not(IsTrue(negated[1]))
    left, joiner, right = feel.split()
    return _JOINERS[joiner]((IsTrue(left), IsTrue(right)))


def _value(typed: dict[str, Any]) -> bool | None:
    return None if typed["v"] is None else _VALUES[typed["v"]]


@pytest.mark.parametrize("case", _lines("three_valued_logic.jsonl"))
def test_unknown_is_combined_as_dmn_combines_null(case: Any):
    """The DMN Technology Compatibility Kit: and, or, not over true, false and null."""
    assert not case["error_expected"]
    values = _VALUES | {name: _value(typed) for name, typed in case["inputs"].items()}
    expected = {True: HOLDS, False: FAILS, None: UNKNOWN}[_value(case["expected"])]

    assert evaluate(_condition(case["logic"]["feel"]), values).truth == expected
