"""The forges are small servers that answer with the bodies that GitHub's and GitLab's documentation shows."""

from pathlib import Path
from typing import Any

import pytest

from releasekit.facts.change import Change, Commit
from releasekit.probes.evidence import Evidence, Verdict
from tests.probes.asking import ask, request
from tests.probes.matrix import World

HEAD, EARLIER = "1" * 40, "2" * 40
COMMITS = (
    Commit("a" * 40, "Ada", "ada@example.org", "", "one"),
    Commit("e" * 40, "Ada", "ada@example.org", "", "two"),
    Commit("f" * 40, "Bob", "bob@example.org", "", "merge", merge=True),
)


def review(login: str, state: str = "APPROVED", commit: str = HEAD) -> dict[str, Any]:
    return {
        "id": 1,
        "user": {"login": login},
        "state": state,
        "commit_id": commit,
        "submitted_at": "2026-11-20T10:00:00Z",
    }


def pull(merged: str | None = "2026-11-20T11:00:00Z") -> dict[str, Any]:
    return {"number": 7, "state": "closed", "user": {"login": "ada"}, "head": {"sha": HEAD}, "merged_at": merged}


def github(world: World, reviews: object, pulls: object = None, **forge: str) -> Evidence:
    for commit in COMMITS[:2]:
        world.site.answers(f"/repos/shop/web/commits/{commit.sha}/pulls", [pull()] if pulls is None else pulls)
    world.site.answers("/repos/shop/web/pulls/7/reviews", reviews)
    settings = {"github": world.site.address, "project": "shop/web", **forge}
    asked = request(Path(), {"forge": settings}, change=Change(commits=COMMITS), environ={"TOKEN": "t0ken"})
    return ask("reviews.approved", asked)


@pytest.mark.parametrize(
    ("reviews", "verdict"),
    [
        ([review("bob")], Verdict.PASS),
        ([review("bob", "COMMENTED"), review("bob")], Verdict.PASS),
        ([review("bob"), review("bob", "COMMENTED", EARLIER)], Verdict.PASS),
        ([review("bob", "CHANGES_REQUESTED"), review("bob")], Verdict.PASS),
        ([review("ada")], Verdict.FAIL),
        ([review("bob", commit=EARLIER)], Verdict.FAIL),
        ([review("bob"), review("bob", "DISMISSED")], Verdict.FAIL),
        ([review("bob"), review("eve", "CHANGES_REQUESTED")], Verdict.FAIL),
        ([review("bob", "COMMENTED")], Verdict.FAIL),
        ([], Verdict.FAIL),
        ({"message": "x"}, Verdict.UNKNOWN),
        ("<html>", Verdict.UNKNOWN),
        ([review("bob")] * 100, Verdict.UNKNOWN),
    ],
)
def test_github_approves_when_somebody_else_approved_the_last_commit(
    reviews: object, verdict: Verdict, world: World
) -> None:
    evidence = github(world, reviews)
    assert evidence.verdict is verdict, evidence.sentence


def test_a_commit_without_a_merged_request_is_named(world: World) -> None:
    for pulls in ([], [pull(None)]):
        evidence = github(world, [review("bob")], pulls)
        assert (evidence.verdict, "aaaaaaaaaa by Ada: came without a merged request" in evidence.sentence) == (
            Verdict.FAIL,
            True,
        )


def test_the_token_is_sent_and_never_said(world: World) -> None:
    evidence = github(world, [review("bob")], token="env:TOKEN")
    assert evidence.verdict is Verdict.PASS
    assert {headers["Authorization"] for _, headers in world.site.asked} == {"Bearer t0ken"}
    assert "t0ken" not in str(evidence)
    # one question a commit and one a request, and none about merge commits
    assert len(world.site.asked) == 3


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 302])
def test_a_forge_that_refuses_is_unknown(status: int, world: World) -> None:
    path = f"/repos/shop/web/commits/{COMMITS[0].sha}/pulls"
    world.site.answers(path, [], status)
    settings = {"github": world.site.address, "project": "shop/web"}
    asked = request(Path(), {"forge": settings}, change=Change(commits=COMMITS[:1]))
    assert ask("reviews.approved", asked).verdict is Verdict.UNKNOWN


def gitlab(world: World, *names: str) -> Evidence:
    for commit in COMMITS[:2]:
        path = f"/api/v4/projects/shop%2Fweb/repository/commits/{commit.sha}/merge_requests"
        world.site.answers(path, [{"iid": 7, "state": "merged", "author": {"username": "ada"}}])
    approvals = {"approved": True, "approvals_left": 0, "approved_by": [{"user": {"username": name}} for name in names]}
    world.site.answers("/api/v4/projects/shop%2Fweb/merge_requests/7/approvals", approvals)
    settings = {"gitlab": world.site.address, "project": "shop/web"}
    return ask("reviews.approved", request(Path(), {"forge": settings}, change=Change(commits=COMMITS)))


def test_gitlab_does_not_say_which_state_was_approved_and_that_is_a_warning(world: World) -> None:
    assert gitlab(world, "bob").verdict is Verdict.WARN
    assert gitlab(world, "ada").verdict is Verdict.FAIL
    assert gitlab(world).verdict is Verdict.FAIL


def test_without_a_forge_trailers_decide(world: World) -> None:
    commit = Commit("a" * 40, "Ada", "ada@example.org", "", "one", ("Bob <bob@example.org>",))
    assert ask("reviews.approved", request(Path(), change=Change(commits=(commit,)))).verdict is Verdict.PASS
    assert ask("reviews.approved", request(Path(), change=Change(commits=COMMITS))).verdict is Verdict.UNKNOWN
