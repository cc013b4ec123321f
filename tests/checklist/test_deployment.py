from dataclasses import replace

import pytest

from releasekit.checklist.deployment import deployment, way_of
from releasekit.facts.model import Analysis, Fact
from tests.checklist.samples import ANALYSIS, DESTRUCTIVE, change, checklist, lines


def service(name: str, *places: str, role: str = "app") -> Fact:
    return Fact("service", name, role, places[0], also=places[1:])


@pytest.mark.parametrize(
    ("path", "way"),
    [
        ("compose.yaml", "compose"),
        ("docker/docker-compose.prod.yml", "compose"),
        ("docker-stack.yml", "swarm"),
        ("chart/templates/web.yaml", "helm"),
        ("chart/values.yaml", "helm"),
        ("overlays/prod/kustomization.yaml", "kustomize"),
        ("deploy/web.yaml", "kubernetes"),
        ("Procfile", "procfile"),
        ("render.yaml", "render"),
        ("etc/web.service", "systemd"),
        (".github/workflows/ci.yml", ""),
        ("app/main.py", ""),
    ],
)
def test_a_file_tells_by_its_name_what_deploys_it(path: str, way: str) -> None:
    assert way_of(path) == way


def test_the_way_is_the_one_that_covers_most_services_of_this_repository() -> None:
    facts = (
        service("db", "compose.yaml:1", role="datastore"),
        service("proxy", "compose.yaml:9", role="proxy"),
        service("web", "compose.yaml:3", "k8s/web.yaml:4"),
        service("worker", "compose.yaml:5", "k8s/worker.yaml:4"),
        service("backup", "k8s/backup.yaml:4", role="job"),
    )
    found = deployment(Analysis(facts))
    assert (found.way, found.others) == ("kubernetes", ("compose",))
    assert found.files == ("k8s/web.yaml", "k8s/worker.yaml", "k8s/backup.yaml")


def test_files_that_stand_for_another_way_to_deploy_the_same_are_not_merged() -> None:
    facts = (
        Fact("production_file", "compose.yaml", "the file that Compose takes by default", "compose.yaml:1"),
        Fact(
            "production_file",
            "compose.images.yaml",
            "complete in itself: another way to deploy",
            "compose.images.yaml:1",
        ),
        service("web", "compose.yaml:3", "compose.images.yaml:3"),
    )
    assert deployment(Analysis(facts)).files == ("compose.yaml",)


def test_what_only_a_file_that_is_not_deployed_says_is_not_shown() -> None:
    facts = (
        Fact("production_file", "compose.yaml", "the file that Compose takes by default", "compose.yaml:1"),
        Fact(
            "production_file", "other.compose.yaml", "complete in itself: another way to deploy", "other.compose.yaml:1"
        ),
        service("web", "compose.yaml:3", "other.compose.yaml:3"),
        Fact("image_unpinned", "web", "web", "other.compose.yaml:4", "web"),
        Fact("build", "Dockerfile", ".", "compose.yaml:5", "web"),
    )
    text = lines(checklist(Analysis(facts)).item("execution.new-version-deployed"))
    assert "web is built from Dockerfile. |  |  | compose.yaml:5" in text
    assert "other.compose.yaml" not in text


def test_nothing_recognised_is_no_way() -> None:
    assert deployment(Analysis()).way == ""


def in_cluster() -> Analysis:
    moved = {"compose.yaml": "k8s/app.yaml"}
    facts = []
    for fact in ANALYSIS.facts:
        path, _, line = fact.source.partition(":")
        name = moved.get(fact.name, fact.name)
        facts.append(replace(fact, source=f"{moved.get(path, path)}:{line}", name=name))
    return Analysis(tuple(fact for fact in facts if fact.kind != "production_file"), (), ANALYSIS.start_order)


def test_commands_are_those_of_the_way_that_the_repository_uses() -> None:
    text = lines(checklist(in_cluster()).item("execution.new-version-deployed"))
    assert "kubectl apply -f k8s/" in text
    assert "kubectl rollout status deployment/backend --timeout=10m" in text
    assert "docker compose" not in text


def test_a_workload_is_called_by_the_kind_that_a_fact_gives() -> None:
    facts = (*in_cluster().facts, Fact("workload", "backend", "StatefulSet", "k8s/app.yaml:20", "backend"))
    text = lines(checklist(Analysis(facts)).item("execution.new-version-deployed"))
    assert "rollout status statefulset/backend" in text


def test_the_place_that_is_shown_is_in_the_files_that_are_deployed() -> None:
    facts = (
        service("web", "compose.yaml:3", "k8s/web.yaml:4"),
        service("worker", "k8s/worker.yaml:4"),
        Fact("healthcheck", "compose", "http:/ready", "compose.yaml:8", "web", also=("k8s/web.yaml:30",)),
        Fact("stop_grace", "stop_grace_period", "40s", "compose.yaml:9", "web"),
        Fact("stop_grace", "terminationGracePeriodSeconds", 45, "k8s/web.yaml:20", "web"),
    )
    built = checklist(Analysis(facts))
    assert "http://web/ready | HTTP 200 | k8s/web.yaml:30" in lines(built.item("execution.health-checks-verified"))
    stopped = lines(built.item("execution.servers-stopped"))
    assert "web has 45 seconds to stop. |  |  | k8s/web.yaml:20" in stopped
    assert "40s" not in stopped


def test_the_way_is_the_one_in_which_ci_deploys_even_if_another_covers_more() -> None:
    facts = (
        Fact("deploys", "kubernetes", "kubectl apply -f k8s/web.yaml", ".github/workflows/deploy.yml:30"),
        service("web", "compose.yaml:3", "k8s/web.yaml:4"),
        service("worker", "compose.yaml:5"),
        Fact("production_file", "compose.yaml", "the file that Compose takes by default", "compose.yaml:1"),
        Fact("production_file", "k8s/web.yaml", "deployed by .github/workflows/deploy.yml:30", "k8s/web.yaml:1"),
    )
    found = deployment(Analysis(facts))
    assert (found.way, found.others, found.files) == ("kubernetes", ("compose",), ("k8s/web.yaml",))


def test_what_ci_deploys_with_counts_only_where_files_stand_for_it() -> None:
    facts = (
        Fact("deploys", "heroku", "git push heroku main", ".github/workflows/deploy.yml:30"),
        service("web", "compose.yaml:3"),
    )
    assert deployment(Analysis(facts)).way == "compose"


def test_what_a_kustomization_takes_is_its_own() -> None:
    facts = (
        Fact("production_file", "prod/kustomization.yaml", "its path says production", "prod/kustomization.yaml:1"),
        Fact("production_file", "base/web.yaml", "taken by prod/kustomization.yaml", "base/web.yaml:1"),
        service("web", "base/web.yaml:4"),
    )
    found = deployment(Analysis(facts))
    assert (found.way, found.files, found.others) == ("kustomize", ("prod/kustomization.yaml",), ())
    assert found.deploys("base/web.yaml")


def test_commands_are_in_the_namespace_of_their_service() -> None:
    said = (Fact("namespace", "web", "shop", "k8s/web.yaml:5", "web"),)
    found = deployment(Analysis((service("web", "k8s/web.yaml:4"), *said)))
    assert found.kubectl("get", "pods") == "kubectl -n shop get pods"
    said = (*said, Fact("namespace", "db", "data", "k8s/db.yaml:5", "db"))
    found = deployment(Analysis((service("web", "k8s/web.yaml:4"), *said)))
    assert found.kubectl("get", "pods") == "kubectl get pods"
    assert found.kubectl("logs", "sts/db", service="db") == "kubectl -n data logs sts/db"


def test_a_chart_is_upgraded_with_the_values_that_are_production() -> None:
    files = ("chart/Chart.yaml", "chart/values.yaml", "chart/values-prod.yaml")
    facts = (
        service("web", "chart/templates/web.yaml:4"),
        *(Fact("production_file", path, "a reason", f"{path}:1") for path in files),
        Fact("namespace", "namespace", "shop", ".github/workflows/deploy.yml:30"),
    )
    text = lines(checklist(Analysis(facts)).item("execution.new-version-deployed"))
    assert "helm upgrade --install shop chart -f chart/values-prod.yaml -n shop --atomic" in text


def on_a_cluster(*more: Fact) -> str:
    facts = (
        Fact("production_file", "k8s/web.yaml", "CI deploys it", "k8s/web.yaml:1"),
        service("web", "k8s/web.yaml:4"),
        Fact("workload", "web", "Deployment", "k8s/web.yaml:2", "web"),
        Fact("build", "Dockerfile", ".", "Dockerfile:1", "web"),
        *more,
    )
    what = checklist(Analysis(facts), change(DESTRUCTIVE))
    return lines(what.item("execution.new-version-deployed")) + lines(
        what.item("rollback-steps.deploy-previous-version")
    )


def test_what_was_stopped_by_scaling_to_0_is_brought_back_where_its_manifest_names_no_number() -> None:
    text = on_a_cluster(Fact("autoscaling", "web", "3-9", "k8s/web.yaml:40", "web"))
    assert text.count("kubectl scale --replicas=3 deployment/web") == 2
    assert on_a_cluster().count("kubectl scale --replicas=1 deployment/web") == 2


def test_a_manifest_with_a_number_of_replicas_brings_them_back_by_itself() -> None:
    assert "scale" not in on_a_cluster(Fact("replicas", "web", 2, "k8s/web.yaml:9", "web"))
