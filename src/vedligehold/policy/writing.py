"""Writing suggested cases as a person writes them: what differs from the typical case, and what is to be confirmed."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from textwrap import indent
from typing import Any

import yaml

from vedligehold.calendar import read_date
from vedligehold.errors import Problem, VedligeholdError, masked
from vedligehold.meaning.data import text_of
from vedligehold.policy.cases import read_cases
from vedligehold.policy.mutation import Judgement
from vedligehold.policy.run import typed
from vedligehold.policy.search import Data, Found
from vedligehold.policy.starts import typical
from vedligehold.policy.suggest import Suggestion, for_wrong_rule
from vedligehold.policy.suite import Suite
from vedligehold.reading.files import shown
from vedligehold.reading.library import CASES_ENDING

EMPTY: Mapping[str, Any] = {
    "citizen": {},
    "referral": {},
    "facts": {},
    "self_reported": [],
    "findings": {},
    "events": [],
}
HEAD = """\
# Forslag fra `vedligehold test --suggest`. Ingen af sagerne er en prøve endnu.
# Læs hver sag. Er svaret rigtigt, så ret `to_confirm` til `expect`. Er det forkert, skal standarden rettes.
#
# Suggestions of `vedligehold test --suggest`. None of the cases is a test yet.
# Read each. Where the answer is right, rename `to_confirm` to `expect`. Where it is wrong, mend the standard.

"""
_WIDTH = 110


def suggested_file(suite: Suite) -> Path:
    """The file that suggestions for the last version of a standard go to, beside the version's own cases."""
    first = suite.pack.versions[-1].valid_from.isoformat()
    return suite.folder / f"{first}.suggested{CASES_ENDING}"


def write(path: Path, text: str) -> None:
    """Write a file whole, or not at all.

    Raises:
        VedligeholdError: it cannot be written.
    """
    beside = path.parent / f".{path.name}.new"
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        reason = (error.strerror or "error").lower()
    except ValueError:  # a zero byte
        reason = "this is no path of a file"
    else:
        return
    raise VedligeholdError([Problem(shown(path), "unwritable", f"the file cannot be written: {reason}")])


def text_with(suite: Suite, suggestions: Iterable[Suggestion], lang: str) -> str:
    """The whole file of suggestions: what stands there already stays, and the new ones come after it."""
    path = suggested_file(suite)
    if path.exists():
        file = read_cases(path)
        before = path.read_text(encoding="utf-8").rstrip("\n") + "\n"
        usual, names = file.typical, [case.name for case in file.cases]
    else:
        usual, names = (suite.files[0].typical if suite.files else typical(suite.pack).data), []
        kept = {part: inside for part, inside in usual.items() if inside}
        before = f"{HEAD}format: 1\n\n{_dumped({'typical': kept}) if kept else ''}\ncases:\n"
    entries = [_entry(each, usual, _free(each.words.said(lang), names)) for each in suggestions]
    return before + "".join("\n" + indent(_dumped([each]), "  ") for each in entries)


def _free(name: str, taken: list[str]) -> str:
    """*name* with a capital, and a number where another case is called so."""
    name = masked(name[:1].upper() + name[1:])
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    taken.append(free)
    return free


def _entry(suggestion: Suggestion, usual: Data, name: str) -> dict[str, Any]:
    """A case as it stands in a file: what differs from *usual*, and what is to be confirmed."""
    found = suggestion.found
    answer = suggestion.answer()
    if answer == {"in_force": False}:
        return {"name": name, "on": found.on, "to_confirm": answer}
    differs: dict[str, Any] = {}
    for part, theirs in typed(suggestion.suite.pack, {**EMPTY, **usual}, found.on).items():
        mine = found.data.get(part) or EMPTY[part]
        if isinstance(mine, Mapping) and part != "findings":
            keys = dict.fromkeys((*theirs, *mine))
            other = {key: mine.get(key) for key in keys if mine.get(key) != theirs.get(key)}
            differs |= {part: other} if other else {}
        elif mine != theirs:
            differs[part] = mine
    return {"name": name, "on": found.on, **differs, "to_confirm": answer}


def _dumped(data: Any) -> str:
    """*data* as YAML: what holds nothing but single values stands on one line."""
    text: str = yaml.safe_dump(_plain(data), default_flow_style=None, sort_keys=False, allow_unicode=True, width=_WIDTH)
    return text.replace("'on':", "on:")  # which YAML 1.1 takes for a yes


def _plain(data: Any) -> Any:
    """*data* with days as days, so that they are written without quotes."""
    match data:
        case Mapping():
            return {key: _plain(value) for key, value in data.items()}
        case list() | tuple():
            return [_plain(value) for value in data]
        case str():
            return read_date(data) or {"true": True, "false": False}.get(data, data)
        case Decimal():
            return text_of(data)
        case _:
            return data


def case_text(judgement: Judgement, found: Found, suite: Suite, lang: str) -> str:
    """The smallest case that would notice a wrong rule, ready to be put into the file of cases.

    Its answer is still `to_confirm`.
    """
    suggestion = for_wrong_rule(judgement, found, suite)
    usual = suite.files[0].typical if suite.files else typical(suite.pack).data
    return indent(_dumped([_entry(suggestion, usual, _free(suggestion.words.said(lang), []))]), "  ").rstrip()
