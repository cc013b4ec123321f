"""Names, TLS and ports that a reverse proxy reads from services' labels and variables: Traefik, Caddy, nginx-proxy.

Traefik: doc.traefik.io/traefik/routing/providers/docker; v1's ``traefik.frontend.rule`` too. caddy-docker-proxy: the
labels ``caddy`` and ``caddy.reverse_proxy``. nginx-proxy: VIRTUAL_HOST, VIRTUAL_PORT, LETSENCRYPT_HOST.
"""

import re
from collections.abc import Iterator

from releasekit.facts.detectors.compose.pieces import Piece
from releasekit.facts.model import Fact
from releasekit.syntax.expression import Expression

_RULE = Expression(r"traefik\.(?:http|tcp)\.routers\.(?P<router>[^.]+)\.rule$")
_RESOLVER = Expression(r"traefik\.(?:http|tcp)\.routers\.(?P<router>[^.]+)\.tls\.certresolver$", re.IGNORECASE)
_PORT = Expression(r"traefik\.(?:http|tcp|udp)\.services\.[^.]+\.loadbalancer\.server\.port$|traefik\.port$")
_HOSTS = Expression(r"\bHost(?:SNI)?\((?P<hosts>[^()]*)\)")
_V1_HOSTS = Expression(r"\bHost:(?P<hosts>[^;]+)")
_QUOTED = Expression(r"`([^`]+)`|\"([^\"]+)\"|'([^']+)'")
_CADDY = Expression(r"caddy(?:_\d+)?$")
_UPSTREAM_PORT = Expression(r"\{\{\s*upstreams\s+(?:https?\s+)?(\d+)\s*\}\}|:(\d+)$")
# Traefik's static configuration on the command line or in variables
_ACME = Expression(r"(?:--|TRAEFIK_)certificates?resolvers?[._](?P<name>[\w-]+?)[._]acme[._]", re.IGNORECASE)
_ACME_V1 = Expression(r"--acme(?:\.|=|$)", re.IGNORECASE)


def routed(name: str, labels: Piece, environment: Piece) -> Iterator[Fact]:
    """The host, port and TLS facts of one service."""
    for key, label in labels.items():
        yield from _label(name, key, label)
    for key, variable in environment.items():
        if key == "VIRTUAL_HOST":
            yield from _hosts(name, "VIRTUAL_HOST", variable.text.split(","), variable)
        elif key == "VIRTUAL_PORT" and variable.text.isdigit():
            yield Fact("port", key, int(variable.text), variable.source, name)
        elif key == "LETSENCRYPT_HOST" and variable.text:
            yield Fact("tls", key, "letsencrypt", variable.source, name, how="a companion of the proxy asks for it")


def _label(name: str, key: str, label: Piece) -> Iterator[Fact]:
    if rule := _RULE.match(key):
        quoted = [
            m[1] or m[2] or m[3] for found in _HOSTS.finditer(label.text) for m in _QUOTED.finditer(found["hosts"])
        ]
        yield from _hosts(name, rule["router"], quoted, label)
    elif key.endswith(("traefik.frontend.rule", ".frontend.rule")):
        found_v1 = _V1_HOSTS.search(label.text)
        yield from _hosts(name, "frontend", found_v1["hosts"].split(",") if found_v1 else [], label)
    elif _RESOLVER.match(key) and label.text:
        yield Fact("tls", label.text, "letsencrypt", label.source, name, how="its router names a certificate resolver")
    elif _PORT.match(key) and label.text.isdigit():
        yield Fact("port", "label", int(label.text), label.source, name)
    elif _CADDY.match(key):
        sites = [site for site in re.split(r"[\s,]+", label.text) if not site.startswith(("(", "{"))]
        yield from _hosts(name, key, sites, label)
    elif key.startswith("caddy") and key.endswith("reverse_proxy") and (port := _UPSTREAM_PORT.search(label.text)):
        yield Fact("port", "label", int(port[1] or port[2]), label.source, name)


def _hosts(name: str, router: str, hosts: list[str], piece: Piece) -> Iterator[Fact]:
    for host in hosts:
        bare = re.sub(r"^https?://", "", host.strip()).split("/")[0]
        bare = re.sub(r":\d+$", "", bare)
        if bare and bare not in {"*", "localhost"} and not bare.endswith(".localhost") and not bare.startswith("127."):
            how = "" if bare in piece.raw else f"variables replaced in {piece.raw[:120]}"
            yield Fact("host", router, bare, piece.source, name, how=how)


def certified(name: str, service: Piece) -> Iterator[Fact]:
    """A proxy that gets its certificates by ACME: Traefik's resolvers, in its command or its variables."""
    seen: set[str] = set()
    for words in (service.at("command"), service.at("entrypoint")):
        for piece in words if words.is_list else [words]:
            match = _ACME.search(piece.text)
            resolver = match["name"] if match else ("acme" if _ACME_V1.match(piece.text) else "")
            if resolver and resolver not in seen:
                seen.add(resolver)
                yield Fact("tls", resolver, "letsencrypt", piece.source, name, how="certificates by ACME")
    for key, variable in service.at("environment").items():
        match = _ACME.match(key)
        if match and match["name"].lower() not in seen:
            seen.add(match["name"].lower())
            yield Fact("tls", match["name"].lower(), "letsencrypt", variable.source, name, how="certificates by ACME")
