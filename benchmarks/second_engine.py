"""The own evaluator, and both engines that must agree, on packs of more and more requirements.

`python benchmarks/second_engine.py --write` writes its section of docs/performance.md; `make bench` writes all.
"""

import argparse
import gc
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Any

from cases import UNKNOWN, first
from measure import say, table
from packs import write_pack
from page import write_section

from vedligehold import Case, Pack, decide, load_pack
from vedligehold.known import known_values
from vedligehold.second_opinion import rules_of

HEADING = "## A second engine"
DAY = date(2017, 5, 10)
SIZES = (8, 40, 100)
FACTS = [f"fact_{number}" for number in range(30)]
CASES = 1000
ROUNDS = 5
HEAD = ("requirements", "own, p50", "p99", "both, p50", "p99", "the engine alone, p50", "p99", "both : own, p50")


def second_engine() -> str:
    """A table: microseconds of a decision."""
    with tempfile.TemporaryDirectory() as folder:
        return table(HEAD, [_measured(Path(folder), number) for number in SIZES])


def _measured(rules: Path, number: int) -> list[str]:
    say(f"the second engine, {number} requirements")
    pack = _pack(rules, number)
    policy = pack.at(DAY)
    cases = _cases()
    values = [known_values(policy, case, DAY) for case in cases]
    engine = rules_of(policy)
    sides: dict[str, Callable[[int], object]] = {
        "own": lambda place: first(decide(pack, cases[place], on=DAY)),
        "both": lambda place: first(decide(pack, cases[place], on=DAY, engine="durable")),
        "engine": lambda place: engine.said_of(values[place]),
    }
    times: dict[str, list[int]] = {name: [] for name in sides}
    for once in range(1 + ROUNDS):
        cases[:] = _cases()  # so that nothing is found that was worked out in the round before
        gc.collect()
        gc.disable()
        for place in range(CASES):
            for name, side in sides.items():
                start = time.perf_counter_ns()
                side(place)
                if once:  # the first round warms up
                    times[name].append(time.perf_counter_ns() - start)
        gc.enable()
    figures = [f"{micros:,.0f}" for name in sides for micros in _percentiles(times[name])]
    ratios = [both / own for both, own in zip(times["both"], times["own"], strict=True)]
    return [str(number), *figures, f"**{statistics.median(ratios):,.0f}**"]


def _percentiles(nanoseconds: Sequence[int]) -> tuple[float, float]:
    """The 50th and the 99th, in microseconds."""
    parts = statistics.quantiles(nanoseconds, n=100)
    return parts[49] / 1000, parts[98] / 1000


def _pack(rules: Path, number: int) -> Pack:
    """A pack of that many requirements, each on two facts, and no two alike."""
    pairs = random.Random(1).sample(list(permutations(FACTS, 2)), number)
    requirements = [
        {"id": f"r{place}", "kind": "discretionary", "require": {"any": [one, {"not": other}]}}
        for place, (one, other) in enumerate(pairs)
    ]
    name = f"grown-{number}"
    write_pack(rules, pack=name, facts={fact: {"type": "bool"} for fact in FACTS}, requirements=requirements)
    return load_pack(name, rules=rules)


def _cases() -> list[Case]:
    chance = random.Random(2)
    return [
        Case.model_validate({"facts": {fact: chance.random() < 0.9 for fact in FACTS if chance.random() >= UNKNOWN}})
        for _ in range(CASES)
    ]


def main(words: Sequence[str] | None = None) -> None:
    """Measure, and print the table or write the section."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the section of the page")
    said: Any = parser.parse_args(words)
    found = second_engine()
    if said.write:
        write_section(HEADING, {"second_engine": found})
    print(found)


if __name__ == "__main__":
    main()
