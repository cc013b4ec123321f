"""What each step of the deployment is for this service: stop, deploy, configure, start in order, look at health."""

import re
import shlex
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from releasekit.checklist.context import Context, about, listed, some
from releasekit.checklist.details.scaling import scaled_up
from releasekit.checklist.model import Detail
from releasekit.facts.model import Fact

# a chart's own values.yaml needs no mention
_VALUES = re.compile(r"(?:^|/)(?!values\.ya?ml$)(?!Chart\.yaml$)[^/]*values[^/]*\.ya?ml$")
_SHELL = re.compile(r"[;&|<>()'\"$`]")
# what a release does not stop: it goes on while the version changes
_KEPT = frozenset({"datastore", "broker"})
_CONDITION = {
    "service_started": "has started",
    "service_healthy": "is healthy",
    "service_completed_successfully": "has ended with success",
}
_PLATFORM = {
    "heroku": ("git push heroku HEAD:main", "Verifying deploy... done."),
    "fly": ("fly deploy", "deployed successfully"),
}


def stop(c: Context) -> Iterator[Detail]:
    """What stops when, how long each may take, and whether it stops at all."""
    own = [fact for fact in reversed(c.services) if fact in c.own and fact.name not in c.jobs]
    if c.deployment.cluster:
        yield Detail("Kubernetes drains old pods while new ones start; the grace period below is what a request has.")
    yield from _graces(c, own)
    for fact in c.of("rollout_strategy"):
        yield about(fact, f"{fact.service or fact.name} rolls out with {fact.value}.")
    names = [fact.name for fact in own]
    if not names:
        yield c.nothing(
            "service that could be stopped", "Compose files", "Kubernetes manifests", "Procfile", "systemd units"
        )
    elif c.rollback.no_return:
        yield Detail("The running version must not run on the new schema: stop it before the migrations.", warns=True)
        yield Detail(
            "Stop, in reverse order of start:", code=stop_command(c, names), expect="nothing of it runs any more"
        )
    elif c.deployment.way == "compose":
        yield Detail(
            "Stop, in reverse order of start:", code=stop_command(c, names), expect="exit status 0 or 143, not 137"
        )


def _graces(c: Context, own: list[Fact]) -> Iterator[Detail]:
    silent = []
    for service in own:
        said = c.service("stop_grace", service.name)
        if said:
            value = str(said[0].value)
            yield about(said[0], f"{service.name} has {value}{' seconds' if value.isdigit() else ''} to stop.")
        else:
            silent.append(service)
    if silent:
        names = listed(fact.name for fact in silent)
        have = "has" if len(silent) == 1 else "have"
        default = (
            f"{c.deployment.grace} seconds to stop, the default" if c.deployment.grace else "a time to stop not known"
        )
        yield about(silent[0], f"{names} {have} {default}: no file says otherwise.")


def stop_command(c: Context, names: list[str]) -> str:
    """The command that stops these services, in this order; "" when the way of deploying is not known."""
    quoted = list(map(shlex.quote, names))
    if c.deployment.way == "compose":
        return c.deployment.compose("stop", *quoted)
    if c.deployment.cluster:
        targets = (f"{c.workload(name)}/{shlex.quote(name)}" for name in names)
        return c.deployment.kubectl("scale", "--replicas=0", *targets)
    if c.deployment.way == "systemd":
        return " ".join(("sudo", "systemctl", "stop", *quoted))
    return ""


def deploy(c: Context) -> Iterator[Detail]:
    """The images or builds of this version, and the command that brings them in."""
    images = {fact.service: fact for fact in c.of("image")}
    builds = {fact.service: fact for fact in c.of("build")}
    changed = {(key.before, key.after): key for key in c.change.keys if key.kind == "image"}
    for service in c.own:
        image, build = images.get(service.name), builds.get(service.name)
        if build is not None:
            context = f" (context {build.value})" if build.value not in (None, "", ".") else ""
            yield about(build, f"{service.name} is built from {build.name or 'its folder'}{context}.")
        if image is not None:
            yield about(image, f"{service.name} runs the image:", code=str(image.value))
    for key in changed.values():
        yield Detail(f"Image: {key.before or 'none'} becomes {key.after or 'none'}.", source=key.source)
    unpinned = c.of("image_unpinned")
    if unpinned:
        names = dict.fromkeys(fact.service or fact.name for fact in unpinned)
        text = f"No fixed tag, so what is deployed can differ from what was tested: {listed(names)}."
        yield about(unpinned[0], text, warns=True)
    yield from _workflow(c)
    yield from deploy_commands(c)
    if not c.deployment.way and not images and not builds:
        starts = c.of("start_command")
        for fact in starts:
            yield about(fact, f"{fact.service or fact.name or 'It'} starts with:", code=str(fact.value))
        if not starts:
            yield c.nothing(
                "deployment", "Compose files", "Kubernetes manifests", "Helm charts", "Procfile", "systemd units"
            )


def _workflow(c: Context) -> Iterator[Detail]:
    for fact in c.of("ci"):
        if str(fact.value) in {"deploy", "release"}:
            yield about(fact, f"CI workflow that can do it ({fact.value}): {fact.name}.")


def deploy_commands(c: Context) -> Iterator[Detail]:
    """The commands of this way of deploying, in order, with what a person should see."""
    way, own = c.deployment, [fact for fact in c.own if fact.name not in c.jobs]
    if way.way == "compose":
        if c.of("build"):
            yield Detail("Build:", code=way.compose("build", "--pull"), expect="every image is built")
        else:
            yield Detail("Fetch:", code=way.compose("pull"), expect="every image is pulled")
        yield Detail(
            "Start what changed, in order of dependencies:",
            way.compose("up", "-d", "--wait"),
            "every service is Healthy or Started",
        )
    elif way.way == "swarm":
        files = " ".join(f"-c {shlex.quote(path)}" for path in way.files)
        yield Detail("Deploy the stack:", f"docker stack deploy {files} {c.release.service}", "services converge")
    elif way.way == "helm":
        given = (part for path in way.files if _VALUES.search(path) for part in ("-f", path))
        options = shlex.join((chart(c), *given, *(("-n", way.namespace) if way.namespace else ())))
        command = f"helm upgrade --install {c.release.service} {options} --atomic --timeout 10m"
        yield Detail("Upgrade; Helm goes back by itself when it fails:", command, "STATUS: deployed")
    elif way.cluster:
        yield from _apply(c)
    elif way.way == "systemd":
        yield Detail("Restart:", f"sudo systemctl restart {' '.join(fact.name for fact in own)}", "active (running)")
    elif way.way in _PLATFORM:
        command, expect = _PLATFORM[way.way]
        yield Detail("Deploy:", command, expect)
    if way.cluster:
        if c.rollback.no_return:
            yield from scaled_up(c, own)
        for fact in own:
            target = f"{c.workload(fact.name)}/{shlex.quote(fact.name)}"
            command = way.kubectl("rollout", "status", target, "--timeout=10m", service=fact.name)
            yield about(fact, f"{fact.name} is rolled out:", command, "successfully rolled out")
    if way.others:
        yield Detail(f"Other ways stand beside it in the repository and were not taken: {listed(way.others)}.")


def _apply(c: Context) -> Iterator[Detail]:
    way = c.deployment
    if way.way == "kustomize":
        folder = next((path.rpartition("/")[0] or "." for path in way.files if "kustomization" in path.lower()), "")
        folder = folder or (way.folders[0] if way.folders else ".")
        yield Detail("What would change:", way.kubectl("diff", "-k", shlex.quote(folder)), "only what is meant")
        yield Detail("Apply:", way.kubectl("apply", "-k", shlex.quote(folder)), "configured or unchanged, nothing else")
        return
    files = [part for folder in way.folders for part in ("-f", shlex.quote(f"{folder}/" if folder != "." else "."))]
    yield Detail("What would change:", way.kubectl("diff", *files), "only what is meant")
    yield Detail("Apply:", way.kubectl("apply", *files), "created, configured or unchanged, nothing else")


def chart(c: Context) -> str:
    """The folder of the Helm chart."""
    for path in c.deployment.files:
        if path.rpartition("/")[2] in {"Chart.yaml", "values.yaml"}:
            return path.rpartition("/")[0] or "."
        if "/templates/" in f"/{path}":
            return f"/{path}".partition("/templates/")[0].lstrip("/") or "."
    return "."


def configuration_applied(c: Context) -> Iterator[Detail]:
    """Which files carry the configuration, what is new in it, and what makes running processes read it."""
    new = [key for key in c.keys("feature_flag", "flag", "image", "dependency") if key.before is None]
    for key in new:
        yield Detail(f"Give it {key.name} ({key.kind.replace('_', ' ')}, new).", source=key.source, warns=True)
    by_service: dict[str, list[Fact]] = {}
    for fact in (*c.of("env_required"), *c.of("secret")):
        names = by_service.setdefault(fact.service or "", [])
        if fact.name not in {known.name for known in names}:
            names.append(fact)
    for service, facts in by_service.items():
        whose = f"{service} reads" if service else "Read at start"
        more = f" and {len(facts) - 12} more" if len(facts) > 12 else ""
        yield about(facts[0], f"{whose}: {', '.join(fact.name for fact in facts[:12])}{more}.")
    yield from some((Detail("Deployed from", code=path) for path in c.deployment.files), "files", 8)
    if c.deployment.way == "compose":
        yield Detail(
            "Names of missing variables show here, values do not:",
            c.deployment.compose("config", "--quiet"),
            "no output",
        )
    elif c.deployment.cluster:
        text = "Running pods do not read a changed ConfigMap or Secret from their environment: they have to restart."
        yield Detail(text)
    if not by_service and not new and not c.deployment.files:
        yield c.nothing("configuration", "settings in code", "Compose and Kubernetes files", ".env files")


def start_order(c: Context) -> Iterator[Detail]:
    """The waves of the start order, and the line behind each dependency."""
    timed = {str(fact.service or fact.name) for fact in c.of("cronjob")} & c.jobs
    waves = _with_migrations(c, _without(c.analysis.start_order, timed))
    edges = c.of("depends_on")
    kept = {fact.name for fact in c.services if str(fact.value) in _KEPT}
    if len(waves) > 1:
        yield Detail(f"Order of start: {_numbered(waves)}.")
        stopping = _without(c.analysis.start_order, timed | c.jobs | kept)[::-1]
        stays = f"; {listed(sorted(kept))} {'keeps' if len(kept) == 1 else 'keep'} running" if kept else ""
        if stopping:
            yield Detail(f"Order of stop: {_numbered(stopping)}{stays}.")
    elif c.services:
        names = listed(fact.name for fact in c.services if fact.name not in timed)
        yield Detail(f"No order is asked for: {names} may start together." if names else "Only a schedule starts it.")
    else:
        yield c.nothing("service", "Compose files", "Kubernetes manifests", "Procfile", "systemd units")
    yield from some((about(edge, _edge(edge)) for edge in edges), "dependencies", 200)
    for after in c.of("order_after"):
        yield about(after, f"{after.service} comes after {after.name}.")
    if len(waves) > 1 and c.deployment.cluster:
        yield Detail(
            "Kubernetes starts everything at once: hold this order by hand, or let services wait for others.",
            warns=True,
        )


def _without(waves: tuple[tuple[str, ...], ...], names: AbstractSet[str]) -> tuple[tuple[str, ...], ...]:
    left = (tuple(name for name in wave if name not in names) for wave in waves)
    return tuple(wave for wave in left if wave)


def _with_migrations(c: Context, waves: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """The waves with the pipeline's migrations between the stores that they need and what runs on the new schema."""
    steps = tuple(f"migrations: {step.value}" for step in c.migration_steps)
    if not steps or c.migrating:
        return waves
    stores = {fact.name for fact in c.services if str(fact.value) in _KEPT}
    runs = {fact.service for fact in c.of("migration_command") if fact.service} or {fact.name for fact in c.own}
    at = next((number for number, wave in enumerate(waves) if runs.intersection(wave)), len(waves))
    first = tuple(name for name in (waves[at] if at < len(waves) else ()) if name in stores)
    rest = _without(waves[at : at + 1], stores)
    return (*waves[:at], *((first,) if first else ()), steps, *rest, *waves[at + 1 :])


def _numbered(waves: tuple[tuple[str, ...], ...]) -> str:
    return "; ".join(f"{number}. {', '.join(wave)}" for number, wave in enumerate(waves, 1))


def _edge(edge: Fact) -> str:
    return f"{edge.service} starts when {edge.name} {_CONDITION.get(str(edge.value), 'is there')}."


def health_checks(c: Context) -> Iterator[Detail]:
    """For each service the endpoint, command or port that tells its health, and who has none."""
    checked = set()
    for service in c.services:
        for fact in c.service("healthcheck", service.name):
            checked.add(service.name)
            yield check(c, fact)
    for fact in c.of("healthcheck"):
        if fact.service not in {service.name for service in c.services}:
            yield check(c, fact)
    probes: dict[tuple[str, str], list[str]] = {}
    for fact in c.of("probe_missing"):
        probes.setdefault((fact.service or fact.name, fact.source), []).append(str(fact.value))
    for (name, place), missing in probes.items():
        yield Detail(f"{name}: no {listed(missing)} probe.", source=place, warns=True)
    checked |= {name for name, _ in probes}
    without = [fact for fact in c.own if fact.name not in checked and fact.name not in c.jobs]
    for fact in without:
        ports = dict.fromkeys(str(port.value) for port in c.service("port", fact.name))
        also = f"; it listens on {listed(ports)}" if ports else ""
        yield about(fact, f"{fact.name} has no health check{also}.", warns=True)
    for name, url in c.release.endpoints.items():
        command = f"curl --fail --silent --show-error --max-time 10 {shlex.quote(url)}"
        yield Detail(f"{name}, from outside:", command, "exit status 0")
    if c.deployment.way == "compose":
        yield Detail("All at once:", c.deployment.compose("ps"), "STATUS is Up (healthy) where there is a check")
    elif c.deployment.cluster:
        yield Detail("All at once:", c.deployment.kubectl("get", "pods"), "READY shows all containers, RESTARTS 0")
    if not c.of("healthcheck") and not without and not c.release.endpoints:
        yield c.nothing("health check", "Compose and Dockerfile health checks", "probes", "routes in code")


def check(c: Context, fact: Fact) -> Detail:
    """How one health check is asked by hand, and what it answers when all is well."""
    kind, _, value = str(fact.value).partition(":")
    who = fact.service or fact.name or "service"
    ports = [str(port.value) for port in c.service("port", fact.service or "")]
    if kind == "http":
        port = f":{ports[0]}" if len(ports) == 1 else ""
        where = f"http://{who}{port}{value}" if fact.service else value
        return about(fact, f"{who} answers, asked from inside:", code=where, expect="HTTP 200")
    if kind == "cmd":
        # what lost its quotes on the way into a fact is shown as it is, and not as a command that would not run
        plain = c.deployment.way == "compose" and fact.service and not _SHELL.search(value)
        inside = c.deployment.compose("exec", "-T", shlex.quote(who)) if plain else ""
        return about(fact, f"{who} is asked by a command inside:", f"{inside} {value}".strip(), "exit status 0")
    if kind in {"tcp", "grpc"}:
        return about(fact, f"{who} accepts {kind} connections on port {value}.")
    return about(fact, f"{who}:", code=str(fact.value))
