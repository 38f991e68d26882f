"""Reading alone: a Parquet file of which every value is looked at once, and nothing is written."""

from pathlib import Path

import polars as pl

from by_hand.limits import looked_at


def to_file(source: Path, _: Path) -> None:
    """Read it by the streaming engine."""
    pl.scan_parquet(source).select(looked_at()).collect(engine="streaming")
