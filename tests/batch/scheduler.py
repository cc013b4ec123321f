"""A Dask scheduler with workers on this machine, each a process; ended with the block."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.run.postgresql import free_port

WORKER = "from distributed.cli.dask_worker import main; main()"
_QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
BARE = f"import sys; sys.modules['releasekit'] = None; {WORKER}"


def _worker(code: str, address: str, *options: str) -> list[str]:
    return [sys.executable, "-c", code, address, "--nthreads", "1", "--no-dashboard", *options]


@contextmanager
def joining(root: Path, address: str, number: int) -> Iterator[None]:
    """So many workers more, each started when one has gone."""
    ended = threading.Event()

    def watch() -> None:
        from distributed import Client

        with Client(address, timeout=60, set_as_default=False) as client:
            known = set(client.scheduler_info()["workers"])
            while len(started) < number and not ended.wait(0.1):
                there = set(client.scheduler_info()["workers"])
                if known - there:
                    started.append(subprocess.Popen(_worker(WORKER, address, "--no-nanny"), cwd=root, **_QUIET))
                    client.wait_for_workers(len(there) + 1, timeout=60)
                    there = set(client.scheduler_info()["workers"])
                known = there

    started: list[subprocess.Popen[bytes]] = []
    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        for process in started:
            process.kill()
            process.wait()


@contextmanager
def cluster(root: Path, *workers: str, nanny: bool = False, **environ: str) -> Iterator[str]:
    """The address of a scheduler with these workers, each a program; with a ``nanny`` one that dies is replaced.

    ``environ`` is what they know besides.
    """
    address = f"tcp://127.0.0.1:{free_port()}"
    options = ["--host", "127.0.0.1", "--port", address.rpartition(":")[2], "--no-dashboard", "--no-show"]
    programs = [[sys.executable, "-m", "distributed.cli.dask_scheduler", *options]]
    programs += [_worker(code, address, "--nanny" if nanny else "--no-nanny") for code in workers]
    started = [subprocess.Popen(program, cwd=root, env={**os.environ, **environ}, **_QUIET) for program in programs]
    try:
        from distributed import Client

        with Client(address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(len(workers), timeout=60)
        yield address
    finally:
        for process in started:
            process.kill()  # what a nanny started ends with it
            process.wait()
