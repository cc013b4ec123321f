"""The notebook's front object: which run it shows, how it fails, and what plain Papermill makes of it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from releasekit.demo.layout import lay_out
from releasekit.probes.evidence import Evidence, Series, Verdict
from releasekit.run.run import Run
from releasekit.views import parts, walkthrough
from releasekit.views.failure import NotebookError
from tests.record.example import Example, example
from tests.run.samples import SLOW, UNIT, begin_in

ROOT = Path(__file__).parents[2]


def papermill(root: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "papermill", "notebooks/release.ipynb", "out.ipynb", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a person has after cloning the project and making the example."""
    root = tmp_path_factory.mktemp("project")
    for name in ("notebooks", "parameters"):
        shutil.copytree(ROOT / name, root / name)
    lay_out(root / "reports" / "demo")
    return root


def test_plain_papermill_runs_the_notebook_from_the_projects_root_and_writes_nothing_else(project: Path) -> None:
    before = {path for path in project.rglob("*") if ".git" not in path.parts}
    done = papermill(project, "-f", "parameters/storefront.yaml")
    assert done.returncode == 0, done.stderr
    after = {path for path in project.rglob("*") if ".git" not in path.parts}
    assert after - before == {project / "out.ipynb"}
    node = nbformat.read(project / "out.ipynb", as_version=4)
    text = json.dumps(node)
    assert "24 unit tests passed" in text
    assert "application/vnd.jupyter.widget-view+json" not in text
    assert "widgets" not in node.metadata
    outputs = [output for cell in node.cells for output in cell.get("outputs", ())]
    assert {output.output_type for output in outputs} == {"display_data"}
    parts = [output.metadata.releasekit.part for output in outputs]
    assert parts == [
        *(
            "style",
            "card",
            "findings",
            "change",
            "checklist",
            "collecting",
            "evidence",
            "metrics",
            "signoff",
            "result",
            "timeline",
        ),
        "facts",
    ]
    for output in outputs[1:]:
        assert set(output.data) == {"text/plain", "text/markdown", "text/html"}


def test_bad_parameters_fail_the_cell_with_our_message_alone(project: Path) -> None:
    text = (project / "parameters" / "storefront.yaml").read_text()
    bad = project / "parameters" / "bad.yaml"
    bad.write_text(text.replace("environment:", "enviroment:").replace('version: "2.4.0"', "version: 2.4"))
    done = papermill(project, "-f", "parameters/bad.yaml")
    assert done.returncode != 0
    assert "enviroment" in done.stderr
    node = nbformat.read(project / "out.ipynb", as_version=4)
    (error,) = [one for cell in node.cells for one in cell.get("outputs", ()) if one.output_type == "error"]
    said = "\n".join(error.traceback)
    assert "did you mean 'environment'?" in said
    assert "application.version" in said
    assert "Traceback" not in said
    assert len(error.traceback) <= 8


def test_without_run_and_parameters_the_message_says_how_to_give_them(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotebookError, match="neither a run nor an application is given"):
        walkthrough.open()


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Example:
    made = example(tmp_path_factory.mktemp("walk"))
    made.folder.mkdir(parents=True)
    return made


def test_a_run_is_found_in_the_nearest_store_and_its_plan_is_bound_once(
    shown: Example, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(shown.folder)
    assert shown.run.refresh().plan is None
    base = os.path.relpath(shown.base, shown.folder)
    first = walkthrough.open(run_id=shown.run.run_id, base=base, interactive=False)
    walkthrough.open(run_id=shown.run.run_id, base=base, interactive=False)
    kinds = [event.kind for event in shown.run.store.events(shown.run.run_id)]
    assert kinds == ["run.opened", "plan.bound"]
    assert isinstance(first.run, Run)
    assert "storefront 2.4.0 to production" in repr(first)


def test_a_run_that_is_not_there_or_has_no_store_is_one_message(
    shown: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shown.folder)
    with pytest.raises(NotebookError, match="there is no run 'no-such'"):
        walkthrough.open(run_id="no-such")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotebookError, match=r"no releases\.db in this folder or above"):
        walkthrough.open(run_id=shown.run.run_id)


def test_with_a_closed_run_no_cell_needs_the_repository_or_the_reports(
    shown: Example, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RELEASEKIT_STORE", shown.store)
    monkeypatch.setenv("RELEASEKIT_BASE", str(shown.base))
    release = walkthrough.open(run_id=shown.run.run_id, interactive=False)
    release.collect()
    shown.run.refresh()
    shown.run.close("abandoned", "a test")
    monkeypatch.setenv("RELEASEKIT_BASE", "/nowhere")
    events = len(shown.run.store.events(shown.run.run_id))
    again = walkthrough.open(run_id=shown.run.run_id, interactive=True)
    for part in (
        "card",
        "findings",
        "facts",
        "change",
        "checklist",
        "collect",
        "evidence",
        "metrics",
        "signoff",
        "result",
    ):
        getattr(again, part)()
    assert len(shown.run.store.events(shown.run.run_id)) == events


def test_without_interaction_neither_widgets_nor_pandas_are_imported(shown: Example) -> None:
    heavy = ("ipywidgets", "anywidget", "pandas", "numpy")
    code = (
        "import sys; from releasekit.views import walkthrough\n"
        f"release = walkthrough.open(run_id={shown.run.run_id!r}, interactive=False)\n"
        "release.checklist(); release.collect(); release.metrics(); release.result()\n"
        f"print([name for name in {heavy} if name in sys.modules], file=sys.stderr)"
    )
    environ = {**os.environ, "RELEASEKIT_STORE": shown.store, "RELEASEKIT_BASE": str(shown.base)}
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"


def test_the_objectives_are_a_pandas_table_for_who_wants_to_work_with_them(
    shown: Example, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELEASEKIT_STORE", shown.store)
    monkeypatch.setenv("RELEASEKIT_BASE", str(shown.base))
    found = walkthrough.open(run_id=shown.run.run_id, interactive=False).table()
    assert list(found.columns) == ["metric", "baseline", "now", "change %", "criteria", "verdict", "why"]
    assert len(found)
    assert (found["now"] > 0).all()


def test_a_closed_run_shows_the_courses_that_the_log_keeps_each_once(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    course = Series("Latency", "warn", "Latency: 5 ms", "<4", "ms", 5.0, 2.0, (1.0, 3.0, 5.0), 2, (4.0,))
    for item, probe in ((UNIT, "metrics.objectives"), (SLOW, "metrics.degraded")):
        run.add_evidence(
            Evidence(item, probe, Verdict.WARN, "Latency: 5 ms", at="2026-11-23T05:00:00Z", series=(course,))
        )
    run.close("deployed")
    shown = parts.bundle(parts.without_metrics(run.state), "metrics")
    assert shown["text/html"].count("<svg") == 1
    assert "1 objective, as measured 23 Nov 2026, 05:00 UTC" in shown["text/markdown"]
    assert "| Latency | 2 | 5 | 150 | <4 | **warn** |" in shown["text/markdown"]
    assert "▁▅│█" in shown["text/markdown"]


def test_evidence_of_before_courses_were_kept_is_shown_as_it_was(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    run.add_evidence(Evidence(SLOW, "metrics.degraded", Verdict.PASS, "Latency: 5 ms", at="2026-11-23T05:00:00Z"))
    run.close("deployed")
    shown = parts.bundle(parts.without_metrics(run.state), "metrics")
    assert "Metrics, as the log has them" in shown["text/markdown"]
    assert "Latency: 5 ms" in shown["text/markdown"]
