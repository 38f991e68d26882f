"""How Hypothesis runs, and what several test files share.

The profile is `ci`, which draws the same examples every time; `HYPOTHESIS_PROFILE=thorough` draws many new ones.
"""

import os
from collections.abc import Iterator
from typing import Any, get_args

import pytest
import sparks
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


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """All that use Spark run in one process, so that there is one Java and not one a worker; the others as they come.

    (`--dist loadgroup` of pytest-xdist 3.8 groups nothing under pytest 9.2.)
    """
    from xdist.scheduler import LoadScopeScheduling

    class OneSpark(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "spark" if "spark" in nodeid else nodeid

    return OneSpark(config, log) if config.getoption("dist") == "load" else None


def pytest_itemcollected(item: pytest.Item) -> None:
    """What uses Spark is told by its name."""
    if "spark" in getattr(item, "fixturenames", ()) and "spark" not in item.nodeid:
        raise pytest.UsageError(f"{item.nodeid} uses Spark: let its name or that of its file say `spark`")


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A Spark session for all tests; they are skipped where Spark is not installed, and only there."""
    pytest.importorskip("pyspark", reason="Spark is installed for the first Python alone", exc_type=ModuleNotFoundError)
    # a Java that lives a minute compiles in haste: twice as quick, and the same answers
    with sparks.spark_session(spark__driver__extraJavaOptions="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC") as session:
        yield session
