"""What the items on code readiness mean for this release: commits, flags, versions, notes, the way back."""

import shlex
from collections.abc import Iterator

from releasekit.checklist.context import Context, about, runbook, some
from releasekit.checklist.model import Detail
from releasekit.checklist.rollback import Way
from releasekit.checklist.words import listed, plural
from releasekit.facts.change import Commit


def reviewed_changes(c: Context) -> Iterator[Detail]:
    """The commits that are released, and those of which git does not say that anybody else looked at them."""
    new = c.release.new
    if not c.compares:
        yield from _not_compared(c, f"Which commits {new} brings is not known")
        yield from _owners(c)
        return
    commits = [commit for commit in c.change.commits if not commit.merge]
    merges = len(c.change.commits) - len(commits)
    authors = sorted({commit.author for commit in commits})
    also = f" and {plural(merges, 'merge')}" if merges else ""
    files = plural(len(c.change.files), "changed file")
    by = f", by {listed(authors)}" if authors and len(authors) <= 6 else ""
    first, last = c.release.old or c.change.running, (c.change.candidate or "")[:12] or c.release.candidate_ref
    yield Detail(
        f"{plural(len(commits), 'commit')}{also} and {files} since {c.release.old}{by}.",
        code=f"git log --no-merges {shlex.quote(f'{first}..{last}')}",
    )
    unreviewed = [commit for commit in commits if not _reviewed(commit)]
    if unreviewed:
        yield Detail(
            f"{plural(len(unreviewed), 'commit')} without a reviewer in a Reviewed-by trailer: "
            "see the pull request of each.",
            warns=True,
        )
        lines = (Detail(f"{one.subject} ({one.author})", code=one.sha[:10]) for one in unreviewed)
        yield from some(lines, "commits", 8)
    yield from _owners(c)


def _reviewed(commit: Commit) -> bool:
    return any(commit.author not in reviewer and commit.email not in reviewer for reviewer in commit.reviewers)


def _owners(c: Context) -> Iterator[Detail]:
    owners = c.of("owner")
    if owners:
        names = dict.fromkeys(str(fact.value or fact.name) for fact in owners)
        yield about(owners[0], f"Owners who approve: {listed(names)}.")


def _not_compared(c: Context, what: str) -> Iterator[Detail]:
    if c.change.first:
        yield Detail(f"First release: there is no earlier version, so all of {c.release.new} is new.")
        return
    why = c.change.unknown or "the running version is not known"
    yield Detail(f"{what}: {why.rstrip('.')}.", warns=True)
    if c.change.mend:
        yield Detail(f"This would tell: {c.change.mend}.")


def feature_flags(c: Context) -> Iterator[Detail]:
    """Each flag with its default in the files, the new and changed ones first."""
    changed = [key for key in c.change.keys if key.kind in {"feature_flag", "flag"}]
    for key in changed:
        if key.before is None:
            yield Detail(
                f"New flag {key.name}: default {_word(key.after)}.", source=key.source, warns=_is_on(key.after)
            )
        elif key.after is None:
            yield Detail(f"Flag {key.name} was removed (was {_word(key.before)}).", source=key.source, warns=True)
        else:
            yield Detail(
                f"Flag {key.name} changed from {_word(key.before)} to {_word(key.after)}.",
                source=key.source,
                warns=True,
            )
    named = {key.name for key in changed}
    flags = [fact for fact in c.of("feature_flag") if fact.name not in named]
    yield from some((about(fact, f"{fact.name}: default {_shown(fact.value)}.") for fact in flags), "flags")
    if changed or flags:
        yield Detail(f"Compare these defaults with what {c.release.environment} has to start with.")
    else:
        yield c.nothing("feature flag", "flagd files", "flag libraries", "flags declared in code")


def _is_on(value: str | None) -> bool:
    return (value or "").lower() in {"on", "true", "1", "enabled"}


def _word(value: str | None) -> str:
    return {"True": "on", "False": "off"}.get(value or "", value or "not said")


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return "not said" if value is None else str(value)


def version_numbers(c: Context) -> Iterator[Detail]:
    """What each file says the version is, beside what is released."""
    new = c.release.version.removeprefix("v")
    places = c.of("version")
    for fact in places:
        said = str(fact.value)
        same = said.removeprefix("v") == new
        if not new or same:
            yield about(fact, f"{fact.name} says {said}.")
        else:
            yield about(fact, f"{fact.name} says {said}; this release is {c.release.version}.", warns=True)
    if not places:
        yield c.nothing("version number", "project files", "Chart.yaml", "the changelog", "image tags")
    if c.release.old:
        assumed = f" (assumed: {c.release.running_reason or 'the newest version tag before the candidate'})"
        yield Detail(f"Running now: {c.release.old}{assumed if c.release.running_assumed else ''}.")


def release_notes(c: Context) -> Iterator[Detail]:
    """The file with the notes, and what in them asks for attention."""
    changelogs = c.of("changelog")
    for fact in changelogs:
        yield about(fact, f"{fact.name} needs a dated section for {c.release.new} that is not empty.")
    if not changelogs:
        yield c.nothing("changelog", "CHANGELOG", "HISTORY", "NEWS", "release notes")
    removed = [key for key in c.change.keys if key.after is None]
    if removed:
        yield Detail(
            f"The notes have to name what was removed: {listed(f'{key.kind} {key.name}' for key in removed[:8])}.",
            source=removed[0].source,
        )
    severe = [one for one in c.change.migrations if one.effect not in {"additive", "locking"}]
    named = (
        Detail(f"The notes have to name migration {m.revision}: {m.effect}.", source=m.source or m.path) for m in severe
    )
    yield from some(named, "migrations", 6)


def rollback_plan(c: Context) -> Iterator[Detail]:
    """The way back with its reasons, the point of no return, and who holds the plan."""
    plan = c.rollback
    yield Detail(f"Way back: {plan.way}.", warns=plan.way in {Way.UNKNOWN, Way.FORWARD, Way.NOTHING})
    yield Detail(plan.sentence)
    yield from some(plan.reasons, "migrations", 12)
    if plan.no_return:
        yield plan.no_return
    if plan.lost:
        yield Detail(plan.lost, warns=True)
    if plan.downgrade:
        yield Detail("Schema back:", code=plan.downgrade)
    if "rollback" in c.release.minutes:
        yield Detail(f"Takes {c.release.minutes['rollback']} minutes, as the parameter file says.")
    else:
        yield Detail("How long it takes is not known; minutes.rollback in the parameter file would say it.")
    for fact in c.of("runbook"):
        yield runbook(fact)
