"""A small plan with one item of each sort, and what a test needs to walk through it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from releasekit.checklist.model import Applies, Checklist, Item, Kind, Phase, Section
from releasekit.facts.change import Change
from releasekit.facts.model import Analysis
from releasekit.plan.model import Plan, Revision, seal
from releasekit.probes.evidence import Evidence, Verdict
from releasekit.run.events import Actor
from releasekit.run.opening import Identity, Opened, open_run
from releasekit.run.run import Run
from releasekit.run.store import Store, open_store

START = datetime(2026, 11, 23, 5, 0, 17, 123000, tzinfo=UTC)
ALICE, BOB = Actor("alice"), Actor("bob")
PARAMETERS = {
    "application": {"name": "shop", "version": "2.4.0"},
    "configuration": {"environment": "production", "level": "B", "team": {"technical_lead": "alice"}},
}

UNIT, UAT, BACKUP = "testing.unit-tests", "testing.user-acceptance", "pre-deployment.database-backup"
DEPLOYED, HEALTH = "execution.new-version-deployed", "verification.application-startup"
BROKEN, SLOW = "rollback-triggers.functionality-broken", "rollback-triggers.performance-degradation"
RESTORE, LEAD, MANAGER = "rollback-steps.restore-database", "sign-off.technical-lead", "sign-off.release-manager"
CERTIFICATES, LOAD, REVIEW = "infrastructure.certificates-valid", "testing.performance", "post-deployment.review"

ITEMS = (
    Item(UNIT, "All unit tests passing", Kind.CHECK, Phase.PREPARE, "technical_lead", probe="junit.unit"),
    Item(UAT, "User acceptance testing approved", Kind.CHECK, Phase.PREPARE, "product_owner"),
    Item(LOAD, "Performance tests executed", Kind.CHECK, Phase.PREPARE, "technical_lead", levels=("A",)),
    Item(
        CERTIFICATES,
        "SSL certificates valid",
        Kind.CHECK,
        Phase.PREPARE,
        "devops_engineer",
        applies=Applies.PROPOSED,
        reason="no certificate was found in 12 files",
    ),
    Item(
        BACKUP,
        "Database backup completed",
        Kind.STEP,
        Phase.PREPARE,
        "devops_engineer",
        applies=Applies.NO,
        reason="there is no database",
    ),
    Item(DEPLOYED, "New application version deployed", Kind.STEP, Phase.DEPLOY, "devops_engineer"),
    Item(HEALTH, "Application startup successful", Kind.CHECK, Phase.VERIFY, "devops_engineer"),
    Item(BROKEN, "Critical functionality broken", Kind.TRIGGER, Phase.VERIFY, "technical_lead"),
    Item(SLOW, "Performance degradation > 50%", Kind.TRIGGER, Phase.VERIFY, "devops_engineer", probe="metrics"),
    Item(RESTORE, "Restore database from backup (if needed)", Kind.STEP, Phase.ROLLBACK, "devops_engineer"),
    Item(
        LEAD,
        "Technical Lead: [NAME] - [DATE]",
        Kind.SIGN_OFF,
        Phase.PREPARE,
        "technical_lead",
        label="Technical Lead",
    ),
    Item(
        MANAGER,
        "Release Manager: [NAME] - [DATE]",
        Kind.SIGN_OFF,
        Phase.PREPARE,
        "release_manager",
        label="Release Manager",
    ),
    Item(REVIEW, "Conduct retrospective meeting", Kind.STEP, Phase.CLOSE, "release_manager", levels=("A",)),
)


class Clock:
    """A clock that a test sets: it stands still unless it is told to move."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        """Forward, or back."""
        self.now += timedelta(**by)


def plan(
    items: tuple[Item, ...] = ITEMS, level: str = "B", sha: str = "a" * 40, parameters: dict[str, object] | None = None
) -> Plan:
    return seal(
        Plan(
            service="shop",
            version="2.4.0",
            environment="production",
            level=level,
            candidate=Revision("HEAD", sha),
            running=Revision("v2.3.1", "b" * 40, "v2.3.1", assumed=True),
            parameters=parameters or PARAMETERS,
            read=("12 files",),
            analysis=Analysis(),
            change=Change(),
            checklist=Checklist("Production Deployment Checklist", (Section("All", 1, items),)),
            tool="releasekit 0",
        )
    )


def identity(parameters_hash: str = "p1", commit: str = "a" * 40, service: str = "shop") -> Identity:
    return Identity(service, "2.4.0", "production", parameters_hash, commit)


def begin(
    store: Store, actor: Actor = ALICE, clock: Callable[[], datetime] | None = None, bound: Plan | None = None
) -> Run:
    clock = clock or Clock()
    opened = open_run(store, identity(), PARAMETERS, actor, clock())
    run = Run(store, opened.run.run_id, actor, clock)
    run.bind(bound or plan())
    return run


def begin_in(folder: Path, clock: Callable[[], datetime] | None = None, bound: Plan | None = None) -> Run:
    """A run in a new SQLite file, with the sample plan bound."""
    clock = clock or Clock()
    return begin(open_store(None, folder, clock=clock), clock=clock, bound=bound)


def reopen(store: Store, parameters: dict[str, object] = PARAMETERS, **changed: str) -> Opened:
    return open_run(store, identity(**changed), parameters, BOB, START)


def found(item: str = UNIT, verdict: Verdict = Verdict.PASS, sentence: str = "14 tests passed") -> Evidence:
    return Evidence(item, "junit.unit", verdict, sentence, source="reports/junit.xml:1", seconds=0.5)
