"""What the command line shows a person: tables and short lines, Danish first, English with `--lang en`."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.padding import Padding
from rich.progress import track
from rich.table import Table
from rich.text import Text

from vedligehold.deadline import Deadline, Skipped
from vedligehold.decision import Decision
from vedligehold.explained import RequirementResult
from vedligehold.facts import EVENTS, Fact
from vedligehold.pack import Pack, Policy, Version
from vedligehold.policy.run import CaseResult
from vedligehold.reading.files import shown
from vedligehold.source import Words
from vedligehold.wording import how_long, joined, long_date, short_date

_T = TypeVar("_T")
_WIDTH = 100

OUTCOMES = {
    "granted": (Words("BEVILLING", "GRANT"), "bold green"),
    "partial": (Words("DELVIS BEVILLING", "PARTIAL GRANT"), "bold green"),
    "redirected": (Words("BEHANDLES EFTER ANDRE REGLER", "GOES TO OTHER RULES"), "bold cyan"),
    "rejected": (Words("AFSLAG", "REFUSAL"), "bold red"),
    "needs_information": (Words("MANGLER OPLYSNINGER", "NEEDS INFORMATION"), "bold yellow"),
    "needs_assessment": (Words("SKAL VURDERES AF EN MEDARBEJDER", "NEEDS A PERSON'S ASSESSMENT"), "bold yellow"),
}
RESULTS = {
    "holds": ("✓", "green", Words("opfyldt", "holds")),
    "fails": ("✗", "red", Words("ikke opfyldt", "fails")),
    "unknown": ("?", "yellow", Words("ikke oplyst", "unknown")),
    "not_applicable": ("–", "dim", Words("gælder ikke her", "does not apply")),
}
DEADLINE_KINDS = {
    "statutory": Words("frist", "time limit"),
    "promise": Words("løfte", "promise"),
    "target": Words("mål", "target"),
}
CONSIDERED_BY = {
    "municipality": Words("kommunen", "the municipality"),
    "doctor": Words("lægen", "the doctor"),
    "hospital": Words("sygehuset", "the hospital"),
}
PROPOSAL = Words(
    "Forslag til afgørelse, indtil en medarbejder har underskrevet.", "A proposal until a person signs it."
)


def console() -> Console:
    """The console of stdout; in a pipe as wide as a page, and without colours."""
    out = Console(file=sys.stdout, highlight=False, soft_wrap=False)
    return out if out.is_terminal else Console(file=sys.stdout, highlight=False, width=_WIDTH, color_system=None)


def progress(items: Sequence[_T], what: str) -> Iterator[_T]:
    """*items*, with a bar while they last when somebody is looking."""
    errors = Console(stderr=True)
    if not errors.is_terminal:
        yield from items
        return
    yield from track(items, description=what, console=errors, transient=True)


def _say(out: Console, text: str, style: str = "", indent: int = 0) -> None:
    out.print(Padding(Text(text, style=style), (0, 0, 0, indent), expand=False))


def _head(out: Console, words: Words, lang: str) -> None:
    out.print()
    _say(out, words.said(lang), "bold")


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, show_header=any(columns), header_style="dim", padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _indented(out: Console, table: Table) -> None:
    out.print(Padding(table, (0, 0, 0, 2), expand=False))


def _bullets(out: Console, texts: Iterable[Text | str], sign: str = "•", cited: Iterable[Text] | None = None) -> None:
    """A list whose lines hang behind their sign, with the statements cited to the right."""
    table = _table("", "") if cited is None else _table("", "", "")
    for text, statements in zip_longest(texts, cited or ()):
        table.add_row(sign, text, *([] if cited is None else [statements or ""]))
    _indented(out, table)


def show_decision(decision: Decision, policy: Policy, lang: str) -> None:
    """The whole of a decision, as a caseworker reads it."""
    out = console()
    version = policy.version
    title, style = OUTCOMES["partial" if decision.partial else decision.outcome]
    out.print(Text(title.said(lang), style=style))
    _say(out, f"{version.title.said(lang)}. {_capital(long_date(decision.decided_on).said(lang))}.")
    _say(out, PROPOSAL.said(lang), "dim")
    _requirements(out, decision, policy, lang)
    _missing(out, decision, policy, lang)
    _grant(out, decision, lang)
    _excluded(out, decision, policy, lang)
    if decision.other_routes:
        _head(out, Words("Anden hjælp, der skal overvejes", "Other help to consider"), lang)
        routes = [
            (route.title.said(lang), CONSIDERED_BY[route.considered_by].said(lang)) for route in decision.other_routes
        ]
        _bullets(out, [f"{title} ({by})" for title, by in routes])
    _head(out, Words("Frister", "Deadlines"), lang)
    _deadline_list(out, decision.deadlines, version, lang)
    _complaint(out, decision, lang)
    if decision.warnings:
        _head(out, Words("Bemærk", "Note"), lang)
        _bullets(out, [Text(warning.message.said(lang), style="yellow") for warning in decision.warnings], "!")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _requirements(out: Console, decision: Decision, policy: Policy, lang: str) -> None:
    _head(out, Words("Krav", "Requirements"), lang)
    table = _table("", "", "", "")
    for result in decision.requirements:
        sign, style, said = RESULTS[result.result]
        decisive = result.id in decision.because
        text = Text(result.title.said(lang), style="bold" if decisive else "")
        told = decision.outcome != "redirected" or decisive  # the merits are another law's to decide
        for reason in _why(result, decision, lang) if told else ():
            text.append(f"\n{reason}", style="default" if decisive else "dim")
        result_said = Text(said.said(lang), style=style)
        table.add_row(Text(sign, style=style), text, result_said, _statements(result.citation.statements))
    sign, style, said = RESULTS["unknown"]
    for row in decision.asking:
        labels = [policy.item_label(item).said(lang) for item in row.items]
        text = Text(f"{_capital(', '.join(labels))}\n{row.reason.said(lang)}")
        table.add_row(
            Text(sign, style=style), text, Text(said.said(lang), style=style), _statements(row.citation.statements)
        )
    _indented(out, table)


def _statements(statements: Iterable[str]) -> Text:
    return Text(" ".join(statements), style="dim")


def _why(result: RequirementResult, decision: Decision, lang: str) -> Iterator[str]:
    if result.reason is not None:
        yield result.reason.said(lang)
    if result.finding is not None:
        said = Words("Vurdering", "Finding").said(lang)
        holds = RESULTS["holds" if result.finding.holds else "fails"][2].said(lang)
        day = long_date(result.finding.on).said(lang)
        yield f"{said} ({result.finding.by}, {day}): {holds}. {result.finding.reason}"
    elif result.result in ("fails", "unknown") and result.id in decision.because and result.kind == "discretionary":
        yield Words(
            "Standarden er snævrere end loven her, eller det er et skøn: en medarbejder skal vurdere det.",
            "The standard is narrower than the act here, or it is a judgement: a person must assess it.",
        ).said(lang)


def _missing(out: Console, decision: Decision, policy: Policy, lang: str) -> None:
    if not decision.missing:
        return
    _head(out, Words("Det mangler vi at få at vide", "What we need to know"), lang)
    facts = [policy.facts[name] for name in decision.missing]
    questions = [Text((fact.question or fact.label).said(lang)) for fact in facts]
    _bullets(out, questions, "?", [Text(fact.name, style="dim") for fact in facts])


def _grant(out: Console, decision: Decision, lang: str) -> None:
    if decision.entitlement:
        _head(out, Words("Det bevilges", "What is granted"), lang)
        texts = [row.text.said(lang) for row in decision.entitlement]
        _bullets(out, texts, cited=[_statements(row.citation.statements) for row in decision.entitlement])


def _excluded(out: Console, decision: Decision, policy: Policy, lang: str) -> None:
    if decision.excluded:
        _head(out, Words("Søgt, men ikke med i bevillingen", "Asked for, and not part of the grant"), lang)
        labels = [_capital(policy.item_label(each.item).said(lang)) for each in decision.excluded]
        texts = [f"{label}: {each.reason.said(lang)}" for label, each in zip(labels, decision.excluded, strict=True)]
        _bullets(out, texts, cited=[_statements(each.citation.statements) for each in decision.excluded])


def _complaint(out: Console, decision: Decision, lang: str) -> None:
    complaint = decision.complaint
    if complaint is None:
        return
    _head(out, Words("Klagevejledning", "How to complain"), lang)
    _say(out, complaint.text.said(lang), indent=2)
    if complaint.due_on is not None:
        last = Words("Klagen skal være modtaget senest ", "The complaint must be received by ").said(lang)
        _say(out, f"{last}{long_date(complaint.due_on).said(lang)}.", indent=2)
    if complaint.transport is not None and any(row.topic == "transport" for row in decision.entitlement):
        _say(out, complaint.transport.text.said(lang), indent=2)


def show_deadlines(deadlines: Sequence[Deadline], version: Version, lang: str) -> None:
    """Deadlines with the way to each date."""
    out = console()
    _say(out, version.title.said(lang), "bold")
    _deadline_list(out, deadlines, version, lang)


def _deadline_list(out: Console, deadlines: Sequence[Deadline], version: Version, lang: str) -> None:
    texts = []
    for each in deadlines:
        text = Text(f"{each.title.said(lang)}: ")
        text.append(_date_of(each, version, lang), style="bold" if each.due_on is not None else "")
        if each.kind is not None:
            text.append(f" ({DEADLINE_KINDS[each.kind].said(lang)})")
        for line in _way(each, version, lang):
            text.append(f"\n{line}", style="dim")
        texts.append(text)
    _bullets(out, texts)


def _date_of(deadline: Deadline, version: Version, lang: str) -> str:
    if deadline.due_on is not None:
        day = long_date(deadline.due_on).said(lang)
        if deadline.earliest_on is None:
            return day
        first = long_date(deadline.earliest_on).said(lang)
        return f"{first} {Words('til', 'to').said(lang)} {day}"
    if deadline.not_computable is not None:
        return deadline.not_computable.said(lang)
    waits = Words("venter på: ", "waits for: ").said(lang)
    return waits + event_label(deadline.waits_for or "", version).said(lang).lower()


def event_label(event: str, version: Version) -> Words:
    """The label of an event, in the municipality's own word where it has one."""
    return dict(version.event_labels).get(event) or EVENTS[event]


def _way(deadline: Deadline, version: Version, lang: str) -> Iterator[str]:
    """How the date was counted."""
    if deadline.amount is None or deadline.unit is None or deadline.start_event is None:
        return
    long = how_long(deadline.amount, deadline.unit, deadline.earliest_amount).said(lang)
    label = event_label(deadline.start_event, version).said(lang)
    since = Words("fra", "from").said(lang)
    if deadline.start_on is None:
        yield f"{long} {since} {label.lower()}"
        return
    yield f"{long} {since} {label.lower()}, {long_date(deadline.start_on).said(lang)}"
    if deadline.skipped:
        yield Words("ikke talt med: ", "not counted: ").said(lang) + _skipped(deadline.skipped, lang)
    for pause in deadline.paused:
        end = Words("endnu", "still").said(lang) if pause.end is None else short_date(pause.end).said(lang)
        yield f"{pause.why.said(lang)}: {short_date(pause.start).said(lang)} – {end}"
    if deadline.late_after != deadline.due_on and deadline.late_after is not None:
        late = Words("regnes først som for sent efter ", "counts as late only after ").said(lang)
        yield late + long_date(deadline.late_after).said(lang)
    if deadline.calendar.saturday == "open":
        yield Words("lørdag tæller som hverdag", "Saturday counts as a weekday").said(lang)


def _skipped(days: Sequence[Skipped], lang: str) -> str:
    """The days passed over, with weekends in one word."""
    plain_weekend = {"lørdag", "søndag"}
    named = [
        f"{day.why.said(lang)} ({short_date(day.on).said(lang)})" for day in days if day.why.da not in plain_weekend
    ]
    weekend = [Words("weekender", "weekends").said(lang)] if any(day.why.da in plain_weekend for day in days) else []
    return ", ".join([*named, *weekend])


def show_packs(packs: Sequence[Pack], lang: str, today: date) -> None:
    """A table of the packs and their versions."""
    heads = {
        "da": ("id", "kommune", "titel", "gælder fra", ""),
        "en": ("id", "municipality", "title", "valid from", ""),
    }
    table = _table(*heads[lang])
    for pack in packs:
        for version in pack.versions:
            name = version.municipality.name
            if version.municipality.code is None:
                name = Words("ikke oplyst", "not stated").said(lang)
            stale = version.review_by is not None and version is pack.versions[-1] and today > version.review_by
            note = Words("skulle være set efter", "was to be reviewed").said(lang) if stale else ""
            table.add_row(
                pack.id, name, version.title.said(lang), version.valid_from.isoformat(), Text(note, style="yellow")
            )
    console().print(table)


def show_facts(facts: Sequence[Fact], lang: str) -> None:
    """The data dictionary."""
    heads = {"da": ("navn", "type", "spørgsmål", ""), "en": ("name", "type", "question", "")}
    table = _table(*heads[lang])
    table.columns[0].no_wrap = True
    for fact in facts:
        asked = (fact.question or fact.label).said(lang)
        if fact.choices:
            asked += "\n" + ", ".join(choice for choice, _ in fact.choices)
        note = Words("vurderes af en fagperson", "assessed by a professional").said(lang) if fact.assessed else ""
        if fact.derived is not None:
            note = Words("beregnes af ", "worked out from ").said(lang) + ", ".join(fact.sources)
        table.add_row(fact.name, str(fact.type), Text(asked), Text(note, style="dim"))
    console().print(table)


def show_checked(pack: Pack, lang: str) -> None:
    """A pack in which nothing is wrong: what it has, and where its source slips."""
    out = console()
    for version in pack.versions:
        parts = [
            Words(f"{len(version.requirements)} krav", f"{len(version.requirements)} requirements"),
            Words(f"{len(version.rows)} ydelser", f"{len(version.rows)} rows"),
            Words(f"{len(version.deadlines)} frister", f"{len(version.deadlines)} deadlines"),
            Words(f"{len(version.source.statements)} udsagn", f"{len(version.source.statements)} statements"),
        ]
        out.print(
            Text("✓ ", style="green") + Text(f"{version.file}: ") + Text(joined("", "", parts, "").said(lang)),
            soft_wrap=True,
        )
        slips = [each for each in version.source.statements if each.source_issue is not None]
        for slip in slips:
            issue = "" if slip.source_issue is None else slip.source_issue.said(lang)
            label = Words("kilden", "source").said(lang)
            _say(out, f"{label}, {slip.id} ({slip.at}): {issue}", "dim", indent=2)


def show_read(file: Path, number: int, lang: str) -> None:
    """A file of cases in which nothing is wrong."""
    said = Words(f"{number} sager", f"{number} cases").said(lang)
    console().print(Text("✓ ", style="green") + Text(f"{shown(file)}: {said}"), soft_wrap=True)


def show_tested(file: Path, results: Sequence[CaseResult], lang: str) -> None:
    """How the cases of one file went; each case that is answered otherwise in full."""
    out = console()
    failed = [result for result in results if not result.passed]
    for result in failed:
        _failure(out, result, lang)
    passed = len(results) - len(failed)
    sign, style = ("✗", "red") if failed else ("✓", "green")
    said = Words(f"{passed} sager passer, {len(failed)} gør ikke", f"{passed} cases pass, {len(failed)} do not").said(
        lang
    )
    out.print(Text(f"{sign} ", style=style) + Text(f"{shown(file)}: {said}"))


def _failure(out: Console, result: CaseResult, lang: str) -> None:
    out.print(Text(f"✗ {result.case.name}", style="red"))
    _say(out, result.case.place, "dim", indent=2)
    if result.error is not None:
        _say(out, str(result.error), indent=2)
    for mismatch in result.mismatches:
        expected = Words("ventede", "expected").said(lang)
        got = Words("fik", "got").said(lang)
        _say(out, f"{mismatch.what}: {expected} {_shown(mismatch.expected)}, {got} {_shown(mismatch.got)}", indent=2)
    if result.decision is not None:
        for each in result.decision.requirements:
            if each.id in result.decision.because:
                cited = " ".join(each.citation.statements)
                _say(out, f"{each.id} ({cited}): {RESULTS[each.result][2].said(lang)}", "dim", indent=2)


def _shown(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(str, value)) + "]"
    return "–" if value is None else str(value)
