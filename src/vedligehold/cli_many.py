"""The command that decides a table of cases in a file, and says what it comes to."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Thread, current_thread, main_thread
from typing import TYPE_CHECKING, Annotated

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
from vedligehold.reading.library import load_pack

if TYPE_CHECKING:
    from vedligehold.table.files import FileJob
    from vedligehold.table.summary import Summary


def decide_many_command(
    source: Annotated[
        Path,
        typer.Argument(metavar="IN", help="Sager i en tabel: .parquet, .csv, .json eller .ndjson / Cases in a table."),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "-o", "--output", metavar="OUT", help="Filen, der skrives: .parquet eller .csv / The file written."
        ),
    ],
    pack: PackOption,
    on: Annotated[
        str | None,
        typer.Option(
            "--on",
            metavar="YYYY-MM-DD|COLUMN",
            help="Afgørelsesdagen, eller kolonnen med den (ellers i dag) / The day of the decision, or its column.",
        ),
    ] = None,
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
    day = day_on_the_wall() if on is None else _day_or_column(on)
    loaded = load_pack(pack, rules=rules)
    if isinstance(day, date):
        loaded.version_on(day)
    from vedligehold import many_terminal

    job = _job(loaded, source, out, day)
    summary = _worked(job, lang)
    many_terminal.show_notes(job.notes)
    if suppress:
        summary = summary.without_small()
    if as_json:
        print_json(summary.model_dump())
    else:
        many_terminal.show_summary(summary, out, lang)


def _day_or_column(text: str) -> date | str:
    found = read_date(text)
    return text if found is None else found


def _job(pack: Pack, source: Path, out: Path, on: date | str) -> "FileJob":
    try:
        from vedligehold.table.files import FileJob
    except ModuleNotFoundError as error:
        lacking = error.name
    else:
        return FileJob(pack, source, out, on)
    message = f"tables need `{lacking}`, which is not installed"
    raise VedligeholdError([Problem("", "not-installed", message, "`pip install vedligehold[frames]`")])


def _worked(job: "FileJob", lang: str) -> "Summary":
    """What the job comes to, worked out beside this thread, which shows how far it is and hears if it is to end."""
    from vedligehold import many_terminal
    from vedligehold.table.source import Stopped

    done: list[Summary] = []
    failed: list[BaseException] = []

    def work() -> None:
        try:
            done.append(job.run())
        except BaseException as error:  # noqa: BLE001 - it is raised again, in the thread that was asked
            failed.append(error)

    worker = Thread(target=work, name="decide-many", daemon=True)
    with _heard(job), many_terminal.bar(job, lang) as show:
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
def _heard(job: "FileJob") -> "Iterator[None]":
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
