"""The ways into a cluster: Ingress, Gateway API, OpenShift and mesh routes, certificates. Hosts and TLS only."""

from collections.abc import Callable, Iterator, Mapping

from releasekit.facts.kubernetes.manifests import Manifest, is_templated
from releasekit.facts.model import Fact
from releasekit.syntax.expression import Expression
from releasekit.syntax.node import Node

_ISSUERS = ("cert-manager.io/cluster-issuer", "cert-manager.io/issuer", "certmanager.k8s.io/cluster-issuer")
_ACME = ("kubernetes.io/tls-acme", "cert-manager.io/acme-challenge-type")
# certificates that the provider keeps: annotation -> value of the fact
_MANAGED: Mapping[str, str] = {
    "networking.gke.io/managed-certificates": "managed-cert",
    "alb.ingress.kubernetes.io/certificate-arn": "acm",
    "service.beta.kubernetes.io/aws-load-balancer-ssl-cert": "acm",
    "ingress.gcp.kubernetes.io/pre-shared-cert": "pre-shared-cert",
}
_HOST_RULE = Expression(r"Host(?:SNI)?\((?P<hosts>[^)]*)\)")
_QUOTED = Expression(r"[`'\"]([^`'\"]+)[`'\"]")


def routes(manifests: list[Manifest]) -> Iterator[Fact]:
    """``host`` and ``tls`` facts of all routes among manifests."""
    issuers = {m.name: m for m in manifests if m.kind in {"Issuer", "ClusterIssuer"}}
    for manifest in manifests:
        reader = _READERS.get(manifest.kind)
        if reader and manifest.api:
            yield from reader(manifest)
        yield from _annotated(manifest, issuers)


def _host(manifest: Manifest, node: Node, service: str | None = None) -> Iterator[Fact]:
    text = node.text.strip()
    if text and text != "*" and "." in text and not is_templated(text) and not text.endswith(".cluster.local"):
        yield manifest.fact("host", manifest.kind, text, node, service)


def _ingress(manifest: Manifest) -> Iterator[Fact]:
    spec = manifest.node.at("spec")
    for rule in spec.at("rules"):
        yield from _host(manifest, rule.at("host"), _backend(rule))
    for entry in spec.at("tls"):
        for host in entry.at("hosts"):
            yield from _host(manifest, host)
    if any(manifest.annotation(key) for key in (*_ISSUERS, *_ACME)):
        return
    for entry in spec.at("tls"):
        secret = entry.at("secretName")
        if secret.text:
            yield manifest.fact("tls", manifest.name, secret.text, secret)
        elif entry.at("hosts"):
            how = "tls without a secret: the controller's own certificate"
            yield manifest.fact("tls", manifest.name, "default-certificate", entry.at("hosts"), None, how)


def _backend(rule: Node) -> str | None:
    """The one service behind a rule; None when there are several."""
    paths = list(rule.at("http", "paths"))
    names = {p.at("backend", "service", "name").text or p.at("backend", "serviceName").text for p in paths}
    return next(iter(names)) if len(names) == 1 and "" not in names else None


def _annotated(manifest: Manifest, issuers: Mapping[str, Manifest]) -> Iterator[Fact]:
    annotations = manifest.node.at("metadata", "annotations")
    for key in _ISSUERS:
        issuer = annotations.at(key)
        if issuer.text:
            yield _issued(manifest, issuer, issuers)
    for key, value in _MANAGED.items():
        if annotations.at(key).text:
            yield manifest.fact("tls", manifest.name, value, annotations.line_of(key), None, f"the annotation {key}")
    if annotations.at("kubernetes.io/tls-acme").text == "true" and not any(annotations.at(key) for key in _ISSUERS):
        line = annotations.line_of("kubernetes.io/tls-acme")
        yield manifest.fact("tls", manifest.name, "acme", line)


def _issued(manifest: Manifest, issuer: Node, issuers: Mapping[str, Manifest]) -> Fact:
    known = issuers.get(issuer.text)
    server = known.node.at("spec", "acme", "server").text if known else ""
    if "letsencrypt" in server and "letsencrypt" not in issuer.text:
        return manifest.fact("tls", manifest.name, "letsencrypt", issuer, None, "the issuer's ACME server")
    return manifest.fact("tls", manifest.name, issuer.text, issuer)


def _certificate(manifest: Manifest) -> Iterator[Fact]:
    spec = manifest.node.at("spec")
    for host in spec.at("dnsNames"):
        yield from _host(manifest, host)
    issuer = spec.at("issuerRef", "name")
    if issuer.text:
        yield manifest.fact("tls", manifest.name, issuer.text, issuer)


def _issuer(manifest: Manifest) -> Iterator[Fact]:
    server = manifest.node.at("spec", "acme", "server")
    if "letsencrypt.org" in server.text:
        yield manifest.fact("tls", manifest.name, "letsencrypt", server)


def _managed(manifest: Manifest) -> Iterator[Fact]:
    for host in manifest.node.at("spec", "domains"):
        yield from _host(manifest, host)
    yield manifest.fact("tls", manifest.name, "managed-cert", manifest.name_line, None, "a ManagedCertificate")


def _gateway(manifest: Manifest) -> Iterator[Fact]:
    for listener in manifest.node.at("spec", "listeners"):
        yield from _host(manifest, listener.at("hostname"))
        for entry in listener.at("tls", "certificateRefs"):
            if entry.at("name").text:
                yield manifest.fact("tls", manifest.name, entry.at("name").text, entry.at("name"))
    for server in manifest.node.at("spec", "servers"):  # Istio's Gateway
        for host in server.at("hosts"):
            yield from _host(manifest, host)
        secret = server.at("tls", "credentialName")
        if secret.text:
            yield manifest.fact("tls", manifest.name, secret.text, secret)


def _hostnames(manifest: Manifest) -> Iterator[Fact]:
    for key in ("hostnames", "hosts"):
        for host in manifest.node.at("spec", key):
            yield from _host(manifest, host)


def _openshift(manifest: Manifest) -> Iterator[Fact]:
    yield from _host(manifest, manifest.node.at("spec", "host"), manifest.node.at("spec", "to", "name").text or None)
    termination = manifest.node.at("spec", "tls", "termination")
    if termination.text:
        yield manifest.fact("tls", manifest.name, termination.text, termination)


def _traefik(manifest: Manifest) -> Iterator[Fact]:
    spec = manifest.node.at("spec")
    for route in spec.at("routes"):
        rule = route.at("match")
        for match in _HOST_RULE.finditer(rule.text):
            for host in _QUOTED.findall(match["hosts"]):
                if "." in host and not is_templated(host):
                    yield manifest.fact("host", manifest.kind, host, rule)
    for key in ("certResolver", "secretName"):
        node = spec.at("tls", key)
        if node.text:
            yield manifest.fact("tls", manifest.name, node.text, node)


_READERS: Mapping[str, Callable[[Manifest], Iterator[Fact]]] = {
    "Ingress": _ingress,
    "Certificate": _certificate,
    "Issuer": _issuer,
    "ClusterIssuer": _issuer,
    "ManagedCertificate": _managed,
    "Gateway": _gateway,
    "HTTPRoute": _hostnames,
    "GRPCRoute": _hostnames,
    "TLSRoute": _hostnames,
    "VirtualService": _hostnames,
    "Route": _openshift,
    "IngressRoute": _traefik,
    "IngressRouteTCP": _traefik,
}
