"""Facts of many detectors put together: services for folders, one fact for each key."""

from releasekit.facts.assemble import assemble
from releasekit.facts.model import Fact


def service(name: str, role: str = "app") -> Fact:
    return Fact("service", name, role, "compose.yaml:1")


def build(name: str, dockerfile: str, context: str = ".") -> Fact:
    return Fact("build", dockerfile, context, "compose.yaml:2", name)


def language(scope: str) -> Fact:
    return Fact("language", "go", "go", f"{scope}/go.mod:1", scope=scope)


def placed(*facts: Fact) -> list[str | None]:
    return [fact.service for fact in assemble(facts) if fact.kind == "language"]


def test_the_nearest_build_above_a_folder() -> None:
    given = (service("a"), service("b"), build("a", "src/a/Dockerfile"), build("b", "src/b/Dockerfile"))
    assert placed(*given, language("src/a")) == ["a"]
    assert placed(*given, language("src/b/internal/x")) == ["b"]
    assert placed(*given, language("tools")) == ["a"]


def test_a_context_at_the_root_takes_what_nobody_else_has() -> None:
    given = (service("web"), service("db", "datastore"), build("web", "docker/Dockerfile"))
    assert placed(*given, language("")) == ["web"]
    assert placed(*given, language("frontend")) == ["web"]


def test_a_service_s_name_comes_before_a_context_at_the_root() -> None:
    given = (service("web"), service("orders-service"), build("web", "docker/Dockerfile"))
    assert placed(*given, language("services/orders")) == ["orders-service"]


def test_the_name_of_an_image_names_its_folder() -> None:
    image = Fact("image", "example.org/shop/cart", "example.org/shop/cart:1", "k.yaml:1", "cart-v2")
    assert placed(service("cart-v2"), service("other"), image, language("src/cart")) == ["cart-v2"]


def test_the_only_service_of_our_own() -> None:
    assert placed(service("web"), service("db", "datastore"), language("src")) == ["web"]
    assert placed(service("web"), service("api"), language("src")) == [None]


def test_of_services_from_one_image_the_one_that_serves() -> None:
    given = (
        service("worker"),
        service("web"),
        build("worker", "Dockerfile"),
        build("web", "Dockerfile"),
        Fact("start_command", "command", "work", "compose.yaml:4", "worker"),
        Fact("port", "EXPOSE", 8000, "Dockerfile:9", scope=""),
        Fact("user", "user", "app", "Dockerfile:10", scope=""),
    )
    found = assemble(given)
    assert [(fact.service, fact.value) for fact in found if fact.kind == "port"] == [("web", 8000)]
    assert [fact.service for fact in found if fact.kind == "user"] == ["web"]


def test_services_that_run_an_image_as_it_is_all_have_what_it_brings() -> None:
    given = (service("a-db"), service("b-db"), build("a-db", "db/Dockerfile"), build("b-db", "db/Dockerfile"))
    found = assemble([*given, Fact("port", "EXPOSE", 5432, "db/Dockerfile:2", scope="db")])
    assert [fact.service for fact in found if fact.kind == "port"] == ["a-db", "b-db"]


def test_a_value_in_another_variant_is_a_value() -> None:
    lacking = Fact("env_required", "DB_PASSWORD", "required", "c.yml:1", "db", how="no default and no value")
    hard = Fact("secret", "DB_PASSWORD", "hardcoded", "k.yml:1", "db")
    assert [fact.kind for fact in assemble([lacking, hard])] == ["secret"]
    assert [fact.kind for fact in assemble([lacking])] == ["env_required"]


def test_what_an_image_says_that_no_service_runs_is_left_out() -> None:
    exposed = Fact("port", "EXPOSE", 1, "tools/x/Dockerfile:1", scope="tools/x")
    assert not [f for f in assemble([service("a"), service("b"), exposed]) if f.kind == "port"]
    assert [fact.value for fact in assemble([exposed])] == [1]


def test_the_same_fact_of_several_files_is_one_with_all_its_places() -> None:
    found = assemble(
        [
            Fact("port", "ports", 80, "a.yml:1", "web"),
            Fact("port", "EXPOSE", 80, "Dockerfile:1", "web"),
            Fact("port", "ports", 80, "b.yml:1", "web", ("a.yml:1",)),
        ]
    )
    assert [(fact.source, fact.also) for fact in found] == [("a.yml:1", ("Dockerfile:1", "b.yml:1"))]


def test_the_stronger_condition_and_the_plainer_role_count() -> None:
    found = assemble(
        [
            Fact("depends_on", "db", "service_started", "a:1", "web"),
            Fact("depends_on", "db", "service_healthy", "b:1", "web"),
            Fact("service", "m", "app", "a:2"),
            Fact("service", "m", "job", "b:2"),
        ]
    )
    assert [fact.value for fact in found] == ["service_healthy", "job"]


def test_processes_are_services_only_where_nothing_else_deploys() -> None:
    lines = [
        Fact("process", "web", "app", "Procfile:1", scope=""),
        Fact("start_command", "Procfile web", "puma", "Procfile:1", scope=""),
    ]
    found = assemble(lines)
    assert [(fact.kind, fact.name) for fact in found if fact.kind == "service"] == [("service", "web")]
    assert [fact.service for fact in found if fact.kind == "start_command"] == ["web"]
    assert [fact.name for fact in assemble([*lines, service("app")]) if fact.kind == "service"] == ["app"]


def test_a_service_called_like_the_project_owns_its_code_where_nothing_says_how_it_is_built() -> None:
    facts = [
        Fact("service", "backend", "app", "k8s/a.yaml:1"),
        Fact("image", "ghcr.io/example/the-shop", "ghcr.io/example/the-shop:1", "k8s/a.yaml:2", "backend"),
        Fact("service", "the-shop", "app", "k8s/b.yaml:1"),
        Fact("image", "ghcr.io/example/the-shop", "ghcr.io/example/the-shop:1", "k8s/b.yaml:2", "the-shop"),
        Fact("language", "go", "go", "go.mod:1", scope=""),
        Fact("port", "EXPOSE", 9898, "Dockerfile:3", scope=""),
    ]
    found = assemble(facts, [("", "theshop")])
    assert {(one.kind, one.service) for one in found if one.scope == ""} == {
        ("language", "the-shop"),
        ("port", "the-shop"),
    }


def test_a_service_whose_image_is_the_project_s_owns_its_code_before_its_worker() -> None:
    image = "ghcr.io/example/shop"
    facts = [
        Fact("service", "worker", "app", "compose.yml:1"),
        Fact("image", image, f"{image}:1", "compose.yml:2", "worker"),
        Fact("start_command", "command", "work", "compose.yml:3", "worker"),
        Fact("service", "web", "app", "compose.yml:4"),
        Fact("image", image, f"{image}:1", "compose.yml:5", "web"),
        Fact("port", "ports", 3000, "compose.yml:6", "web"),
        Fact("framework", "rails", "rails", "Gemfile:1", scope=""),
        Fact("healthcheck", "dockerfile", "http:/up", "Dockerfile:9", scope=""),
    ]
    found = assemble(facts, [("", "shop")])
    assert [(one.kind, one.service) for one in found if one.scope == ""] == [
        ("framework", "web"),
        ("healthcheck", "web"),
    ]
