"""The compiled conditions say what the reference meaning says, on generated packs and cases."""

import pytest
from hypothesis import given
from packs import DAY, make_case, make_pack
from strategies import Situation, situations

from vedligehold.case import Case
from vedligehold.decide import decide
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


@given(situations())
def test_the_quick_answer_is_that_of_the_reference(situation: Situation):
    """Outcome, what won and every result; the decision raises by itself where they differ."""
    decision = situation.decide()

    assert {each.id: each.result for each in decision.requirements} == decision.results


def test_what_is_read_first_is_answered_without_a_trace(monkeypatch, tmp_path):
    """Outcome, because and results come from the compiled conditions alone."""
    pack, case = make_pack(tmp_path), make_case(needs_maintenance=True)
    monkeypatch.setattr("vedligehold.settle.evaluate", None)
    decision = decide(pack, case, on=DAY)

    assert "granted" == decision.outcome
    assert "holds" in decision.results.values()
