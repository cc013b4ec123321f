"""Reviews of the commits of this release: by the forge where one is configured, else by trailers."""

from concurrent.futures import ThreadPoolExecutor

from releasekit.errors import InputError, SourceError
from releasekit.facts.change import Commit
from releasekit.parameters.values import resolve
from releasekit.probes.evidence import Verdict
from releasekit.probes.judges import repository
from releasekit.probes.request import Judgement, Request, short
from releasekit.sources import forges
from releasekit.sources.forges import Forge, Merged
from releasekit.sources.reading import shared

MOST, NAMED, AT_ONCE = 200, 4, 6


def approved(request: Request) -> Judgement:
    """Each commit since the running version came by a merged request that somebody else approved (GitHub, GitLab).

    ``configuration.forge`` says where. pass: all did, and the approval is for the request's last commit. warn: all did,
    but the forge does not say for which commit (GitLab). fail: one came without a request, was approved by nobody but
    its author, only before its last commit, or somebody asked for changes last. unknown: the forge does not answer, or
    the commits are not known. Without a forge, trailers decide, as git.reviewed says.
    """
    settings = request.parameters.configuration.forge
    if settings is None:
        return repository.reviewed(request)
    commits = [commit for commit in request.change.commits if not commit.merge]
    if request.change.unknown or request.change.first or not commits:
        return repository.reviewed(request)
    if len(commits) > MOST:
        raise SourceError(
            f"{len(commits)} commits, more than the {MOST} that are asked about", do="review them by hand"
        )
    kind, address = ("github", settings.github) if settings.github else ("gitlab", settings.gitlab)
    try:
        token = resolve(settings.token, request.environ) if settings.token else ""
        forge = Forge(kind, resolve(address or "", request.environ), settings.project, token)
    except InputError as error:
        raise SourceError(error.problems[0]) from None
    return judge(commits, _asked(forge, commits), forge, request.candidate)


def judge(commits: list[Commit], found: dict[str, tuple[Merged, ...]], forge: Forge, candidate: str) -> Judgement:
    """Judge the requests of each commit, by its hash."""
    source = f"{forge.base.rstrip('/')}/{forge.project}"
    wrong = [f"{short(commit.sha)} by {commit.author}: {why}" for commit in commits if (why := _why(found[commit.sha]))]
    if wrong:
        listed = "; ".join(wrong[:NAMED]) + (f"; and {len(wrong) - NAMED} more" if len(wrong) > NAMED else "")
        sentence = f"{len(wrong)} of {len(commits)} commits are not approved: {listed}"
        return Judgement(Verdict.FAIL, sentence, source, candidate, "have somebody else review them")
    requests = {one.number: one for merged in found.values() for one in merged}
    people = sorted({name for one in requests.values() for name in one.approved if name != one.author})
    sentence = f"{len(commits)} commits in {len(requests)} merged requests, approved by {', '.join(people)}"
    if any(not one.head for one in requests.values()):
        text = f"{sentence}; the forge does not say for which state"
        then = "have the project drop approvals on a new push, and note that here"
        return Judgement(Verdict.WARN, text, source, candidate, then)
    return Judgement(Verdict.PASS, sentence, source, candidate)


def _why(merged: tuple[Merged, ...]) -> str:
    """Why a commit is not approved; one good request is enough."""
    if not merged:
        return "came without a merged request"
    reasons = [_lacks(one) for one in merged]
    return reasons[0] if all(reasons) else ""


def _lacks(one: Merged) -> str:
    others = [name for name in one.approved if name and name != one.author]
    if one.refused:
        return f"request {one.number}: {', '.join(one.refused)} asked for changes last"
    if others:
        return ""
    if any(name != one.author for name in one.outdated):
        return f"request {one.number} was approved before its last commit"
    return f"request {one.number} was approved by nobody else"


def _asked(forge: Forge, commits: list[Commit]) -> dict[str, tuple[Merged, ...]]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        requests = list(pool.map(shared(lambda commit: forges.requests(forge, commit.sha)), commits))
        distinct = {one.number: one for merged in requests for one in merged}
        looked = pool.map(shared(lambda one: forges.reviewed(forge, one)), distinct.values())
        done = dict(zip(distinct, looked, strict=True))
    return {
        commit.sha: tuple(done[one.number] for one in merged) for commit, merged in zip(commits, requests, strict=True)
    }
