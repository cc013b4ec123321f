"""By which way an application is deployed: which rule decides, what is beside it, and when nothing is said to."""

import pytest

from tests.facts.operations import analysed

DEPLOYMENT = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec: {template: {spec: {containers: [{name: web, image: "acme/web:1"}]}}}
"""
OWN = "services:\n  web: {image: 'acme/web:1', restart: always}\n"
MOUNTED = "services:\n  web:\n    build: .\n    volumes: ['.:/srv']\n"
FLY = 'app = "web"\n'
UNIT = "[Service]\nExecStart=/srv/web\n"
KAMAL = "service: web\nimage: acme/web\nservers: [192.0.2.1]\n"


def workflow(*commands: str, environment: str = "production") -> str:
    runs = "".join(f"\n      - run: {command}" for command in commands)
    job = f"  deploy:\n    environment: {environment}\n    runs-on: ubuntu-24.04\n    steps:{runs}\n"
    return f"name: Deploy\non: {{push: {{tags: ['v*']}}}}\njobs:\n{job}"


def elected(files: dict[str, str], chosen: tuple[str, ...] = ()) -> tuple[str, str]:
    """(way, rule) of what was elected; ("", "") when nothing was."""
    found = analysed(files, chosen).of("way")
    return (found[0].name, found[0].rule) if found else ("", "")


@pytest.mark.parametrize(
    ("files", "way", "rule"),
    [
        ({"config/deploy.yml": KAMAL, "compose.yaml": OWN}, "kamal", "platform_file"),
        ({"config/deploy.yml": "<% x %>\nservice: web\n", "compose.yaml": OWN}, "kamal", "platform_file"),
        ({"fly.toml": FLY, "k8s/web.yaml": DEPLOYMENT}, "fly", "platform_file"),
        ({"k8s/web.yaml": DEPLOYMENT, "compose.yaml": OWN}, "kubernetes", "cluster"),
        ({"compose.yaml": OWN, "render.yaml": "services:\n  - {type: web, name: web}\n"}, "compose", "containers"),
        ({"compose.yaml": MOUNTED, "render.yaml": "services:\n  - {type: web, name: web}\n"}, "render", "button"),
        ({"app.py": "", "web.py": "", "compose.yaml": MOUNTED}, "", ""),
        ({"Procfile": "web: ./serve\n"}, "procfile", "processes"),
        ({"etc/web.service": UNIT, "app.py": "", "compose.yaml": MOUNTED}, "systemd", "hosts"),
        ({"shop.nomad.hcl": 'job "shop" {}\n', "Dockerfile": "FROM x:1\nCMD serve\n"}, "nomad", "platform_file"),
        ({"website/netlify.toml": "[build]\n", "k8s/web.yaml": DEPLOYMENT}, "kubernetes", "cluster"),
        ({"fly.staging.toml": FLY, "k8s/web.yaml": DEPLOYMENT}, "kubernetes", "cluster"),
    ],
)  # fmt: skip
def test_the_first_rule_that_finds_a_way_decides(files: dict[str, str], way: str, rule: str) -> None:
    sources = {"app.py": "x = 1\n"} if "app.py" not in files else {}
    assert elected({**sources, **files}) == (way, rule)


@pytest.mark.parametrize(
    ("command", "way"),
    [
        ("bundle exec kamal deploy --skip-push", "kamal"),
        ("flyctl deploy --remote-only", "fly"),
        ("npx wrangler deploy", "cloudflare"),
        ("sudo -u app docker compose up -d", "compose"),
        ("ssh host 'cd /srv && docker compose pull && docker compose up -d'", "compose"),
        ("gcloud run deploy web --region europe-west1 --image x", "cloud-run"),
        ("kubectl kustomize overlays/live | kubectl apply -f -", "kustomize"),
        ("vendor/bin/dep deploy production", "deployer"),
        ("terraform -chdir=infra apply -auto-approve", "terraform"),
        ("doppler run -- serverless deploy --stage production", "serverless"),
    ],
)
def test_the_pipeline_says_the_way_whatever_files_are_there(command: str, way: str) -> None:
    files = {".github/workflows/deploy.yml": workflow(f'"{command}"' if "|" not in command else command)}
    assert elected({**files, "fly.toml": FLY, "k8s/web.yaml": DEPLOYMENT, "compose.yaml": OWN}) == (way, "pipeline")


def test_a_command_that_is_a_comment_or_is_printed_says_nothing() -> None:
    said = workflow('echo "run docker compose up -d"', "'# flyctl deploy'")
    assert elected({".github/workflows/deploy.yml": said, "k8s/web.yaml": DEPLOYMENT}) == ("kubernetes", "cluster")


def test_staging_in_a_pipeline_does_not_decide_where_production_is_there() -> None:
    files = {
        ".github/workflows/a.yml": workflow("flyctl deploy", environment="staging"),
        ".github/workflows/b.yml": workflow("kamal deploy"),
    }
    assert elected({**files, "config/deploy.yml": KAMAL, "fly.toml": FLY}) == ("kamal", "pipeline")


def test_a_guide_under_a_heading_of_production_decides_between_files() -> None:
    guide = "# Shop\n\n## Develop\n\n    docker compose -f local.yml up\n"
    guide += "\n## Deploy\n\nType `docker compose -f live.yml up -d`.\n"
    found = analysed({"README.md": guide, "live.yml": OWN, "local.yml": OWN})
    assert [(fact.name, fact.rule) for fact in found.of("way")] == [("compose", "guide")]
    assert [fact.name for fact in found.of("production_file")] == ["live.yml"]


def test_a_person_s_choice_of_files_decides() -> None:
    files = {".github/workflows/deploy.yml": workflow("kamal deploy"), "config/deploy.yml": KAMAL, "compose.yaml": OWN}
    assert elected(files, ("compose.yaml",)) == ("compose", "chosen")


def test_a_main_file_that_cannot_be_read_makes_no_other_way_win() -> None:
    for broken in ("service: [\n", "x" * (2 << 20)):
        found = analysed({"config/deploy.yml": broken, "compose.yaml": OWN})
        assert [fact.name for fact in found.of("way")] == ["kamal"]
        assert any("config/deploy.yml" in place for one in found.findings for place in one.places)


def test_nothing_earned_is_said_once_with_its_reason_and_its_cure() -> None:
    found = analysed({"app.py": "x = 1\n", "compose.yaml": MOUNTED})
    (finding,) = [one for one in found.findings if one.rule == "no-way"]
    assert finding.places == ("compose.yaml:4",)
    assert "application.files" in finding.do


def test_two_ways_under_one_rule_are_named_with_the_one_that_was_taken() -> None:
    found = analysed({"fly.toml": FLY, "config/deploy.yml": KAMAL})
    (finding,) = [one for one in found.findings if one.rule == "several-ways"]
    assert {place.partition(":")[0] for place in finding.places} == {"fly.toml", "config/deploy.yml"}


def test_what_other_ways_say_is_no_requirement_of_this_one() -> None:
    needed = "services:\n  web:\n    image: acme/web:1\n    environment: {TOKEN: '${TOKEN:?}'}\n"
    found = analysed(
        {".github/workflows/d.yml": workflow("kamal deploy"), "config/deploy.yml": KAMAL, "compose.yaml": needed}
    )
    assert not [one for one in found.findings if one.rule == "variables-required"]


def deploying(command: str) -> str:
    job = f"  deploy:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: {command}\n"
    return f"on: {{push: {{branches: [main]}}}}\njobs:\n{job}"


def test_several_pipelines_of_which_none_is_called_production_are_told() -> None:
    found = analysed(
        {
            ".github/workflows/deploy-api.yml": deploying("fly deploy --config api/fly.toml"),
            ".github/workflows/deploy-web.yml": deploying("fly deploy --config web/fly.toml"),
        }
    )
    assert [finding.rule for finding in found.findings if "pipelines" in finding.rule] == ["several-pipelines"]


def test_pipelines_that_type_the_same_are_one_and_production_is_chosen() -> None:
    same = deploying("fly deploy")
    other = workflow("fly deploy --app web")
    for second in (same, other):
        found = analysed({".github/workflows/deploy.yml": same, ".github/workflows/release.yml": second})
        assert "several-pipelines" not in {finding.rule for finding in found.findings}


@pytest.mark.parametrize(
    ("uses", "way"),
    [
        ("acme/actions/deploy-ecs@v2", "ecs"),
        ("acme/platform/.github/workflows/cloud-run-deploy.yml@main", "cloud-run"),
        ("acme/setup-helm@v1", ""),
        ("acme/deploy-everything@v1", ""),
        ("acme/helmets-deploy@v1", ""),
    ],
)
def test_an_organisations_own_action_says_its_way_by_its_name(uses: str, way: str) -> None:
    text = f"on: {{push: {{tags: ['v*']}}}}\njobs:\n  deploy:\n    runs-on: x\n    steps:\n      - uses: {uses}\n"
    assert elected({".github/workflows/deploy.yml": text, "app.py": ""})[0] == way


def test_a_guide_that_makes_the_machines_is_no_way_of_the_application() -> None:
    guide = "# Production\n\n## Deploy\n\n```\nterraform apply\n```\n"
    assert elected({"README.md": guide, "k8s/web.yaml": DEPLOYMENT})[0] == "kubernetes"
