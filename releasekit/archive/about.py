"""What a run's log adds up to in one page, run.json, and what a signature says of it. Reads no file."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from releasekit.archive import layout
from releasekit.archive.writer import writer
from releasekit.run.events import Event
from releasekit.run.state import RunState

RESULTS = {"deployed": "DEPLOYED", "rolled-back": "ROLLED_BACK", "abandoned": "ABANDONED", "interrupted": "INTERRUPTED"}
_DIGEST = re.compile(r"@sha256:([0-9a-f]{64})\Z")
ARCHIVERS = ("tool", "build", "python", "tools", "secrets_replaced")  # of who makes the bundle, and of no log


def about_run(events: Sequence[Event], state: RunState, scrubbed: Mapping[str, int]) -> dict[str, Any]:
    """run.json: what the bundle is about, in one page."""
    plan = state.plan
    grades: dict[str, set[str]] = {}
    acts: Counter[str] = Counter(event.actor for event in events)
    for event in events:
        grades.setdefault(event.actor, set()).add(event.grade)
    return {
        "schema": layout.SCHEMA,
        "run": state.run,
        "service": state.service,
        "version": state.version,
        "environment": state.environment,
        "level": plan.level if plan else "",
        "result": RESULTS.get(state.outcome, state.outcome.upper()),
        "status": state.outcome,
        "reason": state.closed_reason,
        "opened_at": state.opened_at,
        "opened_by": state.opened_by,
        "closed_at": state.closed_at,
        "closed_by": state.closed_by,
        "interruptions": [asdict(one) for one in state.interruptions],
        "successor_of": state.successor_of,
        "successor": state.successor,
        "commit": state.commit,
        "plan": plan.hash if plan else "",
        "log": {
            "file": layout.EVENTS,
            "size": state.size,
            "head": state.head,
            "algorithm": "sha256-jsonl-chain-v1",
        },
        "checklist": counts(state),
        "signoffs": [
            {"role": one.role, "by": one.by, "scope": one.scope, "grade": one.grade, "seq": one.event}
            | {"counts": not one.void and not one.refused}
            for one in state.signoffs
        ],
        "people": [{"name": name, "grades": sorted(grades[name]), "events": acts[name]} for name in sorted(acts)],
        **writer(),
        "secrets_replaced": dict(sorted(scrubbed.items())),
        **_made_with(events),
    }


def _made_with(events: Sequence[Event]) -> dict[str, Any]:
    """What the run itself was made with, as its first event says; runs of earlier versions did not keep it."""
    kept = events[0].data.get("made_with") if events else None
    return {"made_with": kept} if isinstance(kept, dict) else {}


def counts(state: RunState) -> dict[str, int]:
    """How many items of the checklist have which status, and how many there are."""
    known = Counter(str(one.status) for one in state.items.values())
    return {"total": sum(known.values()), **dict(sorted(known.items()))}


def bag_info(state: RunState) -> list[tuple[str, str]]:
    """The lines of bag-info.txt that are about the run."""
    return [
        ("Source-Organization", "releasekit"),
        ("External-Identifier", layout.bundle_name(state.service, state.version, state.environment, state.run)),
        ("External-Description", f"{state.service} {state.version} to {state.environment}: {state.outcome}"),
        ("Bagging-Date", state.closed_at[:10]),  # the run's own day: the same run gives the same bytes
        ("BagIt-Profile-Identifier", layout.SCHEMA),
    ]


def remarks(files: Mapping[str, bytes]) -> Iterator[str]:
    """What is not in a bundle although there may have been some of it, for who archives."""
    missing = json.loads(files[layout.EVIDENCE])["not_kept"]
    if missing:
        first = missing[0]
        yield f"the files of {len(missing)} judgements (the first, of {first['item']}: {first['why']})"
    if not any(path.startswith(layout.NOTEBOOKS) and path != layout.NOTEBOOK for path in files):
        yield "a notebook of the operator's own"


def released(state: RunState) -> dict[str, tuple[str, str]]:
    """What the run released, as far as the log knows its digest: by name, with the kind of the digest."""
    found = {"source": ("gitCommit", state.commit)} if state.commit else {}
    for fact in state.plan.analysis.of("image") if state.plan else ():
        if digest := _DIGEST.search(str(fact.value)):
            found.setdefault(f"image {fact.name}", ("sha256", digest[1]))
    return found


def predicate(about: Mapping[str, Any], parameters_hash: str) -> dict[str, Any]:
    """What a signature says of a run, made of its run.json."""
    same = ("run", "service", "version", "environment", "result", "log", "checklist", "signoffs")
    return {
        **{name: about[name] for name in same},
        "policy": {"parameters": parameters_hash, "plan": about["plan"]},
        "tool": {"name": "releasekit", "version": about["tool"]},
        "startedOn": about["opened_at"],
        "finishedOn": about["closed_at"],
    }
