"""The columns of a table of cases: what each is about, what is missing or misspelt, and the columns that come out.

In: the fields of citizen and referral and the pack's own facts by name; a set as a list column, or as one yes-or-no
column an item (`requested_balance`); `<event type>_on`; `finding_<requirement>`; `self_reported` as a list column, or
`self_reported_<fact>`. Every other column goes through as it is.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from vedligehold.errors import CaseError, Problem, near, quoted, told
from vedligehold.facts import EVENTS, STANDARD_FACTS, Fact, FactType
from vedligehold.pack import Kind
from vedligehold.table.stretches import Stretch

RESULTS = (
    "outcome",
    "partial",
    "because",
    "missing",
    "excluded",
    "warnings",
    "problems",
    "decided_on",
    "version",
)
"""The columns that come out for every pack; after them comes `due_<deadline>` for each deadline."""
_NO_DAY = "a day is written `YYYY-MM-DD`"
LISTS = ("because", "missing", "excluded", "warnings", "problems")
"""Those that hold a list of codes in each row."""
PROBLEMS = "problems"
INVALID = "invalid"
"""The outcome of a row that is no case: its `problems` say why, and nothing else is said of it."""
CPR = "cpr"
SELF_REPORTED = "self_reported"
_EVENT = "_on"
_FINDING = "finding_"
_DUE = "due_"


@dataclass(frozen=True, slots=True)
class SetColumns:
    """How a table says a set: in a list column, or in one yes-or-no column an item; or not at all."""

    column: str | None = None
    items: Mapping[str, str] = field(default_factory=dict)

    @property
    def given(self) -> bool:
        """Whether a column says it."""
        return self.column is not None or bool(self.items)


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of a table says what.

    `facts`: the stated facts that are no sets, and have a column of their name. `sets` has every set fact. `events` and
    `findings` are column by event type and by requirement id.
    """

    facts: tuple[str, ...]
    sets: Mapping[str, SetColumns]
    events: Mapping[str, str]
    findings: Mapping[str, str]
    self_reported: SetColumns
    cpr: bool
    notes: tuple[Problem, ...]

    def read(self) -> set[str]:
        """The names of all columns that are read."""
        return {column for column, _ in self.said()}

    def said(self) -> Iterator[tuple[str, str]]:
        """Each column that is read, and what it says: once for everything that is read of it."""
        yield from ((name, f"the fact `{name}`") for name in self.facts)
        for name, given in (*self.sets.items(), (SELF_REPORTED, self.self_reported)):
            if given.column is not None:
                yield given.column, f"the list `{name}`"
            yield from ((column, f"whether `{item}` is in `{name}`") for item, column in given.items.items())
        yield from ((column, f"the day of `{event}`") for event, column in self.events.items())
        yield from ((column, f"the finding on {quoted(name)}") for name, column in self.findings.items())
        if self.cpr:
            yield CPR, "the CPR number"


def due_column(deadline: str) -> str:
    """The column of a deadline's date."""
    return f"{_DUE}{deadline}"


def results_of(among: Sequence[Stretch]) -> tuple[str, ...]:
    """The columns that come out: the same for every pack, then one for each deadline of any of the policies."""
    deadlines = dict.fromkeys(rule.id for stretch in among for rule in stretch.policy.deadlines)
    return (*RESULTS, *map(due_column, deadlines))


def stated_facts(among: Sequence[Stretch], *, elsewhere: Iterable[Fact] = ()) -> dict[str, Fact]:
    """The facts that a row can state, by name: the standard ones, those of the policies, then those *elsewhere*.

    Where versions declare one name differently, it is as the first of them has it.
    """
    found: dict[str, Fact] = {}
    for fact in _declared(among, elsewhere):
        found.setdefault(fact.name, fact)
    return found


def set_items(among: Sequence[Stretch], *, elsewhere: Iterable[Fact] = ()) -> dict[str, tuple[str, ...]]:
    """The items of each set by its name: those of the first version that declares it, then what others have beside."""
    found: dict[str, dict[str, None]] = {}
    for fact in _declared(among, elsewhere):
        if fact.type is FactType.SET:
            found.setdefault(fact.name, {}).update(dict.fromkeys(fact.labels))
    return {name: tuple(items) for name, items in found.items()}


def _declared(among: Sequence[Stretch], elsewhere: Iterable[Fact]) -> list[Fact]:
    own = [fact for stretch in among for fact in stretch.policy.version.facts]
    return [fact for fact in (*STANDARD_FACTS, *own, *elsewhere) if fact.derived is None]


def columns_of(
    among: Sequence[Stretch], names: Sequence[str], elsewhere: Iterable[Fact] = (), on: str | None = None
) -> Columns:
    """What the columns *names* of a table say to the policies.

    *elsewhere* are the facts of versions that do not apply: a row that states one is told so. *on* is the column of the
    decision date, if there is one.

    Raises:
        CaseError: a column is named like one that comes out, or like two that are read; a set is said twice; or there
            is no column *on*.
    """
    elsewhere = list(elsewhere)
    facts, items = stated_facts(among, elsewhere=elsewhere), set_items(among, elsewhere=elsewhere)
    single = {fact.name for fact in _declared(among, elsewhere) if fact.type is not FactType.SET}
    there = set(names)
    problems = [_taken(name) for name in results_of(among) if name in there]
    sets = {name: _set(name, items[name], there) for name in facts if name in items}
    reported = _set(SELF_REPORTED, facts, there)
    both = {**sets, SELF_REPORTED: reported}
    problems += [_twice(name, each) for name, each in both.items() if each.column and each.items]
    if on is not None and on not in there:
        message = f"there is no column {quoted(on)}, which is to give the day of the decision"
        problems.append(Problem(quoted(on)[1:-1], "missing-column", message, told(near(on, names, _NO_DAY))))
    if problems:
        raise CaseError(problems)
    found = Columns(
        facts=tuple(name for name in facts if name in single and name in there),
        sets=sets,
        events={event: f"{event}{_EVENT}" for event in EVENTS if f"{event}{_EVENT}" in there},
        findings=_findings(among, names),
        self_reported=reported,
        cpr=CPR in there,
        notes=(),
    )
    unclear = list(_unclear(found))
    if unclear:
        raise CaseError(unclear)
    return replace(found, notes=tuple(_notes(among, found, items, [name for name in names if name != on])))


def _set(name: str, items: Iterable[str], there: set[str]) -> SetColumns:
    columns = {item: f"{name}_{item}" for item in items if f"{name}_{item}" in there}
    return SetColumns(name if name in there else None, columns)


def _findings(among: Sequence[Stretch], names: Sequence[str]) -> dict[str, str]:
    """The findings by requirement, in the order of the policies; then those on what is no requirement."""
    known = dict.fromkeys(each.id for stretch in among for each in stretch.policy.requirements)
    said = {name.removeprefix(_FINDING): name for name in names if name.startswith(_FINDING) and name != _FINDING}
    return {name: said[name] for name in (*known, *said) if name in said}


def _taken(name: str) -> Problem:
    message = f"the table has a column `{name}`, which is the name of one that comes out"
    return Problem(name, "taken-column", message, "rename it")


def _twice(name: str, given: SetColumns) -> Problem:
    first = next(iter(given.items.values()))
    return Problem(name, "column-twice", f"`{name}` is said by a list column, and by `{first}`", "keep one of the two")


def _unclear(found: Columns) -> Iterator[Problem]:
    """The columns that would say two things: a pack may call a fact of its own as another column is called."""
    says: dict[str, list[str]] = {}
    for column, what in found.said():
        says.setdefault(column, []).append(what)
    for column, those in says.items():
        if len(those) > 1:
            message = f"the column {quoted(column)} would say {' and '.join(those)}"
            yield Problem(quoted(column)[1:-1], "unclear-column", message, "give the fact of the pack another name")


def _notes(
    among: Sequence[Stretch], found: Columns, items: Mapping[str, Sequence[str]], names: Sequence[str]
) -> Iterable[Problem]:
    """What somebody should know of the columns: what is missing, what is misspelt, what is not read."""
    from difflib import get_close_matches

    known = [*stated_facts(among), *(f"{event}{_EVENT}" for event in EVENTS)]
    known += [f"{name}_{item}" for name in found.sets for item in items[name]]
    absent = [name for name in dict.fromkeys(known) if name not in names]
    read = found.read()
    for name in names:
        if name in read:
            continue
        derived = _derived(among, name)
        if derived is not None:
            sources = " and ".join(f"`{source}`" for source in derived.sources)
            message = f"the column `{name}` is not read: it is worked out from {sources}"
            yield Problem(name, "column-not-read", message, "give that instead")
        elif get_close_matches(name, absent, n=1, cutoff=0.8):
            message = f"the column {quoted(name)} is not read"
            yield Problem(quoted(name)[1:-1], "column-not-read", message, told(near(name, absent)))
    requirements = [each for stretch in among for each in stretch.policy.requirements]
    ids = {each.id for each in requirements}
    takes = {each.id for each in requirements if each.kind is Kind.DISCRETIONARY}
    for name, column in found.findings.items():
        if name not in takes:
            code = "finding-not-allowed" if name in ids else "unknown-finding"
            message = f"{quoted(name)} is no requirement that takes a finding"
            yield Problem(quoted(column)[1:-1], code, message, told(near(name, takes)))
    for name, without in _missing(among, found).items():
        message = f"there is no column `{name}`, so it is unknown in every row"
        if without:
            more = f", nor {len(without) - 1} others of its items" if len(without) > 1 else ""
            message = f"`{name}` is unknown in every row: there is no column `{without[0]}`{more}"
        yield Problem(name, "missing-column", message)


def _missing(among: Sequence[Stretch], found: Columns) -> dict[str, list[str]]:
    """The facts that a condition reads and no row says, and of a set the columns of items that are not there."""
    items = set_items(among)
    read = {name for stretch in among for name in stretch.policy.conditions_read}
    missing: dict[str, list[str]] = {}
    for name, fact in stated_facts(among).items():
        if name not in read or fact.known:
            continue
        if fact.type is FactType.SET:
            given = found.sets[name]
            if not given.given:
                missing[name] = []
            elif given.column is None and (without := [item for item in items[name] if item not in given.items]):
                missing[name] = [f"{name}_{item}" for item in without]
        elif name not in found.facts and not _said_otherwise(name, found):
            missing[name] = []
    return missing


def _said_otherwise(name: str, found: Columns) -> bool:
    return (name == "birth_date" and found.cpr) or (name == "received_on" and "referral_received" in found.events)


def _derived(among: Sequence[Stretch], name: str) -> Fact | None:
    facts = (stretch.policy.facts.get(name) for stretch in among)
    return next((fact for fact in facts if fact is not None and fact.derived is not None), None)
