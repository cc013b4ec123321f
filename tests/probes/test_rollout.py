"""The cluster is what `kubectl get ... -o json` answers, in the fields of the Kubernetes API (apps/v1, v1)."""

from pathlib import Path
from typing import Any

import pytest

from releasekit.probes.evidence import Verdict
from tests.probes.asking import CANDIDATE, STALE, ask, leave, request

COUNTS = {"observedGeneration": 4, "replicas": 3, "updatedReplicas": 3, "availableReplicas": 3}


def deployment(image: str = "registry.example:5000/shop:2.4.0", replicas: int = 3, **status: Any) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "generation": 4},
        "spec": {"replicas": replicas, "template": {"spec": {"containers": [{"name": "web", "image": image}]}}},
        "status": COUNTS | status,
    }


def pod(image: str = "shop:2.4.0", ready: bool = True, restarts: int = 0, **state: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web-1"},
        "spec": {"containers": [{"name": "web", "image": image}]},
        "status": {
            "phase": "Running",
            "containerStatuses": [{"ready": ready, "restartCount": restarts, "state": state or {"running": {}}}],
        },
    }


def verdict(probe: str, folder: Path, *items: object, **about: str) -> Verdict:
    leave(folder, "cluster.json", {"apiVersion": "v1", "kind": "List", "items": list(items)})
    return ask(probe, request(folder, {"reports": {"cluster": {"files": "cluster.json", **about}}})).verdict


STUCK = [{"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}]
THROUGH = [{"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"}]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (deployment(), Verdict.PASS),
        (deployment("shop:v2.4.0@sha256:" + "1" * 64), Verdict.PASS),
        (deployment(f"shop:{CANDIDATE[:12]}"), Verdict.PASS),
        (deployment(observedGeneration=3, conditions=THROUGH), Verdict.FAIL),
        (deployment(updatedReplicas=1, conditions=THROUGH), Verdict.FAIL),
        (deployment(availableReplicas=2), Verdict.FAIL),
        (deployment(replicas=3, updatedReplicas=3) | {"status": COUNTS | {"replicas": 4}}, Verdict.FAIL),
        (deployment(conditions=STUCK), Verdict.FAIL),
        (deployment(replicas=0) | {"status": {"observedGeneration": 4}}, Verdict.FAIL),
        (deployment("shop:2.3.1"), Verdict.FAIL),
        (deployment("shop:latest"), Verdict.FAIL),
        (deployment("registry.example:5000/shop"), Verdict.FAIL),
        ({"kind": "Deployment"}, Verdict.UNKNOWN),
    ],
)
def test_a_rollout_is_through_when_counts_and_generation_say_so(
    item: dict[str, Any], expected: Verdict, tmp_path: Path
) -> None:
    assert verdict("rollout.deployed", tmp_path, item) is expected


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (pod(), Verdict.PASS),
        (pod(restarts=2), Verdict.WARN),
        (pod(ready=False), Verdict.FAIL),
        (pod(ready=False, restarts=9, waiting={"reason": "CrashLoopBackOff"}), Verdict.FAIL),
        (pod("shop:2.3.1"), Verdict.UNKNOWN),
        (pod() | {"status": {"phase": "Pending"}}, Verdict.FAIL),
        (deployment(), Verdict.UNKNOWN),
    ],
)
def test_pods_of_the_version_are_ready_and_were_not_restarted(
    item: dict[str, Any], expected: Verdict, tmp_path: Path
) -> None:
    assert verdict("rollout.started", tmp_path, item) is expected


def test_an_old_answer_and_one_of_something_else_are_unknown(tmp_path: Path) -> None:
    from datetime import datetime

    settings = {"reports": {"cluster": "cluster.json"}}
    leave(tmp_path, "cluster.json", deployment(), modified=datetime.fromisoformat(STALE))
    assert ask("rollout.deployed", request(tmp_path, settings)).verdict is Verdict.UNKNOWN
    for content in ("error: connection refused", {}, {"kind": "List", "apiVersion": "v1", "items": 3}, "[]"):
        leave(tmp_path, "cluster.json", content)
        for probe in ("rollout.deployed", "rollout.started"):
            assert ask(probe, request(tmp_path, settings)).verdict is Verdict.UNKNOWN
