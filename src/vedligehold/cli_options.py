"""What the commands share: options, the language, and the only lines that print plain text and read the clock."""

import json
import sys
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from vedligehold.calendar import read_date
from vedligehold.errors import CaseError, Problem, quoted

FOUND = 1
UNUSABLE = 2


class Lang(StrEnum):
    """The language of what is printed."""

    DA = "da"
    EN = "en"


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


def day_on_the_wall() -> date:
    """The day on the wall."""
    return date.today()  # noqa: DTZ011 - the day on the wall of whoever types


def day_of(text: str, option: str) -> date:
    """The day that was given to an option.

    Raises:
        CaseError: it is none.
    """
    found = read_date(text)
    if found is None:
        raise CaseError([Problem(option, "wrong-date", f"{quoted(text)} is no date", "a date as `YYYY-MM-DD`")])
    return found


def print_text(text: str) -> None:
    """Print *text* on stdout."""
    sys.stdout.write(text + "\n")


def print_json(data: Any) -> None:
    """Print *data* as JSON on stdout."""
    print_text(json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False))
