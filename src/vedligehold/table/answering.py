"""The columns that come out: what a table has been settled to, as `decide` would say it of each row."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from vedligehold.case import RECEIVED
from vedligehold.facts import ITEM_LABELS, Fact
from vedligehold.meaning.flag import NEVER, Column, Flag, Said, some, sure
from vedligehold.meaning.frame import Single
from vedligehold.pack import Pack
from vedligehold.settle import Outcome
from vedligehold.table.columns import CPR, INVALID, PROBLEMS, Columns, columns_of, due_column, results_of
from vedligehold.table.dues import Counting
from vedligehold.table.found import Stage
from vedligehold.table.raw import Raw, kind_of
from vedligehold.table.reading import Reading
from vedligehold.table.settling import Grant, Settling, asked_for
from vedligehold.table.sheet import Sheet, Step, flag_expr
from vedligehold.table.states import Answer, Tables
from vedligehold.table.stretches import Stretch, applying, stretches

if TYPE_CHECKING:
    import narwhals as nw

_OUTCOMES = (*Outcome, INVALID)


@dataclass(frozen=True, slots=True)
class Plan:
    """How the columns that come out are worked out of those of a table.

    `through` are the table's own columns that come out too, `outputs` the others; `results`: under which name each of
    them stands after the last step. `columns` is what was made of the table's columns.
    """

    steps: tuple[Step, ...]
    through: tuple[str, ...]
    outputs: tuple[str, ...]
    results: Mapping[str, str]
    columns: Columns


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a table, and what they say to the policies among which each row has its own."""

    schema: "Mapping[str, nw.dtypes.DType]"
    spelled: frozenset[str]
    columns: Columns
    among: tuple[Stretch, ...]
    on: date | str
    elsewhere: tuple[Fact, ...]
    called: Callable[[str], str]

    @property
    def raws(self) -> dict[str, Raw]:
        """Each column, with the kind of its values."""
        return {
            name: Raw(self.called(name), kind_of(dtype), name in self.spelled) for name, dtype in self.schema.items()
        }


def plan(
    pack: Pack,
    schema: "Mapping[str, nw.dtypes.DType]",
    on: date | str,
    spelled: frozenset[str] = frozenset(),
    sheet: Sheet | None = None,
    called: Callable[[str], str] = str,
) -> Plan:
    """How *pack* decides a table with these columns; *spelled* are those whose text stands for values, as in CSV.

    *called* is how an expression names a column, where that is not just its name. The answers are looked up by the
    state of a row, where there are not too many; but on a *sheet*, on which the steps of another pack may stand
    already, they are put together of flags, so that what the two packs share is worked out once.

    Raises:
        NotInForce: no version is in force on *on*.
        CaseError: a column cannot be used, or there is no column *on*.
    """
    if sheet is None:
        return _planned(pack, tuple(schema.items()), on, spelled, called)
    return _made(pack, schema, on, spelled, sheet, called, states=False)


@lru_cache(maxsize=8)
def _planned(
    pack: Pack,
    schema: "tuple[tuple[str, nw.dtypes.DType], ...]",
    on: date | str,
    spelled: frozenset[str],
    called: Callable[[str], str],
) -> Plan:
    """The plan of a pack alone: whoever decides tables of one kind again and again need not wait for it each time."""
    return _made(pack, dict(schema), on, spelled, Sheet([name for name, _ in schema]), called, states=True)


def _made(
    pack: Pack,
    schema: "Mapping[str, nw.dtypes.DType]",
    on: date | str,
    spelled: frozenset[str],
    sheet: Sheet,
    called: Callable[[str], str],
    *,
    states: bool,
) -> Plan:
    among, elsewhere, columns = _columns(pack, list(schema), on)
    table = Table(schema, spelled, columns, among, on, elsewhere, called)
    return _Answering(table, sheet).plan(states=states)


def read_columns(pack: Pack, names: Sequence[str], on: date | str) -> set[str]:
    """Which of the columns *names* are read.

    Raises:
        NotInForce: no version is in force on *on*.
        CaseError: a column cannot be used, or there is no column *on*.
    """
    _, _, columns = _columns(pack, names, on)
    return columns.read() | (set() if isinstance(on, date) else {on})


def _columns(pack: Pack, names: Sequence[str], on: date | str) -> tuple[tuple[Stretch, ...], tuple[Fact, ...], Columns]:
    """The policies among which each row has its own, the facts of all versions, and what the columns say to them."""
    among = stretches(pack, on if isinstance(on, date) else None)
    elsewhere = tuple(fact for version in pack.versions for fact in version.facts)
    return among, elsewhere, columns_of(among, names, elsewhere, None if isinstance(on, date) else on)


class _Answering:
    def __init__(self, table: Table, sheet: Sheet) -> None:
        self.table = table
        self.among = table.among
        self.sheet = sheet
        self.reading = Reading(self.sheet, table.columns, table.raws, table.among, table.on, table.elsewhere)
        self.settling = Settling(self.sheet, self.reading)
        self.counting = Counting(self.sheet, self.reading)
        self._outside()
        self.stages = self.reading.found.stages(self.sheet)
        self.invalid = self.sheet.flag(some(flag for stage in self.stages for flag, _ in stage))
        self.valid = self.sheet.flag(~self.invalid)

    def _outside(self) -> None:
        """Counts that run out of the calendar are wrong where they start."""
        add, received = self.reading.found.add, self.reading.received
        for due in self.counting.dues:
            outside = due.outside
            event = due.rule.start_event
            if event == RECEIVED:
                add(Stage.COUNT, "received_on", "outside-calendar", outside & received)
                outside &= ~received
            add(Stage.COUNT, f"{event}_on", "outside-calendar", outside)

    def plan(self, *, states: bool) -> Plan:
        """The plan of all that comes out."""
        found = self._by_state() if states else {}
        found |= {name: answer() for name, answer in self._by_flag().items() if name not in found}
        found |= {
            "decided_on": self._decided_on(),
            "version": self._version(),
            PROBLEMS: self.sheet.problems(self.invalid, self.stages),
            **{due_column(each): self._due(each) for each in dict.fromkeys(due.rule.id for due in self.counting.dues)},
        }
        outputs = results_of(self.among)
        results = {name: self.sheet.own(found[name]).name for name in outputs}
        columns = self.table.columns
        through = tuple(name for name in self.table.schema if not (columns.cpr and name == CPR))
        return Plan(tuple(self.sheet.steps), through, outputs, results, columns)

    def _by_state(self) -> dict[str, Column]:
        """The answers that are looked up by the state of a row: those of which there are not too many."""
        settling = self.settling
        outcomes = [(flag, str(outcome)) for outcome, flag in settling.outcomes.items()]
        excluded = self._excluded()
        partial = some(flag for flag, _ in excluded)
        first = {
            "outcome": Answer("text", _varying(outcomes), invalid=INVALID),
            "because": _listed(settling.because),
            "missing": _listed(settling.missing()),
        }
        others = [
            {"excluded": _listed(excluded), "partial": Answer("bool", _varying([(partial, True)]), otherwise=False)},
            {"warnings": _listed(list(self._warnings()))},
        ]
        return Tables(self.sheet, self.sheet.put(flag_expr(self.valid), self.valid.step)).columns(first, others)

    def _by_flag(self) -> dict[str, Callable[[], Column]]:
        """The same answers, put together of flags."""
        return {
            "outcome": self._outcome,
            "partial": lambda: self._when_valid(some(flag for flag, _ in self._excluded())),
            "because": lambda: self._codes(self.settling.because),
            "missing": lambda: self._codes(self.settling.missing()),
            "excluded": lambda: self._codes(self._excluded()),
            "warnings": lambda: self._codes(list(self._warnings())),
        }

    def _outcome(self) -> Column:
        import narwhals as nw

        key, step = nw.lit(0, dtype=nw.Int8), 0
        outcomes = {str(outcome): flag for outcome, flag in self.settling.outcomes.items()} | {INVALID: self.invalid}
        for number, outcome in enumerate(_OUTCOMES):
            flag = outcomes[outcome] if outcome == INVALID else outcomes[outcome] & self.valid
            if number and flag.expr is not False:
                key = key + flag_expr(flag).cast(nw.Int8) * nw.lit(number, dtype=nw.Int8)
                step = max(step, flag.step)
        return self.sheet.look(Column(key, step), [str(outcome) for outcome in _OUTCOMES], "text")

    def _when_valid(self, flag: Flag) -> Column:
        import narwhals as nw

        expr = nw.when(flag_expr(self.valid)).then(flag_expr(flag))
        return self.sheet.put(expr, max(self.valid.step, flag.step))

    def _codes(self, flags: Sequence[tuple[Flag, str]]) -> Column:
        return self.sheet.codes([(flag & self.valid, code) for flag, code in flags])

    def _excluded(self) -> list[tuple[Flag, str]]:
        """What is asked for and left out of a grant, in the order of the vocabulary."""
        grants, granted = self.settling.grants, self.settling.granted
        found = []
        for item in ITEM_LABELS:
            flags = [each.active & each.asked[item] & each.excluded[item] for each in grants if item in each.asked]
            found.append((self.sheet.flag(some(flags) & granted), item))
        return [each for each in found if each[0].expr is not False]

    def _warnings(self) -> Iterator[tuple[Flag, str]]:
        """The warnings, in the order of `explained.warnings`."""
        reading, settling = self.reading, self.settling
        yield self._stale(), "stale-standard"
        notices = applying(
            self.among,
            lambda policy: policy.notices,
            lambda policy, notice: (
                policy.version.valid_from if notice in policy.version.notices else policy.version.municipality.code,
                notice.id,
                notice.when,
            ),
        )
        for each in notices:
            yield reading.day.active(each.days) & settling.pair(each.entry.when, each.policy).holds, each.entry.id
        unmentioned = some(grant.active & self._not_mentioned(grant) for grant in settling.grants)
        yield settling.granted & unmentioned, "not-mentioned"
        idle = some(
            (each.holds | each.not_applicable) & reading.values.findings[each.requirement.id][1]
            for each in settling.judged
            if each.requirement.id in reading.values.findings
        )
        yield idle, "finding-without-effect"
        yield self._self_reported(), "self-reported"
        yield from self._on_closed_days()

    def _stale(self) -> Flag:
        on = self.reading.day.on
        found = NEVER
        for each in applying(self.among, lambda policy: [policy], lambda policy, _: policy.version.valid_from):
            after = each.entry.stale_after
            if after is not None:
                late = Flag(on > after) if isinstance(on, date) else sure(on.expr > after, on.step)
                found |= self.reading.day.active(each.days) & late
        return found

    def _not_mentioned(self, grant: Grant) -> Flag:
        """That something is asked for of which the standard says nothing."""
        setting = self.reading.see(grant.policy)("requested_setting")
        items = self.reading.values.asked_items
        if not isinstance(setting, Single):
            return NEVER
        unsaid = [
            grant.asked[item] & ~grant.excluded[item] & ~grant.sure[item]
            if item in grant.asked
            else asked_for(item, items, setting)
            for item in ITEM_LABELS
        ]
        return some(unsaid)

    def _self_reported(self) -> Flag:
        found = NEVER
        facts = applying(
            self.among,
            lambda policy: [fact for fact in policy.facts.values() if fact.assessed and fact.name in policy.reads],
            lambda _, fact: fact.name,
        )
        for each in facts:
            found |= self.reading.day.active(each.days) & self.reading.values.reported.items.get(each.entry.name, NEVER)
        return found

    def _on_closed_days(self) -> Iterator[tuple[Flag, str]]:
        rules = applying(
            self.among,
            lambda policy: [(policy.version.calendar, rule) for rule in policy.version.course if rule.workdays_only],
            lambda policy, each: (policy.version.valid_from, each[1].id),
        )
        for each in rules:
            calendar, rule = each.entry
            closed = [self.counting.closed(calendar, event) for event in rule.events]
            yield self.reading.day.active(each.days) & some(closed), rule.id

    def _decided_on(self) -> Column:
        import narwhals as nw

        on = self.reading.day.on
        return Column(nw.lit(on, dtype=nw.Date)) if isinstance(on, date) else Column(on.expr, on.step)

    def _version(self) -> Column:
        import narwhals as nw

        on = self.reading.day.on
        versions = applying(self.among, lambda policy: [policy.version], lambda _, version: version.valid_from)
        if isinstance(on, date):
            return Column(nw.lit(versions[0].entry.valid_from, dtype=nw.Date))
        found, step = nw.lit(None, dtype=nw.Date), self.reading.day.in_force.step
        for each in versions:
            active = self.reading.day.active(each.days) & self.reading.day.in_force
            found = nw.when(flag_expr(active)).then(nw.lit(each.entry.valid_from, dtype=nw.Date)).otherwise(found)
            step = max(step, active.step)
        return Column(found, step)

    def _due(self, deadline: str) -> Column:
        """The date of a deadline in the rows that are cases, of the rule that applies on the row's day."""
        import narwhals as nw

        days = [
            self.counting.day(due, due.active & self.valid)
            for due in self.counting.dues
            if due.rule.id == deadline and due.starts
        ]
        if not days:
            return Column(nw.lit(None, dtype=nw.Date))
        if len(days) == 1:
            return days[0]
        return Column(nw.coalesce(*(day.expr for day in days)), max(day.step for day in days))


def _listed(flags: Sequence[tuple[Flag, str]]) -> Answer:
    return Answer("codes", _varying(flags), invalid=[])


def _varying(flags: Sequence[tuple[Flag, str | bool]]) -> list[tuple[Said, object]]:
    return [(_said(flag), what) for flag, what in flags if flag.expr is not False]


def _said(flag: Flag) -> Said:
    return flag.said if flag.varies else Said("all")
