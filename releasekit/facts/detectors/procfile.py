"""Procfiles: the processes that Heroku and its likes start. Whether they are the deployment is decided elsewhere."""

import re
from collections.abc import Iterator

from releasekit.facts import images
from releasekit.facts.files import Files
from releasekit.facts.health import without_passwords
from releasekit.facts.model import Fact
from releasekit.facts.places import aside
from releasekit.facts.projects import shells

_LINE = re.compile(r"(?P<name>[A-Za-z0-9_-]+):\s*(?P<command>\S.*)")


def detect(files: Files) -> Iterator[Fact]:
    """A ``process`` fact (value: its role) and its ``start_command`` for each line; ``release`` runs first."""
    for path in files.tree.named("Procfile"):
        if aside(path):
            continue
        folder = path.rpartition("/")[0]
        for number, line in files.lines(path):
            match = _LINE.fullmatch(line.strip())
            if not match:
                continue
            name, source = match["name"], f"{path}:{number}"
            started = next((one.program for one in shells.read(match["command"], path, number).commands), "")
            store = images.stores(started.removesuffix("-server"))
            role = store[1] if store else ("job" if name == "release" else "app")
            yield Fact("process", name, role, source, scope=folder, how="a line of the Procfile")
            if store:
                yield Fact("datastore", name, store[0], source, how="the server that this line starts")
            command = without_passwords(match["command"])
            yield Fact("start_command", f"Procfile {name}", command, source, scope=folder)
            if name == "release":
                yield Fact("hook", "release phase", command, source, how="the platform runs it in each release")
