"""`python -m by_hand in_duckdb people.parquet decided.parquet`: Parquet to Parquet in a process of its own."""

import sys
from importlib import import_module
from pathlib import Path

side, source, target = sys.argv[1:]
module = import_module(f"by_hand.{side}")
module.to_file(Path(source), Path(target))
# the machine of Java is a process by itself: nobody else can ask for its peak
print(module.peak() if hasattr(module, "peak") else 0)
