"""Mutation of rules: would the cases of a standard notice a wrong rule?

Each mutant is run against just the cases that can notice it, until one fails: then it is killed. Of one that survives
it is said which smallest case would kill it, or that nothing can: then it is equivalent, and says the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from vedligehold.calendar import FIRST_DAY, LAST_DAY
from vedligehold.errors import CaseError, NotInForce
from vedligehold.facts import STANDARD_FACTS
from vedligehold.meaning.value import facts_read
from vedligehold.pack import ALWAYS, DeadlineRule, Nation, Pack, Version
from vedligehold.policy.coverage import Ready, percent
from vedligehold.policy.heard import tried_alike
from vedligehold.policy.mutants import Mutant, nation_mutants, version_mutants
from vedligehold.policy.observed import told_apart
from vedligehold.policy.run import answered
from vedligehold.policy.search import Found, find
from vedligehold.policy.starts import starts_of
from vedligehold.policy.suite import Suite, Suites
from vedligehold.policy.wrong_deadlines import other_dates
from vedligehold.source import Words

_LAST_START = LAST_DAY.replace(year=LAST_DAY.year - 30)
"""The last day on which a deadline is started to see whether two are the same: what is counted ends in the calendar."""


@dataclass(frozen=True, slots=True)
class WrongRule:
    """A mutant of one file, and the standards whose cases could notice it."""

    file: str
    mutant: Mutant
    suites: tuple[Suite, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of a wrong rule: killed by a case, or shown to say the same; else it survived.

    Of one that survived, `found` is the smallest case that would kill it, where there is one, in the suite `found_in`.
    """

    wrong: WrongRule
    killed_by: str | None = None
    equivalent: Words | None = None
    found: Found | None = None
    found_in: Suite | None = None

    @property
    def survived(self) -> bool:
        """Whether no case noticed it, though one could."""
        return self.killed_by is None and self.equivalent is None


@dataclass(frozen=True, slots=True)
class Mutated:
    """The wrong rules of one file, and what became of each."""

    file: str
    judgements: tuple[Judgement, ...]

    @property
    def survivors(self) -> list[Judgement]:
        """The wrong rules that no case noticed."""
        return [each for each in self.judgements if each.survived]

    @property
    def equivalents(self) -> list[Judgement]:
        """The changes that change nothing."""
        return [each for each in self.judgements if each.equivalent is not None]

    @property
    def percent(self) -> float:
        """How many of a hundred wrong rules were noticed; what changes nothing is not counted."""
        wrong = len(self.judgements) - len(self.equivalents)
        return percent(wrong - len(self.survivors), wrong)


def wrong_rules(suites: Suites) -> list[WrongRule]:
    """Every wrong rule of what is tested, always in the same order: file by file, the national layer last."""
    found = [
        WrongRule(version.file, mutant, (suite,))
        for suite in suites.packs
        for version in suite.versions
        for mutant in version_mutants(version, suite.pack.nation)
    ]
    if suites.nation and suites.packs:
        nation = suites.packs[0].pack.nation
        found += [WrongRule(nation.file, mutant, suites.packs) for mutant in nation_mutants(nation)]
    return found


def judge(wrong: WrongRule, ready: Mapping[Path, Sequence[Ready]]) -> Judgement:
    """What becomes of *wrong*: *ready* are the cases that passed, by the folder of their pack."""
    mutant, killer = wrong.mutant, killed_by(wrong, ready)
    if killer is not None:
        return Judgement(wrong, killed_by=killer)
    equivalent = _same_rule(wrong)
    if equivalent is not None:
        return Judgement(wrong, equivalent=equivalent)
    for suite in wrong.suites:
        pack = mutated_pack(suite.pack, mutant)
        found = find(suite.pack, starts_of(suite), mutant.aim, partial(told_apart, suite.pack, pack))
        if found is not None:
            return Judgement(wrong, found=found, found_in=suite)
    return Judgement(wrong, equivalent=_same_deadline(mutant))


def killed_by(wrong: WrongRule, ready: Mapping[Path, Sequence[Ready]]) -> str | None:
    """The name of the first case that notices *wrong*; only those are run that can."""
    for suite in wrong.suites:
        pack = mutated_pack(suite.pack, wrong.mutant)
        for each in ready[suite.folder]:
            if can_notice(wrong.mutant, each) and not answered(pack, each.policy_case, each.case).passed:
                return each.policy_case.name
    return None


def mutated(judgements: Sequence[Judgement]) -> list[Mutated]:
    """*judgements*, file by file."""
    files = dict.fromkeys(each.wrong.file for each in judgements)
    return [Mutated(file, tuple(each for each in judgements if each.wrong.file == file)) for file in files]


def mutated_pack(pack: Pack, mutant: Mutant) -> Pack:
    """*pack* with the wrong rule in it."""
    changed = mutant.changed
    if isinstance(changed, Nation):
        return Pack(pack.versions, changed)
    # a version is known by its file: what was changed may be the day from which it applies
    return Pack((changed if each.file == changed.file else each for each in pack.versions), pack.nation)


def can_notice(mutant: Mutant, ready: Ready) -> bool:
    """Whether a case could be answered otherwise under a wrong rule; only such cases are run against it."""
    if ready.look is None:  # a day without a version: only a date can make a difference
        return ready.policy_case.on in mutant.aim.days
    if isinstance(mutant.changed, Version) and ready.look.policy.version.file != mutant.changed.file:
        return ready.policy_case.on in mutant.aim.days
    # that a fact is only self-reported is warned of where a rule reads it
    told = facts_read(mutant.aim.conditions).intersection(ready.case.self_reported)
    return bool(told) or mutant.noticed(ready.look)


def _same_rule(wrong: WrongRule) -> Words | None:
    """Why a mutant says the same as the rule, where that can be shown by trying everything that can matter."""
    mutant = wrong.mutant
    own = mutant.changed.facts if isinstance(mutant.changed, Version) else ()
    if mutant.pairs:
        tried = tried_alike(mutant.pairs, {fact.name: fact for fact in (*STANDARD_FACTS, *own)})
        if tried is not None and not mutant.aim.findings:
            da = f"samme svar for alle {tried} kombinationer af de oplysninger, der betyder noget"
            return Words(da, f"the same answer for all {tried} combinations of the facts that matter")
    if isinstance(mutant.changed, Nation) and mutant.change == "in_force":
        packs = [(suite.pack, mutated_pack(suite.pack, mutant)) for suite in wrong.suites]
        if all(_applies(pack, day) == _applies(other, day) for pack, other in packs for day in mutant.aim.days):
            da = "på de dage gælder det samme alligevel: noget andet går forud, eller intet fører dertil"
            return Words(
                da, "on those days the same applies anyway: something else goes before, or nothing leads to it"
            )
    return None


def _applies(pack: Pack, day: date) -> object:
    """Everything that applies on *day*, and can be reached; whatever it says of its own time is left out."""
    try:
        policy = pack.at(day)
    except NotInForce:
        return None
    entries: list[Any] = [*policy.requirements, *policy.notices]
    led_to = {route for each in entries for route in each.routes} | set(policy.standing_routes)
    routes = [route for name, route in policy.routes.items() if name in led_to]
    dated: list[Any] = [
        *entries,
        *policy.deadlines,
        *routes,
        *(each for each in (policy.complaint, policy.transport) if each),
    ]
    return [replace(each, in_force=ALWAYS) for each in dated]


def _same_deadline(mutant: Mutant) -> Words | None:
    """Why a wrong deadline is none, where every day there is has been tried; that takes seconds."""
    if len(mutant.aim.deadlines) > 1 and _same_dates(*mutant.aim.deadlines):
        first, last = FIRST_DAY.year, _LAST_START.year
        da = f"samme dato, hvilken dag fristen end begynder, fra {first} til {last}"
        return Words(da, f"the same date whatever day it starts on, from {first} to {last}")
    return None


def _same_dates(rule: DeadlineRule, other: DeadlineRule) -> bool:
    """Whether two rules give the same dates on every day; with a pause nothing is shown."""
    if rule.pauses or other.pauses:
        return False
    try:
        days = (FIRST_DAY + timedelta(days=away) for away in range((_LAST_START - FIRST_DAY).days))
        return not any(other_dates(rule, other, day) for day in days)
    except CaseError:  # a count of more than thirty years runs out of the calendar
        return False
