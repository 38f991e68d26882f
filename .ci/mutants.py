"""Do the tests notice when the library is changed? Every mutant is one small change; a test has to fail on it.

The mutants are those of cosmic-ray and the few kinds of `OWN` below. Nothing on the disk is ever changed: a mutant is
given to the import system of a forked process, which then runs the tests of its module and stops at the first failure.
`tests/mutants.toml` says which module is tested by what, which changes are not made and why, and why the mutants that
no test notices are harmless. What has been found stands in `build/mutants.jsonl`: an interrupted run goes on where it
was, and a mutant that survived is tried again as soon as a test or the library has changed.

    python .ci/mutants.py [MODULE...]    all modules, or those whose names are given; JOBS=2 for two at a time

It ends with a table, and fails where less than the wanted share is noticed, or where a survivor has no reason.
"""

import gc
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import resource
import signal
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from time import monotonic
from types import CodeType, ModuleType
from typing import Any

import parso
from cosmic_ray.ast import ast_nodes
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.plugins import get_operator

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "vedligehold"
FOUND = ROOT / "build" / "mutants.jsonl"
SAID = ROOT / "build" / "mutants.log"
"""What pytest said last."""
SETTINGS = tomllib.loads((ROOT / "tests" / "mutants.toml").read_text("utf-8"))
# loaded once and then forked: whatever is slow to import and knows nothing of this library
LIBRARIES = ("dateutil.relativedelta", "holidays", "hypothesis.strategies", "jsonschema", "pydantic", "pytest", "yaml")
MEMORY = 4 << 30
PYTEST = ["-qx", "--assert=plain", *(f"-pno:{plugin}" for plugin in ("cacheprovider", "xdist"))]


# --- the kinds of change that cosmic-ray does not have ---


class Membership(Operator):
    """`in` for `not in`, and back."""

    def mutation_positions(self, node: Any) -> Iterator[Any]:
        if node.parent is not None and node.parent.type == "comparison" and self._words(node) in ("in", "not in"):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, _index: int) -> Any:
        return parso.parse(" not in" if self._words(node) == "in" else " in")

    def _words(self, node: Any) -> str:
        return " ".join(node.get_code().split())

    @classmethod
    def examples(cls) -> tuple[Any, ...]:
        return ()


class ReturnNone(Operator):
    """None in place of what is returned."""

    def mutation_positions(self, node: Any) -> Iterator[Any]:
        if node.type == "return_stmt" and node.children[1].get_code().strip() != "None":
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, _index: int) -> Any:
        node.children[1:] = [parso.parse(" None")]
        return node

    @classmethod
    def examples(cls) -> tuple[Any, ...]:
        return ()


class RemoveStatement(Operator):
    """Nothing in place of a call, a `raise`, a `yield`, or an assignment of what has a value already."""

    def mutation_positions(self, node: Any) -> Iterator[Any]:
        if node.type == "simple_stmt" and self._has_effect(node.children[0]):
            yield node.start_pos, node.end_pos

    def _has_effect(self, node: Any) -> bool:
        if node.type != "expr_stmt":
            return node.type in ("raise_stmt", "yield_expr", "atom_expr")
        target = node.children[0]
        scope = parso.python.tree.search_ancestor(node, "funcdef")
        if target.type != "name" or scope is None:
            return target.type == "atom_expr"
        bound = [param.name.value for param in scope.get_params()]
        assigned = [each for each in ast_nodes(scope) if each.type == "expr_stmt"]
        bound += [name.value for each in assigned for name in each.get_defined_names()]
        return bound.count(target.value) > 1

    def mutate(self, node: Any, _index: int) -> Any:
        node.children[0] = parso.parse(node.get_first_leaf().prefix + "pass")
        return node

    @classmethod
    def examples(cls) -> tuple[Any, ...]:
        return ()


OWN: dict[str, type[Operator]] = {each.__name__: each for each in (Membership, ReturnNone, RemoveStatement)}


# --- which mutants there are ---


@dataclass(frozen=True)
class Mutant:
    """One change: where it stands, the lines before and after, and the whole file with it."""

    key: str
    module: str
    function: str
    line: int
    operator: str
    was: str
    now: str
    source: str


def mutants_of(module: str) -> Iterator[Mutant]:
    """Every mutant of a module that is a program, and another one than the module and the mutants before it."""
    source = path_of(module).read_text("utf-8")
    seen = {digest(compile(source, module, "exec"))}
    for name in SETTINGS["operators"]:
        operator = OWN[name]() if name in OWN else get_operator(f"core/{name}")()
        occurrence = -1
        for node in ast_nodes(parso.parse(source)):
            for _ in operator.mutation_positions(node):
                occurrence += 1
                if is_left_out(node, name):
                    continue
                changed = mutate_code(source, operator, occurrence)
                try:
                    code = compile(changed, module, "exec")
                except SyntaxError:
                    continue
                if (key := digest(code)) not in seen:
                    seen.add(key)
                    was, now = difference(source, changed)
                    line = node.start_pos[0]
                    yield Mutant(f"{module} {key}", module, function_of(node), line, name, was, now, changed)


def is_left_out(node: Any, operator: str) -> bool:
    """Whether a change there says nothing about the tests; the reasons stand in the settings."""
    if operator == "AddNot" and node.type in ("if_stmt", "while_stmt", "test"):
        asked = node.children[2 if node.type == "test" else 1]
        if asked.type in ("comparison", "not_test"):
            return True
    is_frozen = node.parent is not None and node.parent.get_code().strip() == "frozen=True"
    while node is not None:
        parent = node.parent
        if node.type == "decorator" and node.children[1].get_code().split("(")[0].strip() in SETTINGS["decorators"]:
            return not is_frozen
        if node.type == "if_stmt" and node.children[1].get_code().strip() == "TYPE_CHECKING":
            return True
        if node.type == "expr_stmt" and ": TypeAlias =" in node.get_code():
            return True
        if parent is not None:
            is_annotation = (
                (parent.type == "annassign" and node is parent.children[1])
                or (parent.type == "tfpdef" and node is not parent.children[0])
                or (parent.type == "funcdef" and node is parent.annotation)
            )
            if is_annotation:
                return True
        node = parent
    return False


def function_of(node: Any) -> str:
    """The dotted name of the function or class in which a node stands."""
    names = []
    while node is not None:
        if node.type in ("funcdef", "classdef"):
            names.append(node.name.value)
        node = node.parent
    return ".".join(reversed(names))


def difference(source: str, changed: str) -> tuple[str, str]:
    """The lines that differ, each side in one line."""
    before, after = source.splitlines(), changed.splitlines()
    first = next(place for place, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1])
    last = 0
    while before[-1 - last] == after[-1 - last] and last < min(len(before), len(after)) - first:
        last += 1
    cut = [" ".join(" ".join(lines[first : len(lines) - last]).split()) for lines in (before, after)]
    return cut[0], cut[1]


def digest(code: CodeType) -> str:
    """What a program does, whatever it looks like: two spellings of one program have one digest."""

    def plain(value: Any) -> Any:
        if isinstance(value, CodeType):
            code, caught = value.co_code.hex(), value.co_exceptiontable.hex()
            return (value.co_name, code, caught, value.co_names, plain(value.co_consts))
        if isinstance(value, tuple):
            return tuple(map(plain, value))
        return (type(value).__name__, sorted(map(repr, value)) if isinstance(value, frozenset) else repr(value))

    return sha256(repr(plain(code)).encode()).hexdigest()[:16]


def path_of(module: str) -> Path:
    return SOURCE / f"{module}.py"


def name_of(module: str) -> str:
    return "vedligehold." + module.replace("/", ".")


# --- running the tests on one mutant ---


class Loader(importlib.machinery.SourceFileLoader):
    """Loads a module from another text than that on the disk."""

    def __init__(self, name: str, path: Path, source: str) -> None:
        super().__init__(name, str(path))
        self.changed = source

    def get_code(self, _fullname: str) -> CodeType:
        return compile(self.changed, self.path, "exec", dont_inherit=True)


class Finder(importlib.abc.MetaPathFinder):
    """Finds the mutant where its module is imported."""

    def __init__(self, name: str, path: Path, source: str) -> None:
        self.name, self.path, self.source = name, path, source

    def find_spec(self, fullname: str, _path: Any, _target: ModuleType | None = None) -> Any:
        if fullname != self.name:
            return None
        return importlib.util.spec_from_loader(fullname, Loader(fullname, self.path, self.source))


class FirstFailure:
    """Remembers the test that failed first."""

    name = ""

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed and not self.name:
            self.name = report.nodeid

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed and not self.name:
            self.name = f"{report.nodeid} (cannot be imported)"


def run_in_child(module: str, source: str, stages: list[list[str]], seconds: int, answer: int) -> None:
    """Run the tests on a mutant and leave the process: with 0 where every test passed."""
    import pytest

    # counted in time of the processor, so that a busy machine makes no difference; the clock is for what only waits
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.alarm(20 * seconds)
    said = os.open(SAID, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(said, 1)
    os.dup2(said, 2)
    sys.meta_path.insert(0, Finder(name_of(module), path_of(module), source))
    importlib.import_module("vedligehold")
    for name, loaded in [pair for pair in sys.modules.items() if pair[0].startswith("vedligehold.")]:
        inside, _, last = name.rpartition(".")
        if not hasattr(sys.modules[inside], last):  # as importing would have done; `decide` is a function there
            setattr(sys.modules[inside], last, loaded)
    failure, code = FirstFailure(), 1
    for tests in stages:
        code = pytest.main([*PYTEST, *tests], plugins=[failure])
        if code:
            break
    os.write(answer, failure.name.encode())
    os._exit(int(code))


@dataclass
class Running:
    """A forked process at work on a mutant; None: on the module as it is."""

    mutant: Mutant | None
    answer: int
    since: float


def start(module: str, seconds: int, mutant: Mutant | None) -> tuple[int, Running]:
    """Fork a process that tests a mutant; without one, the module as it is."""
    source = path_of(module).read_text("utf-8") if mutant is None else mutant.source
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            run_in_child(module, source, SETTINGS["tests"][module], seconds, theirs)
        finally:  # whatever a mutant has done to pytest itself
            os._exit(3)
    os.close(theirs)
    return child, Running(mutant, ours, monotonic())


@dataclass
class Ended:
    """How the tests ended: `killed`, `killed by time` or `survived`, by which test, after how much work."""

    how: str
    by: str
    seconds: float
    work: float


def wait(running: dict[int, Running]) -> tuple[Mutant | None, Ended]:
    """Wait until one of the processes has ended."""
    child, status, used = os.wait4(-1, 0)
    job = running.pop(child)
    with os.fdopen(job.answer, "rb") as answer:
        by = answer.read().decode()
    how = "killed by time" if os.WIFSIGNALED(status) else "killed" if os.waitstatus_to_exitcode(status) else "survived"
    return job.mutant, Ended(how, by, round(monotonic() - job.since, 2), round(used.ru_utime + used.ru_stime, 2))


# --- what has been found ---


def state_of_the_tests() -> str:
    """A digest of all on which it depends whether a mutant survives."""
    files = [path for folder in ("src", "tests", "rules") for path in (ROOT / folder).rglob("*.*")]
    read = sorted(path for path in files if path.suffix in (".py", ".yaml", ".json"))
    settings = repr([SETTINGS["tests"], [path.read_bytes() for path in read]])
    return sha256(settings.encode()).hexdigest()[:16]


def read_found() -> dict[str, dict[str, Any]]:
    """What earlier runs found, by the key of the mutant; the last word counts."""
    if not FOUND.exists():
        return {}
    lines = [json.loads(line) for line in FOUND.read_text("utf-8").splitlines()]
    return {line["key"]: line for line in lines}


def write_found(mutant: Mutant, ended: Ended, state: str) -> dict[str, Any]:
    line = {**asdict(mutant), **asdict(ended), "state": state}
    del line["source"]
    with FOUND.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return line


def run(module: str, jobs: int, state: str, found: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Run what is not known yet of a module, and give all that is known of it."""
    mutants = list(mutants_of(module))
    waiting = [each for each in mutants if not is_known(found.get(each.key), state)]
    if waiting:
        print(f"==> {module}: {len(waiting)} of {len(mutants)} mutants to try", flush=True)
        load_what_does_not_need(module)
        seconds = 10 + 3 * round(work_as_it_is(module))
        running: dict[int, Running] = {}
        for place, mutant in enumerate(waiting, 1):
            if len(running) >= jobs:
                keep(wait(running), state, found)
            child, job = start(module, seconds, mutant)
            running[child] = job
            if sys.stdout.isatty():
                print(f"\r    {place}", end="", flush=True)
        while running:
            keep(wait(running), state, found)
        if sys.stdout.isatty():
            print("\r", end="")
    return [found[each.key] for each in mutants]


def load_what_does_not_need(module: str) -> None:
    """Import all of the library that works without *module*, once for all its mutants."""
    for name in [name for name in sys.modules if name.split(".")[0] == "vedligehold"]:
        del sys.modules[name]
    package = ModuleType("vedligehold")  # it gives out names of most modules: the real one is for the forked process
    package.__path__ = [str(SOURCE)]
    sys.modules |= {"vedligehold": package, name_of(module): None}  # type: ignore[dict-item] - None cannot be imported
    for path in sorted(SOURCE.rglob("[a-z]*.py")):
        with suppress(ImportError):
            importlib.import_module(name_of(path.relative_to(SOURCE).with_suffix("").as_posix()))
    if calendar := sys.modules.get("vedligehold.calendar"):
        calendar.WorkdayCalendar().digest()
    del sys.modules["vedligehold"], sys.modules[name_of(module)]
    gc.freeze()


def work_as_it_is(module: str) -> float:
    """The work of the tests on the module as it is, which have to pass."""
    child, job = start(module, 600, None)
    _, ended = wait({child: job})
    if ended.how != "survived":
        sys.exit(f"{module}: the tests fail without any change: {ended.by or ended.how}; see {SAID.relative_to(ROOT)}")
    return ended.work


def keep(pair: tuple[Mutant | None, Ended], state: str, found: dict[str, dict[str, Any]]) -> None:
    mutant, ended = pair
    if mutant is not None:
        found[mutant.key] = write_found(mutant, ended, state)


def is_known(line: dict[str, Any] | None, state: str) -> bool:
    return line is not None and (line["how"] != "survived" or line["state"] == state)


# --- the report ---


def reasons() -> dict[tuple[str, str, str, str], str]:
    """Why a survivor is harmless, by module, function and what was changed into what."""
    return {
        (group["module"], group["function"], was, now): group["why"]
        for group in SETTINGS.get("survivors", ())
        for was, now in group["changes"]
    }


def report(lines: dict[str, list[dict[str, Any]]]) -> bool:
    """Print the table and what has no reason; whether all is well."""
    known, used, unexplained = reasons(), set(), []
    print(f"\n{'module':<18}{'mutants':>9}{'killed':>9}{'survived':>10}{'percent':>9}")
    rows = [(module, Counter(line["how"] == "survived" for line in found)) for module, found in lines.items()]
    total = sum((count for _, count in rows), Counter())
    for name, count in [*rows, ("all", total)]:
        share = 100 * count[False] / max(1, count.total())
        print(f"{name:<18}{count.total():>9}{count[False]:>9}{count[True]:>10}{share:>9.1f}")
    for line in (line for found in lines.values() for line in found if line["how"] == "survived"):
        place = (line["module"], line["function"], line["was"], line["now"])
        used.add(place)
        if place not in known:
            unexplained.append(line)
    for line in unexplained:
        print(f"\n{line['module']}.py:{line['line']} {line['function']} ({line['operator']})")
        print(f"  - {line['was']}\n  + {line['now']}")
    stale = [place for place in known if place[0] in lines and place not in used]
    for place in stale:
        print(f"\nno survivor any more, take it off the list: {place}")
    print(f"\n{total[True]} survivors, {len(unexplained)} of them without a reason in tests/mutants.toml")
    return not unexplained and not stale and 100 * total[False] >= SETTINGS["percent"] * total.total()


def main(names: list[str]) -> int:
    """Run the mutants of the modules that are named, or of all."""
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT / "src"))
    os.environ |= {"HYPOTHESIS_PROFILE": "mutants", "VEDLIGEHOLD_PACKS": "12"}
    FOUND.parent.mkdir(exist_ok=True)
    for library in LIBRARIES:
        importlib.import_module(library)
    state, found, jobs = state_of_the_tests(), read_found(), int(os.environ.get("JOBS", "1"))
    lines = {module: run(module, jobs, state, found) for module in SETTINGS["tests"] if not names or module in names}
    return 0 if report(lines) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
