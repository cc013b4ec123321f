"""demo: the whole thing on the bundled example service."""

from pathlib import Path
from typing import Annotated

import typer

from releasekit.cli import screen
from releasekit.cli.store import OUT, folder


def register(app: typer.Typer) -> None:
    """Add this verb."""
    app.command(epilog="Example: releasekit demo --out reports")(demo)


def demo(
    out: Annotated[
        Path,
        typer.Option("--out", metavar="FOLDER", parser=folder, help="Where the example and its record are written."),
    ] = OUT,
) -> None:
    """Release the bundled example service.

    It is laid out as a git repository with two tagged versions first.
    """
    from releasekit.cli.release import execute
    from releasekit.demo.layout import lay_out, write_parameters
    from releasekit.record.resources import find

    layout = lay_out(out / "demo")
    parameters = write_parameters(layout, find("parameters"))
    screen.say(f"laid out {layout.repository}: {layout.running} runs, {layout.candidate} is released")
    started, _ = execute(parameters, out)
    screen.say("")
    screen.say("Look at what was written:", style="bold")
    for name, what in (
        ("release.html", "the checklist with its evidence, for a browser"),
        ("release.md", "the same as Markdown"),
        ("release.ipynb", "the executed notebook"),
        ("release.json", "the same as data"),
    ):
        screen.say(f"  {started.folder / name}  {what}")
    screen.say("Then:", style="bold")
    screen.say(f"  releasekit open {parameters}  walks the same release in JupyterLab, with boxes to tick")
    screen.say("  releasekit init REPOSITORY -o parameters/NAME.yaml  starts with a service of your own")
