"""Units of systemd on a host (freedesktop.org/software/systemd/man/latest/systemctl.html)."""

import shlex
from collections.abc import Iterator

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.commands import Commands
from releasekit.checklist.words import listed


class Systemd(Commands):
    """A unit starts what lies on the host; how a version gets there stands in no unit."""

    way = "systemd"

    def _systemctl(self, act: Act, text: str, verb: str, names: list[str], expect: str) -> Step:
        units = [f"{name}.service" for name in names]
        return self.step(act, text, "sudo", "systemctl", verb, *units, expect=expect, source=self.shown)

    def stop(self) -> Iterator[Step]:
        if self.names:
            yield self._systemctl(Act.STOP, f"Stop {listed(self.names)}.", "stop", self.names, "no output")

    def _brought(self, act: Act, version: str) -> Iterator[Step]:
        who = self.c.release.who("devops_engineer")
        text = f"Bring {version} onto the host: no file says how. {who[0].upper()}{who[1:]} has to know."
        yield Step(act, text, way=self.way)
        names = self.started
        if names:
            yield self._systemctl(act, f"Restart {listed(names)}.", "restart", names, "no output")

    def deploy(self) -> Iterator[Step]:
        yield from self._brought(Act.DEPLOY, self.new)

    def status(self) -> Iterator[Step]:
        names = self.started
        if names:
            yield self._systemctl(Act.CHECK, "See the units.", "status", names, "active (running)")

    def previous(self) -> Iterator[Step]:
        yield from self._brought(Act.BACK_DEPLOY, self.old)

    def logs(self) -> tuple[str, ...]:
        units = (part for fact in self.services for part in ("-u", f"{fact.name}.service"))
        return (shlex.join(("journalctl", "--since", "-15min", "--no-pager", *units)),) if self.services else ()
