"""What a person does where a pipeline releases, the lines that it runs, and what has happened when it stops."""

from dataclasses import replace

import pytest

from releasekit.checklist.model import Act, Step
from releasekit.facts.model import Analysis, Fact, Finding, Severity
from tests.checklist.samples import RELEASE, change, checklist

TAGGED = replace(RELEASE, candidate_tag="v2.4.0")
LAST = "gh run list --workflow deploy.yml --branch v2.3.1 --limit 1 --json databaseId --jq '.[].databaseId'"
RERUN = f'gh run rerun "$({LAST})"'
FILE = ".github/workflows/deploy.yml"


def analysis(*facts: Fact, system: str = "GitHub Actions") -> Analysis:
    found = [
        Fact("way", "fly", "pipeline", f"{FILE}:9", how="a pipeline deploys with it", way="fly", rule="pipeline"),
        Fact("deploys", "fly", "fly deploy", f"{FILE}:9"),
        Fact("pipeline", f"{FILE}#live", "its environment is production", f"{FILE}:5", how=system, rule="environment"),
        *facts,
    ]
    if not any(fact.kind == "pipeline_line" for fact in facts):
        found.append(line("deploy", "fly deploy $(id)", 9))
    return Analysis(tuple(found))


def line(part: str, text: str, number: int, rule: str = "") -> Fact:
    return Fact("pipeline_line", part, text, f"{FILE}:{number}", how="job live", rule=rule)


def event(when: str, names: str = "") -> Fact:
    return Fact("pipeline_event", when, names, f"{FILE}:2")


def steps(given: Analysis) -> list[Step]:
    return [step for step in checklist(given, change(), TAGGED).steps if step.act in {Act.START, Act.RUN}]


def said(given: Analysis) -> str:
    item = checklist(given, change(), TAGGED).item("execution.new-version-deployed")
    return "\n".join(f"{detail.text} {detail.code}" for detail in item.details)


@pytest.mark.parametrize(
    ("facts", "command", "blanks"),
    [
        ([event("tag", "v*")], "git push origin v2.4.0", []),
        ([event("tag", "release-*")], "git push origin TAG", ["TAG"]),
        ([event("release")], "gh release create v2.4.0 --verify-tag --generate-notes", []),
        ([event("push", "main")], "", []),
        ([event("other")], "", []),
        (
            [
                event("manual"),
                Fact("pipeline_input", "version", "", f"{FILE}:4", rule="required"),
                Fact("pipeline_input", "environment", "", f"{FILE}:5", rule="required"),
                Fact("pipeline_choice", "environment", "staging", f"{FILE}:5"),
                Fact("pipeline_choice", "environment", "production", f"{FILE}:5"),
                Fact("pipeline_input", "reason", "", f"{FILE}:6", rule="required"),
                Fact("pipeline_input", "verbose", "false", f"{FILE}:7"),
            ],
            "gh workflow run deploy.yml --ref v2.4.0 -f version=v2.4.0 -f environment=production -f reason=REASON",
            ["REASON"],
        ),
    ],
)
def test_a_person_starts_the_pipeline_by_its_event(facts: list[Fact], command: str, blanks: list[str]) -> None:
    first = steps(analysis(*facts))[0]
    assert (first.act, first.command, [name for name, _ in first.fill]) == (Act.START, command, blanks)
    assert f"{FILE}#live" in first.text


def test_jobs_that_wait_for_a_person_are_steps_of_their_own() -> None:
    manual = Fact("pipeline_manual", "deploy live", None, ".gitlab-ci.yml:7")
    found = steps(analysis(event("tag"), manual, system="GitLab CI"))
    assert [step.command for step in found if "deploy live" in step.text] == ["glab ci trigger 'deploy live'"]


def test_lines_of_the_pipeline_are_nobodys_to_type_and_stand_as_they_are() -> None:
    lines = [line("setup", "uses: actions/checkout@v5", 7, "action"), line("deploy", "fly deploy $(touch x)", 9)]
    found = [step for step in steps(analysis(event("tag"), *lines)) if step.act is Act.RUN]
    assert [(step.command, step.runs, step.source) for step in found] == [("", "fly deploy $(touch x)", f"{FILE}:9")]
    item = checklist(analysis(event("tag"), *lines), change(), TAGGED).item("execution.new-version-deployed")
    assert [detail.typed for detail in item.details if "touch" in detail.code] == [False] * 3


def test_nothing_of_the_way_is_typed_where_the_pipeline_deploys() -> None:
    assert not [step for step in checklist(analysis(event("tag")), change(), TAGGED).steps if step.act is Act.DEPLOY]


def test_of_several_pipelines_none_is_started() -> None:
    finding = Finding("several-pipelines", Severity.WARNING, "two could be it", (f"{FILE}:5",))
    found = steps(replace(analysis(event("tag")), findings=(finding,)))
    assert [(step.command, step.runs) for step in found] == [("", "")]
    assert "application.pipeline" in found[0].text


def test_what_has_happened_when_it_stops_half_way() -> None:
    lines = [
        line("publish", "docker push shop", 7),
        line("migrate", "alembic upgrade head", 8),
        line("deploy", "helm upgrade shop chart --atomic", 9),
    ]
    text = said(analysis(event("tag"), *lines, Fact("pipeline_alone", "live", "waits", f"{FILE}:3")))
    assert "nothing has changed in production: mend it, and start it again. alembic upgrade head" in text
    assert "the schema can be new" in text
    assert "--atomic" in text
    assert "waits until the first has ended" in text


def test_a_line_that_is_not_understood_is_not_called_safe_to_run_again() -> None:
    lines = [line("other", "./move-traffic.sh", 8), line("deploy", "fly deploy", 9)]
    text = said(analysis(event("tag"), *lines))
    assert "whether that is safe is not known: ./move-traffic.sh" in text
    assert "can be started again" not in text
    assert "can be started again" in said(analysis(event("tag"), line("deploy", "fly deploy", 9)))
    cancels = Fact("pipeline_alone", "live", "cancels", f"{FILE}:3")
    assert "cancels the first" in said(analysis(event("tag"), cancels))


@pytest.mark.parametrize(
    ("facts", "system", "command"),
    [
        (
            [event("tag")],
            "GitHub Actions",
            RERUN,
        ),
        ([event("manual")], "GitHub Actions", "gh workflow run deploy.yml --ref v2.3.1"),
        ([event("tag")], "GitLab CI", "glab ci run --branch v2.3.1"),
        ([event("tag")], "CircleCI", ""),
    ],
)
def test_the_pipeline_can_bring_the_version_before_back(facts: list[Fact], system: str, command: str) -> None:
    item = checklist(analysis(*facts, system=system), change(), TAGGED).item("rollback-steps.deploy-previous-version")
    found = [detail.code for detail in item.details if "pipeline can also" in detail.text]
    assert found == ([command] if command else [])
