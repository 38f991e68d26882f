"""A table read under some policies: its facts, events and findings, and what is wrong with each row.

What is wrong with a row is what `Case` and `decide` would say of it; the order is theirs.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from vedligehold.case import RECEIVED
from vedligehold.deadline import PAUSE_ENDS, PAUSE_STARTS
from vedligehold.errors import quoted
from vedligehold.facts import STANDARD_FACTS, Fact
from vedligehold.meaning.flag import NEVER, Column, Flag, sure
from vedligehold.meaning.frame import See
from vedligehold.pack import Kind, Policy
from vedligehold.table.columns import SELF_REPORTED, Columns, stated_facts
from vedligehold.table.day import Day
from vedligehold.table.found import Found, Stage
from vedligehold.table.raw import Raw
from vedligehold.table.seen import Facts
from vedligehold.table.sheet import Sheet
from vedligehold.table.stretches import Stretch, applying
from vedligehold.table.values import Values


class Reading:
    """A table read: the `day` of decision, the `values` as a case has them, the `facts` as conditions see them.

    `starts` are the days of events (`received`: that the referral itself says its day), and `found` is what may be
    wrong with a row.
    """

    def __init__(
        self,
        sheet: Sheet,
        columns: Columns,
        raws: Mapping[str, Raw],
        among: Sequence[Stretch],
        on: date | str,
        elsewhere: Sequence[Fact],
    ) -> None:
        self.sheet = sheet
        self.among = among
        self.found = Found()
        self.day = Day(sheet, raws, among, on, self.found)
        stated = stated_facts(among, elsewhere=elsewhere)
        self.values = Values(sheet, columns, raws, among, stated, self.day, self.found)
        self._together()
        self.received = NEVER
        self.starts = self._starts()
        self.facts = Facts(sheet, self.values, self.day, among)
        self._of_the_pack()

    def see(self, policy: Policy) -> See:
        """What the facts of *policy* look like in columns."""
        return self.facts.see(policy)

    def _together(self) -> None:
        born, received = self.values.typed.get("birth_date"), self.values.typed.get("received_on")
        wrong = self.found.add
        if born is not None and received is not None:
            wrong(Stage.TOGETHER, "birth_date", "impossible-date", _after(born, received))
        for event, day in self.values.events.items():
            if day is None:
                continue
            if born is not None:
                wrong(Stage.TOGETHER, f"{event}_on", "impossible-date", _after(born, day))
            if event == RECEIVED and received is not None:
                differs = sure(day.expr != received.expr, max(day.step, received.step))
                wrong(Stage.TOGETHER, f"{event}_on", "contradiction", differs)
        left, entered = self.values.events.get(PAUSE_ENDS), self.values.events.get(PAUSE_STARTS)
        if left is not None:
            there = ~Flag(left.expr.is_null(), left.step)
            before = NEVER
            if entered is not None:
                before = sure(entered.expr <= left.expr, max(entered.step, left.step))
            wrong(Stage.TOGETHER, f"{PAUSE_ENDS}_on", "impossible-date", there & ~before)

    def _starts(self) -> dict[str, Column]:
        """The day of each event, the referral's own day among them."""
        import narwhals as nw

        found = {event: day for event, day in self.values.events.items() if day is not None}
        received, event = self.values.typed.get("received_on"), found.get(RECEIVED)
        if received is not None:
            self.received = ~Flag(received.expr.is_null(), received.step)
        if received is not None and event is not None:
            step = max(received.step, event.step)
            received = self.sheet.put(nw.coalesce(received.expr, event.expr), step)
        found_day = received if received is not None else event
        if found_day is not None:
            self.values.typed["received_on"] = found[RECEIVED] = found_day
        return found

    def _of_the_pack(self) -> None:
        """What the pack says of a row, and of the day on which it is decided."""
        born = self.values.typed.get("birth_date")
        if born is not None:
            self.found.add(Stage.PACK, "birth_date", "impossible-date", self.day.before(born))
        standard = {fact.name for fact in STANDARD_FACTS}
        for name in self.values.facts:
            if name not in standard:
                undeclared = ~self.facts.declared.get(name, NEVER)
                self.found.add(Stage.PACK, name, "unknown-fact", undeclared & self.facts.given(name))
                for code, flag in self.facts.wrong.get(name, []):
                    self.found.add(Stage.PACK, name, code, flag)
        self._reported_problems()
        self._finding_problems()

    def _reported_problems(self) -> None:
        """Names under what is self-reported that the row's policy does not know."""
        declared = applying(self.among, lambda policy: policy.facts, lambda _, name: name)
        known = {each.entry: self.day.active(each.days) for each in declared}
        for name, flag in self.values.reported.items.items():
            self.found.add(Stage.PACK, SELF_REPORTED, "unknown-fact", flag & ~known.get(name, NEVER))
        self.found.add(Stage.PACK, SELF_REPORTED, "unknown-fact", self.values.strangely_reported)

    def _finding_problems(self) -> None:
        for name, where in self.values.columns.findings.items():
            _, there = self.values.findings[name]
            known, allowed = NEVER, NEVER
            for each in applying(self.among, lambda policy: policy.requirements, _kind_of):
                if each.entry.id == name:
                    active = self.day.active(each.days)
                    known |= active
                    if each.entry.kind is Kind.DISCRETIONARY:
                        allowed |= active
            self.found.add(Stage.PACK, quoted(where)[1:-1], "unknown-finding", there & ~known)
            self.found.add(Stage.PACK, quoted(where)[1:-1], "finding-not-allowed", there & known & ~allowed)


def _kind_of(_: Policy, requirement: Any) -> object:
    return requirement.id, requirement.kind


def _after(one: Column, other: Column) -> Flag:
    return sure(one.expr > other.expr, max(one.step, other.step))
