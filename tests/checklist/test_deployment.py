"""What the checklist takes from the way that the analysis elected: files, facts, namespaces, commands."""

import re
from dataclasses import replace

import pytest

from releasekit.checklist.context import Context
from releasekit.checklist.deployment import deployment
from releasekit.checklist.model import Checklist
from releasekit.checklist.ways import commands
from releasekit.checklist.ways.kubernetes import Kubernetes
from releasekit.facts.model import Analysis, Fact, Finding, Severity
from tests.checklist.samples import ANALYSIS, DESTRUCTIVE, RELEASE, change, checklist, elected, lines

OTHER = Fact("deployment_file", "other.yaml", "compose", "other.yaml:1", way="compose")


def service(name: str, *places: str, role: str = "app") -> Fact:
    return Fact("service", name, role, places[0], also=places[1:])


def typed(what: Checklist) -> str:
    return "\n".join(step.command for step in what.steps if step.command)


def kubernetes(*facts: Fact) -> Kubernetes:
    found = commands(
        Context(Analysis((*elected("kubernetes", "k8s/web.yaml", rule="cluster"), *facts)), change(), RELEASE)
    )
    assert isinstance(found, Kubernetes)
    return found


def test_the_way_its_files_and_its_reason_are_those_of_the_election() -> None:
    found = deployment(Analysis(elected("kamal", "config/deploy.yml", rule="platform_file")))
    assert (found.way, found.title, found.files) == ("kamal", "Kamal", ("config/deploy.yml",))
    assert found.fact is not None
    assert found.fact.source == "config/deploy.yml:1"


def test_nothing_elected_is_no_way_and_no_command() -> None:
    assert deployment(Analysis()).way == ""
    what = checklist(Analysis((service("web", "Dockerfile:1"),)))
    assert typed(what) == ""
    assert [step.text for step in what.steps if "no command is known" in step.text]


def test_files_of_another_way_are_not_deployed_and_code_holds_for_every_way() -> None:
    found = deployment(Analysis((*elected("kustomize", "prod/kustomization.yaml"), OTHER)))
    assert not found.deploys("other.yaml")
    assert found.deploys("app/settings.py")
    assert found.deploys("prod/kustomization.yaml")


def test_what_only_a_file_that_is_not_deployed_says_is_not_shown() -> None:
    facts = (
        *elected("compose", "compose.yaml"),
        OTHER,
        Fact("undeployed_file", "other.yaml", "complete in itself", "other.yaml:1", way="compose", rule="alternative"),
        service("web", "compose.yaml:3", "other.yaml:3"),
        Fact("image_unpinned", "web", "web", "other.yaml:4", "web"),
        Fact("build", "Dockerfile", ".", "compose.yaml:5", "web"),
    )
    text = lines(checklist(Analysis(facts)).item("execution.new-version-deployed"))
    assert "web is built from Dockerfile. |  |  | compose.yaml:5" in text
    assert "other.yaml:4" not in text
    assert "other.yaml is not how production runs: complete in itself." in text


def in_cluster() -> Analysis:
    facts = []
    for fact in ANALYSIS.facts:
        path, _, line = fact.source.partition(":")
        facts.append(replace(fact, source=f"k8s/app.yaml:{line}") if path == "compose.yaml" else fact)
    kept = [fact for fact in facts if fact.kind not in {"way", "deployment_file", "production_file"}]
    return Analysis((*elected("kubernetes", "k8s/app.yaml", rule="cluster"), *kept), (), ANALYSIS.start_order)


def test_commands_are_those_of_the_way_that_the_repository_uses() -> None:
    text = typed(checklist(in_cluster()))
    assert "kubectl apply -f k8s/" in text
    assert "kubectl rollout status deployment/backend --timeout=10m" in text
    assert "docker compose" not in text


def test_a_workload_is_called_by_the_kind_that_a_fact_gives() -> None:
    facts = (*in_cluster().facts, Fact("workload", "backend", "StatefulSet", "k8s/app.yaml:20", "backend"))
    text = typed(checklist(Analysis(facts)))
    assert "rollout status statefulset/backend" in text
    assert "pause statefulset" not in text


def test_the_place_that_is_shown_is_in_the_files_that_are_deployed() -> None:
    facts = (
        *elected("kubernetes", "k8s/web.yaml", rule="cluster"),
        Fact("deployment_file", "compose.yaml", "compose", "compose.yaml:1", way="compose"),
        service("web", "compose.yaml:3", "k8s/web.yaml:4"),
        Fact("healthcheck", "compose", "http:/ready", "compose.yaml:8", "web", also=("k8s/web.yaml:30",)),
        Fact("stop_grace", "stop_grace_period", "40s", "compose.yaml:9", "web"),
        Fact("stop_grace", "terminationGracePeriodSeconds", 45, "k8s/web.yaml:20", "web"),
    )
    built = checklist(Analysis(facts))
    unasked = "web answers HTTP 200 at /ready; from where it can be asked is in no file."
    assert f"{unasked} |  |  | k8s/web.yaml:30" in lines(built.item("execution.health-checks-verified"))
    stopped = lines(built.item("execution.servers-stopped"))
    assert "web has 45 seconds to stop. |  |  | k8s/web.yaml:20" in stopped
    assert "40s" not in stopped


def test_a_service_of_another_way_is_no_part_of_the_steps() -> None:
    facts = (
        *elected("kubernetes", "k8s/web.yaml", rule="cluster"),
        Fact("deployment_file", "compose.yaml", "compose", "compose.yaml:1", way="compose"),
        service("web", "compose.yaml:3", "k8s/web.yaml:4"),
        service("migrate", "compose.yaml:9", "k8s/web.yaml:44"),
        service("seed", "compose.yaml:7"),
        Fact("depends_on", "seed", "service_completed_successfully", "compose.yaml:5", "web"),
        Fact("env_required", "SEED_PASSWORD", "required", "compose.yaml:8", "seed"),
    )
    built = checklist(Analysis(facts))
    everything = "\n".join(map(lines, built.items)) + "\n".join(step.text for step in built.steps)
    assert "seed" not in everything
    assert "SEED_PASSWORD" not in everything


def test_one_object_s_namespace_is_that_object_s() -> None:
    said = (Fact("namespace", "web", "shop", "k8s/web.yaml:5", "web"),)
    agreed = kubernetes(service("web", "k8s/web.yaml:4"), *said)
    assert agreed.kubectl("get", "pods") == ("kubectl", "-n", "shop", "get", "pods")
    mixed = kubernetes(service("web", "k8s/web.yaml:4"), service("db", "k8s/web.yaml:40"), *said)
    assert mixed.kubectl("get", "pods") == ("kubectl", "get", "pods")
    assert mixed.kubectl("get", "pods", services=["web"]) == ("kubectl", "-n", "shop", "get", "pods")
    assert mixed.kubectl("get", "pods", services=["db"]) == ("kubectl", "get", "pods")
    other = Fact("namespace", "db", "data", "k8s/web.yaml:41", "db")
    apart = kubernetes(service("web", "k8s/web.yaml:4"), service("db", "k8s/web.yaml:40"), *said, other)
    assert apart.kubectl("get", "pods") == ("kubectl", "get", "pods")
    assert apart.kubectl("get", "pods", services=["db"]) == ("kubectl", "-n", "data", "get", "pods")


def test_a_namespace_that_the_pipeline_names_holds_for_all() -> None:
    said = Fact("namespace", "namespace", "live", ".github/workflows/deploy.yml:30")
    assert kubernetes(service("web", "k8s/web.yaml:4"), said).space("web") == ("-n", "live")


def test_a_chart_is_upgraded_with_the_values_that_are_production() -> None:
    files = ("chart/Chart.yaml", "chart/values.yaml", "chart/values-prod.yaml")
    facts = (
        *elected("helm", *files, rule="cluster"),
        service("web", "chart/values.yaml:4"),
        Fact("namespace", "namespace", "shop", ".github/workflows/deploy.yml:30"),
    )
    named = Fact("helm_release", "tide", "chart", "deploy.sh:3", way="helm", rule="said")
    text = typed(checklist(Analysis((*facts, named))))
    assert "helm upgrade --install tide chart -f chart/values-prod.yaml -n shop --atomic" in text
    assumed = replace(named, rule="assumed")
    what = checklist(Analysis((*facts, assumed)))
    assert "helm upgrade RELEASE chart" in typed(what)  # which must be there: none is made beside it
    assert {name for step in what.steps for name, _ in step.fill} == {"RELEASE"}


def on_a_cluster(*more: Fact) -> str:
    facts = (
        *elected("kubernetes", "k8s/web.yaml", rule="cluster"),
        service("web", "k8s/web.yaml:4"),
        Fact("workload", "web", "Deployment", "k8s/web.yaml:2", "web"),
        Fact("build", "Dockerfile", ".", "Dockerfile:1", "web"),
        *more,
    )
    return typed(checklist(Analysis(facts), change(DESTRUCTIVE)))


def test_what_was_stopped_by_scaling_to_0_is_brought_back_where_its_manifest_names_no_number() -> None:
    text = on_a_cluster(Fact("autoscaling", "web", "3-9", "k8s/web.yaml:40", "web"))
    assert text.count("kubectl scale --replicas=3 deployment/web") == 2
    assert on_a_cluster().count("kubectl scale --replicas=1 deployment/web") == 2


def test_a_manifest_with_a_number_of_replicas_brings_them_back_by_itself() -> None:
    text = on_a_cluster(Fact("replicas", "web", 2, "k8s/web.yaml:9", "web"))
    assert set(re.findall(r"--replicas=(\d+)", text)) == {"0"}


@pytest.mark.parametrize("way", ["fly", "cloudflare", "digitalocean", "nomad", "terraform", "app-engine"])
def test_one_of_several_main_files_is_a_blank_and_never_the_first(way: str) -> None:
    name = {
        "fly": "fly.toml",
        "cloudflare": "wrangler.toml",
        "digitalocean": ".do/app.yaml",
        "nomad": "web.nomad",
        "terraform": "main.tf",
        "app-engine": "app.yaml",
    }[way]
    paths = (f"api/{name}", f"site/{name}")
    what = checklist(Analysis(elected(way, *paths, rule="platform_file")))
    text = typed(what)
    assert "FILE" in text or "FOLDER" in text
    assert "api" not in text
    assert "site" not in text
    told = [where for step in what.steps for blank, where in step.fill if blank in {"FILE", "FOLDER"}]
    assert told
    assert all("api" in where and "site" in where for where in told)


@pytest.mark.parametrize(
    ("paths", "used"),
    [
        (("fly.toml", "fly.worker.toml"), ""),
        (("api/fly.toml", "site/fly.production.toml"), "site/fly.production.toml"),
        (("api/fly.toml",), "api/fly.toml"),
        (("fly.toml", "docs/fly.toml"), ""),
    ],
)
def test_the_main_file_of_production_or_of_the_root_is_taken(paths: tuple[str, ...], used: str) -> None:
    text = typed(checklist(Analysis(elected("fly", *paths, rule="platform_file"))))
    assert "FILE" not in text
    assert (f"--config {used}" in text) if used else ("--config" not in text)


def test_commands_of_several_pipelines_are_not_typed() -> None:
    line = Fact("deploys", "fly", "fly deploy --app api", ".github/workflows/api.yml:9", way="fly")
    told = Finding("several-pipelines", Severity.WARNING, "2 pipelines", (line.source,))
    facts = (*elected("fly", "fly.toml", rule="pipeline"), line)
    assert "--app api" in typed(checklist(Analysis(facts)))
    assert "api" not in typed(checklist(Analysis(facts, (told,))))


@pytest.mark.parametrize("way", ["compose", "swarm"])
def test_a_tag_that_a_variable_chooses_is_set_before_anything_is_typed_with_it(way: str) -> None:
    facts = (
        *elected(way, "stack.yml"),
        service("web", "stack.yml:2"),
        service("db", "stack.yml:6", role="datastore"),
        Fact("image", "acme/web", "acme/web:${TAG}", "stack.yml:3", "web"),
        Fact("image_variable", "TAG", "acme/web:${TAG}", "stack.yml:3", "web"),
        Fact("image_variable", "PG", "postgres:${PG}", "stack.yml:7", "db"),
    )
    commands = [step.command for step in checklist(Analysis(facts)).steps if step.command]
    chosen = [number for number, command in enumerate(commands) if command == "export TAG=TAG_VALUE"]
    used = [number for number, command in enumerate(commands) if command.startswith("docker")]
    assert chosen
    assert chosen[0] < min(number for number in used if " up " in commands[number] or " deploy " in commands[number])
    assert "PG" not in " ".join(commands)


def test_what_is_built_here_needs_no_tag() -> None:
    facts = (
        *elected("compose", "compose.yaml"),
        service("web", "compose.yaml:2"),
        Fact("build", "Dockerfile", ".", "compose.yaml:3", "web", way="compose"),
        Fact("image_variable", "TAG", "acme/web:${TAG}", "compose.yaml:4", "web"),
    )
    assert "export" not in typed(checklist(Analysis(facts)))
