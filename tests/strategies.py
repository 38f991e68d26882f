"""Whole packs, the cases that are decided under them, and calendars: for Hypothesis.

A pack is made as plain data, written as JSON, which is YAML, and read by the real reader. Reading takes longer than
deciding, so a bounded number of packs is made once (`generated`), and many cases are drawn for each.
"""

import copy
import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, TypeAlias

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from vedligehold import Case, Decision, Pack, WorkdayCalendar, decide, load_pack
from vedligehold.condition import Condition
from vedligehold.facts import DECIDED_ON, ITEM_LABELS, STANDARD_FACTS, Fact, FactType, Named, Span
from vedligehold.meaning.data import Vocabulary, parse
from vedligehold.meaning.value import facts_read
from vedligehold.reading.possible import possible_truths
from vedligehold.source import Words

PACKS = int(os.environ.get("VEDLIGEHOLD_PACKS", "30"))
"""How many packs of each shape are made."""

VALID_FROM = date(2010, 1, 1)
DECISION_DAYS = (date(2010, 5, 3), date(2013, 6, 30), date(2013, 7, 1), date(2024, 2, 29), date(2025, 7, 1))
"""One for each state of the national law, Mondays and other days."""

Data = dict[str, Any]


def tries(count: int) -> settings:
    """As many examples as that under the profile `ci`, and under another as many more as it asks for."""
    return settings(max_examples=count * settings().max_examples // 60)


# ----------------------------------------------------------------------------------------------------------------------
# The facts that conditions are about

_PENSIONS = ("old_age", "early", "none")
_AIDS = ("stick", "frame", "chair")


def words(text: str) -> dict[str, str]:
    """The same wording in both languages, told apart by the language."""
    return {"da": f"{text} (da)", "en": f"{text} (en)"}


def _fact(name: str, of_type: str, choices: Sequence[str] = (), **more: Any) -> Fact:
    labels = tuple((choice, Words(**words(choice))) for choice in choices)
    return Fact(name, FactType(of_type), Words(**words(name)), Words(**words(f"{name}?")), choices=labels, **more)


def _span(name: str, start: str, end: str, unit: Any) -> Fact:
    derived = Span(start, end, unit)
    return Fact(name, FactType.INT, Words(**words(name)), section="derived", unit=unit, derived=derived)


PACK_FACTS: dict[str, Fact] = {
    fact.name: fact
    for fact in (
        _fact("motivated", "bool", assessed=True),
        _fact("lives_alone", "bool"),
        _fact("level", "int", unit="level", minimum=0, maximum=4, assessed=True),
        _fact("goal", "int", unit="level", minimum=0, maximum=4),
        _fact("visits", "int", unit="times"),
        _fact("fee", "decimal", unit="kr.", minimum=0),
        _fact("income", "decimal"),
        _fact("discharged_on", "date"),
        _fact("applied_on", "date"),
        _fact("pension", "choice", _PENSIONS),
        _fact("former_pension", "choice", _PENSIONS),
        _fact("wanted_setting", "choice", ("group", "individual", "home")),
        _fact("aids", "set", _AIDS, assessed=True),
        _fact("wanted_aids", "set", _AIDS),
        _span("weeks_since_discharge", "discharged_on", DECIDED_ON, "weeks"),
        _span("days_to_referral", "applied_on", "received_on", "days"),
        _span("months_between", "discharged_on", "applied_on", "months"),
        _span("years_of_life", "birth_date", "applied_on", "years"),
        _fact("never_read", "bool"),
        _fact("never_read_either", "set", _AIDS),
    )
}
"""The facts that every generated pack declares: of each type, with and without limits, derived or not."""

FACTS: dict[str, Fact] = {fact.name: fact for fact in (*STANDARD_FACTS, *PACK_FACTS.values())}
STATED: dict[str, Fact] = {name: fact for name, fact in FACTS.items() if fact.derived is None}
ASKED_FOR = ("requested", "requested_setting", "requested_transport")
"""What the citizen asks for, which is never unknown."""

_READABLE = tuple(name for name in FACTS if not name.startswith("never_read") and name != "other_municipality")
"""Other facts than those that no generated pack may read."""

PARAMETERS: dict[str, tuple[str, Any, Any]] = {
    "adult_age": ("years", "18", 18),
    "lowest_level": ("number", "2", 2),
    "most_visits": ("times", "3", 3),
    "longest_wait": ("weeks", "8", 8),
    "dearest": ("amount", "27.50", Decimal("27.50")),
    "smallest": ("amount", "0.0000001", Decimal("0.0000001")),
    "cutoff": ("date", "2010-03-01", date(2010, 3, 1)),
    "pensioners": ("values", ["old_age", "early"], ("old_age", "early")),
    "passive_items": ("values", ["massage", "heat_packs"], ("massage", "heat_packs")),
    "walking_aids": ("values", ["stick", "frame"], ("stick", "frame")),
    "neighbours": ("values", ["0840", "0851"], ("0840", "0851")),
}
"""Name: the unit, the value as a pack spells it, the value."""

VOCABULARY = Vocabulary(FACTS, {name: Named(value, unit) for name, (unit, _, value) in PARAMETERS.items()})

_BY_FACT: dict[str, tuple[str, ...]] = {
    "age": ("adult_age",),
    "years_of_life": ("adult_age",),
    "level": ("lowest_level",),
    "goal": ("lowest_level",),
    "visits": ("lowest_level", "most_visits"),
    "weeks_since_discharge": ("longest_wait",),
    "fee": ("dearest", "smallest", "lowest_level"),
    "income": ("dearest",),
    "discharged_on": ("cutoff",),
    "applied_on": ("cutoff",),
    "received_on": ("cutoff",),
    "birth_date": ("cutoff",),
    "pension": ("pensioners",),
    "former_pension": ("pensioners",),
    "requested": ("passive_items",),
    "aids": ("walking_aids",),
    "wanted_aids": ("walking_aids",),
    "municipality_code": ("neighbours",),
}
"""The parameters that a fact can be compared with."""

_WITH: dict[str, tuple[str, ...]] = {
    "motivated": ("lives_alone", "can_self_train"),
    "level": ("goal", "visits"),
    "visits": ("weeks_since_discharge", "age"),
    "fee": ("income",),
    "discharged_on": ("applied_on", "received_on"),
    "received_on": ("applied_on",),
    "pension": ("former_pension",),
    "aids": ("wanted_aids",),
    "wanted_setting": ("requested_setting",),
    "consent_given": ("requested_transport",),
}
"""The facts of its own type that a fact can be compared with."""

_DAYS_NAMED = ("2009-12-31", "2010-03-01", "2010-04-28", "2013-06-30", "2024-02-29", "2025-06-30")
_FEES = ("0.25", "5", "27.50", "0.000000001", "1200.75", "3")


def _constants(fact: Fact) -> st.SearchStrategy[str]:
    """A constant of *fact* as a pack spells it; for a number with limits never one that all values pass."""
    match fact.type:
        case FactType.BOOL:
            return st.sampled_from(["true", "false"])
        case FactType.INT if fact.unit == "years":
            return st.sampled_from(["18", "67"])
        case FactType.INT if fact.derived is not None:
            return st.integers(-3, 20).map(str)
        case FactType.INT:
            return st.integers(1, 3).map(str)
        case FactType.DECIMAL:
            return st.sampled_from(_FEES)
        case FactType.DATE:
            return st.sampled_from(_DAYS_NAMED)
        case FactType.CODE:
            return st.sampled_from(["0840", "0851", "0101"])
        case FactType.CHOICE | FactType.SET:
            return st.sampled_from(list(fact.labels))


@st.composite
def _several(draw: st.DrawFn, fact: Fact) -> list[str]:
    return draw(st.lists(_constants(fact), min_size=1, max_size=2, unique=True))


@st.composite
def leaves(draw: st.DrawFn, name: str, *, alone: bool = False) -> Any:
    """A condition on the fact *name*, as data; *alone*: compared with no other fact."""
    fact = FACTS[name]
    others = [] if alone else list(_WITH.get(name, ()))
    other = st.sampled_from(others).map(lambda each: {"fact": each}) if others else None
    several = [parameter for parameter in _BY_FACT.get(name, ()) if PARAMETERS[parameter][0] == "values"]
    single = [parameter for parameter in _BY_FACT.get(name, ()) if PARAMETERS[parameter][0] != "values"]

    def operand(*kinds: Any) -> Any:
        return draw(st.one_of(*[kind for kind in kinds if kind is not None]))

    def named(names: list[str]) -> Any:
        return st.sampled_from(names) if names else None

    match fact.type:
        case FactType.BOOL:
            if draw(st.booleans()):
                return name
            return {name: {"is": operand(_constants(fact), other)}}
        case FactType.SET:
            key = draw(st.sampled_from(["any_of", "all_of", "only", "empty"]))
            return {name: "empty" if key == "empty" else {key: operand(_several(fact), named(several), other)}}
        case FactType.CHOICE | FactType.CODE:
            if draw(st.booleans()):
                return {name: {"one_of": operand(_several(fact), named(several))}}
            return {name: {"is": operand(_constants(fact), other)}}
        case _:
            key = draw(st.sampled_from(["at_least", "at_most", "at_least", "at_most", "is", "one_of"]))
            if key == "one_of":
                return {name: {key: draw(_several(fact))}}
            return {name: {key: operand(_constants(fact), named(single), other)}}


@st.composite
def _joined(draw: st.DrawFn, parts: Sequence[Any]) -> Any:
    """The conditions *parts*, each once, under `all`, `any` and `not` in some way."""
    rest = list(parts)
    while len(rest) > 1 or draw(st.integers(0, 9)) == 9:
        count = draw(st.integers(min(2, len(rest)), len(rest)))
        node: Any = {draw(st.sampled_from(["all", "any"])): rest[:count]}
        rest = [*rest[count:], {"not": node} if draw(st.integers(0, 3)) == 0 else node]
    return {"not": rest[0]} if draw(st.integers(0, 3)) == 0 else rest[0]


@st.composite
def conditions(draw: st.DrawFn, names: Sequence[str] = _READABLE, most: int = 5) -> Any:
    """A condition over the facts *names*, as data."""
    chosen = draw(st.lists(st.sampled_from(names), min_size=1, max_size=most))
    return draw(_joined([draw(leaves(name)) for name in chosen]))


def understood(data: Any, words: Vocabulary = VOCABULARY) -> Condition:
    """The condition that *data* says; there is nothing wrong with it."""
    problems: list[Any] = []
    condition = parse(data, words, lambda *problem: problems.append(problem))
    assert not problems
    assert condition is not None
    return condition


# ----------------------------------------------------------------------------------------------------------------------
# Packs


def _has_both_answers(data: Any) -> bool:
    """Whether the static checks let a condition through: it can hold, and it can fail."""
    return possible_truths(understood(data), FACTS) in (None, {"holds", "fails"})


class _Names:
    """Ids in order, and the statements that each rests on."""

    def __init__(self, draw: st.DrawFn, unread: Iterable[str] | None) -> None:
        self.draw = draw
        self.unread = None if unread is None else list(unread)
        # a pack is about a few facts, which several of its parts name
        self.few = draw(st.lists(st.sampled_from(_READABLE), min_size=4, max_size=9, unique=True))
        self.statements: Data = {}
        self.count = 0

    def id(self, kind: str) -> str:
        self.count += 1
        return f"{kind}-{self.count}"

    def cite(self, name: str) -> Any:
        """A statement of its own, and now and then one that it shares."""
        known = [each for each, said in self.statements.items() if "encoded_by" in said]
        cited = [f"S{len(self.statements) + 1}"]
        self.statements[cited[0]] = {"at": f"§ {self.count}", "gist": words(f"about {name}"), "encoded_by": [name]}
        if known and self.draw(st.integers(0, 3)) == 0:
            shared = self.draw(st.sampled_from(known))
            self.statements[shared]["encoded_by"].append(name)
            cited.append(shared)
        return cited if len(cited) > 1 else cited[0]

    def condition(self, most: int = 3) -> Any:
        """A condition that can hold and can fail; where no fact may be named twice, over facts that are left."""
        draw = self.draw
        if self.unread is None:
            data = draw(conditions(self.few, most))
            simple = st.sampled_from(["motivated", "lives_alone", "needs_maintenance", "consent_given"])
            return data if _has_both_answers(data) else draw(simple)
        wanted = draw(st.integers(1, min(most + 1, len(self.unread))))
        chosen, self.unread = self.unread[:wanted], self.unread[wanted:]
        return draw(_joined([draw(leaves(name, alone=True)) for name in chosen]))

    def can_ask(self) -> bool:
        """Whether there is a fact left for another condition."""
        return self.unread is None or bool(self.unread)


_ONCE = (
    "motivated lives_alone level fee discharged_on|weeks_since_discharge|applied_on pension aids age "
    "needs_maintenance can_self_train referred_by consent_given special_circumstances wanted_setting visits"
).split()
"""Facts of which no two rest on one source, and none on two; of those joined by a bar one is taken."""


def fact_data(fact: Fact) -> Data:
    """*fact* as a pack declares it."""
    data: Data = {"type": str(fact.type), "label": words(fact.name)}
    if isinstance(fact.derived, Span):
        data["span"] = {"from": fact.derived.start, "to": fact.derived.end}
    else:
        data["question"] = words(f"{fact.name}?")
    given_keys = {"unit": fact.unit, "minimum": fact.minimum, "maximum": fact.maximum}
    data |= {key: value for key, value in given_keys.items() if value is not None}
    if fact.assessed:
        data["assessed"] = True
    if fact.choices:
        data["choices"] = {choice: words(choice) for choice in fact.labels}
    return data


Shape: TypeAlias = Literal["any", "once", "grant"]
"""What a pack is made for: *once*: no fact is named twice by what can ask; *grant*: much to give, little to ask."""


@st.composite
def pack_data(draw: st.DrawFn, shape: Shape = "any") -> Data:
    """A pack as plain data."""
    unread = None
    if shape == "once":
        chosen = [draw(st.sampled_from(each.split("|"))) for each in _ONCE]
        unread = draw(st.permutations(chosen))[:7]
    names = _Names(draw, unread)
    data: Data = {
        "format": 1,
        "pack": "generated",
        "title": words("generated"),
        "municipality": draw(st.sampled_from([{"name": "N", "code": "0840"}, {"name": "N", "code": None, "why": "-"}])),
        "term": words("training"),
        "legal_basis": words("act"),
        "valid_from": VALID_FROM.isoformat(),
        "review_by": draw(st.sampled_from(["2010-12-31", "2030-12-31"])),
        "calendar": {"saturday": draw(st.sampled_from(["closed", "open"])), "closed": ["12-24", "2010-05-14"]},
        "parameters": {name: {unit: spelled, "cite": "P"} for name, (unit, spelled, _) in PARAMETERS.items()},
        "facts": {name: fact_data(fact) for name, fact in PACK_FACTS.items()},
    }
    data["routes"] = {
        name: {"title": words(name), "considered_by": "municipality", "cite": names.cite(name), **more}
        for name, more in {"own-route": {}, "aids-route": {} if shape == "once" else {"names": "aids"}}.items()
    }
    grant = shape == "grant"
    wanted = draw(st.sampled_from([1] if grant else [3, 2, 4, 1]))
    data["requirements"] = [draw(_requirements(names)) for _ in range(wanted) if names.can_ask()]
    if grant:
        data["requirements"][0] |= {"kind": "discretionary", "require": "needs_maintenance"}
    least = 1 if grant else 0
    data["entitlement"], always = draw(_entitlements(names, least))
    left_out = [draw(_exclusions(names, always)) for _ in range(draw(st.integers(least, 3))) if names.can_ask()]
    noticed = [] if shape == "once" else [draw(_notices(names)) for _ in range(draw(st.integers(0, 2)))]
    counted = [draw(_deadlines(names)) for _ in range(draw(st.integers(0, 4)))]
    coursed = [_course_rule(names)] if draw(st.booleans()) else []
    optional = {"leave_out": left_out, "notices": noticed, "deadlines": counted, "course": coursed}
    data |= {section: entries for section, entries in optional.items() if entries}
    if not data["entitlement"]:
        del data["entitlement"]
    data["source"] = {"title": words("source"), "statements": names.statements | _other_statements()}
    return data


def _other_statements() -> Data:
    ways: Data = {
        "metadata": ["legal_basis", "publisher"],
        "informative": words("an example"),
        "procedure": words("how it is done"),
        "not_computable": words("no figure"),
        "overridden_by": ["complaint"],
    }
    return {
        "P": {"at": "-", "gist": words("figures"), "encoded_by": list(PARAMETERS)},
        **{f"X-{way}": {"at": "-", "gist": words(way), way: how} for way, how in ways.items()},
    }


@st.composite
def _requirements(draw: st.DrawFn, names: _Names) -> Data:
    name = names.id("requirement")
    entry: Data = {
        "id": name,
        "kind": draw(st.sampled_from(["strict", "discretionary", "procedural", "scope", "strict", "discretionary"])),
        "title": words(name),
        "reason": words(f"not {name}"),
        "require": names.condition(),
    }
    if names.can_ask() and draw(st.booleans()):
        entry["when"] = names.condition(2)
    if draw(st.booleans()):
        entry["routes"] = ["own-route", "aids-route", "sul-140a"]
        entry["interpretation"] = words("read so")
    entry["cite"] = names.cite(name)
    return entry


_GIVES: dict[str, list[Any]] = {
    "sessions": [{"per_week": 1}, {"per_week": 2}],
    "setting": ["group", "individual", "home", ["group", "individual"]],
    "content": [["balance", "strength"], ["balance", "massage"], ["mobility"], {"items": ["strength"], "times": 2}],
    "transport": ["true", "false"],
}
_ITEMS = ("balance", "strength", "mobility", "massage", "heat_packs", "group", "individual", "home", "work_assessment")


@st.composite
def _entitlements(draw: st.DrawFn, names: _Names, least: int) -> tuple[Data, set[str]]:
    """The rows by topic, and the items that are always given."""
    topics: Data = {}
    always: set[str] = set()
    for topic in draw(st.lists(st.sampled_from(list(_GIVES)), unique=True, min_size=least, max_size=3)):
        rows = [draw(_rows(names, topic)) for _ in range(draw(st.integers(least, 2))) if names.can_ask()]
        if draw(st.booleans()) or not rows:
            name = names.id("row")
            give = draw(st.sampled_from(_GIVES[topic]))
            rows.append({"id": name, "give": give, "text": words(name), "cite": names.cite(name)})
            always |= {item for item in ITEM_LABELS if f'"{item}"' in json.dumps(give)}
        topics[topic] = rows
    return topics, always


@st.composite
def _rows(draw: st.DrawFn, names: _Names, topic: str) -> Data:
    name = names.id("row")
    when: Any = names.condition(2)
    if draw(st.booleans()):
        setting = draw(st.sampled_from(["group", "individual", "home"]))
        both = {"all": [when, {"requested_setting": {"is": setting}}]}
        when = both if _has_both_answers(both) else when
    entry = {
        "id": name,
        "when": when,
        "give": draw(st.sampled_from(_GIVES[topic])),
        "text": words(name),
        "cite": names.cite(name),
    }
    return {**entry, "otherwise": words(f"not {name}")} if draw(st.booleans()) else entry


@st.composite
def _exclusions(draw: st.DrawFn, names: _Names, always: set[str]) -> Data:
    name = names.id("exclusion")
    items = draw(st.lists(st.sampled_from([item for item in _ITEMS if item not in always]), min_size=1, unique=True))
    entry = {"id": name, "items": items, "reason": words(name), "cite": names.cite(name)}
    return {**entry, "when": names.condition(2)} if draw(st.booleans()) else entry


@st.composite
def _notices(draw: st.DrawFn, names: _Names) -> Data:
    name = names.id("notice")
    routes = {"routes": ["own-route"]} if draw(st.booleans()) else {}
    return {"id": name, "when": names.condition(2), "text": words(name), "cite": names.cite(name), **routes}


_STARTS = ("referral_received", "granted", "training_started", "complaint_received")


@st.composite
def _deadlines(draw: st.DrawFn, names: _Names) -> Data:
    name = names.id("deadline")
    entry: Data = {"id": name, "title": words(name)}
    if draw(st.integers(0, 5)) == 0:
        return {**entry, "not_computable": words("no figure"), "from": draw(st.sampled_from(_STARTS))}
    unit = draw(st.sampled_from(["workdays", "days", "weeks", "months"]))
    most = {"workdays": 20, "days": 40, "weeks": 6, "months": 14}[unit]
    number = draw(st.integers(0, most))
    earliest = draw(st.one_of(st.none(), st.integers(0, number)))
    entry |= {
        "from": draw(st.sampled_from(_STARTS)),
        "within": {unit: number if earliest is None else {"from": earliest, "to": number}},
        "kind": draw(st.sampled_from(["statutory", "promise", "target"])),
        "met_by": "decision_sent",
        "moves": draw(st.booleans()),
        "cite": names.cite(name),
    }
    if draw(st.booleans()):
        entry["pause"] = "waiting_list"
    if draw(st.booleans()):
        saturday = draw(st.sampled_from(["closed", "open"]))
        entry["calendar"] = {"saturday": saturday, "closed": ["06-05"], "uncertain": ["12-24", "12-31", "05-03"]}
    return entry


def _course_rule(names: _Names) -> Data:
    name = names.id("course")
    entry = {"id": name, "title": words(name), "text": words(name), "on": ["no_show"], "after": 2, "then": "document"}
    return {**entry, "cite": names.cite(name)}


_DIFFERING = "municipality calendar requirements entitlement leave_out notices deadlines".split()
_WORDING = {"title", "reason", "text", "otherwise", "interpretation", "cite"}


def _bare(data: Any) -> Any:
    match data:
        case dict():
            return {key: _bare(value) for key, value in data.items() if key not in _WORDING}
        case list():
            return [_bare(value) for value in data]
        case _:
            return data


@dataclass(frozen=True)
class Made:
    """A pack that was made: as data, and as it was read."""

    data: Data
    pack: Pack

    def __repr__(self) -> str:
        """What differs from one generated pack to the next, without its wording."""
        return f"<the pack {json.dumps(_bare({key: self.data.get(key) for key in _DIFFERING}))}>"

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        printer.text(repr(self))

    @cached_property
    def ids(self) -> dict[str, str]:
        """The kind of each requirement of the pack."""
        return {entry["id"]: entry["kind"] for entry in self.data["requirements"]}

    @cached_property
    def reads(self) -> frozenset[str]:
        """The stated facts that something in the pack or in any national layer reads."""
        version, nation = self.pack.versions[0], self.pack.nation
        found: list[Condition | None] = []
        for requirement in (*version.requirements, *nation.requirements):
            found += [requirement.when, requirement.require]
        found += [row.when for row in version.rows] + [each.when for each in version.leave_out]
        found += [notice.when for notice in (*version.notices, *nation.notices)]
        named = {route.names for route in (*version.routes, *nation.routes) if route.names is not None}
        read = facts_read([condition for condition in found if condition is not None]) | named
        starts = {rule.start_event for rule in (*version.deadlines, *nation.deadlines)}
        also = {"requested", "requested_setting"} | ({"received_on"} if "referral_received" in starts else set())
        return frozenset({source for name in read for source in FACTS[name].sources} | also)


def read(data: Data, dump: Any = json.dumps) -> Pack:
    """The pack that *data* is, written to a file and read by the real reader."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{data['valid_from']}.yaml"
        path.write_text(dump(data), encoding="utf-8")
        return load_pack(path)


_two = settings(
    max_examples=2, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)


@lru_cache
def generated(shape: Shape) -> tuple[Made, ...]:
    """The packs that tests draw from, the shortest first; the fixture `generated_packs` makes them before a test."""
    found: list[Data] = []

    def keep(data: Data) -> None:
        found.append(data)

    for number in range(PACKS):
        # of each seed one pack: Hypothesis begins with the simplest one, and goes on with variations of what it drew
        _two(seed(number)(given(pack_data(shape))(keep)))()
        del found[number:-1]
    return tuple(Made(data, read(data)) for data in sorted(found, key=lambda data: len(json.dumps(data))))


def packs(shape: Shape = "any", kinds: Collection[str] = ()) -> st.SearchStrategy[Made]:
    """One of the generated packs of that *shape*; one that has requirements of those *kinds*."""

    def fitting() -> st.SearchStrategy[Made]:
        return st.sampled_from([made for made in generated(shape) if {*kinds} <= {*made.ids.values()}])

    return st.deferred(fitting)


# ----------------------------------------------------------------------------------------------------------------------
# Cases


@lru_cache(maxsize=1000)
def values_of(name: str, on: date) -> st.SearchStrategy[Any]:
    """A value of the fact *name* as a case spells it, near those that conditions name."""
    fact = FACTS[name]
    if fact.name == "birth_date":
        ages = st.sampled_from([2, 17, 18, 19, 40, 66, 67, 68, 90])
        born = st.tuples(ages, st.integers(-1, 1)).map(lambda pair: _years_before(on, pair[0]) + timedelta(pair[1]))
        return st.one_of(born, st.just(date(2000, 2, 29))).map(date.isoformat)
    if fact.name == "received_on":
        return st.integers(-40, 10).map(lambda days: (on + timedelta(days)).isoformat())
    match fact.type:
        case FactType.BOOL:
            return st.booleans()
        case FactType.INT:
            low, high = fact.minimum, fact.maximum
            return st.integers(-1 if low is None else int(low), 5 if high is None else int(high))
        case FactType.DECIMAL:
            return st.sampled_from([0, 0.25, 0.3, 3, 5, 27.5, 27.49, 1e-07, 1e-09, 1200.75, 99999999])
        case FactType.DATE:
            named = st.sampled_from(_DAYS_NAMED).map(date.fromisoformat)
            near = st.integers(-150, 30).map(lambda days: on + timedelta(days))
            return st.one_of(named, named.map(lambda day: day - timedelta(1)), near).map(date.isoformat)
        case FactType.CODE:
            return st.sampled_from(["0840", "0851", "0101"])
        case FactType.CHOICE:
            return st.sampled_from(list(fact.labels))
        case FactType.SET:
            choices = (
                [each for each in fact.labels if each in _ITEMS] if fact.name == "requested" else list(fact.labels)
            )
            return st.lists(st.sampled_from(choices), unique=True, max_size=4)


def _years_before(on: date, years: int) -> date:
    return on.replace(year=on.year - years, day=min(on.day, 28))


_FINDING = {"holds": True, "reason": "Set ved et besøg.", "by": "visitator", "on": "2010-05-02"}


@st.composite
def findings(draw: st.DrawFn, made: Made) -> Data:
    """Findings on some of the discretionary requirements."""
    found: Data = {}
    for name, kind in made.ids.items():
        if kind == "discretionary" and draw(st.booleans()):
            found[name] = {
                **_FINDING,
                "holds": draw(st.booleans()),
                "reason": draw(st.sampled_from(["Set.", "Æblet."])),
            }
    return found


@st.composite
def events(draw: st.DrawFn, on: date) -> list[Data]:
    """What happened: starts of deadlines, and stays on the waiting list that can be."""
    days = st.integers(-60, 60).map(lambda away: on + timedelta(away))
    kinds = st.sampled_from(["granted", "training_started", "complaint_received", "decision_received", "no_show"])
    found = draw(st.lists(st.tuples(kinds, days), max_size=4))
    listed = sorted(draw(st.lists(days, max_size=4, unique=True)))
    found += [(("waiting_list_entered", "waiting_list_left")[place % 2], day) for place, day in enumerate(listed)]
    return [{"type": kind, "on": day.isoformat()} for kind, day in draw(st.permutations(found))]


@dataclass(frozen=True)
class Situation:
    """A case that is decided under a pack on a day."""

    made: Made
    on: date
    case: Data

    def decide(self, case: Data | None = None) -> Decision:
        """The decision of the case, or of another one."""
        return decide(self.made.pack, Case.model_validate(self.case if case is None else case), on=self.on)


_KNOWN = [(True, True, True, False), (True, False), (True,)]


@st.composite
def situations(
    draw: st.DrawFn,
    shape: Shape = "any",
    *,
    kinds: Collection[str] = (),
    day: date | None = None,
    found: bool = True,
    extra: bool = True,
) -> Situation:
    """A generated pack, a day, and a case in which every fact that something reads is unknown or has a value.

    *shape* and *kinds* are those of `packs`, *day* is the decision date. *found*: there may be findings. *extra*: there
    may be events, and facts that are only self-reported.
    """
    made = draw(packs(shape, kinds))
    on = draw(st.sampled_from(DECISION_DAYS)) if day is None else day
    case: Data = {"citizen": {}, "referral": {}, "facts": {}}
    grant = shape == "grant"
    known = draw(st.sampled_from([(False, True), (False, False, True)] if grant else _KNOWN))
    null = draw(st.booleans())
    for name in sorted(made.reads):
        fact = FACTS[name]
        if draw(st.sampled_from(known)):
            case[fact.section][name] = draw(values_of(name, on))
        elif null:
            case[fact.section][name] = None
    if grant:
        case["citizen"]["needs_maintenance"] = True
        case["referral"]["requested"] = draw(values_of("requested", on))
        case["referral"]["requested_setting"] = draw(values_of("requested_setting", on))
    if extra:
        assessed = sorted(name for name in made.reads if FACTS[name].assessed)
        assessed = [name for name in assessed if not grant or name != "needs_maintenance"]
        case["self_reported"] = draw(st.lists(st.sampled_from([*assessed, "lives_alone"]), unique=True, max_size=2))
        case["events"] = draw(events(on))
    if found:
        case["findings"] = draw(findings(made))
    return Situation(made, on, case)


def is_known(case: Mapping[str, Any], name: str) -> bool:
    """Whether the case says the stated fact *name*, and not only by the citizen's own word."""
    said = case[FACTS[name].section].get(name) is not None
    return said and not (FACTS[name].assessed and name in case.get("self_reported", ()))


def told(case: Data, name: str, value: Any) -> Data:
    """The same case in which the fact *name* has *value*; None makes it unknown."""
    other = copy.deepcopy(case)
    other[FACTS[name].section][name] = value
    if "self_reported" in other:
        other["self_reported"] = [each for each in other["self_reported"] if each != name]
    return other


def unknown_facts(situation: Situation) -> Iterator[str]:
    """The stated facts that can be learned in a case: what is asked for is never unknown."""
    for name in sorted(situation.made.reads):
        if name not in ASKED_FOR and not is_known(situation.case, name):
            yield name


# ----------------------------------------------------------------------------------------------------------------------
# Calendars


@st.composite
def calendars(draw: st.DrawFn, near: date) -> WorkdayCalendar:
    """A calendar with closed days around *near*: Denmark's or random holidays, own closing days, Saturdays."""
    saturday: Any = draw(st.sampled_from(["closed", "open"]))
    away = st.integers(-40, 40).map(lambda days: near + timedelta(days))
    once = draw(st.lists(away.map(date.isoformat), max_size=8))
    yearly = draw(st.lists(away.map(lambda day: day.strftime("%m-%d")), max_size=4))
    random = st.dictionaries(away, st.sampled_from(["A", "B"]), max_size=12)
    return WorkdayCalendar(saturday, [*once, *yearly], draw(st.one_of(st.none(), random)))
