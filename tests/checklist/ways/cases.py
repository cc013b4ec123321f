"""How each fixture came into production, and what only a person at its platform knows: the values of blanks, and what
is done where the page has no command."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from releasekit.checklist.model import Act
from tests.checklist.ways.standins.world import World

_OLD_MAIN = "git push --force origin v1.0.0^{commit}:refs/heads/main"
_NEW_MAIN = "git push origin v1.1.0^{commit}:refs/heads/main"
_PUSH = (_NEW_MAIN,)
_NOTHING: Mapping[Act, tuple[str, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Case:
    """``before`` are the commands with which v1.0.0 was deployed, at its commit.

    ``repositories`` are those into which a pipeline pushes images, ``migrates`` is the tool of the release's migration,
    ``destructive`` says that v1.0.0 fails on its schema, ``hands`` has what a person does at a step without a command,
    ``fill`` the values of blanks, ``actions`` what an action of the pipeline does.
    """

    before: tuple[str, ...]
    repositories: tuple[str, ...] = ()
    migrates: str = ""
    destructive: bool = False
    hands: Mapping[Act, tuple[str, ...]] = field(default_factory=lambda: _NOTHING)
    fill: Mapping[str, str | Callable[[World], str]] = field(default_factory=dict)
    actions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


_ACME = "registry.example.com"
_PARCEL = "aws ecs update-service --cluster production --service parcelpost"
_FENNEL = (
    "aws apprunner start-deployment --service-arn"
    " arn:aws:apprunner:eu-west-1:123456789012:service/fennel/8fe1e10304f84fd2b0df550fe98a71fa"
)
_SWAP = "az webapp deployment slot swap --resource-group quayside-prod --name quayside --slot staging"
_QUAYSIDE = (
    "zip -r quayside.zip app.py pyproject.toml",
    "az webapp deploy --resource-group quayside-prod --name quayside --slot staging --src-path quayside.zip",
    _SWAP,
)
_PLINTH = (
    "az deployment group create --resource-group plinth-prod --template-file infra/main.bicep"
    " --parameters infra/production.bicepparam"
)
_GATEHOUSE = (
    "helm upgrade --install gatehouse charts/gatehouse --namespace gatehouse -f charts/gatehouse/values-production.yaml"
)


def _fly_before(world: World) -> str:
    """The image of the release before, as `fly releases --image` lists it."""
    return str(world.state["images"][-2])


def _fetched(world: World) -> str:
    """The dump that a job wrote to a store, fetched from there."""
    (world.clone / "fetched.dump").write_text(world.state["last dump"])
    return "fetched.dump"


CASES: Mapping[str, Case] = MappingProxyType({
    "ansible": Case(("ansible-playbook -i inventory/production.ini deploy.yml",), migrates="alembic"),
    "app-engine": Case(
        ("gcloud app deploy app.yaml --project almanac-prod --quiet",), fill={"SERVICE": "default", "VERSION": "1"}
    ),
    "apprunner": Case(
        (_OLD_MAIN, _FENNEL, _NEW_MAIN),
        hands={Act.BACK_DEPLOY: (_OLD_MAIN, _FENNEL)},
    ),
    "argocd": Case(
        ("argocd app sync ledgerline",), (f"{_ACME}/ledgerline/web",), "alembic", hands={Act.DEPLOY: _PUSH}
    ),
    "argocd+restore": Case(
        ("argocd app sync candlewick",),
        (f"{_ACME}/candlewick/web",),
        "alembic",
        destructive=True,
        hands={Act.DEPLOY: _PUSH},
    ),
    "azd": Case(("azd deploy --all --environment cobble-prod",)),
    "azure-containerapp": Case(
        ("az containerapp update --name thimble --resource-group thimble-prod --image acme.azurecr.io/thimble:v1.0.0",),
        ("acme.azurecr.io/thimble",),
        fill={"REVISION": "thimble--1", "IMAGE": "acme.azurecr.io/thimble:v1.1.0"},
    ),
    "azure-webapp": Case(_QUAYSIDE, fill={"PACKAGE": "quayside.zip"}),
    "azure-webapp+restore": Case(
        (
            "zip -r harbourmaster.zip app.py models.py pyproject.toml",
            "az webapp deploy --resource-group harbour-prod --name harbourmaster --src-path harbourmaster.zip",
        ),
        migrates="alembic",
        destructive=True,
    ),
    "beanstalk": Case(("eb deploy orchard-prod",), migrates="django", fill={"VERSION": "app-1"}),
    "bicep": Case((_PLINTH,), ("acme.azurecr.io/plinth",)),
    "capistrano": Case(
        (
            _OLD_MAIN,
            "bundle exec cap production deploy",
            _NEW_MAIN,
        ),
        migrates="rails",
    ),
    "cdk": Case(("npx cdk deploy GantryProduction",)),
    "cloud-run": Case(
        (
            "gcloud run jobs replace migrate.yaml --region europe-west1",
            "gcloud run services replace service.yaml --region europe-west1",
        ),
        ("europe-docker.pkg.dev/isobar-prod/apps/isobar",),
        "alembic",
        fill={"REVISION": "isobar-00001"},
    ),
    "cloudflare": Case(("npx wrangler deploy",), migrates="d1"),
    "compose": Case(("docker compose -f compose.yaml up -d --build",), migrates="alembic", destructive=True),
    "compose+images": Case(
        ("docker compose -f docker-compose.prod.yml up -d",), ("ghcr.io/acme/larkspur",), migrates="alembic"
    ),
    "copilot": Case(("copilot svc deploy --name api --env production",)),
    "deployer": Case(
        (
            _OLD_MAIN,
            "dep deploy production",
            _NEW_MAIN,
        ),
        migrates="laravel",
        fill={"HOSTS": "production"},
    ),
    "digitalocean": Case(
        ("doctl apps update f81d4fae --spec .do/app.yaml",), ("saltmarsh",), "alembic", fill={"APP_ID": "f81d4fae"}
    ),
    "dokku": Case(
        (
            "docker build -t ghcr.io/acme/ternery:v1.0.0 .",
            "docker push ghcr.io/acme/ternery:v1.0.0",
            "ssh dokku@dokku.example.com git:from-image ternery ghcr.io/acme/ternery:v1.0.0",
        ),
        migrates="alembic",
        fill={"IMAGE": "ghcr.io/acme/ternery:v1.0.0"},
    ),
    "ecs": Case(
        (
            "aws ecs register-task-definition --cli-input-json file://task-definition.json",
            f"{_PARCEL} --task-definition parcelpost",
        ),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com/parcelpost",),
        "alembic",
        destructive=True,
        fill={"COUNT": "2", "REVISION": "1"},
    ),
    "flux": Case(
        ("flux reconcile helmrelease brinewell -n brinewell --with-source",),
        (f"{_ACME}/brinewell/web",),
        "rails",
        destructive=True,
        hands={Act.DEPLOY: _PUSH},
    ),
    "flux+kustomization": Case(
        ("flux reconcile kustomization rockpool --with-source",),
        (f"{_ACME}/rockpool/web",),
        "alembic",
        destructive=True,
        hands={Act.DEPLOY: _PUSH},
    ),
    "fly": Case(("flyctl deploy --remote-only",), migrates="alembic", fill={"IMAGE": _fly_before}),
    "fly+groups": Case(("fly deploy",), migrates="alembic", destructive=True, fill={"IMAGE": _fly_before}),
    "fly+restore": Case(("fly deploy",), migrates="alembic", destructive=True, fill={"IMAGE": _fly_before}),
    "helm": Case(
        (_GATEHOUSE,), (f"{_ACME}/gatehouse/web",), "rails", destructive=True, fill={"FILE": _fetched}
    ),
    "helm+chart": Case(
        ("helm upgrade --install turnstile chart -n turnstile --create-namespace",),
        (f"{_ACME}/turnstile/web",),
        fill={"RELEASE": "turnstile", "NAMESPACE": "turnstile"},
    ),
    "helmfile": Case(
        ("helmfile -e production apply",),
        (f"{_ACME}/weathervane/web",),
        "prisma",
        fill={"ENVIRONMENT": "production"},
    ),
    "heroku": Case(
        ("git push heroku v1.0.0^{commit}:refs/heads/main",),
        migrates="rails",
        destructive=True,
        actions={"akhileshns/heroku-deploy": ("git push heroku v1.1.0^{commit}:refs/heads/main",)},
    ),
    "heroku+code": Case(("git push heroku v1.0.0^{commit}:refs/heads/main",), migrates="alembic"),
    "kamal": Case(("kamal deploy",), migrates="rails", destructive=True),
    "kamal+migrate": Case(
        ("kamal deploy",),
        migrates="alembic",
        hands={Act.MIGRATE: ('kamal app exec --version "$(git rev-parse HEAD)" "alembic upgrade head"',)},
    ),
    "kubernetes": Case(("kubectl apply -f deploy/k8s/",), (f"{_ACME}/orrery/web",), "alembic", destructive=True),
    "kubernetes+code": Case(("kubectl --namespace lodestar apply -f k8s/",), (f"{_ACME}/lodestar/web",), "alembic"),
    "kustomize": Case(("kubectl apply -k deploy/overlays/production",), (f"{_ACME}/meridian/web",), "alembic"),
    "lambda": Case((
        "zip -r function.zip function",
        "aws lambda update-function-code --function-name shutter --zip-file fileb://function.zip",
    )),
    "netlify": Case(("netlify deploy --build --prod",), hands={Act.BACK_DEPLOY: ("by-hand rollback",)}),
    "nomad": Case(
        ("nomad job run signalbox.nomad.hcl",),
        (f"{_ACME}/signalbox/web",),
        fill={"JOB": "signalbox", "VERSION": "0"},
    ),
    "pipeline": Case(("./scripts/deploy.sh v1.0.0",)),
    "pulumi": Case(("pulumi up --yes --stack acme/ropewalk/production --cwd infra",), ("ghcr.io/acme/ropewalk",)),
    "railway": Case(
        ("railway up --ci --service dovecote",),
        migrates="prisma",
        hands={Act.BACK_DEPLOY: ("by-hand rollback",)},
    ),
    "render": Case(
        ('render deploys create srv-abc123 --commit "$(git rev-parse HEAD)" --wait',),
        migrates="alembic",
        fill={"SERVICE_ID": "srv-abc123"},
    ),
    "sam": Case(("sam build", "sam deploy --config-env production")),
    "serverless": Case(("npx serverless deploy --stage production",), fill={"TIMESTAMP": "1773000000000"}),
    "skaffold": Case(("skaffold run -p production",)),
    "swarm": Case(
        ("docker stack deploy -c deploy/stack.yml --with-registry-auth bellows",),
        (f"{_ACME}/bellows/web",),
        "alembic",
        destructive=True,
        hands={Act.MIGRATE: (f"docker run --rm {_ACME}/bellows/web:v1.1.0 alembic upgrade head",)},
    ),
    "systemd": Case(
        ("by-hand host v1.0.0", "sudo systemctl restart wicket.service wicket-worker.service"),
        hands={Act.DEPLOY: ("by-hand host v1.1.0",), Act.BACK_DEPLOY: ("by-hand host v1.0.0",)},
    ),
    "terraform": Case(
        ("terraform -chdir=infra apply -auto-approve -var-file=production.tfvars",),
        ("europe-docker.pkg.dev/escarpment-prod/apps/escarpment",),
    ),
    "vercel": Case(("vercel deploy --prod",)),
})  # fmt: skip

# what a person does at these steps without being told how, in every repository
USUAL: Mapping[Act, tuple[str, ...]] = MappingProxyType({
    Act.BACKUP: ("by-hand backup",),
    Act.BACK_SCHEMA: ("by-hand restore",),
    Act.CONFIGURE: (),
    Act.START: ("git switch --quiet --detach v1.1.0",),  # at the service, which has a checkout of its own
})  # fmt: skip
USUAL_FILL: Mapping[str, str] = MappingProxyType({"FILE": "before.dump"})

# statuses other than 0 with which a command ends as it should
ENDS: Mapping[str, tuple[int, str]] = MappingProxyType({
    r"kubectl (?:-n \S+ )?diff ": (1, "differences were found (kubectl diff --help: exit status)"),
    r"nomad job plan ": (1, "allocations would be created or destroyed (nomad job plan -help)"),
    r"argocd app terminate-op ": (20, "no operation is in progress, and the step is for one that goes on"),
})  # fmt: skip
