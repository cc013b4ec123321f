"""How a health check is asked by hand, and how a version is stopped: with which commands, by the way of deploying."""

import shlex
from collections.abc import Iterator

from releasekit.checklist.context import Context, about
from releasekit.checklist.model import Detail
from releasekit.checklist.ways import commands
from releasekit.checklist.ways.commands import typable
from releasekit.facts.model import Fact


def stops(c: Context) -> Iterator[Detail]:
    """How the version is stopped where that is not a step of the release."""
    for step in commands(c).stop():
        yield Detail(f"To stop it all the same:{step.told}", step.command, step.expect, step.source, typed=True)


def check(c: Context, fact: Fact) -> Detail:
    """How one health check is asked by hand, and what it answers when all is well.

    An address is only printed as a command that can be typed from where the person sits: inside a container, over a
    forwarded port. Else the path is said, and that nobody outside can ask it.
    """
    way = commands(c)
    kind, _, value = str(fact.value).partition(":")
    who = fact.service or fact.name or "service"
    if kind == "http":
        ports = [port.value for port in c.service("port", fact.service or "") if isinstance(port.value, int)]
        command = way.asks(who, ports[0], value) if len(set(ports)) == 1 and fact.service else ""
        if command:
            return Detail(
                f"Ask {who} at {value}.",
                command,
                "HTTP 200, exit status 0",
                fact.source,
                typed=way.as_it_stands(command),
            )
        port = f" on port {ports[0]}" if len(set(ports)) == 1 else ""
        return about(fact, f"{who} answers HTTP 200 at {value}{port}; from where it can be asked is in no file.")
    if kind == "cmd":
        # what lost its quotes on the way into a fact is shown as it is, and not as a command that would not run
        words = typable(value)
        known = fact.service and c.runs_here(who) and not who.startswith("-")
        inside = way.inside(who) if words and known else ""
        if inside:
            command = f"{inside} {shlex.join(words)}"
            return Detail(
                f"Ask {who} by its own command.",
                command,
                "exit status 0",
                fact.source,
                typed=way.as_it_stands(command),
            )
        return about(fact, f"{who} is asked by a command inside it:", code=value)
    if kind in {"tcp", "grpc"}:
        return about(fact, f"{who} accepts {kind} connections on port {value}.")
    return about(fact, f"{who}:", code=str(fact.value))
