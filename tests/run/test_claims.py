import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from releasekit.errors import RefusedError
from releasekit.run import claims
from releasekit.run.events import Actor
from releasekit.run.opening import Identity, open_run
from releasekit.run.run import Run
from releasekit.run.store import open_store

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
ME = Actor("tester")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    store = open_store(None, tmp_path, clock=lambda: NOW)
    return open_run(store, Identity("s", "1", "production", "0" * 64, ""), {}, ME, NOW).run


def take(run: Run, one: claims.Claim) -> None:
    claims.claim(run.store, run.run_id, one, ME, NOW)


def test_a_run_that_a_living_process_executes_cannot_be_claimed(run: Run) -> None:
    take(run, claims.mine("first", NOW, 60))
    with pytest.raises(RefusedError, match="is being executed by process"):
        take(run, claims.mine("second", NOW, 60))
    take(run, claims.mine("first", NOW, 60))


def test_a_claim_ends_with_its_execution(run: Run) -> None:
    take(run, claims.mine("first", NOW, 60))
    run.started("a cell")
    run.finished("a cell")
    take(run, claims.mine("second", NOW, 60))


def test_a_claim_ends_with_its_process(run: Run) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        theirs = replace(claims.mine("first", NOW, 60), pid=other.pid, born=claims._born(other.pid))
        take(run, theirs)
        with pytest.raises(RefusedError, match=f"process {other.pid} "):
            take(run, claims.mine("second", NOW, 60))
        other.kill()
    take(run, claims.mine("second", NOW, 60))


def test_a_process_of_the_same_number_that_began_at_another_moment_is_another(run: Run) -> None:
    before = claims.mine("first", NOW, 60)
    take(run, replace(before, born=before.born - 1))
    take(run, claims.mine("second", NOW, 60))


@pytest.mark.parametrize("elsewhere", [{"host": "another"}, {"boot": "another"}])
def test_a_claim_of_another_machine_holds_until_its_time_is_over(run: Run, elsewhere: dict[str, str]) -> None:
    theirs = replace(claims.mine("first", NOW, 60), **elsewhere)
    take(run, theirs)
    with pytest.raises(RefusedError):
        take(run, claims.mine("second", NOW, 60))
    assert not claims.lives(theirs, NOW + timedelta(seconds=181))


def test_a_claim_that_cannot_be_read_holds_nothing(run: Run) -> None:
    run.store.append(run.run_id, "cells.started", {"cell": "x", "session": "y", "claim": {"new": 1}}, actor=ME)
    take(run, claims.mine("second", NOW, 60))


def test_a_claimed_run_reads_as_interrupted_until_it_is_executed(run: Run) -> None:
    take(run, claims.mine("first", NOW, 60))
    assert run.refresh().executing == claims.BEGINNING


def test_an_execution_that_two_processes_died_over_is_tried_no_more(run: Run) -> None:
    for _ in range(claims.ATTEMPTS):
        take(run, claims.mine("first", NOW, 60))
    run.started("Part 4")
    with pytest.raises(RefusedError, match="the process that executed it died 2 times, the last time at 'Part 4'"):
        take(run, claims.mine("first", NOW, 60))
    assert claims.attempts(run.store.events(run.run_id), "first") == 2
    run.finished("Part 4")
    take(run, claims.mine("second", NOW, 60))
