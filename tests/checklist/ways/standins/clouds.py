"""The clouds' own programs: gcloud, aws, az, and what builds on them.

Sources: cloud.google.com/sdk/gcloud/reference, docs.aws.amazon.com/cli/latest/reference, learn.microsoft.com/cli/azure.
"""

import json
from pathlib import Path

import yaml

from tests.checklist.ways.standins.grammar import Call, RefusedError, Tool
from tests.checklist.ways.standins.tools import in_container
from tests.checklist.ways.standins.world import World

gcloud = Tool(
    "gcloud", anywhere="--project= --quiet -q --format= --account= --verbosity= --limit= --filter=", strict=True
)
aws = Tool("aws", anywhere="--region= --profile= --output= --query= --no-cli-pager", strict=True)
az = Tool("az", anywhere="-o= --output= --query= --subscription= --only-show-errors --verbose", strict=True)


# Google


def _revisions(w: World) -> list[str]:
    made: list[str] = w.state.setdefault("revisions", [])
    return made


def _located(c: Call) -> None:
    if not c.has("--region"):
        raise RefusedError("ERROR: (gcloud.run) Please specify a region")


@gcloud.verb("run services replace", "--region= --dry-run --async", least=1, most=1)
def _replace(w: World, c: Call) -> None:
    _located(c)
    service = yaml.load(c.path(c.args[0]).read_text(), yaml.CSafeLoader)
    version = w.image(service["spec"]["template"]["spec"]["containers"][0]["image"])
    _revisions(w).append(version)
    w.put(version)


@gcloud.verb("run jobs replace", "--region= --dry-run", least=1, most=1)
def _job(w: World, c: Call) -> None:
    _located(c)
    job = yaml.load(c.path(c.args[0]).read_text(), yaml.CSafeLoader)
    one = job["spec"]["template"]["spec"]["template"]["spec"]["containers"][0]
    w.state.setdefault("jobs", {})[job["metadata"]["name"]] = (w.image(one["image"]), one["command"])


@gcloud.verb("run jobs execute", "--region= --wait --async --args= --update-env-vars=", least=1, most=1)
def _execute(w: World, c: Call) -> str:
    _located(c)
    if c.args[0] not in w.state.get("jobs", {}):
        raise RefusedError(f"ERROR: (gcloud.run.jobs.execute) Job [{c.args[0]}] could not be found")
    return in_container(w, *w.state["jobs"][c.args[0]])


@gcloud.verb("run services update-traffic", "--region= --to-revisions= --to-latest --to-tags=", least=1, most=1)
def _traffic(w: World, c: Call) -> None:
    _located(c)
    name, _, share = c.one("--to-revisions").partition("=")
    number = int(name.rpartition("-")[2] or 0) if name.startswith("isobar-") else 0
    if share != "100" or not 0 < number <= len(_revisions(w)):
        raise RefusedError(f"ERROR: revision {name!r} not found")
    w.put(_revisions(w)[number - 1])


gcloud.looks("run revisions list", "--service= --region=", most=0)
gcloud.looks("run services describe,run services logs read", "--region=", least=1, most=1)
gcloud.looks("run services list,run jobs list", "--region=", most=0)


@gcloud.verb("app deploy", "--version= --promote --no-promote --image-url= --stop-previous-version", most=1)
def _app_engine(w: World, c: Call) -> None:
    c.path((c.args or ["app.yaml"])[0])
    version = w.version_of(at=c.cwd)
    w.state.setdefault("app versions", []).append(version)
    w.put(version)


@gcloud.verb("app services set-traffic", "--splits= --split-by= --migrate", least=1, most=1)
def _splits(w: World, c: Call) -> None:
    name, _, share = c.one("--splits").partition("=")
    if c.args[0] != "default" or float(share) != 1 or not name.isdigit():
        raise RefusedError(f"ERROR: version {name!r} of service {c.args[0]!r} not found")
    w.put(w.state["app versions"][int(name) - 1])


gcloud.looks("app versions list,app services list,app logs read", "--service= -s=", most=0)


# ECS, of Amazon


def _definitions(w: World) -> list[tuple[str, str]]:
    """Family and version of each revision."""
    made: list[tuple[str, str]] = w.state.setdefault("definitions", [])
    return made


def _file(c: Call, value: str) -> Path:
    return c.path(value.removeprefix("fileb://").removeprefix("file://"))


def _revision(w: World, named: str) -> str:
    """The version in ``family`` (its newest revision) or ``family:3``."""
    family, _, number = named.partition(":")
    own = [version for one, version in _definitions(w) if one == family]
    if not own or (number and not (number.isdigit() and 0 < int(number) <= len(own))):
        raise RefusedError("An error occurred (ClientException): TaskDefinition not found.", status=254)
    return own[int(number) - 1] if number else own[-1]


@aws.verb("ecs register-task-definition", "--cli-input-json= --family= --container-definitions=", most=0)
def _register(w: World, c: Call) -> str:
    asked = json.loads(_file(c, c.one("--cli-input-json")).read_text())
    _definitions(w).append((asked["family"], w.image(asked["containerDefinitions"][0]["image"])))
    return "{}\n"


def _service(c: Call) -> None:
    if c.one("--cluster", default="default") != "production":
        raise RefusedError("An error occurred (ClusterNotFoundException): Cluster not found.", status=254)
    if c.one("--service", "--services") != "parcelpost":
        raise RefusedError("An error occurred (ServiceNotFoundException): Service not found.", status=254)


@aws.verb(
    "ecs update-service", "--cluster= --service= --desired-count= --task-definition= --force-new-deployment", most=0
)
def _ecs(w: World, c: Call) -> None:
    _service(c)
    if c.has("--task-definition"):
        version = _revision(w, c.one("--task-definition"))
        w.put(version, start=not w.releases)
    if c.has("--desired-count"):
        w.scale("app", int(c.one("--desired-count")))


@aws.verb(
    "ecs run-task",
    "--cluster= --task-definition= --launch-type= --network-configuration= --overrides= --count= --started-by=",
    most=0,
)
def _task(w: World, c: Call) -> str:
    version = _revision(w, c.one("--task-definition"))
    for one in json.loads(c.one("--overrides", default="{}")).get("containerOverrides", ()):
        in_container(w, version, one["command"])
    return "arn:aws:ecs:eu-west-1:123456789012:task/1\n"


@aws.verb("ecs wait services-stable,ecs describe-services", "--cluster= --services=", most=0)
def _stable(w: World, c: Call) -> None:
    _service(c)


aws.looks("ecs wait tasks-stopped,ecs wait tasks-running", "--cluster= --tasks=", most=0)
aws.looks("ecs describe-tasks", "--cluster= --tasks=", most=0, says="0\n")
aws.looks("ecs list-task-definitions", "--family-prefix= --sort= --max-items= --status=", most=0)
aws.looks("ecs list-clusters,ecs list-services,ecs describe-task-definition", "--cluster= --task-definition=", most=0)
aws.looks("logs tail", "--since= --follow --filter-pattern=", least=1, most=1)


# Lambda and App Runner, of Amazon


@aws.verb(
    "lambda update-function-code",
    "--function-name= --zip-file= --image-uri= --s3-bucket= --s3-key= --publish --no-publish --dry-run",
    most=0,
)
def _function(w: World, c: Call) -> None:
    w.put(w.version_of_archive(_file(c, c.one("--zip-file"))))


aws.looks("lambda list-functions,lambda get-function,lambda wait function-updated", "--function-name=", most=0)


@aws.verb("apprunner start-deployment", "--service-arn=", most=0)
def _apprunner(w: World, c: Call) -> None:
    if not c.one("--service-arn").startswith("arn:aws:apprunner:"):
        raise RefusedError("An error occurred (InvalidRequestException)", status=254)
    w.put(w.version_of("origin/main"))


aws.looks("apprunner list-services,apprunner describe-service,apprunner list-operations", "--service-arn=", most=0)


# Microsoft

NAMED = "-n= --name= -g= --resource-group="


def _slots(w: World) -> dict[str, str]:
    """What each slot of the app holds; "" is production."""
    found: dict[str, str] = w.state.setdefault("slots", {})
    return found


def _whole(c: Call) -> None:
    if not (c.one("-n", "--name") and c.one("-g", "--resource-group")):
        raise RefusedError("the following arguments are required: --name/-n, --resource-group/-g", status=2)


@az.verb(
    "webapp deploy",
    f"{NAMED} -s= --slot= --src-path= --src-url= --type= --async= --clean= --restart= --track-status=",
    most=0,
)
def _webapp(w: World, c: Call) -> None:
    _whole(c)
    version = w.version_of_archive(c.path(c.one("--src-path")))
    slot = c.one("-s", "--slot")
    _slots(w)[slot] = version
    if not slot:
        w.put(version, start=not w.releases)


@az.verb("webapp deployment slot swap", f"{NAMED} -s= --slot= --target-slot= --action= --preserve-vnet=", most=0)
def _swap(w: World, c: Call) -> None:
    _whole(c)
    slot, target = c.one("-s", "--slot"), c.one("--target-slot", default="production")
    if target != "production" or slot not in _slots(w):
        raise RefusedError(f"Slot {slot!r} not found")
    _slots(w)[slot], _slots(w)[""] = _slots(w).get("", ""), _slots(w)[slot]
    w.put(_slots(w)[""], start=not w.releases)


@az.verb("webapp stop,webapp start,webapp restart", f"{NAMED} -s= --slot=", most=0)
def _control(w: World, c: Call) -> None:
    _whole(c)
    w.scale("app", 0 if c.verb.endswith("stop") else 1)


az.looks("webapp show,webapp log tail,webapp list", f"{NAMED} -s= --slot=", most=0)


@az.verb(
    "containerapp update",
    f"{NAMED} --image= --set-env-vars= --min-replicas= --max-replicas= --revision-suffix=",
    most=0,
)
def _containerapp(w: World, c: Call) -> None:
    _whole(c)
    version = w.image(c.one("--image"))
    if not version:
        raise RefusedError(f"image {c.one('--image')!r} not found")
    w.put(version)


@az.verb("containerapp revision copy", f"{NAMED} --from-revision= --image= --revision-suffix=", most=0)
def _copied(w: World, c: Call) -> None:
    _whole(c)
    number = c.one("--from-revision").rpartition("--")[2]
    if not number.isdigit() or not 0 < int(number) <= len(w.releases):
        raise RefusedError("ResourceNotFound")
    w.put(w.releases[int(number) - 1])


az.looks("containerapp revision list", f"{NAMED} --all", most=0)
az.looks(
    "containerapp logs show,containerapp show,containerapp list",
    f"{NAMED} --tail= --follow --revision= --type=",
    most=0,
)


@az.verb(
    "deployment group create,deployment group what-if",
    f"{NAMED} -f= --template-file= -p= --parameters= --mode= --no-prompt= --what-if --confirm-with-what-if",
    most=0,
)
def _bicep(w: World, c: Call) -> None:
    c.path(c.one("-f", "--template-file"))
    said = c.path(c.one("-p", "--parameters")).read_text()
    version = w.image(f"acme.azurecr.io/plinth:{said.rpartition('imageTag = ')[2].split()[0].strip(chr(39))}")
    if c.verb.endswith("create"):
        w.put(version)
