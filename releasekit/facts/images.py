"""What a container image's name says: repository, tag, whether it is pinned, what technology it holds, and its role."""

import re
from dataclasses import dataclass

from releasekit.syntax.expression import Expression

# technology -> (role of a service that runs it, names of images: the last part of a repository, or the last two)
_KNOWN: dict[str, tuple[str, str]] = {
    "postgres": (
        "datastore",
        (
            "postgres postgresql postgis timescaledb timescaledb-ha pgvector spilo cloudnative-pg "
            "supabase-postgres pgrouting citus alloydbomni paradedb postgresql-repmgr pg_vector vectorchord "
            "pgvecto-rs docker-pgautoupgrade"
        ),
    ),
    "mysql": ("datastore", "mysql mysql-server percona percona-server percona-xtradb-cluster"),
    "mariadb": ("datastore", "mariadb mariadb-galera"),
    "mongodb": (
        "datastore",
        "mongo mongodb mongodb-community-server percona-server-mongodb ferretdb documentdb documentdb-local",
    ),
    "redis": ("datastore", "redis redis-stack redis-stack-server redis-cluster redis-alpine redislabs"),
    "valkey": ("datastore", "valkey valkey-bundle valkey-cluster"),
    "keydb": ("datastore", "keydb"),
    "dragonfly": ("datastore", "dragonfly"),
    "memcached": ("datastore", "memcached"),
    "elasticsearch": ("datastore", "elasticsearch elasticsearch-oss"),
    "opensearch": ("datastore", "opensearch"),
    "meilisearch": ("datastore", "meilisearch"),
    "typesense": ("datastore", "typesense"),
    "solr": ("datastore", "solr"),
    "qdrant": ("datastore", "qdrant"),
    "weaviate": ("datastore", "weaviate"),
    "milvus": ("datastore", "milvus"),
    "chroma": ("datastore", "chroma chromadb"),
    "cassandra": ("datastore", "cassandra scylla dse-server"),
    "cockroachdb": ("datastore", "cockroach cockroachdb"),
    "tidb": ("datastore", "tidb tikv"),
    "clickhouse": ("datastore", "clickhouse clickhouse-server"),
    "neo4j": ("datastore", "neo4j"),
    "arangodb": ("datastore", "arangodb"),
    "dgraph": ("datastore", "dgraph"),
    "couchdb": ("datastore", "couchdb"),
    "couchbase": ("datastore", "couchbase couchbase-server"),
    "influxdb": ("datastore", "influxdb"),
    "questdb": ("datastore", "questdb"),
    "mssql": ("datastore", "mssql-server-linux mssql-server mssql/server azure-sql-edge"),
    "oracle": ("datastore", "oracle-xe oracle-free oracle/database/"),
    "db2": ("datastore", "db2 db2_community"),
    "minio": ("datastore", "minio seaweedfs rustfs"),
    "dynamodb": ("datastore", "dynamodb-local"),
    "etcd": ("datastore", "etcd"),
    "rqlite": ("datastore", "rqlite"),
    "surrealdb": ("datastore", "surrealdb"),
    "rethinkdb": ("datastore", "rethinkdb"),
    "ldap": ("datastore", "openldap lldap"),
    "kafka": ("broker", "kafka cp-kafka cp-server redpanda kafka-native strimzi-kafka cp-enterprise-kafka"),
    "rabbitmq": ("broker", "rabbitmq rabbitmq-management rabbitmq-server"),
    "nats": ("broker", "nats nats-server nats-streaming"),
    "activemq": ("broker", "activemq activemq-artemis activemq-classic"),
    "pulsar": ("broker", "pulsar pulsar-all"),
    "mosquitto": ("broker", "eclipse-mosquitto emqx hivemq4 hivemq-ce vernemq"),
    "nsq": ("broker", "nsq"),
    "zookeeper": ("infra", "zookeeper cp-zookeeper"),
    "traefik": ("proxy", "traefik"),
    "nginx": (
        "proxy",
        "nginx nginx-unprivileged openresty nginx-proxy nginx-proxy-manager swag nginx-certbot jwilder/nginx-proxy",
    ),
    "caddy": ("proxy", "caddy caddy-docker-proxy"),
    "haproxy": ("proxy", "haproxy haproxy-alpine dockercloud-haproxy"),
    "envoy": ("proxy", "envoy envoy-alpine envoy-distroless"),
    "apache": ("proxy", "httpd"),
    "kong": ("proxy", "kong kong-gateway"),
    "varnish": ("proxy", "varnish"),
    "oauth2-proxy": ("proxy", "oauth2-proxy"),
    "pgbouncer": ("proxy", "pgbouncer pgcat pgpool"),
    "cloudflared": ("proxy", "cloudflared"),
    "grafana": ("monitoring", "grafana grafana-oss grafana-enterprise"),
    "prometheus": ("monitoring", "prometheus victoria-metrics vmagent thanos mimir cortex"),
    "alertmanager": ("monitoring", "alertmanager"),
    "pushgateway": ("monitoring", "pushgateway"),
    "jaeger": ("monitoring", "jaeger all-in-one jaeger-collector jaeger-query jaeger-agent"),
    "zipkin": ("monitoring", "zipkin zipkin-slim"),
    "tempo": ("monitoring", "tempo"),
    "loki": ("monitoring", "loki victoria-logs"),
    "promtail": ("monitoring", "promtail alloy agent-flow"),
    "otel-collector": (
        "monitoring",
        (
            "otel-collector opentelemetry-collector opentelemetry-collector-contrib otelcontribcol otelcol "
            "aws-otel-collector opentelemetry-collector-k8s"
        ),
    ),
    "fluentd": ("monitoring", "fluentd fluent-bit fluentbit fluentd-kubernetes-daemonset vector"),
    "logstash": ("monitoring", "logstash filebeat metricbeat heartbeat apm-server"),
    "kibana": ("monitoring", "kibana opensearch-dashboards"),
    "statsd": ("monitoring", "statsd graphite-statsd statsd-exporter telegraf graphite"),
    "datadog": ("monitoring", "datadog/agent datadog-agent"),
    "exporter": (
        "monitoring",
        (
            "node-exporter postgres-exporter postgres_exporter redis_exporter cadvisor blackbox-exporter "
            "mysqld-exporter nginx-prometheus-exporter mongodb_exporter"
        ),
    ),
    "uptime-kuma": ("monitoring", "uptime-kuma"),
    "adminer": (
        "tool",
        (
            "adminer phpmyadmin pgadmin4 pgadmin mongo-express redis-commander redisinsight pgweb cloudbeaver "
            "kafka-ui kafdrop akhq redpanda-console console phpredisadmin elasticvue dbgate"
        ),
    ),
    "mail-catcher": ("tool", "mailhog mailpit mailcatcher maildev smtp4dev inbucket greenmail mailslurper"),
    "backup": (
        "tool",
        (
            "postgres-backup-local postgres-backup-s3 docker-volume-backup pgbackups restic postgres-backup "
            "mysql-backup mariadb-backup"
        ),
    ),
    "watchtower": ("tool", "watchtower portainer portainer-ce ouroboros diun dozzle"),
    "certbot": ("tool", "certbot lego acme-companion letsencrypt-nginx-proxy-companion acme.sh"),
    "k6": ("tool", "k6 locust jmeter gatling"),
    "minio-client": ("job", "minio/mc"),
    "migrate": ("job", "migrate/migrate golang-migrate flyway liquibase dbmate goose atlas"),
    "smtp": ("infra", "smtp docker-postfix postfix docker-mailserver exim-relay"),
    "vault": ("infra", "vault openbao"),
    "consul": ("infra", "consul eureka eureka-server"),
    "keycloak": ("infra", "keycloak authentik dex zitadel hydra kratos authelia pocket-id"),
    "flagd": ("infra", "flagd unleash-server flipt flagsmith growthbook go-feature-flag relay-proxy"),
    "temporal": ("infra", "temporal auto-setup temporalio-server temporal-server"),
    "docker-socket-proxy": ("infra", "docker-socket-proxy socket-proxy"),
    "schema-registry": ("infra", "cp-schema-registry schema-registry cp-kafka-connect debezium-connect connect"),
    "localstack": ("infra", "localstack localstack-pro azurite fake-gcs-server"),
}
_BY_NAME: dict[str, tuple[str, str]] = {
    name: (technology, role) for technology, (role, names) in _KNOWN.items() for name in names.split()
}
_SAID_LAST = {"postgres", "mysql", "mariadb", "mongodb", "redis", "elasticsearch", "rabbitmq", "kafka", "memcached"}
# what monitoring a technology is, as the facts of that kind are named
_MONITORING: dict[str, str] = {
    "grafana": "dashboard", "kibana": "dashboard", "prometheus": "metrics", "alertmanager": "alerting",
    "pushgateway": "metrics", "jaeger": "tracing", "zipkin": "tracing", "tempo": "tracing", "loki": "log_shipping",
    "promtail": "log_shipping", "fluentd": "log_shipping", "logstash": "log_shipping", "otel-collector": "collector",
    "statsd": "statsd", "datadog": "apm", "exporter": "metrics", "uptime-kuma": "metrics",
}  # fmt: skip
# after the last slash; a variable may hold colons of its own: ${TAG:-latest}
_TAG = Expression(r":(?P<tag>(?:\$\{[^}]*\}|[^/:{}])+)$")
_REGISTRY = Expression(r"(?:[\w-]+(?:\.[\w-]+)+(?::\d+)?|localhost(?::\d+)?|[\w-]+:\d+)/")


@dataclass(frozen=True, slots=True)
class Image:
    """A reference taken apart: ``registry/…/repository:tag@digest``; tag and digest are "" when not given."""

    repository: str
    tag: str = ""
    digest: str = ""

    @property
    def unpinned(self) -> bool:
        """No digest, and no tag or the tag ``latest``; a tag that is a variable without a value is unknown, so not."""
        return not self.digest and self.tag in {"", "latest"} and "$" not in self.repository

    @property
    def short(self) -> str:
        """The repository without its registry and without ``library/``."""
        return _REGISTRY.sub("", self.repository, count=1).removeprefix("library/")


_TAG_VARIABLE = Expression(r"[\w.}-]:[\w.-]*\$\{?(?P<name>[A-Za-z_]\w*)[^/]*$")


def tag_variable(text: str) -> str:
    """The variable that the tag of a reference holds, as Compose files write them; "" when it holds none."""
    match = _TAG_VARIABLE.search(text)
    return match["name"] if match else ""


def reference(text: str) -> Image:
    """Take a reference apart, by the grammar of the distribution project (``name[:tag][@digest]``)."""
    name, _, digest = text.strip().partition("@")
    match = _TAG.search(name)
    return Image(name[: match.start()], match["tag"], digest) if match else Image(name, "", digest)


def known(repository: str) -> tuple[str, str]:
    """(technology, role) of a well-known image, given with or without its tag; ("", "") for any other."""
    parts = reference(repository).short.lower().split("/")
    for name in ("/".join(parts[-2:]), parts[-1]):
        if name in _BY_NAME:
            return _BY_NAME[name]
    # an image of one's own that says what it holds: example/shop-mongodb
    found = _BY_NAME.get(re.split(r"[-_]", parts[-1])[-1], ("", ""))
    return found if found[0] in _SAID_LAST else ("", "")


def role(repository: str) -> str:
    """What a service with this image is: datastore, broker, proxy, monitoring, infra, tool or job; else app."""
    return known(repository)[1] or "app"


def stores(repository: str) -> tuple[str, str] | None:
    """(technology, role) of an image that keeps data for others: data stores, and brokers with what is unread."""
    technology, found = known(repository)
    return (technology, found) if found in {"datastore", "broker"} else None


def monitors(repository: str) -> tuple[str, str] | None:
    """(what, technology) of a monitoring image, as facts of that kind name it: ("tracing", "jaeger")."""
    technology = known(repository)[0]
    return (_MONITORING[technology], technology) if technology in _MONITORING else None
