"""About a minute of the fuzzer, the same every time, and whatever it has found before."""

from pathlib import Path

import pytest
from fuzz import CORPUS, ENDINGS, Input, Kind, inputs, tried
from hypothesis import HealthCheck, given, settings
from strategies import tries

pytestmark = pytest.mark.long

SECONDS = 10.0
"""More than the fuzzer's own two: these run beside others, and while coverage is counted."""
KEPT = sorted(path for path in CORPUS.glob("*/*") if path.is_file())


def some(count: int) -> settings:
    """As many inputs as that; of inputs this large Hypothesis would complain."""
    return settings(tries(count), suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_was_found_once_is_refused_or_read(path: Path):
    """Each is the smallest input that once came out otherwise."""
    kind: Kind = next(kind for kind in ENDINGS if kind == path.parent.name)

    assert tried(kind, path.read_bytes(), SECONDS)


@some(1_000)
@given(inputs("pack"))
def test_whatever_stands_in_a_pack_it_is_refused_or_read_and_decided(generated_packs: None, given_input: Input):
    """Nothing but the errors of the library comes out."""
    assert tried("pack", given_input.raw, SECONDS)


@some(400)
@given(inputs("cases"))
def test_whatever_stands_in_a_file_of_cases_it_is_refused_or_read_and_decided(
    generated_packs: None, given_input: Input
):
    """Nothing but the errors of the library comes out."""
    assert tried("cases", given_input.raw, SECONDS)


@some(1_000)
@given(inputs("case"))
def test_whatever_stands_in_a_case_it_is_refused_or_read_and_decided(generated_packs: None, given_input: Input):
    """Nothing but the errors of the library comes out."""
    assert tried("case", given_input.raw, SECONDS)
