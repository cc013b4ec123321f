"""The command line as a whole: which verbs there are, in the order in which a release needs them."""

import gc
from importlib import import_module
from typing import Annotated

import typer

from releasekit.cli import screen
from releasekit.cli.quick import QuickGroup

# the verbs of each room, which is loaded for them alone
ROOMS = {
    "analysis": "init facts checklist schema probes",
    "release": "run open close",
    "batch": "batch",
    "acts": "check uncheck clear note assign waive unwaive exclude include sign refuse enter rollback collect",
    "runs": "runs show gate log",
    "archive": "archive sign-bundle verify bundles diff reopen import",
    "demo": "demo",
}
_HELP = "Release notebooks: a deployment checklist made precise for one service, walked through, and kept on record."


def app(verb: str = "") -> typer.Typer:
    """The command line, with the room of this verb; with all of them where it is none."""
    made = typer.Typer(
        name="releasekit",
        cls=QuickGroup,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        help=_HELP,
        epilog="Start with: releasekit demo, or for a service of your own: releasekit init REPOSITORY",
    )
    made.callback()(_top)
    known = [room for room, verbs in ROOMS.items() if verb in verbs.split()]
    for room in known or ROOMS:
        import_module(f"releasekit.cli.{room}").register(made)
    return made


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        screen.out(f"releasekit {version('releasekit')}")
        raise typer.Exit


def _top(
    show: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    if not show:
        gc.enable()  # a verb begins (see main)
