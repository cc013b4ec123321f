"""Starts Voilà on a notebook that is bound to a run: the walkthrough as a page, without code. Knows no run."""

import importlib.util
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from releasekit.errors import InputError
from releasekit.record.jupyter import serve
from releasekit.record.kernel import environment

TEMPLATES = Path(__file__).parent / "share"  # holds voila/templates/releasekit, as a folder on JUPYTER_PATH does


def open_app(
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
    """Run Voilà on ``notebook`` until a person ends it; returns its exit status.

    Its kernels are this interpreter's and see ``store`` and ``base``; whoever opens the page needs the token that is in
    its address. ``base_url`` is the path under which a proxy serves it; ``arguments`` go to Voilà as they are. Raises
    InputError when the notebook is not there, or Voilà not installed.
    """
    if not notebook.is_file():
        raise InputError("the notebook is not there", str(notebook))
    if importlib.util.find_spec("voila") is None:
        raise InputError("Voilà is not installed", do="pip install 'releasekit[app]'")
    command = app_command(notebook, browser=browser, port=port, ip=ip, base_url=base_url, arguments=arguments)
    own = environment(store, str(base))
    found = [str(TEMPLATES), *filter(None, [os.environ.get("JUPYTER_PATH")])]
    return serve(command, notebook.parent, {**own, "JUPYTER_PATH": os.pathsep.join(found)})


def app_command(
    notebook: Path,
    *,
    browser: bool = True,
    port: int | None = None,
    ip: str = "",
    base_url: str = "",
    arguments: Sequence[str] = (),
) -> list[str]:
    """The command line of ``open_app``."""
    options = [] if browser else ["--no-browser"]
    options += [f"--port={port}"] if port is not None else []
    options += [f"--Voila.ip={ip}"] if ip else []
    options += [f"--base_url={base_url}"] if base_url else []
    return [
        sys.executable,
        "-m",
        "voila",
        str(notebook.resolve()),  # the server starts in the notebook's folder
        "--template=releasekit",
        "--strip_sources=True",
        "--token",  # else whoever is on this machine could tick
        "--kernel_spec_manager_class=releasekit.record.kernel.OwnKernelSpecs",
        *options,
        *arguments,
    ]
