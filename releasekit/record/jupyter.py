"""Starts JupyterLab on a notebook that is bound to a run, and waits for its end. Knows no run."""

import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from releasekit.errors import InputError
from releasekit.record.kernel import environment


def open_lab(
    notebook: Path,
    *,
    store: str,
    base: Path,
    browser: bool = True,
    port: int | None = None,
    ip: str = "",
    arguments: Sequence[str] = (),
) -> int:
    """Run ``jupyter lab`` on ``notebook`` until a person ends it; returns its exit status.

    Its kernels are this interpreter's and see ``store`` and ``base``; the notebook's folder is the server's root and
    the kernels' working directory. ``arguments`` go to JupyterLab as they are. Raises InputError when the notebook is
    not there.
    """
    if not notebook.is_file():
        raise InputError("the notebook is not there", str(notebook))
    command = lab_command(notebook, browser=browser, port=port, ip=ip, arguments=arguments)
    with subprocess.Popen(command, cwd=notebook.parent, env=environment(store, str(base))) as lab:
        before = signal.signal(signal.SIGTERM, lambda _number, _frame: lab.terminate())
        try:
            return _wait(lab)
        finally:
            signal.signal(signal.SIGTERM, before)


def _wait(lab: "subprocess.Popen[bytes]") -> int:
    while True:
        try:
            return lab.wait()
        except KeyboardInterrupt:  # JupyterLab got it too, and asks whether to end
            continue


def lab_command(
    notebook: Path, *, browser: bool = True, port: int | None = None, ip: str = "", arguments: Sequence[str] = ()
) -> list[str]:
    """The command line of ``open_lab``."""
    options = [] if browser else ["--no-browser"]
    options += [f"--ServerApp.port={port}"] if port is not None else []
    options += [f"--ServerApp.ip={ip}"] if ip else []
    return [
        sys.executable,
        "-m",
        "jupyterlab",
        str(notebook),
        "--ServerApp.kernel_spec_manager_class=releasekit.record.kernel.OwnKernelSpecs",
        # it asks whether it may fetch news, and looks for new versions: a release asks nobody outside
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        *options,
        *arguments,
    ]
