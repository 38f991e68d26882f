"""A JSON file of cases: an array of flat objects, or one object a line. It is read twice: for columns, and for rows.

A value is what JSON says it is: a date is text, a list is a list, and nothing is made a number that is written as text.
"""

import codecs
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import polars as pl

from vedligehold.errors import VedligeholdError, quoted
from vedligehold.reading.json_text import NotAllowed, no_constant, once
from vedligehold.table.source import NO_COLUMNS, Source, Watch, checked_names, refused, unreadable

_BLOCK = 1 << 20
_ROWS = 1 << 13
_LONGEST_ROW = 1 << 20
_GAP = re.compile(r"[ \t\r\n]*")
_EXACT = 2**53
"""Up to here every whole number is one that a number with a point can be."""
Kinds: TypeAlias = dict[str, set[str]]

_SAID = {
    "bool": "true or false",
    "int": "a number",
    "float": "a number",
    "large": "a number",
    "text": "text",
    "list of text": "a list of text",
    "list of bool": "a list of true and false",
    "list of int": "a list of numbers",
    "list of float": "a list of numbers",
}
_TYPES: Mapping[frozenset[str], Any] = {
    frozenset(): pl.String,
    frozenset({"bool"}): pl.Boolean,
    frozenset({"int"}): pl.Int64,
    frozenset({"int", "large"}): pl.Int64,
    frozenset({"float"}): pl.Float64,
    frozenset({"int", "float"}): pl.Float64,
    frozenset({"text"}): pl.String,
    frozenset({"list"}): pl.List(pl.String),
    frozenset({"list", "list of text"}): pl.List(pl.String),
    frozenset({"list", "list of bool"}): pl.List(pl.Boolean),
    frozenset({"list", "list of int"}): pl.List(pl.Int64),
    frozenset({"list", "list of float"}): pl.List(pl.Float64),
    frozenset({"list", "list of int", "list of float"}): pl.List(pl.Float64),
}


def json_file(path: Path, watch: Watch) -> Source:
    """A JSON file; its first reading finds the columns, and whatever is wrong with it.

    Raises:
        VedligeholdError: it is none, or its objects are no rows.
        Stopped: somebody wants it to end.
    """
    watch.size = 2 * _size(path)
    kinds: Kinds = {}
    for number, row in enumerate(_objects(path, watch), start=1):
        _see(path, kinds, number, row)
        watch.go_on()
    if not kinds:
        raise refused(path, "no-columns", "the table has no columns", NO_COLUMNS)
    checked_names(path, list(kinds))
    schema = pl.Schema({name: _TYPES[frozenset(found)] for name, found in kinds.items()})
    return Source(path, schema, lambda watch, columns: _parts(path, schema, watch, columns))


def _size(path: Path) -> int:
    try:
        size = path.stat().st_size
    except OSError as error:
        found = unreadable(path, error)
    else:
        if size:
            return size
        found = refused(path, "not-json", "the file is empty")
    raise found


def _see(path: Path, kinds: Kinds, number: int, row: Mapping[str, Any]) -> None:
    """Note what a row says in each column."""
    for name, value in row.items():
        seen = kinds.get(name)
        if seen is None:
            seen = kinds[name] = set()
        if value is None:
            continue
        new = _kinds_of(path, number, name, value)
        if new <= seen:
            continue
        before = _said(seen)
        seen |= new
        if frozenset(seen) not in _TYPES:
            raise _mixed(path, number, name, before, _said(new))


def _said(kinds: set[str]) -> str:
    return next((_SAID[each] for each in sorted(kinds) if each in _SAID), "a list")


def _mixed(path: Path, number: int, name: str, before: str, now: str) -> VedligeholdError:
    if before == now:
        message = f"row {number:,}: {quoted(name)} is a number of too many digits"
        return refused(path, "too-large", message, "write it as text")
    message = f"row {number:,}: {quoted(name)} is {now}, and in the rows before {before}"
    return refused(path, "mixed-column", message, "a column holds one kind of value")


def _kinds_of(path: Path, number: int, name: str, value: Any) -> set[str]:
    match value:
        case bool():
            return {"bool"}
        case int():
            if not -(2**63) <= value < 2**63:
                raise _mixed(path, number, name, "", "")
            return {"int"} if -_EXACT <= value <= _EXACT else {"int", "large"}
        case float():
            return {"float"}
        case str():
            if not value.isascii() and not value.isprintable() and any("\ud800" <= char <= "\udfff" for char in value):
                message = f"row {number:,}: {quoted(name)} holds half a character"
                raise refused(path, "encoding", message, "write the whole of it, or leave it out")
            return {"text"}
        case list():
            inside = set().union(*(_kinds_of(path, number, name, each) for each in value if each is not None))
            if "list" in inside:
                raise _nested(path, number, name)
            return {"list", *(f"list of {each}" for each in inside - {"large"})}
        case _:
            raise _nested(path, number, name)


def _nested(path: Path, number: int, name: str) -> VedligeholdError:
    message = f"row {number:,}: {quoted(name)} holds other objects or lists"
    hint = "a table is flat: `birth_date` and not `citizen: {birth_date: ...}`, `granted_on` and not `events`"
    return refused(path, "nested", message, hint)


def _parts(path: Path, schema: pl.Schema, watch: Watch, columns: Sequence[str] | None) -> Iterator[pl.DataFrame]:
    wanted = list(schema) if columns is None else list(columns)
    types = {name: schema[name] for name in wanted}
    rows: list[Mapping[str, Any]] = []
    for row in _objects(path, watch):
        rows.append(row)
        if len(rows) == _ROWS:
            yield _frame(rows, types)
            rows = []
    if rows:
        yield _frame(rows, types)


def _frame(rows: Sequence[Mapping[str, Any]], types: Mapping[str, Any]) -> pl.DataFrame:
    columns = {
        name: pl.Series(name, [row.get(name) for row in rows], dtype=dtype, strict=False)
        for name, dtype in types.items()
    }
    return pl.DataFrame(columns, height=len(rows))


class _Text:
    """The text of a file as far as it is wanted; what has been read is forgotten."""

    def __init__(self, path: Path, file: Any, watch: Watch) -> None:
        self.path, self.file, self.watch = path, file, watch
        self.decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self.text = ""
        self.at = 0
        self.line = 1
        self.ended = False

    def more(self) -> None:
        """Read on."""
        raw = self.file.read(_BLOCK)
        self.watch.done += len(raw)
        self.ended = not raw
        self.line += self.text.count("\n", 0, self.at)
        bad = False
        try:
            self.text = self.text[self.at :] + self.decoder.decode(raw, final=self.ended)
        except UnicodeDecodeError:
            bad = True
        self.at = 0
        if bad:
            raise refused(self.path, "encoding", "the text is not UTF-8", "save it as UTF-8")

    def next(self) -> str:
        """The next character that is no blank; nothing at the end."""
        while True:
            found = _GAP.match(self.text, self.at)
            self.at = self.at if found is None else found.end()
            if self.at < len(self.text):
                return self.text[self.at]
            if self.ended:
                return ""
            self.more()

    def wrong(self, message: str, place: int | None = None) -> VedligeholdError:
        """The error that it is no JSON from here on."""
        line = self.line + self.text.count("\n", 0, self.at if place is None else place)
        return refused(self.path, "not-json", message, line=line)

    def object(self, decoder: json.JSONDecoder) -> Mapping[str, Any]:
        """The object that begins here."""
        while True:
            try:
                found, self.at = decoder.raw_decode(self.text, self.at)
            except json.JSONDecodeError as error:
                wrong = self.wrong(f"this is not JSON: {error.msg.lower()}", error.pos)
            except RecursionError:
                raise_now = self.wrong("this is nested too deeply")
                break
            except NotAllowed as error:
                raise_now = self.wrong(str(error))
                break
            except ValueError:
                raise_now = self.wrong("a number has too many digits")
                break
            else:
                return found  # type: ignore[no-any-return]
            # it may only not be there as a whole yet
            if self.ended or len(self.text) - self.at > _LONGEST_ROW:
                raise_now = wrong
                break
            self.more()
        raise raise_now


def _objects(path: Path, watch: Watch) -> Iterator[Mapping[str, Any]]:
    """The objects of an array, or those that stand one after the other."""
    decoder = json.JSONDecoder(object_pairs_hook=once, parse_constant=no_constant)
    found: VedligeholdError | None = None
    try:
        with path.open("rb") as file:
            text = _Text(path, file, watch)
            yield from _array(text, decoder) if text.next() == "[" else _lines(text, decoder)
    except OSError as error:
        found = unreadable(path, error)
    if found is not None:
        raise found


def _lines(text: _Text, decoder: json.JSONDecoder) -> Iterator[Mapping[str, Any]]:
    while (char := text.next()) != "":
        if char != "{":
            raise text.wrong("an object is wanted: `{...}`")
        yield text.object(decoder)


def _array(text: _Text, decoder: json.JSONDecoder) -> Iterator[Mapping[str, Any]]:
    text.at += 1
    wanted = "{]"
    while (char := text.next()) != "]" or "]" not in wanted:
        if char == "" or char not in wanted:
            ends = "the array is not closed" if char == "" else "an array of objects is wanted: `[{...}, {...}]`"
            raise text.wrong(ends)
        if char == ",":
            text.at += 1
            wanted = "{"
            continue
        yield text.object(decoder)
        wanted = ",]"
    text.at += 1
    if text.next() != "":
        raise text.wrong("something stands behind the array")
