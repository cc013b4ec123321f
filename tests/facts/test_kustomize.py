import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from releasekit.facts.detectors import kustomize
from releasekit.facts.files import Files
from releasekit.facts.kustomize.building import built
from releasekit.facts.kustomize.reading import kustomizations
from releasekit.syntax.yaml import parse
from releasekit.tree import of_texts
from tests.facts.operations import detect, names, rules, values

BASE = {
    "base/kustomization.yaml": "resources:\n- web.yaml\n- service.yaml\n- settings.yaml\n",
    "base/web.yaml": """apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: web
        image: acme/web:1.0
        envFrom:
        - configMapRef: {name: settings}
        env:
        - {name: COLOUR, value: red}
        ports:
        - containerPort: 8080
""",
    "base/service.yaml": """apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports: [{port: 80, targetPort: 8080}]
""",
    "base/settings.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {TOKEN: abc}\n",
}
PRODUCTION = {
    "overlays/production/kustomization.yaml": """namePrefix: live-
namespace: shop
resources:
- ../../base
images:
- name: acme/web
  newName: registry.acme.io/web
  newTag: "2.10"
replicas:
- name: web
  count: 5
patches:
- path: limits.yaml
- target: {kind: Deployment, name: w.*}
  patch: |-
    - op: add
      path: /spec/template/spec/containers/0/env/-
      value: {name: API_TOKEN, value: abc}
    - op: replace
      path: /spec/template/spec/containers/0/ports/0/containerPort
      value: 9090
    - op: remove
      path: /spec/template/spec/containers/0/env/0
""",
    "overlays/production/limits.yaml": """apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
      - name: web
        resources: {limits: {memory: 1Gi}}
        livenessProbe: {httpGet: {path: /alive, port: 9090}}
      - name: proxy
        image: envoyproxy/envoy:v1.31.0
""",
}
STAGING = {"overlays/staging/kustomization.yaml": "nameSuffix: -staging\nresources: [../../base]\n"}
DEVELOPMENT = {"overlays/dev/kustomization.yaml": "nameSuffix: -dev\nresources: [../../base]\n"}


def test_the_overlay_for_production_is_built_with_all_its_changes() -> None:
    facts, findings = detect(kustomize.detect, {**BASE, **PRODUCTION, **STAGING, **DEVELOPMENT})
    assert names(facts, "service") == {"live-web"}
    assert values(facts, "image") == {
        ("live-web", "registry.acme.io/web:2.10"),
        ("live-web", "envoyproxy/envoy:v1.31.0"),
    }
    assert values(facts, "replicas") == {("live-web", 5)}
    assert values(facts, "healthcheck") == {("live-web", "http:/alive")}
    assert names(facts, "resources_missing") == {"proxy"}
    assert names(facts, "secret") == {"API_TOKEN", "TOKEN"}
    assert {finding.rule for finding in findings} == {"port-differs"}
    where = {fact.kind: fact.source for fact in facts if fact.value in {"registry.acme.io/web:2.10", 5}}
    assert where == {
        "image": "overlays/production/kustomization.yaml:8",
        "replicas": "overlays/production/kustomization.yaml:11",
    }


def test_a_base_whose_overlays_all_come_before_production_is_what_is_deployed() -> None:
    facts, _ = detect(kustomize.detect, {**BASE, **STAGING, **DEVELOPMENT})
    assert names(facts, "service") == {"web"}
    assert values(facts, "image") == {("web", "acme/web:1.0")}


def test_overlays_that_are_named_otherwise_are_all_deployed() -> None:
    north = {"sites/north/kustomization.yaml": "nameSuffix: -north\nresources: [../../base]\n"}
    south = {"sites/south/kustomization.yaml": "nameSuffix: -south\nresources: [../../base]\n"}
    assert names(detect(kustomize.detect, {**BASE, **north, **south})[0], "service") == {"web-north", "web-south"}


def test_the_overlay_that_a_person_chooses_overrules_the_names() -> None:
    files = {**BASE, **PRODUCTION, **STAGING}
    facts, _ = detect(kustomize.detect, files, ("overlays/staging/*",))
    assert names(facts, "service") == {"web-staging"}


def test_a_base_that_an_application_points_to_is_deployed_too() -> None:
    application = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: base}
spec: {source: {path: base}}
"""
    facts, _ = detect(kustomize.detect, {**BASE, **PRODUCTION, "argo/base.yaml": application})
    assert names(facts, "service") == {"web", "live-web"}


def test_components_and_generators_are_taken_in() -> None:
    files = {
        **BASE,
        "prod/kustomization.yaml": """resources: [../base]
components: [../components/cache]
configMapGenerator:
- name: rules
  files: [alerts.yml]
secretGenerator:
- name: keys
  literals: [SIGNING_KEY=s3cr3t-literal]
""",
        "prod/alerts.yml": "groups:\n- name: g\n  rules:\n  - alert: Down\n    expr: up == 0\n",
        "components/cache/kustomization.yaml": """apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
resources: [cache.yaml]
patches:
- patch: |-
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec: {replicas: 4}
""",
        "components/cache/cache.yaml": """apiVersion: apps/v1
kind: Deployment
metadata: {name: cache}
spec:
  template:
    spec:
      containers: [{name: redis, image: "redis:7"}]
""",
    }
    facts, findings = detect(kustomize.detect, files)
    assert names(facts, "service") == {"web", "cache"}
    assert values(facts, "replicas") == {("web", 4)}
    assert {f.source for f in facts if f.kind == "alert_rule"} == {"prod/alerts.yml:4"}
    assert "SIGNING_KEY" in names(facts, "secret")
    assert "secret-committed" in rules(findings)
    assert "s3cr3t-literal" not in repr(facts) + repr(findings)


def test_what_cannot_be_followed_is_said() -> None:
    files = {
        **BASE,
        "prod/kustomization.yaml": """resources:
- ../base
- https://github.com/acme/other//deploy?ref=v1
- gone.yaml
helmCharts: [{name: x}]
patches:
- target: {kind: Deployment, name: nobody}
  patch: "[{op: remove, path: /spec}]"
""",
    }
    _, findings = detect(kustomize.detect, files)
    assert [finding.places[0] for finding in findings if finding.rule == "not-analysed"] == [
        "prod/kustomization.yaml:3",
        "prod/kustomization.yaml:4",
        "prod/kustomization.yaml:8",
        "prod/kustomization.yaml:5",
    ]


def test_a_circle_of_kustomizations_ends() -> None:
    files = {"a/kustomization.yaml": "resources: [../b]\n", "b/kustomization.yaml": "resources: [../a, web.yaml]\n"}
    facts, _ = detect(kustomize.detect, {**files, "b/web.yaml": BASE["base/web.yaml"]})
    assert facts == []


@pytest.mark.parametrize("root", ["base", "overlays/production", "overlays/staging"])
def test_kubectl_builds_the_same(root: str, tmp_path: Path, require: Callable[[str], Path]) -> None:
    texts = {**BASE, **PRODUCTION, **STAGING}
    for path, text in texts.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    command = [str(require("kubectl")), "kustomize", str(tmp_path / root)]
    wanted = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    files = Files(of_texts(texts))
    known = kustomizations(files)
    made, build = built(files, known[root], known)
    assert build.problems == []
    assert _sorted(m.node.data() for m in made) == _sorted(d.data() for d in parse(wanted, "kubectl"))


def _sorted(objects: object) -> list[str]:
    return sorted(json.dumps(item, sort_keys=True) for item in objects)  # type: ignore[attr-defined]


def test_files_outside_the_repository_are_not_asked_for() -> None:
    files = {"prod/kustomization.yaml": "resources: [../../../etc/passwd.yaml]\n"}
    facts, findings = detect(kustomize.detect, files)
    assert facts == []
    assert rules(findings) == ["not-analysed"]
