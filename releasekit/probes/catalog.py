"""The probes by name. Knows which question each asks; the judgement is the judge's own."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from releasekit.probes.judges import junit, metrics, repository, versions
from releasekit.probes.request import Judgement, Request

Probe = Callable[[Request], Judgement]

PROBES: Mapping[str, Probe] = MappingProxyType(
    {
        "git.reviewed": repository.reviewed,
        "git.tagged": repository.tagged,
        "versions.agree": versions.agree,
        "changelog.section": versions.changelog,
        "junit.unit": junit.unit_tests,
        "junit.integration": junit.integration_tests,
        "metrics.objectives": metrics.within_range,
        "metrics.degraded": metrics.degraded,
    }
)
