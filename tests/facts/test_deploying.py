import textwrap

import pytest

from releasekit.facts.detectors import deploying, helm, kubernetes, kustomize
from releasekit.facts.model import Analysis
from tests.facts.operations import analysed, detect, names, of, rules, values

WEB = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      template:
        spec:
          containers: [{name: web, image: "shop/web:1"}]
"""
COMPOSE = "services:\n  web:\n    image: shop/web:1\n"


def workflow(*commands: str, job: str = "production", before: str = "actions/checkout@v5") -> str:
    runs = "".join(f"\n              - run: {command}" for command in commands)
    return f"""
        name: deploy
        on: push
        jobs:
          {job}:
            runs-on: ubuntu-latest
            steps:
              - uses: {before}{runs}
    """


def reasons(analysis: Analysis) -> dict[str, str]:
    return {fact.name: str(fact.value) for fact in analysis.of("production_file")}


def test_commands_of_a_pipeline_that_deploys_say_the_way_the_files_and_the_namespace() -> None:
    files = {
        ".github/workflows/deploy.yml": workflow(
            "kubectl -n shop apply -f k8s/web.yaml",
            "kustomize build overlays/live | kubectl apply -f -",
            "helm upgrade --install shop ./chart -f chart/values-live.yaml --namespace shop",
            "docker stack deploy -c stack.yml shop",
        ),
        "k8s/web.yaml": WEB,
        "overlays/live/kustomization.yaml": "resources: [../../k8s/web.yaml]\n",
        "chart/Chart.yaml": "name: shop\n",
        "chart/values-live.yaml": "a: 1\n",
        "stack.yml": COMPOSE,
    }
    facts, _ = detect(deploying.detect, files)
    assert [fact.name for fact in facts if fact.kind == "deploys"] == ["kubernetes", "kustomize", "helm", "swarm"]
    assert names(facts, "production_file") == set(files) - {".github/workflows/deploy.yml"}
    assert values(facts, "namespace") == {(None, "shop")}


def test_what_is_deployed_into_a_cluster_of_the_pipeline_itself_is_tested() -> None:
    files = {
        ".github/workflows/deploy.yml": workflow("kubectl apply -f k8s/", before="helm/kind-action@v1"),
        ".github/workflows/ci.yml": workflow("kubectl apply -f k8s/", job="tests").replace("name: deploy", "name: ci"),
        "k8s/web.yaml": WEB,
    }
    assert detect(deploying.detect, files)[0] == []


def test_production_comes_before_what_comes_before_it() -> None:
    files = {
        ".github/workflows/a.yml": workflow("kubectl apply -k overlays/staging", job="staging"),
        ".github/workflows/b.yml": workflow("kubectl apply -f k8s/web.yaml"),
        "overlays/staging/kustomization.yaml": "resources: [../../k8s/web.yaml]\n",
        "k8s/web.yaml": WEB,
    }
    facts, _ = detect(deploying.detect, files)
    assert names(facts, "production_file") == {"k8s/web.yaml"}


def test_a_pipeline_deploys_through_scripts_and_make_targets() -> None:
    files = {
        ".github/workflows/deploy.yml": workflow("./scripts/roll.sh", "make apply"),
        "scripts/roll.sh": "#!/bin/sh\nkubectl apply -f k8s/web.yaml\n",
        "Makefile": "test:\n\tpytest\napply:\n\thelm upgrade shop chart\n",
        "k8s/web.yaml": WEB,
        "chart/Chart.yaml": "name: shop\n",
    }
    facts, _ = detect(deploying.detect, files)
    assert {(f.name, f.source) for f in facts if f.kind == "deploys"} == {
        ("kubernetes", "scripts/roll.sh:2"),
        ("helm", "Makefile:4"),
    }


@pytest.mark.parametrize(
    "command",
    [
        "ssh deploy@shop.example docker compose -f compose.prod.yml up -d",
        "ssh deploy@shop.example 'cd /srv/shop && docker compose -f compose.prod.yml up -d'",
        "\n                  ".join(
            (*("|", "ssh deploy@shop.example <<EOF", "docker compose -f compose.prod.yml up -d", "EOF"),)
        ),
    ],
)
def test_what_a_pipeline_types_on_a_host_deploys_and_is_written_down_as_a_whole(command: str) -> None:
    files = {".github/workflows/deploy.yml": workflow(command), "compose.prod.yml": COMPOSE}
    facts, _ = detect(deploying.detect, files)
    (line,) = [fact for fact in facts if fact.kind == "deploys"]
    assert line.name == "compose"
    assert str(line.value).startswith("ssh deploy@shop.example")
    assert names(facts, "production_file") == {"compose.prod.yml"}


def test_files_and_commands_keep_the_folder_that_a_line_went_to() -> None:
    files = {
        ".github/workflows/deploy.yml": workflow("cd deploy && kubectl apply -f web.yaml"),
        "deploy/web.yaml": WEB,
        "web.yaml": "a: 1\n",
    }
    facts, _ = detect(deploying.detect, files)
    assert names(facts, "production_file") == {"deploy/web.yaml"}
    assert values(facts, "deploys") == {(None, "(cd deploy && kubectl apply -f web.yaml)")}


def test_inputs_are_those_of_the_action_itself_as_far_as_they_are_written_out() -> None:
    steps = """
              - uses: superfly/flyctl-actions/deploy@v1
              - uses: akhileshns/heroku-deploy@v3
                with:
                  heroku_app_name: shop
                  heroku_api_key: ${{ secrets.KEY }}
    """
    facts, _ = detect(deploying.detect, {".github/workflows/deploy.yml": workflow().rstrip() + steps})
    said = [(fact.name, fact.value, fact.way) for fact in facts if fact.kind == "action_input"]
    assert said == [("heroku_app_name", "shop", "heroku")]


def test_what_a_guide_shows_over_several_lines_is_one_command() -> None:
    files = {
        "README.md": "# Deploying production\n\n```sh\n$ helm upgrade shop chart \\\n  --namespace <space>\n```\n",
        "chart/Chart.yaml": "name: shop\nversion: 1.0.0\n",
        "chart/templates/web.yaml": WEB,
    }
    (line,) = analysed(files).of("documented")
    assert (line.name, line.source) == ("helm", "README.md:4")
    assert "--namespace ${SPACE}" in str(line.value)


def test_passwords_in_commands_are_hidden() -> None:
    files = {
        ".github/workflows/deploy.yml": workflow("kubectl --token=hunter2 apply -f k8s/web.yaml"),
        "k8s/web.yaml": WEB,
    }
    facts, _ = detect(deploying.detect, files)
    assert facts
    assert not any("hunter2" in f"{fact.value}{fact.how}" for fact in facts)


def test_the_reason_is_the_pipeline_then_the_name_then_the_guide() -> None:
    found = analysed({
        ".github/workflows/deploy.yml": workflow("kubectl apply -f k8s/web.yaml"),
        "README.md": "# Shop\n\n    kubectl apply -f other/api.yaml\n",
        "k8s/web.yaml": WEB,
        "other/api.yaml": WEB.replace("name: web", "name: api"),
        "prod/jobs.yaml": WEB.replace("name: web", "name: jobs"),
        "elsewhere/more.yaml": WEB.replace("name: web", "name: more"),
    })  # fmt: skip
    said = reasons(found)
    assert said["k8s/web.yaml"] == "deployed by .github/workflows/deploy.yml:8"
    assert said["prod/jobs.yaml"] == "its path says production"
    assert said["other/api.yaml"] == "the guide applies it: README.md:3"
    assert said["elsewhere/more.yaml"].startswith("it deploys a service")


def test_the_way_of_the_pipeline_is_elected_and_what_is_beside_it_is_named_as_that() -> None:
    files = {
        ".github/workflows/deploy.yml": workflow("kubectl apply -f k8s/web.yaml"),
        "k8s/web.yaml": WEB,
        "compose.yaml": COMPOSE,
    }
    found = analysed(files)
    place = ".github/workflows/deploy.yml:8"
    assert [(fact.name, fact.rule, fact.source) for fact in found.of("way")] == [("kubernetes", "pipeline", place)]
    assert [fact.name for fact in found.of("other_way")] == ["compose"]
    chosen = analysed(files, ("compose.yaml",))
    assert [(fact.name, fact.rule) for fact in chosen.of("way")] == [("compose", "chosen")]
    assert reasons(chosen) == {"compose.yaml": "named in application.files"}
    assert chosen.of("deploys") == ()


def test_all_that_a_chosen_overlay_is_built_of_counts() -> None:
    files = {
        "base/kustomization.yaml": "resources: [web.yaml]\n",
        "base/web.yaml": WEB,
        "overlays/staging/kustomization.yaml": "resources: [../../base]\nnamePrefix: stage-\n",
        "overlays/prod/kustomization.yaml": "resources: [../../base]\n",
    }
    found = analysed(files, ("overlays/staging/kustomization.yaml",))
    assert {fact.name for fact in found.of("service")} == {"stage-web"}
    assert "base/web.yaml" in reasons(found)


def test_all_that_a_chosen_chart_writes_counts_with_the_chosen_values() -> None:
    files = {
        "compose.yaml": "services:\n  other:\n    image: x:1\n",
        "chart/Chart.yaml": "name: shop\nversion: 1.0.0\n",
        "chart/values.yaml": "image: shop/web:1\n",
        "chart/values-eu.yaml": "image: shop/web:2\n",
        "chart/templates/web.yaml": WEB.replace('"shop/web:1"', "{{ .Values.image }}"),
    }
    found = analysed(files, ("chart/values-eu.yaml",))
    assert {(f.service, f.value) for f in found.of("image")} == {("web", "shop/web:2")}


def test_a_kustomization_says_why_it_is_production_and_what_it_takes() -> None:
    files = {
        "base/kustomization.yaml": "resources: [web.yaml]\n",
        "base/web.yaml": WEB,
        "overlays/production/kustomization.yaml": "resources: [../../base]\n",
        "overlays/production-two/kustomization.yaml": "resources: [../../base]\n",
    }
    facts, _ = detect(kustomize.detect, files)
    assert {(f.name, f.value) for f in facts if f.kind == "production_file"} == {
        ("overlays/production/kustomization.yaml", "its path says production"),
        ("base/web.yaml", "taken by overlays/production/kustomization.yaml"),
    }


def test_plain_manifests_of_another_variant_are_left_out() -> None:
    files = {
        "deploy/base/kustomization.yaml": "resources: [web.yaml]\n",
        "deploy/base/web.yaml": WEB,
        "deploy/overlays/production/kustomization.yaml": "resources: [../../base]\n",
        "deploy/secure/web/deployment.yaml": WEB,
        "deploy/secure/issuer.yaml": WEB.replace("name: web", "name: issuer"),
        "deploy/tools/job.yaml": WEB.replace("name: web", "name: other"),
        "k8s/web.yaml": WEB,
        "extras/mesh/web.yaml": WEB.replace("shop/web:1", "shop/web:mesh"),
        "extras/keys/store.yaml": WEB.replace("name: web", "name: store"),
    }
    facts, findings = detect(kubernetes.detect, files)
    assert names(facts, "service") == {"web", "other", "store"}
    assert values(facts, "image") == {("web", "shop/web:1"), ("other", "shop/web:1"), ("store", "shop/web:1")}
    assert rules(findings) == ["left-out"] * 3
    chosen, _ = detect(kubernetes.detect, files, ("extras/mesh/web.yaml",))
    assert ("web", "shop/web:mesh") in values(chosen, "image")


def test_a_name_that_skaffold_or_a_pipeline_replaces_is_pinned_by_them() -> None:
    files = {
        "k8s/web.yaml": WEB.replace("shop/web:1", "web"),
        "k8s/api.yaml": WEB.replace("shop/web:1", "api").replace("name: web", "name: api"),
        "k8s/old.yaml": WEB.replace("shop/web:1", "old").replace("name: web", "name: old"),
        "skaffold.yaml": "kind: Config\nbuild:\n  artifacts:\n    - image: web\n",
        ".github/workflows/deploy.yml": workflow("kustomize edit set image api=registry.example.com/api:$TAG"),
    }
    facts, _ = detect(kubernetes.detect, files)
    assert names(facts, "image_unpinned") == {"old"}


CHART = "name: shop\nversion: 1.0.0\n"


def test_a_known_chart_from_elsewhere_is_what_the_values_say_of_it() -> None:
    dependencies = """
        dependencies:
          - {name: postgresql, version: 16.0.0, repository: "oci://registry.example.com/bitnamicharts"}
          - {name: redis, alias: cache, version: 20.0.0, repository: "oci://registry.example.com/bitnamicharts"}
          - {name: mysql, version: 1.0.0, repository: "https://charts.example.com", condition: mysql.enabled}
          - {name: gadget, version: 1.0.0, repository: "https://charts.example.com"}
    """
    files = {
        "shop/Chart.yaml": CHART + textwrap.dedent(dependencies).lstrip("\n"),
        "shop/values.yaml": """
            mysql: {enabled: false}
            postgresql:
              fullnameOverride: shop-db
              image:
                repository: example/pgvector
                tag: pg17
              primary: {service: {ports: {postgresql: 5433}}}
        """,
        "shop/templates/web.yaml": """
            apiVersion: v1
            kind: Secret
            metadata: {name: keys}
            data:
              DATABASE_URL: {{ printf "postgres://shop:%s@shop-db/shop" (randAlphaNum 16) | b64enc }}
              CACHE_URL: {{ printf "redis://%s-cache-master:6379" .Release.Name | b64enc }}
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              template:
                spec:
                  containers: [{name: web, image: "shop/web:1", envFrom: [{secretRef: {name: keys}}]}]
        """,
    }
    facts, _ = detect(helm.detect, files)
    assert of(facts, "service") == {
        (None, "web", "app"),
        (None, "shop-db", "datastore"),
        (None, "shop-cache-master", "datastore"),
    }
    assert ("shop-db", "example/pgvector:pg17") in values(facts, "image")
    assert values(facts, "port") == {("shop-db", 5433)}
    assert values(facts, "datastore") == {("shop-db", "postgres"), ("shop-cache-master", "redis")}
    assert of(facts, "depends_on") == {("web", "shop-db", "address"), ("web", "shop-cache-master", "address")}


def test_the_charts_own_replicas_stay_known_where_production_has_a_scaler() -> None:
    files = {
        "shop/Chart.yaml": CHART,
        "shop/values.yaml": "replicas: 2\nscaled: false\n",
        "shop/values-prod.yaml": "scaled: true\n",
        "shop/templates/web.yaml": """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              {{- if not .Values.scaled }}
              replicas: {{ .Values.replicas }}
              {{- end }}
              template:
                spec:
                  containers: [{name: web, image: "shop/web:1"}]
            {{- if .Values.scaled }}
            ---
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata: {name: web}
            spec: {scaleTargetRef: {kind: Deployment, name: web}, minReplicas: 3, maxReplicas: 5}
            {{- end }}
        """,
    }
    facts, _ = detect(helm.detect, files)
    assert values(facts, "replicas") == {("web", 2)}
    assert values(facts, "autoscaling") == {("web", "3-5")}


def test_a_monitor_that_values_switch_on_is_there_and_what_they_switch_off_is_not() -> None:
    files = {
        "shop/Chart.yaml": CHART,
        "shop/values.yaml": "monitor: true\ncertificate: {create: false}\n",
        "shop/templates/all.yaml": """
            {{- if and .Values.monitor (.Capabilities.APIVersions.Has "monitoring.coreos.com/v1") }}
            apiVersion: monitoring.coreos.com/v1
            kind: ServiceMonitor
            metadata: {name: watch}
            {{- end }}
            ---
            {{- if .Values.certificate.create }}
            apiVersion: cert-manager.io/v1
            kind: Certificate
            metadata: {name: shop}
            spec: {issuerRef: {name: self-signed}}
            {{- end }}
        """,
    }
    facts, _ = detect(helm.detect, files)
    assert of(facts, "monitoring") == {("watch", "servicemonitor", "watch")}
    assert of(facts, "tls") == set()


def test_a_template_that_is_only_looked_at_is_no_release() -> None:
    files = {
        "Makefile": "lint:\n\thelm template check ./shop\n",
        "shop/Chart.yaml": CHART,
        "shop/templates/web.yaml": WEB.replace("{name: web}", "{name: {{ .Release.Name | quote }}}"),
    }
    assert names(detect(helm.detect, files)[0], "service") == {"shop"}
    files["Makefile"] = "deploy:\n\thelm template live ./shop | kubectl apply -f -\n"
    assert names(detect(helm.detect, files)[0], "service") == {"live"}
