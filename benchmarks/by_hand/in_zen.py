"""zen-engine: one compiled expression, row by row; the outcome and the reasons alone.

It has no way to decide many rows at once. It gives the result of each requirement, and the outcome is one look-up in a
table more: words worked out in the expression itself took longer.
"""

from collections.abc import Callable
from itertools import product
from typing import Any

import polars as pl
import zen
from polars import col

from by_hand.in_openfisca import assessed
from by_hand.rules import REPORTED, TURNED_18

_HOLDS, _FAILS, _UNKNOWN = 1, 2, 0
_REDUCED = "reduced_physical_function == {0} {1} reduced_mental_function == {0} {1} special_social_problems == {0}"
EXPRESSION = f"""[
    birth_date == null ? 0 : birth_date <= {TURNED_18.toordinal()} ? 1 : 2,
    ({_REDUCED.format("true", "or")}) ? 1 : ({_REDUCED.format("false", "and")}) ? 2 : 0,
    needs_maintenance == null ? 0 : needs_maintenance ? 1 : 2,
    can_self_train == null ? 0 : can_self_train ? 2 : 1,
    consent_given == true or (referred_by != null and referred_by in ['citizen', 'relative']) ? 1 : 2,
    len(requested) > 0 and all(requested, # in ['massage', 'passive_stretching', 'joint_mobilisation',
        'electrotherapy', 'heat_packs', 'local_treatment', 'work_assessment']) ? 2 : 1
]"""
READ = (
    "birth_date",
    "reduced_physical_function",
    "reduced_mental_function",
    "special_social_problems",
    "needs_maintenance",
    "can_self_train",
    "consent_given",
    "referred_by",
    "requested",
)


def side(frame: pl.DataFrame) -> tuple[Callable[[], object], Callable[[], pl.DataFrame]]:
    """A run over the rows as flat mappings of what is known, and its outcomes and reasons."""
    rows = facts(frame)
    expression = zen.compile_expression(EXPRESSION)
    evaluate = expression.evaluate
    answers = _answers()
    found: list[tuple[str, list[str]]] = []

    def run() -> None:
        found[:] = [answers[tuple(evaluate(row))] for row in rows]

    def read() -> pl.DataFrame:
        schema = {"outcome": pl.String(), "because": pl.List(pl.String)}
        return pl.DataFrame(found, schema=schema, orient="row")

    return run, read


def facts(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """The facts as this tool takes them, days as numbers: it is not timed."""
    day = col("birth_date").cast(pl.Int32) + 719_163
    read = (
        frame.with_columns(*map(assessed, REPORTED))
        .select(READ)
        .with_columns(birth_date=day, requested=col("requested").fill_null([]))
    )
    return [{name: value for name, value in row.items() if value is not None} for row in read.iter_rows(named=True)]


def _answers() -> dict[tuple[int, ...], tuple[str, list[str]]]:
    """The outcome and the reasons of every combination of results."""
    found = {}
    names = ("reduced-function", "maintenance-need", "no-self-training", "consent")
    for results in product((_UNKNOWN, _HOLDS, _FAILS), repeat=6):
        adult, *merits, passive = results
        rejects = [name for name, result in zip(names, merits[:3], strict=False) if result == _FAILS]
        asks = [name for name, result in zip(names, merits, strict=True) if result == _UNKNOWN]
        asks += ["consent"] if merits[3] == _FAILS else []
        door = {_FAILS: "redirected", _UNKNOWN: "needs_information"}.get(adult)
        found[results] = (
            (door, ["adult"])
            if door
            else ("rejected", rejects)
            if rejects
            else ("needs_information", asks)
            if asks
            else ("needs_assessment", ["not-only-passive"])
            if passive == _FAILS
            else ("granted", [])
        )
    return found
