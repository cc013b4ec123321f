"""The facts of Kubernetes objects deployed together: workloads, what selects them, what they ask of each other."""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from releasekit.facts import observability, waves
from releasekit.facts.confidential import is_placeholder
from releasekit.facts.containers import Setting, Surroundings, facts_of, rollout, scraped_service, secret_keys, settings
from releasekit.facts.manifests import Manifest, labels
from releasekit.facts.model import Fact, Finding, Severity
from releasekit.facts.routes import routes
from releasekit.facts.traced import UNKNOWN
from releasekit.facts.workloads import Workload, workloads
from releasekit.syntax.node import Node

_HOST_NAME = re.compile(
    r"(?:_|^)(?:HOST|HOSTNAME|ADDR|ADDRESS|SERVER|SERVICE|ENDPOINT|URL|URI|DSN|BROKERS?|SERVERS|HOSTS)S?$"
)
_ADDRESS = re.compile(
    r"(?:(?:[a-z][a-z0-9+.\-]*:)+//)?(?:[^/@\s]*@)?(?:tcp\()?(?P<host>[a-z0-9](?:[a-z0-9.\-]*[a-z0-9])?)"
    r"(?P<port>:\d+)?\)?(?P<rest>[/?].*)?"
)
_VARIABLE_LIKE = re.compile(r"[A-Z][A-Z0-9_]{2,}")
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


def facts(manifests: list[Manifest]) -> Iterator[Fact | Finding]:
    """Everything that objects deployed together say. Order of the objects is kept."""
    works = workloads(manifests)
    around = _around(manifests)
    for work in works:
        yield from facts_of(work, around)
    selection = Selection(works)
    names: dict[str, str] = {}
    for manifest in manifests:
        yield from _operated(manifest)
    for service in (m for m in manifests if m.kind == "Service" and m.api == ""):
        work_behind = selection.behind(service)
        yield from _service(service, work_behind)
        if work_behind:
            names.setdefault(service.name, work_behind.name)
    for work in works:
        yield from _addresses(work, around, names)
        yield from waves.waiting(work, names)
    yield from _applied(works)
    yield from routes(manifests)
    yield from _scaling(manifests, selection)
    yield from _secrets(around)
    for manifest in manifests:
        yield from observability.of_manifest(manifest)


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


def _around(manifests: list[Manifest]) -> Surroundings:
    around = Surroundings()
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


def _addresses(work: Workload, around: Surroundings, names: dict[str, str]) -> Iterator[Fact]:
    """``depends_on`` from variables that hold the address of a Service of the same deployment."""
    found: dict[str, Fact] = {}
    for container in work.containers:
        for setting in settings(work, container, around):
            for host in _hosts(setting):
                name = names.get(host)
                if name and name != work.name and name not in found:
                    how = f"{setting.name} holds the address of the Service {host}"
                    found[name] = setting.manifest.fact("depends_on", name, "address", setting.at, work.name, how)
    yield from found.values()


def _hosts(setting: Setting) -> Iterator[str]:
    """First labels of the host names in an address, or in a list of addresses."""
    for part in setting.value.split(","):
        text = part.strip()
        match = _ADDRESS.fullmatch(text) if len(text) < 2000 else None
        if match and (match["port"] or "://" in text or _HOST_NAME.search(setting.name.upper())):
            first, _, rest = match["host"].partition(".")
            yield first
            if re.search(r"-\d+$", first) and rest:  # one pod of a StatefulSet: pod.service
                yield rest.partition(".")[0]


def _scaling(manifests: list[Manifest], selection: Selection) -> Iterator[Fact]:
    for manifest in manifests:
        spec = manifest.node.at("spec")
        behind_it = spec.at("workloadRef", "name").text
        if manifest.kind == "Rollout" and behind_it:  # Argo: the pods are those of a Deployment
            yield from rollout(manifest, behind_it)
        if manifest.kind in {"HorizontalPodAutoscaler", "ScaledObject"}:
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
            if _VARIABLE_LIKE.fullmatch(key):
                yield manifest.fact("secret", key, name, line)
        if manifest.kind != "Secret" or manifest.node.at("sops"):
            continue
        encoded = manifest.node.at("data").line
        for part in (manifest.node.at("stringData"), manifest.node.at("data")):
            for key, value in part.items():
                if value.text and is_placeholder(_readable(value.text) if part.line == encoded else value.text):
                    if _VARIABLE_LIKE.fullmatch(key):
                        yield manifest.fact("env_required", key, "placeholder", part.line_of(key))
                elif value.text and not any(sign in value.text for sign in _FILLED_IN):
                    sentence = f"a value for {key} of the Secret {name} stands in the repository"
                    do = "keep it in a secret store, and change it: the history has it"
                    yield manifest.finding("secret-committed", Severity.RISK, sentence, part.line_of(key), do)


def _readable(value: str) -> str:
    """What base64 says, for the comparison with placeholders only."""
    try:
        return base64.b64decode(value, validate=True).decode(errors="replace")
    except (binascii.Error, ValueError):
        return value
