"""What if the rules were others: a table decided twice, and who changes, from what to what, by which requirement."""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from vedligehold.decide_many import ColumnWarning
from vedligehold.errors import PackError, Problem, VedligeholdError, quoted
from vedligehold.hiding import Counts, hidden
from vedligehold.pack import Pack, check_day
from vedligehold.plain import plain
from vedligehold.source import Words
from vedligehold.wording import OUTCOMES

if TYPE_CHECKING:
    from vedligehold.table.compared import Group

Frame = TypeVar("Frame")
LEAST = 5
"""The smallest group that a summary shows of itself."""
_MOST = 1_000_000
"""A number of nine digits would be shown, and may be somebody's."""
_INVALID = Words("INGEN SAG", "NO CASE")
_HIDDEN = "–"


def what_if(before: Pack, after: Pack, frame: Frame, *, on: date | str) -> "WhatIf[Frame]":
    """Decide *frame* under *before* and under *after*, on the day *on* or on that of the column *on*.

    >>> import polars
    >>> from vedligehold import load_pack
    >>> pack = load_pack("sundhed-og-traening")
    >>> cases = polars.DataFrame({"birth_date": [date(1998, 1, 1), date(1948, 1, 1)]})
    >>> with warnings.catch_warnings(action="ignore"):
    ...     found = what_if(pack, pack.with_parameters(adult_age=30), cases, on=date(2017, 5, 10))
    >>> found.changed.select("outcome_before", "outcome_after", "by").rows()
    [('needs_information', 'redirected', ['adult'])]

    What there is to know of the columns (one is missing, misspelt or not read) is a `ColumnWarning` each.

    Raises:
        NotInForce: one of the packs has no version in force on the day *on*.
        CaseError: a column cannot be used, or there is no column *on*.
        VedligeholdError: it is no frame that can be decided.
    """
    _checked(before)
    _checked(after)
    if not isinstance(on, str):
        check_day(on)
    from vedligehold.table.compared import compared

    found = compared(before, after, frame, on)
    for note in found.notes:
        warnings.warn(str(note), ColumnWarning, stacklevel=2)
    return WhatIf(found.changed, found.count, titles(before, after))


def _checked(pack: object) -> None:
    if not isinstance(pack, Pack):
        raise PackError([Problem("", "wrong-type", f"a `Pack` is wanted, not {quoted(pack)}", "use `load_pack(...)`")])


def check_least(least: int) -> None:
    """Make sure that a summary can have *least* as its smallest group.

    Raises:
        VedligeholdError: it is no whole number from 1 to a million.
    """
    if type(least) is not int or not 1 <= least <= _MOST:
        message = f"the smallest group that is shown is a whole number from 1 to {_MOST:,}, not {quoted(least)}"
        raise VedligeholdError([Problem("least", "wrong-value", message)])


def titles(before: Pack, after: Pack) -> dict[str, Words]:
    """What is said of each requirement, and of each row that can ask, in the words of *after* where it has it."""
    found: dict[str, Words] = {}
    for pack in (after, before):
        for version in reversed(pack.versions):
            named: list[tuple[str, Words]] = [(each.id, each.title) for each in version.requirements]
            named += [(each.id, each.text) for each in version.rows]
            named += [(each.id, each.reason) for each in version.leave_out]
            named += [(each.id, each.title) for each in pack.nation.requirements]
            for name, words in named:
                found.setdefault(name, words)
    return found


class WhatIf(Generic[Frame]):
    """The rows that change when a table is decided under another pack.

    Attributes:
        changed: these rows, as the same kind of frame as the table, lazy where that was. Beside the table's own columns
            (but never a column `cpr`) there are of `outcome`, `partial`, `because`, `missing`, `excluded` and of each
            `due_<deadline>` that the two packs may count otherwise one column `..._before` and one `..._after`; and
            `by`: the requirements by which the row changes.
    """

    def __init__(self, changed: Frame, count: "Callable[[], list[Group]]", titles: Mapping[str, Words]) -> None:
        self.changed = changed
        self._count = count
        self._titles = titles

    def __repr__(self) -> str:
        return "<WhatIf>"

    @cached_property
    def _groups(self) -> "list[Group]":
        return self._count()

    def summary(self, *, least: int = LEAST) -> "ChangeSummary":
        """How many rows change, from what to what, and by which requirements; no group below *least* can be told.

        A lazy table is worked out now, once.

        Raises:
            VedligeholdError: *least* is no whole number from 1 to a million.
        """
        check_least(least)
        return _summary(self._groups, least, self._titles)


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows: None where it is not told, `small` where that is because they are few."""

    rows: int | None
    small: bool


@dataclass(frozen=True, slots=True)
class Move:
    """The rows that go from one outcome to another; a grant in part is `partial`, a row that is no case `invalid`.

    Where both are the same, something else changes: the reasons, what is asked, what is left out, or a date.
    """

    before: str
    after: str
    count: Count


@dataclass(frozen=True, slots=True)
class Cause:
    """The rows that change by a requirement; a row may change by more than one, or by none."""

    id: str
    title: Words
    count: Count


@dataclass(frozen=True, slots=True)
class ChangeSummary:
    """Who changes, in numbers that tell of no group below *least*.

    Such a group is not told; nor is a number from which it could be worked out.
    """

    rows: Count
    changed: Count
    unchanged: Count
    outcomes: tuple[Move, ...]
    by: tuple[Cause, ...]
    least: int

    def model_dump(self) -> dict[str, Any]:
        """The summary as plain data of JSON's types; a number that is not told is None."""
        return {
            "schema": 1,
            "least": self.least,
            "rows": self.rows.rows,
            "changed": self.changed.rows,
            "unchanged": self.unchanged.rows,
            "outcomes": [{"from": each.before, "to": each.after, "rows": each.count.rows} for each in self.outcomes],
            "by": [{"id": each.id, "title": plain(each.title), "rows": each.count.rows} for each in self.by],
        }

    def __str__(self) -> str:
        return self.said("da")

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        printer.text(str(self))

    def said(self, lang: str = "da") -> str:
        """The summary as lines of text in *lang*, `da` or `en`."""
        return "\n".join(words for words in self._lines(lang))

    def _lines(self, lang: str) -> Iterator[str]:
        def say(da: str, en: str) -> str:
            return Words(da, en).said(lang)

        def number(count: Count) -> str:
            if count.rows is None:
                return f"<{self.least}" if count.small else _HIDDEN
            return f"{count.rows:,}".replace(",", say(".", ","))

        changed, rows = number(self.changed), number(self.rows)
        yield say(f"Rækker, der ændrer sig: {changed} af {rows}", f"Rows that change: {changed} of {rows}")
        if self.outcomes:
            yield from ("", say("Fra → til", "From → to"))
            yield from _columns(
                [(f"{_name(m.before, lang)} → {_name(m.after, lang)}", number(m.count)) for m in self.outcomes]
            )
        if self.by:
            yield from ("", say("På grund af", "Because of"))
            yield from _columns([(f"{each.title.said(lang)} [{each.id}]", number(each.count)) for each in self.by])
        # of those that do not change nothing is said here
        counts = [self.rows, self.changed]
        counts += [move.count for move in self.outcomes] + [cause.count for cause in self.by]
        if any(count.small for count in counts):
            few = say(f"<{self.least}: under {self.least} rækker.", f"<{self.least}: fewer than {self.least} rows.")
            yield from ("", few)
        if any(count.rows is None and not count.small for count in counts):
            yield say(
                f"{_HIDDEN}: vises ikke, for ellers kunne en gruppe på under {self.least} regnes ud.",
                f"{_HIDDEN}: not shown, for else a group of fewer than {self.least} could be worked out.",
            )


def _name(outcome: str, lang: str) -> str:
    return OUTCOMES.get(outcome, _INVALID).said(lang)


def _columns(lines: Sequence[tuple[str, str]]) -> Iterator[str]:
    wide, long = (max(len(line[place]) for line in lines) for place in (0, 1))
    return (f"  {words:<{wide}}  {number:>{long}}" for words, number in lines)


def _summary(groups: "Sequence[Group]", least: int, titles: Mapping[str, Words]) -> ChangeSummary:
    counts = _counts(groups)
    small, beside = hidden(counts, least)

    def count(name: tuple[str, ...]) -> Count:
        rows = None if name in small | beside else counts.of(name)
        return Count(rows, name in small)

    def most_first(kind: str) -> list[tuple[str, ...]]:
        """Those that are not told come last, so that the order does not tell of them."""
        names = [name for name in counts.sums if name[0] == kind]
        return sorted(names, key=lambda name: (-(count(name).rows or 0), name))

    moves = tuple(Move(name[1], name[2], count(name)) for name in most_first("move"))
    causes = tuple(
        Cause(name[1], titles.get(name[1], Words(name[1], name[1])), count(name)) for name in most_first("by")
    )
    return ChangeSummary(count(_ALL), count(_CHANGED), count(_UNCHANGED), moves, causes, least)


_Told: TypeAlias = tuple[str, ...]
_ALL: _Told = ("rows",)
_CHANGED: _Told = ("changed",)
_UNCHANGED: _Told = ("unchanged",)


def _counts(groups: "Sequence[Group]") -> Counts[_Told]:
    """All that could be told, and the cells that it is the sum of."""
    sizes: dict[tuple[Any, ...], int] = {}
    for group in groups:
        cell = (group.before, group.after, frozenset(group.by)) if group.changed else ()
        if group.rows:
            sizes[cell] = sizes.get(cell, 0) + group.rows
    cells: dict[_Told, set[int]] = {_ALL: set(), _CHANGED: set(), _UNCHANGED: set()}
    for place, cell in enumerate(sizes):
        names: list[_Told] = [_ALL, _UNCHANGED]
        if cell:
            before, after, by = cell
            names = [_ALL, _CHANGED, ("move", before, after), *(("by", each) for each in sorted(by))]
        for name in names:
            cells.setdefault(name, set()).add(place)
    sums = {name: frozenset(those) for name, those in cells.items()}
    return Counts(list(sizes.values()), sums, _ALL, frozenset((_CHANGED, _UNCHANGED)))
