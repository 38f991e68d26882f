"""The steps of a plan on DuckDB: a relation on a relation, nothing run; a table's values are joined by their place."""

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

import duckdb
import narwhals as nw

from vedligehold.table.answering import Plan
from vedligehold.table.sheet import PREFIX, Codes, Detail, ListLook, Look, Problems, States, Step, Which

_AT_ONCE = 8
"""Of so many codes there is a table with every combination."""
_BITS = 62
"""As many labels as have a bit of their own in one number."""
_TABLE = f"{PREFIX}table"
_HERE = f'"{PREFIX}here"'
_EPOCH = "DATE '1970-01-01'"
_TYPES = {"date": "DATE", "text": "VARCHAR", "int": "INTEGER"}


def run(frame: duckdb.DuckDBPyRelation, plan: Plan) -> duckdb.DuckDBPyRelation:
    """The table's own columns, and those that come out."""
    types = dict(zip(frame.columns, map(str, frame.types), strict=True))
    query = _Query(types)
    for step in plan.steps:
        query.add(step)
    results = [f"{_name(at)} AS {_name(name)}" for name, at in ((name, plan.results[name]) for name in plan.outputs)]
    last = f"SELECT {', '.join([*map(_name, plan.through), *results])} FROM {query.last}"
    return cast(
        "duckdb.DuckDBPyRelation", frame.query(_TABLE, f"WITH {', '.join(query.parts)} {last}" if query.parts else last)
    )


class _Query:
    """One query, a part for each step: a relation on a relation would be bound anew for each of them."""

    def __init__(self, types: dict[str, str]) -> None:
        self.types = types
        self.parts: list[str] = []
        self.last = _name(_TABLE)
        self._beside = duckdb.connect()

    def add(self, step: Step) -> None:
        """What *step* works out, on what there is."""
        if step.columns:
            self._part(self._said(step.columns))
        of_text = [look for look in step.lists if _is_of_text(self.types[look.column])]
        others = [look for look in step.lists if look not in of_text]
        for said in (_masks, _looked, _strange):
            columns = {name: each for look in of_text for name, each in said(look).items()}
            if columns:
                self._part(columns)
        for said in (_of_no_text, _strange_of_no_text):
            columns = {name: each for look in others for name, each in said(look).items()}
            if columns:
                self._part(columns)
        texts = {name: (_which(which), "INTEGER") for name, which in step.which.items()}
        texts |= {name: (_four_digits(text), "BOOLEAN") for name, text in step.fours.items()}
        if texts:
            self._part(texts)
        if step.numbers:
            numbers = {name: f"CAST({_name(day)} - {_EPOCH} AS INTEGER)" for name, day in step.numbers.items()}
            self._part({name: (text, "INTEGER") for name, text in numbers.items()})
        joins: list[str] = []
        found: dict[str, tuple[str, str]] = {}
        found |= _looks(step.looks, joins)
        for name, codes in step.codes.items():
            found[name] = (_codes(codes, joins), "VARCHAR[]")
        for states in step.states:
            found |= _states(states, joins)
        for name, problems in step.problems.items():
            found[name] = (_problems(problems), "VARCHAR[]")
        if found:
            self._part(found, joins)

    def _said(self, columns: "dict[str, nw.Expr]") -> dict[str, tuple[str, str]]:
        """The columns of a step as Narwhals says them to DuckDB: it is asked for a table of the same columns."""
        kinds = ", ".join(f"{_name(name)} {kind}" for name, kind in self.types.items())
        self._beside.execute(f"CREATE OR REPLACE TABLE {_HERE} ({kinds})")
        there = nw.from_native(self._beside.table(_HERE.strip('"')))
        said = there.select(**columns).to_native()
        rest = said.sql_query().removeprefix("SELECT ")
        found: dict[str, tuple[str, str]] = {}
        for name, kind in zip(said.columns, said.types, strict=True):
            text, _, rest = rest.partition(f" AS {_name(name)}")
            found[name] = (text.removeprefix(", "), str(kind))
        return found

    def _part(self, columns: dict[str, tuple[str, str]], joins: Sequence[str] = ()) -> None:
        said = ", ".join(f"{text} AS {_name(name)}" for name, (text, _) in columns.items())
        name = _name(f"{PREFIX}part{len(self.parts)}")
        source = f"{self.last} AS {_HERE}"
        self.parts.append(f"{name} AS (SELECT {_HERE}.*, {said} FROM {source} {' '.join(joins)})")
        self.types |= {column: kind for column, (_, kind) in columns.items()}
        self.last = name


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _list(texts: Iterable[str]) -> str:
    return "[" + ", ".join(map(_text, texts)) + "]::VARCHAR[]"


def _which(which: Which) -> str:
    text = f"CAST({_name(which.column)} AS VARCHAR)"
    whens = " ".join(f"WHEN {_text(each)} THEN {place}" for place, each in enumerate(which.texts))
    return f"CASE {text} {whens} END" if whens else "CAST(NULL AS INTEGER)"


def _four_digits(name: str) -> str:
    return f"CAST({_name(name)} AS VARCHAR) GLOB '[0-9][0-9][0-9][0-9]'"


def _is_of_text(kind: str) -> bool:
    """Whether a list of that type holds texts, or nothing at all."""
    return kind.startswith(("VARCHAR[", "ENUM(", '"NULL"[', "NULL["))


def _of_no_text(look: ListLook) -> dict[str, tuple[str, str]]:
    size = f"CAST(len({_name(look.column)}) AS INTEGER)"
    flags = {look.strange: f"coalesce({size} > 0, false)", **dict.fromkeys(look.items.values(), "false")}
    numbers = dict.fromkeys(look.numbers.values(), ("0", "INTEGER"))
    return {look.size: (size, "INTEGER"), **{name: (text, "BOOLEAN") for name, text in flags.items()}, **numbers}


def _strange_of_no_text(look: ListLook) -> dict[str, tuple[str, str]]:
    asked: dict[Detail, tuple[str, str]] = {
        "twice": ("false", "BOOLEAN"),
        "holes": (_name(look.strange), "BOOLEAN"),
        "text": ("CAST(NULL AS VARCHAR)", "VARCHAR"),
    }
    return {name: asked[detail] for detail, name in look.details.items()}


def _masks(look: ListLook) -> dict[str, tuple[str, str]]:
    """Of each list a number with the bit of each label in it: what is no label has none, and a label twice has one."""
    labels = f"ENUM({', '.join(map(_text, look.labels))})" if look.labels else "ENUM('')"
    texts = f"TRY_CAST(CAST({_name(look.column)} AS VARCHAR[]) AS {labels}[])"
    found = {look.size: (f"CAST(len({_name(look.column)}) AS INTEGER)", "INTEGER")}
    for place, (name, part) in enumerate(look.masks(_BITS).items()):
        start = place * _BITS
        kind = "INTEGER" if len(part) <= 30 else "BIGINT"
        bit = f"CAST(1 AS {kind}) << (CAST(enum_code(each) AS {kind}) - {start})"
        if len(look.labels) > _BITS:
            bit = f"CASE WHEN enum_code(each) BETWEEN {start} AND {start + len(part) - 1} THEN {bit} END"
        mask = f"coalesce(list_bit_or(list_transform({texts}, lambda each: {bit})), CAST(0 AS {kind}))"
        found[name] = (mask, kind)
    return found


def _looked(look: ListLook) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    singles = "0"
    for name, part in look.masks(_BITS).items():
        singles += f" + bit_count({_name(name)})"
        for place, label in enumerate(part):
            if label in look.items:
                found[look.items[label]] = (f"{_name(name)} & {1 << place} <> 0", "BOOLEAN")
    found |= {name: (_number(look, labels), "INTEGER") for labels, name in look.numbers.items()}
    found[look.strange] = (f"coalesce({singles} <> {_name(look.size)}, false)", "BOOLEAN")
    return found


def _number(look: ListLook, labels: Sequence[str]) -> str:
    said = []
    for mask, bits, down in look.moves(labels, _BITS):
        here = f"({_name(mask)} & {bits})"
        said.append(f"({here} >> {down})" if down > 0 else f"({here} << {-down})")
    return f"CAST({' + '.join(said) or '0'} AS INTEGER)"


def _strange(look: ListLook) -> dict[str, tuple[str, str]]:
    texts = f"CAST({_name(look.column)} AS VARCHAR[])"
    there = f"list_filter({texts}, lambda each: each IS NOT NULL)"
    asked: dict[Detail, tuple[str, str, str]] = {
        "twice": (f"len(list_distinct({texts})) <> len({there})", "false", "BOOLEAN"),
        "holes": (f"len({there}) <> len({texts})", "false", "BOOLEAN"),
        "text": (f"array_to_string({there}, repeat(chr(10), 8))", "NULL", "VARCHAR"),
    }
    strange = _name(look.strange)
    found = ((name, asked[detail]) for detail, name in look.details.items())
    # a CASE works out a branch for the rows alone that get there
    return {name: (f"CASE WHEN {strange} THEN {text} ELSE {other} END", kind) for name, (text, other, kind) in found}


def _looks(looks: Mapping[str, Look], joins: list[str]) -> dict[str, tuple[str, str]]:
    """The values of tables: one join for all that are looked up by one column."""
    found: dict[str, tuple[str, str]] = {}
    by_key: dict[str, dict[str, Look]] = {}
    for name, look in looks.items():
        text = _worked_out(look)
        if text is None:
            by_key.setdefault(look.key, {})[name] = look
        else:
            found[name] = (text, _TYPES[look.kind])
    for key, here in by_key.items():
        table, joined = f"{PREFIX}look{len(joins)}", []
        for place, (name, look) in enumerate(here.items()):
            # as one text, which is read faster than a list of thousands
            numbers = ",".join("" if value is None else str(value) for value in look.values)
            joined.append(f"unnest(string_split({_text(numbers)}, ',')) AS cell{place}")
            found[name] = (f"{table}.value{place}", _TYPES[look.kind])
        size = max(len(look.values) for look in here.values())
        values = ", ".join(_cell(look, place) for place, look in enumerate(here.values()))
        cells = f"(SELECT unnest(range({size}))::INTEGER AS place, {', '.join(joined)})"
        joins.append(
            f"LEFT JOIN (SELECT place, {values} FROM {cells}) AS {table} ON {table}.place = {_HERE}.{_name(key)}"
        )
    return found


def _cell(look: Look, place: int) -> str:
    value = f"TRY_CAST(cell{place} AS INTEGER)"
    return f"{_EPOCH} + {value} AS value{place}" if look.kind == "date" else f"{value} AS value{place}"


def _worked_out(look: Look) -> str | None:
    """A value that needs no table: one of a few texts, or a number or day as far from its place all along."""
    key = f"{_HERE}.{_name(look.key)}"
    if look.kind == "text":
        whens = " ".join(f"WHEN {place} THEN {_text(str(value))}" for place, value in enumerate(look.values))
        return f"CASE {key} {whens} END"
    if look.apart is None:
        return None
    apart, count = look.apart
    value = f"{_EPOCH} + ({key} + {apart})" if look.kind == "date" else f"{key} + {apart}"
    return f"CASE WHEN {key} BETWEEN 0 AND {count - 1} THEN {value} END"


def _states(states: States, joins: list[str]) -> dict[str, tuple[str, str]]:
    """The answers of a state, by one join: states and answers are put together once."""
    name = f"{PREFIX}states{len(joins)}"
    columns = {column: f"answer{place}" for place, column in enumerate(states.answers)}
    lists = ", ".join(
        f"unnest({_values(states.answers[column], states.kinds[column])}) AS {short}"
        for column, short in columns.items()
    )
    count = len(next(iter(states.answers.values())))
    places = f"string_split({_text(','.join(map(str, states.places)))}, ',')"
    kind = "USMALLINT" if len(states.places) <= 1 << 16 else "INTEGER"
    table = (
        f"(SELECT state, {', '.join(columns.values())} FROM "
        f"(SELECT unnest(range({len(states.places)}))::{kind} AS state, unnest({places})::INTEGER AS place) JOIN "
        f"(SELECT unnest(range({count}))::INTEGER AS place, {lists}) USING (place))"
    )
    joins.append(f"LEFT JOIN {table} AS {name} ON {name}.state = CAST({_HERE}.{_name(states.key)} AS {kind})")
    kinds = {"codes": "VARCHAR[]", "text": "VARCHAR", "bool": "BOOLEAN", "int": "INTEGER"}
    return {column: (f"{name}.{short}", kinds[states.kinds[column]]) for column, short in columns.items()}


def _values(values: Sequence[object], kind: str) -> str:
    if kind == "codes":
        return "[" + ", ".join(_list(cast("Sequence[str]", each)) for each in values) + "]"
    said = ("NULL" if each is None else _text(each) if isinstance(each, str) else str(each) for each in values)
    return f"[{', '.join(said)}]" + {"text": "::VARCHAR[]", "bool": "::BOOLEAN[]", "int": "::INTEGER[]"}[kind]


def _codes(codes: Codes, joins: list[str]) -> str:
    parts = [codes.flags[start : start + _AT_ONCE] for start in range(0, len(codes.flags), _AT_ONCE)]
    lists = [_part(part, joins) for part in parts]
    found = lists[0] if lists else "[]::VARCHAR[]"
    for each in lists[1:]:
        found = f"list_concat({found}, {each})"
    return found


def _problems(problems: Problems) -> str:
    """What is wrong with the few rows with which anything is."""
    stages = []
    for stage in problems.stages:
        some = " OR ".join(f"{_HERE}.{_name(flag)}" for flag, _ in stage)
        codes = ", ".join(f"CASE WHEN {_HERE}.{_name(flag)} THEN {_text(code)} END" for flag, code in stage)
        stages.append(f"WHEN {some} THEN list_filter([{codes}], lambda each: each IS NOT NULL)")
    said = f"CASE {' '.join(stages)} END" if stages else "NULL"
    return f"CASE WHEN {_HERE}.{_name(problems.wrong)} THEN {said} ELSE []::VARCHAR[] END"


def _part(flags: Sequence[tuple[str, str]], joins: list[str]) -> str:
    key = " + ".join(
        f"CASE WHEN {_HERE}.{_name(flag)} THEN {1 << place} ELSE 0 END" for place, (flag, _) in enumerate(flags)
    )
    combined = (
        _list(code for place, (_, code) in enumerate(flags) if number >> place & 1) for number in range(1 << len(flags))
    )
    name = f"{PREFIX}codes{len(joins)}"
    table = f"(SELECT unnest(range({1 << len(flags)})) AS place, unnest([{', '.join(combined)}]) AS codes)"
    joins.append(f"LEFT JOIN {table} AS {name} ON {name}.place = {key}")
    return f"{name}.codes"
