"""The facts of one Kubernetes workload: image, ports, probes, limits, volumes, variables. Knows no order."""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from releasekit.facts.images import monitors, reference, stores
from releasekit.facts.kubernetes.manifests import Manifest, is_templated
from releasekit.facts.kubernetes.workloads import Container, Workload
from releasekit.facts.model import Fact, Finding, Severity
from releasekit.facts.settings.confidential import has_credentials, is_confidential, is_placeholder
from releasekit.facts.traced import UNKNOWN
from releasekit.syntax.expression import Expression
from releasekit.syntax.node import Node

_PROBES = ("readinessProbe", "livenessProbe", "startupProbe")
_URL = Expression(r"https?://[^/\s\"'|)\]]+(?P<path>/[^\s\"'|)\]?#]*)?")
_GRPC_PROBE = Expression(r"grpc_health_probe\b.*?-addr[= ]\S*?:(?P<port>\w+)")
_GIVEN = Expression(r"(?P<option>--?(?:password|passwd|pass|token)[= ]|redis-cli\b.*?\s-a\s)(?!\$|\"\$)\S+")
_DEVICE = Expression(r"/dev/tcp/[^/\s]+/(?P<port>\d+)|\bnc\s(?:-\w+\s)*-\w*z\w*\s(?:-\w+\s)*\S+\s(?P<nc>\d+)")
# an empty value in a manifest says that nothing is wanted, not that something is missing
_NOTHING = frozenset({"", "none", "null"})
# IANA's and the projects' own port numbers
_STORE_PORTS = {"5432": "postgres", "3306": "mysql", "27017": "mongodb", "6379": "redis", "5672": "rabbitmq"}
_STORE_PORTS |= {"9092": "kafka", "11211": "memcached", "9200": "elasticsearch", "1433": "mssql"}
# where a site or its own service is found, by everybody
_OWN_ADDRESS = Expression(
    r"(?:\w+_)?(?:WEB|WEBAPP|WEBSITE|SITE|BASE|PUBLIC|APP|FRONTEND|ROOT|HOME|CALLBACK|REDIRECT|NEXTAUTH|ORIGIN|EXTERNAL)"
    r"_UR[LI]S?"
)
# volumes that outlive the pod: claims and disks (Kubernetes API, type Volume)
_DISKS = (
    "persistentVolumeClaim",
    "awsElasticBlockStore",
    "azureDisk",
    "azureFile",
    "cephfs",
    "cinder",
    "fc",
    "gcePersistentDisk",
    "glusterfs",
    "iscsi",
    "nfs",
    "portworxVolume",
    "rbd",
    "vsphereVolume",
)


@dataclass(frozen=True, slots=True)
class Setting:
    """A variable of a container: its value, or the Secret and key that give it. ``at`` is a line of ``manifest``.

    ``held`` is what the Secret says, if it is there: it is read for addresses, and never shown.
    """

    name: str
    value: str
    at: int
    manifest: Manifest
    secret: str = ""
    key: str = ""
    held: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a container's variables may refer to: ConfigMaps and Secrets of the same deployment, by name."""

    configs: dict[tuple[str, str | None], Manifest] = field(default_factory=dict)
    secrets: dict[tuple[str, str | None], Manifest] = field(default_factory=dict)
    # images that run something else than a data store, which is then no proof of one
    applications: set[str] = field(default_factory=set)

    @staticmethod
    def add(table: dict[tuple[str, str | None], Manifest], name: str, manifest: Manifest) -> None:
        """Keep an object under its name and folder, and under its name alone if it is the first."""
        table[name, manifest.folder] = manifest
        table.setdefault((name, None), manifest)

    @staticmethod
    def find(table: dict[tuple[str, str | None], Manifest], name: str, by: Manifest) -> Manifest | None:
        """The object of a name, that of the same folder first: several services may each have an `app-config`."""
        return table.get((name, by.folder), table.get((name, None)))


# a Job with one of these is run by the tool that applies it, as a part of the deploy
_HOOKS = ("helm.sh/hook", "argocd.argoproj.io/hook")


def facts_of(work: Workload, around: Surroundings) -> Iterator[Fact | Finding]:
    """All facts of a workload that its own manifest and the objects it refers to give."""
    stored = list(_stores(work, around))
    role = "datastore" if stored and work.role == "app" else work.role
    yield work.manifest.fact("service", work.name, role, work.manifest.name_line)
    yield from _shape(work)
    for container in work.containers:
        yield from _image(work, container)
        yield from _ports(work, container)
        yield from _lacks(work, container)
    yield from _endpoints(work)
    yield from stored
    yield from _volumes(work)
    yield from _scraped(work, work.template.at("metadata"), work.manifest)
    for container in work.containers:
        for setting in settings(work, container, around):
            yield from _confidential(work, setting)


def _shape(work: Workload) -> Iterator[Fact]:
    manifest, spec = work.manifest, work.manifest.node.at("spec")
    if work.kind != "Service":  # Knative's: kubectl calls it otherwise
        yield manifest.fact("workload", work.name, work.kind, manifest.node.at("kind"), work.name)
    if work.manifest.namespace:
        space = manifest.node.at("metadata", "namespace")
        yield manifest.fact("namespace", work.name, space.text, space, work.name)
    for key in _HOOKS if work.is_job else ():
        hook = manifest.annotation(key)
        if hook.text:
            yield manifest.fact("hook", hook.text, work.name, hook, work.name, f"the annotation {key} of {work.name}")
    replicas = spec.at("replicas")
    if replicas.text.isdigit() and not work.is_job:
        yield manifest.fact("replicas", work.name, int(replicas.text), replicas, work.name)
    if work.kind == "CronJob" and spec.at("schedule").text:
        yield manifest.fact("cronjob", work.name, spec.at("schedule").text, spec.at("schedule"), work.name)
    yield from rollout(manifest, work.name)
    grace = work.pod.at("terminationGracePeriodSeconds")
    if grace.text.isdigit():
        yield manifest.fact("stop_grace", "terminationGracePeriodSeconds", int(grace.text), grace, work.name)


def rollout(manifest: Manifest, service: str) -> Iterator[Fact]:
    """How a new version replaces the old one, where the object says it."""
    spec = manifest.node.at("spec")
    strategy = spec.at("updateStrategy") if manifest.kind in {"StatefulSet", "DaemonSet"} else spec.at("strategy")
    chosen = strategy.at("type").text
    if chosen:
        yield manifest.fact("rollout_strategy", "strategy", chosen, strategy.at("type"), service)
    for way in ("blueGreen", "canary", "rollingUpdate"):
        if not chosen and strategy.at(way):
            value = way[0].upper() + way[1:] if way == "rollingUpdate" else way
            how = "" if value == way else "rollingUpdate without a type"
            yield manifest.fact("rollout_strategy", "strategy", value, strategy.line_of(way), service, how)


def _image(work: Workload, container: Container) -> Iterator[Fact | Finding]:
    text, manifest = container.image.text, work.manifest
    if not text:
        return
    if is_templated(text):
        yield manifest.finding("not-analysed", Severity.WARNING, "an image that a template gives", container.image)
        return
    image = reference(text)
    yield manifest.fact("image", image.repository, text, container.image, work.name)
    if image.unpinned and "$" not in text:
        yield manifest.fact("image_unpinned", image.repository, text, container.image, work.name)
    known = monitors(image.repository)
    if known and container is work.main:
        yield replace(
            manifest.fact("monitoring", known[0], known[1], container.image, work.name),
            how="a well-known monitoring image",
        )


def _ports(work: Workload, container: Container) -> Iterator[Fact]:
    if container.init and not container.sidecar:
        return
    for port in container.node.at("ports"):
        number = port.at("containerPort")
        if number.text.isdigit():
            name = port.at("name").text or "containerPort"
            yield work.manifest.fact("port", name, int(number.text), number, work.name)


def _lacks(work: Workload, container: Container) -> Iterator[Fact]:
    if container.init:
        return
    at = container.name_line
    if not any(container.node.at("resources", "limits").items()):
        yield work.manifest.fact("resources_missing", container.name, "limits", at, work.name, "no resources.limits")
    if work.is_job or work.kind == "Service":  # Knative gives every container a readiness probe of its own
        return
    for probe in ("readiness", "liveness"):
        if not any(container.node.at(f"{probe}Probe").items()):
            yield work.manifest.fact("probe_missing", container.name, probe, at, work.name, f"no {probe}Probe")


def _endpoints(work: Workload) -> Iterator[Fact | Finding]:
    """One fact for each distinct endpoint, however many probes ask it."""
    found: dict[str, Fact] = {}
    for container in work.containers:
        for kind in _PROBES:
            probe = container.node.at(kind)
            value = _endpoint(work, probe)
            if value is None:
                if probe.is_map and any(probe.items()):
                    sentence = f"the port of this {kind} has no number in any container of {work.name}"
                    line = container.node.line_of(kind)
                    yield work.manifest.finding("port-unresolved", Severity.WARNING, sentence, line)
                continue
            fact = work.manifest.fact("healthcheck", kind, value, container.node.line_of(kind), work.name)
            first = found.get(value)
            found[value] = replace(first, also=(*first.also, fact.source, *fact.also)) if first else fact
        stop = container.node.at("lifecycle", "preStop")
        if stop.is_map:
            said = " ".join(part.text for part in stop.at("exec", "command")) or stop.at("httpGet", "path").text
            line = container.node.at("lifecycle").line_of("preStop")
            yield work.manifest.fact(
                "pre_stop", "preStop", hidden(said) or next(iter(dict(stop.items())), ""), line, work.name
            )
    yield from found.values()


def _endpoint(work: Workload, probe: Node) -> str | None:
    http, tcp, grpc = probe.at("httpGet"), probe.at("tcpSocket"), probe.at("grpc")
    if http.is_map:
        path = http.at("path").text or "/"
        return None if is_templated(path) else "http:/" + path.lstrip("/")
    if tcp.is_map or grpc.is_map:
        port = work.port((tcp if tcp.is_map else grpc).at("port"))
        return None if port is None else f"{'tcp' if tcp.is_map else 'grpc'}:{port}"
    command = [part.text for part in probe.at("exec", "command")]
    return asked(" ".join(command)) if command else None


def asked(command: str) -> str:
    """What a health command asks: an address's path, a port, else the command itself."""
    grpc, device, url = _GRPC_PROBE.search(command), _DEVICE.search(command), _URL.search(command)
    if grpc:
        return f"grpc:{grpc['port']}"
    if url:
        return "http:" + (url["path"] or "/")
    return f"tcp:{device['port'] or device['nc']}" if device else f"cmd:{hidden(command)}"


def hidden(command: str) -> str:
    """A command without the passwords in it; variables stay, since they say nothing."""
    password = has_credentials(command)
    if password and not password.startswith("$"):
        command = command.replace(password, "***")
    return _GIVEN.sub(lambda match: match["option"] + "***", command)


def _stores(work: Workload, around: Surroundings) -> Iterator[Fact]:
    if work.is_job:
        return
    for container in work.containers:
        known = stores(reference(container.image.text).repository)
        if known and not container.init:
            how = "" if known[0] in container.image.text else "a well-known image"
            yield work.manifest.fact("datastore", work.name, known[0], container.image, work.name, how)
        own = not known and not container.init and not is_templated(container.image.text)
        if own and reference(container.image.text).repository not in around.applications:
            yield from _store_by_port(work, container)


def runs_application(work: Workload) -> bool:
    """Whether no container listens where data stores do: its images are then no data store's."""
    ports = (port.at("containerPort").text for c in work.containers if not c.init for port in c.node.at("ports"))
    return not work.is_job and not any(port in _STORE_PORTS for port in ports)


def _store_by_port(work: Workload, container: Container) -> Iterator[Fact]:
    """An image of one's own that listens where a data store does, and is called like one."""
    for port in container.node.at("ports"):
        number, name = port.at("containerPort"), port.at("name").text
        store = _STORE_PORTS.get(number.text, "")
        words = set(re.split(r"[-_./]", f"{work.name}-{container.name}-{name}".lower()))
        if store and words & {store, store.removesuffix("db"), "db", "database", "postgresql", "cache", "broker"}:
            how = f"it listens on {number.text} and is called like a data store"
            yield work.manifest.fact("datastore", work.name, store, number, work.name, how)


def _volumes(work: Workload) -> Iterator[Fact]:
    lasting: dict[str, str] = {}
    for volume in work.pod.at("volumes"):
        name = volume.at("name").text
        if any(volume.at(kind).is_map for kind in _DISKS):
            lasting[name] = volume.at("persistentVolumeClaim", "claimName").text or name
    for secret in mounted_secrets(work):
        yield work.manifest.fact("secret", secret.text, "mounted", secret, work.name)
    for claim in work.manifest.node.at("spec", "volumeClaimTemplates"):
        lasting[claim.at("metadata", "name").text] = claim.at("metadata", "name").text
    for container in work.containers:
        for mount in container.node.at("volumeMounts"):
            name, path = mount.at("name").text, mount.at("mountPath")
            if name in lasting and path.text:
                yield work.manifest.fact("volume", lasting[name], path.text, path, work.name)


def mounted_secrets(work: Workload) -> Iterator[Node]:
    """The names of Secrets that a pod takes as files, alone or projected into one folder with others."""
    for volume in work.pod.at("volumes"):
        names = (
            volume.at("secret", "secretName"),
            *(part.at("secret", "name") for part in volume.at("projected", "sources")),
        )
        yield from (name for name in names if name.text)


def _scraped(work: Workload, metadata: Node, manifest: Manifest) -> Iterator[Fact]:
    key = "prometheus.io/scrape"
    asked_for = metadata.at("annotations", key)
    if asked_for.text.lower() == "true":
        line = metadata.at("annotations").line_of(key)
        yield manifest.fact("monitoring", "prometheus_annotation", "prometheus", line, work.name)


def scraped_service(work: Workload, manifest: Manifest) -> Iterator[Fact]:
    """The scrape annotation of a Service, said of the workload that it selects."""
    return _scraped(work, manifest.node.at("metadata"), manifest)


def settings(work: Workload, container: Container, around: Surroundings) -> Iterator[Setting]:
    """The variables of a container, those of ConfigMaps and Secrets that it takes whole included."""
    for source in container.node.at("envFrom"):
        prefix = source.at("prefix").text
        config, secret = source.at("configMapRef", "name"), source.at("secretRef", "name")
        manifest = around.find(around.configs, config.text, work.manifest)
        if manifest is not None:
            for key, value in manifest.node.at("data").items():
                yield Setting(prefix + key, value.text, manifest.node.at("data").line_of(key), manifest)
        if secret.text:
            yield from _taken_whole(work, secret, prefix, around)
    for variable in container.node.at("env"):
        name, given = variable.at("name"), variable.at("valueFrom")
        if not name.text:
            continue
        reference_, config_ = given.at("secretKeyRef"), given.at("configMapKeyRef")
        holder = around.find(around.configs, config_.at("name").text, work.manifest)
        key = config_.at("key").text
        if reference_.is_map:
            secret_name, secret_key = reference_.at("name").text, reference_.at("key").text
            holder = around.find(around.secrets, secret_name, work.manifest)
            held = secret_value(holder, secret_key) if holder is not None else ""
            yield Setting(name.text, "", name.line, work.manifest, secret_name, secret_key, held)
        elif holder is not None and holder.node.at("data", key):
            yield Setting(name.text, holder.node.at("data", key).text, name.line, work.manifest)
        elif not given.is_map:
            yield Setting(name.text, variable.at("value").text, name.line, work.manifest)


def _taken_whole(work: Workload, secret: Node, prefix: str, around: Surroundings) -> Iterator[Setting]:
    known = around.find(around.secrets, secret.text, work.manifest)
    keys = list(secret_keys(known)) if known is not None else []
    if known is None or not keys:
        yield Setting(secret.text, "", secret.line, work.manifest, secret.text)
        return
    for key, line in keys:
        yield Setting(prefix + key, "", line, known, secret.text, key, secret_value(known, key))


def secret_keys(manifest: Manifest) -> Iterator[tuple[str, int]]:
    """(key, line) of what a Secret, a SealedSecret or an ExternalSecret holds; never a value."""
    node = manifest.node
    for part in (node.at("data"), node.at("stringData"), node.at("spec", "encryptedData")):
        for key in part.keys:
            yield key, part.line_of(key)
    for entry in node.at("spec", "data"):
        if entry.at("secretKey").text:
            yield entry.at("secretKey").text, entry.at("secretKey").line


def secret_value(manifest: Manifest, key: str) -> str:
    """What a Secret says under a key, decoded; "" when nothing that can be read does."""
    written = manifest.node.at("stringData", key).text
    encoded = manifest.node.at("data", key).text.replace(UNKNOWN, "")
    try:
        return written or base64.b64decode(encoded, validate=True).decode(errors="replace")
    except (binascii.Error, ValueError):
        return ""


def is_plain_address(name: str, value: str) -> bool:
    """Whether a key of a Secret holds nothing but an address: no password, or the place where people find the site."""
    if "://" in value and not has_credentials(value):
        return not is_confidential(name) and not re.search(r"[?&](?:\w*key|\w*token|sig|password)=|hooks?[./]", value)
    return not value.strip(UNKNOWN) and bool(_OWN_ADDRESS.fullmatch(name))


def _confidential(work: Workload, setting: Setting) -> Iterator[Fact]:
    manifest = setting.manifest
    if setting.secret and is_plain_address(setting.name, setting.held):
        return
    if setting.secret:
        value = f"{setting.secret}/{setting.key}" if setting.key else setting.secret
        yield manifest.fact("secret", setting.name, value, setting.at, work.name)
        return
    if setting.value not in _NOTHING and is_placeholder(setting.value):
        yield manifest.fact("env_required", setting.name, "placeholder", setting.at, work.name)
    if setting.value and (is_confidential(setting.name) or has_credentials(setting.value)):
        # $(NAME) is another variable of the container (Kubernetes, "Define dependent environment variables")
        how = "composed" if "$(" in setting.value else "hardcoded"
        yield manifest.fact("secret", setting.name, how, setting.at, work.name)
