"""The command line: the only place, with `cli_options.py` and `terminal.py`, that prints, reads the clock or exits.

Exit codes: 0 done, whatever the outcome; 1 problems found by a command that looks for them; 2 unusable input.
"""

import io
import sys
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn, cast

import typer
from typer.exceptions import TyperException

from vedligehold import cli_many, cli_policy
from vedligehold._version import __version__
from vedligehold.case import Case, read_case
from vedligehold.cli_options import (
    UNUSABLE,
    JsonOption,
    Lang,
    LangOption,
    OnOption,
    PackOption,
    RulesOption,
    day_of,
    day_on_the_wall,
    print_json,
    print_text,
)
from vedligehold.decide import Engine, day_to_count_on, decide, due, facts
from vedligehold.errors import CaseError, Problem, VedligeholdError, masked, nearest, quoted
from vedligehold.facts import EVENTS
from vedligehold.pack import Pack
from vedligehold.reading.json_text import LARGEST_CASE, json_text
from vedligehold.reading.library import load_pack, packs
from vedligehold.schemas import SCHEMAS

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
        print_text(f"vedligehold {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Vis versionen / Show the version.")
    ] = False,
) -> None:
    """Options of the command itself; its help is that of `app`."""


class SchemaName(StrEnum):
    """What there is a JSON Schema of."""

    CASE = "case"
    DECISION = "decision"
    RECEIPT = "receipt"
    PACK = "pack"


@app.command("packs")
def packs_command(rules: RulesOption = None, lang: LangOption = Lang.DA, as_json: JsonOption = False) -> None:
    """Vis standarderne / List the packs."""
    found = packs(rules)
    if as_json:
        print_json([_summary(pack) for pack in found])
        return
    from vedligehold import terminal

    terminal.show_packs(found, lang, day_on_the_wall())


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
    engine: Annotated[
        str,
        typer.Option(
            "--engine",
            metavar="own|durable",
            help="Regelmotor; durable: durable_rules afgør også sagen, og de skal være enige / "
            "Engine; durable: durable_rules decides the case too, and they must agree.",
        ),
    ] = "own",
    rules: RulesOption = None,
    lang: LangOption = Lang.DA,
    as_json: JsonOption = False,
) -> None:
    """Afgør én sag / Decide one case."""
    day = day_on_the_wall() if on is None else day_of(on, "--on")
    loaded = load_pack(pack, rules=rules)
    decision = decide(loaded, _case(case), on=day, engine=cast(Engine, engine))
    if as_json:
        print_text(decision.model_dump_json(indent=2))
        return
    from vedligehold import terminal

    # everything is worked out before the first line is printed
    decision.model_dump()
    terminal.show_decision(decision, loaded.at(day), lang)


app.command("decide-many")(cli_many.decide_many_command)
app.command("what-if")(cli_many.what_if_command)


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
    day = None if on is None else day_of(on, "--on")
    events: dict[str, date] = {}
    for name, happened in map(_event, event):
        if name in events:
            message = f"`{name}` is given twice; a deadline runs from the earliest"
            raise CaseError([Problem("--event", "duplicate-value", message, "give the earliest")])
        events[name] = happened
    loaded = load_pack(pack, rules=rules)
    deadlines = due(loaded, events, on=day)
    if as_json:
        print_json([each.model_dump() for each in deadlines])
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
    return name, day_of(day, "--event")


@app.command("facts")
def facts_command(
    pack: PackOption, rules: RulesOption = None, lang: LangOption = Lang.DA, as_json: JsonOption = False
) -> None:
    """Vis oplysningerne i en sag / List the facts of a case."""
    found = facts(load_pack(pack, rules=rules))
    if as_json:
        from vedligehold.plain import plain

        print_json([plain(each) for each in found])
        return
    from vedligehold import terminal

    terminal.show_facts(found, lang)


app.command("check")(cli_policy.check_command)
app.command("test")(cli_policy.cases_command)
app.command("certify")(cli_policy.certify_command)


@app.command("schema")
def schema_command(name: Annotated[SchemaName, typer.Argument(help="Hvad / Of what.")]) -> None:
    """Udskriv et JSON Schema / Print a JSON Schema."""
    print_json(SCHEMAS[name]())


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
