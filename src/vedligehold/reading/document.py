"""A YAML file as plain data whose every value knows its line and column.

Only mappings, lists and scalars: tags, anchors, aliases, a second document and a key that stands twice are problems.
Every scalar is text (a plain `null`, `~` or nothing is None), so YAML never turns `0730` or `no` into something else.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vedligehold.errors import PackError, Problem, masked, quoted
from vedligehold.meaning.data import Path as DataPath

LARGEST_FILE = 2_000_000
DEEPEST = 60
_WIDEST_EXCERPT = 120
_LONGEST_CPR = 15
_NULL = ("", "~", "null")
_YAML_OWN = "tag:yaml.org,2002:"


@dataclass(frozen=True)
class Document:
    """What a YAML file says, and where. `marks` maps the path of a value to its line and column, from 1."""

    file: str
    digest: str
    lines: tuple[str, ...]
    data: Any = None
    marks: dict[DataPath, tuple[int, int]] = field(default_factory=dict)
    keys: dict[DataPath, tuple[int, int]] = field(default_factory=dict)

    def problem(
        self, path: DataPath, code: str, message: str, hint: str | None = None, *, at_key: bool = False
    ) -> Problem:
        """A problem at the value that stands at *path*, or at its key, or at the nearest thing above it that stands."""
        if at_key and path in self.keys:
            return self.problem_at(self.keys[path], code, message, hint)
        while path not in self.marks and path:
            path = path[:-1]
        return self.problem_at(self.marks.get(path, (1, 1)), code, message, hint)

    def problem_at(self, mark: tuple[int, int], code: str, message: str, hint: str | None = None) -> Problem:
        """A problem at a line and column, with the line that it stands in."""
        line, column = mark
        return Problem(f"{self.file}:{line}:{column}", code, message, hint, self._excerpt(line, column))

    def _excerpt(self, line: int, column: int) -> tuple[str, ...]:
        if line > len(self.lines):
            return ()
        first = max(0, column - _WIDEST_EXCERPT * 3 // 4)
        # masked with some of what stands around it, so that no number is cut in two and missed
        start = max(0, first - _LONGEST_CPR)
        around = masked(self.lines[line - 1][start : first + _WIDEST_EXCERPT + _LONGEST_CPR])
        text = around[first - start :][:_WIDEST_EXCERPT].rstrip()
        shown = "".join(char if char.isprintable() else "·" for char in text)
        return (f"{line:5} | {shown}", f"      | {' ' * (column - 1 - first)}^")


def by_place(problem: Problem) -> tuple[int, int]:
    """The line and column of a problem of one file, to sort by."""
    line, column = problem.place.rsplit(":", 2)[1:]
    return int(line), int(column)


def read_document(path: Path) -> Document:
    """The YAML file at *path*.

    Raises:
        PackError: it cannot be read, or is not the YAML that a pack may use; every problem of that kind at once.
    """
    file = shown(path)
    raw = _bytes_of(path, file)
    text = _decoded(raw, file)
    document = Document(file, "sha256:" + hashlib.sha256(raw).hexdigest(), tuple(text.splitlines()))
    problems: list[Problem] = []
    builder = _Builder(document, problems)
    data = builder.build(text)
    if problems:
        raise PackError(problems)
    return Document(file, document.digest, document.lines, data, document.marks, document.keys)


def shown(path: Path) -> str:
    """The path as a person follows it from where they stand."""
    near = path.relative_to(Path.cwd()) if path.is_absolute() and path.is_relative_to(Path.cwd()) else path
    return masked("".join(char if char.isprintable() else "·" for char in str(near)))


def _bytes_of(path: Path, shown: str) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except OSError as error:
        problem = Problem(shown, "unreadable", f"the file cannot be read: {(error.strerror or 'error').lower()}")
    except ValueError:
        problem = Problem("", "unreadable", f"`{shown}` is no path of a file")
    else:
        if len(raw) <= LARGEST_FILE:
            return raw
        problem = Problem(shown, "too-large", f"the file has more than {LARGEST_FILE:,} bytes")
    # raised outside the handler: the context of an exception would hold the name, or all that stands in the file
    raise PackError([problem])


def _decoded(raw: bytes, file: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        start = error.start
    line = raw.count(b"\n", 0, start) + 1
    raise PackError([Problem(f"{file}:{line}:1", "encoding", f"byte {start + 1} is not UTF-8")])


class _Builder:
    """Builds plain data from YAML events, without recursion, noting the place of everything."""

    def __init__(self, document: Document, problems: list[Problem]) -> None:
        self.document = document
        self.problems = problems

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
                self._report((before.count(b"\n") + 1, 1), "yaml", f"this is not YAML: {what}")
                return None
            place = (mark.line + 1, mark.column + 1)
            hint = "quote a text that holds `: ` or starts with a sign of YAML's own"
            if "cannot start any token" in what and text.splitlines()[mark.line][mark.column :].startswith("\t"):
                hint = "indent with spaces, not with tabs"
            self._report(place, "yaml", f"this is not YAML: {what}", hint)
            return None

    def _report(self, place: tuple[int, int], code: str, message: str, hint: str | None = None) -> None:
        self.problems.append(self.document.problem_at(place, code, message, hint))

    def _document(self, events: Iterator[Any], yaml: Any) -> Any:
        root: Any = None
        documents = 0
        stack: list[_Open] = []
        for event in events:
            place = (event.start_mark.line + 1, event.start_mark.column + 1)
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._report(place, "yaml-documents", "the file holds more than one document", "remove the `---`")
                    return root
            if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                stack.pop()
            if not isinstance(event, yaml.NodeEvent):
                continue
            value = self._value(event, place, yaml)
            path: DataPath = ()
            if not stack:
                root = value
                self.document.marks[()] = place
            else:
                path = self._put(stack[-1], value, place)
            if isinstance(value, dict | list):
                if len(stack) >= DEEPEST:
                    self._report(place, "too-deep", f"more than {DEEPEST} levels inside each other")
                    return root
                stack.append(_Open(path, value))
        return root

    def _value(self, event: Any, place: tuple[int, int], yaml: Any) -> Any:
        if isinstance(event, yaml.AliasEvent):
            name = quoted(event.anchor)[1:-1]
            self._report(place, "yaml-alias", f"the alias `*{name}`: aliases are not read", "write it out")
            return None
        if event.anchor is not None:
            name = quoted(event.anchor)[1:-1]
            self._report(place, "yaml-anchor", f"the anchor `&{name}`: anchors are not read", "remove it")
        if event.tag is not None:
            tag = event.tag.replace(_YAML_OWN, "!!", 1)
            self._report(place, "yaml-tag", f"the tag {quoted(tag)}: tags are not read", "remove it")
        if isinstance(event, yaml.MappingStartEvent):
            return {}
        if isinstance(event, yaml.SequenceStartEvent):
            return []
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
            self._report(place, "wrong-type", f"a key is a word, not {quoted(value)}")
            return f"<key at {place}>"
        path = (*parent.path, value)
        if path in self.document.keys:
            first = self.document.keys[path][0]
            self._report(place, "duplicate-key", f"the key {quoted(value)} stands twice, first in line {first}")
        self.document.keys.setdefault(path, place)
        return value


@dataclass
class _Open:
    """A mapping or list that is being filled; `key` is the mapping's key that waits for its value."""

    path: DataPath
    value: Any
    key: str | None = None
