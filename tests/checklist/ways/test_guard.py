"""Each way's page has the commands of its own program, and of no other way's."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

import pytest

from releasekit.checklist.model import Act
from releasekit.checklist.ways import _MODULES
from releasekit.facts.ways import BY_NAME
from tests.checklist.ways.laid import FIXTURES, NAMES, Laid, way_of

# what a step of the deploy types, by way; in a row without commands nothing is typed
TYPES: Mapping[str, str] = MappingProxyType({
    "ansible": r"^ansible-playbook -i inventory/production\.ini deploy\.yml$",
    "app-engine": r"^gcloud app deploy app\.yaml --project almanac-prod",
    "apprunner": r"^aws apprunner start-deployment --service-arn arn:aws:apprunner:\S+$",
    "argocd": r"^argocd app sync (?:ledgerline|candlewick)",
    "azd": r"^azd deploy --all --environment cobble-prod",
    "azure-containerapp": r"^az containerapp update --name thimble --resource-group thimble-prod --image \S+",
    "azure-webapp": r"^az webapp deployment slot swap .*--slot staging|^az webapp deploy .*--name harbourmaster ",
    "beanstalk": r"^eb deploy orchard-prod",
    "bicep": r"^az deployment group create --resource-group plinth-prod .*--parameters infra/production\.bicepparam",
    "capistrano": r"^bundle exec cap production deploy",
    "cdk": r"^(?:npx )?cdk deploy GantryProduction",
    "cloud-run": r"^gcloud run services replace service\.yaml --region europe-west1",
    "cloudflare": r"^(?:npx )?wrangler deploy",
    "compose": r"^docker compose -f (?:compose\.yaml|docker-compose\.prod\.yml) up -d",
    "copilot": r"^copilot svc deploy --name api --env production",
    "deployer": r"^(?:vendor/bin/)?dep deploy production",
    "digitalocean": r"^doctl apps update APP_ID --spec \.do/app\.yaml",
    "dokku": r"^ssh dokku@dokku\.example\.com git:from-image ternery ",
    "ecs": r"^aws ecs update-service --cluster production --service parcelpost --task-definition parcelpost",
    "flux": r"^flux (?:reconcile|resume) (?:helmrelease|kustomization) (?:brinewell|rockpool) ",
    "fly": r"^fly(?:ctl)? deploy",
    "helm": (
        r"^helm upgrade --install gatehouse charts/gatehouse .*-f charts/\S+-production\.yaml"
        r"|^helm upgrade RELEASE chart -n NAMESPACE"
    ),
    "helmfile": r"^helmfile (?:-f helmfile\.yaml )?-e production apply",
    "heroku": r"^uses: akhileshns/heroku-deploy@|^git push (?:https://git\.heroku\.com/\w+\.git|heroku) ",
    "kamal": r"^kamal deploy",
    "kubernetes": r"^kubectl (?:-n orrery )?apply -f deploy/k8s/|^kubectl (?:-n|--namespace) lodestar apply -f k8s/",
    "kustomize": r"^kubectl (?:-n meridian )?apply -k deploy/overlays/production",
    "lambda": r"^aws lambda update-function-code --function-name shutter --zip-file fileb://function\.zip",
    "netlify": r"^netlify deploy .*--prod",
    "nomad": r"^nomad job run signalbox\.nomad\.hcl",
    "pipeline": r"^\./scripts/deploy\.sh ",
    "pulumi": r"^pulumi up .*--stack acme/ropewalk/production .*--cwd infra|^pulumi up .*-C infra",
    "railway": r"^railway up .*--service dovecote",
    "render": r"^render deploys create SERVICE_ID --commit [0-9a-f]{40}",
    "sam": r"^sam deploy --config-env production",
    "serverless": r"^(?:npx )?serverless deploy --stage production",
    "skaffold": r"^skaffold run -p production",
    "swarm": r"^docker stack deploy -c deploy/stack\.yml .*bellows$",
    "systemd": r"^sudo systemctl restart (?:wicket|wicket-worker)\.service",
    "terraform": r"^terraform -chdir=infra apply .*-var-file=production\.tfvars",
    "vercel": r"^vercel deploy --prod|^vercel --prod",
})  # fmt: skip

# how each program is typed, and the ways whose program it is. A word of everyday language counts with its verbs only.
PROGRAMS: Mapping[str, tuple[str, frozenset[str]]] = MappingProxyType(
    {
        name: (pattern, frozenset(ways.split()))
        for name, pattern, ways in (
            ("kubectl", r"kubectl [a-z-]", "kubernetes kustomize"),
            ("helm", r"helm (?:upgrade|install|rollback|list|history|status|template|-n)\b", "helm"),
            ("helmfile", r"helmfile (?:-|apply|sync|diff)", "helmfile"),
            ("skaffold", r"skaffold (?:run|deploy|build)\b", "skaffold"),
            ("argocd", r"argocd (?:app|login)\b", "argocd"),
            ("flux", r"flux (?:reconcile|suspend|resume|get)\b", "flux"),
            ("docker compose", r"(?:docker|podman)[ -]compose (?:-f|[a-z])", "compose"),
            ("docker stack", r"docker (?:stack|service) [a-z]", "swarm"),
            ("fly", r"(?:fly|flyctl) (?:deploy|releases|scale|status|checks|console|logs|ssh|machine|image)\b", "fly"),
            ("heroku", r"heroku (?:[a-z]+:[a-z]|ps|releases|rollback|run|logs|pg)|git push heroku\b", "heroku"),
            ("kamal", r"kamal (?:deploy|redeploy|app|build|rollback|accessory)\b", "kamal"),
            ("gcloud run", r"gcloud (?:beta )?run [a-z]", "cloud-run"),
            ("gcloud app", r"gcloud app [a-z]", "app-engine"),
            ("aws ecs", r"aws ecs [a-z]", "ecs"),
            ("aws lambda", r"aws lambda [a-z]", "lambda"),
            ("aws apprunner", r"aws apprunner [a-z]", "apprunner"),
            ("az webapp", r"az webapp [a-z]", "azure-webapp"),
            ("az containerapp", r"az containerapp [a-z]", "azure-containerapp"),
            ("az deployment", r"az deployment [a-z]", "bicep"),
            ("vercel", r"vercel (?:deploy|--prod|rollback|list|ls|promote)\b", "vercel"),
            ("netlify", r"netlify (?:deploy|status|sites)\b", "netlify"),
            ("wrangler", r"wrangler (?:deploy|rollback|versions|deployments|d1|publish|pages)\b", "cloudflare"),
            ("terraform", r"(?:terraform|tofu|terragrunt) (?:-chdir|apply|plan|init)", "terraform"),
            ("pulumi", r"pulumi (?:up|preview|stack)\b", "pulumi"),
            ("nomad", r"nomad (?:job|run|alloc)\b", "nomad"),
            ("ansible-playbook", r"ansible-playbook -", "ansible"),
            ("cap", r"cap production\b", "capistrano"),
            ("dep", r"dep (?:deploy|rollback)\b", "deployer"),
            ("dokku", r"dokku@\S+ [a-z]+:|git push dokku\b", "dokku"),
            ("systemctl", r"(?:systemctl|journalctl) [a-z-]", "systemd"),
            ("railway", r"railway (?:up|status|logs|redeploy)\b", "railway"),
            ("render", r"render (?:deploys|services)\b", "render"),
            ("doctl", r"doctl (?:apps|kubernetes)\b", "digitalocean"),
            ("sam", r"sam (?:build|deploy|logs)\b", "sam"),
            ("serverless", r"(?:serverless|sls) (?:deploy|rollback|logs|info)\b", "serverless"),
            ("cdk", r"cdk (?:deploy|diff|list)\b", "cdk"),
            ("eb", r"eb (?:deploy|status|appversion|logs|list|health)\b", "beanstalk"),
            ("copilot", r"copilot (?:svc|env|deploy|task|pipeline)\b", "copilot"),
            ("azd", r"azd (?:deploy|up|env|provision)\b", "azd"),
            ("devspace", r"devspace (?:deploy|run)", "devspace"),
            ("okteto", r"okteto (?:deploy|up)\b", "okteto"),
            ("tk", r"tk (?:apply|diff)\b", "jsonnet"),
            ("aspire", r"aspire (?:deploy|publish|run)\b", "aspire"),
        )
    }
)
_IN_CLUSTER = "its objects are in a cluster: they are looked at, scaled and waited for there"
# where a page is right to have another way's program
RIGHT: Mapping[tuple[str, str], str] = MappingProxyType({
    ("argocd", "kubectl"): _IN_CLUSTER,
    ("flux", "kubectl"): _IN_CLUSTER,
    ("helm", "kubectl"): _IN_CLUSTER,
    ("helmfile", "kubectl"): _IN_CLUSTER,
})  # fmt: skip
# and what even these must not type: it goes past the program that keeps the objects
_PAST = r"kubectl (?:-n \S+ )?(?:apply|replace|set image|rollout undo|rollout restart|create -f)\b"
NEVER: Mapping[str, str] = MappingProxyType(dict.fromkeys(("argocd", "flux", "helm", "helmfile", "skaffold"), _PAST))


def page(laid: Laid) -> str:
    """All that a person reads of the items' specifics and of the steps, a line each."""
    lines = [f"{d.text}\n{d.code}\n{d.expect}" for item in laid.checklist.items for d in item.details]
    lines += [f"{step.text}\n{step.command}{step.runs}\n{' '.join(map(' '.join, step.fill))}" for step in laid.steps]
    return "\n".join(lines)


@pytest.mark.parametrize("fixture", NAMES)
def test_the_way_that_a_repository_is_deployed_by_is_elected(fixture: str, laid: Callable[[str], Laid]) -> None:
    elected = [(fact.name, fact.how) for fact in laid(fixture).plan.analysis.of("way")]
    assert [name for name, _ in elected] == [way_of(fixture)], elected


@pytest.mark.parametrize("fixture", [name for name in NAMES if way_of(name) in _MODULES])
def test_a_step_of_the_deploy_types_the_ways_own_command(fixture: str, laid: Callable[[str], Laid]) -> None:
    deploys = [step for step in laid(fixture).steps if step.act in {Act.DEPLOY, Act.RUN}]
    typed = [step.command or step.runs for step in deploys if step.command or step.runs]
    assert any(re.search(TYPES[way_of(fixture)], command) for command in typed), typed


@pytest.mark.parametrize("fixture", [name for name in NAMES if way_of(name) not in _MODULES])
def test_a_way_without_commands_is_named_and_nothing_is_typed(fixture: str, laid: Callable[[str], Laid]) -> None:
    steps = [step for step in laid(fixture).steps if step.act in {Act.DEPLOY, Act.BACK_DEPLOY}]
    assert steps
    for step in steps:
        assert not step.command
        assert "no command is known" in step.text
        assert BY_NAME[way_of(fixture)].title in step.text


@pytest.mark.parametrize("fixture", NAMES)
def test_no_other_ways_program_is_on_the_page(fixture: str, laid: Callable[[str], Laid]) -> None:
    way, text = way_of(fixture), page(laid(fixture))
    foreign = {}
    for program, (pattern, ways) in PROGRAMS.items():
        if way not in ways and (way, program) not in RIGHT:
            found = re.findall(rf"^.*(?<![\w./-]){pattern}.*$", text, re.MULTILINE)
            if found:
                foreign[program] = found[:3]
    assert foreign == {}


@pytest.mark.parametrize("fixture", [name for name in NAMES if way_of(name) in NEVER])
def test_nothing_goes_past_the_program_that_keeps_the_objects(fixture: str, laid: Callable[[str], Laid]) -> None:
    assert re.findall(rf"^.*{NEVER[way_of(fixture)]}.*$", page(laid(fixture)), re.MULTILINE) == []


def test_every_way_has_a_repository_and_the_table_every_way_with_commands() -> None:
    assert sorted({way_of(fixture) for fixture in FIXTURES}) == sorted(BY_NAME)
    assert sorted(TYPES) == sorted(_MODULES)


def test_every_exception_is_needed(laid: Callable[[str], Laid]) -> None:
    unused = [
        (way, program)
        for way, program in RIGHT
        if not any(
            re.search(rf"(?<![\w./-]){PROGRAMS[program][0]}", page(laid(name)))
            for name in FIXTURES
            if way_of(name) == way
        )
    ]
    assert unused == []
