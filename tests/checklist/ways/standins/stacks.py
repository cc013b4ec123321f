"""Programs that deploy what a folder says: Terraform, Pulumi, the frameworks of AWS, azd.

Sources: developer.hashicorp.com/terraform/cli/commands, pulumi.com/docs/iac/cli/commands, docs.aws.amazon.com (SAM,
CDK, eb), aws.github.io/copilot-cli/docs/commands, serverless.com/framework/docs, learn.microsoft.com (azd reference).
"""

import re

from tests.checklist.ways.standins.grammar import Call, RefusedError, Tool
from tests.checklist.ways.standins.world import World

terraform = Tool("terraform", before="-chdir=", single=True)
pulumi = Tool("pulumi", anywhere="-C= --cwd= --non-interactive -e --emoji --color=")
sam = Tool("sam", anywhere="--profile= --region= --debug --config-env= --config-file=")
serverless = Tool("serverless", anywhere="-s= --stage= -r= --region= --aws-profile= -c= --config= --verbose --param=")
cdk = Tool("cdk", anywhere="-a= --app= -c= --context= --profile= -v --verbose --ci --output= -o=")
copilot = Tool("copilot", anywhere="-a= --app=")
azd = Tool("azd", anywhere="-C= --cwd= --debug --no-prompt")
eb = Tool("eb", anywhere="-r= --region= --profile= -v --verbose --no-verify-ssl")

_VARS = "-var= -var-file= -input= -lock= -lock-timeout= -no-color -refresh= -target= -out= -parallelism="


def _tag(w: World, text: str, repository: str, pattern: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise RefusedError("No value for required variable: image_tag")
    return w.image(f"{repository}:{found[1]}")


def _planned(w: World, c: Call) -> str:
    """What the configuration says with the variables that are given; nobody is there to be asked for others."""
    folder = c.cwd / c.one("-chdir", default=".")
    if not list(folder.glob("*.tf")):
        raise RefusedError("Error: No configuration files")
    text = "".join((folder / name).read_text() for name in c.all("-var-file") if (folder / name).is_file())
    repository = "europe-docker.pkg.dev/escarpment-prod/apps/escarpment"
    return _tag(w, text, repository, r'image_tag\s*=\s*"([^"]+)"')


@terraform.verb("apply", f"{_VARS} -auto-approve -destroy", most=1)
def _apply(w: World, c: Call) -> None:
    w.put(_planned(w, c))


@terraform.verb("plan", f"{_VARS} -detailed-exitcode -destroy", most=0)
def _plan(w: World, c: Call) -> None:
    _planned(w, c)


terraform.looks("init,validate,output,show,version", "-input= -backend-config= -upgrade -reconfigure -no-color -json")


@pulumi.verb(
    "up,update", "-s= --stack= -y --yes -f --skip-preview -m= --message= --refresh -c= --config= -d --diff -p=", most=1
)
def _pulumi(w: World, c: Call) -> None:
    stack = c.one("-s", "--stack").rpartition("/")[2]
    text = c.path(f"{c.one('-C', '--cwd', default='.')}/Pulumi.{stack}.yaml").read_text()
    w.put(_tag(w, text, "ghcr.io/acme/ropewalk", r'imageTag: "([^"]+)"'))


pulumi.looks("preview,stack ls,stack output,stack history", "-s= --stack= -d --diff")


@sam.verb(
    "build", "-u --use-container -c --cached -p --parallel -t= --template= -b= --build-dir= -s= --base-dir=", most=1
)
def _sam_build(w: World, c: Call) -> str:
    c.path(c.one("-t", "--template", default="template.yaml"))
    w.state["sam built"] = w.version_of(at=c.cwd)
    return "Build Succeeded\n"


@sam.verb(
    "deploy",
    "-g --guided -t= --template= --template-file= --stack-name= --capabilities= --resolve-s3 --s3-bucket="
    " --no-confirm-changeset --confirm-changeset --no-fail-on-empty-changeset --fail-on-empty-changeset"
    " --parameter-overrides= --no-execute-changeset --disable-rollback",
    most=0,
)
def _sam(w: World, c: Call) -> None:
    environment = c.one("--config-env", default="default")
    if f"[{environment}.deploy" not in c.path("samconfig.toml").read_text() and not c.has("--stack-name"):
        raise RefusedError("Error: Missing option '--stack-name'", status=2)
    w.put(w.state["sam built"])


sam.looks("list stack-outputs,logs,validate", "--stack-name= -n= --tail")


@serverless.verb("deploy", "--force --conceal -p= --package= --aws-s3-accelerate", most=0)
def _serverless(w: World, c: Call) -> None:
    c.path("serverless.yml")
    if not c.has("-s", "--stage"):
        raise RefusedError("deployed to the stage dev, which is not production")
    w.put(w.version_of(at=c.cwd))


@serverless.verb("deploy list", most=0)
def _listed(w: World, c: Call) -> str:
    return "".join(f"Timestamp: {1773000000000 + number}\n" for number, _ in enumerate(w.releases))


@serverless.verb("rollback", "-t= --timestamp=", most=0)
def _rollback(w: World, c: Call) -> None:
    number = int(c.one("-t", "--timestamp", default="0")) - 1773000000000
    if not 0 <= number < len(w.releases):
        raise RefusedError("Couldn't find a deploy with that timestamp")
    w.put(w.releases[number])


serverless.looks("info,logs", "-f= --function= --tail --startTime=")


@cdk.verb(
    "deploy",
    "--require-approval= --all --hotswap --no-rollback --outputs-file= --parameters= -e --exclusively --method=",
)
def _cdk(w: World, c: Call) -> None:
    for name in c.args:
        if name not in c.path("bin/gantry.js").read_text():
            raise RefusedError(f"No stacks match the name(s) {name}")
    w.put(w.version_of(at=c.cwd))


cdk.looks("diff,list,ls,synth")


@copilot.verb(
    "svc deploy,deploy",
    "-n= --name= -e= --env= --tag= --force --diff --diff-yes --no-rollback --allow-downgrade",
    most=0,
)
def _copilot(w: World, c: Call) -> None:
    c.path(f"copilot/{c.one('-n', '--name')}/manifest.yml")
    c.path(f"copilot/environments/{c.one('-e', '--env')}/manifest.yml")
    w.put(w.version_of(at=c.cwd))


copilot.looks("svc status,svc show,svc logs,env ls,svc ls", "-n= --name= -e= --env= --since= --follow --limit=")


@azd.verb("deploy", "-e= --environment= --all --from-package= --timeout=", most=1)
def _azd(w: World, c: Call) -> None:
    c.path("azure.yaml")
    if c.one("-e", "--environment") != "cobble-prod":
        raise RefusedError("ERROR: environment does not exist")
    w.put(w.version_of(at=c.cwd))


azd.looks("env list,show,monitor,env get-values", "-e= --environment= --logs")


def _environment(c: Call) -> None:
    if c.args and c.args[0] != "orchard-prod":
        raise RefusedError(f'ERROR: NotFoundError - Environment "{c.args[0]}" not Found.', status=4)


@eb.verb("deploy", "-l= --label= --version= -m= --message= --staged --timeout= --nohang -p --process", most=1)
def _eb(w: World, c: Call) -> None:
    """The leader runs the container commands of the version that is deployed."""
    _environment(c)
    labels: list[str] = w.state.setdefault("labels", [])
    label = c.one("--version")
    if label:
        if not label.startswith("app-") or not 0 < int(label[4:]) <= len(labels):
            raise RefusedError(f"ERROR: NotFoundError - Application Version {label} not found", status=4)
        version = labels[int(label[4:]) - 1]
    else:
        version = w.version_of(at=c.cwd)
        labels.append(version)
    if b"leader_only" in w.file(version, ".ebextensions/01_migrate.config"):
        w.migrate(version)
    w.put(version)


@eb.verb("status,health,logs,events", "--refresh -a --all -z --zip --stream", most=1)
def _look(w: World, c: Call) -> None:
    _environment(c)


eb.looks("appversion,list", "-a= --application= -v")
