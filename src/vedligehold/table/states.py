"""Answers by state: what a row says that has a part in them is one small number, and a table says what each comes to.

The digits that flags are put together of make a number; of every such number the flags are worked out beforehand, each
as one integer with a bit for each number. Digits of which other flags only see this and that are first made into one.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

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
        """The number of a row's state: small numbers of a few digits each, put together to a large one."""
        import narwhals as nw

        whole: nw.Expr | None = None
        for group in self._groups():
            size = product(group)
            kind = next(
                kind for most, kind in ((1 << 7, nw.Int8), (1 << 15, nw.Int16), (1 << 31, nw.Int32)) if size <= most
            )
            first = self._weight[group[0]]
            part: nw.Expr | None = None
            for each in group:
                weight, number = self._weight[each] // first, each.number.cast(kind)
                number = number if weight == 1 else number * nw.lit(weight, dtype=kind)
                part = number if part is None else part + number
            assert part is not None
            part = part.cast(nw.Int32)
            part = part if first == 1 else part * nw.lit(first, dtype=nw.Int32)
            whole = part if whole is None else whole + part
        return nw.lit(0, dtype=nw.Int32) if whole is None else whole

    def _groups(self) -> list[list[Digit]]:
        found: list[list[Digit]] = []
        # one that has a single value says nothing
        for each in (digit for digit in self.digits if digit.size > 1):
            if found and product([*found[-1], each]) <= 1 << 7:
                found[-1].append(each)
            else:
                found.append([each])
        return found

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

    def rows(self, roots: Sequence[Said]) -> list[bytes]:
        """What *roots* say: of each state a bit for each of them, eight in a byte of each of the texts."""
        ones = int.from_bytes(b"\1" * self.size, "little")
        found = []
        for start in range(0, len(roots), 8):
            total = 0
            for place, said in enumerate(roots[start : start + 8]):
                # `0` and `1` as bytes differ in their last bit
                digits = format(self.of(said), f"0{self.size}b").encode()
                total |= (int.from_bytes(digits, "big") & ones) << place
            found.append(total.to_bytes(self.size, "little"))
        return found or [bytes(self.size)]


def _says(row: Sequence[int], place: int) -> bool:
    """Whether the flag of that place says so, by one of the `rows`."""
    return bool(row[place // 8] >> place % 8 & 1)


@dataclass(frozen=True, slots=True)
class Answer:
    """A column that is found by state: its kind, and its flags with what each stands for.

    In a column of `codes` stands all that the flags of a row stand for; in another what the one that is set stands for,
    or something else where none is.
    """

    kind: Literal["codes", "text", "bool"]
    flags: Sequence[tuple[Said, object]]
    otherwise: object = None
    invalid: object = None
    """What stands in a row that is no case."""

    def of(self, found: Sequence[object]) -> object:
        """What stands in a row of which the flags that are set stand for *found*."""
        if self.kind == "codes":
            return list(found)
        return found[0] if found else self.otherwise


Group = Mapping[str, Answer]
"""Columns by name."""


class Tables:
    """Columns of a sheet by look-ups: the first of them, and what is found from it and a little beside."""

    def __init__(self, sheet: Sheet, valid: Column) -> None:
        self.sheet = sheet
        self.valid = valid

    def columns(self, first: Group, others: Sequence[Group]) -> dict[str, Column]:
        """The columns of the groups of which there are not too many states; without the first there are no others."""
        if not can_be_told_apart():
            return {}
        asked = digits_of(_roots(first), self.sheet)
        digits = asked.below(_roots(first))
        if product(digits) > MOST:
            return {}
        patterns = Patterns(asked, digits)
        classes: dict[str, list[int]] = {}
        later: list[tuple[Group, Patterns]] = []
        for group in others:
            name = self.sheet.name()
            found, mine = _with_classes(_roots(group), patterns, name, self.sheet)
            below = mine.below(_roots(group))
            if product(below) <= MOST:
                classes[name] = found
                later.append((group, Patterns(mine, below)))
        made = self._made(patterns, first, classes, self.valid.step)
        after = max(each.step for each in made.values())
        for group, states in later:
            made |= self._made(states, group, {}, after)
        return made

    def _made(
        self, patterns: Patterns, group: Group, classes: Mapping[str, Sequence[int]], step: int
    ) -> dict[str, Column]:
        """The columns of a group, and of each row the class of its state."""
        import narwhals as nw

        roots = _roots(group)
        places, distinct = _numbered(zip(*classes.values(), *patterns.rows(roots), strict=True))
        at_rows = len(classes)
        answers: dict[str, list[object]] = {}
        kinds: dict[str, str] = {}
        names = {name: self.sheet.name() for name in group}
        at = {id(said): place for place, said in enumerate(roots)}
        # the state of a row that is no case comes after the others
        places.append(len(distinct))
        for name, answer in group.items():
            told = [(at[id(said)], what) for said, what in answer.flags]
            found = [answer.of([what for place, what in told if _says(row[at_rows:], place)]) for row in distinct]
            kinds[names[name]], answers[names[name]] = answer.kind, [*found, answer.invalid]
        for number, name in enumerate(classes):
            kinds[name], answers[name] = "int", [*(row[number] for row in distinct), 0]
        key = nw.when(self.valid.expr).then(patterns.key()).otherwise(nw.lit(patterns.size, dtype=nw.Int32))
        column = self.sheet.put(key, max(step, self.valid.step, patterns.asked.step))
        self.sheet.at(column.step).states.append(States(column.name, places, answers, kinds))
        return {name: named(at, column.step + 1) for name, at in names.items()}


def _with_classes(roots: Sequence[Said], patterns: Patterns, name: str, sheet: Sheet) -> tuple[list[int], Asked]:
    """Of each state of *patterns* the class of what *roots* see of it, and what they ask with the class as a digit."""
    import narwhals as nw

    asked = digits_of(roots, sheet)
    found = _settled(roots, patterns)
    classes, distinct = _numbered(zip(*patterns.rows(found), strict=True))
    digit = Digit(len(distinct), nw.col(name), name)
    for place, said in enumerate(found):
        asked.of[id(said)] = (digit, frozenset(number for number, row in enumerate(distinct) if _says(row, place)))
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
    return list({id(said): said for answer in group.values() for said, _ in answer.flags}.values())


_Row = TypeVar("_Row", bound=Hashable)


def _numbered(rows: Iterable[_Row]) -> tuple[list[int], list[_Row]]:
    """Of each row the place of its like among the distinct ones."""
    every = list(rows)
    numbers = {row: number for number, row in enumerate(dict.fromkeys(every))}
    return list(map(numbers.__getitem__, every)), list(numbers)
