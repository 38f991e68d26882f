"""From what the conditions say of every row to its verdicts, its outcome, and what is missing: `settle`, in columns."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from vedligehold.condition import All, Any, Condition, Leaf, Not
from vedligehold.facts import ITEM_LABELS
from vedligehold.meaning.flag import ALWAYS, NEVER, Flag, every, just, some, sure
from vedligehold.meaning.frame import Pair, Seen, Single, known, pair
from vedligehold.meaning.value import facts_of
from vedligehold.pack import Kind, LeaveOut, Policy, Requirement, Row
from vedligehold.settle import Outcome
from vedligehold.table.reading import Reading
from vedligehold.table.sheet import Sheet
from vedligehold.table.stretches import Applying, applying


@dataclass(frozen=True, slots=True)
class Judged:
    """One requirement in every row: its conditions, whether it applies on the row's day, what it comes to."""

    requirement: Requirement
    policy: Policy
    active: Flag
    when: Pair
    require: Pair
    holds: Flag
    not_applicable: Flag
    unknown: Flag
    redirects: Flag
    rejects: Flag
    asks: Flag
    awaits: Flag


class Asking(NamedTuple):
    """A row or an exclusion that asks, and the condition by which it does."""

    id: str
    policy: Policy
    when: Condition
    asks: Flag


class Settling:
    """What follows from a table that has been read."""

    def __init__(self, sheet: Sheet, reading: Reading) -> None:
        self.sheet = sheet
        self.reading = reading
        self._pairs: dict[tuple[int, Condition], Pair] = {}
        requirements = applying(reading.among, lambda policy: policy.requirements, _by_layer)
        self.judged = [self._judge(each) for each in requirements]
        self.grants = self._grants()
        self.asking = [each for grant in self.grants for each in grant.asking]
        self._outcomes()

    def pair(self, condition: Condition, policy: Policy) -> Pair:
        """What a condition says in every row, in two columns."""
        key = (id(policy.version), condition)
        if key not in self._pairs:
            found = pair(condition, self.reading.see(policy))
            self._pairs[key] = Pair(self.sheet.flag(found.holds), self.sheet.flag(found.fails))
        return self._pairs[key]

    def _judge(self, each: Applying[Requirement]) -> Judged:
        requirement, policy, active = each.entry, each.policy, self.reading.day.active(each.days)
        flag = self.sheet.flag
        require = self.pair(requirement.require, policy)
        when = Pair(ALWAYS, NEVER) if requirement.when is None else self.pair(requirement.when, policy)
        not_applicable = flag(active & when.fails)
        holds = flag(active & ~when.fails & require.holds)
        fails = flag(active & when.holds & require.fails)
        unknown = flag(active & ~not_applicable & ~holds & ~fails)
        open_ = flag(fails | unknown)
        found_true, found_false = self._finding(requirement)
        found = flag(found_true | found_false)
        verdicts = {"redirects": NEVER, "rejects": NEVER, "asks": unknown, "awaits": NEVER}
        match requirement.kind:
            case Kind.SCOPE:
                verdicts["redirects"] = fails
            case Kind.STRICT:
                verdicts["rejects"] = fails
            case Kind.PROCEDURAL:
                verdicts["asks"] = open_
            case Kind.DISCRETIONARY:
                verdicts["rejects"] = flag(open_ & found_false)
                verdicts["asks"] = flag(unknown & ~found)
                verdicts["awaits"] = flag(fails & ~found)
        return Judged(requirement, policy, active, when, require, holds, not_applicable, unknown, **verdicts)

    def _finding(self, requirement: Requirement) -> tuple[Flag, Flag]:
        value, _ = self.reading.values.findings.get(requirement.id, (None, NEVER))
        if value is None:
            return NEVER, NEVER
        return sure(value.expr, value.step), sure(~value.expr, value.step)

    def _grants(self) -> "list[Grant]":
        versions = applying(self.reading.among, lambda policy: [policy.version], lambda _, version: version.valid_from)
        return [Grant(self, each.policy, self.reading.day.active(each.days)) for each in versions]

    def _outcomes(self) -> None:
        flag = self.sheet.flag
        door = [each for each in self.judged if each.requirement.kind is Kind.SCOPE]
        merits = [each for each in self.judged if each.requirement.kind is not Kind.SCOPE]
        self.redirected = flag(some(each.redirects for each in door))
        door_asks = flag(some(each.asks for each in door) & ~self.redirected)
        through = flag(~self.redirected & ~door_asks)
        self.any_rejects = flag(some(each.rejects for each in self.judged))
        self.rejected = flag(through & self.any_rejects)
        open_ = flag(through & ~self.any_rejects)
        merits_ask = flag(open_ & (some(each.asks for each in merits) | some(each.asks for each in self.asking)))
        rest = flag(open_ & ~merits_ask)
        self.needs_assessment = flag(rest & some(each.awaits for each in merits))
        self.needs_information = flag(door_asks | merits_ask)
        self.granted = flag(rest & ~self.needs_assessment)
        self.because: list[tuple[Flag, str]] = []
        for each in self.judged:
            if each.requirement.kind is Kind.SCOPE:
                won = each.redirects | (each.asks & door_asks)
            else:
                won = (each.rejects & self.rejected) | (each.asks & merits_ask) | (each.awaits & self.needs_assessment)
            self.because.append((won, each.requirement.id))
        self.because += [(each.asks & merits_ask, each.id) for each in self.asking]

    @property
    def outcomes(self) -> Mapping[Outcome, Flag]:
        """Of each outcome that a row has it."""
        return {
            Outcome.GRANTED: self.granted,
            Outcome.REDIRECTED: self.redirected,
            Outcome.REJECTED: self.rejected,
            Outcome.NEEDS_INFORMATION: self.needs_information,
            Outcome.NEEDS_ASSESSMENT: self.needs_assessment,
        }

    # --- what is missing ---

    def missing(self) -> list[tuple[Flag, str]]:
        """The facts that are asked for: most asked for first, then in the order in which they are declared."""
        merits_count = self.sheet.flag(~self.any_rejects)
        askers: list[tuple[Flag, dict[tuple[int, str], Flag]]] = []
        for each in self.judged:
            asks = each.asks if each.requirement.kind is Kind.SCOPE else each.asks & merits_count
            if each.asks.expr is not False:
                askers.append((self.sheet.flag(asks & self.needs_information), self._asked_by(each)))
        for row in self.asking:
            asks = self.sheet.flag(row.asks & merits_count & self.needs_information)
            askers.append((asks, self._facts(row.policy, self._unsettled(row.when, row.policy))))
        asked: dict[tuple[int, str], list[Flag]] = {}
        for asks, facts in askers:
            for key, flag in facts.items():
                asked.setdefault(key, []).append(self.sheet.flag(asks & flag))
        return self._ranked(asked)

    def _ranked(self, asked: Mapping[tuple[int, str], Sequence[Flag]]) -> list[tuple[Flag, str]]:
        order = {
            (id(each.policy.version), name): (place, number)
            for place, each in enumerate(self.reading.among)
            for number, name in enumerate(each.policy.facts)
        }
        keys = sorted(asked, key=lambda key: order[key])
        found: list[tuple[Flag, str]] = []
        most = max((len(flags) for flags in asked.values()), default=0)
        for times in range(most, 0, -1):
            often = [key for key in keys if len(asked[key]) >= times]
            found += [(just(times, asked[key]), key[1]) for key in often]
        return found

    def _asked_by(self, each: Judged) -> dict[tuple[int, str], Flag]:
        """The facts that a requirement asks for, of each where it does."""
        leaves = [] if each.requirement.when is None else self._unsettled(each.requirement.when, each.policy)
        leaves += self._unsettled(each.requirement.require, each.policy)
        leaves = [(flag & each.unknown, leaf, False) for flag, leaf, _ in leaves]
        if each.requirement.kind is Kind.PROCEDURAL:
            fails = self.sheet.flag(each.asks & ~each.unknown)
            failing = self._deciding(each.requirement.require, each.policy, fails, False)
            leaves += [(flag, leaf, True) for flag, leaf in failing]
        return self._facts(each.policy, leaves)

    def _unsettled(self, condition: Condition, policy: Policy) -> list[tuple[Flag, Leaf, bool]]:
        """The leaves that are unknown, with no decided node above them."""
        return [(flag, leaf, False) for flag, leaf in self._open(condition, policy, ALWAYS)]

    def _open(self, condition: Condition, policy: Policy, above: Flag) -> list[tuple[Flag, Leaf]]:
        here = self.sheet.flag(above & self.pair(condition, policy).unknown)
        if here.expr is False:
            return []
        match condition:
            case All(parts) | Any(parts):
                return [each for part in parts for each in self._open(part, policy, here)]
            case Not(part):
                return self._open(part, policy, here)
            case _:
                return [(here, condition)]

    def _deciding(self, condition: Condition, policy: Policy, above: Flag, holds: bool) -> list[tuple[Flag, Leaf]]:
        """The leaves that made a condition hold or fail, of each where it did."""
        said = self.pair(condition, policy)
        here = self.sheet.flag(above & (said.holds if holds else said.fails))
        if here.expr is False:
            return []
        match condition:
            case All(parts) | Any(parts):
                return [each for part in parts for each in self._deciding(part, policy, here, holds)]
            case Not(part):
                return self._deciding(part, policy, here, not holds)
            case _:
                return [(here, condition)]

    def _facts(self, policy: Policy, leaves: Iterable[tuple[Flag, Leaf, bool]]) -> dict[tuple[int, str], Flag]:
        """The facts by which leaves are asked about: those that are unknown, or all where none is."""
        asked: dict[str, list[Flag]] = {}
        for flag, leaf, decided in leaves:
            names = facts_of(leaf)
            for name, where in self._unknown_of(names, policy, decided or len(names) > 1):
                sources = policy.facts[name].sources
                for source, there in self._unknown_of(sources, policy, len(sources) > 1):
                    asked.setdefault(source, []).append(flag & where & there)
        found = {(id(policy.version), name): self.sheet.flag(some(flags)) for name, flags in asked.items()}
        return {key: flag for key, flag in found.items() if flag.expr is not False}

    def _unknown_of(self, names: Sequence[str], policy: Policy, told_apart: bool) -> list[tuple[str, Flag]]:
        """Of *names* those that are unknown, or all where none is; *told_apart* is False where there is just one."""
        if not told_apart or len(names) == 1:
            return [(name, ALWAYS) for name in names]
        unknown = {name: ~known(self.reading.see(policy)(name)) for name in names}
        none = every(~flag for flag in unknown.values())
        return [(name, flag | none) for name, flag in unknown.items()]


def _by_layer(policy: Policy, requirement: Requirement) -> object:
    """A pack's own requirement is one of its version; one of the law is the same in all of them."""
    own = any(each is requirement for each in policy.version.requirements)
    where = policy.version.valid_from if own else policy.version.municipality.code
    return (where, requirement.id, requirement.when, requirement.require)


class Grant:
    """What one version gives: the rows that apply, and what is left out and what asks of everything asked for."""

    def __init__(self, settling: Settling, policy: Policy, active: Flag) -> None:
        self._flag = settling.sheet.flag
        self._pair: Callable[[Condition], Pair] = lambda condition: settling.pair(condition, policy)
        self.policy = policy
        self.active = active
        self.asked = _asked(settling.reading, policy)
        self.topics = [self._topic(rows) for rows in policy.rows_by_topic.values()]
        self.sure = {item: self._flag(some(topic.sure(item) for topic in self.topics)) for item in self.asked}
        self.excluded = {item: self._flag(self._excluded(item)) for item in self.asked}
        self.asking = [*self._asking_rows(), *self._asking_exclusions()]

    def _topic(self, rows: Sequence[Row]) -> "Topic":
        before = NEVER
        chosen: dict[str, Flag] = {}
        unknown: dict[str, Flag] = {}
        for row in rows:
            said = Pair(ALWAYS, NEVER) if row.when is None else self._pair(row.when)
            chosen[row.id] = self._flag(said.holds & ~before)
            unknown[row.id] = self._flag(said.unknown & ~before)
            before = self._flag(before | said.holds)
        return Topic(tuple(rows), chosen, unknown, self._flag(~before))

    def _excluded(self, item: str) -> Flag:
        """That something is not given, and a row or an exclusion names it."""
        rows = [~topic.chosen[row.id] for topic in self.topics for row in topic.rows if row.names(item)]
        left_out = [self._applies(each) for each in self.policy.version.leave_out if each.names(item)]
        return ~self.sure[item] & some([*rows, *left_out])

    def _applies(self, left_out: LeaveOut) -> Flag:
        return ALWAYS if left_out.when is None else self._pair(left_out.when).holds

    def _asking_rows(self) -> list[Asking]:
        """The unknown rows that could change whether something asked for is given, in the order of the pack."""
        open_items = {item: self._flag(asked & ~self.sure[item]) for item, asked in self.asked.items()}
        found = []
        for topic in self.topics:
            for place, row in enumerate(topic.rows):
                if row.when is None or topic.unknown[row.id].expr is False:
                    continue
                changes = some(
                    asked & topic.otherwise(place, item, row.names(item)) for item, asked in open_items.items()
                )
                asks = self._flag(self.active & topic.unknown[row.id] & changes)
                if asks.expr is not False:
                    found.append(Asking(row.id, self.policy, row.when, asks))
        order = [row.id for row in self.policy.version.rows]
        return sorted(found, key=lambda each: order.index(each.id))

    def _asking_exclusions(self) -> list[Asking]:
        """The exclusions not known to apply that name something asked for that is not settled without them."""
        version = self.policy.version
        by_row = {item for item in self.asked if any(row.names(item) for row in version.rows)}
        found = []
        for each in version.leave_out:
            if each.when is None:
                continue
            items = [item for item in self.asked if each.names(item) and item not in by_row]
            settled = {
                item: some(self._applies(other) for other in version.leave_out if other.names(item)) for item in items
            }
            opened = some(self.asked[item] & ~settled[item] & ~self.sure[item] for item in items)
            asks = self._flag(self.active & self._pair(each.when).unknown & opened)
            if asks.expr is not False:
                found.append(Asking(each.id, self.policy, each.when, asks))
        return found


@dataclass(frozen=True, slots=True)
class Topic:
    """The rows of one topic: which applies, which may and is not known to, and that none is known to."""

    rows: tuple[Row, ...]
    chosen: Mapping[str, Flag]
    unknown: Mapping[str, Flag]
    none: Flag

    def sure(self, item: str) -> Flag:
        """That *item* is given whichever of the rows that may apply does."""
        given = some(self.chosen[row.id] for row in self.rows if row.names(item))
        return given & every(~self.unknown[row.id] for row in self.rows if not row.names(item))

    def otherwise(self, place: int, item: str, gives: bool) -> Flag:
        """That a row after *place* may apply that says of *item* something else than *gives*."""
        later = [row for row in self.rows[place + 1 :] if row.names(item) is not gives]
        found = some(self.unknown[row.id] | self.chosen[row.id] for row in later)
        return found | self.none if gives else found


def _asked(reading: Reading, policy: Policy) -> dict[str, Flag]:
    """Of everything that a row or an exclusion names, that it is asked for."""
    given: tuple[Row | LeaveOut, ...] = (*policy.version.rows, *policy.version.leave_out)
    setting = reading.see(policy)("requested_setting")
    items = reading.values.asked_items
    return {item: asked_for(item, items, setting) for item in ITEM_LABELS if any(each.names(item) for each in given)}


def asked_for(item: str, items: Mapping[str, Flag], setting: Seen) -> Flag:
    """That *item*, something to train or a setting, is asked for."""
    chosen = setting.labels.get(item, NEVER) if isinstance(setting, Single) else NEVER
    return items.get(item, NEVER) | chosen
