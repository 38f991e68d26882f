"""Suggestions: the cases that a file lacks, ready but for a person who says that their answers are right.

For every goal that no case has seen, and every wrong rule that no case noticed, the nearest case is looked for. What
the standard answers today stands beside it as `to_confirm`: until somebody confirms it, it is no test.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from vedligehold.case import Case
from vedligehold.errors import VedligeholdError
from vedligehold.pack import Pack
from vedligehold.policy.coverage import Covered, Ready, sees
from vedligehold.policy.goals import Goal, Group
from vedligehold.policy.look import look
from vedligehold.policy.mutation import Judgement, killed_by, mutated_pack
from vedligehold.policy.observed import Observed, differences, observed
from vedligehold.policy.search import Found, find
from vedligehold.policy.starts import starts_of
from vedligehold.policy.suite import Suite, Suites
from vedligehold.source import Words

_ALWAYS = ("outcome", "because")
_PARTS: Mapping[Group, tuple[str, ...]] = {
    "requirements": ("missing", "requirements"),
    "conditions": ("missing", "requirements", "warnings"),
    "limits": ("missing", "requirements", "warnings"),
    "exclusions": ("partial", "excluded"),
    "rows": ("entitlement", "undecided"),
    "notices": ("warnings",),
    "deadlines": ("deadlines",),
    "findings": ("requirements",),
    "routes": ("other_routes",),
    "course": ("warnings",),
    "dates": ("warnings", "complaint", "transport"),
}
"""What a case for a goal of each kind expects beside the outcome."""


@dataclass(slots=True)
class Suggestion:
    """A case that a file lacks: why, what it differs from the typical case in, and what is to be confirmed of it."""

    words: Words
    suite: Suite
    found: Found
    answered: Observed
    parts: dict[str, set[str]] = field(default_factory=dict)
    in_full: set[str] = field(default_factory=set)
    """The deadlines of which every field is to be confirmed, not the date alone."""

    def expect(self, part: str, *names: str) -> None:
        """Let a person confirm *part* of the answer; of requirements and deadlines just those *names*."""
        self.parts.setdefault(part, set()).update(names)

    def answer(self) -> dict[str, Any]:
        """What is to be confirmed: what the standard answers today."""
        got = self.answered
        if not got.get("in_force", True):
            return {"in_force": False}
        said = {part: got[part] for part in got if part in self.parts and part not in ("requirements", "deadlines")}
        results = {
            name: got["requirements"][name]
            for name in got["requirements"]
            if name in self.parts.get("requirements", ())
        }
        named = sorted(self.parts.get("deadlines", ()))
        dates = {name: _said_of(got["deadlines"].get(name), in_full=name in self.in_full) for name in named}
        return said | ({"requirements": results} if results else {}) | ({"deadlines": dates} if dates else {})


def _said_of(deadline: Mapping[str, Any] | None, *, in_full: bool) -> Any:
    """A deadline as a case expects it: a date, or why there is none."""
    if deadline is None:
        return None
    if deadline["due_on"] is None:
        return {name: deadline[name] for name in ("not_computable", "due_on", "waits_for") if name in deadline}
    if deadline["late_after"] == deadline["due_on"] and deadline["earliest_on"] is None and not in_full:
        return deadline["due_on"]
    return {name: deadline[name] for name in ("earliest_on", "due_on", "late_after") if deadline[name] is not None}


@dataclass(frozen=True, slots=True)
class Lacking:
    """What a file lacks: cases that were found, and the goals and wrong rules for which none was."""

    suggestions: tuple[Suggestion, ...]
    goals: tuple[Goal, ...]
    judgements: tuple[Judgement, ...]


def lacking(
    suites: Suites,
    covered: Iterable[Covered],
    judgements: Iterable[Judgement],
    waiting: Mapping[Path, Sequence[Ready]],
) -> Lacking:
    """What the cases lack. *waiting* are those that somebody only has to confirm: they are not suggested again."""
    made: list[Suggestion] = []
    goals: list[Goal] = []
    survivors: list[Judgement] = []
    for file in covered:
        for goal in file.unseen:
            if any(sees(each, goal) for some in waiting.values() for each in some) or _seen(made, goal):
                continue
            found = _for_goal(suites, file, goal)
            if found is None:
                goals.append(goal)
            else:
                made.append(found)
    for judgement in (each for each in judgements if each.survived):
        wrong = _wrong_packs(judgement)
        if not any(_notices(made_before, wrong) for made_before in made):
            if judgement.found is None or judgement.found_in is None:
                survivors.append(judgement)
            elif not killed_by(judgement.wrong, waiting):
                made.append(for_wrong_rule(judgement, judgement.found, judgement.found_in))
    return Lacking(tuple(made), tuple(goals), tuple(survivors))


def _for_goal(suites: Suites, file: Covered, goal: Goal) -> Suggestion | None:
    """The case that would reach a goal."""
    for suite in suites.packs:
        pack = suite.pack
        if file.file in (pack.nation.file, *(version.file for version in pack.versions)):
            found = find(pack, starts_of(suite), goal.aim, partial(_reaches, pack, goal))
            if found is not None:
                suggestion = _suggestion(goal.words, suite, found)
                _expect_for_goal(suggestion, goal)
                return suggestion
    return None


def _reaches(pack: Pack, goal: Goal, case: Case, on: date) -> bool:
    if goal.group == "dates":
        return on in goal.aim.days
    try:
        return goal.reached(look(pack.at(on), case, on))
    except VedligeholdError:
        return False


def _expect_for_goal(suggestion: Suggestion, goal: Goal) -> None:
    about = goal.id.partition("/")[0]
    for part in (*_ALWAYS, *_PARTS[goal.group]):
        suggestion.expect(part, *([about] if part in ("requirements", "deadlines") else []))


def _seen(made: Iterable[Suggestion], goal: Goal) -> bool:
    """Whether a case that is suggested already reaches a goal; then it is to tell of it too."""
    for each in made:
        if _reaches(each.suite.pack, goal, each.found.case, each.found.on):
            _expect_for_goal(each, goal)
            return True
    return False


def for_wrong_rule(judgement: Judgement, found: Found, suite: Suite) -> Suggestion:
    """The case that would notice a wrong rule."""
    mutant = judgement.wrong.mutant
    words = Words(f"ville opdage fejlen: {mutant.words.da}", f"would notice the mistake: {mutant.words.en}")
    suggestion = _suggestion(words, suite, found)
    _notices(suggestion, _wrong_packs(judgement))
    return suggestion


def _suggestion(words: Words, suite: Suite, found: Found) -> Suggestion:
    return Suggestion(words, suite, found, observed(suite.pack, found.case, found.on))


def _wrong_packs(judgement: Judgement) -> dict[Path, Pack]:
    """The standards with the wrong rule in them, by their folders."""
    return {suite.folder: mutated_pack(suite.pack, judgement.wrong.mutant) for suite in judgement.wrong.suites}


def _notices(suggestion: Suggestion, wrong: Mapping[Path, Pack]) -> bool:
    """Whether a suggested case is answered otherwise under a wrong rule; then it is to tell what is otherwise."""
    pack = wrong.get(suggestion.suite.folder)
    if pack is None:
        return False
    other = differences(suggestion.answered, observed(pack, suggestion.found.case, suggestion.found.on))
    if not other:
        return False
    for part, names in {**dict.fromkeys(_ALWAYS, ()), **other}.items():
        suggestion.expect(part, *names)
    suggestion.in_full.update(other.get("deadlines", ()))
    return True
