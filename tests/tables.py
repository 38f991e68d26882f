"""Tables of cases at random, for a pack: column by column and of one kind each, as tables are; most rows are cases.

Nothing of Hypothesis here, because a million rows are drawn: `table(pack, seed, rows)` is the same every time.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from math import inf
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Literal, TypeAlias, get_args

from strategies import DECISION_DAYS, PACK_FACTS, VALID_FROM, Data, Shape, fact_data, generated, words

from vedligehold import Pack, load_pack
from vedligehold.calendar import read_date
from vedligehold.facts import EVENTS, Fact, FactType
from vedligehold.pack import Kind as KindOfRequirement
from vedligehold.table.columns import set_items, stated_facts
from vedligehold.table.stretches import stretches

Kind: TypeAlias = Literal["bool", "int", "float", "decimal", "date", "datetime", "text", "list"]
"""What a column holds beside nulls; *list*: lists of text, which may hold nulls."""
Column: TypeAlias = tuple[Kind, list[Any]]

NATURAL: dict[FactType, Kind] = {
    FactType.BOOL: "bool",
    FactType.INT: "int",
    FactType.DECIMAL: "decimal",
    FactType.DATE: "date",
    FactType.CHOICE: "text",
    FactType.SET: "list",
    FactType.CODE: "text",
}
_ALSO: dict[FactType, Sequence[Kind]] = {
    FactType.INT: ("float",),
    FactType.DECIMAL: ("float", "int"),
    FactType.DATE: ("text", "datetime"),
}
"""The other kinds of column in which a fact may rightly stand."""
_CPR_LIKE = ("020348-1234", "sag 0203481234", "020348 1234")
_WRONG_TEXT = ("", " ", "?", "ja", "true", "1", "BALANCE", "a\x07b", "a\u202eb", "æøå", *_CPR_LIKE)
_WRONG_DATES = ("2010-4-8", "2010-02-30", "", " 2010-01-01", "20100428", "2010-01-01T00:00:00", "2010-W10-1", "i går")
_WRONG_CODES = ("840", "08400", "", "abcd", "０８４０", " 0840", "-840")
_WRONG_CPR = ("020348123", "3202481234", "020348 1234", "", "020348-12345", "02034812-34", "abcdefghij")
_EDGES = (date(1990, 1, 1), date(1990, 1, 2), date(2100, 12, 1), date(2100, 12, 28), date(2100, 12, 31))
_OUTSIDE = (date(1989, 12, 31), date(2101, 1, 1), date(1, 1, 1), date(9999, 12, 31))
_INTS = (-1, 5, 100, 10**6, 10**8 - 1, 10**8, 10**9, -(10**9), 10**10, 2**62)
_DECIMALS = ("0", "0.25", "0.3", "3", "5", "27.50", "27.49", "1200.75", "99999999", "2.999999999", "3.0000001", "1E-7")
_WRONG_DECIMALS = ("-0.01", "1.1234567890123456", "100000000", "9999999999", "10000000000000000")
_FLOATS = (0.0, 0.25, 0.3, 3.0, 5.0, 27.5, 27.49, 1e-07, 1e-09, 1200.75, 99999999.0)
_WRONG_FLOATS = (-0.5, 0.1 + 0.2, 1e8, 1234567890.0, 1e15, 1e16, 1e300, inf, -inf, 123456789012345.0)
_STRANGE: dict[Kind, tuple[Any, ...]] = {
    "bool": (True, False),
    "int": (0, 1, 840),
    "float": (0.0, 1.0, 2.5),
    "decimal": (Decimal(0), Decimal(1)),
    "date": (date(2010, 1, 1), date(2010, 4, 28)),
    "datetime": (datetime(2010, 1, 1), datetime(2010, 1, 1, 12)),  # noqa: DTZ001
    "text": ("true", "1", "balance", "2010-01-01", ""),
    "list": (["balance"], [], ["true"]),
}
"""What stands in a column of a kind that its fact cannot have."""


@dataclass(frozen=True)
class Table:
    """A table for a pack, and the decision date or the name of the column that gives it."""

    pack: Pack
    on: date | str
    columns: dict[str, Column]
    rows: int
    seed: int

    def row(self, number: int) -> dict[str, Any]:
        """One row: every cell by its column."""
        return {name: values[number] for name, (_, values) in self.columns.items()}

    def __repr__(self) -> str:
        return f"<{self.rows} rows for {self.pack}, seed {self.seed}, on {self.on}>"


def table(pack: Pack, seed: int, rows: int = 100) -> Table:
    """A table of that many *rows* for *pack*: the same one for the same seed."""
    return _Drawing(pack, seed, rows).table()


def tables(pack: Pack, count: int, rows: int = 100, first: int = 0) -> list[Table]:
    """As many tables, of the seeds from *first* on."""
    return [table(pack, seed, rows) for seed in range(first, first + count)]


@lru_cache
def packs_for_tables(most: int = 6) -> tuple[Pack, ...]:
    """The two real packs, the generated ones of each shape, and *most* with two versions; call it before a test."""
    made = [each.pack for shape in get_args(Shape) for each in generated(shape)]
    return (load_pack("rebild"), load_pack("sundhed-og-traening"), *made, *two_versions(most))


@lru_cache
def two_versions(most: int = 6) -> tuple[Pack, ...]:
    """Generated packs in pairs: the one is the first version, the other follows it, sometimes after a gap.

    The two differ in everything but their parameters and most of their facts: ids that both have mean other things.
    """
    made = sorted(generated("any"), key=lambda each: json.dumps(each.data, sort_keys=True))
    second = (date(2013, 7, 1), date(2012, 3, 1), date(2024, 2, 29))
    return tuple(
        _pair(one.data, other.data, second[place % len(second)], gap=place % 2 == 1, turned=place % 3 == 2)
        for place, (one, other) in enumerate(list(pairwise(made))[:most])
    )


def _pair(one: Data, other: Data, second: date, *, gap: bool, turned: bool) -> Pack:
    first: Data = {**one, "facts": dict(one["facts"])}
    later: Data = {**other, "valid_from": second.isoformat(), "review_by": "2030-12-31", "facts": dict(other["facts"])}
    # what no condition reads can differ: a fact that one version has alone, an item, and a type
    del later["facts"]["never_read"]
    aids = later["facts"]["never_read_either"]
    later["facts"]["never_read_either"] = {**aids, "choices": {**aids["choices"], "rollator": words("rollator")}}
    first["facts"]["level_then"] = fact_data(PACK_FACTS["goal"])
    later["facts"]["level_now"] = fact_data(PACK_FACTS["goal"])
    if turned:
        first["facts"]["turned"] = fact_data(PACK_FACTS["lives_alone"])
        later["facts"]["turned"] = fact_data(PACK_FACTS["pension"])
    if gap:
        first["valid_to"] = (second - timedelta(400)).isoformat()
        first.pop("review_by", None)
    with TemporaryDirectory() as folder:
        for data in (first, later):
            path = Path(folder, "generated", f"{data['valid_from']}.yaml")
            path.parent.mkdir(exist_ok=True)
            path.write_text(json.dumps(data), encoding="utf-8")
        return load_pack(Path(folder, "generated"))


class _Drawing:
    """A table while it is drawn."""

    def __init__(self, pack: Pack, seed: int, rows: int) -> None:
        self.pack, self.seed, self.rows = pack, seed, rows
        self.random = Random(f"{seed} {[version.digest for version in pack.versions]}")
        self.nulls = self.random.choice([0.0, 0.02, 0.1, 0.3, 0.5])
        self.wrong = self.random.choice([0.0, 0.0, 0.02, 0.02, 0.02, 0.1, 0.1, 0.4])
        self.absent = self.random.choice([0.0, 0.05, 0.2, 0.6])
        self.strange = self.random.random() < 0.1
        self.columns: dict[str, Column] = {}
        self.errors: dict[str, tuple[Any, ...]] = {}
        self.on: date | str = VALID_FROM
        self.days: list[date] = []
        self.among = stretches(pack, None)
        self.facts = stated_facts(self.among)
        self.items = set_items(self.among)

    def table(self) -> Table:
        self._decision_days()
        for fact in self.facts.values():
            if self.chance(1 - self.absent):
                self._fact(fact)
                self._mostly_unknown_unless_known_to_all(fact)
        self._cpr()
        self._events()
        self._findings()
        self._self_reported()
        self._other_columns()
        self._make_wrong()
        names = list(self.columns)
        self.random.shuffle(names)
        columns = {name: self.columns[name] for name in names}
        return Table(self.pack, self.on, columns, self.rows, self.seed)

    # ------------------------------------------------------------------------------------------------------------------
    # How a column is drawn

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def pick(self, values: Sequence[Any]) -> list[Any]:
        """One of the *values* for every row, or null."""
        return self._with_nulls(self.random.choices(values, k=self.rows))

    def _with_nulls(self, values: list[Any], share: float | None = None) -> list[Any]:
        share = self.nulls if share is None else share
        if not share:
            return values
        draw = self.random.random
        return [None if draw() < share else value for value in values]

    def add(self, name: str, kind: Kind, values: list[Any], wrong: Sequence[Any] = ()) -> None:
        self.columns[name] = (kind, values)
        if wrong:
            self.errors[name] = tuple(wrong)

    def add_days(self, name: str, days: list[Any], wrong: Sequence[date]) -> None:
        """A column of *days*, as dates, text or times."""
        kind = self.random.choice(["date", "date", "text", "datetime"])
        if kind == "date":
            self.add(name, "date", days, wrong)
        elif kind == "text":
            texts = [None if day is None else day.isoformat() for day in days]
            self.add(name, "text", texts, (*(day.isoformat() for day in wrong), *_WRONG_DATES))
        else:
            midnights = [None if day is None else datetime(day.year, day.month, day.day) for day in days]  # noqa: DTZ001
            times = [datetime(day.year, day.month, day.day) for day in wrong if 1700 < day.year < 2200]  # noqa: DTZ001
            self.add(name, "datetime", midnights, (*times, datetime(2010, 5, 3, 13, 45), datetime(2010, 5, 3, 0, 0, 1)))  # noqa: DTZ001

    def near(self, low: int, high: int) -> list[Any]:
        """A day near the decision in every row."""
        away = self.random.choices(range(low, high + 1), k=self.rows)
        days = [date.fromordinal(on.toordinal() + days) for on, days in zip(self.days, away, strict=True)]
        return self._with_nulls(days)

    # ------------------------------------------------------------------------------------------------------------------
    # The columns

    def _decision_days(self) -> None:
        """The decision date: one for all, or a column with days about which the rules change, or none apply."""
        firsts = [stretch.first for stretch in self.among if stretch.first is not None]
        good = [day for day in (*DECISION_DAYS, *firsts, firsts[-1] + timedelta(200)) if self.pack.in_force(day)]
        changes = [day + timedelta(away) for day in firsts for away in (-1, 0, 1)]
        if self.chance(0.6):
            self.on = self.random.choice(good)
            self.days = [self.on] * self.rows
            return
        self.on = self.random.choice(["on", "decision_day", "afgjort"])
        pool = good * 4 + [day for day in changes if self.pack.in_force(day)]
        days = self.random.choices(pool, k=self.rows)
        self.days = list(days)
        out = [day for day in (*changes, date(1900, 1, 1), date(2009, 12, 31)) if not self.pack.in_force(day)]
        shown = self._with_nulls(days, 0.01) if self.wrong else days
        self.add_days(self.on, shown, [*out, *_OUTSIDE])

    def _fact(self, fact: Fact) -> None:
        if self.strange and self.chance(0.05):
            kind = self.random.choice(get_args(Kind))
            self.add(fact.name, kind, self._with_nulls(self.random.choices(_STRANGE[kind], k=self.rows), 0.5))
            return
        kinds = (NATURAL[fact.type], NATURAL[fact.type], *_ALSO.get(fact.type, ()))
        kind = self.random.choice(kinds)
        match fact.type:
            case FactType.BOOL:
                self.add(fact.name, "bool", self.pick((True, False)))
            case FactType.INT:
                self._int(fact, kind)
            case FactType.DECIMAL:
                self._decimal(fact, kind)
            case FactType.DATE:
                self._date(fact)
            case FactType.CODE:
                self.add(fact.name, "text", self.pick(self._codes()), _WRONG_CODES)
            case FactType.CHOICE:
                # an own fact may be any text, also one that no case may hold; as the standard ones it must be a choice
                self.add(fact.name, "text", self.pick(list(fact.labels)), _WRONG_TEXT)
            case FactType.SET:
                self._set(fact)

    def _mostly_unknown_unless_known_to_all(self, fact: Fact) -> None:
        """A row that states what its version does not know is no case."""
        same = [fact in stretch.policy.facts.values() for stretch in self.among]
        if not all(same) and fact.type is not FactType.SET:
            kind, values = self.columns[fact.name]
            self.columns[fact.name] = (kind, self._with_nulls(values, 0.98))

    def _codes(self) -> list[str]:
        own = [version.municipality.code for version in self.pack.versions if version.municipality.code is not None]
        return [*own, "0840", "0851", "0101"]

    def _constants(self, *kinds: type) -> list[Any]:
        """The parameters of the pack of these types, and what lies beside them."""
        return [
            named.value
            for version in self.pack.versions
            for _, named in version.parameters
            if type(named.value) in kinds
        ]

    def _int(self, fact: Fact, kind: Kind) -> None:
        low, high = fact.minimum, fact.maximum
        if low is not None and high is not None:
            good = list(range(int(low), int(high) + 1))
        else:
            named = [number + away for number in self._constants(int) for away in (-1, 0, 1)]
            good = [number for number in (*range(-1, 9), 17, 18, 19, *named) if low is None or number >= low]
            good = [number for number in good if high is None or number <= high]
        out = [] if low is None else [int(low) - 1]
        out += [] if high is None else [int(high) + 1]
        wrong: list[Any] = [*out, *_INTS]
        if kind == "float":
            self.add(
                fact.name, "float", self.pick([float(each) for each in good]), (*map(float, wrong), 2.5, inf, 1e300)
            )
        else:
            self.add(fact.name, "int", self.pick(good), wrong)

    def _decimal(self, fact: Fact, kind: Kind) -> None:
        def fits(number: Any) -> bool:
            low, high = fact.minimum, fact.maximum
            return (low is None or number >= low) and (high is None or number <= high)

        if kind == "int":
            self.add(fact.name, "int", self.pick([each for each in (0, 1, 2, 3, 5, 27, 28, 1200) if fits(each)]), _INTS)
        elif kind == "float":
            named = [float(each) for each in self._constants(Decimal)]
            good = [each for each in (*_FLOATS, *named) if fits(each)]
            self.add(fact.name, "float", self.pick(good), _WRONG_FLOATS)
        else:
            places = Decimal("0.0000000001")  # as a column has them: the same in every row
            numbers = [Decimal(each) for each in _DECIMALS] + self._constants(Decimal)
            good = [number.quantize(places) for number in numbers if fits(number)]
            self.add(fact.name, "decimal", self.pick(good), [Decimal(each) for each in _WRONG_DECIMALS])

    def _date(self, fact: Fact) -> None:
        if fact.name == "birth_date":
            self.add_days(fact.name, self._births(), [*_OUTSIDE, date(2099, 1, 1), date(2010, 4, 1), *_EDGES])
        elif fact.name == "received_on":
            self.add_days(fact.name, self.near(-40, 10), [*_OUTSIDE, *_EDGES])
        else:
            named = self._constants(date)
            days = self.near(-150, 30)
            for place in self.random.sample(range(self.rows), self.rows // 4) if named else ():
                days[place] = self.random.choice(named) - timedelta(self.random.randrange(2))
            self.add_days(fact.name, days, [*_OUTSIDE, *_EDGES])

    def _births(self) -> list[Any]:
        """Births of which the age is near those that the rules name, on the day of the decision."""
        pools: dict[date, list[date]] = {}
        for on in set(self.days):
            ages = (2, 17, 18, 18, 19, 40, 66, 67, 67, 68, 90)
            same_days = [on.replace(year=on.year - age, day=min(on.day, 28)) for age in ages]
            pool = [day + timedelta(away) for day in same_days for away in (-1, 0, 1)]
            pools[on] = [*pool, date(2000, 2, 29)] if on.year > 2000 else pool
        choice = self.random.choice
        return self._with_nulls([choice(pools[on]) for on in self.days])

    def _set(self, fact: Fact) -> None:
        labels = list(self.items[fact.name])
        sets = [stretch.policy.facts.get(fact.name, fact) for stretch in self.among]
        common = [item for item in labels if all(item in each.labels for each in sets)]
        if self.chance(0.5):
            wrong = [*self._wrong_lists(common), *([item] for item in labels if item not in common)]
            self.add(fact.name, "list", self.pick(self._lists(common)), wrong)
            return
        # most tables have a column for every item, in any order
        some = labels if self.chance(0.6) else [each for each in labels if self.chance(0.7)]
        share = self.random.choice([0.0, self.nulls / 5])
        for item in some:
            values = self._with_nulls(self.random.choices((True, False, False), k=self.rows), share)
            if item not in common:
                values = self._with_nulls(self.random.choices((False,), k=self.rows), share)
                self.errors[f"{fact.name}_{item}"] = (True, None)
            if self.strange and self.chance(0.1):
                self.errors.pop(f"{fact.name}_{item}", None)
                self.add(f"{fact.name}_{item}", "int", [None if value is None else int(value) for value in values])
            else:
                self.add(f"{fact.name}_{item}", "bool", values)

    def _lists(self, items: Sequence[str]) -> list[list[str]]:
        sizes = [0, 1, 1, 2, 2, 3, 4]
        return [self.random.sample(items, min(self.random.choice(sizes), len(items))) for _ in range(40)]

    def _wrong_lists(self, items: Sequence[str]) -> list[list[Any]]:
        one, other = items[0], items[-1]
        texts = ["", "?", one.upper(), *_CPR_LIKE, "a\x07b"]
        return [[one, one], [other, None], [None], [None, None], [other, "?", "?"], *([one, text] for text in texts)]

    def _cpr(self) -> None:
        if not self.chance(0.3):
            return
        born = self.columns.get("birth_date")
        if born is not None and self.chance(0.7):
            del self.columns["birth_date"]
            self.errors.pop("birth_date", None)
            born = None
        if born is None:
            days = self._births()
        elif born[0] == "text":
            days = [read_date(day or "") for day in born[1]]
        elif born[0] in ("date", "datetime"):
            days = born[1]
        else:
            return
        hyphen = self.random.choice(["", "-", None])
        numbers = [None if day is None else self._number(day, hyphen) for day in days]
        contradicting = [self._number(date(year, 2, 3), "-") for year in (1931, 1958, 1990, 2004)]
        self.add("cpr", "text", self._with_nulls(numbers), (*_WRONG_CPR, *contradicting))

    def _number(self, born: date, hyphen: str | None) -> str:
        """A number of somebody born on that day, with a seventh digit that says the century."""
        seventh = 1 if born.year < 2000 else 5 if born.year < 2058 else 4
        between = self.random.choice(["", "-"]) if hyphen is None else hyphen
        return f"{born:%d%m%y}{between}{seventh}{self.random.randrange(1000):03}"

    def _events(self) -> None:
        share = self.random.choice([0.0, 0.1, 0.3])
        # those that deadlines are counted from stand more often
        starts = {rule.start_event for stretch in self.among for rule in stretch.policy.deadlines}
        for event in EVENTS:
            if event.startswith("waiting_list"):
                continue
            if event == "referral_received":
                if self.chance(share):
                    self._referral_received()
            elif self.chance(0.6 if event in starts else share):
                self.add_days(f"{event}_on", self.near(-60, 60), [*_OUTSIDE, *_EDGES])
        if self.chance(0.5):
            self._waiting_list()

    def _referral_received(self) -> None:
        """Beside `received_on` most rows say the same, or say it once."""
        kind, received = self.columns.get("received_on", ("date", None))
        days: list[Any] = self.near(-40, 10)
        if received is not None and kind in ("date", "text"):
            same = [read_date(day or "") if kind == "text" else day for day in received]
            days = [new if day is None else day for day, new in zip(same, days, strict=True)]
            days = self._with_nulls(days, 0.3)
        elif received is not None:
            return
        self.add_days("referral_received_on", days, [*_OUTSIDE, *_EDGES, date(2010, 4, 27)])

    def _waiting_list(self) -> None:
        entered = self.near(-60, 30)
        lasting = self.random.choices(range(60), k=self.rows)
        draw = self.random.random
        left = [
            None if day is None or draw() < 0.2 else day + timedelta(days)
            for day, days in zip(entered, lasting, strict=True)
        ]
        self.add_days("waiting_list_entered_on", entered, [*_OUTSIDE, *_EDGES])
        if self.chance(0.9):
            self.add_days("waiting_list_left_on", left, [*_OUTSIDE, *_EDGES, date(2009, 1, 1)])

    def _findings(self) -> None:
        kinds: dict[str, set[KindOfRequirement]] = {}
        for stretch in self.among:
            for each in stretch.policy.requirements:
                kinds.setdefault(each.id, set()).add(each.kind)
        for name, found in kinds.items():
            takes = found == {KindOfRequirement.DISCRETIONARY}
            if self.chance(0.6 if takes else self.wrong / 4):
                share = self.random.choice([0.2, 0.6]) if takes else 0.95
                self.add(
                    f"finding_{name}",
                    "bool",
                    self._with_nulls(self.random.choices((True, False), k=self.rows), share),
                )
        if self.chance(self.wrong / 4):
            name = self.random.choice(["finding_nothing", "finding_æ b", "finding_a.holds", "finding_"])
            self.add(name, "bool", self._with_nulls(self.random.choices((True, False), k=self.rows), 0.95))
        if self.strange and self.chance(0.3) and kinds:
            name = f"finding_{self.random.choice(list(kinds))}"
            self.add(name, "text", self._with_nulls(self.random.choices(("true", ""), k=self.rows), 0.9))

    def _self_reported(self) -> None:
        how = self.random.random()
        if how < 0.4:
            return
        assessed = [name for name, fact in self.facts.items() if fact.assessed]
        if how < 0.7:
            known = set.intersection(*({*stretch.policy.facts} for stretch in self.among))
            names = [name for name in (*assessed, *assessed, "age", "consent_given") if name in known]
            lists = [each for each in self._lists(list(dict.fromkeys(names))) if len(each) < 3]
            values = self._with_nulls(self.random.choices([[], *lists], k=self.rows), self.nulls)
            self.add("self_reported", "list", values, self._wrong_lists(["age", *names]))
            return
        for name in (*assessed, "consent_given"):
            if self.chance(0.4):
                values = self._with_nulls(self.random.choices((True, False, False, False), k=self.rows))
                self.add(f"self_reported_{name}", "bool", values)

    def _other_columns(self) -> None:
        """Columns that go through as they are."""
        if self.chance(0.5):
            self.add("sag", "int", list(range(self.rows)))
        if self.chance(0.1):
            self.add("alder", "float", self.pick((1.5, 70.0)))
        if self.chance(0.1):
            self.add("age", "int", self.pick((17, 18)))
        if self.chance(0.1):
            self.add("needs_maintainance", "bool", self.pick((True, False)))

    def _make_wrong(self) -> None:
        """Put something wrong into a share of the rows: most into one column, some into several."""
        if not self.errors or not self.wrong:
            return
        names = [name for name in self.errors if name in self.columns]
        for number in self.random.sample(range(self.rows), int(self.rows * self.wrong)):
            for name in self.random.choices(names, k=self.random.choice([1, 1, 1, 2, 3])):
                self.columns[name][1][number] = self.random.choice(self.errors[name])
