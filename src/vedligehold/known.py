"""What is known of a case under a policy on a day: every declared fact by name, None where it is unknown.

A fact that a professional must assess and that is only self-reported is unknown.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from vedligehold.calendar import read_date
from vedligehold.case import RECEIVED, Case
from vedligehold.condition import NOTHING, Value
from vedligehold.errors import MOST_PROBLEMS, CaseError, Hint, Problem, near, nearest, quoted, told
from vedligehold.facts import Fact, FactType, derivation
from vedligehold.pack import Kind, Policy

MOST_DIGITS = 15
"""So that a decimal fact is the same number as a float."""
_GIVEN_AS: Mapping[FactType, tuple[type, ...]] = {
    FactType.BOOL: (bool,),
    FactType.INT: (int,),
    FactType.DECIMAL: (int, Decimal),
    FactType.DATE: (str, date),
    FactType.CHOICE: (str,),
    FactType.SET: (tuple,),
    FactType.CODE: (str,),
}


class _Noted(NamedTuple):
    """A problem before it is told: finding a hint takes long."""

    place: str
    code: str
    message: str
    hint: Hint = None


def known_values(policy: Policy, case: Case, on: date) -> dict[str, Value]:
    """Every fact of *case* under *policy* on the decision date *on*.

    Raises:
        CaseError: the case says something that the pack does not know, or the citizen is born after *on*.
    """
    values = given_values(policy, case, on)
    for fact in policy.facts.values():
        if fact.derived is not None:
            values[fact.name] = derivation(fact, policy.version.municipality.code)(values, on)
    return values


def given_values(policy: Policy, case: Case, on: date) -> dict[str, Value]:
    """The facts that *case* itself gives, before anything is derived from them.

    Raises:
        CaseError: the case says something that the pack does not know, or the citizen is born after *on*.
    """
    values: dict[str, Any] = {**case.citizen.__dict__, **case.referral.__dict__}
    facts, self_reported, born = case.facts, case.self_reported, values["birth_date"]
    if facts or self_reported or case.findings or (born is not None and born > on):
        found = list(_problems(policy, case, on))
        if found:
            first = [Problem(*each[:3], told(each.hint)) for each in found[:MOST_PROBLEMS]]
            raise CaseError(first, len(found) - len(first))
    if values["received_on"] is None and case.events:
        values["received_on"] = next(iter(case.days().get(RECEIVED, ())), None)
    if values["requested"] is None:
        values["requested"] = ()
    if values["requested_setting"] is None:
        values["requested_setting"] = NOTHING
    if values["requested_transport"] is None:
        values["requested_transport"] = False
    for fact in policy.version.facts:
        if fact.derived is None:
            given = facts.get(fact.name)
            values[fact.name] = None if given is None else read_fact(fact, given)
    for name in self_reported:
        if policy.facts[name].assessed:
            values[name] = None
    return values


def _problems(policy: Policy, case: Case, on: date) -> Iterator[_Noted]:
    born = case.citizen.birth_date
    if born is not None and born > on:
        yield _Noted("citizen.birth_date", "impossible-date", f"born {born}, after the decision on {on}")
    own = {fact.name: fact for fact in policy.version.facts}
    for name, given in case.facts.items():
        yield from _fact_problems(policy, own, name, given)
    for place, name in enumerate(case.self_reported):
        if name not in policy.facts:
            message = f"{quoted(name)} is no declared fact"
            yield _Noted(f"self_reported[{place}]", "unknown-fact", message, near(name, policy.facts))
    yield from _finding_problems(policy, case)


def _fact_problems(policy: Policy, own: Mapping[str, Fact], name: str, given: Any) -> Iterator[_Noted]:
    where = f"facts.{quoted(name)[1:-1]}"
    fact = own.get(name)
    if fact is None:
        standard = policy.facts.get(name)
        if standard is None:
            message = f"{quoted(name)} is no fact of the pack `{policy.version.pack}`"
            yield _Noted(where, "unknown-fact", message, near(name, own))
        elif standard.derived is not None:
            sources = " and ".join(f"`{source}`" for source in standard.sources)
            yield _Noted(where, "unknown-fact", f"`{name}` is worked out from {sources}", "give that instead")
        else:
            hint = f"write it under `{standard.section}`"
            yield _Noted(where, "unknown-fact", f"`{name}` is a standard fact", hint)
    elif fact.derived is not None:
        sources = " and ".join(f"`{source}`" for source in fact.sources)
        yield _Noted(where, "unknown-fact", f"`{name}` is worked out from {sources}", "give that instead")
    elif given is not None and read_fact(fact, given) is None:
        wrong = _wrong_part(fact, given)
        code = _code(fact, given)
        said = f"the text {quoted(wrong)}" if code == "wrong-type" and isinstance(wrong, str) else quoted(wrong)
        yield _Noted(where, code, f"{said} is no value of `{name}`", _hint(fact, wrong))


def _wrong_part(fact: Fact, given: Any) -> Any:
    """The first of several values that is none of the choices; else what was given."""
    several = given if fact.type is FactType.SET and isinstance(given, tuple) else ()
    return next((each for each in several if each not in fact.labels), given)


def _code(fact: Fact, given: Any) -> str:
    fits = isinstance(given, _GIVEN_AS[fact.type]) and isinstance(given, bool) is (fact.type is FactType.BOOL)
    return "unknown-value" if fits else "wrong-type"


def _hint(fact: Fact, given: Any) -> str:
    match fact.type:
        case FactType.BOOL:
            return "`true` or `false`"
        case FactType.INT | FactType.DECIMAL:
            kind = "a whole number" if fact.type is FactType.INT else f"a number of at most {MOST_DIGITS} digits"
            return kind + _limits(fact)
        case FactType.DATE:
            return "a date as `YYYY-MM-DD`"
        case _:
            near = nearest(given, fact.labels)
            choices = ", ".join(f"`{choice}`" for choice in fact.labels)
            return near or ("a list that names any of " if fact.type is FactType.SET else "one of ") + choices


def _limits(fact: Fact) -> str:
    low = "" if fact.minimum is None else f" from {fact.minimum}"
    return low + ("" if fact.maximum is None else f" to {fact.maximum}")


def read_fact(fact: Fact, given: Any) -> Value:
    """*given* as a value of the pack's *fact*, or None where it is none."""
    match fact.type:
        case FactType.BOOL:
            return given if isinstance(given, bool) else None
        case FactType.INT:
            return given if type(given) is int and _within(fact, given) else None
        case FactType.DECIMAL:
            return _decimal(fact, given)
        case FactType.DATE:
            return given if type(given) is date else read_date(given) if isinstance(given, str) else None
        case FactType.SET:
            ok = isinstance(given, tuple) and all(each in fact.labels for each in given)
            return given if ok and len(set(given)) == len(given) else None
        case _:
            return given if isinstance(given, str) and given in fact.labels else None


def _decimal(fact: Fact, given: Any) -> Decimal | None:
    if isinstance(given, bool) or not isinstance(given, int | Decimal):
        return None
    number = Decimal(given)
    if not number.is_finite() or len(number.as_tuple().digits) > MOST_DIGITS or abs(number.adjusted()) >= MOST_DIGITS:
        return None
    return number if _within(fact, number) else None


def _within(fact: Fact, number: int | Decimal) -> bool:
    low, high = fact.minimum, fact.maximum
    return (low is None or number >= low) and (high is None or number <= high)


def _finding_problems(policy: Policy, case: Case) -> Iterator[_Noted]:
    requirements = policy.requirement_by_id
    for name in case.findings:
        where = f"findings.{quoted(name)[1:-1]}"
        requirement = requirements.get(name)
        if requirement is None:
            message = f"{quoted(name)} is no requirement of the pack `{policy.version.pack}`"
            yield _Noted(where, "unknown-finding", message, near(name, requirements))
        elif requirement.kind is not Kind.DISCRETIONARY:
            message = f"requirement `{name}` is {requirement.kind}; only a discretionary one takes a finding"
            yield _Noted(where, "finding-not-allowed", message)
