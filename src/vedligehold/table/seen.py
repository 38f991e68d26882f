"""The facts of a pack as its conditions see them in columns, and where a value is none of its fact."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from vedligehold.facts import DECIDED_ON, Fact, FactType, OtherThanPack
from vedligehold.facts import Span as DerivedSpan
from vedligehold.meaning.flag import ALWAYS, NEVER, Column, Flag, some, sure
from vedligehold.meaning.frame import Seen, Several, Single, Span, known
from vedligehold.pack import Policy
from vedligehold.table import raw as column
from vedligehold.table.day import Day
from vedligehold.table.raw import Raw
from vedligehold.table.sets import from_items
from vedligehold.table.sheet import Sheet, flag_expr
from vedligehold.table.spans import number_of
from vedligehold.table.stretches import Stretch, applying
from vedligehold.table.values import Values


class Facts:
    """What the facts of each policy look like in columns.

    `wrong` says of each of the packs' own facts where a value is none of it; `declared`, on which days it is a fact.
    """

    def __init__(self, sheet: Sheet, values: Values, day: Day, among: Sequence[Stretch]) -> None:
        self.sheet = sheet
        self.values = values
        self.day = day
        self.wrong: dict[str, list[tuple[str, Flag]]] = {}
        self.declared: dict[str, Flag] = {}
        self._seen: dict[object, Seen] = {}
        for each in applying(among, lambda policy: policy.version.facts, lambda _, fact: fact):
            fact, active = each.entry, day.active(each.days)
            if fact.derived is None:
                self.declared[fact.name] = self.declared.get(fact.name, NEVER) | active
                self._seen[fact], codes = self._own(fact)
                self.wrong.setdefault(fact.name, []).extend((code, flag & active) for code, flag in codes)

    def see(self, policy: Policy) -> Callable[[str], Seen]:
        """What the facts of *policy* look like in columns."""
        return lambda name: self._see(policy, policy.facts[name])

    def _see(self, policy: Policy, fact: Fact) -> Seen:
        key: object = fact
        if isinstance(fact.derived, OtherThanPack):
            key = (fact, policy.version.municipality.code)
        if key not in self._seen:
            self._seen[key] = (
                self._derived(policy, fact.derived) if fact.derived is not None else self._standard_seen(fact)
            )
        return self._seen[key]

    def _standard_seen(self, fact: Fact) -> Seen:
        import narwhals as nw

        if fact.type is FactType.SET:
            return self.values.sets[fact.name]
        value = self.values.typed.get(fact.name)
        if fact.known:
            if fact.type is FactType.BOOL:
                asked = NEVER if value is None else sure(value.expr, value.step)
                return Single(self.sheet.put(flag_expr(asked), asked.step))
            if value is None:
                return Single(self.sheet.put(nw.lit(None, dtype=nw.String), 0), ALWAYS)
            labels = self._labels_seen(fact)
            return Single(value, ~known(Single(value, NEVER, labels)), labels)
        seen = None if value is None else Single(value, NEVER, self._labels_seen(fact))
        return self._unless_reported(fact, seen)

    def _labels_seen(self, fact: Fact) -> dict[str, Flag]:
        raw = self.values.raw(fact.name) if fact.type is FactType.CHOICE else None
        return {} if raw is None else dict(self.values.chosen(raw, list(fact.labels)).labels)

    def _derived(self, policy: Policy, derived: DerivedSpan | OtherThanPack) -> Seen:
        see = self.see(policy)
        if isinstance(derived, OtherThanPack):
            own, code = policy.version.municipality.code, see(derived.code)
            if own is None or not isinstance(code, Single):
                return None
            return Single(self.sheet.put(code.value.expr != own, code.value.step))
        start, end = (self._end_of(name, see) for name in (derived.start, derived.end))
        if start is None or end is None:
            return None
        number = number_of(self.sheet, start, end, derived.unit)
        if isinstance(end, date) and isinstance(start, Column):
            return Span(start, end, derived.unit, True, number)
        if isinstance(start, date) and isinstance(end, Column):
            return Span(end, start, derived.unit, False, number)
        return Single(number())

    def _end_of(self, name: str, see: Callable[[str], Seen]) -> Column | date | None:
        if name == DECIDED_ON:
            return self.day.on
        seen = see(name)
        return seen.value if isinstance(seen, Single) else None

    def given(self, name: str) -> Flag:
        """That a row says something of a pack's own fact, as the first version that has it declares it."""
        fact = self.values.facts[name]
        if fact.type is FactType.SET and (items := self._from_items(fact)) is not None:
            return items.known
        raw = self.values.raw(name)
        return NEVER if raw is None else raw.there

    def _from_items(self, fact: Fact) -> Several | None:
        says = self.values.said_items.get(fact.name)
        if says is None:
            return None
        return from_items(self.sheet, self.values.columns.sets[fact.name], says, tuple(fact.labels))

    def _own(self, fact: Fact) -> tuple[Seen, list[tuple[str, Flag]]]:
        """A pack's own fact, and where its values are none of it."""
        raw = self.values.raw(fact.name)
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
                listed = self.values.look_into(raw.name, self.values.labels(fact.name))
                if listed is None:
                    return None, [("wrong-type", there)]
                several = listed.as_set(always=False)
                foreign = some(
                    several.items[label] for label in self.values.labels(fact.name) if label not in fact.labels
                )
                return several, [("unknown-value", listed.strange | foreign)]
            case _ if raw.kind == "text":
                chosen = self.values.chosen(raw, list(fact.labels))
                return Single(raw.column, NEVER, chosen.labels), [("unknown-value", chosen.strange)]
            case _:
                return None, [("wrong-type", there)]

    def _unless_reported(self, fact: Fact, seen: Seen) -> Seen:
        """A fact that must be assessed is unknown where it is only self-reported."""
        import narwhals as nw

        reported = self.values.reported.items.get(fact.name, NEVER) if fact.assessed else NEVER
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


def _single(value: Column | None) -> Single | None:
    return None if value is None else Single(value)


def _beyond(fact: Fact, value: Column | None) -> Flag:
    """That a number is not within the limits of its fact."""
    if value is None:
        return NEVER
    low, high = fact.minimum, fact.maximum
    found = NEVER if low is None else sure(value.expr < _number(low), value.step)
    return found if high is None else found | sure(value.expr > _number(high), value.step)


def _number(limit: Any) -> Any:
    return limit if isinstance(limit, int) else float(limit)
