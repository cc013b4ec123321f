"""The whole analysis: composition, choice of files, and that facts can be found again where they say."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from releasekit.facts import analysis
from releasekit.facts.analysis import analyse
from releasekit.facts.files import Files
from releasekit.facts.model import Fact, Finding
from releasekit.facts.registry import Detector
from releasekit.tree import Skipped, of_texts

COMPOSE = """services:
  web:
    build: .
    ports: ["80:${PORT:-8000}"]
    depends_on:
      db: {condition: service_healthy}
  db:
    image: postgres:18
    healthcheck: {test: pg_isready}
    volumes: ["data:/var/lib/postgresql"]
volumes:
  data:
"""
DOCKERFILE = 'FROM python:3.13-slim\nEXPOSE 8000\nCMD ["gunicorn", "app:app"]\n'


def test_detectors_facts_become_one_analysis() -> None:
    found = analyse(of_texts({"compose.yaml": COMPOSE, "Dockerfile": DOCKERFILE}))
    assert found.start_order == (("db",), ("web",))
    (port,) = found.of("port")
    assert (port.service, port.value, port.source, port.also) == ("web", 8000, "compose.yaml:4", ("Dockerfile:2",))


def test_a_detector_that_breaks_is_a_finding_and_the_others_are_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(Detector):
        def detect(self, files: Files) -> Iterator[Fact | Finding]:
            yield Fact("ci", "before", "x", "a:1")
            raise ZeroDivisionError("a mistake")

    monkeypatch.setattr(analysis, "REGISTRY", (Broken("broken"), *analysis.REGISTRY))
    found = analyse(of_texts({"compose.yaml": COMPOSE}))
    assert [fact.name for fact in found.of("ci")] == ["before"]
    assert found.of("service")
    assert [f.sentence for f in found.findings if f.rule == "not-analysed" and "ZeroDivisionError" in f.sentence]


def test_the_person_s_choice_of_files_overrules() -> None:
    tree = of_texts({"compose.yaml": COMPOSE, "other/compose.dev.yaml": COMPOSE.replace("web", "shop")})
    assert {fact.name for fact in analyse(tree).of("service")} == {"web", "db"}
    assert {fact.name for fact in analyse(tree, ["other/*.yaml"]).of("service")} == {"shop", "db"}


def test_an_empty_tree_has_no_facts_and_no_order() -> None:
    found = analyse(of_texts({}))
    assert (found.facts, found.findings, found.start_order) == ((), (), ())


def test_files_that_cannot_be_read_are_findings() -> None:
    found = analyse(of_texts({"compose.yaml": "services: [\n", "Dockerfile": "FROM a:1\nNOPE\n"}))
    places = {finding.places[0].rpartition(":")[0] or finding.places[0] for finding in found.findings}
    assert {"compose.yaml", "Dockerfile"} <= places


def test_each_fact_is_found_again_on_its_line_or_says_how_it_was_derived() -> None:
    texts = {"compose.yaml": COMPOSE, "Dockerfile": DOCKERFILE, "Procfile": "web: serve\n"}
    for fact in analyse(of_texts(texts)).facts:
        path, _, number = fact.source.rpartition(":")
        line = texts[path].split("\n")[int(number) - 1]
        assert fact.how or fact.name in line or str(fact.value) in line, fact


STORES = "services:\n  db: {image: 'postgres:18'}\n"
FOR_DEVELOPMENT = "# For local development only\nservices:\n  web: {build: .}\n"
WORKLOAD = (
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\nspec:\n  selector: {matchLabels: {a: b}}\n"
    "  template:\n    metadata: {labels: {a: b}}\n    spec: {containers: [{name: shop, image: 'e/shop:1'}]}\n"
)


def services(texts: dict[str, str]) -> set[str]:
    return {fact.name for fact in analyse(of_texts(texts)).of("service")}


def test_a_compose_file_of_stores_counts_only_while_nothing_deploys_the_application() -> None:
    assert services({"docker-compose.yml": STORES}) == {"db"}
    assert services({"docker-compose.yml": STORES, "k8s/shop.yaml": WORKLOAD}) == {"shop"}
    assert services({"docker-compose.yml": STORES, "Procfile": "web: ./serve\n"}) == {"web"}
    found = analyse(of_texts({"docker-compose.yml": STORES, "Procfile": "web: ./serve\n"}))
    assert {fact.kind for fact in found.facts if fact.path == "docker-compose.yml"} == {"undeployed_file"}
    assert [one.places for one in found.findings if one.rule == "left-out"] == [("docker-compose.yml:1",)]


def test_a_compose_file_for_development_gives_way_to_a_cluster_not_to_a_button() -> None:
    assert services({"compose.yml": FOR_DEVELOPMENT, "k8s/shop.yaml": WORKLOAD}) == {"shop"}
    button = "spec:\n  name: x\n  services:\n    - name: shop\n"
    assert services({"compose.yml": FOR_DEVELOPMENT, ".do/deploy.template.yaml": button}) == {"web", "shop"}


def test_what_a_budget_left_out_is_a_finding_that_says_what_to_do() -> None:
    left_out = (Skipped("", "5000 files, over the budget of 50000"), Skipped("a", "a symbolic link"))
    tree = of_texts({"VERSION": "1.0.0\n"})
    (finding,) = analyse(replace(tree, skipped=left_out)).findings
    assert finding.sentence == "not all was read: 5000 files, over the budget of 50000"
    assert "application.path" in finding.do
    assert not analyse(tree).findings
