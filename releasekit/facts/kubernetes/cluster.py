"""The facts of Kubernetes objects deployed together: workloads, what selects them, what they ask of each other."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from releasekit.facts.images import reference
from releasekit.facts.kubernetes import observability, waves
from releasekit.facts.kubernetes.addresses import Known, allowed, asks
from releasekit.facts.kubernetes.containers import (
    Surroundings,
    facts_of,
    is_plain_address,
    rollout,
    runs_application,
    scraped_service,
    secret_keys,
    secret_value,
)
from releasekit.facts.kubernetes.manifests import Manifest, labels
from releasekit.facts.kubernetes.routes import routes
from releasekit.facts.kubernetes.workloads import Workload, workloads
from releasekit.facts.model import Fact, Finding, Severity
from releasekit.facts.settings.confidential import is_placeholder
from releasekit.facts.traced import UNKNOWN
from releasekit.syntax.expression import Expression
from releasekit.syntax.node import Node

_VARIABLE_LIKE = Expression(r"[A-Z][A-Z0-9_]{2,}")
_FILLED_IN = ("$", "{{", UNKNOWN)  # another program, or a template that was not understood, gives the value
# operators' own kinds: (API group, kind) -> data store
_OPERATED = {
    ("postgresql.cnpg.io", "Cluster"): "postgres",
    ("acid.zalan.do", "postgresql"): "postgres",
    ("postgres-operator.crunchydata.com", "PostgresCluster"): "postgres",
    ("mysql.oracle.com", "InnoDBCluster"): "mysql",
    ("k8s.mariadb.com", "MariaDB"): "mariadb",
    ("mongodbcommunity.mongodb.com", "MongoDBCommunity"): "mongodb",
    ("psmdb.percona.com", "PerconaServerMongoDB"): "mongodb",
    ("databases.spotahome.com", "RedisFailover"): "redis",
    ("redis.redis.opstreelabs.in", "Redis"): "redis",
    ("elasticsearch.k8s.elastic.co", "Elasticsearch"): "elasticsearch",
    ("opensearch.opster.io", "OpenSearchCluster"): "opensearch",
    ("kafka.strimzi.io", "Kafka"): "kafka",
    ("rabbitmq.com", "RabbitmqCluster"): "rabbitmq",
}
# what operators add to an object's name for the Services they make
_OPERATED_HOSTS = (
    "",
    "-rw",
    "-ro",
    "-r",
    "-primary",
    "-ha",
    "-pgbouncer",
    "-kafka-bootstrap",
    "-es-http",
    "-svc",
    "-nodes",
)
SCALERS = frozenset({"HorizontalPodAutoscaler", "ScaledObject"})
_SECRET_KINDS = frozenset({"Secret", "SealedSecret", "ExternalSecret"})


class Selection:
    """Workloads by the labels of their pods, so that thousands of selectors do not each look at every workload."""

    def __init__(self, works: list[Workload]) -> None:
        self.works: dict[tuple[str, str, str | None], list[Workload]] = {}
        for work in works:
            for key, value in work.labels.items():
                for folder in (work.manifest.folder, None):
                    self.works.setdefault((key, value, folder), []).append(work)

    def of(self, selector: Node, by: Manifest) -> list[Workload]:
        """Long-running workloads with all labels of a selector: those of the same folder, else the first elsewhere."""
        wanted = labels(selector)
        for folder in (by.folder, None):
            lists = [self.works.get((key, value, folder), []) for key, value in wanted.items()]
            found = [work for work in min(lists, key=len, default=[]) if self.fits(work, wanted, by)]
            if found:
                return found if folder is not None else found[:1]
        return []

    @staticmethod
    def fits(work: Workload, wanted: Mapping[str, str], by: Manifest) -> bool:
        spaces = {by.namespace, work.manifest.namespace} - {""}
        return not work.is_job and wanted.items() <= work.labels.items() and len(spaces) < 2

    def behind(self, service: Manifest) -> Workload | None:
        """The workload that a Service leads to: of several the one of its name, then one that lists its port."""
        found = self.of(service.node.at("spec", "selector"), service)
        named = [work for work in found if work.name == service.name]
        targets = [port.at("targetPort").text or port.at("port").text for port in service.node.at("spec", "ports")]
        listing = [work for work in found if any(work.lists(target) for target in targets)]
        return next(iter((*named, *listing, *found)), None)


def facts(manifests: list[Manifest], elsewhere: Mapping[str, str] | None = None) -> Iterator[Fact | Finding]:
    """Everything that objects deployed together say. Order of the objects is kept.

    ``elsewhere`` are host names of what is deployed with them and not among them, each with its service.
    """
    works = workloads(manifests)
    around = _around(manifests, works)
    for work in works:
        yield from facts_of(work, around)
    selection = Selection(works)
    names: dict[str, str] = dict(elsewhere or {})
    for manifest in manifests:
        yield from _operated(manifest)
        if (manifest.api, manifest.kind) in _OPERATED:
            names.update({manifest.name + suffix: manifest.name for suffix in _OPERATED_HOSTS})
    for service in (m for m in manifests if m.kind == "Service" and m.api == ""):
        work_behind = selection.behind(service)
        yield from _service(service, work_behind)
        if work_behind:
            names[service.name] = work_behind.name
    yield from _order(manifests, works, around, names, selection)
    yield from routes(manifests)
    yield from _scaling(manifests, selection)
    yield from _secrets(around)
    for manifest in manifests:
        for said in observability.of_manifest(manifest):
            watched = _watched(manifest, manifests, selection) if isinstance(said, Fact) else None
            yield replace(said, service=watched.name) if watched and isinstance(said, Fact) else said


def _watched(monitor: Manifest, manifests: list[Manifest], selection: Selection) -> Workload | None:
    """The workload that a ServiceMonitor or PodMonitor scrapes: behind the Service with its labels and its port."""
    spec = monitor.node.at("spec")
    wanted = labels(spec.at("selector", "matchLabels"))
    if monitor.kind == "PodMonitor":
        return next(iter(selection.of(spec.at("selector", "matchLabels"), monitor)), None)
    if monitor.kind != "ServiceMonitor" or not wanted:
        return None
    ports = {endpoint.at("port").text for endpoint in spec.at("endpoints")}
    found: list[tuple[bool, int, Workload]] = []
    for service in (m for m in manifests if m.kind == "Service" and m.api == ""):
        behind = selection.behind(service)
        if behind and wanted.items() <= labels(service.node.at("metadata", "labels")).items():
            named = any(port.at("name").text in ports for port in service.node.at("spec", "ports"))
            found.append((not named, len(found), behind))
    return min(found, key=lambda one: one[:2])[2] if found else None


def _order(
    manifests: list[Manifest], works: list[Workload], around: Surroundings, names: dict[str, str], selection: Selection
) -> Iterator[Fact]:
    """What comes before what: hooks and waves, what one asks of another, who may call whom."""
    applied = list(_applied(works))
    jobs = frozenset(work.name for work in works if work.is_job)
    before = frozenset((fact.name, str(fact.service)) for fact in applied)
    known = Known(names, jobs, before)
    asked = [fact for work in works for fact in asks(work, around, known)]
    yield from asked
    yield from applied
    edges: dict[str, set[str]] = {}
    for fact in (*asked, *applied):
        edges.setdefault(str(fact.service), set()).add(fact.name)
    policies = [m for m in manifests if m.kind == "NetworkPolicy"]
    yield from allowed([_policy(policy, selection) for policy in policies], edges)


def _policy(manifest: Manifest, selection: Selection) -> tuple[Manifest, list[Workload], list[tuple[Workload, int]]]:
    """A NetworkPolicy, the workloads it is about, and those that may call them; monitoring calls everybody."""
    spec = manifest.node.at("spec")
    callers = []
    for rule in spec.at("ingress"):
        for peer in rule.at("from"):
            if not peer.at("namespaceSelector").is_map:
                found = selection.of(peer.at("podSelector", "matchLabels"), manifest)
                callers += [(work, peer.line_of("podSelector")) for work in found if work.role != "monitoring"]
    return manifest, selection.of(spec.at("podSelector", "matchLabels"), manifest), callers


def _operated(manifest: Manifest) -> Iterator[Fact]:
    """A data store that an operator runs: the object is the service."""
    store = _OPERATED.get((manifest.api, manifest.kind))
    if store and manifest.name:
        how = f"a {manifest.kind} of {manifest.api}"
        yield manifest.fact("service", manifest.name, "datastore", manifest.name_line, None, how)
        yield manifest.fact("datastore", manifest.name, store, manifest.name_line, manifest.name, how)
        instances = next(
            (n for n in map(manifest.node.at("spec").at, ("instances", "numberOfInstances", "replicas")) if n), None
        )
        if instances is not None and instances.text.isdigit():
            yield manifest.fact("replicas", manifest.name, int(instances.text), instances, manifest.name)


def _around(manifests: list[Manifest], works: list[Workload]) -> Surroundings:
    around = Surroundings()
    for work in filter(runs_application, works):
        around.applications.update(reference(c.image.text).repository for c in work.containers if not c.init)
    for manifest in manifests:
        if manifest.kind == "ConfigMap":
            around.add(around.configs, manifest.name, manifest)
        elif manifest.kind in _SECRET_KINDS:
            around.add(around.secrets, _secret_name(manifest), manifest)
    return around


def _applied(works: list[Workload]) -> Iterator[Fact]:
    """The order inside each folder: what is applied in one go."""
    together: dict[str, list[Workload]] = {}
    for work in works:
        together.setdefault(work.manifest.folder, []).append(work)
    for group in together.values():
        yield from waves.order(group)


def _secret_name(manifest: Manifest) -> str:
    return manifest.node.at("spec", "target", "name").text or manifest.name


def _service(service: Manifest, work: Workload | None) -> Iterator[Fact | Finding]:
    selector = service.node.at("spec", "selector")
    if work is None:
        if any(selector.items()):
            said = ", ".join(f"{key}={value}" for key, value in labels(selector).items())
            sentence = f"the Service {service.name} selects {said}, and no workload that was read has these labels"
            line = service.node.at("spec").line_of("selector")
            yield service.finding("selector-matches-nothing", Severity.WARNING, sentence, line, "compare the labels")
        return
    for port in service.node.at("spec", "ports"):
        yield from _target(service, work, port)
    yield from scraped_service(work, service)


def _target(service: Manifest, work: Workload, port: Node) -> Iterator[Fact | Finding]:
    target = port.at("targetPort")
    number = work.port(target if target.text else port.at("port"))
    at = target if target.text else port.at("port")
    if number is None:
        sentence = f"the Service {service.name} leads to the port {at.text!r}, which no container of {work.name} names"
        yield service.finding("port-unresolved", Severity.RISK, sentence, at, "give a container port this name")
        return
    how = "" if target.text else "targetPort is the Service's port when it is not given"
    yield service.fact("port", "targetPort" if target.text else "port", number, at, work.name, how)
    declared = work.declared_ports()
    if declared and number not in declared:
        listed = ", ".join(map(str, sorted(declared)))
        sentence = f"the Service {service.name} leads to port {number}; the containers of {work.name} list {listed}"
        finding = service.finding("port-differs", Severity.WARNING, sentence, at, "see which one the program takes")
        yield replace(
            finding, places=(*finding.places, work.manifest.place(work.manifest.name_line)), service=work.name
        )


def _scaling(manifests: list[Manifest], selection: Selection) -> Iterator[Fact]:
    for manifest in manifests:
        spec = manifest.node.at("spec")
        behind_it = spec.at("workloadRef", "name").text
        if manifest.kind == "Rollout" and behind_it:  # Argo: the pods are those of a Deployment
            yield from rollout(manifest, behind_it)
        if manifest.kind in SCALERS:
            target = spec.at("scaleTargetRef", "name")
            least = spec.at("minReplicas").text or spec.at("minReplicaCount").text or "1"
            most = spec.at("maxReplicas") or spec.at("maxReplicaCount")
            if target.text:
                value = f"{least}-{most.text}" if most.text else least
                yield manifest.fact("autoscaling", target.text, value, target, target.text)
        elif manifest.kind == "PodDisruptionBudget":
            for work in selection.of(spec.at("selector", "matchLabels"), manifest):
                for key in ("minAvailable", "maxUnavailable"):
                    if spec.at(key).text:
                        value = f"{key}={spec.at(key).text}"
                        yield manifest.fact("disruption_budget", key, value, spec.at(key), work.name)


def _secrets(around: Surroundings) -> Iterator[Fact | Finding]:
    """Secrets that stand in files: their variable-like keys, and a finding where values are committed."""
    for (name, folder), manifest in around.secrets.items():
        if folder is None:
            continue
        for key, line in secret_keys(manifest):
            if _VARIABLE_LIKE.fullmatch(key) and not is_plain_address(key, secret_value(manifest, key)):
                yield manifest.fact("secret", key, name, line)
        if manifest.kind != "Secret" or manifest.node.at("sops"):
            continue
        for part in (manifest.node.at("stringData"), manifest.node.at("data")):
            for key, value in part.items():
                if value.text and is_placeholder(secret_value(manifest, key) or value.text):
                    if _VARIABLE_LIKE.fullmatch(key):
                        yield manifest.fact("env_required", key, "placeholder", part.line_of(key))
                elif value.text and not any(sign in value.text for sign in _FILLED_IN):
                    sentence = f"a value for {key} of the Secret {name} stands in the repository"
                    do = "keep it in a secret store, and change it: the history has it"
                    yield manifest.finding("secret-committed", Severity.RISK, sentence, part.line_of(key), do)
