"""OpenFisca: the same policy as a country package, in vectors; the outcome and the reasons alone, as numbers.

OpenFisca has no unknown, no lists and no text: a fact is one of three choices, what is asked for is two yes-or-no
variables, and a reason is a bit. Rows that are no case are left out before, by the same test as on the side of Polars.
`benchmarks/openfisca_rebild` is another policy, and could not be used.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import polars as pl
from openfisca_core.entities import build_entity
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable
from polars import col

from by_hand.rules import ACTIVE, FACTS, NO, ON, OUTCOMES, PASSIVE, REFERRERS, REPORTED, TURNED_18, UNKNOWN, YES

Vector: TypeAlias = Any
REASONS = ("adult", "reduced-function", "maintenance-need", "no-self-training", "consent", "not-only-passive")
INPUTS = (*FACTS, "young", "consent_given", "referrer", "only_passive")
_PERIOD = str(ON)

Person = build_entity("person", "persons", "Someone who asks for maintenance training", is_person=True)


def _reduced(person: Any, period: Any) -> Vector:
    facts = [person(name, period) for name in FACTS[:3]]
    some = (facts[0] == YES) | (facts[1] == YES) | (facts[2] == YES)
    none = (facts[0] == NO) & (facts[1] == NO) & (facts[2] == NO)
    return np.select([some, none], [YES, NO], UNKNOWN)


def _rejects(person: Any, period: Any) -> Vector:
    return (
        (person("reduced", period) == NO) * 2
        + (person("needs_maintenance", period) == NO) * 4
        + (person("can_self_train", period) == YES) * 8
    )


def _asks(person: Any, period: Any) -> Vector:
    return (
        (person("reduced", period) == UNKNOWN) * 2
        + (person("needs_maintenance", period) == UNKNOWN) * 4
        + (person("can_self_train", period) == UNKNOWN) * 8
        + ((person("referrer", period) > 0) & (person("consent_given", period) != YES)) * 16
    )


def _outcome(person: Any, period: Any) -> Vector:
    young = person("young", period)
    merits = [person("rejects", period) > 0, person("asks", period) > 0, person("only_passive", period) == YES]
    return np.select([young == YES, young == UNKNOWN, *merits], [1, 3, 2, 3, 4], 0)


def _reasons(person: Any, period: Any) -> Vector:
    rejects, asks = person("rejects", period), person("asks", period)
    merits = [rejects > 0, asks > 0, person("only_passive", period) == YES]
    return np.select([person("young", period) != NO, *merits], [1, rejects, asks, 32], 0)


def _variable(name: str, **formulas: Any) -> type[Variable]:
    attributes = {"value_type": int, "entity": Person, "definition_period": DateUnit.DAY, "label": name}
    return type(name, (Variable,), {**attributes, **formulas})


class _Standard(TaxBenefitSystem):
    def __init__(self) -> None:
        super().__init__([Person])
        self.parameters = ParameterNode("", data={})
        self.add_variables(
            *map(_variable, INPUTS),
            _variable("reduced", formula=_reduced),
            _variable("rejects", formula=_rejects),
            _variable("asks", formula=_asks),
            _variable("outcome", formula=_outcome),
            _variable("reasons", formula=_reasons),
        )


def side(frame: pl.DataFrame) -> tuple[Callable[[], object], Callable[[], pl.DataFrame]]:
    """A run over the columns as vectors of numbers, and its outcomes and reasons in words."""
    inputs = numbers(frame)
    system = _Standard()
    found: dict[str, Any] = {}

    def run() -> None:
        simulation = SimulationBuilder().build_default_simulation(system, count=frame.height)
        for name, values in inputs.items():
            simulation.set_input(name, _PERIOD, values)
        for name in ("outcome", "reasons"):
            found[name] = simulation.calculate(name, _PERIOD)

    def read() -> pl.DataFrame:
        lists = [[name for place, name in enumerate(REASONS) if number >> place & 1] for number in range(64)]
        return pl.DataFrame(
            {
                "outcome": pl.Series(OUTCOMES).gather(pl.Series(found["outcome"])),
                "because": pl.Series(lists, dtype=pl.List(pl.String)).gather(pl.Series(found["reasons"])),
            }
        )

    return run, read


def numbers(frame: pl.DataFrame) -> dict[str, Any]:
    """The facts as numbers, which is what this tool takes: it is not timed."""
    items = col("requested")
    only_passive = items.list.set_intersection(list(PASSIVE)).list.len().gt(0) & (
        items.list.set_intersection(list(ACTIVE)).list.len() == 0
    )
    found = frame.select(
        *(assessed(name).cast(pl.Int32).fill_null(UNKNOWN) for name in (*FACTS, "consent_given")),
        young=(col("birth_date") > TURNED_18).cast(pl.Int32).fill_null(UNKNOWN),
        referrer=col("referred_by")
        .replace_strict(REFERRERS, [0, 0, 1, 1, 2, 2], return_dtype=pl.Int32, default=3)
        .fill_null(3),
        only_passive=only_passive.cast(pl.Int32).fill_null(NO),
    )
    return {name: found[name].to_numpy() for name in INPUTS}


def assessed(name: str) -> pl.Expr:
    """A yes or no, unknown where it is self-reported."""
    if name not in REPORTED:
        return col(name)
    return pl.when(~col("self_reported").list.contains(name).fill_null(False)).then(col(name)).alias(name)
