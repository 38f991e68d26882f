"""Everything that one run of the tests of a policy finds out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from vedligehold.plain import plain
from vedligehold.policy.cases import CaseFile
from vedligehold.policy.coverage import Covered, Ready, coverage, ready_of
from vedligehold.policy.mutation import Judgement, Mutated, judge, mutated, wrong_rules
from vedligehold.policy.run import CaseResult, run_case
from vedligehold.policy.suggest import Lacking, lacking
from vedligehold.policy.suite import Suite, Suites

Progress: TypeAlias = Callable[[Sequence[Any], str], Iterable[Any]]


@dataclass(frozen=True, slots=True)
class Report:
    """What came of the cases, what they have seen, and, where it was asked, which wrong rules they notice."""

    suites: Suites
    results: Mapping[Path, tuple[CaseResult, ...]]
    ready: Mapping[Path, tuple[Ready, ...]]
    covered: tuple[Covered, ...]
    judgements: tuple[Judgement, ...] | None

    def of(self, suite: Suite, file: CaseFile) -> list[CaseResult]:
        """What came of the cases of one file."""
        places = {id(case) for case in file.cases}
        return [each for each in self.results[suite.folder] if id(each.case) in places]

    @property
    def failed(self) -> list[CaseResult]:
        """The cases that are answered otherwise than they expect."""
        return [each for some in self.results.values() for each in some if not each.passed]

    @property
    def mutated(self) -> list[Mutated]:
        """The wrong rules, file by file."""
        return mutated(self.judgements or ())

    def below(self, least: float) -> bool:
        """Whether a file is covered, or its wrong rules are noticed, less than *least* per cent."""
        found = [each.percent for each in self.covered] + [each.percent for each in self.mutated]
        return any(each < least for each in found)

    def lacking(self) -> Lacking:
        """What the cases lack, and for what nothing was found."""
        waiting = {suite.folder: _waiting(suite) for suite in self.suites.packs}
        return lacking(self.suites, self.covered, self.judgements or (), waiting)


def examine(suites: Suites, *, mutants: bool, progress: Progress) -> Report:
    """Run every confirmed case, see what the cases cover, and, with *mutants*, which wrong rules they notice.

    *progress* is given the work at hand and what it is called, and gives it back piece by piece.
    """
    results = {
        suite.folder: tuple(run_case(suite.pack, case) for case in progress(suite.cases, suite.pack.id))
        for suite in suites.packs
    }
    ready = {suite.folder: tuple(ready_of(results[suite.folder])) for suite in suites.packs}
    judgements = None
    if mutants:
        judgements = tuple(judge(wrong, ready) for wrong in progress(wrong_rules(suites), "forkerte regler"))
    return Report(suites, results, ready, tuple(coverage(suites, ready)), judgements)


def _waiting(suite: Suite) -> tuple[Ready, ...]:
    """The cases that are answered as they say, and that nobody has confirmed."""
    return tuple(ready_of(run_case(suite.pack, case) for case in suite.to_confirm))


def as_data(report: Report) -> dict[str, Any]:
    """*report* as plain data of JSON's types: `cases`, `coverage`, and `mutation`, which is null unless asked for."""
    return {
        "cases": [
            {
                "file": file.file,
                "run": len([case for case in file.cases if case.confirmed]),
                "to_confirm": len([case for case in file.cases if not case.confirmed]),
                "failed": [_failed(each) for each in report.of(suite, file) if not each.passed],
            }
            for suite in report.suites.packs
            for file in suite.files
        ],
        "coverage": [
            {
                "file": each.file,
                "percent": each.percent,
                "groups": {group: {"seen": seen, "goals": number} for group, seen, number in each.counts()},
                "not_seen": [{"id": goal.id, "group": goal.group, "words": plain(goal.words)} for goal in each.unseen],
            }
            for each in report.covered
        ],
        "mutation": None if report.judgements is None else [_mutated(each) for each in report.mutated],
    }


def _failed(result: CaseResult) -> dict[str, Any]:
    return {
        "name": result.case.name,
        "place": result.case.place,
        "mismatches": [plain(each) for each in result.mismatches],
        "error": None if result.error is None else str(result.error),
    }


def _mutated(each: Mutated) -> dict[str, Any]:
    return {
        "file": each.file,
        "percent": each.percent,
        "mutants": len(each.judgements),
        "survived": [_wrong(judgement) for judgement in each.survivors],
        "equivalent": [{**_wrong(judgement), "why": plain(judgement.equivalent)} for judgement in each.equivalents],
        "killed": {
            judgement.wrong.mutant.id: judgement.killed_by for judgement in each.judgements if judgement.killed_by
        },
    }


def _wrong(judgement: Judgement) -> dict[str, Any]:
    mutant = judgement.wrong.mutant
    return {"id": mutant.id, "change": mutant.change, "words": plain(mutant.words)}
