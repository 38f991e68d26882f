"""The shape of the source: imports point one way, each library has its owner, and only the command line talks."""

import ast
import importlib
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Hashable, Iterator
from dataclasses import is_dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from packs import ROOT

import vedligehold

SOURCE = Path(vedligehold.__file__).parent
LAYERS = (
    "_version errors source condition",
    "calendar facts hiding wording",
    "meaning.data meaning.matching meaning.value output plain problems",
    "meaning.closure meaning.flag meaning.pattern meaning.words",
    "durable_host reading.possible",
    "parameters",
    "meaning.frame pack",
    "deadline reading.json_text",
    "case_values counted",
    "case",
    "known receipt settle",
    "explained prepared",
    "decision",
    "second_opinion",
    "decide",
    "reading.files table.cells table.sheet table.stretches",
    "table.columns table.counts table.digits table.raw table.spans",
    "table.cpr table.found table.row table.sets table.states",
    "table.day",
    "table.values",
    "table.seen",
    "table.reading",
    "table.dues table.settling",
    "table.answering",
    "table.changing table.on_arrow table.on_duckdb table.on_polars table.on_spark table.source table.summary",
    "table.csv_source table.json_source table.on_pandas table.tally",
    "table.files table.frames",
    "decide_many table.compared",
    "table.compared_files what_if",
    "reading.document reading.values",
    "reading.case_format reading.format",
    "reading.draft reading.pack_schema",
    "reading.checks",
    "reading.reader",
    "reading.library",
    "schemas policy.cases",
    "policy.run policy.said policy.suite",
    "policy.causes policy.look policy.observed policy.variants",
    "policy.condition_goals policy.failure policy.heard policy.search",
    "policy.goals policy.plugin policy.starts policy.wrong_conditions policy.wrong_deadlines",
    "policy.coverage policy.mutants",
    "policy.mutation",
    "policy.suggest",
    "policy.certificate policy.report policy.writing",
    "policy.certificate_words policy.certify",
    "policy.certificate_page terminal",
    "certificate_terminal coverage_terminal policy_terminal",
    "cli_options many_terminal",
    "cli_many cli_policy",
    "cli",
)
"""From the ground up: a module imports only modules of the layers before its own."""

TOP = {"", "__main__"}
"""The package itself, which gives out the public names, and `python -m vedligehold`."""
FOLDERS = {"meaning", "policy", "reading", "table"}

OWNERS = {
    "yaml": "policy.writing reading.document",
    "holidays": "calendar",
    "dateutil": "deadline",
    "typer": "cli cli_many cli_options cli_policy",
    "rich": "certificate_terminal coverage_terminal many_terminal policy_terminal terminal",
    "jinja2": "policy.certificate_page",
    # the models, and what makes or reads what pydantic says is wrong with them
    "pydantic": "case case_values output plain policy.cases problems reading.case_format reading.draft reading.format "
    "reading.reader reading.values",
    "pydantic_core": "case case_values reading.values",
    "typing_extensions": "output",
    "pytest": "policy.plugin",
    # columns are said in the words of narwhals; what it has no words for, in those of the engine
    "narwhals": "meaning.flag meaning.frame table.answering table.changing table.compared table.cpr table.day "
    "table.digits table.dues table.files table.frames table.on_duckdb table.on_polars table.on_spark table.raw "
    "table.reading table.seen table.sheet table.spans table.states table.tally table.values",
    "polars": "table.compared table.compared_files table.csv_source table.files table.frames table.json_source "
    "table.on_polars table.source table.tally",
    "duckdb": "table.on_duckdb",
    "pandas": "table.on_pandas",
    "pyarrow": "table.csv_source table.on_arrow table.on_pandas table.source",
    "pyspark": "table.on_spark",
    "durable": "durable_host",
    "durable_rules_engine": "durable_host",
}
COMES_WITH_ANOTHER = {"pydantic_core", "typing_extensions", "durable_rules_engine"}
"""Asked for by what asks for pydantic, or durable_rules."""
LOADS_US = {"duckdb", "pandas", "pytest"}
"""Not asked for: who hands us a frame of theirs has them, and the plugin of pytest is imported by nobody else."""
ON_THE_FIRST_PYTHON = {"table.on_spark": "pyspark", "durable_host": "durable"}
"""What cannot be imported elsewhere, and what it needs."""
DISTRIBUTIONS = {"durable": "durable-rules", "yaml": "pyyaml", "dateutil": "python-dateutil"}

FILLED = {
    "policy.search _Effort",
    "policy.suggest Suggestion",
    "prepared Answer",
    "reading.document Wrong",
    "reading.document _Open",
    "reading.possible Effort",
    "reading.draft Draft",
    "table.digits Asked",
    "table.found Found",
    "table.sheet Step",
}
"""The dataclasses that change: what is worked out when it is asked for, and what a reader fills."""

LONGEST_FILE = 400
LONGER = {"pack", "reading.checks"}
LONGEST_OF_ALL = 700


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the package by its name inside it, parsed."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def imports(tree: ast.Module) -> Iterator[str]:
    """What a module imports, also inside its functions, and also while types are checked."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                is_module = inner.startswith("vedligehold.") and inner.removeprefix("vedligehold.") in modules()
                yield inner if is_module else str(node.module)


def own_imports(name: str) -> set[str]:
    """The modules of the package that a module imports."""
    found = {each for each in imports(modules()[name]) if each.split(".")[0] == "vedligehold"}
    return {each.removeprefix("vedligehold").removeprefix(".") for each in found}


def libraries(name: str) -> set[str]:
    """The libraries that a module imports, without Python's own."""
    tops = {each.split(".")[0] for each in imports(modules()[name])}
    return tops - {"vedligehold"} - set(sys.stdlib_module_names)


def calls(tree: ast.AST) -> Iterator[str]:
    """The names that are called: `print`, `date.today`, `datetime.datetime.now`."""
    yield from (ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call))


def test_every_module_stands_in_one_layer():
    """A new module takes its place in the list."""
    listed = [name for layer in LAYERS for name in layer.split()]

    assert len(listed) == len(set(listed))
    assert sorted({*listed, *TOP, *FOLDERS}) == sorted(modules())


def test_a_module_imports_only_modules_of_lower_layers():
    """So there is no cycle, and modules of one layer know nothing of each other."""
    below: set[str] = set()
    for layer in LAYERS:
        for name in layer.split():
            assert set() == own_imports(name) - below, name
        below |= set(layer.split())


def test_a_folder_holds_nothing_but_its_docstring():
    """What it has is imported by its own name."""
    for folder in FOLDERS:
        assert set() == own_imports(folder) | libraries(folder)
        assert 1 == len(modules()[folder].body), folder


def test_the_package_itself_gives_out_names_and_does_nothing():
    """A docstring, imports and `__all__`."""
    kinds = {type(node) for node in modules()[""].body[1:]}

    assert {ast.ImportFrom, ast.Assign} == kinds
    assert not own_imports("") & {"", *"cli cli_options cli_policy terminal policy_terminal schemas".split()}
    assert not [name for name in own_imports("") if name.startswith("policy")]


@pytest.mark.parametrize("library", sorted(OWNERS))
def test_a_library_is_imported_by_its_owner_alone(library: str):
    """To take another one is to change one module; pydantic's owners are those with models."""
    assert set(OWNERS[library].split()) == {name for name in modules() if library in libraries(name)}


def test_every_library_has_an_owner_and_is_a_declared_dependency():
    """Nothing is used that is not asked for, and nothing asked for that is not used."""
    used = {library for name in modules() for library in libraries(name)}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [each for extra in project["optional-dependencies"].values() for each in extra]
    named = {re.split(r"[<>=!~;\[ ]", each)[0].lower() for each in [*project["dependencies"], *extras]}

    assert set(OWNERS) == used
    assert named == {DISTRIBUTIONS.get(each, each) for each in used - COMES_WITH_ANOTHER - LOADS_US}


def test_importing_the_package_loads_no_heavy_library():
    """Each is loaded when its verb is used."""
    heavy = "typer rich yaml holidays jinja2 polars pandas pyarrow narwhals duckdb z3 durable pytest".split()
    code = f"import sys, vedligehold; print(*sorted(set({heavy}) & set(sys.modules)))"
    environment = {**os.environ, "PYTHONPATH": str(SOURCE.parent)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)

    assert "" == done.stdout.strip()


def test_only_the_command_line_prints():
    """The rest gives values back."""
    prints = {
        name
        for name, tree in modules().items()
        if {"print", "input"} & set(calls(tree))
        or {"sys.stdout", "sys.stderr", "sys.stdin"} & {ast.unparse(node) for node in ast.walk(tree)}
    }

    assert prints <= {"cli", "cli_options", "terminal"}


def test_only_the_command_line_reads_the_clock_or_exits():
    """No hidden clock: every verb takes its date."""
    last = {"today", "now", "utcnow", "time", "time_ns", "monotonic", "localtime", "exit", "_exit", "quit", "abort"}
    for name, tree in modules().items():
        found = {call for call in calls(tree) if call.split(".")[-1] in last or call == "SystemExit"}
        if name not in ("cli", "cli_options"):
            assert set() == found, name


def test_nothing_is_executed_from_text():
    """No `exec`, no `eval`, no compiling."""
    for name, tree in modules().items():
        assert set() == {"exec", "eval", "compile", "__import__"} & set(calls(tree)), name


@pytest.mark.parametrize("name", sorted({*modules()} - TOP))
def test_a_dataclass_is_frozen_unless_it_is_filled_while_it_is_made(name: str):
    """What is handed out can be shared, can be a key, and cannot be changed."""
    if name in ON_THE_FIRST_PYTHON:
        pytest.importorskip(ON_THE_FIRST_PYTHON[name], reason="installed for the first Python alone")
    module = importlib.import_module(f"vedligehold.{name}")
    own = [each for each in vars(module).values() if isinstance(each, type) and each.__module__ == module.__name__]
    changing = {f"{name} {each.__name__}" for each in own if is_dataclass(each) and not issubclass(each, Hashable)}

    assert changing == {each for each in FILLED if each.split()[0] == name}


def test_nothing_rests_on_an_assert():
    """`python -O` leaves it out. One may tell the type checker that something is not None."""
    for name, tree in modules().items():
        tests = [ast.unparse(node.test) for node in ast.walk(tree) if isinstance(node, ast.Assert)]

        assert [] == [test for test in tests if not re.fullmatch(r"[\w.]+ is not None", test)], name


def test_nothing_random_and_nothing_of_the_environment_decides():
    """The same in, the same out."""
    for name in modules():
        assert not {"random", "secrets", "uuid"} & {each.split(".")[0] for each in imports(modules()[name])}, name
        assert not [call for call in calls(modules()[name]) if call.startswith(("os.environ", "os.getenv"))], name


def _public(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, ast.AST]]:
    for node in body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield f"{prefix}{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from _public(node.body, f"{prefix}{node.name}.")


def test_every_module_and_every_public_class_and_function_has_a_docstring():
    """Methods too."""
    for name, tree in modules().items():
        assert ast.get_docstring(tree), name
        for where, node in _public(tree.body, f"{name}."):
            assert ast.get_docstring(node), where  # type: ignore[arg-type]


def test_a_file_is_short():
    """A listed few are longer, and none is very long."""
    for name in modules():
        path = SOURCE.joinpath(*name.split(".")).with_suffix(".py")
        lines = len(
            (path if path.is_file() else SOURCE / name / "__init__.py").read_text(encoding="utf-8").splitlines()
        )
        assert lines <= (LONGEST_OF_ALL if name in LONGER else LONGEST_FILE), name


def test_the_public_names_are_sorted_complete_and_documented():
    """Everything that the package gives out, and nothing more."""
    given = {
        name
        for name, value in vars(vedligehold).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }

    assert sorted(vedligehold.__all__) == vedligehold.__all__
    assert {*given, "__version__"} == set(vedligehold.__all__)
    for name in given:
        assert vars(vedligehold)[name].__doc__, name


def test_the_public_names_of_the_interface_are_there():
    """They do not go away."""
    promised = "load_pack Case read_case decide due WorkdayCalendar packs facts Decision Citizen Referral Pack".split()
    promised += "CaseError PackError NotInForce VedligeholdError replay Outcome".split()

    assert set(promised) <= set(vedligehold.__all__)


def test_the_errors_are_one_tree_and_none_is_a_value_error():
    """Pydantic would swallow a `ValueError`, and repeat the whole input."""
    for error in (vedligehold.PackError, vedligehold.CaseError, vedligehold.NotInForce, vedligehold.EnginesDisagree):
        assert (vedligehold.VedligeholdError,) == error.__bases__
    assert (Exception,) == vedligehold.VedligeholdError.__bases__
