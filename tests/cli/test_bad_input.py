"""Whatever a person gives: one message (what, where, what to do), exit status 2, no traceback, nothing half written."""

from pathlib import Path

import pytest

from tests.cli.conftest import Command, Demo

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
GOOD = 'application: {{name: shop, repository: {repository}, version: "1.0.0"}}\n'


def refused(releasekit: Command, folder: Path, *arguments: object, says: str) -> None:
    before = sorted(path for path in folder.rglob("*") if ".git" not in path.parts)
    ended = releasekit(*arguments, cwd=folder)
    assert ended.status == 2, ended.out
    assert "Traceback" not in ended.err + ended.out
    assert says in ended.err
    assert sorted(path for path in folder.rglob("*") if ".git" not in path.parts) == before


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("application: [", "parameters.yaml:"),
        (BOMB, "anchor"),
        (GOOD.format(repository=".").replace("shop", "../../x"), "parameters.yaml:1"),
        (GOOD.format(repository=".").replace('"1.0.0"', "1.10"), "quote"),
        (GOOD.format(repository="nowhere"), "parameters.yaml:1: application.repository: the repository 'nowhere' is"),
        (GOOD.format(repository="empty"), "parameters.yaml:1: application.repository: the repository 'empty' is"),
        (GOOD.format(repository=".").replace("name: shop", "nmae: shop"), "name"),
        (GOOD.format(repository=".") + "configuration: {database: {url: postgres://u:secret@h/d}}\n", "env:"),
        ("", "parameters.yaml"),
        ("- a\n", "parameters.yaml"),
    ],
)
def test_a_parameter_file_that_cannot_be_used(text: str, says: str, releasekit: Command, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "parameters.yaml").write_text(text, encoding="utf-8")
    refused(releasekit, tmp_path, "run", "parameters.yaml", says=says)


def test_a_missing_file_a_folder_and_a_pipe(releasekit: Command, tmp_path: Path) -> None:
    refused(releasekit, tmp_path, "run", "nowhere.yaml", says="nowhere.yaml")
    refused(releasekit, tmp_path, "run", ".", says="folder")
    refused(releasekit, tmp_path, "facts", "nowhere", says="nowhere")
    refused(releasekit, tmp_path, "checklist", "nowhere", says="nowhere")


def test_a_notebook_that_is_none_and_an_output_that_is_no_folder(
    demo: Demo, releasekit: Command, tmp_path: Path
) -> None:
    broken = tmp_path / "x.ipynb"
    broken.write_text("{}", encoding="utf-8")
    ended = releasekit("run", demo.parameters, "--out", demo.out, "--notebook", broken)
    assert ended.status == 2
    assert "not a notebook" in ended.err
    assert "Traceback" not in ended.err
    assert not demo.out.exists()
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    for out in (file, file / "below", Path("/proc/releasekit")):
        ended = releasekit("run", demo.parameters, "--out", out)
        assert ended.status == 2, out
        assert str(out) in ended.err
        assert "Traceback" not in ended.err


def test_an_unknown_verb_and_a_missing_argument_say_how_it_is_called(releasekit: Command) -> None:
    for arguments in (("frobnicate",), ("run",), ("facts", ".", "--format", "xml")):
        ended = releasekit(*arguments)
        assert ended.status == 2
        assert "Usage: releasekit" in ended.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "shop.yaml"),
        ("open", "shop.yaml"),
        ("runs",),
        ("show", "abc"),
        ("check", "abc", "item"),
        ("close", "abc", "--outcome", "deployed"),
        ("archive", "abc", "--to", "bundles"),
        ("demo",),
    ],
    ids=" ".join,
)
def test_an_address_is_refused_where_records_go_to_a_folder(
    arguments: tuple[str, ...], releasekit: Command, tmp_path: Path
) -> None:
    refused(
        releasekit, tmp_path, *arguments, "--out", "s3://bucket/prefix", says="error: s3://bucket/prefix: this is an"
    )
