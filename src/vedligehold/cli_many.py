"""The commands that decide a table of cases in a file, once or under two packs, and say what it comes to."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Thread, current_thread, main_thread
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from vedligehold.calendar import read_date
from vedligehold.cli_options import (
    JsonOption,
    Lang,
    LangOption,
    PackOption,
    RulesOption,
    day_on_the_wall,
    print_json,
)
from vedligehold.errors import Problem, VedligeholdError
from vedligehold.pack import Pack
from vedligehold.parameters import read_settings
from vedligehold.reading.library import load_pack
from vedligehold.table.frames import FILES, needed
from vedligehold.what_if import LEAST, WhatIf, check_least, titles

if TYPE_CHECKING:
    from vedligehold.table.files import Job

_Found = TypeVar("_Found")
SourceArgument = Annotated[
    Path,
    typer.Argument(metavar="IN", help="Sager i en tabel: .parquet, .csv, .json eller .ndjson / Cases in a table."),
]
DayOption = Annotated[
    str | None,
    typer.Option(
        "--on",
        metavar="YYYY-MM-DD|COLUMN",
        help="Afgørelsesdagen, eller kolonnen med den (ellers i dag) / The day of the decision, or its column.",
    ),
]


def decide_many_command(
    source: SourceArgument,
    out: Annotated[
        Path,
        typer.Option(
            "-o", "--output", metavar="OUT", help="Filen, der skrives: .parquet eller .csv / The file written."
        ),
    ],
    pack: PackOption,
    on: DayOption = None,
    suppress: Annotated[
        bool,
        typer.Option("--suppress", help="Vis ikke grupper på 1-4 rækker / Do not show groups of 1 to 4 rows."),
    ] = False,
    rules: RulesOption = None,
    lang: LangOption = Lang.DA,
    as_json: JsonOption = False,
) -> None:
    """Afgør alle sager i en fil / Decide every case in a file.

    Ud kommer tabellen med kolonnerne outcome, partial, because, missing, excluded, warnings, problems, decided_on,
    version og due_<frist>; aldrig cpr. Filen er der hel eller slet ikke. Til sidst vises, hvad det blev til.

    The table comes out with these columns beside its own, never with cpr. The file is there whole or not at all.
    """
    loaded = load_pack(pack, rules=rules)
    day = _day(on, loaded)
    needed(*FILES)
    from vedligehold import many_terminal
    from vedligehold.table.files import FileJob

    job = FileJob(loaded, source, out, day)
    summary = _worked(job, lang)
    many_terminal.show_notes(job.notes)
    if suppress:
        summary = summary.without_small()
    if as_json:
        print_json(summary.model_dump())
    else:
        many_terminal.show_summary(summary, out, lang)


def what_if_command(
    source: SourceArgument,
    pack: PackOption,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="En anden værdi af en parameter; kan gentages / Another value of a parameter; may repeat.",
        ),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option("--against", metavar="ID|PATH", help="Eller en anden standard / Or another standard."),
    ] = None,
    on: DayOption = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="OUT",
            help="De rækker, der ændrer sig, som .parquet eller .csv / The rows that change, as a file.",
        ),
    ] = None,
    least: Annotated[
        int,
        typer.Option(
            "--least",
            metavar="N",
            help="Mindste gruppe, der vises; 1 viser alt / The smallest group that is shown; 1 shows all.",
        ),
    ] = LEAST,
    rules: RulesOption = None,
    lang: LangOption = Lang.DA,
    as_json: JsonOption = False,
) -> None:
    """Hvem får et andet svar under andre regler? / Who gets another answer under other rules?

    Hver sag afgøres to gange: under standarden, og under den samme med andre værdier (--set) eller under en anden
    (--against). Det tælles, hvor mange der ændrer sig, fra hvad til hvad, og på grund af hvilket krav. Små grupper
    vises ikke. Med -o skrives de rækker, der ændrer sig, hele og med begge svar, men aldrig med cpr.
    Filen læses lidt ad gangen, så den kan være større end hukommelsen.

    Every case is decided twice: under the standard, and under the same with other values (--set) or under another one
    (--against). It is counted how many change, from what to what, and by which requirement. Small groups are not shown.
    With -o the rows that change are written whole and with both answers, but never with cpr.
    The file is read a part at a time, so it may be larger than the memory.
    """
    if bool(settings) == (against is not None):
        code, how = ("two-ways", "not both") if settings else ("missing-key", "and none is given")
        raise VedligeholdError([Problem("--set, --against", code, f"one of the two is wanted, {how}")])
    check_least(least)
    before = load_pack(pack, rules=rules)
    if against is None:
        after = before.with_parameters(**read_settings(before, settings or []))
    else:
        after = load_pack(against, rules=rules)
    day = _day(on, before, after)
    needed(*FILES)
    from vedligehold import many_terminal
    from vedligehold.table.compared_files import ChangeJob

    job = ChangeJob(before, after, source, out, day)
    groups = _worked(job, lang)
    many_terminal.show_notes(job.notes)
    summary = WhatIf(out, lambda: groups, titles(before, after)).summary(least=least)
    if as_json:
        print_json(summary.model_dump())
    else:
        many_terminal.show_changes(summary, out, lang)


def _day(on: str | None, *packs: Pack) -> date | str:
    """The day of the decision, on which each of the packs has a version, or the column that gives it."""
    found = day_on_the_wall() if on is None else read_date(on)
    if found is None:
        return on or ""
    for pack in packs:
        pack.version_on(found)
    return found


def _worked(job: "Job[_Found]", lang: str) -> _Found:
    """What the job comes to, worked out beside this thread, which shows how far it is and hears if it is to end."""
    from vedligehold import many_terminal
    from vedligehold.table.source import Stopped
    from vedligehold.terminal import stderr_of_ours

    done: list[_Found] = []
    failed: list[BaseException] = []

    def work() -> None:
        try:
            done.append(job.run())
        except BaseException as error:  # noqa: BLE001 - it is raised again, in the thread that was asked
            failed.append(error)

    worker = Thread(target=work, name="table", daemon=True)
    with _heard(job), stderr_of_ours() as errors, many_terminal.bar(job, lang, errors) as show:
        worker.start()
        while worker.is_alive():
            worker.join(0.1)
            show()
    if failed:
        if isinstance(failed[0], Stopped):
            raise typer.Abort
        raise failed[0]
    return done[0]


@contextmanager
def _heard(job: "Job[_Found]") -> "Iterator[None]":
    """Whoever wants it to end (Ctrl-C, or a system that shuts down) is heard, and nothing is left half done."""
    if current_thread() is not main_thread():
        yield
        return
    before = {which: signal.signal(which, lambda *_: job.watch.stop()) for which in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for which, handler in before.items():
            signal.signal(which, handler)
