"""SARIF 2.1.0 (OASIS, errata 01): results with the level and severity that their rules give them. Judges nothing."""

import math
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from pydantic import Field

from releasekit.errors import SourceError
from releasekit.sources.strictjson import Loose, shaped
from releasekit.sources.vulnerabilities import Scan, Vulnerability


class _Text(Loose):
    text: str = ""


class _Configuration(Loose):
    level: str = ""


class _Rule(Loose):
    id: str = ""
    defaultConfiguration: _Configuration = Field(default_factory=_Configuration)
    shortDescription: _Text = Field(default_factory=_Text)
    properties: dict[str, Any] = Field(default_factory=dict)


class _Component(Loose):
    name: str = ""
    rules: tuple[_Rule, ...] = ()


class _Tool(Loose):
    driver: _Component
    extensions: tuple[_Component, ...] = ()


class _Suppression(Loose):
    status: str = "accepted"


class _Result(Loose):
    ruleId: str = ""
    rule: _Rule = Field(default_factory=_Rule)
    ruleIndex: int = -1
    kind: str = "fail"
    level: str = ""
    baselineState: str = ""
    message: _Text = Field(default_factory=_Text)
    suppressions: list[_Suppression] | None = None
    properties: dict[str, Any] = Field(default_factory=dict)


class _Invocation(Loose):
    executionSuccessful: bool = False  # required (SARIF 3.20.14): what does not say so is no success
    exitCodeDescription: str = ""
    startTimeUtc: datetime | None = None
    endTimeUtc: datetime | None = None


class _Provenance(Loose):
    revisionId: str = ""


class _Run(Loose):
    tool: _Tool
    invocations: tuple[_Invocation, ...] = ()
    results: list[_Result] | None = None
    versionControlProvenance: tuple[_Provenance, ...] = ()


class _Sarif(Loose):
    version: str
    runs: list[_Run]


def read(data: object, name: str) -> Scan:
    """The results of all runs of one log. Raises SourceError for another version and for runs on several commits."""
    log = shaped(_Sarif, data, name, "a SARIF log")
    if log.version != "2.1.0":
        raise SourceError(f"SARIF {log.version}, but only 2.1.0 is read", name, "have the tool write 2.1.0")
    commits = {one.revisionId.lower() for run in log.runs for one in run.versionControlProvenance if one.revisionId}
    if len(commits) > 1:
        raise SourceError(f"names {len(commits)} commits", name, "give each commit a report of its own")
    times = [moment for run in log.runs for one in run.invocations if (moment := one.endTimeUtc or one.startTimeUtc)]
    failed = [run.tool.driver.name for run in log.runs for one in run.invocations if not one.executionSuccessful]
    # `results` that are absent mean that the run did not get as far as looking (SARIF 3.14.23)
    silent = [run.tool.driver.name for run in log.runs if run.results is None]
    broken = f"{failed[0]} does not say that it succeeded" if failed else ""
    if silent and not broken:
        broken = f"the run of {silent[0]} has no results, not even an empty list"
    return Scan(
        tool=", ".join(dict.fromkeys(run.tool.driver.name or "unnamed" for run in log.runs)),
        found=tuple(one for run in log.runs for one in _of(run)),
        commit=next(iter(commits), None),
        made=min(times) if times else None,
        looked=bool(log.runs),
        broken=broken,
    )


def _of(run: _Run) -> Iterator[Vulnerability]:
    components = (run.tool.driver, *run.tool.extensions)
    rules = {rule.id: rule for component in components for rule in component.rules}
    for result in run.results or ():
        if result.kind != "fail" or result.baselineState == "absent":
            continue
        rule = _rule(result, run, rules)
        suppressed = bool(result.suppressions) and all(one.status == "accepted" for one in result.suppressions or ())
        title = rule.shortDescription.text or result.message.text
        identity = result.ruleId or result.rule.id or rule.id or "unnamed"
        yield Vulnerability(identity, _severity(result, rule), title=title[:200], suppressed=suppressed)


def _rule(result: _Result, run: _Run, rules: Mapping[str, _Rule]) -> _Rule:
    named = result.ruleId or result.rule.id
    if named in rules:
        return rules[named]
    listed = run.tool.driver.rules
    if 0 <= result.ruleIndex < len(listed):
        return listed[result.ruleIndex]
    family = named.rpartition("/")[0]  # hierarchical ids: CA1000/1 is a result of CA1000
    return rules.get(family, _Rule())


def _severity(result: _Result, rule: _Rule) -> str:
    """By `security-severity` (GitHub's: from 9 critical, 7 high, 4 medium), else by level (without one: warning)."""
    score = result.properties.get("security-severity", rule.properties.get("security-severity"))
    try:
        number = float(str(score))
    except ValueError:
        number = math.nan
    if math.isfinite(number):
        return next(word for least, word in _SCORES if number >= least)
    level = result.level or rule.defaultConfiguration.level or "warning"
    return {"error": "HIGH", "warning": "MEDIUM", "note": "LOW", "none": "LOW"}.get(level, "UNKNOWN")


_SCORES = ((9.0, "CRITICAL"), (7.0, "HIGH"), (4.0, "MEDIUM"), (-math.inf, "LOW"))
