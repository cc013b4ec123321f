from dataclasses import replace
from pathlib import Path

from releasekit.probes.evidence import Verdict
from tests.probes.asking import ask, request
from tests.sources.repositories import commit, git, repository


def test_the_running_commit_has_a_tag_and_the_candidate_is_what_is_committed(tmp_path: Path) -> None:
    shop = repository(tmp_path / "shop")
    running = commit(shop, "one", {"a": "1"})
    candidate = commit(shop, "two", {"a": "2"})
    git(shop, "tag", "v2.4.0")
    asked = replace(request(shop, candidate=candidate, running=running), candidate_tag="v2.4.0")
    assert ask("git.tagged", asked).verdict is Verdict.PASS
    assert ask("git.tagged", replace(asked, candidate_tag="")).verdict is Verdict.WARN
    assert ask("git.tagged", replace(asked, running_tag="")).verdict is Verdict.FAIL
    (shop / "a").write_text("3")
    evidence = ask("git.tagged", asked)
    assert (evidence.verdict, "1 files of the working tree differ" in evidence.sentence) == (Verdict.WARN, True)
