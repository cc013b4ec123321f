"""The ways of deploying that are known, one row each: which files and which commands say it, and where that is written.

Makes no command: a detector reads a way's files, `checklist.ways` has what a person types.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from releasekit.facts.files import Files
from releasekit.facts.places import aside


class Family(StrEnum):
    """Ways whose files say the same things of the same services, so that facts of one hold for another."""

    CONTAINERS = "containers"  # Docker's own: Compose, Swarm
    CLUSTER = "cluster"  # objects of a Kubernetes cluster
    PLATFORM = "platform"  # a platform builds and runs it
    CLOUD = "cloud"  # services of one cloud, by its own tools
    HOSTS = "hosts"  # processes or containers on machines that somebody logs in to


@dataclass(frozen=True, slots=True)
class Way:
    """One way of deploying.

    ``files`` are regular expressions of the paths of its main files, ``holds`` one that such a file's text must match
    where its name means other things too. ``commands`` are programs with the words that follow, options left out, of
    which each deploys; ``actions`` are GitHub actions that do. ``documentation`` is where its commands are described.
    ``reads`` is whether a detector reads its files. ``grace`` is how many seconds a process has between SIGTERM and
    SIGKILL where no file says it; None when that is not known. ``button`` marks ways whose file often is only a button
    that starts a copy for a try. ``takes`` are ways whose files it deploys, so that what they say holds for it too.
    """

    name: str
    title: str
    family: Family
    documentation: str
    files: tuple[str, ...] = ()
    holds: str = ""
    commands: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    reads: bool = False
    grace: int | None = None
    button: bool = False
    takes: tuple[str, ...] = ()

    def known_by(self, text: str) -> bool:
        """Whether a file of a fitting name holds what a main file of this way holds."""
        return not self.holds or re.search(self.holds, text, re.MULTILINE) is not None

    def claims(self, path: str) -> bool:
        """Whether a path is that of a main file of this way; what it has to hold is not looked at."""
        return any(pattern.fullmatch(path) for pattern in _compiled(self.files))


@lru_cache(maxsize=256)
def _compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"(?:.*/)?(?:{pattern})") for pattern in patterns)


WAYS: tuple[Way, ...] = (
    Way(
        "argocd",
        "Argo CD",
        Family.CLUSTER,
        "argo-cd.readthedocs.io/en/stable/user-guide/commands/argocd_app",
        commands=("argocd app sync", "argocd app set"),
        reads=True,
        grace=30,
        takes=("helm", "kustomize", "kubernetes"),
    ),
    Way(
        "flux",
        "Flux",
        Family.CLUSTER,
        "fluxcd.io/flux/cmd",
        commands=("flux reconcile",),
        reads=True,
        grace=30,
        takes=("helm", "kustomize", "kubernetes"),
    ),
    Way(
        "helmfile",
        "helmfile",
        Family.CLUSTER,
        "helmfile.readthedocs.io",
        files=(r"helmfile(?:\.ya?ml(?:\.gotmpl)?)", r"helmfile\.d/[^/]+\.ya?ml(?:\.gotmpl)?"),
        commands=("helmfile apply", "helmfile sync"),
        actions=("helmfile/helmfile-action",),
        reads=True,
        grace=30,
        takes=("helm", "kubernetes"),
    ),
    Way(
        "helm",
        "Helm",
        Family.CLUSTER,
        "helm.sh/docs/helm",
        commands=("helm upgrade", "helm install"),
        actions=("azure/k8s-bake",),
        reads=True,
        grace=30,
    ),
    Way(
        "kustomize",
        "Kustomize",
        Family.CLUSTER,
        "kubernetes.io/docs/tasks/manage-kubernetes-objects/kustomization",
        reads=True,
        grace=30,
        takes=("kubernetes",),
    ),
    Way(
        "skaffold",
        "Skaffold",
        Family.CLUSTER,
        "skaffold.dev/docs/references/cli",
        files=(r"skaffold\.ya?ml",),
        commands=("skaffold run", "skaffold deploy"),
        grace=30,
        takes=("helm", "kustomize", "kubernetes"),
    ),
    Way(
        "kubernetes",
        "Kubernetes manifests",
        Family.CLUSTER,
        "kubernetes.io/docs/reference/kubectl/generated",
        commands=(
            *("kubectl apply", "kubectl replace", "kubectl create", "kubectl set image", "kubectl rollout restart"),
            *("oc apply", "oc replace", "oc create", "oc set image", "oc rollout restart"),
        ),
        actions=("azure/k8s-deploy", "digitalocean/k8s-deploy"),
        reads=True,
        grace=30,
    ),
    Way(
        "kamal",
        "Kamal",
        Family.HOSTS,
        "kamal-deploy.org/docs/commands",
        files=(r"config/deploy\.ya?ml",),
        holds=r"^(?:service|image|servers|registry):|<%",
        commands=("kamal deploy", "kamal redeploy", "kamal setup", "mrsk deploy"),
        reads=True,
        grace=30,
    ),
    Way(
        "fly",
        "Fly.io",
        Family.PLATFORM,
        "fly.io/docs/flyctl",
        files=(r"fly(?:\.[\w-]+)?\.toml",),
        commands=("fly deploy", "flyctl deploy"),
        actions=("superfly/flyctl-actions",),
        reads=True,
        grace=5,
    ),
    Way(
        "heroku",
        "Heroku",
        Family.PLATFORM,
        "devcenter.heroku.com/articles/heroku-cli-commands",
        files=(r"app\.json", r"heroku\.ya?ml"),
        holds=r"\"(?:buildpacks|formation|addons|stack|scripts|success_url|env)\"\s*:|^(?:build|run|release|setup):",
        commands=("heroku container:release", "git push heroku", "heroku builds:create"),
        actions=("akhileshns/heroku-deploy",),
        reads=True,
        grace=30,
        button=True,
        takes=("procfile",),
    ),
    Way(
        "render",
        "Render",
        Family.PLATFORM,
        "render.com/docs/cli",
        files=(r"render\.ya?ml",),
        holds=r"^(?:services|databases|envVarGroups|projects):",
        commands=("render deploys create", "curl api.render.com"),
        actions=("johnbeynon/render-deploy-action", "bounceapp/render-action"),
        reads=True,
        grace=30,
        button=True,
    ),
    Way(
        "railway",
        "Railway",
        Family.PLATFORM,
        "docs.railway.com/reference/cli-api",
        files=(r"railway\.(?:json|toml)",),
        commands=("railway up",),
        reads=True,
        button=True,
    ),
    Way(
        "digitalocean",
        "DigitalOcean App Platform",
        Family.PLATFORM,
        "docs.digitalocean.com/reference/doctl/reference/apps",
        files=(r"\.do/(?:[^/]+/)?[^/]+\.ya?ml",),
        holds=r"^\s*(?:services|workers|static_sites|jobs|functions):",
        commands=("doctl apps update", "doctl apps create-deployment"),
        actions=("digitalocean/app_action", "digitalocean/app_action/deploy"),
        reads=True,
        button=True,
    ),
    Way(
        "cloud-run",
        "Google Cloud Run",
        Family.CLOUD,
        "cloud.google.com/sdk/gcloud/reference/run",
        commands=("gcloud run deploy", "gcloud run services replace", "gcloud run services update"),
        actions=("google-github-actions/deploy-cloudrun",),
        reads=True,
        grace=10,
    ),
    Way(
        "app-engine",
        "Google App Engine",
        Family.CLOUD,
        "cloud.google.com/sdk/gcloud/reference/app",
        files=(r"app\.ya?ml", r"app\.(?:flexible|standard|prod|production)\.ya?ml"),
        holds=r"^(?:runtime:\s*\S+|env:\s*(?:flex|standard))",
        commands=("gcloud app deploy",),
        actions=("google-github-actions/deploy-appengine",),
    ),
    Way(
        "ecs",
        "Amazon ECS",
        Family.CLOUD,
        "docs.aws.amazon.com/cli/latest/reference/ecs",
        files=(r"[\w.-]*task-?def(?:inition)?s?[\w.-]*\.json",),
        holds=r"\"containerDefinitions\"",
        commands=("aws ecs update-service", "aws ecs create-service", "ecs deploy", "ecs-deploy"),
        actions=("aws-actions/amazon-ecs-deploy-task-definition",),
        reads=True,
        grace=30,
        takes=("terraform",),
    ),
    Way(
        "copilot",
        "AWS Copilot",
        Family.CLOUD,
        "aws.github.io/copilot-cli/docs/commands",
        files=(r"copilot/[\w-]+/manifest\.ya?ml",),
        commands=("copilot deploy", "copilot svc deploy"),
        grace=30,
    ),
    Way(
        "beanstalk",
        "AWS Elastic Beanstalk",
        Family.CLOUD,
        "docs.aws.amazon.com/elasticbeanstalk/latest/dg/eb-cli3.html",
        files=(r"Dockerrun\.aws\.json", r"\.ebextensions/[^/]+\.config", r"\.elasticbeanstalk/config\.ya?ml"),
        commands=("eb deploy", "aws elasticbeanstalk update-environment"),
        actions=("einaregilsson/beanstalk-deploy",),
        takes=("procfile",),
    ),
    Way(
        "sam",
        "AWS SAM",
        Family.CLOUD,
        "docs.aws.amazon.com/serverless-application-model/latest/developerguide",
        files=(r"samconfig\.toml", r"template\.(?:sam\.)?ya?ml"),
        holds=r"AWS::Serverless|^version\s*=\s*0\.1|^\[[\w.-]+\.deploy",
        commands=("sam deploy",),
    ),
    Way(
        "serverless",
        "Serverless Framework",
        Family.CLOUD,
        "serverless.com/framework/docs/providers/aws/cli-reference",
        files=(r"serverless\.(?:ya?ml|json|ts)",),
        commands=("serverless deploy", "sls deploy"),
        actions=("serverless/github-action",),
    ),
    Way(
        "cdk",
        "AWS CDK",
        Family.CLOUD,
        "docs.aws.amazon.com/cdk/v2/guide/cli.html",
        files=(r"cdk\.json",),
        commands=("cdk deploy",),
        actions=("youyo/aws-cdk-github-actions",),
    ),
    Way(
        "lambda",
        "AWS Lambda",
        Family.CLOUD,
        "docs.aws.amazon.com/cli/latest/reference/lambda",
        commands=("aws lambda update-function-code",),
    ),
    Way(
        "vercel",
        "Vercel",
        Family.PLATFORM,
        "vercel.com/docs/cli",
        files=(r"vercel\.json",),
        commands=("vercel deploy", "vercel --prod"),
        actions=("amondnet/vercel-action",),
    ),
    Way(
        "netlify",
        "Netlify",
        Family.PLATFORM,
        "cli.netlify.com",
        files=(r"netlify\.toml",),
        commands=("netlify deploy",),
        actions=("nwtgck/actions-netlify",),
    ),
    Way(
        "cloudflare",
        "Cloudflare Workers",
        Family.PLATFORM,
        "developers.cloudflare.com/workers/wrangler/commands",
        files=(r"wrangler\.(?:toml|jsonc?)",),
        commands=("wrangler deploy", "wrangler publish", "wrangler pages deploy"),
        actions=("cloudflare/wrangler-action", "cloudflare/pages-action"),
    ),
    Way(
        "azure-webapp",
        "Azure App Service",
        Family.CLOUD,
        "learn.microsoft.com/cli/azure/webapp",
        commands=("az webapp deploy", "az webapp up", "az webapp deployment", "az webapp config container set"),
        actions=("azure/webapps-deploy",),
    ),
    Way(
        "azure-containerapp",
        "Azure Container Apps",
        Family.CLOUD,
        "learn.microsoft.com/cli/azure/containerapp",
        commands=("az containerapp update", "az containerapp up", "az containerapp revision"),
        actions=("azure/container-apps-deploy-action",),
        grace=30,
    ),
    Way(
        "azd",
        "Azure Developer CLI",
        Family.CLOUD,
        "learn.microsoft.com/azure/developer/azure-developer-cli/reference",
        files=(r"azure\.ya?ml",),
        holds=r"^services:",
        commands=("azd deploy", "azd up"),
    ),
    Way(
        "terraform",
        "Terraform",
        Family.CLOUD,
        "developer.hashicorp.com/terraform/cli/commands/apply",
        commands=("terraform apply", "tofu apply", "terragrunt apply"),
        reads=True,
        takes=("ecs",),
    ),
    Way(
        "pulumi",
        "Pulumi",
        Family.CLOUD,
        "pulumi.com/docs/iac/cli/commands/pulumi_up",
        files=(r"Pulumi\.ya?ml",),
        commands=("pulumi up", "pulumi update"),
        actions=("pulumi/actions",),
    ),
    Way(
        "bicep",
        "Azure Bicep",
        Family.CLOUD,
        "learn.microsoft.com/cli/azure/deployment",
        files=(r"[^/]+\.bicep",),
        commands=("az deployment group create", "az deployment sub create"),
        actions=("azure/arm-deploy",),
    ),
    Way(
        "nomad",
        "Nomad",
        Family.HOSTS,
        "developer.hashicorp.com/nomad/commands/job",
        files=(r"[^/]+\.nomad(?:\.hcl)?",),
        commands=("nomad job run", "nomad run"),
        grace=5,
    ),
    Way(
        "ansible",
        "Ansible",
        Family.HOSTS,
        "docs.ansible.com/ansible/latest/cli/ansible-playbook.html",
        files=(r"(?:playbook|site|deploy)\.ya?ml",),
        holds=r"^\s*-?\s*hosts:",
        commands=("ansible-playbook",),
        actions=("dawidd6/action-ansible-playbook",),
    ),
    Way(
        "capistrano",
        "Capistrano",
        Family.HOSTS,
        "capistranorb.com/documentation/getting-started/flow",
        files=(r"Capfile", r"config/deploy\.rb"),
        commands=("cap production deploy", "cap deploy"),
        actions=("miloserdow/capistrano-deploy",),
    ),
    Way(
        "deployer",
        "Deployer",
        Family.HOSTS,
        "deployer.org/docs/7.x/cli",
        files=(r"deploy\.(?:php|ya?ml)",),
        holds=r"namespace Deployer|recipe/|^(?:import|recipes?):",
        commands=("dep deploy",),
        actions=("deployphp/action",),
    ),
    Way(
        "swarm",
        "Docker Swarm",
        Family.CONTAINERS,
        "docs.docker.com/reference/cli/docker/stack/deploy",
        commands=("docker stack deploy", "docker stack up", "docker service update"),
        reads=True,
        grace=10,
    ),
    Way(
        "compose",
        "Docker Compose",
        Family.CONTAINERS,
        "docs.docker.com/reference/cli/docker/compose",
        commands=(
            *("docker compose up", "docker compose pull", "docker compose start", "docker compose restart"),
            *("docker-compose up", "docker-compose pull", "docker-compose start", "docker-compose restart"),
            *("podman-compose up", "podman compose up"),
        ),
        reads=True,
        grace=10,
    ),
    Way(
        "systemd",
        "systemd",
        Family.HOSTS,
        "freedesktop.org/software/systemd/man/latest/systemctl.html",
        commands=("systemctl restart", "systemctl reload-or-restart"),
        reads=True,
        grace=90,
    ),
    Way(
        "aspire",
        "a .NET Aspire AppHost",
        Family.CLOUD,
        "learn.microsoft.com/dotnet/aspire/deployment/overview",
        commands=("aspire deploy", "aspire publish"),
        reads=True,
    ),
    Way(
        "procfile",
        "a Procfile, which names no platform",
        Family.PLATFORM,
        "devcenter.heroku.com/articles/procfile",
        reads=True,
    ),
    Way(
        "apprunner",
        "AWS App Runner",
        Family.CLOUD,
        "docs.aws.amazon.com/cli/latest/reference/apprunner",
        files=(r"apprunner\.ya?ml",),
        commands=("aws apprunner start-deployment", "aws apprunner update-service"),
        actions=("awslabs/amazon-app-runner-deploy",),
    ),
    Way(
        "devspace",
        "DevSpace",
        Family.CLUSTER,
        "devspace.sh/docs",
        files=(r"devspace\.ya?ml",),
        commands=("devspace deploy", "devspace run-pipeline deploy"),
        grace=30,
        takes=("helm", "kustomize", "kubernetes"),
    ),
    Way(
        "okteto",
        "Okteto",
        Family.CLUSTER,
        "okteto.com/docs/reference/okteto-cli",
        files=(r"okteto\.ya?ml",),
        commands=("okteto deploy",),
        grace=30,
        takes=("helm", "kubernetes", "compose"),
    ),
    Way(
        "jsonnet",
        "Jsonnet for Kubernetes",
        Family.CLUSTER,
        "tanka.dev/tutorial/jsonnet",
        files=(r"jsonnetfile\.json",),
        commands=("tk apply", "ks apply"),
        grace=30,
    ),
)
BY_NAME = {way.name: way for way in WAYS}
CLUSTER = frozenset(way.name for way in WAYS if way.family is Family.CLUSTER)


# what the main files of all ways are called, or end in: cheap to look for among thousands of paths
_NAMES = ("Capfile", "deploy.rb", "deploy.php", "serverless.ts", "helmfile")
_ENDINGS = (".yml", ".yaml", ".toml", ".json", ".jsonc", ".hcl", ".nomad", ".bicep", ".config", ".gotmpl")


def main_files(files: Files) -> Iterator[tuple[str, Way]]:
    """(path, way) of each main file of a way in a tree that is not aside; not whether it can be read."""
    for path in sorted({*files.tree.named(*_NAMES), *files.tree.ending(*_ENDINGS)}):
        if _claimed().fullmatch(path) and not aside(path):
            text = files.text(path)
            # what cannot be read is taken for what its name says: a failed read makes no other way win
            way = of_file(path, text) or (of_name(path) if path in files.unread else None)
            if way is not None:
                yield path, way


@lru_cache(maxsize=1)
def _claimed() -> re.Pattern[str]:
    return re.compile(rf"(?:.*/)?(?:{'|'.join(pattern for way in WAYS for pattern in way.files)})")


def of_file(path: str, text: str) -> Way | None:
    """The way whose main file this is, by its path and by what it holds; None when it is of none."""
    return next((way for way in WAYS if way.claims(path) and way.known_by(text)), None)


def of_name(path: str) -> Way | None:
    """The first way of which this is a main file by its path alone."""
    return next((way for way in WAYS if way.claims(path)), None)


def of_action(uses: str) -> Way | None:
    """The way that a GitHub action deploys by; its version counts for nothing."""
    name = uses.partition("@")[0].lower()
    return next((way for way in WAYS if name in way.actions), None)


def of_command(words: Sequence[str]) -> Way | None:
    """The way that a command deploys by: its program and, in this order among the other words, what the row names.

    ``words`` are the program without its folder and its arguments. None for commands that deploy nothing.
    """
    plain = [word for word in words if not word.startswith("-")]
    if not plain:
        return None
    named = [(len(asked), way) for asked, way in _by_program().get(plain[0], ()) if _follow(asked, words)]
    best = max(named, key=lambda one: one[0], default=None)
    return best[1] if best else None


@lru_cache(maxsize=1)
def _by_program() -> dict[str, tuple[tuple[tuple[str, ...], Way], ...]]:
    found: dict[str, list[tuple[tuple[str, ...], Way]]] = {}
    for way in WAYS:
        for command in way.commands:
            program, *asked = command.split()
            found.setdefault(program, []).append((tuple(asked), way))
    return {program: tuple(rows) for program, rows in found.items()}


def _follow(asked: Iterable[str], words: Sequence[str]) -> bool:
    rest = iter(words[1:])
    return all(any(part == word for word in rest) for part in asked)
