"""What a rule pack is once it has been read: requirements, rows, notices, deadlines, and the versions of a standard.

Everything here is immutable, can be pickled and shared between threads, and does nothing by itself.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any, Literal, NamedTuple, NoReturn, TypeAlias, TypeVar, Union

from vedligehold.calendar import WorkdayCalendar
from vedligehold.condition import Condition
from vedligehold.errors import CaseError, NotInForce, Problem, quoted
from vedligehold.facts import ITEM_LABELS, STANDARD_FACTS, Fact, Named
from vedligehold.meaning.value import facts_read
from vedligehold.source import Citation, Words

Topic: TypeAlias = Literal["sessions", "course", "setting", "place", "provider", "price", "transport", "content"]
TOPICS: Mapping[Topic, Words] = {
    "sessions": Words("hvor ofte", "how often"),
    "course": Words("hvor længe", "how long"),
    "setting": Words("på hold eller individuelt", "in a group or individually"),
    "place": Words("hvor", "where"),
    "provider": Words("af hvem", "by whom"),
    "price": Words("hvad det koster", "what it costs"),
    "transport": Words("kørsel", "transport"),
    "content": Words("hvad der trænes", "what is trained"),
}
CountUnit: TypeAlias = Literal["workdays", "days", "weeks", "months"]
ConsideredBy: TypeAlias = Literal["municipality", "doctor", "hospital"]
Give: TypeAlias = Union[str, int, bool, tuple["Give", ...], Mapping[str, "Give"]]  # noqa: UP007 - names itself


class Kind(StrEnum):
    """What a requirement is, and so what happens when it does not pass."""

    SCOPE = "scope"
    STRICT = "strict"
    PROCEDURAL = "procedural"
    DISCRETIONARY = "discretionary"


class InForce(NamedTuple):
    """First and last day on which something applies; None: no such end."""

    first: date | None = None
    last: date | None = None

    def on(self, day: date) -> bool:
        """Whether it applies on *day*."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


ALWAYS = InForce()
MOST_DAYS = 4096
"""The most days of which a pack keeps in mind what applies."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement: to whom it applies (`when`), and what must hold (`require`)."""

    id: str
    kind: Kind
    title: Words
    require: Condition
    reason: Words
    citation: Citation
    when: Condition | None = None
    routes: tuple[str, ...] = ()
    interpretation: Words | None = None
    in_force: InForce = ALWAYS

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Its conditions, `when` first."""
        return (self.require,) if self.when is None else (self.when, self.require)


@dataclass(frozen=True, slots=True)
class LeaveOut:
    """Items that are not part of the help, each with the reason."""

    id: str
    items: tuple[str, ...]
    reason: Words
    citation: Citation
    when: Condition | None = None
    interpretation: Words | None = None

    def names(self, item: str) -> bool:
        """Whether it leaves *item* out."""
        return item in self.items


@dataclass(frozen=True, slots=True)
class Row:
    """One row of what is granted. Within a topic the first whose `when` holds applies.

    `otherwise` is said to somebody who asked for what the row gives, and does not get it.
    """

    id: str
    topic: Topic
    give: Give
    text: Words
    citation: Citation
    when: Condition | None = None
    otherwise: Words | None = None
    interpretation: Words | None = None
    words: frozenset[object] = field(init=False, repr=False, compare=False)
    """Every single word, number and yes or no in what is given."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", frozenset(_words(self.give)))

    def names(self, item: str) -> bool:
        """Whether the row gives *item*."""
        return item in self.words


def _words(give: Give) -> Iterable[object]:
    if isinstance(give, Mapping):
        return [word for part in give.values() for word in _words(part)]
    if isinstance(give, tuple):
        return [word for part in give for word in _words(part)]
    return [give]


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning that fires where `when` holds, and changes no outcome."""

    id: str
    when: Condition
    text: Words
    citation: Citation
    routes: tuple[str, ...] = ()
    in_force: InForce = ALWAYS
    interpretation: Words | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """Other help, and who considers it. `names`: a set fact whose members are named in the title."""

    id: str
    title: Words
    considered_by: ConsideredBy
    citation: Citation
    names: str | None = None
    in_force: InForce = ALWAYS


class Amount(NamedTuple):
    """How long: `number` of `unit`; a range starts at `earliest`."""

    number: int
    unit: CountUnit
    earliest: int | None = None


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """What starts a deadline, how long it is, what fulfils it, whether its end moves and what pauses it.

    `calendar` is the one that it counts in; `uncertain` are days of which it is not settled whether they move its end.
    """

    id: str
    title: Words
    citation: Citation | None
    calendar: WorkdayCalendar
    start_event: str | None = None
    amount: Amount | None = None
    kind: Literal["statutory", "promise", "target"] | None = None
    met_by: str | None = None
    moves: bool = False
    pauses: bool = False
    uncertain: tuple[str, ...] = ()
    not_computable: Words | None = None
    interpretation: Words | None = None
    in_force: InForce = ALWAYS


@dataclass(frozen=True, slots=True)
class CourseRule:
    """What an event on the running course leads to; every ending is a proposal to a person.

    `workdays_only`: an event of these types that is dated on another day is a warning about the data.
    """

    id: str
    title: Words
    text: Words
    then: Literal["propose_end", "owe_session", "owe_nothing", "evaluate", "document", "expect"]
    citation: Citation
    events: tuple[str, ...] = ()
    after: int = 1
    at: Literal["midway", "end"] | None = None
    conflicts_with_act: bool = False
    workdays_only: bool = False
    interpretation: Words | None = None


@dataclass(frozen=True, slots=True)
class Complaint:
    """Where a complaint goes, and how."""

    to: Words
    via: Words
    text: Words
    citation: Citation
    in_force: InForce = ALWAYS


@dataclass(frozen=True, slots=True)
class Transport:
    """What is said of the separate decision about transport."""

    text: Words
    citation: Citation
    in_force: InForce = ALWAYS


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a source, and how it is accounted for.

    `accounted` is the way (`encoded_by metadata informative procedure not_computable overridden_by`), `by` the ids or
    keys, `why` the words where it decides nothing. `confidence` is `unverified` where the law was not re-read.
    """

    id: str
    at: str
    gist: Words
    accounted: str
    by: tuple[str, ...] = ()
    why: Words | None = None
    interpretation: Words | None = None
    source_issue: Words | None = None
    source: str | None = None
    url: str | None = None
    confidence: Literal["read", "unverified"] = "read"
    in_force: InForce = ALWAYS


def cite(source: str, statements: Sequence[Statement]) -> Citation:
    """The citation of *statements*: their places joined, each once, and the first address there is."""
    places = list(dict.fromkeys(statement.at for statement in statements))
    url = next((statement.url for statement in statements if statement.url is not None), None)
    return Citation(source, "; ".join(places), tuple(statement.id for statement in statements), url)


class NotStated(NamedTuple):
    """Something on which the source is silent; never read as "no"."""

    id: str
    text: Words


@dataclass(frozen=True, slots=True)
class Source:
    """The published text behind a pack, statement by statement."""

    title: Words
    statements: tuple[Statement, ...]
    publisher: str | None = None
    url: str | None = None
    approved_on: date | None = None
    completeness: Literal["standard", "leaflet"] = "standard"
    sha256: str | None = None
    not_stated: tuple[NotStated, ...] = ()


class Municipality(NamedTuple):
    """Whose standard it is; `code` is None where the source does not say, and `why` tells why."""

    name: str
    code: str | None
    why: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Version:
    """One version of a standard: one YAML file."""

    pack: str
    file: str
    digest: str
    title: Words
    municipality: Municipality
    term: Words
    legal_basis: Words
    valid_from: date
    source: Source
    valid_to: date | None = None
    review_by: date | None = None
    calendar: WorkdayCalendar = field(default_factory=WorkdayCalendar)
    event_labels: tuple[tuple[str, Words], ...] = ()
    parameters: tuple[tuple[str, Named], ...] = ()
    facts: tuple[Fact, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    leave_out: tuple[LeaveOut, ...] = ()
    rows: tuple[Row, ...] = ()
    notices: tuple[Notice, ...] = ()
    routes: tuple[Route, ...] = ()
    deadlines: tuple[DeadlineRule, ...] = ()
    course: tuple[CourseRule, ...] = ()
    original: "Version | None" = None
    """The version as its file has it, where a parameter has another value than there."""

    def __repr__(self) -> str:
        return f"<Version {self.pack} valid from {self.valid_from}>"


_National = TypeVar("_National", Requirement, Notice, DeadlineRule, Route, Complaint, Transport)
_Dated: TypeAlias = Requirement | Notice | DeadlineRule | Route | Complaint | Transport | Statement


@dataclass(frozen=True, slots=True, repr=False)
class Nation:
    """The national layer, whole: every entry with the days on which it is in force."""

    file: str
    digest: str
    title: Words
    source: Source
    floor: Condition
    floor_citation: Citation
    requirements: tuple[Requirement, ...] = ()
    notices: tuple[Notice, ...] = ()
    deadlines: tuple[DeadlineRule, ...] = ()
    routes: tuple[Route, ...] = ()
    standing_routes: tuple[str, ...] = ()
    complaint: tuple[Complaint, ...] = ()
    transport: tuple[Transport, ...] = ()

    def __repr__(self) -> str:
        return f"<Nation {self.title.en}>"

    def changes(self) -> list[date]:
        """The days on which the law changes, in order."""
        entries: list[_Dated] = [*self.requirements, *self.notices, *self.deadlines, *self.routes]
        entries += [*self.complaint, *self.transport, *self.source.statements]
        times = [entry.in_force for entry in entries]
        firsts = {time.first for time in times}
        nexts = {time.last + timedelta(days=1) for time in times if time.last is not None}
        return sorted(day for day in firsts | nexts if day is not None)

    def of_day(self, entries: Iterable[_National], day: date) -> list[_National]:
        """The entries in force on *day*, each citing the statements in force on that day."""
        return [
            replace(entry, citation=self._cited(entry.citation, day)) for entry in entries if entry.in_force.on(day)
        ]

    def _cited(self, citation: Citation | None, day: date) -> Any:
        if citation is None:
            return None
        cited = [statement for statement in self.source.statements if statement.id in citation.statements]
        return cite(citation.source, [statement for statement in cited if statement.in_force.on(day)])


class Policy:
    """What applies on a day: one version of a pack on the national layer of that day, pack before nation.

    It is worked out once for each version and each stretch of days on which the national layer does not change.
    """

    def __init__(self, version: Version, nation: Nation, day: date, successor: bool) -> None:
        self.version = version
        self.nation = nation
        self.stale_after = None if successor or version.valid_to is not None else version.review_by
        self.requirements = (*version.requirements, *nation.of_day(nation.requirements, day))
        self.notices = (*version.notices, *nation.of_day(nation.notices, day))
        self.deadlines = (*version.deadlines, *nation.of_day(nation.deadlines, day))
        self.routes = {route.id: route for route in (*version.routes, *nation.of_day(nation.routes, day))}
        self.standing_routes = tuple(route for route in nation.standing_routes if route in self.routes)
        self.complaint = next(iter(nation.of_day(nation.complaint, day)), None)
        self.transport = next(iter(nation.of_day(nation.transport, day)), None)
        self.facts = {fact.name: fact for fact in (*STANDARD_FACTS, *version.facts)}
        self.prepared: Any = None
        """Room for what `prepared` makes of it."""

    def __getstate__(self) -> dict[str, Any]:
        # closures cannot be pickled; they are compiled again where they are needed
        return {**self.__dict__, "prepared": None}

    @cached_property
    def conditions_read(self) -> frozenset[str]:
        """Every fact that a requirement, row, exclusion or notice reads; a derived one by its sources too."""
        conditions = [condition for requirement in self.requirements for condition in requirement.conditions]
        conditions += [row.when for row in self.version.rows if row.when is not None]
        conditions += [each.when for each in self.version.leave_out if each.when is not None]
        conditions += [notice.when for notice in self.notices]
        return self._with_sources(facts_read(conditions))

    @cached_property
    def reads(self) -> frozenset[str]:
        """Every fact that makes a difference: read by a condition, named by a route, or what is asked for."""
        named = {route.names for route in self.routes.values() if route.names is not None}
        grants = {"requested", "requested_setting"}  # what nothing mentions is warned about
        return self.conditions_read | self._with_sources(named) | grants

    def _with_sources(self, names: Iterable[str]) -> frozenset[str]:
        found = frozenset(names)
        return found | {source for name in found for source in self.facts[name].sources}

    @cached_property
    def requirement_by_id(self) -> Mapping[str, Requirement]:
        """The requirements by id."""
        return {requirement.id: requirement for requirement in self.requirements}

    def item_label(self, item: str) -> Words:
        """The label of something that can be asked for."""
        return ITEM_LABELS[item]

    @cached_property
    def rows_by_topic(self) -> Mapping[Topic, tuple[Row, ...]]:
        """The rows of the grant by topic, in the order of `TOPICS`."""
        found = {topic: tuple(row for row in self.version.rows if row.topic == topic) for topic in TOPICS}
        return {topic: rows for topic, rows in found.items() if rows}


class Pack:
    """A standard with all its versions, on the national layer.

    `narrowed_to` is the day given to `load_pack(on=...)`: the day on which `due` counts when it is given none.
    """

    __slots__ = ("_changes", "_days", "_policies", "narrowed_to", "nation", "versions")

    versions: tuple[Version, ...]
    nation: Nation
    narrowed_to: date | None
    _changes: list[date]
    _days: dict[date, Policy]
    _policies: dict[tuple[date, int], Policy]

    def __init__(self, versions: Iterable[Version], nation: Nation, narrowed_to: date | None = None) -> None:
        ordered = tuple(sorted(versions, key=lambda version: version.valid_from))
        parts: tuple[Any, ...] = (nation.changes(), {}, {}, narrowed_to, nation, ordered)
        for name, value in zip(self.__slots__, parts, strict=True):
            object.__setattr__(self, name, value)
        if narrowed_to is not None:
            self.at(narrowed_to)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a pack cannot be changed: {quoted(name)}")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a pack cannot be changed: {quoted(name)}")

    @property
    def id(self) -> str:
        """The pack's id, which is its folder's name."""
        return self.versions[0].pack

    def __repr__(self) -> str:
        days = ", ".join(version.valid_from.isoformat() for version in self.versions)
        changed = " with other parameters" if any(version.original for version in self.versions) else ""
        return f"<Pack {self.id}: {days}{changed}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return (Pack, (self.versions, self.nation, self.narrowed_to))

    def with_parameters(self, /, **values: object) -> "Pack":
        """The same pack with other values of its parameters, in every version that declares them.

        It is as a pack whose file was edited so: its conditions, its digest and so the receipts of its decisions are
        others; its wording is as before. With the values of the file it is the pack itself again.

        Raises:
            PackError: there is no such parameter, a value is none of it, or no pack file may have it.
        """
        from vedligehold.parameters import with_values

        return Pack(with_values(self.versions, values), self.nation, self.narrowed_to)

    def narrow(self, on: date) -> "Pack":
        """The same pack, checked to be in force on *on* and counting from there.

        Raises:
            NotInForce: no version is in force on that day.
        """
        return Pack(self.versions, self.nation, on)

    def at(self, day: date) -> Policy:
        """What applies on *day*.

        Raises:
            NotInForce: no version is in force on that day.
            CaseError: it is no date.
        """
        found = self._days.get(day) if type(day) is date else None
        if found is not None:
            return found
        check_day(day)
        version = self.version_on(day)
        key = (version.valid_from, bisect_right(self._changes, day))
        policy = self._policies.get(key)
        if policy is None:
            policy = Policy(version, self.nation, day, successor=version is not self.versions[-1])
            self._policies[key] = policy
        if len(self._days) >= MOST_DAYS:
            self._days.clear()
        self._days[day] = policy
        return policy

    def in_force(self, day: date) -> bool:
        """Whether a version is in force on *day*."""
        return any(each.valid_from <= day and (each.valid_to is None or day <= each.valid_to) for each in self.versions)

    def version_on(self, day: date) -> Version:
        """The version in force on *day*.

        Raises:
            NotInForce: no version is in force on that day.
        """
        found: Version | None = None
        for version in self.versions:
            if version.valid_from <= day:
                found = version
        if found is not None and (found.valid_to is None or day <= found.valid_to):
            return found
        if found is None:
            rest = f"first in force from {self.versions[0].valid_from}"
        else:
            later = next((each.valid_from for each in self.versions if each.valid_from > day), None)
            rest = f"last in force until {found.valid_to}" + ("" if later is None else f", next from {later}")
        message = f"no version of `{self.id}` in force on {day}; {rest}"
        raise NotInForce([Problem("", "not-in-force", message)])


def check_day(day: object, where: str = "on") -> None:
    """Make sure that *day* is a date, and no time of a day.

    Raises:
        CaseError: it is none.
    """
    if type(day) is not date:
        hint = "use `datetime.date`"
        raise CaseError([Problem(where, "wrong-date", f"the day is {quoted(day)}, which is no date", hint)])
