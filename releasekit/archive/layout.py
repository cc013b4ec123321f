"""What stands where in a bundle, and which names may. Reads and writes nothing.

A bundle is a BagIt 1.0 bag (RFC 8493): what it keeps lies below ``data/`` and is listed in ``manifest-sha256.txt``.
Not in format 1: a policy of its own beside the parameters (level and signing stand in those, waivers in the log), time
stamps (RFC 3161), Sigstore bundles, RO-Crate, what language models were asked.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SCHEMA = "releasekit/bundle/1"
PREDICATE = "urn:releasekit:release-run:v1"

BAGIT = "bagit.txt"
INFO = "bag-info.txt"
MANIFEST = "manifest-sha256.txt"
TAGS = "tagmanifest-sha256.txt"
TAGGED = (BAGIT, INFO, MANIFEST)

RUN = "data/run.json"
EVENTS = "data/events.jsonl"
CHECKLIST = "data/checklist.json"
REPORT = "data/report.md"
PAGE = "data/report.html"
PRINTED = "data/report.pdf"  # the page on paper, if there was a Chromium to print it
PARAMETERS = "data/inputs/parameters.yaml"
FACTS = "data/inputs/facts.json"
TEMPLATE = "data/inputs/template.ipynb"
NOTEBOOKS = "data/notebook/"
NOTEBOOK = "data/notebook/executed.ipynb"
OWN = "data/notebook/walkthrough.ipynb"  # the operator's, if there was one
OPERATED = "data/notebook/operated.ipynb"  # what was executed before the close, if it has cells of its own; then -2 ...
EVIDENCE = "data/evidence/index.json"
HOW = "data/VERIFY.txt"
DERIVED: tuple[str, ...] = ()  # what newer bundles have besides, and the log says all of
REQUIRED = (RUN, EVENTS, CHECKLIST, REPORT, PAGE, PARAMETERS, FACTS, TEMPLATE, NOTEBOOK, EVIDENCE, HOW)

# tag files that the tag manifest does not list: signing.py adds signatures later, in a copy of the bundle
ENVELOPE = "attestations/release.intoto.jsonl"
SUMMARY = "attestations/release.svr.intoto.jsonl"
ATTESTATIONS = "attestations/"

LONGEST = 100
# bagit.py 1.9 decodes only %0D and %0A in manifests, and shells treat much else in ways of their own
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_BAD = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle as read: its name, its files by their paths within it, and what is wrong with how it is packed."""

    name: str
    files: Mapping[str, bytes]
    problems: tuple[str, ...] = ()


def path_problem(path: str) -> str:
    """Why a bundle may not have this path; "" when it may."""
    if len(path) > 4 * LONGEST:
        return f"has the name {path[:40]!r}..., which is too long"
    if all(_PART.fullmatch(part) and len(part) <= LONGEST and not part.endswith(".") for part in path.split("/")):
        return ""
    return f"has the name {path!r}: parts of names are letters, digits, . _ and -, and do not begin or end with a dot"


def paths_problems(paths: Iterable[str]) -> Iterator[str]:
    """What is wrong with the paths of one bundle: each by itself, and that some file systems would mix up two."""
    seen: dict[str, str] = {}
    for path in paths:
        if problem := path_problem(path):
            yield problem
        folded = path.casefold()
        if folded in seen:
            yield (
                f"{path!r} is there twice" if seen[folded] == path else f"{path!r} and {seen[folded]!r} differ in case"
            )
        seen[folded] = path
    for folded, path in seen.items():
        if any(parent in seen for parent in _parents(folded)):
            yield f"{path!r} lies below a file"


def _parents(path: str) -> Iterator[str]:
    parts = path.split("/")
    return ("/".join(parts[:length]) for length in range(1, len(parts)))


def bundle_name(service: str, version: str, environment: str, run: str) -> str:
    """``storefront-2.4.0-production-20261123-074915-kfc07hjw``; what no name may hold becomes ``-``."""
    what = _BAD.sub("-", f"{service}-{version}-{environment}").strip("-.")
    return f"{what[: LONGEST - len(run) - 5]}-{run}".lstrip("-.")


def file_name(text: str) -> str:
    """The last part of a path as a name that a bundle may have."""
    return _BAD.sub("-", text.rsplit("/", 1)[-1]).strip("-.")[-60:].lstrip("-.") or "file"


def as_json(data: Any) -> bytes:
    """JSON data as a bundle's files have them."""
    return (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode()


def as_yaml(data: Any) -> bytes:
    """The same as YAML, for what people wrote as YAML."""
    import yaml

    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=120).encode()
