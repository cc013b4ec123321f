"""Version numbers across files, and the changelog's section, against the version that is released."""

import re
from collections.abc import Callable, Iterable, Sequence

from packaging.version import InvalidVersion, Version

from releasekit.errors import ReleasekitError
from releasekit.facts.model import Fact
from releasekit.probes.evidence import Verdict
from releasekit.probes.judges import fragments
from releasekit.probes.request import Judgement, Request, unknown
from releasekit.sources import git
from releasekit.syntax.markdown import Section, sections, under

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2} \w+ \d{4}|\w+ \d{1,2},? \d{4}")
_BULLET = re.compile(r"\s*([-*+]|\d+[.)])\s")
_REMOVING = re.compile(r"\b(removed?|breaking|drop(?:ped|s)?|deleted?)\b", re.IGNORECASE)


def agree(request: Request) -> Judgement:
    """The version numbers that files state equal the released version, which is newer than the running one.

    pass: all agree. warn: one in a subfolder or a changelog differs. fail: one at the service's root differs, none
    agrees, or the version is not newer than the running tag. unknown: no file states a version.
    """
    stated = request.analysis.of("version")
    running = request.running_tag.rpartition("/")[2]
    if running and not _newer(request.version, running):
        sentence = f"{request.version} is not newer than the running version {running}"
        return Judgement(Verdict.FAIL, sentence, f"tag {request.running_tag}", request.candidate, "raise the version")
    if not stated:
        return unknown("no file states a version", "confirm that the version is set where this service needs it")
    equal = [fact for fact in stated if _same(str(fact.value), request.version)]
    other = [fact for fact in stated if fact not in equal]
    source = ", ".join(fact.source for fact in (other or equal)[:3])
    if not equal:
        sentence = f"no file says {request.version}: {_list(stated, values=True)}"
        return Judgement(Verdict.FAIL, sentence, source, request.candidate, f"set them to {request.version}")
    sentence = f"{_list(equal)}"
    if not other:
        newer = f", newer than the running {running}" if running else ""
        return Judgement(Verdict.PASS, f"{sentence} all say {request.version}{newer}", source, request.candidate)
    at_root = [fact for fact in other if "/" not in fact.path and not _is_changelog(fact)]
    verdict = Verdict.FAIL if at_root else Verdict.WARN
    text = f"{_list(equal)} say {request.version}, but {_list(other, values=True)}"
    return Judgement(verdict, text, source, request.candidate, "bring them in line, or say why they differ")


def changelog(request: Request) -> Judgement:
    """The changelog has a dated section for the released version that is not empty (Keep a Changelog 1.1, or like it).

    pass: it has. warn: the section has no date, or towncrier's fragments wait beside it. fail: no section for it, a
    yanked one, or an empty one. unknown: no changelog, or it cannot be read.
    """
    return fragments.added(request, _changelog(request))


def _changelog(request: Request) -> Judgement:
    known = request.analysis.of("changelog")
    if not known:
        return unknown("no changelog was found", "write one (CHANGELOG.md), or link the release notes here")
    path = str(known[0].name)
    try:
        text = _reader(request)(path)
    except (ReleasekitError, OSError, KeyError) as error:
        return unknown(f"{path} cannot be read: {error}", "confirm the release notes by hand", path)
    return judge_changelog(text, path, request.version, request.candidate)


def judge_changelog(text: str, path: str, version: str, candidate: str | None) -> Judgement:
    """Judge a changelog's text; headings may be ``## [1.2.3] - 2026-11-01``, ``## v1.2.3 (2026-11-01)`` and so on."""
    found = sections(text)
    index = next((n for n, section in enumerate(found) if names_version(section.title, version)), None)
    if index is None:
        newest = next((section.title for section in found if re.search(r"\d+\.\d+", section.title)), "")
        sentence = f"{path} has no section for {version}" + (f"; its newest is {newest!r}" if newest else "")
        return Judgement(Verdict.FAIL, sentence, path, candidate, f"add a section for {version}")
    section, source = found[index], f"{path}:{found[index].line}"
    entries = _entries(under(found, index))
    if "YANKED" in section.title.upper():
        return Judgement(Verdict.FAIL, f"{version} is marked as yanked", source, candidate, "release another version")
    if not entries:
        return Judgement(Verdict.FAIL, f"the section for {version} is empty", source, candidate, "say what changes")
    removing = _removing(found, index)
    count = f"{len(entries)} {'entry' if len(entries) == 1 else 'entries'}"
    text = f"{count} for {version}" + (f"; removes or breaks: {'; '.join(removing)}" if removing else "")
    if not _DATE.search(section.title):
        return Judgement(Verdict.WARN, f"{text}, without a date", source, candidate, "date the section")
    return Judgement(Verdict.PASS, text, source, candidate)


def names_version(title: str, version: str) -> bool:
    """Whether a heading names exactly this version (and not a longer one that contains it)."""
    wanted = re.escape(version.removeprefix("v"))
    return re.search(rf"(?<![\w.-])v?{wanted}(?![\w.+-]*\w)", title) is not None


def _removing(found: tuple[Section, ...], index: int) -> list[str]:
    lines = [entry for entry in _entries(found[index].body) if _REMOVING.search(entry)]
    for section in found[index + 1 :]:
        if section.level <= found[index].level:
            break
        wanted = section.title.casefold() in {"removed", "breaking", "breaking changes"}
        lines += [entry for entry in _entries(section.body) if wanted or "breaking" in entry.casefold()]
    return lines[:3]


def _entries(body: Iterable[tuple[int, str]]) -> list[str]:
    """The entries of a list, each in one line: an indented line that begins no entry goes on with the last."""
    entries: list[str] = []
    for _, line in body:
        if entries and line[:1].isspace() and not _BULLET.match(line):
            entries[-1] += f" {line.strip()}"
        else:
            entries.append(line.strip().lstrip("-*+ "))
    return entries


def _reader(request: Request) -> Callable[[str], str]:
    repository = git.find(request.repository)
    prefix = request.parameters.application.path.strip("./")
    if repository is None or not request.candidate:
        return lambda path: (request.repository / prefix / path).read_text("utf-8")
    inside = f"{prefix}/" if prefix else ""
    return lambda path: repository.blob(request.candidate, inside + path).decode("utf-8")


def _same(stated: str, version: str) -> bool:
    return stated.removeprefix("v") == version.removeprefix("v")


def _newer(version: str, running: str) -> bool:
    """By PEP 440 where both are such versions; anything else counts as newer when it differs."""
    try:
        return Version(version) > Version(running)
    except InvalidVersion:
        return not _same(version, running)


def _is_changelog(fact: Fact) -> bool:
    return fact.path.lower().endswith((".md", ".rst", ".txt"))


def _list(facts: Sequence[Fact], *, values: bool = False) -> str:
    return ", ".join(f"{fact.name} says {fact.value}" if values else fact.name for fact in facts[:4])
