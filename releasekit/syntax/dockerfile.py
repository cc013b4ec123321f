"""Dockerfiles to stages and instructions with lines, through BuildKit's own parser. Builds nothing."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from releasekit.errors import ParseError
from releasekit.syntax.interpolation import expand
from releasekit.syntax.node import Limits

if TYPE_CHECKING:
    import dockerfile as buildkit

_INSTRUCTIONS = frozenset(
    {"ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER"}
    | {"ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"}
)


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: ``name`` in capitals, ``value`` as BuildKit splits it, ``exec`` for the JSON form."""

    name: str
    value: tuple[str, ...]
    line: int
    end: int
    exec: bool = False
    flags: tuple[str, ...] = ()
    heredocs: tuple[str, ...] = ()

    @property
    def command(self) -> str:
        """The value as one text."""
        return " ".join(self.value)


@dataclass(frozen=True, slots=True)
class Stage:
    """``FROM base AS name`` with its instructions; ``base`` as written, ``image`` with ARG defaults put in."""

    base: str
    image: str
    name: str
    line: int
    instructions: tuple[Instruction, ...]

    def last(self, name: str) -> Instruction | None:
        """The instruction of that name that counts, which is the last one."""
        return next((item for item in reversed(self.instructions) if item.name == name), None)

    def all(self, name: str) -> Iterator[Instruction]:
        """All instructions of that name, in order."""
        return (item for item in self.instructions if item.name == name)


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """The stages in order, and the ARGs with defaults that stand before the first."""

    stages: tuple[Stage, ...]
    args: Mapping[str, str]

    def stage(self, name: str = "") -> Stage | None:
        """The stage of that name or number; the last one for ""."""
        if not name:
            return self.stages[-1] if self.stages else None
        if name.isdigit() and int(name) < len(self.stages):
            return self.stages[int(name)]
        return next((stage for stage in reversed(self.stages) if stage.name.lower() == name.lower()), None)

    def lineage(self, stage: Stage) -> tuple[Stage, ...]:
        """A stage and the stages it is made from, itself first; ends at the first image that is no stage."""
        found = [stage]
        while True:
            before = self.stages[: self.stages.index(found[-1])]
            parent = next((s for s in reversed(before) if s.name and s.name.lower() == found[-1].image.lower()), None)
            if parent is None:
                return tuple(found)
            found.append(parent)

    def image_of(self, stage: Stage) -> Stage:
        """The stage at the bottom of a lineage: its ``image`` is the base image of the whole."""
        return self.lineage(stage)[-1]


def parse(text: str, name: str, limits: Limits | None = None) -> Dockerfile:
    """Read a Dockerfile. Raises ParseError with ``name`` or ``name:line`` for what BuildKit would refuse."""
    import dockerfile as buildkit  # the Go runtime starts threads with it, and a process with threads cannot fork

    limits = limits or Limits()
    if len(text) > limits.size:
        raise ParseError(f"larger than {limits.size} bytes", name, "nothing was read of it")
    try:
        commands = buildkit.parse_string(text)
    except buildkit.GoParseError as error:
        found = re.search(r"line (\d+)", str(error))
        raise ParseError(f"not a Dockerfile: {error}", f"{name}:{found[1]}" if found else name, "mend it") from None
    args: dict[str, str] = {}
    stages: list[tuple[Instruction, list[Instruction]]] = []
    for command in commands:
        item = _instruction(command, name)
        if item.name == "FROM":
            stages.append((item, []))
        elif stages:
            stages[-1][1].append(item)
        elif item.name == "ARG":
            args.update(arguments(item))
        else:
            raise ParseError(f"{item.name} stands before the first FROM", f"{name}:{item.line}", "begin with FROM")
    return Dockerfile(tuple(_stage(start, items, args, name) for start, items in stages), args)


def arguments(item: Instruction) -> dict[str, str]:
    """What an ARG sets by default: ``{name: default}``; arguments without a default are left out."""
    pairs = (value.partition("=") for value in item.value)
    return {key: default.strip("\"'") for key, sign, default in pairs if sign}


def assignments(item: Instruction) -> dict[str, str]:
    """What an ENV or LABEL sets."""
    flat = item.value
    return {flat[at]: flat[at + 1].strip("\"'") for at in range(0, len(flat) - 1, 2)}


def _instruction(command: "buildkit.Command", name: str) -> Instruction:
    word = command.cmd.upper()
    if word not in _INSTRUCTIONS:
        raise ParseError(
            f"unknown instruction {command.cmd[:40]!r}", f"{name}:{command.start_line}", "mend the line above"
        )
    if word == "FROM" and not command.value:
        raise ParseError("FROM names no image", f"{name}:{command.start_line}", "name one, or scratch")
    return Instruction(
        word,
        tuple(command.value),
        command.start_line,
        command.end_line,
        command.json,
        tuple(command.flags),
        tuple(document.content for document in command.heredocs),
    )


def _stage(start: Instruction, items: list[Instruction], args: Mapping[str, str], name: str) -> Stage:
    base = start.value[0]
    named = start.value[2] if len(start.value) > 2 and start.value[1].upper() == "AS" else ""
    image = expand(base, args.get, f"{name}:{start.line}").text
    return Stage(base, image, named, start.line, tuple(items))
