"""Ports that one file says and another does not."""

from collections.abc import Iterator, Sequence

from releasekit.facts.model import Fact, Finding, Severity
from releasekit.syntax.expression import Expression

_ASKED = Expression(r"(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]):(?P<port>\d{2,5})\b")


def _by_service(facts: Sequence[Fact]) -> dict[str, list[Fact]]:
    found: dict[str, list[Fact]] = {}
    for fact in facts:
        if fact.kind == "port" and fact.service:
            found.setdefault(fact.service, []).append(fact)
    return found


def differing(facts: Sequence[Fact]) -> Iterator[Finding]:
    """``port-differs``: what a Dockerfile exposes is none of the ports that the deployment sends traffic to."""
    for service, ports in _by_service(facts).items():
        exposed = [fact for fact in ports if fact.name == "EXPOSE" and not fact.also]
        deployed = [fact for fact in ports if fact.name != "EXPOSE"]
        agreed = any(fact.also for fact in ports if fact.name == "EXPOSE" or _from_dockerfile(fact))
        if exposed and deployed and not agreed:
            said = ", ".join(str(fact.value) for fact in exposed)
            used = ", ".join(str(fact.value) for fact in deployed)
            yield Finding(
                "port-differs",
                Severity.RISK,
                f"the image of {service} exposes {said}, the deployment uses {used}",
                (exposed[0].source, *(fact.source for fact in deployed)),
                service,
                "find out on which port it listens, and mend the other file",
            )


def _from_dockerfile(fact: Fact) -> bool:
    return any("dockerfile" in place.lower() for place in fact.also)


def asked_elsewhere(facts: Sequence[Fact]) -> Iterator[Finding]:
    """``port-differs``: a health check asks a port that no file says its service listens on."""
    ports = _by_service(facts)
    for fact in facts:
        asked = _ASKED.search(fact.how) if fact.kind == "healthcheck" and fact.service in ports else None
        if not asked or not fact.service:
            continue
        known = ports[fact.service]
        if int(asked["port"]) not in {port.value for port in known}:
            said = ", ".join(str(port.value) for port in known)
            yield Finding(
                "port-differs",
                Severity.WARNING,
                f"the health check of {fact.service} asks port {asked['port']}, its ports are {said}",
                (fact.source, *(port.source for port in known)),
                fact.service,
                "see whether the check can ever be answered",
            )
