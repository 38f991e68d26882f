"""A decided table counted, a part at a time: what its summary tells."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache, reduce
from operator import and_
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from vedligehold.calendar import WorkdayCalendar
from vedligehold.errors import Problem, VedligeholdError, quoted
from vedligehold.facts import EVENTS, ITEM_LABELS
from vedligehold.pack import DeadlineRule, Pack, Policy
from vedligehold.source import Words
from vedligehold.table.columns import INVALID, due_column
from vedligehold.table.counts import DeadlineCounts
from vedligehold.table.stretches import Stretch, stretches
from vedligehold.table.summary import Summary
from vedligehold.wording import OUTCOMES

if TYPE_CHECKING:
    import polars as pl

_ASKED = ("outcome", "partial", "because", "missing", "excluded", "warnings", "problems", "decided_on")
_BY_ROW: Mapping[str, tuple[str, ...]] = {
    "outcome": (),
    "because": ("outcome",),
    "missing": (),
    "excluded": (),
    "problems": (),
    "warnings": (),
}
"""What is counted, and by what."""
_ALONE = [name for name, beside in _BY_ROW.items() if not beside]
_AT_ONCE = 1 << 17
_LAST = "__vedligehold_last_"


def summarise(pack: Pack, frame: Any, *, on: date | None = None) -> Summary:
    """What *frame* comes to, which `decide_many` has decided under *pack*: of Polars, pandas, PyArrow or DuckDB.

    A deadline is past if its last day lies before the day of the row's decision, or before the day *on*.

    Raises:
        VedligeholdError: it is no such table.
    """
    table = _as_polars(frame)
    tally = Tally(pack, table.schema, on)
    for part in table.iter_slices(_AT_ONCE):
        tally.add(part)
    return tally.summary()


@dataclass(frozen=True, slots=True)
class Looked:
    """Where the answers of a column were looked up: the column that has their places, and the answers."""

    place: str
    answers: Sequence[Any]


class Tally:
    """What was counted of a table with the columns *schema*, which has been decided under *pack*.

    Of the columns *looked* their places are counted, which is quicker.

    Raises:
        VedligeholdError: the table has not been decided.
    """

    def __init__(
        self,
        pack: Pack,
        schema: "Mapping[str, pl.DataType]",
        on: date | None = None,
        looked: Mapping[str, Looked] = MappingProxyType({}),
    ) -> None:
        lacking = [name for name in _ASKED if name not in schema]
        if lacking:
            message = f"there is no column `{lacking[0]}`: the table has not been decided"
            raise VedligeholdError([Problem("frame", "missing-column", message, "decide it with `decide_many`")])
        self.pack, self.schema, self.on, self.looked = pack, schema, on, looked
        self.among = stretches(pack, None)
        every = [rule for stretch in self.among for rule in stretch.policy.deadlines if rule.amount is not None]
        self.due = {rule.id: rule for rule in every if due_column(rule.id) in schema}
        self._sums = _Sums(schema, list(self.due), self.among, on)
        self._count: Counter[str] = Counter()
        self._places: dict[str, Counter[int]] = {each.place: Counter() for each in looked.values()}
        self._lists: dict[str, Counter[tuple[str, ...]]] = {name: Counter() for name in _BY_ROW}

    def add(self, part: "pl.DataFrame") -> None:
        """Count some rows more."""
        self._count.update({"rows": part.height})
        self._count.update(self._sums.of(part))
        for place, counter in self._places.items():
            counter.update(dict(part.group_by(place).len().rows()))
        for name, beside in _BY_ROW.items():
            if not self._by_place(*beside, name):
                counted = _counted(part, name, *beside)
                self._lists[name].update({(*names,): number for *names, number in counted.rows()})

    def summary(self) -> Summary:
        """What it comes to."""
        lists = {name: self._lists[name] + self._told(name, *beside) for name, beside in _BY_ROW.items()}
        because: dict[str, dict[str, int]] = {}
        for (outcome, code), many in lists["because"].items():
            because.setdefault(outcome, {})[code] = many
        found = {name: _ranked((code, number) for (code,), number in lists[name].items()) for name in _ALONE}
        return Summary(
            pack=self.pack.id,
            on=self.on,
            rows=self._count["rows"],
            outcomes=found["outcome"],
            partial=self._count["partial"],
            because={name: _ranked(because[name].items()) for name in (*OUTCOMES, INVALID) if name in because},
            missing=found["missing"],
            excluded=found["excluded"],
            problems=found["problems"],
            warnings=found["warnings"],
            deadlines={name: self._deadline(name, rule) for name, rule in self.due.items()},
            suppressed=False,
            labels=_labels(self.among),
        )

    def _told(self, name: str, *beside: str) -> Counter[tuple[str, ...]]:
        """What the places stand for that were counted."""
        found: Counter[tuple[str, ...]] = Counter()
        if self._by_place(*beside, name):
            looked = [self.looked[each] for each in (*beside, name)]
            for place, number in self._places[looked[0].place].items():
                *others, last = (each.answers[place] for each in looked)
                for code in [last] if isinstance(last, str) else last:
                    found[*others, code] += number
        return found

    def _by_place(self, *names: str) -> bool:
        """Whether all those columns were looked up by one place."""
        places = {self.looked[name].place if name in self.looked else None for name in names}
        return len(places) == 1 and None not in places

    def _deadline(self, name: str, rule: DeadlineRule) -> DeadlineCounts:
        column = f"{rule.met_by}_on"
        counts = {what: self._count[f"due {name} {what}"] for what in ("due", "waiting", "met", "past", "late")}
        return DeadlineCounts(rule.title, rule.met_by, column if column in self.schema else None, **counts)


def _as_polars(frame: Any) -> "pl.DataFrame":
    """The columns of *frame* that are looked at, as Polars has them."""
    import narwhals as nw

    try:
        there = nw.from_native(frame)
    except TypeError:
        there = None
    if there is None:
        raise VedligeholdError([Problem("frame", "wrong-type", f"a table is wanted, not {quoted(frame)}")])
    events = {f"{event}_on" for event in EVENTS}
    names = there.collect_schema().names()
    some = there.select(each for each in names if each in {*_ASKED, *events} or each.startswith(due_column("")))
    eager = some.collect("polars") if isinstance(some, nw.LazyFrame) else some
    return eager.to_polars()


def _yes(schema: "Mapping[str, pl.DataType]", name: str) -> "pl.Expr":
    import polars as pl

    column = pl.col(name)
    return (column == "true" if schema[name] == pl.String else column.cast(pl.Boolean)).fill_null(False)


def _ranked(counts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """The most frequent first; of two that are as frequent the first by name."""
    return dict(sorted(((name, number) for name, number in counts if number), key=lambda each: (-each[1], each[0])))


def _counted(part: "pl.DataFrame", name: str, *beside: str) -> "pl.DataFrame":
    """How many rows have each entry of a column; a list has several, and in CSV is text with `|` between them."""
    import polars as pl

    if name == "outcome":
        return part.group_by(name).len()
    column = pl.col(name)
    if part.schema[name] == pl.String:
        column = column.str.split("|")
    found = part.select(*beside, column).filter(pl.col(name).list.len() > 0)
    return found.explode(name).filter(pl.col(name) != "").group_by(*beside, name).len()


def _labels(among: Sequence[Stretch]) -> dict[str, Words]:
    """What the ids are called, by the last policy that has them."""
    found: dict[str, Words] = dict(ITEM_LABELS)
    for stretch in among:
        policy: Policy = stretch.policy
        found |= {fact.name: fact.label for fact in policy.facts.values()}
        found |= {each.id: each.title for each in policy.requirements}
    return found


# --- deadlines ---


class _Sums:
    """What is summed up over a part of a table: only of the policies that applied on its days."""

    def __init__(
        self,
        schema: "Mapping[str, pl.DataType]",
        due: Sequence[str],
        among: Sequence[Stretch],
        on: date | None,
    ) -> None:
        self.schema, self.due, self.among, self.on = schema, due, among, on
        self._found: dict[tuple[Stretch, ...], _Plan] = {}

    def of(self, part: "pl.DataFrame") -> dict[str, int]:
        """The sums over *part*."""
        days = part.select(_day(self.schema, "decided_on")).to_series()
        low, high = days.min(), days.max()
        here = tuple(
            each
            for each in self.among
            if isinstance(low, date)
            and isinstance(high, date)
            and (each.first is None or each.first <= high)
            and (each.last is None or low <= each.last)
        )
        if len(here) == 1 and low == high:  # of a single day, which lies in it
            here = (replace(here[0], first=None, last=None),)
        if here not in self._found:
            self._found[here] = self._plan(here)
        plan = self._found[here]
        found: dict[str, int] = part.with_columns(**plan.last).select(**plan.sums).row(0, named=True)
        return found

    def _plan(self, among: Sequence[Stretch]) -> "_Plan":
        plan = _Plan({}, {"partial": _yes(self.schema, "partial").sum()})
        for name in self.due:
            last, sums = _deadline(self.schema, name, among, self.on)
            plan.last.update(last)
            plan.sums.update({f"due {name} {what}": number for what, number in sums.items()})
        return plan


class _Plan(NamedTuple):
    """Columns that are made of a part first, the last days of a deadline where they are not the due dates; and sums."""

    last: "dict[str, pl.Expr]"
    sums: "dict[str, pl.Expr]"


def _deadline(schema: "Mapping[str, pl.DataType]", name: str, among: Sequence[Stretch], on: date | None) -> _Plan:
    """How many rows have a date of one deadline, wait for one, met it, are past it, and were late.

    A row that is no case has no date. What is compared with no date is null, and not counted.
    """
    import polars as pl

    decided, due = _day(schema, "decided_on"), _day(schema, due_column(name))
    days: dict[str, pl.Expr] = {}
    found: dict[str, pl.Expr] = {what: pl.lit(0) for what in ("due", "waiting", "met", "past", "late")}
    for place, stretch in enumerate(among):
        rule = next((each for each in stretch.policy.deadlines if each.id == name), None)
        if rule is None or rule.amount is None:
            continue
        first = [] if stretch.first is None else [decided >= stretch.first]
        here = [*first, *([] if stretch.last is None else [decided <= stretch.last])]
        last = due
        if rule.moves and rule.uncertain:
            own = f"{_LAST}{place}_{name}"
            days[own], last = _last_day(rule, due), pl.col(own)
        past = last < (decided if on is None else pl.lit(on))
        found["due"] += _number(due.is_not_null(), *here)
        found["waiting"] += _number(due.is_null(), pl.col("outcome") != INVALID, *here)
        found["past"] += _number(past, *here)
        if f"{rule.met_by}_on" in schema:
            happened = _day(schema, f"{rule.met_by}_on")
            found["met"] += _number(happened <= last, *here)
            found["past"] -= _number(past, happened <= last, *here)
            found["late"] += _number(past, happened > last, *here)
    return _Plan(days, found)


def _number(*flags: "pl.Expr") -> "pl.Expr":
    """In how many rows all of them say yes."""
    return reduce(and_, flags).sum()


def _day(schema: "Mapping[str, pl.DataType]", name: str) -> "pl.Expr":
    """A column of days, however they are given."""
    import polars as pl

    column = pl.col(name)
    if schema[name] == pl.String:
        return column.str.to_date("%Y-%m-%d", strict=False)
    return column.cast(pl.Date)


def _last_day(rule: DeadlineRule, due: "pl.Expr") -> "pl.Expr":
    """The day after which it is late: the due date, unless the law leaves open whether that day moves the end."""
    import polars as pl

    first, days = _last_days(rule.calendar, rule.uncertain)
    place = (due - pl.lit(first)).dt.total_days()
    within = pl.when(place.is_between(0, len(days) - 1)).then(place)
    return pl.coalesce(pl.lit(pl.Series(days, dtype=pl.Date)).gather(within), due)


@lru_cache(maxsize=64)
def _last_days(calendar: WorkdayCalendar, uncertain: tuple[str, ...]) -> tuple[date, list[date]]:
    """The first day of the calendar, and of it and each day after it the last day where that one is due.

    An open day that may be closed is followed by the open day after it.
    """
    strict = calendar.with_closed(uncertain)
    open_days, last = calendar.open_days(), strict.open_days()[-1]
    moved = {day: strict.next_open(day) for day in open_days if day <= last and not strict.is_open(day)}
    every = (open_days[0] + timedelta(days) for days in range((open_days[-1] - open_days[0]).days + 1))
    return open_days[0], [moved.get(day, day) for day in every]
