"""A table of pandas: the columns that are read as Arrow has them, and the results beside the others again.

A column of objects may hold anything in any row. The rows in which a cell is of another kind than the column's first are
decided one by one by the reference.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa

from vedligehold.pack import Pack
from vedligehold.table.cells import cell
from vedligehold.table.columns import LISTS
from vedligehold.table.row import Rows


class Taken(NamedTuple):
    """The columns that are read, and the places of the rows that Arrow cannot hold as they are."""

    table: pa.Table
    odd: frozenset[int]


def taken(frame: pd.DataFrame, names: Sequence[str], read: Collection[str]) -> Taken:
    """What is read of *frame*; of every other column the name alone."""
    arrays: dict[str, pa.Array] = {}
    odd: set[int] = set()
    for place, name in enumerate(names):
        series = frame.iloc[:, place]
        if name not in read:
            arrays[name] = pa.nulls(len(frame))
        elif series.dtype == object:
            values = [cell(value) for value in series]
            kind = next((type(value) for value in values if value is not None), None)
            other = {at for at, value in enumerate(values) if value is not None and type(value) is not kind}
            other |= {at for at, value in enumerate(values) if _holds_others(value)}
            arrays[name] = pa.array([None if at in other else value for at, value in enumerate(values)])
            odd |= other
        else:
            arrays[name] = pa.array(series, from_pandas=True)
    return Taken(pa.table(arrays), frozenset(odd))


def _holds_others(value: Any) -> bool:
    if isinstance(value, list):
        return any(each is not None and not isinstance(each, str) for each in value)
    return not isinstance(value, bool | int | float | str | date | type(None))


def beside(frame: pd.DataFrame, results: pa.Table, cpr: bool, odd: Mapping[int, Mapping[str, Any]]) -> pd.DataFrame:
    """*frame* with the results; the rows in *odd* say what stands there."""
    as_arrow = any(isinstance(dtype, pd.ArrowDtype) for dtype in frame.dtypes)
    found = {}
    for name in results.column_names:
        column = results.column(name).combine_chunks()
        if odd:
            values = column.to_pylist()
            for at, row in odd.items():
                values[at] = row[name]
            column = pa.array(values, type=column.type)
        found[name] = _series(name, column, frame.index, as_arrow)
    rest = frame.drop(columns=["cpr"]) if cpr else frame
    return pd.concat([rest, pd.DataFrame(found, index=frame.index)], axis=1)


def _series(name: str, column: pa.Array, index: Any, as_arrow: bool) -> pd.Series:
    if as_arrow:
        return pd.Series(pd.arrays.ArrowExtensionArray(column), index=index)
    if name in LISTS:
        return pd.Series(column.to_pylist(), index=index, dtype=object)
    if pa.types.is_date(column.type):
        return pd.Series(pd.to_datetime(column.cast(pa.timestamp("s")).to_numpy(zero_copy_only=False)), index=index)
    dtype = "boolean" if pa.types.is_boolean(column.type) else object
    return pd.Series(column.to_pylist(), index=index, dtype=dtype)


def one_by_one(pack: Pack, frame: pd.DataFrame, on: date | str, places: Collection[int]) -> dict[int, dict[str, Any]]:
    """What the reference says of the rows at *places*."""
    if not places:
        return {}
    names = list(frame.columns)
    rows = Rows(pack, names, on)
    cells = [frame.iloc[:, at] for at in range(len(names))]
    return {
        at: rows.decided({name: column.iloc[at] for name, column in zip(names, cells, strict=True)}) for at in places
    }
