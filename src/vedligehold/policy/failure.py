"""Why a case fails, as somebody thinks who writes standards: what was expected, what came, what made the difference."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from vedligehold.calendar import read_date
from vedligehold.counted import event_label
from vedligehold.errors import NotInForce
from vedligehold.facts import EVENTS
from vedligehold.meaning.words import NO, YES
from vedligehold.pack import Pack, Version
from vedligehold.policy.causes import Behind, behind, causes_of, versions_said
from vedligehold.policy.run import CaseResult, Mismatch
from vedligehold.policy.said import Cause, after
from vedligehold.source import Words
from vedligehold.wording import DEADLINE_KINDS, OUTCOMES, RESULTS, long_date

_HEADS = {
    "outcome": Words("Udfald", "Outcome"),
    "partial": Words("Om noget er udeladt", "Whether something is left out"),
    "because": Words("Det, der afgjorde sagen", "What decided the case"),
    "missing": Words("Det, vi mangler at få at vide", "What we need to know"),
    "excluded": Words("Søgt, men ikke med i bevillingen", "Asked for, and not part of the grant"),
    "entitlement": Words("Det, der bevilges", "What is granted"),
    "undecided": Words("Det, der ikke er afgjort endnu", "What is not decided yet"),
    "warnings": Words("Advarsler", "Warnings"),
    "other_routes": Words("Anden hjælp, der skal overvejes", "Other help to consider"),
    "complaint": Words("Hvor der klages", "Where to complain"),
    "transport": Words("Klage over kørsel", "Complaints over transport"),
    "requirements": Words("Krav", "Requirement"),
    "deadlines": Words("Frist", "Deadline"),
    "in_force": Words("Om standarden gælder på dagen", "Whether the standard is in force on the day"),
}
_NOTHING = Words("intet", "nothing")
_NO_DATE = Words("ingen dato", "no date")
_ABSENT = {
    "no such requirement": Words("kravet findes ikke", "there is no such requirement"),
    "no such deadline": Words("fristen findes ikke", "there is no such deadline"),
}
_FIELDS = {
    "due_on": Words("sidste dag", "last day"),
    "late_after": Words("for sent efter", "late after"),
    "earliest_on": Words("første dag", "first day"),
    "start_on": Words("talt fra", "counted from"),
    "start_event": Words("talt fra hændelsen", "counted from the event"),
    "waits_for": Words("venter på", "waits for"),
    "met_by": Words("opfyldes af", "met by"),
    "kind": Words("slags", "kind"),
    "not_computable": Words("kan ikke beregnes", "cannot be computed"),
}
_FLAGS = {"true": YES, "false": NO}


@dataclass(frozen=True, slots=True)
class Line:
    """One line for a person; `depth` says how far in it stands."""

    depth: int
    words: Words


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that came out otherwise: what it is, what was expected of it, what came, what made the difference."""

    what: Words
    expected: Words
    got: Words
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why one case fails.

    `decided` says when and under what it was decided, None where it could not be. `problems` are the lines of the error
    that stopped it, as the library says them.
    """

    name: str
    place: str
    decided: Words | None
    problems: tuple[str, ...]
    differences: tuple[Difference, ...]
    causes: tuple[Cause, ...] = ()

    @property
    def summary(self) -> Words:
        """The first thing that is wrong, on one line."""
        if not self.differences:
            return Words(f"kan ikke afgøres: {self.problems[0]}", f"cannot be decided: {self.problems[0]}")
        first, more = self.differences[0], len(self.differences) - 1
        others = Words(f" (og {more} til)", f" (and {more} more)") if more else Words("", "")
        return Words(
            f"{first.what.da}: ventet {first.expected.da}, fik {first.got.da}{others.da}",
            f"{first.what.en}: expected {first.expected.en}, got {first.got.en}{others.en}",
        )

    def lines(self) -> Iterator[Line]:
        """Everything there is to say, the name of the case and its place first."""
        yield Line(0, Words(self.name, self.name))
        yield Line(1, Words(self.place, self.place))
        if self.decided is not None:
            yield Line(1, self.decided)
        yield from (Line(1, Words(each, each)) for each in self.problems)
        for each in self.differences:
            yield Line(1, each.what)
            yield Line(2, Words(f"ventet: {each.expected.da}", f"expected: {each.expected.en}"))
            yield Line(2, Words(f"fik: {each.got.da}", f"got: {each.got.en}"))
            yield from _cause_lines(each.causes, 2)
        yield from _cause_lines(self.causes, 1)

    def text(self, lang: str) -> str:
        """All lines, each as far in as it stands."""
        return "\n".join("  " * line.depth + line.words.said(lang) for line in self.lines())


def _cause_lines(causes: tuple[Cause, ...], depth: int) -> Iterator[Line]:
    for cause in causes:
        yield Line(depth, after("• ", "• ", cause.head))
        yield from (Line(depth + 1, each) for each in cause.lines)


def failure(pack: Pack, result: CaseResult) -> Failure:
    """Why the case of *result*, which was decided under *pack*, fails."""
    case = result.case
    if result.decision is None:
        differences = tuple(_difference(each, pack.versions[0], ()) for each in result.mismatches)
        problems = () if result.error is None else tuple(str(result.error).splitlines())
        gone = differences or isinstance(result.error, NotInForce)
        return Failure(case.name, case.place, None, problems, differences, (versions_said(pack),) if gone else ())
    this = behind(pack, result, result.decision)
    day, file = long_date(case.on), this.version.file
    decided = Words(f"afgjort {day.da} efter {file}", f"decided {day.en} under {file}")
    return Failure(case.name, case.place, decided, (), tuple(_differences(pack, result, this)))


def _differences(pack: Pack, result: CaseResult, this: Behind) -> Iterator[Difference]:
    """The differences in the order in which the parts are expected; no cause is told twice."""
    told: set[Cause] = set()
    for mismatch in result.mismatches:
        found = [versions_said(pack)] if mismatch.part == "in_force" else causes_of(mismatch, this)
        causes = tuple(cause for cause in dict.fromkeys(found) if cause not in told)
        told.update(causes)
        yield _difference(mismatch, this.version, causes)


def _difference(mismatch: Mismatch, version: Version, causes: tuple[Cause, ...]) -> Difference:
    head, part, field = _HEADS[mismatch.part], mismatch.part, mismatch.what.rpartition(".")[2]
    about = _FIELDS.get(field) if part == "deadlines" else None
    if about is not None:
        head = Words(f"{head.da}, {about.da}", f"{head.en}, {about.en}")
    what = Words(f"{head.da} ({mismatch.what})", f"{head.en} ({mismatch.what})")
    expected, got = (_said(part, field, each, version) for each in (mismatch.expected, mismatch.got))
    return Difference(what, expected, got, causes)


def _said(part: str, field: str, value: Any, version: Version) -> Words:
    """What was expected or came, in plain words, with the code by which a file of cases calls it."""
    match value:
        case None:
            return _NO_DATE if part == "deadlines" and field in ("due_on", "late_after", "earliest_on") else _NOTHING
        case bool():
            return YES if value else NO
        case list():
            text = ", ".join(map(str, value))
            return Words(f"[{text}]", f"[{text}]") if value else _NOTHING
        case {"da": str(da), "en": str(en)}:
            return Words(da, en)
        case dict():
            text = ", ".join(f"{name}: {each}" for name, each in value.items())
            return Words(text, text)
        case _:
            return _word(part, field, str(value), version)


def _word(part: str, field: str, value: str, version: Version) -> Words:
    if value in _ABSENT:
        return _ABSENT[value]
    found = _of_code(part, field, value, version)
    return Words(value, value) if found is None else Words(f"{found.da} ({value})", f"{found.en} ({value})")


def _of_code(part: str, field: str, value: str, version: Version) -> Words | None:
    match part:
        case "outcome":
            return OUTCOMES.get(value)
        case "requirements":
            return RESULTS.get(value)
        case "deadlines" if field == "not_computable":
            return _FLAGS.get(value)
        case "deadlines" if (day := read_date(value)) is not None:
            return long_date(day)
        case "deadlines":
            return event_label(value, version) if value in EVENTS else DEADLINE_KINDS.get(value)
        case _:
            return None
