import json
import shutil
from pathlib import Path

import pytest

from tests.archive.samples import Signer, signer
from tests.cli.conftest import Command, Released


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, releasekit: Command, released: Released) -> tuple[Path, Signer]:
    """The example's run, closed and archived from a copy of where it was kept; the bundle, and who signed it."""
    folder = tmp_path_factory.mktemp("kept")
    shutil.copytree(released.demo.out, folder / "reports")
    key = signer(folder, "release")
    run = released.folder.name
    ticked = folder / "issue.md"
    markdown = (released.folder / "release.md").read_text()
    assert "- [ ] User acceptance testing approved" in markdown
    ticked.write_text(
        markdown.replace("- [ ] User acceptance testing", "- [x] User acceptance testing") + "\n- [x] Tea\n"
    )
    at = {"cwd": folder, "RELEASEKIT_USER": "lena"}
    opened = releasekit("archive", run, "--to", "bundles", **at)
    assert (opened.status, "is open" in opened.err) == (2, True)
    imported = releasekit("import", run, "issue.md", **at)
    assert imported.status == 0, imported.err
    assert "proposals for run" in imported.out
    assert "no item of this release: Tea" in imported.out
    assert releasekit("close", run, "--outcome", "interrupted", "--reason", "power cut", **at).status == 0
    done = releasekit("archive", run, "--to", "bundles", "--sign", key.private, **at)
    assert done.status == 0, done.err
    assert key.signs.id in done.out
    assert "not in it: a notebook of the operator's own\n" in done.out
    (bundle,) = (folder / "bundles").iterdir()
    return bundle, key


def test_a_bundle_is_verified_and_shown_by_commands(kept: tuple[Path, Signer], releasekit: Command) -> None:
    bundle, key = kept
    done = releasekit("verify", bundle, "--key", key.public)
    assert (done.status, "whole, and signed by the given keys" in done.out) == (0, True)
    as_json = json.loads(releasekit("verify", bundle, "--format", "json").out)
    assert (as_json["intact"], as_json["signed"], as_json["run"]["result"]) == (True, False, "INTERRUPTED")
    shown = releasekit("show", bundle)
    assert "storefront 2.4.0 to production: interrupted" in shown.out
    assert "whole; who signed it was not checked" in shown.err
    listed = json.loads(releasekit("bundles", bundle.parent, "--format", "json").out)
    assert [line["address"] for line in listed] == [str(bundle)]
    same = releasekit("diff", bundle, bundle)
    assert same.out.startswith("0 differences")
    assert same.err.count("whole; who signed it was not checked") == 2
    as_json = releasekit("diff", bundle, bundle, "--format", "json")
    assert json.loads(as_json.out)["differences"] == []
    assert "whole" in as_json.err


def test_reports_that_were_judged_are_in_the_bundle(kept: tuple[Path, Signer]) -> None:
    from releasekit.archive.places import get

    files = get(str(kept[0])).files
    assert [path for path in files if path.startswith("data/evidence/") and path.endswith("unit-tests.xml")]
    assert b"ticked in issue.md" in files["data/report.md"]


def test_archiving_says_in_a_line_what_it_could_not_find(
    kept: tuple[Path, Signer], releasekit: Command, released: Released, tmp_path: Path
) -> None:
    folder = kept[0].parent.parent
    (tmp_path / "reports").mkdir()
    shutil.copy(folder / "reports" / "releases.db", tmp_path / "reports")  # the log alone came to this machine
    done = releasekit("archive", released.folder.name, "--to", "bundles", cwd=tmp_path)
    assert done.status == 0, done.err
    said = " ".join(done.out.split())
    assert "not in it: the files of" in said
    assert "it was not kept, and is no file that is still there" in said
    assert "a notebook of the operator's own; whatever lies in reports/" in said


def test_a_second_person_signs_a_bundle_that_exists(
    kept: tuple[Path, Signer], releasekit: Command, tmp_path: Path
) -> None:
    bundle, key = kept
    second = signer(tmp_path, "second", "ed25519")
    done = releasekit("sign-bundle", bundle, "--sign", second.private, "--to", tmp_path / "signed")
    assert (done.status, second.signs.id in done.out) == (0, True)
    checked = releasekit("verify", tmp_path / "signed" / bundle.name, "--key", key.public, "--key", second.public)
    assert (checked.status, "whole, and signed by the given keys" in checked.out) == (0, True)
    again = releasekit("sign-bundle", bundle, "--sign", second.private, "--to", bundle.parent)
    assert (again.status, "never overwritten" in again.err) == (2, True)


def test_a_bundle_that_was_changed_gives_exit_status_1(
    kept: tuple[Path, Signer], releasekit: Command, tmp_path: Path
) -> None:
    bundle, _ = kept
    raw = bytearray(bundle.read_bytes())
    raw[len(raw) // 2] ^= 1
    (tmp_path / bundle.name).write_bytes(raw)
    done = releasekit("verify", tmp_path / bundle.name)
    assert (done.status, "BROKEN" in done.out, "Traceback" in done.err) == (1, True, False)


def test_it_is_not_archived_twice_to_one_place(
    kept: tuple[Path, Signer], releasekit: Command, released: Released
) -> None:
    bundle, _ = kept
    again = releasekit("archive", released.folder.name, "--to", bundle.parent, cwd=bundle.parent.parent)
    assert (again.status, "never overwritten" in again.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("verify", "nothing.zip"), "No such file"),
        (("verify", "s3://"), "error"),
        (("bundles", "nowhere"), "no such folder"),
        (("diff", "a.zip", "b.zip"), "No such file"),
        (("reopen", "nothing.zip"), "No such file"),
        (("archive", "no-run", "--to", "x"), "there are no runs yet"),
    ],
)
def test_what_cannot_be_is_one_message(
    arguments: tuple[str, ...], said: str, releasekit: Command, tmp_path: Path
) -> None:
    done = releasekit(*arguments, cwd=tmp_path)
    assert done.status == 2
    assert said in done.err
    assert "Traceback" not in done.err
