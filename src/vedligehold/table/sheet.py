"""What is to be worked out of a table, step by step, for whatever holds it: the compiled form of a pack.

In a step stand columns as Narwhals says them, and the few things that it has no words for, which each engine does in
its own: what is in a list, the number of a day, a value from a table, a list of codes.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from vedligehold.meaning.flag import Column, Flag, Said

if TYPE_CHECKING:
    import narwhals as nw

PREFIX = "__vedligehold_"
"""How every column begins that is only worked with; with more before it where the table has such a column."""


MOST_BITS = 30
"""Of so many texts a number tells which of them there are."""

Detail: TypeAlias = Literal["twice", "holes", "text"]


@dataclass(frozen=True, slots=True)
class ListLook:
    """What is asked of a list column: the names of the columns that come of it.

    `labels` are the texts that may stand in it. `items`: that a text is there, never null. `size`: how many there are,
    null where there is no list. `numbers`: of some of the texts a number with a bit for each that is there, never null.
    `strange`: that it holds something else, or something twice. `details`, of strange lists alone and if they are asked
    for: `twice`: a text stands there twice; `holes`: there is a null; `text`: all its texts, far apart from each other.
    """

    column: str
    labels: tuple[str, ...]
    size: str
    strange: str
    items: dict[str, str] = field(default_factory=dict)
    numbers: dict[tuple[str, ...], str] = field(default_factory=dict)
    details: dict[Detail, str] = field(default_factory=dict)

    def number_of(self, labels: tuple[str, ...]) -> Column:
        """The number with a bit for each of *labels* that is there."""
        return named(self.numbers.setdefault(labels, f"{self.size}_number{len(self.numbers)}"), 1)

    def masks(self, most: int) -> dict[str, tuple[str, ...]]:
        """The labels by the number that has a bit for each of them that is there, at most so many in each as *most*."""
        starts = range(0, len(self.labels), most)
        return {f"{self.size}_mask{start}": self.labels[start : start + most] for start in starts}

    def moves(self, labels: Sequence[str], most: int) -> list[tuple[str, int, int]]:
        """How the number of some labels is put together of `masks`: the bits of a mask, and how far each is to go down.

        Bits that go as far are moved at once.
        """
        found: dict[tuple[str, int], int] = {}
        for mask, part in self.masks(most).items():
            for place, label in enumerate(labels):
                if label in part:
                    at = part.index(label)
                    found[mask, at - place] = found.get((mask, at - place), 0) | 1 << at
        return [(mask, bits, down) for (mask, down), bits in found.items()]


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Look:
    """A value from a table: the one whose place is the number in the column `key`; null where that is null."""

    key: str
    values: Sequence[str | int | None]
    kind: Literal["date", "text", "int"]
    """What the values are; a date is told by its number since 1970."""

    @property
    def apart(self) -> tuple[int, int] | None:
        """How far every value is from its place, and how many values there are before there are no more."""
        values = list(self.values)
        count = values.index(None) if None in values else len(values)
        first = values[0] if count else None
        if not isinstance(first, int) or values[count - 1] != first + count - 1:
            return None
        expected: list[str | int | None] = [*range(first, first + count), *[None] * (len(values) - count)]
        return (first, count) if values == expected else None


@dataclass(frozen=True, slots=True)
class Which:
    """Which of some texts a column has, by its place among them; null where it has none of them, or no text."""

    column: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Codes:
    """A list of codes in each row: those whose flag is set there, in this order."""

    flags: tuple[tuple[str, str], ...]
    """The column of the flag, and the code."""


@dataclass(frozen=True, slots=True)
class Problems:
    """A list of codes in each row in which something is `wrong`: those of the first stage of which a flag is set."""

    wrong: str
    stages: tuple[tuple[tuple[str, str], ...], ...]
    """Of each stage the columns of the flags, and the codes."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class States:
    """A look-up by the number of a state: of each state the place of its answers, and of each column the answers."""

    key: str
    places: Sequence[int]
    answers: Mapping[str, Sequence[object]]
    kinds: Mapping[str, str]
    """Of each column: `codes`, a list of texts; `text`, `bool` or `int`."""

    @property
    def place(self) -> str:
        """The column of the places."""
        return f"{self.key}_place"


@dataclass(slots=True)
class Step:
    """What is worked out from the columns of the steps before, by the name of the column that it becomes."""

    columns: "dict[str, nw.Expr]" = field(default_factory=dict)
    lists: list[ListLook] = field(default_factory=list)
    numbers: dict[str, str] = field(default_factory=dict)
    """Of a column of days each day's number since 1970."""
    fours: dict[str, str] = field(default_factory=dict)
    """Of a column of texts whether each is four digits; null where there is none."""
    which: dict[str, Which] = field(default_factory=dict)
    looks: dict[str, Look] = field(default_factory=dict)
    codes: dict[str, Codes] = field(default_factory=dict)
    states: list[States] = field(default_factory=list)
    problems: dict[str, Problems] = field(default_factory=dict)


class Sheet:
    """The steps, while they are being written, for a table that has columns with these *names*."""

    def __init__(self, names: Collection[str] = ()) -> None:
        self.steps: list[Step] = []
        self._count = 0
        self._prefix = PREFIX
        # upper case tells no columns apart on DuckDB and Spark
        while any(name.lower().startswith(self._prefix) for name in names):
            self._prefix = f"_{self._prefix}"

    def name(self) -> str:
        """A name that no other column has."""
        self._count += 1
        return f"{self._prefix}{self._count}"

    def put(self, expr: "nw.Expr", step: int) -> Column:
        """A column of its own for *expr*, which reads columns of *step* and before."""
        name = self.name()
        self.at(step).columns[name] = expr
        return named(name, step + 1)

    def own(self, column: Column) -> Column:
        """*column* under a name."""
        return column if column.name else self.put(column.expr, column.step)

    def flag(self, flag: Flag) -> Flag:
        """*flag* in a column of its own, so that it is worked out once."""
        if isinstance(flag.expr, bool) or flag.said.kind == "own":
            return flag
        step = flag.step
        return Flag(Said("own", (flag.said,), put=lambda expr: self.put(expr, step)), step + 1)

    def asked(self, flag: Flag) -> Flag:
        """*flag* in a column of its own, as one thing that is asked: what it is put together of makes no states."""
        if isinstance(flag.expr, bool):
            return flag
        column = self._column(flag)
        return Flag(column.expr, column.step)

    def number(self, day: Column) -> Column:
        """The number of each day since 1970."""
        day = self.own(day)
        name = self.name()
        self.at(day.step).numbers[name] = day.name
        return named(name, day.step + 1)

    def four_digits(self, name: str) -> Column:
        """Of the table's column of that name whether each text is four digits."""
        found = self.name()
        self.at(0).fours[found] = name
        return named(found, 1)

    def which(self, name: str, texts: Sequence[str]) -> Column:
        """Which of *texts* the table's column of that name has."""
        found = self.name()
        self.at(0).which[found] = Which(name, tuple(texts))
        return named(found, 1)

    @property
    def lists(self) -> list[ListLook]:
        """The lists that are looked into."""
        return [look for step in self.steps for look in step.lists]

    @property
    def choices(self) -> dict[str, Which]:
        """The columns that say which of some texts there is."""
        return {name: which for step in self.steps for name, which in step.which.items()}

    def look(self, key: Column, values: Sequence[str | int | None], kind: Literal["date", "text", "int"]) -> Column:
        """The value of a table whose place is *key*."""
        key = self.own(key)
        name = self.name()
        self.at(key.step).looks[name] = Look(key.name, values, kind)
        return named(name, key.step + 1)

    def codes(self, flags: Sequence[tuple[Flag, str]]) -> Column:
        """The list of the codes whose flag is set."""
        columns = self._columns(flags)
        step = max((column.step for column, _ in columns), default=0)
        name = self.name()
        self.at(step).codes[name] = Codes(_names(columns))
        return named(name, step + 1)

    def problems(self, wrong: Flag, stages: Sequence[Sequence[tuple[Flag, str]]]) -> Column:
        """The list of the codes that the first stage finds that finds any; *wrong*: that there are any."""
        guard = self._column(wrong)
        columns = [self._columns(stage) for stage in stages]
        step = max([guard.step, *(column.step for stage in columns for column, _ in stage)])
        name = self.name()
        self.at(step).problems[name] = Problems(guard.name, tuple(map(_names, columns)))
        return named(name, step + 1)

    def _columns(self, flags: Sequence[tuple[Flag, str]]) -> list[tuple[Column, str]]:
        return [(self._column(flag), code) for flag, code in flags if flag.expr is not False]

    def _column(self, flag: Flag) -> Column:
        """The column of a flag: its own, if it has one."""
        expr = flag_expr(flag)
        own = flag.said.column if flag.varies else None
        return own or self.put(expr, flag.step)

    def at(self, step: int) -> Step:
        """The step of that number."""
        while len(self.steps) <= step:
            self.steps.append(Step())
        return self.steps[step]


def _names(columns: Sequence[tuple[Column, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((column.name, code) for column, code in columns)


def named(name: str, step: int = 0) -> Column:
    """The column called *name*."""
    import narwhals as nw

    return Column(nw.col(name), step, name)


def flag_expr(flag: Flag) -> "nw.Expr":
    """*flag* as Narwhals says it."""
    import narwhals as nw

    return nw.lit(flag.expr) if isinstance(flag.expr, bool) else flag.said.expr
