"""Reports of security scanners, told apart by content: SARIF, Trivy, pip-audit, npm audit. Judges nothing.

SARIF 2.1.0 is OASIS's; `security-severity` of a rule is the convention of GitHub code scanning. Trivy, pip-audit and
npm audit are read in the shapes that their own JSON output has.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pydantic import Field

from releasekit.errors import SourceError
from releasekit.sources import sarif
from releasekit.sources.strictjson import Loose, keys, load, shaped
from releasekit.sources.vulnerabilities import SEVERITIES, Scan, Vulnerability, severity

REVISION_LABELS = ("org.opencontainers.image.revision", "org.label-schema.vcs-ref")


def read(raw: bytes, name: str) -> Scan:
    """Read one report. Raises SourceError for what is none of the known formats, or is broken."""
    data = load(raw, name)
    top = keys(data)
    if "runs" in top and "version" in top:
        return sarif.read(data, name)
    if "SchemaVersion" in top and ("ArtifactName" in top or "Results" in top):
        return _trivy(data, name)
    if "dependencies" in top and "fixes" in top:
        return _pip_audit(data, name)
    if "auditReportVersion" in top or ("advisories" in top and "metadata" in top):
        return _npm(data, name)
    if isinstance(data, list) and data and all("Target" in keys(one) for one in data):
        return _trivy({"Results": data}, name)  # Trivy before schema version 2
    if isinstance(data, list) and data and all({"name", "version", "vulns"} <= keys(one) for one in data):
        return _pip_audit({"dependencies": data}, name)  # pip-audit before 2.0
    raise SourceError(
        "no known report: neither SARIF 2.1.0 nor that of Trivy, pip-audit or npm audit", name, "check the glob"
    )


class _TrivyFinding(Loose):
    VulnerabilityID: str = ""
    ID: str = ""
    RuleID: str = ""
    PkgName: str = ""
    Title: str = ""
    InstalledVersion: str = ""
    FixedVersion: str = ""
    Severity: str = "UNKNOWN"
    Status: str = ""


class _TrivyResult(Loose):
    Target: str = ""
    Vulnerabilities: list[_TrivyFinding] | None = None
    Misconfigurations: list[_TrivyFinding] | None = None
    Secrets: list[_TrivyFinding] | None = None
    ExperimentalModifiedFindings: list[dict[str, Any]] | None = None


class _ImageConfig(Loose):
    config: dict[str, Any] | None = None


class _TrivyMetadata(Loose):
    RepoDigests: list[str] | None = None
    ImageID: str = ""
    ImageConfig: _ImageConfig | None = None
    Commit: str = ""


class _Trivy(Loose):
    CreatedAt: datetime | None = None
    ArtifactName: str = ""
    ArtifactType: str = ""
    Metadata: _TrivyMetadata = Field(default_factory=_TrivyMetadata)
    Results: list[_TrivyResult] | None = None


def _trivy(data: object, name: str) -> Scan:
    """Trivy's JSON: a clean target has no ``Vulnerabilities``; a report without ``Results`` looked at nothing."""
    report = shaped(_Trivy, data, name, "a report of Trivy")
    image = report.ArtifactName if report.ArtifactType == "container_image" else ""
    config = report.Metadata.ImageConfig.config if report.Metadata.ImageConfig else None
    labels = (config or {}).get("Labels")
    named = [labels[label] for label in REVISION_LABELS if label in labels] if isinstance(labels, dict) else []
    return Scan(
        tool="Trivy",
        found=tuple(one for result in report.Results or () for one in _trivy_findings(result)),
        commit=report.Metadata.Commit or (str(named[0]) if named else None) or None,
        image=image,
        digests=tuple(report.Metadata.RepoDigests or ()),
        made=report.CreatedAt,
        looked=bool(report.Results),
    )


def _trivy_findings(result: _TrivyResult) -> Iterator[Vulnerability]:
    for one in result.Vulnerabilities or ():
        yield Vulnerability(
            one.VulnerabilityID, severity(one.Severity), one.PkgName, one.InstalledVersion, one.FixedVersion
        )
    for one in (*(result.Misconfigurations or ()), *(result.Secrets or ())):
        if one.Status in {"", "FAIL"}:
            yield Vulnerability(one.ID or one.RuleID, severity(one.Severity), result.Target, "", "", one.Title)
    for modified in result.ExperimentalModifiedFindings or ():  # `--show-suppressed`
        finding = modified.get("Finding")
        identity = finding.get("VulnerabilityID") or finding.get("ID") if isinstance(finding, dict) else ""
        yield Vulnerability(str(identity or "?"), "UNKNOWN", suppressed=True)


class _PipVulnerability(Loose):
    id: str
    fix_versions: tuple[str, ...] = ()


class _PipDependency(Loose):
    name: str
    version: str = ""
    skip_reason: str = ""
    vulns: tuple[_PipVulnerability, ...] = ()


class _PipAudit(Loose):
    dependencies: list[_PipDependency]


def _pip_audit(data: object, name: str) -> Scan:
    """pip-audit's JSON: it states no severity, so all count as high; skipped packages were not looked at."""
    report = shaped(_PipAudit, data, name, "a report of pip-audit")
    skipped = [one.name for one in report.dependencies if one.skip_reason]
    return Scan(
        tool="pip-audit",
        found=tuple(
            Vulnerability(one.id, "HIGH", package.name, package.version, ", ".join(one.fix_versions))
            for package in report.dependencies
            for one in package.vulns
        ),
        looked=len(report.dependencies) > len(skipped),
        unread=tuple(skipped),
    )


class _NpmFix(Loose):
    version: str = ""


class _NpmVulnerability(Loose):
    name: str = ""
    severity: str = ""
    via: tuple[Any, ...] = ()
    range: str = ""
    fixAvailable: bool | _NpmFix = False


class _NpmAdvisory(Loose):
    id: int | str = ""
    module_name: str = ""
    severity: str = ""
    patched_versions: str = ""
    github_advisory_id: str = ""


class _NpmMetadata(Loose):
    dependencies: dict[str, int] | int | None = None
    totalDependencies: int | None = None


class _Npm(Loose):
    vulnerabilities: dict[str, _NpmVulnerability] = Field(default_factory=dict)
    advisories: dict[str, _NpmAdvisory] = Field(default_factory=dict)
    metadata: _NpmMetadata = Field(default_factory=_NpmMetadata)


def _npm(data: object, name: str) -> Scan:
    """npm audit's JSON, report version 2 (npm 7 and later) and the older one with ``advisories``."""
    report = shaped(_Npm, data, name, "a report of npm audit")
    found = [
        Vulnerability(_via(one) or package, severity(one.severity), one.name or package, one.range, _npm_fix(one))
        for package, one in report.vulnerabilities.items()
    ]
    for advisory in report.advisories.values():
        patched = "" if advisory.patched_versions == "<0.0.0" else advisory.patched_versions
        identity = advisory.github_advisory_id or str(advisory.id)
        found.append(Vulnerability(identity, severity(advisory.severity), advisory.module_name, "", patched))
    counted = report.metadata.dependencies
    total = counted.get("total", 0) if isinstance(counted, dict) else counted or report.metadata.totalDependencies or 0
    return Scan(tool="npm audit", found=tuple(found), looked=total > 0)


def _npm_fix(one: _NpmVulnerability) -> str:
    if isinstance(one.fixAvailable, _NpmFix):
        return one.fixAvailable.version or "a newer version"
    return "a newer version" if one.fixAvailable else ""


def _via(one: _NpmVulnerability) -> str:
    """The advisory's address ends in its id; a package that is only hit through another names that one."""
    urls = [str(via.get("url", "")) for via in one.via if isinstance(via, dict)]
    return urls[0].rstrip("/").rpartition("/")[2] if urls else ""


__all__ = ["SEVERITIES", "Scan", "Vulnerability", "read"]
