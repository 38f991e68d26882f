"""What a decided table comes to: outcomes, reasons, what is missing, what is wrong, and how the deadlines stand."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from vedligehold.calendar import WorkdayCalendar
from vedligehold.errors import Problem, VedligeholdError, quoted
from vedligehold.facts import EVENTS, ITEM_LABELS
from vedligehold.pack import DeadlineRule, Pack, Policy
from vedligehold.plain import plain
from vedligehold.settle import Outcome
from vedligehold.source import Words
from vedligehold.table.columns import INVALID, due_column
from vedligehold.table.counts import MORE, Count, DeadlineCounts, Part, Row, Told, number, small, told_outcomes
from vedligehold.table.stretches import Stretch, stretches
from vedligehold.wording import OUTCOMES, long_date

if TYPE_CHECKING:
    import polars as pl

_ASKED = ("outcome", "partial", "because", "missing", "excluded", "warnings", "problems", "decided_on")
_BY_ROW: Mapping[str, tuple[str, ...]] = {
    "because": ("outcome",),
    "missing": (),
    "excluded": (),
    "problems": (),
    "warnings": (),
}
"""The lists that are counted, and by what."""
_AT_ONCE = 1 << 17


ROWS = Words("rækker", "rows")
_DEADLINE_HEADS = (
    Words("har en dato", "have a date"),
    Words("venter", "wait"),
    Words("overholdt", "met"),
    Words("overskredet", "past"),
    Words("heraf for sent", "of these late"),
)
_OUTCOMES = {**OUTCOMES, INVALID: Words("ER INGEN SAG", "IS NO CASE")}


@dataclass(frozen=True, slots=True)
class Summary:
    """What a decided table comes to, each count the most frequent first.

    `because` is by outcome. What a row says several times it says once; a row may have several reasons. `suppressed`:
    groups of 1 to 4 rows stand as None, and as `5+` what is left out so that nobody works them out.
    """

    pack: str
    on: date | None
    rows: Count
    outcomes: Told
    partial: Count
    because: Mapping[str, Told]
    missing: Told
    excluded: Told
    problems: Told
    warnings: Told
    deadlines: Mapping[str, DeadlineCounts]
    suppressed: bool
    labels: Mapping[str, Words]
    """What requirements, facts and items are called."""

    def model_dump(self) -> dict[str, Any]:
        """The summary as plain data: dates as ISO text, wording as `{da, en}`, None in place of what is not told."""
        found: dict[str, Any] = _without_more(plain(self))
        return found

    def without_small(self) -> "Summary":
        """The same, for others to read: groups of 1 to 4 rows are not told.

        Nor can one be worked out of outcomes and their sum, or of what is told of one deadline. Of reasons, facts and
        problems a row may have several, and each of their counts stands for itself.
        """
        if self.suppressed:
            return self
        rows, outcomes, partial = told_outcomes(self.outcomes, self.partial, str(Outcome.GRANTED))
        return replace(
            self,
            rows=rows,
            outcomes=outcomes,
            partial=partial,
            because={outcome: _few(counts) for outcome, counts in self.because.items()},
            missing=_few(self.missing),
            excluded=_few(self.excluded),
            problems=_few(self.problems),
            warnings=_few(self.warnings),
            deadlines={name: counts.without_small() for name, counts in self.deadlines.items()},
            suppressed=True,
        )

    def __str__(self) -> str:
        return self.said("da")

    def said(self, lang: str) -> str:
        """The summary as lines of text, in Danish (`da`) or English (`en`)."""
        lines = [f"{number(self.rows, lang)} {ROWS.said(lang)}"]
        for part in self.parts():
            lines += ["", part.title.said(lang), *(f"  {line}" for line in part.lines(lang))]
            lines += [] if part.note is None else [f"  {part.note.said(lang)}"]
        return "\n".join(lines)

    def parts(self) -> Iterator[Part]:
        """The summary as a reader wants it: headings, and under each the counts with their words."""
        outcomes: list[Row] = []
        for name, count in self.outcomes.items():
            outcomes.append(((count,), _OUTCOMES[name], ""))
            if name == Outcome.GRANTED and self.partial:
                outcomes.append(((self.partial,), Words("heraf delvist", "of these in part"), ""))
        yield Part(Words("Udfald", "Outcomes"), tuple(outcomes))
        for outcome, counts in self.because.items():
            said = _OUTCOMES[outcome]
            yield Part(Words(f"Krav bag {said.da}", f"Requirements behind {said.en}"), self._rows(counts))
        lists = (
            (Words("Oplysninger, der mangler", "Facts that are missing"), self.missing),
            (Words("Søgt, men ikke med i bevillingen", "Asked for, and not part of the grant"), self.excluded),
            (Words("Fejl i rækkerne", "What is wrong with rows"), self.problems),
            (Words("Bemærk", "Note"), self.warnings),
        )
        for title, counts in lists:
            if counts:
                yield Part(title, self._rows(counts))
        if self.deadlines:
            rows = tuple(each.row(name) for name, each in self.deadlines.items())
            yield Part(Words("Frister", "Deadlines"), rows, _DEADLINE_HEADS, self._note())

    def _note(self) -> Words:
        """What is counted of the deadlines."""
        day = Words("afgørelsesdagen", "the day of the decision") if self.on is None else long_date(self.on)
        return Words(
            f"Overskredet: sidste dag ligger før {day.da}, og det, der opfylder fristen, skete ikke senest den dag. "
            "Heraf for sent: det skete senere. –: ingen kolonne siger, om det skete.",
            f"Past: the last day lies before {day.en}, and what fulfils the deadline did not happen by it. "
            "Of these late: it happened later. –: no column says whether it happened.",
        )

    def _rows(self, counts: Told) -> tuple[Row, ...]:
        return tuple(((count,), self.labels.get(name, Words(name, name)), name) for name, count in counts.items())


def _few(counts: Told) -> Told:
    return {name: small(count) for name, count in counts.items()}


def _without_more(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _without_more(each) for key, each in data.items()}
    return None if data == MORE else data


def summarise(pack: Pack, frame: Any, *, on: date | None = None) -> Summary:
    """What *frame* comes to, which `decide_many` has decided under *pack*: of Polars, pandas, PyArrow or DuckDB.

    A deadline is past if its last day lies before the day of the row's decision, or before the day *on*.

    Raises:
        VedligeholdError: it is no such table.
    """
    table = _as_polars(frame)
    return summary_of(pack, table.schema, table.iter_slices(_AT_ONCE), on)


def summary_of(
    pack: Pack, schema: "Mapping[str, pl.DataType]", parts: "Iterable[pl.DataFrame]", on: date | None = None
) -> Summary:
    """What a decided table comes to that is there in *parts*; `columns_read` are enough of each.

    Raises:
        VedligeholdError: the table has not been decided.
    """
    lacking = [name for name in _ASKED if name not in schema]
    if lacking:
        message = f"there is no column `{lacking[0]}`: the table has not been decided"
        raise VedligeholdError([Problem("frame", "missing-column", message, "decide it with `decide_many`")])
    among = stretches(pack, None)
    rules = {rule.id: rule for stretch in among for rule in stretch.policy.deadlines if rule.amount is not None}
    due = {name: rule for name, rule in rules.items() if due_column(name) in schema}
    sums = _Sums(schema, list(due), among, on)
    count: Counter[str] = Counter()
    lists: dict[str, Counter[tuple[str, ...]]] = {name: Counter() for name in ("outcome", *_BY_ROW)}
    for part in parts:
        count.update({"rows": part.height})
        count.update(part.select(sums.of(part)).row(0, named=True))
        lists["outcome"].update({(name,): number for name, number in part.group_by("outcome").len().rows()})
        for name, beside in _BY_ROW.items():
            counted = _exploded(part, name, *beside).group_by(*beside, name).len()
            lists[name].update({(*names,): number for *names, number in counted.rows()})
    because: dict[str, dict[str, int]] = {}
    for (outcome, code), many in lists["because"].items():
        because.setdefault(outcome, {})[code] = many
    return Summary(
        pack=pack.id,
        on=on,
        rows=count["rows"],
        outcomes=_ranked((name, number) for (name,), number in lists["outcome"].items()),
        partial=count["partial"],
        because={name: _ranked(because[name].items()) for name in _OUTCOMES if name in because},
        missing=_ranked((name, number) for (name,), number in lists["missing"].items()),
        excluded=_ranked((name, number) for (name,), number in lists["excluded"].items()),
        problems=_ranked((name, number) for (name,), number in lists["problems"].items()),
        warnings=_ranked((name, number) for (name,), number in lists["warnings"].items()),
        deadlines={
            name: DeadlineCounts(
                title=rule.title,
                met_by=rule.met_by,
                column=f"{rule.met_by}_on" if f"{rule.met_by}_on" in schema else None,
                **{what: count[f"due {name} {what}"] for what in ("due", "waiting", "met", "past", "late")},
            )
            for name, rule in due.items()
        },
        suppressed=False,
        labels=_labels(among),
    )


def columns_read(names: Iterable[str]) -> list[str]:
    """Which of the columns *names* a summary looks at."""
    events = {f"{event}_on" for event in EVENTS}
    return [name for name in names if name in _ASKED or name in events or name.startswith(due_column(""))]


def _as_polars(frame: Any) -> "pl.DataFrame":
    """The columns of *frame* that are looked at, as Polars has them."""
    import narwhals as nw

    try:
        there = nw.from_native(frame)
    except TypeError:
        there = None
    if there is None:
        raise VedligeholdError([Problem("frame", "wrong-type", f"a table is wanted, not {quoted(frame)}")])
    some = there.select(columns_read(there.collect_schema().names()))
    eager = some.collect("polars") if isinstance(some, nw.LazyFrame) else some
    return eager.to_polars()


def _yes(schema: "Mapping[str, pl.DataType]", name: str) -> "pl.Expr":
    import polars as pl

    column = pl.col(name)
    return (column == "true" if schema[name] == pl.String else column.cast(pl.Boolean)).fill_null(False)


def _ranked(counts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """The most frequent first; of two that are as frequent the first by name."""
    return dict(sorted(((name, number) for name, number in counts if number), key=lambda each: (-each[1], each[0])))


def _exploded(part: "pl.DataFrame", name: str, *beside: str) -> "pl.DataFrame":
    """One row for each entry of a list column; in CSV it is text with `|` between them."""
    import polars as pl

    column = pl.col(name)
    if part.schema[name] == pl.String:
        column = column.str.split("|")
    found = part.select(*beside, column).filter(pl.col(name).list.len() > 0)
    return found.explode(name).filter(pl.col(name) != "")


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
        self._found: dict[tuple[Stretch, ...], list[pl.Expr]] = {}

    def of(self, part: "pl.DataFrame") -> "list[pl.Expr]":
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
            self._found[here] = [flag.sum().alias(name) for name, flag in self._flags(here).items()]
        return self._found[here]

    def _flags(self, among: Sequence[Stretch]) -> "dict[str, pl.Expr]":
        flags = {"partial": _yes(self.schema, "partial")}
        for name in self.due:
            for what, flag in _deadline(self.schema, name, among, self.on).items():
                flags[f"due {name} {what}"] = flag
        return flags


def _deadline(
    schema: "Mapping[str, pl.DataType]", name: str, among: Sequence[Stretch], on: date | None
) -> dict[str, "pl.Expr"]:
    """In which rows one deadline has a date, waits for one, was met, is past and was fulfilled late."""
    import polars as pl

    decided, due = _day(schema, "decided_on"), _day(schema, due_column(name))
    valid = pl.col("outcome") != INVALID
    found = {what: pl.lit(False) for what in ("due", "waiting", "met", "past", "late")}
    for stretch in among:
        rule = next((each for each in stretch.policy.deadlines if each.id == name), None)
        if rule is None or rule.amount is None:
            continue
        here = valid
        if stretch.first is not None:
            here = here & (decided >= stretch.first)
        if stretch.last is not None:
            here = here & (decided <= stretch.last)
        there = here & due.is_not_null()
        happened = _day(schema, f"{rule.met_by}_on") if f"{rule.met_by}_on" in schema else pl.lit(None, dtype=pl.Date)
        last = _last_day(rule, due)
        today = decided if on is None else pl.lit(on)
        met = (happened <= last).fill_null(False)
        past = ~met & (last < today)
        found["due"] |= there
        found["waiting"] |= here & due.is_null()
        found["met"] |= there & met
        found["past"] |= there & past
        found["late"] |= there & past & happened.is_not_null()
    return found


def _day(schema: "Mapping[str, pl.DataType]", name: str) -> "pl.Expr":
    """A column of days, however they are given."""
    import polars as pl

    column = pl.col(name)
    if schema[name] == pl.String:
        return column.str.to_date("%Y-%m-%d", strict=False)
    return column.cast(pl.Date)


def _last_day(rule: DeadlineRule, due: "pl.Expr") -> "pl.Expr":
    """The day after which it is late: the due date, unless the law leaves open whether that day moves the end."""
    if not rule.moves or not rule.uncertain:
        return due
    moved = _moved(rule.calendar, rule.uncertain)
    return due.replace(list(moved), list(moved.values()))


@lru_cache(maxsize=64)
def _moved(calendar: WorkdayCalendar, uncertain: tuple[str, ...]) -> Mapping[date, date]:
    """The open days that may be closed, and the open day after each."""
    strict = calendar.with_closed(uncertain)
    last = strict.open_days()[-1]
    return {day: strict.next_open(day) for day in calendar.open_days() if day <= last and not strict.is_open(day)}
