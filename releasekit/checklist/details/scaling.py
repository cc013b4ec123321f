"""What brings workloads back that were scaled to 0 on a cluster. Knows no other way of deploying."""

import re
import shlex
from collections.abc import Iterator

from releasekit.checklist.context import Context, about
from releasekit.checklist.model import Detail
from releasekit.facts.model import Fact

_SCALED = frozenset({"deployment", "statefulset"})


def scaled_up(c: Context, services: list[Fact]) -> Iterator[Detail]:
    """The command for each service whose manifest names no number of replicas: applying it leaves it at 0.

    An autoscaler does not lift what stands at 0 (Kubernetes: ScalingDisabled), and a rollout of none is "successful".
    """
    for fact in services:
        kind = c.workload(fact.name)
        if kind not in _SCALED or c.service("replicas", fact.name):
            continue
        auto = c.service("autoscaling", fact.name)
        least = re.match(r"\d+", str(auto[0].value)) if auto else None
        command = c.deployment.kubectl(
            "scale", f"--replicas={least[0] if least else 1}", f"{kind}/{shlex.quote(fact.name)}", service=fact.name
        )
        resting = ", and its autoscaler rests while it is at 0" if auto else ""
        text = f"Bring {fact.name} back from 0: its manifest names no number of replicas{resting}:"
        yield about(auto[0] if auto else fact, text, command, "scaled", warns=True)
