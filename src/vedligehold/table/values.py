"""The values of a table's columns, as a case takes them, and what pydantic would find wrong with each of them.

What is said of a value, and in which order, is what `Case` says of it; what a pack says comes later.
"""

from collections.abc import Mapping, Sequence

from vedligehold.calendar import FIRST_DAY, LAST_DAY
from vedligehold.case_values import LONGEST_NUMBER
from vedligehold.errors import quoted
from vedligehold.facts import STANDARD_FACTS, Fact, FactType
from vedligehold.meaning.flag import NEVER, Column, Flag, some, sure
from vedligehold.meaning.frame import Several
from vedligehold.table import raw as column
from vedligehold.table.columns import CPR, SELF_REPORTED, Columns, SetColumns
from vedligehold.table.cpr import birth_dates
from vedligehold.table.day import Day
from vedligehold.table.found import Found, Stage
from vedligehold.table.raw import Chosen, Raw
from vedligehold.table.sets import ListColumn, from_items, list_column, no_items
from vedligehold.table.sheet import Sheet, flag_expr
from vedligehold.table.stretches import Stretch, applying


class Values:
    """The values of a table: `typed` the single facts, `sets` the standard sets, `reported` what is self-reported."""

    def __init__(
        self,
        sheet: Sheet,
        columns: Columns,
        raws: Mapping[str, Raw],
        among: Sequence[Stretch],
        facts: Mapping[str, Fact],
        day: Day,
        found: Found,
    ) -> None:
        self.sheet = sheet
        self.columns = columns
        self.raws = raws
        self.among = among
        self.facts = facts
        self.day = day
        self.found = found
        self.typed: dict[str, Column] = {}
        self.sets: dict[str, Several | None] = {}
        self.said_items: dict[str, dict[str, Column | None]] = {}
        self._lists: dict[str, ListColumn] = {}
        self._chosen: dict[tuple[str, tuple[str, ...]], Chosen] = {}
        self._citizen()
        self._section("referral")
        self._own_values()
        self.strangely_reported = NEVER
        self.reported = self._self_reported()
        self._said_twice()
        self.findings = {name: self._finding(where) for name, where in columns.findings.items()}
        self.events = {event: self._event(event) for event in columns.events}

    @property
    def asked_items(self) -> Mapping[str, Flag]:
        """Of each item to train that it is asked for."""
        asked = self.sets["requested"]
        return {} if asked is None else asked.items

    def raw(self, name: str) -> Raw | None:
        """The column of that name, if it holds anything."""
        found = self.raws.get(name)
        return None if found is None or found.kind == "none" else found

    def _citizen(self) -> None:
        """The citizen's facts; a CPR number that is none is told alone."""
        before = len(self.found.by_stage[Stage.VALUES])
        self._section("citizen")
        cpr = self.raw(CPR) if self.columns.cpr else None
        if cpr is None:
            return
        born, bad = birth_dates(self.sheet, cpr)
        values = self.found.by_stage[Stage.VALUES]
        others = [(name, code, self.sheet.flag(flag & ~bad)) for name, code, flag in values[before:]]
        del values[before:]
        any_other = some(flag for _, _, flag in others)
        for each in others:
            self.found.add(Stage.VALUES, *each)
        said = self.typed.get("birth_date")
        self.found.add(Stage.VALUES, CPR, "bad-cpr", bad)
        if born is None:
            return
        if said is None:
            self.typed["birth_date"] = born
            return
        step = max(born.step, said.step)
        differs = sure(born.expr != said.expr, step)
        self.found.add(Stage.VALUES, CPR, "contradiction", differs & ~any_other & ~bad)
        import narwhals as nw

        self.typed["birth_date"] = self.sheet.put(nw.coalesce(said.expr, born.expr), step)

    def _section(self, section: str) -> None:
        for fact in STANDARD_FACTS:
            if fact.section != section:
                continue
            if fact.type is FactType.SET:
                self._standard_set(fact)
                continue
            raw = self.raw(fact.name) if fact.name in self.columns.facts else None
            value = None if raw is None else self._standard(fact, raw)
            if value is not None:
                self.typed[fact.name] = value

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
                wrong(Stage.VALUES, fact.name, "unknown-value", self.chosen(raw, list(fact.labels)).strange)
                return raw.column
            case _:
                fits = column.is_code(self.sheet, raw) if raw.kind == "text" else NEVER
                wrong(Stage.VALUES, fact.name, "bad-code", raw.there & ~fits)
                return raw.column if raw.kind == "text" else None

    def chosen(self, raw: Raw, labels: Sequence[str]) -> Chosen:
        """Which of *labels* is the text of a column."""
        key = (raw.name, tuple(labels))
        if key not in self._chosen:
            self._chosen[key] = column.chosen(self.sheet, raw, labels)
        return self._chosen[key]

    def _event_day(self, raw: Raw, name: str, *, event: bool) -> Column | None:
        value, other, misspelt = column.day(self.sheet, raw)
        self.found.add(Stage.VALUES, name, "wrong-type", other)
        self.found.add(Stage.VALUES, name, "wrong-date", misspelt)
        if value is None or not event:
            return value
        outside = sure(~value.expr.is_between(FIRST_DAY, LAST_DAY), value.step)
        self.found.add(Stage.VALUES, name, "outside-calendar", outside)
        return value

    def look_into(self, name: str, labels: Sequence[str]) -> ListColumn | None:
        """The list column of that name, looked into for *labels*; None where it is no list."""
        raw = self.raw(name)
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
            self.sets[fact.name] = from_items(self.sheet, given, says, needed) if given.items or fact.known else None
            return
        listed = self.look_into(given.column, list(fact.labels))
        if listed is None:
            raw = self.raw(given.column)
            if raw is not None:
                self.found.add(Stage.VALUES, fact.name, "wrong-type", raw.there)
            self.sets[fact.name] = no_items() if fact.known else None
            return
        self.found.add(Stage.VALUES, fact.name, "too-many", listed.many)
        self.found.add(Stage.VALUES, fact.name, "duplicate-value", listed.twice)
        self.found.add(Stage.VALUES, fact.name, "unknown-value", listed.strange & ~listed.twice)
        self.sets[fact.name] = listed.as_set(always=fact.known)

    def _items_of(self, given: SetColumns) -> dict[str, Column | None]:
        """What the columns of a set's items say."""
        says: dict[str, Column | None] = {}
        for item, name in given.items.items():
            raw = self.raw(name)
            value, wrong = (None, NEVER) if raw is None else column.yes_or_no(self.sheet, raw)
            self.found.add(Stage.ITEMS, name, "wrong-type", wrong)
            says[item] = value
        return says

    def _self_reported(self) -> Several:
        names = dict.fromkeys([*self.facts, *(name for each in self.among for name in each.policy.facts)])
        given = self.columns.self_reported
        if given.column is None:
            return from_items(self.sheet, given, self._items_of(given), ())
        listed = self.look_into(given.column, list(names))
        if listed is None:
            return no_items()
        self.strangely_reported = listed.strange
        return listed.as_set(always=True)

    def _said_twice(self) -> None:
        """What pydantic would find wrong with the list of what is self-reported."""
        given = self.columns.self_reported
        raw = None if given.column is None else self.raw(given.column)
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
                self.said_items[name] = self._items_of(given)
            raw = self.raw(name)
            if raw is not None:
                self._own_value(fact, raw)

    def _own_value(self, fact: Fact, raw: Raw) -> None:
        wrong = self.found.add
        match raw.kind:
            case "text":
                self._own_text(fact.name, raw, self.sheet.flag(self._said_plainly(fact, raw)))
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
                listed = self.look_into(raw.name, self.labels(fact.name))
                assert listed is not None
                wrong(Stage.VALUES, fact.name, "too-many", listed.many)
                self._own_texts(fact.name, listed)
            case "other":
                wrong(Stage.VALUES, fact.name, "wrong-type", raw.there)
            case _:
                pass

    def _own_text(self, name: str, raw: Raw, plain: Flag) -> None:
        import narwhals as nw

        text = self.sheet.put(nw.when(flag_expr(~plain)).then(raw.column.expr), plain.step)
        cpr = self.sheet.flag(column.holds_cpr(text))
        self.found.add(Stage.VALUES, name, "cpr-in-text", cpr)
        self.found.add(Stage.VALUES, name, "control-character", ~cpr & column.holds_unseen(text))

    def _said_plainly(self, fact: Fact, raw: Raw) -> Flag:
        """That a text is a label, or in a file of text spells a value of another kind: nothing else can be in it."""
        if fact.labels:
            return ~self.chosen(raw, list(fact.labels)).strange
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
        there = some(self.day.active(each.days) for each in own)
        whole = some(self.day.active(each.days) for each in own if each.entry.type is FactType.INT)
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

    def labels(self, name: str) -> list[str]:
        """The labels of a pack's own fact in every version."""
        facts = [
            self.facts[name],
            *(stretch.policy.facts[name] for stretch in self.among if name in stretch.policy.facts),
        ]
        return list(dict.fromkeys(label for fact in facts for label in fact.labels))

    def _finding(self, where: str) -> tuple[Column | None, Flag]:
        """What a finding says, and that there is one."""
        raw = self.raw(where)
        if raw is None:
            return None, NEVER
        value, other = column.yes_or_no(self.sheet, raw)
        self.found.add(Stage.VALUES, quoted(where)[1:-1], "wrong-type", other)
        return value, self.sheet.flag(raw.there)

    def _event(self, event: str) -> Column | None:
        raw = self.raw(self.columns.events[event])
        return None if raw is None else self._event_day(raw, f"{event}_on", event=True)
