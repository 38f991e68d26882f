"""What the command line shows a person: tables and short lines, Danish first, English with `--lang en`."""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import TextIO, TypeVar

from rich.console import Console
from rich.padding import Padding
from rich.progress import track
from rich.table import Table
from rich.text import Text

from vedligehold.counted import date_of, way
from vedligehold.deadline import Deadline
from vedligehold.decision import Decision
from vedligehold.explained import RequirementResult
from vedligehold.facts import Fact
from vedligehold.pack import Pack, Policy, Version
from vedligehold.reading.files import shown
from vedligehold.source import Words
from vedligehold.wording import CONSIDERED_BY, DEADLINE_KINDS, OUTCOMES, RESULTS, joined, long_date

_T = TypeVar("_T")
_WIDTH = 100

OUTCOME_STYLES = {
    "granted": "bold green",
    "partial": "bold green",
    "redirected": "bold cyan",
    "rejected": "bold red",
    "needs_information": "bold yellow",
    "needs_assessment": "bold yellow",
}
RESULT_SIGNS = {
    "holds": ("✓", "green"),
    "fails": ("✗", "red"),
    "unknown": ("?", "yellow"),
    "not_applicable": ("–", "dim"),
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


def say(out: Console, text: str, style: str = "", indent: int = 0) -> None:
    """Print *text*, whose lines stand *indent* to the right."""
    out.print(Padding(Text(text, style=style), (0, 0, 0, indent), expand=False))


def head(out: Console, words: Words, lang: str) -> None:
    """A heading, with a line of its own before it."""
    out.print()
    say(out, words.said(lang), "bold")


def plain_table(*columns: str) -> Table:
    """A table without lines; columns without names have no header."""
    table = Table(box=None, pad_edge=False, show_header=any(columns), header_style="dim", padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def indented(out: Console, table: Table) -> None:
    """Print a table two columns in."""
    out.print(Padding(table, (0, 0, 0, 2), expand=False))


def bullets(out: Console, texts: Iterable[Text | str], sign: str = "•", cited: Iterable[Text] | None = None) -> None:
    """A list whose lines hang behind their sign, with the statements cited to the right."""
    table = plain_table("", "") if cited is None else plain_table("", "", "")
    for text, statements in zip_longest(texts, cited or ()):
        table.add_row(sign, text, *([] if cited is None else [statements or ""]))
    indented(out, table)


def show_decision(decision: Decision, policy: Policy, lang: str) -> None:
    """The whole of a decision, as a caseworker reads it."""
    out = console()
    version = policy.version
    outcome = "partial" if decision.partial else decision.outcome
    out.print(Text(OUTCOMES[outcome].said(lang), style=OUTCOME_STYLES[outcome]))
    say(out, f"{version.title.said(lang)}. {_capital(long_date(decision.decided_on).said(lang))}.")
    say(out, PROPOSAL.said(lang), "dim")
    _requirements(out, decision, policy, lang)
    _missing(out, decision, policy, lang)
    _grant(out, decision, lang)
    _excluded(out, decision, policy, lang)
    if decision.other_routes:
        head(out, Words("Anden hjælp, der skal overvejes", "Other help to consider"), lang)
        routes = [
            (route.title.said(lang), CONSIDERED_BY[route.considered_by].said(lang)) for route in decision.other_routes
        ]
        bullets(out, [f"{title} ({by})" for title, by in routes])
    head(out, Words("Frister", "Deadlines"), lang)
    _deadline_list(out, decision.deadlines, version, lang)
    _complaint(out, decision, lang)
    if decision.warnings:
        head(out, Words("Bemærk", "Note"), lang)
        bullets(out, [Text(warning.message.said(lang), style="yellow") for warning in decision.warnings], "!")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _requirements(out: Console, decision: Decision, policy: Policy, lang: str) -> None:
    head(out, Words("Krav", "Requirements"), lang)
    table = plain_table("", "", "", "")
    for result in decision.requirements:
        sign, style = RESULT_SIGNS[result.result]
        decisive = result.id in decision.because
        text = Text(result.title.said(lang), style="bold" if decisive else "")
        told = decision.outcome != "redirected" or decisive  # the merits are another law's to decide
        for reason in _why(result, decision, lang) if told else ():
            text.append(f"\n{reason}", style="default" if decisive else "dim")
        result_said = Text(RESULTS[result.result].said(lang), style=style)
        table.add_row(Text(sign, style=style), text, result_said, _statements(result.citation.statements))
    (sign, style), said = RESULT_SIGNS["unknown"], RESULTS["unknown"]
    for row in decision.asking:
        labels = [policy.item_label(item).said(lang) for item in row.items]
        text = Text(f"{_capital(', '.join(labels))}\n{row.reason.said(lang)}")
        table.add_row(
            Text(sign, style=style), text, Text(said.said(lang), style=style), _statements(row.citation.statements)
        )
    indented(out, table)


def _statements(statements: Iterable[str]) -> Text:
    return Text(" ".join(statements), style="dim")


def _why(result: RequirementResult, decision: Decision, lang: str) -> Iterator[str]:
    if result.reason is not None:
        yield result.reason.said(lang)
    if result.finding is not None:
        said = Words("Vurdering", "Finding").said(lang)
        holds = RESULTS["holds" if result.finding.holds else "fails"].said(lang)
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
    head(out, Words("Det mangler vi at få at vide", "What we need to know"), lang)
    facts = [policy.facts[name] for name in decision.missing]
    questions = [Text((fact.question or fact.label).said(lang)) for fact in facts]
    bullets(out, questions, "?", [Text(fact.name, style="dim") for fact in facts])


def _grant(out: Console, decision: Decision, lang: str) -> None:
    if decision.entitlement:
        head(out, Words("Det bevilges", "What is granted"), lang)
        texts = [row.text.said(lang) for row in decision.entitlement]
        bullets(out, texts, cited=[_statements(row.citation.statements) for row in decision.entitlement])


def _excluded(out: Console, decision: Decision, policy: Policy, lang: str) -> None:
    if decision.excluded:
        head(out, Words("Søgt, men ikke med i bevillingen", "Asked for, and not part of the grant"), lang)
        labels = [_capital(policy.item_label(each.item).said(lang)) for each in decision.excluded]
        texts = [f"{label}: {each.reason.said(lang)}" for label, each in zip(labels, decision.excluded, strict=True)]
        bullets(out, texts, cited=[_statements(each.citation.statements) for each in decision.excluded])


def _complaint(out: Console, decision: Decision, lang: str) -> None:
    complaint = decision.complaint
    if complaint is None:
        return
    head(out, Words("Klagevejledning", "How to complain"), lang)
    say(out, complaint.text.said(lang), indent=2)
    if complaint.due_on is not None:
        last = Words("Klagen skal være modtaget senest ", "The complaint must be received by ").said(lang)
        say(out, f"{last}{long_date(complaint.due_on).said(lang)}.", indent=2)
    if complaint.transport is not None and any(row.topic == "transport" for row in decision.entitlement):
        say(out, complaint.transport.text.said(lang), indent=2)


def show_deadlines(deadlines: Sequence[Deadline], version: Version, lang: str) -> None:
    """Deadlines with the way to each date."""
    out = console()
    say(out, version.title.said(lang), "bold")
    _deadline_list(out, deadlines, version, lang)


def _deadline_list(out: Console, deadlines: Sequence[Deadline], version: Version, lang: str) -> None:
    texts = []
    for each in deadlines:
        text = Text(f"{each.title.said(lang)}: ")
        text.append(date_of(each, version).said(lang), style="bold" if each.due_on is not None else "")
        if each.kind is not None:
            text.append(f" ({DEADLINE_KINDS[each.kind].said(lang)})")
        for line in way(each, version):
            text.append(f"\n{line.said(lang)}", style="dim")
        texts.append(text)
    bullets(out, texts)


def show_packs(packs: Sequence[Pack], lang: str, today: date) -> None:
    """A table of the packs and their versions."""
    heads = {
        "da": ("id", "kommune", "titel", "gælder fra", ""),
        "en": ("id", "municipality", "title", "valid from", ""),
    }
    table = plain_table(*heads[lang])
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
    table = plain_table(*heads[lang])
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
            say(out, f"{label}, {slip.id} ({slip.at}): {issue}", "dim", indent=2)


def show_read(file: Path, number: int, lang: str) -> None:
    """A file of cases in which nothing is wrong."""
    said = Words(f"{number} sager", f"{number} cases").said(lang)
    console().print(Text("✓ ", style="green") + Text(f"{shown(file)}: {said}"), soft_wrap=True)


@contextmanager
def stderr_of_ours() -> Iterator[TextIO]:
    """Standard error for us alone: of a damaged file Polars says there what is no line for a reader, and we say one."""
    try:
        usual = sys.stderr.fileno() == 2
    except (AttributeError, OSError, ValueError):  # there is none, or it is no file
        usual = False
    if not usual:
        yield sys.stderr
        return
    ours, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        with os.fdopen(os.dup(ours), "w", encoding="utf-8", errors="replace") as errors:
            yield errors
    finally:
        os.dup2(ours, 2)
        os.close(ours)
        os.close(nowhere)
