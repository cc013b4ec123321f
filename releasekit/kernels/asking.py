"""The asking side: starts a zygote, asks it for kernels, hears when they end. Knows no notebook and no Jupyter."""

import atexit
import itertools
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYetError
from contextlib import suppress
from pathlib import Path
from typing import Any

from releasekit.kernels import modules, wire

PATIENCE = 120.0  # seconds until a zygote that imports must have answered
_ENOUGH = 20  # modules that a kernel had to import itself, for which a new zygote is worth its start
_OF_THE_INTERPRETER = ("PYTHON", "LD_")
_NOT_OF_IT = frozenset({"PYTHONSAFEPATH", "PYTHONUNBUFFERED"})
# What imports may look at: /proc/self/environ of a forked kernel goes on showing what its zygote was started with.
_OF_IMPORTS = re.compile(
    r"(?:PYTHON|LD_|LC_|XDG_|JUPYTER|IPYTHON|MPL|OMP_|MKL_|OPENBLAS_)[A-Z0-9_]*|[A-Z0-9]+_(?:NUM|MAX)_THREADS"
    r"|PATH|HOME|LANG|LANGUAGE|TMPDIR|TZ|USER|LOGNAME|VIRTUAL_ENV"
)


class NotForkedError(Exception):
    """No warm kernel can be had; the message says why. An ordinary one can."""


class EndedError(NotForkedError):
    """The zygote that was asked has ended; the next may be asked."""


class Forked:
    """A kernel that a zygote forked, with the interface of subprocess.Popen; it leads its process group."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.ended: Future[int] = Future()

    @property
    def returncode(self) -> int | None:
        """The exit status, minus the signal's number for a signal; None while it runs."""
        return self.poll()

    def poll(self) -> int | None:
        """The same."""
        return self.ended.result() if self.ended.done() else None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end. Raises subprocess.TimeoutExpired."""
        try:
            return self.ended.result(timeout)
        except NotYetError as error:
            raise subprocess.TimeoutExpired("kernel", timeout or 0) from error

    def send_signal(self, number: int) -> None:
        """Send a signal to the whole group, unless it has ended."""
        if not self.ended.done():
            with suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def kill(self) -> None:
        """End it, whatever it does."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


class Warm:
    """A zygote of this process. Safe to share between threads. ``cache``: where it keeps what kernels teach it.

    Without ``debugger`` its kernels have none: it takes its time to import, and nobody steps through a batch.
    """

    def __init__(self, cache: Path | None = None, debugger: bool = False) -> None:
        ours, theirs = socket.socketpair()
        self._environment = of_interpreter(os.environ)
        named = [sys.executable, "-P", "-m", "releasekit.kernels.zygote", str(theirs.fileno()), str(cache or "")]
        named += ["debugger"] if debugger else []
        with theirs:
            self._process = subprocess.Popen(
                named,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={
                    **of_imports(os.environ),
                    "OPENBLAS_NUM_THREADS": "1",
                },  # pandas would start a thread, and nothing could fork
                start_new_session=True,
            )
        self.owner = os.getpid()
        self.pid = self._process.pid
        self._channel = ours
        self._turn = threading.Lock()
        self._numbers = itertools.count()
        self._asked: dict[int, Future[Forked]] = {}
        self._kernels: dict[int, Forked] = {}
        self._open = True
        self._retired = False
        self.ready = threading.Event()
        self.learned = 0  # modules that a successor would have imported ahead
        threading.Thread(target=self._listen, name="releasekit-zygote", daemon=True).start()

    @property
    def usable(self) -> bool:
        """Whether it can still be asked, by this process."""
        return self._open and self.owner == os.getpid()

    def fork(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: str,
        descriptors: tuple[int, int, int],
        learn: bool = False,
    ) -> Forked:
        """A new kernel with these arguments; ``env`` is all of its environment, ``descriptors`` its standard streams.

        ``learn``: what it imports is imported ahead of the kernels that follow. Raises NotForkedError.
        """
        if of_interpreter(env) != self._environment:
            raise NotForkedError("its environment changes how Python starts (PYTHON... or LD_... variables)")
        number, answer = next(self._numbers), Future[Forked]()
        request = {"number": number, "argv": list(argv), "env": dict(env), "cwd": cwd, "learn": learn}
        with self._turn:
            if not self._open:
                raise EndedError("the process that forks kernels has ended")
            self._asked[number] = answer
            try:
                wire.send(self._channel, request, descriptors)
            except OSError as error:
                raise EndedError(f"the process that forks kernels does not answer: {error.strerror}") from error
        try:
            return answer.result(PATIENCE)
        except NotYetError as error:
            raise NotForkedError(f"the process that forks kernels did not answer in {PATIENCE:g} s") from error

    def retire(self) -> None:
        """End it when its last kernel has ended."""
        with self._turn:
            self._retired = True
        self._leave_if_done()

    def _leave_if_done(self) -> None:
        if self._retired and not self._kernels and not self._asked:
            with suppress(OSError):
                self._channel.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End it, and every kernel of it with what it started."""
        with suppress(OSError):
            self._channel.shutdown(socket.SHUT_RDWR)
        if not self._kernels:
            self._process.kill()  # it may be importing, and has nothing to clear away
        self._process.wait()

    def let_go(self) -> None:
        """In a process that was forked from the one that asked: it goes on being its, and ends with it alone."""
        self._channel.close()
        self._process.returncode = 0  # not ours to wait for

    def _listen(self) -> None:
        for message in self._messages():
            if "started" in message:
                kernel = self._kernels[message["pid"]] = Forked(message["pid"])
                self._asked.pop(message["started"]).set_result(kernel)
            elif "ended" in message:
                self._kernels.pop(message["ended"]).ended.set_result(message["status"])
                self._leave_if_done()
            elif "ready" in message:
                self.ready.set()
            elif "learned" in message:
                self.learned += message["learned"]
            else:
                self._asked.pop(message["refused"]).set_exception(NotForkedError(message["why"]))
        with self._turn:
            self._open = False
        for kernel in self._kernels.values():  # their parent is gone: nobody will say how they ended
            kernel.kill()
            kernel.ended.set_result(-signal.SIGKILL)
        for answer in self._asked.values():
            answer.set_exception(EndedError("the process that forks kernels ended"))
        self._channel.close()
        self._process.wait()

    def _messages(self) -> Iterator[dict[str, Any]]:
        while True:
            try:
                got = wire.receive(self._channel)
            except OSError:
                return
            if got is None:
                return
            yield got[0]


def of_interpreter(env: Mapping[str, str]) -> dict[str, str]:
    """The variables that count when an interpreter starts, and that a fork cannot change any more."""
    return {
        name: value for name, value in env.items() if name.startswith(_OF_THE_INTERPRETER) and name not in _NOT_OF_IT
    }


def of_imports(env: Mapping[str, str]) -> dict[str, str]:
    """The variables that a zygote is started with: none that holds what only some kernels may know."""
    return {name: value for name, value in env.items() if _OF_IMPORTS.fullmatch(name)}


def unforkable() -> str:
    """Why this platform starts every kernel anew; "" where kernels can be forked.

    macOS: its frameworks do not survive a fork without exec (bugs.python.org/issue33725).
    """
    if not hasattr(os, "fork") or not hasattr(socket, "send_fds"):
        return "this platform cannot fork"
    if sys.platform == "darwin":
        return "macOS does not let a process with its frameworks fork safely"
    return ""


# for kernels with a debugger and for those without: the one that is asked, then the one that will be when it is ready
_generations: dict[bool, list[Warm]] = {True: [], False: []}
_turn = threading.Lock()


def shared(debugger: bool = False) -> Warm:
    """The zygote of this process: started when it is first asked for, and again when it has ended.

    Once kernels have taught it enough, a successor is started beside it, and takes over when it has imported that.
    Raises NotForkedError where kernels cannot be forked.
    """
    why = unforkable()
    if why:
        raise NotForkedError(why)
    with _turn:
        line = _generations[debugger]
        line[:] = [one for one in line if one.usable]
        if len(line) == 2 and line[1].ready.is_set():
            line.pop(0).retire()
        if not line or (len(line) == 1 and line[0].learned >= _ENOUGH):
            line.append(Warm(modules.cache_file(debugger), debugger))
        return line[0]


def begin(debugger: bool = False) -> None:
    """Start the zygote of this process now, so that it imports while other things are done."""
    with suppress(NotForkedError):
        shared(debugger)


def end() -> None:
    """End the zygotes of this process, and their kernels."""
    with _turn:
        for line in _generations.values():
            while line:
                one = line.pop()
                if one.usable:
                    one.close()


def _let_go() -> None:
    """In a process that was forked from this one: what there is of zygotes belongs to the parent."""
    if _turn.locked():  # by a thread that is not there
        _turn.release()
    for line in _generations.values():
        while line:
            line.pop().let_go()


atexit.register(end)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)
