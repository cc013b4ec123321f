"""A Papermill engine that executes in a kernel that is already up and says which cell it is at. Writes no file."""

from collections.abc import Callable
from typing import Any

from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_output
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines
from papermill.log import logger

NAME = "releasekit"
MOST = 10_000_000  # characters that are kept of what a cell prints
FLOOD = 100_000_000  # characters after which a cell is ended: the kernel prints faster than anybody reads, into memory
DRAINS = 600  # seconds in which the rest of what a cell put out has come; nbclient's 4 are too few for much of it


class RecordEngine(NBClientEngine):  # type: ignore[misc]  # papermill ships no types
    """Papermill's own engine, with the kernel given and each cell announced.

    Registered in this process only, under its own name: plain ``papermill`` is never altered.
    """

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        **given: Any,
    ) -> None:
        """Execute; ``given``: ``km``, the kernel manager, ``at_cell(index, cell)``, called before each, ``flooded``.

        ``flooded(sentence)`` is to end the kernel of a cell that prints more than FLOOD.
        """
        client = _Client(nb_man, km=given["km"], kernel_name=kernel_name, log=logger, startup_timeout=120, timeout=None)
        client.iopub_timeout = DRAINS
        client.shutdown_kernel = "immediate"  # what the kernel acknowledged is in the log, and nothing else is needed
        client.at_cell, client.flooded = given["at_cell"], given["flooded"]
        client.execute(cleanup_kc=True)


class _Client(PapermillNotebookClient):  # type: ignore[misc]  # papermill ships no types
    at_cell: Callable[[int, Any], None]
    flooded: Callable[[str], None]
    _printed = 0  # characters of the cell at hand

    def process_message(self, message: dict[str, Any], cell: Any, index: int) -> Any:
        """Of what a cell prints no more than MOST characters are kept: the rest would fill memory and record."""
        if message["msg_type"] == "stream":
            text = message["content"]["text"]
            room = max(0, MOST - self._printed)
            self._printed += len(text)
            if self._printed > FLOOD:
                self.flooded(f"it printed more than {FLOOD:,} characters")
            if not room:
                return None
            message["content"]["text"] = text[:room]
        return super().process_message(message, cell, index)

    def _say_what_is_left_out(self, cell: Any) -> None:
        if self._printed > MOST:
            said = f"\n… {self._printed - MOST} more characters were printed; of a cell a record keeps {MOST}\n"
            cell.outputs.append(new_output("stream", name="stderr", text=said))  # type: ignore[no-untyped-call]  # nbformat

    def papermill_execute_cells(self) -> None:
        """Papermill's loop, except that a cell whose kernel died is not called completed."""
        for index, cell in enumerate(self.nb.cells):
            self.at_cell(index, cell)
            self._printed = 0
            self.nb_man.cell_start(cell, index)
            try:
                self.execute_cell(cell, index)
            except CellExecutionError as error:
                self.nb_man.cell_exception(cell, cell_index=index, exception=error)
                self.nb_man.cell_complete(cell, cell_index=index)
                return
            except BaseException as error:
                self.nb_man.cell_exception(cell, cell_index=index, exception=error)
                self.nb_man.cell_complete(cell, cell_index=index)
                raise
            self._say_what_is_left_out(cell)
            self.nb_man.cell_complete(cell, cell_index=index)


papermill_engines.register(NAME, RecordEngine)
