"""Whatever holds a table: it is taken in, decided by the engine that holds it or by Polars, and given back alike."""

from datetime import date
from typing import TYPE_CHECKING, Any

from vedligehold.errors import Problem, VedligeholdError, quoted
from vedligehold.pack import Pack
from vedligehold.table.answering import Plan, plan

if TYPE_CHECKING:
    import polars as pl


def decided(pack: Pack, frame: Any, on: date | str) -> tuple[Any, Plan]:
    """*frame* decided, and how."""
    import narwhals as nw

    try:
        there = nw.from_native(frame)
    except TypeError:
        there = None
    if there is None:
        message = f"a table is wanted, not {quoted(frame)}"
        hint = "a frame of Polars, pandas, PyArrow, DuckDB or PySpark"
        raise VedligeholdError([Problem("frame", "wrong-type", message, hint)])
    engine = there.implementation
    if engine.is_polars():
        return _polars(pack, frame, on)
    if engine.is_pandas() or engine.is_pyarrow():
        return _arrow(pack, frame, on, pandas=engine.is_pandas())
    if engine.is_duckdb():
        from vedligehold.table import on_duckdb

        made = plan(pack, there.collect_schema(), on)
        return on_duckdb.run(frame, made), made
    if engine.is_pyspark() or engine.is_pyspark_connect():
        from vedligehold.table import on_spark

        made = plan(pack, there.collect_schema(), on)
        return on_spark.run(frame, made), made
    message = f"a frame of {engine.value} cannot be decided"
    raise VedligeholdError([Problem("frame", "wrong-type", message, "turn it into one of Polars or PyArrow")])


def _polars(pack: Pack, frame: "pl.DataFrame | pl.LazyFrame", on: date | str) -> tuple[Any, Plan]:
    import narwhals as nw

    from vedligehold.table.on_polars import run

    lazy = frame.lazy()
    made = plan(pack, nw.from_native(lazy).collect_schema(), on)
    found = run(lazy, made)
    return (found if lazy is frame else found.collect()), made


def _arrow(pack: Pack, frame: Any, on: date | str, *, pandas: bool) -> tuple[Any, Plan]:
    """A table of pandas or PyArrow: Polars decides what of it is read, and what comes out goes beside it."""
    import polars as pl

    table = _from_pandas(frame) if pandas else frame
    found, made = _polars(pack, pl.from_arrow(table), on)
    results = found.select(list(made.results)).to_arrow()
    if not pandas:
        for name in results.column_names:
            table = table.append_column(results.schema.field(name), results.column(name))
        return table.drop_columns(["cpr"]) if made.columns.cpr else table, made
    return _beside(frame, results, made), made
