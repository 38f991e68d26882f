"""The cases of a pack, as they are read from `<version>.cases.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from vedligehold.calendar import read_date
from vedligehold.deadline import Deadline
from vedligehold.errors import looks_like_cpr, near, quoted
from vedligehold.meaning.data import Path as DataPath
from vedligehold.problems import found_in
from vedligehold.reading.case_format import CaseEntry, CaseParts, CasesFile, ExpectEntry
from vedligehold.reading.document import Document, Wrong, read_document
from vedligehold.reading.library import CASES_ENDING

_CPR = ("the text holds what looks like a CPR number", "a case of a file says `birth_date`, and names nobody")
SECTIONS = ("citizen", "referral", "facts", "self_reported", "findings", "events")
"""The parts of a case, in the order in which they are written."""
_LAID_OVER = ("citizen", "referral", "facts")
"""The parts that are laid over those of the typical case, key by key; the others stand in their place."""


@dataclass(frozen=True, slots=True)
class PolicyCase:
    """One case of a file: its name, where it stands, the decision date, the case as plain data, what is expected.

    `confirmed`: a person has said that what is expected is right; a case that nobody confirmed is no test.
    """

    name: str
    place: str
    on: date
    data: Mapping[str, Any]
    expected: Mapping[str, Any]
    confirmed: bool = True
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A file of cases: `typical` is what every case of it starts from, as plain data."""

    path: Path
    file: str
    typical: Mapping[str, Any]
    cases: tuple[PolicyCase, ...]


def case_files(folder: Path) -> list[Path]:
    """The files of cases in a pack's folder."""
    return sorted(folder.glob("*" + CASES_ENDING))


def cases_beside(file: Path) -> Path:
    """The file of cases beside a version's file; a file of cases is itself."""
    return file if file.name.endswith(CASES_ENDING) else file.with_name(file.stem + CASES_ENDING)


def read_cases(path: Path) -> CaseFile:
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
        _answer_problems(wrong, where, entry)
    if wrong.noted:
        raise wrong.error()
    typical = _laid_over(CaseParts(), file.typical)
    cases = (_policy_case(document, place, entry, file) for place, entry in enumerate(file.cases))
    return CaseFile(path, document.file, typical, tuple(cases))


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


def _answer_problems(wrong: Wrong, where: DataPath, entry: CaseEntry) -> None:
    """A case has one answer, confirmed or not, and what it says can be said."""
    if entry.expect is not None and entry.to_confirm is not None:
        message = f"the case {quoted(entry.name)} has both `expect` and `to_confirm`"
        wrong.report((*where, "to_confirm"), "two-ways", message, "keep `expect`, once it is right", at_key=True)
    elif entry.expect is None and entry.to_confirm is None:
        wrong.report(where, "missing-key", "`expect` is missing")
    for key, answer in (("expect", entry.expect), ("to_confirm", entry.to_confirm)):
        if answer is not None:
            _refusal_problems(wrong, (*where, key), entry, answer)
            _in_force_problems(wrong, (*where, key), answer)
            _deadline_problems(wrong, (*where, key), answer)


def _refusal_problems(wrong: Wrong, where: DataPath, entry: CaseEntry, answer: ExpectEntry) -> None:
    if not answer.model_fields_set:
        wrong.report(where, "empty-list", f"the case {quoted(entry.name)} expects nothing")
    if answer.outcome == "rejected" and not answer.because:
        message = f"the case {quoted(entry.name)} expects a refusal and no reason"
        hint = "name the requirements under `because`"
        wrong.report(where, "refusal-without-because", message, hint)


def _in_force_problems(wrong: Wrong, where: DataPath, answer: ExpectEntry) -> None:
    """On a day without a version nothing else can be expected."""
    others = sorted(answer.model_fields_set - {"in_force"})
    if answer.in_force is False and others:
        message = f"where no version is in force there is no {quoted(others[0])}"
        wrong.report((*where, others[0]), "two-ways", message, "expect just `in_force: false`", at_key=True)


def _deadline_problems(wrong: Wrong, where: DataPath, answer: ExpectEntry) -> None:
    """What a case expects of a deadline is a date, nothing, or fields that a deadline has."""
    fields = [each.name for each in dataclass_fields(Deadline)]
    for name, want in (answer.deadlines or {}).items():
        path = (*where, "deadlines", name)
        if isinstance(want, str) and read_date(want) is None:
            hint = "a date that exists, as `YYYY-MM-DD`"
            wrong.report(path, "wrong-value", f"{quoted(want)} is no date", hint)
        for field in want if isinstance(want, dict) else ():
            if field not in fields:
                message = f"a deadline has no {quoted(field)}"
                wrong.report((*path, field), "unknown-key", message, near(field, fields), at_key=True)


def _policy_case(document: Document, place: int, entry: CaseEntry, file: CasesFile) -> PolicyCase:
    confirmed = entry.expect is not None
    answer = entry.expect if confirmed else entry.to_confirm
    raw = document.data["cases"][place]["expect" if confirmed else "to_confirm"]
    expected = {name: None if raw[name] is None else getattr(answer, name) for name in raw if name != "deadlines"}
    if "deadlines" in raw:
        expected["deadlines"] = raw["deadlines"] or {}
    line, _ = document.marks[("cases", place)]
    data = _laid_over(entry, file.typical)
    return PolicyCase(entry.name, f"{document.file}:{line}", entry.on, data, expected, confirmed, entry.marks)


def _laid_over(own: CaseParts, typical: CaseParts) -> dict[str, Any]:
    """The parts of a case that is *own* where it says something, and *typical* where not."""
    data: dict[str, Any] = {}
    for section in SECTIONS:
        mine, usual = getattr(own, section), getattr(typical, section)
        if section in _LAID_OVER:
            data[section] = {**(usual or {}), **(mine or {})}
        else:
            chosen = mine if section in own.model_fields_set else usual
            data[section] = chosen if chosen is not None else {} if section == "findings" else []
    return data
