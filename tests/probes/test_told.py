"""What the run's log tells, and the facts that people decide by."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from releasekit.facts.change import Change, Commit, KeyChange, Touched
from releasekit.probes.evidence import Evidence, Verdict
from releasekit.probes.request import Happened
from tests.probes.asking import CANDIDATE, NOW, ask, happened, leave, request
from tests.probes.cases_told import deployed


def told(probe: str, *log: Happened, change: Change | None = None, **configuration: Any) -> Evidence:
    evidence = ask(probe, request(Path(), configuration, log=log, change=change))
    assert evidence.next or evidence.verdict is Verdict.PASS
    return evidence


@pytest.mark.parametrize(
    ("log", "verdict", "says"),
    [
        (deployed("11:10", "11:25"), Verdict.PASS, "2 updates, at most 15 minutes apart"),
        (deployed("11:16", "11:32"), Verdict.PASS, "2 updates, at most 16 minutes apart"),
        (deployed("11:17", "11:32"), Verdict.FAIL, "no update from 11:00 to 11:17 (UTC)"),
        (deployed("11:10"), Verdict.FAIL, "no update from 11:10 to 11:40 (UTC)"),
        (deployed(until="11:12"), Verdict.PASS, "over before an update was due"),
        ((happened("phase.entered", "11:50", phase="deploy"),), Verdict.UNKNOWN, "no update is due before 12:05 UTC"),
        ((happened("phase.entered", "11:30", phase="deploy"),), Verdict.FAIL, "no update from 11:30 to 12:00 (UTC)"),
        ((happened("run.opened", "10:00"),), Verdict.UNKNOWN, "the deployment has not begun"),
        (
            (happened("phase.entered", "11:50", phase="deploy"), happened("rollback.begun", "11:58", reason="slow")),
            Verdict.PASS,
            "over before an update was due",
        ),
    ],
)
def test_updates_are_at_most_fifteen_minutes_apart(log: tuple[Happened, ...], verdict: Verdict, says: str) -> None:
    evidence = told("updates.regular", *log)
    assert (evidence.verdict, evidence.sentence) == (verdict, says)


def test_a_note_elsewhere_and_one_without_words_are_no_update() -> None:
    log = (
        happened("phase.entered", "11:00", phase="deploy"),
        happened("item.noted", "11:15", "other.item", text="x"),
        happened("item.ticked", "11:15"),
        happened("phase.entered", "11:30", phase="verify"),
    )
    assert told("updates.regular", *log).verdict is Verdict.FAIL


def test_a_message_is_what_somebody_noted_and_when_it_was_against_the_window() -> None:
    window = {"start": f"{NOW:%Y-%m-%d}T14:00:00Z", "end": f"{NOW:%Y-%m-%d}T16:00:00Z"}
    note = happened("item.noted", "09:00", text="announced", link="https://chat.example/1")
    evidence = told("facts.messages", note, window=window, channels={"announcement": "#releases"})
    assert (
        evidence.sentence
        == f"grace, {NOW:%Y-%m-%d} 09:00 UTC, 5 hours before the window: https://chat.example/1 (goes to #releases)"
    )
    late = happened("item.noted", "14:30", text="sorry, late")
    assert "after the window began: sorry, late" in told("facts.messages", late, window=window).sentence
    assert told("facts.messages").sentence == "nobody noted a message here"
    assert "configuration.channels.announcement" in told("facts.messages").next


def test_a_signature_is_shown_with_who_wrote_the_commits() -> None:
    commits = Change(commits=tuple(Commit(sign * 40, name, "", "", "s") for sign, name in (("a", "Ada"), ("b", "Bob"))))
    given = request(Path(), {"team": {"technical_lead": "Ada"}}, change=commits)
    from releasekit.probes.collect import collect

    (evidence,) = collect([("sign-off.technical-lead", "facts.signature")], given)
    assert evidence.sentence == "Ada is named and wrote 1 of the 2 commits; has not signed"
    signed = happened("signoff.given", "11:00", "", "ada", role="technical_lead", scope="go")
    given = request(Path(), {"team": {"technical_lead": "Ada"}}, log=(signed,))
    (evidence,) = collect([("sign-off.technical-lead", "facts.signature")], given)
    assert evidence.sentence == f"Ada is named; ada signed (go), {NOW:%Y-%m-%d} 11:00 UTC"


def test_people_durations_lessons_and_figures_come_from_the_log() -> None:
    log = (
        *deployed("11:10"),
        happened("evidence.added", "11:45", "testing.unit-tests", verdict="fail", probe="junit.unit", sha256="a" * 64),
        happened("evidence.added", "11:46", verdict="pass", probe="metrics.objectives", sentence="all well"),
        happened("item.waived", "11:47", "testing.performance-tests", reason="no load"),
        happened("phase.entered", "11:50", phase="close", override="it is late"),
    )
    assert told("facts.durations", *log, minutes={"deploy": 30}).sentence == (
        "prepare 60 minutes; deploy 40 minutes (planned 30); verify 10 minutes; close 10 minutes"
    )
    assert told("facts.lessons", *log).sentence == (
        "failed at some time: testing.unit-tests; waived: testing.performance-tests; gates overridden: close"
    )
    assert "pass: all well" in told("facts.metrics", *log).sentence
    assert told("facts.kept", *log).sentence == "1 of 2 verdicts name the digest of what was judged"
    named = told("facts.team", *log, team={"technical_lead": "Ada"}).sentence
    assert named.startswith("Ada (technical lead); nobody is named as devops engineer, product owner, release manager")
    assert named.endswith("; acted in this run: grace")


def test_an_escalation_whose_levels_share_a_channel_says_so() -> None:
    levels = [{"name": "On call", "channel": "#one"}, {"name": "Head", "channel": "#one"}]
    assert told("facts.contacts", escalation=levels).sentence.endswith("; several are reached by #one alone")
    assert "configuration.escalation" in told("facts.contacts").next


def test_documents_are_set_beside_the_settings_that_changed() -> None:
    change = Change(
        files=tuple(Touched(path, "M") for path in ("docs/a.md", "CHANGELOG.md", "requirements.txt", "app.py")),
        keys=(KeyChange("env_required", "COUPONS", None, "", "app.py:3"), KeyChange("image", "web", "1", "2", "x:1")),
    )
    assert told("facts.documents", change=change).sentence == (
        "1 documents changed: docs/a.md; settings that changed: COUPONS"
    )


def test_an_acceptance_record_is_of_this_commit_or_says_that_it_does_not_say(tmp_path: Path) -> None:
    leave(tmp_path, "accepted.pdf", b"%PDF-", modified=NOW - timedelta(hours=5))
    said = {}
    for commit in (None, CANDIDATE, "d" * 40):
        given = request(tmp_path, {"reports": {"acceptance": {"files": "accepted.pdf", "commit": commit}}})
        evidence = ask("facts.acceptance", given)
        assert evidence.verdict is Verdict.UNKNOWN
        assert evidence.sha256
        said[commit] = evidence.sentence
    assert said[None] == "accepted.pdf, 5 hours old, which does not say for which commit"
    assert said[CANDIDATE] == "accepted.pdf, 5 hours old, for this commit"
    assert "the parameter file is for the commit" in said["d" * 40]


def test_settings_that_were_listed_before_the_deployment_are_said_to_be(tmp_path: Path) -> None:
    leave(tmp_path, "list", "KEY\n", modified=datetime(NOW.year, NOW.month, NOW.day, 10, 30, tzinfo=UTC))
    configuration = {"reports": {"settings": "list"}}
    before = ask("facts.settings", request(tmp_path, configuration, log=deployed("11:10")))
    assert before.sentence.endswith("; listed before the deployment began")
    leave(tmp_path, "list", "KEY\n", modified=NOW)
    after = ask("facts.settings", request(tmp_path, configuration, log=deployed("11:10")))
    assert after.sentence.endswith("; listed since it began")
