"""The steps of a plan on Spark: columns on columns, nothing run; a table's values stand in an array beside the rows."""

import json
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import narwhals as nw
from pyspark.sql import functions as F  # noqa: N812 - as everybody calls it

from vedligehold.table.answering import Plan
from vedligehold.table.sheet import Codes, Detail, ListLook, Look, Problems, Step

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

_AT_ONCE = 8
"""Of so many codes there is an array with every combination."""
_EPOCH = date(1970, 1, 1)


def run(frame: "DataFrame", plan: Plan) -> "DataFrame":
    """The table's own columns, and those that come out."""
    for step in plan.steps:
        frame = _run(frame, step)
    results = [_col(at).alias(name) for name, at in ((name, plan.results[name]) for name in plan.outputs)]
    return frame.select(*map(_col, plan.through), *results)


def called(name: str) -> str:
    """How an expression names a column: a dot would be taken for that of a part of it."""
    return _quoted(name) if "." in name or "`" in name else name


def _run(frame: "DataFrame", step: Step) -> "DataFrame":
    if step.columns:
        frame = nw.from_native(frame).with_columns(**step.columns).to_native()
    for look in step.lists:
        if _is_of_text(frame, look):
            frame = frame.withColumns(_looked(look)).withColumns(_strange(look))
        else:
            frame = frame.withColumns(_of_no_text(look)).withColumns(_strange_of_no_text(look))
    found: dict[str, Column] = {name: F.unix_date(_col(day)) for name, day in step.numbers.items()}
    found |= {name: _look(look) for name, look in step.looks.items()}
    found |= {name: _codes(codes) for name, codes in step.codes.items()}
    found |= {name: _problems(problems) for name, problems in step.problems.items()}
    return frame.withColumns(found) if found else frame


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _col(name: str) -> "Column":
    return F.col(_quoted(name))


def _texts(look: ListLook) -> "Column":
    return _col(look.column).cast("array<string>")


def _is_of_text(frame: "DataFrame", look: ListLook) -> bool:
    """Whether a list column holds texts, or nothing at all."""
    return frame.select(_col(look.column)).schema[0].dataType.elementType.typeName() in ("string", "void")


def _of_no_text(look: ListLook) -> "dict[str, Column]":
    size = F.when(_col(look.column).isNotNull(), F.size(_col(look.column)))
    never = dict.fromkeys(look.items.values(), F.lit(False))
    return {look.size: size, look.strange: F.coalesce(size > 0, F.lit(False)), **never}


def _strange_of_no_text(look: ListLook) -> "dict[str, Column]":
    asked: dict[Detail, Column] = {
        "twice": F.lit(False),
        "holes": _col(look.strange),
        "text": F.lit(None).cast("string"),
    }
    return {name: asked[detail] for detail, name in look.details.items()}


def _looked(look: ListLook) -> "dict[str, Column]":
    texts = _texts(look)
    labels = F.array(*map(F.lit, look.labels))
    strange = (F.size(F.array_except(texts, labels)) > 0) | (F.size(F.array_distinct(texts)) != F.size(texts))
    has = {name: F.coalesce(F.array_contains(texts, label), F.lit(False)) for label, name in look.items.items()}
    size = F.when(texts.isNotNull(), F.size(texts))
    return {look.size: size, look.strange: F.coalesce(strange & texts.isNotNull(), F.lit(False)), **has}


def _strange(look: ListLook) -> "dict[str, Column]":
    texts = F.when(_col(look.strange), _texts(look))
    there = F.array_compact(texts)
    asked: dict[Detail, Column] = {
        "twice": F.coalesce(F.size(F.array_distinct(there)) != F.size(there), F.lit(False)),
        "holes": F.coalesce(F.size(there) != F.size(texts), F.lit(False)),
        "text": F.array_join(there, "\n" * 8),
    }
    return {name: asked[detail] for detail, name in look.details.items()}


def _look(look: Look) -> "Column":
    key = _col(look.key)
    if look.kind == "text":
        return F.get(_constant(list(look.values), "array<string>"), key)
    numbers = [None if value is None else _number(value) for value in look.values]
    found = F.get(_constant(numbers, "array<int>"), key)
    return F.date_add(F.lit(_EPOCH), found) if look.kind == "date" else found


def _number(value: date | str | int) -> int:
    return value.toordinal() - _EPOCH.toordinal() if isinstance(value, date) else int(value)


def _constant(values: object, kind: str) -> "Column":
    """A constant of many parts: as JSON it is handed over at once, and Spark reads it once, before the first row."""
    return F.from_json(F.lit(json.dumps(values)), kind)


def _codes(codes: Codes) -> "Column":
    parts = [codes.flags[start : start + _AT_ONCE] for start in range(0, len(codes.flags), _AT_ONCE)]
    lists = [_part(part) for part in parts]
    if not lists:
        return F.array().cast("array<string>")
    return lists[0] if len(lists) == 1 else F.concat(*lists)


def _problems(problems: Problems) -> "Column":
    """What is wrong with the few rows with which anything is."""
    said = F.lit(None).cast("array<string>")
    for stage in reversed(problems.stages):
        some = F.expr(" OR ".join(_quoted(flag) for flag, _ in stage))
        codes = F.array_compact(F.array(*(F.when(_col(flag), F.lit(code)) for flag, code in stage)))
        said = F.when(some, codes).otherwise(said)
    return F.when(_col(problems.wrong), said).otherwise(F.array().cast("array<string>"))


def _part(flags: Sequence[tuple[str, str]]) -> "Column":
    bits = (f"if({_quoted(flag)}, {1 << place}, 0)" for place, (flag, _) in enumerate(flags))
    lists = [
        [code for place, (_, code) in enumerate(flags) if number >> place & 1] for number in range(1 << len(flags))
    ]
    return F.get(_constant(lists, "array<array<string>>"), F.expr(" + ".join(bits)))
