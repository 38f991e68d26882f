"""The steps of a plan on DuckDB: a relation on a relation, nothing run; a table's values are joined by their place."""

from collections.abc import Iterable, Sequence
from datetime import date

import duckdb
import narwhals as nw

from vedligehold.table.answering import Plan
from vedligehold.table.sheet import PREFIX, Codes, ListLook, Look, Step

_AT_ONCE = 8
"""Of so many codes there is a table with every combination."""
_TABLE = f"{PREFIX}table"
_HERE = f'"{PREFIX}here"'
_TYPES = {"date": "DATE", "text": "VARCHAR", "int": "INTEGER"}


def run(frame: duckdb.DuckDBPyRelation, plan: Plan) -> duckdb.DuckDBPyRelation:
    """The table's own columns, and those that come out."""
    types = dict(zip(frame.columns, map(str, frame.types), strict=True))
    query = _Query(types)
    for step in plan.steps:
        query.add(step)
    results = [f"{_name(at)} AS {_name(name)}" for name, at in plan.results.items()]
    last = f"SELECT {', '.join([*map(_name, plan.through), *results])} FROM {query.last}"
    return frame.query(_TABLE, f"WITH {', '.join(query.parts)} {last}" if query.parts else last)


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
        for look in step.lists:
            self._part(_looked(look))
            self._part(_strange(look))
        if step.numbers:
            since = "DATE '1970-01-01'"
            numbers = {name: f"CAST({_name(day)} - {since} AS INTEGER)" for name, day in step.numbers.items()}
            self._part({name: (text, "INTEGER") for name, text in numbers.items()})
        joins: list[str] = []
        found: dict[str, tuple[str, str]] = {}
        for name, look in step.looks.items():
            found[name] = (_look(look, joins), _TYPES[look.kind])
        for name, codes in step.codes.items():
            found[name] = (_codes(codes, joins), "VARCHAR[]")
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


def _looked(look: ListLook) -> dict[str, tuple[str, str]]:
    texts, labels = f"CAST({_name(look.column)} AS VARCHAR[])", _list(look.labels)
    strange = f"NOT list_has_all({labels}, {texts}) OR len(list_distinct({texts})) <> len({texts})"
    has = {name: f"coalesce(list_contains({texts}, {_text(label)}), false)" for label, name in look.items.items()}
    flags = {look.strange: f"coalesce({strange}, false)", **has}
    size = (f"CAST(len({texts}) AS INTEGER)", "INTEGER")
    return {look.size: size, **{name: (text, "BOOLEAN") for name, text in flags.items()}}


def _strange(look: ListLook) -> dict[str, tuple[str, str]]:
    texts = f"CASE WHEN {_name(look.strange)} THEN CAST({_name(look.column)} AS VARCHAR[]) END"
    there = f"list_filter({texts}, lambda each: each IS NOT NULL)"
    return {
        look.twice: (f"coalesce(len(list_distinct({texts})) <> len({there}), false)", "BOOLEAN"),
        look.holes: (f"coalesce(len({there}) <> len({texts}), false)", "BOOLEAN"),
        look.text: (f"array_to_string({there}, repeat(chr(10), 8))", "VARCHAR"),
    }


def _look(look: Look, joins: list[str]) -> str:
    """The value of a table; the table stands as one text, which is read faster than a list of thousands."""
    if look.kind == "text":
        whens = " ".join(f"WHEN {place} THEN {_text(str(value))}" for place, value in enumerate(look.values))
        return f"CASE {_name(look.key)} {whens} END"
    numbers = ",".join("" if value is None else str(_number(value)) for value in look.values)
    cells = f"string_split({_text(numbers)}, ',')"
    value = "TRY_CAST(cell AS INTEGER)"
    value = f"DATE '1970-01-01' + {value}" if look.kind == "date" else value
    name = f"{PREFIX}look{len(joins)}"
    table = f"(SELECT place, {value} AS value FROM (SELECT unnest(range({len(look.values)})) AS place, unnest({cells}) AS cell))"
    joins.append(f"LEFT JOIN {table} AS {name} ON {name}.place = {_HERE}.{_name(look.key)}")
    return f"{name}.value"


def _number(value: date | str | int) -> int:
    return value.toordinal() - date(1970, 1, 1).toordinal() if isinstance(value, date) else int(value)


def _codes(codes: Codes, joins: list[str]) -> str:
    parts = [codes.flags[start : start + _AT_ONCE] for start in range(0, len(codes.flags), _AT_ONCE)]
    lists = [_part(part, joins) for part in parts]
    found = lists[0] if lists else "[]::VARCHAR[]"
    for each in lists[1:]:
        found = f"list_concat({found}, {each})"
    return found


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
