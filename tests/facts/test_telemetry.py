"""Monitoring that code links in, and the health endpoints it serves."""

import pytest

from releasekit.facts.analysis import analyse
from releasekit.facts.detectors import health_routes, telemetry
from releasekit.tree import of_texts
from tests.facts.saying import facts, pairs, values

POM = "<project>\n<dependency><artifactId>spring-boot-starter-actuator</artifactId></dependency>\n</project>"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (
            {"requirements.txt": "sentry-sdk[flask]==2\nstatsd==4\n"},
            [("error_tracking", "sentry"), ("statsd", "statsd")],
        ),
        (
            {"package.json": '{"dependencies": {\n"@sentry/node": "8",\n"prom-client": "15"}}'},
            [("error_tracking", "sentry"), ("metrics_endpoint", "prometheus")],
        ),
        ({"pom.xml": "<artifactId>micrometer-registry-prometheus</artifactId>"}, [("metrics_endpoint", "prometheus")]),
        ({"requirements.txt": "starlette-exporter==0.17\n"}, [("metrics_endpoint", "prometheus")]),
        ({"package.json": '{"dependencies": {\n"fastify-metrics": "11"}}'}, [("metrics_endpoint", "prometheus")]),
        ({"Gemfile": 'gem "newrelic_rpm"\n'}, [("apm", "newrelic")]),
        ({"Gemfile": 'gem "logtail-rails"\n'}, [("log_shipping", "logtail")]),
        (
            {
                "pom.xml": (
                    "<artifactId>spring-cloud-gcp-starter-trace</artifactId>\n"
                    "<artifactId>micrometer-registry-otlp</artifactId>"
                )
            },
            [("tracing", "google-cloud-trace"), ("metrics", "micrometer-registry-otlp")],
        ),
        (
            {"package.json": '{"dependencies": {\n"@opentelemetry/exporter-prometheus": "1"}}'},
            [("metrics_endpoint", "prometheus"), ("tracing", "opentelemetry")],
        ),
        (
            {
                "go.mod": (
                    "require (\n\tgithub.com/prometheus/client_golang v1\n"
                    "\tgo.opentelemetry.io/otel v1 // indirect\n)\n"
                )
            },
            [("metrics_endpoint", "prometheus")],
        ),
        ({"Api.csproj": '<PackageReference Include="Sentry.AspNetCore" />'}, [("error_tracking", "sentry")]),
        ({"package.json": '{"name": "opentelemetry-shop", "devDependencies": {\n"@sentry/node": "8"}}'}, []),
    ],
)
def test_packages_say_what_watches_the_service(texts: dict[str, str], expected: list[tuple[str, str]]) -> None:
    assert pairs(telemetry.detect, texts) == expected


def test_tracing_is_a_fact_of_each_service() -> None:
    texts = {f"src/{name}/requirements.txt": "opentelemetry-sdk\ngoogle-cloud-trace\n" for name in "ab"}
    assert [fact.scope for fact in facts(telemetry.detect, texts)] == ["src/a", "src/b"]


def test_tracing_that_a_collector_takes_is_said_once() -> None:
    texts = {f"src/{name}/requirements.txt": "opentelemetry-sdk\n" for name in "abc"}
    texts["compose.yaml"] = "services:\n  collector:\n    image: otel/opentelemetry-collector-contrib:1.0\n"
    (fact,) = facts(telemetry.detect, texts)
    assert (fact.value, fact.scope, len(fact.also)) == ("opentelemetry", None, 2)


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("app.py", '@app.get("/healthz")\ndef h(): ...\n', "http:/healthz"),
        ("shop/urls.py", 'urlpatterns = [path("health/", h), path("healthy-food/", f)]\n', "http:/health"),
        ("src/server.ts", "app.get('/api/health', h)\n", "http:/api/health"),
        ("cmd/main.go", 'mux.HandleFunc("GET /readyz", h)\n', "http:/readyz"),
        ("config/routes.rb", 'get "up" => "rails/health#show"\n', "http:/up"),
        ("Program.cs", 'app.MapHealthChecks("/health");\n', "http:/health"),
        ("src/main.rs", 'Router::new().route("/health", get(h))\n', "http:/health"),
        ("pom.xml", POM, "http:/actuator/health"),
    ],
)
def test_a_health_route_in_code_is_an_endpoint(path: str, text: str, expected: str) -> None:
    beside = {"shop/wsgi.py": ""} if path.startswith("shop/") else {}
    assert values(health_routes.detect, {path: text} | beside) == [expected]


def test_a_route_that_deployment_asks_for_is_told_there() -> None:
    texts = {"app.py": '@app.get("/healthz")\n', "compose.yaml": "test: curl -f http://localhost/api/healthz\n"}
    assert not facts(health_routes.detect, texts)


def test_a_route_below_a_router_is_not_guessed() -> None:
    assert not facts(
        health_routes.detect, {"users.py": '@router.get("/health")\n', "a.ts": 'router.get("/health", h)\n'}
    )


def test_a_route_for_development_alone_is_no_endpoint() -> None:
    text = 'if (app.IsDevelopment())\n{\n    app.MapHealthChecks("/health");\n}\napp.MapHealthChecks("/alive");\n'
    assert values(health_routes.detect, {"Program.cs": text}) == ["http:/alive"]


def test_routes_by_controllers_and_by_files() -> None:
    texts = {
        "src/main.ts": "app.setGlobalPrefix('api');\n",
        "src/health.controller.ts": "@Controller('health')\nclass H {\n  @Get()\n  a() {}\n  @Get('ready')\n}\n",
        "web/app/(open)/api/healthz/route.ts": "export async function GET() {}\n",
        "web/app/health/page-model.ts": "export const x = 1;\n",
    }
    assert values(health_routes.detect, texts) == ["http:/api/health", "http:/api/health/ready", "http:/api/healthz"]


def test_spring_s_endpoint_lies_where_the_settings_put_it() -> None:
    settings = "management.endpoints.web.base-path=/management\nserver.servlet.context-path=/shop\n"
    texts = {"pom.xml": POM, "src/main/resources/application.properties": settings}
    assert values(health_routes.detect, texts) == ["http:/shop/management/health"]


def test_what_a_package_serves_is_no_fact_where_the_deployment_asks_something_else() -> None:
    manifest = "services:\n  app:\n    build: .\n    healthcheck:\n      test: curl -f http://localhost:8080/ready\n"
    found = analyse(of_texts({"pom.xml": POM, "compose.yaml": manifest, "Dockerfile": "FROM a:1\n", "src/A.java": ""}))
    assert [fact.value for fact in found.of("healthcheck")] == ["http:/ready"]
