"""What tests run in: processes, locales, and the libraries that are not everywhere."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

import vedligehold


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """That of this process, with the source found first and none of the settings made by whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTHON", "TZ"))}
    return {**kept, "PYTHONPATH": str(Path(vedligehold.__file__).parents[1]), "TERM": "dumb", **more}


def made_locale(name: str, folder: Path) -> dict[str, str]:
    """Where the locale *name* is found; one that the machine does not have is made in *folder* where it can be."""
    language, charset = f"{name}.".split(".")[:2]
    localedef = shutil.which("localedef")
    if localedef is None or not charset:
        return {}
    # what warns about a definition may still make it
    making = [localedef, "-f", charset, "-i", language, str(folder / f"{language}.{charset}")]
    subprocess.run(making, capture_output=True)
    return {"LOCPATH": str(folder)} if any(folder.iterdir()) else {}


def needs_durable_rules() -> None:
    """Skip the test where the second engine is not installed."""
    pytest.importorskip("durable", reason="durable_rules is installed for the first Python alone")
