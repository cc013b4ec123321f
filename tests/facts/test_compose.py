"""Compose files to facts: long and short forms, variables, layers, roles, secrets by name only."""

import textwrap

import pytest

from releasekit.facts.detectors import compose
from releasekit.facts.files import Files
from releasekit.facts.model import Fact, Finding
from releasekit.tree import of_texts


def detect(files: dict[str, str], chosen: tuple[str, ...] = ()) -> list[Fact | Finding]:
    tree = of_texts({path: textwrap.dedent(text) for path, text in files.items()})
    return list(compose.detect(Files(tree, chosen)))


def facts(text: str, **others: str) -> list[Fact]:
    named = {path.replace("__", "/").replace("_dot_", "."): body for path, body in others.items()}
    return [item for item in detect({"compose.yaml": text, **named}) if isinstance(item, Fact)]


def of(found: list[Fact], kind: str) -> set[tuple[object, ...]]:
    return {(fact.service, fact.name, fact.value) for fact in found if fact.kind == kind}


def values(found: list[Fact], kind: str, service: str | None = None) -> list[object]:
    return [fact.value for fact in found if fact.kind == kind and service in {None, fact.service}]


def test_ports_are_the_containers_side_in_every_form() -> None:
    found = facts("""\
        services:
          web:
            image: a/b:1
            expose: ["9000"]
            ports:
              - "8080:80"
              - 127.0.0.1:8443:443
              - "[::1]:7000:7001"
              - "53:53/udp"
              - 3000
              - "4000-4002:5000-5002"
              - target: 6000
                published: "60"
              - "${NOWHERE}"
              - "${PORT:-8000}:8000"
        """)
    assert values(found, "port") == [80, 443, 7001, 53, 3000, 5000, 5001, 5002, 6000, 8000, 9000]


def test_a_debuggers_port_is_no_port_of_the_service() -> None:
    found = facts("""\
        services:
          web:
            image: a/b:1
            command: java -agentlib:jdwp=transport=dt_socket,address=5005 -jar a.jar
            ports: ["9229:9229", "5005:5005", "80:80"]
        """)
    assert values(found, "port") == [80]


@pytest.mark.parametrize(
    ("test", "value"),
    [
        ('["CMD", "curl", "-f", "http://localhost:8000/health/?full=1"]', "http:/health"),
        ("curl -fs localhost/ready || exit 1", "http:/ready"),
        ("wget -q --spider http://127.0.0.1:3000", "http:/"),
        ('["CMD-SHELL", "pg_isready -U $${USER}"]', "cmd:pg_isready -U ${USER}"),
        ("nc -z localhost 9092", "tcp:9092"),
        ("bash -c 'echo > /dev/tcp/localhost/4000'", "tcp:4000"),
        ('["CMD", "/bin/grpc_health_probe", "-addr=:5050"]', "grpc:5050"),
        ("mysqladmin ping -h localhost -u root -phunter2", "cmd:mysqladmin ping -h localhost -u root -p***"),
        ("redis-cli -a hunter2 ping", "cmd:redis-cli -a *** ping"),
    ],
)
def test_a_health_check_says_what_it_asks(test: str, value: str) -> None:
    found = facts(f"services:\n  web:\n    image: a/b:1\n    healthcheck:\n      test: {test}\n")
    assert values(found, "healthcheck") == [value]


@pytest.mark.parametrize("check", ["{disable: true, test: curl http://x/}", "{test: NONE}", '{test: ["NONE"]}', "{}"])
def test_a_check_that_is_off_is_none(check: str) -> None:
    assert not values(facts(f"services:\n  web:\n    image: a/b:1\n    healthcheck: {check}\n"), "healthcheck")


def test_a_check_that_cannot_fail_is_a_finding() -> None:
    text = "services:\n  web:\n    image: a/b:1\n    healthcheck:\n      test: curl http://localhost/ || true\n"
    (finding,) = [item for item in detect({"compose.yaml": text}) if isinstance(item, Finding)]
    assert (finding.rule, finding.places) == ("health-cannot-fail", ("compose.yaml:5",))


def test_dependencies_of_both_forms_and_of_links() -> None:
    found = facts("""\
        services:
          web:
            image: a/b:1
            depends_on: [db]
            links: ["cache:c"]
            network_mode: "service:vpn"
          worker:
            image: a/b:1
            depends_on:
              db: {condition: service_healthy}
              migrate: {condition: service_completed_successfully}
          db: {image: "postgres:18"}
          cache: {image: "redis:8"}
          vpn: {image: "x/vpn:1"}
          migrate: {image: "a/b:1", command: ./migrate.sh}
        """)
    assert of(found, "depends_on") == {
        ("web", "db", "service_started"),
        ("web", "cache", "service_started"),
        ("web", "vpn", "service_started"),
        ("worker", "db", "service_healthy"),
        ("worker", "migrate", "service_completed_successfully"),
    }
    roles = {fact.name: fact.value for fact in found if fact.kind == "service"}
    assert roles == {
        "web": "app",
        "worker": "app",
        "db": "datastore",
        "cache": "datastore",
        "vpn": "app",
        "migrate": "job",
    }


def test_a_dependency_that_is_not_there_is_a_finding_and_no_fact() -> None:
    said = detect({"compose.yaml": "services:\n  web:\n    image: a/b:1\n    depends_on: [gone]\n"})
    assert [item.rule for item in said if isinstance(item, Finding)] == ["unknown-dependency"]
    assert not [item for item in said if isinstance(item, Fact) and item.kind == "depends_on"]


def test_images_are_expanded_and_unpinned_only_without_a_tag() -> None:
    found = facts(
        """\
        services:
          a: {image: "${REGISTRY:-example.org:5000}/a:${TAG}"}
          b: {image: "b"}
          c: {image: "c:${C_TAG:-latest}"}
          d: {image: "d@sha256:0000"}
          e: {image: "e:${UNKNOWN}"}
          f: {build: .}
        """,
        _dot_env="TAG=1.2\n",
    )
    assert of(found, "image") == {
        ("a", "example.org:5000/a", "example.org:5000/a:1.2"),
        ("b", "b", "b"),
        ("c", "c", "c:latest"),
        ("d", "d", "d@sha256:0000"),
        ("e", "e", "e:${UNKNOWN}"),
    }
    assert {service for service, _, _ in of(found, "image_unpinned")} == {"b", "c"}


def test_only_named_volumes_and_the_data_of_stores_last() -> None:
    found = facts("""\
        services:
          web:
            image: a/b:1
            volumes:
              - data:/data:ro
              - ./src:/app
              - /var/run/docker.sock:/var/run/docker.sock
              - /app/node_modules
              - {type: volume, source: more, target: /more}
              - {type: bind, source: ./x, target: /x}
              - {type: tmpfs, target: /tmp}
              - fast:/fast
          db:
            image: postgres:18
            volumes: ["./pg:/var/lib/postgresql/data", "./init.sql:/docker-entrypoint-initdb.d/init.sql"]
        volumes:
          data: {}
          more:
          fast: {driver_opts: {type: tmpfs, device: tmpfs}}
        """)
    assert of(found, "volume") == {
        ("web", "data", "/data"),
        ("web", "more", "/more"),
        ("db", "./pg", "/var/lib/postgresql/data"),
    }


def test_secrets_are_named_and_their_values_appear_nowhere() -> None:
    said = detect(
        {
            "compose.yaml": """\
                services:
                  web:
                    image: a/b:1
                    environment:
                      - SECRET_KEY=hunter2-key
                      - DATABASE_URL=postgres://app:hunter2-url@db/app
                      - API_TOKEN=${API_TOKEN:-hunter2-default}
                      - STRIPE_KEY_ID=x
                      - SMTP_PASSWORD
                      - PASSWORD_MIN_LENGTH=12
                      - PUBLIC_URL=https://example.org
                    command: serve --password=hunter2-flag --token ${API_TOKEN}
                    secrets: [db_password]
                  db:
                    image: postgres:18
                    environment: {POSTGRES_PASSWORD: "${DB_PASSWORD}", POSTGRES_PASSWORD_FILE: /run/secrets/db_password}
                secrets:
                  db_password: {file: ./db_password.txt}
                """,
            ".env": "DB_PASSWORD=hunter2-env\n",
        }
    )
    assert "hunter2" not in repr(said)
    found = [item for item in said if isinstance(item, Fact)]
    assert {(fact.name, fact.value) for fact in found if fact.kind == "secret"} == {
        ("SECRET_KEY", "hardcoded"),
        ("DATABASE_URL", "hardcoded"),
        ("API_TOKEN", "default in the file"),
        ("API_TOKEN", "env"),
        ("SMTP_PASSWORD", "env"),
        ("POSTGRES_PASSWORD", "committed .env"),
        ("DB_PASSWORD", "committed .env"),
        ("db_password", "mounted"),
    }


def test_what_the_operator_must_give() -> None:
    found = facts(
        """\
        services:
          web:
            image: a/b:${TAG:?say which}
            environment:
              GIVEN: ${GIVEN}
              DOMAIN: ${DOMAIN}
              EXAMPLED: ${EXAMPLED}
              PLACEHOLDER: ${PLACEHOLDER}
              DEFAULTED: ${DEFAULTED:-}
              SMTP_HOST: ${SMTP_HOST}
              APP_SECRET:
              LOCALE:
        """,
        _dot_env="GIVEN=1\n",
        _dot_env_dot_example="EXAMPLED=1\nPLACEHOLDER=changeme\n",
    )
    assert {fact.name for fact in found if fact.kind == "env_required"} == {
        "TAG",
        "DOMAIN",
        "PLACEHOLDER",
        "APP_SECRET",
    }


def test_comments_say_which_empty_variables_are_required() -> None:
    found = facts("""\
        x-environment: &environment
          # REQUIRED
          WEB_URL:
          # Optional: signing
          SIGNING_SECRET:
        services:
          web:
            image: a/b:1
            environment: *environment
        """)
    assert [fact.name for fact in found if fact.kind == "env_required"] == ["WEB_URL"]


def test_labels_of_proxies_give_hosts_ports_and_certificates() -> None:
    found = facts("""\
        services:
          proxy:
            image: traefik:3
            command: ["--certificatesresolvers.le.acme.tlschallenge=true", "--certificatesresolvers.le.acme.email=x"]
          web:
            image: a/b:1
            labels:
              - traefik.http.routers.web.rule=Host(`a.org`, `www.a.org`) || Host(`${DOMAIN:?set}`)
              - traefik.http.routers.web.tls.certresolver=le
              - traefik.http.services.web.loadbalancer.server.port=8000
          api:
            image: a/b:1
            labels: {caddy: "api.a.org, api2.a.org", caddy.reverse_proxy: "{{upstreams 9000}}"}
          old:
            image: a/b:1
            deploy: {labels: {traefik.frontend.rule: "Host:old.a.org,older.a.org;Path:/x", traefik.port: "81"}}
          jwilder:
            image: a/b:1
            environment: {VIRTUAL_HOST: "v.a.org,localhost", VIRTUAL_PORT: 82}
        """)
    hosts = {"a.org", "www.a.org", "${DOMAIN}", "api.a.org", "api2.a.org", "old.a.org", "older.a.org", "v.a.org"}
    assert set(values(found, "host")) == hosts
    assert values(found, "port") == [8000, 9000, 81, 82]
    assert of(found, "tls") == {("proxy", "le", "letsencrypt")}


def test_swarm_says_replicas_and_how_it_updates() -> None:
    found = facts("""\
        services:
          web:
            image: a/b:1
            stop_grace_period: 30s
            deploy: {replicas: 3, update_config: {order: start-first}}
          once:
            image: a/b:1
            deploy: {restart_policy: {condition: none}}
        """)
    assert of(found, "replicas") == {("web", "web", 3)}
    assert values(found, "rollout_strategy") == ["RollingUpdate start-first"]
    assert values(found, "stop_grace") == ["30s"]
    assert {fact.name: fact.value for fact in found if fact.kind == "service"}["once"] == "job"


def test_services_of_development_profiles_are_left_out() -> None:
    found = facts("""\
        services:
          web: {image: "a/b:1"}
          mail: {image: "m/m:1", profiles: [dev]}
          seed: {image: "s/s:1", profiles: [seed]}
        """)
    assert [fact.name for fact in found if fact.kind == "service"] == ["web", "seed"]


def test_extends_takes_what_another_service_says() -> None:
    found = facts(
        """\
        services:
          worker:
            extends: {file: common/base.yaml, service: app}
            command: work
          web:
            extends: worker
            ports: ["80:8000"]
        """,
        common__base_dot_yaml="""\
        services:
          app:
            image: a/b:1
            environment: [MODE=x]
            depends_on: [web]
        """,
    )
    assert of(found, "image") == {("worker", "a/b", "a/b:1"), ("web", "a/b", "a/b:1")}
    assert {(fact.service, fact.value) for fact in found if fact.kind == "start_command"} == {
        ("worker", "work"),
        ("web", "work"),
    }


def test_a_service_that_extends_itself_ends() -> None:
    found = facts("services:\n  a:\n    extends: a\n    image: x:1\n  b:\n    extends: c\n  c:\n    extends: b\n")
    assert [fact.name for fact in found if fact.kind == "service"] == ["a", "b", "c"]


def test_included_files_belong_to_the_model() -> None:
    found = facts(
        "include:\n  - infra/compose.yaml\nservices:\n  web:\n    image: a/b:1\n    depends_on: [db]\n",
        infra__compose_dot_yaml="services:\n  db:\n    image: postgres:18\n",
    )
    assert ("web", "db", "service_started") in of(found, "depends_on")


def test_what_is_built_says_its_dockerfile_and_what_it_is_built_on() -> None:
    found = facts(
        """\
        services:
          queue: {build: {context: ., dockerfile: docker/queue/Dockerfile}}
          store: {build: {context: store, args: {BASE: "clickhouse/clickhouse-server:24"}}}
          far: {build: "https://example.org/x.git"}
        """,
        docker__queue__Dockerfile="FROM apache/kafka:4.0.0 AS base\nFROM base\n",
        store__Dockerfile="ARG BASE\nFROM ${BASE}\n",
    )
    assert of(found, "build") >= {("queue", "docker/queue/Dockerfile", "."), ("store", "store/Dockerfile", "store")}
    assert of(found, "datastore") == {(None, "queue", "kafka"), (None, "store", "clickhouse")}


def test_a_bad_reference_is_noted_and_the_rest_is_read() -> None:
    tree = of_texts({"compose.yaml": "services:\n  web:\n    image: ${BROKEN\n    ports: ['80:80']\n"})
    files = Files(tree)
    found = [item for item in compose.detect(files) if isinstance(item, Fact)]
    assert values(found, "port") == [80]
    assert [finding.places for finding in files.findings()] == [("compose.yaml:3",)]


@pytest.mark.parametrize(
    "text",
    [
        "services:\n  web:\n",
        "services: []\n",
        "services:\n  web: text\n",
        "services:\n  web: {image: [a], ports: {a: b}, environment: 3, volumes: 1, depends_on: 7, build: []}\n",
        "services:\n  web: {image: a, healthcheck: {test: {a: b}}, labels: 3, command: {a: b}, secrets: {a: b}}\n",
        "- a\n",
        "services:\n  web: {image: a:1, ports: [null, '', ':', 'x:y', {target: z}], volumes: ['', ':', null]}\n",
    ],
)
def test_odd_shapes_are_read_as_far_as_they_go(text: str) -> None:
    assert isinstance(detect({"compose.yaml": text}), list)


def test_a_placeholder_is_no_value() -> None:
    found = facts("""\
        services:
          web:
            image: a/b:1
            environment: {APP_SECRET: REPLACE_WITH_LONG_SECRET, DB_PASSWORD: STRONG_DB_PASSWORD, MODE: production}
        """)
    assert {fact.name for fact in found if fact.kind == "env_required"} == {"APP_SECRET", "DB_PASSWORD"}


def test_an_image_of_one_s_own_says_what_it_holds() -> None:
    found = facts("services:\n  store: {image: 'example/shop-mongodb:1'}\n  copy: {image: 'example/redis-backup:1'}\n")
    assert of(found, "datastore") == {(None, "store", "mongodb")}


def test_development_shows_whose_source_an_image_is() -> None:
    said = detect(
        {
            "compose.prod.yml": "services:\n  web: {image: 'a/b:1'}\n  db: {image: 'a/c:1'}\n",
            "compose.dev.yml": "services:\n  web: {build: {context: ./src/web}}\n  db: {build: ./db}\n",
            "src/web/Dockerfile": "FROM python:3.13\n",
            "db/Dockerfile": "FROM postgres:18\n",
        }
    )
    found = [item for item in said if isinstance(item, Fact)]
    assert of(found, "build") == {("web", "src/web/Dockerfile", "src/web"), ("db", "db/Dockerfile", "db")}
    assert of(found, "datastore") == {(None, "db", "postgres")}


def test_a_layer_resets_overrides_and_replaces() -> None:
    found = facts(
        """\
        services:
          web:
            image: a/b:1
            command: old
            ports: ["80:80"]
            volumes: ["data:/data", "more:/more"]
            environment: [A=1, B=2]
            depends_on: [db]
          db: {image: "postgres:18", ports: ["5432:5432"]}
          gone: {image: "x:1"}
        """,
        compose_dot_prod_dot_yaml="""\
        services:
          web:
            command: new
            ports: !override ["81:81"]
            volumes: ["other:/data"]
          db:
            ports: !reset []
          gone: !reset null
        """,
    )
    assert values(found, "port") == [81]
    assert {fact.value for fact in found if fact.kind == "start_command"} == {"new"}
    assert of(found, "volume") == {("web", "other", "/data"), ("web", "more", "/more")}
    assert [fact.name for fact in found if fact.kind == "service"] == ["web", "db"]


def test_an_empty_text_is_chosen_and_a_variable_passed_on_is_required_where_the_comment_says_so() -> None:
    text = (
        "services:\n  web:\n    image: a/b:1\n    environment:\n"
        "      ############ REQUIRED ############\n\n"
        "      # where it is reached\n      BASE_URL:\n"
        "      # Used by the search only. Keep it empty here\n      SEARCH_URL: ''\n      SEARCH_TOKEN: ''\n"
        "      # required\n      OWNER: ''\n"
    )
    found = facts(text)
    assert {fact.name for fact in found if fact.kind == "env_required"} == {"BASE_URL", "OWNER"}
    assert [(fact.name, fact.value) for fact in found if fact.kind == "secret"] == [("SEARCH_TOKEN", "env")]


def test_variables_of_optional_profiles_are_required_only_where_compose_refuses_to_start() -> None:
    text = (
        "services:\n  web: {image: 'a/b:1'}\n"
        "  search:\n    image: a/c:1\n    profiles: [search]\n"
        "    environment: {KEY: '${SEARCH_KEY}', HOST: '${SEARCH_HOST:?}', SEARCH_SECRET: }\n"
    )
    found = facts(text)
    assert {fact.name for fact in found if fact.kind == "env_required"} == {"SEARCH_HOST"}


def test_a_file_that_marks_what_is_required_says_so_of_all_its_variables() -> None:
    text = (
        "services:\n  web:\n    image: a/b:1\n    environment:\n"
        "      - BASE_URL=${BASE_URL:?}\n      - SESSION_KEY=${SESSION_KEY:?}\n      - THEME=${THEME}\n"
        "      - PORT=${PORT:-3000}\n      - SELF=${SELF:-http://localhost:$PORT}\n"
    )
    assert {fact.name for fact in facts(text) if fact.kind == "env_required"} == {"BASE_URL", "SESSION_KEY"}


def test_the_root_s_example_of_variables_is_for_files_in_folders_without_one() -> None:
    text = "services:\n  web: {image: 'a/b:${TAG}', environment: {HOST: '${HOST}', KEY: '${KEY}'}}\n"
    found = detect({"deploy/compose.yml": text, ".env.example": "TAG=1.2\nHOST=localhost\nKEY=changeme\n"})
    said = [item for item in found if isinstance(item, Fact)]
    assert {fact.name for fact in said if fact.kind == "env_required"} == {"KEY"}
    assert values(said, "image") == ["a/b:1.2"]
