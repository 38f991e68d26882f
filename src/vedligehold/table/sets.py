"""A set in columns: from a list column, or from one yes-or-no column an item."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from vedligehold.case_values import MOST_ENTRIES
from vedligehold.meaning.flag import ALWAYS, NEVER, Column, Flag, every, some, sure
from vedligehold.meaning.frame import Several
from vedligehold.table.columns import SetColumns
from vedligehold.table.raw import Raw
from vedligehold.table.sheet import MOST_BITS, Detail, ListLook, Sheet, named


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A list column that was looked into; `look` says under which names."""

    raw: Raw
    look: ListLook
    many: Flag
    """That there are too many entries."""

    @property
    def size(self) -> Column:
        """How many entries there are, null where there is no list."""
        return named(self.look.size, 1)

    def _detail(self, detail: Detail) -> Column:
        return named(self.look.details.setdefault(detail, f"{self.look.size}_{detail}"), 1)

    @property
    def twice(self) -> Flag:
        """That an entry stands there twice."""
        return Flag(self._detail("twice").expr, 1) & ~self.many

    @property
    def holes(self) -> Flag:
        """That there is an entry that is null."""
        return Flag(self._detail("holes").expr, 1) & ~self.many

    @property
    def strange(self) -> Flag:
        """That there is an entry that is no label, or one twice."""
        return Flag(named(self.look.strange).expr, 1) & ~self.many

    @property
    def text(self) -> Column:
        """The entries in one text; null but where something is strange."""
        return self._detail("text")

    def as_set(self, *, always: bool) -> Several:
        """The list as a set; *always*: where there is no list, it is empty and known."""
        items = _Items(self.look)
        some_item = sure(self.size.expr > 0, 1)
        there = ALWAYS if always else ~Flag(self.size.expr.is_null(), 1)

        def only(names: tuple[str, ...]) -> Flag:
            others = [label for label in self.look.labels if label not in names]
            parts = (tuple(others[start : start + MOST_BITS]) for start in range(0, len(others), MOST_BITS))
            none = every(Flag(self.look.number_of(part).expr == 0, 1) for part in parts)
            # in a list with something else in it there is nothing to go by
            return some_item & none

        return Several(there, items, some_item, only)


class _Items(Mapping[str, Flag]):
    """The flags of a list's labels; what is asked for is looked for."""

    def __init__(self, look: ListLook) -> None:
        self.look = look

    def __getitem__(self, label: str) -> Flag:
        if label not in self.look.labels:
            raise KeyError(label)
        name = self.look.items.setdefault(label, f"{self.look.size}_{self.look.labels.index(label)}")
        return Flag(named(name).expr, 1)

    def __iter__(self) -> Iterator[str]:
        return iter(self.look.labels)

    def __len__(self) -> int:
        return len(self.look.labels)


def list_column(sheet: Sheet, raw: Raw, labels: Sequence[str]) -> ListColumn:
    """A list column, to be looked into for *labels*."""
    look = ListLook(raw.name, tuple(labels), sheet.name(), sheet.name())
    sheet.at(0).lists.append(look)
    size = named(look.size, 1)
    return ListColumn(raw, look, sheet.flag(sure(size.expr > MOST_ENTRIES, size.step)))


def from_items(sheet: Sheet, given: SetColumns, says: Mapping[str, Column | None], needed: Sequence[str]) -> Several:
    """The set that a column an item says.

    It is unknown where it is not said of each of the *needed* items whether it is in the set.
    """
    unsaid = []
    for label in needed:
        value = says.get(label)
        unsaid.append(ALWAYS if value is None else Flag(value.expr.is_null(), value.step))
    there = sheet.asked(~some(unsaid))
    items = {
        item: NEVER if value is None else sheet.flag(sure(value.expr, value.step) & there)
        for item, value in ((item, says[item]) for item in given.items)
    }
    some_item = sheet.asked(some(items.values()))

    def only(names: tuple[str, ...]) -> Flag:
        return some_item & ~sheet.asked(some(flag for label, flag in items.items() if label not in names))

    return Several(there, items, some_item, only)


def no_items() -> Several:
    """The set that is known and empty in every row."""
    return Several(ALWAYS, {}, NEVER, lambda _: NEVER)
