"""Counts as a person reads them: with their words, in lines under each other; small groups may be left untold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from vedligehold.source import Words

FEWEST = 5
"""A group of fewer people may show who they are."""
Count: TypeAlias = int | None
"""How many; None: from 1 to 4, and not told."""
Counts: TypeAlias = Mapping[str, Count]
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
    return None if count is None or 0 < count < FEWEST else count


def without_small(counts: Counts, *, whole: bool = False) -> Counts:
    """*counts* with None in place of 1 to 4.

    *whole*: they make up a sum that is told; where one alone would be hidden, and so could be worked out, the smallest
    of the others is hidden too.

    >>> without_small({"granted": 12, "rejected": 3}), without_small({"granted": 12, "rejected": 3}, whole=True)
    ({'granted': 12, 'rejected': None}, {'granted': None, 'rejected': None})
    """
    found = {name: small(count) for name, count in counts.items()}
    others = [(count, name) for name, count in found.items() if count]
    if whole and list(found.values()).count(None) == 1 and others:
        found[min(others)[1]] = None
    return found
