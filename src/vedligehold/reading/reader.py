"""A YAML file to a `Version` or a `Nation`, or the problems that it has."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from vedligehold.calendar import WorkdayCalendar
from vedligehold.meaning.data import Path as DataPath
from vedligehold.pack import (
    Amount,
    Complaint,
    CourseRule,
    DeadlineRule,
    Give,
    InForce,
    LeaveOut,
    Municipality,
    Nation,
    Notice,
    NotStated,
    Requirement,
    Route,
    Row,
    Source,
    Statement,
    Transport,
    Version,
    cite,
)
from vedligehold.problems import found_in
from vedligehold.reading import format as form
from vedligehold.reading.checks import check
from vedligehold.reading.document import read_document
from vedligehold.reading.draft import Draft, words_of
from vedligehold.source import Citation, Words


def read_version(path: Path, nation: Nation) -> Version:
    """The version of a pack in the file at *path*, under *nation*.

    Raises:
        PackError: with the problems of the file, each with file, line and column.
    """
    draft, file = _read(path, form.PackFile, nation)
    return _Builder(draft).version(file)


def read_nation(path: Path, raw: bytes | None = None) -> Nation:
    """The national layer in the file at *path*, whose bytes may have been read already.

    Raises:
        PackError: with the problems of the file, each with file, line and column.
    """
    draft, file = _read(path, form.NationFile, None, raw)
    return _Builder(draft).nation(file)


def _read(path: Path, model: type[BaseModel], nation: Nation | None, raw: bytes | None = None) -> tuple[Draft, Any]:
    draft = Draft(read_document(path, raw), nation)
    draft.understand()
    file = None
    try:
        file = model.model_validate(draft.document.data)
    except ValidationError as error:
        for where, code, message, hint in found_in(error, model):
            draft.report(where, code, message, hint, at_key=code == "unknown-key")
    check(draft)
    if draft.wrong.noted or file is None:
        raise draft.wrong.error()
    return draft, file


class _Builder:
    """Builds what the entries say, once nothing is wrong with them."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.document = draft.document
        self.title = ""
        self.statements: Mapping[str, Statement] = {}
        self.calendar = WorkdayCalendar()

    def version(self, file: Any) -> Version:
        self._source(file.source)
        self.calendar = WorkdayCalendar(file.calendar.saturday, file.calendar.closed)
        standard = {fact.name for fact in self.draft.facts.values() if fact.name not in (file.facts or {})}
        return Version(
            pack=file.pack,
            file=self.document.file,
            digest=self.document.digest,
            title=words_of(file.title),
            municipality=Municipality(file.municipality.name, file.municipality.code, file.municipality.why),
            term=words_of(file.term),
            legal_basis=words_of(file.legal_basis),
            valid_from=file.valid_from,
            source=self._source(file.source),
            valid_to=file.valid_to,
            review_by=file.review_by,
            calendar=self.calendar,
            event_labels=tuple((event, words_of(label)) for event, label in (file.event_labels or {}).items()),
            parameters=tuple(self.draft.parameters.items()),
            facts=tuple(fact for name, fact in self.draft.facts.items() if name not in standard),
            requirements=self._requirements(file),
            leave_out=tuple(
                LeaveOut(
                    entry.id,
                    entry.items,
                    words_of(entry.reason),
                    self._cite(entry),
                    self._condition(("leave_out", place, "when")),
                    _maybe(entry.interpretation),
                )
                for place, entry in enumerate(file.leave_out)
            ),
            rows=tuple(
                self._row(topic, place, entry)
                for topic, entries in (file.entitlement or {}).items()
                for place, entry in enumerate(entries)
            ),
            notices=self._notices(file),
            routes=self._routes(file.routes or {}),
            deadlines=self._deadlines(file),
            course=tuple(self._course(entry) for entry in file.course),
        )

    def nation(self, file: Any) -> Nation:
        source = self._source(file.source)
        floor = self._condition(("floor", "require"))
        assert floor is not None  # the format asks for it, and what is wrong with it has been raised
        return Nation(
            file=self.document.file,
            digest=self.document.digest,
            title=words_of(file.title),
            source=source,
            floor=floor,
            floor_citation=self._cite(file.floor),
            requirements=self._requirements(file),
            notices=self._notices(file),
            deadlines=self._deadlines(file),
            routes=self._routes(file.routes),
            standing_routes=file.standing_routes,
            complaint=tuple(
                Complaint(words_of(each.to), words_of(each.via), words_of(each.text), self._cite(each), _in_force(each))
                for each in file.complaint
            ),
            transport=tuple(
                Transport(words_of(each.text), self._cite(each), _in_force(each)) for each in file.transport
            ),
        )

    def _condition(self, path: DataPath) -> Any:
        return self.draft.conditions.get(path)

    def _cite(self, entry: Any) -> Citation:
        return cite(self.title, [self.statements[name] for name in entry.cite])

    def _source(self, entry: Any) -> Source:
        statements = tuple(_statement(name, each) for name, each in entry.statements.items())
        self.statements = {statement.id: statement for statement in statements}
        self.title = entry.title.da
        return Source(
            title=words_of(entry.title),
            statements=statements,
            publisher=getattr(entry, "publisher", None),
            url=getattr(entry, "url", None),
            approved_on=getattr(entry, "approved_on", None),
            completeness=getattr(entry, "completeness", "standard"),
            sha256=getattr(entry, "sha256", None),
            not_stated=tuple(NotStated(each.id, Words(each.da, each.en)) for each in getattr(entry, "not_stated", ())),
        )

    def _requirements(self, file: Any) -> tuple[Requirement, ...]:
        return tuple(
            Requirement(
                id=entry.id,
                kind=entry.kind,
                title=words_of(entry.title),
                require=self._condition(("requirements", place, "require")),
                reason=words_of(entry.reason),
                citation=self._cite(entry),
                when=self._condition(("requirements", place, "when")),
                routes=entry.routes,
                interpretation=_maybe(entry.interpretation),
                in_force=_in_force(entry),
            )
            for place, entry in enumerate(file.requirements)
        )

    def _row(self, topic: Any, place: int, entry: Any) -> Row:
        return Row(
            id=entry.id,
            topic=topic,
            give=_give(self.document.data["entitlement"][topic][place]["give"]),
            text=words_of(entry.text),
            citation=self._cite(entry),
            when=self._condition(("entitlement", topic, place, "when")),
            otherwise=_maybe(entry.otherwise),
            interpretation=_maybe(entry.interpretation),
        )

    def _notices(self, file: Any) -> tuple[Notice, ...]:
        return tuple(
            Notice(
                entry.id,
                self._condition(("notices", place, "when")),
                words_of(entry.text),
                self._cite(entry),
                entry.routes,
                _in_force(entry),
                _maybe(entry.interpretation),
            )
            for place, entry in enumerate(file.notices)
        )

    def _routes(self, entries: Mapping[str, Any]) -> tuple[Route, ...]:
        return tuple(
            Route(name, words_of(each.title), each.considered_by, self._cite(each), each.names, _in_force(each))
            for name, each in entries.items()
        )

    def _deadlines(self, file: Any) -> tuple[DeadlineRule, ...]:
        return tuple(
            DeadlineRule(
                id=entry.id,
                title=words_of(entry.title),
                citation=None if entry.cite is None else self._cite(entry),
                calendar=(
                    self.calendar
                    if entry.calendar is None
                    else WorkdayCalendar(entry.calendar.saturday, entry.calendar.closed)
                ),
                start_event=entry.start,
                amount=None if entry.within is None else _amount(entry.within),
                kind=entry.kind,
                met_by=entry.met_by,
                moves=entry.moves,
                pauses=entry.pause is not None,
                uncertain=() if entry.calendar is None else entry.calendar.uncertain,
                not_computable=_maybe(entry.not_computable),
                interpretation=_maybe(entry.interpretation),
                in_force=_in_force(entry),
            )
            for entry in file.deadlines
        )

    def _course(self, entry: Any) -> CourseRule:
        return CourseRule(
            entry.id,
            words_of(entry.title),
            words_of(entry.text),
            entry.then,
            self._cite(entry),
            entry.events,
            entry.after,
            entry.at,
            entry.conflicts_with_act,
            entry.workdays_only,
            _maybe(entry.interpretation),
        )


def _maybe(entry: form.WordsEntry | None) -> Words | None:
    return None if entry is None else words_of(entry)


def _in_force(entry: Any) -> InForce:
    return InForce(getattr(entry, "in_force_from", None), getattr(entry, "in_force_until", None))


def _amount(entry: form.WithinEntry) -> Amount:
    ((unit, amount),) = ((unit, getattr(entry, unit)) for unit in entry.units if getattr(entry, unit) is not None)
    return Amount(amount.number, unit, amount.earliest)


def _give(data: Any) -> Give:
    """What a row gives: whole numbers and `true`/`false` become so, all else is text."""
    match data:
        case dict():
            return {key: _give(value) for key, value in data.items()}
        case list():
            return tuple(_give(value) for value in data)
        case str() if data in ("true", "false"):
            return data == "true"
        case str() if data.isascii() and data.isdigit() and len(data) <= len("123456789"):
            return int(data)
        case _:
            return str(data)


def _statement(name: str, entry: Any) -> Statement:
    (way,) = (way for way in entry.ways if getattr(entry, way) is not None)
    how = getattr(entry, way)
    is_words = isinstance(how, form.WordsEntry)
    return Statement(
        id=name,
        at=entry.at,
        gist=words_of(entry.gist),
        accounted=way,
        by=() if is_words else how,
        why=words_of(how) if is_words else None,
        interpretation=_maybe(entry.interpretation),
        source_issue=_maybe(entry.source_issue),
        source=getattr(entry, "source", None),
        url=getattr(entry, "url", None),
        confidence=getattr(entry, "confidence", "read"),
        in_force=_in_force(entry),
    )
