"""A file of cases that is read a part at a time: how its columns are named and typed, and how far it has been read."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from polars.io.plugins import register_io_source

from vedligehold.errors import Problem, VedligeholdError, quoted
from vedligehold.reading.files import shown

AT_ONCE = 1 << 17
"""So many rows are handed on together: few enough for the memory, and enough for the time."""
_MOST_DIGITS = 38
NO_COLUMNS = "each has a name, such as `birth_date` or `requested`"
Batches: TypeAlias = Callable[["Watch", Sequence[str] | None], Iterator[pl.DataFrame]]
"""The rows of a file from its beginning, of some columns or of all."""


class Stopped(Exception):
    """Somebody wants it to end."""


class Watch:
    """How far it is: `done` of `size`, in bytes or rows, and how many `rows`; and whether it is to end.

    Whoever works counts; whoever looks on, in another thread, reads, and may `stop` it.
    """

    def __init__(self) -> None:
        self.done = 0
        self.size = 0
        self.rows = 0
        self.stopped = False

    def stop(self) -> None:
        """Let it end before the next part."""
        self.stopped = True

    def go_on(self) -> None:
        """Nothing, unless it is to end.

        Raises:
            Stopped: it is.
        """
        if self.stopped:
            raise Stopped


class Source:
    """A file that was opened: its columns, and its rows a part at a time.

    `spelled`: it has nothing but text, which stands for other values. `separator` is that of CSV.
    """

    def __init__(
        self, path: Path, schema: pl.Schema, batches: Batches, *, spelled: bool = False, separator: str = ","
    ) -> None:
        self.path = path
        self.schema = schema
        self.spelled = spelled
        self.separator = separator
        self.failed: BaseException | None = None
        self.batches = batches

    def lazy(self, watch: Watch) -> pl.LazyFrame:
        """Its rows as Polars streams them; what went wrong with the file while it was read stands in `failed`."""

        def parts(
            columns: list[str] | None, predicate: pl.Expr | None, rows: int | None, _: int | None
        ) -> Iterator[pl.DataFrame]:
            try:
                for frame in self.batches(watch, columns):
                    watch.go_on()
                    part = frame if rows is None else frame.head(rows)
                    rows = None if rows is None else rows - part.height
                    watch.rows += part.height
                    yield part if predicate is None else part.filter(predicate)
                    if rows == 0:
                        return
            except BaseException as error:
                # Polars would say it in a text of its own, with all of the traceback
                self.failed = error
                raise

        return register_io_source(parts, schema=self.schema, validate_schema=True)


def refused(path: Path, code: str, message: str, hint: str | None = None, line: int | None = None) -> VedligeholdError:
    """The error that a file cannot be used, at a *line* of it."""
    place = shown(path) if line is None else f"{shown(path)}:{line}"
    return VedligeholdError([Problem(place, code, message, hint)])


def unreadable(path: Path, error: OSError) -> VedligeholdError:
    """The error that a file cannot be read."""
    return refused(path, "unreadable", f"the file cannot be read: {(error.strerror or 'error').lower()}")


def checked_names(path: Path, names: Sequence[str]) -> None:
    """Make sure that there are columns, and that each name stands once.

    Raises:
        VedligeholdError: it is not so.
    """
    if not names:
        raise refused(path, "no-columns", "the table has no columns", NO_COLUMNS)
    twice = list(dict.fromkeys(name for place, name in enumerate(names) if name in names[:place]))
    if twice:
        message = "there are two columns {}"
        raise VedligeholdError(
            Problem(shown(path), "column-twice", message.format(quoted(name)), "rename one") for name in twice
        )


def parquet(path: Path, watch: Watch) -> Source:
    """A Parquet file, which says its columns and rows itself.

    Raises:
        VedligeholdError: it is none.
    """
    found: VedligeholdError | None = None
    try:
        with pq.ParquetFile(path) as file:
            watch.size = file.metadata.num_rows
            names = file.schema_arrow.names
            checked_names(path, names)
            _checked_numbers(path, file.schema_arrow)
            schema = _schema(file.schema_arrow)
    except (*_DAMAGE, TypeError) as error:
        found = _damaged(path, error)
    if found is not None:
        raise found
    return Source(path, schema, lambda watch, columns: _row_groups(path, schema, watch, columns))


_DAMAGE = (
    pa.ArrowException,
    OSError,
    UnicodeDecodeError,
    pl.exceptions.PolarsError,
    pl.exceptions.PanicException,
)
"""As what a damaged file is told."""


def _checked_numbers(path: Path, schema: pa.Schema) -> None:
    """Make sure that no column holds numbers of more digits than Polars has.

    Raises:
        VedligeholdError: one does.
    """
    for field in schema:
        if any(pa.types.is_decimal(kind) and kind.precision > _MOST_DIGITS for kind in _kinds(field.type)):
            message = f"{quoted(field.name)} holds numbers of more than {_MOST_DIGITS} digits"
            raise refused(path, "too-large", message, "write them as text")


def _kinds(kind: pa.DataType) -> Iterator[pa.DataType]:
    """A kind of value, and those inside of it."""
    yield kind
    for place in range(kind.num_fields):
        yield from _kinds(kind.field(place).type)


def _schema(schema: pa.Schema) -> pl.Schema:
    # `schema.empty_table()` would load pandas, which takes longer than to decide a million rows
    frame = pl.from_arrow(pa.Table.from_batches([], schema))
    return pl.Schema(frame.schema) if isinstance(frame, pl.DataFrame) else pl.Schema()


def _damaged(path: Path, error: BaseException) -> VedligeholdError:
    if isinstance(error, OSError) and error.errno is not None:
        return unreadable(path, error)
    if path.stat().st_size == 0:
        return refused(path, "not-parquet", "the file is empty")
    return refused(path, "not-parquet", "the file is no Parquet file, or it is damaged")


def _row_groups(path: Path, schema: pl.Schema, watch: Watch, columns: Sequence[str] | None) -> Iterator[pl.DataFrame]:
    """The rows, few at a time however large the row groups are."""
    found: VedligeholdError | None = None
    wanted = list(schema) if columns is None else list(columns)
    try:
        with pq.ParquetFile(path) as file:
            groups = [file.metadata.row_group(place).num_rows for place in range(file.metadata.num_row_groups)]
            if max(groups, default=0) <= AT_ONCE and pl.read_parquet_schema(path) == schema:
                frames = _few_groups(path, groups, wanted)
            else:
                frames = _parts_of_groups(file, schema, wanted)
            for frame in frames:
                watch.done += frame.height
                yield frame
    except _DAMAGE as error:
        found = _damaged(path, error)
    if found is not None:
        raise found


def _few_groups(path: Path, groups: Sequence[int], wanted: Sequence[str]) -> Iterator[pl.DataFrame]:
    """As many row groups at a time as fit: Polars is quicker than PyArrow, but reads no part of one."""
    rows = pl.scan_parquet(path, glob=False, hive_partitioning=False).select(wanted)
    for first, together in _together(groups):
        yield rows.slice(first, together).collect(engine="in-memory")


def _together(groups: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first row of row groups that are read at once, and how many rows they have."""
    first = together = 0
    for number in groups:
        if together and together + number > AT_ONCE:
            yield first, together
            first, together = first + together, 0
        together += number
    if together:
        yield first, together


def _parts_of_groups(file: pq.ParquetFile, schema: pl.Schema, wanted: Sequence[str]) -> Iterator[pl.DataFrame]:
    """A few rows at a time, of row groups of whatever size."""
    types = {name: schema[name] for name in wanted}
    for batch in file.iter_batches(AT_ONCE, columns=list(wanted)):
        frame = pl.from_arrow(batch)
        if isinstance(frame, pl.DataFrame):
            same = frame.schema == types
            yield frame if same else frame.select(pl.col(name).cast(types[name]) for name in wanted)
