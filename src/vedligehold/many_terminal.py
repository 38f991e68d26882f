"""What the command line shows of a table that is decided: how far it is, what is odd in it, and the summary."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from vedligehold.errors import Problem
from vedligehold.reading.files import shown
from vedligehold.source import Words
from vedligehold.table.counts import number
from vedligehold.table.summary import HIDDEN, ROWS, Summary
from vedligehold.terminal import console, head, say

if TYPE_CHECKING:
    from vedligehold.table.files import Job
    from vedligehold.what_if import ChangeSummary

_MOST = 10
"""As many reasons, facts or problems as are shown; `--json` has them all."""


@contextmanager
def bar(job: "Job[Any]", lang: str, to: TextIO) -> Iterator[Callable[[], None]]:
    """A bar while *job* works, for whoever looks on; what is given is to be called now and then."""
    errors = Console(file=to)
    if not errors.is_terminal:
        yield lambda: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True) as progress:
        task = progress.add_task("", total=None)

        def show() -> None:
            watch = job.watch
            doing = Words("Tæller op", "Counting") if job.counting else Words("Afgør", "Deciding")
            said = f"{doing.said(lang)}: {number(watch.rows, lang)} {ROWS.said(lang)}"
            progress.update(task, description=said, completed=watch.done, total=watch.size or None)

        yield show


def show_notes(notes: Sequence[Problem]) -> None:
    """What somebody should know of the columns, a line each, on stderr."""
    errors = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    for note in notes:
        errors.print(str(note))


def show_summary(summary: Summary, out: Path, lang: str) -> None:
    """What a table comes to, and where it was written."""
    to = console()
    said = Words("skrevet til", "written to").said(lang)
    written = f"{number(summary.rows, lang)} {ROWS.said(lang)} {said} {shown(out)}"
    to.print(Text("✓ ", style="green") + Text(written), soft_wrap=True)
    for part in summary.parts():
        head(to, part.title, lang)
        for line in part.lines(lang, None if part.heads else _MOST):
            to.print(Text(f"  {line}"), soft_wrap=True)
        if part.note is not None:
            say(to, part.note.said(lang), "dim", indent=2)
    if summary.suppressed:
        to.print()
        say(to, HIDDEN.said(lang), "dim")


def show_changes(summary: "ChangeSummary", out: Path | None, lang: str) -> None:
    """Who changes, in numbers, and where the rows were written."""
    to = console()
    if out is not None:
        # how many they are is told below, or is not told
        said = Words("De rækker, der ændrer sig, er skrevet til", "The rows that change are written to").said(lang)
        to.print(Text("✓ ", style="green") + Text(f"{said} {shown(out)}"), soft_wrap=True)
    to.print(Text(summary.said(lang)), soft_wrap=True)
