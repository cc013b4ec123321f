"""A person is there in JupyterLab and in Voilà, and nowhere else: asked of the real programs."""

import os
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from releasekit.views.presence import attended
from tests.record.example import notebook
from tests.views.servers import serving, voila

CELL = "from releasekit.views.presence import attended\nopen('answer.txt', 'w').write(str(attended()))"


def test_outside_jupyter_nobody_is_there() -> None:
    assert attended() is False


@pytest.mark.parametrize(
    "command",
    [
        ["papermill", "asks.ipynb", "out.ipynb"],
        ["jupyter", "execute", "asks.ipynb"],
        ["jupyter", "nbconvert", "--execute", "--to", "notebook", "--output", "out.ipynb", "asks.ipynb"],
    ],
    ids=["papermill", "jupyter execute", "nbconvert"],
)
def test_programs_that_only_execute_are_nobody_even_when_started_from_a_cell(
    command: list[str], tmp_path: Path
) -> None:
    notebook(tmp_path / "asks.ipynb", CELL)
    # what a cell's children inherit in JupyterLab and in Voilà
    inherited = {"JPY_SESSION_NAME": "walkthrough.ipynb", "VOILA_KERNEL_ID": "1f0c", "VOILA_REQUEST_URL": "http://x/"}
    program = Path(sys.executable).with_name(command[0])
    env = {**os.environ, **inherited}
    subprocess.run([str(program), *command[1:]], cwd=tmp_path, env=env, capture_output=True, check=True)
    assert (tmp_path / "answer.txt").read_text() == "False"


def test_voila_has_a_person_before_it(tmp_path: Path) -> None:
    book = notebook(tmp_path / "asks.ipynb", CELL)
    with serving(voila(book), tmp_path) as address:
        assert httpx2.get(address, timeout=60).status_code == 200
    assert (tmp_path / "answer.txt").read_text() == "True"
