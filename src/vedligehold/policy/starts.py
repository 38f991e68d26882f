"""The cases from which a search for a case sets out: the typical case of each file, then every case there is."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache, partial
from typing import Any

from vedligehold.case import Case
from vedligehold.decide import decide
from vedligehold.errors import NotInForce, VedligeholdError
from vedligehold.pack import Pack
from vedligehold.policy.look import Aim
from vedligehold.policy.run import typed
from vedligehold.policy.search import Start, find
from vedligehold.policy.suite import Suite

_NOTHING: Mapping[str, Any] = {"citizen": {}, "referral": {}, "facts": {}}


def starts_of(suite: Suite) -> Iterator[Start]:
    """The typical case of each file on the day on which most of its cases are decided, then the cases themselves."""
    for file in suite.files:
        usual = Counter(case.on for case in file.cases if case.confirmed).most_common(1)
        for day, _ in usual:
            yield from _start(suite.pack, file.typical, day)
    if not suite.cases:
        yield typical(suite.pack)
    for case in suite.cases:
        yield from _start(suite.pack, case.data, case.on)


def _start(pack: Pack, data: Mapping[str, Any], on: date) -> Iterator[Start]:
    try:
        yield Start(typed(pack, data, on), on)
    except NotInForce:
        return


@lru_cache(maxsize=8)  # a pack cannot be changed, and every goal and wrong rule of it starts from here
def typical(pack: Pack) -> Start:
    """A case to start from where there are no cases yet: every requirement passes on the last version's first day.

    Each requirement in turn is made to pass with as few facts as it takes, and stays so.
    """
    day = pack.versions[-1].valid_from
    start = Start(_NOTHING, day)
    passing: list[str] = []
    for each in pack.at(day).requirements:
        found = find(pack, [start], Aim(each.conditions), partial(_pass, pack, [*passing, each.id]))
        if found is not None:
            start, passing = Start(found.data, day), [*passing, each.id]
    return start


def _pass(pack: Pack, requirements: list[str], case: Case, on: date) -> bool:
    try:
        results = decide(pack, case, on=on).results
    except VedligeholdError:
        return False
    return all(results[each] in ("holds", "not_applicable") for each in requirements)
