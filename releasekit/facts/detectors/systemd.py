"""systemd units: what they start, after what, with which files of variables (systemd.unit(5), systemd.service(5))."""

import re
from collections.abc import Iterator

from releasekit.facts.files import Files
from releasekit.facts.health import without_passwords
from releasekit.facts.model import Fact
from releasekit.facts.places import aside
from releasekit.facts.projects.units import assignments
from releasekit.facts.settings.confidential import is_confidential, is_placeholder

_VARIABLE = re.compile(r"[\"']?(?P<name>\w+)=(?P<value>[^\"'\s]*)")
_STARTS = ("ExecStartPre", "ExecStart", "ExecStartPost")


def detect(files: Files) -> Iterator[Fact]:
    """A ``process`` fact and the commands of each service unit; timers are cron jobs."""
    for path in files.tree.ending(".service", ".timer"):
        if aside(path):
            continue
        name = path.rpartition("/")[2].rpartition(".")[0].removesuffix("@")
        lines = list(assignments(files, path))
        if path.endswith(".timer"):
            yield from _timer(name, path, lines)
        elif any(key == "ExecStart" for _, key, _ in lines):
            yield from _unit(name, path, lines)


def _unit(name: str, path: str, lines: list[tuple[int, str, str]]) -> Iterator[Fact]:
    kinds = {value for _, key, value in lines if key == "Type"}
    scope = path.rpartition("/")[0]
    first = next(number for number, key, _ in lines if key == "ExecStart")
    role = "job" if "oneshot" in kinds else "app"
    yield Fact("process", name, role, f"{path}:{first}", scope=scope, how="a systemd unit")
    for number, key, value in lines:
        source = f"{path}:{number}"
        if key in _STARTS:
            yield Fact("start_command", f"{name} {key}", without_passwords(value.lstrip("-@:+!")), source, scope=scope)
        elif key in {"After", "Requires"}:
            for other in value.split():
                if other.endswith(".service"):
                    first_up = other.removesuffix(".service")
                    yield Fact("order_after", first_up, "started", source, name)
        elif key == "TimeoutStopSec":
            yield Fact("stop_grace", key, value, source, scope=scope)
        elif key == "Environment":
            yield from _variables(value, source, scope)


def _variables(value: str, source: str, scope: str) -> Iterator[Fact]:
    for match in _VARIABLE.finditer(value):
        if is_confidential(match["name"]):
            stands = not is_placeholder(match["value"])
            yield Fact("secret", match["name"], "hardcoded" if stands else "env", source, scope=scope)


def _timer(name: str, path: str, lines: list[tuple[int, str, str]]) -> Iterator[Fact]:
    for number, key, value in lines:
        if key in {"OnCalendar", "OnUnitActiveSec"}:
            yield Fact("cronjob", name, value, f"{path}:{number}", name, how="a systemd timer")
