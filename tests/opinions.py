"""Cases decided by two engines: `durable_rules` beside the reference, from several threads at once.

`make agree` decides 200,000 of them; it is `python -m opinions`, with `tests` on the path.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from resource import RUSAGE_SELF, getrusage
from threading import Lock

from tables import packs_for_tables, table

from vedligehold import Case, CaseError, Pack, VedligeholdError, load_pack
from vedligehold.pack import Policy
from vedligehold.prepared import prepared
from vedligehold.second_opinion import decided_twice, rules_of
from vedligehold.table.row import Rows
from vedligehold.table.stretches import stretches

REAL = ("rebild", "sundhed-og-traening")
MOST_PACKS = 50
MOST_GROWTH = 1.1
"""How much more memory three times as many cases may take."""


@dataclass
class Told:
    """What came of it: cases, outcomes, what the engine does not safely compare, and what the two did not agree on."""

    cases: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)


def packs(most: int = MOST_PACKS) -> tuple[list[Pack], Counter[str]]:
    """The real packs and up to *most* generated ones that the engine can safely hold; and why others are not held."""
    found = [load_pack(name) for name in REAL]
    refused: Counter[str] = Counter()
    for pack in packs_for_tables(2 * most):
        if len(found) == most + len(REAL):
            break
        try:
            for stretch in stretches(pack, None):
                rules_of(stretch.policy)
        except VedligeholdError as error:
            refused.update(problem.message for problem in error.problems)
        else:
            found.append(pack)
    return found, refused


def cases(pack: Pack, seed: int, rows: int) -> Iterator[tuple[Case, date]]:
    """The rows of a drawn table that are cases, with the day of the decision."""
    drawn = table(pack, seed, rows)
    read = Rows(pack, list(drawn.columns), drawn.on)
    for number in range(rows):
        row = drawn.row(number)
        day = drawn.on if isinstance(drawn.on, date) else row[drawn.on]
        if type(day) is date and pack.in_force(day):
            with suppress(CaseError):
                yield read.case(row), day


def compare(pack: Pack, seed: int, rows: int, told: Told) -> None:
    """Decide the cases of a table twice."""
    policies: set[Policy] = set()
    for case, day in cases(pack, seed, rows):
        policies.add(pack.at(day))
        try:
            outcome = str(decided_twice(pack.at(day), case, day).outcome)
        except CaseError:
            continue
        except VedligeholdError as error:
            code = error.problems[0].code
            with told.lock:
                if code == "engine-limit":
                    told.refused[error.problems[0].message] += 1
                else:
                    told.differences.append(f"seed {seed}, {pack.id}: {error}")
            continue
        with told.lock:
            told.cases += 1
            told.outcomes[outcome] += 1
    for policy in policies:
        prepared(policy).forget()  # else what is seen of the memory is how its tables fill


def compared(held: Sequence[Pack], wanted: int, threads: int, rows: int = 200, first: int = 0) -> Told:
    """Decide *wanted* cases and a few more on *threads* threads, of which each begins with another pack."""
    told, shown = Told(), time.monotonic()
    with ThreadPoolExecutor(threads) as pool:
        seed = first
        while told.cases < wanted:
            batch = range(seed, seed + 4 * threads)
            list(pool.map(lambda each: compare(held[each % len(held)], each, rows, told), batch))
            seed = batch.stop
            if sys.stdout.isatty() or time.monotonic() - shown > 30:
                shown = time.monotonic()
                print(f"{told.cases:,} cases, {len(told.differences)} differences, {memory():,.0f} MB", flush=True)
    return told


def memory() -> float:
    """The most that the process has taken so far, in MB."""
    return getrusage(RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    """Decide cases, and print how many differ; 1 if any do, or if memory grows with the cases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=200_000)
    parser.add_argument("--threads", type=int, default=8)
    given = parser.parse_args()
    held, refused = packs()
    print(f"{len(held)} packs are held; of others it was said: {dict(refused) or 'nothing'}", flush=True)
    warm = compared(held, given.cases // 4, given.threads)
    before = memory()
    told = compared(held, given.cases - warm.cases, given.threads, first=1_000_000)
    after = memory()
    differences = [*warm.differences, *told.differences]
    print(*differences[:20], sep="\n", end="\n" if differences else "")
    print(f"{warm.cases + told.cases:,} cases, {len(differences)} differences")
    print(f"outcomes: {dict((warm.outcomes + told.outcomes).most_common())}")
    print(f"not safely compared: {dict(warm.refused + told.refused) or 'nothing'}")
    print(f"memory at most: {before:,.0f} MB after {warm.cases:,} cases, {after:,.0f} MB after all")
    return 1 if differences or after > MOST_GROWTH * before else 0


if __name__ == "__main__":
    sys.exit(main())
