"""A CSV file of cases: everything in it is text, and what is broken in it is told by its line.

The columns are parted by commas, semicolons or tabs, whichever the header has most of. The text is UTF-8.
"""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.csv

from vedligehold.errors import VedligeholdError
from vedligehold.table.source import AT_ONCE, Source, Watch, checked_names, refused, unreadable

_LONGEST_HEADER = 1 << 20
_BLOCK = 1 << 23
"""So many bytes are read together; no row is longer."""
_SEPARATORS = ",;\t"
_QUOTE = b'"'


def csv_file(path: Path, watch: Watch) -> Source:
    """A CSV file, of which the header says the columns.

    Raises:
        VedligeholdError: it is none.
    """
    header = _header(path)
    separator = _separator(header)
    names = next(csv.reader(io.StringIO(header), delimiter=separator), [])
    checked_names(path, names)
    watch.size = path.stat().st_size
    schema = pl.Schema(dict.fromkeys(names, pl.String))
    return Source(
        path,
        schema,
        lambda watch, columns: _parts(path, names, separator, watch, columns),
        spelled=True,
        separator=separator,
    )


def _header(path: Path) -> str:
    """The beginning of the file, as text."""
    try:
        with path.open("rb") as file:
            raw = file.read(_LONGEST_HEADER)
    except OSError as error:
        found = unreadable(path, error)
    else:
        if not raw:
            raise refused(path, "broken-csv", "the file is empty")
        wrong = _not_utf8(path) if _begins_otherwise(raw) else None
        if wrong is None:
            return codecs.getincrementaldecoder("utf-8-sig")().decode(raw)
        found = wrong
    raise found


def _begins_otherwise(raw: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(raw)
    except UnicodeDecodeError:
        return True
    return False


def _separator(header: str) -> str:
    """What parts the columns: what stands most often in the first line, outside of quotes."""
    line = header.splitlines()[0] if header.splitlines() else ""
    outside = "".join(line.split('"')[::2])
    return max(_SEPARATORS, key=outside.count)


class _Text(io.RawIOBase):
    """The bytes of a file while they are read: how many there were, and whether each quote is closed.

    The last line ends, also where the file does not end it.
    """

    def __init__(self, path: Path, watch: Watch) -> None:
        self.file = path.open("rb")
        self.watch = watch
        self.quotes = 0
        self.last = b"\n"

    def readable(self) -> bool:
        """That it can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """The next *size* bytes."""
        raw = self.file.read(size)
        if not raw and self.last != b"\n":
            self.last = b"\n"
            return b"\n"
        self.last = raw[-1:] or self.last
        self.quotes += raw.count(_QUOTE)
        self.watch.done += len(raw)
        return raw

    def close(self) -> None:
        """Close the file."""
        self.file.close()
        super().close()


def _parts(
    path: Path, names: Sequence[str], separator: str, watch: Watch, columns: Sequence[str] | None
) -> Iterator[pl.DataFrame]:
    wanted = list(names if columns is None else columns)
    ragged = False

    def odd(_: object) -> str:
        nonlocal ragged
        ragged = True
        return "error"

    found: VedligeholdError | None = None
    try:
        with _Text(path, watch) as text, _reader(text, names, separator, odd) as reader:
            for batch in reader:
                frame = pl.from_arrow(batch)
                if isinstance(frame, pl.DataFrame):
                    yield from frame.select(wanted).iter_slices(AT_ONCE)
            if text.quotes % 2:
                found = refused(path, "broken-csv", "a quotation mark is opened and never closed", line=_open(path))
    except OSError as error:
        found = unreadable(path, error)
    except (pa.ArrowException, UnicodeDecodeError):
        found = _not_utf8(path) or (_ragged(path, len(names), separator) if ragged else None)
        found = found or refused(path, "broken-csv", "the file is no CSV, or one row is longer than 8 MB")
    if found is not None:
        raise found


def _reader(text: _Text, names: Sequence[str], separator: str, odd: object) -> pa.csv.CSVStreamingReader:
    return pa.csv.open_csv(
        pa.PythonFile(text, "r"),
        read_options=pa.csv.ReadOptions(block_size=_BLOCK),
        parse_options=pa.csv.ParseOptions(
            delimiter=separator,
            newlines_in_values=True,
            # of one column an empty line is a row that says nothing
            ignore_empty_lines=len(names) > 1,
            invalid_row_handler=odd,
        ),
        convert_options=pa.csv.ConvertOptions(
            column_types=_types(names), null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=True
        ),
    )


def _types(names: Sequence[str]) -> Mapping[str, pa.DataType]:
    return dict.fromkeys(names, pa.string())


def _not_utf8(path: Path) -> VedligeholdError | None:
    """Where the file is no UTF-8, if it is none."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    with path.open("rb") as file:
        while raw := file.read(1 << 16):
            try:
                line += decoder.decode(raw).count("\n")
            except UnicodeDecodeError as error:
                line += bytes(error.object[: error.start]).count(b"\n")
                return refused(path, "encoding", "the text is not UTF-8", "save it as CSV UTF-8", line)
    return None


def _ragged(path: Path, width: int, separator: str) -> VedligeholdError | None:
    """The first row that has another number of cells than the header."""
    csv.field_size_limit(_BLOCK)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file, delimiter=separator)
        before = 0
        try:
            for row in rows:
                if len(row) not in ((0, width) if width > 1 else (width,)):
                    cells = "1 cell" if len(row) == 1 else f"{len(row)} cells"
                    message = f"the row has {cells}, and the header {width}"
                    return refused(path, "broken-csv", message, "a cell with a separator stands in quotes", before + 1)
                before = rows.line_num
        except csv.Error:
            return None
    return None


def _open(path: Path) -> int:
    """The line in which the last quotation mark stands."""
    line = last = 1
    with path.open("rb") as file:
        while raw := file.read(1 << 16):
            at = raw.rfind(_QUOTE)
            if at >= 0:
                last = line + raw.count(b"\n", 0, at)
            line += raw.count(b"\n")
    return last
