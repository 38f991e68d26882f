"""Cases for measuring: drawn from a fixed seed, so that every run measures the same ones."""

import random
from datetime import date, timedelta
from typing import Any

from vedligehold import Decision
from vedligehold.facts import ALTERNATIVES, ITEMS, REFERRERS, SETTINGS, STANDARD_FACTS, FactType

UNKNOWN = 0.05
"""How many of the facts are unknown."""
_LIKELY = {
    "needs_maintenance": 0.9,
    "needs_therapist_support": 0.8,
    "reduced_physical_function": 0.9,
    "can_self_train": 0.15,
    "chronic_condition": 0.8,
    "consent_given": 0.95,
}
_STARTS = ("granted", "training_started", "decision_received", "complaint_received")


def drawn(number: int, on: date) -> list[dict[str, Any]]:
    """*number* cases that are decided on *on*, each with the start of every deadline, as JSON has them."""
    chance = random.Random(20261121)
    return [_case(chance, on) for _ in range(number)]


def _case(chance: random.Random, on: date) -> dict[str, Any]:
    received = on - timedelta(days=chance.randrange(1, 21))
    case: dict[str, Any] = {"citizen": {}, "referral": {}}
    for fact in STANDARD_FACTS:
        if fact.section in case and chance.random() >= UNKNOWN:
            case[fact.section][fact.name] = _value(chance, fact.name, fact.type, on, received)
    day = on
    events = []
    for kind in _STARTS:
        events.append({"type": kind, "on": day.isoformat()})
        day += timedelta(days=chance.randrange(1, 30))
    return {**case, "events": events}


def _value(chance: random.Random, name: str, kind: FactType, on: date, received: date) -> Any:
    match name:
        case "birth_date":
            return (on - timedelta(days=chance.randrange(15 * 365, 95 * 365))).isoformat()
        case "received_on":
            return received.isoformat()
        case "municipality_code":
            return chance.choice(["0840", "0840", "0851"])
        case "referred_by":
            return chance.choice(list(REFERRERS))
        case "requested":
            return chance.sample(list(ITEMS), chance.randrange(0, 4))
        case "requested_setting":
            return chance.choice([None, None, *SETTINGS])
        case "self_training_alternatives":
            return chance.sample(list(ALTERNATIVES), chance.randrange(0, 3))
        case _:
            assert kind is FactType.BOOL, name
            return chance.random() < _LIKELY.get(name, 0.3)


def first(decision: Decision) -> object:
    """What is read of a decision first."""
    return decision.outcome, decision.partial, decision.because, decision.missing, decision.results
