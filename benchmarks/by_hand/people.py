"""The rows that every side is checked on: the population, with values that cannot be in a share of the rows."""

from collections.abc import Callable
from datetime import date
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from vedligehold.facts import ITEMS

_PATH = Path(__file__).parents[2] / "examples" / "population.py"


def _example() -> Any:
    # by its path: the harness beside has the same name
    said = spec_from_file_location("example_population", _PATH)
    assert said is not None
    assert said.loader is not None
    module = module_from_spec(said)
    said.loader.exec_module(module)
    return module


_FOUND = _example()
ON: date = _FOUND.ON
population: Callable[..., pl.DataFrame] = _FOUND.population
"""The first rows of the population of a seed."""
write: Callable[..., None] = _FOUND.write
"""Writes the same to a Parquet file."""

_DAYS = (date(1989, 12, 31), date(2100, 12, 31), date(2100, 12, 24), date(2101, 1, 1), date(2100, 11, 30))
_EVENTS = (
    "granted_on",
    "decision_received_on",
    "training_started_on",
    "waiting_list_entered_on",
    "complaint_received_on",
)
_WRONG: dict[str, list[Any]] = {
    "birth_date": [date(2018, 1, 1), date(2017, 5, 5), ON, date(2017, 5, 11), date(1850, 2, 3), date(1999, 5, 11)],
    "municipality_code": ["840", "08400", "", "+840", "ABCD", "٠٨٤٠", "084\n", "0840"],
    "self_training_alternatives": [["walks", "walks"], ["jogging"], [None], ["gymnastics_club", None, "jogging"]],
    "received_on": [*_DAYS, date(1900, 1, 1)],
    "referred_by": ["neighbour", "", "Citizen"],
    "requested": [
        ["massage", "massage"],
        ["Balance"],
        ["yoga", "yoga"],
        ["yoga", "tai chi"],
        [None],
        [None, None],
        ["massage", None, "massage"],
        ["balance", "yoga", "mobility"],
        ["balance", "balance", "strength"],
        [*ITEMS, *ITEMS],
        [*ITEMS],
        [*ITEMS][::-1],
        ["", "massage"],
        ["heat_packs", "massage"],
    ],
    "requested_setting": ["Home", "", "outdoors"],
    "self_reported": [
        ["can_self_train", "can_self_train"],
        ["Can_self_train"],
        [None],
        ["age", "needs_maintenance"],
        ["chronic_condition", "birth_date"],
        [],
        ["shoe size", "hat size", "reduced_mental_function"],
        ["reduced_physical_function", "reduced_mental_function", "needs_maintenance", "can_self_train"],
    ],
    **{name: [*_DAYS, date(1950, 6, 1)] for name in _EVENTS},
    "waiting_list_left_on": [date(2017, 1, 1), date(1991, 1, 1), *_DAYS],
}


def checked(rows: int) -> pl.DataFrame:
    """That many rows, of which the second half has hardly anything wrong."""
    half = rows // 2
    return pl.concat([_spoiled(half, 11, 0.3), _spoiled(rows - half, 12, 0.01)])


def _spoiled(rows: int, seed: int, share: float) -> pl.DataFrame:
    frame, chance = population(rows, seed=seed), np.random.default_rng(seed)
    changed = {}
    for name, values in _WRONG.items():
        spoil = pl.Series(chance.random(rows) < share * 1.5 / len(_WRONG))
        which = pl.Series(chance.integers(0, len(values), rows).astype("u4"))
        wrong = pl.Series(values, dtype=frame.schema[name]).gather(which)
        changed[name] = pl.select(pl.when(spoil).then(wrong).otherwise(frame[name])).to_series()
    return frame.with_columns(**changed)
