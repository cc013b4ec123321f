"""What people answered outside of a run comes in as proposals, which answer nothing. Reads no file."""

from collections.abc import Mapping

from releasekit.errors import RefusedError
from releasekit.parameters.scrubbing import hidden
from releasekit.run.log import Draft
from releasekit.run.rules import find
from releasekit.run.run import Run


def propose(run: Run, said: Mapping[str, str]) -> None:
    """Keep for each item (its id) what was said of it, where people see it who answer. All of them or none.

    Raises RefusedError for a closed run or one without a plan, InputError for an unknown item, StoreError.
    """
    state = run.refresh()
    if state.outcome:
        raise RefusedError(f"run {run.run_id} is closed ({state.outcome})")
    for item in said:
        find(state, item)
    drafts = [Draft("item.proposed", {"text": hidden(text)}, item) for item, text in said.items()]
    run.store.act(run.run_id, state.size, lambda _new: drafts, actor=run.actor)
    run.refresh()
