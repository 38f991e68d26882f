"""What the command line shows of the tests of a policy: how its cases went."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from vedligehold.pack import Pack
from vedligehold.policy.cases import CaseFile
from vedligehold.policy.failure import Failure, failure
from vedligehold.policy.run import CaseResult
from vedligehold.source import Words
from vedligehold.terminal import console, say


def show_tested(pack: Pack, file: CaseFile, results: Sequence[CaseResult], lang: str) -> None:
    """How the cases of one file went; each case that is answered otherwise in full, and how many nobody confirmed."""
    out = console()
    failed = [result for result in results if not result.passed]
    for result in failed:
        _show_failure(out, failure(pack, result), lang)
    passed = len(results) - len(failed)
    sign, style = ("✗", "red") if failed else ("✓", "green")
    said = Words(f"{passed} sager passer, {len(failed)} gør ikke", f"{passed} cases pass, {len(failed)} do not")
    out.print(Text(f"{sign} ", style=style) + Text(f"{file.file}: {said.said(lang)}"), soft_wrap=True)
    waiting = sum(not case.confirmed for case in file.cases)
    if waiting:
        more = Words(f"{waiting} venter på, at nogen bekræfter dem", f"{waiting} wait for somebody to confirm them")
        say(out, more.said(lang), "yellow", indent=2)


def _show_failure(out: Console, why: Failure, lang: str) -> None:
    name, place, *lines = why.lines()
    say(out, f"✗ {name.words.said(lang)}", "red")
    out.print(Text(f"  {place.words.said(lang)}", style="dim"), soft_wrap=True)  # a path in one piece can be opened
    for line in lines:
        say(out, line.words.said(lang), indent=2 * line.depth)
