"""Starts JupyterLab on a notebook that is bound to a run, and waits for its end. Knows no run."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

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
    base_url: str = "",
    arguments: Sequence[str] = (),
) -> int:
    """Run ``jupyter lab`` on ``notebook`` until a person ends it; returns its exit status.

    Its kernels are this interpreter's and see ``store`` and ``base``; the notebook's folder is the server's root and
    the kernels' working directory. ``base_url`` is the path under which a proxy serves it; ``arguments`` go to
    JupyterLab as they are. Raises InputError when the notebook is not there.
    """
    if not notebook.is_file():
        raise InputError("the notebook is not there", str(notebook))
    command = lab_command(notebook, browser=browser, port=port, ip=ip, base_url=base_url, arguments=arguments)
    return serve(command, notebook.parent, environment(store, str(base)))


def serve(command: Sequence[str], folder: Path, environ: Mapping[str, str]) -> int:
    """Run a server in ``folder`` until it ends, which SIGTERM asks it to; its exit status."""
    with subprocess.Popen(command, cwd=folder, env=dict(environ)) as server:
        before = signal.signal(signal.SIGTERM, lambda _number, _frame: server.terminate())
        try:
            return _wait(server)
        finally:
            signal.signal(signal.SIGTERM, before)


def _wait(server: "subprocess.Popen[bytes]") -> int:
    while True:
        try:
            return server.wait()
        except KeyboardInterrupt:  # the server got it too, and may ask whether to end
            continue


def lab_command(
    notebook: Path,
    *,
    browser: bool = True,
    port: int | None = None,
    ip: str = "",
    base_url: str = "",
    arguments: Sequence[str] = (),
) -> list[str]:
    """The command line of ``open_lab``."""
    # in a container one is root and knows it; `run` asks nobody either, and the token guards the server all the same
    options = ["--allow-root"] if os.geteuid() == 0 else []
    options += [] if browser else ["--no-browser"]
    options += [f"--ServerApp.port={port}"] if port is not None else []
    options += [f"--ServerApp.ip={ip}"] if ip else []
    options += [f"--ServerApp.base_url={base_url}"] if base_url else []
    return [
        sys.executable,
        "-m",
        "jupyterlab",
        str(notebook.resolve()),  # the server starts in the notebook's folder, and not where this was asked for
        "--ServerApp.kernel_spec_manager_class=releasekit.record.kernel.OwnKernelSpecs",
        # it asks whether it may fetch news, and looks for new versions: a release asks nobody outside
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        # the address that it prints is the notebook's, and not the launcher's
        f"--LabApp.default_url=/lab/tree/{quote(notebook.name)}",
        *options,
        *arguments,
    ]
