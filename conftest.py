"""What cannot be imported here has no examples to run: Spark is installed for the first Python alone.

Pytest could be told to pass over every module that cannot be imported; it would then pass over a test with a misspelt
import as well, and say nothing.
"""

from importlib.util import find_spec

collect_ignore = [] if find_spec("pyspark") else ["src/vedligehold/table/on_spark.py"]
