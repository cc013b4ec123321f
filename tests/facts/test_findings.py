"""Findings between facts, each with its places."""

from releasekit.facts.findings import between
from releasekit.facts.model import Fact, Finding


def found(*facts: Fact) -> dict[str, Finding]:
    return {finding.rule: finding for finding in between(facts)}


def test_a_committed_secret_is_named_with_its_place_and_never_its_value() -> None:
    facts = (
        Fact("secret", "KEY", "hardcoded", "c.yml:3", "web"),
        Fact("secret", "OTHER", "env", "c.yml:4", "web"),
    )
    finding = found(*facts)["secret-committed"]
    assert finding.places == ("c.yml:3",)
    assert "KEY" in finding.sentence
    assert not found(facts[1]).get("secret-committed")


def test_a_committed_env_file_is_the_place() -> None:
    finding = found(Fact("secret", "KEY", "committed .env", "c.yml:3", "web", (".env:7",)))["secret-committed"]
    assert finding.places[0] == ".env:7"


def test_an_exposed_port_that_nothing_uses() -> None:
    exposed = Fact("port", "EXPOSE", 8000, "Dockerfile:4", "web")
    finding = found(exposed, Fact("port", "ports", 80, "c.yml:4", "web"))["port-differs"]
    assert set(finding.places) == {"Dockerfile:4", "c.yml:4"}
    assert "port-differs" not in found(exposed)
    assert "port-differs" not in found(Fact("port", "ports", 80, "c.yml:4", "web", ("Dockerfile:4",)), exposed)


def test_a_health_check_of_another_port() -> None:
    check = Fact("healthcheck", "compose", "http:/", "c.yml:5", "web", how="what `curl http://localhost:9999/` asks")
    finding = found(check, Fact("port", "ports", 80, "c.yml:4", "web"))["port-differs"]
    assert finding.places == ("c.yml:5", "c.yml:4")
    assert "port-differs" not in found(check, Fact("port", "ports", 9999, "c.yml:4", "web"))


def test_services_without_a_check() -> None:
    app, job = Fact("service", "web", "app", "c.yml:1"), Fact("service", "seed", "job", "c.yml:2")
    assert found(app, job)["no-health-check"].places == ("c.yml:1",)
    assert "no-health-check" not in found(app, Fact("healthcheck", "compose", "http:/", "c.yml:3", "web"))


def test_images_that_may_change_and_that_differ() -> None:
    facts = (
        Fact("image_unpinned", "a/b", "a/b:latest", "c.yml:2", "web"),
        Fact("image", "a/b", "a/b:1", "c.yml:2", "web"),
        Fact("image", "a/b", "a/b:2", "stack.yml:2", "web"),
    )
    assert found(*facts)["image-unpinned"].places == ("c.yml:2",)
    assert found(*facts)["image-differs"].places == ("c.yml:2", "stack.yml:2")


def test_a_required_order_is_placed_in_what_is_deployed() -> None:
    facts = (
        Fact("production_file", "k8s/web.yaml", "deployed by ci.yml:4", "ci.yml:4", rule="pipeline"),
        Fact("service", "web", "app", "c.yml:1", None, ("k8s/web.yaml:4",)),
        Fact("depends_on", "db", "service_healthy", "c.yml:2", "web"),
    )
    finding = found(*facts)["start-order"]
    assert finding.places == ("k8s/web.yaml:4", "c.yml:2")
    assert finding.sentence.endswith("web after db (from c.yml, which is not what gets deployed)")
    said = Fact("depends_on", "db", "service_healthy", "c.yml:2", "web", ("k8s/web.yaml:9",))
    assert found(*facts[:2], said)["start-order"].places == ("k8s/web.yaml:9",)


def test_a_required_order_is_itself_a_note() -> None:
    started = Fact("depends_on", "db", "service_started", "c.yml:2", "web")
    assert "start-order" not in found(started)
    assert found(Fact("depends_on", "db", "service_healthy", "c.yml:2", "web"))["start-order"].places == ("c.yml:2",)


def test_what_the_environment_must_give_is_one_note() -> None:
    finding = found(*(Fact("env_required", name, "required", f"c.yml:{name}") for name in ("A", "B")))
    assert finding["variables-required"].places == ("c.yml:A", "c.yml:B")


def test_versions_that_differ_in_one_folder() -> None:
    facts = (
        Fact("version", "package.json", "1.2.0", "package.json:3"),
        Fact("version", "pyproject.toml", "v1.2.0", "pyproject.toml:2"),
    )
    assert "version-differs" not in found(*facts)
    other = Fact("version", "CHANGELOG.md", "1.3.0", "CHANGELOG.md:4")
    assert found(*facts, other)["version-differs"].places[-1] == "CHANGELOG.md:4"
    assert "version-differs" not in found(facts[0], Fact("version", "lib/x.json", "9", "lib/x.json:1"))
