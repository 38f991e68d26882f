"""What the command line shows of a certificate: the verdict, the figures, and every list in short lines."""

from pathlib import Path

from rich.console import Console
from rich.text import Text

from vedligehold.policy.certificate import Certificate
from vedligehold.policy.certificate_words import (
    HEADS,
    Item,
    Section,
    figures,
    lacking,
    lists,
    made_on,
    particulars,
    remarks,
)
from vedligehold.reading.files import shown
from vedligehold.source import Words
from vedligehold.terminal import bullets, console, head, indented, plain_table, say


def show_certificate(made: Certificate, lang: str, *, written: Path | None) -> None:
    """The whole of a certificate; of one that was *written* to a file, the verdict and where it is."""
    out = console()
    if written is not None:
        _verdict(out, made, lang)
        said = Words(f"certifikatet er skrevet i {shown(written)}", f"the certificate was written to {shown(written)}")
        out.print(Text("✎ ", style="cyan") + Text(said.said(lang)), soft_wrap=True)
        return
    say(out, HEADS["certificate"].said(lang), "dim")
    say(out, made.title.said(lang), "bold")
    say(out, f"{made_on(made).said(lang)}.", "dim")
    out.print()
    _verdict(out, made, lang)
    head(out, HEADS["about"], lang)
    table = plain_table("", "")
    for line in particulars(made):
        text = Text(line.text.said(lang))
        if line.code is not None:
            text.append(f"\n{line.code}", style="dim")
        table.add_row(line.head.said(lang), text)
    indented(out, table)
    _figures(out, made, lang)
    for section in (*lacking(made), *lists(made)):
        _section(out, section, lang)


def _verdict(out: Console, made: Certificate, lang: str) -> None:
    sign, style = ("✓", "bold green") if made.passes else ("✗", "bold red")
    say(out, f"{sign} {made.verdict.said(lang)}", style)
    if found := remarks(made):
        bullets(out, [Text(each.said(lang), style="yellow") for each in found], "!")


def _figures(out: Console, made: Certificate, lang: str) -> None:
    head(out, HEADS["figures"], lang)
    table = plain_table("", "", "", "")
    for each in figures(made):
        sign, style = ("✓", "green") if each.good else ("✗", "yellow")
        result = Text(each.result.said(lang), style=style)
        table.add_row(Text(sign, style=style), each.head.said(lang), result, Text(each.said.said(lang), style="dim"))
    indented(out, table)


def _section(out: Console, section: Section, lang: str) -> None:
    number = len(section.items)
    head(out, Words(f"{section.head.da} ({number})", f"{section.head.en} ({number})"), lang)
    texts = [_said(item, lang) for item in section.items] or [Text(HEADS["none"].said(lang))]
    cited = [Text(" ".join(item.cited), style="dim") for item in section.items]
    bullets(out, texts, cited=cited if any(item.cited for item in section.items) else None)


def _said(item: Item, lang: str) -> Text:
    """One short line: what it is about, and what is said of it."""
    about = item.place if item.lead is None else item.lead.said(lang)
    if item.text is None:
        return Text(about or "")
    text = Text("" if about is None else f"{about}: ")
    text.append(item.text.said(lang), style="" if about is None else "dim")
    return text
