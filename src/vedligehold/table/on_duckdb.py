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
_TYPES = {"date": "DATE", "text": "VARCHAR", "int": "INTEGER"}


def run(frame: duckdb.DuckDBPyRelation, plan: Plan) -> duckdb.DuckDBPyRelation:
    """The table's own columns, and those that come out."""
    for step in plan.steps:
        frame = _run(frame, step)
    results = [f"{_name(at)} AS {_name(name)}" for name, at in plan.results.items()]
    return frame.project(", ".join([*map(_name, plan.through), *results]))


def _run(frame: duckdb.DuckDBPyRelation, step: Step) -> duckdb.DuckDBPyRelation:
    if step.columns:
        frame = nw.from_native(frame).with_columns(**step.columns).to_native()
    for look in step.lists:
        frame = _with(frame, _looked(look))
        frame = _with(frame, _strange(look))
    if step.numbers:
        since = "DATE '1970-01-01'"
        frame = _with(frame, {name: f"CAST({_name(day)} - {since} AS INTEGER)" for name, day in step.numbers.items()})
    joined: list[str] = []
    found: dict[str, str] = {}
    for look_name, look in step.looks.items():
        found[look_name] = _look(look, joined)
    for codes_name, codes in step.codes.items():
        found[codes_name] = _codes(codes, joined)
    return _joined(frame, found, joined) if found else frame


def _with(frame: duckdb.DuckDBPyRelation, columns: dict[str, str]) -> duckdb.DuckDBPyRelation:
    return frame.project(", ".join(["*", *(f"{text} AS {_name(name)}" for name, text in columns.items())]))


def _joined(
    frame: duckdb.DuckDBPyRelation, columns: dict[str, str], joins: Sequence[str]
) -> duckdb.DuckDBPyRelation:
    said = ", ".join(f"{text} AS {_name(name)}" for name, text in columns.items())
    return frame.query(_TABLE, f"SELECT {_TABLE}.*, {said} FROM {_TABLE} {' '.join(joins)}")


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _list(texts: Iterable[str]) -> str:
    return "[" + ", ".join(map(_text, texts)) + "]::VARCHAR[]"


def _looked(look: ListLook) -> dict[str, str]:
    texts, labels = f"CAST({_name(look.column)} AS VARCHAR[])", _list(look.labels)
    strange = f"NOT list_has_all({labels}, {texts}) OR len(list_distinct({texts})) <> len({texts})"
    has = {name: f"coalesce(list_contains({texts}, {_text(label)}), false)" for label, name in look.items.items()}
    return {look.size: f"CAST(len({texts}) AS INTEGER)", look.strange: f"coalesce({strange}, false)", **has}


def _strange(look: ListLook) -> dict[str, str]:
    texts = f"CASE WHEN {_name(look.strange)} THEN CAST({_name(look.column)} AS VARCHAR[]) END"
    there = f"list_filter({texts}, lambda each: each IS NOT NULL)"
    return {
        look.twice: f"coalesce(len(list_distinct({texts})) <> len({there}), false)",
        look.holes: f"coalesce(len({there}) <> len({texts}), false)",
        look.text: f"array_to_string({there}, repeat(chr(10), 8))",
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
    joins.append(f"LEFT JOIN {table} AS {name} ON {name}.place = {_TABLE}.{_name(look.key)}")
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
    key = " + ".join(f"CASE WHEN {_TABLE}.{_name(flag)} THEN {1 << place} ELSE 0 END" for place, (flag, _) in enumerate(flags))
    combined = (
        _list(code for place, (_, code) in enumerate(flags) if number >> place & 1) for number in range(1 << len(flags))
    )
    name = f"{PREFIX}codes{len(joins)}"
    table = f"(SELECT unnest(range({1 << len(flags)})) AS place, unnest([{', '.join(combined)}]) AS codes)"
    joins.append(f"LEFT JOIN {table} AS {name} ON {name}.place = {key}")
    return f"{name}.codes"
