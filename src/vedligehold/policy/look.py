"""One case as those look at it who ask what a file of cases has seen: by the reference meaning, with every trace."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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
    may have found something. `deadlines`: one of them starts, and runs or waits. `event`: something that happens.
    `in_force`: when what it is about applies.
    """

    conditions: tuple[Condition, ...] = ()
    quick: Quick | None = None
    items: tuple[str, ...] = ()
    days: tuple[date, ...] = ()
    findings: tuple[str, ...] = ()
    deadlines: tuple[DeadlineRule, ...] = ()
    event: str | None = None
    in_force: InForce = ALWAYS


@dataclass(frozen=True)
class Look:
    """A case under a policy on a day. `expected`: what the file expects of it; None where nobody was asked yet."""

    policy: Policy
    case: Case
    on: date
    values: Values
    expected: Mapping[str, Any] | None = None
    name: str = ""
    judged: Mapping[str, Judged] = field(init=False)
    """What each requirement came to."""
    settled: Settled = field(init=False)

    def __post_init__(self) -> None:
        settled = settle(self.policy, self.case, self.on, self.values)
        object.__setattr__(self, "settled", settled)
        object.__setattr__(self, "judged", {each.requirement.id: each for each in settled.judged})

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


def look(policy: Policy, case: Case, on: date, expected: Mapping[str, Any] | None = None, name: str = "") -> Look:
    """A look at *case*.

    Raises:
        CaseError: the case says something that the pack does not know.
    """
    return Look(policy, case, on, known_values(policy, case, on), expected, name)
