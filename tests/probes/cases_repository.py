"""The matrix's cells for what the repository, the parameter file, exports and small servers say."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from releasekit.facts.change import Change, Commit, KeyChange, Migration
from releasekit.facts.model import Analysis, Fact
from releasekit.probes.evidence import Verdict
from releasekit.probes.request import Request
from tests.probes.asking import CANDIDATE, FRESH, NOW, OTHER, STALE, leave, request
from tests.probes.matrix import Case, World

P, W, F, U = Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN
Arrange = Callable[[Path, World], Request]
OLD = datetime.fromisoformat(STALE)


def asked(configuration: Mapping[str, Any] | None = None, **given: Any) -> Arrange:
    return lambda folder, world: request(folder, configuration, **given)


def left(
    name: str, content: object, configuration: Mapping[str, Any], modified: datetime = NOW, **given: Any
) -> Arrange:
    def arrange(folder: Path, world: World) -> Request:
        leave(folder, name, content, modified=modified)
        return request(folder, configuration, **given)

    return arrange


def commit(*reviewers: str) -> Change:
    return Change(commits=(Commit("a" * 40, "Ada", "ada@example.org", "", "one", reviewers),))


def facts(*found: Fact) -> Analysis:
    return Analysis(found)


def git_cases() -> Iterator[Case]:
    lost = Change(unknown="shallow clone", mend="git fetch --unshallow")
    for probe in ("git.reviewed", "reviews.approved"):
        yield Case(probe, "trailers", "good", P, asked(change=commit("Bob <bob@example.org>")))
        yield Case(probe, "trailers", "bad", F, asked(change=commit("Ada <ada@example.org>")))
        yield Case(probe, "trailers", "missing", U, asked(change=commit()))
        yield Case(probe, "trailers", "broken", U, asked(change=lost))
    yield Case("git.tagged", "git", "missing", U, asked(candidate=""))
    yield Case("git.tagged", "git", "broken", U, asked(running=""))
    version = Fact("version", "pyproject.toml", "2.4.0", "pyproject.toml:3")
    other = Fact("version", "pyproject.toml", "2.3.1", "pyproject.toml:3")
    yield Case("versions.agree", "version files", "good", P, asked(analysis=facts(version)))
    yield Case("versions.agree", "version files", "bad", F, asked(analysis=facts(other)))
    yield Case("versions.agree", "version files", "missing", U, asked())
    log = facts(Fact("changelog", "CHANGELOG.md", "CHANGELOG.md", "CHANGELOG.md:1"))
    for state, verdict, text in (
        ("good", P, "## 2.4.0 - 2026-11-20\n- coupons\n"),
        ("bad", F, "## 2.4.0 - 2026-11-20\n"),
        ("stale", F, "## 2.3.1 - 2026-10-01\n- older\n"),
        ("broken", U, b"\xff\xfe\xfa"),
    ):
        yield Case("changelog.section", "changelog", state, verdict, left("CHANGELOG.md", text, {}, analysis=log))
    yield Case("changelog.section", "changelog", "missing", U, asked(analysis=log))


def change_cases() -> Iterator[Case]:
    flag = facts(Fact("feature_flag", "coupons", False, "flags.json:3"))
    on, off = (Change(keys=(KeyChange("flag", "coupons", None, value, "flags.json:3"),)) for value in ("True", "False"))
    lost = Change(unknown="shallow clone", mend="git fetch --unshallow")
    yield Case("flags.configured", "flag files", "good", P, asked(analysis=flag, change=off))
    yield Case("flags.configured", "flag files", "bad", F, asked(analysis=flag, change=on))
    yield Case("flags.configured", "flag files", "missing", U, asked())
    yield Case("flags.configured", "flag files", "broken", U, asked(analysis=flag, change=lost))
    good, bad, dim = (Migration("2", "m/2.py", effect) for effect in ("additive", "irreversible", "unknown"))
    yield Case("rollback.possible", "migrations", "good", P, asked(change=Change(migrations=(good,))))
    yield Case("rollback.possible", "migrations", "bad", F, asked(change=Change(migrations=(bad,))))
    yield Case("rollback.possible", "migrations", "missing", U, asked(change=lost))
    yield Case("rollback.possible", "migrations", "broken", U, asked(change=Change(migrations=(dim,))))
    window = {"start": "2026-11-24T20:00:00Z", "end": "2026-11-24T22:00:00Z"}
    past = {"start": "2026-11-20T20:00:00Z", "end": "2026-11-20T22:00:00Z"}
    plan = {"minutes": {"deploy": 30, "verify": 30}}
    frozen = {"freezes": [{"start": "2026-11-24T00:00:00Z", "end": "2026-11-25T00:00:00Z"}]}
    half = {"window": window, "calendar": "x.ics"}
    yield Case("window.scheduled", "window, calendar", "good", P, asked({"window": window, **plan}))
    yield Case("window.scheduled", "window, calendar", "bad", F, asked({"window": window, **plan, **frozen}))
    yield Case("window.scheduled", "window, calendar", "missing", U, asked())
    yield Case("window.scheduled", "window, calendar", "stale", F, asked({"window": past, **plan}))
    yield Case("window.scheduled", "window, calendar", "broken", U, left("x.ics", "BEGIN:VCALENDAR", half))


def export_cases() -> Iterator[Case]:
    needs = facts(Fact("env_required", "KEY", "required", "compose.yaml:3"))
    settings = {"reports": {"settings": "list"}}
    names = "names of settings"
    yield Case("settings.complete", names, "good", P, left("list", "KEY\n", settings, analysis=needs))
    yield Case("settings.complete", names, "bad", F, left("list", "OTHER\n", settings, analysis=needs))
    yield Case("settings.complete", names, "missing", U, asked(settings, analysis=needs))
    yield Case("settings.complete", names, "stale", U, left("list", "KEY\n", settings, OLD, analysis=needs))
    yield Case("settings.complete", names, "broken", U, left("list", "{", settings, analysis=needs))
    dump = "-- PostgreSQL database dump\nx\n-- PostgreSQL database dump complete\n"
    backup = {"reports": {"backup": "shop.dump"}}
    yield Case("backup.made", "dump", "good", P, left("shop.dump", dump, backup))
    yield Case("backup.made", "dump", "bad", F, left("shop.dump", "", backup))
    yield Case("backup.made", "dump", "missing", U, asked(backup))
    yield Case("backup.made", "dump", "stale", F, left("shop.dump", dump, backup, NOW - timedelta(hours=25)))
    yield Case("backup.made", "dump", "broken", F, left("shop.dump", dump[:30], backup))
    said = {"reports": {"backup": "info.json"}}
    for state, verdict, code, at in (("good", P, 0, NOW), ("bad", F, 1, NOW), ("stale", F, 0, OLD)):
        times = {"start": 0, "stop": int(at.timestamp())}
        one = {"label": "1F", "error": False, "timestamp": times, "info": {"size": 9}}
        report = [{"name": "shop", "status": {"code": code, "message": "ok"}, "backup": [one]}]
        yield Case("backup.made", "pgBackRest", state, verdict, left("info.json", report, said))
    yield Case("backup.made", "pgBackRest", "missing", U, asked(said))
    yield Case("backup.made", "pgBackRest", "broken", U, left("info.json", "[{", said))
    yield from _cluster()
    yield from _metrics()


def _cluster() -> Iterator[Case]:
    configuration = {"reports": {"cluster": "cluster.json"}}

    def cluster(version: str = "2.4.0", *, good: bool = True) -> dict[str, Any]:
        spec = {"containers": [{"name": "web", "image": f"shop:{version}"}]}
        counts = {"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "availableReplicas": int(good)}
        state = {"ready": good, "restartCount": 0, "state": {}}
        pod = {"kind": "Pod", "metadata": {"name": "web-1"}, "spec": spec, "status": {"containerStatuses": [state]}}
        web = {"kind": "Deployment", "metadata": {"name": "web", "generation": 1}, "status": counts}
        return {"kind": "List", "apiVersion": "v1", "items": [web | {"spec": {"template": {"spec": spec}}}, pod]}

    for probe, foreign in (("rollout.deployed", F), ("rollout.started", U)):
        yield Case(probe, "kubectl JSON", "good", P, left("cluster.json", cluster(), configuration))
        yield Case(probe, "kubectl JSON", "bad", F, left("cluster.json", cluster(good=False), configuration))
        yield Case(probe, "kubectl JSON", "missing", U, asked(configuration))
        yield Case(probe, "kubectl JSON", "stale", U, left("cluster.json", cluster(), configuration, OLD))
        yield Case(probe, "kubectl JSON", "foreign", foreign, left("cluster.json", cluster("2.3.1"), configuration))
        yield Case(probe, "kubectl JSON", "broken", U, left("cluster.json", "error: refused", configuration))


def _metrics() -> Iterator[Case]:
    objective = {"name": "latency", "metric": "p95", "pass": "<1", "fail": ">2"}
    configuration = {"metrics": {"csv": "m.csv", "objectives": [objective]}}

    def rows(value: str, at: str = FRESH, metric: str = "p95") -> str:
        return f"time,metric,value\n{at},{metric},{value}\n"

    for probe in ("metrics.objectives", "metrics.degraded"):
        for state, verdict, text in (
            ("good", P, rows("0.2")),
            ("bad", F, rows("3")),
            ("stale", U, rows("0.2", STALE)),
            ("foreign", U, rows("0.2", metric="p99")),
            ("broken", U, rows("fast")),
        ):
            yield Case(probe, "CSV", state, verdict, left("m.csv", text, configuration))
        yield Case(probe, "CSV", "missing", U, asked(configuration))


def server_cases() -> Iterator[Case]:
    for probe in ("monitoring.configured", "alerts.quiet"):
        yield Case(probe, "Prometheus", "good", P, prometheus("shop", "up", "ok"))
        firing = prometheus("shop", "up", "err", [{"labels": {"job": "shop", "alertname": "Down"}, "state": "firing"}])
        yield Case(probe, "Prometheus", "bad", F, firing)
        yield Case(probe, "Prometheus", "missing", U, asked({"metrics": {"prometheus": "http://127.0.0.1:9"}}))
        foreign = F if probe == "monitoring.configured" else U
        yield Case(probe, "Prometheus", "foreign", foreign, prometheus("other", "up", "ok"))
        yield Case(probe, "Prometheus", "broken", U, prometheus("shop", "up", "ok", "no list"))
    for state, verdict, lines, errors in (("good", P, "9", "0"), ("broken", U, "x", "0"), ("foreign", U, "0", "0")):
        yield Case("logs.errors", "Loki", state, verdict, loki(lines, errors))
    yield Case("logs.errors", "Loki", "missing", U, asked({"logs": {"loki": "http://127.0.0.1:9", "query": QUERY}}))


def prometheus(job: str, health: str, rule: str, alerts: object = ()) -> Arrange:
    def arrange(folder: Path, world: World) -> Request:
        rules = [{"name": "Down", "query": "up == 0", "health": rule, "labels": {"job": job}, "type": "alerting"}]
        for path, data in (
            ("rules", {"groups": [{"rules": rules}] if alerts != "no list" else "none"}),
            ("targets", {"activeTargets": [{"labels": {"job": job}, "health": health}]}),
            ("alerts", {"alerts": list(alerts) if isinstance(alerts, list | tuple) else alerts}),
        ):
            world.site.answers(f"/api/v1/{path}", {"status": "success", "data": data})
        return request(folder, {"metrics": {"prometheus": world.site.address, "select": {"job": "shop"}}})

    return arrange


QUERY = 'sum(count_over_time({app="shop"} |= "error" [15m]))'


def loki(lines: str, errors: str) -> Arrange:
    def arrange(folder: Path, world: World) -> Request:
        for query, value in ((QUERY.replace(' |= "error" ', ""), lines), (QUERY, errors)):
            result = [{"metric": {}, "value": [1.0, value]}]
            body = {"status": "success", "data": {"resultType": "vector", "result": result}}
            world.site.answers(f"/loki/api/v1/query?{urlencode({'query': query})}", body)
        return request(folder, {"logs": {"loki": world.site.address, "query": QUERY}})

    return arrange


def forge(
    kind: str, *, approver: str = "bob", head: str = CANDIDATE, status: int = 200, merged: bool = True
) -> Arrange:
    """A forge that answers, in the fields of its documentation, about one commit that ada brought by request 7."""

    def arrange(folder: Path, world: World) -> Request:
        if kind == "github":
            pull = {
                "number": 7,
                "user": {"login": "ada"},
                "head": {"sha": CANDIDATE},
                "merged_at": "x" if merged else None,
            }
            review = {"user": {"login": approver}, "state": "APPROVED", "commit_id": head}
            world.site.answers(f"/repos/a/b/commits/{'a' * 40}/pulls", [pull], status)
            world.site.answers("/repos/a/b/pulls/7/reviews", [review])
        else:
            one = {"iid": 7, "state": "merged" if merged else "opened", "author": {"username": "ada"}}
            root = "/api/v4/projects/a%2Fb"
            world.site.answers(f"{root}/repository/commits/{'a' * 40}/merge_requests", [one], status)
            approvals = {"approved_by": [{"user": {"username": approver}}]}
            world.site.answers(f"{root}/merge_requests/7/approvals", approvals)
        return request(folder, {"forge": {kind: world.site.address, "project": "a/b"}}, change=commit())

    return arrange


def forge_cases() -> Iterator[Case]:
    for kind, name, good in (("github", "GitHub", P), ("gitlab", "GitLab", W)):
        yield Case("reviews.approved", name, "good", good, forge(kind))
        yield Case("reviews.approved", name, "bad", F, forge(kind, approver="ada"))
        yield Case("reviews.approved", name, "missing", F, forge(kind, merged=False))
        yield Case("reviews.approved", name, "broken", U, forge(kind, status=500))
    yield Case("reviews.approved", "GitHub", "stale", F, forge("github", head=OTHER))


def cases() -> Iterator[Case]:
    yield from forge_cases()
    yield from git_cases()
    yield from change_cases()
    yield from export_cases()
    yield from server_cases()
