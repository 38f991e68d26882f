"""`make bench`: measure beside named peers in one run, and write what was found into docs/performance.md."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import bare_models
import zen
from cases import UNKNOWN, drawn, first
from growth import folders, requirements
from measure import Side, Times, interleaved, machine, ratio, say, table, versions
from page import PAGE, ROOT, TEMPLATE
from peers import RESULTS, holidays_workdays, numpy_workdays, zen_expression, zen_facts, zen_graph

from vedligehold import Case, Pack, WorkdayCalendar, decide, load_pack
from vedligehold.known import known_values
from vedligehold.prepared import prepared

STANDARDS = (("rebild", date(2010, 5, 3)), ("sundhed-og-traening", date(2017, 5, 10)))
CASES = 1000
ROUNDS = 41
PACKAGES = (
    "vedligehold",
    "pydantic",
    "zen-engine",
    "numpy",
    "holidays",
    "openfisca-core",
    "polars",
    "duckdb",
    "durable-rules",
)
NEVER_LOADED = ("typer", "rich", "holidays", "yaml", "narwhals")


def one_case(name: str, on: date) -> list[list[str]]:
    """A validated case, beside zen-engine's compiled expression and its decision graph."""
    say(f"deciding under {name}")
    pack = load_pack(name)
    policy = pack.at(on)
    raw = drawn(CASES, on)
    flat = [zen_facts(policy, known_values(policy, Case.model_validate(each), on)) for each in raw]
    read = [{fact: value for fact, value in facts.items() if fact in policy.reads} for facts in flat]
    expression = zen.compile_expression(zen_expression(policy.requirements))
    graph = zen_graph(policy.requirements)
    same_answers(pack, on, [Case.model_validate(each) for each in raw], [expression.evaluate(facts) for facts in flat])
    cases: list[Case] = []

    def refresh() -> None:  # so that nothing is found that was worked out in the round before
        cases[:] = [Case.model_validate(each) for each in raw]

    def with_dates() -> None:
        for case in cases:
            decision = decide(pack, case, on=on)
            first(decision)
            [deadline.due_on for deadline in decision.deadlines]

    few = CASES // 20

    def anew() -> None:
        for case in cases[:few]:
            prepared(policy).forget()
            first(decide(pack, case, on=on))

    times = interleaved(
        {
            "ours": lambda: [first(decide(pack, case, on=on)) for case in cases],
            "dates": with_dates,
            "expression": lambda: [expression.evaluate(facts) for facts in flat],
            "read": lambda: [expression.evaluate(facts) for facts in read],
            "bare": lambda: [bare_models.Case.model_validate(each) for each in raw],
            "dict": lambda: [first(decide(pack, Case.model_validate(each), on=on)) for each in raw],
        },
        batch=CASES,
        rounds=ROUNDS,
        fresh=refresh,
    )
    whole = interleaved(
        {
            "ours": lambda: [decide(pack, case, on=on).model_dump() for case in cases[:few]],
            "anew": anew,
            "graph": lambda: [graph(facts) for facts in flat[:few]],
        },
        batch=few,
        rounds=ROUNDS,
        fresh=refresh,
    )
    bare_and_ours = [one + other for one, other in zip(times["bare"].rounds, times["ours"].rounds, strict=True)]
    ours, said, zen_says = times["ours"], times["expression"], "zen-engine, compiled expression"
    bare_and_row_1 = Times(tuple(bare_and_ours), CASES)
    return [
        row(f"`{name}`: decide; read outcome, partial, because, missing, results", ours, zen_says, said, "at most 1"),
        row(f"`{name}`: the same; zen gets just the facts that are read", ours, zen_says, times["read"], ""),
        row(
            f"`{name}`: the same, where no case before had this answer",
            whole["anew"],
            "zen-engine, decision graph",
            whole["graph"],
            "",
        ),
        row(f"`{name}`: the same, and every due date", times["dates"], zen_says, said, "at most 1.5"),
        row(f"`{name}`: from a plain dict", times["dict"], "pydantic, bare + row 1", bare_and_row_1, "at most 2"),
        row(f"`{name}`: the whole decision", whole["ours"], "zen-engine, decision graph", whole["graph"], ""),
    ]


def row(what: str, ours: Times, peer: str, theirs: Times, wanted: str) -> list[str]:
    """One line of the table."""
    return [what, _figure(ours.micros), peer, _figure(theirs.micros), f"**{ratio(ours, theirs):.2f}**", wanted]


def _figure(micros: float) -> str:
    return f"{micros:.2f}" if micros < 100 else f"{micros:,.0f}"


def same_answers(pack: Pack, on: date, cases: list[Case], theirs: list[Any]) -> None:
    """A peer that answers otherwise is no peer."""
    for case, result in zip(cases, theirs, strict=True):
        mine = list(decide(pack, case, on=on).results.values())
        if mine != [RESULTS[int(each)] for each in result]:
            raise SystemExit(f"zen-engine answers otherwise: {mine} and {result}")


def workdays() -> list[list[str]]:
    """Adding workdays, a date in and a date out on every side."""
    say("adding workdays")
    first_day, last_day = date(2005, 1, 1), date(2030, 12, 31)
    calendar = WorkdayCalendar()
    sides = {
        "ours": calendar.add_workdays,
        "numpy.busday_offset": numpy_workdays(calendar, first_day, last_day),
        "holidays, its own function": holidays_workdays(first_day, last_day),
    }
    work = [(date(2006, 1, 1) + timedelta(days=17 * number % 8000), 1 + number % 15) for number in range(CASES)]
    for name, add in sides.items():
        if [add(*each) for each in work] != [calendar.add_workdays(*each) for each in work]:
            raise SystemExit(f"{name} counts otherwise")

    def counting(add: Callable[[date, int], date]) -> Side:
        return lambda: [add(day, number) for day, number in work]

    times = interleaved({name: counting(add) for name, add in sides.items()}, batch=CASES, rounds=ROUNDS)
    wanted = {"numpy.busday_offset": "at most 1/7 = 0.14", "holidays, its own function": "at most 1/10 = 0.10"}
    return [row("add workdays to a date", times["ours"], name, times[name], limit) for name, limit in wanted.items()]


def importing() -> list[list[str]]:
    """The import of the library, beside that of pydantic with models of the same fields."""
    say("importing")
    sides = {"ours": "import vedligehold", "models": "import bare_models"}
    found: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, code in sides.items():
            timed = f"import time; start = time.process_time(); {code}; print(time.process_time() - start)"
            found[name].append(float(child(timed)))
    times = {name: Times(tuple(seconds), 1) for name, seconds in found.items()}
    return [row("import", times["ours"], "pydantic, models of the same fields", times["models"], "at most 1.5")]


def loaded() -> str:
    """Which of the heavy libraries the import loads."""
    modules = json.loads(child("import vedligehold, sys, json; print(json.dumps(sorted(sys.modules)))"))
    return ", ".join(name for name in NEVER_LOADED if name in modules) or "none"


def child(code: str) -> str:
    """What a fresh Python prints."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "benchmarks")])}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    return done.stdout.strip()


def command_line() -> list[list[str]]:
    """One case at the command line, beside starting Python and doing nothing."""
    say("the command line")
    decides = ["-m", "vedligehold", "decide", "examples/rebild-case.json", "--pack", "rebild", "--on", "2010-05-03"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}

    def running(arguments: list[str]) -> Side:
        def run() -> None:
            subprocess.run([sys.executable, *arguments], capture_output=True, check=True, cwd=ROOT, env=environment)

        return run

    times = interleaved({"ours": running(decides), "python": running(["-c", "pass"])}, batch=1, rounds=ROUNDS // 4)
    return [
        row("`vedligehold decide` of one case, cold", times["ours"], "Python that does nothing", times["python"], "")
    ]


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
    beside = [line for name, on in STANDARDS for line in one_case(name, on)]
    beside += [*workdays(), *importing(), *command_line()]
    before, after = memory()
    decisions, wrong = threads()
    # not before the memory is measured: it loads a test runner and a second engine
    import many_cases
    import policy_tests
    import second_engine

    suite, suite_cases = policy_tests.policy_tests()
    figures: Mapping[str, str] = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine(),
        "versions": versions(PACKAGES),
        "rounds": str(ROUNDS),
        "cases": f"{CASES:,}",
        "unknown": f"{UNKNOWN:.0%}",
        "beside": table(HEAD, beside),
        "requirements": requirements(),
        "folders": folders(),
        "suite": table(policy_tests.HEAD, suite),
        "suite_cases": suite_cases,
        "wrong_rules": policy_tests.wrong_rules(),
        "suite_rounds": str(policy_tests.ROUNDS),
        "memory": f"{before:.1f} MB after 100,000 decisions, {after:.1f} MB after 1,000,000",
        "threads": f"{decisions:,} decisions by 8 threads on one pack, {wrong} wrong",
        "loaded": loaded(),
        "second_engine": second_engine.second_engine(),
        **many_cases.figures(),
    }
    page = TEMPLATE.read_text(encoding="utf-8")
    for name, text in figures.items():
        page = page.replace("{" + name + "}", text)
    PAGE.write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
