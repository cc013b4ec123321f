import re
from dataclasses import replace
from types import MappingProxyType

import pytest

from releasekit.checklist.build import build
from releasekit.checklist.model import Applies
from releasekit.checklist.release import Release
from releasekit.checklist.template import bundled, extend
from releasekit.facts.change import Change, KeyChange
from releasekit.facts.model import Analysis, Fact, Finding, Severity
from releasekit.parameters.model import Step
from tests.checklist.samples import ADDITIVE, ANALYSIS, DESTRUCTIVE, FACTS, RELEASE, change, checklist, lines, only


def said(item_id: str, **given: object) -> str:
    return lines(checklist(**given).item(item_id))  # type: ignore[arg-type]  # what the sample takes


def test_every_item_says_something_of_this_release() -> None:
    assert [item.id for item in checklist(what=change(DESTRUCTIVE)).items if not item.details] == []


@pytest.mark.parametrize("what", [Change(unknown="no git"), Change(first=True), change()])
def test_nothing_known_is_no_error(what: Change) -> None:
    items = checklist(Analysis(), what, Release("shop")).items
    assert len(items) == 62


def test_the_start_order_is_said_in_waves_with_the_line_of_each_dependency() -> None:
    text = said("execution.services-restarted")
    assert "Order of start: 1. db; 2. prestart; 3. backend." in text
    assert "Order of stop: 1. backend; db keeps running." in text
    assert "backend starts when prestart has ended with success. |  |  | compose.yaml:26" in text
    assert "prestart starts when db is healthy. |  |  | compose.yaml:14" in text


def test_migrations_name_the_command_with_the_line_that_runs_it_the_job_and_the_head() -> None:
    text = said("execution.migrations-executed", what=change(ADDITIVE))
    assert "docker compose -f compose.yaml run --rm prestart | exit status 0 | compose.yaml:10" in text
    assert "| alembic upgrade head |" not in text  # what the job runs is said, and not typed beside it
    assert "“alembic upgrade head” (backend). |  |  | scripts/prestart.sh:10" in text
    assert "It runs in a job of its own. |  |  | scripts/prestart.sh:10" in text
    assert "“alembic current” says where the schema is; after: f4b6d2c09e31 (head)." in text


STEP = Fact(
    "migration_step", "alembic", "docker compose run --rm backend ./up.sh", ".github/workflows/deploy.yml:39", how="CI"
)


def test_the_pipelines_command_stands_before_the_one_that_it_runs() -> None:
    text = said("execution.migrations-executed", analysis=Analysis((*FACTS, STEP)), what=change(ADDITIVE))
    step = "docker compose run --rm backend ./up.sh | exit status 0 | .github/workflows/deploy.yml:39"
    assert text.index(step) < text.index("“alembic upgrade head”")
    assert "run --rm prestart" not in text


def test_the_step_of_the_pipeline_that_deploys_in_this_way_is_taken() -> None:
    deploys = Fact("deploys", "compose", "docker compose up -d", ".github/workflows/deploy.yml:41")
    elsewhere = replace(STEP, value="uv run ./up.sh", source=".github/workflows/cloud.yml:9")
    known = (*FACTS, deploys, elsewhere, STEP)
    text = said("execution.migrations-executed", analysis=Analysis(known), what=change(ADDITIVE))
    assert "run --rm backend ./up.sh" in text
    assert "uv run" not in text


def test_the_pipelines_migrations_stand_between_the_stores_and_the_application() -> None:
    facts = (*(f for f in FACTS if "prestart" not in {f.name, f.service}), STEP)
    text = said("execution.services-restarted", analysis=Analysis(facts, (), (("db",), ("backend",))))
    order = "1. db; 2. migrations: docker compose run --rm backend ./up.sh; 3. backend."
    assert f"Order of start: {order}" in text
    together = said("execution.services-restarted", analysis=Analysis(facts, (), (("backend", "db"),)))
    assert f"Order of start: {order}" in together


def test_what_runs_on_a_schedule_has_no_place_in_the_order() -> None:
    nightly = (
        Fact("service", "nightly", "job", "compose.yaml:50"),
        Fact("cronjob", "nightly", "15 2 * * *", "compose.yaml:52", "nightly"),
    )
    waves = (("db", "nightly"), ("prestart",), ("backend",))
    text = said("execution.services-restarted", analysis=Analysis((*FACTS, *nightly), (), waves))
    assert "Order of start: 1. db; 2. prestart; 3. backend." in text
    assert "Order of stop: 1. backend; db keeps running." in text


def test_a_migration_in_every_replica_is_a_warning() -> None:
    facts = tuple(replace(f, value="every-replica") if f.kind == "migration_runs" else f for f in FACTS)
    assert "! It runs in every replica at start" in said("execution.migrations-executed", analysis=Analysis(facts))


def test_the_point_of_no_return_stands_before_the_command_as_a_line_of_its_own() -> None:
    details = checklist(what=change(DESTRUCTIVE)).item("execution.migrations-executed").details
    assert details[0].text.startswith("Point of no return: migration f4b6")
    assert details[0].warns
    plan = said("code.rollback-plan-documented", what=change(DESTRUCTIVE))
    assert "Way back: restore then code." in plan
    assert "! Point of no return" in plan


def test_a_code_only_release_has_no_point_of_no_return_anywhere() -> None:
    assert not any("Point of no return" in lines(item) for item in checklist(what=change(ADDITIVE)).items)


PUBLISHED = Fact("published_port", "8000", 80, "compose.yaml:22", "backend", way="compose")


def test_each_service_has_its_health_check_with_its_place_and_who_has_none_is_named() -> None:
    text = said("execution.health-checks-verified")
    unasked = "backend answers HTTP 200 at /health on port 8000; from where it can be asked is in no file."
    assert f"{unasked} |  |  | compose.yaml:24" in text
    assert "http://backend" not in text  # nobody outside the network of the containers can ask it
    published = said("execution.health-checks-verified", analysis=Analysis((*FACTS, PUBLISHED)))
    assert "http://localhost:80/health | HTTP 200, exit status 0 | compose.yaml:24" in published
    assert "exec -T db pg_isready -U app | exit status 0 | compose.yaml:6" in text
    bare = Analysis(tuple(fact for fact in FACTS if fact.kind != "healthcheck"))
    assert "! backend has no health check; it listens on 8000." in said(
        "execution.health-checks-verified", analysis=bare
    )


def test_grace_periods_come_from_the_files_or_are_said_to_be_the_default() -> None:
    assert "backend has 40s to stop. |  |  | compose.yaml:30" in said("execution.servers-stopped")
    bare = Analysis(tuple(fact for fact in FACTS if fact.kind != "stop_grace"))
    assert "backend has 10 seconds to stop, the default" in said("execution.servers-stopped", analysis=bare)


def test_the_dump_and_its_restore_belong_together() -> None:
    dump = next(d for d in checklist().item("preparation.database-backup").details if "pg_dump" in d.code)
    restore = next(d for d in checklist().item("rollback-steps.restore-database").details if "pg_restore" in d.code)
    file = re.search(r"> (\S+)$", dump.code)
    assert file is not None
    assert restore.code.endswith(f"< {file[1]}")


def test_the_repositorys_own_restore_is_the_command_and_a_store_without_a_dump_is_not_restored() -> None:
    cache = (
        Fact("service", "cache", "datastore", "compose.yaml:60"),
        Fact("datastore", "cache", "redis", "compose.yaml:61"),
    )
    own = Fact("restore", "scripts/restore.sh", "pg_restore", "scripts/restore.sh:7")
    told = Fact("restore", "docs/runbook.md", "velero restore create x", "docs/runbook.md:9")
    text = said("rollback-steps.restore-database", analysis=Analysis((*FACTS, *cache, own, told)))
    assert "scripts/restore.sh FILE | exit status 0 | scripts/restore.sh:7" in text
    assert "pg_restore --" not in text
    assert "velero restore create x | exit status 0 | docs/runbook.md:9" in text
    assert "cache" not in text
    assert "cache" not in said("rollback-steps.restore-database", analysis=Analysis((*FACTS, *cache)))


def test_health_after_a_rollback_is_asked_as_after_a_deployment() -> None:
    text = said("rollback-steps.verify-rollback")
    assert "/health on port 8000; from where it can be asked is in no file. |  |  | compose.yaml:24" in text
    assert "http:/health" not in text


def test_required_variables_and_secrets_are_named_and_never_valued() -> None:
    text = said("infrastructure.configuration-files-updated")
    assert "SECRET_KEY: required secret, no usable default. |  |  | compose.yaml:32" in text


def test_a_new_key_that_is_setting_and_secret_is_said_once() -> None:
    keys = (KeyChange("setting", "TOKEN", None, "required", "c:1"), KeyChange("secret", "TOKEN", None, "env", "c:1"))
    text = said("infrastructure.configuration-files-updated", what=replace(change(), keys=keys))
    assert "New secret TOKEN" in text
    assert "New setting TOKEN" not in text


def test_unreviewed_commits_are_listed_by_hash() -> None:
    text = said("code.changes-reviewed")
    assert "! 1 commit without a reviewer" in text
    assert "Add discounts (Ada) | cccccccccc" in text


def test_an_author_is_no_reviewer_of_his_own_commit() -> None:
    own = replace(change(), commits=(replace(change().commits[0], reviewers=("Ada <ada@example.org>",)),))
    assert "! 1 commit without a reviewer" in said("code.changes-reviewed", what=own)
    other = replace(change(), commits=(replace(change().commits[0], reviewers=("Bob <bob@example.org>",)),))
    assert "without a reviewer" not in said("code.changes-reviewed", what=other)


def test_an_unknown_running_version_says_what_would_mend_it() -> None:
    what = Change(unknown="this clone is shallow", mend="git fetch --unshallow --tags")
    release = replace(RELEASE, running_sha="", running_tag="", running_ref="")
    for item_id in ("code.changes-reviewed", "preparation.current-version-tagged"):
        assert "git fetch --unshallow --tags" in said(item_id, what=what, release=release)


def test_versions_that_differ_from_the_release_are_warnings() -> None:
    facts = (
        Fact("version", "pyproject.toml", "2.4.0", "pyproject.toml:3"),
        Fact("version", "app/__init__.py", "v2.4.0", "app/__init__.py:1"),
        Fact("version", "package.json", "2.3.9", "package.json:3"),
    )
    text = said("code.version-numbers-updated", analysis=Analysis(facts))
    assert text.count("! ") == 1
    assert "! package.json says 2.3.9; this release is 2.4.0. |  |  | package.json:3" in text


def test_findings_are_shown_at_the_item_that_they_concern() -> None:
    found = (
        Finding("port-differs", Severity.RISK, "the probe asks 8080, the service listens on 8000", ("k.yaml:7",)),
        Finding("cycle", Severity.RISK, "a and b wait for each other", ("c.yaml:3", "c.yaml:9"), do="cut one"),
        Finding("not-analysed", Severity.WARNING, "app.pkl was not read", ("app.pkl:1",), touches=("env_required",)),
        Finding("start-order", Severity.NOTE, "a start order is required", ("c.yaml:3",)),
    )
    built = checklist(replace(ANALYSIS, findings=found))
    assert "! The probe asks 8080" in lines(built.item("execution.health-checks-verified"))
    assert "! A and b wait for each other. Cut one. |  |  | c.yaml:3" in lines(
        built.item("execution.services-restarted")
    )
    assert "! App.pkl was not read." in lines(built.item("infrastructure.configuration-files-updated"))
    assert "a start order is required" not in lines(built.item("execution.services-restarted")).lower()


def test_a_teams_own_step_stands_in_place_of_the_proposed_commands_and_facts_stay() -> None:
    steps = MappingProxyType({"execution.new-version-deployed": Step(command="make ship", expect="shipped", minutes=7)})
    text = said("execution.new-version-deployed", release=replace(RELEASE, steps=steps))
    assert text.startswith("This team's step (7 min). | make ship | shipped")
    assert "docker compose" not in text
    assert "registry.example.com/backend:2.4.0" in text


def test_people_stand_in_the_sign_off_and_placeholders_where_nobody_is_named() -> None:
    release = replace(RELEASE, team=MappingProxyType({"technical_lead": "Ada Lovelace"}))
    built = checklist(release=release)
    assert built.item("sign-off.technical-lead").text == "Technical Lead: Ada Lovelace - [DATE]"
    assert built.item("sign-off.product-owner").text == "Product Owner: [NAME] - [DATE]"
    assert "configuration.team.product_owner" in lines(built.item("sign-off.product-owner"))


def test_a_window_in_a_freeze_is_a_warning() -> None:
    freeze = ("2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z", "Black Friday")
    inside = replace(RELEASE, window=("2026-11-24T20:00:00Z", "2026-11-24T22:00:00Z"), freezes=(freeze,))
    assert "! The window lies in a freeze" in said("preparation.window-scheduled", release=inside)
    outside = replace(inside, window=("2026-11-25T01:00:00+01:00", "2026-11-25T03:00:00+01:00"))
    assert "freeze, from" not in said("preparation.window-scheduled", release=outside)


def test_channels_and_objectives_are_named_where_they_are_used() -> None:
    release = replace(
        RELEASE,
        channels=MappingProxyType({"support": "#support", "deployment": "#ship"}),
        objectives=("p95 latency: passes at <600; fails at >+50%",),
    )
    built = checklist(release=release)
    assert "Channel (support): #support" in lines(built.item("communication-before.support-briefed"))
    assert "Channel (deployment): #ship" in lines(built.item("communication-before.announcement-sent"))
    assert "p95 latency" in lines(built.item("rollback-triggers.performance-degradation"))


def test_a_removed_item_keeps_its_place_and_its_reason() -> None:
    team = extend(bundled(), "remove:\n  - {id: testing.user-acceptance, reason: no users}\n", "team.yaml")
    built = build(team, ANALYSIS, change(), RELEASE)
    item = built.item("testing.user-acceptance")
    assert (item.applies, item.reason, item.details) == (Applies.REMOVED, "no users", ())
    assert [one.id for one in built.items] == list(bundled().ids)


def test_an_item_says_because_of_which_incident_it_is_there() -> None:
    added = "add:\n  - {id: code.dns, after: code.changes-reviewed, text: DNS looked at, because: the May incident}\n"
    built = build(extend(bundled(), added, "team.yaml"), ANALYSIS, change(), RELEASE)
    assert built.item("code.dns").details[0].text == "Because: the May incident"


def test_every_command_that_names_a_file_of_the_repository_quotes_it() -> None:
    odd = tuple(replace(f, source=f.source.replace("compose.yaml", "deploy it/compose.yaml")) for f in FACTS)
    odd = tuple(replace(f, name="deploy it/compose.yaml") if f.kind == "production_file" else f for f in odd)
    for item in checklist(Analysis(odd, (), ANALYSIS.start_order), change(ADDITIVE)).items:
        for detail in item.details:
            assert "-f deploy it" not in detail.code


def test_places_of_facts_are_kept_as_they_are() -> None:
    sources = {fact.source for fact in FACTS} | {"m/f4b6.py:21", ""}
    for item in checklist(what=change(DESTRUCTIVE)).items:
        assert {detail.source for detail in item.details} <= sources


def test_a_service_without_a_deployment_file_shows_how_it_starts() -> None:
    facts = (*only("migration_tool").facts, Fact("start_command", "cmd", "python app.py", "Dockerfile:9", "app"))
    assert "python app.py |  | Dockerfile:9" in said("execution.new-version-deployed", analysis=Analysis(facts))
