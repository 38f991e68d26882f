"""`durable_rules` in the one usage in which it was never seen to answer wrongly: a quiet host, one message at a time.

Outside it the engine grants wrongly, crashes, hangs or loses rules without a word; so whatever would leave it is
refused here, with the number, and whatever the engine does not do as it should is an error. A host in which anything
went wrong is not asked again: another one is built for the next message.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from logging import NullHandler
from threading import Lock
from typing import Any

import durable_rules_engine
from durable import engine, logger

from vedligehold.errors import Problem, VedligeholdError, quoted
from vedligehold.meaning.matching import (
    ALWAYS,
    NEVER,
    Ask,
    Message,
    Pattern,
    asked,
    asks,
    every,
    groups,
    size,
    ways,
)

MOST_KEYS = 240
"""A message holds 255, of which the engine takes some for itself."""
MOST_GROUPS = 15
"""It keeps 32 steps of a pattern, and `$and` and `$or` take two each."""
MOST_WAYS = 40
"""It keeps 64 nodes that are still to be visited: those of one pattern, and those on the way to the others."""
MOST_FOLLOWERS = 500
"""It keeps 512 of one place in a table, and looks for ever in one that is full."""
MOST_NODES = 20_000
"""Each takes some four kilobytes; the time to build them grows faster than they do, and no other thread runs."""
MOST_FAILURES = 10
"""A host that failed is left in memory: who knows what it is in the middle of."""
_FORKS, _DEPTH = 4, 6
MOST_RULES = _FORKS**_DEPTH - 1
"""No node has more than four followers, so that there are never more than 18 on the way."""
_OWN_NAMES = """
    sid id $s $m $i $t $forward m s $and $or $all $any $not $eq $neq $lt $lte $gt $gte $ex $nex $mt $imt $iall $iany
    $add $sub $mul $div $l $r all any pri count cap dist run name
""".split()
"""What the engine itself finds in messages and patterns by the hash of its name."""
_RULES, _RAN, _ID = "rules", "ran", 1
# the engine would tell what it catches to the screen of whoever has not asked for a log
logger.addHandler(NullHandler())


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern that fires under a name; `where`: what it belongs to, as an error says it."""

    name: str
    pattern: Pattern
    where: str


class Host:
    """Rules held by the engine, and asked about one message after the other, from whichever thread."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Build the rules.

        Raises:
            VedligeholdError: they need more than the engine can safely hold, or it does not take them.
        """
        self._host: Any = None
        said = [rule for rule in rules if rule.pattern != NEVER]
        problems = list(_too_much(said))
        if problems:
            raise VedligeholdError(problems)
        self._most = {rule.name: ways(rule.pattern) for rule in said} | {_RAN: 1}
        self._keys = _keys(said)
        self._rules = [*said, Rule(_RAN, ALWAYS, "")]
        self._fired: list[str] = []
        self._failures = 0
        self._lock = Lock()
        self._host = self._built()

    def fired(self, message: Message) -> frozenset[str]:
        """The names of the rules that match *message*, of which the engine is told what rules ask about.

        Raises:
            VedligeholdError: the engine did not do as it should.
        """
        with self._lock:
            try:
                told = {key: value for key, value in message.items() if key in self._keys}
                return self._asked({**told, **_way_keys()})
            except BaseException:
                self._host = None
                self._failures += 1
                raise

    def _asked(self, message: Message) -> frozenset[str]:
        if self._failures >= MOST_FAILURES:
            raise _failed(f"it has {MOST_FAILURES} times, and is not asked again")
        self._host = self._host or self._built()
        self._fired.clear()
        given = {**message, "id": _ID}
        state = _tried(lambda: self._host.assert_fact(_RULES, given))
        _tried(lambda: self._host.retract_fact(_RULES, given))
        if not isinstance(state, Mapping) or "exception" in state:
            raise _failed("it did not come to the end of the rules")
        times = Counter(self._fired)
        if _RAN not in times:
            raise _failed("the rule that always fires did not")
        for name, fired in times.items():
            if fired > self._most[name]:
                raise _failed(f"{quoted(name)} fired {fired} times, and at most {self._most[name]} are possible")
        return frozenset(times) - {_RAN}

    def _built(self) -> Any:
        rules = {}
        for place, rule in enumerate(self._rules):
            message = {"m": asked(every(*_way(place), rule.pattern))}
            rules[rule.name] = {"all": [message], "run": _Action(self._records(rule.name))}
        return _tried(lambda: _Quiet({_RULES: rules}))

    def _records(self, name: str) -> Callable[[Any], None]:
        def record(_: Any) -> None:
            self._fired.append(name)

        return record

    def __del__(self) -> None:
        if self._host is not None:
            handle = self._host.get_ruleset(_RULES)._handle
            with suppress(Exception):  # before the first message there is no state
                # the engine does not free it with the rules
                durable_rules_engine.delete_state(handle, None)
            durable_rules_engine.delete_ruleset(handle)


class _Action(engine.Promise):  # type: ignore[misc]
    """What a rule does. An exception in it, and Ctrl-C, come out: the engine would write them into its state."""

    def run(self, c: Any, complete: Callable[[Any], None]) -> None:
        """Do it."""
        self._func(c)
        complete(None)


class _Quiet(engine.Host):  # type: ignore[misc]
    """A host without the two threads that look every fifth of a second whether there is something to do."""

    def _run(self) -> None:
        pass


def _tried(asks: Callable[[], Any]) -> Any:
    try:
        return asks()
    except Exception as error:  # noqa: BLE001 - the engine raises bare exceptions
        raised = type(error).__name__
    # here, so that its own exception, which repeats the message, is not kept beside ours
    raise _failed(f"it raised {quoted(raised)}")


def _failed(what: str) -> VedligeholdError:
    hint = "nothing is decided; the engine `own` decides without it"
    return VedligeholdError([Problem("engine", "engine-failed", f"`durable_rules` failed: {what}", hint)])


def _way(place: int) -> Iterator[Ask]:
    """What every message answers: it leads to the rule by nodes that have few followers each."""
    for level in reversed(range(_DEPTH)):
        # no two levels ask the same, or they would be one node
        yield Ask(f"way_{place // _FORKS**level % _FORKS}", "at least", level)


def _way_keys() -> Message:
    return {f"way_{fork}": _DEPTH for fork in range(_FORKS)}


def _too_much(rules: Sequence[Rule]) -> Iterator[Problem]:
    if len(rules) > MOST_RULES:
        yield _limit("", f"{len(rules):,} rules", f"{MOST_RULES:,}")
    nodes = _DEPTH + 2 * len(rules)
    for rule in rules:
        needed, followers = size(rule.pattern)
        nodes += needed
        for number, most, what in (
            (groups(every(*_way(0), rule.pattern)), MOST_GROUPS, "groups of `all` and `any`"),
            (followers, MOST_FOLLOWERS, "alternatives at one place"),
            (ways(rule.pattern), MOST_WAYS, "alternatives that can match at once"),
        ):
            if number > most:
                yield _limit(rule.where, f"{number:,} {what}", f"{most:,}")
    if nodes > MOST_NODES:
        yield _limit("", f"{nodes:,} places", f"{MOST_NODES:,}")
    keys = _keys(rules)
    if len(keys) > MOST_KEYS:
        yield _limit("", f"{len(keys):,} keys of a message", f"{MOST_KEYS:,}")
    hashes: dict[int, str] = {}
    for key in (*_OWN_NAMES, *_way_keys(), *keys):
        other = hashes.setdefault(name_hash(key), key)
        if other != key:
            message = f"{quoted(other)} and {quoted(key)} are one name to `durable_rules`"
            yield Problem("engine", "engine-limit", message, "rename one of them")


def _keys(rules: Iterable[Rule]) -> dict[str, None]:
    """What rules ask about."""
    every_ask = [ask for rule in rules for ask in asks(rule.pattern)]
    others = (str(ask.value) for ask in every_ask if ask.of_key)
    return dict.fromkeys([*(ask.key for ask in every_ask), *others])


def _limit(where: str, needed: str, most: str) -> Problem:
    whose = f" of {where}" if where else ""
    message = f"{needed}{whose} are more than the {most} that `durable_rules` can safely hold"
    return Problem("engine", "engine-limit", message, "the engine `own` has no such limit")


def name_hash(name: str) -> int:
    """That by which the engine tells names apart: FNV-1a of 32 bits."""
    found = 0x811C9DC5
    for byte in name.encode():
        found = (found ^ byte) * 16_777_619 % 2**32
    return found
