"""Parameters and a repository to a Plan, in one direction: repository, revisions, tree, facts, change, checklist."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import rfc8785

from releasekit.checklist.model import Checklist
from releasekit.checklist.release import Release, release
from releasekit.checklist.template import Template, load
from releasekit.errors import InputError
from releasekit.parameters.model import Parameters, to_data
from releasekit.plan.folder import folder_of, must_be_folder
from releasekit.plan.model import Plan, Revision, seal
from releasekit.probes.request import Request
from releasekit.sources.change import read_change
from releasekit.sources.git import Git, find
from releasekit.tree import Tree

if TYPE_CHECKING:
    from releasekit.facts.change import Change
    from releasekit.facts.model import Analysis

TOOL = f"releasekit {version('releasekit')}"


@dataclass(frozen=True, slots=True)
class Located:
    """Where the application lies and which revisions are meant; ``git`` is None when the folder is no repository."""

    parameters: Parameters
    folder: Path
    repository: Path
    git: Git | None
    candidate: Revision
    running: Revision


def locate(parameters: Parameters, folder: Path) -> Located:
    """Find the repository and resolve both revisions, reading no file of it.

    Raises InputError when the repository or the service's folder in it is not there, when a revision that the
    parameters name does not exist, or when the template cannot be read.
    """
    application = parameters.application
    repository = (folder / application.repository).resolve()
    must_be_folder(repository, application.repository, "application.repository")
    if not (repository / application.path).is_dir():
        raise InputError(
            f"the folder {application.path!r} is not in the repository", "application.path", "name the service's folder"
        )
    git = find(repository)
    candidate = _candidate(git, application.candidate)
    return Located(parameters, folder, repository, git, candidate, _running(git, candidate, parameters))


def compose(parameters: Parameters, folder: Path) -> Plan:
    """Analyse the repository at the candidate's commit (or the folder as it is, without git) and bind the plan.

    Relative paths of the parameters start at ``folder``. Raises InputError as `locate` does, and when the analysed
    folder is empty.
    """
    # the detectors and the libraries that they read with: whoever only locates need not wait for them
    from releasekit.checklist.build import build
    from releasekit.facts.analysis import analyse

    where = locate(parameters, folder)
    template = _template(where)
    tree = candidate_tree(where)
    if not tree.paths:
        raise InputError(
            f"there is nothing to analyse in {tree.origin}", "application.repository", "name the folder with its files"
        )
    analysis = analyse(tree, parameters.application.files, parameters.application.pipeline or "")
    change = _change(where, tree, analysis)
    checklist = build(template, analysis, change, described(where, len(tree.paths)))
    checklist = _left_to_people(checklist, parameters.configuration.people)
    plan = Plan(
        service=parameters.application.name,
        version=parameters.application.version,
        environment=parameters.configuration.environment,
        level=parameters.configuration.level,
        candidate=where.candidate,
        running=where.running,
        parameters=to_data(parameters),
        read=read_lines(tree),
        analysis=analysis,
        change=change,
        checklist=checklist,
        tool=TOOL,
    )
    return seal(plan)


def candidate_tree(where: Located) -> Tree:
    """The service's files at the candidate's commit; of the folder as it is when there is no commit."""
    path = where.parameters.application.path
    if where.git and where.candidate.sha:
        return _committed(where.git, where.candidate.sha, path)
    return folder_of(where.repository, path)


def _committed(git: Git, sha: str, path: str) -> Tree:
    """A service's files at a commit, with those of the repository's root that belong to it."""
    part = git.tree(sha, path)
    if path == ".":
        return part
    from releasekit.facts.rooted import rooted

    return rooted(part, git.tree(sha), path)


def described(where: Located, files: int) -> Release:
    """What the checklist takes from parameters and revisions."""
    said = release(
        where.parameters,
        candidate_sha=where.candidate.sha,
        running_ref=where.running.ref,
        running_tag=where.running.tag,
        running_sha=where.running.sha,
        running_assumed=where.running.assumed,
        running_reason=where.running.reason,
        files=files,
    )
    return replace(said, candidate_tag=where.candidate.tag)


def request(plan: Plan, where: Located, now: Callable[[], datetime], environ: Mapping[str, str]) -> Request:
    """What probes are given about this plan; the item is filled in for each."""
    return Request(
        item="",
        parameters=where.parameters,
        folder=where.folder,
        repository=where.repository,
        version=plan.version,
        candidate=plan.candidate.sha,
        candidate_tag=plan.candidate.tag,
        running=plan.running.sha,
        running_tag=plan.running.tag,
        change=plan.change,
        analysis=plan.analysis,
        now=now,
        environ=environ,
    )


def parameters_hash(parameters: Parameters) -> str:
    """SHA-256 of the parameters' RFC 8785 form: what makes two parameter files the same release."""
    return sha256(rfc8785.dumps(to_data(parameters))).hexdigest()


def _candidate(git: Git | None, ref: str) -> Revision:
    if git is None:
        return Revision(ref, reason="the folder is no git repository; its files were read as they are")
    sha = git.resolve(ref)
    if sha is None:
        if ref == "HEAD":
            return Revision(ref, reason="the repository has no commit yet; its files were read as they are")
        raise InputError(
            f"the revision {ref!r} is not in the repository", "application.candidate", "fetch it: git fetch --tags"
        )
    return Revision(ref, sha, _tag(git, sha, ref))


def _running(git: Git | None, candidate: Revision, parameters: Parameters) -> Revision:
    ref = parameters.application.running
    if git is None or not candidate.sha:
        return Revision(ref or "", reason=candidate.reason)
    if ref is not None:
        sha = git.resolve(ref)
        if sha is not None:
            return Revision(ref, sha, _tag(git, sha, ref))
        if git.is_shallow():
            return Revision(ref, reason=f"{ref} is not in this shallow clone")
        raise InputError(
            f"the revision {ref!r} is not in the repository", "application.running", "fetch it: git fetch --tags"
        )
    tag = git.newest_version_tag_before(candidate.sha, parameters.application.name, parameters.application.path)
    if tag is None:
        shallow = git.is_shallow()
        reason = (
            "this clone is shallow and holds no earlier version tag" if shallow else "there is no earlier version tag"
        )
        return Revision("", reason=reason)
    return Revision(
        tag, git.resolve(tag) or "", tag, assumed=True, reason="the newest version tag before the candidate"
    )


def _tag(git: Git, sha: str, ref: str) -> str:
    tags = git.tags_at(sha)
    return ref if ref in tags else next(iter(tags), "")


def _template(where: Located) -> Template:
    written = where.parameters.configuration.template
    return load(where.folder / written if written else None)


def _left_to_people(checklist: Checklist, ids: Collection[str]) -> Checklist:
    """The items that the parameters leave to people have no probe: nobody waits for a machine that is not there."""
    unknown = sorted(set(ids) - {item.id for item in checklist.items})
    if unknown:
        raise InputError(
            f"no item of the checklist has the id {unknown[0]!r}",
            "configuration.people",
            "the ids stand in the JSON of: releasekit checklist PARAMETERS --format json",
        )
    return replace(
        checklist,
        sections=tuple(
            replace(section, items=tuple(replace(item, probe="") if item.id in ids else item for item in section.items))
            for section in checklist.sections
        ),
    )


def _change(where: Located, tree: Tree, analysis: "Analysis") -> "Change":
    from releasekit.facts.analysis import analyse
    from releasekit.facts.comparing import compare

    application = where.parameters.application
    change = read_change(where.git, where.running.sha or None, where.candidate.sha or None, application.path)
    if change.unknown and where.running.reason and not where.running.sha:
        change = replace(change, unknown=where.running.reason)
    if change.unknown or where.git is None or not where.running.sha:
        return change
    before = _committed(where.git, where.running.sha, application.path)
    return compare(change, before, analyse(before, application.files, application.pipeline or ""), tree, analysis)


def read_lines(tree: Tree) -> tuple[str, ...]:
    lines = [f"{len(tree.paths)} files of {tree.origin}"]
    # what stands for many files has no path, and comes before what stands for one
    skipped = sorted(tree.skipped, key=lambda item: bool(item.path))
    lines += [f"not read: {f'{item.path} ({item.reason})' if item.path else item.reason}" for item in skipped[:50]]
    if len(tree.skipped) > 50:
        lines.append(f"not read: {len(tree.skipped) - 50} more")
    return tuple(lines)
