"""Tables held by every engine, and how what `decide_many` says of them differs from the reference.

`make agree` draws a million rows; it is `python -m agreement`, with `tests` on the path.
"""

import argparse
import multiprocessing
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing.util import Finalize
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, TypeAlias, get_args

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from tables import Kind, Table, packs_for_tables, table

from vedligehold.decide_many import decide_many
from vedligehold.table.row import Rows

Engine: TypeAlias = Literal["polars", "lazy", "objects", "pandas", "pyarrow", "duckdb", "spark"]
"""*lazy*: a LazyFrame of Polars; *objects*: pandas, with columns of Python's own objects; *pandas*: its Arrow types."""
ENGINES: tuple[Engine, ...] = get_args(Engine)
NUMBER = "række"
"""The column that says which row it was: DuckDB and Spark have no order. It goes through."""
Answer: TypeAlias = dict[str, list[Any]]
"""What came out, by column, in the order of `NUMBER`, as Python's own values."""

TYPES: dict[Kind, pa.DataType] = {
    "bool": pa.bool_(),
    "int": pa.int64(),
    "float": pa.float64(),
    "decimal": pa.decimal128(38, 16),
    "date": pa.date32(),
    "datetime": pa.timestamp("us"),
    "text": pa.string(),
    "list": pa.list_(pa.string()),
}


class Holding:
    """Tables as the engines hold them. *spark* is a session, or what makes one when it is first wanted."""

    def __init__(self, folder: Path, spark: Any = None) -> None:
        self.folder = folder
        self._spark = spark
        self._count = 0

    def held(self, engine: Engine, columns: pa.Table) -> Any:
        """The same table in that engine."""
        match engine:
            case "polars":
                return pl.from_arrow(columns)
            case "lazy":
                return pl.from_arrow(columns).lazy()  # type: ignore[union-attr]
            case "objects":
                cells = {name: columns[name].to_pylist() for name in columns.column_names}
                made = {name: pd.Series(values, dtype=object) for name, values in cells.items()}
                return pd.DataFrame(made, index=pd.RangeIndex(columns.num_rows))
            case "pandas":
                return columns.to_pandas(types_mapper=pd.ArrowDtype)
            case "pyarrow":
                return columns
            case "duckdb":
                return duckdb.connect().from_arrow(columns)
            case "spark":
                self._count += 1
                path = self.folder / f"{self._count}.parquet"
                pq.write_table(columns, path)
                return self.spark.read.parquet(str(path))

    @property
    def spark(self) -> Any:
        """The session."""
        if callable(self._spark):
            self._spark = self._spark()
        return self._spark


def as_arrow(drawn: Table) -> pa.Table:
    """A drawn table with the numbers of its rows."""
    arrays = {name: pa.array(values, type=TYPES[kind]) for name, (kind, values) in drawn.columns.items()}
    return pa.table({**arrays, NUMBER: pa.array(range(drawn.rows), type=pa.int32())})


def answer(frame: Any) -> Answer:
    """What is in a frame of any engine."""
    found = plain(frame)
    order = sorted(range(len(found[NUMBER])), key=found[NUMBER].__getitem__)
    return {name: [values[place] for place in order] for name, values in found.items()}


def plain(frame: Any) -> Answer:
    """What is in a frame of any engine, in its own order."""
    if isinstance(frame, pd.DataFrame):
        return {str(name): [_plain(value) for value in frame[name]] for name in frame.columns}
    columns = _arrow(frame)
    return {name: columns[name].to_pylist() for name in columns.column_names}


def _arrow(frame: Any) -> pa.Table:
    match frame:
        case pa.Table():
            return frame
        case pl.DataFrame():
            return frame.to_arrow()
        case pl.LazyFrame():
            return frame.collect().to_arrow()
        case duckdb.DuckDBPyRelation():
            return frame.to_arrow_table()
        case _:
            return frame.toArrow()


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, datetime) and not isinstance(value, pd.Timestamp):
        return value
    if isinstance(value, pd.Timestamp):
        return value.date() if value == value.normalize() else value.to_pydatetime(warn=False)
    if not isinstance(value, str | bytes | list | dict) and hasattr(value, "tolist"):
        return value.tolist()
    return value


def expected(rows: Rows, drawn: Table) -> Answer:
    """What the reference says of each row."""
    decided = [rows.decided(drawn.row(number)) for number in range(drawn.rows)]
    return {name: [row[name] for row in decided] for name in rows.results}


def differences(wanted: Answer, found: Answer) -> dict[str, list[int]]:
    """By column the rows in which the two are not the same; a column that is not there differs in all."""
    missing = {name: list(range(len(values))) for name, values in wanted.items() if name not in found}
    both = ((name, list(zip(values, found[name], strict=True))) for name, values in wanted.items() if name in found)
    return missing | {
        name: [at for at, (one, other) in enumerate(pairs) if one != other or type(one) is not type(other)]
        for name, pairs in both
        if any(one != other or type(one) is not type(other) for one, other in pairs)
    }


def disagreement(drawn: Table, engine: Engine, holding: Holding, wanted: Answer | None = None) -> dict[str, list[int]]:
    """By column the rows of a drawn table in which that engine says something else than the reference."""
    columns = as_arrow(drawn)
    wanted = expected(Rows(drawn.pack, columns.column_names, drawn.on), drawn) if wanted is None else wanted
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame = holding.held(engine, columns)
        found = answer(decide_many(drawn.pack, frame, on=drawn.on))
    through = {name: values for name, values in answer(frame).items() if name != "cpr"}
    if [*through, *wanted] != [*found]:
        raise AssertionError(f"other columns come out: {[*found]}")
    return differences({**through, **wanted}, found)


# ----------------------------------------------------------------------------------------------------------------------
# A million rows


@dataclass
class Told:
    """What the tables of some seeds said: rows and differences by engine, and lines to show."""

    rows: Counter[str] = field(default_factory=Counter)
    tables: Counter[str] = field(default_factory=Counter)
    wrong: Counter[tuple[str, str]] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)

    def add(self, other: "Told") -> None:
        """Together with *other*."""
        self.rows += other.rows
        self.tables += other.tables
        self.wrong += other.wrong


AT_ONCE = 10
"""So many seeds after each other have the same pack: what is worked out for its calendars is worked out once."""
EACH = 19
"""Of so many tables one goes to all engines, the others to Polars alone: a plan of DuckDB or Spark takes seconds."""
SHOWN = 5

_kept = ExitStack()
_holding: list[Holding] = []


def _start(folder: str) -> None:
    def session() -> Any:
        from sparks import spark_session

        return _kept.enter_context(spark_session(cores=1))

    # a process of a pool ends without what `atexit` holds
    Finalize(_kept, _kept.close, exitpriority=1)
    place = Path(folder, multiprocessing.current_process().name)
    place.mkdir()
    _holding.append(Holding(place, session))


def _of_seeds(asked: tuple[Sequence[int], int, int, Sequence[Engine]]) -> Told:
    """The tables of some seeds, on Polars and on every so many on all *engines*."""
    seeds, rows, pairs, engines = asked
    told = Told()
    packs = packs_for_tables(pairs)
    for seed in seeds:
        here = engines if seed % EACH == 0 else [each for each in engines if each == "polars"]
        if not here:
            continue
        drawn = table(packs[seed // AT_ONCE % len(packs)], seed, rows)
        wanted = expected(Rows(drawn.pack, list(drawn.columns), drawn.on), drawn)
        for engine in here:
            told.rows[engine] += rows
            told.tables[engine] += 1
            for line in _differing(drawn, engine, wanted, told):
                told.lines.append(line)
    return told


def _differing(drawn: Table, engine: Engine, wanted: Answer, told: Told) -> Iterator[str]:
    try:
        found = disagreement(drawn, engine, _holding[0], wanted)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is no answer
        found = {f"({type(error).__name__})": list(range(drawn.rows))}
        yield f"{engine}, seed {drawn.seed}, {drawn!r}: {type(error).__name__}: {error}"[:2_000]
    for column, places in found.items():
        told.wrong[engine, column] += len(places)
        if places and column in wanted:
            said = {name: value for name, value in drawn.row(places[0]).items() if value is not None}
            shown = f"rows {places[:SHOWN]}: not {wanted[column][places[0]]}; {said}"
            yield f"{engine}, {drawn!r}, {column}, {shown}"[:2_000]


def main() -> int:
    """Draw tables, and print how many rows differ; 1 if there are any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="0:2000", help="from : to (not this one)")
    parser.add_argument("--rows", type=int, default=500, help="rows of each table")
    parser.add_argument("--pairs", type=int, default=29, help="packs of two versions, beside the others")
    parser.add_argument("--engines", default=",".join(each for each in ENGINES if each != "lazy"))
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    first, last = map(int, given.seeds.split(":"))
    engines = [each for each in ENGINES if each in given.engines.split(",")]
    packs_for_tables(given.pairs)
    batches = [range(at, min(at + AT_ONCE, last)) for at in range(first, last, AT_ONCE)]
    asked = [(seeds, given.rows, given.pairs, engines) for seeds in batches]
    all_told = Told()
    started = time.monotonic()
    with TemporaryDirectory() as folder:
        # a process that is forked has the locks of the threads of Polars, and not the threads
        context = multiprocessing.get_context("spawn")
        with context.Pool(given.processes, _start, (folder,)) as pool:
            for done, told in enumerate(pool.imap(_of_seeds, asked), start=1):
                all_told.add(told)
                for line in told.lines:
                    print(line, flush=True)
                spent = time.monotonic() - started
                print(
                    f"seeds {first}:{batches[done - 1][-1] + 1} of {last}, {all_told.rows.total():,} rows, "
                    f"{all_told.wrong.total():,} differences, {spent / 60:.1f} min",
                    flush=True,
                )
            pool.close()
            pool.join()
    _print(engines, all_told)
    return 1 if all_told.wrong else 0


def _print(engines: Sequence[Engine], told: Told) -> None:
    for engine in engines:
        wrong: Mapping[str, int] = {column: times for (each, column), times in told.wrong.items() if each == engine}
        print(f"{engine:8} {told.rows[engine]:10,} rows of {told.tables[engine]:5,} tables, differences: {wrong or 0}")


if __name__ == "__main__":
    sys.exit(main())
