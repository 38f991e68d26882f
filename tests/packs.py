"""Small packs and cases for tests: what matters stands in the test, the rest is filled in here.

A pack is written as JSON, which is YAML, and read by the real reader. Everything in it cites the one statement S1.
"""

import copy
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from vedligehold import Case, Decision, Pack, decide, load_pack
from vedligehold.facts import STANDARD_FACTS

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
DAY = date(2017, 5, 10)
"""A decision date on which nothing special happens."""
PLUGIN = "vedligehold.policy.plugin"

NEED = {"id": "need", "kind": "strict", "require": "needs_maintenance"}
FINDING = {"holds": True, "reason": "Set ved et besøg.", "by": "visitator", "on": "2017-05-09"}
_WORDING = {
    "requirements": ("title", "reason"),
    "leave_out": ("reason",),
    "entitlement": ("text",),
    "notices": ("text",),
    "routes": ("title",),
    "deadlines": ("title",),
    "course": ("title", "text"),
    "parameters": (),
    "facts": ("label", "question"),
}
_SECTION = {fact.name: fact.section for fact in STANDARD_FACTS}


def plugin_loaded() -> tuple[str, ...]:
    """What makes pytest load the plugin where the library is on the path, and not installed."""
    found = entry_points(group="pytest11")
    return () if any(each.value == PLUGIN for each in found) else ("-p", PLUGIN)


def words(text: str) -> dict[str, str]:
    """The same wording in both languages, told apart by the language's name."""
    return {"da": f"{text} (da)", "en": f"{text} (en)"}


def pack_data(**parts: Any) -> dict[str, Any]:
    """A whole pack as plain data: *parts* at its top, and whatever else it must have."""
    data = {
        "format": "1",
        "pack": "toy",
        "title": words("toy"),
        "municipality": {"name": "Legeby", "code": "0999"},
        "term": words("training"),
        "legal_basis": words("law"),
        "valid_from": "2015-01-01",
        "requirements": [NEED],
        **parts,
    }
    ids: list[str] = []
    for section, wording in _WORDING.items():
        if section in data:
            data[section] = _filled(section, data[section], wording, ids)
    statement = {"at": "heading", "gist": words("gist"), "encoded_by": sorted(set(ids))}
    data.setdefault("source", {"title": words("source"), "statements": {"S1": statement}})
    return data


def _filled(section: str, inside: Any, wording: Iterable[str], ids: list[str]) -> Any:
    if section == "entitlement":
        return {topic: [_entry(row, row["id"], wording, ids) for row in rows] for topic, rows in inside.items()}
    if isinstance(inside, Mapping):
        cites = section != "facts"
        return {name: _entry(entry, name, wording, ids, cites=cites) for name, entry in inside.items()}
    return [_entry(entry, entry["id"], wording, ids) for entry in inside]


def _entry(
    entry: Mapping[str, Any], name: str, wording: Iterable[str], ids: list[str], *, cites: bool = True
) -> dict[str, Any]:
    filled = {**{key: words(f"{name} {key}") for key in wording}, **entry}
    if "span" in filled:
        filled.pop("question")
    if cites:
        filled.setdefault("cite", "S1")
        ids.append(name)
    return filled


def write_pack(rules: Path, **parts: Any) -> Path:
    """Write one version of a pack to the folder *rules*; its path."""
    data = pack_data(**parts)
    path = rules.joinpath(data["pack"], f"{data['valid_from']}.yaml")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def make_pack(rules: Path, *, on: date | None = None, **parts: Any) -> Pack:
    """The pack with the version that *parts* make, beside the versions that stand in *rules* already."""
    path = write_pack(rules, **parts)
    return load_pack(path.parent.name, rules=rules, on=on)


def make_case(**known: Any) -> Case:
    """A case of which just that is *known*: standard facts by name, and the case's own keys."""
    data: dict[str, Any] = {"citizen": {}, "referral": {}}
    for name, value in known.items():
        if name in _SECTION:
            data[_SECTION[name]][name] = value
        else:
            data[name] = value
    return Case.model_validate(data)


def answer(pack: Pack, *, on: Any = DAY, **known: Any) -> Decision:
    """The decision of a case of which just that is *known*."""
    return decide(pack, make_case(**known), on=on)


def events(*happened: tuple[str, str]) -> list[dict[str, str]]:
    """Events as a case spells them, from pairs of type and day."""
    return [{"type": kind, "on": day} for kind, day in happened]


def paths_of(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of everything inside *data*."""
    if path:
        yield path
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inside:
        yield from paths_of(value, (*path, key))


def with_value(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A copy of *data* with *value* at *path*."""
    changed = copy.deepcopy(data)
    here = changed
    for part in path[:-1]:
        here = here[part]
    here[path[-1]] = value
    return changed


def with_key(data: Any, path: tuple[Any, ...], key: str) -> Any:
    """A copy of *data* with the last key of *path* replaced."""
    changed = copy.deepcopy(data)
    here = changed
    for part in path[:-1]:
        here = here[part]
    if isinstance(here, dict):
        here[key] = here.pop(path[-1])
    return changed


FULL_PACK = pack_data(
    parameters={"adult_age": {"years": "18"}},
    facts={
        "motivated": {"type": "bool", "assessed": "true"},
        "pension": {"type": "choice", "choices": {"early": {"da": "Førtid", "en": "Early"}}},
        "left_on": {"type": "date"},
        "weeks": {"type": "int", "unit": "weeks", "span": {"from": "left_on", "to": "decided_on"}},
    },
    requirements=[
        NEED,
        {"id": "adult", "kind": "scope", "require": {"age": {"at_least": "adult_age"}}, "routes": ["club"]},
        {"id": "will", "kind": "discretionary", "when": {"any": ["consent_given"]}, "require": "motivated"},
    ],
    leave_out=[{"id": "heat", "items": ["heat_packs"]}],
    entitlement={"setting": [{"id": "group", "give": ["group"]}]},
    notices=[{"id": "hospital", "when": {"referred_by": {"one_of": ["hospital"]}}}],
    routes={"club": {"considered_by": "municipality", "names": "self_training_alternatives"}},
    deadlines=[{"id": "contact", "from": "granted", "within": {"weeks": {"from": "1", "to": "2"}}, "kind": "target"}],
    course=[{"id": "no-show", "on": ["no_show"], "then": "document"}],
    event_labels={"granted": {"da": "Bevilget", "en": "Granted"}},
    calendar={"saturday": "open", "closed": ["12-24"]},
)
"""Every section of a pack, and every kind of entry that a section can have."""
