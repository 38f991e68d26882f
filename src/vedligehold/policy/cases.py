"""The cases of a pack: read from `<version>.cases.yaml`, decided, and held against what they expect."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from vedligehold.calendar import read_date
from vedligehold.case import Case
from vedligehold.deadline import Deadline
from vedligehold.decide import decide
from vedligehold.decision import Decision
from vedligehold.errors import VedligeholdError, looks_like_cpr, near, quoted
from vedligehold.facts import STANDARD_FACTS, Fact, FactType
from vedligehold.meaning.data import Path as DataPath
from vedligehold.meaning.data import read_value
from vedligehold.pack import Pack
from vedligehold.plain import plain
from vedligehold.problems import found_in
from vedligehold.reading.document import Document, Wrong, read_document
from vedligehold.reading.format import CaseEntry, CasesFile
from vedligehold.reading.library import CASES_ENDING

_CPR = ("the text holds what looks like a CPR number", "a case of a file says `birth_date`, and names nobody")
_SECTIONS = ("citizen", "referral", "facts", "self_reported", "findings", "events")


@dataclass(frozen=True, slots=True)
class PolicyCase:
    """One case of a file: its name, where it stands, the decision date, the case as plain data, what is expected."""

    name: str
    place: str
    on: date
    data: Mapping[str, Any]
    expected: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Something that came out otherwise than a case expects."""

    what: str
    expected: Any
    got: Any


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What came of one case: no mismatches and no error when it is answered as expected."""

    case: PolicyCase
    mismatches: tuple[Mismatch, ...] = ()
    decision: Decision | None = None
    error: VedligeholdError | None = None

    @property
    def passed(self) -> bool:
        """Whether the case is answered as it expects."""
        return not self.mismatches and self.error is None


def case_files(folder: Path) -> list[Path]:
    """The files of cases in a pack's folder."""
    return sorted(folder.glob("*" + CASES_ENDING))


def cases_beside(file: Path) -> Path:
    """The file of cases beside a version's file; a file of cases is itself."""
    return file if file.name.endswith(CASES_ENDING) else file.with_name(file.stem + CASES_ENDING)


def read_cases(path: Path) -> list[PolicyCase]:
    """The cases in the file at *path*.

    Raises:
        PackError: with the problems of the file, each with line and column.
    """
    document = read_document(path)
    wrong = Wrong(document)
    file = None
    try:
        file = CasesFile.model_validate(document.data)
    except ValidationError as error:
        for where, code, message, hint in found_in(error, CasesFile):
            wrong.report(where, code, message, hint, at_key=code == "unknown-key")
    if file is None:
        raise wrong.error()
    _cpr_problems(wrong, (), document.data)
    names: dict[str, int] = {}
    for place, entry in enumerate(file.cases):
        where = ("cases", place)
        if entry.name in names:
            wrong.report((*where, "name"), "duplicate-id", f"two cases have the name {quoted(entry.name)}")
        names.setdefault(entry.name, place)
        _refusal_problems(wrong, where, entry)
        _deadline_problems(wrong, where, entry)
    if wrong.noted:
        raise wrong.error()
    return [_policy_case(document, place, entry, file) for place, entry in enumerate(file.cases)]


def _cpr_problems(wrong: Wrong, where: DataPath, value: Any) -> None:
    """A file of cases is kept and shown, and is often made from real ones: no text or key in it is a CPR number."""
    if isinstance(value, dict):
        for key, inside in value.items():
            if looks_like_cpr(key):
                wrong.report((*where, key), "cpr-in-text", *_CPR, at_key=True)
            _cpr_problems(wrong, (*where, key), inside)
    elif isinstance(value, list):
        for place, inside in enumerate(value):
            _cpr_problems(wrong, (*where, place), inside)
    elif isinstance(value, str) and looks_like_cpr(value):
        wrong.report(where, "cpr-in-text", *_CPR)


def _refusal_problems(wrong: Wrong, where: DataPath, entry: CaseEntry) -> None:
    expect = entry.expect
    if not expect.model_fields_set:
        wrong.report((*where, "expect"), "empty-list", f"the case {quoted(entry.name)} expects nothing")
    if expect.outcome == "rejected" and not expect.because:
        message = f"the case {quoted(entry.name)} expects a refusal and no reason"
        hint = "name the requirements under `because`"
        wrong.report((*where, "expect"), "refusal-without-because", message, hint)


def _deadline_problems(wrong: Wrong, where: DataPath, entry: CaseEntry) -> None:
    """What a case expects of a deadline is a date, nothing, or fields that a deadline has."""
    fields = [each.name for each in dataclass_fields(Deadline)]
    for name, want in (entry.expect.deadlines or {}).items():
        path = (*where, "expect", "deadlines", name)
        if isinstance(want, str) and read_date(want) is None:
            hint = "a date that exists, as `YYYY-MM-DD`"
            wrong.report(path, "wrong-value", f"{quoted(want)} is no date", hint)
        for field in want if isinstance(want, dict) else ():
            if field not in fields:
                message = f"a deadline has no {quoted(field)}"
                wrong.report((*path, field), "unknown-key", message, near(field, fields), at_key=True)


def _policy_case(document: Document, place: int, entry: CaseEntry, file: CasesFile) -> PolicyCase:
    data: dict[str, Any] = {}
    for section in _SECTIONS:
        own, typical = getattr(entry, section), getattr(file.typical, section)
        if section in ("citizen", "referral", "facts"):
            data[section] = {**(typical or {}), **(own or {})}
        else:
            chosen = own if section in entry.model_fields_set else typical
            data[section] = chosen if chosen is not None else {} if section == "findings" else []
    raw = document.data["cases"][place]["expect"]
    expected = {name: None if raw[name] is None else getattr(entry.expect, name) for name in raw if name != "deadlines"}
    if "deadlines" in raw:
        expected["deadlines"] = raw["deadlines"] or {}
    line, _ = document.marks[("cases", place)]
    return PolicyCase(entry.name, f"{document.file}:{line}", entry.on, data, expected)


def run_case(pack: Pack, case: PolicyCase) -> CaseResult:
    """Decide *case* under *pack* and compare what comes out with what it expects."""
    try:
        declared = {fact.name: fact for fact in (*STANDARD_FACTS, *pack.version_on(case.on).facts)}
        decision = decide(pack, Case.model_validate(_typed(case.data, declared)), on=case.on)
        return CaseResult(case, tuple(_mismatches(case.expected, decision)), decision)
    except VedligeholdError as error:
        return CaseResult(case, error=error)


def _typed(data: Mapping[str, Any], declared: Mapping[str, Fact]) -> dict[str, Any]:
    """*data*, whose scalars are text, with each value converted by the declared type of its fact."""
    typed = dict(data)
    for section in ("citizen", "referral", "facts"):
        typed[section] = {name: _value(declared.get(name), value) for name, value in data[section].items()}
    typed["findings"] = {
        name: {**each, "holds": _flag(each.get("holds"))} if isinstance(each, dict) else each
        for name, each in data["findings"].items()
    }
    return typed


def _flag(text: Any) -> Any:
    return {"true": True, "false": False}.get(text, text) if isinstance(text, str) else text


def _value(fact: Fact | None, text: Any) -> Any:
    if fact is None or not isinstance(text, str) or fact.type not in (FactType.BOOL, FactType.INT, FactType.DECIMAL):
        return text
    value = read_value(fact, text, lambda *_: None, ())
    return text if value is None else value  # what cannot be converted is named by the case's own check


def _mismatches(expected: Mapping[str, Any], decision: Decision) -> Iterator[Mismatch]:
    for name, wanted in expected.items():
        if name == "deadlines":
            yield from _deadline_mismatches(wanted, decision)
        elif name == "requirements":
            results = {each.id: each.result for each in decision.requirements}
            for requirement, result in wanted.items():
                if results.get(requirement) != result:
                    yield Mismatch(
                        f"requirements.{requirement}", result, results.get(requirement, "no such requirement")
                    )
        else:
            got = _GOT[name](decision)
            want = plain(wanted)
            if (sorted(want) if name == "warnings" and want is not None else want) != got:
                yield Mismatch(name, want, got)


_GOT: Mapping[str, Any] = {
    "outcome": lambda decision: str(decision.outcome),
    "partial": lambda decision: decision.partial,
    "because": lambda decision: list(decision.because),
    "missing": lambda decision: list(decision.missing),
    "excluded": lambda decision: [each.item for each in decision.excluded],
    "entitlement": lambda decision: [each.id for each in decision.entitlement],
    "undecided": lambda decision: [each.id for each in decision.undecided],
    "warnings": lambda decision: sorted(each.code for each in decision.warnings),
    "other_routes": lambda decision: [each.id for each in decision.other_routes],
    "complaint": lambda decision: None if decision.complaint is None else decision.complaint.to.da,
}


def _deadline_mismatches(wanted: Mapping[str, Any], decision: Decision) -> Iterator[Mismatch]:
    deadlines = {each.id: each for each in decision.deadlines}
    for name, want in wanted.items():
        deadline = deadlines.get(name)
        if deadline is None:
            if want is not None:
                yield Mismatch(f"deadlines.{name}", want, "no such deadline")
            continue
        fields = want if isinstance(want, dict) else {"due_on": want}
        for key, value in fields.items():
            got = _field(deadline, key)
            if got != value:
                yield Mismatch(f"deadlines.{name}.{key}", value, got)


def _field(deadline: Deadline, key: str) -> Any:
    if key == "not_computable":
        return "true" if deadline.not_computable is not None else "false"
    got = plain(getattr(deadline, key, "no such field"))
    return str(got) if isinstance(got, int) else got
