"""The matrix's cells for files that CI leaves."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from releasekit.probes.evidence import Verdict
from releasekit.probes.request import Request
from tests.probes.asking import CANDIDATE, FRESH, NOW, OTHER, STALE, leave, request
from tests.probes.matrix import Case, World

Make = Callable[[str, str, bool], object]
P, W, F, U = Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN


def junit(commit: str, made: str, good: bool) -> str:
    failure = "" if good else "<failure/>"
    return (
        f'<testsuite timestamp="{made}"><properties><property name="commit" value="{commit}"/></properties>'
        f'<testcase name="a">{failure}</testcase><testcase name="b"/></testsuite>'
    )


def sarif(commit: str, made: str, good: bool) -> dict[str, Any]:
    return {
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {"name": "CodeQL", "rules": [{"id": "sql", "properties": {"security-severity": "9.1"}}]}
                },
                "invocations": [{"executionSuccessful": True, "endTimeUtc": made}],
                "versionControlProvenance": [{"revisionId": commit}],
                "results": [] if good else [{"ruleId": "sql", "message": {"text": "SQL injection"}}],
            }
        ],
    }


def trivy(commit: str, made: str, good: bool) -> dict[str, Any]:
    found = {
        "VulnerabilityID": "CVE-2026-1",
        "PkgName": "openssl",
        "InstalledVersion": "3.0.1",
        "FixedVersion": "3.0.2",
        "Severity": "HIGH",
    }
    target: dict[str, Any] = {"Target": "debian 12", "Class": "os-pkgs", "Type": "debian"}
    return {
        "SchemaVersion": 2,
        "CreatedAt": made,
        "ArtifactName": "registry.example.com/shop:" + ("2.4.0" if commit == CANDIDATE else "2.3.1"),
        "ArtifactType": "container_image",
        "Metadata": {"RepoDigests": ["registry.example.com/shop@sha256:" + "1" * 64]},
        "Results": [target if good else target | {"Vulnerabilities": [found]}],
    }


def pip_audit(commit: str, made: str, good: bool) -> dict[str, Any]:
    flaw = {"id": "PYSEC-2026-1", "fix_versions": ["2.0"], "aliases": [], "description": ""}
    return {"dependencies": [{"name": "flask", "version": "1.0", "vulns": [] if good else [flaw]}], "fixes": []}


def npm_audit(commit: str, made: str, good: bool) -> dict[str, Any]:
    via = {"source": 1, "url": "https://github.com/advisories/GHSA-1", "severity": "critical"}
    flaw = {"name": "lodash", "severity": "critical", "via": [via], "range": "<4.17.21", "fixAvailable": True}
    return {
        "auditReportVersion": 2,
        "vulnerabilities": {} if good else {"lodash": flaw},
        "metadata": {"vulnerabilities": {}, "dependencies": {"prod": 3, "total": 3}},
    }


def k6_handle(commit: str, made: str, good: bool) -> dict[str, Any]:
    duration = {
        "type": "trend",
        "contains": "time",
        "values": {"p(95)": 184.3},
        "thresholds": {"p(95)<300": {"ok": good}},
    }
    return {
        "commit": commit,
        "root_group": {"name": "", "checks": [], "groups": []},
        "options": {},
        "state": {"testRunDurationMs": 60000},
        "metrics": {
            "http_req_duration": duration,
            "http_reqs": {"type": "counter", "values": {"count": 900, "rate": 15}},
        },
    }


def k6_export(commit: str, made: str, good: bool) -> dict[str, Any]:
    """`--summary-export`: true means crossed (grafana/k6 #1498)."""
    return {
        "commit": commit,
        "root_group": {"name": "", "checks": {}, "groups": {}},
        "metrics": {
            "http_req_duration": {"p(95)": 184.3, "thresholds": {"p(95)<300": not good}},
            "http_reqs": {"count": 900, "rate": 15},
        },
    }


def k6_machine(commit: str, made: str, good: bool) -> dict[str, Any]:
    return {
        "version": "1.0.0",
        "metadata": {"generatedAt": made, "k6Version": "1.5.0"},
        "config": {"execution": "local", "duration": 60.0},
        "results": {"passed": good, "metrics": [{"name": "http_reqs", "type": "counter", "values": {"count": 900}}]},
    }


def benchmark(commit: str, made: str, good: bool) -> dict[str, Any]:
    stats = {"rounds": 20 if good else 0, "median": 0.001}
    return {
        "machine_info": {},
        "commit_info": {"id": commit, "dirty": False},
        "benchmarks": [{"fullname": "tests/test_speed.py::test_it", "stats": stats}],
        "datetime": made,
        "version": "5.1.0",
    }


def plan(commit: str, made: str, good: bool) -> dict[str, Any]:
    change = {"actions": ["no-op"] if good else ["delete", "create"]}
    return {
        "format_version": "1.2",
        "timestamp": made,
        "planned_values": {},
        "resource_changes": [{"address": "db.main", "mode": "managed", "change": change}],
        "complete": True,
    }


# kind, probe, format, what makes it, whether it names its commit, whether its time, the verdicts on good and bad
FORMATS: tuple[tuple[str, str, str, Make, bool, bool, Verdict, Verdict], ...] = (
    ("unit_tests", "junit.unit", "JUnit", junit, True, True, P, F),
    ("integration_tests", "junit.integration", "JUnit", junit, True, True, P, F),
    ("migrations", "junit.migrations", "JUnit", junit, True, True, P, F),
    ("journeys", "journeys.walked", "JUnit", junit, True, True, P, F),
    ("security", "security.scanned", "SARIF", sarif, True, True, P, F),
    ("security", "security.scanned", "Trivy", trivy, True, True, P, F),
    ("security", "security.scanned", "pip-audit", pip_audit, False, False, W, F),
    ("security", "security.scanned", "npm audit", npm_audit, False, False, W, F),
    ("performance", "performance.tested", "k6 handleSummary", k6_handle, True, False, P, F),
    ("performance", "performance.tested", "k6 --summary-export", k6_export, True, False, P, F),
    ("performance", "performance.tested", "k6 machine-readable", k6_machine, False, True, P, F),
    ("performance", "performance.tested", "pytest-benchmark", benchmark, True, True, W, U),
    ("infrastructure", "infrastructure.provisioned", "Terraform plan", plan, False, True, P, F),
)


def cases() -> Iterator[Case]:
    for kind, probe, name, make, names_commit, names_time, good, bad in FORMATS:
        declared = {} if names_commit else {"commit": CANDIDATE}
        foreign = {} if names_commit else {"commit": OTHER}
        old = NOW if names_time else NOW.replace(day=1)

        def one(
            content: object, about: Mapping[str, str], modified: Any = NOW, kind: str = kind
        ) -> Callable[[Path, World], Request]:
            def arrange(folder: Path, world: World) -> Request:
                if content is not None:
                    leave(folder, "report", content, modified=modified)
                return request(folder, {"reports": {kind: {"files": "report", **about}}})

            return arrange

        yield Case(probe, name, "good", good, one(make(CANDIDATE, FRESH, True), declared))
        yield Case(probe, name, "bad", bad, one(make(CANDIDATE, FRESH, False), declared))
        yield Case(probe, name, "missing", U, one(None, declared))
        yield Case(probe, name, "stale", U, one(make(CANDIDATE, STALE, True), declared, old))
        yield Case(probe, name, "foreign", U, one(make(OTHER, FRESH, True), foreign))
        whole = make(CANDIDATE, FRESH, True)
        text = whole if isinstance(whole, str) else json.dumps(whole)
        yield Case(probe, name, "broken", U, one(text[: len(text) // 2], declared))
