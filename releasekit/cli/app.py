"""The command line as a whole: which verbs there are, in the order in which a release needs them."""

from importlib.metadata import version
from typing import Annotated

import typer

from releasekit.cli import acts, analysis, archive, batch, demo, release, runs, screen

app = typer.Typer(
    name="releasekit",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Release notebooks: a deployment checklist made precise for one service, walked through, and kept on record.",
    epilog="Start with: releasekit demo, or for a service of your own: releasekit init REPOSITORY",
)


def _version(wanted: bool) -> None:
    if wanted:
        screen.out(f"releasekit {version('releasekit')}")
        raise typer.Exit


@app.callback()
def _top(
    show: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    pass


for room in (analysis, release, batch, acts, runs, archive, demo):
    room.register(app)
