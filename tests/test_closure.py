"""The compiled conditions say what the reference meaning says, on generated packs and cases."""

import pytest
from hypothesis import given
from strategies import Situation, situations

from vedligehold.case import Case
from vedligehold.known import known_values
from vedligehold.meaning.closure import compiled
from vedligehold.meaning.value import evaluate

pytestmark = pytest.mark.usefixtures("generated_packs")


@given(situations())
def test_a_closure_says_what_the_reference_says(situation: Situation):
    """Of every condition of the pack: of requirements, rows, exclusions and notices."""
    policy = situation.made.pack.at(situation.on)
    values = known_values(policy, Case.model_validate(situation.case), situation.on)
    conditions = [condition for each in policy.requirements for condition in each.conditions]
    conditions += [row.when for row in policy.version.rows if row.when is not None]
    conditions += [each.when for each in policy.version.leave_out if each.when is not None]
    conditions += [notice.when for notice in policy.notices]

    for condition in conditions:
        assert evaluate(condition, values).truth == compiled(condition)(values), condition
