"""Executes a notebook through Papermill in a kernel of its own, and says how it ended. Writes no file."""

import logging
import os
import re
import signal
import tempfile
import threading
from asyncio import InvalidStateError
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO, TYPE_CHECKING, Any

from jupyter_core.utils import run_sync

from releasekit.errors import InputError, ReleasekitError
from releasekit.record.halting import Halt
from releasekit.record.kernel import NAME, OwnKernelManager, environment
from releasekit.record.validating import import_nbformat

if TYPE_CHECKING:
    from nbformat import NotebookNode

Cell = Mapping[str, Any]
OnCell = Callable[[int, int, str], None]
AtCell = Callable[[int, int, str, Cell], None]

FINISHED = "finished"
FAILED = "failed"
INTERRUPTED = "interrupted"


class KernelError(ReleasekitError):
    """The kernel did not start."""


@dataclass(frozen=True, slots=True)
class Execution:
    """How an execution ended: finished, failed (a cell raised) or interrupted, with the sentence that says why.

    ``notebook`` is nbformat 4 with what was put out until then; ``stopped`` is True when a person ended it.
    """

    notebook: "NotebookNode"
    ended: str
    sentence: str = ""
    stopped: bool = False


def execute(
    source: Path,
    folder: Path,
    parameters: Mapping[str, object],
    *,
    store: str,
    base: Path,
    at_cell: AtCell,
    halt: Halt | None = None,
    inherited: Mapping[str, str] | None = None,
) -> Execution:
    """Execute the notebook ``source`` with ``folder`` as the kernel's working directory.

    ``at_cell(index, total, title, cell)`` is called before each cell, from 0. The kernel is gone when this returns or
    raises, by Ctrl-C and SIGTERM too; ``halt`` ends it from another thread. ``inherited`` is the environment that the
    kernel gets with what is ours (None: this process's). Raises InputError when ``source`` is no
    notebook, KernelError when no kernel comes up.
    """
    with _stoppable(), tempfile.TemporaryFile() as said:
        # Papermill is imported while the process that forks kernels imports what the notebook needs
        notebook = injected(read_notebook(source), parameters)
        with _kernel(folder, environment(store, str(base), inherited), said) as km:
            ended, sentence, stopped = _run_cells(notebook, km, at_cell, said, halt or Halt())
    _correct(notebook, source.name, ended)
    return Execution(notebook, ended, sentence, stopped)


def read_notebook(source: Path) -> "NotebookNode":
    """The notebook, brought to nbformat 4, with Papermill's metadata. Raises InputError for what is none."""
    import_nbformat()
    import nbformat
    from papermill.iorw import load_notebook_node

    try:
        text = source.read_text(encoding="utf-8")
        node = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]  # nbformat types none of its functions
        spec = node.metadata.get("kernelspec") or {}
        node.metadata["kernelspec"] = {"name": NAME, "display_name": "Python 3 (ipykernel)", "language": "python"}
        nbformat.validate(node)
    except OSError as error:
        raise InputError(
            f"the notebook cannot be read: {error.strerror}", str(source), "check the path given with --notebook"
        ) from error
    except (ValueError, nbformat.ValidationError, AttributeError, KeyError) as error:
        said = str(error).splitlines()
        raise InputError(
            f"this is not a notebook: {said[0] if said else type(error).__name__}",
            str(source),
            "open it in JupyterLab, or take the one that came with releasekit",
        ) from error
    if str(spec.get("language") or "python").lower() != "python":
        raise InputError(f"this notebook is for {spec['language']}, not for Python", str(source))
    loaded: NotebookNode = load_notebook_node(node)
    return loaded


def injected(notebook: "NotebookNode", parameters: Mapping[str, object]) -> "NotebookNode":
    """The notebook with a cell of these parameters, after the one tagged ``parameters``; names are ours alone."""
    from papermill.parameterize import parameterize_notebook

    bound: NotebookNode = parameterize_notebook(notebook, dict(parameters), kernel_name=NAME, language="python")
    for cell in bound.cells:
        if "injected-parameters" in cell.metadata.get("tags", ()):
            cell.id = "injected-parameters"  # Papermill's would differ each time
    return bound


def _run_cells(
    notebook: "NotebookNode", km: OwnKernelManager, at_cell: AtCell, said: IO[bytes], halt: Halt
) -> tuple[str, str, bool]:
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.engines import papermill_engines

    from releasekit.record import engine

    titles = _titles(notebook)
    at = 0

    def reached(index: int, cell: Cell) -> None:
        nonlocal at
        at = index
        at_cell(index, len(titles), titles[index], cell)

    logging.getLogger("papermill").setLevel(logging.CRITICAL)  # what it would say is said in one sentence below
    try:
        with halt.over(lambda: _kill(km)):
            papermill_engines.execute_notebook_with_engine(
                engine.NAME,
                notebook,
                kernel_name=NAME,
                progress_bar=False,
                km=km,
                at_cell=reached,
                flooded=halt.stop,
            )
    except KeyboardInterrupt:
        return INTERRUPTED, f"stopped by a person at {titles[at]!r}", True
    except CellTimeoutError:
        return INTERRUPTED, f"what was put out did not come to its end at {titles[at]!r}", False
    except DeadKernelError:
        return INTERRUPTED, f"{halt.why or 'the kernel died'} at {titles[at]!r}", halt.by_person
    except RuntimeError as error:  # jupyter_client: "Kernel died before replying to kernel_info"
        if isinstance(error.__context__, KeyboardInterrupt):  # the client's clean-up was cut off as well
            return INTERRUPTED, f"stopped by a person at {titles[at]!r}", True
        if halt.why:
            return INTERRUPTED, f"{halt.why} before the first cell", halt.by_person
        raise KernelError("the notebook's kernel did not start", do=_last_line(said) or str(error)) from error
    error_output = _error(notebook)
    return (FAILED, f"{titles[at]!r} failed: {error_output}", False) if error_output else (FINISHED, "", False)


@contextmanager
def _kernel(folder: Path, env: Mapping[str, str], said: IO[bytes]) -> Iterator[OwnKernelManager]:
    km = OwnKernelManager(kernel_name=NAME)
    start = run_sync(km.start_kernel)
    start(
        extra_arguments=["--HistoryManager.enabled=False"],
        cwd=str(folder.resolve()),
        env=dict(env),
        stdout=said,
        stderr=said,
    )
    try:
        yield km
    finally:
        _end(km)


def _kill(km: OwnKernelManager) -> None:
    """End the kernel and what it started, from any thread."""
    group = getattr(km.provisioner, "pgid", None)
    if group:
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


def _end(km: OwnKernelManager) -> None:
    """End the kernel if it still is there: it was not used, or what used it was stopped."""
    if km.has_kernel:
        # a clean-up that Ctrl-C cut off goes on beside ours, and may be the first to say that the kernel has ended
        with suppress(InvalidStateError):
            run_sync(km.shutdown_kernel)(now=True)
    run_sync(km.cleanup_resources)()


@contextmanager
def _stoppable() -> Iterator[None]:
    """SIGTERM ends an execution as Ctrl-C does: the record is written, with its status. Main thread only."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _titles(notebook: "NotebookNode") -> list[str]:
    """For each cell the heading above it, as people call the place where it stands."""
    titles, title = [], "the beginning"
    for cell in notebook.cells:
        heading = re.match(r"#+ +(.+)", cell.source) if cell.cell_type == "markdown" else None
        title = heading[1].strip() if heading else title
        titles.append(title)
    return titles


def _error(notebook: "NotebookNode") -> str:
    """The first error that a cell put out, in one line; "" when none did."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "error" and "raises-exception" not in cell.metadata.get("tags", ()):
                return " ".join(str(output.evalue).split()) or str(output.ename)
    return ""


def _last_line(said: IO[bytes]) -> str:
    said.seek(0)
    lines = said.read().decode(errors="replace").strip().splitlines()
    return lines[-1].strip() if lines else ""


def _correct(notebook: "NotebookNode", name: str, ended: str) -> None:
    """Papermill's metadata say what happened, and nothing of this machine."""
    paper: dict[str, Any] = notebook.metadata.papermill
    paper["input_path"] = paper["output_path"] = name
    if ended == FINISHED:
        return
    paper["exception"] = True
    reached = True
    for cell in notebook.cells:
        if not reached:
            cell.metadata.papermill["status"] = "pending"
        reached = reached and cell.metadata.papermill.get("status") != "failed"
