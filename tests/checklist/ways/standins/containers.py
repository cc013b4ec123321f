"""docker: Compose projects and Swarm stacks on one host, images of a registry, single containers.

Sources: docs.docker.com/reference/cli/docker/compose, …/docker/stack, …/docker/service, …/docker/manifest/inspect.
"""

from pathlib import Path
from typing import Any

import yaml

from tests.checklist.ways.standins.grammar import Call, RefusedError, Tool
from tests.checklist.ways.standins.tools import in_container, inside, migrates
from tests.checklist.ways.standins.world import World

Services = dict[str, dict[str, Any]]

compose = Tool(
    "docker compose",
    before="-f= --file= -p= --project-name= --env-file= --profile= --project-directory= --ansi= --progress=",
)
docker = Tool("docker", before="-H= --host= -c= --context= -l= --log-level=")


class Docker:
    """``docker``, of which ``docker compose`` is a program of its own."""

    name = "docker"

    def run(self, world: World, words: list[str], cwd: Path, stdin: Any) -> str:
        """What the program prints."""
        if words[:1] == ["compose"]:
            return compose.run(world, words[1:], cwd, stdin)
        return docker.run(world, words, cwd, stdin)

    def tool_for(self, words: list[str]) -> Tool:
        """The program that takes a command line."""
        return compose if words[1:2] == ["compose"] else docker


def services(c: Call) -> Services:
    """The services of a project's files, later files laid over earlier ones."""
    given = c.all("-f", "--file")
    if not given:
        found = [n for n in ("compose.yaml", "compose.yml", "docker-compose.yml") if (c.cwd / n).is_file()][:1]
        given = found + [n for n in ("compose.override.yaml", "compose.override.yml") if (c.cwd / n).is_file()]
    if not given:
        raise RefusedError("no configuration file provided: not found")
    made: Services = {}
    for text in given:
        for name, service in (yaml.load(c.path(text).read_text(), yaml.CSafeLoader).get("services") or {}).items():
            made.setdefault(name, {}).update(service)
    return made


def _named(c: Call, known: Services, names: list[str]) -> list[str]:
    for name in names:
        if name not in known:
            raise RefusedError(f"no such service: {name}")
    return names or list(known)


def _command(service: dict[str, Any]) -> list[str]:
    said = service.get("command") or ""
    return said.split() if isinstance(said, str) else list(map(str, said))


def is_job(service: dict[str, Any]) -> bool:
    """Whether a service ends by itself."""
    return migrates(_command(service))


def version(w: World, name: str, service: dict[str, Any], cwd: Path) -> str:
    """What a service's image holds: what was built last, or what the registry has; "" for other people's."""
    if "build" in service:
        if f"local/{name}" not in w.artefacts:
            _built(w, name, cwd)
        return w.artefacts[f"local/{name}"]
    return w.image(str(service["image"]))


def _built(w: World, name: str, cwd: Path) -> None:
    w.artefacts[f"local/{name}"] = w.version_of(at=cwd)


@compose.verb("build", "--pull --no-cache --push -q --quiet --build-arg= --with-dependencies")
def _build(w: World, c: Call) -> str:
    known = services(c)
    for name in _named(c, known, c.args):
        if "build" in known[name]:
            _built(w, name, c.cwd)
    return "Built\n"


@compose.verb("pull", "--ignore-buildable --ignore-pull-failures --include-deps --policy= -q --quiet")
def _pull(w: World, c: Call) -> None:
    known = services(c)
    for name in _named(c, known, c.args):
        if "build" not in known[name]:
            w.image(str(known[name]["image"]))


@compose.verb("config", "-q --quiet --services --images --volumes --hash= --format= --no-interpolate")
def _config(w: World, c: Call) -> None:
    services(c)


@compose.verb("stop", "-t= --timeout=")
def _stop(w: World, c: Call) -> None:
    for name in _named(c, services(c), c.args):
        if name in w.apps:
            w.scale(name, 0)


@compose.verb("start,restart", "-t= --timeout= --no-deps")
def _start(w: World, c: Call) -> None:
    for name in _named(c, services(c), c.args):
        if name in w.apps:
            w.scale(name, w.apps[name].usual)


def _with_needs(known: Services, names: list[str]) -> list[str]:
    """What has to start, in order."""
    order: list[str] = []
    for name in names:
        needs = list(known[name].get("depends_on") or ())
        order += [one for one in (*_with_needs(known, needs), name) if one not in order]
    return order


@compose.verb(
    "up",
    "-d --detach --build --no-build --no-deps --wait --wait-timeout= --force-recreate --pull= --remove-orphans"
    " --no-recreate --no-start --scale= -t= --timeout= -y --yes --quiet-pull",
)
def _up(w: World, c: Call) -> str:
    known = services(c)
    names = _named(c, known, c.args)
    if not c.has("-d", "--detach", "--wait"):
        raise RefusedError("up stays in the foreground: a person would wait for ever")
    for name in names if c.has("--no-deps") else _with_needs(known, names):
        service = known[name]
        if c.has("--build") and "build" in service:
            _built(w, name, c.cwd)
        here = version(w, name, service, c.cwd)
        if is_job(service):
            in_container(w, here, _command(service))
            if c.has("--wait"):
                raise RefusedError(f"container {name}-1 exited (0)")
        elif here:
            w.runs(name, here, w.app(name).usual)
    return "Started\n"


@compose.verb(
    "run",
    "--rm --build -T --no-TTY --no-deps -e= --env= -v= --volume= --entrypoint= --name= -d --detach -u= --user="
    " -w= --workdir= --pull= -i --interactive --quiet-pull --service-ports",
    least=1,
    tail=1,
)
def _run(w: World, c: Call) -> str:
    known = services(c)
    (name,) = _named(c, known, c.args)
    if c.has("--build"):
        _built(w, name, c.cwd)
    here = version(w, name, known[name], c.cwd)
    return in_container(w, here, c.rest or _command(known[name]))


@compose.verb(
    "exec", "-T --no-TTY -e= --env= -u= --user= -w= --workdir= -d --detach --index= --privileged", least=1, tail=1
)
def _exec(w: World, c: Call) -> str:
    (name,) = _named(c, services(c), c.args)
    if name in w.apps and not w.apps[name].count:
        raise RefusedError(f'service "{name}" is not running')
    return in_container(w, w.apps[name].version, c.rest) if name in w.apps else inside(w, c, c.rest)


@compose.verb("ps,images,logs,ls,port,top", (
    "-a --all --format= --filter= -q --quiet --services --status= --since= --until= -f --follow --tail= -n="
    " --no-color --no-log-prefix -t --timestamps"
))  # fmt: skip
def _look(w: World, c: Call) -> str:
    return "".join(f"{name}\n" for name in _named(c, services(c), c.args))


# Swarm


def stacks(w: World) -> dict[str, Services]:
    """The services of each stack."""
    found: dict[str, Services] = w.state.setdefault("stacks", {})
    return found


def _stack(w: World, name: str) -> Services:
    if name not in stacks(w):
        raise RefusedError(f"nothing found in stack: {name}")
    return stacks(w)[name]


@docker.verb(
    "stack deploy,stack up",
    "-c= --compose-file= --with-registry-auth --prune --resolve-image= -d --detach -q --quiet",
    least=1,
    most=1,
)
def _deploy(w: World, c: Call) -> str:
    if not c.has("-c", "--compose-file"):
        raise RefusedError("Please specify a Compose file (with --compose-file)")
    known = {
        name: service
        for text in c.all("-c", "--compose-file")
        for name, service in (yaml.load(c.path(text).read_text(), yaml.CSafeLoader)["services"]).items()
    }
    stacks(w)[c.args[0]] = known
    for name, service in known.items():
        here = w.image(str(service["image"]))
        if here:
            specify(w, f"{c.args[0]}_{name}", here, (service.get("deploy") or {}).get("replicas", 1))
    return "Updating service\n"


def specify(w: World, name: str, version: str, count: int) -> None:
    """A new specification of a service. The one before is kept, whatever changed: its image or its replicas.

    (moby/swarmkit, manager/controlapi/service.go, UpdateService: PreviousSpec is a copy of Spec.)
    """
    app = w.app(name)
    if app.version:
        w.state.setdefault("spec before", {})[name] = (app.version, app.count)
    else:
        app.usual = count
    app.version, app.count = version, count


def _service(w: World, name: str) -> str:
    if name not in w.apps:
        raise RefusedError(f"service {name} not found")
    return name


@docker.verb("service scale", "-d --detach", least=1)
def _scale(w: World, c: Call) -> str:
    for arg in c.args:
        name, _, count = arg.partition("=")
        if not count.isdigit():
            raise RefusedError(f"invalid scale specifier {arg!r}")
        specify(w, _service(w, name), w.apps[name].version, int(count))
    return "converged\n"


@docker.verb("service rollback", "-d --detach -q --quiet", least=1, most=1)
def _back(w: World, c: Call) -> str:
    name = _service(w, c.args[0])
    before = w.state.get("spec before", {}).get(name)
    if before is None:
        raise RefusedError(f"Error response from daemon: rpc error: service {name} does not have a previous spec")
    specify(w, name, *before)
    return "rollback completed\n"


@docker.verb(
    "service update",
    "--image= --force --with-registry-auth -d --detach --replicas= --env-add= --env-rm= -q --quiet",
    least=1,
    most=1,
)
def _update(w: World, c: Call) -> None:
    name = _service(w, c.args[0])
    image = c.one("--image")
    specify(w, name, w.image(image) if image else w.apps[name].version, int(c.one("--replicas") or w.apps[name].count))


@docker.verb("stack services,stack ps", "--format= --filter= -f= -q --quiet --no-trunc --no-resolve", least=1, most=1)
def _services(w: World, c: Call) -> str:
    return "".join(f"{c.args[0]}_{name}\n" for name in _stack(w, c.args[0]))


@docker.verb("service ps,service logs,service inspect", "--format= --filter= --since= --tail= -f --pretty", least=1)
def _of_service(w: World, c: Call) -> None:
    for name in c.args:
        _service(w, name)


docker.looks("stack ls,service ls,node ls,ps,info,version,image ls,images", "--format= --filter= -q -a --all")


# images and single containers


@docker.verb("manifest inspect,buildx imagetools inspect", "--insecure -v --verbose --format= --raw", least=1, most=2)
def _inspect(w: World, c: Call) -> None:
    w.image(c.args[-1])


@docker.verb("pull", "-q --quiet --platform= -a", least=1, most=1)
def _fetch(w: World, c: Call) -> None:
    w.image(c.args[0])


@docker.verb(
    "run",
    "--rm -i -t -d -e= --env= --env-file= -v= --volume= --network= --name= --entrypoint= --pull= -u= -w= --platform=",
    least=1,
    tail=1,
)
def _once(w: World, c: Call) -> str:
    return in_container(w, w.image(c.args[0]), c.rest)


@docker.verb("exec", "-i -t -e= --env= -u= --user= -w= --workdir= -d --detach", least=1, tail=1)
def _inside(w: World, c: Call) -> str:
    return inside(w, c, c.rest)


@docker.verb("build", "-t= --tag= -f= --file= --pull --build-arg= --target=", least=1, most=1)
def _build(w: World, c: Call) -> str:
    w.state.setdefault("built", {})[c.one("-t", "--tag")] = w.version_of(at=c.cwd)
    return "naming to image done\n"


@docker.verb("push", "-q --quiet", least=1, most=1)
def _push(w: World, c: Call) -> str:
    built = w.state.get("built", {})
    if c.args[0] not in built:
        raise RefusedError(f"An image does not exist locally with the tag: {c.args[0]}")
    w.artefacts[c.args[0]] = built[c.args[0]]
    return "pushed\n"
