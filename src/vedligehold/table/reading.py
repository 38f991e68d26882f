"""The columns of a table as facts and events: of each its typed values, and where a row says what cannot be.

What is wrong with a row is what `Case` and `decide` would say of it; the order is theirs.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from vedligehold.calendar import FIRST_DAY, LAST_DAY
from vedligehold.case import RECEIVED
from vedligehold.case_values import LONGEST_NUMBER
from vedligehold.deadline import PAUSE_ENDS, PAUSE_STARTS
from vedligehold.errors import quoted
from vedligehold.facts import DECIDED_ON, STANDARD_FACTS, Fact, FactType, OtherThanPack
from vedligehold.facts import Span as DerivedSpan
from vedligehold.meaning.flag import ALWAYS, NEVER, Column, Flag, some, sure
from vedligehold.meaning.frame import Seen, Several, Single, Span
from vedligehold.pack import Kind, Policy
from vedligehold.table import raw as column
from vedligehold.table.columns import CPR, SELF_REPORTED, Columns, SetColumns, stated_facts
from vedligehold.table.cpr import birth_dates
from vedligehold.table.found import Found, Stage
from vedligehold.table.raw import Raw
from vedligehold.table.sets import ListColumn, from_items, list_column
from vedligehold.table.sheet import Sheet, flag_expr
from vedligehold.table.spans import number_of
from vedligehold.table.stretches import Stretch, applying

if TYPE_CHECKING:
    pass

Active = Callable[[tuple[tuple[date | None, date | None], ...] | None], Flag]


class Reading:
    """A table read under some policies: facts, events, findings, the decision date, and what is wrong with each row."""

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
        self.columns = columns
        self.raws = raws
        self.among = among
        self.found = Found()
        self.facts = stated_facts(among, elsewhere=elsewhere)
        self._seen: dict[object, Seen] = {}
        self._lists: dict[str, ListColumn] = {}
        self._said_items: dict[str, dict[str, Column | None]] = {}
        self._chosen_of: dict[object, dict[str, Flag]] = {}
        self.on: date | Column
        self.in_force: Flag
        self._day(on)
        self._typed: dict[str, Column] = {}
        self._citizen()
        self._section("referral")
        self._own_values()
        self._reported = self._self_reported()
        self._said_twice()
        self.findings = {name: self._finding(name, where) for name, where in columns.findings.items()}
        self.events = {event: self._event(event) for event in columns.events}
        self._together()
        self.starts = self._starts()
        self._pack_problems()

    # --- the decision date ---

    def _day(self, on: date | str) -> None:
        if isinstance(on, date):
            self.on, self.in_force = on, ALWAYS
            return
        value, wrong, misspelt = column.day(self.sheet, self.raws[on])
        missing = ALWAYS if value is None else Flag(value.expr.is_null(), value.step)
        self.found.add(Stage.DAY, on, "wrong-date", self.sheet.flag(missing | wrong | misspelt))
        self.on = self._nothing() if value is None else self.sheet.own(value)
        inside = some(self._between(each.first, each.last) for each in self.among)
        self.in_force = self.sheet.flag(inside)
        self.found.add(Stage.DAY, on, "not-in-force", ~missing & ~self.in_force)

    def _nothing(self) -> Column:
        import narwhals as nw

        return self.sheet.put(nw.lit(None, dtype=nw.Date), 0)

    def _between(self, first: date | None, last: date | None) -> Flag:
        assert isinstance(self.on, Column)
        found = ALWAYS
        if first is not None:
            found &= sure(self.on.expr >= first, self.on.step)
        if last is not None:
            found &= sure(self.on.expr <= last, self.on.step)
        return found

    def active(self, days: tuple[tuple[date | None, date | None], ...] | None) -> Flag:
        """That an entry applies on the decision date of a row that is in force."""
        if days is None or isinstance(self.on, date):
            return ALWAYS
        key = ("active", days)
        if key not in self._seen:
            self._seen[key] = self.sheet.flag(some(self._between(*each) for each in days))  # type: ignore[assignment]
        return self._seen[key]  # type: ignore[return-value]

    # --- what a case says ---

    def _raw(self, name: str) -> Raw | None:
        found = self.raws.get(name)
        return None if found is None or found.kind == "none" else found

    def _citizen(self) -> None:
        """The citizen's facts; a CPR number that is none is told alone."""
        before = len(self.found.by_stage[Stage.VALUES])
        self._section("citizen")
        cpr = self._raw(CPR) if self.columns.cpr else None
        if cpr is None:
            return
        born, bad = birth_dates(self.sheet, cpr)
        values = self.found.by_stage[Stage.VALUES]
        others = [(name, code, self.sheet.flag(flag & ~bad)) for name, code, flag in values[before:]]
        del values[before:]
        any_other = some(flag for _, _, flag in others)
        for each in others:
            self.found.add(Stage.VALUES, *each)
        said = self._typed.get("birth_date")
        self.found.add(Stage.VALUES, CPR, "bad-cpr", bad)
        if born is None:
            return
        if said is None:
            self._typed["birth_date"] = born
            return
        step = max(born.step, said.step)
        differs = sure(born.expr != said.expr, step)
        self.found.add(Stage.VALUES, CPR, "contradiction", differs & ~any_other & ~bad)
        import narwhals as nw

        self._typed["birth_date"] = self.sheet.put(nw.coalesce(said.expr, born.expr), step)

    def _section(self, section: str) -> None:
        for fact in STANDARD_FACTS:
            if fact.section != section:
                continue
            if fact.type is FactType.SET:
                self._standard_set(fact)
                continue
            raw = self._raw(fact.name) if fact.name in self.columns.facts else None
            value = None if raw is None else self._standard(fact, raw)
            if value is not None:
                self._typed[fact.name] = value

    def _standard(self, fact: Fact, raw: Raw) -> Column | None:
        """The values of a standard fact, and what pydantic would find wrong with them."""
        wrong = self.found.add
        match fact.type:
            case FactType.BOOL:
                value, other = column.yes_or_no(self.sheet, raw)
                wrong(Stage.VALUES, fact.name, "wrong-type", other)
                return value
            case FactType.DATE:
                return self._event_day(raw, fact.name, event=fact.name != "birth_date")
            case FactType.CHOICE:
                if raw.kind != "text":
                    wrong(Stage.VALUES, fact.name, "unknown-value", raw.there)
                    return None
                made = some(self._chosen(raw, list(fact.labels)).values())
                wrong(Stage.VALUES, fact.name, "unknown-value", raw.there & ~made)
                return raw.column
            case _:
                fits = column.is_code(self.sheet, raw) if raw.kind == "text" else NEVER
                wrong(Stage.VALUES, fact.name, "bad-code", raw.there & ~fits)
                return raw.column if raw.kind == "text" else None

    def _chosen(self, raw: Raw, labels: Sequence[str]) -> dict[str, Flag]:
        """Of each label that it is the text of a column."""
        key = ("chosen", raw.name, tuple(labels))
        if key not in self._chosen_of:
            self._chosen_of[key] = {label: self.sheet.flag(column.one_of(raw, [label])) for label in labels}
        return self._chosen_of[key]

    def _event_day(self, raw: Raw, name: str, *, event: bool) -> Column | None:
        value, other, misspelt = column.day(self.sheet, raw)
        self.found.add(Stage.VALUES, name, "wrong-type", other)
        self.found.add(Stage.VALUES, name, "wrong-date", misspelt)
        if value is None or not event:
            return value
        outside = sure((value.expr < FIRST_DAY) | (value.expr > LAST_DAY), value.step)
        self.found.add(Stage.VALUES, name, "outside-calendar", outside)
        return value

    def _list(self, name: str, labels: Sequence[str]) -> ListColumn | None:
        raw = self._raw(name)
        if raw is None or raw.kind != "list":
            return None
        if name not in self._lists:
            self._lists[name] = list_column(self.sheet, raw, labels)
        return self._lists[name]

    def _standard_set(self, fact: Fact) -> None:
        given = self.columns.sets[fact.name]
        if given.column is None:
            says = self._items_of(given)
            needed = () if fact.known else tuple(fact.labels)
            self._seen[fact] = from_items(self.sheet, given, says, needed) if given.items or fact.known else None
            return
        listed = self._list(given.column, list(fact.labels))
        if listed is None:
            raw = self._raw(given.column)
            if raw is not None:
                self.found.add(Stage.VALUES, fact.name, "wrong-type", raw.there)
            self._seen[fact] = self._no_items() if fact.known else None
            return
        self.found.add(Stage.VALUES, fact.name, "too-many", listed.many)
        self.found.add(Stage.VALUES, fact.name, "duplicate-value", listed.twice)
        self.found.add(Stage.VALUES, fact.name, "unknown-value", listed.strange & ~listed.twice)
        self._seen[fact] = listed.as_set(always=fact.known)

    def _items_of(self, given: SetColumns) -> dict[str, Column | None]:
        """What the columns of a set's items say."""
        says: dict[str, Column | None] = {}
        for item, name in given.items.items():
            raw = self._raw(name)
            value, wrong = (None, NEVER) if raw is None else column.yes_or_no(self.sheet, raw)
            self.found.add(Stage.ITEMS, name, "wrong-type", wrong)
            says[item] = value
        return says

    def _no_items(self) -> Several:
        return Several(ALWAYS, {}, NEVER, lambda _: NEVER)

    def _self_reported(self) -> Several:
        names = dict.fromkeys([*self.facts, *(name for each in self.among for name in each.policy.facts)])
        given = self.columns.self_reported
        if given.column is None:
            return from_items(self.sheet, given, self._items_of(given), ())
        listed = self._list(given.column, list(names))
        return self._no_items() if listed is None else listed.as_set(always=True)

    def _said_twice(self) -> None:
        """What pydantic would find wrong with the list of what is self-reported."""
        given = self.columns.self_reported
        raw = None if given.column is None else self._raw(given.column)
        if raw is None:
            return
        listed = self._lists.get(raw.name)
        wrong = self.found.add
        if listed is None:
            wrong(Stage.VALUES, SELF_REPORTED, "wrong-type", raw.there)
            return
        wrong(Stage.VALUES, SELF_REPORTED, "too-many", listed.many)
        wrong(Stage.VALUES, SELF_REPORTED, "duplicate-value", listed.twice)
        self._texts(SELF_REPORTED, listed)

    def _texts(self, name: str, listed: ListColumn) -> None:
        """What no text may hold, and that an entry is no text."""
        once = listed.strange & ~listed.twice
        cpr = self.sheet.flag(once & column.holds_cpr(listed.text))
        self.found.add(Stage.VALUES, name, "wrong-type", once & listed.holes)
        self.found.add(Stage.VALUES, name, "cpr-in-text", cpr)
        self.found.add(Stage.VALUES, name, "control-character", once & column.holds_unseen(listed.text))

    def _own_values(self) -> None:
        """What pydantic would find wrong with the pack's own facts, whatever the pack declares them to be."""
        standard = {fact.name for fact in STANDARD_FACTS}
        for name, fact in self.facts.items():
            if name in standard:
                continue
            given = self.columns.sets.get(name)
            if given is not None and given.items:
                self._said_items[name] = self._items_of(given)
            raw = self._raw(name)
            if raw is not None:
                self._own_value(fact, raw)

    def _own_value(self, fact: Fact, raw: Raw) -> None:
        wrong = self.found.add
        match raw.kind:
            case "text":
                import narwhals as nw

                plain = self.sheet.flag(self._said_plainly(fact, raw))
                text = self.sheet.put(nw.when(flag_expr(~plain)).then(raw.column.expr), plain.step)
                cpr = self.sheet.flag(column.holds_cpr(text))
                wrong(Stage.VALUES, fact.name, "cpr-in-text", cpr)
                wrong(Stage.VALUES, fact.name, "control-character", ~cpr & column.holds_unseen(text))
            case "int" | "float" | "decimal":
                cpr = self.sheet.flag(column.nine_digits(raw.column, whole=raw.kind == "int"))
                wrong(Stage.VALUES, fact.name, "cpr-in-text", cpr)
                if raw.kind == "float":
                    wrong(Stage.VALUES, fact.name, "wrong-type", sure(raw.column.expr.abs() == float("inf"), 0))
                    wrong(Stage.VALUES, fact.name, "unknown-value", self._endless(fact.name, raw))
            case "datetime":
                _, other, _ = column.day(self.sheet, raw)
                wrong(Stage.VALUES, fact.name, "wrong-type", other)
            case "list":
                listed = self._list(raw.name, self._labels(fact.name))
                assert listed is not None
                wrong(Stage.VALUES, fact.name, "too-many", listed.many)
                self._own_texts(fact.name, listed)
            case "other":
                wrong(Stage.VALUES, fact.name, "wrong-type", raw.there)
            case _:
                pass

    def _said_plainly(self, fact: Fact, raw: Raw) -> Flag:
        """That a text is a label, or in a file of text spells a value of another kind: nothing else can be in it."""
        if fact.labels:
            return some(self._chosen(raw, list(fact.labels)).values())
        if not raw.spelled or fact.type not in (FactType.BOOL, FactType.INT, FactType.DECIMAL):
            return NEVER
        if fact.type is FactType.BOOL:
            return ~column.yes_or_no(self.sheet, raw)[1]
        value, other, *_ = (column.whole_number if fact.type is FactType.INT else column.number)(self.sheet, raw)
        assert value is not None
        long = self.sheet.flag(column.nine_digits(value, whole=fact.type is FactType.INT))
        self.found.add(Stage.VALUES, fact.name, "cpr-in-text", long)
        return ~other

    def _endless(self, name: str, raw: Raw) -> Flag:
        """That a whole number has more digits than is read, on days on which the fact is a whole number."""
        size = raw.column.expr.abs()
        long = sure((size >= 10.0**LONGEST_NUMBER) & (size < float("inf")), 0)
        own = applying(self.among, lambda policy: policy.version.facts, lambda _, fact: fact)
        own = [each for each in own if each.entry.name == name and each.entry.derived is None]
        there = some(self.active(each.days) for each in own)
        whole = some(self.active(each.days) for each in own if each.entry.type is FactType.INT)
        if self.facts[name].type is FactType.INT:
            whole |= ~there
        return long & whole

    def _own_texts(self, name: str, listed: ListColumn) -> None:
        odd = listed.strange
        cpr = self.sheet.flag(odd & ~listed.holes & column.holds_cpr(listed.text))
        self.found.add(Stage.VALUES, name, "wrong-type", odd & listed.holes)
        self.found.add(Stage.VALUES, name, "cpr-in-text", cpr)
        unseen = odd & ~listed.holes & column.holds_unseen(listed.text)
        self.found.add(Stage.VALUES, name, "control-character", unseen & ~cpr)

    def _labels(self, name: str) -> list[str]:
        """The labels of a pack's own fact in every version."""
        facts = [
            self.facts[name],
            *(stretch.policy.facts[name] for stretch in self.among if name in stretch.policy.facts),
        ]
        return list(dict.fromkeys(label for fact in facts for label in fact.labels))

    def _finding(self, name: str, where: str) -> tuple[Column | None, Flag]:
        """What a finding says, and that there is one."""
        raw = self._raw(where)
        if raw is None:
            return None, NEVER
        value, other = column.yes_or_no(self.sheet, raw)
        self.found.add(Stage.VALUES, quoted(self.columns.findings[name])[1:-1], "wrong-type", other)
        return value, self.sheet.flag(raw.there)

    def _event(self, event: str) -> Column | None:
        raw = self._raw(self.columns.events[event])
        return None if raw is None else self._event_day(raw, f"{event}_on", event=True)

    # --- what cannot both be ---

    def _together(self) -> None:
        born, received = self._typed.get("birth_date"), self._typed.get("received_on")
        wrong = self.found.add
        if born is not None and received is not None:
            wrong(Stage.TOGETHER, "birth_date", "impossible-date", _after(born, received))
        for event, day in self.events.items():
            if day is None:
                continue
            if born is not None:
                wrong(Stage.TOGETHER, f"{event}_on", "impossible-date", _after(born, day))
            if event == RECEIVED and received is not None:
                differs = sure(day.expr != received.expr, max(day.step, received.step))
                wrong(Stage.TOGETHER, f"{event}_on", "contradiction", differs)
        left, entered = self.events.get(PAUSE_ENDS), self.events.get(PAUSE_STARTS)
        if left is not None:
            there = ~Flag(left.expr.is_null(), left.step)
            before = NEVER
            if entered is not None:
                before = sure(entered.expr <= left.expr, max(entered.step, left.step))
            wrong(Stage.TOGETHER, f"{PAUSE_ENDS}_on", "impossible-date", there & ~before)

    def _starts(self) -> dict[str, Column]:
        """The day of each event, the referral's own day among them."""
        import narwhals as nw

        found = {event: day for event, day in self.events.items() if day is not None}
        received, event = self._typed.get("received_on"), found.get(RECEIVED)
        if received is not None and event is not None:
            step = max(received.step, event.step)
            received = self.sheet.put(nw.coalesce(received.expr, event.expr), step)
        found_day = received if received is not None else event
        if found_day is not None:
            self._typed["received_on"] = found[RECEIVED] = found_day
        return found

    # --- what the pack says of it ---

    def _pack_problems(self) -> None:
        born = self._typed.get("birth_date")
        if born is not None:
            if isinstance(self.on, Column):
                late = _after(born, self.on)
            else:
                late = sure(born.expr > self.on, born.step)
            self.found.add(Stage.PACK, "birth_date", "impossible-date", late)
        own = applying(self.among, lambda policy: policy.version.facts, lambda _, fact: fact)
        declared: dict[str, Flag] = {}
        standard = {fact.name for fact in STANDARD_FACTS}
        wrongs: dict[str, list[tuple[str, Flag]]] = {}
        for each in own:
            fact, active = each.entry, self.active(each.days)
            if fact.derived is None:
                declared[fact.name] = declared.get(fact.name, NEVER) | active
                self._seen[fact], codes = self._own(fact)
                wrongs.setdefault(fact.name, []).extend((code, flag & active) for code, flag in codes)
        for name in self.facts:
            if name in standard:
                continue
            undeclared = ~declared.get(name, NEVER)
            self.found.add(Stage.PACK, name, "unknown-fact", undeclared & self._given(name))
            for code, flag in wrongs.get(name, []):
                self.found.add(Stage.PACK, name, code, flag)
        self._reported_problems()
        self._finding_problems()

    def _given(self, name: str) -> Flag:
        """That a row says something of a pack's own fact, as the first version that has it declares it."""
        fact = self.facts[name]
        if fact.type is FactType.SET and (items := self._from_items(fact)) is not None:
            return items.known
        raw = self._raw(name)
        return NEVER if raw is None else raw.there

    def _from_items(self, fact: Fact) -> Several | None:
        says = self._said_items.get(fact.name)
        if says is None:
            return None
        return from_items(self.sheet, self.columns.sets[fact.name], says, tuple(fact.labels))

    def _own(self, fact: Fact) -> tuple[Seen, list[tuple[str, Flag]]]:
        """A pack's own fact, and where its values are none of it."""
        raw = self._raw(fact.name)
        if fact.type is FactType.SET and (items := self._from_items(fact)) is not None:
            foreign = some(flag for item, flag in items.items.items() if item not in fact.labels)
            return self._unless_reported(fact, items), [("unknown-value", foreign)]
        if raw is None:
            return None, []
        value, codes = self._own_typed(fact, raw)
        return self._unless_reported(fact, value), codes

    def _own_typed(self, fact: Fact, raw: Raw) -> tuple[Seen, list[tuple[str, Flag]]]:
        sheet, there = self.sheet, raw.there
        match fact.type:
            case FactType.BOOL:
                value, other = column.yes_or_no(sheet, raw)
                return _single(value), [("wrong-type", other)]
            case FactType.INT:
                value, other = column.whole_number(sheet, raw)
                return _single(value), [("wrong-type", other), ("unknown-value", _beyond(fact, value))]
            case FactType.DECIMAL:
                value, other, digits = column.number(sheet, raw)
                return _single(value), [("wrong-type", other), ("unknown-value", digits | _beyond(fact, value))]
            case FactType.DATE:
                value, other, misspelt = column.day(sheet, raw)
                return _single(value), [("wrong-type", other), ("unknown-value", misspelt)]
            case FactType.SET:
                listed = self._list(raw.name, self._labels(fact.name))
                if listed is None:
                    return None, [("wrong-type", there)]
                several = listed.as_set(always=False)
                foreign = some(several.items[label] for label in self._labels(fact.name) if label not in fact.labels)
                return several, [("unknown-value", listed.strange | foreign)]
            case _ if raw.kind == "text":
                chosen = self._chosen(raw, list(fact.labels))
                return Single(raw.column, NEVER, chosen), [("unknown-value", there & ~some(chosen.values()))]
            case _:
                return None, [("wrong-type", there)]

    def _unless_reported(self, fact: Fact, seen: Seen) -> Seen:
        """A fact that must be assessed is unknown where it is only self-reported."""
        import narwhals as nw

        reported = self._reported.items.get(fact.name, NEVER) if fact.assessed else NEVER
        if reported.expr is False:
            return seen
        match seen:
            case Single(value, nothing, labels):
                step = max(value.step, reported.step)
                rest = {label: flag & ~reported for label, flag in labels.items()}
                return Single(self.sheet.put(nw.when(flag_expr(~reported)).then(value.expr), step), nothing, rest)
            case Several(there, items, some_item, only):
                rest = {label: flag & ~reported for label, flag in items.items()}
                return Several(there & ~reported, rest, some_item & ~reported, lambda names: only(names) & ~reported)
            case _:
                return seen

    def _reported_problems(self) -> None:
        """Names under what is self-reported that the row's policy does not know."""
        listed = self._lists.get(SELF_REPORTED)
        names = {name: None for each in self.among for name in each.policy.facts}
        for name in names:
            has = applying(
                self.among, lambda policy, name=name: [name] if name in policy.facts else [], lambda _, __: name
            )  # type: ignore[misc]
            unknown = ~self.active(has[0].days)
            self.found.add(Stage.PACK, SELF_REPORTED, "unknown-fact", unknown & self._reported.items.get(name, NEVER))
        if listed is not None:
            self.found.add(Stage.PACK, SELF_REPORTED, "unknown-fact", listed.strange)

    def _finding_problems(self) -> None:
        for name in self.columns.findings:
            value, there = self.findings[name]
            known, allowed = NEVER, NEVER
            for each in applying(self.among, lambda policy: policy.requirements, _kind_of):
                if each.entry.id == name:
                    active = self.active(each.days)
                    known |= active
                    if each.entry.kind is Kind.DISCRETIONARY:
                        allowed |= active
            self.found.add(Stage.PACK, quoted(self.columns.findings[name])[1:-1], "unknown-finding", there & ~known)
            self.found.add(
                Stage.PACK, quoted(self.columns.findings[name])[1:-1], "finding-not-allowed", there & known & ~allowed
            )

    # --- what conditions see ---

    def see(self, policy: Policy) -> Callable[[str], Seen]:
        """What the facts of *policy* look like in columns."""
        return lambda name: self._see(policy, policy.facts[name])

    def _see(self, policy: Policy, fact: Fact) -> Seen:
        key: object = fact
        if isinstance(fact.derived, OtherThanPack):
            key = (fact, policy.version.municipality.code)
        if key not in self._seen:
            self._seen[key] = self._derived(policy, fact) if fact.derived is not None else self._standard_seen(fact)
        return self._seen[key]

    def _standard_seen(self, fact: Fact) -> Seen:
        import narwhals as nw

        value = self._typed.get(fact.name)
        if fact.known:
            if fact.type is FactType.BOOL:
                asked = NEVER if value is None else sure(value.expr, value.step)
                return Single(self.sheet.put(flag_expr(asked), asked.step))
            if value is None:
                return Single(self.sheet.put(nw.lit(None, dtype=nw.String), 0), ALWAYS)
            return Single(value, self.sheet.flag(Flag(value.expr.is_null(), value.step)), self._labels_seen(fact))
        seen = None if value is None else Single(value, NEVER, self._labels_seen(fact))
        return self._unless_reported(fact, seen)

    def _labels_seen(self, fact: Fact) -> dict[str, Flag]:
        raw = self._raw(fact.name) if fact.type is FactType.CHOICE else None
        return {} if raw is None else self._chosen(raw, list(fact.labels))

    def _derived(self, policy: Policy, fact: Fact) -> Seen:
        see = self.see(policy)
        if isinstance(fact.derived, OtherThanPack):
            own, code = policy.version.municipality.code, see(fact.derived.code)
            if own is None or not isinstance(code, Single):
                return None
            return Single(self.sheet.put(code.value.expr != own, code.value.step))
        assert isinstance(fact.derived, DerivedSpan)
        start, end = (self._end_of(name, see) for name in (fact.derived.start, fact.derived.end))
        if start is None or end is None:
            return None
        number = number_of(self.sheet, start, end, fact.derived.unit)
        if isinstance(end, date) and isinstance(start, Column):
            return Span(start, end, fact.derived.unit, True, number)
        if isinstance(start, date) and isinstance(end, Column):
            return Span(end, start, fact.derived.unit, False, number)
        return Single(number())

    def _end_of(self, name: str, see: Callable[[str], Seen]) -> Column | date | None:
        if name == DECIDED_ON:
            return self.on
        seen = see(name)
        return seen.value if isinstance(seen, Single) else None

    def reported(self, fact: str) -> Flag:
        """That a row says that *fact* is only self-reported."""
        return self._reported.items.get(fact, NEVER)

    def asked_items(self) -> Several:
        """What is asked for, as a set."""
        fact = self.facts["requested"]
        found: Any = self._seen[fact]
        return found  # type: ignore[no-any-return]


def _kind_of(_: Policy, requirement: Any) -> object:
    return requirement.id, requirement.kind


def _single(value: Column | None) -> Single | None:
    return None if value is None else Single(value)


def _after(one: Column, other: Column) -> Flag:
    return sure(one.expr > other.expr, max(one.step, other.step))


def _beyond(fact: Fact, value: Column | None) -> Flag:
    """That a number is not within the limits of its fact."""
    if value is None:
        return NEVER
    low, high = fact.minimum, fact.maximum
    found = NEVER if low is None else sure(value.expr < _number(low), value.step)
    return found if high is None else found | sure(value.expr > _number(high), value.step)


def _number(limit: Any) -> Any:
    return limit if isinstance(limit, int) else float(limit)
