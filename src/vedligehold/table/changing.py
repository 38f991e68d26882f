"""Two decisions of every row beside each other: which rows change, in what, and by which requirements."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from vedligehold.errors import CaseError, Problem
from vedligehold.pack import DeadlineRule, Kind, Pack
from vedligehold.settle import Outcome
from vedligehold.table.answering import Plan, plan
from vedligehold.table.columns import INVALID, due_column
from vedligehold.table.sheet import PREFIX, Codes, Sheet
from vedligehold.table.stretches import Stretch, stretches

if TYPE_CHECKING:
    import narwhals as nw

BEFORE, AFTER = "_before", "_after"
BY = "by"
CHANGED = f"{PREFIX}changed"
_SINGLE = ("outcome", "partial")
_SEVERAL = ("because", "missing", "excluded")
_BITS = 60
"""Of so many requirements a number holds which of them a row changes by."""
_DOOR = 4
_RANKS = {
    Outcome.REDIRECTED: 5,
    Outcome.REJECTED: 3,
    Outcome.NEEDS_INFORMATION: 2,
    Outcome.NEEDS_ASSESSMENT: 1,
    Outcome.GRANTED: 0,
}
"""Which outcome wins over which; a question at the door (`_DOOR`) wins over all but another act."""


@dataclass(frozen=True, slots=True)
class Sides:
    """What is known of two packs before any row is looked at.

    `doors`: of each the requirements that lead to another act. `dues`: the deadlines that the two may count otherwise.
    """

    doors: tuple[frozenset[str], frozenset[str]]
    dues: tuple[str, ...]

    @property
    def results(self) -> tuple[str, ...]:
        """The columns that come out."""
        names = [f"{name}{side}" for name in (*_SINGLE, "because") for side in (BEFORE, AFTER)]
        rest = [f"{name}{side}" for name in (*_SEVERAL[1:], *map(due_column, self.dues)) for side in (BEFORE, AFTER)]
        return (*names, BY, *rest)

    def row(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any] | None:
        """What comes out of a row of which the packs say *before* and *after*; None: it does not change."""
        dues = [*map(due_column, self.dues)]
        same = [before.get(name) == after.get(name) for name in (*_SINGLE, *dues)]
        same += [set(before[name]) == set(after[name]) for name in _SEVERAL]
        if all(same):
            return None
        found: dict[str, Any] = {BY: self.by(before, after)}
        for name in (*_SINGLE, *_SEVERAL, *dues):
            found |= {f"{name}{BEFORE}": before.get(name), f"{name}{AFTER}": after.get(name)}
        return {name: found[name] for name in self.results}

    def by(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
        """The requirements by which a row changes: those that say what they do not say on the other side.

        The outcome that wins over the other is there by all that it names, none of which says so on the other side.
        """
        if INVALID in (before["outcome"], after["outcome"]):
            return []
        was, now = self._rank(before, self.doors[0]), self._rank(after, self.doors[1])
        if was != now:
            return list(before["because"] if was > now else after["because"])
        new = [each for each in after["because"] if each not in before["because"]]
        return new + [each for each in before["because"] if each not in after["because"]]

    def _rank(self, said: Mapping[str, Any], doors: frozenset[str]) -> int:
        asks = said["outcome"] == Outcome.NEEDS_INFORMATION and not doors.isdisjoint(said["because"])
        return _DOOR if asks else _RANKS[Outcome(said["outcome"])]


def sides(before: Pack, after: Pack, on: date | str) -> Sides:
    """What is known of the two packs.

    Raises:
        NotInForce: one of them has no version in force on *on*.
    """
    both = [stretches(pack, on if isinstance(on, date) else None) for pack in (before, after)]
    names = dict.fromkeys(rule.id for among in both for each in among for rule in each.policy.deadlines)
    dues = tuple(name for name in names if len({_counted(among, name) for among in both}) > 1)
    return Sides((_doors(both[0]), _doors(both[1])), dues)


def _doors(among: Iterable[Stretch]) -> frozenset[str]:
    rules = (rule for each in among for rule in each.policy.requirements)
    return frozenset(rule.id for rule in rules if rule.kind is Kind.SCOPE)


def _counted(among: Iterable[Stretch], name: str) -> Any:
    """How a deadline is counted, and when."""
    return tuple(
        (each.first, each.last, *_counting(rule)) for each in among for rule in each.policy.deadlines if rule.id == name
    )


def _counting(rule: DeadlineRule) -> tuple[Any, ...]:
    return (rule.start_event, rule.amount, rule.moves, rule.pauses, rule.calendar.digest())


@dataclass(frozen=True, slots=True)
class Comparison:
    """How it is worked out of a table which rows change, and in what.

    `plan` is that of all that comes out of a row, with `CHANGED` last; `keys` is that of what a row is counted by.
    `ids` are the requirements whose bits stand in those of the keys that are numbers.
    """

    sides: Sides
    plan: Plan
    keys: Plan
    ids: tuple[str, ...]
    notes: tuple[Problem, ...]


def comparison(
    before: Pack,
    after: Pack,
    schema: "Mapping[str, nw.dtypes.DType]",
    on: date | str,
    spelled: frozenset[str] = frozenset(),
    called: Callable[[str], str] = str,
) -> Comparison:
    """How it is worked out of a table with these columns; *spelled* and *called* are those of `plan`.

    Raises:
        NotInForce: one of the packs has no version in force on *on*.
        CaseError: a column cannot be used, or there is no column *on*.
    """
    known = sides(before, after, on)
    sheet = Sheet(schema)
    plans = [plan(pack, schema, on, spelled, sheet, called) for pack in (before, after)]
    taken = [name for name in known.results if name in schema]
    if taken:
        message = "the table has a column `{}`, which is the name of one that comes out"
        raise CaseError([Problem(name, "taken-column", message.format(name), "rename it") for name in taken])
    return _Comparing(known, sheet, plans[0], plans[1]).comparison()


class _Comparing:
    def __init__(self, known: Sides, sheet: Sheet, before: Plan, after: Plan) -> None:
        self.sides = known
        self.sheet = sheet
        self.plans = (before, after)
        self.codes = [self._flags_of(made) for made in self.plans]
        self.step = len(sheet.steps)

    def _flags_of(self, made: Plan) -> dict[str, dict[str, list[str]]]:
        """Of each list of codes the columns that say that a code is in it."""
        said = {name: codes for step in self.sheet.steps for name, codes in step.codes.items()}
        found: dict[str, dict[str, list[str]]] = {}
        for name in _SEVERAL:
            found[name] = {}
            for column, code in said[made.results[name]].flags:
                found[name].setdefault(code, []).append(column)
        return found

    def comparison(self) -> Comparison:
        import narwhals as nw

        outcome = self._put(nw.col(self._at("outcome", 1)) != nw.col(self._at("outcome", 0)))
        valid = [nw.col(self._at("outcome", side)) != INVALID for side in (0, 1)]
        ranks = [self._put(self._rank(side)) for side in (0, 1)]
        both = self._put(valid[0] & valid[1])
        self.step += 1
        higher = [self._put(nw.col(both) & (nw.col(ranks[side]) > nw.col(ranks[1 - side]))) for side in (0, 1)]
        even = self._put(nw.col(both) & (nw.col(ranks[0]) == nw.col(ranks[1])))
        several = [self._put(expr) for expr in self._differing()]
        self.step += 1
        by = [(self._put(expr), code) for expr, code in self._by(higher, even)]
        several.append(outcome)
        changed = self._put(nw.any_horizontal(*map(nw.col, several), ignore_nulls=False))
        self.step += 1
        listed = self.sheet.name()
        self.sheet.at(self.step).codes[listed] = Codes(tuple(by))
        keys = {f"{PREFIX}key{place}": self._put(expr) for place, expr in enumerate(self._bits(by))}
        return self._whole(changed, listed, keys, tuple(code for _, code in by))

    def _whole(self, changed: str, listed: str, keys: Mapping[str, str], ids: tuple[str, ...]) -> Comparison:
        before, after = self.plans
        found = {BY: listed}
        for name in (*_SINGLE, *_SEVERAL, *map(due_column, self.sides.dues)):
            for side, ending in enumerate((BEFORE, AFTER)):
                found[f"{name}{ending}"] = self._at(name, side) if name in self.plans[side].results else self._no_day()
        results = {name: found[name] for name in self.sides.results}
        steps = tuple(self.sheet.steps)
        counted = {name: results[name] for name in results if name.startswith(_SINGLE)}
        read = before.columns.read() | after.columns.read()
        notes = [
            note
            for note in dict.fromkeys((*before.columns.notes, *after.columns.notes))
            if note.code != "column-not-read" or note.place not in read
        ]
        whole = given_out(replace(before, steps=steps), {**results, CHANGED: changed})
        return Comparison(
            self.sides,
            whole,
            given_out(replace(whole, through=()), {**counted, CHANGED: changed, **keys}),
            ids,
            tuple(notes),
        )

    def _at(self, name: str, side: int) -> str:
        """The column in which a result of a side stands."""
        return self.plans[side].results[name]

    def _put(self, expr: "nw.Expr") -> str:
        return self.sheet.put(expr, self.step).name

    def _no_day(self) -> str:
        import narwhals as nw

        return self._put(nw.lit(None, dtype=nw.Date))

    def _rank(self, side: int) -> "nw.Expr":
        """The rank of the outcome; of what is invalid none that is read."""
        import narwhals as nw

        outcome = nw.col(self._at("outcome", side))
        found = nw.lit(0, dtype=nw.Int8)
        for each, rank in _RANKS.items():
            found = nw.when(outcome == str(each)).then(nw.lit(rank, dtype=nw.Int8)).otherwise(found)
        because = self.codes[side]["because"]
        doors = [nw.col(column) for name in because if name in self.sides.doors[side] for column in because[name]]
        if not doors:
            return found
        asks = (outcome == str(Outcome.NEEDS_INFORMATION)) & _any(doors)
        return nw.when(asks).then(nw.lit(_DOOR, dtype=nw.Int8)).otherwise(found)

    def _differing(self) -> Iterator["nw.Expr"]:
        """In each part but the outcome whether it differs."""
        import narwhals as nw

        parts = [nw.coalesce(nw.col(self._at("partial", side)), nw.lit(False)) for side in (0, 1)]
        yield parts[0] != parts[1]
        for name in _SEVERAL:
            for code in dict.fromkeys((*self.codes[1][name], *self.codes[0][name])):
                yield self._has(name, code, 0) != self._has(name, code, 1)
        for name in map(due_column, self.sides.dues):
            days = [nw.col(self._at(name, side)) for side in (0, 1) if name in self.plans[side].results]
            if len(days) == 1:
                yield ~days[0].is_null()
            else:
                differ = nw.coalesce(days[0] != days[1], nw.lit(False))
                yield differ | (days[0].is_null() != days[1].is_null())

    def _has(self, name: str, code: str, side: int) -> "nw.Expr":
        import narwhals as nw

        columns = self.codes[side][name].get(code, ())
        return _any([nw.col(column) for column in columns]) if columns else nw.lit(False)

    def _by(self, higher: Sequence[str], even: str) -> Iterator[tuple["nw.Expr", str]]:
        """That a row changes by a requirement: those of what comes after first, as in `Sides.by`."""
        import narwhals as nw

        for side in (1, 0):
            for code in self.codes[side]["because"]:
                here, there = self._has("because", code, side), self._has("because", code, 1 - side)
                yield here & (nw.col(higher[side]) | (nw.col(even) & ~there)), code

    def _bits(self, by: Sequence[tuple[str, str]]) -> Iterator["nw.Expr"]:
        import narwhals as nw

        for start in range(0, len(by), _BITS):
            total = nw.lit(0, dtype=nw.Int64)
            for place, (column, _) in enumerate(by[start : start + _BITS]):
                total = total + nw.col(column).cast(nw.Int64) * nw.lit(1 << place, dtype=nw.Int64)
            yield total


def _any(flags: Sequence["nw.Expr"]) -> "nw.Expr":
    found = flags[0]
    for flag in flags[1:]:
        found = found | flag
    return found


def given_out(made: Plan, results: Mapping[str, str]) -> Plan:
    """The plan with other columns that come out."""
    return replace(made, outputs=tuple(results), results=results)


def ids_of(keys: Sequence[int], ids: Sequence[str]) -> tuple[str, ...]:
    """The requirements whose bits are set."""
    return tuple(dict.fromkeys(code for place, code in enumerate(ids) if keys[place // _BITS] >> place % _BITS & 1))
