"""Bundles of every released format: they verify, with us and by hand, are replayed and are shown for ever."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from releasekit import document
from releasekit.archive import layout
from releasekit.archive.difference import differences
from releasekit.archive.keys import trusted_key
from releasekit.archive.places import get
from releasekit.archive.reopening import events, state
from releasekit.archive.verify import verify
from releasekit.document.ticked import read
from releasekit.run.events import moment
from releasekit.run.readiness import readiness
from tests.archive.samples import laid_out
from tests.archive.test_independent import script
from tests.record.browser import watched

FORMATS = sorted(path for path in (Path(__file__).parent / "golden").iterdir() if path.is_dir())
ids = pytest.mark.parametrize("folder", FORMATS, ids=lambda folder: folder.name)


def only(folder: Path) -> str:
    (bundle,) = folder.glob("*.zip")
    return str(bundle)


def test_there_is_a_golden_bundle_of_each_schema() -> None:
    schemas = {json.loads(get(only(folder)).files[layout.RUN])["schema"] for folder in FORMATS}
    assert layout.SCHEMA in schemas


@ids
def test_a_bundle_of_a_released_format_verifies_for_ever(folder: Path) -> None:
    keys = [trusted_key(path) for path in sorted(folder.glob("*.pub"))]
    report = verify(get(only(folder)), keys)
    assert [(check.about, check.sentences) for check in report.checks if check.holds != "holds"] == []
    assert report.signed


@ids
def test_a_run_of_a_released_format_is_replayed_for_ever(folder: Path) -> None:
    bundle = get(only(folder))
    run = state(bundle)
    checklist = json.loads(bundle.files[layout.CHECKLIST])
    assert (run.outcome, len(events(bundle)), run.size) == (checklist["status"], run.size, checklist["events"]["size"])
    assert {one["id"]: one["status"] for one in checklist["items"]} == {
        item.id: str(run.items[item.id].status) for item in (run.plan.checklist.items if run.plan else ())
    }
    assert differences(bundle, bundle) == ()


@ids
def test_a_run_of_a_released_format_is_shown_for_ever(folder: Path, chromium: Browser, tmp_path: Path) -> None:
    run = state(get(only(folder)))
    assert run.plan is not None
    shown = document.whole(run, readiness(run, moment(run.closed_at)))
    ticked = {item.id for item in run.plan.checklist.items if run.items[item.id].status in ("passed", "done", "fired")}
    assert {one.item for one in read(document.markdown(shown), run.plan).ticked} == ticked != set()
    page = tmp_path / "page.html"
    page.write_text(document.page(shown))
    seen = watched(chromium)
    seen.page.goto(page.as_uri())
    assert (seen.requests, seen.said) == ([page.as_uri()], [])
    text = seen.page.locator("main").inner_text()
    assert [item.text for item in run.plan.checklist.items if not item.label and item.text not in text] == []
    assert all(one.by in text for one in run.signoffs)
    assert seen.page.locator("input:checked").count() == len(ticked)
    seen.page.close()


@ids
def test_the_commands_in_a_bundle_of_a_released_format_verify_it_for_ever(
    folder: Path, tmp_path: Path, require: Callable[[str], Path]
) -> None:
    for program in ("jq", "openssl", "sha256sum", "bash"):
        require(program)
    bundle = get(only(folder))
    commands = ["bash", "-euo", "pipefail", "-c", script(laid_out(bundle, tmp_path))]

    def by_hand(key: Path, number: int) -> int:
        environ = {**os.environ, "KEY": str(key), "N": str(number)}
        done = subprocess.run(
            commands, cwd=tmp_path / bundle.name, env=environ, capture_output=True, check=False, timeout=120
        )
        return done.returncode

    keys = sorted(folder.glob("*.pub"))
    signatures = range(len(json.loads(bundle.files[layout.ENVELOPE])["signatures"]))
    assert [[by_hand(key, number) == 0 for key in keys].count(True) for number in signatures] == [1] * len(keys)
    log = tmp_path / bundle.name / layout.EVENTS
    log.write_bytes(log.read_bytes().replace(b"accepted", b"rejected", 1))
    assert all(by_hand(key, number) for key in keys for number in signatures)
