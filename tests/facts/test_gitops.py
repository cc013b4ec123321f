"""Controllers that apply what stands in Git, and task definitions of ECS: what a person reads in their files."""

import textwrap

from releasekit.facts.detectors import ecs, gitops, helmfile, recipes
from tests.facts.operations import detect, of

CHART = {"chart/Chart.yaml": "name: tide\nversion: 0.1.0\n", "chart/values.yaml": "a: 1\n"}
APPLICATION = """
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: tide, namespace: argocd}
    spec:
      source: {repoURL: https://git.example.com/tide.git, path: chart, targetRevision: live}
      destination: {namespace: coast}
      syncPolicy: {automated: {prune: true}}
"""
RELEASE = """
    apiVersion: source.toolkit.fluxcd.io/v1
    kind: GitRepository
    metadata: {name: origin, namespace: flux-system}
    spec: {ref: {branch: main}}
    ---
    apiVersion: helm.toolkit.fluxcd.io/v2
    kind: HelmRelease
    metadata: {name: tide, namespace: coast}
    spec:
      chart: {spec: {chart: ./chart, sourceRef: {kind: GitRepository, name: origin, namespace: flux-system}}}
"""


def test_an_application_of_argo_cd_says_what_it_applies_and_where() -> None:
    facts, _ = detect(gitops.detect, {**CHART, "apps/tide.yaml": APPLICATION})
    assert of(facts, "sync") == {(None, "tide", "chart")}
    assert {fact.rule for fact in facts if fact.kind == "sync"} == {"automated"}
    assert of(facts, "target_namespace") == {(None, "tide", "coast")}
    assert of(facts, "sync_branch") == {(None, "tide", "live")}
    assert {fact.way for fact in facts} == {"argocd"}


def test_an_application_of_another_repository_says_nothing_of_this_one() -> None:
    facts, _ = detect(gitops.detect, {"apps/tide.yaml": APPLICATION})
    assert facts == []


def test_a_release_of_flux_says_its_object_its_source_and_its_branch() -> None:
    facts, _ = detect(gitops.detect, {**CHART, "clusters/live/tide.yaml": RELEASE})
    assert of(facts, "sync") == {(None, "tide", "chart")}
    assert of(facts, "sync_namespace") == of(facts, "target_namespace") == {(None, "tide", "coast")}
    assert of(facts, "sync_source") == {(None, "tide", "origin")}
    assert of(facts, "sync_branch") == {(None, "tide", "main")}


def test_a_task_definition_is_a_service_for_each_container() -> None:
    text = """\
        {"family": "claims", "containerDefinitions": [
          {"name": "web", "image": "acme/claims:1.0.0",
           "portMappings": [{"containerPort": 8080}],
           "stopTimeout": 45,
           "secrets": [{"name": "DATABASE_URL", "valueFrom": "arn"}],
           "environment": [{"name": "API_TOKEN", "value": "hunter2"}],
           "healthCheck": {"command": ["CMD-SHELL", "curl -f http://localhost:8080/up"]},
           "dependsOn": [{"containerName": "cache", "condition": "HEALTHY"}]},
          {"name": "cache", "image": "redis"}]}
        """
    facts, _ = detect(ecs.detect, {"task-definition.json": text})
    assert "hunter2" not in repr(facts)
    assert of(facts, "service") == {(None, "web", "app"), (None, "cache", "datastore")}
    assert of(facts, "port") == {("web", "containerPort", 8080)}
    assert of(facts, "healthcheck") == {("web", "ecs", "http:/up")}
    assert of(facts, "depends_on") == {("web", "cache", "service_healthy")}
    assert of(facts, "secret") == {("web", "DATABASE_URL", "env"), ("web", "API_TOKEN", "hardcoded")}
    assert of(facts, "image_unpinned") == {("cache", "redis", "redis")}
    assert of(facts, "task_family") == {(None, "claims", "claims")}
    assert detect(ecs.detect, {"task-definition.json": '{"tasks": []}\n'})[0] == []


def test_a_helmfile_s_environments_and_its_one_namespace_are_read_through_its_templates() -> None:
    text = """\
        environments:
          staging: {}
          production: {}
        ---
        releases:
          - name: tide
            namespace: coast
            chart: ./chart
            values: [values/{{ .Environment.Name }}.yaml]
        """
    facts, _ = detect(helmfile.detect, {"helmfile.yaml": textwrap.dedent(text)})
    assert {fact.name for fact in facts if fact.kind == "environment"} == {"staging", "production"}
    assert of(facts, "namespace") == {(None, "namespace", "coast")}


def test_recipes_that_migrate_in_the_deploy_are_hooks() -> None:
    files = {
        "Capfile": 'require "capistrano/setup"\nrequire "capistrano/rails/migrations"\n',
        "deploy.php": "<?php\nnamespace Deployer;\nrequire 'recipe/laravel.php';\n",
        ".ebextensions/db.config": "container_commands:\n  01:\n    command: python manage.py migrate\n",
    }
    facts, _ = detect(recipes.detect, files)
    assert {(fact.way, fact.name) for fact in facts} == {
        ("capistrano", "capistrano/rails/migrations"),
        ("deployer", "artisan:migrate"),
        ("beanstalk", "container_commands"),
    }
