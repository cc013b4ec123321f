"""Makes the files of a bundle from a closed run: its log, its record executed once more from that log, its inputs."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from releasekit.archive import attestation, evidence, layout, operated
from releasekit.archive.about import about_run, bag_info, predicate, released
from releasekit.archive.bag import bagged
from releasekit.archive.keys import SigningKey
from releasekit.archive.layout import Bundle, bundle_name
from releasekit.archive.writer import own_files, template
from releasekit.errors import RefusedError, ReleasekitError
from releasekit.facts.printing import data as facts_data
from releasekit.kernels.asking import of_imports
from releasekit.parameters.scrubbing import LOOKS, Scrubber, looks, secrets
from releasekit.record.export import to_html, to_markdown
from releasekit.record.make import Around, record
from releasekit.record.pdf import PdfError, printed
from releasekit.record.place import Folder
from releasekit.run.events import Actor, moment, parse
from releasekit.run.replay import replay
from releasekit.run.run import Run
from releasekit.run.state import RunState
from releasekit.run.store import open_store

_TIMES = ("start_time", "end_time", "duration")


class ArchiveError(ReleasekitError):
    """A bundle could not be made; nothing was written."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the parts come from that the log does not hold, each None where there is nothing.

    ``base``: the folder where relative paths of the parameters start, for evidence files; ``record``: the folder of the
    run's record, with the operator's own notebooks. ``environ``: the environment whose secrets must not get in.
    """

    environ: Mapping[str, str]
    base: Path | None = None
    record: Path | None = None


def make(run: Run, sources: Sources, keys: Sequence[SigningKey] = (), *, revoked: bool = False) -> Bundle:
    """The bundle of a closed run, signed with ``keys``. Its bytes depend on nothing else than what goes in.

    ``revoked``: whatever secret the log holds works no more.

    Raises RefusedError for a run that is open or whose log holds a secret, ArchiveError when the notebook could not be
    executed to its end.
    """
    lines = run.store.lines(run.run_id)
    events = [parse(line) for line in lines]
    state = replay(events)
    if not state.outcome:
        raise RefusedError(
            f"run {run.run_id} is open: a bundle is the record of what has ended",
            do="close it first: releasekit close RUN --outcome deployed, rolled-back, abandoned or interrupted",
        )
    scrubber = Scrubber(secrets(state.plan.parameters if state.plan else {}, sources.environ))
    if not revoked:
        _refuse_secrets(lines, scrubber)
    payload = {layout.EVENTS: b"".join(line + b"\n" for line in lines)}
    payload |= _records(lines, state, sources, scrubber) | _inputs(state, scrubber)
    payload |= operated.own(sources.record, template(), scrubber)
    found = evidence.gather(events, sources.base, sources.record, scrubber)
    payload |= {**found.files, layout.EVIDENCE: layout.as_json(scrubber.data(found.index))}
    payload |= evidence.commands(sources.record, scrubber)
    payload |= own_files()
    about = scrubber.data(about_run(events, state, scrubber.found))
    payload[layout.RUN] = layout.as_json(about)
    name = bundle_name(state.service, state.version, state.environment, state.run)
    files = bagged(payload, bag_info(state))
    return Bundle(name, attested(files, about, state, keys))


def attested(
    files: Mapping[str, bytes], about: Mapping[str, Any], state: RunState, keys: Sequence[SigningKey]
) -> dict[str, bytes]:
    """The files with what the keys sign: the statement about the run, and its summary for policy engines."""
    if not keys:
        return dict(files)
    said = predicate(about, state.parameters_hash)
    people = len({one["by"] for one in about["signoffs"] if one["counts"]})
    summed, subjects = attestation.summary(about, people), released(state)
    return {
        **files,
        layout.ENVELOPE: attestation.sign(attestation.statement(files, said, subjects), keys),
        layout.SUMMARY: attestation.sign(attestation.statement(files, summed, subjects, attestation.SVR), keys),
    }


def _refuse_secrets(lines: Sequence[bytes], scrubber: Scrubber) -> None:
    if scrubber.clean(b"\n".join(lines).decode()):
        return
    held = {}
    for number, line in enumerate(lines, 1):
        name = scrubber.holds(line.decode())
        if name or looks(line.decode()):
            held[number] = f"the value of {name}" if name else f"what {LOOKS}"
    which = ", ".join(f"event {number} ({what})" for number, what in list(held.items())[:5])
    raise RefusedError(
        f"the log holds a secret, and a bundle keeps the log as it is: {which}",
        do="change the secret where it is used, then archive with --revoked, which says that the old one works no more",
    )


def _records(lines: Sequence[bytes], state: RunState, sources: Sources, scrubber: Scrubber) -> dict[str, bytes]:
    """The notebook executed from the log, and what is exported from it: in a folder and a store of its own."""
    with tempfile.TemporaryDirectory(prefix="releasekit-") as name:
        folder = Path(name)
        store = open_store(None, folder)
        again = Run(store, store.restore(lines), Actor("archive"))  # who acts on nothing
        made = record(
            again,
            Folder(folder),
            store=f"sqlite:///{folder / 'releases.db'}",
            base=folder,
            # a closed run asks nobody: its kernel needs no credential
            around=Around(lambda: moment(state.closed_at), of_imports(sources.environ)),
        )
        store.close()
        if made.why:
            raise ArchiveError(f"the notebook could not be executed for the bundle: {made.why}", do="try again")
        scrubber.found.update(made.replaced)  # it scrubs what it writes: nothing of that is left to be counted below
        notebook, _, _, data = (Path(path).read_text(encoding="utf-8") for path in made.paths)
    shown = scrubber.data(_timeless(json.loads(notebook)))
    page = scrubber.text(to_html(shown))
    return {
        layout.NOTEBOOK: layout.as_json(shown),
        # from what is kept, so that whoever has it can make them again
        layout.REPORT: scrubber.text(to_markdown(shown)).encode(),
        layout.PAGE: page.encode(),
        layout.CHECKLIST: layout.as_json(scrubber.data(json.loads(data))),
        **_printed(page, state),
    }


def _printed(page: str, state: RunState) -> dict[str, bytes]:
    """The page as PDF, where there is a Chromium to print it; nothing else where there is none."""
    try:
        return {layout.PRINTED: printed(page, moment(state.last_at))}
    except PdfError:
        return {}


def _timeless(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook without when each cell was executed for the bundle: when things happened is in the log."""
    for part in (notebook, *notebook["cells"]):
        part["metadata"].pop("execution", None)
        paper = part["metadata"].get("papermill", {})
        for key in _TIMES:
            paper.pop(key, None)
    return notebook


def _inputs(state: RunState, scrubber: Scrubber) -> dict[str, bytes]:
    plan = state.plan
    facts = facts_data(plan.analysis) if plan else {"facts": [], "start_order": [], "findings": []}
    return {
        layout.PARAMETERS: layout.as_yaml(scrubber.data(plan.parameters if plan else {})),
        layout.FACTS: layout.as_json(scrubber.data(facts)),
    }
