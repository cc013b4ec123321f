"""What the files of a bundle must say since its log says it, and what in them no log can vouch for. Asks nobody."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from releasekit import document
from releasekit.archive import bag, evidence, layout
from releasekit.archive.about import ARCHIVERS, about_run, bag_info
from releasekit.archive.comparing import Differing, How, differing, hides, shown
from releasekit.archive.writer import own_files, writer
from releasekit.facts.printing import data as facts_data
from releasekit.parameters.scrubbing import Scrubber
from releasekit.record import status
from releasekit.record.export import to_html, to_markdown
from releasekit.record.shipped import INJECTED, source, tags
from releasekit.run.events import Event, moment
from releasekit.run.readiness import readiness
from releasekit.run.state import RunState

# made from the log by rules that later versions may word in another way
_WORDED = re.compile(r"(?:readiness|why)(?:\..*)?|items\.\d+\.(?:text|ticked|reason)|machine|all|blocked|waiting")


@dataclass(slots=True)
class Agreement:
    """``wrong``: what contradicts the log; ``beyond``: which files, or parts of them, may have been replaced unseen.

    ``same``: this very version of releasekit wrote the bundle; ``other``: what it would have written otherwise.
    """

    same: bool = False
    wrong: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)
    beyond: list[str] = field(default_factory=list)

    def differ(self, path: str, found: Iterable[Differing]) -> None:
        """Sort what differs in a file."""
        hard: list[Differing] = []
        soft: list[Differing] = []
        hidden: list[Differing] = []
        for one in found:
            worded = _WORDED.fullmatch(one.place)
            kind = hidden if one.how is How.HIDDEN else soft if worded or one.how is How.KEY else hard
            kind.append(one)
        if hard:
            first = hard[0]
            rest = f", and {len(hard) - 1} more" if len(hard) > 1 else ""
            said = f"{path} says {first.place} {_short(first.said)}, the log {_short(first.expected)}{rest}"
            self.wrong.append(said)
        if soft and self.same:
            self.other.append(f"{path} says other things than its log gives: {shown(soft)}")
        elif soft:
            self.beyond.append(f"{path}: {shown(soft)}, which this version of releasekit would write otherwise")
        if hidden:
            self.beyond.append(f"{path}: what stands for secrets, in {shown(hidden)}")


def agreement(files: Mapping[str, bytes], events: Sequence[Event], state: RunState) -> Agreement:
    """All that can be held against the log. Raises KeyError, TypeError, ValueError for files of another form."""
    found = Agreement()
    run = _json(files, layout.RUN, found)
    found.same = all(run.get(name) == value for name, value in writer().items())
    scrubber = Scrubber({})  # of values nothing is known here; what looks like a credential is replaced all the same
    _run(run, scrubber.data(about_run(events, state, {})), found)
    lines = [line for line in files[layout.INFO].splitlines() if not line.startswith(b"Payload-Oxum: ")]
    if lines != bag.info_lines(bag_info(state)):
        found.wrong.append(f"{layout.INFO} says something else of the run than the log")
    mark = {"status": state.outcome, "why": ""}
    ready = readiness(state, moment(state.closed_at))
    expected = _plain(scrubber.data({**document.data(state, ready), **mark}))
    found.differ(layout.CHECKLIST, differing(_json(files, layout.CHECKLIST, found), expected))
    _inputs(files, state, scrubber, found)
    notebook = _json(files, layout.NOTEBOOK, found)
    stamped = _plain(scrubber.data(status.stamped(state, ready)))
    found.differ(layout.NOTEBOOK, differing(notebook["metadata"][status.KEY], stamped))
    _cells(files, notebook, found)
    _index(files, events, found)
    _fixed(files, found)
    found.beyond += [f"{path}: the log says nothing of it" for path in sorted(files) if _unspoken(path)]
    return found


def rendering(files: Mapping[str, bytes]) -> Iterator[str]:
    """The files that are not what the notebook in the bundle gives, when this version of releasekit exports it."""
    notebook = json.loads(files[layout.NOTEBOOK])
    for path, text in ((layout.REPORT, to_markdown(notebook)), (layout.PAGE, to_html(notebook))):
        said = files[path].decode()
        if said != text and not hides(said, text):
            yield f"{path} shows something else than {layout.NOTEBOOK}"


def _json(files: Mapping[str, bytes], path: str, found: Agreement) -> Any:
    data = json.loads(files[path])
    if layout.as_json(data) != files[path]:
        found.wrong.append(f"{path} is not written as releasekit writes it")
    return data


def _plain(data: object) -> Any:
    return json.loads(json.dumps(data))


def _run(run: Mapping[str, Any], expected: Mapping[str, Any], found: Agreement) -> None:
    said = {name: value for name, value in run.items() if name not in ARCHIVERS}
    should = {name: value for name, value in expected.items() if name not in ARCHIVERS}
    found.differ(layout.RUN, differing(said, _plain(should)))
    named = [name for name in ARCHIVERS if name in run]
    found.beyond.append(f"{layout.RUN}: {', '.join(named)}, which are of who archived it")


def _inputs(files: Mapping[str, bytes], state: RunState, scrubber: Scrubber, found: Agreement) -> None:
    parameters = scrubber.data(state.plan.parameters if state.plan else {})
    given, expected = files[layout.PARAMETERS], layout.as_yaml(parameters)
    if given != expected and hides(given.decode(), expected.decode()):
        found.beyond.append(f"{layout.PARAMETERS}: what stands for secrets")
    elif given != expected:
        found.wrong.append(f"{layout.PARAMETERS} has other parameters than the log, or writes them otherwise")
    facts = facts_data(state.plan.analysis) if state.plan else {"facts": [], "start_order": [], "findings": []}
    said = _json(files, layout.FACTS, found)
    found.differ(layout.FACTS, differing(said, _plain(scrubber.data(facts))))


def _cells(files: Mapping[str, bytes], notebook: Mapping[str, Any], found: Agreement) -> None:
    template = _json(files, layout.TEMPLATE, found)
    cells = [cell for cell in notebook["cells"] if INJECTED not in tags(cell)]
    if [(cell["cell_type"], source(cell)) for cell in cells] != [
        (cell["cell_type"], source(cell)) for cell in template["cells"]
    ]:
        found.wrong.append(f"{layout.NOTEBOOK} has other cells than {layout.TEMPLATE}")
    found.beyond.append(f"{layout.NOTEBOOK}, {layout.REPORT}, {layout.PAGE}: what the cells put out, if in all three")


def _index(files: Mapping[str, bytes], events: Sequence[Event], found: Agreement) -> None:
    index = _json(files, layout.EVIDENCE, found)
    found.wrong += evidence.contradictions(index, events)
    for line in index["files"]:
        if line["bytes"] != len(files[evidence.FOLDER + str(line["file"])]):
            found.wrong.append(f"{layout.EVIDENCE} gives another length of {line['file']} than it has")
        if line["secrets_replaced"]:
            found.beyond.append(f"data/evidence/{line['file']}: secrets were replaced in what was judged")
        elif not line["judged"]:
            found.beyond.append(f"data/evidence/{line['file']}: nothing was judged by it")
    if index["not_kept"]:
        found.beyond.append(f"{layout.EVIDENCE}: why {len(index['not_kept'])} files were not kept")


def _fixed(files: Mapping[str, bytes], found: Agreement) -> None:
    for path, expected in own_files().items():
        if files[path] == expected:
            continue
        if found.same:
            found.other.append(f"{path} is not the one of the releasekit that wrote the bundle")
        else:
            found.beyond.append(f"{path}: it is another one than this version of releasekit writes")


def _unspoken(path: str) -> bool:
    known = (*layout.REQUIRED, *layout.DERIVED)
    return path.startswith("data/") and path not in known and not path.startswith("data/evidence/")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
