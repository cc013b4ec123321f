"""Image references taken apart, and what well-known ones are."""

import pytest

from releasekit.facts.images import monitors, reference, role, stores, tag_variable


@pytest.mark.parametrize(
    ("text", "repository", "tag", "digest", "unpinned"),
    [
        ("postgres", "postgres", "", "", True),
        ("postgres:18", "postgres", "18", "", False),
        ("a/b:latest", "a/b", "latest", "", True),
        ("a/b:latest-x", "a/b", "latest-x", "", False),
        ("localhost:5000/a", "localhost:5000/a", "", "", True),
        ("example.org:5000/a/b:1.2", "example.org:5000/a/b", "1.2", "", False),
        ("a@sha256:00", "a", "", "sha256:00", False),
        ("a:1@sha256:00", "a", "1", "sha256:00", False),
        ("a:${TAG}", "a", "${TAG}", "", False),
        ("a:${TAG:-1.0}", "a", "${TAG:-1.0}", "", False),
        ("${IMAGE}", "${IMAGE}", "", "", False),
    ],
)
def test_references(text: str, repository: str, tag: str, digest: str, unpinned: bool) -> None:
    image = reference(text)
    assert (image.repository, image.tag, image.digest, image.unpinned) == (repository, tag, digest, unpinned)


@pytest.mark.parametrize(
    ("text", "technology"),
    [
        ("postgres:18", "postgres"),
        ("docker.io/library/postgres:18", "postgres"),
        ("ghcr.io/valkey-io/valkey:9", "valkey"),
        ("mcr.microsoft.com/mssql/server:2022-latest", "mssql"),
        ("docker.elastic.co/elasticsearch/elasticsearch:9", "elasticsearch"),
        ("bitnami/kafka", "kafka"),
        ("postgis/postgis:17-3.5", "postgres"),
    ],
)
def test_data_stores_are_known_wherever_they_come_from(text: str, technology: str) -> None:
    assert (stores(text) or ("",))[0] == technology


def test_other_roles() -> None:
    assert role("traefik:3") == "proxy"
    assert role("grafana/grafana") == "monitoring"
    assert monitors("jaegertracing/all-in-one:1") == ("tracing", "jaeger")
    assert role("example/postgres-client-tools") == "app"
    assert stores("example/app") is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("acme/web:${TAG}", "TAG"),
        ("acme/web:${TAG:-1.0}", "TAG"),
        ("acme/web:v$TAG", "TAG"),
        ("${REGISTRY:-ghcr.io/acme}/web:${TAG:?missing}", "TAG"),
        ("${IMAGE}:${TAG}", "TAG"),
        ("${IMAGE:-acme/web:1.0}", ""),
        ("${REGISTRY}/web:1.0", ""),
        ("localhost:5000/web", ""),
        ("acme/web", ""),
    ],
)
def test_the_variable_of_a_tag(text: str, name: str) -> None:
    assert tag_variable(text) == name
