"""Timing that can be trusted on a busy machine: sides warmed up, interleaved, compared within each round."""

import gc
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

Side = Callable[[], object]
"""Does one round of work on a batch, whatever the batch is."""


@dataclass(frozen=True)
class Times:
    """The seconds of each round, for one side."""

    rounds: tuple[float, ...]
    batch: int

    @property
    def micros(self) -> float:
        """Microseconds of one piece of work: the median of the rounds."""
        return statistics.median(self.rounds) / self.batch * 1e6


def interleaved(
    sides: Mapping[str, Side], *, batch: int, rounds: int, fresh: Callable[[], None] | None = None
) -> dict[str, Times]:
    """The times of every side; they take turns, another one first in each round, and *fresh* runs before, untimed."""
    names = list(sides)
    found: dict[str, list[float]] = {name: [] for name in names}
    for name in names:
        if fresh is not None:
            fresh()
        sides[name]()
    gc.collect()
    gc.disable()
    try:
        for number in range(rounds):
            for name in names[number % len(names) :] + names[: number % len(names)]:
                if fresh is not None:
                    fresh()
                start = time.perf_counter()
                sides[name]()
                found[name].append(time.perf_counter() - start)
            gc.collect()
    finally:
        gc.enable()
    return {name: Times(tuple(times), batch) for name, times in found.items()}


def ratio(one: Times, other: Times) -> float:
    """How many times as long *one* took as *other*: the median of the rounds' own ratios."""
    return statistics.median(mine / theirs for mine, theirs in zip(one.rounds, other.rounds, strict=True))


def machine() -> str:
    """The processor and its cores, the system, and the version of Python."""
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return f"{_processor()}, {os.cpu_count()} cores, {system}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "unknown processor"


def versions(names: Iterable[str]) -> str:
    """The installed versions of distributions."""
    return ", ".join(f"{name} {version(name)}" for name in names)


def say(text: str) -> None:
    """Progress, for a person who waits."""
    if sys.stderr.isatty():
        print(text, file=sys.stderr)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown; every column but the first stands to the right."""
    lines = ["| " + " | ".join(head) + " |", "|---|" + "--:|" * (len(head) - 1)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)
