"""A YAML file as plain data whose every value knows its line and column.

Only mappings, lists and scalars: tags, anchors, aliases, a second document and a key that stands twice are problems.
Every scalar is text (a plain `null`, `~` or nothing is None), so YAML never turns `0730` or `no` into something else.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import nsmallest
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeAlias

from vedligehold.errors import MOST_PROBLEMS, UNSEEN, Hint, PackError, Problem, masked, quoted, told, unseen
from vedligehold.meaning.data import Path as DataPath
from vedligehold.reading.files import read_bytes, shown

DEEPEST = 60
MOST_VALUES = 30_000
"""Keys, values, lists and mappings of one file; a pack of today has some 1 500, its cases some 3 500."""
_WIDEST_EXCERPT = 120
_LONGEST_CPR = 15
_NULL = ("", "~", "null")
_YAML_OWN = "tag:yaml.org,2002:"

Mark: TypeAlias = tuple[int, int]
"""Line and column, from 1."""


@dataclass(frozen=True)
class Document:
    """A YAML file: `marks` maps the path of a value to its line and column, `keys` that of a key."""

    file: str
    digest: str
    lines: tuple[str, ...]
    data: Any = None
    marks: dict[DataPath, Mark] = field(default_factory=dict)
    keys: dict[DataPath, Mark] = field(default_factory=dict)

    def mark(self, path: DataPath, *, at_key: bool = False) -> Mark:
        """Where the value at *path* stands, or its key, or the nearest thing above it that stands."""
        if at_key and path in self.keys:
            return self.keys[path]
        while path not in self.marks and path:
            path = path[:-1]
        return self.marks.get(path, (1, 1))

    def problem_at(self, mark: Mark, code: str, message: str, hint: Hint = None) -> Problem:
        """A problem at a line and column, with the line that it stands in."""
        line, column = mark
        return Problem(f"{self.file}:{line}:{column}", code, message, told(hint), self._excerpt(line, column))

    def _excerpt(self, line: int, column: int) -> tuple[str, ...]:
        if line > len(self.lines):
            return ()
        first = max(0, column - _WIDEST_EXCERPT * 3 // 4)
        # masked with some of what stands around it, so that no number is cut in two and missed
        start = max(0, first - _LONGEST_CPR)
        around = masked(self.lines[line - 1][start : first + _WIDEST_EXCERPT + _LONGEST_CPR])
        text = around[first - start :][:_WIDEST_EXCERPT].rstrip()
        shown = "".join(char if char.isprintable() else "·" for char in text)
        number = f" {line:4} | "
        return (f"{number}{shown}", f"{' ' * (len(number) - 2)}| {' ' * (column - 1 - first)}^")


@dataclass
class Wrong:
    """What is wrong with a document: noted as it is found, each once, and told in the order of the file.

    Only what is told becomes a `Problem`, with its hint and its line; the rest is counted.
    """

    document: Document
    noted: dict[tuple[Mark, str, str], Hint] = field(default_factory=dict)

    def report(self, path: DataPath, code: str, message: str, hint: Hint = None, *, at_key: bool = False) -> None:
        """Note what is wrong with the value at *path*, or with its key."""
        self.report_at(self.document.mark(path, at_key=at_key), code, message, hint)

    def report_at(self, mark: Mark, code: str, message: str, hint: Hint = None) -> None:
        """Note what is wrong at a line and column."""
        self.noted.setdefault((mark, code, message), hint)

    def error(self) -> PackError:
        """What was noted, as an error to raise."""
        first = nsmallest(MOST_PROBLEMS, self.noted, key=itemgetter(0))
        problems = [self.document.problem_at(*each, self.noted[each]) for each in first]
        return PackError(problems, len(self.noted) - len(first))


def read_document(path: Path, raw: bytes | None = None) -> Document:
    """The YAML file at *path*, whose bytes may have been read already.

    Raises:
        PackError: it cannot be read, or is not the YAML that a pack may use; the problems of that kind at once.
    """
    file = shown(path)
    raw = read_bytes(path) if raw is None else raw
    text = _decoded(raw, file)
    # the digest is that of the very bytes that are read, whatever becomes of the file meanwhile
    document = Document(file, "sha256:" + hashlib.sha256(raw).hexdigest(), tuple(re.split("\r\n|\r|\n", text)))
    if UNSEEN.search(text):
        raise _unseen_in(document)
    wrong = Wrong(document)
    data = _Builder(document, wrong).build(text)
    if wrong.noted:
        raise wrong.error()
    return Document(file, document.digest, document.lines, data, document.marks, document.keys)


def _unseen_in(document: Document) -> PackError:
    found = ((line, each) for line, text in enumerate(document.lines, 1) for each in UNSEEN.finditer(text))
    problems = [
        document.problem_at((line, each.start() + 1), "control-character", unseen(each[0]), "remove it")
        for line, each in islice(found, MOST_PROBLEMS)
    ]
    return PackError(problems, sum(1 for _ in found))


def _decoded(raw: bytes, file: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        start = error.start
    line = raw.count(b"\n", 0, start) + 1
    raise PackError([Problem(f"{file}:{line}:1", "encoding", f"byte {start + 1} is not UTF-8", "save it as UTF-8")])


class _Builder:
    """Builds plain data from YAML events, without recursion, noting the place of everything."""

    def __init__(self, document: Document, wrong: Wrong) -> None:
        self.document = document
        self.wrong = wrong

    def build(self, text: str) -> Any:
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            return self._document(yaml.parse(text, Loader=loader), yaml)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            what = getattr(error, "problem", None) or getattr(error, "reason", None) or "no YAML"
            if mark is None:
                before = text.encode()[: getattr(error, "position", 0)]
                self.wrong.report_at((before.count(b"\n") + 1, 1), "yaml", f"this is not YAML: {what}")
                return None
            place = (mark.line + 1, mark.column + 1)
            line = self.document.lines[mark.line] if mark.line < len(self.document.lines) else ""
            self.wrong.report_at(place, "yaml", f"this is not YAML: {what}", _yaml_hint(what, line[mark.column :]))
            return None

    def _document(self, events: Iterator[Any], yaml: Any) -> Any:
        root: Any = None
        documents = values = 0
        stack: list[_Open] = []
        for event in events:
            place = (event.start_mark.line + 1, event.start_mark.column + 1)
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    message = "the file holds more than one document"
                    self.wrong.report_at(place, "yaml-documents", message, "remove the `---`")
                    return root
            if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                stack.pop()
            if not isinstance(event, yaml.NodeEvent):
                continue
            values += 1
            if values > MOST_VALUES:
                message = f"the file holds more than {MOST_VALUES:,} keys and values"
                raise PackError([self.document.problem_at(place, "too-many", message)])
            value = self._value(event, place, yaml)
            path: DataPath = ()
            if not stack:
                root = value
                self.document.marks[()] = place
            else:
                path = self._put(stack[-1], value, place)
            if isinstance(value, dict | list):
                if len(stack) >= DEEPEST:
                    message = f"more than {DEEPEST} levels inside each other"
                    raise PackError([self.document.problem_at(place, "too-deep", message)])
                stack.append(_Open(path, value))
        return root

    def _value(self, event: Any, place: tuple[int, int], yaml: Any) -> Any:
        if isinstance(event, yaml.AliasEvent):
            name = quoted(event.anchor)[1:-1]
            self.wrong.report_at(place, "yaml-alias", f"the alias `*{name}`: aliases are not read", "write it out")
            return None
        if event.anchor is not None:
            name = quoted(event.anchor)[1:-1]
            self.wrong.report_at(place, "yaml-anchor", f"the anchor `&{name}`: anchors are not read", "remove it")
        if event.tag is not None:
            tag = event.tag.replace(_YAML_OWN, "!!", 1)
            self.wrong.report_at(place, "yaml-tag", f"the tag {quoted(tag)}: tags are not read", "remove it")
        if isinstance(event, yaml.MappingStartEvent):
            return {}
        if isinstance(event, yaml.SequenceStartEvent):
            return []
        if event.style == '"' and (found := UNSEEN.search(event.value)):  # written as an escape
            self.wrong.report_at(place, "control-character", unseen(found[0]), "remove it")
        plain_null = event.style in (None, "") and event.value in _NULL
        return None if plain_null else event.value

    def _put(self, parent: "_Open", value: Any, place: tuple[int, int]) -> DataPath:
        if isinstance(parent.value, list):
            path = (*parent.path, len(parent.value))
            parent.value.append(value)
            self.document.marks[path] = place
            return path
        if parent.key is None:
            parent.key = self._key(parent, value, place)
            return parent.path
        path = (*parent.path, parent.key)
        if parent.key not in parent.value:
            parent.value[parent.key] = value
            self.document.marks[path] = place
        parent.key = None
        return path

    def _key(self, parent: "_Open", value: Any, place: tuple[int, int]) -> str:
        if not isinstance(value, str):
            self.wrong.report_at(place, "wrong-type", f"a key is a word, not {quoted(value)}")
            return f"<key at {place}>"
        path = (*parent.path, value)
        if path in self.document.keys:
            first = self.document.keys[path][0]
            self.wrong.report_at(place, "duplicate-key", f"the key {quoted(value)} stands twice, first in line {first}")
        self.document.keys.setdefault(path, place)
        return value


def _yaml_hint(what: str, rest: str) -> str:
    """What most often helps: *what* the reader of YAML says, and the *rest* of the line that it stopped in."""
    if "tab character" in what or ("cannot start any token" in what and rest.startswith("\t")):
        return "indent with spaces, not with tabs"
    if "indicator" in what or "expected <block end>" in what:
        return "see whether this line, or one before it, is indented as the lines around it"
    return "quote a text that holds `: ` or starts with a sign of YAML's own"


@dataclass
class _Open:
    """A mapping or list that is being filled; `key` is the mapping's key that waits for its value."""

    path: DataPath
    value: Any
    key: str | None = None
