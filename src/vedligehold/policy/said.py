"""A rule of a policy in words: what it came to in a case, the facts that decided it, and where it stands."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from vedligehold.condition import (
    NOTHING,
    All,
    AllOf,
    Any,
    AnyOf,
    AtLeast,
    AtMost,
    Comparison,
    Condition,
    Empty,
    Is,
    IsTrue,
    Leaf,
    Not,
    OneOf,
    Only,
    OtherFact,
    Scalar,
    Value,
)
from vedligehold.facts import Fact
from vedligehold.meaning.value import FAILS, HOLDS, UNKNOWN, deciding, evaluate, facts_of
from vedligehold.pack import LeaveOut, Notice, Row
from vedligehold.settle import Judged, Settled, Verdict
from vedligehold.source import Citation, Words
from vedligehold.wording import RESULTS, how_long, joined, long_date

YES, NO = Words("ja", "yes"), Words("nej", "no")
_TRUTHS = {HOLDS: RESULTS["holds"], FAILS: RESULTS["fails"], UNKNOWN: RESULTS["unknown"]}
_LEADS_TO: Mapping[Verdict, Words] = {
    "passes": Words("er ingen hindring", "which is no obstacle"),
    "redirects": Words("sender sagen til andre regler", "which sends the case to other rules"),
    "rejects": Words("giver afslag", "which means a refusal"),
    "asks": Words("der må spørges", "which must be asked about"),
    "awaits": Words("en medarbejder skal vurdere det", "which a person must assess"),
}
_OPERATORS: Mapping[type[Comparison], Words] = {
    Is: Words("er", "is"),
    AtLeast: Words("er mindst", "is at least"),
    AtMost: Words("er højst", "is at most"),
    OneOf: Words("er en af", "is one of"),
    AnyOf: Words("nævner en af", "names one of"),
    AllOf: Words("nævner alle af", "names all of"),
    Only: Words("nævner kun", "names only"),
}


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that made a difference: what it is in one line, and what there is to say of it."""

    head: Words
    lines: tuple[Words, ...] = ()


def named(text: Words, name: str) -> Words:
    """*text*, with the name by which a file of cases calls it."""
    return Words(f"{text.da} [{name}]", f"{text.en} [{name}]")


def after(da: str, en: str, text: Words) -> Words:
    """*text* after a beginning in each language."""
    return Words(da + text.da, en + text.en)


def cited(citation: Citation) -> Words:
    """Where it stands: the source, the place in it, and the statements of the pack."""
    place = f"{citation.source}, {citation.at} ({' '.join(citation.statements)})"
    return Words(f"kilde: {place}", f"source: {place}")


def value_said(fact: Fact, value: Value) -> Words:
    """The value of a fact, in the words of its choices and its unit."""
    match value:
        case None:
            return RESULTS["unknown"]
        case bool():
            return YES if value else NO
        case date():
            return long_date(value)
        case tuple():
            labels = [fact.labels.get(str(each)) or Words(str(each), str(each)) for each in value]
            return joined("", "", labels, end="") if labels else Words("intet", "nothing")
        case str():
            nothing = Words("intet bestemt", "nothing particular")
            return nothing if value == NOTHING else fact.labels.get(value) or Words(value, value)
        case int() if fact.unit in ("days", "weeks", "months", "years"):
            return how_long(value, fact.unit)
        case _:
            return Words(str(value), str(value))


def in_words(condition: Condition, facts: Mapping[str, Fact]) -> Words:
    """What a condition asks for; *facts* are those of the policy."""
    match condition:
        case IsTrue(name):
            return _label(facts[name])
        case Empty(name):
            label = _label(facts[name])
            return Words(f"{label.da} er tom", f"{label.en} is empty")
        case Not(part):
            return after("ikke ", "not ", _inside(part, facts))
        case All(parts):
            return _between(" og ", " and ", [_inside(part, facts) for part in parts])
        case Any(parts):
            return _between(" eller ", " or ", [_inside(part, facts) for part in parts])
        case _:
            fact, says = facts[condition.fact], _OPERATORS[type(condition)]
            right = condition.operand
            other = _label(facts[right.name]) if isinstance(right, OtherFact) else _of_rule(fact, right.value)
            return _between(" ", " ", [_label(fact), says, other])


def _inside(part: Condition, facts: Mapping[str, Fact]) -> Words:
    said = in_words(part, facts)
    return Words(f"({said.da})", f"({said.en})") if isinstance(part, All | Any) else said


def _of_rule(fact: Fact, value: Scalar | tuple[Scalar, ...]) -> Words:
    if not isinstance(value, tuple):
        return value_said(fact, value)
    return joined("", "", [value_said(fact, each) for each in value], end="")


def _between(da: str, en: str, texts: Sequence[Words]) -> Words:
    return Words(da.join(text.da for text in texts), en.join(text.en for text in texts))


def _label(fact: Fact) -> Words:
    return Words(f"»{fact.label.da}«", f'"{fact.label.en}"')


def facts_said(settled: Settled, names: Iterable[str]) -> Iterator[Words]:
    """One line with the facts of those *names* and what the case says of them; none where there are none."""
    texts = [_fact(settled, name) for name in names]
    if texts:
        yield after("oplysninger: ", "facts: ", _between("; ", "; ", texts))


def _fact(settled: Settled, name: str) -> Words:
    fact = settled.policy.facts[name]
    value = value_said(fact, settled.values[name])
    if settled.values[name] is None and name in settled.case.self_reported:
        value = Words("kun oplyst af borgeren selv", "only self-reported")
    return _between(": ", ": ", [_label(fact), value])


def _read(leaves: Iterable[Leaf]) -> list[str]:
    return list(dict.fromkeys(name for leaf in leaves for name in facts_of(leaf)))


def requirement_said(settled: Settled, judged: Judged) -> Cause:
    """A requirement: its result, what that leads to, the facts that decided it, the finding beside it."""
    what, leads = judged.requirement, _LEADS_TO[judged.verdict]
    result = RESULTS[judged.result]
    head = Words(
        f"{what.title.da} [{what.id}]: {result.da}, {leads.da}", f"{what.title.en} [{what.id}]: {result.en}, {leads.en}"
    )
    facts = settled.policy.facts
    lines = [] if what.when is None else [after("gælder, når: ", "applies when: ", in_words(what.when, facts))]
    lines.append(after("kræver: ", "asks for: ", in_words(what.require, facts)))
    lines += facts_said(settled, _read(judged.decisive()))
    if judged.finding is not None:
        finding = RESULTS["holds" if judged.finding.holds else "fails"]
        text = f"({judged.finding.by}): "
        lines.append(Words(f"vurdering {text}{finding.da}", f"finding {text}{finding.en}"))
    return Cause(head, (*lines, cited(what.citation)))


def condition_said(settled: Settled, when: Condition | None) -> Iterator[Words]:
    """Whether a condition holds, and the facts that decided it."""
    if when is None:
        yield Words("gælder uden betingelser", "applies without a condition")
        return
    trace = evaluate(when, settled.values)
    truth, said = _TRUTHS[trace.truth], in_words(when, settled.policy.facts)
    yield Words(f"betingelsen er {truth.da}: {said.da}", f"its condition {truth.en}: {said.en}")
    yield from facts_said(settled, _read(deciding(trace)))


def row_said(settled: Settled, row: Row) -> Cause:
    """A row of the grant: whether its condition holds, and which row of its topic applies before it."""
    topic = next(each for each in settled.topics if each.topic == row.topic)
    lines = list(condition_said(settled, row.when))
    if topic.row is not None and topic.row is not row:
        text = named(topic.row.text, topic.row.id)
        lines.append(Words(f"i stedet gælder: {text.da}", f"in its place applies: {text.en}"))
    return Cause(named(row.text, row.id), (*lines, cited(row.citation)))


def left_out_said(settled: Settled, each: LeaveOut) -> Cause:
    """An exclusion: whether its condition holds."""
    return Cause(named(each.reason, each.id), (*condition_said(settled, each.when), cited(each.citation)))


def notice_said(settled: Settled, notice: Notice) -> Cause:
    """A notice: whether its condition holds."""
    return Cause(named(notice.text, notice.id), (*condition_said(settled, notice.when), cited(notice.citation)))


def rule_said(settled: Settled, name: str) -> Cause:
    """The requirement, row or exclusion of that *name*, or that there is none."""
    for judged in settled.judged:
        if judged.requirement.id == name:
            return requirement_said(settled, judged)
    for row in settled.policy.version.rows:
        if row.id == name:
            return row_said(settled, row)
    for left_out in settled.policy.version.leave_out:
        if left_out.id == name:
            return left_out_said(settled, left_out)
    return Cause(Words(f"standarden har intet, der hedder [{name}]", f"nothing in the standard is called [{name}]"))
