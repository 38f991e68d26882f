"""`make bench`: measure beside named peers in one run, and write what was found into docs/performance.md."""

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import bare_models
import zen
from cases import UNKNOWN, drawn
from measure import Times, interleaved, machine, ratio, say, table, versions
from packs import pack_data
from peers import RESULTS, holidays_workdays, numpy_workdays, zen_expression, zen_facts, zen_graph

from vedligehold import Case, Decision, Pack, WorkdayCalendar, decide, load_pack, packs
from vedligehold.known import known_values

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "performance.md"
STANDARDS = (("rebild", date(2010, 5, 3)), ("sundhed-og-traening", date(2017, 5, 10)))
CASES = 1000
ROUNDS = 41
NEVER_LOADED = ("typer", "rich", "holidays", "yaml", "narwhals")


def first(decision: Decision) -> object:
    """What is read of a decision first."""
    return decision.outcome, decision.partial, decision.because, decision.missing, decision.results


def one_case(rows: list[list[str]]) -> None:
    """A validated case, beside zen-engine's compiled expression and its decision graph."""
    for name, on in STANDARDS:
        say(f"deciding under {name}")
        pack = load_pack(name)
        requirements = pack.at(on).requirements
        raw = drawn(CASES, on)
        checked = [Case.model_validate(each) for each in raw]
        known = [known_values(pack.at(on), case, on) for case in checked]
        flat = [zen_facts(pack, on, values) for values in known]
        read = pack.at(on).reads
        needed = [{name: value for name, value in facts.items() if name in read} for facts in flat]
        compiled = zen.compile_expression(zen_expression(requirements))
        graph = zen_graph(requirements)
        same_answers(pack, on, checked, [compiled.evaluate(facts) for facts in flat])
        fresh: list[Case] = []

        def refresh(fresh: list[Case] = fresh, raw: list[dict[str, Any]] = raw) -> None:
            fresh[:] = [Case.model_validate(each) for each in raw]

        def ours(pack: Pack = pack, on: date = on, fresh: list[Case] = fresh) -> None:
            for case in fresh:
                first(decide(pack, case, on=on))

        def with_dates(pack: Pack = pack, on: date = on, fresh: list[Case] = fresh) -> None:
            for case in fresh:
                decision = decide(pack, case, on=on)
                first(decision)
                for deadline in decision.deadlines:
                    deadline.due_on  # noqa: B018

        def expression(compiled: Any = compiled, flat: list[dict[str, Any]] = flat) -> None:
            for facts in flat:
                compiled.evaluate(facts)

        def expression_read(compiled: Any = compiled, needed: list[dict[str, Any]] = needed) -> None:
            for facts in needed:
                compiled.evaluate(facts)

        def validated_bare(raw: list[dict[str, Any]] = raw) -> None:
            for each in raw:
                bare_models.Case.model_validate(each)

        def from_dict(pack: Pack = pack, on: date = on, raw: list[dict[str, Any]] = raw) -> None:
            for each in raw:
                first(decide(pack, Case.model_validate(each), on=on))

        times = interleaved(
            {
                "ours": ours,
                "dates": with_dates,
                "expression": expression,
                "read": expression_read,
                "bare": validated_bare,
                "dict": from_dict,
            },
            batch=CASES,
            rounds=ROUNDS,
            fresh=refresh,
        )
        few = CASES // 20

        def dumped(pack: Pack = pack, on: date = on, fresh: list[Case] = fresh) -> None:
            for case in fresh[:few]:
                decide(pack, case, on=on).model_dump()

        def graphed(graph: Any = graph, flat: list[dict[str, Any]] = flat) -> None:
            for facts in flat[:few]:
                graph(facts)

        slow = interleaved({"dump": dumped, "graph": graphed}, batch=few, rounds=ROUNDS, fresh=refresh)
        both = Times(tuple(map(sum, zip(times["bare"].rounds, times["ours"].rounds, strict=True))), CASES)
        short = "sundhed" if name.startswith("sundhed") else name
        rows += [
            row(
                f"{short}: decide; outcome, partial, because, missing, results",
                times["ours"],
                "zen expression",
                times["expression"],
                "at most 1",
            ),
            row(
                f"{short}: the same, zen given only the facts that the pack reads",
                times["ours"],
                "zen expression",
                times["read"],
                "reported",
            ),
            row(f"{short}: and every due date", times["dates"], "zen expression", times["expression"], "at most 1.5"),
            row(
                f"{short}: the whole decision as plain data",
                slow["dump"],
                "zen decision graph",
                slow["graph"],
                "reported",
            ),
            row(f"{short}: from a plain dict", times["dict"], "bare pydantic + the first row", both, "at most 2"),
        ]


def row(what: str, ours: Times, peer: str, theirs: Times, wanted: str) -> list[str]:
    """One line of the table."""
    return [what, f"{ours.micros:.2f}", peer, f"{theirs.micros:.2f}", f"{ratio(ours, theirs):.2f}", wanted]


def same_answers(pack: Pack, on: date, cases: list[Case], theirs: list[Any]) -> None:
    """A peer that answers otherwise is no peer."""
    for case, result in zip(cases, theirs, strict=True):
        mine = list(decide(pack, case, on=on).results.values())
        if mine != [RESULTS[int(each)] for each in result]:
            raise SystemExit(f"zen-engine answers otherwise: {mine} and {result}")


def workdays(rows: list[list[str]]) -> None:
    """Adding workdays, a date in and a date out on every side."""
    say("adding workdays")
    first_day, last_day = date(2005, 1, 1), date(2030, 12, 31)
    calendar = WorkdayCalendar()
    sides = {
        "ours": calendar.add_workdays,
        "numpy": numpy_workdays(calendar, first_day, last_day),
        "holidays": holidays_workdays(first_day, last_day),
    }
    work = [(date(2006, 1, 1) + timedelta(days=17 * number % 8000), 1 + number % 15) for number in range(CASES)]
    answers = {name: [add(day, number) for day, number in work] for name, add in sides.items()}
    for name, found in answers.items():
        if found != answers["ours"]:
            raise SystemExit(f"{name} counts otherwise")

    def counting(add: Callable[[date, int], date]) -> Callable[[], None]:
        def count() -> None:
            for day, number in work:
                add(day, number)

        return count

    times = interleaved({name: counting(add) for name, add in sides.items()}, batch=CASES, rounds=ROUNDS)
    for name, wanted in (("numpy", "at least 7 times faster"), ("holidays", "at least 10 times faster")):
        rows.append(
            row(
                "add workdays to a date",
                times["ours"],
                {"numpy": "numpy.busday_offset", "holidays": "the holidays package"}[name],
                times[name],
                wanted,
            )
        )


def importing(rows: list[list[str]]) -> list[str]:
    """The import of the library, beside that of pydantic with models of the same fields; what it must not load."""
    say("importing")
    sides = {"ours": "import vedligehold", "models": "import bare_models", "pydantic": "from pydantic import BaseModel"}
    found: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, code in sides.items():
            found[name].append(
                float(child(f"import time; s = time.process_time(); {code}; print(time.process_time() - s)"))
            )
    times = {name: Times(tuple(seconds), 1) for name, seconds in found.items()}
    rows.append(
        row(
            "import (processor time)",
            times["ours"],
            "pydantic and models of the same fields",
            times["models"],
            "at most 1.5",
        )
    )
    loaded = json.loads(child("import vedligehold, sys, json; print(json.dumps(sorted(sys.modules)))"))
    return [name for name in NEVER_LOADED if name in loaded]


def child(code: str) -> str:
    """What a fresh Python prints."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "benchmarks")])}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    return done.stdout.strip()


def command_line(rows: list[list[str]]) -> None:
    """One case at the command line, beside starting Python and doing nothing."""
    say("the command line")
    decides = "from vedligehold.cli import app; app(['decide', 'examples/rebild-case.json', '--pack', 'rebild', '--on', '2010-05-03'], standalone_mode=False)"
    sides = {"ours": [sys.executable, "-c", decides], "python": [sys.executable, "-c", "pass"]}
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}

    def running(command: list[str]) -> Callable[[], None]:
        return lambda: subprocess.run(command, capture_output=True, check=True, cwd=ROOT, env=environment) and None

    times = interleaved({name: running(command) for name, command in sides.items()}, batch=1, rounds=ROUNDS // 4)
    rows.append(
        row(
            "`vedligehold decide` of one case, from a cold start",
            times["ours"],
            "Python that does nothing",
            times["python"],
            "reported",
        )
    )


FACTS = "chronic_condition needs_maintenance needs_therapist_support can_self_train receives_free_physiotherapy".split()


def made_pack(rules: Path, name: str, requirements: int) -> None:
    """A pack of that many requirements, each on two facts."""
    pairs = [(FACTS[place % 5], FACTS[(place // 5 + place + 1) % 5]) for place in range(requirements)]
    written = pack_data(
        pack=name,
        requirements=[
            {
                "id": f"r{place}",
                "kind": "discretionary",
                "require": {"any": [one, {"not": other}] if one != other else [one, "special_social_problems"]},
            }
            for place, (one, other) in enumerate(pairs)
        ],
    )
    path = rules / name / f"{written['valid_from']}.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(written), encoding="utf-8")


def growth() -> list[list[str]]:
    """What a case costs where a pack has more requirements, and loading where a folder has more packs."""
    rows: list[list[str]] = []
    on = date(2017, 5, 10)
    raw = drawn(200, on)
    with tempfile.TemporaryDirectory() as folder:
        for number in (10, 100, 1000):
            say(f"{number} requirements")
            rules = Path(folder) / f"of-{number}"
            made_pack(rules, "grown", number)
            pack = load_pack("grown", rules=rules)
            cases = [Case.model_validate(each) for each in raw]

            def quick(pack: Pack = pack, cases: list[Case] = cases) -> None:
                for case in cases:
                    first(decide(pack, case, on=on))

            def whole(pack: Pack = pack, cases: list[Case] = cases) -> None:
                for case in cases[:10]:
                    decide(pack, case, on=on).model_dump()

            def load(rules: Path = rules) -> None:
                load_pack("grown", rules=rules)

            times = [
                interleaved({"it": side}, batch=batch, rounds=rounds)["it"].micros
                for side, batch, rounds in ((quick, 200, 15), (whole, 10, 5), (load, 1, 5))
            ]
            rows.append(
                [
                    f"{number} requirements",
                    *(f"{each:,.1f}" for each in times),
                    *(f"{each / number:,.2f}" for each in times),
                ]
            )
    return rows


def folders() -> list[list[str]]:
    """Loading one pack by its id, and all of them, where the folder has more packs."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for number in (10, 100):
            say(f"{number} packs")
            rules = Path(folder) / f"of-{number}"
            for place in range(number):
                made_pack(rules, f"pack-{place}", 5)
            one = interleaved({"it": lambda rules=rules: load_pack("pack-7", rules=rules)}, batch=1, rounds=7)[
                "it"
            ].micros
            every = interleaved({"it": lambda rules=rules: packs(rules)}, batch=1, rounds=3)["it"].micros
            rows.append(
                [f"{number} packs", f"{one / 1000:,.1f}", f"{every / 1000:,.1f}", f"{every / 1000 / number:,.2f}"]
            )
    return rows


def memory() -> tuple[float, float]:
    """Megabytes in use after a hundred thousand and after a million decisions, each of another case."""
    say("a million decisions")
    name, on = STANDARDS[0]
    pack = load_pack(name)
    raw = drawn(10_000, on)
    used = []
    for number in range(100):
        day = on + timedelta(days=number)
        for each in raw:
            first(decide(pack, Case.model_validate(each), on=day))
        if number in (9, 99):
            used.append(resident())
    return used[0], used[1]


def resident() -> float:
    """Megabytes of memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def threads() -> tuple[int, int]:
    """How many decisions eight threads made on one pack that was fresh to all of them, and how many were wrong."""
    say("eight threads")
    name, on = STANDARDS[1]
    cases = [Case.model_validate(each) for each in drawn(2000, on)]
    alone = load_pack(name)
    expected = [first(decide(alone, case, on=on)) for case in cases]
    pack = load_pack(name)
    wrong: list[int] = []
    together = threading.Barrier(8)

    def work(offset: int) -> None:
        together.wait()
        for place in range(len(cases)):
            at = (place + offset) % len(cases)
            if first(decide(pack, cases[at], on=on)) != expected[at]:
                wrong.append(at)

    workers = [threading.Thread(target=work, args=(250 * number,)) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return 8 * len(cases), len(wrong)


HEAD = ("", "µs", "beside", "µs", "ratio", "wanted")


def main() -> None:
    """Measure everything, and write the page."""
    rows: list[list[str]] = []
    one_case(rows)
    workdays(rows)
    loaded = importing(rows)
    command_line(rows)
    before, after = memory()
    decisions, wrong = threads()
    figures: Mapping[str, str] = {
        "date": f"{date.today():%Y-%m-%d}",  # noqa: DTZ011 - the day on which it was measured
        "machine": machine(),
        "versions": versions(["vedligehold", "pydantic", "zen-engine", "numpy", "holidays"]),
        "rounds": str(ROUNDS),
        "cases": f"{CASES:,}",
        "unknown": f"{UNKNOWN:.0%}",
        "beside": table(HEAD, rows),
        "growth": table(
            ("", "decide, µs", "whole decision, µs", "load, µs", "decide, each", "whole, each", "load, each"), growth()
        ),
        "folders": table(("", "load one, ms", "all, ms", "all, each"), folders()),
        "memory": f"{before:.1f} MB after 100,000 decisions of different cases on different days, {after:.1f} MB after 1,000,000",
        "threads": f"{decisions:,} decisions by 8 threads on one pack, {wrong} wrong",
        "loaded": ", ".join(loaded) or "none of them",
    }
    page = (Path(__file__).parent / "performance.md.in").read_text(encoding="utf-8")
    for name, text in figures.items():
        page = page.replace("{" + name + "}", text)
    PAGE.write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
