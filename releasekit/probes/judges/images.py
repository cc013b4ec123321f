"""What the registry adds: whether the image to return to is still there, and which digest it has. Pulls no image."""

from dataclasses import dataclass, replace

from releasekit.errors import InputError, SourceError
from releasekit.parameters.values import resolve
from releasekit.probes.evidence import Verdict
from releasekit.probes.request import Judgement, Request
from releasekit.sources import registry

GREEN = frozenset({Verdict.PASS, Verdict.WARN})


@dataclass(frozen=True, slots=True)
class Kept:
    """The digests that the registry has: of the running version and of the candidate; "" where it has none."""

    source: str
    running: str
    candidate: str


def way_back(request: Request, judgement: Judgement) -> Judgement:
    """A green judgement about the way back stays so only when the image to return to is in the registry."""
    if request.parameters.configuration.registry is None or judgement.verdict not in GREEN:
        return judgement
    kept, why = _kept(request)
    if kept is None:
        return Judgement(Verdict.UNKNOWN, f"{judgement.sentence}; {why}", judgement.source, None, "ask it by hand")
    source = f"{judgement.source}, {kept.source}"
    if not kept.running:
        text = f"{judgement.sentence}, but {kept.source} has no image of {_plain(request.running_tag)} any more"
        return Judgement(Verdict.FAIL, text, source, request.candidate, "build it again, or choose what to return to")
    if kept.running == kept.candidate:
        text = f"{judgement.sentence}, but its image is the candidate's: {_short(kept.running)} under both tags"
        return Judgement(Verdict.FAIL, text, source, request.candidate, "see which image production runs")
    return replace(judgement, sentence=f"{judgement.sentence}; its image is {_short(kept.running)}", source=source)


def tagged(request: Request, judgement: Judgement) -> Judgement:
    """A green judgement about tags, with the digests: the running one is what a rollback deploys."""
    if request.parameters.configuration.registry is None or judgement.verdict not in GREEN:
        return judgement
    kept, why = _kept(request)
    if kept is None:
        then = judgement.next or "see which image the running version has"
        return replace(judgement, verdict=Verdict.WARN, sentence=f"{judgement.sentence}; {why}", next=then)
    text = f"{judgement.sentence}; images: running {_short(kept.running)}, candidate {_short(kept.candidate)}"
    if kept.running and kept.candidate:
        return replace(judgement, sentence=text, source=f"{judgement.source}, {kept.source}")
    then = judgement.next or "push the image that is missing"
    return replace(judgement, verdict=Verdict.WARN, sentence=text, next=then)


def _kept(request: Request) -> tuple[Kept | None, str]:
    """What the registry has, or why that is not known."""
    settings = request.parameters.configuration.registry
    if settings is None or not request.running_tag:
        return None, "the running version has no tag, so its image cannot be looked up"
    try:
        address = resolve(settings.url, request.environ)
        found = [_digest(address, settings.image, one) for one in (_plain(request.running_tag), request.version)]
    except (InputError, SourceError) as error:
        problem = error.problems[0]
        return None, f"{problem.where}: {problem.what}" if problem.where else problem.what
    return Kept(f"{address.rstrip('/')}/{settings.image}", *found), ""


def _digest(address: str, image: str, version: str) -> str:
    """By the version as it is written, and with or without its v."""
    bare = version.removeprefix("v")
    for tag in dict.fromkeys((version, bare, f"v{bare}")):
        if found := registry.digest(address, image, tag):
            return found
    return ""


def _plain(tag: str) -> str:
    """The version in a tag of a monorepo: ``web/v1.2.0`` is ``v1.2.0``."""
    return tag.rpartition("/")[2]


def _short(digest: str) -> str:
    return f"{digest[:19]}..." if digest else "none"
