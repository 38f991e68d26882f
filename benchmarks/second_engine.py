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

from cases import drawn, first
from measure import say, table
from packs import write_pack
from page import write_section

from vedligehold import Case, Pack, decide, load_pack
from vedligehold.facts import STANDARD_FACTS, FactType
from vedligehold.known import known_values
from vedligehold.prepared import prepared
from vedligehold.second_opinion import rules_of

HEADING = "## A second engine"
DAY = date(2017, 5, 10)
SIZES = (8, 40, 100)
FACTS = [fact.name for fact in STANDARD_FACTS if fact.type is FactType.BOOL and not fact.known]
CASES = 500
ROUNDS = 8
SIDES = ("own", "own, an answer not had before", "both", "`durable_rules` alone")


def second_engine() -> str:
    """A table: microseconds of a decision."""
    with tempfile.TemporaryDirectory() as folder:
        head = ("requirements", *(name for side in SIDES for name in (f"{side}: p50", "p99")), "both : own, p50")
        return table(head, [_measured(Path(folder), number) for number in SIZES])


def _measured(rules: Path, number: int) -> list[str]:
    say(f"the second engine, {number} requirements")
    pack, other = (_pack(rules, number) for _ in range(2))
    policy = pack.at(DAY)
    cases = _cases()
    values = [known_values(policy, case, DAY) for case in cases]
    engine = rules_of(policy)
    calls: tuple[Callable[[int], object], ...] = (
        lambda place: first(decide(pack, cases[place], on=DAY)),
        lambda place: first(decide(other, cases[place], on=DAY)),
        lambda place: first(decide(pack, cases[place], on=DAY, engine="durable")),
        lambda place: engine.said_of(values[place]),
    )
    sides = dict(zip(SIDES, calls, strict=True))
    times: dict[str, list[int]] = {name: [] for name in sides}
    for once in range(1 + ROUNDS):
        cases[:] = _cases()  # so that nothing is found that was worked out in the round before
        gc.collect()
        gc.disable()
        for place in range(CASES):
            prepared(other.at(DAY)).forget()
            for name, side in sides.items():
                start = time.perf_counter_ns()
                side(place)
                if once:  # the first round warms up
                    times[name].append(time.perf_counter_ns() - start)
        gc.enable()
    figures = [f"{micros:,.0f}" for name in sides for micros in _percentiles(times[name])]
    ratios = [both / own for both, own in zip(times[SIDES[2]], times[SIDES[0]], strict=True)]
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
    write_pack(rules, pack=name, requirements=requirements)
    return load_pack(name, rules=rules)


def _cases() -> list[Case]:
    return [Case.model_validate(each) for each in drawn(CASES, DAY)]


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
