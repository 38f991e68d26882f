"""The steps of a plan on Spark: columns on columns, nothing run; a table's values stand in an array beside the rows."""

import json
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import narwhals as nw
from pyspark.sql import functions as F  # noqa: N812 - as everybody calls it

from vedligehold.table.answering import Plan
from vedligehold.table.sheet import Codes, Detail, ListLook, Look, Problems, States, Step, Which

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

_AT_ONCE = 8
"""Of so many codes there is an array with every combination."""
_BITS = 62
"""As many labels as have a bit of their own in one number."""
_KINDS = {"codes": "array<string>", "text": "string", "bool": "boolean", "int": "int"}
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
    of_text, others = _by_kind(frame, step.lists)
    for looks, asks in ((of_text, (_masks, _looked, _strange)), (others, (_of_no_text, _strange_of_no_text))):
        for said in asks:
            columns = {name: each for look in looks for name, each in said(look).items()}
            frame = frame.withColumns(columns) if columns else frame
    texts = {name: F.expr(_which(which)) for name, which in step.which.items()}
    texts |= {name: F.rlike(_col(text).cast("string"), F.lit(r"^[0-9]{4}\z")) for name, text in step.fours.items()}
    frame = frame.withColumns(texts) if texts else frame
    found: dict[str, Column] = {name: F.unix_date(_col(day)) for name, day in step.numbers.items()}
    found |= {name: _look(look) for name, look in step.looks.items()}
    found |= {name: _codes(codes) for name, codes in step.codes.items()}
    found |= {name: _problems(problems) for name, problems in step.problems.items()}
    found |= {_place(states): F.get(_constant(states.places, "array<int>"), _col(states.key)) for states in step.states}
    frame = frame.withColumns(found) if found else frame
    answers = {name: each for states in step.states for name, each in _answers(states).items()}
    return frame.withColumns(answers) if answers else frame


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _text(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _which(which: Which) -> str:
    text = f"CAST({_quoted(which.column)} AS STRING)"
    whens = " ".join(f"WHEN {_text(each)} THEN {place}" for place, each in enumerate(which.texts))
    return f"CASE {text} {whens} END" if whens else "CAST(NULL AS INT)"


def _col(name: str) -> "Column":
    return F.col(_quoted(name))


def _texts(look: ListLook) -> "Column":
    return _col(look.column).cast("array<string>")


def _by_kind(frame: "DataFrame", looks: Sequence[ListLook]) -> tuple[list[ListLook], list[ListLook]]:
    """The list columns that hold texts, or nothing at all, and the others."""
    if not looks:
        return [], []
    schema = frame.select(*(_col(look.column) for look in looks)).schema
    of_text = [
        look
        for look, field in zip(looks, schema, strict=True)
        if field.dataType.elementType.typeName() in ("string", "void")
    ]
    return of_text, [look for look in looks if look not in of_text]


def _of_no_text(look: ListLook) -> "dict[str, Column]":
    size = F.when(_col(look.column).isNotNull(), F.size(_col(look.column)))
    never = dict.fromkeys(look.items.values(), F.lit(False)) | dict.fromkeys(look.numbers.values(), F.lit(0))
    return {look.size: size, look.strange: F.coalesce(size > 0, F.lit(False)), **never}


def _strange_of_no_text(look: ListLook) -> "dict[str, Column]":
    asked: dict[Detail, Column] = {
        "twice": F.lit(False),
        "holes": _col(look.strange),
        "text": F.lit(None).cast("string"),
    }
    return {name: asked[detail] for detail, name in look.details.items()}


def _masks(look: ListLook) -> "dict[str, Column]":
    """Of each list a number with the bit of each label in it; what is no label has none, and a label twice has one."""
    texts = f"CAST({_quoted(look.column)} AS ARRAY<STRING>)"
    found = {look.size: F.expr(f"IF({texts} IS NULL, NULL, size({texts}))")}
    for name, labels in look.masks(_BITS).items():
        bits = (f"IF(array_contains({texts}, {_text(label)}), {1 << place}L, 0L)" for place, label in enumerate(labels))
        found[name] = F.expr(f"IF(size({texts}) > 0, {' + '.join(bits)}, 0L)")
    return found


def _looked(look: ListLook) -> "dict[str, Column]":
    found: dict[str, Column] = {}
    singles = []
    for name, labels in look.masks(_BITS).items():
        singles.append(f"bit_count({_quoted(name)})")
        for place, label in enumerate(labels):
            if label in look.items:
                found[look.items[label]] = F.expr(f"{_quoted(name)} & {1 << place}L <> 0")
    found |= {name: F.expr(_number(look, labels)) for labels, name in look.numbers.items()}
    found[look.strange] = F.expr(f"coalesce({' + '.join(singles) or '0'} <> {_quoted(look.size)}, false)")
    return found


def _number(look: ListLook, labels: Sequence[str]) -> str:
    said = []
    for mask, bits, down in look.moves(labels, _BITS):
        here = f"({_quoted(mask)} & {bits}L)"
        said.append(f"shiftright({here}, {down})" if down > 0 else f"shiftleft({here}, {-down})")
    return f"CAST({' + '.join(said) or '0'} AS INT)"


def _strange(look: ListLook) -> "dict[str, Column]":
    odd, texts = _col(look.strange), _texts(look)
    there = F.array_compact(texts)
    asked: dict[Detail, Column] = {
        "twice": F.coalesce(F.when(odd, F.size(F.array_distinct(there)) != F.size(there)), F.lit(False)),
        "holes": F.coalesce(F.when(odd, F.size(there) != F.size(texts)), F.lit(False)),
        "text": F.when(odd, F.array_join(there, "\n" * 8)),
    }
    return {name: asked[detail] for detail, name in look.details.items()}


def _look(look: Look) -> "Column":
    key = _col(look.key)
    if look.kind == "text":
        return F.get(_constant(list(look.values), "array<string>"), key)
    if look.apart is None:
        found = F.get(_constant(list(look.values), "array<int>"), key)
    else:
        apart, count = look.apart
        found = F.when((key >= 0) & (key < count), key + apart)
    return F.date_add(F.lit(_EPOCH), found) if look.kind == "date" else found


def _constant(values: object, kind: str) -> "Column":
    """A constant of many parts: as JSON it is handed over at once, and Spark reads it once, before the first row."""
    return F.from_json(F.lit(json.dumps(values)), kind)


def _place(states: States) -> str:
    return f"{states.key}_place"


def _answers(states: States) -> "dict[str, Column]":
    place = _col(_place(states))
    kinds = {name: f"array<{_KINDS[states.kinds[name]]}>" for name in states.answers}
    return {name: F.get(_constant(values, kinds[name]), place) for name, values in states.answers.items()}


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
