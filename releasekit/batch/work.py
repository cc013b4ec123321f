"""One service of a batch: its run opened and claimed, its notebook executed, its record written. Knows no other."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from releasekit.batch.select import Service
from releasekit.batch.standing import kept_at, page, recorded, row, unrecorded
from releasekit.document.board import Row
from releasekit.errors import InputError, ReleasekitError
from releasekit.parameters.model import to_data
from releasekit.parameters.reading import Loaded
from releasekit.plan.compose import locate, parameters_hash
from releasekit.record.execute import KernelError, OnCell
from releasekit.record.halting import Halt
from releasekit.record.make import Record, record
from releasekit.record.place import Folder, Place
from releasekit.run import claims
from releasekit.run.opening import Identity, Opened, open_run
from releasekit.run.people import actor
from releasekit.run.run import Run
from releasekit.run.store import Store
from releasekit.run.versions import made_with

STORE = "releases.db"  # of a folder of records
STARTS = 3  # times that a kernel is started before it is said that it does not
_FOREVER = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Setting:
    """What the services of a batch share.

    ``out`` is where records go, ``address`` the store's address as a kernel is told it, ``seconds`` how long one
    service may take (None: as long as it wants), ``source`` another notebook than ours, ``resume`` keeps a finished
    record as it is. It is sent to workers elsewhere as it is.
    """

    out: Place
    address: str = field(repr=False)  # programs log what they were given, and this may hold a password
    seconds: float | None = None
    source: Path | None = None
    resume: bool = False

    def place(self, run: Run) -> Place:
        """Where the record of a run goes."""
        return self.out.below(*kept_at(run.state))


def store_address(out: Place, environ: Mapping[str, str]) -> str:
    """The address of the store of runs, the same wherever a kernel starts: RELEASEKIT_STORE, else the folder's own.

    Raises InputError where records go to an object store and RELEASEKIT_STORE names none.
    """
    named = environ.get("RELEASEKIT_STORE", "")
    if not named and not isinstance(out, Folder):
        raise InputError(
            "an object store keeps records, and not the runs that they show",
            out.name,
            "name a store for the runs: RELEASEKIT_STORE=postgresql+psycopg://USER@HOST/DATABASE,"
            " or for this machine alone sqlite:///PATH",
        )
    address = named or f"sqlite:///{out.below(STORE).name}"
    kind, mark, path = address.partition(":///")
    is_file = mark and kind.startswith("sqlite") and path not in ("", ":memory:")
    return f"{kind}{mark}{Path(path).resolve()}" if is_file else address


def opened(store: Store, loaded: Loaded, environ: Mapping[str, str], out: Place) -> Opened:
    """The open run of these parameters, or a new one, which keeps the way from ``out`` to the parameters' folder.

    Raises InputError when there is no repository, StoreError.
    """
    application, configuration = loaded.parameters.application, loaded.parameters.configuration
    identity = Identity(
        application.name,
        application.version,
        configuration.environment,
        parameters_hash(loaded.parameters),
        locate(loaded.parameters, loaded.folder).candidate.sha,
    )
    base = out.way_to(loaded.folder)
    who = actor(environ, store.session_user)
    return open_run(store, identity, to_data(loaded.parameters), who, base=base, made_with=made_with)


def executed(
    run: Run,
    base: Path,
    setting: Setting,
    *,
    on_cell: OnCell | None = None,
    halt: Halt | None = None,
    session: str = "",
) -> Record:
    """Claim the run and make its record; a kernel that does not start is started again.

    ``base`` is the folder that relative paths of the parameters start from; ``session`` is whose claim may be taken
    over, since it is this very attempt's.

    Raises RefusedError when another process executes it, and as `record` does.
    """
    now = datetime.now(UTC)
    wanted = claims.mine(session or uuid4().hex[:12], now, setting.seconds or _FOREVER)
    run.claim(wanted, now)
    for left in reversed(range(STARTS)):
        try:
            return record(
                run,
                setting.place(run),
                store=setting.address,
                base=base,
                on_cell=on_cell,
                source=setting.source,
                halt=halt,
            )
        except KernelError:
            if not left or (halt is not None and halt.why):
                raise
    raise AssertionError("the last attempt returned or raised")


def serve(store: Store, service: Service, setting: Setting, on_cell: OnCell, halt: Halt, session: str = "") -> Row:
    """The row of a service, whatever becomes of it: its trouble is a sentence there, and no error here."""
    began = time.monotonic()
    if service.loaded is None or service.problem:
        return unrecorded(service, service.problem)
    try:
        run = opened(store, service.loaded, os.environ, setting.out).run
        again = bool(session) and claims.attempts(store.events(run.run_id), session) > 0
        if (setting.resume or again) and recorded(store, run.state, setting.place(run)):
            return replace(row(run.state, page(run.state), datetime.now(UTC)), file=str(service.file))
        with halt.after(setting.seconds):
            made = executed(run, service.loaded.folder.resolve(), setting, on_cell=on_cell, halt=halt, session=session)
        shown = row(made.state, page(made.state), datetime.now(UTC))
    except ReleasekitError as error:
        told = "; ".join(
            f"{problem.where}: {problem.what}" if problem.where else problem.what for problem in error.problems
        )
        return unrecorded(service, halt.why or told)
    except KeyboardInterrupt:
        return unrecorded(service, "stopped by a person")
    except Exception as error:  # noqa: BLE001 - a fault of ours in one service must not end the others; it is said
        return unrecorded(service, f"a fault in releasekit: {type(error).__name__}: {error}")
    took = round(time.monotonic() - began, 3)
    return replace(shown, file=str(service.file), problem=made.why or shown.problem, seconds=took)
