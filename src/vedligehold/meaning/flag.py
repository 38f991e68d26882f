"""Flags: two-valued columns of a table, put together so that what is the same in every row falls away.

A column is worked out in a *step*, and can be read from the next one on; the table's own stand in step 0.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import narwhals as nw


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is null where nothing is known; `step` is the first step in which it can be read."""

    expr: "nw.Expr"
    step: int = 0
    name: str = ""
    """What it is called; empty where it is still to be worked out."""


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no in every row, never null; a plain bool is the same in all of them."""

    expr: "nw.Expr | bool"
    step: int = 0

    def __and__(self, other: "Flag") -> "Flag":
        if self.expr is False or other.expr is False:
            return NEVER
        if self.expr is True:
            return other
        return self if other.expr is True else Flag(self.expr & other.expr, max(self.step, other.step))

    def __or__(self, other: "Flag") -> "Flag":
        if self.expr is True or other.expr is True:
            return ALWAYS
        if self.expr is False:
            return other
        return self if other.expr is False else Flag(self.expr | other.expr, max(self.step, other.step))

    def __invert__(self) -> "Flag":
        return Flag(not self.expr if isinstance(self.expr, bool) else ~self.expr, self.step)

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
    import narwhals as nw

    return Flag(nw.coalesce(expr, nw.lit(False)), step)
