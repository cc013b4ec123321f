from releasekit.facts.detectors import monitoring
from tests.facts.operations import detect, names, of


def test_rules_of_prometheus_and_grafana_are_rules_and_their_groups_are_not() -> None:
    facts, findings = detect(
        monitoring.detect,
        {
            "prometheus/rules.yml": """
                groups:
                  - name: shop
                    rules:
                      - record: job:up
                        expr: up
                      - alert: ShopDown
                        expr: up == 0
                        labels: {severity: critical}
                        annotations: {summary: "{{ $labels.job }} is down"}
            """,
            "grafana/provisioning/alerting/rules.yaml": """
                apiVersion: 1
                groups:
                  - orgId: 1
                    name: group-name
                    rules:
                      - uid: abc
                        title: Latency is high
                        condition: C
                        data: []
            """,
            "grafana/provisioning/alerting/contact.yaml": """
                apiVersion: 1
                contactPoints:
                  - name: people
                    receivers: [{uid: x, type: email}]
            """,
            "docs/rules.yml": "groups: [{name: g, rules: [{alert: Documented}]}]\n",
        },
    )
    assert of(facts, "alert_rule") == {(None, "ShopDown", "critical"), (None, "Latency is high", None)}
    assert findings == []


def test_scrape_jobs_are_read_in_prometheus_and_in_the_collector() -> None:
    facts, _ = detect(
        monitoring.detect,
        {
            "prometheus.yml": """
                scrape_configs:
                  - job_name: api
                    static_configs: [{targets: ["api:8080"]}]
                  - job_name: nodes
                    static_configs: [{targets: ["a:9100", "b:9100"]}]
                  - job_name: self
                    static_configs: [{targets: ["localhost:9090"]}]
            """,
            "otelcol.yaml": """
                receivers:
                  otlp: {protocols: {grpc: {}}}
                  prometheus/shop:
                    config:
                      scrape_configs:
                        - job_name: cart
                          static_configs: [{targets: ["cart.internal:7070"]}]
                service: {pipelines: {}}
            """,
            "alertmanager.yml": "route: {receiver: team}\nreceivers:\n- name: team\n",
        },
    )
    assert of(facts, "monitoring") == {
        ("api", "scrape_job", "api"),
        (None, "scrape_job", "nodes"),
        (None, "scrape_job", "self"),
        ("cart", "scrape_job", "cart"),
    }
    assert names(facts, "alert_receiver") == {"team"}


def test_dashboards_are_told_from_other_json() -> None:
    facts, _ = detect(
        monitoring.detect,
        {
            "grafana/dashboards/shop.json": '{"title": "Shop", "schemaVersion": 39, "panels": []}',
            "grafana/package.json": '{"name": "x"}',
        },
    )
    assert of(facts, "monitoring") == {(None, "dashboard", "shop.json")}
