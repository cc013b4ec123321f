"""Template, facts, change and release put together to a checklist. Pure: knows no file, no process, no markup."""

import re
from collections.abc import Mapping
from dataclasses import replace

from releasekit.checklist import applicability, details
from releasekit.checklist.context import Context
from releasekit.checklist.details.communication import sign_off
from releasekit.checklist.model import Applies, Checklist, Detail, Item, Kind, Phase, Section, Step
from releasekit.checklist.release import Release
from releasekit.checklist.sequence import sequence
from releasekit.checklist.template import Entry, Template
from releasekit.checklist.words import listed
from releasekit.facts.change import Change
from releasekit.facts.model import Analysis, Finding, Severity

BACKUP = "preparation.database-backup"
# Which item a finding is shown at, by its rule; the first pattern that is found in the rule's id.
_AT = (
    (re.compile(r"cycle|order|depends"), ("execution.services-restarted",)),
    (re.compile(r"replica.*migrat|migrat"), ("execution.migrations-executed",)),
    (re.compile(r"secret|credential|password"), ("infrastructure.configuration-files-updated",)),
    (re.compile(r"flag"), ("code.feature-flags-configured",)),
    (re.compile(r"version"), ("code.version-numbers-updated",)),
    (re.compile(r"changelog|notes"), ("code.release-notes-prepared",)),
    (re.compile(r"health|probe|port"), ("execution.health-checks-verified",)),
    (re.compile(r"image|latest|pinned|selector"), ("execution.new-version-deployed",)),
    (re.compile(r"limit|resource|volume|provision"), ("infrastructure.environment-provisioned",)),
    (re.compile(r"tls|cert|host"), ("infrastructure.certificates-valid",)),
    (re.compile(r"alert|monitor|metric"), ("infrastructure.monitoring-configured",)),
    (re.compile(r"env|variable|config|setting"), ("infrastructure.configuration-files-updated",)),
)
# What an item's own lines say already; the table of findings has them too.
_COVERED = frozenset(
    {"start-order", "variables-required", "image-unpinned", "no-health-check", "migration-every-replica", "left-out"}
)
# Where a finding *not analysed* is shown, by the kinds of facts that are unknown because of it.
_UNKNOWN_AT = {
    "migration_tool": "execution.migrations-executed",
    "migration_command": "execution.migrations-executed",
    "migration_head": "infrastructure.migrations-tested",
    "depends_on": "execution.services-restarted",
    "service": "execution.new-version-deployed",
    "image": "execution.new-version-deployed",
    "port": "execution.health-checks-verified",
    "healthcheck": "execution.health-checks-verified",
    "env_required": "infrastructure.configuration-files-updated",
    "secret": "infrastructure.configuration-files-updated",
    "feature_flag": "code.feature-flags-configured",
    "version": "code.version-numbers-updated",
    "changelog": "code.release-notes-prepared",
    "host": "infrastructure.certificates-valid",
    "tls": "infrastructure.certificates-valid",
    "alert_rule": "infrastructure.monitoring-configured",
    "monitoring": "infrastructure.monitoring-configured",
    "test_command": "testing.unit-tests",
    "scan": "testing.security-scans",
}


def build(template: Template, analysis: Analysis, change: Change, release: Release) -> Checklist:
    """The checklist of one release: each item with its applicability, its specifics and the findings about it."""
    context = Context(analysis, change, release)
    found = _findings(analysis)
    steps = sequence(context)
    texts = {entry.item.id: entry.item.text for entry in template.entries}
    sections = tuple(
        Section(part.title, part.level, tuple(_item(context, entry, found, steps, texts) for entry in part.entries))
        for part in template.parts
    )
    return Checklist(template.title, sections, steps)


def _item(
    context: Context, entry: Entry, found: Mapping[str, list[Detail]], steps: tuple[Step, ...], texts: Mapping[str, str]
) -> Item:
    item = entry.item
    if item.applies is Applies.REMOVED:
        return item
    applies, reason = applicability.RULES[entry.applies](context)
    if item.kind is Kind.SIGN_OFF and item.role in context.release.team:
        item = replace(item, text=item.text.replace("[NAME]", context.release.team[item.role]))
    if item.kind is Kind.SIGN_OFF:
        lines = tuple(sign_off(context, item.role))
    else:
        lines = tuple(details.RULES[entry.details](context)) if entry.details else ()
    if applies is Applies.PROPOSED:
        lines = tuple(line for line in lines if not line.text.startswith("No ") or line.source)
    own = [step for step in steps if step.item == item.id]
    first = tuple(line for line in lines if line is context.rollback.no_return)  # before anything is typed
    rest = (line for line in lines if line is not context.rollback.no_return)
    shown = (_shown(step, steps, texts) for step in own)
    lines = (*_own_step(context.release, item.id, own), *first, *shown, *rest, *found.get(item.id, ()))
    if item.id == BACKUP and any(step.waits_for for step in own):
        item = replace(item, phase=Phase.DEPLOY)  # what it waits for is done in the deployment
    if item.because:
        lines = (Detail(f"Because: {item.because}"), *lines)
    return replace(item, applies=applies, reason=reason, details=_distinct(lines))


def _own_step(release: Release, item_id: str, steps: list[Step]) -> tuple[Detail, ...]:
    """What this team does at an item that no step of the sequence stands for."""
    own = release.steps.get(item_id)
    if own is None or steps:
        return ()
    minutes = f" ({own.minutes} min)" if own.minutes is not None else ""
    return (Detail(f"This team's step{minutes}:", code=own.command, expect=own.expect, typed=True),)


def _waits(step: Step, steps: tuple[Step, ...], texts: Mapping[str, str]) -> str:
    """What a step waits for: steps of its own item by number, those of others by the words of their item."""
    if not step.waits_for:
        return ""
    earlier = {one.number: one for one in steps}
    if step.item == BACKUP:  # it stands before what it waits for
        named = dict.fromkeys(texts[earlier[number].item] for number in step.waits_for)
        if earlier[step.waits_for[-1]].item != BACKUP:
            return f"after step {listed(map(str, step.waits_for))}, {listed(f'“{name}”' for name in named)}"
    return f"after step {listed(map(str, step.waits_for))}"


def _shown(step: Step, steps: tuple[Step, ...], texts: Mapping[str, str]) -> Detail:
    """A step as a line of its item, with its number, what it waits for and where its blanks are found."""
    minutes = f" ({step.minutes} min)" if step.minutes is not None else ""
    return Detail(
        f"{step.text.rstrip('.')}{minutes}.{step.told}",
        code=step.command or step.runs,
        expect=step.expect if step.command else "",
        source=step.source,
        warns=step.warns,
        step=step.number,
        waits="" if step.runs else _waits(step, steps, texts),
        typed=bool(step.command),
    )


def _findings(analysis: Analysis) -> dict[str, list[Detail]]:
    at: dict[str, list[Detail]] = {}
    for finding in analysis.findings:
        for item_id in _places(finding):
            at.setdefault(item_id, []).append(_line(finding))
    return at


def _places(finding: Finding) -> tuple[str, ...]:
    if finding.rule in _COVERED:
        return ()
    if finding.rule == "not-analysed":
        return tuple(dict.fromkeys(_UNKNOWN_AT[kind] for kind in finding.touches if kind in _UNKNOWN_AT))
    return next((items for pattern, items in _AT if pattern.search(finding.rule)), ())


def _line(finding: Finding) -> Detail:
    do = f" {finding.do[0].upper()}{finding.do[1:].rstrip('.')}." if finding.do else ""
    sentence = finding.sentence if finding.sentence.endswith(".") else f"{finding.sentence}."
    text = f"{sentence[0].upper()}{sentence[1:]}{do}" if sentence else do
    source = finding.places[0] if finding.places else ""
    return Detail(text, source=source, warns=finding.severity is not Severity.NOTE)


def _distinct(lines: tuple[Detail, ...]) -> tuple[Detail, ...]:
    return tuple(dict.fromkeys(lines))
