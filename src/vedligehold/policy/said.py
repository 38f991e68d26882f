"""A rule of a policy in words: what it came to in a case, the facts that decided it, and where it stands."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from vedligehold.condition import Condition, Leaf
from vedligehold.meaning.value import FAILS, HOLDS, UNKNOWN, deciding, evaluate, facts_of
from vedligehold.meaning.words import between, in_words, label_said, value_said
from vedligehold.pack import InForce, LeaveOut, Notice, Row
from vedligehold.settle import Judged, Settled, Verdict
from vedligehold.source import Citation, Words
from vedligehold.wording import RESULTS, long_date

_TRUTHS = {HOLDS: RESULTS["holds"], FAILS: RESULTS["fails"], UNKNOWN: RESULTS["unknown"]}
_LEADS_TO: Mapping[Verdict, Words] = {
    "passes": Words("er ingen hindring", "which is no obstacle"),
    "redirects": Words("sender sagen til andre regler", "which sends the case to other rules"),
    "rejects": Words("giver afslag", "which means a refusal"),
    "asks": Words("der må spørges", "which must be asked about"),
    "awaits": Words("en medarbejder skal vurdere det", "which a person must assess"),
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


def facts_said(settled: Settled, names: Iterable[str]) -> Iterator[Words]:
    """One line with the facts of those *names* and what the case says of them; none where there are none."""
    texts = [_fact(settled, name) for name in names]
    if texts:
        yield after("oplysninger: ", "facts: ", between("; ", "; ", texts))


def _fact(settled: Settled, name: str) -> Words:
    fact = settled.policy.facts[name]
    value = value_said(fact, settled.values[name])
    if settled.values[name] is None and name in settled.case.self_reported:
        value = Words("kun oplyst af borgeren selv", "only self-reported")
    return between(": ", ": ", [label_said(fact), value])


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
    for law in settled.policy.nation.requirements:
        if law.id == name:
            day, times = long_date(settled.on), _times(law.in_force)
            told = Words(f"gælder ikke {day.da}: {times.da}", f"not in force on {day.en}: {times.en}")
            return Cause(named(law.title, name), (told, cited(law.citation)))
    return Cause(Words(f"standarden har intet, der hedder [{name}]", f"nothing in the standard is called [{name}]"))


def _times(times: InForce) -> Words:
    """From when and until when something applies."""
    first, last = (None if day is None else long_date(day) for day in times)
    parts = [] if first is None else [Words(f"fra {first.da}", f"from {first.en}")]
    parts += [] if last is None else [Words(f"til {last.da}", f"until {last.en}")]
    return between(" ", " ", parts)
