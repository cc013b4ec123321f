"""Platforms that build and run an application, by their own programs: Fly.io, Heroku, Render, Railway, and so on.

Sources: superfly/flyctl (internal/command), devcenter.heroku.com/articles/heroku-cli-commands and …/release-phase
("A rollback" runs it), render-oss/cli (cmd), docs.railway.com/reference/cli-api, docs.digitalocean.com/reference/doctl,
vercel.com/docs/cli, cli.netlify.com, developers.cloudflare.com/workers/wrangler/commands.
"""

import json
import subprocess
import tomllib
from typing import Any

import yaml

from tests.checklist.ways.standins.grammar import Call, RefusedError, Tool
from tests.checklist.ways.standins.tools import in_container
from tests.checklist.ways.standins.world import World

fly = Tool("fly", anywhere="-a= --app= -c= --config= -t= --access-token= --verbose --debug")
heroku = Tool("heroku", anywhere="-a= --app= -r= --remote=")
built = Tool("heroku-built")  # what a push to Heroku's remote starts there
render = Tool("render", anywhere="-o= --output= --confirm")
railway = Tool("railway", anywhere="-e= --environment= --json")
doctl = Tool("doctl", anywhere="-t= --access-token= -c= --config= --context= -o= --output=")
vercel = Tool("vercel", anywhere="-t= --token= -S= --scope= -y --yes --cwd= -d --debug --team= -A= --local-config=")
netlify = Tool("netlify", anywhere="--auth= --site= -s= --filter= --debug --silent")
wrangler = Tool("wrangler", anywhere="-c= --config= -e= --env= --cwd= --name=")


# Fly.io


def _fly(c: Call) -> dict[str, Any]:
    return tomllib.loads(c.path(c.one("-c", "--config", default="fly.toml")).read_text())


def _groups(w: World, c: Call) -> list[str]:
    """The process groups; an application with none has one that is called app."""
    return list(_fly(c).get("processes") or ("app",))


@fly.verb(
    "deploy",
    "-i= --image= --remote-only --local-only --strategy= --ha --now --detach --skip-release-command --update-only -y"
    " --yes -e= --env= --build-arg= --dockerfile= --wait-timeout= --release-command-timeout= --no-cache --build-only"
    " --image-label= --depot",
    most=1,
)
def _deploy(w: World, c: Call) -> str:
    asked, image = _fly(c), c.one("-i", "--image")
    if image and image not in w.artefacts:
        raise RefusedError(f"Error: could not find image {image!r}")
    if not image:
        image = f"registry.fly.io/{asked['app']}:deployment-{len(w.artefacts)}"
        w.artefacts[image] = w.version_of(at=c.cwd)
    version = w.artefacts[image]
    command = str((asked.get("deploy") or {}).get("release_command", ""))
    if command and not c.has("--skip-release-command"):
        in_container(w, version, command.split())
    w.state.setdefault("images", []).append(image)
    # a group without machines gets new ones (machines_deploymachinesapp.go, deployCreateMachinesForGroups)
    w.put(version, _groups(w, c))
    return "deployed successfully\n"


@fly.verb("scale count", "-y --yes -g= --process-group= --region= --max-per-region= --with-new-volumes", least=1)
def _count(w: World, c: Call) -> None:
    """One number is for the group that is called app, unless another is named (internal/command/scale/count.go)."""
    if not c.has("-y", "--yes"):
        raise RefusedError("--yes flag must be specified when not running interactively")
    counts = {}
    for arg in c.args:
        name, equals, count = arg.rpartition("=")
        name = name if equals else c.one("-g", "--process-group", default="app")
        counts[name] = int(count)
    unknown = set(counts) - set(_groups(w, c))
    if unknown:
        raise RefusedError(f"Attempting to scale unknown process groups {sorted(unknown)}")
    for name, number in counts.items():
        w.scale(name, number)


@fly.verb("releases", "--image -j --json", most=0)
def _releases(w: World, c: Call) -> str:
    _fly(c)
    return "".join(f"{image}\n" for image in reversed(w.state.get("images", ())))


@fly.verb("console", "-C= --command= -i= --image= -s --select --machine= -u= --user= --entrypoint= -e= --env=", most=0)
def _console(w: World, c: Call) -> str:
    _fly(c)
    return in_container(w, w.artefacts[w.state["images"][-1]], c.one("-C", "--command").split())


@fly.verb("ssh console", "-C= --command= -s --select --machine= -u= --user= -g= --process-group= --pty -q", most=0)
def _ssh(w: World, c: Call) -> str:
    if not w.up:
        raise RefusedError("Error: app has no started VMs")
    return in_container(w, w.releases[-1], c.one("-C", "--command").split())


@fly.verb(
    "status,checks list,logs,image show,machine list,scale show", "-n --no-tail -j --json --all --region= --watch"
)
def _look(w: World, c: Call) -> None:
    _fly(c)


# Heroku


def _app(w: World, c: Call) -> None:
    """The application is named, or known by a git remote."""
    remotes = subprocess.run(["git", "-C", str(c.cwd), "remote"], capture_output=True, text=True, check=False).stdout
    if not c.has("-a", "--app") and c.one("-r", "--remote", default="heroku") not in remotes.split():
        raise RefusedError("Error: Missing required flag app", status=2)


def _procfile(w: World, version: str) -> dict[str, str]:
    text = w.file(version, "Procfile").decode()
    return {name.strip(): command.strip() for name, _, command in (line.partition(":") for line in text.splitlines())}


def _released(w: World, version: str) -> None:
    """A new release: its release phase, then all dynos. A rollback is one too."""
    known = _procfile(w, version)
    in_container(w, version, known.get("release", "").split())
    w.put(version, [name for name in known if name != "release"], start=not w.releases)


@built.verb("", least=1, most=1)
def _built(w: World, c: Call) -> str:
    versions = w.versions
    if c.args[0] not in versions:
        raise RefusedError("Push rejected")
    _released(w, versions[c.args[0]])
    return "Verifying deploy... done.\n"


@heroku.verb("maintenance:on,maintenance:off", "--wait", most=0)
def _maintenance(w: World, c: Call) -> None:
    _app(w, c)
    w.maintenance = c.verb.endswith("on")


@heroku.verb("ps:scale", least=1)
def _dynos(w: World, c: Call) -> None:
    _app(w, c)
    for arg in c.args:
        name, _, count = arg.partition("=")
        if name not in _procfile(w, w.releases[-1]):
            raise RefusedError(f"Couldn't find that process type ({name}).")
        w.scale(name, int(count.partition(":")[0]))


@heroku.verb("rollback,releases:rollback", most=1)
def _rollback(w: World, c: Call) -> str:
    _app(w, c)
    version = w.releases[int(c.args[0].removeprefix("v")) - 1] if c.args else w.previous
    _released(w, version)
    return "Rolled back\n"


@heroku.verb("run", "--exit-code -x --no-tty --size= -s= --type= -e= --env= --no-launcher", tail=0)
def _run(w: World, c: Call) -> str:
    _app(w, c)
    return in_container(w, w.releases[-1], c.rest)


@heroku.verb("pg:backups:capture", "--wait-interval= -v --verbose", most=1)
def _capture(w: World, c: Call) -> None:
    _app(w, c)
    w.state["heroku backup"] = w.dump()


@heroku.verb("pg:backups:download", "--output=", most=1)
def _download(w: World, c: Call) -> None:
    (c.cwd / c.one("--output", "-o", default="latest.dump")).write_text(w.state["heroku backup"])


@heroku.verb("pg:backups:restore", "--confirm= --wait-interval= -v --verbose", most=2)
def _pg_restore(w: World, c: Call) -> None:
    if not c.has("--confirm"):
        raise RefusedError("confirmation is asked for")
    w.restore(w.state["heroku backup"])


@heroku.verb(
    "ps,ps:wait,releases,logs,config,pg:info,apps:info,releases:info",
    "--num= -n= --tail -t= --type= -w= --wait-interval= -R --with-run --json -d= --dyno= -p= --process-type= -s=",
)
def _of_app(w: World, c: Call) -> None:
    _app(w, c)


# Render, Railway, DigitalOcean


@render.verb("deploys create", "--commit= --image= --wait --clear-cache", least=1, most=1)
def _create(w: World, c: Call) -> str:
    if c.args[0] != "srv-abc123":
        raise RefusedError(f"failed to get service {c.args[0]}: 404")
    versions = w.versions
    commit = c.one("--commit")
    if commit and commit not in versions:
        raise RefusedError(f"commit {commit} not found")
    version = versions[commit] if commit else w.version_of("origin/main")
    blueprint = yaml.load(w.file(version, "render.yaml"), yaml.CSafeLoader)
    for service in blueprint["services"]:
        in_container(w, version, str(service.get("preDeployCommand", "")).split())
    w.put(version)
    return "live\n"


render.looks("deploys list,services,logs,services instances", most=1)


@railway.verb("up", "-c --ci -d --detach -s= --service= -p= --project= --no-gitignore --verbose -y --yes", most=1)
def _up(w: World, c: Call) -> str:
    version = w.version_of(at=c.cwd)
    asked = json.loads(c.path("railway.json").read_text()).get("deploy", {})
    for command in asked.get("preDeployCommand", ()):
        in_container(w, version, command.split())
    w.put(version)
    return "Deploy complete\n"


@railway.verb("redeploy,restart", "-y --yes -s= --service=")
def _redeploy(w: World, c: Call) -> None:
    w.put(w.releases[-1])


@railway.verb(
    "logs",
    "-s= --service= -p= --project= -b --build -d --deployment -n= --lines= --tail= --since= --until= -f= --latest",
    most=1,
)
def _logs(w: World, c: Call) -> None:
    """Without a number of lines or a time it goes on for ever (src/commands/logs.rs)."""
    if not c.has("-n", "--lines", "--tail", "--since", "--until"):
        raise RefusedError("logs are streamed, and nobody ends them")


# no command goes back: a person does it in the dashboard, where nothing is built
railway.looks("deployment list,service list", "-s= --service= -p= --project= --limit=", most=0)
railway.looks("status", "-p= --project=", most=0)
railway.looks("environment,list,whoami", most=1)


@doctl.verb("apps update", "--spec= --wait --update-sources --format= --no-header", least=1, most=1)
def _update(w: World, c: Call) -> None:
    spec = yaml.load(c.path(c.one("--spec")).read_text(), yaml.CSafeLoader)
    parts = [*spec.get("jobs", ()), *spec.get("services", ()), *spec.get("workers", ())]
    for part in parts:
        image = part["image"]
        version = w.image(f"{image['repository']}:{image['tag']}")
        if part.get("kind") == "PRE_DEPLOY":
            in_container(w, version, part["run_command"].split())
        elif "kind" not in part:
            w.put(version, [part["name"]])


doctl.looks("apps list-deployments,apps get,apps get-deployment", "--format= --no-header", least=1)
doctl.looks("apps list", "--format= --no-header", most=0)
doctl.looks("apps logs", "--type= --deployment= -f --follow --tail= --no-prefix", least=1, most=2)


# Vercel, Netlify, Cloudflare


@vercel.verb("deploy", "--prod --prebuilt --force --archive= --target= --skip-domain --no-wait -e= -b=", most=1)
@netlify.verb(
    "deploy",
    "--build --prod --prod-if-unlocked -d= --dir= -m= --message= --json --no-build --context= -o --open",
    most=0,
)
def _site(w: World, c: Call) -> None:
    if c.has("--prod"):
        w.put(w.version_of(at=c.cwd))


@vercel.verb("rollback", "--timeout=", most=1)
def _vercel_back(w: World, c: Call) -> str:
    if c.args != ["status"]:
        w.put(w.previous)
    return "Success!\n"


vercel.looks("list,ls,inspect,logs,whoami,promote status")


netlify.looks("status,sites:list,watch,logs:deploy")


@wrangler.verb("deploy", "--dry-run --minify --keep-vars --var= -m= --message= --tag= --strict --outdir=", most=1)
def _worker(w: World, c: Call) -> None:
    w.put(w.version_of(at=c.cwd))


@wrangler.verb("rollback", "-m= --message= -y --yes", most=1)
def _worker_back(w: World, c: Call) -> None:
    w.put(w.previous)


@wrangler.verb("d1 migrations apply", "--remote --local --preview", least=1, most=1)
def _d1(w: World, c: Call) -> None:
    if not c.has("--remote"):
        raise RefusedError("applied to the local database only")
    w.migrate(w.version_of(at=c.cwd))


@wrangler.verb("d1 export", "--remote --local --output= --no-schema --no-data --table=", least=1, most=1)
def _export(w: World, c: Call) -> None:
    (c.cwd / c.one("--output")).write_text(w.dump())


wrangler.looks("deployments list,versions list,deployments status,tail,whoami,d1 info", "--json --remote --format=")
