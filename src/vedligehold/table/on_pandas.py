"""A table of pandas: the columns that are read as Arrow has them, and the results beside the others again.

A column of objects may hold anything in any row. The rows in which a cell is of another kind than most are decided
one by one by the reference.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa

from vedligehold.pack import Pack
from vedligehold.table.cells import cell
from vedligehold.table.columns import LISTS
from vedligehold.table.on_arrow import known
from vedligehold.table.row import Rows

_SOME_TIME = datetime(2000, 1, 1, 12)  # noqa: DTZ001 - as a column without a time zone has it
"""A time that is no date is refused, whichever it is."""
_LONGEST = 15
_INT64 = 2**63


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
            continue
        array = None if series.dtype == object else _of_one_kind(series)
        if array is None:
            array, other = _of_objects(series)
            odd |= other
        arrays[name] = array
    if not arrays:  # a table of Arrow has as many rows as its columns
        arrays[""] = pa.nulls(len(frame))
    return Taken(pa.table(arrays), frozenset(odd))


def _of_one_kind(series: pd.Series) -> pa.Array | None:
    try:
        array = pa.array(series, from_pandas=True)
    except (pa.ArrowException, TypeError, ValueError):  # pandas has types that Arrow has not
        return None
    return known(pa.chunked_array([array]) if isinstance(array, pa.Array) else array)


def _of_objects(series: pd.Series) -> tuple[pa.Array, set[int]]:
    """The cells of most rows, which are of one kind; and the places of the other rows."""
    values = [cell(value) for value in series]
    kinds = Counter(type(value) for value in values if value is not None and _is_holdable(value))
    kind = kinds.most_common(1)[0][0] if kinds else None
    odd = {
        at
        for at, value in enumerate(values)
        if value is not None and (type(value) is not kind or not _is_holdable(value))
    }
    if kind is not None and issubclass(kind, datetime):
        values = [None if value is None else _SOME_TIME for value in values]
    return pa.array([None if at in odd else value for at, value in enumerate(values)]), odd


def _is_holdable(value: Any) -> bool:
    """Whether a column of Arrow can hold the value beside others of its kind, as it is."""
    match value:
        case str():
            return type(value) is str and _is_whole(value)
        case list():
            return all(each is None or (type(each) is str and _is_whole(each)) for each in value)
        case bool() | float():
            return True
        case int():
            return type(value) is int and -_INT64 <= value < _INT64
        case Decimal():
            _, digits, exponent = value.as_tuple()
            return isinstance(exponent, int) and len(digits) <= _LONGEST and -_LONGEST <= exponent <= 0
        case _:
            return isinstance(value, datetime) or type(value) is date


def _is_whole(text: str) -> bool:
    """Whether no character is half of a pair, which only Python has."""
    return text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text)


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


def one_by_one(
    pack: Pack, frame: pd.DataFrame, names: Sequence[str], on: date | str, places: Collection[int]
) -> dict[int, dict[str, Any]]:
    """What the reference says of the rows at *places*."""
    if not places:
        return {}
    rows = Rows(pack, names, on)
    cells = [frame.iloc[:, at] for at in range(len(names))]
    return {
        at: rows.decided({name: column.iloc[at] for name, column in zip(names, cells, strict=True)}) for at in places
    }
