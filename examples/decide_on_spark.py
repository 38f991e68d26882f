"""Decide a table of cases on a cluster of Spark, from Parquet to Parquet.

    spark-submit examples/decide_on_spark.py people.parquet decided.parquet --pack rebild --on 2010-05-03

`--on` is a day, or the name of a column of days. Every machine of the cluster works on its part of the rows; the pack
is read once, here: the other machines need nothing but Spark. What comes out is whole where Spark has put a file
`_SUCCESS` beside it.
"""

import argparse
import sys
import warnings
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pyspark.errors import AnalysisException
from pyspark.sql import SparkSession

from vedligehold import VedligeholdError, decide_many, load_pack


def main(words: Sequence[str] | None = None) -> int:
    """Decide the table, and show how many rows there are of each outcome."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", help="a Parquet file, or a folder of them")
    parser.add_argument("target", help="the folder that comes out; it must not be there yet")
    parser.add_argument("--pack", required=True, help="the id of a rule pack")
    parser.add_argument("--on", required=True, help="the day of the decision, YYYY-MM-DD, or its column")
    parser.add_argument("--rules", type=Path, help="the folder of the packs, where they are your own")
    said = parser.parse_args(words)

    # a method that is longer the Java machine never compiles: in pieces the query is several times as fast
    builder = SparkSession.builder.config("spark.sql.codegen.hugeMethodLimit", "8000")
    spark = builder.getOrCreate()
    try:
        pack = load_pack(said.pack, rules=said.rules)
        with warnings.catch_warnings(record=True) as notes:
            warnings.simplefilter("always")
            decided = decide_many(pack, spark.read.parquet(said.source), on=_day_or_column(said.on))
        for note in notes:
            print(note.message, file=sys.stderr)
        decided.write.mode("errorifexists").parquet(said.target)
    except VedligeholdError as error:
        print(error, file=sys.stderr)
        return 2
    except AnalysisException as error:
        # the first line says what there is to know; the others are of the plan
        print(str(error).splitlines()[0], file=sys.stderr)
        return 2
    # what was written is counted: nothing is decided twice
    counts = spark.read.parquet(said.target).groupBy("outcome").count().collect()
    for outcome, rows in sorted((row["outcome"], row["count"]) for row in counts):
        print(f"{outcome}: {rows}")
    return 0


def _day_or_column(text: str) -> date | str:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


if __name__ == "__main__":
    sys.exit(main())
