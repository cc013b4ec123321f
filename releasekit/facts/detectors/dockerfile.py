"""Dockerfiles: what the last stage exposes, checks, runs and is built on. Services are found by the build context."""

from collections.abc import Iterator

from releasekit.errors import ParseError
from releasekit.facts import images
from releasekit.facts.files import Files
from releasekit.facts.health import always_well, asked, cannot_fail, without_passwords
from releasekit.facts.model import Fact, Finding
from releasekit.facts.places import aside, is_dockerfile
from releasekit.syntax import dockerfile
from releasekit.syntax.dockerfile import Dockerfile, Instruction, Stage, assignments
from releasekit.syntax.expression import Expression
from releasekit.syntax.interpolation import expand

_RANGE = Expression(r"(?P<first>\d+)(?:-(?P<last>\d+))?(?:/(?:tcp|udp|sctp))?$")


def detect(files: Files) -> Iterator[Fact | Finding]:
    """The facts of each Dockerfile that is not aside, with its folder as scope."""
    for path in files.tree.paths:
        if not is_dockerfile(path) or aside(path) or not files.text(path).strip():
            continue
        try:
            read = dockerfile.parse(files.text(path), path)
        except ParseError as error:
            files.note(path, error)
            continue
        yield from _facts(path, read)


def _facts(path: str, read: Dockerfile) -> Iterator[Fact | Finding]:
    scope = path.rpartition("/")[0]
    yield from _bases(path, scope, read)
    last = read.stage()
    if last is None:
        return
    stages = read.lineage(last)
    values = _values(read, stages)
    for stage in reversed(stages):
        for expose in stage.all("EXPOSE"):
            yield from _exposed(path, scope, expose, values)
        for volume in stage.all("VOLUME"):
            yield from _kept(path, scope, volume, values)
    for name, kind in (
        ("HEALTHCHECK", "healthcheck"),
        ("USER", "user"),
        ("ENTRYPOINT", ""),
        ("CMD", ""),
        ("STOPSIGNAL", "stop_signal"),
    ):
        item = next((found for stage in stages if (found := stage.last(name))), None)
        if item is None or not item.value:
            continue
        source = f"{path}:{item.line}"
        if name == "HEALTHCHECK":
            if item.value[0] != "NONE":
                command = item.command.removeprefix("CMD-SHELL ").removeprefix("CMD ")
                if cannot_fail(command):
                    yield always_well(None, source)
                said = f"what `{without_passwords(command)}` asks"
                yield Fact(kind, "dockerfile", asked(command), source, scope=scope, how=said)
        elif kind:
            yield Fact(kind, name.lower(), item.command, source, scope=scope)
        else:
            how = "the words of its JSON form joined" if item.exec else ""
            yield Fact("start_command", name.lower(), without_passwords(item.command), source, scope=scope, how=how)


def _bases(path: str, scope: str, read: Dockerfile) -> Iterator[Fact]:
    """The base image of the last stage, and every FROM of an image without a tag."""
    named = {stage.name.lower() for stage in read.stages if stage.name}
    for number, stage in enumerate(read.stages):
        earlier = {other.name.lower() for other in read.stages[:number] if other.name}
        if stage.image.lower() in earlier or stage.image in {"scratch", ""} or "$" in stage.image:
            continue
        reference = images.reference(stage.image)
        how = "" if stage.image == stage.base else f"arguments replaced in {stage.base}"
        source = f"{path}:{stage.line}"
        if not reference.tag and not reference.digest and stage.image.lower() not in named:
            yield Fact("image_unpinned", reference.repository, stage.image, source, how=how, scope=scope)
        if stage is read.image_of(read.stages[-1]):
            yield Fact("base_image", reference.repository, stage.image, source, how=how, scope=scope)


def _values(read: Dockerfile, stages: tuple[Stage, ...]) -> dict[str, str]:
    """What ENV and ARG set by default, from the bottom stage up."""
    found: dict[str, str] = dict(read.args)
    for stage in reversed(stages):
        for item in stage.instructions:
            if item.name == "ARG":
                found.update(dockerfile.arguments(item))
            elif item.name == "ENV":
                for key, value in assignments(item).items():
                    found[key] = _expanded(value, found)
    return found


def _expanded(text: str, values: dict[str, str]) -> str:
    try:
        return expand(text, values.get).text
    except ParseError:
        return text  # a value that is no variable reference in Compose's grammar stays as written


def _kept(path: str, scope: str, item: Instruction, values: dict[str, str]) -> Iterator[Fact]:
    """What the image says outlives its container; whether it does is decided where all facts come together."""
    for written in item.value:
        where = _expanded(written, values)
        if where.startswith("/") and "$" not in where:
            how = "" if where == written else f"defaults replaced in {written}"
            yield Fact("image_volume", where, where, f"{path}:{item.line}", scope=scope, how=how)


def _exposed(path: str, scope: str, item: Instruction, values: dict[str, str]) -> Iterator[Fact]:
    for written in item.value:
        match = _RANGE.match(_expanded(written, values))
        if match:
            first, last = int(match["first"]), int(match["last"] or match["first"])
            for number in range(first, min(last, first + 20) + 1):
                how = "" if str(number) in written else f"defaults replaced in {written}"
                yield Fact("port", "EXPOSE", number, f"{path}:{item.line}", scope=scope, how=how)
