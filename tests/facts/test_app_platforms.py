"""DigitalOcean's app specifications, Heroku's and Railway's files."""

from releasekit.facts.analysis import analyse
from releasekit.facts.detectors import digitalocean, heroku, unread
from releasekit.tree import of_texts
from tests.facts import saying

SPEC = """\
spec:
  name: shop
  domains:
    - domain: shop.example.net
  services:
    - name: web
      image: {registry_type: GHCR, registry: example, repository: shop, tag: "1.4"}
      http_port: 8080
      instance_count: 2
      health_check: {http_path: /ready}
      envs:
        - key: DATABASE_URL
          value: ${shop-db.DATABASE_URL}
        - key: SESSION_SECRET
          type: SECRET
        - key: SEARCH
          value: ${search.PRIVATE_URL}
        - key: HOST
          value: ${APP_URL}
    - name: search
      image: {registry_type: DOCKER_HUB, registry: example, repository: search}
  jobs:
    - name: migrate
      kind: PRE_DEPLOY
      source_dir: api
      dockerfile_path: api/Dockerfile
      run_command: ./migrate
  databases:
    - name: shop-db
      engine: MYSQL
    - name: other-db
"""


def test_an_app_specification_s_components_and_databases() -> None:
    texts = {".do/deploy.template.yaml": SPEC}
    assert saying.pairs(digitalocean.detect, texts, "service") == [
        ("shop-db", "datastore"),
        ("other-db", "datastore"),
        ("web", "app"),
        ("search", "app"),
        ("migrate", "job"),
    ]
    assert saying.pairs(digitalocean.detect, texts, "datastore") == [("shop-db", "mysql"), ("other-db", "postgres")]
    assert saying.pairs(digitalocean.detect, texts, "depends_on") == [
        ("shop-db", "DATABASE_URL"),
        ("search", "SEARCH"),
    ]
    assert saying.values(digitalocean.detect, texts, "image") == ["ghcr.io/example/shop:1.4", "example/search"]
    assert saying.names(digitalocean.detect, texts, "image_unpinned") == {"example/search"}


def test_an_app_specification_s_shape_and_settings() -> None:
    texts = {".do/app.yaml": SPEC}
    assert saying.pairs(digitalocean.detect, texts, "port", "healthcheck", "replicas", "host", "build") == [
        ("http_port", 8080),
        ("health_check", "http:/ready"),
        ("web", 2),
        ("api/Dockerfile", "api"),
        ("domains", "shop.example.net"),
    ]
    assert saying.names(digitalocean.detect, texts, "secret") == {"DATABASE_URL", "SESSION_SECRET"}
    assert saying.names(digitalocean.detect, texts, "env_required") == {"SESSION_SECRET"}


def test_an_app_yaml_of_something_else_is_not_read() -> None:
    assert not saying.facts(digitalocean.detect, {"app.yaml": "runtime: python312\nservices:\n  - nothing\n"})


MANIFEST = """\
{
  "name": "Shop",
  "formation": {"web": {"quantity": 2}},
  "addons": ["heroku-postgresql:essential-0", {"plan": "rediscloud:30"}, "papertrail"],
  "env": {
    "BASE_URL": {"description": "where it is reached"},
    "SECRET_KEY": {"generator": "secret"},
    "MAIL_FROM": {"required": false},
    "WEB_CONCURRENCY": "2",
    "API_TOKEN": {"value": "changeme"}
  },
  "scripts": {"postdeploy": "bin/rails db:seed"}
}
"""


def test_an_app_json_asks_for_variables_and_adds_stores() -> None:
    texts = {"app.json": MANIFEST}
    assert saying.names(heroku.detect, texts, "env_required") == {"BASE_URL", "API_TOKEN"}
    assert saying.names(heroku.detect, texts, "secret") == {"SECRET_KEY", "API_TOKEN"}
    assert saying.pairs(heroku.detect, texts, "datastore") == [
        ("heroku-postgresql", "postgres"),
        ("rediscloud", "redis"),
    ]
    assert saying.pairs(heroku.detect, texts, "replicas") == [("web", 2)]


def test_processes_are_services_only_where_no_containers_are_deployed_and_add_ons_never() -> None:
    texts = {"app.json": MANIFEST, "Procfile": "web: bin/rails server\nworker: bin/jobs\n"}
    alone = analyse(of_texts(texts))
    assert {(fact.name, fact.value) for fact in alone.of("service")} == {
        ("web", "app"),
        ("worker", "app"),
    }
    assert {fact.value for fact in alone.of("datastore")} == {"postgres", "redis"}
    compose = "services:\n  app: {build: ., depends_on: [db]}\n  db: {image: 'mysql:8'}\n"
    beside = analyse(of_texts({**texts, "compose.yml": compose, "Dockerfile": "FROM ruby:3.4\n"}))
    assert {fact.name for fact in beside.of("service")} == {"app", "db"}
    assert [fact.value for fact in beside.of("datastore")] == ["mysql"]


def test_other_programs_app_json_is_not_heroku_s() -> None:
    assert not saying.facts(heroku.detect, {"app.json": '{"expo": {"name": "x"}, "env": {}, "scripts": {}}'})
    assert not saying.findings(unread.detect, {"app.json": MANIFEST})


def test_heroku_s_containers_have_their_dockerfiles_and_a_release_phase() -> None:
    text = (
        "setup:\n  addons:\n    - plan: heroku-postgresql\n"
        "build:\n  docker:\n    web: Dockerfile\n    worker: worker/Dockerfile\n"
        "release:\n  command:\n    - ./migrate\nrun:\n  web: ./serve\n"
    )
    texts = {"heroku.yml": text, "Dockerfile": "FROM scratch\nEXPOSE 80\n", "worker/Dockerfile": "FROM scratch\n"}
    found = analyse(of_texts(texts))
    assert {(fact.name, fact.value) for fact in found.of("service")} == {
        ("web", "app"),
        ("worker", "app"),
        ("release", "job"),
    }
    assert [(fact.service, fact.value) for fact in found.of("port")] == [("web", 80)]


def test_railway_s_file_gives_check_count_and_commands() -> None:
    text = (
        '[deploy]\nstartCommand = "node server.js"\npreDeployCommand = ["npm run migrate"]\n'
        'healthcheckPath = "/health"\nnumReplicas = 2\n'
    )
    found = analyse(of_texts({"railway.toml": text, "package.json": '{"dependencies": {"express": "5"}}'}))
    assert [(fact.service, fact.value) for fact in found.of("healthcheck", "replicas")] == [
        ("web", "http:/health"),
        ("web", 2),
    ]
    assert {fact.value for fact in found.of("start_command")} == {"node server.js", "npm run migrate"}
