"""The notebook of the documentation shows what is so: run from top to bottom, it says what is stored in it.

It is stored with its outputs, so that it can be read where nothing runs. `WRITE_EXPECTED=1 pytest
tests/test_notebook.py` stores them anew; read every changed line and look at every picture before you commit it.
"""

import json
import os
import re
import struct
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbformat import NotebookNode
from pages import DOCS

import vedligehold

NOTEBOOK = DOCS / "notebooks" / "population.ipynb"
WRITE = "WRITE_EXPECTED" in os.environ
PNG = "image/png"
LARGEST_PICTURE = 60_000
"""In bytes: whoever clones the project gets every one that there ever was."""
OF_OTHERS = ("COVERAGE_", "IPYTHON", "JUPYTER_", "MATPLOTLIB", "MPL", "POLARS_")
"""Settings by which the notebook would be measured, or look otherwise than stored."""
FOLDERS = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "MPLCONFIGDIR")


def stored() -> NotebookNode:
    found: NotebookNode = nbformat.read(NOTEBOOK, as_version=4)
    return found


def code_of(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def texts_of(cell: NotebookNode) -> Iterator[dict[str, Any]]:
    """What a cell shows; of a picture only that it is there."""
    for output in cell.outputs:
        yield {**output, "data": {kind: "" if kind == PNG else said for kind, said in output.get("data", {}).items()}}


def pictures_of(cell: NotebookNode) -> list[bytes]:
    return [b64decode(output.data[PNG]) for output in cell.outputs if PNG in output.get("data", {})]


def size_of(picture: bytes) -> tuple[int, int]:
    """Width and height in points, as a PNG has them in its head."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


@pytest.fixture
def home(tmp_path_factory, monkeypatch):
    """All that Jupyter, IPython and matplotlib write is in here, and no setting of somebody's reaches them."""
    folder = tmp_path_factory.mktemp("nb")  # short: the name of a socket has room for a hundred letters
    for name in [name for name in os.environ if name.startswith(OF_OTHERS)]:
        monkeypatch.delenv(name)
    for name in FOLDERS:
        monkeypatch.setenv(name, str(folder / name.lower()))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    # the library that is tested, but not `examples`: that is for the notebook to find
    monkeypatch.setenv("PYTHONPATH", str(Path(vedligehold.__file__).parents[1]))
    return folder


def run(notebook: NotebookNode, home: Path) -> None:
    """Run every cell where the notebook lies, by the Python that runs the tests, and put into it what they show."""
    # matplotlib looks for fonts once, and where that takes long it says so: that would stand in the notebook
    subprocess.run([sys.executable, "-c", "import matplotlib.font_manager"], check=True, capture_output=True)
    manager = AsyncKernelManager(
        kernel_name="python3",
        kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),  # none that somebody has installed
        transport="ipc",
        connection_file=str(home / "k.json"),
    )
    beside = {"metadata": {"path": str(NOTEBOOK.parent)}}
    client = NotebookClient(notebook, km=manager, timeout=600, record_timing=False, resources=beside)
    client.execute(cleanup_kc=True)  # or a kernel that it was given would live on


@pytest.mark.long
def test_run_from_top_to_bottom_it_shows_what_is_stored(home):
    """Every text is the same, and every picture there and about as large: its letters are not the same everywhere."""
    expected, found = stored(), stored()
    run(found, home)
    if WRITE:
        for old, new in zip(expected.cells, found.cells, strict=True):
            old.update({name: new[name] for name in ("outputs", "execution_count") if name in new})
        nbformat.write(expected, NOTEBOOK)

    for old, new in zip(code_of(expected), code_of(found), strict=True):
        assert list(texts_of(old)) == list(texts_of(new)), old.id
        for before, after in zip(pictures_of(old), pictures_of(new), strict=True):
            assert pytest.approx(size_of(before), rel=0.05) == size_of(after), old.id


def test_it_is_stored_as_jupyter_writes_it():
    """Valid, in the one form that there is, so that a change is a small one."""
    nbformat.validate(stored())

    assert f"{nbformat.writes(stored())}\n" == NOTEBOOK.read_text(encoding="utf-8")


def test_all_was_run_in_order_and_nothing_warned():
    """A warning or a traceback would stand among the outputs."""
    cells = code_of(stored())
    kinds = {(output.output_type, output.get("name")) for cell in cells for output in cell.outputs}

    assert [*range(1, len(cells) + 1)] == [cell.execution_count for cell in cells]
    assert kinds <= {("display_data", None), ("execute_result", None), ("stream", "stdout")}


def test_nothing_of_the_machine_or_the_hour_is_stored():
    """Neither a place, nor a version of Python, nor a time."""
    notebook = stored()
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    for cell in code_of(notebook):
        cell.outputs = list(texts_of(cell))
    text = json.dumps(notebook.cells, ensure_ascii=False)

    assert {"kernelspec": kernel, "language_info": {"name": "python"}} == notebook.metadata
    assert [] == [cell.id for cell in notebook.cells if cell.metadata]
    assert [] == re.findall(r"(?<![\w.])/(?:work|root|home|tmp|Users|private)\b|https?:", text)


def test_there_are_pictures_and_they_are_small():
    """Of the reasons, of the dates, and of who changes."""
    sizes = [len(picture) for cell in code_of(stored()) for picture in pictures_of(cell)]

    assert 3 == len(sizes)
    assert max(sizes) < LARGEST_PICTURE


def test_its_links_lead_to_pages():
    """From the folder in which it lies."""
    links = [link for cell in stored().cells for link in re.findall(r"\]\(([^)]+)\)", cell.source)]

    assert links
    assert [] == [link for link in links if not (NOTEBOOK.parent / link).is_file()]
