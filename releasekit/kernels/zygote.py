"""The process that has imported everything and forks a kernel whenever it is asked: ``python -m ... DESCRIPTOR``.

It belongs to the process at the other end of its socketpair and ends, with all its kernels, when that end is closed.
It has one thread, and no zmq context, event loop or IPython before a fork. Knows no notebook.
"""

import fcntl
import gc
import os
import random
import select
import selectors
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

from releasekit.kernels import modules, wire

LAUNCHER = "ipykernel_launcher"
DEBUGGER = "debugger"
_PDEATHSIG = 1  # prctl(2)
_PIPE = 4096  # what POSIX lets be written to a pipe in one piece


class Zygote:
    """Serves fork requests on ``channel`` until it is closed; what kernels teach it is for its successors."""

    def __init__(self, channel: socket.socket, cache: Path | None, learned: modules.Learned) -> None:
        self._channel = channel
        self._cache = cache
        self._learned = learned
        self._kernels: set[int] = set()
        self._selector = selectors.DefaultSelector()
        self._lessons, self._teach = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._woken, self._wake = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._half = b""

    def serve(self) -> Callable[[], None] | None:
        """None at the end; in a forked child, what it is to run after this has returned."""
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        for descriptor in (self._channel.fileno(), self._lessons, self._woken):
            self._selector.register(descriptor, selectors.EVENT_READ)
        gc.collect()
        self._tell({"ready": len(sys.modules)})
        while not forsaken(self._channel):  # what was asked by one who is gone is not begun
            ready = {key.fd for key, _ in self._selector.select()}
            if self._woken in ready:
                os.read(self._woken, _PIPE)
                self._reap()
            if self._lessons in ready:
                self._learn()
            asked = self._asked() if self._channel.fileno() in ready else None
            child = self._answer(*asked) if asked is not None else None
            if child is not None:
                return child
        self._end()
        return None

    def _asked(self) -> tuple[dict[str, Any], list[int]] | None:
        try:
            return wire.receive(self._channel)
        except OSError:  # the other end is gone, which the loop sees
            return None

    def _tell(self, message: dict[str, Any]) -> None:
        with suppress(OSError):  # likewise
            wire.send(self._channel, message)

    def _answer(self, request: dict[str, Any], descriptors: Sequence[int]) -> Callable[[], None] | None:
        why = "" if threads() == 1 else f"the process that forks kernels has {threads()} threads"
        if why:
            for descriptor in descriptors:
                os.close(descriptor)
            self._tell({"refused": request["number"], "why": why})
            return None
        gc.freeze()  # what is there now is shared by all kernels, and no collection of theirs writes to it
        zygote = os.getpid()
        pid = os.fork()
        if pid:
            self._kernels.add(pid)
            for descriptor in descriptors:
                os.close(descriptor)
            self._tell({"started": request["number"], "pid": pid})
            return None
        teach = self._teach if request["learn"] else -1
        self._let_go()
        guarded(zygote, descriptors)
        become(request)
        return lambda: kernel(request["argv"], teach)

    def _let_go(self) -> None:
        """In the child: everything that is the zygote's own."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._selector.close()
        self._channel.close()
        for descriptor in (self._lessons, self._woken, self._wake):
            os.close(descriptor)

    def _reap(self) -> None:
        while self._kernels:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            self._kernels.discard(pid)
            self._tell({"ended": pid, "status": os.waitstatus_to_exitcode(status)})

    def _learn(self) -> None:
        *lines, self._half = (self._half + os.read(self._lessons, 1 << 16)).split(b"\n")
        told = dict.fromkeys(line.decode(errors="replace") for line in lines if line)
        new = tuple(name for name in told if name not in self._learned.names)
        if new and self._cache:
            self._learned = modules.Learned(self._learned.names + new, self._learned.alone)
            modules.keep(self._cache, self._learned)
            self._tell({"learned": len(new)})

    def _end(self) -> None:
        """Nobody asks any more: every kernel goes, with what it started."""
        for pid in self._kernels:
            try:
                os.killpg(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue


def forsaken(channel: socket.socket) -> bool:
    """Whether the process at the other end is gone, or wants no more."""
    hangups = select.poll()
    hangups.register(channel, 0)
    return bool(hangups.poll(0))


@contextmanager
def ending_with(channel: socket.socket) -> Iterator[None]:
    """End this process as soon as it is forsaken, in the middle of an import too; signal-driven I/O (fcntl(2))."""

    def end_if_forsaken(_number: int = 0, _frame: FrameType | None = None) -> None:
        if forsaken(channel):
            os._exit(0)

    flags = fcntl.fcntl(channel, fcntl.F_GETFL)
    signal.signal(signal.SIGIO, end_if_forsaken)
    fcntl.fcntl(channel, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(channel, fcntl.F_SETFL, flags | os.O_ASYNC)
    try:
        end_if_forsaken()
        yield
    finally:
        fcntl.fcntl(channel, fcntl.F_SETFL, flags)
        signal.signal(signal.SIGIO, signal.SIG_DFL)


def threads() -> int:
    """How many threads this process has, those that libraries started beside Python's too."""
    try:
        return sum(1 for _ in Path("/proc/self/task").iterdir())
    except OSError:
        return threading.active_count()


def guarded(zygote: int, descriptors: Sequence[int]) -> None:
    """In the child: fork once more and return in the grandchild, a session of its own with these standard streams.

    The process between them waits, and ends as the kernel ends. It is the parent that a cell may kill: no other
    kernel suffers.
    """
    _end_with(zygote)
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # they are for the kernel: it leads no group
        signal.signal(number, signal.SIG_IGN)
    for stream, descriptor in enumerate(descriptors):
        os.dup2(descriptor, stream)
    for descriptor in descriptors:
        if descriptor > 2:
            os.close(descriptor)
    guard = os.getpid()
    pid = os.fork()
    if not pid:
        _end_with(guard)
        return
    ended = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if ended < 0:
        fatal = signal.Signals(-ended)
        if fatal is not signal.SIGKILL:
            signal.signal(fatal, signal.SIG_DFL)
        os.kill(guard, fatal)
    os._exit(ended)


def become(request: dict[str, Any]) -> None:
    """In the child: as if it had been started with this environment and folder."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(request["env"])
    os.environ["JPY_PARENT_PID"] = str(os.getppid())
    time.tzset()
    os.chdir(request["cwd"])
    random.seed()
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:
        numpy_random.seed()
    gc.enable()


def kernel(argv: Sequence[str], teach: int) -> None:
    """In the child: an IPython kernel, until somebody ends it."""
    from ipykernel.kernelapp import IPKernelApp

    before = set(sys.modules)
    sys.argv = [LAUNCHER, *argv]
    app = IPKernelApp.instance(parent_handle=os.getppid())
    app.initialize(list(argv))  # type: ignore[no-untyped-call]  # ipykernel types few functions

    def report(*_: object) -> None:
        names = modules.imported(before)
        before.update(sys.modules)
        for piece in pieces(names):
            try:
                os.write(teach, piece)
            except OSError:  # the pipe is full, or the zygote gone: the next kernel imports it itself
                return

    if teach >= 0 and app.shell is not None:
        report()
        app.shell.events.register("post_run_cell", report)
    app.start()  # type: ignore[no-untyped-call]  # likewise


def pieces(names: Sequence[str]) -> list[bytes]:
    """The names as lines, in pieces of whole lines that kernels can write to one pipe without mixing them."""
    found = [b""]
    for line in (f"{name}\n".encode() for name in names):
        if len(found[-1]) + len(line) > _PIPE:
            found.append(b"")
        found[-1] += line
    return [piece for piece in found if piece]


def _end_with(parent: int) -> None:
    """End when the parent ends (Linux; elsewhere ipykernel looks for it every second)."""
    if sys.platform.startswith("linux"):
        import ctypes

        ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def prepared(cache: Path | None) -> tuple[modules.Learned, bool]:
    """What was learned, after it was imported; False when that started threads or would have: others must serve."""
    modules.preload("ipykernel.kernelapp")
    learned = modules.known(cache) if cache else modules.Learned()
    alone = modules.import_ahead(learned, lambda: threads() > 1)
    return modules.Learned(learned.names, learned.alone + alone), not alone


def main(arguments: Sequence[str]) -> None:
    """``DESCRIPTOR CACHE [debugger]``: serve the socket with that number, after importing what the cache names."""
    descriptor, cache = int(arguments[0]), Path(arguments[1]) if arguments[1] else None
    if DEBUGGER not in arguments[2:]:
        # "if None, ModuleNotFoundError is raised" (importlib); ipykernel goes on without. typeshed knows no such entry
        sys.modules["debugpy"] = None  # type: ignore[assignment]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    channel = socket.socket(fileno=descriptor)
    with ending_with(channel):
        learned, usable = prepared(cache)
        named = arguments[1] if usable or (cache and modules.keep(cache, learned)) else ""
    if not usable:  # again, and without the cache if it could not be corrected
        command = [*sys.orig_argv[: -len(arguments)], arguments[0], named, *arguments[2:]]
        os.execv(sys.executable, command)  # noqa: S606 - the very command that this process was started with
    child = Zygote(channel, cache, learned).serve()
    if child is not None:
        child()


if __name__ == "__main__":
    main(sys.argv[1:])
