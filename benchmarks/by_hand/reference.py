"""The reference: every row made a case and decided by itself, as the columns say it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl

from vedligehold import Case, CaseError, Pack, decide
from vedligehold.errors import Problem
from vedligehold.facts import ALTERNATIVES, EVENTS, ITEMS, STANDARD_FACTS

DEADLINES = ("contact", "decision", "start", "course_end", "complaint", "reassessment")
LISTS = ("because", "missing", "excluded", "warnings", "problems")
SCHEMA = {
    "outcome": pl.String(),
    "partial": pl.Boolean(),
    **{name: pl.List(pl.String) for name in LISTS},
    "decided_on": pl.Date(),
    "version": pl.Date(),
    **{f"due_{name}": pl.Date() for name in DEADLINES},
}
_SETS = {"requested": list(ITEMS), "self_training_alternatives": list(ALTERNATIVES)}


def decided(pack: Pack, frame: pl.DataFrame, on: date) -> pl.DataFrame:
    """The columns that come out of *frame*, row by row."""
    version = pack.at(on).version.valid_from
    rows = [_row(pack, each, on) | {"decided_on": on, "version": version} for each in frame.iter_rows(named=True)]
    return pl.DataFrame(rows, schema=SCHEMA)


def _row(pack: Pack, row: dict[str, Any], on: date) -> dict[str, Any]:
    try:
        case = Case.model_validate(_case(row))
        decision = decide(pack, case, on=on)
        deadlines = decision.deadlines
    except CaseError as error:
        # every deadline that runs out is told, and `deadlines` stops at the first
        problems = dict.fromkeys(_said(each, row) for each in _every(error, pack, row, on))
        return {"outcome": "invalid", **{name: [] for name in LISTS}, "problems": list(problems)}
    return {
        "outcome": str(decision.outcome),
        "partial": decision.partial,
        "because": list(decision.because),
        "missing": list(decision.missing),
        "excluded": [each.item for each in decision.excluded],
        "warnings": [each.code for each in decision.warnings],
        "problems": [],
        **{f"due_{each.id}": each.due_on for each in deadlines},
    }


def _every(error: CaseError, pack: Pack, row: dict[str, Any], on: date) -> Iterator[Problem]:
    from vedligehold.deadline import count

    # a count that runs out is told of the event by itself, any other problem at the day of one: `events[0].on`
    if not error.problems[0].place.startswith("events."):
        yield from error.problems
        return
    days = Case.model_validate(_case(row)).days()
    for rule in pack.at(on).deadlines:
        try:
            count(rule, days)
        except CaseError as each:
            yield from each.problems


def _case(row: dict[str, Any]) -> dict[str, Any]:
    case: dict[str, Any] = {"citizen": {}, "referral": {}}
    for fact in STANDARD_FACTS:
        value = row.get(fact.name)
        if value is not None:
            case[fact.section][fact.name] = _set(fact.name, value) if fact.name in _SETS else value
    if row["self_reported"] is not None:
        case["self_reported"] = row["self_reported"]
    case["events"] = _events(row)
    return case


def _events(row: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"type": kind, "on": row[f"{kind}_on"]} for kind in EVENTS if row.get(f"{kind}_on") is not None]


def _set(name: str, value: list[Any]) -> list[Any]:
    known = _SETS[name]
    proper = len(set(value)) == len(value) and all(each in known for each in value)
    return sorted(value, key=known.index) if proper else value


def _said(problem: Problem, row: dict[str, Any]) -> str:
    place = problem.place
    section, _, rest = place.partition(".")
    if place.startswith("events["):
        field = f"{_events(row)[int(place[7 : place.index(']')])]['type']}_on"
    elif place == "events":
        field = "waiting_list_left_on"
    elif section == "events":
        field = "received_on" if rest == "referral_received" else f"{rest}_on"
    else:
        field = (rest or section).partition("[")[0]
    return f"{field}:{problem.code}"
