"""Answers by state: what a row says that has a part in them is one small number, and a table says what each comes to.

Each thing asked of a row's columns is a *digit*: no or yes, or no, yes and unknown, or which of some texts it is. The
digits that flags are put together of make a number; of every such number the flags are worked out beforehand, each as
one integer with a bit for each number. Digits of which the flags only see this and that are first made into one.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vedligehold.meaning.flag import Column, Said

if TYPE_CHECKING:
    import narwhals as nw

    from vedligehold.table.sheet import Sheet

MOST = 1 << 17
"""A table has no more states."""
_NULL = ".is_null()"
_NOT = ".__invert__()"
_IS = ".__eq__("


@dataclass(eq=False, slots=True)
class Digit:
    """A number from 0 up to its size in every row; `values`: of each thing asked for which of them it says yes."""

    size: int
    number: "nw.Expr"
    column: str
    """What of the table it says something."""


@dataclass(frozen=True, slots=True)
class States:
    """A look-up by the number of a state: of each state the place of its answers, and of each column the answers."""

    key: str
    places: Sequence[int]
    answers: Mapping[str, Sequence[object]]
    kinds: Mapping[str, str]
    """Of each column: `codes`, a list of texts; `text`, `bool` or `int`."""


Values = tuple[Digit, frozenset[int]]


@dataclass(slots=True)
class Asked:
    """Everything that some flags ask of a row, as digits."""

    of: dict[int, Values] = field(default_factory=dict)
    """By what was asked, or by what was put together and then made into a digit of its own."""
    tests: dict[str, Values] = field(default_factory=dict)
    """The same by how Narwhals writes a test that says yes."""
    nulls: dict[str, Values] = field(default_factory=dict)
    """By what is asked, that it is null."""
    kept: list[Said] = field(default_factory=list)

    def has(self, said: Said) -> bool:
        """Whether the digits say of something asked whether it is so."""
        if id(said) in self.of:
            return True
        found = self._written(said) if said.kind == "ask" else None
        if found is not None:
            self.kept.append(said)
            self.of[id(said)] = found
        return found is not None

    def _written(self, said: Said) -> Values | None:
        text = repr(said.expr if said.test is None else said.test)
        yes = not text.endswith(_NOT)
        text = text.removesuffix(_NOT)
        if said.test is None and text.endswith(_NULL):
            found = self.nulls.get(text.removesuffix(_NULL))
            return found if found is None or yes else (found[0], _rest(*found))
        found = self.tests.get(text)
        if found is None or yes:
            return found
        if said.test is None:
            return found[0], _rest(*found)
        digit, null = self.nulls.get(_column(text), (None, frozenset()))
        return (found[0], _rest(*found) - null) if digit is found[0] else (found[0], frozenset([0]))

    def below(self, roots: Iterable[Said]) -> list[Digit]:
        """The digits that flags are put together of."""
        seen: set[int] = set()
        found: dict[Digit, None] = {}
        stack = list(roots)
        while stack:
            said = stack.pop()
            if id(said) in seen:
                continue
            seen.add(id(said))
            if id(said) in self.of:
                found[self.of[id(said)][0]] = None
            else:
                stack.extend(said.parts)
        return list(found)


def digits_of(roots: Iterable[Said]) -> Asked:
    """The digits of all that the flags *roots* are put together of."""
    leaves: dict[int, Said] = {}
    seen: set[int] = set()
    stack = list(roots)
    while stack:
        said = stack.pop()
        if id(said) not in seen:
            seen.add(id(said))
            stack.extend(said.parts)
            if said.kind == "ask":
                leaves[id(said)] = said
    tests: dict[str, nw.Expr] = {}
    nulls: dict[str, nw.Expr] = {}
    others: dict[str, nw.Expr] = {}
    for said in leaves.values():
        expr = said.expr if said.test is None else said.test
        text = repr(expr)
        plain = text.removesuffix(_NOT)
        if text != plain:
            expr = ~expr
        if said.test is not None:
            tests.setdefault(plain, expr)
        elif plain.endswith(_NULL):
            nulls.setdefault(plain.removesuffix(_NULL), expr)
        else:
            others.setdefault(plain, expr)
    found = Asked()
    columns: dict[str, list[str]] = {}
    for text in tests:
        columns.setdefault(_column(text), []).append(text)
    for name, asked in columns.items():
        if len(asked) > 1 and all(text.startswith(name + _IS) for text in asked):
            _one_of(found, name, {text: tests[text] for text in asked})
        else:
            for text in asked:
                _answered(found, name, text, tests[text])
    for name, expr in nulls.items():
        if name not in found.nulls:
            found.nulls[name] = _plain(expr, name)
    for text, expr in others.items():
        found.tests.setdefault(text, _plain(expr, text))
    for said in leaves.values():
        assert found.has(said)
    return found


def _one_of(found: Asked, name: str, tests: "Mapping[str, nw.Expr]") -> None:
    """Which of some values a column has: 0 where it is null, 1 where it has none of them."""
    import narwhals as nw

    chain = None
    for number, test in enumerate(tests.values(), 2):
        value = nw.lit(number, dtype=nw.Int32)
        chain = nw.when(test).then(value) if chain is None else chain.when(test).then(value)
    assert chain is not None
    null = next(iter(tests.values())).is_null()
    other = nw.when(null).then(nw.lit(0, dtype=nw.Int32)).otherwise(nw.lit(1, dtype=nw.Int32))
    digit = Digit(len(tests) + 2, chain.otherwise(other), name)
    found.tests |= {text: (digit, frozenset([number])) for number, text in enumerate(tests, 2)}
    found.nulls[name] = (digit, frozenset([0]))


def _answered(found: Asked, name: str, text: str, test: "nw.Expr") -> None:
    """No, yes, or 2 where there is no answer."""
    import narwhals as nw

    digit = Digit(3, nw.coalesce(test.cast(nw.Int32), nw.lit(2, dtype=nw.Int32)), name)
    found.tests[text] = (digit, frozenset([1]))
    found.nulls.setdefault(name, (digit, frozenset([2])))


def _plain(expr: "nw.Expr", name: str) -> Values:
    import narwhals as nw

    return Digit(2, expr.cast(nw.Int32), name), frozenset([1])


def _rest(digit: Digit, values: frozenset[int]) -> frozenset[int]:
    return frozenset(range(digit.size)) - values


_ASKED = re.compile(r"^(col\([^()]*\)(?:\.cast\([^()]*\))?)\.__(?:eq|ge|le|gt|lt)__\((?!.*col\()")


def _column(text: str) -> str:
    """What is asked of, as Narwhals writes it, where it is asked against a constant."""
    found = _ASKED.match(text)
    return found[1] if found else text


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

    def __init__(self, sheet: "Sheet", valid: Column) -> None:
        self.sheet = sheet
        self.valid = valid

    def columns(self, first: Group, others: Mapping[str, Group], step: int) -> "dict[str, Column] | None":
        """The columns of all groups; None: there are too many states. Where a row is not valid, no flag is set."""
        from vedligehold.table.sheet import PREFIX

        asked = digits_of(_roots(first))
        digits = asked.below(_roots(first))
        if product(digits) > MOST:
            return None
        patterns = Patterns(asked, digits)
        classes: dict[str, list[int]] = {}
        later: dict[str, Patterns] = {}
        for name, group in others.items():
            mine, found = self._with(_roots(group), patterns)
            digit_name = f"{PREFIX}state_{name}"
            import narwhals as nw

            tuples = patterns.rows(found)
            classes[digit_name], distinct = _numbered(tuples)
            digit = Digit(len(distinct), nw.col(digit_name), digit_name)
            for place, said in enumerate(found):
                mine.of[id(said)] = (digit, frozenset(n for n, row in enumerate(distinct) if row[place] == "1"))
            below = mine.below(_roots(group))
            if product(below) > MOST:
                return None
            later[name] = Patterns(mine, below)
        made = self._made(patterns, first, classes, step)
        after = max((each.step for each in made.values()), default=step)
        for name, group in others.items():
            made |= self._made(later[name], group, {}, after)
        return made

    def _with(self, roots: Sequence[Said], patterns: Patterns) -> tuple[Asked, list[Said]]:
        """What *roots* ask, and the flags that the states of *patterns* settle."""
        mine = digits_of(roots)
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
        return mine, list(found.values())

    def _made(
        self, patterns: Patterns, group: Group, classes: Mapping[str, Sequence[int]], step: int
    ) -> dict[str, Column]:
        import narwhals as nw

        from vedligehold.table.sheet import named

        roots = _roots(group)
        places, distinct = _numbered(
            list(zip(patterns.rows(roots), *classes.values(), strict=True))  # type: ignore[arg-type]
        )
        none = (("0",) * len(roots), *([0] * len(classes)))
        if none not in distinct:
            distinct.append(none)  # type: ignore[arg-type]
        places.append(distinct.index(none))  # type: ignore[arg-type]
        at = {id(said): place for place, said in enumerate(roots)}
        answers: dict[str, Sequence[object]] = {}
        kinds: dict[str, str] = {}
        for name, (kind, flags) in group.items():
            kinds[name] = kind
            told = [(at[id(said)], what) for said, what in flags]
            listed = [[what for place, what in told if row[0][place] == "1"] for row in distinct]
            answers[name] = listed if kind == "codes" else [each[0] if each else None for each in listed]
        for number, name in enumerate(classes, 1):
            kinds[name], answers[name] = "int", [row[number] for row in distinct]
        step = max(step, self.valid.step)
        key = nw.when(self.valid.expr).then(patterns.key()).otherwise(nw.lit(patterns.size, dtype=nw.Int32))
        column = self.sheet.put(key, step)
        self.sheet.at(column.step).states.append(States(column.name, places, answers, kinds))
        return {name: named(name, column.step + 1) for name in answers}


def _roots(group: Group) -> list[Said]:
    return list({id(said): said for _, flags in group.values() for said, _ in flags}.values())


def _numbered(rows: Sequence[tuple[str, ...]]) -> tuple[list[int], list[tuple[str, ...]]]:
    """Of each row the place of its like among the distinct ones."""
    numbers: dict[tuple[str, ...], int] = {}
    return [numbers.setdefault(row, len(numbers)) for row in rows], list(numbers)
