"""batch: many services, and the board that shows where they stand."""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from releasekit.cli import screen
from releasekit.cli.runs import STATUS, Gate
from releasekit.cli.store import OUT

if TYPE_CHECKING:
    from releasekit.document.board import Row


def register(app: typer.Typer) -> None:
    """Add this verb."""
    app.command(epilog="Example: releasekit batch parameters/ --gate machine")(batch)


def batch(  # noqa: PLR0917 - each is an option
    parameters: Annotated[
        list[str], typer.Argument(metavar="PARAMETERS...", help="Parameter files, folders of them, or globs.")
    ],
    out: Annotated[
        str,
        typer.Option(
            "--out",
            metavar="FOLDER",
            help="Where records and board go: a folder, or s3://BUCKET/PREFIX, gs://, az:// (with RELEASEKIT_STORE).",
        ),
    ] = str(OUT),
    workers: Annotated[
        int | None, typer.Option(min=1, max=64, help="How many at a time. Default: the cores, at most 4.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Do only what is missing.")] = False,
    deadline: Annotated[float, typer.Option(min=1, help="Seconds that one service may take.")] = 900,
    gate: Annotated[
        Gate | None, typer.Option(help="Exit 0 all go, 1 one is no-go, 3 one cannot tell, for the phase that is due.")
    ] = None,
    cluster: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="Work on this Dask cluster, tcp://HOST:8786; --out is an object store, or a folder that all share.",
        ),
    ] = "",
    notebook: Annotated[
        Path | None, typer.Option(help="Another notebook than the one that comes with releasekit.")
    ] = None,
) -> int:
    """Release notebooks for many services, and their board.

    Each service gets its record; the board shows where all stand.

    The board is board.html, .md and .json in OUT. What cannot be done is a line in it; the others are done.

    Who may write to an object store is known from the environment (AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL, ...): here,
    and on each worker of a cluster.
    """
    from releasekit.kernels import asking

    if not cluster:
        asking.begin()  # it takes longest
    from releasekit.batch.boards import board, write
    from releasekit.batch.cluster import Cluster, needs_a_shared_store
    from releasekit.batch.pool import Pool, prepare, usual_workers
    from releasekit.batch.select import select
    from releasekit.batch.work import Setting, store_address
    from releasekit.document.board import counted
    from releasekit.record.place import at
    from releasekit.run.store import open_store

    chosen = select(parameters)
    for sentence in chosen.left_out:
        screen.say(sentence)
    place = at(out)
    setting = Setting(place, store_address(place, os.environ), deadline, notebook, resume)
    if cluster:
        needs_a_shared_store(setting.address)
    place.usable()
    kept = open_store(setting.address, Path())
    with screen.watching(len(chosen.services)) as watcher:
        many: Pool | Cluster
        if cluster:
            many = Cluster(cluster, setting, watcher)
        else:
            prepare()
            many = Pool(kept, setting, watcher, workers or usual_workers())
        with _on_signal(many.stop):
            rows = many.run(chosen.services)
    made = board(rows, chosen.left_out)
    paths = write(made, place)
    screen.say(counted(made))
    for path in paths:
        screen.say(f"wrote {path}")
    return 130 if many.stopped else status(made.rows, gate)


def status(rows: Sequence["Row"], gate: Gate | None) -> int:
    """The worst of all: 2 for a service without a whole record, then no-go, then cannot tell."""
    if any(row.problem for row in rows):
        return 2
    if gate is None:
        return 0
    verdicts = {row.machine if gate is Gate.MACHINE else row.all for row in rows}
    return next((STATUS[verdict] for verdict in ("no-go", "cannot-tell") if verdict in verdicts), 0)


@contextmanager
def _on_signal(stop: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C and SIGTERM stop a batch, so that what was done until then is on its board."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        stop()

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
