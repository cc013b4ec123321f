"""What people answered outside of a run comes in as proposals, which answer nothing. Reads no file."""

from collections.abc import Mapping

from releasekit.errors import RefusedError
from releasekit.parameters.scrubbing import hidden
from releasekit.run.log import Draft
from releasekit.run.rules import find
from releasekit.run.run import Run
from releasekit.run.state import Status

_SETTLED = frozenset({Status.PASSED, Status.DONE, Status.FIRED})


def propose(run: Run, said: Mapping[str, str]) -> tuple[str, ...]:
    """Keep for each item (its id) what was said of it, where people see it who answer. All of them or none.

    Returns the items for which that is new: what is ticked or green already, and what was proposed in the same words,
    is not proposed again. Raises RefusedError for a closed run or one without a plan, InputError for an unknown item,
    StoreError.
    """
    state = run.refresh()
    if state.outcome:
        raise RefusedError(f"run {run.run_id} is closed ({state.outcome})")
    drafts = []
    for item, text in ((item, hidden(text)) for item, text in said.items()):
        _, one = find(state, item)
        known = one.proposal is not None and one.proposal.text == text
        if not (one.ticked or one.status in _SETTLED or known):
            drafts.append(Draft("item.proposed", {"text": text}, item))
    if drafts:
        run.store.act(run.run_id, state.size, lambda _new: drafts, actor=run.actor)
        run.refresh()
    return tuple(draft.item for draft in drafts)
