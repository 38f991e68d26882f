"""Small standards with their cases, for the tests of what tests a policy: written, read and examined for real."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from packs import pack_data

from vedligehold.pack import Pack
from vedligehold.policy.coverage import Covered
from vedligehold.policy.mutation import Judgement
from vedligehold.policy.report import Report, examine
from vedligehold.policy.suite import Suite, Suites, suites_of

TYPICAL: dict[str, Any] = {
    "citizen": {"birth_date": "1948-03-02", "needs_maintenance": True, "can_self_train": False},
    "referral": {"received_on": "2017-05-03", "requested": ["balance"], "referred_by": "citizen"},
}
ON = "2017-05-10"


def spelled(value: Any) -> Any:
    """*value* as a file of cases spells it: every scalar is text."""
    match value:
        case bool():
            return "true" if value else "false"
        case dict():
            return {key: spelled(inside) for key, inside in value.items()}
        case list():
            return [spelled(inside) for inside in value]
        case int():
            return str(value)
        case _:
            return value


def a_case(name: str, expect: Mapping[str, Any], **parts: Any) -> dict[str, Any]:
    """One case of a file, on the usual day unless *parts* say another."""
    return {"name": name, "on": ON, **parts, "expect": dict(expect)}


def write_suite(rules: Path, cases: Iterable[Mapping[str, Any]], **parts: Any) -> Path:
    """Write a pack that *parts* make, and its cases if there are any; its folder."""
    data = pack_data(**parts)
    folder = rules / str(data["pack"])
    folder.mkdir(parents=True, exist_ok=True)
    version = folder / f"{data['valid_from']}.yaml"
    version.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
    listed = [spelled(dict(case)) for case in cases]
    if listed:
        file = {"format": "1", "typical": spelled(TYPICAL), "cases": listed}
        path = folder / f"{data['valid_from']}.cases.yaml"
        path.write_text(json.dumps(file, ensure_ascii=False, indent=1), encoding="utf-8")
    return folder


def examined(folder: Path, *, mutants: bool = True) -> Report:
    """What a run of the tests of the standard in *folder* finds out."""
    return examine(suites_of([folder], folder.parent), mutants=mutants, progress=lambda work, _: work)


def without_cases(pack: Pack, folder: Path) -> Report:
    """What a run finds out of a standard that has no cases."""
    suites = Suites((Suite(folder, pack, pack.versions, ()),), nation=False)
    return examine(suites, mutants=True, progress=lambda work, _: work)


@cache
def both_packs() -> Report:
    """A whole run over the library's own packs and the national layer."""
    return examine(suites_of([], None), mutants=True, progress=lambda work, _: work)


def seen(covered: Covered) -> set[str]:
    """The ids of the goals that were seen."""
    return {goal.id for goal in covered.goals if covered.seen_by[goal.id] is not None}


def of(report: Report, name: str) -> Judgement:
    """What became of the mutant with that id."""
    return next(each for each in report.judgements or () if each.wrong.mutant.id == name)
