"""A condition as plain data (what YAML and JSON hold), both ways.

Scalars come as text and are converted by the declared type of the fact: `0730`, `no` and `on` stay what was written.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any as Anything
from typing import TypeAlias, assert_never

from vedligehold.calendar import read_date
from vedligehold.condition import (
    All,
    AllOf,
    Any,
    AnyOf,
    AtLeast,
    AtMost,
    Condition,
    Constant,
    Empty,
    Is,
    IsTrue,
    Not,
    OneOf,
    Only,
    Operand,
    OtherFact,
    Parameter,
    Scalar,
)
from vedligehold.errors import Hint, near, quoted
from vedligehold.facts import Fact, FactType, Named, is_code

Path: TypeAlias = tuple[str | int, ...]
Report: TypeAlias = Callable[[Path, str, str, Hint], None]
"""Called once for each problem: where in the data, code, message, hint."""

NUMBERS = {FactType.INT, FactType.DECIMAL, FactType.DATE}
SINGLE = {FactType.BOOL, FactType.INT, FactType.DECIMAL, FactType.DATE, FactType.CHOICE, FactType.CODE}
_OPERATORS: Mapping[str, tuple[Callable[[str, Operand], Condition], set[FactType], bool]] = {
    # the key: the node, the types of fact it may stand on, whether it takes several values
    "is": (Is, SINGLE, False),
    "at_least": (AtLeast, NUMBERS, False),
    "at_most": (AtMost, NUMBERS, False),
    "one_of": (OneOf, SINGLE - {FactType.BOOL}, True),
    "any_of": (AnyOf, {FactType.SET}, True),
    "all_of": (AllOf, {FactType.SET}, True),
    "only": (Only, {FactType.SET}, True),
}
_JOINERS = ("all", "any", "not")
DEEPEST = 50
_MOST_SHOWN = 5
RESERVED = frozenset({*_JOINERS, "fact", "empty"})
"""Words of the language, which no fact may be called."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a condition may name: the declared facts, and the pack's parameters with the unit of each."""

    facts: Mapping[str, Fact]
    parameters: Mapping[str, Named]


def to_data(condition: Condition) -> Anything:
    """*condition* as plain data.

    >>> to_data(Not(IsTrue("can_self_train")))
    {'not': 'can_self_train'}
    """
    match condition:
        case IsTrue(fact):
            return fact
        case Is(fact, operand):
            return {fact: {"is": _operand_data(operand)}}
        case AtLeast(fact, operand):
            return {fact: {"at_least": _operand_data(operand)}}
        case AtMost(fact, operand):
            return {fact: {"at_most": _operand_data(operand)}}
        case OneOf(fact, operand):
            return {fact: {"one_of": _operand_data(operand)}}
        case AnyOf(fact, operand):
            return {fact: {"any_of": _operand_data(operand)}}
        case AllOf(fact, operand):
            return {fact: {"all_of": _operand_data(operand)}}
        case Only(fact, operand):
            return {fact: {"only": _operand_data(operand)}}
        case Empty(fact):
            return {fact: "empty"}
        case All(parts):
            return {"all": [to_data(part) for part in parts]}
        case Any(parts):
            return {"any": [to_data(part) for part in parts]}
        case Not(part):
            return {"not": to_data(part)}
        case _:
            assert_never(condition)


def _operand_data(operand: Operand) -> Anything:
    match operand:
        case Constant(tuple() as several):
            return [text_of(value) for value in several]
        case Constant(value):
            return text_of(value)
        case Parameter(name, _):
            return name
        case OtherFact(name):
            return {"fact": name}


def text_of(value: Anything) -> str:
    """A single value as a pack spells it."""
    match value:
        case bool():
            return "true" if value else "false"
        case date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case _:
            return str(value)


def parse(data: Anything, words: Vocabulary, report: Report, path: Path = ()) -> Condition | None:
    """The condition that *data* says, or None after every problem in it has been reported."""
    if len(path) > DEEPEST:
        report(path, "too-deep", f"the condition is more than {DEEPEST} levels deep", None)
        return None
    if isinstance(data, str):
        return _bare_fact(data, words, report, path)
    if not isinstance(data, dict):
        said = "nothing" if data is None else quoted(data)
        report(path, "wrong-type", f"a condition is a fact's name or a mapping, not {said}", None)
        return None
    if len(data) != 1:
        message = f"a condition has just one key, not {_some(data)}"
        report(path, "two-operators", message, "join them with `all` or `any`")
        return None
    ((key, inside),) = data.items()
    if key in _JOINERS:
        return _joined(key, inside, words, report, (*path, key))
    return _about_fact(key, inside, words, report, path)


def _some(keys: Iterable[Anything]) -> str:
    """The first keys of a mapping that has too many, or none."""
    shown = [quoted(key) for key in islice(keys, _MOST_SHOWN + 1)]
    return ", ".join([*shown[:_MOST_SHOWN], *(["..."] if len(shown) > _MOST_SHOWN else [])]) or "nothing"


def _joined(key: str, inside: Anything, words: Vocabulary, report: Report, path: Path) -> Condition | None:
    if key == "not":
        part = parse(inside, words, report, path)
        return None if part is None else Not(part)
    if not isinstance(inside, list):
        report(path, "wrong-type", f"`{key}` takes a list of conditions", None)
        return None
    if not inside:
        report(path, "empty-list", f"`{key}` of nothing: name at least one condition", None)
        return None
    parts = [parse(each, words, report, (*path, place)) for place, each in enumerate(inside)]
    good = tuple(part for part in parts if part is not None)
    if len(good) < len(parts):
        return None
    return All(good) if key == "all" else Any(good)


def _fact(name: Anything, words: Vocabulary, report: Report, path: Path) -> Fact | None:
    fact = words.facts.get(name)
    if fact is None:
        report(path, "unknown-fact", f"{quoted(name)} is no declared fact", near(name, words.facts))
    return fact


def _bare_fact(name: str, words: Vocabulary, report: Report, path: Path) -> Condition | None:
    fact = _fact(name, words, report, path)
    if fact is None:
        return None
    if fact.type is not FactType.BOOL:
        message = f"{quoted(name)} is a fact of type {fact.type}; only a bool fact stands by itself"
        report(path, "wrong-type", message, f"say what it must be: `{{{name}: {_example(fact)}}}`")
        return None
    return IsTrue(name)


def _example(fact: Fact) -> str:
    if fact.type is FactType.SET:
        return "{any_of: [...]}"
    return "{at_least: ...}" if fact.type in NUMBERS else "{is: ...}"


def _about_fact(name: str, inside: Anything, words: Vocabulary, report: Report, path: Path) -> Condition | None:
    fact = _fact(name, words, report, path)
    path = (*path, name)
    if inside == "empty":
        if fact is None:
            return None
        if fact.type is FactType.SET:
            return Empty(name)
        report(path, "wrong-type", f"`empty` asks about a set, and {quoted(name)} is of type {fact.type}", None)
        return None
    if not isinstance(inside, dict):
        hint = None if fact is None else f"say `{{{name}: {_example(fact)}}}`"
        report(path, "unknown-operator", f"{quoted(inside)} is no operator", hint)
        return None
    if len(inside) != 1:
        message = f"{quoted(name)} is tested with just one operator, not {_some(inside)}"
        report(path, "two-operators", message, "join them with `all`")
        return None
    ((key, right),) = inside.items()
    path = (*path, key)
    if key not in _OPERATORS:
        shown = ", ".join(f"`{operator}`" for operator in _OPERATORS)
        report(path, "unknown-operator", f"{quoted(key)} is no operator", near(key, _OPERATORS, f"one of {shown}"))
        return None
    if fact is None:
        return None
    make, types, several = _OPERATORS[key]
    if fact.type not in types:
        message = f"`{key}` does not go with {quoted(name)}, which is of type {fact.type}"
        report(path, "wrong-type", message, f"say `{{{name}: {_example(fact)}}}`")
        return None
    operand = _operand(fact, right, several, words, report, path)
    return None if operand is None else make(name, operand)


def _operand(
    fact: Fact, right: Anything, several: bool, words: Vocabulary, report: Report, path: Path
) -> Operand | None:
    if isinstance(right, dict):
        return _other_fact(fact, right, several, words, report, path)
    if several and isinstance(right, list):
        if not right:
            report(path, "empty-list", f"`{path[-1]}` of nothing: name at least one value", None)
            return None
        values = [read_value(fact, each, report, (*path, place)) for place, each in enumerate(right)]
        good = tuple(value for value in values if value is not None)
        if len(set(good)) < len(values) and len(good) == len(values):
            report(path, "duplicate-value", f"`{path[-1]}` names a value twice", None)
        return Constant(good) if len(good) == len(values) else None
    if not isinstance(right, str):
        wanted = "a list of values or a parameter" if several else "a value, a parameter or `{fact: ...}`"
        said = "nothing" if right is None else quoted(right)
        report(path, "wrong-type", f"`{path[-1]}` takes {wanted}, not {said}", None)
        return None
    if several or _is_parameter_name(fact, right):
        return _parameter(fact, right, several, words, report, path)
    value = read_value(fact, right, report, path)
    return None if value is None else Constant(value)


def _is_parameter_name(fact: Fact, text: str) -> bool:
    # for a choice, a code and a bool a bare word is a value
    return fact.type in NUMBERS and re.fullmatch(r"[a-z][a-z0-9_]*", text) is not None


def _other_fact(
    fact: Fact, right: Anything, several: bool, words: Vocabulary, report: Report, path: Path
) -> Operand | None:
    if list(right) != ["fact"]:
        keys = _some(right)
        report(
            path,
            "unknown-operator",
            f"`{path[-1]}` takes `{{fact: ...}}`, not {keys}",
            near(next(iter(right), None), ["fact"]),
        )
        return None
    other = _fact(right["fact"], words, report, (*path, "fact"))
    if other is None:
        return None
    if other.type is not fact.type or (several and fact.type is not FactType.SET):
        message = f"{quoted(fact.name)} ({fact.type}) cannot be compared with {quoted(other.name)} ({other.type})"
        report((*path, "fact"), "wrong-type", message, None)
        return None
    if dict(other.choices).keys() != dict(fact.choices).keys():
        message = f"{quoted(fact.name)} and {quoted(other.name)} do not have the same choices"
        report((*path, "fact"), "wrong-type", message, None)
        return None
    return OtherFact(other.name)


_SPAN_UNITS = {"years", "months", "weeks", "days"}


def _parameter(fact: Fact, name: str, several: bool, words: Vocabulary, report: Report, path: Path) -> Operand | None:
    named = words.parameters.get(name)
    if named is None:
        hint = near(name, words.parameters, "several values stand in a list: `[...]`" if several else None)
        report(path, "unknown-parameter", f"{quoted(name)} is no parameter of this pack", hint)
        return None
    if named.unit in _SPAN_UNITS and fact.unit in _SPAN_UNITS and named.unit != fact.unit:
        message = f"parameter {quoted(name)} is in {named.unit}, and {quoted(fact.name)} is in {fact.unit}"
        report(path, "wrong-type", message, None)
        return None
    values = named.value if isinstance(named.value, tuple) else (named.value,)
    strange = next(
        (value for value in values if isinstance(value, str) and fact.choices and value not in fact.labels), None
    )
    if strange is not None:
        message = f"parameter {quoted(name)} names {quoted(strange)}, which is no value of {quoted(fact.name)}"
        report(path, "unknown-value", message, near(strange, fact.labels))
        return None
    fits = isinstance(named.value, tuple) is several and all(_fits(fact, value) for value in values)
    if not fits:
        other = f"{quoted(fact.name)}, which is of type {fact.type}"
        message = f"parameter {quoted(name)} (`{named.unit}`) cannot be compared with {other}"
        report(path, "wrong-type", message, None)
        return None
    return Parameter(name, named.value)


def _fits(fact: Fact, value: Scalar) -> bool:
    match fact.type:
        case FactType.INT:
            return isinstance(value, int) and not isinstance(value, bool)
        case FactType.DECIMAL:
            return isinstance(value, int | Decimal) and not isinstance(value, bool)
        case FactType.DATE:
            return isinstance(value, date)
        case FactType.CHOICE | FactType.SET:
            return value in fact.labels
        case FactType.CODE:
            return isinstance(value, str) and is_code(value)
        case FactType.BOOL:
            return isinstance(value, bool)


DATE_SHAPE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_WHOLE_SHAPE = re.compile(r"-?[0-9]{1,9}", re.ASCII)
_DECIMAL_SHAPE = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,9})?", re.ASCII)


def read_value(fact: Fact, text: Anything, report: Report, path: Path) -> Scalar | None:
    """One value of *fact* as a pack spells it, or None after the problem has been reported."""
    if not isinstance(text, str):
        said = "nothing" if text is None else quoted(text)
        report(path, "wrong-type", f"{quoted(fact.name)} is compared with a single value, not {said}", None)
        return None
    hint: Hint = None
    match fact.type:
        case FactType.BOOL:
            if text in ("true", "false"):
                return text == "true"
            hint = "`true` or `false`"
        case FactType.INT:
            if _WHOLE_SHAPE.fullmatch(text):
                return int(text)
            hint = "a whole number"
        case FactType.DECIMAL:
            if _DECIMAL_SHAPE.fullmatch(text):
                return Decimal(text)
            hint = "a number such as `27.50`"
        case FactType.DATE:
            found = read_date(text)
            if found is not None:
                return found
            hint = "a date as `YYYY-MM-DD`"
        case FactType.CHOICE | FactType.SET:
            if text in fact.labels:
                return text
            hint = near(text, fact.labels, lambda: "one of " + ", ".join(f"`{choice}`" for choice in fact.labels))
        case FactType.CODE:
            if is_code(text):
                return text
            hint = "four digits, such as `0840`"
    report(path, "unknown-value", f"{quoted(text)} is no value of {quoted(fact.name)}", hint)
    return None
