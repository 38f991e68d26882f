"""The command line: the only place, with `terminal.py`, that prints, reads the clock or exits.

Exit codes: 0 done, whatever the outcome; 1 problems found by a command that looks for them; 2 unusable input.
"""

import io
import json
import sys
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, cast

import typer
from typer.exceptions import TyperException

from vedligehold._version import __version__
from vedligehold.calendar import read_date
from vedligehold.case import Case, read_case
from vedligehold.decide import Engine, day_to_count_on, decide, due, facts
from vedligehold.errors import CaseError, PackError, Problem, VedligeholdError, masked, nearest, quoted
from vedligehold.facts import EVENTS
from vedligehold.pack import Pack
from vedligehold.reading.json_text import LARGEST_CASE, json_text
from vedligehold.reading.library import CASES_ENDING, load_pack, packs, rules_folder
from vedligehold.schemas import SCHEMAS

if TYPE_CHECKING:  # what a verb needs is loaded by that verb
    from vedligehold.policy.report import Report
    from vedligehold.policy.suggest import Lacking
    from vedligehold.policy.suite import Suites

FOUND = 1
UNUSABLE = 2

app = typer.Typer(
    name="vedligehold",
    help=(
        "Kommunernes kvalitetsstandarder for vedligeholdende træning (serviceloven § 86, stk. 2): afgør en sag, "
        "tæl frister, kontrollér og prøv en standard.\n\n"
        "Danish quality standards for maintenance training: decide a case, count deadlines, check and test a standard."
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"max_content_width": 110, "help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        _print(f"vedligehold {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Vis versionen / Show the version.")
    ] = False,
) -> None:
    """Options of the command itself; its help is that of `app`."""


class Lang(StrEnum):
    """The language of what is printed."""

    DA = "da"
    EN = "en"


class SchemaName(StrEnum):
    """What there is a JSON Schema of."""

    CASE = "case"
    DECISION = "decision"
    RECEIPT = "receipt"
    PACK = "pack"


PackOption = Annotated[
    str, typer.Option("--pack", metavar="ID|PATH", help="Standarden: id eller sti / The standard: id or path.")
]
RulesOption = Annotated[
    Path | None,
    typer.Option("--rules", metavar="DIR", help="Mappe med egne standarder / Folder with your own packs."),
]
OnOption = Annotated[
    str | None,
    typer.Option(
        "--on", metavar="YYYY-MM-DD", help="Afgørelsesdagen (ellers i dag) / The day of the decision (else today)."
    ),
]
LangOption = Annotated[Lang, typer.Option("--lang", help="Sprog / Language.")]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON i stedet for tekst / JSON in place of text.")]


@app.command("packs")
def packs_command(rules: RulesOption = None, lang: LangOption = Lang.DA, as_json: JsonOption = False) -> None:
    """Vis standarderne / List the packs."""
    found = packs(rules)
    if as_json:
        _print_json([_summary(pack) for pack in found])
        return
    from vedligehold import terminal

    terminal.show_packs(found, lang, _today())


def _summary(pack: Pack) -> dict[str, Any]:
    return {
        "id": pack.id,
        "versions": [
            {
                "valid_from": version.valid_from.isoformat(),
                "valid_to": None if version.valid_to is None else version.valid_to.isoformat(),
                "review_by": None if version.review_by is None else version.review_by.isoformat(),
                "municipality": {"name": version.municipality.name, "code": version.municipality.code},
                "digest": version.digest,
            }
            for version in pack.versions
        ],
    }


@app.command("decide")
def decide_command(
    case: Annotated[str, typer.Argument(metavar="CASE", help="Sagen som JSON-fil; - læser fra stdin / The case.")],
    pack: PackOption,
    on: OnOption = None,
    engine: Annotated[str, typer.Option("--engine", metavar="own", help="Regelmotor / Engine.")] = "own",
    rules: RulesOption = None,
    lang: LangOption = Lang.DA,
    as_json: JsonOption = False,
) -> None:
    """Afgør én sag / Decide one case."""
    day = _today() if on is None else _day(on, "--on")
    loaded = load_pack(pack, rules=rules)
    decision = decide(loaded, _case(case), on=day, engine=cast(Engine, engine))
    if as_json:
        _print(decision.model_dump_json(indent=2))
        return
    from vedligehold import terminal

    # everything is worked out before the first line is printed
    decision.model_dump()
    terminal.show_decision(decision, loaded.at(day), lang)


def _case(source: str) -> Case:
    if source != "-":
        return read_case(Path(source))
    raw = b"{}" if sys.stdin is None else sys.stdin.buffer.read(LARGEST_CASE + 1)
    return Case.model_validate(json_text(raw, "-"))


@app.command("due")
def due_command(
    pack: PackOption,
    event: Annotated[
        list[str],
        typer.Option("--event", metavar="NAME=DATE", help="Hændelse og dag; kan gentages / Event and day; may repeat."),
    ],
    on: Annotated[
        str | None,
        typer.Option(
            "--on", metavar="YYYY-MM-DD", help="Dagen, hvis regler der tælles efter / The day whose rules count."
        ),
    ] = None,
    rules: RulesOption = None,
    lang: LangOption = Lang.DA,
    as_json: JsonOption = False,
) -> None:
    """Tæl fristerne fra hændelser / Count the deadlines from events."""
    day = None if on is None else _day(on, "--on")
    events: dict[str, date] = {}
    for name, happened in map(_event, event):
        if name in events:
            message = f"`{name}` is given twice; a deadline runs from the earliest"
            raise CaseError([Problem("--event", "duplicate-value", message, "give the earliest")])
        events[name] = happened
    loaded = load_pack(pack, rules=rules)
    deadlines = due(loaded, events, on=day)
    if as_json:
        _print_json([each.model_dump() for each in deadlines])
        return
    from vedligehold import terminal

    terminal.show_deadlines(deadlines, loaded.version_on(day_to_count_on(loaded, events, day)), lang)


def _event(text: str) -> tuple[str, date]:
    name, sign, day = text.partition("=")
    if not sign:
        raise CaseError(
            [Problem("--event", "wrong-value", f"{quoted(text)} is no event with its day", "write `NAME=YYYY-MM-DD`")]
        )
    if name not in EVENTS:
        raise CaseError([Problem("--event", "unknown-event", f"{quoted(name)} is no event", nearest(name, EVENTS))])
    return name, _day(day, "--event")


def _today() -> date:
    return date.today()  # noqa: DTZ011 - the day on the wall of whoever types


def _day(text: str, option: str) -> date:
    found = read_date(text)
    if found is None:
        raise CaseError([Problem(option, "wrong-date", f"{quoted(text)} is no date", "a date as `YYYY-MM-DD`")])
    return found


@app.command("facts")
def facts_command(
    pack: PackOption, rules: RulesOption = None, lang: LangOption = Lang.DA, as_json: JsonOption = False
) -> None:
    """Vis oplysningerne i en sag / List the facts of a case."""
    found = facts(load_pack(pack, rules=rules))
    if as_json:
        from vedligehold.plain import plain

        _print_json([plain(each) for each in found])
        return
    from vedligehold import terminal

    terminal.show_facts(found, lang)


@app.command("check")
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
    from vedligehold.policy.suite import chosen_paths, folders_of

    found = False
    for path in folders_of(chosen_paths(paths or [], rules_folder() if rules is None else rules)):
        try:
            if not path.name.endswith(CASES_ENDING):
                terminal.show_checked(load_pack(path, rules=rules), lang)
            for file in [path] if path.name.endswith(CASES_ENDING) else case_files(path):
                terminal.show_read(file, len(read_cases(file).cases), lang)
        except PackError as error:
            found = True
            _print(str(error))
    if found:
        raise typer.Exit(FOUND)


@app.command("test")
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
    from vedligehold import terminal
    from vedligehold.policy.report import as_data, examine
    from vedligehold.policy.suite import suites_of

    suites = suites_of(paths or [], rules)
    if not suites.cases and not suggest and not allow_empty:
        raise PackError(
            [Problem("", "no-cases", "there are no cases to test", "cases stand in `<version>.cases.yaml`")]
        )
    report = examine(suites, mutants=mutants or suggest, progress=terminal.progress)
    lacking = report.lacking() if suggest else None
    if as_json:
        _print_json(as_data(report))
    else:
        _show_tests(report, lang, coverage=coverage, mutants=mutants)
    if lacking is not None:
        _write_suggestions(suites, lacking, lang, quiet=as_json)
    if report.failed or (fail_under is not None and report.below(fail_under)):
        raise typer.Exit(FOUND)


def _show_tests(report: "Report", lang: str, *, coverage: bool, mutants: bool) -> None:
    from vedligehold import coverage_terminal, policy_terminal

    for suite in report.suites.packs:
        for file in suite.files:
            mine = [each for each in report.results[suite.folder] if each.case in file.cases]
            policy_terminal.show_tested(suite.pack, file, mine, lang)
    coverage_terminal.show_coverage(report.covered, lang, whole=coverage)
    if mutants:
        coverage_terminal.show_mutation(report, lang)


def _write_suggestions(suites: "Suites", lacking: "Lacking", lang: str, *, quiet: bool) -> None:
    """Write the suggestions beside the cases of each standard: each file whole, or not at all."""
    from vedligehold import coverage_terminal
    from vedligehold.policy.writing import suggested_file, text_with, write

    for suite in suites.packs:
        mine = [each for each in lacking.suggestions if each.suite is suite]
        if mine:
            path = suggested_file(suite)
            write(path, text_with(suite, mine, lang))
            if not quiet:
                coverage_terminal.show_suggested(path, len(mine), lang)
    if not quiet:
        coverage_terminal.show_nothing_lacks(lacking, lang)


@app.command("certify")
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
    from vedligehold.policy import certificate, certificate_page, certify, writing

    made = certify.certified(pack, _today() if on is None else _day(on, "--on"), rules, terminal.progress)
    if html is not None:
        writing.write(html, certificate_page.page(made, lang))
    if as_json:
        _print_json(certificate.as_data(made))
    else:
        certificate_terminal.show_certificate(made, lang, written=html)
    if not made.passes:
        raise typer.Exit(FOUND)


@app.command("schema")
def schema_command(name: Annotated[SchemaName, typer.Argument(help="Hvad / Of what.")]) -> None:
    """Udskriv et JSON Schema / Print a JSON Schema."""
    _print_json(SCHEMAS[name]())


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")


def _print_json(data: Any) -> None:
    _print(json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False))


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit."""
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and give its exit code; a user's mistake is a line on stderr, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a sign that the terminal lacks is no reason to stop half-way
    try:
        code = app(arguments, standalone_mode=False)
        sys.stdout.flush()
        return int(code or 0)
    except VedligeholdError as error:
        sys.stderr.write(f"{error}\n")
    except TyperException as error:
        text = masked(error.format_message()).replace("Value error, ", "")
        sys.stderr.write(f"{text}\n" if text.startswith("Usage:") else f"vedligehold: {text}\n")
    except typer.Abort:
        sys.stderr.write("vedligehold: stopped\n")
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            # whoever reads has gone (`| head`); nothing is left to say, also not at exit
            sys.stdout = None
            return 0
        sys.stderr.write(f"vedligehold: the output cannot be written: {(error.strerror or 'error').lower()}\n")
        sys.stdout = None
    return UNUSABLE
