"""What the command line shows of how good the cases of a standard are: what they saw, and what they would notice."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from vedligehold.policy.coverage import Covered
from vedligehold.policy.goals import GROUPS
from vedligehold.policy.mutants import CHANGES
from vedligehold.policy.mutation import Judgement, Mutated
from vedligehold.policy.report import Report
from vedligehold.policy.suggest import Lacking
from vedligehold.policy.writing import case_text
from vedligehold.reading.files import shown
from vedligehold.source import Words
from vedligehold.terminal import console, head, indented, plain_table, say

_GOOD = 100.0
_HOW_TO_SEE = Words("--coverage viser, hvad der mangler", "--coverage shows what is not seen")
_HOW_TO_WRITE = Words(
    "--suggest skriver forslag til de sager, der mangler", "--suggest writes suggestions for the cases that lack"
)


def show_coverage(covered: Sequence[Covered], lang: str, *, whole: bool) -> None:
    """How much of each file the cases have seen; *whole*: of what, and what they have not, in words."""
    out = console()
    head(out, Words("Dækning af reglerne", "Coverage of the rules"), lang)
    _scores(out, [(each.file, each.percent, _seen(each, lang)) for each in covered])
    for each in covered if whole else ():
        out.print()
        say(out, each.file, "bold", indent=2)
        grid = plain_table("", "", "")
        for group, seen, number in each.counts():
            sign, style = ("✓", "green") if seen == number else ("✗", "yellow")
            of = Words(f"{seen} af {number} set", f"{seen} of {number} seen").said(lang)
            grid.add_row(Text(sign, style=style), GROUPS[group].said(lang), of)
        indented(out, grid)
        _list(out, Words("Ikke set endnu", "Not seen yet"), [goal.words for goal in each.unseen], lang)
    if any(each.unseen for each in covered):
        say(out, (_HOW_TO_WRITE if whole else _HOW_TO_SEE).said(lang), "dim", indent=2)


def _seen(covered: Covered, lang: str) -> str:
    number = len(covered.goals)
    seen = number - len(covered.unseen)
    return Words(f"{seen} af {number} ting set", f"{seen} of {number} things seen").said(lang)


def _scores(out: Console, lines: Iterable[tuple[str, float, str]]) -> None:
    grid = plain_table("", "", "", "")
    grid.columns[2].justify = "right"
    for file, score, said in lines:
        sign, style = ("✓", "green") if score == _GOOD else ("✗", "yellow")
        grid.add_row(Text(sign, style=style), file, Text(f"{score:g} %", style=style), said)
    indented(out, grid)


def _list(out: Console, title: Words, what: Sequence[Words], lang: str) -> None:
    if what:
        say(out, f"{title.said(lang)}:", indent=2)
        for words in what:
            say(out, f"- {words.said(lang)}", indent=4)


def show_mutation(report: Report, lang: str) -> None:
    """How many wrong rules the cases notice, which they do not, and which say the same as the right one."""
    out = console()
    head(out, Words("Ville sagerne opdage en forkert regel?", "Would the cases notice a wrong rule?"), lang)
    _scores(out, [(each.file, each.percent, _noticed(each, lang)) for each in report.mutated])
    out.print()
    made = [each.wrong.mutant.change for each in report.judgements or ()]
    missed = [each.wrong.mutant.change for some in report.mutated for each in some.survivors]
    grid = plain_table(*Words("ændring|lavet|ikke opdaget", "change|made|not noticed").said(lang).split("|"))
    for change in (each for each in CHANGES if each in made):
        unseen = missed.count(change)
        style = "yellow" if unseen else "dim"
        grid.add_row(CHANGES[change].said(lang), str(made.count(change)), Text(str(unseen or "–"), style=style))
    indented(out, grid)
    for each in report.mutated:
        _survivors(out, each.survivors, lang)
        _equivalents(out, each.equivalents, lang)
    if missed:
        out.print()
        how = Words(
            "Er svaret i en sag rigtigt, så sæt sagen ind i filen, og ret `to_confirm` til `expect`.",
            "Where the answer in a case is right, put the case into the file and rename `to_confirm` to `expect`.",
        )
        say(out, how.said(lang), "dim")
        say(out, _HOW_TO_WRITE.said(lang), "dim")


def _noticed(mutated: Mutated, lang: str) -> str:
    alike = len(mutated.equivalents)
    number = len(mutated.judgements) - alike
    found = number - len(mutated.survivors)
    said = Words(f"{found} af {number} opdaget", f"{found} of {number} noticed").said(lang)
    if alike:
        said += Words(f", {alike} uden betydning", f", {alike} without effect").said(lang)
    return said


def _survivors(out: Console, survivors: Sequence[Judgement], lang: str) -> None:
    for each in survivors:
        out.print()
        out.print(Text("✗ ", style="red") + Text(each.wrong.mutant.words.said(lang)), soft_wrap=True)
        say(out, f"{each.wrong.file} ({each.wrong.mutant.id})", "dim", indent=2)
        if each.found is None or each.found_in is None:
            none = Words("ingen sag ændrer svar af det, så vidt der er ledt", "no case was found that tells them apart")
            say(out, none.said(lang), indent=2)
        else:
            title = Words("denne sag ville opdage det:", "this case would notice it:")
            say(out, title.said(lang), indent=2)
            out.print(Text(case_text(each, each.found, each.found_in, lang)), soft_wrap=True)


def _equivalents(out: Console, equivalents: Sequence[Judgement], lang: str) -> None:
    for each in equivalents:
        out.print()
        out.print(Text("= ", style="dim") + Text(each.wrong.mutant.words.said(lang)), soft_wrap=True)
        why = "" if each.equivalent is None else each.equivalent.said(lang)
        say(out, Words(f"uden betydning: {why}", f"without effect: {why}").said(lang), "dim", indent=2)


def show_least(least: float, lang: str, *, below: bool) -> None:
    """Whether something is covered or noticed less than was asked for, which the exit code alone says to nobody."""
    out = console()
    out.print()
    asked = f"{least:g} %"
    if below:
        words = Words(f"ikke nok: noget ovenfor er under {asked}", f"not enough: something above is below {asked}")
    else:
        words = Words(f"nok: intet er under {asked}", f"enough: nothing is below {asked}")
    sign, style = ("✗", "red") if below else ("✓", "green")
    out.print(Text(f"{sign} ", style=style) + Text(words.said(lang)), soft_wrap=True)


def show_lacking(lacking: Lacking, written: Sequence[tuple[Path, int]], lang: str) -> None:
    """Where the suggestions were written, and what is to be done with them; what no case was found for."""
    out = console()
    rest = [goal.words for goal in lacking.goals] + [each.wrong.mutant.words for each in lacking.judgements]
    out.print()
    if not written and not rest:
        say(out, Words("Der mangler ingen sager.", "No case is lacking.").said(lang))
    for path, number in written:
        what = Words("forslag" if number != 1 else "ét forslag", "suggestions" if number != 1 else "suggestion")
        count = "" if number == 1 else f"{number} "
        said = Words(f"{count}{what.da} skrevet i {shown(path)}", f"{number} {what.en} written to {shown(path)}")
        out.print(Text("✎ ", style="cyan") + Text(said.said(lang)), soft_wrap=True)
    if written:
        how = Words(
            "Læs hver sag, og ret `to_confirm` til `expect`, hvis svaret er rigtigt.",
            "Read each case, and rename `to_confirm` to `expect` where the answer is right.",
        )
        say(out, how.said(lang), "dim", indent=2)
    _list(out, Words("Der blev ikke fundet en sag til", "No case was found for"), rest, lang)
