"""The services of a repository where no file deploys containers: processes of a Procfile or of systemd, else images.

Finds no files itself: it sees the facts of the detectors.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from releasekit.facts.model import Fact
from releasekit.facts.places import is_dockerfile
from releasekit.facts.ways import counting
from releasekit.syntax.expression import Expression

# folders that say how an image is made and not what is in it
_TECHNICAL = frozenset(
    "docker dockerfiles container containers image images build builds packaging package deploy deployment prod"
    " production release ci alpine debian ubuntu distroless scratch slim linux amd64 arm64 src app cmd".split()
)

_FILE = Expression(r"(?:(?P<before>.+)\.)?(?:docker|container)file(?:[.\-_](?P<after>.+))?")


def with_services(facts: Sequence[Fact], projects: Sequence[tuple[str, str]]) -> list[Fact]:
    """The facts, with processes or images as services if there are no others; ``projects`` are folders with names."""
    if own := _elected_processes(facts):
        # the way that deploys starts these; what another way would start stays what it is
        starts = [fact for fact in facts if fact.kind == "start_command" and fact.way in {one.way for one in own}]
        return [*(fact for fact in facts if fact not in own and fact not in starts), *_processes([*own, *starts])]
    if any(fact.kind == "service" for fact in facts):
        # deployment files say what is kept; without a mount, what an image declares goes with its container
        facts = [fact for fact in facts if fact.kind != "image_volume"]
        dropped = {(fact.name, fact.source) for fact in facts if fact.kind == "process"}
        gone = {name for name, _ in dropped} - {fact.name for fact in facts if fact.kind == "service"}
        return [fact for fact in facts if (fact.name, fact.source) not in dropped and fact.service not in gone]
    facts = [replace(fact, kind="volume") if fact.kind == "image_volume" else fact for fact in facts]
    if any(fact.kind == "process" and fact.value == "app" for fact in facts):
        return list(_processes(facts))
    return [*_processes(facts), *_images(facts, dict(reversed(projects)))]


def _elected_processes(facts: Sequence[Fact]) -> list[Fact]:
    """The processes of the elected way, where none of its files names services otherwise and other ways' do."""
    own = counting(facts) - {""}
    if not own or not any(fact.kind == "service" for fact in facts):
        return []
    if any(fact.kind == "service" and fact.way in {"", *own} for fact in facts):
        return []
    return [fact for fact in facts if fact.kind == "process" and fact.way in own]


def _processes(facts: Sequence[Fact]) -> Iterator[Fact]:
    names = {fact.name for fact in facts if fact.kind == "process"}
    for fact in facts:
        said = next((name for name in names if name in fact.name.split()), "") if fact.kind == "start_command" else ""
        if fact.kind == "process" and fact.value == "add-on":
            continue
        if fact.kind == "process":
            yield replace(fact, kind="service")
            if "release" in names and fact.value == "app":
                how = "the release phase ends before other processes start"
                yield Fact("order_after", "release", "ended", fact.source, fact.name, how=how)
        else:
            yield replace(fact, service=said) if said and fact.service is None else fact


def _images(facts: Sequence[Fact], projects: dict[str, str]) -> Iterator[Fact]:
    """A service for each Dockerfile whose image starts something, called like its folder or its project."""
    starts = {fact.path: fact for fact in facts if fact.kind == "start_command" and is_dockerfile(fact.path)}
    for path, fact in starts.items():
        name = _called(path, projects)
        folder = path.rpartition("/")[0]
        kept = folder.rpartition("/")[2] == name or folder in projects
        yield Fact("service", name, "app", fact.source, how="an image that this repository makes")
        where = folder if kept and folder else "."
        yield Fact("build", path, where, fact.source, name, how="an image that this repository makes")


def _called(path: str, projects: dict[str, str]) -> str:
    folder, _, file = path.rpartition("/")
    match = _FILE.fullmatch(file.lower())
    stem = (match["before"] or match["after"] or "") if match else ""
    parts = folder.split("/") if folder else []
    words = ([stem] if stem else []) + parts[::-1]
    found = next((word for word in words if word.lower() not in _TECHNICAL), "")
    return found or projects.get("", "") or (parts[-1] if parts else "app")
