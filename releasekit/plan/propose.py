"""The inverse of composing: a repository to the parameters that a release of it would have. Asks nobody."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from releasekit.facts.analysis import analyse
from releasekit.facts.model import Analysis, Fact
from releasekit.facts.ways import counting
from releasekit.parameters.model import Parameters
from releasekit.parameters.reading import validate
from releasekit.parameters.writing import Proposal, render, service_name
from releasekit.plan.folder import folder_tree
from releasekit.sources.git import Git, find

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9-]*\.)+[a-z]{2,}")
_DATABASE = re.compile(r"(^|_)(DATABASE|DB|POSTGRES|PG|MYSQL)_?(URL|URI|DSN)$")
_VERSION = re.compile(r"v?(\d+(?:\.\d+)+[0-9A-Za-z.+-]*)")
_JUNIT = re.compile(r"--junit-?xml[= ]['\"]?(?P<file>[^\s'\"]+\.xml)")
_INTEGRATION = re.compile(r"integration|e2e|end[-_]to[-_]end|acceptance|functional")
UNKNOWN_VERSION = "0.0.0"


def propose(repository: Path, path: str = ".", folder: Path = Path()) -> str:
    """The text of a parameter file for a repository, valid as it stands; relative paths in it start at ``folder``.

    Raises InputError when the repository is not there or holds nothing to read.
    """
    written = Path(os.path.relpath(repository.resolve(), folder.resolve())).as_posix()
    return render(_proposal(repository, path, written))


def assumed(repository: Path, path: str = ".") -> Parameters:
    """The parameters that a bare repository stands for: its name, its version, HEAD, production."""
    found = _proposal(repository, path, ".")
    application = {
        "name": service_name(found.name),
        "repository": ".",
        "path": path,
        "version": found.version or UNKNOWN_VERSION,
    }
    return validate({"application": application}, repository)


def _proposal(repository: Path, path: str, written: str) -> Proposal:
    tree = folder_tree(repository, path)
    analysis = analyse(tree)
    git = find(repository)
    name = Path(path).name if path != "." else (repository.resolve().name or "service")
    version, said = _version(analysis, git)
    running = _running(git, name, path)
    database = next((fact for fact in _deployed(analysis) if _DATABASE.search(fact.name)), None)
    if running and _VERSION.fullmatch(running.rpartition("/")[2]) and version and running.endswith(version):
        said = f"{said}; the running version has this number too: write the one that is released"
    notes = {"application.version": said}
    if running:
        notes["application.running"] = "assumed: the newest version tag before HEAD; name what production runs"
    if database:
        notes["configuration.database.url"] = f"named in {database.source}"
    reports = dict(_reports(analysis))
    for kind, (_, fact) in reports.items():
        notes[f"configuration.reports.{kind}"] = f"written by the tests of {fact.source}; bring CI's file there"
    hosts = dict(_hosts(analysis))
    for label, fact in hosts.items():
        notes[f"configuration.endpoints.{label}"] = fact.source
    files, why = _choices(analysis)
    if files:
        notes["application.files"] = why
    jobs = _jobs(analysis)
    if jobs[1:]:
        notes["application.pipeline"] = f"several could be it: {', '.join(jobs)}"
    choices = {"files": files, "pipeline": next(iter(jobs), "")}
    return Proposal(
        name=name,
        repository=written,
        version=version,
        path=path,
        running=running,
        reports={kind: (f"{written}/{report}",) for kind, (report, _) in reports.items()},
        endpoints={label: f"https://{fact.value}" for label, fact in hosts.items()},
        database=f"env:{database.name}" if database else "",
        notes=notes,
        choices={key: value for key, value in choices.items() if value},
    )


def _deployed(analysis: Analysis) -> Iterator[Fact]:
    """Settings and secrets of what is deployed; what only a file for developers names is none of production's."""
    own = counting(analysis.facts)
    aside = {fact.name for fact in analysis.of("undeployed_file")}
    return (f for f in analysis.of("secret", "env_required") if f.way in own and f.path not in aside)


def _choices(analysis: Analysis) -> tuple[list[str], str]:
    """Deployment files of which a person has to say which are production's, and why; [] when nothing is open."""
    elected = next(iter(analysis.of("way")), None)
    open_ones = [fact.name for fact in analysis.of("undeployed_file") if fact.rule in {"alternative", "another"}]
    if elected is None:
        found = open_ones or [fact.name for fact in analysis.of("undeployed_file")]
        return found, "nothing says which file deploys production: name it"
    rivals = next((finding for finding in analysis.findings if finding.rule == "several-ways"), None)
    if rivals is not None:
        return list(dict.fromkeys(place.rpartition(":")[0] for place in rivals.places)), "keep one way of deploying"
    own = [fact.name for fact in analysis.of("production_file") if fact.way == elected.name]
    return ([*own, *open_ones], "complete in themselves: keep those of production") if open_ones else ([], "")


def _jobs(analysis: Analysis) -> list[str]:
    """The jobs that could release, the one that is taken first."""
    return [fact.name for fact in analysis.of("pipeline", "other_pipeline")]


def _version(analysis: Analysis, git: Git | None) -> tuple[str, str]:
    """The version of HEAD and where it was found: its tag, else the file nearest to the root that states one."""
    head = git.resolve("HEAD") if git else None
    for tag in git.tags_at(head) if git and head else ():
        if match := _VERSION.fullmatch(tag.rpartition("/")[2]):
            return match[1], f"the tag {tag} of HEAD"
    stated = sorted(analysis.of("version"), key=lambda fact: (fact.path.count("/"), fact.path))
    for fact in stated:
        if match := _VERSION.fullmatch(str(fact.value)):
            return match[1], fact.source
    return "", ""


def _running(git: Git | None, name: str, path: str) -> str:
    head = git.resolve("HEAD") if git else None
    return (git.newest_version_tag_before(head, name, path) or "") if git and head else ""


def _reports(analysis: Analysis) -> Iterator[tuple[str, tuple[str, Fact]]]:
    """The JUnit file that each kind of tests writes, as the commands of CI name it."""
    seen: set[str] = set()
    for fact in analysis.of("test_command"):
        match = _JUNIT.search(str(fact.value))
        kind = "integration_tests" if _INTEGRATION.search(str(fact.value)) else "unit_tests"
        if (
            match
            and kind not in seen
            and not match["file"].startswith(("/", "~", "-", ".."))
            and "$" not in match["file"]
        ):
            seen.add(kind)
            yield kind, (match["file"], fact)


def _hosts(analysis: Analysis) -> Iterator[tuple[str, Fact]]:
    """One address a service: hosts that are written out, not those made of variables."""
    seen: set[str] = set()
    for fact in analysis.of("host"):
        label = fact.service or fact.name
        if label not in seen and _HOST.fullmatch(str(fact.value)):
            seen.add(label)
            yield label, fact
