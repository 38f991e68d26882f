"""What a user would pick instead, given the same work: zen-engine, numpy, the holidays package."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, assert_never

import numpy as np
import zen
from holidays import country_holidays

from vedligehold import WorkdayCalendar
from vedligehold import condition as tree
from vedligehold.condition import (
    AllOf,
    AnyOf,
    AtLeast,
    AtMost,
    Condition,
    Empty,
    Is,
    IsTrue,
    Not,
    OneOf,
    Only,
    OtherFact,
)
from vedligehold.pack import Policy, Requirement

RESULTS = {1: "holds", 2: "fails", 0: "unknown", 3: "not_applicable"}


def zen_expression(requirements: tuple[Requirement, ...]) -> str:
    """Every requirement's result as a number, in one list: what the rules say and nothing else."""
    return "[" + ", ".join(map(_result, requirements)) + "]"


def zen_graph(requirements: tuple[Requirement, ...]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """The same as a decision graph with one expression node, a result for each requirement by its id."""
    expressions = [
        {"id": f"e{place}", "key": each.id.replace("-", "_"), "value": _result(each)}
        for place, each in enumerate(requirements)
    ]
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", "position": {"x": 0, "y": 0}},
        {
            "id": "rules",
            "name": "rules",
            "type": "expressionNode",
            "position": {"x": 1, "y": 0},
            "content": {"expressions": expressions},
        },
        {"id": "out", "name": "out", "type": "outputNode", "position": {"x": 2, "y": 0}},
    ]
    edges = [
        {"id": "1", "type": "edge", "sourceId": "in", "targetId": "rules"},
        {"id": "2", "type": "edge", "sourceId": "rules", "targetId": "out"},
    ]
    decision = zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))
    evaluate: Callable[[dict[str, Any]], dict[str, Any]] = decision.evaluate
    return evaluate


def _result(requirement: Requirement) -> str:
    holds, fails = _pair(requirement.require)
    if requirement.when is None:
        return f"({holds} ? 1 : {fails} ? 2 : 0)"
    applies, not_applies = _pair(requirement.when)
    return f"({not_applies} ? 3 : {holds} ? 1 : ({applies} and {fails}) ? 2 : 0)"


def _pair(condition: Condition) -> tuple[str, str]:
    """Two expressions, each true or false: that the condition holds, and that it fails."""
    match condition:
        case IsTrue(fact):
            return f"{fact} == true", f"{fact} == false"
        case Is(fact, operand):
            return _known(fact, f"{fact} == {_text(operand)}", f"{fact} != {_text(operand)}")
        case AtLeast(fact, operand):
            return _known(fact, f"{fact} >= {_text(operand)}", f"{fact} < {_text(operand)}")
        case AtMost(fact, operand):
            return _known(fact, f"{fact} <= {_text(operand)}", f"{fact} > {_text(operand)}")
        case OneOf(fact, operand):
            return _known(fact, f"{fact} in {_text(operand)}", f"{fact} not in {_text(operand)}")
        case AnyOf(fact, operand):
            return _known(fact, f"some({fact}, # in {_text(operand)})", f"none({fact}, # in {_text(operand)})")
        case AllOf(fact, operand):
            return _known(fact, f"all({_text(operand)}, # in {fact})", f"some({_text(operand)}, # not in {fact})")
        case Only(fact, operand):
            only = f"len({fact}) > 0 and all({fact}, # in {_text(operand)})"
            return _known(fact, only, f"(len({fact}) == 0 or some({fact}, # not in {_text(operand)}))")
        case Empty(fact):
            return _known(fact, f"len({fact}) == 0", f"len({fact}) > 0")
        case tree.All(parts):
            pairs = [_pair(part) for part in parts]
            return _joined("and", [pair[0] for pair in pairs]), _joined("or", [pair[1] for pair in pairs])
        case tree.Any(parts):
            pairs = [_pair(part) for part in parts]
            return _joined("or", [pair[0] for pair in pairs]), _joined("and", [pair[1] for pair in pairs])
        case Not(part):
            holds, fails = _pair(part)
            return fails, holds
        case _:
            assert_never(condition)


def _known(fact: str, holds: str, fails: str) -> tuple[str, str]:
    return f"({fact} != null and {holds})", f"({fact} != null and {fails})"


def _joined(word: str, parts: list[str]) -> str:
    return "(" + f" {word} ".join(parts) + ")"


def _text(operand: tree.Operand) -> str:
    if isinstance(operand, OtherFact):
        return operand.name
    value = operand.value
    return str(value.toordinal()) if isinstance(value, date) else json.dumps(value)


def zen_facts(policy: Policy, known: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of a case as zen-engine takes it: flat, unknown facts left out, days as numbers."""
    return {name: _plain(value) for name, value in known.items() if value is not None and name in policy.facts}


def _plain(value: Any) -> Any:
    return value.toordinal() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value


def numpy_workdays(calendar: WorkdayCalendar, first: date, last: date) -> Callable[[date, int], date]:
    """`numpy.busday_offset` on the same open days, a date in and a date out.

    `roll="forward"` would be a day late for an event on a closed day.
    """
    days = [date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1)]
    closed = [day for day in days if day.weekday() < 5 and not calendar.is_open(day)]
    table = np.busdaycalendar(holidays=np.array(closed, dtype="datetime64[D]"))
    offset = np.busday_offset

    def add(day: date, workdays: int) -> date:
        found: date = offset(day, workdays, roll="backward", busdaycal=table).item()
        return found

    return add


def holidays_workdays(first: date, last: date) -> Callable[[date, int], date]:
    """The own function of the holidays package, on Denmark."""
    return country_holidays("DK", years=range(first.year, last.year + 1)).get_nth_working_day
