"""Render, Fly, Kamal, Procfiles, systemd units, configuration of proxies, and what is recognised and not read."""

import textwrap

from releasekit.facts.detectors import fly, kamal, procfile, proxies, render, systemd, unread
from releasekit.facts.files import Files
from releasekit.facts.model import Fact
from releasekit.tree import of_texts


def files(**texts: str) -> Files:
    return Files(
        of_texts({name.replace("__", "/").replace("_dot_", "."): textwrap.dedent(text) for name, text in texts.items()})
    )


def of(found: list[Fact], *kinds: str) -> set[tuple[object, ...]]:
    return {(fact.kind, fact.service, fact.name, fact.value) for fact in found if fact.kind in kinds}


BLUEPRINT = """\
    services:
      - type: web
        name: shop
        runtime: docker
        rootDir: app
        healthCheckPath: /up
        preDeployCommand: bundle exec rails db:migrate
        numInstances: 2
        scaling: {minInstances: 1, maxInstances: 3}
        domains: [shop.example.net]
        disk: {name: data, mountPath: /var/data, sizeGB: 1}
        envVars:
          - key: DATABASE_URL
            fromDatabase: {name: shop-db, property: connectionString}
          - key: REDIS_URL
            fromService: {type: keyvalue, name: cache, property: connectionString}
          - {key: RAILS_MASTER_KEY, sync: false}
          - {key: SECRET_KEY_BASE, generateValue: true}
          - {key: PORT, value: "3000"}
          - fromGroup: shared
      - {type: keyvalue, name: cache, ipAllowList: []}
      - {type: cron, name: nightly, schedule: "0 3 * * *", startCommand: ./nightly.sh, runtime: ruby}
      - {type: pserv, name: search, runtime: image, image: {url: "docker.io/example/search"}}
    databases:
      - {name: shop-db, plan: starter}
    envVarGroups:
      - name: shared
        envVars: [{key: TENANT, sync: false}, {key: APP_SMTP_HOST, sync: false}]
    """


def test_a_blueprint_s_services_and_what_they_need() -> None:
    found = list(render.detect(files(render_dot_yaml=BLUEPRINT)))
    assert of(found, "service") == {
        ("service", None, "shop", "app"),
        ("service", None, "cache", "datastore"),
        ("service", None, "nightly", "job"),
        ("service", None, "search", "app"),
        ("service", None, "shop-db", "datastore"),
    }
    assert of(found, "depends_on") == {
        ("depends_on", "shop", "shop-db", "fromDatabase"),
        ("depends_on", "shop", "cache", "fromService"),
    }
    assert of(found, "datastore") == {("datastore", None, "shop-db", "postgres"), ("datastore", None, "cache", "redis")}


def test_a_blueprint_s_shape_and_settings() -> None:
    found = list(render.detect(files(render_dot_yaml=BLUEPRINT)))
    values = {fact.kind: fact.value for fact in found if fact.service == "shop"}
    assert values["healthcheck"] == "http:/up"
    assert (values["replicas"], values["autoscaling"], values["port"]) == (2, "1-3", 3000)
    assert (values["volume"], values["host"]) == ("/var/data", "shop.example.net")
    assert {fact.name for fact in found if fact.kind == "env_required"} == {"RAILS_MASTER_KEY", "TENANT"}
    assert {f.name for f in found if f.kind == "secret"} == {"DATABASE_URL", "RAILS_MASTER_KEY", "SECRET_KEY_BASE"}
    assert of(found, "cronjob") == {("cronjob", "nightly", "nightly", "0 3 * * *")}
    assert of(found, "image_unpinned") == {
        ("image_unpinned", "search", "docker.io/example/search", "docker.io/example/search")
    }
    assert ("build", "shop", "app/Dockerfile", "app") in of(found, "build")


def test_a_procfile_s_processes() -> None:
    text = "web: bin/serve -p $PORT\n# a comment\nrelease: bin/migrate\nnonsense\n"
    found = list(procfile.detect(files(Procfile=text, Procfile_dot_dev="web: dev\n")))
    assert of(found, "process") == {("process", None, "web", "app"), ("process", None, "release", "job")}
    assert [(fact.value, fact.source) for fact in found if fact.kind == "start_command"] == [
        ("bin/serve -p $PORT", "Procfile:1"),
        ("bin/migrate", "Procfile:3"),
    ]


def test_units_start_commands_in_order_and_timers_are_cron_jobs() -> None:
    unit = """\
        [Unit]
        After=network.target db.service
        [Service]
        Type=simple
        # ExecStart=/old
        Environment="API_TOKEN=hunter2" MODE=x
        ExecStartPre=-/srv/app/migrate
        ExecStart=/srv/app/serve \\
        # between
            --port 80
        TimeoutStopSec=30
        """
    timer = "[Timer]\nOnCalendar=daily\n"
    found = list(systemd.detect(files(app_dot_service=unit, backup_dot_timer=timer)))
    assert "hunter2" not in repr(found)
    assert [fact.value for fact in found if fact.kind == "start_command"] == [
        "/srv/app/migrate",
        "/srv/app/serve --port 80",
    ]
    assert of(found, "process") == {("process", None, "app", "app")}
    assert of(found, "order_after") == {("order_after", "app", "db", "started")}
    assert of(found, "cronjob") == {("cronjob", "backup", "backup", "daily")}
    assert of(found, "secret") == {("secret", None, "API_TOKEN", "hardcoded")}


def test_a_caddyfile_s_sites_have_certificates_of_their_own() -> None:
    text = "{\n  email a@b.c\n}\nshop.a.org, www.a.org {\n  reverse_proxy web:80\n}\n:8080 {\n}\n"
    text += "{$DOMAIN:localhost} {\n}\n"
    found = list(proxies.detect(files(Caddyfile=text)))
    assert {fact.value for fact in found if fact.kind == "host"} == {"shop.a.org", "www.a.org", "${DOMAIN}"}
    assert [fact.value for fact in found if fact.kind == "tls"] == ["letsencrypt"]
    assert not [fact for fact in proxies.detect(files(Caddyfile="http://a.org {\n}\n")) if fact.kind == "tls"]


def test_nginx_names_and_certificates() -> None:
    text = """\
        server {
          listen 443 ssl;
          server_name shop.a.org _ localhost *.a.org;
          ssl_certificate /etc/letsencrypt/live/shop.a.org/fullchain.pem;
          # server_name old.a.org;
        }
        """
    found = list(proxies.detect(files(nginx__default_dot_conf=text, other__my_dot_conf=text)))
    assert {fact.value for fact in found if fact.kind == "host"} == {"shop.a.org", "*.a.org"}
    assert [(fact.value, fact.source) for fact in found if fact.kind == "tls"] == [
        ("letsencrypt", "nginx/default.conf:4")
    ]


def test_traefik_s_own_files() -> None:
    static = "certificatesResolvers:\n  le:\n    acme:\n      email: a@b.c\n"
    dynamic = '[http.routers.web]\nrule = "Host(`shop.a.org`)"\n'
    found = list(proxies.detect(files(traefik_dot_yml=static, traefik_dynamic_dot_toml=dynamic)))
    assert of(found, "tls", "host") == {("tls", None, "le", "letsencrypt"), ("host", None, "web", "shop.a.org")}


def test_a_fly_application() -> None:
    text = """\
        app = "shop"
        [build]
        dockerfile = "deploy/Dockerfile"
        [deploy]
        release_command = "bin/migrate"
        strategy = "rolling"
        [env]
        PORT = "8080"
        API_TOKEN = "hunter2"
        [http_service]
        internal_port = 8080
          [[http_service.checks]]
          path = "/up"
        [mounts]
        source = "data"
        destination = "/data"
        """
    found = list(fly.detect(files(fly_dot_toml=text)))
    assert "hunter2" not in repr(found)
    assert {(fact.kind, fact.value) for fact in found} == {
        ("service", "app"),
        ("build", "."),
        ("start_command", "bin/migrate"),
        ("hook", "bin/migrate"),
        ("rollout_strategy", "rolling"),
        ("port", 8080),
        ("healthcheck", "http:/up"),
        ("volume", "/data"),
        ("secret", "hardcoded"),
    }
    assert {fact.name for fact in found if fact.kind == "build"} == {"deploy/Dockerfile"}


def test_what_is_recognised_and_not_read_is_said() -> None:
    found = list(
        unread.detect(
            files(
                serverless_dot_yml="service: a\n",
                app_dot_json='{"name": "an expo app"}',
                site_dot_yml="- hosts: all\n",
                infra__job_dot_nomad="job {}\n",
                tests__serverless_dot_yml="service: a\n",
            )
        )
    )
    assert [finding.places for finding in found] == [("infra/job.nomad:1",), ("serverless.yml:1",), ("site.yml:1",)]
    assert all(finding.rule == "not-analysed" and "service" in finding.touches for finding in found)


def test_a_kamal_application() -> None:
    text = """\
        service: shop
        image: example/shop
        servers:
          web: [10.0.0.1, 10.0.0.2]
          job:
            hosts: [10.0.0.3]
            cmd: bin/jobs
        proxy: {ssl: true, host: shop.a.org, app_port: 3000, healthcheck: {path: /up}}
        env:
          clear: {DB_HOST: shop-db}
          secret: [RAILS_MASTER_KEY]
        volumes: ["shop_storage:/rails/storage"]
        accessories:
          db:
            image: postgres:18
            port: "127.0.0.1:5432:5432"
            env: {secret: [POSTGRES_PASSWORD]}
            directories: ["data:/var/lib/postgresql/data"]
        """
    found = list(kamal.detect(files(config__deploy_dot_yml=text, other__deploy_dot_yml=text)))
    assert {(fact.kind, fact.service, fact.value) for fact in found if fact.kind not in {"secret", "build"}} == {
        ("service", None, "app"),
        ("image", "shop", "example/shop:${VERSION}"),
        ("start_command", "shop-job", "bin/jobs"),
        ("replicas", "shop", 2),
        ("host", "shop", "shop.a.org"),
        ("tls", "shop", "letsencrypt"),
        ("port", "shop", 3000),
        ("healthcheck", "shop", "http:/up"),
        ("env_required", "shop", "required"),
        ("volume", "shop", "/rails/storage"),
        ("service", None, "datastore"),
        ("image", "db", "postgres:18"),
        ("datastore", None, "postgres"),
        ("port", "db", 5432),
        ("env_required", "db", "required"),
        ("volume", "db", "/var/lib/postgresql/data"),
    }
    assert {fact.name for fact in found if fact.kind == "service"} == {"shop", "shop-job", "db"}
    assert {fact.name for fact in found if fact.kind == "secret"} == {"RAILS_MASTER_KEY", "POSTGRES_PASSWORD"}
