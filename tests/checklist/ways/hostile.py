"""Fixtures in which names that come into commands are such that a shell would do something with them."""

import json
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

NAMES = ("$(touch PWNED)", "web;touch PWNED;", "-x", "it's", "a b", "`touch PWNED`")
Quote = Callable[[str], str]


def _yaml(name: str) -> str:
    return json.dumps(name)


def _hcl(name: str) -> str:
    return json.dumps(name.replace("${", "$${"))


def _php(name: str) -> str:
    return "'" + name.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _typed(name: str) -> str:
    """As a person quotes it for the shell in a line of a pipeline, which is a plain scalar of YAML.

    What begins with a dash is an option there too, and no name.
    """
    return "x" if name.startswith("-") else shlex.quote(name)


def _argument(name: str) -> str:
    """As an argument of its own in YAML; what begins with a dash is an option there too, and no name."""
    return _yaml("x" if name.startswith("-") else name)


@dataclass(frozen=True, slots=True)
class Name:
    """A name in files: whatever the pattern's group matches there is replaced."""

    file: str
    pattern: str
    quote: Quote = _yaml


@dataclass(frozen=True, slots=True)
class Move:
    """A path, of which ``{}`` becomes the name."""

    old: str
    new: str


_FLOW = ".github/workflows/deploy.yml"
_K8S = (
    Name("deploy/k8s/*.yaml", r"(?m)^  namespace: (\S+)"),
    Name("deploy/k8s/web.yaml", r"kind: Deployment\nmetadata:\n  name: (\S+)"),
    Name("deploy/k8s/worker.yaml", r"kind: Deployment\nmetadata:\n  name: (\S+)"),
    Name("deploy/k8s/migrate.yaml", r"kind: Job\nmetadata:\n  name: (\S+)"),
    Name("deploy/k8s/db.yaml", r"kind: StatefulSet\nmetadata:\n  name: (\S+)"),
)
_SCRIPTS = (Move("scripts/", "scripts {}/"),)

PLACES: Mapping[str, tuple[Name | Move, ...]] = MappingProxyType({
    "ansible": (Move("inventory/", "inventory{}/"), Name("README.md", r"-i (inventory/production\.ini)", _typed)),
    "app-engine": (Name("cloudbuild.yaml", r"--project, ([\w-]+)", _argument),),
    "apprunner": (Name(_FLOW, r"--service-arn (\S+)", _typed),),
    "argocd": (
        Name("argocd/ledgerline.yaml", r"metadata:\n  name: (\S+)"),
        Name("deploy/web.yaml", r"(?m)^  name: (\S+)"),
        Name("deploy/web.yaml", r"(?m)^  namespace: (\S+)"),
        Move("deploy/", "deploy{}/"),
    ),
    "azd": (Name(_FLOW, r"--environment (\S+)", _typed),),
    "azure-containerapp": (
        Name(_FLOW, r"--name (\S+)", _typed),
        Name(_FLOW, r"--resource-group (\S+)", _typed),
        Name(_FLOW, r"--image (\S+?):", _typed),
    ),
    "azure-webapp": (
        Name(_FLOW, r"--name (\S+)", _typed),
        Name(_FLOW, r"--resource-group (\S+)", _typed),
        Name(_FLOW, r"--slot (\S+)", _typed),
        Name(_FLOW, r"--src-path (\S+)", _typed),
    ),
    "beanstalk": (Name(_FLOW, r"eb deploy (\S+)", _typed),),
    "bicep": (Name(_FLOW, r"--resource-group (\S+)", _typed), Move("infra/main.bicep", "infra/main{}.bicep")),
    "cdk": (Name(_FLOW, r"cdk deploy (\S+)", _typed),),
    "cloud-run": (
        Name("service.yaml", r"metadata:\n  name: (\S+)"),
        Name(_FLOW, r"replace service\.yaml --region (\S+)", _typed),
        Move("service.yaml", "service{}.yaml"),
    ),
    "cloudflare": (Move("wrangler.toml", "edge{}/wrangler.toml"), Name(_FLOW, r"migrations apply (\S+)", _typed)),
    "compose": (
        Name("compose.yaml", r"(?m)^  (db):"),
        Name("compose.yaml", r"(?m)^  (migrate):"),
        Name("compose.yaml", r"(?m)^  (web):"),
        Name("compose.yaml", r"(?m)^  (worker):"),
        Name("README.md", r"-f (compose\.yaml)", _typed),
        Move("compose.yaml", "compose.{}.yaml"),
    ),
    "copilot": (Name(_FLOW, r"--name (\S+)", _typed), Name(_FLOW, r"--env (\S+)", _typed)),
    "deployer": (Name("deploy.php", r"host\(('production')\)", _php), Name(_FLOW, r"dep deploy (\S+)", _typed)),
    "digitalocean": (Move(".do/app.yaml", ".do/app{}.yaml"),),
    "ecs": (
        Name(_FLOW, r"update-service --cluster (\S+)", _typed),
        Name(_FLOW, r"--service (\S+)", _typed),
        Name("task-definition.json", r'"family": ("\w+")'),
        Move("task-definition.json", "{}/task-definition.json"),
        *_SCRIPTS,
    ),
    "flux": (
        Name("clusters/production/brinewell.yaml", r"metadata:\n  name: (\S+)"),
        Name("clusters/production/brinewell.yaml", r"(?m)^  namespace: (\S+)"),
        Name("chart/templates/web.yaml", r"metadata:\n  name: (\S+)"),
        Move("chart/", "chart{}/"),
    ),
    "flux+kustomization": (
        Name("clusters/production/rockpool.yaml", r"metadata:\n  name: (\S+)"),
        Name("clusters/production/rockpool.yaml", r"(?m)^  namespace: (\S+)"),
        Name("deploy/web.yaml", r"(?m)^  name: (\S+)"),
        Name("deploy/web.yaml", r"(?m)^  namespace: (\S+)"),
    ),
    "fly": (
        Name("fly.toml", r'app = ("\w+")'),
        Name("fly.toml", r"(?m)^ +(worker) ="),
        Move("fly.toml", "edge{}/fly.toml"),
    ),
    "fly+restore": (Name("fly.toml", r'app = ("\w+")'), Move("fly.toml", "edge{}/fly.toml"), *_SCRIPTS),
    "helm": (
        Name(_FLOW, r"--install (\S+)", _typed),
        Name(_FLOW, r"--namespace (\S+)", _typed),
        Name("charts/gatehouse/templates/web.yaml", r"metadata:\n  name: ([^\n]+)"),
        Name("charts/gatehouse/templates/backup.yaml", r"metadata:\n  name: ([^\n]+)"),
        Move("charts/gatehouse/", "charts/gatehouse{}/"),
    ),
    "helmfile": (
        Name("helmfile.yaml", r"(?m)^  (production):"),
        Name("helmfile.yaml", r"namespace: (\S+)"),
        Name("chart/templates/web.yaml", r"metadata:\n  name: (\S+)"),
        Move("helmfile.yaml", "deploy{}/helmfile.yaml"),
    ),
    "dokku": (Name("Procfile", r"(?m)^(web):", str), Name(_FLOW, r"git:from-image (\S+)", _typed)),
    "heroku": (
        Name(_FLOW, r"heroku_app_name: (\S+)"),
        Name("Procfile", r"(?m)^(worker):", str),
        Name("app.json", r'("worker"):'),
        Move("bin/", "bin{}/"),
    ),
    "heroku+code": (Name("Procfile", r"(?m)^(web):", str), Name("README.md", r"git push heroku (main)", _typed)),
    "kamal": (
        Name("config/deploy.yml", r"(?m)^service: (\S+)"),
        Name("config/deploy.yml", r"(?m)^  (job):"),
        Name("config/deploy.yml", r"(?m)^  (db):"),
        Move("bin/", "bin{}/"),
    ),
    "kubernetes": (*_K8S, Move("deploy/k8s/", "deploy/k8s{}/")),
    "kustomize": (
        Name("deploy/overlays/production/kustomization.yaml", r"(?m)^namespace: (\S+)"),
        Name("deploy/base/web.yaml", r"metadata:\n  name: (\S+)"),
        Name("deploy/base/migrate.yaml", r"metadata:\n  name: (\S+)"),
        Move("deploy/overlays/production/", "deploy/overlays/production {}/"),
        Move("deploy/base/migrate.yaml", "deploy/base/migrate{}.yaml"),
    ),
    "lambda": (Name(_FLOW, r"--function-name (\S+)", _typed), Name(_FLOW, r"--zip-file (\S+)", _typed)),
    "nomad": (Name("signalbox.nomad.hcl", r'job ("\w+")', _hcl), Move("signalbox.nomad.hcl", "{}.nomad.hcl")),
    "pulumi": (Name(_FLOW, r"--stack (\S+)", _typed), Name(_FLOW, r"--cwd (\S+)", _typed), Move("infra/", "infra{}/")),
    "railway": (Name(_FLOW, r"--service (\S+)", _typed), Move("railway.json", "{}/railway.json")),
    "render": (Name("render.yaml", r"type: web\n    name: (\S+)"),),
    "sam": (Name(".gitlab-ci.yml", r"--config-env (\S+)", _typed),),
    "serverless": (Name(_FLOW, r"--stage (\S+)", _typed),),
    "skaffold": (Name(_FLOW, r"-p (\S+)", _typed), Move("skaffold.yaml", "{}/skaffold.yaml")),
    "swarm": (
        Name("deploy/stack.yml", r"(?m)^  (web):"),
        Name("deploy/stack.yml", r"(?m)^  (worker):"),
        Name(_FLOW, r"--with-registry-auth (\S+)", _typed),
        Move("deploy/stack.yml", "deploy/{}-stack.yml"),
        *_SCRIPTS,
    ),
    "systemd": (
        Move("systemd/wicket.service", "systemd/{}.service"),
        Move("systemd/wicket-worker.service", "systemd/worker{}.service"),
    ),
    "terraform": (
        Name(".gitlab-ci.yml", r"-chdir=(infra) apply", _typed),
        Name(".gitlab-ci.yml", r"-var-file=(\S+)", _typed),
        Move("infra/", "infra{}/"),
    ),
})  # fmt: skip


def texts(folder: Path) -> dict[str, str]:
    """The files of a fixture's half, by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def replaced(files: Mapping[str, str], places: tuple[Name | Move, ...], turn: int) -> dict[str, str]:
    """The files with a hostile name at each of the places, another at each, turned on by so many."""
    made = dict(files)
    for number, place in enumerate(places):
        name = NAMES[(turn + number) % len(NAMES)]
        if isinstance(place, Name):
            made = {
                path: _named(text, place, name) if Path(path).match(place.file) else text for path, text in made.items()
            }
        else:
            new = place.new.format(name.replace("/", ""))
            made = {_moved(path, place.old, new): text.replace(place.old, new) for path, text in made.items()}
    return made


def _moved(path: str, old: str, new: str) -> str:
    return new + path.removeprefix(old) if path.startswith(old) else path


def _named(text: str, place: Name, name: str) -> str:
    return re.sub(
        place.pattern,
        lambda match: match[0].replace(match[1], place.quote(name), 1) if match[1] else match[0],
        text,
    )
