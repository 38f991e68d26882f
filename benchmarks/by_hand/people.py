"""A population drawn from a fixed seed: typed columns, some facts unknown, and now and then a value that cannot be."""

from datetime import date
from typing import Any

import numpy as np
import polars as pl

from vedligehold.facts import ALTERNATIVES, ITEMS, REFERRERS, SETTINGS

ON = date(2017, 5, 10)
UNKNOWN = 0.05
"""How many of the facts are unknown."""
IMPOSSIBLE = 0.001
"""How many of the rows have a value that cannot be, in one column or another."""
_EPOCH = date(1970, 1, 1).toordinal()
_LIKELY = {
    "reduced_physical_function": 0.9,
    "reduced_mental_function": 0.3,
    "special_social_problems": 0.3,
    "chronic_condition": 0.8,
    "needs_maintenance": 0.9,
    "needs_therapist_support": 0.8,
    "can_self_train": 0.15,
    "receives_free_physiotherapy": 0.3,
    "free_physiotherapy_same_purpose": 0.3,
    "covered_by_elder_care_act": 0.3,
    "special_circumstances": 0.3,
    "requested_transport": 0.3,
    "consent_given": 0.95,
}
_EVENTS = {
    "granted_on": (0.7, 0, 20),
    "decision_received_on": (0.7, 2, 25),
    "training_started_on": (0.6, 5, 40),
    "waiting_list_entered_on": (0.1, 0, 10),
    "waiting_list_left_on": (0.05, 10, 30),
    "complaint_received_on": (0.2, 20, 60),
}
_OUTSIDE = (date(1989, 12, 31), date(2100, 12, 31), date(2100, 12, 24), date(2101, 1, 1), date(2100, 11, 30))


def people(rows: int, seed: int = 1, impossible: float = IMPOSSIBLE) -> pl.DataFrame:
    """That many rows."""
    chance = np.random.default_rng(seed)
    on = ON.toordinal() - _EPOCH
    received = on - chance.integers(1, 21, rows)
    drawn: dict[str, Any] = {
        "birth_date": _days(chance, on - chance.integers(15 * 365, 95 * 365, rows)),
        "municipality_code": _choices(chance, ["0840", "0840", "0851", "0101"], rows),
    }
    drawn |= {name: _perhaps(chance, pl.Series(chance.random(rows) < likely)) for name, likely in _LIKELY.items()}
    drawn["self_training_alternatives"] = _sets(chance, list(ALTERNATIVES), 2, rows)
    drawn["received_on"] = _days(chance, received)
    drawn["referred_by"] = _choices(chance, list(REFERRERS), rows)
    drawn["requested"] = _sets(chance, list(ITEMS), 3, rows)
    drawn["requested_setting"] = _perhaps(chance, _choices(chance, list(SETTINGS), rows), 0.4)
    for name, (likely, first, last) in _EVENTS.items():
        drawn[name] = _days(chance, received + chance.integers(first, last, rows), 1 - likely)
    frame = pl.DataFrame(drawn)
    # a waiting list is left after it was entered
    left, entered = pl.col("waiting_list_left_on"), pl.col("waiting_list_entered_on")
    frame = frame.with_columns(pl.when(entered <= left).then(left).alias("waiting_list_left_on"))
    return _spoiled(frame, chance, impossible) if impossible else frame


def _perhaps(chance: np.random.Generator, values: pl.Series, unknown: float = UNKNOWN) -> pl.Series:
    known = pl.Series(chance.random(len(values)) >= unknown)
    return pl.select(pl.when(known).then(values)).to_series()


def _days(chance: np.random.Generator, numbers: Any, unknown: float = UNKNOWN) -> pl.Series:
    return _perhaps(chance, pl.Series(numbers.astype("i4")).cast(pl.Date), unknown)


def _choices(chance: np.random.Generator, among: list[str], rows: int) -> pl.Series:
    return _perhaps(chance, pl.Series(among).gather(pl.Series(chance.integers(0, len(among), rows).astype("u4"))))


def _sets(chance: np.random.Generator, among: list[str], most: int, rows: int) -> pl.Series:
    """Up to *most* different items in each row, in any order."""
    tables = [[], *_arrangements(among, most)]
    sizes = np.array([len(each) for each in tables])
    first = [int(np.argmax(sizes == size)) for size in range(most + 1)]
    size = chance.integers(0, most + 1, rows)
    place = chance.random(rows)
    numbers = np.zeros(rows, "u4")
    for each in range(most + 1):
        count = int((sizes == each).sum())
        here = size == each
        numbers[here] = first[each] + (place[here] * count).astype("u4")
    return _perhaps(chance, pl.Series(tables, dtype=pl.List(pl.String)).gather(pl.Series(numbers)))


def _arrangements(among: list[str], most: int) -> list[list[str]]:
    from itertools import permutations

    return [list(each) for size in range(1, most + 1) for each in permutations(among, size)]


def _spoiled(frame: pl.DataFrame, chance: np.random.Generator, share: float) -> pl.DataFrame:
    """The same with values that cannot be, one or two to a spoiled row."""
    items, others = list(ITEMS), list(ALTERNATIVES)
    wrong: dict[str, list[Any]] = {
        "birth_date": [date(2018, 1, 1), date(2017, 5, 5), date(2017, 5, 10), date(2017, 5, 11), date(1850, 2, 3)],
        "municipality_code": ["840", "08400", "", "+840", "ABCD", "٠٨٤٠", "084\n"],
        "self_training_alternatives": [["walks", "walks"], ["jogging"], [None], [others[0], None, "jogging"]],
        "received_on": [*_OUTSIDE, date(1900, 1, 1)],
        "referred_by": ["neighbour", "", "Citizen"],
        "requested": [
            ["massage", "massage"],
            ["Balance"],
            ["yoga", "yoga"],
            ["yoga", "tai chi"],
            [None],
            [None, None],
            ["massage", None, "massage"],
            [items[0], "yoga", items[2]],
            [items[0], items[0], items[1]],
            [*items, *items],
            [*items],
            ["", "massage"],
            ["massage", "passive_stretching"],
        ],
        "requested_setting": ["Home", "", "outdoors"],
        **{name: [*_OUTSIDE, date(1950, 6, 1)] for name in _EVENTS},
        "waiting_list_left_on": [date(2017, 1, 1), date(1991, 1, 1), *_OUTSIDE],
    }
    rows = frame.height
    changed = {}
    each = share * 1.5 / len(wrong)
    for name, values in wrong.items():
        spoil = chance.random(rows) < each
        picked = pl.Series(values, dtype=frame.schema[name]).gather(
            pl.Series(chance.integers(0, len(values), rows).astype("u4"))
        )
        changed[name] = pl.select(pl.when(pl.Series(spoil)).then(picked).otherwise(frame[name])).to_series()
    return frame.with_columns(**changed)
