"""What was found and what changed, as blocks: findings, facts, commits, migrations, keys."""

from collections.abc import Iterator

from releasekit.document.blocks import (
    Block,
    Inline,
    Mark,
    Notice,
    Pairs,
    Paragraph,
    Table,
    Tone,
    code,
    plain,
    source,
)
from releasekit.facts.change import Change
from releasekit.facts.model import Fact, Finding, Severity
from releasekit.run.state import RunState

_SEVERITY = {
    Severity.RISK: Mark("risk", Tone.BAD),
    Severity.WARNING: Mark("warning", Tone.WARN),
    Severity.NOTE: Mark("note", Tone.QUIET),
}
_ORDER = tuple(_SEVERITY)
_EFFECT = {"additive": Tone.GOOD, "locking": Tone.WARN, "destructive": Tone.BAD, "irreversible": Tone.BAD}
_COMMITS = 200


def findings(state: RunState) -> tuple[Block, ...]:
    """Weaknesses and contradictions, the gravest first, and what could not be read."""
    if state.plan is None:
        return ()
    found = sorted(state.plan.analysis.findings, key=lambda one: _ORDER.index(one.severity))
    read = tuple(Paragraph(plain(_sentence(f"Read: {line}"))) for line in state.plan.read[:1])
    if not found:
        return (*read, Paragraph(plain("No finding: nothing that was read contradicts itself.")))
    return (*read, Table("Findings", ("", "finding", "where", "what to do"), tuple(map(_finding, found))))


def _finding(finding: Finding) -> tuple[Inline, ...]:
    named = not finding.service or finding.service in finding.sentence
    sentence = finding.sentence if named else f"{finding.service}: {finding.sentence}"
    return (_SEVERITY[finding.severity],), plain(_sentence(sentence)), source(*finding.places), plain(finding.do)


def facts(state: RunState) -> tuple[Block, ...]:
    """The start order, then all facts by kind."""
    if state.plan is None:
        return ()
    analysis = state.plan.analysis
    blocks: list[Block] = []
    if analysis.start_order:
        waves = tuple((str(number), plain(", ".join(wave))) for number, wave in enumerate(analysis.start_order, 1))
        blocks.append(Pairs("Start order", waves))
    skipped = state.plan.read[1:]
    if skipped:
        blocks.append(Table("Not read", ("what",), tuple((plain(line),) for line in skipped), folded=True))
    columns = ("kind", "service", "name", "value", "source")
    rows = tuple(_fact(fact) for fact in sorted(analysis.facts, key=lambda one: one.kind))
    if rows:
        blocks.append(Table(f"{len(rows)} facts", columns, rows, folded=True))
    else:
        blocks.append(Paragraph(plain("No facts: nothing that was read is known to releasekit.")))
    return tuple(blocks)


def _fact(fact: Fact) -> tuple[Inline, ...]:
    value = "" if fact.value is None else str(fact.value)
    return plain(fact.kind), plain(fact.service or ""), plain(fact.name), code(value), source(fact.source)


def change(state: RunState) -> tuple[Block, ...]:
    """Running version to candidate: migrations, keys, commits."""
    if state.plan is None:
        return ()
    what = state.plan.change
    if what.first:
        text = "First release: no earlier version is known, so everything is new and there is nothing to return to."
        return (Notice(plain(text), Tone.UNKNOWN),)
    if what.unknown:
        lines: tuple[Inline, ...] = (plain(_sentence(f"This would tell: {what.mend}")),) if what.mend else ()
        return (Notice(plain(_sentence(f"What changed is unknown: {what.unknown}")), Tone.UNKNOWN, lines),)
    return tuple(_changed(what))


def _changed(what: Change) -> Iterator[Block]:
    merges = sum(commit.merge for commit in what.commits)
    rows: tuple[tuple[str, Inline], ...] = (
        ("From", code((what.running or "")[:12])),
        ("To", code((what.candidate or "")[:12])),
        ("Commits", plain(f"{len(what.commits) - merges}, and {merges} merges")),
        ("Files", plain(_files(what))),
        ("Migrations", plain(str(len(what.migrations)) if what.migrations else "none differs")),
    )
    yield Pairs("Change", rows)
    if what.migrations:
        yield Table("Migrations", ("migration", "effect", "way back", "statement", "where"), tuple(_migrations(what)))
    if what.keys:
        keys = (
            (plain(k.kind), plain(k.name), code(k.before or ""), code(k.after or ""), source(k.source))
            for k in what.keys
        )
        yield Table(
            "Configuration, flags, images, dependencies", ("kind", "name", "before", "after", "where"), tuple(keys)
        )
    commits = [commit for commit in what.commits if not commit.merge]
    if commits:
        lines = tuple(
            (
                code(c.sha[:10]),
                plain(c.subject),
                plain(c.author),
                plain(_people(c.reviewers)),
            )
            for c in commits[:_COMMITS]
        )
        more = f", the newest {_COMMITS}" if len(commits) > _COMMITS else ""
        yield Table(f"Commits{more}", ("commit", "subject", "author", "reviewed by"), lines, folded=len(commits) > 12)


def _people(trailers: tuple[str, ...]) -> str:
    """The names in ``Name <address>``; the whole where there is none."""
    return ", ".join(one.partition("<")[0].strip() or one for one in trailers) or "nobody named"


def _files(what: Change) -> str:
    names = {"A": "added", "M": "changed", "D": "removed", "R": "renamed", "T": "of another type"}
    counts: dict[str, int] = {}
    for touched in what.files:
        word = names.get(touched.status[:1], "changed")
        counts[word] = counts.get(word, 0) + 1
    return ", ".join(f"{count} {word}" for word, count in counts.items()) or "none differs"


def _migrations(what: Change) -> Iterator[tuple[Inline, ...]]:
    back = {True: "has one", False: "has none", None: "not known"}
    for one in what.migrations:
        mark = Mark(one.effect, _EFFECT.get(one.effect, Tone.UNKNOWN))
        where = source(one.source or one.path)
        way = "structure, not data" if one.reversible and one.effect == "destructive" else back[one.reversible]
        yield plain(one.revision or one.path), (mark,), plain(way), code(one.statement), where


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."
