"""What is deployed: images that may change under the same name, and images that differ between variants."""

from collections.abc import Iterator, Sequence

from releasekit.facts.images import reference
from releasekit.facts.model import Fact, Finding, Severity


def unpinned(facts: Sequence[Fact]) -> Iterator[Finding]:
    """``image-unpinned``: no tag, or ``latest``: what starts again may be something else, and nothing to return to."""
    for fact in facts:
        if fact.kind == "image_unpinned":
            where = f" of {fact.service}" if fact.service else ""
            yield Finding(
                "image-unpinned",
                Severity.RISK,
                f"the image {fact.value}{where} is not pinned: a restart may bring another, a rollback cannot name one",
                (fact.source, *fact.also),
                fact.service,
                "give it a version tag or a digest",
            )


def differing_images(facts: Sequence[Fact]) -> Iterator[Finding]:
    """``image-differs``: the same image of a service in several versions, in several files."""
    found: dict[tuple[str, str], list[Fact]] = {}
    for fact in facts:
        if fact.kind == "image" and fact.service:
            found.setdefault((fact.service, fact.name), []).append(fact)
    for (service, name), images in found.items():
        tags = dict.fromkeys(reference(str(fact.value)).tag or "latest" for fact in images)
        if len(tags) > 1 and len({fact.path for fact in images}) > 1:
            yield Finding(
                "image-differs",
                Severity.WARNING,
                f"{name} of {service} is {' and '.join(tags)} in different files",
                tuple(fact.source for fact in images),
                service,
                "say which file is deployed, and raise the others with it",
            )
