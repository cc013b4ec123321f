"""Programs that deploy to hosts: Kamal, Capistrano, Deployer, Nomad, Ansible, systemd's own.

Sources: basecamp/kamal (lib/kamal/cli), capistranorb.com/documentation, deployer.org/docs/7.x/cli,
developer.hashicorp.com/nomad/commands/job, docs.ansible.com/ansible/latest/cli/ansible-playbook.html.
"""

import re
from typing import Any

import yaml

from tests.checklist.ways.standins.grammar import Call, RefusedError, Tool
from tests.checklist.ways.standins.tools import in_container, inside
from tests.checklist.ways.standins.world import World

kamal = Tool(
    "kamal",
    anywhere="-v --verbose -q --quiet --version= -p --primary -h= --hosts= -r= --roles= -c= --config-file= -d="
    " --destination= -H --skip-hooks --lock-wait",
)
cap = Tool("cap", anywhere="-n --dry-run -t --trace -f= --roles= --hosts= -z")
dep = Tool("dep", anywhere="-n --no-interaction -v -q -o= --option= -l= --limit= -f= --file= -p --parallel")
nomad = Tool("nomad", anywhere="-address= -region= -namespace= -token= -ca-cert= -tls-server-name=", single=True)
ansible = Tool("ansible-playbook", strict=True)
systemctl = Tool("systemctl")
dokku = Tool("dokku")


# Kamal


def _kamal(c: Call) -> dict[str, Any]:
    made: dict[str, Any] = yaml.load(
        c.path(c.one("-c", "--config-file", default="config/deploy.yml")).read_text(), yaml.CSafeLoader
    )
    return made


def _roles(c: Call) -> list[str]:
    servers = _kamal(c)["servers"]
    return list(servers) if isinstance(servers, dict) else ["web"]


def _tagged(w: World, c: Call) -> str:
    """The version whose image is meant: the one that is named, else that of the checkout's commit."""
    versions = w.versions
    sha = c.one("--version") or w.git("rev-parse", "HEAD")
    if f"kamal:{sha}" not in w.artefacts:
        raise RefusedError(f"manifest for {_kamal(c)['image']}:{sha} not found")
    return versions[sha]


def _boot(w: World, c: Call, version: str) -> None:
    """A container starts: Rails' entrypoint prepares the database before the server."""
    if b"db:prepare" in w.file(version, "bin/docker-entrypoint"):
        w.migrate(version)
    w.state.setdefault("containers", set()).add(version)
    w.put(version, _roles(c))


@kamal.verb("build push,build deliver", "--output= --no-cache", most=0)
def _push(w: World, c: Call) -> None:
    _kamal(c)
    sha = w.git("rev-parse", "HEAD", at=c.cwd)
    w.artefacts[f"kamal:{sha}"] = w.version_of(at=c.cwd)


@kamal.verb("deploy,redeploy", "-P --skip-push --no-cache", most=0)
def _deploy(w: World, c: Call) -> str:
    if not c.has("-P", "--skip-push"):
        _push(w, c)
    _boot(w, c, _tagged(w, c))
    return "Finished all in 12.0 seconds\n"


@kamal.verb("rollback", least=1, most=1)
def _back(w: World, c: Call) -> str:
    """Without the version's container it says so, and ends with 0 (lib/kamal/cli/main.rb)."""
    version = w.versions.get(c.args[0], "")
    if version not in w.state.get("containers", ()):
        return f"The app version '{c.args[0]}' is not available as a container\n"
    _boot(w, c, version)
    return "Finished all in 4.0 seconds\n"


@kamal.verb("app stop,app start", most=0)
def _stop(w: World, c: Call) -> None:
    for name in _roles(c):
        w.scale(name, w.app(name).usual if c.verb.endswith("start") else 0)


@kamal.verb("app exec", "-i --interactive --reuse -e= --env= --detach --raw", least=1)
def _exec(w: World, c: Call) -> str:
    if c.has("--reuse") and not w.up:
        raise RefusedError("no container is running")
    version = w.releases[-1] if c.has("--reuse") else _tagged(w, c)
    return in_container(w, version, " ".join((*c.args, *c.rest)).split())


@kamal.verb("accessory exec", "-i --interactive --reuse --raw", least=2)
def _accessory(w: World, c: Call) -> str:
    if c.args[0] not in _kamal(c).get("accessories", {}):
        raise RefusedError(f"No accessory by the name of '{c.args[0]}'")
    return inside(w, c, [*c.args[1:], *c.rest])


@kamal.verb("app maintenance,app live", "--drain_timeout= --message=", most=0)
def _maintenance(w: World, c: Call) -> None:
    w.maintenance = c.verb.endswith("maintenance")


@kamal.verb(
    "app version,app details,app containers,app logs,app images,details,audit,config",
    "-s= --since= -n= --lines= -g= --grep= -f --follow -T --skip-timestamps",
    most=0,
)
def _look(w: World, c: Call) -> None:
    _kamal(c)


# Capistrano and Deployer: releases are kept on the hosts, and made of the branch of origin


@cap.verb("production deploy", most=0)
def _cap(w: World, c: Call) -> None:
    version = w.version_of("origin/main")
    if "rails/migrations" in c.path("Capfile").read_text():
        w.migrate(version)
    w.put(version)


@cap.verb("production deploy:rollback", most=0)
def _cap_back(w: World, c: Call) -> None:
    w.put(w.previous)


cap.looks("production deploy:check,production doctor,-T,--tasks", most=0)


def _hosts(c: Call) -> None:
    known = re.findall(r"host\('([^']+)'\)", c.path("deploy.php").read_text())
    for name in c.args:
        if name not in known and name != "all":
            raise RefusedError(f'No host selected. Please, check your selector: {name}"')


@dep.verb("deploy", "--branch= --tag= --revision=", least=1)
def _dep(w: World, c: Call) -> None:
    _hosts(c)
    ref = c.one("--tag") or c.one("--revision") or "origin/main"
    version = w.version_of(ref)
    if "recipe/laravel.php" in c.path("deploy.php").read_text():
        w.migrate(version)  # the recipe's deploy has artisan:migrate in it
    w.put(version)


@dep.verb("rollback", least=1)
def _dep_back(w: World, c: Call) -> None:
    _hosts(c)
    w.put(w.previous)


@dep.verb("artisan:down,artisan:up", least=1)
def _dep_maintenance(w: World, c: Call) -> None:
    """Tasks of Deployer's recipe/laravel.php, where a host's recipe requires it."""
    _hosts(c)
    if "recipe/laravel.php" not in c.path("deploy.php").read_text():
        raise RefusedError(f'Command "{c.verb}" is not defined.')
    w.maintenance = c.verb.endswith("down")


@dep.verb("releases", least=1)
def _dep_look(w: World, c: Call) -> None:
    _hosts(c)


# Dokku


@dokku.verb("git:from-image", "--build-dir=", least=2, most=4)
def _dokku_image(w: World, c: Call) -> None:
    version = w.image(c.args[1])
    in_container(w, version, c.path("Procfile").read_text().split())  # the release phase, in the image's Procfile
    w.put(version, ["web"])


@dokku.verb("run", tail=1)
def _dokku_run(w: World, c: Call) -> str:
    return in_container(w, w.serving, c.rest)


dokku.looks("ps:report,logs,apps:list", "--num= -n=", most=1)


# Nomad


def _job_file(w: World, c: Call) -> tuple[str, str]:
    text = c.path(c.args[0]).read_text()
    name = re.search(r'(?m)^job "([^"]+)"', text)
    image = re.search(r'image\s*=\s*"([^"]+)"', text)
    if name is None or image is None:
        raise RefusedError("Error getting job struct: Failed to parse")
    return name[1], w.image(image[1])


@nomad.verb("job run", "-detach -check-index= -verbose -var= -var-file=", least=1, most=1)
def _nomad(w: World, c: Call) -> None:
    _, version = _job_file(w, c)
    w.put(version)


@nomad.verb("job plan", "-diff -policy-override -var= -var-file= -verbose", least=1, most=1)
def _nomad_plan(w: World, c: Call) -> str:
    _, version = _job_file(w, c)
    if version != w.releases[-1]:
        raise RefusedError("+/- Job", status=1)  # 1: allocations would be created or destroyed
    return ""


def _job(w: World, c: Call) -> None:
    if c.args[0] != "signalbox":
        raise RefusedError(f'No job(s) with prefix or ID "{c.args[0]}" found')


@nomad.verb("job history,job status,job inspect", "-p -full -version= -json -verbose -short", least=1, most=1)
def _nomad_look(w: World, c: Call) -> str:
    _job(w, c)
    return "".join(f"Version = {number}\n" for number, _ in enumerate(w.releases))


@nomad.verb("job revert", "-detach -verbose", least=2, most=2)
def _nomad_back(w: World, c: Call) -> None:
    _job(w, c)
    if int(c.args[1]) >= len(w.releases):
        raise RefusedError(f"Error: job version {c.args[1]} not found")
    w.put(w.releases[int(c.args[1])])


# Ansible, systemd


@ansible.verb(
    "",
    "-i= --inventory= --inventory-file= -l= --limit= -e= --extra-vars= -t= --tags= --check --diff -b --become -v -C -K",
    least=1,
)
def _play(w: World, c: Call) -> None:
    for text in c.all("-i", "--inventory", "--inventory-file"):
        c.path(text)
    plays = yaml.load(c.path(c.args[0]).read_text(), yaml.CSafeLoader)
    said = yaml.load(c.path("group_vars/all.yml").read_text(), yaml.CSafeLoader)
    version = said["tollhouse_version"]
    if c.has("--check", "-C"):
        return
    for task in plays[0]["tasks"]:
        in_container(w, version, str(task.get("ansible.builtin.command", "")).split())
    w.put(version)


def _units(w: World, c: Call) -> None:
    for name in c.args:
        if name not in w.apps:
            raise RefusedError(f"Unit {name} not loaded.", status=5)


@systemctl.verb("stop,start,restart", "--no-block --now", least=1)
def _control(w: World, c: Call) -> None:
    _units(w, c)
    for name in c.args:
        w.scale(name, 0 if c.verb == "stop" else 1)
        if c.verb != "stop":
            w.apps[name].version = w.state["on the host"]


@systemctl.verb("status,is-active,show", "--no-pager -l -n= --lines= -p=", least=1)
def _unit(w: World, c: Call) -> None:
    _units(w, c)
    if any(not w.apps[name].count for name in c.args):
        raise RefusedError("inactive (dead)", status=3)
