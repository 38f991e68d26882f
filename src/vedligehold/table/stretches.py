"""What applies when: the days from the first version of a pack on, cut where its version or the law changes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic, TypeAlias, TypeVar

from vedligehold.pack import Pack, Policy

_Entry = TypeVar("_Entry")
Days: TypeAlias = tuple[tuple[date | None, date | None], ...]
"""Stretches of days, each with its first and last; None: there is no such end."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """One policy, and its first and last day; None: there is no such end."""

    first: date | None
    last: date | None
    policy: Policy


@dataclass(frozen=True, slots=True)
class Applying(Generic[_Entry]):
    """An entry of one or more policies, and the days on which it applies; None: on every day that is decided on."""

    entry: _Entry
    policy: Policy
    days: Days | None


def stretches(pack: Pack, on: date | None) -> tuple[Stretch, ...]:
    """The policy of *on* alone; without it, one after the other, every policy that *pack* can have.

    Raises:
        NotInForce: no version is in force on *on*.
    """
    if on is not None:
        return (Stretch(None, None, pack.at(on)),)
    firsts = {version.valid_from for version in pack.versions}
    ends = {version.valid_to + timedelta(days=1) for version in pack.versions if version.valid_to is not None}
    begin = min(firsts)
    cuts = sorted(day for day in firsts | ends | {*pack.nation.changes()} if day >= begin)
    found = []
    for first, following in zip(cuts, [*cuts[1:], None], strict=True):
        if pack.in_force(first):
            last = None if following is None else following - timedelta(days=1)
            found.append(Stretch(first, last, pack.at(first)))
    return tuple(found)


def applying(
    among: Sequence[Stretch],
    entries: Callable[[Policy], Iterable[_Entry]],
    key: Callable[[Policy, _Entry], object],
) -> list[Applying[_Entry]]:
    """Each of the *entries* of the policies once, told apart by *key*, in an order that is that of every policy."""
    found: dict[object, list[Stretch]] = {}
    first: dict[object, _Entry] = {}
    order: list[object] = []
    for stretch in among:
        place = 0
        for entry in entries(stretch.policy):
            name = key(stretch.policy, entry)
            if name not in first:
                first[name] = entry
                order.insert(place, name)
            place = order.index(name) + 1
            found.setdefault(name, []).append(stretch)
    return [
        Applying(
            first[name], found[name][0].policy, None if len(found[name]) == len(among) else tuple(_joined(found[name]))
        )
        for name in order
    ]


def _joined(parts: Sequence[Stretch]) -> Iterable[tuple[date | None, date | None]]:
    """The days of stretches in order, in as few pieces as there are."""
    start, end = parts[0].first, parts[0].last
    for part in parts[1:]:
        if end is not None and part.first == end + timedelta(days=1):
            end = part.last
        else:
            yield start, end
            start, end = part.first, part.last
    yield start, end
