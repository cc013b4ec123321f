"""Pipelines as programs: each service's files, the order of jobs, what is called, and which job releases."""

import pytest

from releasekit.facts.analysis import analyse
from releasekit.facts.files import Files
from releasekit.facts.pipelines import pipelines
from releasekit.facts.pipelines.production import Release, release
from releasekit.facts.pipelines.verbs import ACTIONS, VERBS, Part, of_action, of_words
from releasekit.tree import of_texts
from tests.facts.pipelines.services import GITHUB, SERVICES


def files(texts: dict[str, str]) -> Files:
    return Files(of_texts(texts))


def released(texts: dict[str, str]) -> Release:
    found = release(files(texts))
    assert found is not None
    return found


def ran(texts: dict[str, str]) -> list[str]:
    """What the release's pipeline runs, line by line; actions that only prepare are left out."""
    lines = released(texts).lines
    return [line.text or f"uses {line.uses}" for line in lines if line.text or line.part is not Part.SETUP]


@pytest.mark.parametrize("path", sorted(SERVICES))
def test_the_lines_of_a_release_stand_in_the_order_in_which_they_run(path: str) -> None:
    assert ran({path: SERVICES[path]}) == ["docker build -t shop .", "ship it"]


@pytest.mark.parametrize("path", sorted(SERVICES))
def test_a_line_keeps_the_place_where_it_stands(path: str) -> None:
    texts = {path: SERVICES[path]}
    rows = SERVICES[path].split("\n")
    for line in released(texts).lines:
        if line.text.startswith(("docker", "ship it")) and "parameters" not in rows[line.line - 1]:
            assert line.text in rows[line.line - 1]


def test_a_step_of_cloud_build_is_its_entry_point_and_arguments() -> None:
    text = """
        substitutions: {_SERVICE: shop}
        steps:
          - {name: gcr.io/cloud-builders/docker, args: [build, -t, "shop:$TAG_NAME", .]}
          - name: gcr.io/cloud-builders/gcloud
            entrypoint: bash
            args: [-c, "gcloud run deploy shop --image shop:$TAG_NAME"]
    """
    assert ran({"cloudbuild.yaml": text}) == [
        "docker build -t shop:$TAG_NAME .",
        "gcloud run deploy shop --image shop:$TAG_NAME",
    ]


def test_who_has_to_start_or_approve_a_job_is_told() -> None:
    assert [job.title for job in released({".gitlab-ci.yml": SERVICES[".gitlab-ci.yml"]}).manual] == ["production"]
    assert [job.title for job in released({".circleci/config.yml": SERVICES[".circleci/config.yml"]}).manual] == [
        "hold"
    ]


CALLER = """
    on: {release: {types: [published]}}
    jobs:
      test: {uses: ./.github/workflows/ship.yml, with: {to: test}}
      live: {needs: test, uses: ./.github/workflows/ship.yml, with: {to: production}}
"""
CALLED = """
    on: {workflow_call: {inputs: {to: {required: true}, how: {default: quietly}}}}
    jobs:
      ship:
        environment: ${{ inputs.to }}
        steps:
          - uses: ./.github/actions/ship
            with: {place: "${{ inputs.to }}"}
          - run: ship ${{ inputs.to }} ${{ inputs.how }} ${{ secrets.KEY }}
"""
ACTION = """
    inputs: {place: {required: true}, times: {default: "1"}}
    runs:
      using: composite
      steps: [{shell: bash, run: "fly deploy --app ${{ inputs.place }} --times ${{ inputs.times }}"}]
"""


def test_calls_are_followed_with_their_inputs_and_secrets_stay_names() -> None:
    texts = {GITHUB: CALLER, ".github/workflows/ship.yml": CALLED, ".github/actions/ship/action.yml": ACTION}
    found = released(texts)
    assert [one.name for one in found.chosen] == [f"{GITHUB}#live"]
    assert [(line.text, line.path) for line in found.lines] == [
        ("fly deploy --app production --times 1", ".github/actions/ship/action.yml"),
        ("ship production quietly ${{ secrets.KEY }}", ".github/workflows/ship.yml"),
    ]


def test_local_includes_of_gitlab_are_read_and_others_are_named() -> None:
    texts = {
        ".gitlab-ci.yml": "include: [{local: ci/*.yml}, {project: other/ci, file: a.yml}, {local: gone.yml}]\n",
        "ci/deploy.yml": "production: {stage: deploy, environment: production, script: [fly deploy]}\n",
    }
    (pipeline,) = [one for one in pipelines(files(texts)) if one.path == ".gitlab-ci.yml"]
    assert [what for _, what in pipeline.unread] == ["project: other/ci", "local: gone.yml"]
    assert [(line.text, line.source) for line in released(texts).lines] == [("fly deploy", "ci/deploy.yml:1")]


def test_templates_of_azure_are_read_with_their_parameters() -> None:
    texts = {
        "azure-pipelines.yml": "stages:\n  - template: ci/ship.yml\n    parameters: {to: production}\n",
        "ci/ship.yml": (
            "parameters: [{name: to}]\nstages:\n  - stage: Ship\n    jobs:\n      - deployment: web\n"
            "        environment: ${{ parameters.to }}\n        strategy:\n"
            "          {runOnce: {deploy: {steps: [{script: 'az webapp deploy --name ${{ parameters.to }}'}]}}}\n"
        ),
    }
    assert ran(texts) == ["az webapp deploy --name production"]


def job(name: str, run: str, on: str = "push: {branches: [main]}", more: str = "") -> str:
    return f"on: {{{on}}}\njobs:\n  {name}:\n    {more or 'runs-on: x'}\n    steps:\n      - run: {run}\n"


@pytest.mark.parametrize(
    ("texts", "chosen", "rule"),
    [
        ({"a.yml": job("deploy", "fly deploy", more="environment: production")}, "a.yml#deploy", "environment"),
        (
            {
                "a.yml": job("deploy", "fly deploy"),
                "b.yml": job("deploy-production", "fly deploy --app shop"),
            },
            "b.yml#deploy-production",
            "name",
        ),
        (
            {"a.yml": job("deploy", "fly deploy"), "b.yml": job("deploy", "fly deploy --app b", "push: {tags: [v*]}")},
            "b.yml#deploy",
            "event",
        ),
        ({"a.yml": job("deploy", "fly deploy")}, "a.yml#deploy", "main"),
        ({"a.yml": job("deploy", "fly deploy", "push: {branches: [next]}")}, "a.yml#deploy", "only"),
    ],
)
def test_the_strongest_rule_says_which_job_releases(texts: dict[str, str], chosen: str, rule: str) -> None:
    found = released({f".github/workflows/{name}": text for name, text in texts.items()})
    assert [(one.name, one.rule) for one in found.chosen] == [(f".github/workflows/{chosen}", rule)]


@pytest.mark.parametrize(
    "text",
    [
        job("deploy", "fly deploy", "pull_request: {}"),
        job("deploy", "fly deploy", "schedule: [{cron: x}]"),
        job("deploy", "fly deploy", more="environment: staging"),
        job("deploy", "fly deploy", more="environment: ${{ 'dev' }}-dev"),
        job("destroy-production", "terraform destroy && terraform apply"),
        job("deploy-preview", "fly deploy"),
        job("deploy", "fly deploy", more="if: failure()"),
        job("deploy", "fly deploy", more="if: github.event_name == 'pull_request'"),
        job("tests", "docker compose up -d"),
        job("build", "docker compose up -d"),
        job("deploy", "kind create cluster && kubectl apply -f k8s"),
        job("release", "npm publish"),
        job("deploy", "echo fly deploy"),
        job("notify-production", "curl https://chat.example.com"),
    ],
)
def test_what_is_no_release_to_production_is_not_taken_for_one(text: str) -> None:
    assert release(files({".github/workflows/a.yml": text})) is None


def test_a_person_says_which_job_releases() -> None:
    texts = {
        ".github/workflows/a.yml": job("deploy", "fly deploy --app a", more="environment: production"),
        ".github/workflows/b.yml": job("deploy", "fly deploy --app b", more="environment: production"),
    }
    undecided = analyse(of_texts(texts))
    assert [fact.name for fact in undecided.of("pipeline")] == [".github/workflows/a.yml#deploy"]
    assert [fact.name for fact in undecided.of("other_pipeline")] == [".github/workflows/b.yml#deploy"]
    assert "several-pipelines" in {finding.rule for finding in undecided.findings}
    chosen = analyse(of_texts(texts), job=".github/workflows/b.yml#deploy")
    assert [(fact.name, fact.rule) for fact in chosen.of("pipeline")] == [(".github/workflows/b.yml#deploy", "named")]
    assert [str(fact.value) for fact in chosen.of("pipeline_line")] == ["fly deploy --app b"]
    assert "several-pipelines" not in {finding.rule for finding in chosen.findings}
    gone = analyse(of_texts(texts), job=".github/workflows/c.yml#deploy")
    assert "no-such-pipeline" in {finding.rule for finding in gone.findings}


def test_jobs_that_are_tests_are_named_and_their_lines_are_not_shown() -> None:
    text = """
        on: push
        jobs:
          tests: {steps: [{run: pytest}]}
          deploy: {needs: tests, environment: production, steps: [{run: fly deploy}]}
          smoke: {needs: deploy, steps: [{run: curl -fsS https://shop.example.com/health}]}
          report: {needs: smoke, if: failure(), steps: [{run: curl https://chat.example.com}]}
    """
    found = released({GITHUB: text})
    assert [line.text for line in found.lines] == ["fly deploy", "curl -fsS https://shop.example.com/health"]
    assert [job.name for job in found.quiet] == ["tests"]


@pytest.mark.parametrize(
    "texts",
    [
        {GITHUB: "on: push\njobs: {a: {uses: ./.github/workflows/release.yml}}\n"},
        {GITHUB: "on: push\njobs: {a: {needs: b, steps: []}, b: {needs: a, steps: []}}\n"},
        {GITHUB: "on: push\njobs: {a: {environment: production, uses: ./.github/workflows/gone.yml}}\n"},
        {GITHUB: "on: push\njobs: [1, 2]\n"},
        {GITHUB: "jobs: {a: {steps: {run: x}}, b: 1, c: {steps: [1, [2], {run: [3]}]}}\n"},
        {".gitlab-ci.yml": "include: {local: .gitlab-ci.yml}\na: {extends: a, script: [x]}\nb: {script: 1}\n"},
        {"azure-pipelines.yml": "stages: [{template: azure-pipelines.yml}]\n"},
        {
            ".circleci/config.yml": (
                "jobs: {a: {steps: [b]}}\ncommands: {b: {steps: [b]}}\nworkflows: {w: {jobs: [a, c]}}\n"
            )
        },
        {"Jenkinsfile": "pipeline { stages { stage('A') { steps { sh 'x"},
        {"bitbucket-pipelines.yml": "pipelines: {default: 1, branches: {main: [{step: 1}, {parallel: 2}]}}\n"},
        {".buildkite/pipeline.yml": "steps: [wait, {block: x}, 3, {group: y, steps: 4}]\n"},
        {"cloudbuild.yaml": "steps: [1, {args: x}, {name: y, args: [{}]}]\n"},
        {".woodpecker.yml": "steps: {a: 1}\nwhen: [1]\n"},
    ],
    ids="-".join,
)
def test_files_that_make_no_sense_are_read_to_their_end(texts: dict[str, str]) -> None:
    found = files(texts)
    pipelines(found)
    release(found)


def test_an_action_that_calls_itself_ends() -> None:
    action = "runs: {using: composite, steps: [{uses: ./.github/actions/a}, {run: fly deploy}]}\n"
    text = "on: push\njobs: {deploy: {environment: production, steps: [{uses: ./.github/actions/a}]}}\n"
    assert 0 < len(ran({GITHUB: text, ".github/actions/a/action.yml": action})) < 20


def test_verbs_and_actions_have_their_part() -> None:
    for part, command, documentation in VERBS:
        assert of_words(command.split()) in {part, Part.MIGRATE}, command
        assert documentation
    for part, begins in ACTIONS:
        assert of_action(f"{begins}@v1") is part


@pytest.mark.parametrize(
    ("command", "part"),
    [
        ("docker build --push -t x .", Part.PUBLISH),
        ("npx prisma migrate deploy", Part.MIGRATE),
        ("./scripts/smoke-test.sh", Part.SMOKE),
        ("curl -X POST https://hooks.slack.com/x", Part.AFTER),
        ("flyctl deploy --remote-only", Part.DEPLOY),
        ("something else", Part.OTHER),
    ],
)
def test_what_a_command_is_for(command: str, part: Part) -> None:
    assert of_words(command.split()) is part


def test_two_thousand_jobs_in_a_row_are_ordered() -> None:
    rows = [f"j{n}: {{needs: [{f'j{n - 1}' if n else ''}], script: [docker build {n}]}}" for n in range(2000)]
    rows.append("production: {needs: [j1999], environment: production, script: [fly deploy]}")
    lines = ran({".gitlab-ci.yml": "\n".join(rows[::-1])})
    assert lines == [*(f"docker build {n}" for n in range(2000)), "fly deploy"]
