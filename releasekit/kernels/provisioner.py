"""Jupyter's extension point: starts a kernel by forking it from a warm process, or as usual where that cannot be.

https://jupyter-client.readthedocs.io/en/stable/provisioning.html
"""

import asyncio
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Bool

from releasekit.kernels import asking
from releasekit.kernels.zygote import LAUNCHER

NAME = "releasekit"
logger = logging.getLogger(__name__)
_LONGEST_ADDRESS = 100  # of a socket's file: sockaddr_un holds 108 bytes on Linux, 104 on others
_LISTENING = 10.0  # seconds in which a kernel should listen
_ENDING = 1.0  # seconds in which a killed kernel is waited for, rather than looked for every tenth of a second
_LOOKING = 0.05  # seconds after which a loop that nothing woke looks whether what it waits for is done
T = TypeVar("T")


class WarmProvisioner(LocalProvisioner):
    """Forks kernels from the zygote of this process; speaks over sockets in a folder that nobody else may enter."""

    learn = Bool(False, help="Import ahead of the next kernels what this one imports.").tag(config=True)
    debugger = Bool(True, help="Whether its kernels can be debugged.").tag(config=True)
    _sockets: Path | None = None
    forked: asking.Forked | None = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Choose the transport before the connection file is written."""
        if self._sockets is None:
            self._sockets = self._closed_folder()
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork the kernel; where that cannot be, start it as usual and say why."""
        self.forked = None
        try:
            kernel = await _apart(lambda: self._forked(_arguments(cmd), kwargs))
        except asking.NotForkedError as error:
            logger.warning("an ordinary kernel is started: %s", error)
            return await super().launch_kernel(cmd, **kwargs)
        self.process = self.forked = kernel  # type: ignore[assignment]  # it has what is used of subprocess.Popen
        self.pid = self.pgid = kernel.pid
        self.cwd = kwargs.get("cwd") or Path.cwd()
        return self.connection_info

    def _forked(self, arguments: Sequence[str], kwargs: Mapping[str, Any]) -> asking.Forked:
        cwd = str(Path(kwargs.get("cwd") or "").absolute())  # the zygote's own is another
        with _descriptors(kwargs) as descriptors:
            try:
                return asking.shared(self.debugger).fork(
                    arguments, env=kwargs["env"], cwd=cwd, descriptors=descriptors, learn=self.learn
                )
            except asking.EndedError:  # it was just replaced, or a cell killed it: there is a new one
                return asking.shared(self.debugger).fork(
                    arguments, env=kwargs["env"], cwd=cwd, descriptors=descriptors, learn=self.learn
                )

    async def post_launch(self, **kwargs: Any) -> None:
        """Wait until the kernel listens: a client that connects before tries again only every tenth of a second."""
        await super().post_launch(**kwargs)
        if self._sockets is not None and self.parent is not None:
            last = Path(f"{self.parent.ip}-{self.connection_info['hb_port']}")
            await _apart(lambda: self._listens(last))

    def _listens(self, last: Path) -> None:
        """Wait for the socket that a kernel binds last; or for its end."""
        until = time.monotonic() + _LISTENING
        while self.process and not last.exists() and self.process.poll() is None and time.monotonic() < until:
            time.sleep(0.004)

    async def kill(self, restart: bool = False) -> None:
        """End the kernel and what it started."""
        await super().kill(restart)
        if self.forked is not None:
            await asyncio.wait([asyncio.wrap_future(self.forked.ended)], timeout=_ENDING)

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the folder of the sockets, unless the kernel starts anew."""
        await super().cleanup(restart)
        if self._sockets is not None and not restart:
            shutil.rmtree(self._sockets, ignore_errors=True)
            self._sockets = None

    def _closed_folder(self) -> Path | None:
        """A folder for sockets, set as the kernel's address; None when somebody chose another transport or address."""
        manager = self.parent
        if manager is None or manager.transport != "tcp" or manager.trait_has_value("ip") or manager.shell_port:
            return None
        for parent in (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp"):  # noqa: S108 - mode 0700 below
            if parent and Path(parent).is_dir() and os.access(parent, os.W_OK | os.X_OK):
                folder = Path(tempfile.mkdtemp(prefix="rk-", dir=parent))  # for its owner alone
                if len(os.fsencode(folder / "k-5")) < _LONGEST_ADDRESS:
                    manager.transport, manager.ip = "ipc", str(folder / "k")
                    return folder
                folder.rmdir()
        return None


async def _apart(call: Callable[[], T]) -> T:
    """As asyncio.to_thread, also where the loop was inherited by a fork, as worker processes inherit it.

    The threads of such a loop are not there, and the parent or a sibling may read what should wake it.
    """
    threads = ThreadPoolExecutor(1, "releasekit-kernel")
    done = asyncio.wrap_future(threads.submit(call))
    threads.shutdown(wait=False)
    while not done.done():
        await asyncio.wait([done], timeout=_LOOKING)
    return done.result()


def _arguments(cmd: Sequence[str]) -> list[str]:
    """What follows ``-m ipykernel_launcher``; the interpreter must be ours, with -P and no other option."""
    executable, *options = cmd
    if executable != sys.executable or options[:3] != ["-P", "-m", LAUNCHER]:
        raise asking.NotForkedError(f"its command is not {sys.executable} -P -m {LAUNCHER}")
    return options[3:]


@contextmanager
def _descriptors(kwargs: Mapping[str, Any]) -> Iterator[tuple[int, int, int]]:
    """The standard streams that Popen would have made of these arguments."""
    nothing = os.open(os.devnull, os.O_RDWR)
    try:
        streams: list[int] = []
        for name, number in (("stdout", 1), ("stderr", 2)):
            given = kwargs.get(name)
            streams.append(_descriptor(number if given is None else given, nothing, streams))
        yield nothing, streams[0], streams[1]
    finally:
        os.close(nothing)


def _descriptor(given: Any, nothing: int, before: Sequence[int]) -> int:
    if given == subprocess.DEVNULL:
        return nothing
    if given == subprocess.STDOUT and before:
        return before[0]
    descriptor = given if isinstance(given, int) else given.fileno()
    if descriptor < 0:
        raise asking.NotForkedError("its output is asked for as a pipe")
    return int(descriptor)
