"""Answers by state: what a row says that has a part in them is one small number, and a table says what each comes to.

The digits that flags are put together of make a number; of every such number the flags are worked out beforehand, each
as one integer with a bit for each number. Digits of which other flags only see this and that are first made into one.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from vedligehold.meaning.flag import Column, Said
from vedligehold.table.digits import Asked, Digit, can_be_told_apart, digits_of
from vedligehold.table.sheet import Sheet, States, named

if TYPE_CHECKING:
    import narwhals as nw

MOST = 1 << 17
"""A table has no more states."""


def product(digits: Iterable[Digit]) -> int:
    """How many states they have."""
    found = 1
    for each in digits:
        found *= each.size
    return found


class Patterns:
    """Of flags an integer with a bit for every state of some digits."""

    def __init__(self, asked: Asked, digits: Sequence[Digit]) -> None:
        self.asked = asked
        self.digits = digits
        self.size = product(digits)
        self.all = (1 << self.size) - 1
        self._weight: dict[Digit, int] = {}
        weight = 1
        for each in digits:
            self._weight[each] = weight
            weight *= each.size
        self._found: dict[int, int] = {}

    def key(self) -> "nw.Expr":
        """The number of a row's state."""
        import narwhals as nw

        total = nw.lit(0, dtype=nw.Int32)
        for place, each in enumerate(self.digits):
            weight = self._weight[each]
            part = each.number if weight == 1 else each.number * nw.lit(weight, dtype=nw.Int32)
            total = total + part if place else part
        return total

    def of(self, said: Said) -> int:
        """The states in which it is so."""
        found = self._found.get(id(said))
        if found is None:
            values = self.asked.of.get(id(said))
            found = self._put_together(said) if values is None else self._spread(*values)
            self._found[id(said)] = found
        return found

    def settles(self, said: Said, known: dict[int, bool]) -> bool:
        """Whether the states say of *said* whether it is so."""
        if id(said) not in known:
            parts = said.parts
            known[id(said)] = self.asked.has(said) or (
                (bool(parts) or said.kind == "all") and all(self.settles(part, known) for part in parts)
            )
        return known[id(said)]

    def _spread(self, digit: Digit, values: frozenset[int]) -> int:
        weight = self._weight[digit]
        one = (1 << weight) - 1
        block = 0
        for each in values:
            block |= one << each * weight
        period = weight * digit.size
        return block * (self.all // ((1 << period) - 1))

    def _put_together(self, said: Said) -> int:
        parts = [self.of(part) for part in said.parts]
        match said.kind:
            case "and":
                return parts[0] & parts[1]
            case "or":
                return parts[0] | parts[1]
            case "not":
                return self.all & ~parts[0]
            case "own":
                return parts[0]
            case "all":
                return self.all
            case _:
                return self._just(said.times, parts)

    def _just(self, times: int, parts: Sequence[int]) -> int:
        counts = [self.all, *([0] * times)]
        for part in parts:
            for number in range(times, 0, -1):
                counts[number] = (counts[number] & ~part) | (counts[number - 1] & part)
            counts[0] &= ~part
        return counts[times]

    def rows(self, roots: Sequence[Said]) -> list[tuple[str, ...]]:
        """Of each state what each of *roots* says there, as `0` and `1`."""
        texts = [format(self.of(said), f"0{self.size}b")[::-1] for said in roots]
        return list(zip(*texts, strict=True)) if texts else [()] * self.size


Group = Mapping[str, tuple[str, Sequence[tuple[Said, object]]]]
"""Columns by name: of each its kind, and its flags with what each stands for."""


class Tables:
    """Columns of a sheet by look-ups: the first of them, and what is found from it and a little beside."""

    def __init__(self, sheet: Sheet, valid: Column) -> None:
        self.sheet = sheet
        self.valid = valid

    def columns(self, first: Group, others: Mapping[str, Group]) -> dict[str, Column] | None:
        """The columns of all groups; None: there are too many states. Where a row is not valid, no flag is set."""
        if not can_be_told_apart():
            return None
        asked = digits_of(_roots(first))
        digits = asked.below(_roots(first))
        if product(digits) > MOST:
            return None
        patterns = Patterns(asked, digits)
        classes: dict[str, list[int]] = {}
        later: dict[str, Patterns] = {}
        for name, group in others.items():
            digit_name = self.sheet.name()
            classes[digit_name], mine = _with_classes(_roots(group), patterns, digit_name)
            below = mine.below(_roots(group))
            if product(below) > MOST:
                return None
            later[name] = Patterns(mine, below)
        made = self._made(patterns, first, classes, self.valid.step)
        after = max(each.step for each in made.values())
        for name, group in others.items():
            made |= self._made(later[name], group, {}, after)
        return made

    def _made(
        self, patterns: Patterns, group: Group, classes: Mapping[str, Sequence[int]], step: int
    ) -> dict[str, Column]:
        """The columns of a group, and of each row the class of its state."""
        import narwhals as nw

        roots = _roots(group)
        numbers = list(zip(*classes.values(), strict=True)) if classes else [()] * patterns.size
        rows = list(zip(patterns.rows(roots), numbers, strict=True))
        # the state of a row that is not valid comes after the others: nothing is set
        rows.append((("0",) * len(roots), (0,) * len(classes)))
        places, distinct = _numbered(rows)
        answers: dict[str, Sequence[object]] = {}
        kinds: dict[str, str] = {}
        names = {name: self.sheet.name() for name in group}
        at = {id(said): place for place, said in enumerate(roots)}
        for name, (kind, flags) in group.items():
            told = [(at[id(said)], what) for said, what in flags]
            listed = [[what for place, what in told if row[0][place] == "1"] for row in distinct]
            kinds[names[name]] = kind
            answers[names[name]] = listed if kind == "codes" else [each[0] if each else None for each in listed]
        for number, name in enumerate(classes):
            kinds[name], answers[name] = "int", [row[1][number] for row in distinct]
        key = nw.when(self.valid.expr).then(patterns.key()).otherwise(nw.lit(patterns.size, dtype=nw.Int32))
        column = self.sheet.put(key, max(step, self.valid.step, patterns.asked.step))
        self.sheet.at(column.step).states.append(States(column.name, places, answers, kinds))
        return {name: named(at, column.step + 1) for name, at in names.items()}


def _with_classes(roots: Sequence[Said], patterns: Patterns, name: str) -> tuple[list[int], Asked]:
    """Of each state of *patterns* the class of what *roots* see of it, and what they ask with the class as a digit."""
    import narwhals as nw

    asked = digits_of(roots)
    found = _settled(roots, patterns)
    classes, distinct = _numbered(patterns.rows(found))
    digit = Digit(len(distinct), nw.col(name), name)
    for place, said in enumerate(found):
        asked.of[id(said)] = (digit, frozenset(number for number, row in enumerate(distinct) if row[place] == "1"))
    return classes, asked


def _settled(roots: Sequence[Said], patterns: Patterns) -> list[Said]:
    """The flags below *roots* that the states of *patterns* settle, those uppermost."""
    known: dict[int, bool] = {}
    found: dict[int, Said] = {}
    seen: set[int] = set()
    stack = list(roots)
    while stack:
        said = stack.pop()
        if id(said) in seen:
            continue
        seen.add(id(said))
        if patterns.settles(said, known):
            found[id(said)] = said
        else:
            stack.extend(said.parts)
    return list(found.values())


def _roots(group: Group) -> list[Said]:
    return list({id(said): said for _, flags in group.values() for said, _ in flags}.values())


_Row = TypeVar("_Row", bound=Hashable)


def _numbered(rows: Iterable[_Row]) -> tuple[list[int], list[_Row]]:
    """Of each row the place of its like among the distinct ones."""
    numbers: dict[_Row, int] = {}
    return [numbers.setdefault(row, len(numbers)) for row in rows], list(numbers)
