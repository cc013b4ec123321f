"""What a person types for each way of deploying: one module a way, all of them behind `Commands`."""

from importlib import import_module

from releasekit.checklist.context import Context
from releasekit.checklist.ways.commands import Commands

# way -> (module, class); a way without a row has no commands, and says so
_MODULES: dict[str, tuple[str, str]] = {
    "ansible": ("ansible", "Ansible"),
    "app-engine": ("app_engine", "AppEngine"),
    "apprunner": ("apprunner", "AppRunner"),
    "argocd": ("argocd", "ArgoCD"),
    "azd": ("azd", "Azd"),
    "azure-containerapp": ("azure_containerapp", "AzureContainerapp"),
    "azure-webapp": ("azure_webapp", "AzureWebapp"),
    "beanstalk": ("beanstalk", "Beanstalk"),
    "bicep": ("bicep", "Bicep"),
    "capistrano": ("capistrano", "Capistrano"),
    "cdk": ("cdk", "Cdk"),
    "cloud-run": ("cloud_run", "CloudRun"),
    "cloudflare": ("cloudflare", "Cloudflare"),
    "compose": ("compose", "Compose"),
    "copilot": ("copilot", "Copilot"),
    "deployer": ("deployer", "Deployer"),
    "digitalocean": ("digitalocean", "DigitalOcean"),
    "dokku": ("dokku", "Dokku"),
    "ecs": ("ecs", "Ecs"),
    "flux": ("flux", "Flux"),
    "fly": ("fly", "Fly"),
    "helm": ("helm", "Helm"),
    "helmfile": ("helmfile", "Helmfile"),
    "heroku": ("heroku", "Heroku"),
    "kamal": ("kamal", "Kamal"),
    "kubernetes": ("kubernetes", "Kubernetes"),
    "kustomize": ("kustomize", "Kustomize"),
    "lambda": ("aws_lambda", "AwsLambda"),
    "netlify": ("netlify", "Netlify"),
    "nomad": ("nomad", "Nomad"),
    "pipeline": ("pipeline", "Pipeline"),
    "pulumi": ("pulumi", "Pulumi"),
    "railway": ("railway", "Railway"),
    "render": ("render", "Render"),
    "sam": ("sam", "Sam"),
    "serverless": ("serverless", "Serverless"),
    "skaffold": ("skaffold", "Skaffold"),
    "swarm": ("swarm", "Swarm"),
    "systemd": ("systemd", "Systemd"),
    "terraform": ("terraform", "Terraform"),
    "vercel": ("vercel", "Vercel"),
}


def commands(context: Context) -> Commands:
    """The commands of the way in which this release is deployed; those of an unknown way when none is known."""
    module, name = _MODULES.get(context.deployment.way, ("commands", "Commands"))
    made: type[Commands] = getattr(import_module(f"releasekit.checklist.ways.{module}"), name)
    return made(context)
