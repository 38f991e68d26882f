"""What made the difference where a case is answered otherwise than it expects: the rules behind it, in words."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from vedligehold.condition import Condition
from vedligehold.counted import date_of, way
from vedligehold.decision import Decision
from vedligehold.facts import ITEM_LABELS
from vedligehold.known import known_values
from vedligehold.meaning.value import HOLDS, evaluate, facts_read, unsettled
from vedligehold.meaning.words import value_said
from vedligehold.pack import LeaveOut, Pack, Policy, Row, Version
from vedligehold.policy.run import CaseResult, Mismatch, case_of
from vedligehold.policy.said import (
    Cause,
    after,
    cited,
    condition_said,
    facts_said,
    left_out_said,
    named,
    notice_said,
    requirement_said,
    row_said,
    rule_said,
)
from vedligehold.settle import Outcome, Settled, asked_for, given_for_sure, settle
from vedligehold.source import Citation, Words
from vedligehold.wording import OUTCOMES, RESULTS, long_date

_BUILT_IN = {
    "stale-standard": Words(
        "siges, når standarden skulle være set efter og der ikke er en nyere",
        "said when the standard was to be reviewed and there is no newer one",
    ),
    "not-mentioned": Words(
        "siges ved en bevilling, når der er søgt om noget, som standarden ikke nævner",
        "said of a grant when something is asked for that the standard does not mention",
    ),
    "finding-without-effect": Words(
        "siges, når der er en vurdering af et krav, som er opfyldt eller ikke gælder",
        "said when there is a finding on a requirement that holds or does not apply",
    ),
    "self-reported": Words(
        "siges, når borgeren selv har oplyst noget, som en fagperson skal vurdere",
        "said when the citizen has stated what a professional must assess",
    ),
}
"""The warnings that no pack writes, and when each is given."""
_OF_A_GRANT = ("partial", "excluded", "entitlement", "undecided")


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind an answer: the policy of the day, all that was settled, the decision, what was expected."""

    policy: Policy
    settled: Settled
    decision: Decision
    expected: Mapping[str, Any]
    differs: frozenset[str]

    @property
    def version(self) -> Version:
        """The version of the standard that was decided under."""
        return self.policy.version


def behind(pack: Pack, result: CaseResult, decision: Decision) -> Behind:
    """Everything that a *decision* of a case came from."""
    on = result.case.on
    policy, case = pack.at(on), case_of(pack, result.case)
    settled = settle(policy, case, on, known_values(policy, case, on))
    return Behind(policy, settled, decision, result.case.expected, frozenset(each.part for each in result.mismatches))


def causes_of(mismatch: Mismatch, this: Behind) -> Iterator[Cause]:
    """What made the difference in one part of the answer."""
    part = mismatch.part
    if part in _OF_A_GRANT and this.decision.outcome is not Outcome.GRANTED:
        yield Cause(_only("Kun en bevilling har det", "Only a grant has it", this))
    elif part in _OF_A_GRANT and "outcome" in this.differs:
        yield Cause(Words("Det følger af udfaldet", "It follows from the outcome"))
    elif part in _LISTS:
        yield from _of_list(mismatch, this)
    else:
        yield from _PARTS[part](mismatch, this)


def versions_said(pack: Pack) -> Cause:
    """Which versions of a standard are in force when."""
    lines = []
    for version in pack.versions:
        first, last = long_date(version.valid_from), None if version.valid_to is None else long_date(version.valid_to)
        until = Words("", "") if last is None else Words(f" til {last.da}", f" until {last.en}")
        lines.append(Words(f"{version.file}: fra {first.da}{until.da}", f"{version.file}: from {first.en}{until.en}"))
    return Cause(Words("Standarden gælder", "The standard is in force"), tuple(lines))


def _only(da: str, en: str, this: Behind) -> Words:
    outcome = OUTCOMES[this.decision.outcome]
    return Words(f"{da}; udfaldet blev {outcome.da}", f"{en}; the outcome was {outcome.en}")


# --- outcome, because, requirements ---


def _deciding(_: Mismatch, this: Behind) -> Iterator[Cause]:
    """What is among the reasons expected or the reasons given, and not among both."""
    given = this.decision.because
    wanted = this.expected.get("because")
    differing = [] if wanted is None else [name for name in (*wanted, *given) if (name in wanted) != (name in given)]
    # the same reasons and another outcome: what each of them leads to is another thing than was expected
    names = (
        differing or list(given) or [name for fact in this.expected.get("missing") or () for name in _of(fact, this)]
    )
    if names:
        yield from (rule_said(this.settled, name) for name in dict.fromkeys(names))
    else:
        results = [(each.requirement, RESULTS[each.result]) for each in this.settled.judged]
        lines = [
            Words(f"{what.title.da} [{what.id}]: {result.da}", f"{what.title.en} [{what.id}]: {result.en}")
            for what, result in results
        ]
        yield Cause(Words("Intet krav stod i vejen", "No requirement stood in the way"), tuple(lines))


def _of(fact: str, this: Behind) -> list[str]:
    return [name for name, _, _ in _readers(fact, this)]


def _one_requirement(mismatch: Mismatch, this: Behind) -> Iterator[Cause]:
    yield rule_said(this.settled, mismatch.what.partition(".")[2])


# --- lists: what was expected and did not come, what came and was not expected ---


def _of_list(mismatch: Mismatch, this: Behind) -> Iterator[Cause]:
    wanted, got = mismatch.expected or [], mismatch.got or []
    say = _LISTS[mismatch.part]
    for name in dict.fromkeys(each for each in (*wanted, *got) if (each in wanted) != (each in got)):
        came = name in got
        tag = ("kom uventet: ", "unexpected: ") if came else ("kom ikke: ", "did not come: ")
        cause = say(name, came, this)
        yield Cause(after(*tag, cause.head), cause.lines)
    if sorted(wanted) == sorted(got):
        yield Cause(Words("Det samme i en anden rækkefølge", "The same in another order"))


def _readers(fact: str, this: Behind) -> Iterator[tuple[str, Words, Citation]]:
    """The requirements, rows and exclusions that look at a fact, also through one that is derived from it."""
    version = this.version
    for requirement in this.policy.requirements:
        if _reads(requirement.conditions, fact, this.policy):
            yield requirement.id, requirement.title, requirement.citation
    rules: list[Row | LeaveOut] = [*version.rows, *version.leave_out]
    for rule in rules:
        if rule.when is not None and _reads([rule.when], fact, this.policy):
            yield rule.id, rule.text if isinstance(rule, Row) else rule.reason, rule.citation


def _reads(conditions: Iterable[Condition], fact: str, policy: Policy) -> bool:
    return any(fact in (name, *policy.facts[name].sources) for name in facts_read(conditions))


def _askers(fact: str, this: Behind) -> set[str]:
    """The ids of what asks for a fact."""
    settled = this.settled
    asking = [(each.requirement.id, each.open_leaves()) for each in settled.judged if each.verdict == "asks"]
    asking += [(each.id, list(unsettled(each.trace))) for each in settled.asking]
    return {name for name, leaves in asking if fact in asked_for(settled.policy, settled.values, leaves)}


def _missing(name: str, came: bool, this: Behind) -> Cause:
    fact = this.policy.facts.get(name)
    if fact is None:
        return Cause(Words(f"ingen oplysning hedder [{name}]", f"no fact is called [{name}]"))
    readers = list(_readers(name, this))
    if came:
        askers = _askers(name, this)
        asked = [after("der spørges af: ", "asked by: ", _place(each)) for each in readers if each[0] in askers]
        return Cause(named(fact.label, name), tuple(asked))
    value = value_said(fact, this.settled.values[name])
    lines = [after("sagen siger: ", "the case says: ", value)]
    lines += [after("læses af: ", "read by: ", _place(each)) for each in readers]
    if not readers:
        lines.append(Words("intet i standarden læser den", "nothing in the standard reads it"))
    return Cause(named(fact.label, name), tuple(lines))


def _place(reader: tuple[str, Words, Citation]) -> Words:
    name, text, citation = reader
    text, source = named(text, name), cited(citation)
    return Words(f"{text.da}; {source.da}", f"{text.en}; {source.en}")


def _excluded(item: str, came: bool, this: Behind) -> Cause:
    settled = this.settled
    head = named(ITEM_LABELS[item], item) if item in ITEM_LABELS else Words(f"[{item}]", f"[{item}]")
    if came:
        rule = dict(settled.left_out)[item]
        otherwise = () if isinstance(rule, LeaveOut) else (_otherwise(rule),)
        return Cause(head, (*otherwise, *_of_rule(rule, this)))
    if item not in settled.asked:
        return Cause(head, (Words("der er ikke søgt om det", "it is not asked for"),))
    rules: list[Row | LeaveOut] = [*this.version.rows, *this.version.leave_out]
    naming = [rule for rule in rules if rule.names(item)]
    if not naming:
        return Cause(head, (Words("standarden nævner det ikke", "the standard does not mention it"),))
    given = given_for_sure(settled.topics, item)
    first = [Words("det gives", "it is given")] if given else []
    return Cause(head, (*first, *(line for rule in naming for line in _of_rule(rule, this))))


def _otherwise(row: Row) -> Words:
    return row.otherwise or Words("rækken, der giver det, gælder ikke", "the row that gives it does not apply")


def _of_rule(rule: Row | LeaveOut, this: Behind) -> tuple[Words, ...]:
    said = row_said(this.settled, rule) if isinstance(rule, Row) else left_out_said(this.settled, rule)
    return (said.head, *said.lines)


def _row(name: str, _: bool, this: Behind) -> Cause:
    return rule_said(this.settled, name)


def _warning(code: str, came: bool, this: Behind) -> Cause:
    for notice in this.policy.notices:
        if notice.id == code:
            return notice_said(this.settled, notice)
    said = [named(each.message, code) for each in this.decision.warnings if each.code == code]
    for rule in this.version.course:
        if rule.id == code:
            return Cause(said[0] if came else named(rule.text, code), (cited(rule.citation),))
    if code in _BUILT_IN:
        return Cause(said[0] if came else Words(f"[{code}]", f"[{code}]"), (_BUILT_IN[code],))
    return Cause(Words(f"ingen advarsel hedder [{code}]", f"no warning is called [{code}]"))


def _route(name: str, came: bool, this: Behind) -> Cause:
    route = this.policy.routes.get(name)
    if route is None:
        return Cause(Words(f"ingen anden hjælp hedder [{name}]", f"no other help is called [{name}]"))
    lines = list(_leading(name, came, this))
    if name in this.policy.standing_routes and came == (this.decision.outcome is Outcome.REJECTED):
        lines.append(_only("nævnes ved hvert afslag", "named in every refusal", this))
    return Cause(named(route.title, name), (*lines, cited(route.citation)))


def _leading(route: str, came: bool, this: Behind) -> Iterator[Words]:
    """The requirements and notices that lead to a route: those that did, or those that could have."""
    for judged in this.settled.judged:
        if route in judged.requirement.routes and came == (judged.requirement.id in this.decision.because):
            yield after(
                "følger af kravet: ", "goes with the requirement: ", requirement_said(this.settled, judged).head
            )
    for notice in this.policy.notices:
        if route in notice.routes and came == (evaluate(notice.when, this.settled.values).truth == HOLDS):
            text = named(notice.text, notice.id)
            yield after("følger af bemærkningen: ", "goes with the notice: ", text)
            yield from condition_said(this.settled, notice.when)


# --- the rest ---


def _partial(_: Mismatch, this: Behind) -> Iterator[Cause]:
    for item, _rule in this.settled.left_out:
        cause = _excluded(item, True, this)
        # where the list differs too, it tells the rest
        yield Cause(after("udelades: ", "left out: ", cause.head), () if "excluded" in this.differs else cause.lines)
    if not this.settled.left_out:
        asked = [name for name in ("requested", "requested_setting") if name in this.settled.values]
        head = Words("Intet af det, der er søgt om, udelades", "Nothing that is asked for is left out")
        yield Cause(head, tuple(facts_said(this.settled, asked)))


def _complaint(_: Mismatch, this: Behind) -> Iterator[Cause]:
    said = this.decision.complaint
    if said is None:
        da, en = "Der klages kun over bevilling og afslag", "Only grants and refusals are complained of"
        yield Cause(_only(da, en, this))
    else:
        yield _of_the_day(this.decision.decided_on, said.to, said.citation)


def _transport(mismatch: Mismatch, this: Behind) -> Iterator[Cause]:
    said = None if this.decision.complaint is None else this.decision.complaint.transport
    if said is None:
        yield from _complaint(mismatch, this)
    else:
        yield _of_the_day(this.decision.decided_on, said.text, said.citation)


def _of_the_day(on: date, text: Words, citation: Citation) -> Cause:
    day = long_date(on)
    return Cause(Words(f"Loven siger {day.da}: {text.da}", f"The law says on {day.en}: {text.en}"), (cited(citation),))


def _deadline(mismatch: Mismatch, this: Behind) -> Iterator[Cause]:
    name = mismatch.what.split(".")[1]
    found = next((each for each in this.decision.deadlines if each.id == name), None)
    if found is None:
        yield Cause(Words(f"standarden har ingen frist, der hedder [{name}]", f"no deadline is called [{name}]"))
        return
    title, counted = named(found.title, name), date_of(found, this.version)
    lines = tuple(way(found, this.version))
    source = () if found.citation is None else (cited(found.citation),)
    yield Cause(Words(f"{title.da}: {counted.da}", f"{title.en}: {counted.en}"), (*lines, *source))


_LISTS: Mapping[str, Callable[[str, bool, Behind], Cause]] = {
    "missing": _missing,
    "excluded": _excluded,
    "entitlement": _row,
    "undecided": _row,
    "warnings": _warning,
    "other_routes": _route,
}
"""How one entry of a list is explained, which came although it was not expected, or did not come although it was."""
_PARTS: Mapping[str, Callable[[Mismatch, Behind], Iterator[Cause]]] = {
    "outcome": _deciding,
    "because": _deciding,
    "requirements": _one_requirement,
    "partial": _partial,
    "complaint": _complaint,
    "transport": _transport,
    "deadlines": _deadline,
}
