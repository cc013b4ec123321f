"""Configuration files of reverse proxies: which names they answer to, and where their certificates come from.

Caddy: caddyserver.com/docs/caddyfile/concepts (site addresses; public names get certificates by themselves). nginx:
server_name and ssl_certificate. Traefik: routers and certificate resolvers of its file provider, YAML or TOML.
"""

import re
from collections.abc import Iterator

from releasekit.facts.files import Files
from releasekit.facts.model import Fact
from releasekit.facts.places import aside
from releasekit.syntax.expression import Expression
from releasekit.syntax.node import Node

_ADDRESS = Expression(r"^(?P<sites>[^\s{}#()@:/][^{}#]*?)\s*\{\s*(?:#.*)?$")
_CADDY_VARIABLE = Expression(r"\{\$(?P<name>\w+)(?::[^}]*)?\}")
_NGINX = Expression(
    r"(?:nginx[^/]*|default|site|app|ssl|https?)\.conf(?:\.(?:template|tmpl|j2|erb|sigil))?|[^/]+\.conf"
)
_NGINX_FOLDER = Expression(r"(?:^|/)(?:[^/]*nginx[^/]*|conf\.d|sites-(?:available|enabled))/")
_SERVER_NAME = Expression(r"^\s*server_name\s+(?P<names>[^;#]+);")
_CERTIFICATE = Expression(r"^\s*ssl_certificate\s+(?P<path>[^;#]+);")
_RULE = Expression(r"\bHost(?:SNI)?\((?P<hosts>[^()]*)\)")
_QUOTED = Expression(r"[`\"']([^`\"']+)[`\"']")
_NO_HOST = Expression(
    r"(?:localhost|127\..*|0\.0\.0\.0|_|\*|.*\.(?:localhost|local|internal|test)|(?:.*\.)?example\.(?:com|org|net))"
)


def detect(files: Files) -> Iterator[Fact]:
    """Host and TLS facts of each proxy configuration that is not aside."""
    for path in files.tree.paths:
        name = path.rpartition("/")[2]
        if aside(path):
            continue
        if name == "Caddyfile" or name.startswith("Caddyfile."):
            yield from _caddy(files, path)
        elif name.startswith("traefik") and name.endswith((".yml", ".yaml", ".toml")):
            yield from _traefik(files, path)
        elif ".conf" in name and (name.startswith("nginx") or _NGINX_FOLDER.search(path)) and _NGINX.fullmatch(name):
            yield from _nginx(files, path)


def _lines(files: Files, path: str) -> Iterator[tuple[int, str]]:
    """Lines of a length that people write (A23)."""
    return ((number, line) for number, line in files.lines(path) if len(line) <= 1000)


def _is_host(name: str) -> bool:
    return ("." in name or "$" in name) and not _NO_HOST.fullmatch(name)


def _caddy(files: Files, path: str) -> Iterator[Fact]:
    depth, certain = 0, False
    for number, line in _lines(files, path):
        plain_line = _CADDY_VARIABLE.sub(lambda variable: f"${variable['name']}", line)
        match = _ADDRESS.match(plain_line) if depth == 0 else None
        for site in re.split(r"[\s,]+", match["sites"]) if match else []:
            plain = site.startswith("http://")
            bare = re.sub(r":\d+$", "", re.sub(r"^https?://", "", site).split("/")[0])
            bare = re.sub(r"\$(\w+)", r"${\1}", bare)
            if not _is_host(bare):
                continue
            how = "" if bare in line else "a variable of the Caddyfile"
            yield Fact("host", "Caddyfile", bare, f"{path}:{number}", how=how)
            if not plain and not certain:
                certain = True
                yield Fact(
                    "tls", "Caddyfile", "letsencrypt", f"{path}:{number}", how="Caddy gets certificates by itself"
                )
        written = plain_line.split("#")[0]
        depth = max(depth + written.count("{") - written.count("}"), 0)


def _nginx(files: Files, path: str) -> Iterator[Fact]:
    certain = False
    for number, line in _lines(files, path):
        names = _SERVER_NAME.match(line)
        for name in names["names"].split() if names else []:
            if _is_host(name) and not name.startswith(("~", "$")):
                yield Fact("host", "server_name", name, f"{path}:{number}")
        certificate = _CERTIFICATE.match(line)
        if certificate and not certain:
            certain = True
            value = "letsencrypt" if "letsencrypt" in certificate["path"] else "certificate"
            yield Fact("tls", "ssl_certificate", value, f"{path}:{number}", how="the certificate that nginx is given")


def _traefik(files: Files, path: str) -> Iterator[Fact]:
    documents = (files.toml(path),) if path.endswith(".toml") else files.yaml(path)
    for root in documents:
        for key, resolver, line in _children(root, "certificatesResolvers", "certificateResolvers"):
            if resolver.at("acme"):
                yield Fact("tls", key, "letsencrypt", f"{path}:{line}", how="certificates by ACME")
        for key, router, _ in _children(root.at("http"), "routers"):
            rule = router.at("rule")
            for hosts in _RULE.finditer(rule.text):
                for host in _QUOTED.findall(hosts["hosts"]):
                    if _is_host(host):
                        yield Fact("host", key, host, f"{path}:{rule.line}")


def _children(node: Node, *names: str) -> Iterator[tuple[str, Node, int]]:
    for name in names:
        part = node.at(name)
        for key, child in part.items():
            yield key, child, part.line_of(key)
