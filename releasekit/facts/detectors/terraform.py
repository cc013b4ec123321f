"""Terraform: resources, variables without a default, and what well-known resources say. Evaluates no expression."""

import re
from collections.abc import Iterator

from releasekit.errors import ParseError
from releasekit.facts.code import folder, join
from releasekit.facts.files import Files
from releasekit.facts.model import Fact, Finding
from releasekit.facts.places import aside
from releasekit.facts.settings.confidential import is_confidential
from releasekit.facts.stages import left_out
from releasekit.syntax.hcl import Block, parse

# resource type -> what it stores, where the type alone says it
_STORES: dict[str, str] = {
    "google_redis_instance": "redis",
    "google_redis_cluster": "redis",
    "azurerm_redis_cache": "redis",
    "azurerm_postgresql_server": "postgres",
    "azurerm_postgresql_flexible_server": "postgres",
    "azurerm_mysql_flexible_server": "mysql",
    "azurerm_mssql_server": "mssql",
    "azurerm_cosmosdb_account": "cosmosdb",
    "google_alloydb_cluster": "postgres",
    "google_spanner_instance": "spanner",
    "google_bigtable_instance": "bigtable",
    "google_firestore_database": "firestore",
    "aws_docdb_cluster": "mongodb",
    "aws_dynamodb_table": "dynamodb",
    "aws_msk_cluster": "kafka",
    "aws_mq_broker": "rabbitmq",
    "aws_opensearch_domain": "opensearch",
    "aws_elasticsearch_domain": "elasticsearch",
    "mongodbatlas_cluster": "mongodb",
    "mongodbatlas_advanced_cluster": "mongodb",
    "digitalocean_database_cluster": "",
    "aws_db_instance": "",
    "aws_rds_cluster": "",
    "aws_elasticache_cluster": "redis",
    "aws_elasticache_replication_group": "redis",
    "google_sql_database_instance": "",
}
_ENGINES: tuple[tuple[str, str], ...] = (
    ("postgres", "postgres"),
    ("pg", "postgres"),
    ("mysql", "mysql"),
    ("mariadb", "mariadb"),
    ("sqlserver", "mssql"),
    ("oracle", "oracle"),
    ("valkey", "valkey"),
    ("redis", "redis"),
    ("memcached", "memcached"),
    ("mongodb", "mongodb"),
    ("kafka", "kafka"),
)
# resource type -> attribute that names the alert
_ALERTS = {"aws_cloudwatch_metric_alarm": "alarm_name", "google_monitoring_alert_policy": "display_name"}
_ALERTS |= {"azurerm_monitor_metric_alert": "name", "datadog_monitor": "name", "newrelic_nrql_alert_condition": "name"}
_SCHEDULES = {"google_cloud_scheduler_job": "schedule", "aws_cloudwatch_event_rule": "schedule_expression"}
_SCHEDULES |= {"aws_scheduler_schedule": "schedule_expression"}
_CERTIFICATES = {
    "google_compute_managed_ssl_certificate": "managed-cert",
    "google_certificate_manager_certificate": "managed-cert",
    "aws_acm_certificate": "acm",
    "acme_certificate": "letsencrypt",
}


def detect(files: Files) -> Iterator[Fact | Finding]:
    """Facts of all modules; variables only of those that no other module calls."""
    bodies: dict[str, Block] = {}
    for path in files.tree.ending(".tf"):
        if left_out(files, path) or not files.text(path).strip():
            continue
        try:
            bodies[path] = parse(files.text(path), path)
        except ParseError as error:
            files.note(path, error)
    called = {
        join(folder(path), str(call.attributes["source"].value))
        for path, body in bodies.items()
        for call in body.inner("module")
        if "source" in call.attributes and str(call.attributes["source"].value).startswith(".")
    }
    for path, body in bodies.items():
        for block in body.blocks:
            if block.kind == "resource" and len(block.labels) == 2:
                yield from _resource(path, block)
            elif block.kind == "variable" and len(block.labels) == 1 and folder(path) not in called:
                yield from _variable(files, path, block)


def _resource(path: str, block: Block) -> Iterator[Fact]:
    kind, label = block.labels
    source = f"{path}:{block.line}"
    yield Fact("terraform_resource", f"{kind}.{label}", kind, source)
    if kind in _STORES and not _conditional(block):
        store, line = _engine(block)
        if store:
            yield Fact("datastore", label, store, f"{path}:{line}", how=f"the resource {kind}.{label}")
    for table, made in ((_ALERTS, "alert_rule"), (_SCHEDULES, "cronjob")):
        chosen = block.attributes.get(table.get(kind, ""))
        if chosen is not None and isinstance(chosen.value, str):
            name, value = (chosen.value, None) if made == "alert_rule" else (label, chosen.value)
            yield Fact(made, name, value, f"{path}:{chosen.line}", how=f"the resource {kind}.{label}")
    if kind in _CERTIFICATES:
        yield Fact("tls", label, _CERTIFICATES[kind], source, how=f"the resource {kind}")
        domain = block.attributes.get("domain_name")
        if domain is not None and isinstance(domain.value, str):
            yield Fact("host", kind, domain.value, f"{path}:{domain.line}")


def _conditional(block: Block) -> bool:
    """Whether the resource may not be there: a count or a loop that values decide."""
    return "count" in block.attributes or "for_each" in block.attributes


def _engine(block: Block) -> tuple[str, int]:
    for name in ("engine", "database_version", "engine_type"):
        written = block.attributes.get(name)
        if written is not None and isinstance(written.value, str):
            for word, store in _ENGINES:
                if word in written.value.lower():
                    return store, written.line
    return _STORES[block.labels[0]], block.line


def _variable(files: Files, path: str, block: Block) -> Iterator[Fact]:
    """Variables without a default that no values file in the same folder gives."""
    name, source = block.labels[0], f"{path}:{block.line}"
    sensitive = block.attributes.get("sensitive")
    if is_confidential(name) or (sensitive is not None and sensitive.value is True):
        yield Fact("secret", name, "terraform variable", source)
    if "default" in block.attributes:
        return
    beside = [p for p in files.tree.within(folder(path)) if p.endswith(".tfvars") and not aside(p)]
    given = re.compile(rf"^\s*{re.escape(name)}\s*=\s*(?!\"\"|\"<)\S", re.MULTILINE)
    if not any(given.search(files.text(p)) for p in beside):
        yield Fact("terraform_variable", name, "required", source)
