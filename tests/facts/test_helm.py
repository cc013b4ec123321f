import pytest

from releasekit.facts.detectors import helm
from tests.facts.operations import detect, names, of, rules, values

HELPERS = """
    {{- define "shop.name" -}}
    {{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
    {{- end }}
    {{- define "shop.fullname" -}}
    {{- if .Values.fullnameOverride }}
    {{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
    {{- else }}
    {{- $name := default .Chart.Name .Values.nameOverride }}
    {{- if contains $name .Release.Name }}
    {{- .Release.Name | trunc 63 | trimSuffix "-" }}
    {{- else }}
    {{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
    {{- end }}
    {{- end }}
    {{- end }}
    {{- define "shop.labels" -}}
    app.kubernetes.io/name: {{ include "shop.name" . }}
    helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
    {{- end }}
"""
DEPLOYMENT = """
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: {{ include "shop.fullname" . }}
      labels:
        {{- include "shop.labels" . | nindent 4 }}
    spec:
      {{- if not .Values.autoscaling.enabled }}
      replicas: {{ .Values.replicaCount }}
      {{- end }}
      template:
        metadata:
          {{- with .Values.podAnnotations }}
          annotations:
            {{- toYaml . | nindent 8 }}
          {{- end }}
          labels:
            {{- include "shop.labels" . | nindent 8 }}
        spec:
          containers:
            - name: {{ .Chart.Name }}
              image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
              ports:
                - name: http
                  containerPort: {{ .Values.service.port }}
              livenessProbe:
                {{- toYaml .Values.livenessProbe | nindent 12 }}
              resources:
                {{- toYaml .Values.resources | nindent 12 }}
              env:
              {{- range $key, $value := .Values.env }}
                - name: {{ $key | upper }}
                  value: {{ $value | quote }}
              {{- end }}
"""
VALUES = """
    replicaCount: 2
    image:
      repository: ghcr.io/acme/shop
      tag: ""
    autoscaling:
      enabled: false
    service:
      port: 8080
    livenessProbe:
      httpGet:
        path: /alive
        port: http
    resources: {}
    podAnnotations: {}
    env:
      api_token: abc
      colour: red
"""
CHART = """
    apiVersion: v2
    name: shop
    version: 0.3.1
    appVersion: "2.10"
"""


def chart(**others: str) -> dict[str, str]:
    """A chart in deploy/shop as `helm create` lays it out, with files added or replaced."""
    files = {
        "Chart.yaml": CHART,
        "values.yaml": VALUES,
        "templates/_helpers.tpl": HELPERS,
        "templates/deployment.yaml": DEPLOYMENT,
    }
    return {f"deploy/shop/{path}": text for path, text in {**files, **others}.items()}


def test_values_are_followed_into_templates_with_their_lines() -> None:
    facts, findings = detect(helm.detect, chart())
    assert findings == []
    assert of(facts, "version") == {(None, "deploy/shop/Chart.yaml", "0.3.1"), (None, "deploy/shop/Chart.yaml", "2.10")}
    assert of(facts, "service") == {(None, "shop", "app")}
    assert values(facts, "image") == {("shop", "ghcr.io/acme/shop:2.10")}
    assert values(facts, "replicas") == {("shop", 2)}
    assert values(facts, "port") == {("shop", 8080)}
    assert values(facts, "healthcheck") == {("shop", "http:/alive")}
    assert of(facts, "secret") == {("shop", "API_TOKEN", "hardcoded")}
    assert of(facts, "probe_missing") == {("shop", "shop", "readiness")}
    where = {fact.kind: fact.source for fact in facts}
    assert where["replicas"] == "deploy/shop/values.yaml:1"
    assert where["image"] == "deploy/shop/values.yaml:3"
    assert where["port"] == "deploy/shop/values.yaml:8"


def test_values_for_production_beside_the_chart_win() -> None:
    facts, _ = detect(
        helm.detect,
        chart(
            **{
                "values-prod.yaml": "replicaCount: 6\nresources: {limits: {memory: 1Gi}}\n",
                "values-dev.yaml": "replicaCount: 1\n",
            }
        ),
    )
    assert values(facts, "replicas") == {("shop", 6)}
    assert names(facts, "resources_missing") == set()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "argo/app.yaml",
            """
            apiVersion: argoproj.io/v1alpha1
            kind: Application
            metadata: {name: market}
            spec:
              source:
                path: deploy/shop
                helm:
                  valueFiles: [values-blue.yaml]
                  parameters: [{name: image.tag, value: "3.0"}]
            """,
        ),
        (
            ".github/workflows/deploy.yml",
            """
            on: push
            jobs:
              deploy:
                steps:
                  - run: |
                      helm upgrade --install market ./deploy/shop \\
                        --values deploy/shop/values-blue.yaml --set image.tag=x
            """,
        ),
        (
            "scripts/deploy.sh",
            """
            # helm upgrade old ./deploy/shop
            echo "helm upgrade older ./deploy/shop"
            cd deploy && KUBECONFIG=x sudo helm --debug upgrade -i market ./shop -f=shop/values-blue.yaml | tee log
            """,
        ),
        (
            "Makefile",
            "CHART := ./deploy/shop\nup:\n\t@helm upgrade market $(CHART) \\\n\t\t-f deploy/shop/values-blue.yaml\n",
        ),
        (
            "README.md",
            "helm upgrade old x\n```\nhelm install market deploy/shop -f deploy/shop/values-blue.yaml\n```",
        ),
        (
            "helmfile.yaml",
            """
            releases:
              - name: market
                chart: ./deploy/shop
                values: [deploy/shop/values-blue.yaml]
            """,
        ),
    ],
)
def test_the_release_that_is_written_somewhere_gives_name_and_values(path: str, text: str) -> None:
    facts, _ = detect(helm.detect, {**chart(**{"values-blue.yaml": "replicaCount: 9\n"}), path: text})
    assert names(facts, "service") == {"market-shop"}
    assert values(facts, "replicas") == {("market-shop", 9)}


def test_a_subchart_sees_its_part_of_the_values_when_its_condition_holds() -> None:
    files = chart(
        **{
            "Chart.yaml": CHART
            + """
    dependencies:
      - {name: cache, version: 1.0.0, repository: "", condition: cache.enabled}
      - {name: off, version: 1.0.0, repository: "file://../off", condition: off.enabled}
      - {name: postgresql, version: 15.0.0, repository: "https://charts.example.org"}
""",
            "values.yaml": VALUES + "    cache: {enabled: true, tag: '7.2'}\n    off: {enabled: false}\n",
            "charts/cache/Chart.yaml": "name: cache\nversion: 1.0.0\n",
            "charts/cache/values.yaml": "tag: '6.0'\n",
            "charts/cache/templates/cache.yaml": """
                apiVersion: apps/v1
                kind: StatefulSet
                metadata:
                  name: {{ .Release.Name }}-{{ .Chart.Name }}
                spec:
                  template:
                    spec:
                      containers:
                        - name: redis
                          image: redis:{{ .Values.tag }}
            """,
            "../off/Chart.yaml": "name: off\nversion: 1.0.0\n",
        }
    )
    files["deploy/off/Chart.yaml"] = files.pop("deploy/shop/../off/Chart.yaml")
    facts, findings = detect(helm.detect, files)
    assert ("shop-cache", "redis:7.2") in values(facts, "image")
    assert of(facts, "datastore") == {
        ("shop-cache", "shop-cache", "redis"),
        ("shop-postgresql", "shop-postgresql", "postgres"),
    }
    assert names(facts, "chart_dependency") == {"postgresql"}
    assert rules(findings) == ["not-analysed"]


def test_loops_conditions_and_variables_are_followed() -> None:
    facts, findings = detect(
        helm.detect,
        chart(
            **{
                "values.yaml": """
                    workers:
                      mail: {image: mailer, tag: 1, on: true}
                      sms: {image: texter, tag: 2, on: false}
                      push: {image: pusher, tag: 3, on: true}
                """,
                "templates/deployment.yaml": """
                    {{- $root := . -}}
                    {{- range $name, $worker := .Values.workers }}
                    {{- if and $worker.on (ne $name "none") }}
                    ---
                    apiVersion: apps/v1
                    kind: Deployment
                    metadata:
                      name: {{ $root.Release.Name }}-{{ $name }}
                    spec:
                      template:
                        spec:
                          containers:
                            - name: {{ $name }}
                              image: {{ printf "%s:%v" $worker.image $worker.tag | quote }}
                    {{- else if eq $name "sms" }}
                    # texts are sent by somebody else
                    {{- end }}
                    {{- end }}
                """,
            }
        ),
    )
    assert findings == []
    assert values(facts, "image") == {("shop-mail", "mailer:1"), ("shop-push", "pusher:3")}


def test_what_is_not_understood_is_said_and_gives_no_fact() -> None:
    facts, findings = detect(
        helm.detect,
        chart(
            **{
                "templates/deployment.yaml": DEPLOYMENT.replace(
                    "{{ .Values.image.repository }}", '{{ include "library.image" . }}'
                ).replace(
                    "{{- toYaml .Values.resources | nindent 12 }}", '{{- include "library.limits" . | nindent 12 }}'
                )
            }
        ),
    )
    assert of(facts, "image") == set()
    assert not names(facts, "resources_missing") | names(facts, "probe_missing")
    assert {finding.rule for finding in findings} == {"not-analysed"}
    assert {finding.places[0] for finding in findings} == {
        "deploy/shop/templates/deployment.yaml:22",
        "deploy/shop/templates/deployment.yaml:29",
    }


def test_a_template_that_is_not_one_and_a_value_that_must_be_given() -> None:
    _, findings = detect(
        helm.detect,
        chart(
            **{
                "templates/broken.yaml": "kind: {{ if }}\n",
                "templates/asks.yaml": 'x: {{ required "say where" .Values.where }}\n',
            }
        ),
    )
    assert sorted(finding.places[0] for finding in findings) == [
        "deploy/shop/templates/asks.yaml:1",
        "deploy/shop/templates/broken.yaml:1",
    ]


@pytest.mark.parametrize(
    "bomb",
    [
        '{{- define "a" }}{{ include "b" . }}{{ end }}{{- define "b" }}{{ include "a" . }}{{ end }}{{ include "a" . }}',
        "{{- range until 1000 }}{{- range until 1000 }}{{- range until 1000 }}x{{ end }}{{ end }}{{ end }}",
        '{{- $x := "x" }}{{- range until 100 }}{{- $x = printf "%s%s" $x $x }}{{ end }}{{ $x }}',
        "{{- $x := list 1 }}{{- range until 60 }}{{- $x = list $x $x }}{{ end }}{{ toYaml $x }}",
        '{{- $x := dict }}{{- $_ := set $x "x" $x }}{{ toYaml $x }}',
        "{{- $x := 9 }}{{- range until 100 }}{{- $x = mul $x $x }}{{ end }}{{ $x }}",
        '{{ regexMatch "(a+)+$" "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!" }}',
        '{{ repeat 100000000 "x" }}',
        "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
        '{{ tpl "{{ tpl .Values.x . }}" . }}',
    ],
)
def test_a_bomb_ends_at_its_budget(bomb: str) -> None:
    files = chart(**{"templates/bomb.yaml": bomb, "values.yaml": VALUES + "    x: '{{ tpl .Values.x . }}'\n"})
    facts, _ = detect(helm.detect, files)
    assert names(facts, "version") == {"deploy/shop/Chart.yaml"}


def test_a_chart_that_a_plugin_changes_gives_no_objects() -> None:
    pointer = """
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: {name: odd}
        spec: {source: {path: deploy/shop, plugin: {name: odd}}}
    """
    facts, findings = detect(helm.detect, {**chart(), "apps/odd.yaml": pointer})
    assert {fact.kind for fact in facts} == {"version", "helm_release"}
    assert rules(findings) == ["not-analysed"]
