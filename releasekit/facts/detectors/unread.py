"""Deployment files that are recognised and not read: what they deploy is unknown, and that must be said."""

import re
from collections.abc import Iterator

from releasekit.facts.files import Files
from releasekit.facts.model import Finding, Severity
from releasekit.facts.places import aside

# a file's name, and what it belongs to
_NAMES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), what)
    for pattern, what in (
        (r"serverless\.(?:ya?ml|json|ts)", "the Serverless Framework"),
        (r"(?:samconfig\.toml|template\.sam\.ya?ml)", "AWS SAM"),
        (r"cdk\.json", "the AWS Cloud Development Kit"),
        (r"pulumi\.ya?ml", "Pulumi"),
        (r"[^/]+\.bicep", "Azure Bicep"),
        (r"[^/]+\.nomad(?:\.hcl)?", "Nomad"),
        (r"(?:task-?def(?:inition)?)[^/]*\.json", "Amazon ECS"),
        (r"dockerrun\.aws\.json", "AWS Elastic Beanstalk"),
        (r"(?:copilot|apprunner)\.ya?ml", "AWS Copilot and App Runner"),
        (r"jsonnetfile\.json", "Jsonnet"),
        (r"(?:devspace|tanka|okteto)\.ya?ml", "a Kubernetes tool of its own"),
        (r"(?:playbook|site)\.ya?ml", "Ansible"),
        (r"vercel\.json|netlify\.toml|wrangler\.(?:toml|jsonc?)", "a hosting platform"),
        (r"deploy\.(?:rb|php)", "Capistrano or Deployer"),
    )
)
_TOUCHES = (
    "service",
    "image",
    "port",
    "healthcheck",
    "depends_on",
    "replicas",
    "env_required",
    "secret",
    "volume",
    "host",
)


def detect(files: Files) -> Iterator[Finding]:
    """A *not analysed* finding for each such file that is not aside."""
    for path in files.tree.paths:
        name = path.rpartition("/")[2]
        what = next((what for pattern, what in _NAMES if pattern.fullmatch(name)), "")
        if what and not aside(path) and _really(files, path, what):
            sentence = f"{path} is a file of {what}, which is not read: what it deploys is unknown"
            do = "check by hand what it says, or name the files that count in application.files"
            yield Finding("not-analysed", Severity.NOTE, sentence, (f"{path}:1",), do=do, touches=_TOUCHES)


def _really(files: Files, path: str, what: str) -> bool:
    """Names that mean something else as well need a second look."""
    if what == "Ansible":
        return "hosts:" in files.text(path)
    if what == "Amazon ECS":
        return "containerDefinitions" in files.text(path)
    return what != "Capistrano or Deployer" or "config/deploy" in path or path == "deploy.php"
