"""Coverage of rules: which goals of a standard its cases have seen, and which they have not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vedligehold.case import Case
from vedligehold.decision import Decision, settled_of
from vedligehold.policy.cases import PolicyCase
from vedligehold.policy.goals import GROUPS, Goal, Group, nation_goals, version_goals
from vedligehold.policy.look import Look
from vedligehold.policy.run import CaseResult
from vedligehold.policy.suite import Suites


@dataclass(frozen=True, slots=True)
class Ready:
    """A case that passed; there is no look at one on whose day no version is in force."""

    policy_case: PolicyCase
    case: Case
    look: Look | None


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


def coverage(suites: Suites, ready: Mapping[Path, Sequence[Ready]]) -> list[Covered]:
    """What the cases have seen, file by file; *ready* by the folder of the pack.

    The national layer is seen by the cases of all the packs together, where it is tested at all.
    """
    found = [
        covered(version.file, version_goals(version, suite.pack.nation), ready[suite.folder])
        for suite in suites.packs
        for version in suite.versions
    ]
    if suites.nation and suites.packs:
        nation = suites.packs[0].pack.nation
        found.append(covered(nation.file, nation_goals(nation), [each for some in ready.values() for each in some]))
    return found


def covered(file: str, goals: Iterable[Goal], ready: Sequence[Ready]) -> Covered:
    """Which of *goals* were seen, and by which case first; a goal about a day by a case that is decided on it."""
    goals = tuple(goals)
    seen: dict[str, str | None] = dict.fromkeys(goal.id for goal in goals)
    rest = list(goals)
    for each in ready:
        found = [goal for goal in rest if sees(each, goal)]
        seen |= {goal.id: each.policy_case.name for goal in found}
        rest = [goal for goal in rest if seen[goal.id] is None] if found else rest
    return Covered(file, goals, seen)


def sees(ready: Ready, goal: Goal) -> bool:
    """Whether a case has seen a goal."""
    if goal.group == "dates":
        return ready.policy_case.on in goal.aim.days
    return ready.look is not None and goal.reached(ready.look)


def ready_of(results: Iterable[CaseResult]) -> list[Ready]:
    """The cases that passed, as they were decided."""
    return [
        Ready(each.case, each.made, None if each.decision is None else _looked_at(each.decision, each.case))
        for each in results
        if each.passed and each.made is not None
    ]


def _looked_at(decision: Decision, case: PolicyCase) -> Look:
    return Look(settled_of(decision), case.expected, case.name)
