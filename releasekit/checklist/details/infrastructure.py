"""What the items on infrastructure mean for this service: what it runs on, its configuration, hosts and alerts."""

import shlex
from collections.abc import Iterator

from releasekit.checklist.context import Context, about, some, unused
from releasekit.checklist.details.schema import migration_checks
from releasekit.checklist.model import Detail
from releasekit.checklist.words import listed, plural


def environment_provisioned(c: Context) -> Iterator[Detail]:
    """What has to be there: services, stores, volumes, replicas, limits."""
    stores = c.of("datastore")
    yield from (about(fact, f"{fact.name} runs {fact.value}.") for fact in stores)
    volumes = c.of("volume")
    yield from some(
        (about(fact, f"Volume {fact.name} of {fact.service} at {fact.value}.") for fact in volumes), "volumes"
    )
    replicas = (about(f, f"{f.service or f.name}: {plural(_count(f.value), 'replica')}.") for f in c.of("replicas"))
    yield from some(replicas, "numbers of replicas", 12)
    for fact in c.of("autoscaling", "autoscaling_min", "autoscaling_max"):
        yield about(fact, f"{fact.service or fact.name} scales by itself: {fact.value}.")
    for fact in c.of("terraform_resource"):
        yield about(fact, f"Terraform: {fact.name}.")
    missing = c.of("resources_missing")
    if missing:
        names = dict.fromkeys(fact.service or fact.name for fact in missing)
        yield about(missing[0], f"No limits on memory and CPU: {listed(names)}.", warns=True)
    if not stores and not volumes and not c.services:
        yield c.nothing("service", "Compose files", "Kubernetes manifests", "Helm charts", "Procfile", "systemd units")
    for fact in c.beside("datastore") if not stores else ():
        yield unused(fact, f"The service stores data in {fact.value}")


def _count(value: object) -> int:
    return int(value) if isinstance(value, int | float) else 0


def migrations_tested(c: Context) -> Iterator[Detail]:
    """The new migrations with what each does, and how to try them there and back."""
    yield from migration_checks(c)


def configuration_prepared(c: Context) -> Iterator[Detail]:
    """What production must be given before the new version starts: variables, secrets, files."""
    changed = c.keys("feature_flag", "flag", "image", "dependency")
    for key in changed:
        what = key.kind.replace("_", " ")
        if key.before is None:
            yield Detail(f"New {what} {key.name}: set it before {c.release.new} starts.", source=key.source, warns=True)
        elif key.after is None:
            yield Detail(f"{what} {key.name} is no longer read; remove it after the release.", source=key.source)
        else:
            yield Detail(f"{what} {key.name} changed.", source=key.source)
    secrets = {fact.name: fact for fact in c.of("secret")}
    required = {fact.name: fact for fact in c.of("env_required")}
    for name, fact in required.items():
        kind = "secret" if name in secrets else "variable"
        yield about(fact, f"{name}: required {kind}, no usable default.")
    others = {name: fact for name, fact in secrets.items() if name not in required}
    yield from some((about(fact, f"{name}: secret.") for name, fact in others.items()), "secrets")
    if not required and not others and not changed:
        yield c.nothing(
            "required variable or secret", "settings in code", "Compose and Kubernetes files", ".env examples"
        )
    for path in c.deployment.files:
        if path in {touched.path for touched in c.change.files}:
            yield Detail(f"{path} differs from {c.release.old}.")


def certificates(c: Context) -> Iterator[Detail]:
    """The public hosts, where their certificates come from, and how to look at them."""
    hosts = {str(fact.value): fact for fact in c.of("host")}
    for host, fact in hosts.items():
        if "$" in host or "{" in host or "*" in host:
            yield about(fact, f"{host} (the variable is set in {c.release.environment}).")
        else:
            ask = f"openssl s_client -connect {shlex.quote(host)}:443 -servername {shlex.quote(host)} </dev/null"
            command = f"{ask} | openssl x509 -noout -dates -ext subjectAltName"
            yield about(fact, f"{host}:", command, expect=f"notAfter at least 30 days ahead, {host} among the names")
    for fact in c.of("tls"):
        yield about(fact, f"Certificates: {fact.value}{f' ({fact.name})' if fact.name else ''}.")
    addresses = {
        name: url
        for name, url in c.release.endpoints.items()
        if url.startswith("https://") and url.split("/")[2].partition(":")[0] not in hosts
    }
    yield from (Detail(f"{name}: {url}") for name, url in addresses.items())
    if not hosts and not addresses:
        yield c.nothing("public host", "Ingress and Gateway rules", "proxy labels", "proxy configuration")


def monitoring_configured(c: Context) -> Iterator[Detail]:
    """Alert rules, scrape jobs and dashboards by name."""
    rules = c.of("alert_rule")
    yield from some((about(fact, f"Alert {fact.name}.") for fact in rules), "alerts")
    yield from some(
        (about(fact, f"{fact.name.replace('_', ' ')}: {fact.value}.") for fact in c.of("monitoring")), "lines"
    )
    if not rules:
        found = c.nothing("alert rule", "Prometheus rules", "PrometheusRule objects", "Grafana alerts")
        yield Detail(found.text, warns=bool(c.of("monitoring")))
    if c.release.metrics:
        yield Detail(f"Metrics are asked at {c.release.metrics}.")
