"""Which run a notebook shows: the one it names, or one made of its parameters that is kept nowhere. Shows nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from releasekit.errors import InputError
from releasekit.parameters.reading import validate
from releasekit.plan.compose import compose, parameters_hash
from releasekit.plan.hiding import without_secrets
from releasekit.run.opening import Identity, open_run
from releasekit.run.people import acting, actor
from releasekit.run.run import Run
from releasekit.run.store import open_store

STORE = "releases.db"
IN_MEMORY = "sqlite://"


@dataclass(frozen=True, slots=True)
class Opened:
    """A run, and the folder that relative paths of its parameters start from."""

    run: Run
    folder: Path


def named(run_id: str, base: str, here: Path, environ: Mapping[str, str]) -> Opened:
    """The run of this id, in the store that RELEASEKIT_STORE names, else in the nearest releases.db from ``here`` up.

    A run to which no plan is bound yet is analysed and bound now. Raises InputError when there is no store or no such
    run, and whatever `compose` raises.
    """
    store = open_store(_address(here, environ), here)
    run = Run(store, run_id, acting(environ, store.session_user))
    opened = Opened(run, Path(environ.get("RELEASEKIT_BASE") or here / base))
    if run.state.plan is None and not run.state.outcome:
        kept = run.store.events(run_id)[0].data.get("parameters")
        if not isinstance(kept, dict):
            raise InputError(f"run {run_id} keeps no parameters", run.store.name, "start it anew: releasekit run")
        run.bind(without_secrets(compose(validate(kept, opened.folder), opened.folder), environ))
    return opened


def unkept(given: Mapping[str, object], base: str, here: Path, environ: Mapping[str, str]) -> Opened:
    """A run of the parameters ``given``, in memory: nothing but the notebook itself is written.

    ``given`` are the keys of a parameter file; those that are None were not given. Raises InputError.
    """
    folder = here / base
    parameters = validate({key: value for key, value in given.items() if value is not None}, folder)
    plan = without_secrets(compose(parameters, folder), environ)
    identity = Identity(
        plan.service, plan.version, plan.environment, parameters_hash(parameters), commit=plan.candidate.sha
    )
    run = open_run(open_store(IN_MEMORY, here), identity, plan.parameters, actor(environ)).run
    run.bind(plan)
    return Opened(run, folder)


def _address(here: Path, environ: Mapping[str, str]) -> str:
    address = environ.get("RELEASEKIT_STORE", "")
    if address:
        return address
    for folder in (here, *here.parents):
        if (folder / STORE).is_file():
            return f"sqlite:///{folder / STORE}"
    raise InputError(
        f"there is no {STORE} in this folder or above it, so this run cannot be found",
        do="say where it is kept: RELEASEKIT_STORE=sqlite:///PATH, or open it with: releasekit open PARAMETERS",
    )
