"""Making the certificate of a standard: its tests are run, and everything is read from them and from the pack."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from vedligehold._version import __version__
from vedligehold.errors import NotInForce, PackError, Problem
from vedligehold.facts import ITEM_LABELS
from vedligehold.pack import TOPICS, Kind, LeaveOut, Nation, Notice, Pack, Row, Version
from vedligehold.policy.cases import PolicyCase
from vedligehold.policy.certificate import (
    Alike,
    Cases,
    Certificate,
    Discretion,
    Failed,
    Interpretation,
    Layer,
    Municipality,
    Noticed,
    Origin,
    Placed,
    Seen,
    Silence,
    Stale,
    Statements,
    What,
    counted,
)
from vedligehold.policy.mutation import Mutated
from vedligehold.policy.report import Progress, Report, examine
from vedligehold.policy.run import CaseResult, Mismatch
from vedligehold.policy.suite import Suite, Suites, suites_of
from vedligehold.reading.files import shown
from vedligehold.reading.format import StatementEntry
from vedligehold.source import Words
from vedligehold.wording import OUTCOMES, joined, long_date

DIFFERS: Mapping[str, Words] = {
    "outcome": Words("udfaldet", "the outcome"),
    "partial": Words("om bevillingen er delvis", "whether the grant is partial"),
    "because": Words("begrundelsen", "the reasons"),
    "missing": Words("de oplysninger, der mangler", "what is missing"),
    "excluded": Words("det, der ikke er med", "what is left out"),
    "entitlement": Words("det, der bevilges", "what is granted"),
    "undecided": Words("det, der ikke er afgjort", "what is not decided"),
    "warnings": Words("bemærkningerne til medarbejderen", "the warnings"),
    "other_routes": Words("den anden hjælp", "the other help"),
    "complaint": Words("hvor man klager", "where to complain"),
    "transport": Words("klage over kørsel", "complaints about transport"),
    "in_force": Words("om standarden gælder", "whether the standard applies"),
    "requirements": Words("kravene", "the requirements"),
    "deadlines": Words("fristerne", "the deadlines"),
}
"""What of an answer can be otherwise than a case expects, by the key of `expect`."""
_NONE = Words("intet udfald", "no outcome")
_STALE = {
    "review_by": Words("Standarden skulle være set efter senest ", "The standard was to be reviewed by "),
    "valid_to": Words("Standarden gjaldt til og med ", "The standard applied until "),
}


def certified(pack: Path, on: date, rules: Path | None, progress: Progress) -> Certificate:
    """The certificate of the version of *pack*, an id or a path, that is in force on the day *on*.

    Raises:
        PackError: it is no pack, something is wrong with it or its cases, or there are no cases.
        NotInForce: no version is in force on that day, or it is another than the one that was named.
    """
    suite = the_standard(pack, on, rules)
    report = examine(Suites((suite,), nation=False), mutants=True, progress=progress)
    return certificate(report, suite, on)


def the_standard(path: Path, on: date, rules: Path | None) -> Suite:
    """The one standard that *path* names, with the one version that is in force on the day *on*.

    Raises:
        PackError: it is no pack, it is several, or it has no cases for that version.
        NotInForce: no version is in force on that day, or it is another than the one that was named.
    """
    suites = suites_of([path], rules)
    if len(suites.packs) != 1:
        names = ", ".join(f"`{suite.pack.id}`" for suite in suites.packs)
        problem = Problem(shown(path), "unreadable", "this is a folder of several packs", f"name one of {names}")
        raise PackError([problem])
    suite = suites.packs[0]
    version = suite.pack.version_on(on)
    if version not in suite.versions:
        message = f"on {on} another version of `{suite.pack.id}` is in force, from {version.valid_from}"
        raise NotInForce([Problem(shown(path), "not-in-force", message, "name that one, or another day")])
    suite = replace(suite, versions=(version,))
    if not any(_about(version, suite.pack, case) for case in suite.cases):
        hint = "cases stand in `<version>.cases.yaml`"
        raise PackError([Problem("", "no-cases", "there are no cases to test", hint)])
    return suite


def _about(version: Version, pack: Pack, case: PolicyCase) -> bool:
    """Whether *case* is no case of another version; one of a day without a version tells where this one ends."""
    try:
        return pack.version_on(case.on) is version
    except NotInForce:
        return True


def certificate(report: Report, suite: Suite, on: date) -> Certificate:
    """The certificate of the one version of *suite*, on the day *on*, of a *report* with wrong rules.

    Days are counted from *on*, and the law is that of *on*.
    """
    version, nation = suite.versions[0], suite.pack.nation
    source = version.source
    return Certificate(
        on=on,
        library=__version__,
        pack=version.pack,
        title=version.title,
        legal_basis=version.legal_basis,
        municipality=Municipality(*version.municipality),
        valid_from=version.valid_from,
        valid_to=version.valid_to,
        review_by=version.review_by,
        # by the names that everybody has: where the folder lies is nobody else's business
        file=f"{version.pack}/{Path(version.file).name}",
        digest=version.digest,
        nation=Layer(nation.title, Path(nation.file).name, nation.digest),
        source=Origin(
            source.title, source.publisher, source.url, source.approved_on, source.completeness, source.sha256
        ),
        statements=_statements(version),
        cases=_cases(report, suite),
        coverage=_coverage(report, version),
        mutation=_mutation(report, version),
        interpretations=tuple(_interpretations(version)),
        discretionary=tuple(
            Discretion(each.id, each.title, each.citation.statements, each.interpretation)
            for each in (*version.requirements, *nation.of_day(nation.requirements, on))
            if each.kind is Kind.DISCRETIONARY
        ),
        slips=tuple(Placed(each.id, each.at, each.source_issue) for each in source.statements if each.source_issue),
        not_stated=tuple(Silence(each.id, each.text) for each in source.not_stated),
        unverified=tuple(_unverified(nation, on)),
        stale=tuple(_stale(version, on)),
    )


def _statements(version: Version) -> Statements:
    statements = version.source.statements
    found = Counter(each.accounted for each in statements)
    return Statements(len(statements), {way: found[way] for way in StatementEntry.ways})


def _cases(report: Report, suite: Suite) -> Cases:
    version, pack = suite.versions[0], suite.pack
    results = [each for each in report.results[suite.folder] if _about(version, pack, each.case)]
    failed = tuple(_failed(each) for each in results if not each.passed)
    waiting = sum(_about(version, pack, case) for case in suite.to_confirm)
    return Cases(len(results), len(results) - len(failed), failed, waiting)


def _failed(result: CaseResult) -> Failed:
    case = result.case
    if result.error is not None:
        return Failed(case.name, case.place, Words("sagen kan ikke afgøres", "the case cannot be decided"))
    outcome = [_outcome(each) for each in result.mismatches if each.part == "outcome"]
    parts = dict.fromkeys(each.part for each in result.mismatches if each.part != "outcome")
    others = [DIFFERS[part] for part in parts]
    if others:
        outcome.append(joined("anderledes end ventet: ", "otherwise than expected: ", others, ""))
    return Failed(
        case.name, case.place, Words("; ".join(each.da for each in outcome), "; ".join(each.en for each in outcome))
    )


def _outcome(mismatch: Mismatch) -> Words:
    want, got = (OUTCOMES.get(str(each), _NONE) for each in (mismatch.expected, mismatch.got))
    return Words(
        f"ventede {want.da.lower()}, fik {got.da.lower()}", f"expected {want.en.lower()}, got {got.en.lower()}"
    )


def _coverage(report: Report, version: Version) -> Seen:
    covered = next(each for each in report.covered if each.file == version.file)
    unseen = tuple(goal.words for goal in covered.unseen)
    return Seen(covered.percent, len(covered.goals), len(covered.goals) - len(unseen), unseen)


def _mutation(report: Report, version: Version) -> Noticed:
    mine = tuple(each for each in report.judgements or () if each.wrong.file == version.file)
    found = Mutated(version.file, mine)
    survived = tuple(each.wrong.mutant.words for each in found.survivors)
    alike = tuple(Alike(each.wrong.mutant.words, each.equivalent) for each in mine if each.equivalent is not None)
    return Noticed(found.percent, len(mine), len(mine) - len(survived) - len(alike), survived, alike)


def _interpretations(version: Version) -> Iterator[Interpretation]:
    entries: list[tuple[What, Sequence[Any]]] = [
        ("requirement", version.requirements),
        ("row", version.rows),
        ("exclusion", version.leave_out),
        ("notice", version.notices),
        ("deadline", version.deadlines),
        ("course", version.course),
    ]
    for what, each in ((what, each) for what, some in entries for each in some):
        if each.interpretation is not None:
            cited = () if each.citation is None else each.citation.statements
            yield Interpretation(what, each.id, _title(each), cited, each.interpretation)
    for name, value in version.parameters:
        if value.interpretation is not None:
            title = Words(f"værdien »{name}«", f"the value “{name}”")
            yield Interpretation("parameter", name, title, value.statements, value.interpretation)
    for statement in version.source.statements:
        if statement.interpretation is not None:
            title = Words(statement.at, statement.at)
            yield Interpretation("statement", statement.id, title, (statement.id,), statement.interpretation)


def _title(each: Any) -> Words:
    """What something is called to people; what has no title is called by what it is about."""
    match each:
        case Row():
            return TOPICS[each.topic]
        case LeaveOut():
            return joined("uden ", "without ", [ITEM_LABELS[item] for item in each.items], "")
        case Notice():
            return Words("bemærkning til medarbejderen", "warning to the caseworker")
        case _:
            title: Words = each.title
            return title


def _unverified(nation: Nation, on: date) -> Iterator[Placed]:
    for each in nation.source.statements:
        if each.confidence == "unverified" and each.in_force.on(on):
            yield Placed(each.id, each.at, each.gist)


def _stale(version: Version, on: date) -> Iterator[Stale]:
    for what, day in (("review_by", version.review_by), ("valid_to", version.valid_to)):
        if day is not None and day < on:
            days = (on - day).days
            ago, last, said = counted(days, "dag|dage", "day|days"), long_date(day), _STALE[what]
            yield Stale(
                what, day, days, Words(f"{said.da}{last.da}, for {ago.da} siden.", f"{said.en}{last.en}, {ago.en} ago.")
            )
