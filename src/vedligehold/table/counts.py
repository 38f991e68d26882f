"""Counts as a person reads them: with their words, in lines under each other; small groups may be left untold."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from vedligehold.hiding import Counts, hidden
from vedligehold.source import Words

FEWEST = 5
"""A group of fewer people may show who they are."""
MORE: Literal["5+"] = "5+"
Count: TypeAlias = int | Literal["5+"] | None
"""How many; None: from 1 to 4, and not told. `5+`: more, and not told, for else those could be worked out."""
Told: TypeAlias = Mapping[str, Count]
DASH: Literal["–"] = "–"
Row: TypeAlias = tuple[tuple[Count | Literal["–"], ...], Words, str]
"""Counts (a dash where nobody can tell), what of, and its id."""


def number(count: Count | Literal["–"], lang: str) -> str:
    """*count* as a person reads it.

    >>> number(1234567, "da"), number(1234567, "en"), number(None, "da")
    ('1.234.567', '1,234,567', '1-4')
    """
    if count is None:
        return f"1-{FEWEST - 1}"
    text = count if isinstance(count, str) else f"{count:,}"
    return text if lang == "en" else text.replace(",", ".")


@dataclass(frozen=True, slots=True)
class Part:
    """A heading, the counts under it with what they are called, and what is said of them all."""

    title: Words
    rows: tuple[Row, ...]
    heads: tuple[Words, ...] = ()
    note: Words | None = None

    def lines(self, lang: str, most: int | None = None) -> list[str]:
        """The counts as lines, numbers under each other; only the first, if only so many as *most* are wanted."""
        shown = self.rows if most is None else self.rows[:most]
        cells = [[number(count, lang) for count in counts] for counts, _, _ in shown]
        heads = [head.said(lang) for head in self.heads]
        columns = list(zip(*([heads] if heads else []), *cells, strict=True))
        widths = [max(map(len, column)) for column in columns]
        lines = ["  ".join(f"{each:>{width}}" for each, width in zip(heads, widths, strict=True))] if heads else []
        names = max((len(words.said(lang)) for _, words, _ in shown), default=0)
        for texts, (_, words, name) in zip(cells, shown, strict=True):
            said = words.said(lang)
            line = "  ".join(f"{each:>{width}}" for each, width in zip(texts, widths, strict=True))
            lines.append(f"{line}  {said:<{names}}  {name if name != said else ''}".rstrip())
        if len(shown) < len(self.rows):
            more = len(self.rows) - len(shown)
            lines.append(Words(f"og {more} til", f"and {more} more").said(lang))
        return lines


def small(count: Count) -> Count:
    """*count*, or None where it is from 1 to 4."""
    return None if isinstance(count, int) and 0 < count < FEWEST else count


def is_told(count: Count) -> bool:
    """Whether it is said how many."""
    return isinstance(count, int)


def told_outcomes(outcomes: Told, partial: Count, granted: str) -> tuple[Count, Told, Count]:
    """How many rows, how many of each outcome, and how many of those *granted* in part, without the small groups.

    None of 1 to 4 can be worked out of the others.

    >>> told_outcomes({"granted": 12, "rejected": 3}, 0, "granted")
    (15, {'granted': '5+', 'rejected': None}, 0)
    """
    part, names = _number(partial), [*outcomes]
    cells = [part, *(_number(outcomes[name]) - part * (name == granted) for name in names)]
    sums = {f"={name}": {place, *([0] if name == granted else [])} for place, name in enumerate(names, 1)}
    if granted in outcomes and cells[names.index(granted) + 1] < FEWEST:
        # told nowhere, and yet it is what those in part leave of all grants
        sums["whole grants"] = {names.index(granted) + 1}
    told = _told(cells, {"rows": {*range(len(cells))}, "partial": {0}, **sums}, "rows")
    return told["rows"], {name: told[f"={name}"] for name in names}, told["partial"]


def _told(cells: Sequence[int], sums: Mapping[str, Collection[int]], whole: str) -> dict[str, Count]:
    """Counts that are sums of *cells*, without those below five and what these could be worked out of.

    *whole* is the sum of all cells, which is left out last.
    """
    places = {place: number for number, place in enumerate(place for place, rows in enumerate(cells) if rows)}
    counts = Counts(
        [rows for rows in cells if rows],
        {name: frozenset(places[place] for place in those if place in places) for name, those in sums.items()},
        whole,
        frozenset(),
    )
    few, beside = hidden(counts, FEWEST)
    return {name: None if name in few else MORE if name in beside else counts.of(name) for name in sums}


def _number(count: Count) -> int:
    """A count before anything is left out."""
    return count if isinstance(count, int) else 0


@dataclass(frozen=True, slots=True)
class DeadlineCounts:
    """How one deadline stands in the rows that are cases.

    `due` have a date, `waiting` have none yet. Of those with a date `met` were fulfilled by it. `past` were not, and
    the last day lies before the day of the decision (or the one asked for); of these `late` were fulfilled after it.
    `met_by` is the event that fulfils it, and `column` the one that says so: without it `met` and `late` are 0.
    """

    title: Words
    met_by: str | None
    column: str | None
    due: Count
    waiting: Count
    met: Count
    past: Count
    late: Count

    def row(self, name: str) -> Row:
        """The counts with the title; a dash where no column says whether it was fulfilled."""
        told = self.column is not None
        counts = (self.due, self.waiting, self.met if told else DASH, self.past, self.late if told else DASH)
        return counts, self.title, name

    def without_small(self, *, cases: bool = True) -> "DeadlineCounts":
        """The same without the groups of 1 to 4 rows, also to somebody who knows how many rows are cases.

        *cases*: that may be known. If not, it cannot be worked out of those that have a date and those that wait.
        """
        due, waiting, met, past, late = map(_number, (self.due, self.waiting, self.met, self.past, self.late))
        cells = (waiting, met, late, past - late, due - met - past)
        sums = {"due": {1, 2, 3, 4}, "waiting": {0}, "met": {1}, "past": {2, 3}, "late": {2}}
        told = _told(cells, {"cases": {0, 1, 2, 3, 4}, **sums}, "cases")
        if not cases and is_told(told["due"]) and is_told(told["waiting"]):
            told["waiting" if waiting else "due"] = MORE
        return replace(
            self, due=told["due"], waiting=told["waiting"], met=told["met"], past=told["past"], late=told["late"]
        )
