"""The probes by name, ours and those of installed packages. Knows which question each asks; judges nothing."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType

from releasekit.probes.judges import (
    backup,
    certificates,
    database,
    endpoints,
    flags,
    hints,
    infrastructure,
    journeys,
    junit,
    logs,
    metrics,
    monitoring,
    names,
    performance,
    repository,
    reviews,
    rollout,
    security,
    settings,
    told,
    versions,
    wayback,
    window,
)
from releasekit.probes.request import Judgement, Request, unknown

Probe = Callable[[Request], Judgement]
GROUP = "releasekit.probes"

PROBES: Mapping[str, Probe] = MappingProxyType(
    {
        "git.reviewed": repository.reviewed,
        "git.tagged": repository.tagged,
        "reviews.approved": reviews.approved,
        "flags.configured": flags.configured,
        "settings.complete": settings.complete,
        "rollback.possible": wayback.possible,
        "versions.agree": versions.agree,
        "changelog.section": versions.changelog,
        "junit.unit": junit.unit_tests,
        "junit.integration": junit.integration_tests,
        "junit.migrations": junit.migration_tests,
        "performance.tested": performance.tested,
        "security.scanned": security.scanned,
        "infrastructure.provisioned": infrastructure.provisioned,
        "backup.made": backup.made,
        "window.scheduled": window.scheduled,
        "monitoring.configured": monitoring.configured,
        "alerts.quiet": monitoring.quiet,
        "certificates.valid": certificates.valid,
        "endpoints.healthy": endpoints.healthy,
        "rollout.deployed": rollout.deployed,
        "rollout.returned": rollout.returned,
        "rollout.well-again": rollout.well_again,
        "rollout.started": rollout.started,
        "logs.errors": logs.errors,
        "journeys.walked": journeys.walked,
        "journeys.broken": journeys.broken,
        "database.connects": database.connects,
        "database.migrated": database.migrated,
        "database.invariants": database.invariants,
        "metrics.objectives": metrics.within_range,
        "metrics.degraded": metrics.degraded,
        "dns.answers": names.lead_where_they_must,
        "updates.regular": told.regular,
        "facts.acceptance": hints.acceptance,
        "facts.silences": hints.silences,
        "facts.documents": hints.documents,
        "facts.settings": hints.settings_there,
        "facts.backup": hints.backup_there,
        "facts.messages": told.messages,
        "facts.contacts": told.contacts,
        "facts.team": told.team,
        "facts.signature": told.signature,
        "facts.durations": told.durations,
        "facts.lessons": told.lessons,
        "facts.metrics": told.figures,
        "facts.kept": told.kept,
    }
)


@lru_cache(maxsize=1)
def known() -> Mapping[str, Probe]:
    """Our probes and those that installed packages name in the entry point group ``releasekit.probes``.

    A package cannot take one of our names. One that cannot be loaded is a probe that says so.
    """
    found = {point.name: _loaded(point) for point in sorted(entry_points(group=GROUP), key=lambda point: point.name)}
    return MappingProxyType({**found, **PROBES})


def _loaded(point: EntryPoint) -> Probe:
    try:
        probe = point.load()
    except Exception as error:  # noqa: BLE001 - another package's code; its failure must not take ours along
        return _broken(f"{point.value} cannot be loaded: {type(error).__name__}: {error}")
    return probe if callable(probe) else _broken(f"{point.value} is no function")


def _broken(why: str) -> Probe:
    def probe(request: Request) -> Judgement:
        return unknown(f"{why} (asked about {request.item})", "see that its package is installed whole")

    probe.__doc__ = f"Of another package; {why}."
    return probe
