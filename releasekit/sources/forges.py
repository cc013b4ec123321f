"""Reviews as GitHub and GitLab keep them: for a commit, the request it came by, and who approved that.

Fields as the two document them: GitHub REST (commits/{sha}/pulls, pulls/{n}/reviews), GitLab REST v4
(repository/commits/{sha}/merge_requests, merge_requests/{iid}/approvals).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote

from pydantic import TypeAdapter, ValidationError

from releasekit.errors import SourceError
from releasekit.sources.strictjson import Loose
from releasekit.sources.web import get

PAGE = 100
STATES = frozenset({"APPROVED", "CHANGES_REQUESTED", "DISMISSED"})


@dataclass(frozen=True, slots=True)
class Merged:
    """A merged request: its number and author, who approved its last state, who approved an earlier one, who refused.

    ``head`` is its last commit, "" where the forge does not say which state was approved.
    """

    number: int
    author: str
    head: str = ""
    approved: tuple[str, ...] = ()
    outdated: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Forge:
    """Where to ask: ``kind`` is github or gitlab, ``base`` the address, ``token`` "" for none."""

    kind: str
    base: str
    project: str
    token: str = ""


class _User(Loose):
    login: str = ""
    username: str = ""


class _Head(Loose):
    sha: str = ""


class _Pull(Loose):
    number: int
    user: _User | None = None
    head: _Head
    merged_at: str | None = None


class _Review(Loose):
    user: _User | None = None
    state: str
    commit_id: str | None = None


class _MergeRequest(Loose):
    iid: int
    state: str
    author: _User | None = None


class _Approver(Loose):
    user: _User


class _Approvals(Loose):
    approved_by: list[_Approver]


T = TypeVar("T")
_PULLS: TypeAdapter[list[_Pull]] = TypeAdapter(list[_Pull])
_REVIEWS: TypeAdapter[list[_Review]] = TypeAdapter(list[_Review])
_REQUESTS: TypeAdapter[list[_MergeRequest]] = TypeAdapter(list[_MergeRequest])
_APPROVALS: TypeAdapter[_Approvals] = TypeAdapter(_Approvals)


def requests(forge: Forge, sha: str) -> tuple[Merged, ...]:
    """The merged requests that brought a commit, approvals not yet asked for."""
    if forge.kind == "github":
        pulls = _ask(forge, f"repos/{forge.project}/commits/{sha}/pulls", _PULLS)
        return tuple(
            Merged(pull.number, pull.user.login if pull.user else "", pull.head.sha) for pull in pulls if pull.merged_at
        )
    path = f"api/v4/projects/{quote(forge.project, safe='')}/repository/commits/{sha}/merge_requests"
    found = _ask(forge, path, _REQUESTS)
    return tuple(Merged(one.iid, one.author.username if one.author else "") for one in found if one.state == "merged")


def reviewed(forge: Forge, request: Merged) -> Merged:
    """The request with its approvals: the last word of each reviewer counts, and on GitHub only for the last commit."""
    if forge.kind == "gitlab":
        path = f"api/v4/projects/{quote(forge.project, safe='')}/merge_requests/{request.number}/approvals"
        approvals = _ask(forge, path, _APPROVALS)
        names = tuple(one.user.username for one in approvals.approved_by)
        return Merged(request.number, request.author, "", names)
    reviews = _ask(forge, f"repos/{forge.project}/pulls/{request.number}/reviews", _REVIEWS)
    if len(reviews) >= PAGE:
        raise SourceError(f"request {request.number} has {PAGE} reviews or more", forge.base, "look at it by hand")
    last = {one.user.login: one for one in reviews if one.user and one.state in STATES}
    good = {name: one for name, one in last.items() if one.state == "APPROVED"}
    return Merged(
        request.number,
        request.author,
        request.head,
        tuple(name for name, one in good.items() if one.commit_id == request.head),
        tuple(name for name, one in good.items() if one.commit_id != request.head),
        tuple(name for name, one in last.items() if one.state == "CHANGES_REQUESTED"),
    )


def _ask(forge: Forge, path: str, shape: TypeAdapter[T]) -> T:
    headers: Mapping[str, str] = {}
    if forge.token:
        headers = (
            {"Authorization": f"Bearer {forge.token}"} if forge.kind == "github" else {"PRIVATE-TOKEN": forge.token}
        )
    accept = {"Accept": "application/vnd.github+json" if forge.kind == "github" else "application/json"}
    answer = get(f"{forge.base.rstrip('/')}/{path}", query={"per_page": str(PAGE)}, headers={**accept, **headers})
    if answer.status in {401, 403, 429}:
        raise SourceError(
            f"HTTP {answer.status}: not allowed", forge.base, "check configuration.forge.token and its limits"
        )
    if answer.status == 404:
        what = "HTTP 404: the project, or a commit, is not there"
        raise SourceError(what, forge.base, "check configuration.forge.project, and push the candidate")
    if answer.status != 200:
        raise SourceError(f"HTTP {answer.status}", forge.base, "try again later")
    try:
        return shape.validate_python(answer.json())
    except ValidationError:
        raise SourceError(f"an answer that is not {forge.kind}'s", forge.base, "check configuration.forge") from None
