"""Verbs to functions; the only room that prints or exits."""

import gc
import sys

from releasekit.errors import ReleasekitError


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status: 0 done, 1 no-go, 2 bad input, 3 cannot tell, 130 interrupted."""
    if arguments is not None:
        return _run(arguments)
    gc.disable()  # until the verb begins: what is loaded is no garbage
    try:
        return _run(sys.argv[1:])
    finally:
        gc.freeze()  # the process ends: nothing that it holds need be looked through for garbage


def _run(given: list[str]) -> int:
    import typer

    from releasekit.cli import screen
    from releasekit.cli.app import app

    usage: type[typer.BadParameter] = typer.BadParameter.__bases__[0]  # its name is private, wherever it comes from
    try:
        status = app(next(iter(given), ""))(args=given, standalone_mode=False, prog_name="releasekit")
    except ReleasekitError as error:
        screen.problems(error)
        return error.exit_code
    except usage as error:
        error.show()
        return 2
    except typer.Exit as done:
        return done.exit_code
    except (KeyboardInterrupt, typer.Abort):
        screen.say("interrupted", error=True)
        return 130
    except BrokenPipeError:
        screen.silence()
        return 0
    return status if isinstance(status, int) else 0
