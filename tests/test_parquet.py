"""A Parquet file is read a few rows at a time, whatever its row groups are: by Polars if they are small."""

import subprocess
import sys

import polars as pl
import population
import pytest

from vedligehold.table import source
from vedligehold.table.source import Watch, parquet

ROWS = 1000


@pytest.fixture
def few(monkeypatch):
    """So that a small file has many parts."""
    monkeypatch.setattr(source, "AT_ONCE", 100)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("group", [1, 7, 30, 64, 100, 101, 333, 5000])
@pytest.mark.parametrize("columns", [None, ["requested", "birth_date"]])
def test_the_rows_come_in_their_order_a_few_at_a_time(group, columns, tmp_path):
    """Also where a row group has more of them, which PyArrow reads a part of."""
    rows = population.population(ROWS, wrong=0.1)
    rows.write_parquet(tmp_path / "people.parquet", row_group_size=group)
    watch = Watch()
    parts = list(parquet(tmp_path / "people.parquet", watch).batches(watch, columns))

    assert rows.select(columns or pl.all()).equals(pl.concat(parts))
    assert max(part.height for part in parts) <= 100
    assert min(part.height for part in parts[:-1]) > 100 - min(group, 100) or group > 100
    assert (ROWS, ROWS) == (watch.size, watch.done)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("rows", [0, 1])
def test_a_file_of_no_or_one_row_is_read(rows, tmp_path):
    frame = population.population(1).head(rows)
    frame.write_parquet(tmp_path / "people.parquet")
    watch = Watch()
    found = parquet(tmp_path / "people.parquet", watch)

    assert frame.schema == found.schema
    assert rows == sum(part.height for part in found.batches(watch, None))


def test_a_name_with_a_star_is_the_name_of_one_file(tmp_path):
    """Polars would read all files whose names are like it."""
    for name in ("a.parquet", "*.parquet", "year=2020.parquet"):
        pl.DataFrame({"name": [name]}).write_parquet(tmp_path / name)
    for name in ("*.parquet", "year=2020.parquet"):
        (part,) = parquet(tmp_path / name, Watch()).batches(Watch(), None)
        assert [(name,)] == part.rows()


def test_a_file_is_read_without_pandas(tmp_path):
    """To load it takes longer than to decide a million rows."""
    population.population(10).write_parquet(tmp_path / "people.parquet")
    code = (
        "import sys\nfrom pathlib import Path\nfrom vedligehold.table.source import Watch, parquet\n"
        "list(parquet(Path(sys.argv[1]), Watch()).batches(Watch(), None))\nprint('pandas' in sys.modules)"
    )
    words = [sys.executable, "-c", code, str(tmp_path / "people.parquet")]
    assert "False\n" == subprocess.run(words, capture_output=True, text=True, check=True).stdout
