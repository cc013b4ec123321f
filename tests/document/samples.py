"""Runs to draw: a plan of the checklist's sample, opened, answered and closed. No store."""

from dataclasses import replace
from types import MappingProxyType

from releasekit.checklist.model import Checklist
from releasekit.checklist.release import Release
from releasekit.document.items import standing
from releasekit.document.release import unopened
from releasekit.facts.change import Change
from releasekit.facts.model import Analysis
from releasekit.plan.model import Plan, Revision, seal
from releasekit.probes.evidence import Evidence, Verdict
from releasekit.run.state import ItemState, Readiness, RunState, Status
from tests.checklist import samples

READINESS = Readiness(
    "no-go",
    "no-go",
    ("“All unit tests passing” failed: 1 of 12 tests failed",),
    ("Technical Lead has not signed (go)",),
    ("“Release notes prepared” passed with a warning",),
)


def plan(
    analysis: Analysis = samples.ANALYSIS,
    change: Change | None = None,
    release: Release = samples.RELEASE,
    built: Checklist | None = None,
) -> Plan:
    """A sealed plan of the sample."""
    what = change or samples.change(samples.ADDITIVE, samples.DESTRUCTIVE)
    return seal(
        Plan(
            service=release.service,
            version=release.version,
            environment=release.environment,
            level="B",
            candidate=Revision("HEAD", samples.NEW),
            running=Revision("v2.3.1", samples.OLD, "v2.3.1", assumed=True, reason="the newest version tag"),
            parameters={"configuration": {"team": {"technical_lead": "Ada"}}},
            read=("58 files of the sample",),
            analysis=analysis,
            change=what,
            checklist=built or samples.checklist(analysis, what, release),
            tool="releasekit 0",
        )
    )


def opened(bound: Plan | None = None, **answers: ItemState) -> RunState:
    """An open run of the plan; ``answers`` are the items' states, a dot in an id written as two underscores."""
    bound = bound or plan()
    blank = unopened(bound)
    items = {item.id: standing(blank, item) for item in bound.checklist.items}
    items |= {state.id: state for state in answers.values()}
    run = replace(blank, run="r-1", opened_at="2026-11-24T20:00:00Z", opened_by="Ada", items=MappingProxyType(items))
    return replace(run, size=3, head="f" * 64)


def answered() -> RunState:
    """A run with one item of each status."""
    failed = Evidence(
        "testing.unit-tests",
        "junit.unit",
        Verdict.FAIL,
        "1 of 12 tests failed",
        "ci/unit.xml",
        samples.NEW,
        next="mend it",
    )
    passed = Evidence("code.changes-reviewed", "git.reviewed", Verdict.PASS, "all reviewed", at="2026-11-24T20:01:00Z")
    return opened(
        None,
        a=ItemState("testing.unit-tests", Status.FAILED, ticked=True, by="Bob", at="t", evidence=(failed,)),
        b=ItemState("code.changes-reviewed", Status.PASSED, evidence=(passed,)),
        c=ItemState("preparation.team-assembled", Status.DONE, ticked=True, by="Bob", at="2026-11-24T20:02:00Z"),
        d=ItemState("rollback-triggers.functionality-broken", Status.FIRED, ticked=True, by="Bob", at="t"),
        e=ItemState("rollback-triggers.data-corruption", Status.CLEAR, cleared_by="Bob", cleared_at="t"),
        f=ItemState("testing.user-acceptance", Status.NOT_APPLICABLE, excluded_by="Eve", excluded_reason="no users"),
    )
