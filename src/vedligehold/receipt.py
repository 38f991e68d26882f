"""The receipt of a decision: what is needed to work it out again, and nothing else of the case.

It holds the hashes of pack, national layer and calendars, the date, and the facts, events and findings that were read.
A finding's reason stands as its hash. There is no CPR number and no name in it.
"""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from vedligehold._version import __version__
from vedligehold.calendar import holidays_version
from vedligehold.case import RECEIVED, Case, Finding
from vedligehold.case_values import is_hash
from vedligehold.deadline import PAUSE_ENDS, PAUSE_STARTS
from vedligehold.errors import CaseError, PackError, Problem
from vedligehold.facts import STANDARD_FACTS
from vedligehold.pack import Policy
from vedligehold.plain import plain

if TYPE_CHECKING:
    from vedligehold.output import ReceiptJson

_HASHED = "sha256:"


def make_receipt(policy: Policy, case: Case, on: date) -> "ReceiptJson":
    """The receipt of the decision of *case* under *policy* on *on*."""
    raw: dict[str, Any] = {**case.citizen.__dict__, **case.referral.__dict__, **case.facts}
    events = {rule.start_event for rule in policy.deadlines}
    events |= {event for rule in policy.version.course if rule.workdays_only for event in rule.events}
    if "received_on" in policy.reads:
        events.add(RECEIVED)
    if any(rule.pauses for rule in policy.deadlines):
        events |= {PAUSE_STARTS, PAUSE_ENDS}
    return {
        "schema": 1,
        "library": __version__,
        "holidays": holidays_version(),
        "pack": policy.version.pack,
        "version": policy.version.valid_from.isoformat(),
        "digest": policy.version.digest,
        "nation": policy.nation.digest,
        "calendar": calendars_digest(policy),
        "decided_on": on.isoformat(),
        "facts": {name: plain(value) for name, value in raw.items() if value is not None and name in policy.reads},
        "self_reported": sorted(name for name in case.self_reported if name in policy.reads),
        "events": [
            {"type": kind, "on": day.isoformat()}
            for kind, days in case.days().items()
            if kind in events
            for day in days
        ],
        "findings": {name: _finding(finding) for name, finding in case.findings.items()},
    }


def _finding(finding: Finding) -> Any:
    reason = finding.reason
    if not is_hash(reason):
        reason = _HASHED + hashlib.sha256(reason.encode()).hexdigest()
    return {"holds": finding.holds, "reason": reason, "by": finding.by, "on": finding.on.isoformat()}


def calendars_digest(policy: Policy) -> str:
    """One hash of the pack's calendar and of every other that the policy's deadlines count in."""
    digests = sorted({policy.version.calendar.digest(), *(rule.calendar.digest() for rule in policy.deadlines)})
    return _HASHED + hashlib.sha256("\n".join(digests).encode()).hexdigest()


def case_of(receipt: Mapping[str, Any]) -> Case:
    """The part of the case that a receipt holds.

    Raises:
        CaseError: the receipt is not one.
    """
    try:
        facts: Mapping[str, Any] = receipt["facts"]
        sections: dict[str, dict[str, Any]] = {"citizen": {}, "referral": {}, "facts": {}}
        standard = {fact.name: fact.section for fact in STANDARD_FACTS}
        for name, value in facts.items():
            sections[standard.get(name, "facts")][name] = value
        return Case.model_validate(
            {
                **sections,
                "self_reported": list(receipt["self_reported"]),
                "events": list(receipt["events"]),
                "findings": dict(receipt["findings"]),
            }
        )
    except (KeyError, TypeError, AttributeError):
        pass
    raise CaseError([Problem("receipt", "wrong-type", "this is no receipt of a decision")])


def check_same(policy: Policy, receipt: Mapping[str, Any]) -> None:
    """Make sure that *policy* is what the decision was made under.

    Raises:
        PackError: the pack, the national layer or a calendar is another one.
    """
    now = {
        "pack": policy.version.pack,
        "version": policy.version.valid_from.isoformat(),
        "digest": policy.version.digest,
        "nation": policy.nation.digest,
        "calendar": calendars_digest(policy),
    }
    problems = [
        Problem(f"receipt.{key}", "receipt-mismatch", f"the decision was made under another `{key}` than this one")
        for key, value in now.items()
        if receipt.get(key) != value
    ]
    if problems:
        raise PackError(problems)
