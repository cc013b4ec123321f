"""A notebook is bound to a run by injected parameters; a person's copy keeps her own cells."""

import json
import subprocess
from pathlib import Path

import nbformat
import pytest

from releasekit.errors import InputError
from releasekit.record.bind import WALKTHROUGH, binding, bound_copy
from releasekit.record.jupyter import lab_command, open_lab
from releasekit.record.kernel import environment
from releasekit.record.place import Folder
from releasekit.record.resources import find
from releasekit.record.voila import app_command
from tests.run.postgresql import free_port


def test_the_parameters_name_no_absolute_path(tmp_path: Path) -> None:
    folder = tmp_path / "reports" / "shop" / "1" / "r"
    given = binding("r", tmp_path / "parameters", Folder(folder), interactive=True)
    assert given == {"run_id": "r", "base": "../../../../parameters", "interactive": True}
    # with nothing but the root in common, a relative path would spell the whole of it
    assert binding("r", Path("/srv/parameters"), Folder(Path("/data/out")), interactive=False) == {
        "run_id": "r",
        "interactive": False,
    }


def test_the_copy_is_bound_and_clean_and_a_second_one_keeps_a_persons_cells(tmp_path: Path) -> None:
    source = find("notebooks/release.ipynb")
    path = bound_copy(source, tmp_path, {"run_id": "one", "interactive": True})
    assert path == tmp_path / WALKTHROUGH
    node = nbformat.read(path, as_version=4)
    nbformat.validate(node)
    assert [cell.id for cell in node.cells if "injected-parameters" in cell.metadata.tags] == ["injected-parameters"]
    assert "papermill" not in json.dumps(node)
    assert len(node.cells) == len(json.loads(source.read_text())["cells"]) + 1

    node.cells.append(nbformat.v4.new_code_cell("mine = 1"))
    path.write_text(nbformat.writes(node))
    bound_copy(source, tmp_path, {"run_id": "two", "interactive": True})
    again = nbformat.read(path, as_version=4)
    assert again.cells[-1].source == "mine = 1"
    (cell,) = [cell for cell in again.cells if cell.id == "injected-parameters"]
    assert 'run_id = "two"' in cell.source
    assert "one" not in cell.source


def test_jupyterlab_gets_this_interpreters_kernel_and_what_a_person_asks_for(tmp_path: Path) -> None:
    command = lab_command(tmp_path / "x.ipynb", browser=False, port=8901, ip="127.0.0.1", arguments=["--allow-root"])
    assert command[3] == str(tmp_path / "x.ipynb")
    assert "--ServerApp.kernel_spec_manager_class=releasekit.record.kernel.OwnKernelSpecs" in command
    assert command[-4:] == ["--no-browser", "--ServerApp.port=8901", "--ServerApp.ip=127.0.0.1", "--allow-root"]
    assert not {"--no-browser", "--ServerApp.ip="} & set(lab_command(tmp_path / "x.ipynb"))


def test_jupyterlab_prints_the_address_of_the_notebook_with_its_token(tmp_path: Path) -> None:
    notebook = tmp_path / "walk through.ipynb"
    notebook.write_text(nbformat.writes(nbformat.v4.new_notebook()))
    command = lab_command(notebook, browser=False, port=free_port(), base_url="/shop/")
    environ = environment("sqlite://", str(tmp_path))
    with subprocess.Popen(command, cwd=tmp_path, env=environ, stderr=subprocess.PIPE, text=True) as server:
        try:
            printed = next(line for line in server.stderr or () if "?token=" in line)
        finally:
            server.terminate()
    assert "/shop/lab/tree/walk%20through.ipynb?token=" in printed


@pytest.mark.parametrize(("user", "allowed"), [(0, True), (1000, False)])
def test_jupyterlab_starts_for_root_too_as_containers_have_it(
    monkeypatch: pytest.MonkeyPatch, user: int, allowed: bool
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: user)
    assert ("--allow-root" in lab_command(Path("x.ipynb"))) is allowed


def test_servers_start_in_the_notebooks_folder_so_they_get_its_path_in_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    wanted = str(tmp_path.resolve() / "reports" / "x.ipynb")
    assert lab_command(Path("reports/x.ipynb"))[3] == wanted
    assert app_command(Path("reports/x.ipynb"))[3] == wanted


def test_a_notebook_that_is_not_there_is_one_message(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the notebook is not there"):
        open_lab(tmp_path / "no.ipynb", store="sqlite://", base=tmp_path)


def test_a_kernel_sees_the_callers_environment_and_ours() -> None:
    seen = environment("sqlite:///x", "/p", {"TOKEN": "t", "PYTHONSAFEPATH": "", "RELEASEKIT_STORE": "old"})
    assert seen == {
        "TOKEN": "t",
        "PYTHONSAFEPATH": "1",
        "RELEASEKIT_STORE": "sqlite:///x",
        "RELEASEKIT_BASE": "/p",
    }
