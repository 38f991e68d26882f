"""Whatever holds a table: it is taken in, decided by the engine that holds it or by Polars, and given back alike."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from vedligehold.errors import CaseError, Problem, VedligeholdError, nearest, quoted
from vedligehold.pack import Pack
from vedligehold.table.answering import Plan, plan

if TYPE_CHECKING:
    import narwhals as nw
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
    raise NotImplementedError


def _planned(pack: Pack, schema: "Mapping[str, nw.dtypes.DType]", on: date | str) -> Plan:
    if isinstance(on, str) and on not in schema:
        message = f"there is no column {quoted(on)}"
        raise CaseError([Problem("on", "no-column", message, nearest(on, schema))])
    return plan(pack, schema, on)


def _polars(pack: Pack, frame: "pl.DataFrame | pl.LazyFrame", on: date | str) -> tuple[Any, Plan]:
    import narwhals as nw

    from vedligehold.table.on_polars import run

    lazy = frame.lazy()
    made = _planned(pack, nw.from_native(lazy).collect_schema(), on)
    found = run(lazy, made)
    return (found if lazy is frame else found.collect()), made
