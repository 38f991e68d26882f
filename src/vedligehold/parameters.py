"""A pack with other values of its parameters: what a pack file would be in which somebody had edited them.

What a reader refuses in a file is refused here too, and in the same words.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from vedligehold.calendar import read_date
from vedligehold.condition import Condition, Parameter
from vedligehold.errors import PackError, Problem, nearest, quoted, told
from vedligehold.facts import STANDARD_FACTS, Named
from vedligehold.meaning.data import Vocabulary, parse, text_of, to_data
from vedligehold.meaning.value import leaves
from vedligehold.reading.possible import impossible

_SECTIONS = ("requirements", "leave_out", "rows", "notices")
_TIMES = ("years", "months", "weeks", "days", "workdays", "times")
"""Units of which there are not less than none."""
_MOST = 10**9
_AMOUNT = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,9})?", re.ASCII)


def with_values(versions: Sequence[Any], given: Mapping[str, object]) -> list[Any]:
    """The *versions* of a pack with the *given* values of parameters, each in every version that declares it.

    Raises:
        PackError: no version declares one of the names, a value is none of its parameter, or no pack file may have it.
    """
    declared = dict.fromkeys(name for version in versions for name, _ in version.parameters)
    problems = [
        Problem(
            f"parameters.{quoted(name)[1:-1]}",
            "unknown-parameter",
            f"{quoted(name)} is no parameter of the pack `{versions[0].pack}`",
            nearest(name, declared) or _all(declared),
        )
        for name in given
        if name not in declared
    ]
    changed = [_changed(version, given, problems) for version in versions]
    if problems:
        raise PackError(dict.fromkeys(problems))
    return changed


def changes(version: Any) -> dict[str, Any]:
    """The parameters of a version that have another value than in its file, by name."""
    before = dict((version.original or version).parameters)
    return {name: named.value for name, named in version.parameters if named.value != before[name].value}


def read_settings(pack: Any, settings: Sequence[str]) -> dict[str, object]:
    """Values of parameters from texts such as `adult_age=20` and `passive_items=massage,heat_packs`.

    Raises:
        PackError: a text names no parameter or has no value, or a parameter is named twice.
    """
    units = {name: named.unit for version in pack.versions for name, named in version.parameters}
    found: dict[str, object] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not (name and equals and text):
            message = f"{quoted(setting)} gives no parameter a value"
            raise PackError([Problem("--set", "wrong-value", message, "write `NAME=VALUE`")])
        if name in found:
            raise PackError([Problem("--set", "duplicate-value", f"{quoted(name)} is given twice", "keep one of them")])
        found[name] = _from_text(units.get(name, ""), text)
    return found


def _from_text(unit: str, text: str) -> object:
    """What *text* says in *unit*; what it does not say stays text, and is refused later."""
    if unit == "values":
        return text.split(",")
    if unit == "amount":
        return Decimal(text) if _AMOUNT.fullmatch(text) else text
    return int(text) if unit != "date" and re.fullmatch("-?[0-9]{1,9}", text, re.ASCII) else text


def _all(names: Mapping[str, object]) -> str:
    return "one of " + ", ".join(f"`{name}`" for name in names) if names else "it has none"


def _changed(version: Any, given: Mapping[str, object], problems: list[Problem]) -> Any:
    """*version* with those of the values that it declares; what is wrong with one is added to the *problems*."""
    base = version.original or version
    values: dict[str, Named] = {}
    for name, named in version.parameters:
        value = _value(name, named, given[name], problems) if name in given else named.value
        values[name] = named if value is None else replace(named, value=value)
    before = dict(base.parameters)
    other = {name: named.value for name, named in values.items() if named.value != before[name].value}
    if not other:
        return base
    said = json.dumps({name: _text(value) for name, value in sorted(other.items())})
    sections = {
        section: tuple(_with(each, base, values, other, problems) for each in getattr(base, section))
        for section in _SECTIONS
    }
    return replace(
        base,
        digest=f"{base.digest}+{hashlib.sha256(said.encode()).hexdigest()}",
        parameters=tuple(values.items()),
        original=base,
        **sections,
    )


def _text(value: Any) -> Any:
    """A value so that equal ones are spelled alike."""
    if isinstance(value, tuple):
        return [text_of(each) for each in value]
    return text_of(value.normalize() if isinstance(value, Decimal) else value)


def _with(
    entry: Any, version: Any, values: Mapping[str, Named], other: Mapping[str, Any], problems: list[Problem]
) -> Any:
    """A rule with the *values* in its conditions."""
    new = {}
    for key in ("when", "require"):
        condition: Condition | None = getattr(entry, key, None)
        if condition is not None and not other.keys().isdisjoint(_parameters_of(condition)):
            new[key] = _condition(entry.id, key, condition, version, values, problems)
    return replace(entry, **new) if new else entry


def _parameters_of(condition: Condition) -> Iterator[str]:
    for leaf in leaves(condition):
        operand = getattr(leaf, "operand", None)
        if isinstance(operand, Parameter):
            yield operand.name


def _condition(
    owner: str, key: str, condition: Condition, version: Any, values: Mapping[str, Named], problems: list[Problem]
) -> Condition:
    """*condition* read again, as from a file in which the parameters have the *values*."""
    named = ", ".join(dict.fromkeys(_parameters_of(condition)))
    facts = {fact.name: fact for fact in (*STANDARD_FACTS, *version.facts)}

    def report(_: Any, code: str, message: str, hint: Any) -> None:
        problems.append(Problem(f"parameters.{named}", code, f"in `{owner}`: {message}", told(hint)))

    found = parse(to_data(condition), Vocabulary(facts, values), report)
    if found is None:
        return condition
    for code, message in impossible(owner, key, found, facts):
        problems.append(Problem(f"parameters.{named}", code, message))
    return found


def _value(name: str, named: Named, given: object, problems: list[Problem]) -> Any:
    """*given* as a value of the parameter, or None after the problem has been added."""
    value, hint = _read(named.unit, given)
    if value is not None:
        return value
    fits = isinstance(given, _KINDS[named.unit]) and not isinstance(given, bool)
    code = "wrong-value" if fits else "wrong-type"
    shown = f"the text {quoted(given)}" if isinstance(given, str) and code == "wrong-type" else quoted(given)
    message = f"{shown} is no value of `{name}`, which is given as `{named.unit}`"
    problems.append(Problem(f"parameters.{name}", code, message, hint))
    return None


_KINDS: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys((*_TIMES, "number"), (int,)),
    "amount": (int, float, Decimal),
    "date": (str,),
    "values": (list, tuple),
}


def _read(unit: str, given: object) -> tuple[Any, str]:
    """*given* as a value of a parameter in *unit*, or None; and what is wanted."""
    match unit:
        case "amount":
            return _amount(given), "a number such as `27.50`"
        case "date":
            day = read_date(given) if isinstance(given, str) else given if type(given) is date else None
            return day, "a date that exists, as `YYYY-MM-DD` or a `datetime.date`"
        case "values":
            several = tuple(given) if isinstance(given, list | tuple) else ()
            good = bool(several) and all(isinstance(each, str) and each.strip() for each in several)
            return several if good else None, "a list that names at least one value"
        case _:
            low = 0 if unit in _TIMES else 1 - _MOST
            good = type(given) is int and low <= given < _MOST
            return given if good else None, "a whole number" + (" from 0" if unit in _TIMES else "")


def _amount(given: object) -> Decimal | None:
    if isinstance(given, bool) or not isinstance(given, int | float | Decimal):
        return None
    text = format(Decimal(repr(given)) if isinstance(given, float) else Decimal(given), "f")
    return Decimal(text) if _AMOUNT.fullmatch(text) else None
