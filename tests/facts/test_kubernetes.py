import pytest

from releasekit.facts.detectors import kubernetes
from releasekit.facts.model import Fact, Finding
from tests.facts.operations import detect, names, of, rules, values

WEB = """
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      replicas: 3
      selector: {matchLabels: {app: web}}
      template:
        metadata:
          labels: {app: web, tier: front}
        spec:
          containers:
            - name: web
              image: registry.example.com:5000/shop/web:1.10
              ports:
                - name: http
                  containerPort: 8080
"""


def read(*texts: str) -> tuple[list[Fact], list[Finding]]:
    """Each text is a file of its own, in one folder."""
    return detect(kubernetes.detect, {f"k8s/{number}.yaml": text for number, text in enumerate(texts)})


def test_a_deployment_gives_its_service_image_replicas_and_what_it_lacks() -> None:
    facts, findings = read(WEB)
    assert of(facts, "service") == {(None, "web", "app")}
    assert values(facts, "image") == {("web", "registry.example.com:5000/shop/web:1.10")}
    assert names(facts, "image_unpinned") == set()
    assert values(facts, "replicas") == {("web", 3)}
    assert values(facts, "probe_missing") == {("web", "readiness"), ("web", "liveness")}
    assert of(facts, "resources_missing") == {("web", "web", "limits")}
    assert findings == []


def test_a_service_leads_to_the_named_port_of_the_pods_it_selects() -> None:
    service = """
        apiVersion: v1
        kind: Service
        metadata: {name: entry}
        spec:
          selector: {tier: front}
          ports:
            - {port: 80, targetPort: http}
    """
    facts, findings = read(WEB, service)
    assert values(facts, "port") == {("web", 8080)}
    assert findings == []


def test_without_a_target_port_a_service_leads_to_its_own_number() -> None:
    service = """
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          selector: {app: web}
          ports:
            - port: 8080
    """
    assert values(read(WEB, service)[0], "port") == {("web", 8080)}


@pytest.mark.parametrize(
    ("selector", "target", "rule"),
    [
        ("{app: wbe}", "8080", "selector-matches-nothing"),
        ("{app: web}", "metrics", "port-unresolved"),
        ("{app: web}", "9090", "port-differs"),
    ],
)
def test_a_service_that_leads_nowhere_is_a_finding(selector: str, target: str, rule: str) -> None:
    service = f"""
        apiVersion: v1
        kind: Service
        metadata:
          name: web
        spec:
          selector: {selector}
          ports:
            - port: 80
              targetPort: {target}
    """
    findings = read(WEB, service)[1]
    assert rules(findings) == [rule]
    assert findings[0].places[0].startswith("k8s/1.yaml:")


def test_probes_of_all_forms_give_one_fact_an_endpoint() -> None:
    facts, _ = read("""
        apiVersion: v1
        kind: List
        items:
          - apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: db}
            spec:
              template:
                spec:
                  containers:
                    - name: db
                      image: postgres@sha256:0123
                      ports: [{name: sql, containerPort: 5432}, {name: rpc, containerPort: 9000}]
                      readinessProbe: {tcpSocket: {port: sql}}
                      livenessProbe: {exec: {command: ["sh", "-c", "pg_isready -U app"]}}
                      startupProbe: {tcpSocket: {port: 5432}}
                    - name: side
                      image: side:1
                      readinessProbe: {httpGet: {path: /ready?full=1, port: rpc}}
                      livenessProbe: {grpc: {port: 9000}}
                    - name: probe
                      image: probe:1
                      readinessProbe: {exec: {command: [/bin/grpc_health_probe, "-addr=:9000"]}}
                      livenessProbe: {exec: {command: [curl, -f, "http://localhost:8080/alive"]}}
    """)
    assert [fact.value for fact in facts if fact.kind == "healthcheck"] == [
        "tcp:5432",
        "cmd:sh -c pg_isready -U app",
        "http:/ready?full=1",
        "grpc:9000",
        "http:/alive",
    ]
    assert values(facts, "probe_missing") == set()
    assert names(facts, "image_unpinned") == set()
    assert of(facts, "datastore") == {("db", "db", "postgres")}


def test_jobs_and_init_containers_need_no_probes_and_sidecars_are_asked_for_none() -> None:
    facts, _ = read("""
        apiVersion: batch/v1
        kind: CronJob
        metadata:
          name: report
        spec:
          schedule: "*/5 * * * *"
          jobTemplate:
            spec:
              template:
                spec:
                  initContainers:
                    - {name: first, image: busybox, restartPolicy: Always, ports: [{containerPort: 15000}]}
                  containers:
                    - name: report
                      image: reports:2
                      resources: {limits: {memory: 64Mi}}
    """)
    assert of(facts, "cronjob") == {("report", "report", "*/5 * * * *")}
    assert of(facts, "service") == {(None, "report", "job")}
    assert of(facts, "image_unpinned") == {("report", "busybox", "busybox")}
    assert values(facts, "port") == {("report", 15000)}
    assert not {fact.kind for fact in facts} & {"probe_missing", "resources_missing", "replicas"}


def test_only_what_outlives_a_pod_is_a_volume() -> None:
    facts, _ = read("""
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: store}
        spec:
          template:
            spec:
              volumes:
                - {name: scratch, emptyDir: {}}
                - {name: settings, configMap: {name: settings}}
                - {name: socket, hostPath: {path: /run/x.sock}}
                - {name: keys, secret: {secretName: store-keys}}
                - {name: shared, persistentVolumeClaim: {claimName: shared-files}}
                - {name: files, nfs: {server: nas, path: /x}}
              containers:
                - name: store
                  image: store:1
                  volumeMounts:
                    - {name: data, mountPath: /var/lib/store}
                    - {name: shared, mountPath: /shared}
                    - {name: files, mountPath: /files}
                    - {name: scratch, mountPath: /tmp}
                    - {name: settings, mountPath: /etc/store}
                    - {name: socket, mountPath: /run/x.sock}
                    - {name: keys, mountPath: /keys}
          volumeClaimTemplates:
            - metadata: {name: data}
    """)
    assert of(facts, "volume") == {
        ("store", "data", "/var/lib/store"),
        ("store", "shared-files", "/shared"),
        ("store", "files", "/files"),
    }
    assert of(facts, "secret") == {("store", "store-keys", "mounted")}


SETTINGS = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: api}
    spec:
      template:
        metadata: {labels: {app: api}}
        spec:
          containers:
            - name: api
              image: api:1
              envFrom:
                - configMapRef: {name: addresses}
                - secretRef: {name: keys}
              env:
                - {name: DB_PASSWORD, value: hunter2-is-secret}
                - {name: OPTIONAL, value: ""}
                - {name: MAIL_DOMAIN, value: "<your domain>"}
                - name: TOKEN
                  valueFrom: {secretKeyRef: {name: tokens, key: api}}
                - name: POD
                  valueFrom: {fieldRef: {fieldPath: metadata.name}}
                - {name: SEARCH_URL, value: "http://web.shop.svc.cluster.local:80/find"}
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: addresses}
    data:
      CART_ADDR: cart:7070
      ZONE: cart
    ---
    apiVersion: v1
    kind: Secret
    metadata: {name: keys}
    stringData:
      SIGNING_KEY: s3cr3t-signing-value
      API_KEY: changeme
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: cart}
    spec:
      selector: {app: carts}
      ports: [{port: 7070}]
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: web}
    spec:
      selector: {app: web}
      ports: [{port: 80, targetPort: http}]
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: carts}
    spec:
      template:
        metadata: {labels: {app: carts}}
        spec:
          containers: [{name: carts, image: "carts:1"}]
"""


def test_secrets_are_names_and_their_values_appear_nowhere() -> None:
    facts, findings = read(WEB, SETTINGS)
    assert names(facts, "secret") == {"DB_PASSWORD", "TOKEN", "SIGNING_KEY", "API_KEY"}
    assert names(facts, "env_required") == {"MAIL_DOMAIN", "API_KEY"}
    assert "secret-committed" in rules(findings)
    said = repr(facts) + repr(findings)
    assert "s3cr3t-signing-value" not in said
    assert "hunter2-is-secret" not in said


def test_an_address_variable_is_a_dependency_on_the_workload_behind_the_service() -> None:
    facts, _ = read(WEB, SETTINGS)
    assert {(f.service, f.name) for f in facts if f.kind == "depends_on"} == {("api", "carts"), ("api", "web")}


def test_hooks_and_waves_are_an_order() -> None:
    def job(name: str, annotations: str) -> str:
        return f"""
        apiVersion: batch/v1
        kind: Job
        metadata:
          generateName: {name}-
          annotations: {annotations}
        spec:
          template:
            spec:
              containers: [{{name: {name}, image: "x:1"}}]
        """

    facts, _ = read(
        job("migrate", "{argocd.argoproj.io/hook: PreSync}"),
        WEB,
        job("warm", '{argocd.argoproj.io/sync-wave: "5"}'),
        job("tell", "{argocd.argoproj.io/hook: PostSync}"),
        job("undo", "{argocd.argoproj.io/hook: SyncFail}"),
    )
    pairs = {(f.service, f.name) for f in facts if f.kind == "order_after"}
    assert pairs == {("web", "migrate"), ("warm", "web"), ("tell", "warm")}


def test_helm_hooks_come_by_weight_and_test_hooks_are_no_service() -> None:
    text = """
        apiVersion: batch/v1
        kind: Job
        metadata:
          name: {name}
          annotations: {{helm.sh/hook: "{hook}", helm.sh/hook-weight: "{weight}"}}
        spec:
          template:
            spec:
              containers: [{{name: x, image: "x:1"}}]
    """
    facts, _ = read(
        text.format(name="second", hook="pre-install,pre-upgrade", weight="5"),
        text.format(name="first", hook="pre-upgrade", weight="-5"),
        text.format(name="check", hook="test", weight="0"),
        WEB,
    )
    assert {(f.service, f.name) for f in facts if f.kind == "order_after"} == {("second", "first"), ("web", "second")}
    assert names(facts, "service") == {"first", "second", "web"}


def test_an_init_container_that_waits_is_an_order() -> None:
    facts, _ = read(
        WEB,
        """
        apiVersion: v1
        kind: Service
        metadata: {name: entry}
        spec:
          selector: {app: web}
          ports: [{port: 80, targetPort: http}]
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: api}
        spec:
          template:
            spec:
              initContainers:
                - name: wait
                  image: busybox:1.36
                  command: ["sh", "-c", "until nc -z entry.shop.svc 80; do sleep 1; done"]
              containers:
                - {name: api, image: "api:1"}
        """,
    )
    assert of(facts, "depends_on") == {("api", "web", "reachable")}


def test_ways_in_give_hosts_and_certificates() -> None:
    facts, _ = read("""
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: shop
          annotations: {cert-manager.io/cluster-issuer: le-prod}
        spec:
          tls:
            - hosts: [shop.acme.io]
              secretName: shop-tls
          rules:
            - host: shop.acme.io
              http: {paths: [{path: /, backend: {service: {name: web, port: {number: 80}}}}]}
        ---
        apiVersion: cert-manager.io/v1
        kind: ClusterIssuer
        metadata: {name: le-prod}
        spec:
          acme: {server: "https://acme-v02.api.letsencrypt.org/directory"}
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: api}
        spec:
          hostnames: [api.acme.io, "*.acme.io"]
        ---
        apiVersion: networking.gke.io/v1
        kind: ManagedCertificate
        metadata: {name: web-cert}
        spec:
          domains: [www.acme.io]
        ---
        apiVersion: traefik.io/v1alpha1
        kind: IngressRoute
        metadata: {name: admin}
        spec:
          routes:
            - match: Host(`admin.acme.io`) && PathPrefix(`/x`)
          tls: {secretName: admin-tls}
    """)
    hosts = {fact.value for fact in facts if fact.kind == "host"}
    assert hosts == {"shop.acme.io", "api.acme.io", "*.acme.io", "www.acme.io", "admin.acme.io"}
    assert {fact.value for fact in facts if fact.kind == "tls"} == {"letsencrypt", "managed-cert", "admin-tls"}


def test_scaling_disruption_stop_and_rollout_are_read() -> None:
    facts, _ = read(
        WEB.replace("replicas: 3", "strategy: {rollingUpdate: {maxSurge: 1}}").replace(
            "    spec:\n          containers",
            "    spec:\n          terminationGracePeriodSeconds: 45\n          containers",
        ),
        """
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: web-scaler}
        spec:
          scaleTargetRef: {kind: Deployment, name: web}
          minReplicas: 2
          maxReplicas: 8
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: web}
        spec:
          minAvailable: 1
          selector: {matchLabels: {app: web}}
        """,
    )
    assert of(facts, "autoscaling") == {("web", "web", "2-8")}
    assert values(facts, "rollout_strategy") == {("web", "RollingUpdate")}
    assert values(facts, "disruption_budget") == {("web", "minAvailable=1")}
    assert values(facts, "stop_grace") == {("web", 45)}


def test_an_argo_rollout_says_how_the_deployment_it_refers_to_is_replaced() -> None:
    facts, _ = read(
        WEB,
        """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: web-rollout}
        spec:
          workloadRef: {apiVersion: apps/v1, kind: Deployment, name: web}
          strategy:
            canary: {steps: [{setWeight: 20}]}
        """,
    )
    assert values(facts, "rollout_strategy") == {("web", "canary")}


def test_monitoring_inside_objects_is_read_with_its_own_lines() -> None:
    facts, _ = read(
        WEB.replace("labels:", 'annotations: {prometheus.io/scrape: "true"}\n          labels:'),
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: prometheus}
        data:
          prometheus.yml: |
            scrape_configs:
              - job_name: shop
                static_configs: [{targets: ["web:8080"]}]
          rules.yml: |
            groups:
              - name: group-of-rules
                rules:
                  - record: ratio
                    expr: a / b
                  - alert: TooSlow
                    expr: ratio > 1
          note.txt: "groups: of people"
        ---
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: more}
        spec:
          groups:
            - name: other
              rules:
                - alert: Gone
                  annotations: {summary: "{{ $labels.job }} is gone"}
        ---
        apiVersion: monitoring.coreos.com/v1
        kind: ServiceMonitor
        metadata: {name: web-metrics}
        spec: {}
        """,
    )
    assert names(facts, "alert_rule") == {"TooSlow", "Gone"}
    assert of(facts, "monitoring") == {
        ("web", "prometheus_annotation", "prometheus"),
        ("web", "scrape_job", "shop"),
        ("web-metrics", "servicemonitor", "web-metrics"),
    }
    assert next(f.source for f in facts if f.name == "TooSlow") == "k8s/1.yaml:15"


def test_what_is_no_production_manifest_is_left_alone() -> None:
    files = {
        "tests/k8s/web.yaml": WEB,
        "deploy/staging/web.yaml": WEB,
        "chart/Chart.yaml": "name: x\nversion: 1.0.0\n",
        "chart/templates/web.yaml": WEB,
        "base/kustomization.yaml": "resources: [web.yaml]\n",
        "base/web.yaml": WEB,
        "base/unlisted.yaml": WEB,
        ".github/workflows/x.yaml": "on: push\njobs: {}\n",
    }
    assert detect(kubernetes.detect, files) == ([], [])


def test_a_template_of_another_language_is_not_analysed() -> None:
    templated = WEB.replace("registry.example.com:5000/shop/web:1.10", '"{{ image }}"')
    broken = WEB.replace("name: web\n    spec", "name: {{ name }}\n    spec")
    facts, findings = read(templated, broken)
    assert of(facts, "image") == set()
    assert rules(findings) == ["not-analysed", "not-analysed"]


def test_a_store_in_an_image_of_ones_own_is_known_by_port_and_name() -> None:
    facts, _ = read(WEB.replace("name: web", "name: accounts-db").replace("8080", "5432"), WEB.replace("8080", "5432"))
    assert of(facts, "datastore") == {("accounts-db", "accounts-db", "postgres")}


def test_a_store_that_an_operator_runs_is_a_service() -> None:
    facts, _ = read("""
        apiVersion: postgresql.cnpg.io/v1
        kind: Cluster
        metadata: {name: orders}
        spec: {instances: 3}
    """)
    assert of(facts, "datastore") == {("orders", "orders", "postgres")}
    assert of(facts, "service") == {(None, "orders", "datastore")}
    assert values(facts, "replicas") == {("orders", 3)}


@pytest.mark.parametrize(
    ("name", "value", "depends"),
    [
        ("DATABASE_URL", "postgres://app:x@entry:5432/shop", True),
        ("DSN", "app:x@tcp(entry:3306)/shop", True),
        ("JDBC", "jdbc:postgresql://entry.shop.svc.cluster.local/shop", True),
        ("BROKERS", "other:1,entry-0.entry:9092", True),
        ("WEB_HOST", "entry", True),
        ("COLOUR", "entry", False),
        ("NOTE", "the entry:80 of it", False),
    ],
)
def test_addresses_are_told_from_words(name: str, value: str, depends: bool) -> None:
    facts, _ = read(
        WEB,
        """
        apiVersion: v1
        kind: Service
        metadata: {name: entry}
        spec:
          selector: {app: web}
          ports: [{port: 80, targetPort: http}]
        """,
        f"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {{name: api}}
        spec:
          template:
            spec:
              containers:
                - name: api
                  image: api:1
                  env:
                    - name: {name}
                      value: "{value}"
        """,
    )
    assert names(facts, "depends_on") == ({"web"} if depends else set())


def test_each_services_own_settings_are_taken_where_their_names_are_alike() -> None:
    settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {%s: abc}\n"
    work = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: %s}
        spec:
          template:
            spec:
              containers:
                - {name: x, image: "x:1", envFrom: [{configMapRef: {name: settings}}]}
    """
    files = {f"{name}/{kind}.yaml": text % said for name, key in (("a", "A_TOKEN"), ("b", "B_TOKEN"))
             for kind, text, said in (("config", settings, key), ("work", work, name))}  # fmt: skip
    facts, _ = detect(kubernetes.detect, files)
    assert of(facts, "secret") == {("a", "A_TOKEN", "hardcoded"), ("b", "B_TOKEN", "hardcoded")}


def test_a_password_inside_a_command_is_hidden() -> None:
    probe = 'livenessProbe: {exec: {command: [sh, -c, "mysqladmin ping --password=%s"]}}\n              ports:'
    facts, _ = read(WEB.replace("ports:", probe % "hunter2"))
    assert values(facts, "healthcheck") == {("web", "cmd:sh -c mysqladmin ping --password=***")}
    facts, _ = read(WEB.replace("ports:", probe % "$ROOT_PASSWORD"))
    assert values(facts, "healthcheck") == {("web", "cmd:sh -c mysqladmin ping --password=$ROOT_PASSWORD")}
