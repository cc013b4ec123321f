"""What a pipeline's line or action is for: known verbs and actions as data, each with where it is described.

A row is (what it is for, first words of the command, its documentation). Words need not stand side by side. What
brings a version into an environment stands in `facts.ways`.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache

from releasekit.facts import ways
from releasekit.facts.phrases import Phrases


class Part(StrEnum):
    """What a line does for a release, the most telling first."""

    DEPLOY = "deploy"
    MIGRATE = "migrate"
    PROVISION = "provision"
    PUBLISH = "publish"
    BUILD = "build"
    WAIT = "wait"
    SMOKE = "smoke"
    AFTER = "after"
    TEST = "test"
    SETUP = "setup"
    OTHER = "other"


_RANK = {part: number for number, part in enumerate(Part)}
VERBS: tuple[tuple[Part, str, str], ...] = (
    (Part.BUILD, "docker build", "docs.docker.com/reference/cli/docker/buildx/build"),
    (Part.BUILD, "docker buildx build", "docs.docker.com/reference/cli/docker/buildx/build"),
    (Part.BUILD, "docker buildx bake", "docs.docker.com/reference/cli/docker/buildx/bake"),
    (Part.BUILD, "docker compose build", "docs.docker.com/reference/cli/docker/compose/build"),
    (Part.BUILD, "docker-compose build", "docs.docker.com/reference/cli/docker/compose/build"),
    (Part.BUILD, "podman build", "docs.podman.io/en/latest/markdown/podman-build.1.html"),
    (Part.BUILD, "buildah bud", "github.com/containers/buildah/blob/main/docs/buildah-build.1.md"),
    (Part.BUILD, "pack build", "buildpacks.io/docs/for-platform-operators/how-to/integrate-ci/pack/cli/pack_build"),
    (Part.BUILD, "sam build", "docs.aws.amazon.com/serverless-application-model (sam build)"),
    (Part.BUILD, "vercel build", "vercel.com/docs/cli/build"),
    (Part.BUILD, "npm run build", "docs.npmjs.com/cli/commands/npm-run"),
    (Part.BUILD, "pnpm build", "pnpm.io/cli/run"),
    (Part.BUILD, "yarn build", "yarnpkg.com/cli/run"),
    (Part.BUILD, "go build", "pkg.go.dev/cmd/go"),
    (Part.BUILD, "cargo build", "doc.rust-lang.org/cargo/commands/cargo-build.html"),
    (Part.BUILD, "mvn package", "maven.apache.org/guides/introduction/introduction-to-the-lifecycle.html"),
    (Part.BUILD, "gradle build", "docs.gradle.org/current/userguide/command_line_interface.html"),
    (Part.BUILD, "dotnet publish", "learn.microsoft.com/dotnet/core/tools/dotnet-publish"),
    (Part.BUILD, "mix release", "hexdocs.pm/mix/Mix.Tasks.Release.html"),
    (Part.BUILD, "zip", "infozip.sourceforge.net/doc (zip(1))"),
    (Part.BUILD, "tar", "gnu.org/software/tar/manual"),
    (Part.PUBLISH, "docker push", "docs.docker.com/reference/cli/docker/image/push"),
    (Part.PUBLISH, "docker compose push", "docs.docker.com/reference/cli/docker/compose/push"),
    (Part.PUBLISH, "podman push", "docs.podman.io/en/latest/markdown/podman-push.1.html"),
    (Part.PUBLISH, "crane push", "github.com/google/go-containerregistry/blob/main/cmd/crane"),
    (Part.PUBLISH, "skopeo copy", "github.com/containers/skopeo/blob/main/docs/skopeo-copy.1.md"),
    (Part.PUBLISH, "az acr build", "learn.microsoft.com/cli/azure/acr#az-acr-build"),
    (Part.PUBLISH, "gcloud builds submit", "cloud.google.com/sdk/gcloud/reference/builds/submit"),
    (Part.PUBLISH, "helm push", "helm.sh/docs/helm/helm_push"),
    (Part.PUBLISH, "aws s3 cp", "docs.aws.amazon.com/cli/latest/reference/s3/cp.html"),
    (Part.PUBLISH, "aws s3 sync", "docs.aws.amazon.com/cli/latest/reference/s3/sync.html"),
    (Part.PUBLISH, "aws ecs register-task-definition", "docs.aws.amazon.com/cli (ecs register-task-definition)"),
    (Part.PUBLISH, "sentry-cli releases", "docs.sentry.io/cli/releases"),
    (Part.PROVISION, "terraform init", "developer.hashicorp.com/terraform/cli/commands/init"),
    (Part.PROVISION, "terraform plan", "developer.hashicorp.com/terraform/cli/commands/plan"),
    (Part.PROVISION, "cdk diff", "docs.aws.amazon.com/cdk/v2/guide/ref-cli-cmd-diff.html"),
    (Part.PROVISION, "pulumi preview", "pulumi.com/docs/iac/cli/commands/pulumi_preview"),
    (Part.PROVISION, "nomad job plan", "developer.hashicorp.com/nomad/docs/commands/job/plan"),
    (Part.PROVISION, "kubectl create secret", "kubernetes.io/docs/reference/kubectl/generated/kubectl_create"),
    (Part.PROVISION, "heroku config:set", "devcenter.heroku.com/articles/config-vars"),
    (Part.PROVISION, "fly secrets", "fly.io/docs/flyctl/secrets"),
    (Part.WAIT, "kubectl rollout status", "kubernetes.io/docs/reference/kubectl/generated/kubectl_rollout"),
    (Part.WAIT, "kubectl wait", "kubernetes.io/docs/reference/kubectl/generated/kubectl_wait"),
    (Part.WAIT, "aws ecs wait", "docs.aws.amazon.com/cli (ecs wait)"),
    (Part.WAIT, "aws cloudformation wait", "docs.aws.amazon.com/cli (cloudformation wait)"),
    (Part.WAIT, "aws lambda wait", "docs.aws.amazon.com/cli (lambda wait)"),
    (Part.WAIT, "argocd app wait", "argo-cd.readthedocs.io/en/stable/user-guide/commands/argocd_app_wait"),
    (Part.WAIT, "nomad deployment status", "developer.hashicorp.com/nomad/docs/commands/deployment/status"),
    (Part.WAIT, "fly status", "fly.io/docs/flyctl/status"),
    (Part.WAIT, "flyctl status", "fly.io/docs/flyctl/status"),
    (Part.WAIT, "sleep", "gnu.org/software/coreutils/manual (sleep)"),
    (Part.SMOKE, "curl", "curl.se/docs/manpage.html"),
    (Part.SMOKE, "wget", "gnu.org/software/wget/manual"),
    (Part.SMOKE, "grpcurl", "github.com/fullstorydev/grpcurl"),
    (Part.TEST, "pytest", "docs.pytest.org"),
    (Part.TEST, "npm test", "docs.npmjs.com/cli/commands/npm-test"),
    (Part.TEST, "npm run test", "docs.npmjs.com/cli/commands/npm-run"),
    (Part.TEST, "npm run lint", "docs.npmjs.com/cli/commands/npm-run"),
    (Part.TEST, "yarn test", "yarnpkg.com/cli/run"),
    (Part.TEST, "go test", "pkg.go.dev/cmd/go"),
    (Part.TEST, "cargo test", "doc.rust-lang.org/cargo/commands/cargo-test.html"),
    (Part.TEST, "mix test", "hexdocs.pm/mix/Mix.Tasks.Test.html"),
    (Part.TEST, "rspec", "rspec.info"),
    (Part.TEST, "mvn test", "maven.apache.org/guides/introduction/introduction-to-the-lifecycle.html"),
    (Part.TEST, "dotnet test", "learn.microsoft.com/dotnet/core/tools/dotnet-test"),
    (Part.SETUP, "echo", "gnu.org/software/bash/manual (echo)"),
    (Part.SETUP, "printf", "gnu.org/software/bash/manual (printf)"),
    (Part.SETUP, "exit", "gnu.org/software/bash/manual (exit)"),
    (Part.SETUP, "test", "gnu.org/software/bash/manual (test)"),
    (Part.SETUP, "[", "gnu.org/software/bash/manual (test)"),
    (Part.SETUP, "[[", "gnu.org/software/bash/manual ([[)"),
    (Part.SETUP, "cd", "gnu.org/software/bash/manual (cd)"),
    (Part.SETUP, "npm ci", "docs.npmjs.com/cli/commands/npm-ci"),
    (Part.SETUP, "npm install", "docs.npmjs.com/cli/commands/npm-install"),
    (Part.SETUP, "yarn install", "yarnpkg.com/cli/install"),
    (Part.SETUP, "pnpm install", "pnpm.io/cli/install"),
    (Part.SETUP, "pip install", "pip.pypa.io/en/stable/cli/pip_install"),
    (Part.SETUP, "poetry install", "python-poetry.org/docs/cli"),
    (Part.SETUP, "uv sync", "docs.astral.sh/uv/reference/cli"),
    (Part.SETUP, "bundle install", "bundler.io/man/bundle-install.1.html"),
    (Part.SETUP, "composer install", "getcomposer.org/doc/03-cli.md"),
    (Part.SETUP, "apt-get", "manpages.debian.org (apt-get)"),
    (Part.SETUP, "apk add", "wiki.alpinelinux.org/wiki/Alpine_Package_Keeper"),
    (Part.SETUP, "docker login", "docs.docker.com/reference/cli/docker/login"),
    (Part.SETUP, "az login", "learn.microsoft.com/cli/azure/authenticate-azure-cli"),
    (Part.SETUP, "gcloud auth", "cloud.google.com/sdk/gcloud/reference/auth"),
    (Part.SETUP, "gcloud config", "cloud.google.com/sdk/gcloud/reference/config"),
    (Part.SETUP, "aws configure", "docs.aws.amazon.com/cli/latest/reference/configure"),
    (Part.SETUP, "aws eks update-kubeconfig", "docs.aws.amazon.com/cli (eks update-kubeconfig)"),
    (Part.SETUP, "aws ecr get-login-password", "docs.aws.amazon.com/cli (ecr get-login-password)"),
    (Part.SETUP, "doctl registry login", "docs.digitalocean.com/reference/doctl/reference/registry/login"),
    (Part.SETUP, "cf api", "cli.cloudfoundry.org/en-US/v8/api.html"),
    (Part.SETUP, "cf auth", "cli.cloudfoundry.org/en-US/v8/auth.html"),
)
# what an action is for, by the beginning of its name; README of the repository of that name
ACTIONS: tuple[tuple[Part, str], ...] = (
    (Part.SETUP, "actions/checkout"),
    (Part.SETUP, "actions/setup-"),
    (Part.SETUP, "actions/cache"),
    (Part.SETUP, "actions/download-artifact"),
    (Part.SETUP, "actions/create-github-app-token"),
    (Part.SETUP, "docker/setup-"),
    (Part.SETUP, "docker/login-action"),
    (Part.SETUP, "docker/metadata-action"),
    (Part.SETUP, "aws-actions/configure-aws-credentials"),
    (Part.SETUP, "aws-actions/amazon-ecr-login"),
    (Part.SETUP, "aws-actions/setup-sam"),
    (Part.SETUP, "azure/login"),
    (Part.SETUP, "azure/docker-login"),
    (Part.SETUP, "azure/setup-"),
    (Part.SETUP, "azure/aks-set-context"),
    (Part.SETUP, "azure/k8s-set-context"),
    (Part.SETUP, "google-github-actions/auth"),
    (Part.SETUP, "google-github-actions/setup-gcloud"),
    (Part.SETUP, "google-github-actions/get-gke-credentials"),
    (Part.SETUP, "hashicorp/setup-terraform"),
    (Part.SETUP, "superfly/flyctl-actions/setup-flyctl"),
    (Part.SETUP, "digitalocean/action-doctl"),
    (Part.SETUP, "ruby/setup-ruby"),
    (Part.SETUP, "pnpm/action-setup"),
    (Part.SETUP, "oven-sh/setup-bun"),
    (Part.SETUP, "astral-sh/setup-uv"),
    (Part.SETUP, "erlef/setup-beam"),
    (Part.SETUP, "shivammathur/setup-php"),
    (Part.SETUP, "webfactory/ssh-agent"),
    (Part.SETUP, "tailscale/github-action"),
    (Part.SETUP, "step-security/harden-runner"),
    (Part.PUBLISH, "docker/build-push-action"),
    (Part.PUBLISH, "docker/bake-action"),
    (Part.PUBLISH, "actions/upload-artifact"),
    (Part.PUBLISH, "softprops/action-gh-release"),
    (Part.PUBLISH, "ncipollo/release-action"),
    (Part.PUBLISH, "pypa/gh-action-pypi-publish"),
    (Part.PUBLISH, "aws-actions/amazon-ecs-render-task-definition"),
    (Part.PUBLISH, "getsentry/action-release"),
    (Part.AFTER, "slackapi/slack-github-action"),
    (Part.AFTER, "8398a7/action-slack"),
    (Part.AFTER, "rtcamp/action-slack-notify"),
    (Part.AFTER, "peter-evans/create-or-update-comment"),
    (Part.AFTER, "codecov/codecov-action"),
)
_MIGRATES = re.compile(r"migrat", re.IGNORECASE)
_SMOKES = re.compile(r"(?:^|[/_.:-])(?:smoke|health-?check|healthz?)(?:$|[/_.:-])", re.IGNORECASE)
_AFTER = re.compile(r"slack|discord|notify|webhook|statuspage|newrelic", re.IGNORECASE)


def of_words(words: Sequence[str]) -> Part:
    """What a command is for, by its words, its program first without a folder."""
    plain = [word for word in words if not word.startswith("-")]
    if not plain:
        return Part.OTHER
    if any(_MIGRATES.search(word) for word in plain[1:] or plain):
        return Part.MIGRATE
    asked, part = _phrases().find(plain[0], plain[1:]) or ((), Part.OTHER)
    # a row of first words says more than one of a way: `kubectl create` deploys, `kubectl create secret` does not
    if (not asked or tuple(plain[1 : 1 + len(asked)]) != asked) and ways.of_command(words) is not None:
        return Part.DEPLOY
    if part is Part.BUILD and "--push" in words:
        return Part.PUBLISH
    if part in {Part.SMOKE, Part.OTHER} and any(map(_AFTER.search, plain)):
        return Part.AFTER
    if part is Part.OTHER and any(map(_SMOKES.search, plain)):
        return Part.SMOKE
    return part


def of_action(uses: str) -> Part:
    """What an action, an image or a task is for, by its name."""
    name = uses.partition("@")[0].lower()
    known = next((part for part, begins in ACTIONS if name.startswith(begins)), None)
    if known is not None:
        return known
    if ways.of_action(uses) is not None:
        return Part.DEPLOY
    return Part.SETUP if re.search(r"checkout|(?:^|[/_-])(?:setup|login|auth|cache)(?:$|[/_-])", name) else Part.OTHER


def most_telling(parts: Sequence[Part]) -> Part:
    """Of what several commands of a line do, what says most of a release."""
    return min(parts, key=_RANK.__getitem__, default=Part.OTHER)


@lru_cache(maxsize=1)
def _phrases() -> Phrases[Part]:
    return Phrases((command, part) for part, command, _ in VERBS)
