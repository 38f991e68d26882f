"""What the command line shows of the tests of a policy: how its cases went."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from vedligehold.policy.run import CaseResult
from vedligehold.reading.files import shown
from vedligehold.source import Words
from vedligehold.terminal import console, say
from vedligehold.wording import RESULTS


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
    say(out, result.case.place, "dim", indent=2)
    if result.error is not None:
        say(out, str(result.error), indent=2)
    for mismatch in result.mismatches:
        expected = Words("ventede", "expected").said(lang)
        got = Words("fik", "got").said(lang)
        say(out, f"{mismatch.what}: {expected} {_shown(mismatch.expected)}, {got} {_shown(mismatch.got)}", indent=2)
    if result.decision is not None:
        for each in result.decision.requirements:
            if each.id in result.decision.because:
                cited = " ".join(each.citation.statements)
                say(out, f"{each.id} ({cited}): {RESULTS[each.result].said(lang)}", "dim", indent=2)


def _shown(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(str, value)) + "]"
    return "–" if value is None else str(value)
