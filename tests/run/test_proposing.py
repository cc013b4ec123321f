from pathlib import Path

import pytest

from releasekit.errors import InputError, RefusedError
from releasekit.run.proposing import propose
from tests.run.samples import DEPLOYED, UAT, UNIT, begin_in, found


def test_a_proposal_is_shown_and_answers_nothing(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    before = run.state.items[UAT]
    propose(run, {UAT: "ticked in issue.md, line 3"})
    after = run.state.items[UAT]
    assert (after.status, after.ticked, after.version) == (before.status, False, before.version)
    assert after.proposal is not None
    assert (after.proposal.text, after.proposal.by) == ("ticked in issue.md, line 3", "alice")
    run.tick(UAT)  # who saw the item before it was proposed may still answer it


def test_what_the_run_knows_is_not_proposed(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    run.add_evidence(found())
    run.tick(DEPLOYED)
    said = {
        UNIT: "ticked in issue.md, line 1",
        DEPLOYED: "ticked in issue.md, line 2",
        UAT: "ticked in issue.md, line 3",
    }
    assert propose(run, said) == (UAT,)
    size = run.state.size
    assert propose(run, said) == ()  # the same file once more
    assert run.state.size == size
    assert propose(run, {UAT: "ticked in other.md, line 3"}) == (UAT,)


def test_all_are_proposed_or_none(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    with pytest.raises(InputError, match="no item"):
        propose(run, {UNIT: "ticked", "no.such": "ticked"})
    assert run.state.items[UNIT].proposal is None
    run.close("abandoned")
    with pytest.raises(RefusedError, match="is closed"):
        propose(run, {UNIT: "ticked"})
