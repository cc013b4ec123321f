"""What git says about the release: reviews by trailer, tags, a clean tree. Reads no forge."""

from releasekit.errors import SourceError
from releasekit.facts.change import Commit
from releasekit.probes.evidence import Verdict
from releasekit.probes.judges import images
from releasekit.probes.request import Judgement, Request, short, unknown
from releasekit.sources import git

NAMED = 5


def reviewed(request: Request) -> Judgement:
    """Each commit since the running version names a reviewer other than its author in a trailer (Reviewed-by).

    pass: all do. fail: a commit was reviewed by nobody but its author. unknown: a commit names no reviewer (it may
    have been reviewed elsewhere), or the commits cannot be known. Merge commits carry no change of their own.
    """
    change = request.change
    if change.unknown or change.first:
        return unknown(
            f"the commits of this release are not known: {change.unknown or 'no earlier version'}", change.mend
        )
    commits = [commit for commit in change.commits if not commit.merge]
    if not commits:
        return unknown("no commit lies between the running version and the candidate", "check the two references")
    source = f"git log {short(request.running)}..{short(request.candidate)}"
    silent = [commit for commit in commits if not commit.reviewers]
    alone = [commit for commit in commits if commit.reviewers and not _others(commit)]
    if alone:
        sentence = f"{len(alone)} of {len(commits)} commits were reviewed only by their author: {_list(alone)}"
        return Judgement(Verdict.FAIL, sentence, source, request.candidate, "have somebody else review them")
    if silent:
        sentence = f"{len(silent)} of {len(commits)} commits name no reviewer in a trailer: {_list(silent)}"
        return Judgement(
            Verdict.UNKNOWN, sentence, source, request.candidate, "confirm their review, with a link to it"
        )
    reviewers = sorted({_name(reviewer) for commit in commits for reviewer in _others(commit)})
    sentence = f"{len(commits)} commits since {request.running_tag or short(request.running)}, each reviewed: "
    return Judgement(Verdict.PASS, sentence + ", ".join(reviewers), source, request.candidate)


def tagged(request: Request) -> Judgement:
    """The running version has a tag to return to, and what is released is what is committed.

    pass: the running commit and the candidate have tags. warn: the candidate has none, or the working tree differs
    from it. fail: the running commit is known and has no tag. unknown: no git, or no running version. Where
    ``configuration.registry`` is given, the digests of both images are added: the running one is what a rollback
    deploys; one that is not there, or cannot be asked for, is a warning.
    """
    return images.tagged(request, _tagged(request))


def _tagged(request: Request) -> Judgement:
    if not request.candidate:
        return unknown("the candidate's commit is not known, so neither are tags", "release from a git repository")
    if not request.running:
        why = request.change.unknown or "no revision is given"
        then = request.change.mend or "name the running version in application.running"
        return unknown(f"the running version is not known: {why}", then)
    source = f"git tag --points-at {short(request.running)}"
    if not request.running_tag:
        sentence = f"the running commit {short(request.running)} has no tag to return to"
        then = f"tag it: git tag -a v<running version> {short(request.running)}"
        return Judgement(Verdict.FAIL, sentence, source, request.running, then)
    sentence = f"running {request.running_tag} ({short(request.running)}) is tagged"
    if not request.candidate_tag:
        then = f"tag it: git tag -a v{request.version} {short(request.candidate)}"
        text = f"{sentence}; the candidate {short(request.candidate)} is not"
        return Judgement(Verdict.WARN, text, source, request.candidate, then)
    sentence += f"; candidate {request.candidate_tag} ({short(request.candidate)}) too"
    try:
        repository = git.find(request.repository)
        dirty = repository.uncommitted(request.parameters.application.path) if repository else ()
        head = repository.resolve("HEAD") if repository else None
    except SourceError as error:
        return unknown(f"{sentence}; {error.problems[0].what}", error.problems[0].do, source)
    if dirty and head == request.candidate:
        text = f"{sentence}; {len(dirty)} files of the working tree differ from it, such as {dirty[0]}"
        return Judgement(Verdict.WARN, text, source, request.candidate, "commit them or put them aside: git status")
    return Judgement(Verdict.PASS, sentence, source, request.candidate)


def _others(commit: Commit) -> list[str]:
    mine = {commit.author.strip().casefold(), commit.email.strip().casefold()}
    return [reviewer for reviewer in commit.reviewers if not mine & _spellings(reviewer)]


def _spellings(person: str) -> set[str]:
    name, _, rest = person.partition("<")
    return {part.casefold() for part in (name.strip(), rest.strip().rstrip(">").strip()) if part}


def _name(person: str) -> str:
    return person.partition("<")[0].strip() or person


def _list(commits: list[Commit]) -> str:
    shown = ", ".join(f"{short(commit.sha)} by {commit.author}" for commit in commits[:NAMED])
    return shown + (f" and {len(commits) - NAMED} more" if len(commits) > NAMED else "")
