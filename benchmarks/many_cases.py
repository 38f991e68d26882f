"""`decide_many` beside what a very good user of each tool would write by hand for one policy: speed and memory.

    python benchmarks/many_cases.py --only polars files --rows 100000 1000000
    python benchmarks/many_cases.py --write

The second measures all of it, and writes just its part of docs/performance.md: the others take as long again.

Every side is first held against the reference, row by row: one that answers otherwise stops the run.
"""

import argparse
import atexit
import gc
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl
from by_hand import in_duckdb, in_openfisca, in_polars, in_zen, limits, reference
from by_hand.people import ON, checked, write
from by_hand.rules import FACTS, REFERRERS
from measure import Side, Times, interleaved, ratio, say, table
from page import write_section

from vedligehold import Pack, load_pack
from vedligehold.decide_many import decide_many
from vedligehold.facts import ITEM_LABELS

ROOT = Path(__file__).parents[1]
NAME = "sundhed-og-traening"
HEADING = "## Many cases at once"
CHECKED = 8000
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
ROUNDS = {10_000: 11, 100_000: 7, 1_000_000: 5, 10_000_000: 3}
FILES = (1_000_000, 10_000_000)
FILE_ROUNDS = 3
WRONG = 0.001
"""How many of the rows have a value that cannot be."""
MOST = {"zen-engine": 1_000_000}
"""Where a side would take minutes."""
OURS = "`decide_many`"
Sides = dict[str, tuple[Side, Callable[[], pl.DataFrame] | None]]
"""What is timed, and what came out of it."""


@lru_cache(maxsize=1)
def _people(rows: int) -> Path:
    """A file with that many rows: they take minutes to draw, and fewer are its first."""
    say(f"drawing {rows:,} rows")
    folder = _kept.enter_context(tempfile.TemporaryDirectory())
    path = Path(folder) / "people.parquet"
    write(rows, path, wrong=WRONG)
    return path


_kept = ExitStack()
atexit.register(_kept.close)


def on_polars(pack: Pack, frame: pl.DataFrame) -> Sides:
    """In memory, from a frame to a frame."""
    return {
        OURS: _framed(lambda: decide_many(pack, frame, on=ON)),
        "by hand": _framed(lambda: in_polars.in_memory(frame)),
        "every column looked at once": (lambda: limits.once(frame), None),
    }


def on_polars_streaming(pack: Pack, frame: pl.DataFrame) -> Sides:
    """From a frame to a frame by the streaming engine."""
    return {
        OURS: _framed(lambda: decide_many(pack, frame.lazy(), on=ON).collect(engine="streaming")),
        "by hand": _framed(lambda: in_polars.streaming(frame)),
    }


def on_duckdb(pack: Pack, frame: pl.DataFrame) -> Sides:
    """From a table of DuckDB's own to another."""
    import duckdb

    base = duckdb.connect()
    base.register("given", frame.to_arrow())
    base.execute("CREATE TABLE people AS FROM given")
    base.unregister("given")

    def ours() -> None:
        base.execute("DROP TABLE IF EXISTS decided")
        decide_many(pack, base.table("people"), on=ON).create("decided")

    return {
        OURS: (ours, lambda: pl.DataFrame(base.sql("FROM decided").to_arrow_table())),
        "by hand": in_duckdb.side(frame),
    }


def on_spark(pack: Pack, frame: pl.DataFrame) -> Sides:
    """From a Parquet file to nowhere; every row is worked out."""
    from by_hand import in_spark

    folder = tempfile.TemporaryDirectory()
    source = Path(folder.name) / "people.parquet"
    frame.write_parquet(source)

    def ours() -> None:
        given = in_spark.session().read.parquet(f"{folder.name}/people.parquet")
        decide_many(pack, given, on=ON).write.format("noop").mode("overwrite").save()

    def read() -> pl.DataFrame:
        target = Path(folder.name) / "decided.parquet"
        given = in_spark.session().read.parquet(str(source))
        decide_many(pack, given, on=ON).coalesce(1).write.mode("overwrite").parquet(str(target))
        return pl.read_parquet(target / "*.parquet")

    return {OURS: (ours, read), "by hand": in_spark.side(frame)}


def on_others(pack: Pack, frame: pl.DataFrame) -> Sides:
    """Tools that have no tables: the outcome and the reasons alone, of rows that are cases, each in its own form."""
    flat = in_columns(frame).lazy()
    sides: Sides = {
        OURS: _framed(lambda: decide_many(pack, flat, on=ON).select("outcome", "because").collect()),
        "OpenFisca": in_openfisca.side(frame),
    }
    if frame.height <= MOST["zen-engine"]:
        sides["zen-engine"] = in_zen.side(frame)
    return sides


def in_columns(frame: pl.DataFrame) -> pl.DataFrame:
    """What the other tools are told, in columns: a yes or no for each thing that is asked for."""
    asked = pl.col("requested").list
    return frame.select(
        "birth_date",
        *map(in_openfisca.assessed, FACTS),
        "consent_given",
        pl.col("referred_by").cast(pl.Enum(REFERRERS)),
        *(asked.contains(item).fill_null(value=False).alias(f"requested_{item}") for item in ITEM_LABELS),
    ).rechunk()


ENGINES: Mapping[str, tuple[str, Callable[[Pack, pl.DataFrame], Sides]]] = {
    "polars": ("Polars, in memory", on_polars),
    "streaming": ("Polars, streaming", on_polars_streaming),
    "duckdb": ("DuckDB, table to table", on_duckdb),
    "others": ("Outcome and reasons alone", on_others),
    # the last: a Java stays beside whatever comes after it
    "spark": ("Spark, from Parquet", on_spark),
}
PARTIAL = ("OpenFisca", "zen-engine")


def _framed(run: Callable[[], pl.DataFrame]) -> tuple[Side, Callable[[], pl.DataFrame]]:
    return run, run


def same_answers(pack: Pack, engine: str) -> None:
    """A side that answers otherwise than the reference is no side."""
    frame = checked(CHECKED)
    expected = reference.decided(pack, frame, ON)
    cases = expected["outcome"] != "invalid"
    title, sides = ENGINES[engine]
    only = engine == "others"
    given = frame.filter(cases) if only else frame
    wanted = expected.filter(cases).select("outcome", "because") if only else expected
    for name, (run, read) in sides(pack, given).items():
        say(f"checking {title}: {name}")
        run()
        if read is not None and not read().select(wanted.columns).equals(wanted):
            raise SystemExit(f"{title}: {name} answers otherwise than the reference")


Found = Mapping[int, Mapping[str, Mapping[str, Times]]]
"""The times by size, engine and side."""


def in_memory(pack: Pack, engines: Sequence[str], sizes: Sequence[int], most: int) -> Found:
    """The times of every side; *most* rows are drawn."""
    people = _people(most)
    found: dict[int, dict[str, Mapping[str, Times]]] = {size: {} for size in sizes}
    for engine in engines:
        same_answers(pack, engine)
        for size in sizes:
            found[size][engine] = _measured(pack, engine, pl.read_parquet(people, n_rows=size).rechunk())
    return found


def rates(found: Found, engines: Sequence[str]) -> str:
    """A table: rows a second of every side."""
    sizes = list(found)
    lines = []
    for engine in engines:
        times = {size: sides.get(engine, {}) for size, sides in found.items()}
        names = dict.fromkeys(name for each in times.values() for name in each)
        for name in names:
            title = f"**{ENGINES[engine][0]}**: {name}"
            lines.append([title, *(_rate(each.get(name)) for each in times.values())])
        for name in names:
            if name != OURS:
                ratios = [_ratio(each, name) if each else "" for each in times.values()]
                lines.append([f"time of {OURS} / {name}", *ratios])
    return table(("rows a second", *(f"{size:,} rows" for size in sizes)), lines)


def growth(found: Found, engines: Sequence[str]) -> str:
    """A table: what ours costs before the first row, and a row; the line through the smallest and the largest size."""
    lines = []
    for engine in (each for each in engines if each != "others"):
        sizes = [size for size, sides in found.items() if engine in sides]
        few, many = min(sizes), max(sizes)
        if few < many:
            less, more = (min(found[size][engine][OURS].rounds) for size in (few, many))
            a_row = (more - less) / (many - few)
            lines.append([ENGINES[engine][0], f"{max(0.0, less - a_row * few):.2f} s", f"{a_row * 1e6:.2f} µs"])
    return table((f"{OURS}, on {os.cpu_count()} cores", "before the first row", "a row"), lines)


def _measured(pack: Pack, engine: str, frame: pl.DataFrame) -> Mapping[str, Times]:
    # in one piece: columns in pieces that do not meet cost every side a copy
    size = frame.height
    say(f"{size:,} rows on {engine}")
    if engine == "others":
        frame = frame.filter(in_polars.in_memory(frame).get_column("outcome") != "invalid").rechunk()
    sides = {name: run for name, (run, _) in ENGINES[engine][1](pack, frame).items()}
    found = interleaved(sides, batch=frame.height, rounds=ROUNDS.get(size, 5))
    del sides
    gc.collect()
    return found


def _rate(times: Times | None) -> str:
    """By the best round: on a shared machine the others say more of the neighbours."""
    return "" if times is None else f"{times.batch / min(times.rounds):,.0f}"


def _ratio(times: Mapping[str, Times], name: str) -> str:
    return f"**{ratio(times[OURS], times[name]):.2f}**" if name in times else ""


def files(sizes: Sequence[int], engines: Sequence[str], most: int) -> str:
    """A table: Parquet to Parquet, each time in a process of its own, with its start and its peak of memory."""
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            source, target = Path(folder) / "people.parquet", Path(folder) / "decided.parquet"
            pl.scan_parquet(_people(most)).head(size).sink_parquet(source, row_group_size=1 << 16)
            commands = _commands(source, target, engines)
            runs: dict[str, list[tuple[float, int]]] = {name: [] for name in commands}
            for number in range(FILE_ROUNDS):
                names = [*commands][number % len(commands) :] + [*commands][: number % len(commands)]
                for name in names:
                    say(f"{size:,} rows, {name}, round {number + 1}")
                    runs[name].append(_run(commands[name]))
            lines += [_file_line(size, name, each, runs.get(OURS_FILE)) for name, each in runs.items()]
    head = (
        "Parquet to Parquet",
        "rows",
        "seconds",
        "rows a second",
        "peak of memory",
        f"time of {OURS_FILE} / this",
    )
    return table(head, lines)


OURS_FILE = "`vedligehold decide-many`"


def _commands(source: Path, target: Path, engines: Sequence[str]) -> dict[str, list[str]]:
    hand = {"polars": ("Polars", "in_polars"), "duckdb": ("DuckDB", "in_duckdb")}
    sides = {f"{name}, by hand": module for engine, (name, module) in hand.items() if engine in engines}
    sides["a copy (Polars, streaming)"] = "limits"
    sides["reading alone (Polars, streaming)"] = "reading"
    found = {name: ["-m", "by_hand", module, str(source), str(target)] for name, module in sides.items()}
    ours = ["-m", "vedligehold", "decide-many", str(source), "-o", str(target), "--pack", NAME, "--on", str(ON)]
    return {**({OURS_FILE: ours} if _has_command() else {}), **found}


def _has_command() -> bool:
    asked = [sys.executable, "-m", "vedligehold", "decide-many", "--help"]
    return subprocess.run(asked, capture_output=True, check=False, env=_environment()).returncode == 0


def _environment() -> dict[str, str]:
    # that of whoever has run it before
    compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**compiled, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "benchmarks")])}


WATCHED = """
import resource, subprocess, sys, time
start = time.perf_counter()
code = subprocess.run(sys.argv[1:], stderr=subprocess.DEVNULL).returncode
print(code, time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""A small process that runs another: one begun by a large one would be told to have been as large."""


def _run(arguments: list[str]) -> tuple[float, int]:
    """The seconds of a process, and its peak of memory in bytes."""
    target = Path(arguments[arguments.index("-o") + 1] if "-o" in arguments else arguments[-1])
    target.unlink(missing_ok=True)
    watch = [sys.executable, "-I", "-S", "-c", WATCHED, sys.executable, *arguments]
    *_, code, seconds, most = subprocess.run(
        watch, stdout=subprocess.PIPE, env=_environment(), text=True, check=True
    ).stdout.split()
    if code != "0":
        raise SystemExit(f"{' '.join(arguments)} ended with {code}")
    return float(seconds), int(most) * 1024


def _file_line(size: int, name: str, runs: list[tuple[float, int]], ours: list[tuple[float, int]] | None) -> list[str]:
    seconds, most = min(each for each, _ in runs), max(each for _, each in runs)
    beside = "" if ours is None or ours is runs else f"**{_times(ours, size, runs):.2f}**"
    return [name, f"{size:,}", f"{seconds:.1f}", f"{size / seconds:,.0f}", f"{most / 1e6:,.0f} MB", beside]


def _times(ours: list[tuple[float, int]], size: int, theirs: list[tuple[float, int]]) -> float:
    return ratio(*(Times(tuple(seconds for seconds, _ in each), size) for each in (ours, theirs)))


def figures(
    engines: Sequence[str] | None = None, sizes: Sequence[int] = SIZES, file_sizes: Sequence[int] = FILES
) -> dict[str, str]:
    """What docs/performance.md says of many cases."""
    engines = [each for each in ENGINES if each != "spark" or has_spark()] if engines is None else engines
    pack = load_pack(NAME)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        most = max([*sizes, *file_sizes])
        of_files = files(file_sizes, engines, most) if file_sizes else ""
        found = in_memory(pack, engines, sizes, most) if engines and sizes else {}
        return {
            "population": rates(found, engines) if found else "",
            "population_growth": growth(found, engines) if found else "",
            "population_files": of_files,
            "population_checked": f"{CHECKED:,}",
            "population_wrong": f"{WRONG:.1%}",
        }


def has_spark() -> bool:
    """Whether Spark and a Java are here."""
    from importlib.util import find_spec
    from shutil import which

    return find_spec("pyspark") is not None and ("JAVA_HOME" in os.environ or which("java") is not None)


def main(words: Sequence[str] | None = None) -> None:
    """Measure, and show the tables; the page is written by `make bench`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    every = [*ENGINES, "files"]
    parser.add_argument("--only", nargs="+", choices=every, default=every, help="just these sections")
    parser.add_argument("--rows", nargs="+", type=int, help="the sizes")
    parser.add_argument("--write", action="store_true", help="write the part of the page")
    said: Any = parser.parse_args(words)
    if said.write:
        write_section(HEADING, figures())
        return
    engines = [each for each in ENGINES if each in said.only and (each != "spark" or has_spark())]
    files_of = engines or ["polars", "duckdb"]
    pack = load_pack(NAME)
    warnings.simplefilter("ignore")
    if engines:
        found = in_memory(pack, engines, said.rows or SIZES, max(said.rows or SIZES))
        print(rates(found, engines), growth(found, engines), sep="\n\n", end="\n\n", flush=True)
    if "files" in said.only:
        print(files(said.rows or FILES, files_of, max(said.rows or FILES)), flush=True)


if __name__ == "__main__":
    main()
