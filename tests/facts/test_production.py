"""Which Compose files are production, from what repositories show of themselves."""

import pytest

from releasekit.facts.files import Files
from releasekit.facts.production import stacks
from releasekit.facts.production.choosing import Choice, deployments
from releasekit.facts.production.together import together
from releasekit.facts.production.usages import Usage, usages
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
    assert found[0].reason == "a pipeline that deploys takes them together: .github/workflows/deploy.yml:1"


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
    pipeline = "steps:\n  test: {image: golang, commands: [go test]}\n" + WHOLE
    assert paths({".woodpecker.yml": pipeline, ".drone.yml": pipeline}) == []


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


def used(path: str, text: str) -> list[tuple[tuple[str, ...], str, int]]:
    """(files, subcommand, line) of each usage in one file, of a tree with a few Compose files."""
    files = {"a.yml": WHOLE, "b.yml": LAYER, "deploy/a2.yml": WHOLE, path: text}
    return [(one.paths, one.subcommand, int(one.source.rpartition(":")[2])) for one in usages(Files(of_texts(files)))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("# docker compose -f a.yml up\n", []),
        ("echo 'docker compose -f a.yml up'\n", []),
        ("echo docker compose -f a.yml up\n", []),
        ("true # docker compose -f a.yml up\n", []),
        ("TAG=1 docker compose -f a.yml up\n", [(("a.yml",), "up", 1)]),
        ("sudo -u app docker --context live compose -f a.yml -p up pull\n", [(("a.yml",), "pull", 1)]),
        ("x\ndocker compose \\\n  -f a.yml \\\n  -f b.yml up\n", [(("a.yml", "b.yml"), "up", 2)]),
        ("x && docker compose -f 'a.yml' up | tee -f log\n", [(("a.yml",), "up", 1)]),
        ("docker compose -f a.yml logs -f b.yml\n", [(("a.yml",), "logs", 1)]),
        ("ssh host 'cd /srv && docker compose -f a.yml up -d'\n", [(("a.yml",), "up", 1)]),
        ("ssh host <<EOF\n# no\ndocker compose -f a.yml up\nEOF\n", [(("a.yml",), "up", 3)]),
        ("sh -c 'docker compose -f a.yml up'\n", [(("a.yml",), "up", 1)]),
        ("DC='docker compose -f a.yml'\n$DC up\n", [(("a.yml",), "up", 2)]),
        ("$DOCKER_COMPOSE -f a.yml up\n", [(("a.yml",), "up", 1)]),
        ("docker compose $FILES up\ndocker compose up $NAME\n", [((), "up", 2)]),
        ("cd deploy\ndocker compose -f a2.yml up\n", [(("deploy/a2.yml",), "up", 2)]),
        ("docker compose -f=a.yml build\ndocker run -f a.yml\n", [(("a.yml",), "build", 1)]),
        ("docker stack up --compose-file a.yml x\n", [(("a.yml",), "deploy", 1)]),
        ("docker compose --profile run -f a.yml\n", [(("a.yml",), "", 1)]),
        ("COMPOSE_FILE=a.yml:b.yml docker compose up\n", [(("a.yml", "b.yml"), "up", 1)]),
        ("echo 'COMPOSE_FILE=a.yml;b.yml' >> .env\n", [(("a.yml", "b.yml"), "up", 1)]),
        ("cat > .env <<EOF\nCOMPOSE_FILE=a.yml\nEOF\n", [(("a.yml",), "up", 1)]),
        (
            "export COMPOSE_FILE=a.yml\ndocker compose build\n",
            [(("a.yml",), "up", 1), (("a.yml",), "build", 2)],
        ),
    ],
)
def test_commands_of_compose_in_a_script(text: str, found: list[tuple[tuple[str, ...], str, int]]) -> None:
    assert used("x.sh", text) == found


def test_commands_of_compose_in_other_files() -> None:
    assert used("Makefile", "DC = docker compose -f a.yml\nup:\n\t@$(DC) up\n") == [(("a.yml",), "up", 3)]
    assert used("Makefile", "export COMPOSE_FILE := a.yml\n") == [(("a.yml",), "up", 1)]
    assert used("package.json", '{"scripts": {"up": "docker compose -f a.yml up"}}') == [(("a.yml",), "up", 1)]
    assert used("README.md", "Never docker compose -f a.yml up, but `docker compose -f b.yml up`.\n") == [
        (("b.yml",), "up", 1)
    ]
    assert used(".env", "# COMPOSE_FILE=b.yml\nCOMPOSE_FILE=a.yml\n") == [(("a.yml",), "up", 2)]
    workflow = "env:\n  COMPOSE_FILE: a.yml\nsteps:\n  - run: |\n      docker compose -f b.yml up\n"
    assert used(".github/workflows/x.yml", workflow) == [(("a.yml",), "up", 2), (("b.yml",), "up", 5)]


COMPLETE = {"a.yml": {"web": True}, "b.yml": {"web": False}, "c.yml": {"web": False}, "prod.yml": {"web": False}}


def usage(*paths: str, sub: str = "up", context: str = "", deploys: bool = False) -> Usage:
    return Usage(paths, sub, context, f"{context or 'x'}.sh:1", "", deploys)


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        (usage("a.yml", "b.yml", deploys=True), usage("a.yml", "c.yml", context="production"), "a pipeline that"),
        (usage("a.yml", "b.yml", context="production"), usage("a.yml", "prod.yml"), "where production is spoken of"),
        (usage("a.yml", "prod.yml", sub="pull"), usage("a.yml", "b.yml", context="start"), "called production"),
        (usage("a.yml", "b.yml", context="start"), usage("a.yml", "c.yml"), "what is started most plainly"),
        (usage("a.yml", "b.yml"), usage("a.yml", "c.yml", sub="down"), "what is started takes"),
        (usage("a.yml", "b.yml"), usage("a.yml", "c.yml", context="test"), "what is started takes"),
        (usage("a.yml", "b.yml"), usage("a.yml", "b.yml", "gone.yml"), "what is started takes"),
    ],
)
def test_the_first_rule_at_which_two_sets_differ_decides(first: Usage, second: Usage, reason: str) -> None:
    for given in ((first, second), (second, first)):
        paths, why = together(given, "a.yml", COMPLETE) or ((), "")
        assert paths == first.paths
        assert why.startswith(reason)
        assert why.endswith(first.source)


def test_of_sets_that_are_alike_the_one_that_is_taken_more_often_then_the_larger() -> None:
    both = [usage("a.yml", "b.yml"), usage("a.yml", "c.yml", "b.yml")]
    assert (together(both, "a.yml", COMPLETE) or ((),))[0] == ("a.yml", "c.yml", "b.yml")
    assert (together([*both, both[0]], "a.yml", COMPLETE) or ((),))[0] == ("a.yml", "b.yml")


@pytest.mark.parametrize(
    "given",
    [
        [usage("a.yml", "b.yml"), usage("a.yml")],  # the default file is started just so
        [usage("a.yml", "b.yml", context="dev")],
        [usage("a.yml", "b.yml", sub="down")],
        [usage("b.yml", context="production")],  # not complete without the default file
        [usage("a.yml")],
        [],
    ],
)
def test_the_default_file_stays_where_nothing_is_more_like_production(given: list[Usage]) -> None:
    assert together(given, "a.yml", COMPLETE) is None


def test_files_without_the_default_one_need_a_word_of_production() -> None:
    services = {"a.yml": {"web": True}, "z.yml": {"web": True}, "prod.yml": {"web": True}}
    assert together([usage("z.yml")], "a.yml", services) is None
    assert together([usage("z.yml")], "", services) == (("z.yml",), "what is started takes it: x.sh:1")
    assert together([usage("z.yml", context="production")], "a.yml", services) is not None
    assert together([usage("prod.yml")], "a.yml", services) is not None
    assert together([usage("prod.yml", context="dev")], "a.yml", services) is None


def test_a_pipeline_to_an_earlier_stage_decides_nothing() -> None:
    stages = [
        usage("a.yml", "prod.yml", "b.yml", context="deploy staging", deploys=True),
        usage("a.yml", "prod.yml", context="deploy production", deploys=True),
    ]
    assert (together(stages, "a.yml", COMPLETE) or ((),))[0] == ("a.yml", "prod.yml")
    assert together([usage("a.yml", "b.yml", sub="run", deploys=True)], "a.yml", COMPLETE) == (
        ("a.yml", "b.yml"),
        "what is started takes them together: x.sh:1",
    )


def test_a_file_that_is_only_built_is_not_deployed() -> None:
    files = {
        "deploy/compose.yml": WHOLE,
        "deploy/build.yml": BUILT,
        "x.sh": "docker compose -f deploy/build.yml build\n",
    }
    found = choice(files)
    assert [item.paths for item in found.chosen] == [("deploy/compose.yml",)]


def test_a_pipeline_at_the_root_takes_the_default_file_there() -> None:
    files = {
        "compose.yml": WHOLE,
        "compose.tls.yml": LAYER,
        ".github/workflows/deploy.yml": "jobs:\n  deploy:\n    steps:\n      - run: docker compose up -d\n",
        "up.sh": "docker compose -f compose.yml -f compose.tls.yml up\n",
    }
    assert paths(files) == [("compose.yml",)]
    files[".github/workflows/deploy.yml"] = ""
    assert paths(files) == [("compose.yml", "compose.tls.yml")]


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
