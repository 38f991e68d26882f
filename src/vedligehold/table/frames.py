"""Whatever holds a table: it is taken in, decided by the engine that holds it or by Polars, and given back alike."""

from datetime import date
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, cast

from vedligehold.errors import CaseError, Problem, VedligeholdError, quoted
from vedligehold.pack import Pack
from vedligehold.table.answering import Plan, plan, read_columns

if TYPE_CHECKING:
    import polars as pl

FILES = ("narwhals", "polars", "pyarrow")
"""What a file of cases is decided with."""


def decided(pack: Pack, frame: Any, on: date | str) -> tuple[Any, Plan]:
    """*frame* decided, and how."""
    there = held(frame)
    engine = there.implementation
    if engine.is_polars():
        return _polars(pack, frame, on)
    if engine.is_pandas():
        return _pandas(pack, frame, on)
    if engine.is_pyarrow():
        return _arrow(pack, frame, on)
    if engine.is_duckdb():
        from vedligehold.table import on_duckdb

        made = plan(pack, there.collect_schema(), on)
        return on_duckdb.run(frame, made), made
    from vedligehold.table import on_spark

    made = plan(pack, there.collect_schema(), on, called=on_spark.called)
    return on_spark.run(frame, made), made


def held(frame: Any) -> Any:
    """*frame* as Narwhals has it.

    Raises:
        VedligeholdError: it is no frame that can be decided.
    """
    needed("narwhals")
    import narwhals as nw

    try:
        there = nw.from_native(frame)
    except TypeError:
        there = None
    except nw.exceptions.DuplicateError as error:
        raise CaseError(
            [Problem("frame", "column-twice", " ".join(str(error).split()), "rename one of them")]
        ) from None
    if there is None:
        message = f"a table is wanted, not {quoted(frame)}"
        hint = "a frame of Polars, pandas, PyArrow, DuckDB or PySpark"
        raise VedligeholdError([Problem("frame", "wrong-type", message, hint)])
    engine = there.implementation
    known = engine.is_polars() or engine.is_pandas() or engine.is_pyarrow() or engine.is_duckdb()
    if known or engine.is_pyspark() or engine.is_pyspark_connect():
        return there
    message = f"a frame of {engine.value} cannot be decided"
    raise VedligeholdError([Problem("frame", "wrong-type", message, "turn it into one of Polars or PyArrow")])


def needed(*libraries: str) -> None:
    """Make sure that the libraries are there that tables are decided with.

    Raises:
        VedligeholdError: one is not installed.
    """
    for library in libraries:
        if find_spec(library) is None:
            message = f"tables are decided with `{library}`, which is not installed"
            raise VedligeholdError([Problem("", "missing-library", message, "`pip install vedligehold[frames]`")])


def _polars(pack: Pack, frame: "pl.DataFrame | pl.LazyFrame", on: date | str) -> tuple[Any, Plan]:
    needed("polars")
    import narwhals as nw

    from vedligehold.table.on_polars import run

    lazy = frame.lazy()
    made = plan(pack, nw.from_native(lazy).collect_schema(), on)
    found = run(lazy, made)
    return (found if lazy is frame else found.collect()), made


def _arrow(pack: Pack, table: Any, on: date | str) -> tuple[Any, Plan]:
    """A table of PyArrow: Polars decides it, and what comes out goes beside it."""
    needed("polars")
    import polars as pl

    from vedligehold.table.on_arrow import readable

    taken = readable(table, read_columns(pack, table.column_names, on))
    found, made = _polars(pack, cast("pl.DataFrame", pl.from_arrow(taken)), on)
    results = found.select(list(made.outputs)).to_arrow()
    for name in results.column_names:
        table = table.append_column(results.schema.field(name), results.column(name))
    return (table.drop_columns(["cpr"]) if made.columns.cpr else table), made


def _pandas(pack: Pack, frame: Any, on: date | str) -> tuple[Any, Plan]:
    """A table of pandas: Polars decides what of it is read, and what comes out goes beside it."""
    needed("polars")
    import polars as pl

    from vedligehold.table.on_pandas import beside, one_by_one, taken

    names = [str(name) for name in frame.columns]
    read = read_columns(pack, names, on)
    table, odd = taken(frame, names, read)
    found, made = _polars(pack, cast("pl.DataFrame", pl.from_arrow(table)), on)
    results = found.select(list(made.outputs)).to_arrow()
    return beside(frame, results, made.columns.cpr, one_by_one(pack, frame, names, on, odd)), made
