"""A condition with one thing changed: what a coverage goal asks about, and what a slip of the pen makes of a rule."""

from collections.abc import Iterator
from typing import TypeAlias

from vedligehold.condition import All, Any, Condition, Leaf, Not

Place: TypeAlias = tuple[int, ...]
"""The way from the top of a condition to a node: which part, of that which part, and so on."""


def nodes(condition: Condition, place: Place = ()) -> Iterator[tuple[Place, Condition]]:
    """Every node of *condition* with its place, from the top, left to right."""
    yield place, condition
    for number, part in enumerate(parts_of(condition)):
        yield from nodes(part, (*place, number))


def leaf_places(condition: Condition) -> list[tuple[Place, Leaf]]:
    """Every leaf of *condition* with its place, from left to right."""
    return [(place, node) for place, node in nodes(condition) if not isinstance(node, All | Any | Not)]


def parts_of(condition: Condition) -> tuple[Condition, ...]:
    """The nodes right below *condition*."""
    match condition:
        case All(parts) | Any(parts):
            return parts
        case Not(part):
            return (part,)
        case _:
            return ()


def with_parts(condition: Condition, parts: tuple[Condition, ...]) -> Condition:
    """*condition* with other nodes right below it."""
    match condition:
        case All():
            return All(parts)
        case Any():
            return Any(parts)
        case Not():
            return Not(*parts)
        case _:
            return condition


def replaced(condition: Condition, place: Place, other: Condition) -> Condition:
    """*condition* with *other* at *place*."""
    if not place:
        return other
    parts = list(parts_of(condition))
    parts[place[0]] = replaced(parts[place[0]], place[1:], other)
    return with_parts(condition, tuple(parts))


def negated(condition: Condition, place: Place) -> Condition:
    """*condition* with the opposite at *place*."""
    node = condition
    for number in place:
        node = parts_of(node)[number]
    return replaced(condition, place, node.part if isinstance(node, Not) else Not(node))


def without(condition: Condition, place: Place) -> Condition | None:
    """*condition* without the part at *place*; what is left with one part is that part. None: nothing is left."""
    if not place:
        return None
    *above, number = place
    parent = condition
    for step in above:
        parent = parts_of(parent)[step]
    left = tuple(part for each, part in enumerate(parts_of(parent)) if each != number)
    if not left:
        return without(condition, tuple(above))
    return replaced(condition, tuple(above), left[0] if len(left) == 1 else with_parts(parent, left))
