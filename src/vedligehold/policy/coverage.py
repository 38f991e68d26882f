"""Coverage of rules: which goals of a standard its cases have seen, and which they have not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from vedligehold.errors import NotInForce
from vedligehold.pack import Pack
from vedligehold.policy.goals import GROUPS, Goal, Group, nation_goals, version_goals
from vedligehold.policy.look import Look, look
from vedligehold.policy.run import CaseResult, case_of
from vedligehold.policy.suite import Suite, Suites


@dataclass(frozen=True, slots=True)
class Covered:
    """The goals of one file, and by which case each was seen first; None: by none."""

    file: str
    goals: tuple[Goal, ...]
    seen_by: Mapping[str, str | None]

    @property
    def unseen(self) -> list[Goal]:
        """The goals that no case has seen."""
        return [goal for goal in self.goals if self.seen_by[goal.id] is None]

    @property
    def percent(self) -> float:
        """How many of a hundred goals were seen."""
        return percent(len(self.goals) - len(self.unseen), len(self.goals))

    def counts(self) -> list[tuple[Group, int, int]]:
        """For each group that there is: how many goals were seen, and how many there are."""
        found = []
        for group in GROUPS:
            goals = [goal for goal in self.goals if goal.group == group]
            if goals:
                found.append((group, sum(self.seen_by[goal.id] is not None for goal in goals), len(goals)))
        return found


def percent(part: int, whole: int) -> float:
    """How many of a hundred; all of nothing is a hundred. A little short of all is never rounded up to it."""
    return 100.0 if part == whole else min(99.9, round(100 * part / whole, 1))


def coverage(suites: Suites, results: Mapping[str, Sequence[CaseResult]]) -> list[Covered]:
    """What the cases that passed have seen, file by file; *results* by the id of the pack.

    The national layer is seen by the cases of all the packs together, where it is tested at all.
    """
    looks = {suite.pack.id: looks_of(suite.pack, results[suite.pack.id]) for suite in suites.packs}
    days = {name: {each.case.on for each in each_pack if each.passed} for name, each_pack in results.items()}
    found = []
    for suite in suites.packs:
        for version in suite.pack.versions:
            found.append(covered(version.file, version_goals(version), looks[suite.pack.id], days[suite.pack.id]))
    if suites.nation and suites.packs:
        nation = suites.packs[0].pack.nation
        every = [each for some in looks.values() for each in some]
        found.append(covered(nation.file, nation_goals(nation), every, set().union(*days.values())))
    return found


def covered(file: str, goals: Iterable[Goal], looks: Sequence[Look], days: set[date]) -> Covered:
    """Which of *goals* were seen by *looks*; a goal about a day is seen by a case that is decided on it."""
    goals = tuple(goals)
    seen: dict[str, str | None] = {}
    for goal in goals:
        if goal.group == "dates":
            seen[goal.id] = goal.days[0].isoformat() if goal.days[0] in days else None
        else:
            seen[goal.id] = next((each.name for each in looks if goal.reached(each)), None)
    return Covered(file, goals, seen)


def looks_of(pack: Pack, results: Iterable[CaseResult]) -> list[Look]:
    """A look at every case that passed and was decided."""
    return [
        look(pack.at(each.case.on), case_of(pack, each.case), each.case.on, each.case.expected, each.case.name)
        for each in results
        if each.passed and each.decision is not None
    ]
