"""Small groups in a summary: they are hidden, and so is whatever they could be worked out from.

The rows of a table fall into cells, and each count that is shown is a sum of cells. A count below the least is hidden.
As long as a hidden one is a sum or difference of those that are shown, one of these is hidden too: a total first, for
it says least of its own, else the smallest. What is left must leave another possibility for every hidden count: other
numbers in the cells that show the same. One that was looked for and not found counts as one that there is not.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

_Name = TypeVar("_Name", bound=Hashable)
_Key = TypeVar("_Key", bound=Hashable)
_Limit: TypeAlias = tuple[Sequence[int], int, int]
"""Some cells, and the least and the most that they have together."""
_PRIME = 2**61 - 1
"""Sums are compared modulo a prime: what is a sum is always found, and next to nothing else."""
_ROUNDS = 30
_EFFORT = 200
"""How often limits are narrowed, and how many numbers are tried, in the search for another possibility."""


@dataclass(frozen=True, slots=True)
class Counts(Generic[_Name]):
    """What could be shown: how many rows each cell has (at least one), and of each count the cells it is the sum of.

    `whole` is the count of all rows, which is hidden last; `totals` are hidden before others.
    """

    cells: Sequence[int]
    sums: Mapping[_Name, frozenset[int]]
    whole: _Name
    totals: frozenset[_Name]

    def of(self, name: _Name) -> int:
        """How many rows a count has."""
        return sum(self.cells[cell] for cell in self.sums[name])

    def preferred(self, name: _Name) -> tuple[bool, bool, int, str]:
        """What is hidden first."""
        return (name == self.whole, name not in self.totals, self.of(name), str(name))


def hidden(counts: Counts[_Name], least: int) -> tuple[set[_Name], set[_Name]]:
    """The counts that are hidden because they are below *least*; and those that are hidden because of them."""
    small = {name for name in counts.sums if 0 < counts.of(name) < least}
    beside: set[_Name] = set()
    while used := next(_leaks(counts, small, beside, least), None):
        beside.add(min(used, key=counts.preferred))
    return small, beside


def _leaks(counts: Counts[_Name], small: set[_Name], beside: set[_Name], least: int) -> Iterator[set[_Name]]:
    """From which counts a hidden one can be worked out."""
    shown = {name: cells for name, cells in counts.sums.items() if name not in small | beside and cells}
    span = _Span(shown)
    for name in counts.sums:
        if name in small and (used := span.made_of(counts.sums[name])):
            yield used
    for name in counts.sums:
        if name in small and shown and not _another(counts, small, beside, least, name):
            near = {each for each, cells in shown.items() if not cells.isdisjoint(counts.sums[name])}
            yield near or set(shown)


class _Span(Generic[_Name]):
    """All that sums and differences of some counts are."""

    def __init__(self, sums: Mapping[_Name, frozenset[int]]) -> None:
        self._rows: list[tuple[int, dict[int, int], dict[_Name, int]]] = []
        for name, cells in sums.items():
            vector, made = self._reduced(cells)
            if vector:
                pivot = min(vector)
                inverse = pow(vector[pivot], -1, _PRIME)
                made[name] = _PRIME - 1
                row = {cell: value * inverse % _PRIME for cell, value in vector.items()}
                self._rows.append((pivot, row, {each: -value * inverse % _PRIME for each, value in made.items()}))

    def made_of(self, cells: frozenset[int]) -> set[_Name]:
        """The counts that the sum of *cells* is made of; empty where it cannot be made of them."""
        vector, made = self._reduced(cells)
        return set() if vector else set(made)

    def _reduced(self, cells: Iterable[int]) -> tuple[dict[int, int], dict[_Name, int]]:
        """What is left of a sum when what can be is taken from it, and how much of each count was."""
        vector = dict.fromkeys(cells, 1)
        made: dict[_Name, int] = {}
        for pivot, row, of in self._rows:
            factor = vector.get(pivot, 0)
            if factor:
                _add(vector, row, -factor)
                _add(made, of, factor)
        return vector, made


def _add(vector: dict[_Key, int], other: Mapping[_Key, int], factor: int) -> None:
    for key, value in other.items():
        new = (vector.get(key, 0) + factor * value) % _PRIME
        if new:
            vector[key] = new
        else:
            vector.pop(key, None)


# --- another possibility ---


def _another(counts: Counts[_Name], small: set[_Name], beside: set[_Name], least: int, name: _Name) -> bool:
    """Whether the cells can have other numbers that show the same, and of *name* another one."""
    most = sum(counts.cells) + least
    limits: list[_Limit] = []
    for each, cells in counts.sums.items():
        low = high = counts.of(each)
        if each in small:
            low, high = 1, least - 1
        elif each in beside:
            low, high = least, most
        limits.append((sorted(cells), low, high))
    own, here = sorted(counts.sums[name]), counts.of(name)
    others = ((own, here + 1, least - 1), (own, 1, here - 1))
    return any(
        _Search(counts.cells, [*limits, other]).found([(1, most)] * len(counts.cells))
        for other in others
        if other[1] <= other[2]
    )


class _Search:
    """The search for numbers in the cells that keep within *limits*, near those that there are."""

    def __init__(self, cells: Sequence[int], limits: Sequence[_Limit]) -> None:
        self.cells = cells
        self.limits = limits
        self.left = _EFFORT

    def found(self, ranges: list[tuple[int, int]]) -> bool:
        """Whether there are any within *ranges*."""
        self.left -= 1
        if self.left < 0 or not self._narrowed(ranges):
            return False
        open_ = [cell for cell, (low, high) in enumerate(ranges) if low < high]
        if not open_:
            return True
        cell = min(open_, key=lambda each: ranges[each][1] - ranges[each][0])
        low, high = ranges[cell]
        here = min(max(self.cells[cell], low), high)
        parts = [(here, here), (low, here - 1), (here + 1, high)]
        return any(self.found([*ranges[:cell], part, *ranges[cell + 1 :]]) for part in parts if part[0] <= part[1])

    def _narrowed(self, ranges: list[tuple[int, int]]) -> bool:
        """Narrow *ranges* by what the limits leave; whether something is left, and nothing fixed is outside."""
        for _ in range(_ROUNDS):
            before = list(ranges)
            for cells, low, high in self.limits:
                least, most = sum(ranges[cell][0] for cell in cells), sum(ranges[cell][1] for cell in cells)
                if least > high or most < low:
                    return False
                for cell in cells:
                    first, last = ranges[cell]
                    ranges[cell] = (max(first, low - (most - last)), min(last, high - (least - first)))
            if any(first > last for first, last in ranges):
                return False
            if before == ranges:
                break
        return True
