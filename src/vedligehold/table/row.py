"""One row of a table as a case, and what a table of decisions says of it: the reference, by the way of a single case.

Whatever decides a whole table at once must say of every row just what is said here.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeAlias

from vedligehold.calendar import read_date
from vedligehold.case import RECEIVED, Case
from vedligehold.deadline import PAUSE_ENDS, count
from vedligehold.decide import decide
from vedligehold.decision import Decision
from vedligehold.errors import CaseError, Problem, quoted
from vedligehold.facts import Fact, FactType
from vedligehold.pack import Pack, Policy, check_pack
from vedligehold.table.cells import cell
from vedligehold.table.columns import (
    CPR,
    INVALID,
    LISTS,
    SELF_REPORTED,
    SetColumns,
    columns_of,
    due_column,
    results_of,
    set_items,
    stated_facts,
)
from vedligehold.table.stretches import stretches

Row: TypeAlias = Mapping[str, Any]
"""The cells of one row by column."""

_REASON = "en kolonne i en tabel"
_BY = "tabel"
_SOME_DAY = date(2000, 1, 1)
"""The day of a finding where there is no decision date: no row is decided without one."""


class Rows:
    """The rows of one table with the columns *names*: each as a case, and decided.

    *on* is the decision date, or the name of the column that gives it; without it rows are cases, and not decided.

    Raises:
        CaseError: the columns are not clear, or there is none with the name *on*.
        NotInForce: no version of *pack* is in force on the day *on*.
    """

    def __init__(self, pack: Pack, names: Sequence[str], on: date | str | None = None) -> None:
        check_pack(pack)
        self.pack = pack
        self.on = on
        self.among = stretches(pack, None if isinstance(on, str) else on)
        elsewhere = [fact for version in pack.versions for fact in version.facts]
        self.columns = columns_of(self.among, names, elsewhere, on if isinstance(on, str) else None)
        self.results = results_of(self.among)
        self._stated = stated_facts(self.among, elsewhere=elsewhere)
        self._items = set_items(self.among, elsewhere=elsewhere)
        self._facts = {version.valid_from: self._of_version(version.facts) for version in pack.versions}
        self._places = dict(_places_of_findings(self.columns.findings))

    def _of_version(self, own: Iterable[Fact]) -> dict[str, Fact]:
        """Every fact that a row can state, as the version has it that declares *own*."""
        declared = {fact.name: fact for fact in own if fact.derived is None}
        return {name: declared.get(name, fact) for name, fact in self._stated.items()}

    def case(self, row: Row) -> Case:
        """What *row* says, as a case.

        Raises:
            CaseError: it is no case; the place of each problem is a column.
        """
        day = self._day(row)
        return self._case(row, self._policy(day), day)

    def decided(self, row: Row) -> dict[str, Any]:
        """Every column that comes out for *row*, as Python's own values; what is wrong with the row stands in them."""
        day = self._day(row)
        policy = self._policy(day)
        try:
            case = self._case(row, policy, day)
            if day is None:
                raise CaseError([Problem(str(self.on), "wrong-date", "there is no day of the decision")])
            if policy is None:
                raise CaseError([Problem(str(self.on), "not-in-force", f"no version is in force on {day}")])
            decision = self._decision(row, policy, case, day)
        except CaseError as error:
            return self._invalid(error, policy, day)
        due = {due_column(each.id): each.due_on for each in decision.deadlines}
        found = {
            "outcome": str(decision.outcome),
            "partial": decision.partial,
            "because": list(decision.because),
            "missing": list(decision.missing),
            "excluded": [each.item for each in decision.excluded],
            "warnings": [each.code for each in decision.warnings],
            "problems": [],
            "decided_on": day,
            "version": policy.version.valid_from,
        }
        return {name: found[name] if name in found else due.get(name) for name in self.results}

    def _invalid(self, error: CaseError, policy: Policy | None, day: date | None) -> dict[str, Any]:
        found: dict[str, Any] = {name: [] if name in LISTS else None for name in self.results}
        found["outcome"] = INVALID
        found["problems"] = list(dict.fromkeys(f"{each.place}:{each.code}" for each in error.problems))
        found["decided_on"] = day
        found["version"] = None if policy is None else policy.version.valid_from
        return found

    def _decision(self, row: Row, policy: Policy, case: Case, day: date) -> Decision:
        """The decision; a deadline that runs out of the calendar refuses the row."""
        happened = [event.type for event in case.events]
        try:
            decision = decide(self.pack, case, on=day)
        except CaseError as error:
            problems, more = error.problems, error.more
        else:
            problems, more = tuple(_outside(policy, case)), 0
        if problems:
            raise self._in_columns(problems, more, happened, row)
        return decision

    def _day(self, row: Row) -> date | None:
        """The decision date; None where the row gives none."""
        if not isinstance(self.on, str):
            return self.on
        given = cell(row.get(self.on))
        if isinstance(given, str):
            return read_date(given)
        return given if type(given) is date else None

    def _policy(self, day: date | None) -> Policy | None:
        return self.pack.at(day) if day is not None and self.pack.in_force(day) else None

    def _case(self, row: Row, policy: Policy | None, day: date | None) -> Case:
        wrong = list(self._no_yes_or_no(row))
        if wrong:
            raise CaseError(wrong)
        data = self._data(row, self._stated if policy is None else self._facts[policy.version.valid_from], day)
        try:
            return Case.model_validate(data)
        except CaseError as error:
            problems, more = error.problems, error.more
        # raised outside the handler: the context of an exception would hold the whole row
        raise self._in_columns(problems, more, [event["type"] for event in data["events"]], row)

    def _no_yes_or_no(self, row: Row) -> Iterator[Problem]:
        """The cells of item columns that say neither yes nor no."""
        for given in (*self.columns.sets.values(), self.columns.self_reported):
            for column in given.items.values():
                said = cell(row.get(column))
                if said is not None and not isinstance(said, bool):
                    yield Problem(column, "wrong-type", f"`{column}` must be true or false, not {quoted(said)}")

    def _data(self, row: Row, facts: Mapping[str, Fact], day: date | None) -> dict[str, Any]:
        data: dict[str, Any] = {"citizen": {}, "referral": {}, "facts": {}}
        for name, fact in facts.items():
            value = self._set(row, fact) if fact.type is FactType.SET else self._single(row, fact)
            if value is not None:
                data[fact.section][name] = value
        if self.columns.cpr and (cpr := cell(row.get(CPR))) is not None:
            data["citizen"][CPR] = cpr
        reported = _several(row, self.columns.self_reported, tuple(facts), ())
        data[SELF_REPORTED] = [] if reported is None else reported
        found = {name: cell(row.get(column)) for name, column in self.columns.findings.items()}
        said = {"reason": _REASON, "by": _BY, "on": _SOME_DAY if day is None else day}
        data["findings"] = {name: {"holds": holds, **said} for name, holds in found.items() if holds is not None}
        days = {event: cell(row.get(column)) for event, column in self.columns.events.items()}
        data["events"] = [{"type": event, "on": on} for event, on in days.items() if on is not None]
        return data

    def _single(self, row: Row, fact: Fact) -> Any:
        value = cell(row.get(fact.name)) if fact.name in self.columns.facts else None
        if isinstance(value, float) and fact.type is FactType.INT and value.is_integer():
            return int(value)
        return value

    def _set(self, row: Row, fact: Fact) -> Any:
        # what is asked for is never unknown, so what nothing is said of is not asked for
        needed = () if fact.known else tuple(fact.labels)
        return _several(row, self.columns.sets[fact.name], tuple(fact.labels), needed)

    def _in_columns(self, problems: Iterable[Problem], more: int, happened: Sequence[str], row: Row) -> CaseError:
        """The problems of a case, each with its column as its place."""
        told = [
            Problem(self._column(each.place, happened, row), each.code, each.message, each.hint) for each in problems
        ]
        return CaseError(told, more)

    def _column(self, place: str, happened: Sequence[str], row: Row) -> str:
        if place in self._places:
            return self._places[place]
        if place == "events":  # the only problem of them all together: a waiting list that nobody entered was left
            return f"{PAUSE_ENDS}_on"
        event = re.fullmatch(r"events\[(\d+)\]\.on", place)
        if event is not None:
            return f"{happened[int(event[1])]}_on"
        start = place.removeprefix("events.")
        if start != place:
            referral = start == RECEIVED and cell(row.get("received_on")) is not None
            return "received_on" if referral else f"{start}_on"
        return re.sub(r"\[\d+\]$", "", place.partition(".")[2] or place)


def case_of_row(pack: Pack, row: Row, *, on: date | str | None = None) -> Case:
    """What one *row* of a table says to *pack*, as a case; *on* is the decision date, or the column that gives it.

    >>> from vedligehold import load_pack
    >>> case_of_row(load_pack("rebild"), {"can_self_train": False, "granted_on": "2010-05-03"}).events[0].on
    datetime.date(2010, 5, 3)

    Raises:
        CaseError: it is no case, or the columns are not clear; the place of each problem is a column.
        NotInForce: no version of *pack* is in force on the day *on*.
    """
    return Rows(pack, list(row), on).case(row)


def decided_row(pack: Pack, row: Row, *, on: date | str) -> dict[str, Any]:
    """Every column that comes out for one *row* of a table; of many rows ask `Rows`.

    Raises:
        CaseError: the columns are not clear.
        NotInForce: no version of *pack* is in force on the day *on*.
    """
    return Rows(pack, list(row), on).decided(row)


def _places_of_findings(findings: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, column in findings.items():
        shown = quoted(column)[1:-1]
        # a name of which the ends would not be seen stands in backticks
        for spelled in (quoted(name), quoted(name)[1:-1]):
            yield f"findings.{spelled}.holds", shown
            yield f"findings.{spelled}", shown


def _outside(policy: Policy, case: Case) -> Iterator[Problem]:
    """Each deadline of which the count runs out of the calendar."""
    for rule in policy.deadlines:
        try:
            count(rule, case.days())
        except CaseError as error:
            yield from error.problems


def _several(row: Row, given: SetColumns, order: Sequence[str], needed: Sequence[str]) -> Any:
    """What a set is said to be, a list in *order*; None where it is unknown.

    Of a set that is said by item it is unknown whether each of the *needed* items is in it, unless a column says so.
    """
    if given.column is not None:
        value = cell(row.get(given.column))
        known = isinstance(value, list) and all(isinstance(each, str) and each in order for each in value)
        return sorted(value, key=order.index) if known and len(set(value)) == len(value) else value
    if not given.items:
        return None
    says = {item: cell(row.get(column)) for item, column in given.items.items()}
    return [item for item, said in says.items() if said] if all(says.get(item) is not None for item in needed) else None
