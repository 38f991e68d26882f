"""What cannot be imported here has no examples to run: some libraries are installed for the first Python alone.

Pytest could be told to pass over every module that cannot be imported; it would then pass over a test with a misspelt
import as well, and say nothing.
"""

from importlib.util import find_spec

NEEDS = {
    "pyspark": ["src/vedligehold/table/on_spark.py"],
    "durable": ["src/vedligehold/durable_host.py", "docs/durable-rules.md"],
}

collect_ignore = [path for library, paths in NEEDS.items() if not find_spec(library) for path in paths]
