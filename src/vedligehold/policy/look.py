"""One case as those look at it who ask what a file of cases has seen: by the reference meaning, with every trace."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, TypeAlias

from vedligehold import explained
from vedligehold.case import Case
from vedligehold.condition import Condition
from vedligehold.deadline import Deadline, count
from vedligehold.known import known_values
from vedligehold.meaning.value import Values
from vedligehold.pack import ALWAYS, DeadlineRule, InForce, Policy
from vedligehold.settle import Judged, Settled, settle

Quick: TypeAlias = Callable[[Values, date], bool]
"""What is asked of the values of a case on a day before anything is decided."""


@dataclass(frozen=True, slots=True)
class Aim:
    """Where to look for a case: the conditions that it turns on, and what its values must be like.

    `items`: one of them is asked for. `days`: it is decided on one of them. `findings`: requirements on which a person
    may have found something. `event`: something that happens. `in_force`: when what it is about applies.
    `deadlines`: one of them starts, on a day that `starts` says is worth it, and runs or waits.
    """

    conditions: tuple[Condition, ...] = ()
    quick: Quick | None = None
    items: tuple[str, ...] = ()
    days: tuple[date, ...] = ()
    findings: tuple[str, ...] = ()
    deadlines: tuple[DeadlineRule, ...] = ()
    starts: Callable[[date], bool] | None = None
    event: str | None = None
    in_force: InForce = ALWAYS


@dataclass(frozen=True)
class Look:
    """A case that was settled. `expected`: what the file expects of it; None where nobody was asked yet."""

    settled: Settled
    expected: Mapping[str, Any] | None = None
    name: str = ""

    @property
    def policy(self) -> Policy:
        """What it was decided under."""
        return self.settled.policy

    @property
    def case(self) -> Case:
        """The case itself."""
        return self.settled.case

    @property
    def on(self) -> date:
        """The decision date."""
        return self.settled.on

    @property
    def values(self) -> Values:
        """What is known of the case."""
        return self.settled.values

    @cached_property
    def judged(self) -> Mapping[str, Judged]:
        """What each requirement came to."""
        return {each.requirement.id: each for each in self.settled.judged}

    @cached_property
    def deadlines(self) -> Mapping[str, Deadline]:
        """Every deadline by its id."""
        return {rule.id: count(rule, self.case.days()) for rule in self.policy.deadlines}

    @cached_property
    def warnings(self) -> frozenset[str]:
        """The codes of the warnings, among them the notices that fire."""
        return frozenset(each.code for each in explained.warnings(self.settled))

    @cached_property
    def routes(self) -> frozenset[str]:
        """The other help that is named."""
        return frozenset(each.id for each in explained.other_routes(self.settled))

    @cached_property
    def rows(self) -> frozenset[str]:
        """The rows that apply to a grant; none where it is not granted."""
        return frozenset(each.id for each in explained.entitlement(self.settled) if each.give is not None)

    @cached_property
    def open_rows(self) -> frozenset[str]:
        """The rows that ask, or that are left open in a grant."""
        asking = {each.id for each in self.settled.asking if each.id in self.settled.because}
        return frozenset(asking | {each.id for each in explained.undecided(self.settled)})

    def checks_deadline(self, name: str) -> bool:
        """Whether somebody has said what the deadline must be; where nobody was asked yet, they will be."""
        return self.expected is None or name in (self.expected.get("deadlines") or {})


def look(policy: Policy, case: Case, on: date) -> Look:
    """A look at *case*, of which nobody expects anything yet.

    Raises:
        CaseError: the case says something that the pack does not know.
    """
    return Look(settle(policy, case, on, known_values(policy, case, on)))
