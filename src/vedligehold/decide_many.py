"""The verb on many cases: every row of a table decided, row for row as `decide` decides it."""

import warnings
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from vedligehold.errors import PackError, Problem, quoted
from vedligehold.pack import Pack, check_day

if TYPE_CHECKING:
    from vedligehold.table.answering import Plan

Frame = TypeVar("Frame")


class ColumnWarning(UserWarning):
    """Something to know of the columns of a table: one is missing, misspelt or not read."""


def decide_many(pack: Pack, frame: Frame, *, on: date | str) -> Frame:
    """Decide every row of *frame*, on the day *on* or on that of the column *on*.

    The same kind of frame comes out, lazy where it went in lazy: what went in (but never a column `cpr`), and the
    columns `outcome`, `partial`, `because`, `missing`, `excluded`, `warnings`, `problems`, `decided_on`, `version` and
    `due_<deadline>`. A row that is no case has the outcome `invalid`, and its `problems` say why.

    >>> import polars
    >>> from vedligehold import load_pack
    >>> cases = polars.DataFrame({"needs_maintenance": [False, None]})
    >>> with warnings.catch_warnings(action="ignore"):
    ...     decided = decide_many(load_pack("rebild"), cases, on=date(2010, 5, 3))
    >>> decided["outcome"].to_list()
    ['rejected', 'needs_information']

    What there is to know of the columns (one is missing, misspelt or not read) is a `ColumnWarning` each.

    Raises:
        NotInForce: no version of the pack is in force on the day *on*.
        CaseError: a column cannot be used: its name is that of one that comes out, a set is said twice, or there is no
            column *on*.
        VedligeholdError: it is no frame that can be decided.
    """
    if not isinstance(pack, Pack):
        raise PackError([Problem("", "wrong-type", f"a `Pack` is wanted, not {quoted(pack)}", "use `load_pack(...)`")])
    if not isinstance(on, str):
        check_day(on)
    from vedligehold.table.frames import decided

    found, plan = decided(pack, frame, on)
    tell(plan)
    return found  # type: ignore[no-any-return]


def tell(plan: "Plan") -> None:
    """Warn of what somebody should know of the columns, once each."""
    for note in plan.columns.notes:
        warnings.warn(str(note), ColumnWarning, stacklevel=3)
