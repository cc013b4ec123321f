"""What counts as a service where no file deploys containers."""

from releasekit.facts.analysis import analyse
from releasekit.facts.model import Analysis
from releasekit.tree import of_texts

DOCKERFILE = "FROM ruby:3.4\nEXPOSE 3000\nHEALTHCHECK CMD curl -f http://localhost:3000/up\nCMD bin/rails server\n"


def said(found: Analysis, *kinds: str) -> set[tuple[str, str | None, object]]:
    return {(fact.kind, fact.service, fact.value) for fact in found.of(*kinds)}


def test_processes_share_an_image_and_web_listens() -> None:
    procfile = "web: bundle exec puma\nworker: bundle exec sidekiq\nrelease: rails db:migrate\n"
    gems = 'source "https://gems.example"\ngem "rails"\n'
    found = analyse(of_texts({"Procfile": procfile, "Dockerfile": DOCKERFILE, "Gemfile": gems}))
    assert {(fact.name, fact.value) for fact in found.of("service")} == {
        ("web", "app"),
        ("worker", "app"),
        ("release", "job"),
    }
    assert said(found, "port", "healthcheck", "framework") == {
        ("port", "web", 3000),
        ("healthcheck", "web", "http:/up"),
        ("framework", "web", "rails"),
    }
    assert found.start_order == (("release",), ("web", "worker"))


def test_images_are_services_where_nothing_else_is() -> None:
    texts = {
        "services/cart/Dockerfile": "FROM node:22\nEXPOSE 8080\nCMD node index.js\n",
        "services/cart/package.json": '{"name": "cart", "dependencies": {"express": "5"}}',
        "services/catalog/Dockerfile": 'FROM golang:1.25\nENTRYPOINT ["/catalog"]\n',
        "images/base/Dockerfile": "FROM debian:13\nRUN true\n",
    }
    found = analyse(of_texts(texts))
    assert {fact.name for fact in found.of("service")} == {"cart", "catalog"}
    assert said(found, "port", "language") == {("port", "cart", 8080), ("language", "cart", "node")}


def test_an_image_of_the_root_is_called_like_its_project() -> None:
    texts = {"pyproject.toml": '[project]\nname = "the-shop"\ndependencies = ["flask"]\n'}
    for path in ("Dockerfile", "packaging/docker/alpine/Dockerfile"):
        found = analyse(of_texts({**texts, path: DOCKERFILE}))
        assert [fact.name for fact in found.of("service")] == ["the-shop"]
        assert said(found, "port", "framework") == {("port", "the-shop", 3000), ("framework", "the-shop", "flask")}
    both = analyse(of_texts({**texts, "Dockerfile": DOCKERFILE, "Dockerfile.worker": "FROM x:1\nCMD work\n"}))
    assert {fact.name for fact in both.of("service")} == {"the-shop", "worker"}
    assert [fact.name for fact in analyse(of_texts({"Dockerfile": DOCKERFILE})).of("service")] == ["app"]


def test_a_compose_file_that_only_developers_build_gives_way() -> None:
    sail = "services:\n  app:\n    build: {context: ./vendor/tools/runtime}\n  db: {image: 'mysql:8'}\n"
    stack = "services:\n  php: {image: 'example/shop:1'}\n  db: {image: 'mysql:8'}\n"
    assert {fact.name for fact in analyse(of_texts({"compose.yml": sail})).of("service")} == {"app", "db"}
    found = analyse(of_texts({"compose.yml": sail, "ops/compose.yml": stack}))
    assert {fact.name for fact in found.of("service")} == {"php", "db"}


def test_a_store_that_a_procfile_starts_is_no_application() -> None:
    found = analyse(of_texts({"Procfile": "web: bin/server\nredis: redis-server config/redis.conf\n"}))
    assert {(fact.name, fact.value) for fact in found.of("service", "datastore")} == {
        ("web", "app"),
        ("redis", "datastore"),
        ("redis", "redis"),
    }


def test_one_image_that_is_run_in_several_ways_is_the_root_s_code() -> None:
    compose = (
        "services:\n  shop: {image: 'example/other:1'}\n  shop-worker: {image: 'example/other:1', command: work}\n"
        "  db: {image: 'postgres:18'}\n"
    )
    found = analyse(of_texts({"compose.yml": compose, "requirements.txt": "django==5\n", "manage.py": "x = 1\n"}))
    assert {fact.service for fact in found.of("language", "framework")} == {"shop"}


def test_what_an_image_keeps_is_a_volume_where_no_file_deploys_containers() -> None:
    dockerfile = "FROM node:24\nENV HOME_OF_DATA=/srv/data\nVOLUME $HOME_OF_DATA\nCMD node server.js\n"
    alone = analyse(of_texts({"Procfile": "web: node server.js\n", "Dockerfile": dockerfile}))
    assert said(alone, "volume") == {("volume", "web", "/srv/data")}
    beside = analyse(of_texts({"compose.yml": "services:\n  app: {build: .}\n", "Dockerfile": dockerfile}))
    assert not beside.of("volume", "image_volume")
