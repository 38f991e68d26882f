"""Whatever holds a table: the rows of it that change, as the same kind of table, and how many do from what to what."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from vedligehold.errors import Problem
from vedligehold.pack import Pack
from vedligehold.settle import Outcome
from vedligehold.table.answering import read_columns
from vedligehold.table.changing import AFTER, BEFORE, BY, CHANGED, Comparison, comparison, given_out, ids_of
from vedligehold.table.frames import held, needed
from vedligehold.table.sheet import PREFIX

if TYPE_CHECKING:
    import polars as pl

_ROW = f"{PREFIX}row"


class Group(NamedTuple):
    """So many rows that change from one outcome to another by the same requirements; or rows that do not change.

    A grant in part has an outcome of its own here, `partial`.
    """

    before: str
    after: str
    by: tuple[str, ...]
    changed: bool
    rows: int


@dataclass(frozen=True, slots=True)
class Compared:
    """The rows that change, what counts all of them, and of the columns those that come out beside the table's own."""

    changed: Any
    count: Callable[[], list[Group]]
    notes: tuple[Problem, ...]
    results: tuple[str, ...]


def compared(before: Pack, after: Pack, frame: Any, on: date | str) -> Compared:
    """What *frame* is under *after* that it was not under *before*."""
    there = held(frame)
    engine = there.implementation
    if engine.is_pandas():
        return _pandas(before, after, frame, on)
    if engine.is_polars() or engine.is_pyarrow():
        needed("polars")
        import polars as pl

        if isinstance(frame, pl.LazyFrame):
            from vedligehold.table import on_polars

            return lazily(before, after, frame, on, on_polars.run)
        return _at_once(before, after, frame, on)
    if engine.is_duckdb():
        from vedligehold.table import on_duckdb

        return lazily(before, after, frame, on, on_duckdb.run)
    from vedligehold.table import on_spark

    return lazily(before, after, frame, on, on_spark.run, called=on_spark.called)


def lazily(
    before: Pack,
    after: Pack,
    frame: Any,
    on: date | str,
    run: Callable[..., Any],
    *,
    spelled: frozenset[str] = frozenset(),
    called: Callable[[str], str] = str,
) -> Compared:
    """Nothing is worked out before somebody looks; *run* is that of the engine, *spelled* and *called* as in `plan`."""
    import narwhals as nw

    made = comparison(before, after, nw.from_native(frame).collect_schema(), on, spelled, called)
    changed = nw.from_native(run(frame, made.plan)).filter(nw.col(CHANGED)).drop(CHANGED).to_native()

    def count() -> list[Group]:
        return groups(run(frame, made.keys), made)

    return Compared(changed, count, made.notes, made.sides.results)


def groups(keys: Any, made: Comparison) -> list[Group]:
    """How many rows there are of each kind, of a table of what they are counted by."""
    import narwhals as nw

    number = f"{PREFIX}number"
    counted = nw.from_native(keys).group_by(list(made.keys.results)).agg(nw.len().alias(number)).lazy()
    # a file is counted a part at a time
    how = {"engine": "streaming"} if counted.implementation.is_polars() else {}
    return [_group(row, row[number], made) for row in counted.collect(**how).rows(named=True)]


def _group(row: Mapping[str, Any], rows: int, made: Comparison) -> Group:
    keys = [row[name] for name in made.keys.results if name.startswith(f"{PREFIX}key")]
    return Group(*outcomes(row), ids_of(keys, made.ids), row[CHANGED], rows)


def outcomes(row: Mapping[str, Any]) -> tuple[str, str]:
    """The two outcomes of a row that changes."""
    both = [(row[f"outcome{side}"], row[f"partial{side}"]) for side in (BEFORE, AFTER)]
    one, other = ("partial" if partly and outcome == Outcome.GRANTED else outcome for outcome, partly in both)
    return one, other


def _of_rows(rows: Iterable[Mapping[str, Any]]) -> list[Group]:
    return [Group(*outcomes(row), tuple(row[BY]), True, 1) for row in rows]


def all_groups(changed: Sequence[Group], rows: int) -> list[Group]:
    """The groups of the rows that change, and the others as one."""
    return [*changed, Group("", "", (), False, rows - sum(each.rows for each in changed))]


def _at_once(before: Pack, after: Pack, frame: Any, on: date | str) -> Compared:
    """A table of Polars or PyArrow, which is in memory: of the results none but of the rows that change."""
    import polars as pl

    table = frame if isinstance(frame, pl.DataFrame) else _of_arrow(before, after, frame, on)
    made, found = _changing(before, after, table, on, frozenset())
    counted = partial(all_groups, groups(_keys(found, made), made), table.height)
    results = found.select(made.sides.results)
    cpr = made.plan.columns.cpr
    if isinstance(frame, pl.DataFrame):
        kept = table[found[_ROW]].drop("cpr" if cpr else [])
        return Compared(pl.concat([kept, results], how="horizontal"), counted, made.notes, made.sides.results)
    kept = frame.take(found[_ROW].to_arrow())
    kept = kept.drop_columns(["cpr"]) if cpr else kept
    arrow = results.to_arrow()
    for name in arrow.column_names:
        kept = kept.append_column(arrow.schema.field(name), arrow.column(name))
    return Compared(kept, counted, made.notes, made.sides.results)


def _of_arrow(before: Pack, after: Pack, table: Any, on: date | str) -> "pl.DataFrame":
    """What the packs read of a table of PyArrow, as Polars has it."""
    import polars as pl

    from vedligehold.table.on_arrow import readable

    read = read_columns(before, table.column_names, on) | read_columns(after, table.column_names, on)
    return cast("pl.DataFrame", pl.from_arrow(readable(table, read)))


def _keys(found: "pl.DataFrame", made: Comparison) -> "pl.DataFrame":
    return found.select(list(made.keys.results))


def _changing(
    before: Pack, after: Pack, table: "pl.DataFrame", on: date | str, apart: frozenset[int]
) -> tuple[Comparison, "pl.DataFrame"]:
    """Of the rows that change, but for those *apart*: their places, what comes out, and what they are counted by."""
    import narwhals as nw
    import polars as pl

    from vedligehold.table.on_polars import run

    made = comparison(before, after, nw.from_native(table).schema, on)
    whole = given_out(replace(made.plan, through=(_ROW,)), {**made.keys.results, **made.plan.results})
    kept = pl.col(CHANGED) & ~pl.col(_ROW).is_in(list(apart)) if apart else pl.col(CHANGED)
    return made, run(table.lazy().with_row_index(_ROW), whole).filter(kept).collect()


def _pandas(before: Pack, after: Pack, frame: Any, on: date | str) -> Compared:
    """A table of pandas: Polars compares what of it is read; rows that no column can hold are compared one by one."""
    needed("polars")
    import polars as pl

    from vedligehold.table.on_pandas import beside, one_by_one, taken

    names = [str(name) for name in frame.columns]
    table, odd = taken(frame, names, read_columns(before, names, on) | read_columns(after, names, on))
    made, found = _changing(before, after, cast("pl.DataFrame", pl.from_arrow(table)), on, odd)
    was, now = (one_by_one(pack, frame, names, on, odd) for pack in (before, after))
    one = {at: row for at in sorted(odd) if (row := made.sides.row(was[at], now[at])) is not None}
    counted = partial(all_groups, [*groups(_keys(found, made), made), *_of_rows(one.values())], len(frame))
    found = found.select(_ROW, *made.sides.results)
    rest = pl.DataFrame([{_ROW: at, **row} for at, row in one.items()], schema=found.schema)
    found = pl.concat([found, rest]).sort(_ROW)
    rows = frame.iloc[found[_ROW].to_list()]
    changed = beside(rows, found.drop(_ROW).to_arrow(), made.plan.columns.cpr, {})
    return Compared(changed, counted, made.notes, made.sides.results)
