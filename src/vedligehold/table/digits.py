"""What flags ask of the columns of a row, as digits: small numbers of which each says everything asked of one thing.

A digit is no or yes, or no, yes and unknown, or which of some texts a column has.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vedligehold.meaning.flag import Said
from vedligehold.table.sheet import ListLook, Sheet

if TYPE_CHECKING:
    import narwhals as nw

_NULL = ".is_null()"
_NOT = ".__invert__()"
_IS = ".__eq__("
_BITS = 10
"""Of so many texts of a list there is one digit."""


@dataclass(frozen=True, eq=False, slots=True)
class Digit:
    """A number from 0 up to its size in every row; `values`: of each thing asked for which of them it says yes."""

    size: int
    number: "nw.Expr"
    column: str
    """What of the table it says something."""


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
    step: int = 0
    """The first step in which all of it can be read."""
    kept: list[Said] = field(default_factory=list)

    def know(self, said: Said) -> None:
        """To find the digit of something asked."""
        found = self._written(said)
        assert found is not None
        self.kept.append(said)
        self.of[id(said)] = found

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
        text = _written(said.expr if said.test is None else said.test)
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


def can_be_told_apart() -> bool:
    """Whether Narwhals writes in full what is asked: it need not, and then nothing can be told apart by it."""
    import narwhals as nw

    a = _written_column("a")
    return (_written(~(nw.col("a") == 1)), _written(nw.col("a").is_null())) == (f"{a}{_IS}1){_NOT}", f"{a}{_NULL}")


def digits_of(roots: Iterable[Said], sheet: Sheet) -> Asked:
    """The digits of all that the flags *roots* are put together of, which stand on *sheet*."""
    leaves = _leaves(roots)
    tests: dict[str, nw.Expr] = {}
    nulls: dict[str, nw.Expr] = {}
    others: dict[str, nw.Expr] = {}
    for said in leaves:
        expr = said.expr if said.test is None else said.test
        text = _written(expr)
        plain = text.removesuffix(_NOT)
        if text != plain:
            expr = ~expr
        if said.test is not None:
            tests.setdefault(plain, expr)
        elif plain.endswith(_NULL):
            nulls.setdefault(plain.removesuffix(_NULL), expr)
        else:
            others.setdefault(plain, expr)
    found = Asked(step=max((said.step for said in leaves), default=0))
    _of_columns(found, tests, {_written_column(name): (name, len(each.texts)) for name, each in sheet.choices.items()})
    _of_lists(found, others, sheet)
    for name, expr in nulls.items():
        if name not in found.nulls:
            found.nulls[name] = _plain(expr, name)
    for text, expr in others.items():
        found.tests.setdefault(text, _plain(expr, text))
    for said in leaves:
        found.know(said)
    return found


def _leaves(roots: Iterable[Said]) -> list[Said]:
    """Everything asked of the table's columns."""
    found: list[Said] = []
    seen: set[int] = set()
    stack = list(roots)
    while stack:
        said = stack.pop()
        if id(said) not in seen:
            seen.add(id(said))
            stack.extend(said.parts)
            if said.kind == "ask":
                found.append(said)
    return found


def _written(expr: "nw.Expr") -> str:
    """How Narwhals writes it: what is written alike is the same."""
    return repr(expr)


def _written_column(name: str) -> str:
    return f"col({name})"


def _of_lists(found: Asked, others: "dict[str, nw.Expr]", sheet: Sheet) -> None:
    """Of each list one digit: which of some texts there are."""
    here: dict[str, tuple[ListLook, list[tuple[str, str]]]] = {}
    for look in sheet.lists:
        for label, name in look.items.items():
            if _written_column(name) in others:
                here.setdefault(look.size, (look, []))[1].append((label, _written_column(name)))
    for look, asked in here.values():
        for start in range(0, len(asked), _BITS):
            part = asked[start : start + _BITS]
            number = look.number_of(tuple(label for label, _ in part))
            digit = Digit(1 << len(part), number.expr, number.name)
            for place, (_, text) in enumerate(part):
                found.tests[text] = (digit, frozenset(value for value in range(digit.size) if value >> place & 1))
                del others[text]


def _of_columns(found: Asked, tests: "Mapping[str, nw.Expr]", which: Mapping[str, tuple[str, int]]) -> None:
    """Digits of what has a test that may have no answer, by the column that is asked of."""
    columns: dict[str, list[str]] = {}
    for text in tests:
        columns.setdefault(_column(text), []).append(text)
    for name, asked in columns.items():
        if name in which and all(text.startswith(name + _IS) for text in asked):
            _which(found, name, *which[name])
        elif len(asked) > 1 and all(text.startswith(name + _IS) for text in asked):
            _one_of(found, name, {text: tests[text] for text in asked})
        else:
            for text in asked:
                _answered(found, name, text, tests[text])


def _which(found: Asked, name: str, column: str, size: int) -> None:
    """Which of the texts of a column there is, as its place; the last number where there is none of them."""
    import narwhals as nw

    kind = nw.Int8 if size < 1 << 7 else nw.Int16
    digit = Digit(size + 1, nw.col(column).cast(kind).fill_null(size), name)
    found.tests |= {f"{name}{_IS}{place})": (digit, frozenset([place])) for place in range(size)}
    found.nulls[name] = (digit, frozenset([size]))


def _one_of(found: Asked, name: str, tests: "Mapping[str, nw.Expr]") -> None:
    """Which of some values a column has: 0 where it is null, 1 where it has none of them."""
    import narwhals as nw

    chain = None
    for number, test in enumerate(tests.values(), 2):
        value = nw.lit(number, dtype=nw.Int16)
        chain = nw.when(test).then(value) if chain is None else chain.when(test).then(value)
    assert chain is not None
    null = next(iter(tests.values())).is_null()
    other = nw.when(null).then(nw.lit(0, dtype=nw.Int16)).otherwise(nw.lit(1, dtype=nw.Int16))
    digit = Digit(len(tests) + 2, chain.otherwise(other), name)
    found.tests |= {text: (digit, frozenset([number])) for number, text in enumerate(tests, 2)}
    found.nulls[name] = (digit, frozenset([0]))


def _answered(found: Asked, name: str, text: str, test: "nw.Expr") -> None:
    """No, yes, or 2 where there is no answer."""
    import narwhals as nw

    digit = Digit(3, test.cast(nw.Int8).fill_null(2), name)
    found.tests[text] = (digit, frozenset([1]))
    found.nulls.setdefault(name, (digit, frozenset([2])))


def _plain(expr: "nw.Expr", name: str) -> Values:
    return Digit(2, expr, name), frozenset([1])


def _rest(digit: Digit, values: frozenset[int]) -> frozenset[int]:
    return frozenset(range(digit.size)) - values


_ASKED = re.compile(r"^(col\([^()]*\)(?:\.cast\([^()]*\))?)\.__(?:eq|ge|le|gt|lt)__\((?!.*col\()")


def _column(text: str) -> str:
    """What is asked of, as Narwhals writes it, where it is asked against a constant."""
    found = _ASKED.match(text)
    return found[1] if found else text
