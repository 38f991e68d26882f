"""Flags: two-valued columns of a table, put together so that what is the same in every row falls away.

A column is worked out in a *step*, and can be read from the next one on; the table's own stand in step 0.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    import narwhals as nw


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is null where nothing is known; `step` is the first step in which it can be read."""

    expr: "nw.Expr"
    step: int = 0
    name: str = ""
    """What it is called; empty where it is still to be worked out."""


class Said:
    """What a flag says that varies: something asked of the table's columns, or others put together.

    It is said in Narwhals' words when it is wanted; what it is put together of stays known. `test`: what was asked,
    null where there is no answer; `step`: the first in which it can be. `column`: that of its own, once it is said.
    """

    __slots__ = ("_expr", "column", "kind", "parts", "put", "step", "test", "times")

    def __init__(
        self,
        kind: Literal["ask", "and", "or", "not", "own", "just", "all"],
        parts: "tuple[Said, ...]" = (),
        expr: "nw.Expr | None" = None,
        test: "nw.Expr | None" = None,
        put: Callable[["nw.Expr"], Column] | None = None,
        times: int = 0,
        step: int = 0,
    ) -> None:
        self.kind, self.parts, self.test, self.put, self.times, self.step = kind, parts, test, put, times, step
        self._expr = expr
        self.column: Column | None = None

    @property
    def expr(self) -> "nw.Expr":
        """The same in Narwhals' words."""
        if self._expr is None:
            self._expr = self._made()
        return self._expr

    def _made(self) -> "nw.Expr":
        import narwhals as nw

        if self.kind == "all":
            return nw.lit(True)
        if self.kind == "or":
            return nw.any_horizontal(*(part.expr for part in self._either()), ignore_nulls=False)
        first, *others = (part.expr for part in self.parts)
        match self.kind:
            case "not":
                return ~first
            case "own":
                assert self.put is not None
                self.column = self.put(first)
                return self.column.expr
            case "just":
                total = first.cast(nw.Int8)
                for each in others:
                    total = total + each.cast(nw.Int8)
                return total == self.times
            case _:
                return first & others[0]

    def _either(self) -> "list[Said]":
        """Of what it says that one of them is set, however they were put together: many at once are quicker."""
        found: list[Said] = []
        left = [self]
        while left:
            each = left.pop()
            if each.kind == "or" and each._expr is None:
                left += reversed(each.parts)
            else:
                found.append(each)
        return found


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no in every row, never null; a plain bool is the same in all of them."""

    expr: "nw.Expr | Said | bool"
    step: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.expr, bool | Said):
            object.__setattr__(self, "expr", Said("ask", expr=self.expr, step=self.step))

    @property
    def said(self) -> Said:
        """What it says where it varies."""
        return cast("Said", self.expr)

    def __and__(self, other: "Flag") -> "Flag":
        if self.expr is False or other.expr is False:
            return NEVER
        if self.expr is True:
            return other
        return self if other.expr is True else self._with("and", other)

    def __or__(self, other: "Flag") -> "Flag":
        if self.expr is True or other.expr is True:
            return ALWAYS
        if self.expr is False:
            return other
        return self if other.expr is False else self._with("or", other)

    def _with(self, kind: Literal["and", "or"], other: "Flag") -> "Flag":
        return Flag(Said(kind, (self.said, other.said)), max(self.step, other.step))

    def __invert__(self) -> "Flag":
        return Flag(not self.expr if isinstance(self.expr, bool) else Said("not", (self.said,)), self.step)

    @property
    def varies(self) -> bool:
        """Whether it may differ from row to row."""
        return not isinstance(self.expr, bool)


NEVER = Flag(False)
ALWAYS = Flag(True)


def some(flags: Iterable[Flag]) -> Flag:
    """At least one of them."""
    found = NEVER
    for flag in flags:
        found |= flag
    return found


def every(flags: Iterable[Flag]) -> Flag:
    """All of them."""
    found = ALWAYS
    for flag in flags:
        found &= flag
    return found


def sure(expr: "nw.Expr", step: int) -> Flag:
    """What *expr* says; where it is null, no."""
    return Flag(Said("ask", expr=expr.fill_null(False), test=expr, step=step), step)


def just(times: int, flags: Sequence[Flag]) -> Flag:
    """That just so many of *flags* are set."""
    times -= sum(flag.expr is True for flag in flags)
    flags = [flag for flag in flags if flag.varies]
    if times < 0 or times > len(flags):
        return NEVER
    if not flags:
        return ALWAYS
    if len(flags) == 1 and times == 1:
        return flags[0]
    return Flag(Said("just", tuple(flag.said for flag in flags), times=times), max(flag.step for flag in flags))
