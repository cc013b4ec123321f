import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from playwright.sync_api import Browser

from releasekit.batch.boards import board, of_log, write
from releasekit.document.board import Board, Cell, Row, board_data, board_markdown
from releasekit.document.board_page import board_page
from releasekit.record.place import Folder
from tests.batch.services import Silent, short, store_of, write_services
from tests.record.browser import watched

NASTY = "<script>alert(1)</script>](javascript:x) | \u202e - [x]"


def rows(number: int) -> list[Row]:
    """Rows of every verdict, in no order."""
    cells = tuple(
        Cell(title, verdict, 1, 3, "an item")
        for title, verdict in (("Code", "ok"), ("Tests", "unknown"), ("Rollback", "none"))
    )
    said = ("“All unit tests passing” is unknown: no report", "“x” is unknown: y")
    kinds = [
        Row(
            "s",
            "1.0.0",
            "production",
            run="r",
            record="s/1.0.0/r/release.html",
            status="open",
            machine="go",
            all="go",
            sections=cells,
        ),
        Row(
            "s",
            "1.0.0",
            "production",
            run="r",
            record="s/1.0.0/r/release.html",
            status="open",
            machine="go",
            all="cannot-tell",
            waiting=("x",),
        ),
        Row(
            "s",
            "1.0.0",
            "production",
            status="open",
            machine="cannot-tell",
            all="cannot-tell",
            blocked=said,
            waiting=("x",),
            sections=cells,
        ),
        Row(
            "s",
            "1.0.0",
            "production",
            status="open",
            machine="no-go",
            all="no-go",
            blocked=("a check failed",),
            sections=cells,
        ),
        Row("s", problem="the repository is not there"),
    ]
    return [replace(kinds[one % len(kinds)], service=f"service-{one:04}") for one in range(number)]


def test_blockers_come_first_and_evidence_is_counted_apart_from_people() -> None:
    made = board(rows(10))
    assert [row.rank for row in made.rows] == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert dict(made.counts) == dict.fromkeys(
        ["no record", "no-go", "blocked by evidence", "waiting for people", "go"], 2
    )
    data = board_data(made)
    blocked = next(one for one in data["services"] if one["verdict"] == "blocked by evidence")
    assert (len(blocked["blocked"]), len(blocked["waiting"])) == (2, 1)
    assert json.loads(json.dumps(data)) == data


def test_the_three_files_say_the_same(tmp_path: Path) -> None:
    made = board(rows(6), ["a.yaml: left out"])
    paths = write(made, Folder(tmp_path))
    assert [Path(path).name for path in paths] == ["board.html", "board.md", "board.json"]
    page, text, data = (Path(path).read_text() for path in paths)
    for row in made.rows:
        for shown in (page, text, data):
            assert row.service in shown
            assert row.verdict in shown
    assert all("a.yaml: left out" in shown.replace("\\", "") for shown in (page, text, data))


def test_nothing_that_a_service_says_is_markup() -> None:
    one = Row(
        NASTY,
        NASTY,
        NASTY,
        record="x/release.html",
        problem=NASTY,
        blocked=(NASTY,),
        sections=(Cell(NASTY, "fail", 0, 1, NASTY),),
    )
    made = Board((one, replace(one, problem="", machine="no-go", all="no-go")), "now", ((NASTY, "b"),), (NASTY,))
    page, text = board_page(made), board_markdown(made)
    assert "<script>alert" not in page
    assert page.count("<script>") == 1
    assert "\u202e" not in page + text
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    inner = [child for token in tokens for child in token.children or ()]
    assert not [token for token in (*tokens, *inner) if token.type.startswith("html")]
    assert {token.attrs["href"] for token in inner if token.type == "link_open"} == {"x/release.md"}
    assert "\n- [x]" not in text


def test_without_script_the_table_is_whole(chromium: Browser, tmp_path: Path) -> None:
    path = Path(write(board(rows(30)), Folder(tmp_path))[0])
    page = chromium.new_context(java_script_enabled=False).new_page()
    page.goto(path.as_uri())
    assert page.locator("#rk-board tbody tr").count() == 30
    assert page.locator("#rk-filter").is_hidden()
    assert "service-0004" in page.locator("#rk-board tbody tr").first.inner_text()


def test_a_thousand_services_are_sorted_and_filtered_without_a_network(chromium: Browser, tmp_path: Path) -> None:
    path = Path(write(board(rows(1000)), Folder(tmp_path))[0])
    seen = watched(chromium)
    seen.page.goto(path.as_uri())
    table = seen.page.locator("#rk-board tbody tr:visible")
    assert table.count() == 1000
    seen.page.get_by_role("button", name="Service").click()
    assert "service-0000" in table.first.inner_text()
    seen.page.get_by_role("button", name="Service").click()
    assert "service-0999" in table.first.inner_text()
    seen.page.get_by_role("button", name="Verdict").click()
    assert "no record" in table.first.inner_text()
    seen.page.get_by_label("Show").fill("service-01 unknown")
    assert table.count() == 60
    seen.page.get_by_label("Show").fill("")
    seen.page.get_by_label("with verdict").select_option("no-go")
    assert table.count() == 200
    assert seen.page.locator("#rk-counted").inner_text() == "200 of 1000"
    assert seen.requests == [path.as_uri()]
    assert seen.said == []


def test_a_cell_leads_to_the_records_section(chromium: Browser, tmp_path: Path) -> None:
    from tests.batch.test_pool import served

    write_services(tmp_path, 1)
    from tests.batch.services import shipped

    (row,) = served(tmp_path, source=shipped()).values()
    path = Path(write(board([row]), Folder(tmp_path / "out"))[0])
    seen = watched(chromium)
    seen.page.goto(path.as_uri())
    seen.page.locator("#rk-board a", has_text="unknown").first.click()
    seen.page.wait_for_url("**/release.html#*")
    fragment = seen.page.url.partition("#")[2]
    assert seen.page.locator(f"#{fragment}").count() == 1


def test_the_board_of_the_log_shows_the_newest_run_of_each_service(tmp_path: Path) -> None:
    from tests.batch.test_pool import served

    many = write_services(tmp_path, 2)
    first = served(tmp_path, source=short(tmp_path))
    file = many / "service-001.yaml"
    file.write_text(file.read_text().replace("level: C", "level: B"))
    second = served(tmp_path, source=short(tmp_path))
    made = of_log(store_of(tmp_path / "out"), Folder(tmp_path / "out"))
    assert {row.run for row in made.rows} == {first["service-000"].run, second["service-001"].run}
    assert first["service-000"].run == second["service-000"].run != second["service-001"].run
    assert {row.record for row in made.rows} == {row.record for row in second.values()}


def test_the_notebook_shows_it(tmp_path: Path, require: Callable[[str], Path]) -> None:
    import papermill

    from releasekit.record.export import to_html
    from releasekit.record.resources import find
    from tests.batch.test_pool import served

    write_services(tmp_path, 2)
    served(tmp_path, source=short(tmp_path), watcher=Silent())
    done = papermill.execute_notebook(
        find("notebooks/board.ipynb"), tmp_path / "board.ipynb", {"out": "out"}, progress_bar=False, cwd=tmp_path
    )
    bundle = done.cells[-1].outputs[-1].data
    assert {"text/plain", "text/markdown", "text/html"} == set(bundle)
    assert "service-001" in bundle["text/markdown"]
    assert "blocked by evidence" in to_html(done)
    assert os.environ.get("RELEASEKIT_STORE") is None


def test_the_notebook_says_when_there_is_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from releasekit.batch.boards import show
    from releasekit.views.failure import NotebookError

    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotebookError, match="there are no runs"):
        show()
    assert not (tmp_path / "reports").exists()
