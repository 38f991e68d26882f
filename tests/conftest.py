"""How Hypothesis runs, and what several test files share.

The profile is `ci`, which draws the same examples every time; `HYPOTHESIS_PROFILE=thorough` draws many new ones.
"""

import os
from typing import get_args

import pytest
import strategies
from hypothesis import HealthCheck, Phase, settings

# what is slow here is the first reading of a pack, which says nothing about a strategy
settings.register_profile(
    "ci", deadline=None, derandomize=True, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "thorough", deadline=None, max_examples=1200, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
# the same few examples each time and none made smaller: it is enough to know that a test fails
settings.register_profile(
    "mutants",
    deadline=None,
    derandomize=True,
    max_examples=20,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(scope="session")
def generated_packs() -> None:
    """The generated packs have been read: Hypothesis cannot make them while it is running a test."""
    for shape in get_args(strategies.Shape):
        strategies.generated(shape)
