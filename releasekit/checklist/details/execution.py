"""What each step of the deployment is for this service: stop, deploy, configure, start in order, look at health."""

import shlex
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from releasekit.checklist.context import Context, about, some
from releasekit.checklist.details.checks import check, stops
from releasekit.checklist.details.halfway import halfway
from releasekit.checklist.model import Detail
from releasekit.checklist.words import listed
from releasekit.facts.model import Fact
from releasekit.facts.ways import BY_NAME

# what a release does not stop: it goes on while the version changes
_KEPT = frozenset({"datastore", "broker"})
_CONDITION = {
    "service_started": "has started",
    "service_healthy": "is healthy",
    "service_completed_successfully": "has ended with success",
}


def stop(c: Context) -> Iterator[Detail]:
    """How long each service may take to stop, how a new version replaces the old one, and whether anything stops."""
    own = [fact for fact in reversed(c.services) if fact in c.own and fact.name not in c.jobs]
    if c.deployment.cluster:
        yield Detail("Kubernetes drains old pods while new ones start; a request has the time below to end.")
    yield from _graces(c, own)
    for fact in c.of("rollout_strategy"):
        yield about(fact, f"{fact.service or fact.name} rolls out with {fact.value}.")
    if c.rollback.no_return:
        yield Detail("The running version must not run on the new schema: stop it before the migrations.", warns=True)
    elif own or not c.deployment.row:
        yield Detail("Nothing has to be stopped before: the running version is replaced by the deploy.")
        yield from stops(c)


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


def deploy(c: Context) -> Iterator[Detail]:
    """The images or builds of this version, and why it is deployed in this way."""
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
    for fact in c.of("build_command"):
        yield about(fact, f"{c.deployment.title} builds {fact.service} with:", code=str(fact.value))
    for key in changed.values():
        yield Detail(f"Image: {key.before or 'none'} becomes {key.after or 'none'}.", source=key.source)
    unpinned = c.of("image_unpinned")
    if unpinned:
        names = dict.fromkeys(fact.service or fact.name for fact in unpinned)
        text = f"No fixed tag, so what is deployed can differ from what was tested: {listed(names)}."
        yield about(unpinned[0], text, warns=True)
    yield from halfway(c)
    yield from _pipelines(c)
    yield from _elected(c)
    if not c.deployment.way and not images and not builds:
        for fact in c.of("start_command"):
            yield about(fact, f"{fact.service or fact.name or 'It'} starts with:", code=str(fact.value))


def _pipelines(c: Context) -> Iterator[Detail]:
    """The pipelines that deploy in this way; where none is known to, those that are called so."""
    deploying = {fact.path for fact in c.deployment.lines}
    pipelines = c.of("ci")
    known = [fact for fact in pipelines if fact.path in deploying]
    called = [fact for fact in pipelines if str(fact.value) in {"deploy", "release"}] if not deploying else []
    for fact in known or called:
        yield about(fact, f"Pipeline ({fact.value}): {fact.name}.")


def _elected(c: Context) -> Iterator[Detail]:
    """Why this way was taken, what else is in the repository and not used, and why a file is no deployment."""
    way = c.deployment
    if way.fact is not None:
        yield about(way.fact, f"Deployed by {way.title}: {way.fact.how}.")
    for fact in way.others:
        if fact.path not in {one.name for one in way.undeployed}:
            yield Detail(f"The repository also has files of {BY_NAME[fact.name].title}; they are not used here.")
    for fact in way.undeployed:
        yield Detail(f"{fact.name} is not how production runs: {fact.value}.")
    for path in way.unread:
        yield Detail(f"{path} could not be read: what it says is not on this page.", source=f"{path}:1", warns=True)


def configuration_applied(c: Context) -> Iterator[Detail]:
    """Which files carry the configuration, what is new in it, and what makes running processes read it."""
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
    if c.deployment.cluster:
        text = "Running pods do not read a changed ConfigMap or Secret from their environment: they have to restart."
        yield Detail(text)
    if not by_service and not c.deployment.files:
        yield c.nothing("configuration", "settings in code", "Compose and Kubernetes files", ".env files")


def start_order(c: Context) -> Iterator[Detail]:
    """The waves of the start order, and the line behind each dependency."""
    timed = {str(fact.service or fact.name) for fact in c.of("cronjob")} & c.jobs
    waves = _with_migrations(c, _without(c.waves, timed))
    edges = c.of("depends_on")
    kept = {fact.name for fact in c.services if str(fact.value) in _KEPT}
    if len(waves) > 1:
        yield Detail(f"Order of start: {_numbered(waves)}.")
        stopping = _without(c.waves, timed | c.jobs | kept)[::-1]
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
        yield Detail(f"{name}, from outside:", command, "exit status 0", typed=True)
    if not c.of("healthcheck") and not without and not c.release.endpoints:
        yield c.nothing("health check", "Compose and Dockerfile health checks", "probes", "routes in code")
