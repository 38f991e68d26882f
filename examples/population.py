"""A made-up population: as many cases as wanted, in one flat table. No person in it exists.

    python examples/population.py 1000000 cases.parquet --on 2017-05-10

The columns are those that `vedligehold` reads. About one value in twenty is unknown; `--wrong 0.001` puts a value that
cannot be into one row of a thousand. A row depends on the seed, the day and its own number alone: a population begins
with every smaller one.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet

from vedligehold.facts import ALTERNATIVES, ITEMS, REFERRERS, SETTINGS, STANDARD_FACTS, FactType

ON = date(2017, 5, 10)
"""The day on which the cases are decided, where no other is asked for."""
SEED = 1
UNKNOWN = 0.05
"""How many of the values are unknown."""
BLOCK = 1 << 16
"""So many rows are drawn together, each block from a chance of its own."""
CHUNK = 16
"""So many blocks are written together."""

LIKELY = {
    "needs_maintenance": 0.9,
    "needs_therapist_support": 0.8,
    "reduced_physical_function": 0.9,
    "can_self_train": 0.15,
    "chronic_condition": 0.8,
    "consent_given": 0.95,
}
"""How often a yes-or-no fact is a yes; any other 0.3."""
MUNICIPALITIES = ("0840", "0840", "0851")
REPORTED = ("can_self_train", "chronic_condition", "needs_maintenance", "reduced_physical_function")
"""What a citizen says of themselves in some cases, before a professional has assessed it."""
WRONG = ("birth_date", "municipality_code", "referred_by", "requested", "requested_setting", "waiting_list_left_on")
"""Where a wrong row has its value that cannot be."""
_EPOCH = date(1970, 1, 1)


def population(rows: int, *, seed: int = SEED, on: date = ON, wrong: float = 0.0) -> pl.DataFrame:
    """The first *rows* cases of the population of a *seed*, to be decided on *on*; *wrong*: share that cannot be."""
    # no rows are a table as well, with all its columns
    tables = [*tables_of(rows, seed=seed, on=on, wrong=wrong)] or [_block(seed, 0, on, wrong).slice(0, 0)]
    found = pl.from_arrow(pa.concat_tables(tables))
    assert isinstance(found, pl.DataFrame)
    return found


def tables_of(
    rows: int, *, seed: int = SEED, on: date = ON, wrong: float = 0.0, blocks: int = CHUNK
) -> Iterator[pa.Table]:
    """The same, as Arrow tables of so many *blocks*, one after the other."""
    numbers = range(-(-rows // BLOCK))
    for first in numbers[::blocks]:
        together = pa.concat_tables([_block(seed, number, on, wrong) for number in numbers[first : first + blocks]])
        yield together.slice(0, rows - first * BLOCK)


def write(rows: int, path: Path, *, seed: int = SEED, on: date = ON, wrong: float = 0.0) -> None:
    """Write the same to a Parquet file, without ever holding all of it."""
    schema = _block(seed, 0, on, wrong).schema
    with pyarrow.parquet.ParquetWriter(path, schema) as file:
        for table in tables_of(rows, seed=seed, on=on, wrong=wrong):
            file.write_table(table)


class _Drawn:
    """One block of rows: chance, and columns made of it."""

    def __init__(self, *seed: int) -> None:
        self._chance = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed)))

    def share(self, of: float) -> Any:
        """In about so many of the rows."""
        return self._chance.random(BLOCK) < of

    def below(self, end: int) -> Any:
        """A number from 0 on, below *end*, in each row."""
        return (self._chance.random(BLOCK) * end).astype(np.int32)

    def known(self, values: Any, share: float = 1 - UNKNOWN) -> pa.Array:
        """The *values*, of which about so many are known."""
        return pa.array(values, mask=~self.share(share))

    def one_of(self, values: Sequence[str | None]) -> pa.Array:
        """One of the *values*, each as likely."""
        return pa.array(values, pa.string()).take(self.known(self.below(len(values))))

    def some_of(self, items: Sequence[str], most: int) -> pa.Array:
        """A set of none to *most* of the *items*, each number as likely, in the order of the *items*."""
        sizes = [list(combinations(items, size)) for size in range(most + 1)]
        counts = np.array([len(sets) for sets in sizes])
        size = self.below(most + 1)
        within = (self._chance.random(BLOCK) * counts[size]).astype(np.int32)
        sets = pa.array([list(each) for sets in sizes for each in sets], pa.list_(pa.string()))
        return sets.take(self.known((np.cumsum(counts) - counts)[size] + within))


def _days(numbers: pa.Array) -> pa.Array:
    return numbers.cast(pa.int32()).cast(pa.date32())


@lru_cache(maxsize=2)  # a block takes a second, and whoever wants a few rows wants the first one again and again
def _block(seed: int, number: int, on: date, wrong: float) -> pa.Table:
    drawn, today = _Drawn(seed, number), (on - _EPOCH).days
    columns = {
        fact.name: _fact(drawn, fact.name, fact.type, today) for fact in STANDARD_FACTS if fact.section != "derived"
    }
    columns |= _events(drawn, today)
    some = drawn.some_of(REPORTED, 2)
    columns["self_reported"] = pa.compute.if_else(pa.array(drawn.share(0.1)), some, pa.scalar(None, some.type))
    # from another chance: what is wrong in one row changes no other
    return pa.table(_with_wrong(_Drawn(seed, number, 1), columns, today, wrong) if wrong else columns)


def _fact(drawn: _Drawn, name: str, kind: FactType, today: int) -> pa.Array:
    match name:
        case "birth_date":
            return _days(drawn.known(today - 15 * 365 - drawn.below(80 * 365)))
        case "received_on":
            return _days(drawn.known(today - 1 - drawn.below(20)))
        case "municipality_code":
            return drawn.one_of(MUNICIPALITIES)
        case "referred_by":
            return drawn.one_of([*REFERRERS])
        case "requested":
            return drawn.some_of([*ITEMS], 3)
        case "requested_setting":
            return drawn.one_of([None, None, *SETTINGS])
        case "self_training_alternatives":
            return drawn.some_of([*ALTERNATIVES], 2)
        case _:
            assert kind is FactType.BOOL, name
            return drawn.known(drawn.share(LIKELY.get(name, 0.3)))


def _events(drawn: _Drawn, today: int) -> dict[str, pa.Array]:
    """From the grant on; one in ten complains, and one in ten waits, of whom most have been taken off the list."""
    started = today + 1 + drawn.below(30)
    received = today + drawn.below(5)
    complained = received + 1 + drawn.below(60)
    entered = today + drawn.below(10)
    left = entered + 1 + drawn.below(60)
    waits = drawn.share(0.1)
    return {
        "granted_on": _days(drawn.known(np.full(BLOCK, today, np.int32))),
        "training_started_on": _days(drawn.known(started)),
        "decision_received_on": _days(drawn.known(received)),
        "complaint_received_on": _days(drawn.known(complained, 0.1)),
        "waiting_list_entered_on": _days(pa.array(entered, mask=~waits)),
        "waiting_list_left_on": _days(pa.array(left, mask=~(waits & drawn.share(0.7)))),
    }


def _with_wrong(drawn: _Drawn, columns: dict[str, pa.Array], today: int, share: float) -> dict[str, pa.Array]:
    """The *columns* with one value that cannot be in a *share* of the rows."""
    rows, place = drawn.share(share), drawn.below(len(WRONG))
    impossible = {
        "birth_date": _day(today + 400),
        "municipality_code": "84",
        "referred_by": "neighbour",
        "requested": ["sauna"],
        "requested_setting": "pool",
        "waiting_list_left_on": _day(today + 1),
    }
    found = dict(columns)
    for number, name in enumerate(WRONG):
        here = pa.array(rows & (place == number))
        found[name] = pa.compute.if_else(here, pa.scalar(impossible[name], columns[name].type), columns[name])
        if name == "waiting_list_left_on":  # taken off a list that nobody has been put on
            never = columns["waiting_list_entered_on"]
            found["waiting_list_entered_on"] = pa.compute.if_else(here, pa.scalar(None, never.type), never)
    return found


def _day(number: int) -> date:
    return date.fromordinal(_EPOCH.toordinal() + number)


def main(words: Sequence[str]) -> None:
    """Write a population to a file."""
    parser = argparse.ArgumentParser(description="Write a made-up population of cases to a Parquet file.")
    parser.add_argument("rows", type=int)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--wrong", type=float, default=0.0, metavar="SHARE", help="rows with a value that cannot be")
    parser.add_argument("--on", type=date.fromisoformat, default=ON, metavar="DATE", help="the day they are decided on")
    said = parser.parse_args(words)
    write(said.rows, said.out, seed=said.seed, on=said.on, wrong=said.wrong)


if __name__ == "__main__":
    main(sys.argv[1:])
