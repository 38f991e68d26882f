"""A pattern of one message, as `durable_rules` matches it, and what it takes of the engine."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any as Anything
from typing import Literal, NamedTuple, TypeAlias, TypeGuard, assert_never

Plain: TypeAlias = bool | int | str | list[str]
Message: TypeAlias = dict[str, Plain]
Operator: TypeAlias = Literal["is", "is not", "at least", "at most", "above", "below", "has"]
_SIGNS: Mapping[Operator, str] = {
    "is not": "$neq",
    "at least": "$gte",
    "at most": "$lte",
    "above": "$gt",
    "below": "$lt",
    "has": "$iany",
}


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing that is asked of the message: how the value of *key* stands to another, or to that of another key."""

    key: str
    operator: Operator
    value: Plain
    of_key: bool = False
    """Whether *value* is another key: ask first whether it is there, for the engine takes what is not for anything."""


@dataclass(frozen=True, slots=True)
class Every:
    """Every part matches; of no parts: always."""

    parts: "tuple[Pattern, ...]" = ()


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part matches; of no parts: never."""

    parts: "tuple[Pattern, ...]" = ()


Pattern: TypeAlias = Ask | Every | Some
ALWAYS, NEVER = Every(), Some()


def every(*parts: Pattern) -> Pattern:
    """That all *parts* match, as flat as it can be."""
    flat = tuple(dict.fromkeys(_flat(parts, Every)))
    return NEVER if NEVER in flat else flat[0] if len(flat) == 1 else Every(flat)


def some(*parts: Pattern) -> Pattern:
    """That any of *parts* matches, as flat as it can be."""
    flat = tuple(dict.fromkeys(_flat(parts, Some)))
    return ALWAYS if ALWAYS in flat else flat[0] if len(flat) == 1 else Some(flat)


def _flat(parts: Iterable[Pattern], kind: type[Every] | type[Some]) -> Iterator[Pattern]:
    for part in parts:
        if isinstance(part, kind):
            yield from part.parts
        else:
            yield part


def asked(pattern: Pattern) -> dict[str, Anything]:
    """*pattern* in the words of the engine.

    >>> asked(Every((Ask("known_age", "is", 1), Ask("value_age", "at least", 18))))
    {'$and': [{'known_age': 1}, {'$gte': {'value_age': 18}}]}
    """
    match pattern:
        case Every(parts):
            return {"$and": [asked(part) for part in parts]}
        case Some(parts):
            return {"$or": [asked(part) for part in parts]}
        case Ask(key, operator, value, of_key):
            right: Anything = {"$m": value} if of_key else {"$i": value} if operator == "has" else value
            return {key: right} if operator == "is" else {_SIGNS[operator]: {key: right}}
        case _:
            assert_never(pattern)


def groups(pattern: Pattern) -> int:
    """How many `$and` and `$or` *pattern* has."""
    return 0 if isinstance(pattern, Ask) else 1 + sum(groups(part) for part in pattern.parts)


class Size(NamedTuple):
    """What a pattern takes of the engine's memory: nodes, and the most that follow on one of them."""

    nodes: int
    followers: int


class _Node:
    """A node of the engine's: what is asked next, of which equal asks are one node, if not quite always."""

    def __init__(self) -> None:
        self.after: dict[object, _Node] = {}
        self.followers = 0

    def grown(self, pattern: Pattern) -> tuple["_Node", int]:
        """The node at which *pattern* ends, and how many nodes it needs at most."""
        match pattern:
            case Ask(key, operator, value, of_key):
                named = (key, operator, type(value), value, of_key)
                fresh = named not in self.after or operator == "has" or of_key
                self.followers += fresh
                return self.after.setdefault(named, _Node()), (2 if operator == "has" else 1) * fresh
            case Every(parts):
                node, nodes = self, 0
                for part in parts:
                    node, more = node.grown(part)
                    nodes += more
                return node, nodes
            case Some(parts):
                joint, nodes = _Node(), 1
                for part in parts:
                    end, more = self.grown(part)
                    end.after[joint] = joint
                    end.followers += 1
                    nodes += more
                return joint, nodes
            case _:
                assert_never(pattern)

    def most_followers(self) -> int:
        """The most that follow on this node or one after it."""
        todo, seen = [self], {self}
        while todo:
            new = {each for each in todo.pop().after.values() if each not in seen}
            seen |= new
            todo += new
        return max(node.followers for node in seen)


def size(pattern: Pattern) -> Size:
    """What *pattern* takes of the engine's memory, at most."""
    begin = _Node()
    _, nodes = begin.grown(pattern)
    return Size(nodes, begin.most_followers())


MOST_COUNTED = 1_000_000
"""Beyond it ways are not counted."""


def ways(pattern: Pattern) -> int:
    """In how many ways *pattern* can match one message at most: so often a rule of it fires."""
    match pattern:
        case Ask():
            found = 1
        case Every(parts):
            found = 1
            for part in parts:
                found = min(found * ways(part), MOST_COUNTED)
        case Some(parts):
            # of several values that a key can have it has one
            single = {part.key for part in parts if _is_value(part)}
            found = len(single) + sum(ways(part) for part in parts if not _is_value(part))
        case _:
            assert_never(pattern)
    return min(found, MOST_COUNTED)


def _is_value(pattern: Pattern) -> TypeGuard[Ask]:
    return isinstance(pattern, Ask) and pattern.operator == "is" and not pattern.of_key


def asks(pattern: Pattern) -> Iterator[Ask]:
    """Everything that a pattern asks."""
    if isinstance(pattern, Ask):
        yield pattern
    else:
        for part in pattern.parts:
            yield from asks(part)
