"""A pack while it is being read: the raw data with its places, and what has been understood of it so far.

The checks work on this, so that one mistake in the format hides nothing else that is wrong.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from pydantic import ValidationError

from vedligehold.condition import Condition
from vedligehold.errors import Hint, quoted
from vedligehold.facts import STANDARD_FACTS, Fact, FactType, Named, Span
from vedligehold.meaning.data import Path, Vocabulary, parse
from vedligehold.pack import Nation
from vedligehold.reading.document import Document, Wrong
from vedligehold.reading.format import FactEntry, ParameterEntry, WordsEntry
from vedligehold.source import Words

Entry: TypeAlias = Mapping[str, Any]
Placed: TypeAlias = tuple[Path, Entry]

LISTS = ("requirements", "leave_out", "notices", "deadlines", "course")
MAPPINGS = ("parameters", "routes")
BLOCKS = ("complaint", "transport")


@dataclass
class Draft:
    """The raw data of a pack or of the national layer. `nation` is None while the national layer itself is read."""

    document: Document
    nation: Nation | None
    wrong: Wrong = field(init=False)
    conditions: dict[Path, Condition] = field(default_factory=dict)
    facts: dict[str, Fact] = field(default_factory=dict)
    parameters: dict[str, Named] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.wrong = Wrong(self.document)

    def report(self, path: Path, code: str, message: str, hint: Hint = None, *, at_key: bool = False) -> None:
        """Note a problem at *path*, once."""
        self.wrong.report(path, code, message, hint, at_key=at_key)

    def mapping(self, *path: str | int) -> Entry:
        """The mapping at *path*, empty where there is none."""
        here: Any = self.document.data
        for part in path:
            here = here.get(part) if isinstance(here, dict) else None
        return here if isinstance(here, dict) else {}

    def entries(self, section: str) -> Iterator[Placed]:
        """The entries of a section that are mappings, each with its path."""
        inside = self.mapping().get(section)
        if isinstance(inside, list):
            yield from (((section, place), entry) for place, entry in enumerate(inside) if isinstance(entry, dict))
        elif isinstance(inside, dict):
            yield from (((section, key), entry) for key, entry in inside.items() if isinstance(entry, dict))

    def rows(self) -> Iterator[Placed]:
        """The rows of the grant, each with its path."""
        for topic, inside in self.mapping("entitlement").items():
            for place, entry in enumerate(inside if isinstance(inside, list) else ()):
                if isinstance(entry, dict):
                    yield ("entitlement", topic, place), entry

    def things(self) -> Iterator[tuple[str, Path, Entry]]:
        """Everything that has an id and rests on statements: id, path, entry."""
        for section in LISTS:
            for path, entry in self.entries(section):
                if isinstance(entry.get("id"), str):
                    yield entry["id"], path, entry
        for path, entry in self.rows():
            if isinstance(entry.get("id"), str):
                yield entry["id"], path, entry
        for section in MAPPINGS:
            for path, entry in self.entries(section):
                yield str(path[-1]), path, entry
        for section in BLOCKS:
            for path, entry in self.entries(section):
                yield section, path, entry
        if floor := self.mapping("floor"):
            yield "floor", ("floor",), floor

    def conditioned(self) -> Iterator[tuple[Path, Entry]]:
        """Everything that may hold a condition."""
        for section in ("requirements", "leave_out", "notices"):
            yield from self.entries(section)
        yield from self.rows()
        if floor := self.mapping("floor"):
            yield ("floor",), floor

    def understand(self) -> None:
        """Read the facts, the parameters and every condition; what is wrong with a condition becomes a problem."""
        self.facts = {fact.name: fact for fact in STANDARD_FACTS}
        broken = set()
        for path, entry in self.entries("facts"):
            name = str(path[-1])
            fact = _fact(name, entry)
            if fact is None:
                broken.add(name)
            elif name not in self.facts:
                self.facts[name] = fact
        for path, entry in self.entries("parameters"):
            named = _parameter(entry)
            if named is None:
                broken.add(str(path[-1]))
            else:
                self.parameters[str(path[-1])] = named
        words = Vocabulary(self.facts, self.parameters)
        for path, entry in self.conditioned():
            for key in ("when", "require"):
                if entry.get(key) is not None:
                    self._condition((*path, key), entry[key], words, broken)

    def _condition(self, path: Path, data: Any, words: Vocabulary, broken: set[str]) -> None:
        owner = self._owner(path)

        def report(inner: Path, code: str, message: str, hint: Hint) -> None:
            # what names a fact or parameter that is itself wrong has been reported there
            if message.partition("` is no ")[0].removeprefix("`") not in broken:
                self.report(inner, code, f"{owner}{message}", hint, at_key=inner not in self.document.marks)

        condition = parse(data, words, report, path)
        if condition is not None:
            self.conditions[path] = condition

    def _owner(self, path: Path) -> str:
        inside: Any = self.document.data
        for part in path[:-1]:
            inside = inside[part]
        return f"in {quoted(inside['id'])}: " if isinstance(inside.get("id"), str) else ""


def words_of(entry: WordsEntry) -> Words:
    """The wording of an entry."""
    return Words(entry.da, entry.en)


def _fact(name: str, data: Entry) -> Fact | None:
    try:
        entry = FactEntry.model_validate(data)
    except ValidationError:
        return None
    units = {"days", "weeks", "months", "years"}
    span = None
    if entry.span is not None:
        if entry.unit not in units:
            return None
        span = Span(entry.span.start, entry.span.end, entry.unit)  # type: ignore[arg-type]
    return Fact(
        name,
        FactType(entry.type),
        words_of(entry.label),
        None if entry.question is None else words_of(entry.question),
        "facts" if span is None else "derived",
        entry.unit,
        entry.assessed,
        choices=tuple((choice, words_of(label)) for choice, label in (entry.choices or {}).items()),
        minimum=entry.minimum,
        maximum=entry.maximum,
        derived=span,
    )


def _parameter(data: Entry) -> Named | None:
    try:
        entry = ParameterEntry.model_validate(data)
    except ValidationError:
        return None
    given = [(unit, getattr(entry, unit)) for unit in ParameterEntry.units if getattr(entry, unit) is not None]
    if len(given) != 1:
        return None
    ((unit, value),) = given
    said = None if entry.interpretation is None else words_of(entry.interpretation)
    return Named(value, unit, entry.cite, said)
