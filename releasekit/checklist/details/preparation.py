"""What the last steps before a deployment mean for this release: window, people, the version to return to."""

import shlex
from collections.abc import Iterator
from datetime import datetime

from releasekit.checklist.context import Context, about
from releasekit.checklist.model import Detail
from releasekit.checklist.template import ROLES
from releasekit.checklist.words import listed, plural


def window(c: Context) -> Iterator[Detail]:
    """When it is, what is known to take how long, and what forbids it."""
    start, end = c.release.window
    if start:
        yield Detail(f"From {start} to {end}.")
    else:
        yield Detail("No window is set: configuration.window in the parameter file takes start and end.", warns=True)
    if c.release.minutes:
        said = listed(f"{phase} {minutes} min" for phase, minutes in c.release.minutes.items())
        yield Detail(f"Expected, as the parameter file says: {said}.")
    else:
        yield Detail("How long each phase takes is not known, and so not whether the window is long enough.")
    within = [freeze for freeze in c.release.freezes if start and _overlap((start, end), freeze[:2])]
    for first, last, reason in within:
        why = f": {reason}" if reason else ""
        yield Detail(f"The window lies in a freeze, from {first} to {last}{why}.", warns=True)
    if start and c.release.freezes and not within:
        yield Detail(f"It overlaps none of {plural(len(c.release.freezes), 'known freeze')}.")
    if c.rollback.no_return:
        yield Detail("The window has to hold the restore as well: after the migrations it is the only way back.")


def stakeholders(c: Context) -> Iterator[Detail]:
    """Whom, where, and what they have to know."""
    yield from channel(c, "stakeholders", "announcement")
    yield Detail(
        f"{c.release.service} {c.release.new} goes to {c.release.environment}{_when(c)}; way back: {c.rollback.way}."
    )


def current_version(c: Context) -> Iterator[Detail]:
    """The version to return to: its commit and tag, and how to fix the images that run now."""
    release = c.release
    if release.running_sha:
        tag = f", tagged {release.running_tag}" if release.running_tag else ", not tagged"
        assumed = f" Assumed: {release.running_reason}." if release.running_assumed and release.running_reason else ""
        yield Detail(
            f"{release.old} is commit {release.running_sha[:12]}{tag}.{assumed}", warns=not release.running_tag
        )
        if not release.running_tag:
            name = shlex.quote(f"{release.service}-running-before-{release.version or 'release'}")
            yield Detail(
                "Tag it:", code=f"git tag -a {name} {release.running_sha[:12]} -m 'runs in {release.environment}'"
            )
    else:
        why = c.change.unknown or release.running_reason or "no earlier version tag was found"
        yield Detail(f"Which commit runs now is not known: {why.rstrip('.')}.", warns=True)
        if c.change.mend:
            yield Detail(f"This would tell: {c.change.mend}.")
    unpinned = {fact.service or fact.name: fact for fact in c.of("image_unpinned")}
    if unpinned:
        first = next(iter(unpinned.values()))
        text = f"No fixed tag, so the name alone does not bring the old image back: {listed(unpinned)}."
        yield about(first, text, warns=True)


def team(c: Context) -> Iterator[Detail]:
    """Who is there, by role."""
    for role in ROLES:
        name = c.release.team.get(role)
        words = role.replace("_", " ").replace("devops", "DevOps")
        if name:
            yield Detail(f"{words}: {name}")
        else:
            yield Detail(f"{words}: nobody is named (configuration.team.{role})", warns=True)
    owners = dict.fromkeys(str(fact.value or fact.name) for fact in c.of("owner"))
    if owners:
        yield about(c.of("owner")[0], f"Owners of the code: {listed(owners)}.")


def _overlap(one: tuple[str, str], other: tuple[str, str]) -> bool:
    (start, end), (first, last) = map(datetime.fromisoformat, one), map(datetime.fromisoformat, other)
    return start < last and first < end


def channel(c: Context, *audiences: str) -> Iterator[Detail]:
    """Where a message goes: the first audience that has a channel, else where the deployment is told of."""
    for audience in (*audiences, "announcement", "deployment"):
        if audience in c.release.channels:
            yield Detail(f"Channel ({audience}): {c.release.channels[audience]}")
            return
    yield Detail(f"No channel is set: configuration.channels.{audiences[0]} in the parameter file takes it.")


def _when(c: Context) -> str:
    start, end = c.release.window
    return f", from {start} to {end}" if start else ""
