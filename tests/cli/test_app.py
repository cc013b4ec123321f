"""Which verbs there are, and what a verb loads."""

import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from releasekit.cli import main
from releasekit.cli.app import ROOMS, app


def verbs(made: typer.Typer) -> list[str]:
    return list(typer.main.get_group(made).commands)


def test_every_room_has_the_verbs_that_it_is_loaded_for() -> None:
    assert verbs(app()) == " ".join(ROOMS.values()).split()
    for said in ROOMS.values():
        assert verbs(app(said.split()[0])) == said.split()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["facts"], "Missing argument"),
        (["facts", ".", "--format", "yaml"], "'yaml' is not one of 'json', 'table'"),
        (["facts", ".", "elsewhere"], "unexpected extra argument"),
        (["fact"], "No such command 'fact'"),
    ],
)
def test_what_cannot_be_taken_as_it_is_typed_is_said_by_name(
    typed: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(typed) == 2
    assert said in capsys.readouterr().err


def test_facts_loads_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services: {web: {image: nginx}}\n")
    heavy = ("pydantic", "rich", "pandas", "jupyterlab", "sqlalchemy", "xml.sax", "sqlglot", "lark", "email", "ssl")
    code = f"import sys; from releasekit.cli import main; main(['facts', {str(tmp_path)!r}])\n"
    code += f"print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert '"kind": "service"' in done.stdout
