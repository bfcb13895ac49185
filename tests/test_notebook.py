"""The notebook runs from its first cell to its last on the demo songs, wherever it lies; and what it shows is true."""

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOK = ROOT / "docs" / "notebook.ipynb"
nbformat = pytest.importorskip("nbformat")


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The notebook after a run in a folder that holds nothing else."""
    from nbclient import NotebookClient

    folder = tmp_path_factory.mktemp("anywhere")
    environment = {"PYTHONPATH": str(ROOT), "TMPDIR": str(folder), "IPYTHONDIR": str(folder / "ipython")}
    notebook = nbformat.read(shutil.copy(NOTEBOOK, folder), as_version=4)
    client = NotebookClient(notebook, timeout=180, resources={"metadata": {"path": str(folder)}})
    client.execute(env={**os.environ, **environment})
    return notebook


def shown(notebook, code: str) -> str:
    """What the one cell with this code put out, as plain text."""
    (cell,) = [cell for cell in notebook.cells if cell.cell_type == "code" and code in cell.source]
    return "\n".join(str(output.get("data", {}).get("text/plain", "")) for output in cell.outputs)


def test_every_cell_of_the_notebook_runs_and_none_complains(executed):
    outputs = [output for cell in executed.cells if cell.cell_type == "code" for output in cell.outputs]
    said = [output.text for output in outputs if output.output_type == "stream"]
    assert [text for text in said if "TqdmWarning" not in text] == []  # it wants widgets, and we do not
    assert len(outputs) >= 15


def test_the_notebook_says_what_it_heard(executed):
    assert "16 songs" in shown(executed, "Library.load(")
    assert "vector [1424]" in shown(executed, "first, second = sorted")
    assert "similarity" in shown(executed, "library.similar(0, k=5)")


def test_the_notebook_is_kept_without_outputs():
    cells = [cell for cell in nbformat.read(NOTEBOOK, as_version=4).cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in cells)
