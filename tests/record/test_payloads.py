"""Hostile texts in eight places of a real run: its record runs nothing, asks nobody, and ticks what the log says."""

import csv
import json
import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from markdown_it import MarkdownIt
from playwright.sync_api import Browser

from releasekit.checklist.model import Applies, Item, Kind, Phase
from releasekit.document.ticked import read
from releasekit.errors import InputError
from releasekit.parameters.model import Parameters
from releasekit.parameters.reading import validate
from releasekit.plan.compose import compose, locate, request
from releasekit.probes.collect import collect
from releasekit.record.closing import final
from releasekit.record.export import to_html, to_markdown
from releasekit.run.run import Run
from releasekit.run.state import RunState
from releasekit.views.parts import replayed
from tests.counts import count
from tests.record.browser import watched
from tests.record.example import opened
from tests.record.payloads import payloads

EACH = 25  # texts in one run: one execution of the notebook
# GitHub's tables, and HTML is let through, so that whatever the record did not make inert acts
READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
METRICS = "verification.performance-metrics"
APPLICATION = {"name": "shop", "version": "2.4.0", "repository": "repository", "running": "v2.3.1"}
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
ACTING = "script, img, iframe, object, embed, form, button, textarea, select, base, link, style >> nth=1"
LOOK = """() => {
  const every = [...document.querySelectorAll('*')];
  return {
    handlers: every.filter(e => [...e.attributes].some(a => a.name.startsWith('on'))).map(e => e.outerHTML),
    covering: every.filter(e => ['fixed', 'absolute'].includes(getComputedStyle(e).position)).map(e => e.outerHTML),
    links: every.filter(e => e.hasAttribute('href')).map(e => e.getAttribute('href')),
    ticked: [...document.querySelectorAll('input:checked')].map(e => e.closest('label').innerText.trim()),
    text: document.body.textContent,
  };
}"""


@dataclass(frozen=True, slots=True)
class Place:
    """Texts as they stand in one place: each with a mark behind it, by which it is found again in the record."""

    name: str
    texts: tuple[str, ...]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        for number, text in enumerate(self.texts):
            mark = f"{self.name}{number:03}z"
            yield f"{text} {mark}", mark

    def marks(self) -> list[str]:
        return [mark for _, mark in self]


@dataclass(frozen=True, slots=True)
class Hostile:
    """A closed run whose every text is hostile, and what was ticked in it."""

    run: Run
    base: Path
    folder: Path
    ticked: tuple[str, ...]
    marks: frozenset[str]


def repository(folder: Path, texts: Sequence[str]) -> frozenset[str]:
    """A service with hostile names of services, paths, contents and remarks of commits; the marks of what it holds."""
    services, paths, contents, commits = (Place(name, tuple(texts)) for name in ("svc", "path", "file", "commit"))
    folder.mkdir()
    composed = {
        text: {"image": "shop:2.4.0", "command": ["serve", content]}
        for (text, _), (content, _) in zip(services, contents, strict=True)
    }
    (folder / "compose.yaml").write_text(json.dumps({"services": composed}))
    for number, (text, _) in enumerate(paths):
        # a slash in a path is a folder, and a folder's name has an end
        place = folder.joinpath(*(part.strip(".")[:240] or "x" for part in f"d{text}".split("/")))
        place.mkdir(parents=True)
        (place / "Dockerfile").write_text(f"FROM python:3.{number}\n")
    git(folder, "init", "-q")
    git(folder, "commit", "-q", "--allow-empty", "-m", "begin")
    git(folder, "tag", "v2.3.1")
    git(folder, "add", "-A")
    for text, _ in commits:
        git(folder, "commit", "-q", "--allow-empty", "--cleanup=verbatim", "-m", " ".join(text.split("\n")))
    return frozenset([*services.marks(), *paths.marks(), *contents.marks(), *commits.marks()])


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, timeout=60)


def let_through(configuration: dict[str, object]) -> bool:
    """Whether parameters may hold this; what they may not is refused in words."""
    try:
        validate({"application": APPLICATION, "configuration": configuration})
    except InputError:
        return False
    return True


def parameters(folder: Path, texts: Sequence[str]) -> tuple[Parameters, frozenset[str]]:
    """What a parameter file may hold of the texts: free texts, and names of metrics with the samples of each."""
    contacts = [(text, mark) for text, mark in Place("param", tuple(texts)) if let_through(contact(text))]
    objectives = [(text, mark) for text, mark in Place("metric", tuple(texts)) if let_through(measured(text))]
    assert len(contacts) > len(texts) / 3
    assert len(objectives) > len(texts) / 3
    with (folder / "metrics.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("time", "metric", "value"))
        now = datetime.now(UTC).isoformat()
        rows.writerows((now, text, 900) for text, _ in objectives)
    reports = {"unit_tests": "junit/*.xml", "security": "sarif/*.json"}
    configuration: dict[str, object] = {
        "escalation": [one for text, _ in contacts for one in listed(contact(text)["escalation"])],
        "metrics": {
            "csv": "metrics.csv",
            "objectives": [objective(text) for text, _ in objectives],
        },
        "reports": reports,
    }
    told = validate({"application": APPLICATION, "configuration": configuration})
    return told, frozenset(mark for _, mark in (*contacts, *objectives))


def contact(text: str) -> dict[str, object]:
    return {"escalation": [{"name": text, "channel": text}]}


def objective(text: str) -> dict[str, object]:
    return {"name": text, "metric": text, "pass": "<600", "fail": ">800", "unit": "ms"}


def measured(text: str) -> dict[str, object]:
    return {"metrics": {"csv": "metrics.csv", "objectives": [objective(text)]}}


def listed(value: object) -> list[object]:
    assert isinstance(value, list)
    return value


def junit(folder: Path, cases: Sequence[str]) -> None:
    """A report whose cases have these names, each failed with them."""
    told = "".join(f"<testcase name={quoteattr(one)}><failure message={quoteattr(one)}/></testcase>" for one in cases)
    (folder / "junit").mkdir(exist_ok=True)
    suite = f'<testsuite name="unit" timestamp="{datetime.now(UTC).isoformat()}">{told}</testsuite>'
    (folder / "junit" / "unit.xml").write_text(suite)


def sarif(folder: Path, titles: Sequence[str]) -> None:
    """A scan whose results say these texts."""
    results = [{"ruleId": "R1", "level": "error", "message": {"text": one}} for one in titles]
    run = {
        "tool": {"driver": {"name": "scanner"}},
        "invocations": [{"executionSuccessful": True, "endTimeUtc": datetime.now(UTC).isoformat()}],
        "results": results,
    }
    (folder / "sarif").mkdir(exist_ok=True)
    (folder / "sarif" / "scan.json").write_text(json.dumps({"version": "2.1.0", "runs": [run]}))


def reported(run: Run, base: Path, told: Parameters, texts: Sequence[str]) -> frozenset[str]:
    """Reports of tests and scans, read as a run reads them: three failures, or four findings, for each of some items.

    A sentence names no more than that of one report.
    """
    plan = run.state.plan
    assert plan is not None
    now = datetime.now(UTC)
    asked = request(plan, locate(told, base), lambda: now, os.environ)
    tests, scans = Place("junit", tuple(texts)), Place("sarif", tuple(texts))
    items = iter([item.id for item in answerable(plan.checklist.items)][len(TICKED) :])
    for at in range(0, len(texts), 3):
        junit(base, [text for text, _ in tests][at : at + 3])
        run.add_evidence(*collect([(next(items), "junit.unit")], asked))
    for at in range(0, len(texts), 4):
        sarif(base, [text for text, _ in scans][at : at + 4])
        run.add_evidence(*collect([(next(items), "security.scanned")], asked))
    run.add_evidence(*collect([(METRICS, "metrics.objectives")], asked))
    return frozenset([*tests.marks(), *scans.marks()])


TICKED = range(4)  # of the items that a person can tick, those that somebody ticks


def answerable(items: Sequence[Item]) -> list[Item]:
    return [
        item
        for item in items
        if item.kind is not Kind.SIGN_OFF
        and item.kind is not Kind.TRIGGER
        and item.phase is Phase.PREPARE
        and item.applies is not Applies.NO
    ]


def hostile(folder: Path, texts: Sequence[str]) -> Hostile:
    """The run, closed: somebody ticked four of its items, and machines found nothing good."""
    folder.mkdir()
    marks = repository(folder / "repository", texts)
    told, more = parameters(folder, texts)
    run = opened(folder / "reports", told, folder)
    run.bind(compose(told, folder))
    assert run.state.plan is not None
    items = answerable(run.state.plan.checklist.items)
    for item in (items[at] for at in TICKED):
        run.tick(item.id, note=texts[0])
    found = reported(run, folder, told, texts)
    notes = Place("note", tuple(texts))
    for at, (text, _) in enumerate(notes):
        run.note(items[at % len(items)].id, text, link=text)
    run.close("abandoned", texts[-1])
    ticked = tuple(event.item for event in run.store.events(run.run_id) if event.kind == "item.ticked")
    return Hostile(run, folder, folder / "record", ticked, marks | more | found | frozenset(notes.marks()))


def with_cards(notebook: dict[str, object], state: RunState, texts: Sequence[str]) -> dict[str, object]:
    """The record with further outputs of its own cell: the card of services whose names no parameter file may hold."""
    cells = notebook["cells"]
    assert isinstance(cells, list)
    (cell,) = [one for one in cells if '"part": "card"' in json.dumps(one.get("outputs", []))]
    for text, _ in Place("name", tuple(texts)):
        card = replayed("card", replace(state, service=text, version=text, opened_by=text))
        more = {"output_type": "display_data", "data": card, "metadata": {"releasekit": {"part": "card"}}}
        cell["outputs"].append(more)
    metadata = notebook["metadata"]
    assert isinstance(metadata, dict)
    metadata["releasekit"] |= {"service": texts[0], "version": texts[0], "why": texts[-1]}
    return notebook


def inert(chromium: Browser, file: Path, page: str) -> dict[str, list[str]]:
    """The page in a browser, whatever its policy forbids: nothing in it acts. What is ticked in it, and its text."""
    file.write_text(POLICY.sub("", page))
    seen = watched(chromium)
    seen.page.goto(file.as_uri())
    found = seen.page.evaluate(LOOK)
    assert seen.requests == [file.as_uri()]
    assert seen.said == []
    assert seen.page.locator(ACTING).count() == 0
    assert (found["handlers"], found["covering"]) == ([], [])
    assert [link for link in found["links"] if not link.startswith(("#", "https://", "http://"))] == []
    seen.page.close()
    return dict(found)


def boxes(markdown: str) -> int:
    """How many lines of lists begin with a ticked box, as a reader of Markdown sees them."""
    tokens = READER.parse(markdown)
    return sum(
        bool(re.match(r"\[[xX]\]\s", token.content))
        for before, token in pairwise(tokens)
        if token.type == "inline" and before.type == "paragraph_open"
    )


BATCHES = [(at, min(EACH, count("archive.payloads") - at)) for at in range(0, count("archive.payloads"), EACH)]


@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: f"from-{batch[0]}")
def test_hostile_texts_in_every_place_of_a_run_act_in_no_record_and_tick_nothing(
    batch: tuple[int, int], chromium: Browser, tmp_path: Path
) -> None:
    start, many = batch
    texts = payloads(count("archive.payloads"))[start : start + many]
    made = hostile(tmp_path / "run", texts)
    done = final(made.run, made.folder, base=made.base)
    assert done.why == ""
    plan = done.state.plan
    assert plan is not None
    words = sorted(item.text for item in plan.checklist.items if item.id in made.ticked)
    written = made.folder / "release.html"
    cards = with_cards(json.loads((made.folder / "release.ipynb").read_text()), done.state, texts)
    for number, page in enumerate((written.read_text(), to_html(cards))):
        found = inert(chromium, tmp_path / f"{number}.html", page)
        assert sorted(found["ticked"]) == words
        assert [mark for mark in sorted(made.marks) if mark not in found["text"]] == []
    for number, markdown in enumerate(((made.folder / "release.md").read_text(), to_markdown(cards))):
        back = read(markdown, plan)
        assert sorted(one.item for one in back.ticked) == sorted(made.ticked)
        assert back.unplaced == ()
        assert boxes(markdown) == len(made.ticked)
        inert(
            chromium,
            tmp_path / f"markdown-{number}.html",
            f"<!DOCTYPE html><meta charset=utf-8>{READER.render(markdown)}",
        )


def test_no_hostile_text_is_let_through_as_the_name_of_a_service_or_of_its_version() -> None:
    for text in payloads(count("archive.payloads")):
        for key in ("name", "version"):
            with pytest.raises(InputError, match=rf"application\.{key} .* must be"):
                validate({"application": {**APPLICATION, key: text}})
