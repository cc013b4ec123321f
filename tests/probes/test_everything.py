"""The example service with every source configured, and with none: which items machines can tell, and what they say."""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from releasekit.checklist.model import Applies
from releasekit.demo.layout import DAY, lay_out, write_parameters
from releasekit.parameters.model import to_data
from releasekit.parameters.reading import read, validate
from releasekit.plan.compose import compose, locate, request
from releasekit.probes.collect import collect
from releasekit.probes.evidence import Evidence, Verdict
from releasekit.probes.request import Happened
from tests.probes.asking import leave
from tests.probes.cases_told import BEFORE, NEWS
from tests.probes.matrix import World

PARAMETERS = Path(__file__).parents[2] / "parameters"
# The example takes place on its own day, whatever day it is now.
NOW = datetime.combine(DAY, time(16), UTC)
# its metrics end three days before, at 15:44; the deployment began a quarter of an hour earlier
LOG = tuple(
    Happened(kind, item, datetime.combine(DAY - timedelta(days=3), time(15, minute), UTC), "Jonas Weber", data)
    for minute, kind, item, data in (
        (0, "run.opened", "", {}),
        (29, "phase.entered", "", {"phase": "deploy"}),
        (40, "item.noted", "communication-during.status-updates", {"text": "migrated, rolling out"}),
        (50, "phase.entered", "", {"phase": "verify"}),
        (51, "evidence.added", "verification.performance-metrics", {"probe": "metrics.objectives", "verdict": "pass"}),
    )
)
QUERY = 'sum(count_over_time({app="storefront"} |= "error" [15m]))'


def example(
    folder: Path, change: dict[str, Any], environ: dict[str, str], log: tuple[Happened, ...] = ()
) -> dict[str, Evidence]:
    """What all probes say of the example service, its configuration changed: by item."""
    loaded = read(write_parameters(lay_out(folder, DAY), PARAMETERS, DAY))
    data = to_data(loaded.parameters)
    data["configuration"] |= change
    parameters = validate(data, loaded.folder)
    plan = compose(parameters, loaded.folder)
    given = request(plan, locate(parameters, loaded.folder), lambda: NOW, os.environ | environ)
    given = replace(given, log=log)
    pairs = [
        (item.id, name)
        for item in plan.checklist.items
        for name in (item.probe, item.hint)
        if name and item.applies not in (Applies.NO, Applies.REMOVED)
    ]
    return {evidence.item: evidence for evidence in collect(pairs, given)}


def served(world: World, version: str) -> dict[str, Any]:
    """Servers for everything that can be asked; the configuration that names them."""
    site = world.site
    health = site.answers("/health", {"status": "UP", "version": version})
    site.answers("/products", "Add to cart")
    rules = [
        {"name": name, "health": "ok", "type": "alerting"}
        for name in ("StorefrontDown", "StorefrontHighErrorRatio", "StorefrontSlow", "StorefrontWorkerDown")
    ]
    for path, found in (
        ("rules", {"groups": [{"rules": rules}]}),
        ("targets", {"activeTargets": [{"labels": {"job": "storefront"}, "health": "up"}]}),
        ("alerts", {"alerts": []}),
    ):
        site.answers(f"/api/v1/{path}", {"status": "success", "data": found})
    for query, value in ((QUERY, "0"), (QUERY.replace(' |= "error" ', ""), "812")):
        vector = {"resultType": "vector", "result": [{"metric": {}, "value": [1.0, value]}]}
        site.answers(f"/loki/api/v1/query?{urlencode({'query': query})}", {"status": "success", "data": vector})
    for tag, digest in (("v2.3.1", BEFORE), ("2.4.0", NEWS)):
        headers = {"Docker-Content-Digest": digest}
        site.answers(f"/v2/shop/storefront/manifests/{tag}", b"", 200, **headers)
    site.answers("/api/v2/silences", [])
    name = world.postgresql.new_database()
    table = (
        "CREATE TABLE alembic_version (version_num VARCHAR(32)); INSERT INTO alembic_version VALUES ('f4b6d2c09e31')"
    )
    world.postgresql.sql(table, name)
    return {
        "people": [],
        "endpoints": {"health": health, "web": world.secure["good"].address + "/health"},
        "journeys": {"look at a product": [{"url": f"{site.address}/products", "contains": "cart"}]},
        "database": {
            "url": "env:URL",
            "invariants": [{"name": "one head", "sql": "SELECT count(*) FROM alembic_version", "equals": 1}],
        },
        "logs": {"loki": site.address, "query": QUERY},
        "allow": [],
        "registry": {"url": site.address, "image": "shop/storefront"},
        "alertmanager": {"url": site.address},
        "dns": {"localhost": ["127.0.0.1", "::1"]},
    } | {"environ": {"URL": f"postgresql://postgres@127.0.0.1:{world.postgresql.port}/{name}"}}


def cluster(version: str) -> dict[str, Any]:
    spec = {"containers": [{"name": "web", "image": f"registry.example.com/shop/storefront:{version}"}]}
    counts = {"observedGeneration": 1, "replicas": 3, "updatedReplicas": 3, "availableReplicas": 3}
    web = {"kind": "Deployment", "metadata": {"name": "web", "generation": 1}, "status": counts}
    state = {"containerStatuses": [{"ready": True, "restartCount": 0, "state": {}}]}
    pod = {"kind": "Pod", "metadata": {"name": "web-1"}, "spec": spec, "status": state}
    items = [web | {"spec": {"replicas": 3, "template": {"spec": spec}}}, pod]
    return {"apiVersion": "v1", "kind": "List", "items": items}


def test_with_everything_configured_machines_can_tell_of_every_item_that_has_a_probe(
    world: World, tmp_path: Path
) -> None:
    change = served(world, "2.4.0")
    environ = change.pop("environ")
    world.secure["good"].answers("/health", {"version": "2.4.0"})
    leave(tmp_path, "cluster.json", cluster("2.4.0"), modified=NOW)
    dump = "-- PostgreSQL database dump\nx\n-- PostgreSQL database dump complete\n"
    leave(tmp_path, "shop.dump", dump, modified=NOW)
    loaded = to_data(read(PARAMETERS / "storefront.yaml").parameters)["configuration"]
    reports = json.loads(json.dumps(loaded["reports"]).replace("../reports/demo/", ""))
    change["reports"] = reports | {
        "cluster": {"files": ["cluster.json"]},
        "backup": {"files": ["shop.dump"]},
        "acceptance": {"files": ["accepted.pdf"]},
    }
    leave(tmp_path, "accepted.pdf", b"%PDF-", modified=NOW)
    change["metrics"] = loaded["metrics"] | {
        "csv": "ci/metrics.csv",
        "prometheus": world.site.address,
        "select": {"job": "storefront"},
    }
    found = example(tmp_path, change, environ, LOG)
    facts = {item for item, one in found.items() if not one.decides}
    rollback = {"rollback-steps.deploy-previous-version", "rollback-steps.verify-rollback"}
    told = {item: one for item, one in found.items() if item not in rollback | facts}
    dim = {item: one.sentence for item, one in told.items() if one.verdict not in (Verdict.PASS, Verdict.WARN)}
    assert dim == {}
    assert len(told) >= 30
    assert len(found) >= 55
    assert {found[item].verdict for item in facts} == {Verdict.UNKNOWN}
    untold = {item for item in facts if not found[item].source}
    assert untold <= {item for item in facts if found[item].probe == "facts.messages"}  # nobody wrote a message here
    # nobody rolled back: the version before is not what runs
    assert {found[item].verdict for item in rollback} <= {Verdict.FAIL, Verdict.UNKNOWN}


def test_with_nothing_configured_only_the_repository_speaks_and_the_rest_names_its_line(tmp_path: Path) -> None:
    bare: dict[str, Any] = {
        "people": [],
        "reports": {},
        "endpoints": {},
        "metrics": {},
        "window": None,
        "database": None,
    }
    found = example(tmp_path, bare, {})
    green = {item for item, one in found.items() if one.verdict in (Verdict.PASS, Verdict.WARN)}
    assert green == {
        "code.changes-reviewed",
        "code.feature-flags-configured",
        "code.version-numbers-updated",
        "code.release-notes-prepared",
        "code.rollback-plan-documented",
        "preparation.current-version-tagged",
    }
    asked = {item: one.next for item, one in found.items() if item not in green and one.decides}
    assert "phase deploy" in asked.pop("communication-during.status-updates")  # the run's own log needs no line
    assert {item: line for item, line in asked.items() if "configuration." not in line} == {}
