"""Files of cases decided: one is read and another written, a part at a time; the whole of it is there, or nothing."""

import os
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from stat import S_IMODE
from threading import Lock
from typing import Generic, TypeVar

import narwhals as nw
import polars as pl

from vedligehold.errors import Problem, VedligeholdError, quoted
from vedligehold.pack import Pack
from vedligehold.table.answering import plan
from vedligehold.table.columns import SELF_REPORTED, set_items
from vedligehold.table.csv_source import csv_file
from vedligehold.table.json_source import json_file
from vedligehold.table.on_polars import run
from vedligehold.table.source import Source, Stopped, Watch, parquet, refused
from vedligehold.table.stretches import stretches
from vedligehold.table.summary import Summary
from vedligehold.table.tally import Looked, Tally

Found = TypeVar("Found")
Given = TypeVar("Given")
_READERS: dict[str, Callable[[Path, Watch], Source]] = {
    ".parquet": parquet,
    ".csv": csv_file,
    ".json": json_file,
    ".ndjson": json_file,
    ".jsonl": json_file,
}
_WRITTEN = (".parquet", ".csv")
_ROW_GROUP = 1 << 16
_NO_TEXT = (pl.Binary, pl.Duration, pl.Object)
"""What Polars does not write in CSV."""


@dataclass(frozen=True, slots=True)
class Made:
    """The rows that are to be written, and of their columns those that are new; what to know of the columns read."""

    rows: pl.LazyFrame
    new: Collection[str]
    notes: tuple[Problem, ...]


class Job(ABC, Generic[Found]):
    """The file *source* worked through under *packs*, on the day *on* or that of the column *on*; *out* is written.

    `run` works, in whatever thread; `watch` says how far it is, and can end it. `notes` are what somebody should know
    of the columns; `counting`: all is decided, and it is being counted what it comes to.

    Raises:
        VedligeholdError: one of the two cannot be such a file.
    """

    def __init__(self, packs: Sequence[Pack], source: Path, out: Path | None, on: date | str) -> None:
        self.packs, self.source, self.out, self.on = packs, source, out, on
        self.watch = Watch()
        self.notes: tuple[Problem, ...] = ()
        self.counting = False
        self.part: Path | None = None
        _ordinary(source, "unreadable")
        _ending(source, _READERS, "read")
        if not source.exists():
            raise refused(source, "unreadable", "the file cannot be read: no such file or directory")
        if out is not None:
            _ordinary(out, "unwritable")
            _ending(out, _WRITTEN, "written")
            if out.exists() and out.samefile(source):
                raise refused(out, "same-file", "this is the file that is read", "write to another one")

    @abstractmethod
    def run(self) -> Found:
        """Work the file through, and say what it comes to.

        Raises:
            VedligeholdError: the file or its columns cannot be used, or the output cannot be written.
            Stopped: somebody wants it to end. Nothing is left of the output.
        """

    @abstractmethod
    def _made(self, lazy: pl.LazyFrame, spelled: frozenset[str]) -> Made:
        """What is made of the rows; *spelled* are the columns whose text stands for values."""

    @abstractmethod
    def _comes_to(self) -> Found:
        """What it comes to, once it has been written as `part`."""

    def _opened(self) -> tuple[Source, Made]:
        source = _READERS[self.source.suffix.lower()](self.source, self.watch)
        lazy = _with_lists(source.lazy(self.watch), self._list_columns()) if source.spelled else source.lazy(self.watch)
        made = self._made(lazy, frozenset(source.schema) if source.spelled else frozenset())
        self.notes = made.notes
        return source, made

    def _into(self, out: Path, source: Source, made: Made) -> Found:
        """What the file *out* comes to, after it has been written."""
        with _beside(out) as part:
            self.part = part
            self._done(source, lambda: self._write(made, part, source))
            self.watch.go_on()
            found = self._comes_to()
            self.watch.go_on()
            _put(part, out)
        return found

    def _list_columns(self) -> set[str]:
        """The columns that hold a set, where they are columns of text."""
        found = {SELF_REPORTED}
        for pack in self.packs:
            among = stretches(pack, self.on if isinstance(self.on, date) else None)
            elsewhere = [fact for version in pack.versions for fact in version.facts]
            found |= {*set_items(among, elsewhere=elsewhere)}
        return found

    def _write(self, made: Made, part: Path, source: Source) -> None:
        if self.out is not None and self.out.suffix.lower() == ".csv":
            texts = _as_texts(made, source.path)
            texts.sink_csv(part, separator=source.separator, engine="streaming")
        else:
            made.rows.sink_parquet(part, row_group_size=_ROW_GROUP, engine="streaming")

    def _done(self, source: Source, work: Callable[[], Given]) -> Given:
        """What the *work* of Polars gives; whatever goes wrong in it is told as what it is."""
        done: list[Given] = []
        found: VedligeholdError | None = None
        try:
            done.append(work())
        except (pl.exceptions.PolarsError, OSError) as error:
            found = self._failed(source.failed or error)
        if isinstance(source.failed, VedligeholdError):
            found = source.failed
        elif isinstance(source.failed, Stopped) or self.watch.stopped:
            raise Stopped
        if found is not None:
            raise found
        return done[0]

    def _failed(self, error: BaseException) -> VedligeholdError:
        """What is said of an error of Polars, which may hold what stands in a cell."""
        code = re.search(r"\(os error (\d+)\)", str(error))
        number = error.errno if isinstance(error, OSError) and error.errno else int(code[1]) if code else None
        if number is not None and self.out is not None:
            return _unwritable(self.out, OSError(number, os.strerror(number)))
        message = f"the table cannot be decided: it ends with {quoted(type(error).__name__)}"
        return refused(self.source, "undecided", message, "report it: it is a mistake of the library")


class FileJob(Job[Summary]):
    """The file *source* decided under *pack*, into the file *out*."""

    def __init__(self, pack: Pack, source: Path, out: Path, on: date | str) -> None:
        super().__init__([pack], source, out, on)
        self.pack, self.into = pack, out

    def run(self) -> Summary:
        """Decide the file, and say what it comes to."""
        return self._into(self.into, *self._opened())

    def _made(self, lazy: pl.LazyFrame, spelled: frozenset[str]) -> Made:
        made = plan(self.pack, nw.from_native(lazy).collect_schema(), self.on, spelled)
        states = {name: each for step in made.steps for each in step.states for name in each.answers}
        looked = {name: states[at] for name, at in made.results.items() if at in states}
        places = list(dict.fromkeys(each.place for each in looked.values()))
        rows = run(lazy, made, places)
        answers = {name: Looked(each.place, each.answers[made.results[name]]) for name, each in looked.items()}
        self.tally = tally = Tally(self.pack, rows.collect_schema(), None, answers)
        lock = Lock()

        def counted(part: pl.DataFrame) -> pl.DataFrame:
            with lock:
                tally.add(part)
            return part

        counting = rows.map_batches(counted, streamable=True)
        return Made(counting.drop(places), made.outputs, made.columns.notes)

    def _comes_to(self) -> Summary:
        return self.tally.summary()


def opened(part: Path, ending: str) -> Source:
    """A file that is to end so, and is still called *part*."""
    return _READERS[ending.lower()](part, Watch())


def _ending(path: Path, known: "dict[str, Callable[[Path, Watch], Source]] | tuple[str, ...]", what: str) -> None:
    ending = path.suffix.lower()
    if ending not in known:
        said = f"the ending {quoted(ending)} is none" if ending else "the name has no ending"
        hint = "one of " + ", ".join(f"`{each}`" for each in known)
        raise refused(path, "unknown-ending", f"{said} of a table that can be {what}", hint)


def _ordinary(path: Path, code: str) -> None:
    """Make sure that what stands at *path*, if anything does, is a file."""
    said = _odd(path)
    if said is not None:
        raise refused(path, code, said)


def _odd(path: Path) -> str | None:
    """What stands at *path* that is no file, if anything does."""
    try:
        there, ordinary, folder = path.exists(), path.is_file(), path.is_dir()
    except (OSError, ValueError):  # a name that is too long, or a zero byte
        return "this is no path of a file"
    if not there or ordinary:
        return None
    return "this is a folder, and no file" if folder else "this is no ordinary file"


def _unwritable(out: Path, error: OSError) -> VedligeholdError:
    return refused(out, "unwritable", f"the file cannot be written: {(error.strerror or 'error').lower()}")


@contextmanager
def _beside(out: Path) -> Iterator[Path]:
    """A new file beside *out*, which is gone afterwards unless it has been put in its place."""
    part = _new(out)
    try:
        yield part
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _new(out: Path) -> Path:
    """Make an empty file beside *out*, whose name is that of no table."""
    target = Path(os.path.realpath(out))
    try:
        mode = S_IMODE(target.stat().st_mode) if target.exists() else 0o666
        for number in range(1000):
            part = target.parent / f".{target.name}.{os.getpid()}-{number}.part"
            try:
                os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode))
            except FileExistsError:
                continue
            return part
        found = refused(out, "unwritable", "the file cannot be written: too many parts of it are left", "remove them")
    except OSError as error:
        found = _unwritable(out, error)
    raise found


def _put(part: Path, out: Path) -> None:
    """Put the whole file in the place of *out*, so that it is there even if the power goes."""
    found: VedligeholdError | None = None
    target = Path(os.path.realpath(out))
    try:
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(target)
        with suppress(OSError):  # not every system lets a folder be opened
            folder = os.open(target.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
    except OSError as error:
        found = _unwritable(out, error)
    if found is not None:
        raise found


# --- lists in CSV ---


def _with_lists(lazy: pl.LazyFrame, names: set[str]) -> pl.LazyFrame:
    """The columns that hold a set, as lists: `|` stands between its items, and alone it is the set of none."""
    there = [name for name in lazy.collect_schema() if name in names]
    if not there:
        return lazy
    nothing = pl.lit([], dtype=pl.List(pl.String))
    return lazy.with_columns(
        pl.when(pl.col(name) == "|").then(nothing).otherwise(pl.col(name).str.split("|")).alias(name) for name in there
    )


def _as_texts(made: Made, path: Path) -> pl.LazyFrame:
    """The lists as text with `|` between the items. Of a table's own columns an empty one is a lone `|`, as it is read.

    Raises:
        VedligeholdError: a column cannot be written as text.
    """
    lists = {}
    for name, dtype in made.rows.collect_schema().items():
        inner = getattr(dtype, "inner", None)
        if isinstance(dtype, pl.List) and inner is not None and not inner.is_nested() and inner not in _NO_TEXT:
            text, empty = pl.col(name).cast(pl.List(pl.String)).list.join("|"), pl.col(name).list.len() == 0
            nothing = pl.lit(None if name in made.new else "|", dtype=pl.String)
            lists[name] = pl.when(empty).then(nothing).otherwise(text)
        elif dtype.is_nested() or dtype in _NO_TEXT:
            message = f"the column {quoted(name)} cannot be written as text"
            raise refused(path, "not-csv", message, "write a `.parquet`")
    return made.rows.with_columns(**lists) if lists else made.rows
