import json
from pathlib import Path

import pytest

from releasekit.archive import layout
from releasekit.archive.difference import differences
from releasekit.archive.keys import trusted_key
from releasekit.archive.places import get
from releasekit.archive.reopening import events, state
from releasekit.archive.verify import verify

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
