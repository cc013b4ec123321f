from releasekit.facts.detectors import kubernetes
from releasekit.facts.model import Fact, Finding
from tests.facts.operations import detect, names, of


def read(*texts: str) -> tuple[list[Fact], list[Finding]]:
    """Each text is a file of its own, in one folder."""
    return detect(kubernetes.detect, {f"k8s/{number}.yaml": text for number, text in enumerate(texts)})


def served(name: str, image: str = "x:1", ports: str = "[]", kind: str = "Deployment") -> str:
    """A workload and the Service of its name."""
    return f"""
        apiVersion: v1
        kind: Service
        metadata: {{name: {name}, labels: {{app: {name}}}}}
        spec:
          selector: {{app: {name}}}
          ports: [{{name: main, port: 80, targetPort: 8080}}]
        ---
        apiVersion: apps/v1
        kind: {kind}
        metadata: {{name: {name}}}
        spec:
          template:
            metadata: {{labels: {{app: {name}}}}}
            spec:
              containers: [{{name: {name}, image: "{image}", ports: {ports}}}]
    """


def calling(container: str, init: str = "[]", kind: str = "Deployment") -> str:
    api = "batch/v1" if kind == "Job" else "apps/v1"
    return f"""
        apiVersion: {api}
        kind: {kind}
        metadata: {{name: caller}}
        spec:
          template:
            metadata: {{labels: {{app: caller}}}}
            spec:
              initContainers: {init}
              containers: [{{name: caller, image: "y:1", {container}}}]
    """


def test_arguments_that_hold_addresses_are_dependencies() -> None:
    for command in (
        '["./serve", "--cache-server=tcp://cache:6379"]',
        '["./serve", "--cache-host", "cache"]',
        '["./serve", "--cache.addr=cache.shop.svc:6379"]',
        '["sh", "-c", "exec ./serve --peer http://cache:80/echo"]',
        '["env", "CACHE_URL=redis://cache", "./serve"]',
    ):
        facts, _ = read(served("cache"), calling(f"command: {command}"))
        assert of(facts, "depends_on") == {("caller", "cache", "address")}, command


def test_words_that_are_no_addresses_are_no_dependencies() -> None:
    for command in (
        '["./serve", "--mode=cache"]',
        '["./serve", "cache"]',
        '["./serve", "--level", "cache"]',
        '["./serve", "--url=http://elsewhere/cache"]',
    ):
        facts, _ = read(served("cache"), calling(f"command: {command}"))
        assert of(facts, "depends_on") == set(), command


def test_addresses_in_secrets_are_dependencies_and_their_values_stay_hidden() -> None:
    secret = """
        apiVersion: v1
        kind: Secret
        metadata: {name: keys}
        stringData:
          DATABASE_URL: postgres://user:hunter2@db:5432/shop
        data:
          CACHE_URL: cmVkaXM6Ly86aHVudGVyM0BjYWNoZTo2Mzc5
    """
    one = "env: [{name: DATABASE_URL, valueFrom: {secretKeyRef: {name: keys, key: DATABASE_URL}}}]"
    facts, findings = read(secret, served("db"), served("cache"), calling(one))
    assert of(facts, "depends_on") == {("caller", "db", "address")}
    facts, findings = read(secret, served("db"), served("cache"), calling("envFrom: [{secretRef: {name: keys}}]"))
    assert of(facts, "depends_on") == {("caller", "db", "address"), ("caller", "cache", "address")}
    assert names(facts, "secret") == {"DATABASE_URL", "CACHE_URL"}
    assert not any("hunter" in str(one) for one in (*facts, *findings))


def test_a_key_that_holds_a_plain_address_is_no_secret() -> None:
    facts, _ = read("""
        apiVersion: v1
        kind: Secret
        metadata: {name: keys}
        stringData:
          SITE_URL: https://shop.example.com
          WEBHOOK_URL: https://chat.example.com/hooks/T0/B0/abc
          API_TOKEN: https://example.com/odd
    """)
    assert names(facts, "secret") == {"WEBHOOK_URL", "API_TOKEN"}


def test_an_init_container_waits_for_a_job_or_for_an_address() -> None:
    job = """
        apiVersion: batch/v1
        kind: Job
        metadata: {name: migrate}
        spec:
          template:
            spec:
              containers: [{name: migrate, image: "x:1"}]
    """
    for init in (
        '[{name: w, image: "k:1", command: [kubectl, wait, --for=condition=complete, job/migrate]}]',
        '[{name: w, image: "k8s-wait-for:2", args: [job, migrate]}]',
        '[{name: w, image: "k:1", env: [{name: MIGRATION_JOB_NAME, value: migrate}]}]',
    ):
        facts, _ = read(job, calling("ports: []", init))
        assert of(facts, "depends_on") == {("caller", "migrate", "complete")}, init
    init = '[{name: w, image: "k:1", command: [sh, -c, "until wget -q --spider http://cache:80/up; do sleep 1; done"]}]'
    facts, _ = read(served("cache"), calling("ports: []", init))
    assert of(facts, "depends_on") == {("caller", "cache", "reachable")}


def test_a_job_that_runs_first_does_not_need_all_that_a_shared_secret_names() -> None:
    secret = """
        apiVersion: v1
        kind: Secret
        metadata: {name: keys}
        stringData: {CACHE_URL: "redis://cache:6379", DATABASE_URL: "postgres://db:5432/x"}
    """
    first = calling("envFrom: [{secretRef: {name: keys}}]", kind="Job").replace(
        "{name: caller}", "{name: caller, annotations: {argocd.argoproj.io/hook: PreSync}}", 1
    )
    wave = served("db").replace("kind: Deployment\n        metadata: {name: db}", (
        "kind: Deployment\n        metadata: {name: db, annotations: {argocd.argoproj.io/hook: PreSync, "
        "argocd.argoproj.io/sync-wave: \"-1\"}}"
    ))  # fmt: skip
    facts, _ = read(secret, served("cache"), wave, first)
    assert names(facts, "depends_on") == {"db"}
    assert ("cache", "caller", "applied") in of(facts, "order_after")


def policy(target: str, caller: str) -> str:
    return f"""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {{name: to-{target}}}
        spec:
          podSelector: {{matchLabels: {{app: {target}}}}}
          ingress:
            - from:
                - podSelector: {{matchLabels: {{app: {caller}}}}}
    """


def test_who_may_call_by_a_network_policy_comes_later() -> None:
    facts, _ = read(served("db"), served("web"), policy("db", "web"))
    assert of(facts, "order_after") == {("web", "db", "called")}


def test_a_policy_never_turns_a_dependency_round() -> None:
    caller = calling('args: ["--db=tcp://db:5432"]')
    facts, _ = read(served("db"), caller, policy("caller", "db"))
    assert of(facts, "order_after") == set()
    facts, _ = read(served("db"), served("web"), policy("db", "web"), policy("web", "db"))
    assert len(of(facts, "order_after")) == 1


def test_an_image_that_runs_the_application_is_no_data_store() -> None:
    store = "[{containerPort: 3306, name: mysql}]"
    facts, _ = read(served("database", "shop/app:1", store), served("web", "shop/app:1", "[{containerPort: 8080}]"))
    assert of(facts, "datastore") == set()
    facts, _ = read(served("database", "shop/data:1", store), served("web", "shop/app:1", "[{containerPort: 8080}]"))
    assert of(facts, "datastore") == {("database", "database", "mysql")}


def test_what_a_monitor_scrapes_is_the_workload_behind_the_service() -> None:
    facts, _ = read(
        served("web"),
        """
        apiVersion: monitoring.coreos.com/v1
        kind: ServiceMonitor
        metadata: {name: watch}
        spec:
          selector: {matchLabels: {app: web}}
          endpoints: [{port: main}]
        """,
    )
    assert of(facts, "monitoring") == {("web", "servicemonitor", "watch")}


def test_workloads_say_what_kubectl_calls_them_and_where_they_are() -> None:
    facts, _ = read(
        served("db", kind="StatefulSet").replace("metadata: {name: db}", "metadata: {name: db, namespace: shop}")
    )
    assert of(facts, "workload") == {("db", "db", "StatefulSet")}
    assert of(facts, "namespace") == {("db", "db", "shop")}


def test_a_secret_that_is_mounted_binds_a_service() -> None:
    secret = """
        apiVersion: v1
        kind: Secret
        metadata: {name: store-binding}
        type: servicebinding.io/postgresql
        stringData: {host: store, port: "5432"}
    """
    pod = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: shop}
        spec:
          template:
            metadata: {labels: {app: shop}}
            spec:
              containers: [{name: shop, image: "shop:1"}]
              volumes: [{name: binding, projected: {sources: [{secret: {name: store-binding}}]}}]
    """
    found, _ = read(secret, served("store"), pod)
    assert [(fact.service, fact.name) for fact in found if fact.kind == "depends_on"] == [("shop", "store")]
    assert "store-binding" in {fact.name for fact in found if fact.kind == "secret"}
