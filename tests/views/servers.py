"""Real Jupyter servers for the tests: on a free port, ended with what they started."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx2

from tests.waiting import until


@contextmanager
def serving(command: Sequence[str], folder: Path, environ: Mapping[str, str] | None = None) -> Iterator[str]:
    """Run a server whose command ends in its port, in ``folder``, until it answers; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with (folder / "server.log").open("wb") as log:
        env = {**os.environ, **(environ or {})}
        process = subprocess.Popen([*command, str(port)], cwd=folder, env=env, stdout=log, stderr=log)
        try:
            log_file, starting = folder / "server.log", (httpx2.TransportError,)
            until(process, lambda: _answers(address), starting=starting, said=log_file.read_text)
            yield address
        finally:
            process.terminate()
            process.wait(30)


def _answers(address: str) -> bool:
    httpx2.get(f"{address}/static/favicons/favicon.ico", timeout=5)
    return True  # whatever it says


OPENING = """
import sys; from pathlib import Path
from releasekit.record.jupyter import open_lab
from releasekit.record.voila import open_app
how, notebook, store, base, base_url, port = sys.argv[1:]
opener = {"lab": open_lab, "app": open_app}[how]
free = {"lab": ["--allow-root", "--IdentityProvider.token="], "app": ["--Voila.token="]}[how]
given = {"store": store, "base": Path(base), "base_url": base_url, "port": int(port), "ip": "127.0.0.1"}
sys.exit(opener(Path(notebook), browser=False, arguments=free, **given))
"""


def lab(notebook: Path, store: str, base: Path, base_url: str = "") -> list[str]:
    """The command of a JupyterLab as `open_lab` starts it, but without a token; the port is missing."""
    return [sys.executable, "-c", OPENING, "lab", str(notebook), store, str(base), base_url]


def app(notebook: Path, store: str, base: Path, base_url: str = "") -> list[str]:
    """The command of a Voilà as `open_app` starts it, but without a token; the port is missing."""
    return [sys.executable, "-c", OPENING, "app", str(notebook), store, str(base), base_url]


def voila(notebook: Path) -> list[str]:
    """The command of a stand-alone Voilà; the port is missing."""
    return [sys.executable, "-m", "voila", str(notebook), "--no-browser", "--Voila.ip=127.0.0.1", "--port"]
