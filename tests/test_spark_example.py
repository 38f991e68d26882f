"""The example for a cluster: run by `spark-submit` itself, and what it says of what cannot be."""

import os
import subprocess
import sys
import warnings
from datetime import date
from pathlib import Path

import polars as pl
import population
import pytest
import sparks

from vedligehold import decide_many, load_pack

pytest.importorskip("pyspark", reason="Spark is installed for the first Python alone", exc_type=ModuleNotFoundError)
import decide_on_spark

ROOT = Path(__file__).parents[1]
LINE = ("--pack", "rebild", "--on", "2010-05-03")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_spark_submit_decides_a_file_as_polars_does():
    """On two cores, from Parquet to Parquet, by the command that stands in the example."""
    population.population(500).with_columns(række=pl.int_range(500)).write_parquet("people.parquet")
    with sparks.spark_environment() as variables:
        done = subprocess.run(
            [
                Path(sys.executable).parent / "spark-submit",
                *("--master", "local[2]", "--conf", "spark.ui.enabled=false"),
                *("--conf", "spark.driver.extraJavaOptions=-XX:TieredStopAtLevel=1"),
                *(ROOT / "examples" / "decide_on_spark.py", "people.parquet", "decided", *LINE),
            ],
            env={**os.environ, **variables, "PYTHONPATH": str(ROOT / "src")},
            capture_output=True,
            text=True,
            check=False,
        )

    with warnings.catch_warnings(action="ignore"):
        expected = decide_many(load_pack("rebild"), pl.read_parquet("people.parquet"), on=date(2010, 5, 3))
    counts = expected.group_by("outcome").len().sort("outcome").rows()
    assert (0, "".join(f"{outcome}: {rows}\n" for outcome, rows in counts)) == (done.returncode, done.stdout)
    assert Path("decided/_SUCCESS").exists()
    found = pl.read_parquet("decided/*.parquet").sort("række")
    assert expected.to_dicts() == found.to_dicts()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("people.parquet out --pack rebilt --on 2010-05-03", "did you mean `rebild`"),
        ("people.parquet out --pack rebild --on 2009-12-31", "not-in-force"),
        ("people.parquet out --pack rebild --on dagen", "there is no column `dagen`"),
        ("nobody.parquet out --pack rebild --on 2010-05-03", "nobody.parquet"),
        ("people.parquet there --pack rebild --on 2010-05-03", "already exists"),
    ],
)
def test_what_spark_cannot_do_is_said_in_a_line(spark, words, said, capsys, tmp_path):
    """And nothing is written."""
    population.population(5).write_parquet("people.parquet")
    Path("there").mkdir()
    source, target, *rest = words.split()

    # Spark's own folder is another one
    assert 2 == decide_on_spark.main([str(tmp_path / source), str(tmp_path / target), *rest])
    out, err = capsys.readouterr()
    assert "" == out
    assert said in err
    assert "Traceback" not in err
    assert not Path("out").exists()
