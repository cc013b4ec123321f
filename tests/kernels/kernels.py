"""Kernels of a spec, as a front end starts them, and what they say; for the tests of this folder."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_client.manager import KernelManager, start_new_kernel

WARM = "releasekit"


@dataclass(frozen=True, slots=True)
class Kernel:
    """A running kernel; ``say(expression)`` is what it makes of a Python expression, as JSON data."""

    manager: KernelManager
    client: Any

    def say(self, expression: str) -> Any:
        """Evaluate; AssertionError when the kernel raises."""
        imports, asked = "import json, os, sys, random, threading, signal", {"it": f"json.dumps({expression})"}
        reply: dict[str, Any] = {"status": "aborted"}
        while reply["status"] == "aborted":  # for a moment after an error, a kernel passes over what it is asked
            reply = self.client.execute(imports, user_expressions=asked, reply=True, timeout=60)["content"]
        said = reply["user_expressions"]["it"]
        assert said["status"] == "ok", said
        return json.loads(eval(said["data"]["text/plain"]))

    def do(self, code: str) -> list[dict[str, Any]]:
        """Execute, and everything it put out: stream text and data, in order."""
        shown: list[dict[str, Any]] = []

        def hear(message: dict[str, Any]) -> None:
            if message["msg_type"] in ("stream", "display_data", "execute_result", "error"):
                shown.append({"type": message["msg_type"], **message["content"]})

        self.client.execute_interactive(code, output_hook=hear, timeout=60)
        return shown

    @property
    def forked(self) -> bool:
        """Whether it came from the zygote."""
        return self.manager.provisioner.forked is not None


@contextmanager
def kernel(name: str = WARM, cwd: Path | None = None, env: dict[str, str] | None = None) -> Iterator[Kernel]:
    """Start one, and end it."""
    given = {"env": {**os.environ, **env}} if env is not None else {}
    manager, client = start_new_kernel(startup_timeout=120, kernel_name=name, cwd=str(cwd or Path.cwd()), **given)
    try:
        yield Kernel(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be asked does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def gone(pid: int, seconds: float = 30) -> bool:
    """Wait until a process that is no child of ours has ended."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    import select

    ended, _, _ = select.select([descriptor], [], [], seconds)
    os.close(descriptor)
    return bool(ended) or not alive(pid)
