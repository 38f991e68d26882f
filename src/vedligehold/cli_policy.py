"""The commands of whoever writes a standard: check it, test it, and certify it for those who adopt it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vedligehold.cli_options import (
    FOUND,
    JsonOption,
    Lang,
    LangOption,
    RulesOption,
    day_of,
    day_on_the_wall,
    print_json,
    print_text,
)
from vedligehold.errors import PackError, Problem
from vedligehold.reading.library import CASES_ENDING, load_pack

if TYPE_CHECKING:  # what a verb needs is loaded by that verb
    from vedligehold.policy.report import Report
    from vedligehold.policy.suggest import Lacking
    from vedligehold.policy.suite import Suites


def check_command(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH]...", help="Standarder eller mapper / Packs.")
    ] = None,
    rules: RulesOption = None,
    lang: LangOption = Lang.DA,
) -> None:
    """Kontrollér standarder / Check packs."""
    from vedligehold import terminal
    from vedligehold.policy.cases import case_files, read_cases
    from vedligehold.policy.suite import chosen_paths, folders_of, home_of, rules_beside

    found = False
    for path in folders_of(chosen_paths(paths or [], home_of(rules))):
        try:
            if not path.name.endswith(CASES_ENDING):
                folder = path.parent if path.is_file() else path
                terminal.show_checked(load_pack(path, rules=rules_beside(folder, rules)), lang)
            for file in [path] if path.name.endswith(CASES_ENDING) else case_files(path):
                terminal.show_read(file, len(read_cases(file).cases), lang)
        except PackError as error:
            found = True
            print_text(str(error))
    if found:
        raise typer.Exit(FOUND)


def cases_command(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH]...", help="Standarder eller mapper / Packs.")
    ] = None,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Vis, hvad sagerne ikke har set / Show what the cases have not seen.")
    ] = False,
    mutants: Annotated[
        bool, typer.Option("--mutants", help="Ville en forkert regel blive opdaget? / Would a wrong rule be noticed?")
    ] = False,
    suggest: Annotated[
        bool, typer.Option("--suggest", help="Skriv forslag til de sager, der mangler / Write the cases that lack.")
    ] = False,
    fail_under: Annotated[
        float | None,
        typer.Option("--fail-under", metavar="PERCENT", min=0, max=100, help="Mindste dækning / Least coverage."),
    ] = None,
    rules: RulesOption = None,
    lang: LangOption = Lang.DA,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Ingen sager er ingen fejl / No cases are no error.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Prøv sagerne / Test packs against their cases."""
    from vedligehold import coverage_terminal, terminal
    from vedligehold.policy.report import as_data, examine
    from vedligehold.policy.suite import suites_of

    suites = suites_of(paths or [], rules)
    if not suites.cases and not suggest and not allow_empty:
        raise PackError(
            [Problem("", "no-cases", "there are no cases to test", "cases stand in `<version>.cases.yaml`")]
        )
    report = examine(suites, mutants=mutants or suggest, progress=terminal.progress)
    lacking = report.lacking() if suggest else None
    # what cannot be written is known before the first line is printed
    written = [] if lacking is None else _write_suggestions(suites, lacking, lang)
    if as_json:
        print_json(as_data(report))
    else:
        _show_tests(report, lang, coverage=coverage, mutants=mutants)
        if lacking is not None:
            coverage_terminal.show_lacking(lacking, written, lang)
    below = fail_under is not None and report.below(fail_under)
    if fail_under is not None and not as_json:
        coverage_terminal.show_least(fail_under, lang, below=below)
    if report.failed or below:
        raise typer.Exit(FOUND)


def _show_tests(report: "Report", lang: str, *, coverage: bool, mutants: bool) -> None:
    from vedligehold import coverage_terminal, policy_terminal

    for suite in report.suites.packs:
        for file in suite.files:
            policy_terminal.show_tested(suite.pack, file, report.of(suite, file), lang)
    coverage_terminal.show_coverage(report.covered, lang, whole=coverage)
    if mutants:
        coverage_terminal.show_mutation(report, lang)


def _write_suggestions(suites: "Suites", lacking: "Lacking", lang: str) -> list[tuple[Path, int]]:
    """Write the suggestions beside the cases of each standard; the files, and how many came to each."""
    from vedligehold.policy.writing import suggested_file, text_with, write

    texts: list[tuple[Path, str, int]] = []
    for suite in suites.packs:
        mine = [each for each in lacking.suggestions if each.suite is suite]
        if mine:
            texts.append((suggested_file(suite), text_with(suite, mine, lang), len(mine)))
    for path, text, _ in texts:
        write(path, text)
    return [(path, number) for path, _, number in texts]


def certify_command(
    pack: Annotated[Path, typer.Argument(metavar="PACK", help="Standarden: id eller sti / The standard: id or path.")],
    on: Annotated[str | None, typer.Option("--on", metavar="YYYY-MM-DD", help="Dagen, ellers i dag / Day.")] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Skriv en side til papir / Write a page for paper.")
    ] = None,
    rules: RulesOption = None,
    lang: LangOption = Lang.DA,
    as_json: JsonOption = False,
) -> None:
    """Lav et certifikat, som et udvalg kan underskrive / Certify a standard for those who adopt it."""
    from vedligehold import certificate_terminal, terminal
    from vedligehold.policy import certificate, certify

    made = certify.certified(pack, day_on_the_wall() if on is None else day_of(on, "--on"), rules, terminal.progress)
    if html is not None:
        from vedligehold.policy import certificate_page, writing

        writing.write(html, certificate_page.page(made, lang))
    if as_json:
        print_json(certificate.as_data(made))
    else:
        certificate_terminal.show_certificate(made, lang, written=html)
    if not made.passes:
        raise typer.Exit(FOUND)
