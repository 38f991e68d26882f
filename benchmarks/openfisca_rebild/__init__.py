"""Rebild's requirements as an OpenFisca country package, beside which the policy test suite is measured.

OpenFisca has no unknown: every fact is one of three choices, and the formulas carry the unknown through.
"""

from typing import Any, TypeAlias

from numpy import select
from openfisca_core.entities import build_entity
from openfisca_core.indexed_enums import Enum
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

Vector: TypeAlias = Any
"""An array of numpy with one value a person, which is how OpenFisca calculates."""


class Fact(Enum):
    unknown = "Not known"
    yes = "Yes"
    no = "No"


class Setting(Enum):
    nothing = "Nothing in particular"
    group = "In a group"
    individual = "Alone with a therapist"
    home = "At home"


class Finding(Enum):
    none = "Nobody has assessed it"
    holds = "A member of staff finds that it holds"
    fails = "A member of staff finds that it fails"


class Result(Enum):
    not_in_force = "Not in force"
    holds = "Holds"
    fails = "Fails"
    unknown = "Not known"


class Outcome(Enum):
    granted = "Granted"
    redirected = "Goes on under another act"
    rejected = "Rejected"
    needs_information = "Facts are missing"
    needs_assessment = "A member of staff assesses it"


def three_valued(holds: Vector, fails: Vector) -> Vector:
    return select([holds, fails], [Result.holds, Result.fails], Result.unknown)


def maintenance_need(person: Any, period: Any) -> Vector:
    needs = person("needs_maintenance", period)
    return three_valued(needs == Fact.yes, needs == Fact.no)


def therapist_support(person: Any, period: Any) -> Vector:
    needs = person("needs_therapist_support", period)
    return three_valued(needs == Fact.yes, needs == Fact.no)


def chronic_condition(person: Any, period: Any) -> Vector:
    chronic = person("chronic_condition", period)
    return three_valued(chronic == Fact.yes, chronic == Fact.no)


def no_duplicate_physiotherapy(person: Any, period: Any) -> Vector:
    receives = person("receives_free_physiotherapy", period)
    same = person("free_physiotherapy_same_purpose", period)
    return three_valued((receives == Fact.no) | (same == Fact.no), (receives == Fact.yes) & (same == Fact.yes))


def not_elder_care_act(person: Any, period: Any) -> Vector:
    covered = person("covered_by_elder_care_act", period)
    return three_valued(covered == Fact.no, covered == Fact.yes)


def outcome(person: Any, period: Any) -> Vector:
    """First the door, then the merits; a finding stands in for a discretionary requirement that does not hold."""
    door = person("not_elder_care_act_result", period)
    strict = [person(f"{name}_result", period) for name in ("maintenance_need", "no_duplicate_physiotherapy")]
    rejects = (strict[0] == Result.fails) | (strict[1] == Result.fails)
    asks = (strict[0] == Result.unknown) | (strict[1] == Result.unknown) | asks_for_setting(person, period)
    awaits = False
    for name in ("therapist_support", "chronic_condition"):
        result, finding = person(f"{name}_result", period), person(f"{name}_finding", period)
        rejects |= (result != Result.holds) & (finding == Finding.fails)
        asks |= (result == Result.unknown) & (finding == Finding.none)
        awaits |= (result == Result.fails) & (finding == Finding.none)
    return select(
        [door == Result.fails, door == Result.unknown, rejects, asks, awaits],
        [
            Outcome.redirected,
            Outcome.needs_information,
            Outcome.rejected,
            Outcome.needs_information,
            Outcome.needs_assessment,
        ],
        Outcome.granted,
    )


def asks_for_setting(person: Any, period: Any) -> Vector:
    """Training alone or at home is given in special circumstances: who asks for it is asked about them."""
    setting = person("requested_setting", period)
    unknown = person("special_circumstances", period) == Fact.unknown
    return unknown & ((setting == Setting.individual) | (setting == Setting.home))


Person = build_entity("person", "persons", "Someone who asks for maintenance training", is_person=True)


def variable(name: str, choices: Any, **formulas: Any) -> type[Variable]:
    """A variable of a person on a day, which is the first of *choices* where nothing else is said."""
    attributes = {"value_type": Enum, "possible_values": choices, "default_value": next(iter(choices)), "label": name}
    return type(name, (Variable,), {**attributes, "entity": Person, "definition_period": DateUnit.DAY, **formulas})


class CountryTaxBenefitSystem(TaxBenefitSystem):
    def __init__(self) -> None:
        super().__init__([Person])
        self.parameters = ParameterNode("", data={})
        self.add_variables(
            variable("needs_maintenance", Fact),
            variable("needs_therapist_support", Fact),
            variable("chronic_condition", Fact),
            variable("receives_free_physiotherapy", Fact),
            variable("free_physiotherapy_same_purpose", Fact),
            variable("covered_by_elder_care_act", Fact),
            variable("special_circumstances", Fact),
            variable("requested_setting", Setting),
            variable("therapist_support_finding", Finding),
            variable("chronic_condition_finding", Finding),
            variable("maintenance_need_result", Result, formula=maintenance_need),
            variable("therapist_support_result", Result, formula=therapist_support),
            variable("chronic_condition_result", Result, formula=chronic_condition),
            variable("no_duplicate_physiotherapy_result", Result, formula=no_duplicate_physiotherapy),
            variable("not_elder_care_act_result", Result, formula_2025_07_01=not_elder_care_act),
            variable("outcome", Outcome, formula=outcome),
        )
