"""The cases from which a search for a case sets out: the typical case of each file, then every case there is."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
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


def typical(pack: Pack) -> Start:
    """A case to start from where there are no cases yet: help is granted, on the first day of the last version."""
    version = pack.versions[-1]
    policy = pack.at(version.valid_from)
    conditions = tuple(condition for each in policy.requirements for condition in each.conditions)
    start = Start(_NOTHING, version.valid_from)
    found = find(pack, [start], Aim(conditions), lambda case, on: _granted(pack, case, on))
    return start if found is None else Start(found.data, found.on)


def _granted(pack: Pack, case: Case, on: date) -> bool:
    try:
        return decide(pack, case, on=on).granted
    except VedligeholdError:
        return False


def _start(pack: Pack, data: Mapping[str, Any], on: date) -> Iterator[Start]:
    try:
        yield Start(typed(pack, data, on), on)
    except NotInForce:
        return
