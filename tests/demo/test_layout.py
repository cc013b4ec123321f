import csv
import json
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from releasekit.demo.layout import DATA, DAY, FROM_CHECKOUT, REPORTS, Layout, lay_out, packaged_files, write_parameters
from releasekit.errors import InputError
from releasekit.metrics.judge import Outcome, judge, objective
from releasekit.syntax import yaml
from releasekit.syntax.node import Node

PARAMETERS = Path(__file__).parents[2] / "parameters"
REPORT_KINDS = ("unit_tests", "integration_tests", "performance", "security")
RELEASED = "v2.3.1..v2.4.0"


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    return lay_out(tmp_path_factory.mktemp("demo"), DAY)


def git(layout: Layout, *arguments: str) -> str:
    command = ["git", "-C", str(layout.repository), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8").stdout


def parameters() -> Node:
    return yaml.parse((PARAMETERS / "storefront.yaml").read_text(encoding="utf-8"), "storefront.yaml")[0]


def test_two_layouts_have_the_same_hashes_whoever_makes_them(
    layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_AUTHOR_DATE", "2001-01-01T00:00:00Z")
    monkeypatch.setenv("GIT_COMMITTER_NAME", "Somebody Else")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    other = lay_out(tmp_path / "second", DAY)
    monkeypatch.undo()
    assert git(other, "show-ref", "--dereference") == git(layout, "show-ref", "--dereference")
    assert [(tmp_path / "second/ci" / name).read_bytes() for name in REPORTS] == [
        (layout.repository.parent / "ci" / name).read_bytes() for name in REPORTS
    ]


def test_both_versions_are_tagged_and_the_candidate_is_checked_out_clean(layout: Layout) -> None:
    assert git(layout, "tag").split() == [layout.running, layout.candidate] == ["v2.3.1", "v2.4.0"]
    assert git(layout, "rev-parse", f"{layout.candidate}^{{commit}}", "HEAD").split() == [layout.commit] * 2
    assert git(layout, "status", "--porcelain", "--ignored") == ""
    assert git(layout, "symbolic-ref", "--short", "HEAD").strip() == "main"


def test_the_candidates_tree_is_what_the_package_holds(layout: Layout) -> None:
    packaged = packaged_files()
    assert sorted(git(layout, "-c", "core.quotePath=false", "ls-files").splitlines()) == sorted(packaged)
    written = {path: (layout.repository / path).read_bytes() for path in packaged}
    assert written == {path: file.read_bytes() for path, file in packaged.items()}


def test_scripts_can_be_executed_and_nothing_else(layout: Layout) -> None:
    listed = [line.split() for line in git(layout, "ls-tree", "-r", "HEAD").splitlines()]
    assert {mode for mode, *_ in listed} == {"100644", "100755"}
    assert [path for mode, *_, path in listed if mode == "100755"] == [
        "scripts/backup.sh",
        "scripts/migrate.sh",
        "scripts/restore.sh",
    ]


def test_the_running_version_reads_the_column_that_the_candidate_drops(layout: Layout) -> None:
    added = git(layout, "diff", "--name-only", "--diff-filter=A", RELEASED, "--", "migrations/versions").split()
    drop = 'drop_column("orders", "shipping_note")'
    dropping = [path for path in added if drop in git(layout, "show", f"HEAD:{path}")]
    assert dropping == ["migrations/versions/f4b6d2c09e31_drop_shipping_notes.py"]
    assert len(added) == 2
    assert "shipping_note" in git(layout, "show", "v2.3.1:app/models.py")
    assert "shipping_note" not in git(layout, "show", "v2.4.0:app/models.py")


def test_each_commit_of_the_release_was_reviewed_by_somebody_else(layout: Layout) -> None:
    form = "--format=%an%x09%(trailers:key=Reviewed-by,valueonly,separator=%x3B)"
    commits = [line.split("\t") for line in git(layout, "log", form, RELEASED).splitlines()]
    assert len(commits) == 6
    assert [author for author, reviewers in commits if not reviewers or author in reviewers] == []


def test_version_numbers_of_a_release_agree(layout: Layout) -> None:
    places = ("pyproject.toml", "app/__init__.py", "compose.yaml", "deploy/k8s/migrate.yaml", "deploy/k8s/web.yaml")
    for tag in (layout.running, layout.candidate):
        own, other = tag.removeprefix("v"), {"v2.3.1": "2.4.0", "v2.4.0": "2.3.1"}[tag]
        for place in (*places, "deploy/k8s/worker.yaml"):
            text = git(layout, "show", f"{tag}:{place}")
            assert own in text, (tag, place)
            assert other not in text, (tag, place)


def test_revisions_form_one_chain(layout: Layout) -> None:
    parents = {}
    for path in (layout.repository / "migrations/versions").glob("*.py"):
        said: dict[str, str | None] = {}
        lines = [line for line in path.read_text().splitlines() if line.startswith(("revision =", "down_revision ="))]
        exec("\n".join(lines), said)
        parents[said["revision"]] = said["down_revision"]
    chain = [None, "7c1f0e5a92b4", "b83d2f6e4a17", "3e9a5c71d80f", "f4b6d2c09e31"]
    assert parents == dict(zip(chain[1:], chain, strict=False))


def test_every_file_of_both_versions_is_well_formed() -> None:
    for path in (path for path in DATA.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            compile(text, path.name, "exec")
        elif path.suffix in {".yaml", ".yml"}:
            assert yaml.parse(text, path.name)
        elif path.suffix in {".json", ".sarif"}:
            assert json.loads(text)
        assert text.endswith("\n") or not text, path


def test_reports_name_the_candidate(layout: Layout) -> None:
    reports = layout.repository.parent / "ci"
    for name, count in (("unit-tests.xml", 24), ("integration-tests.xml", 8)):
        root = fromstring((reports / name).read_text())
        assert [node.get("value") for node in root.iter("property") if node.get("name") == "commit"] == [layout.commit]
        assert len(list(root.iter("testcase"))) == count
        assert list(root.iter("failure")) == []
    (run,) = json.loads((reports / "security.sarif").read_text())["runs"]
    assert run["versionControlProvenance"][0]["revisionId"] == layout.commit
    assert [bool(result["suppressions"]) for result in run["results"]] == [True]
    assert json.loads((reports / "performance.json").read_text())["commit"] == layout.commit


def test_the_parameter_file_binds_the_report_that_names_no_commit_to_the_candidate(layout: Layout) -> None:
    assert parameters().at("configuration", "reports", "performance", "commit").text == layout.commit


def test_the_example_metrics_meet_the_objectives_of_the_parameter_file(layout: Layout) -> None:
    rows = list(csv.DictReader((layout.repository.parent / "ci/metrics.csv").read_text().splitlines()))
    last = max(datetime.fromisoformat(row["time"]) for row in rows)
    for node in parameters().at("configuration", "metrics", "objectives"):
        own = [
            (datetime.fromisoformat(row["time"]), float(row["value"]))
            for row in rows
            if row["metric"] == node.at("metric").text
        ]
        now = [value for time, value in own if time > last - timedelta(minutes=15)]
        before = [value for time, value in own if time <= last - timedelta(minutes=15)]
        assert (len(now), len(before)) == (15, 60)
        passes, fails = ([criterion.text for criterion in node.at(key)] for key in ("pass", "fail"))
        judged = judge(objective(node.at("name").text, passes, fails), now, before)
        assert judged.outcome is Outcome.PASS, judged.sentence


def test_the_parameter_file_beside_the_repository_finds_what_was_laid_out(tmp_path: Path) -> None:
    layout = lay_out(tmp_path)
    written = write_parameters(layout, PARAMETERS)
    assert written == layout.parameters == tmp_path / "storefront.yaml"
    assert FROM_CHECKOUT not in written.read_text(encoding="utf-8")
    root = yaml.parse(written.read_text(encoding="utf-8"), written.name)[0]
    assert (tmp_path / root.at("application", "repository").text) == layout.repository
    assert (tmp_path / root.at("defaults").text).is_file()
    reports = [root.at("configuration", "reports", kind, "files", 0) for kind in REPORT_KINDS]
    assert [(tmp_path / report.text).is_file() for report in reports] == [True] * 4
    assert (tmp_path / root.at("configuration", "metrics", "csv").text).is_file()


def test_laying_out_again_replaces_what_the_demo_owns_and_nothing_beside_it(tmp_path: Path) -> None:
    first = lay_out(tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "ci/mine.xml").write_text("<mine/>")
    (first.repository / "compose.yaml").unlink()
    (first.repository / "left-over.txt").write_text("from a trial")
    again = lay_out(tmp_path)
    assert again == first
    assert git(again, "status", "--porcelain", "--ignored") == ""
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert (tmp_path / "ci/mine.xml").read_text() == "<mine/>"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ci", "notes.txt", "storefront"]


@pytest.mark.parametrize("theirs", ["storefront/README.md", "ci/unit-tests.xml"])
def test_what_the_demo_did_not_write_is_left_alone(tmp_path: Path, theirs: str) -> None:
    (tmp_path / theirs).parent.mkdir()
    (tmp_path / theirs).write_text("mine")
    with pytest.raises(InputError, match="left alone"):
        lay_out(tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / theirs]
    assert (tmp_path / theirs).read_text() == "mine"


def test_a_link_in_the_place_of_the_repository_is_not_followed(tmp_path: Path) -> None:
    elsewhere = lay_out(tmp_path / "elsewhere")
    (tmp_path / "here").mkdir()
    (tmp_path / "here/storefront").symlink_to(elsewhere.repository, target_is_directory=True)
    with pytest.raises(InputError, match="left alone"):
        lay_out(tmp_path / "here")
    assert (elsewhere.repository / "README.md").is_file()


def test_a_file_in_the_place_of_the_folder_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("a file")
    with pytest.raises(InputError, match="name another folder"):
        lay_out(tmp_path / "demo")


def test_without_git_the_message_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError, match="install git"):
        lay_out(tmp_path / "demo")


def test_the_example_travels_light() -> None:
    sizes = [path.stat().st_size for path in DATA.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert sum(sizes) < 150_000
