"""Which Compose files are production, from what repositories show of themselves."""

from releasekit.facts.files import Files
from releasekit.facts.production import stacks
from releasekit.facts.production.choosing import Choice, deployments
from releasekit.facts.production.usages import usages
from releasekit.tree import of_texts

WHOLE = "services:\n  web: {image: 'a/b:1'}\n  db: {image: 'postgres:18'}\n"
LAYER = "services:\n  web: {restart: always}\n"


def choice(files: dict[str, str], chosen: tuple[str, ...] = ()) -> Choice:
    return deployments(Files(of_texts(files)), chosen)


def paths(files: dict[str, str], chosen: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    return [item.paths for item in choice(files, chosen).chosen]


def test_the_default_file_without_its_override() -> None:
    found = choice({"docker-compose.yml": WHOLE, "docker-compose.override.yml": LAYER})
    assert [item.paths for item in found.chosen] == [("docker-compose.yml",)]
    assert found.left_out == (("docker-compose.override.yml", "development (docker-compose.override.yml)"),)


def test_compose_looks_for_names_in_its_own_order() -> None:
    assert paths({"docker-compose.yml": WHOLE, "compose.yaml": WHOLE})[0] == ("compose.yaml",)


def test_a_complete_file_named_production_stands_alone() -> None:
    assert paths({"docker-compose.yml": WHOLE, "docker-compose.prod.yml": WHOLE}) == [("docker-compose.prod.yml",)]


def test_a_layer_named_production_is_laid_on_the_default() -> None:
    found = paths({"docker-compose.yml": WHOLE, "docker-compose.prod.yml": LAYER})
    assert found == [("docker-compose.yml", "docker-compose.prod.yml")]


def test_files_that_a_deployment_gives_together() -> None:
    files = {
        "compose.yml": WHOLE,
        "compose.tls.yml": LAYER,
        "compose.override.yml": LAYER,
        ".github/workflows/deploy.yml": "run: docker compose -f compose.yml -f compose.tls.yml up -d\n",
        ".github/workflows/test.yml": "run: docker compose up -d\n",
    }
    found = choice(files).chosen
    assert [item.paths for item in found] == [("compose.yml", "compose.tls.yml")]
    assert found[0].reason == "used together in .github/workflows/deploy.yml:1"


def test_make_variables_are_followed() -> None:
    files = {
        "compose.yaml": WHOLE,
        "compose.full.yaml": LAYER,
        "compose.extra.yaml": LAYER,
        "Makefile": (
            "CORE=-f compose.yaml\nFILES := $(CORE) -f compose.full.yaml\nDOCKER_COMPOSE ?= docker compose\n"
            "start:\n\t$(DOCKER_COMPOSE) $(FILES) \\\n\t\tup --detach\n"
            "extra:\n\t$(DOCKER_COMPOSE) $(FILES) -f compose.extra.yaml up\n"
        ),
    }
    assert paths(files) == [("compose.yaml", "compose.full.yaml")]


def test_an_addition_that_a_guide_offers_is_not_the_usual_deployment() -> None:
    guide = "# Start\ndocker compose up -d\n# Behind a proxy\ndocker compose -f compose.yml -f p/proxy.yml up -d\n"
    assert paths({"compose.yml": WHOLE, "p/proxy.yml": LAYER, "README.md": guide}) == [("compose.yml",)]


def test_compose_file_in_the_environment_is_followed() -> None:
    files = {"compose.yml": WHOLE, "compose.tls.yml": LAYER, ".env": "COMPOSE_FILE=compose.yml:compose.tls.yml\n"}
    assert paths(files) == [("compose.yml", "compose.tls.yml")]


def test_complete_files_of_the_same_services_are_variants() -> None:
    files = {"docker-compose.yml": WHOLE, "docker-stack.yml": WHOLE, "docker-compose.images.yml": WHOLE}
    assert len(paths(files)) == 3


def test_other_services_and_unexplained_layers_are_left_out() -> None:
    files = {
        "docker-compose.yml": WHOLE,
        "docker-compose.monitoring.yml": "services:\n  grafana: {image: 'grafana/grafana:13'}\n",
        "docker-compose.gpu.yml": LAYER,
    }
    found = choice(files)
    assert [item.paths for item in found.chosen] == [("docker-compose.yml",)]
    assert len(found.left_out) == 2


def test_a_service_s_own_compose_file_is_its_development() -> None:
    files = {
        "compose.yml": "services:\n  web: {build: ./web}\n",
        "web/docker-compose.yml": WHOLE,
        "deploy2/docker-compose.yml": WHOLE,
    }
    assert paths(files) == [("compose.yml",), ("deploy2/docker-compose.yml",)]


def test_a_folder_named_production_beats_the_root() -> None:
    found = paths({"docker-compose.yml": WHOLE, "deploy/docker-compose.yml": WHOLE, "web.js": ""})
    assert found == [("deploy/docker-compose.yml",)]


def test_an_example_counts_where_nothing_else_is() -> None:
    assert paths({"compose.example.yml": WHOLE}) == [("compose.example.yml",)]
    assert paths({"compose.example.yml": WHOLE, "compose.yml": WHOLE}) == [("compose.yml",)]
    assert paths({"tests/compose.yml": WHOLE}) == []


def test_files_of_any_name_that_a_command_names() -> None:
    files = {"production.yml": WHOLE, "local.yml": WHOLE, "README.md": "docker-compose -f production.yml up\n"}
    assert paths(files) == [("production.yml",)]


def test_the_person_s_own_choice_overrules() -> None:
    files = {"docker-compose.yml": WHOLE, "docker-compose.dev.yml": LAYER, "docker-compose.prod.yml": WHOLE}
    assert paths(files, ("docker-compose.yml", "docker-compose.dev.yml")) == [
        ("docker-compose.yml", "docker-compose.dev.yml")
    ]


def test_yaml_that_is_no_compose_file_is_none() -> None:
    manifest = "apiVersion: v1\nkind: Service\nservices: {a: {image: b}}\n"
    assert paths({"compose-service.yaml": manifest, "stack.yaml": "resolver: lts-22\n"}) == []


def test_a_command_s_files_are_found_from_the_script_s_folder_and_the_root() -> None:
    files = {
        "docker/compose.yml": WHOLE,
        "docker/up.sh": "docker compose -f compose.yml up\n",
        "scripts/run.sh": "docker compose --file=/srv/app/docker/compose.yml -p x up && docker compose logs\n",
        "scripts/gone.sh": "docker compose -f nowhere.yml up\n",
    }
    found = usages(Files(of_texts(files)))
    assert [(usage.paths, usage.source) for usage in found] == [
        (("docker/compose.yml",), "docker/up.sh:1"),
        (("docker/compose.yml",), "scripts/run.sh:1"),
    ]


def test_stack_deploy_names_its_file_with_c() -> None:
    found = usages(
        Files(of_texts({"docker-stack.yml": WHOLE, "d.sh": "docker stack deploy -c docker-stack.yml app\n"}))
    )
    assert [(usage.paths, usage.subcommand) for usage in found] == [(("docker-stack.yml",), "deploy")]


BUILT = "services:\n  app: {build: .}\n  db: {image: 'postgres:18'}\n"
STORES = "services:\n  db: {image: 'postgres:18'}\n  cache: {image: 'redis:8'}\n  admin: {image: 'adminer:5'}\n"
WATCHING = "services:\n  prometheus: {image: 'prom/prometheus:v3'}\n  grafana: {image: 'grafana/grafana:13'}\n"


def test_files_of_any_name_are_told_by_what_they_hold() -> None:
    files = {
        "package.json": '{"name": "the-shop"}',
        "src/main/docker/app.yml": "services:\n  app: {image: theshop}\n  db: {extends: {file: db.yml, service: db}}\n",
        "src/main/docker/db.yml": "services:\n  db: {image: 'postgres:18'}\n",
        "src/main/docker/monitoring.yml": WATCHING,
        "src/main/docker/quality.yml": "services:\n  sonar: {image: 'sonarqube:26'}\n",
        "src/main/docker/services.yml": "services:\n  db: {extends: {file: ./db.yml, service: db}}\n",
        "config/services.yaml": "services:\n  App\\Mailer: {class: App\\Mailer}\n",
    }
    found = choice(files)
    assert [item.paths for item in found.chosen] == [
        ("src/main/docker/app.yml",),
        ("src/main/docker/monitoring.yml",),
    ]
    assert dict(found.left_out)["src/main/docker/db.yml"] == "other files take services from it"
    assert {path for path, _ in found.left_out} >= {"src/main/docker/quality.yml", "src/main/docker/services.yml"}


def test_files_of_environments_without_a_usual_name() -> None:
    assert paths({"production.yml": BUILT, "local.yml": BUILT}) == [("production.yml",)]


def test_what_ci_and_helpers_start_does_not_count_beside_the_application() -> None:
    files = {
        "docker-compose.yml": BUILT,
        ".github/docker-compose.yml": BUILT,
        "scripts/docker-compose.yml": STORES,
        "database/docker-compose.yml": STORES,
        "metrics/docker-compose.yml": WATCHING,
    }
    found = choice(files)
    assert [item.paths for item in found.chosen] == [("docker-compose.yml",), ("metrics/docker-compose.yml",)]
    assert dict(found.left_out) == {
        ".github/docker-compose.yml": "what CI starts (.github/)",
        "database/docker-compose.yml": "it starts nothing of the application",
        "scripts/docker-compose.yml": "it starts nothing of the application",
    }


def test_variants_in_a_helper_s_folder_count_where_nothing_else_is() -> None:
    texts = {"contrib/compose/basic.yml": WHOLE, "contrib/compose/proxy.yml": WHOLE}
    assert len(paths(texts)) == 2


def test_a_file_that_says_it_is_for_development_gives_way() -> None:
    said = "# This setup is intended for development only.\n" + BUILT
    assert paths({"compose.yml": said}) == [("compose.yml",)]
    assert paths({"compose.yml": said, "deploy/stack.yml": WHOLE, "ops/compose.yml": BUILT})[0] != ("compose.yml",)


def test_a_demonstration_of_the_sources_above_it_gives_way() -> None:
    above = "services:\n  app: {build: ..}\n  jaeger: {image: 'jaegertracing/all-in-one:1'}\n"
    assert [item.doubt for item in choice({"tracing/compose.yml": above}).chosen] == [
        "it tries out the sources above tracing/"
    ]
    assert [item.weak for item in choice({"docker/compose.yml": above}).chosen] == [None]


def test_what_ci_pushes_and_what_a_module_is_called_are_this_repository_s_images() -> None:
    workflow = (
        "jobs:\n  push:\n    steps:\n      - uses: docker/metadata-action@v5\n        with:\n          images: |\n"
        "            docker.io/example/shop\n            ghcr.io/example/shop-cli\n"
        "      - uses: docker/build-push-action@v6\n        with:\n          tags: example/shop-worker:latest\n"
    )
    texts = {
        ".github/workflows/image.yml": workflow,
        "docker-bake.hcl": 'target "x" {\n  tags = ["example/shop-baked:1"]\n}\n# docker\n',
        "go.mod": "module shopd.example/v2\n\ngo 1.25\n",
        "package.json": '{"name": "@the-scope/root"}',
    }
    found = stacks.own_names(Files(of_texts(texts)))
    assert found == {"shop", "shopcli", "shopworker", "shopbaked", "shopd", "thescope"}


def test_parts_of_one_deployment_lie_in_files_of_their_own() -> None:
    files = {
        "swarm/app.yml": "services:\n  api:\n    image: e/api:1\n    environment:\n      DB: postgres://u@db:5432/x\n",
        "swarm/db.yml": "services:\n  db: {image: 'postgres:16'}\n",
        "swarm/other.yml": "services:\n  wiki: {image: 'e/wiki:1'}\n",
        "swarm/watch.yml": WATCHING,
    }
    assert {item.paths[0] for item in choice(files).chosen} == {"swarm/app.yml", "swarm/db.yml", "swarm/watch.yml"}


def test_variants_that_add_to_the_same_services_count_where_none_is_the_usual_one() -> None:
    proxied = "services:\n  proxy: {image: 'caddy:2'}\n  web: {image: 'a/b:1'}\n  db: {image: 'postgres:18'}\n"
    files = {"contrib/compose/basic.yml": WHOLE, "contrib/compose/caddy.yml": proxied}
    assert len(paths(files)) == 2
    assert paths({"docker-compose.yml": WHOLE, "docker-compose.caddy.yml": proxied}) == [("docker-compose.yml",)]
