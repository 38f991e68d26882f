"""Columns of Arrow as Polars takes them in: those that are read, and of the others the name alone."""

from collections.abc import Collection

import pyarrow as pa
import pyarrow.compute as pc


def readable(table: pa.Table, read: Collection[str]) -> pa.Table:
    """The columns of *table* that are *read*; where the others stand there is nothing."""
    columns = {
        name: known(table.column(place)) if name in read else pa.nulls(table.num_rows)
        for place, name in enumerate(table.column_names)
    }
    return pa.table(columns)


def known(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column of a type that Polars knows; what can be no value of a case is just something."""
    kind, types = column.type, pa.types
    if types.is_dictionary(kind):
        return known(column.cast(kind.value_type))
    if types.is_decimal(kind):
        return _decimal(column)
    if types.is_float16(kind):
        return column.cast(pa.float32())
    if types.is_fixed_size_list(kind) or types.is_list_view(kind) or types.is_large_list_view(kind):
        return known(column.cast(pa.large_list(kind.value_type)))
    if types.is_list(kind) or types.is_large_list(kind):
        return _list(column)
    return column if _is_plain(kind) else _something(column)


def _is_plain(kind: pa.DataType) -> bool:
    types = pa.types
    return any(
        test(kind)
        for test in (
            types.is_null,
            types.is_boolean,
            types.is_integer,
            types.is_floating,
            types.is_string,
            types.is_large_string,
            types.is_string_view,
            types.is_date,
            types.is_timestamp,
        )
    )


def _decimal(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_decimal128(column.type):
        return column
    try:
        return column.cast(pa.decimal128(38, column.type.scale))
    except pa.ArrowInvalid:  # more digits than there are in anything
        return _something(column)


def _list(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A list of texts; of other lists how long they are."""
    inner = column.type.value_type
    text = inner.value_type if pa.types.is_dictionary(inner) else inner
    if pa.types.is_null(text) or pa.types.is_string(text) or pa.types.is_large_string(text):
        return column.cast(pa.large_list(pa.large_string()))
    return column if _is_plain(inner) or pa.types.is_list(inner) else _something(column)


def _something(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.if_else(pc.is_valid(column), pa.scalar(b""), pa.scalar(None, pa.binary()))
