"""The matrix's cells for registries, names, silences, the run's own log, and what is for people alone."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from releasekit.facts.change import Change, Commit, KeyChange, Touched
from releasekit.facts.model import Analysis, Fact
from releasekit.probes.evidence import Verdict
from releasekit.probes.request import Happened, Request
from tests.probes.asking import NOW, OTHER, happened, leave, request
from tests.probes.cases_repository import OLD, asked, left
from tests.probes.matrix import Case, World

P, W, F, U = Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN
Arrange = Callable[[Path, World], Request]
NEWS, BEFORE = (f"sha256:{sign * 64}" for sign in "ab")
NOBODY = "http://127.0.0.1:9"


def registered(running: str, candidate: str = NEWS, status: int = 200) -> Arrange:
    """A registry with these digests; "" for a tag that it does not have."""

    def arrange(folder: Path, world: World) -> Request:
        for tag, digest in (("v2.3.1", running), ("2.4.0", candidate)):
            if digest:
                headers = {"Docker-Content-Digest": digest}
                world.site.answers(f"/v2/shop/web/manifests/{tag}", b"", status, **headers)
        return request(folder, {"registry": {"url": world.site.address, "image": "shop/web"}})

    return arrange


def silenced(service: str = "shop", day: int = 24, state: str = "pending", content: object = None) -> Arrange:
    def arrange(folder: Path, world: World) -> Request:
        silence = {
            "id": "7d8f",
            "matchers": [{"name": "job", "value": service, "isRegex": False, "isEqual": True}],
            "startsAt": f"2026-11-{day}T20:00:00.000Z",
            "endsAt": f"2026-11-{day}T22:00:00.000Z",
            "createdBy": "grace",
            "comment": "release",
            "status": {"state": state},
        }
        world.site.answers("/api/v2/silences", [silence] if content is None else content)
        window = {"start": "2026-11-24T20:00:00Z", "end": "2026-11-24T22:00:00Z"}
        return request(folder, {"alertmanager": {"url": world.site.address}, "window": window})

    return arrange


def deployed(*updates: str, until: str = "11:40") -> tuple[Happened, ...]:
    """A deployment from 11:00 on, with updates at these times."""
    notes = (happened("item.noted", at, text="going well") for at in updates)
    return (
        happened("run.opened", "10:00"),
        happened("phase.entered", "11:00", phase="deploy"),
        *notes,
        happened("phase.entered", until, phase="verify"),
    )


def registry_and_names() -> Iterator[Case]:
    for state, verdict, arrange in (
        ("good", P, registered(BEFORE)),
        ("bad", F, registered("")),
        ("missing", U, asked({"registry": {"url": NOBODY, "image": "shop/web"}})),
        ("foreign", F, registered(NEWS)),
        ("broken", U, registered("no digest")),
    ):
        yield Case("rollback.possible", "registry", state, verdict, arrange)
    for state, verdict, names in (
        ("good", P, {"localhost": ["127.0.0.1", "::1"]}),
        ("bad", F, {"localhost": "203.0.113.10"}),
        ("missing", U, {}),
        ("broken", U, {f"{'a' * 64}.example": "203.0.113.10"}),
    ):
        yield Case("dns.answers", "resolver", state, verdict, asked({"dns": names}))


def fragments() -> Iterator[Case]:
    log = Analysis((Fact("changelog", "CHANGELOG.md", "CHANGELOG.md", "CHANGELOG.md:1"),))
    old, new = "## 2.3.1 - 2026-10-01\n- older\n", "## 2.4.0 - 2026-11-20\n- coupons\n"

    def beside(name: str, text: str, analysis: Analysis = log) -> Arrange:
        def arrange(folder: Path, world: World) -> Request:
            leave(folder, f"newsfragments/{name}", "coupons")
            return left("CHANGELOG.md", text, {}, analysis=analysis)(folder, world)

        return arrange

    yield Case("changelog.section", "towncrier", "good", P, beside("README.md", new))
    yield Case("changelog.section", "towncrier", "bad", F, beside("12.feature.md", old))
    yield Case("changelog.section", "towncrier", "missing", U, beside("12.feature.md", "", Analysis()))


def own_log() -> Iterator[Case]:
    yield Case("updates.regular", "run's log", "good", P, asked(log=deployed("11:10", "11:25")))
    yield Case("updates.regular", "run's log", "bad", F, asked(log=deployed("11:05")))
    yield Case("updates.regular", "run's log", "missing", U, asked())
    yield Case("updates.regular", "run's log", "stale", F, asked(log=deployed("10:30", "10:45")))
    told = (*deployed("11:10"), happened("evidence.added", "11:50", probe="metrics.objectives", verdict="pass"))
    team = {"team": {"technical_lead": "Ada"}}
    for probe, configuration in (
        ("facts.messages", {"channels": {"announcement": "#releases"}}),
        ("facts.durations", {"minutes": {"deploy": 30}}),
        ("facts.lessons", {}),
        ("facts.metrics", {}),
        ("facts.kept", {}),
        ("facts.team", team),
    ):
        yield Case(probe, "run's log", "good", U, asked(configuration, log=told))
        yield Case(probe, "run's log", "missing", U, asked())
    contact = {"escalation": [{"name": "On call", "channel": "#oncall"}]}
    yield Case("facts.contacts", "parameters", "good", U, asked(contact))
    yield Case("facts.contacts", "parameters", "missing", U, asked())
    yield Case("facts.signature", "run's log", "good", U, asked(team, log=told))
    yield Case("facts.signature", "run's log", "missing", U, asked())


def for_people() -> Iterator[Case]:
    reports: dict[str, Any] = {"reports": {"acceptance": "accepted.pdf"}}
    foreign = {"reports": {"acceptance": {"files": "accepted.pdf", "commit": OTHER}}}
    yield Case("facts.acceptance", "files", "good", U, left("accepted.pdf", b"%PDF-", reports))
    yield Case("facts.acceptance", "files", "missing", U, asked(reports))
    yield Case("facts.acceptance", "files", "stale", U, left("accepted.pdf", b"%PDF-", reports, OLD))
    yield Case("facts.acceptance", "files", "foreign", U, left("accepted.pdf", b"%PDF-", foreign))
    for state, arrange in (
        ("good", silenced()),
        ("bad", silenced(day=25)),
        ("missing", asked({"alertmanager": {"url": NOBODY}})),
        ("stale", silenced(state="expired")),
        ("foreign", silenced("other")),
        ("broken", silenced(content={"silences": 3})),
    ):
        yield Case("facts.silences", "Alertmanager", state, U, arrange)
    changed = Change(
        commits=(Commit("a" * 40, "Ada", "ada@example.org", "", "one"),),
        files=(Touched("docs/setup.md", "M"), Touched("app.py", "M")),
        keys=(KeyChange("env_required", "COUPONS", None, "", "app.py:3"),),
    )
    yield Case("facts.documents", "git", "good", U, asked(change=changed))
    yield Case("facts.documents", "git", "bad", U, asked(change=Change(keys=changed.keys)))
    yield Case("facts.documents", "git", "missing", U, asked(change=Change(unknown="shallow clone")))
    settings, dump = {"reports": {"settings": "list"}}, {"reports": {"backup": "shop.dump"}}
    yield Case("facts.settings", "names of settings", "good", U, left("list", "KEY\n", settings, NOW, log=deployed()))
    yield Case("facts.settings", "names of settings", "missing", U, asked(settings))
    yield Case("facts.settings", "names of settings", "stale", U, left("list", "KEY\n", settings, OLD))
    whole = "-- PostgreSQL database dump\nx\n-- PostgreSQL database dump complete\n"
    yield Case("facts.backup", "dump", "good", U, left("shop.dump", whole, dump))
    yield Case("facts.backup", "dump", "missing", U, asked(dump))


def cases() -> Iterator[Case]:
    yield from registry_and_names()
    yield from fragments()
    yield from own_log()
    yield from for_people()
