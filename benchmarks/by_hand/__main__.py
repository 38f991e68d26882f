"""`python -m by_hand in_duckdb people.parquet decided.parquet`: Parquet to Parquet in a process of its own."""

import sys
from importlib import import_module
from pathlib import Path

side, source, target = sys.argv[1:]
import_module(f"by_hand.{side}").to_file(Path(source), Path(target))
