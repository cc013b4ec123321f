"""Records made in different ways, so written that what differs by nature (ids, times) is the same."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from releasekit.record.make import NAMES

CHANGING = (
    (r'"seconds": [0-9.e-]+', '"seconds": 0'),
    (r"\d{8}-\d{6}-[0-9a-z]{8}", "RUN"),
    (r"\b[0-9a-f]{64}\b", "HASH"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|\+00:00)?", "TIME"),
    (r"\d{1,2} [A-Z][a-z]{2} \d{4}(?:, \d\d:\d\d(?::\d\d(?:\.\d+)?)?(?: UTC)?)?", "TIME"),
    (r'"duration": [\d.e-]+', '"duration": 0'),
    (r"\b\d\d:\d\d:\d\d\b", "TIME"),
)
_NUMBERS = (
    (r'"events": \d+', '"events": N'),
    (r"\bevent \d+ of run", "event N of run"),
    (r"\| \d+ \| TIME", "| N | TIME"),
    (r"<td>\d+</td><td><time", "<td>N</td><td><time"),
)


def normal(text: str) -> str:
    """The text without ids, hashes, times and durations."""
    for pattern, word in CHANGING:
        text = re.sub(pattern, word, text)
    return text


def record(folder: Path) -> dict[str, str]:
    """The four files and the evidence of the only record below a folder. Evidence is kept in the order of answers."""
    (page,) = folder.glob("*/*/*/release.html")
    files = {name: normal((page.parent / name).read_text()) for name in NAMES}
    index = json.loads((page.parent / "evidence/index.json").read_text())
    assert {line["file"] for line in index["files"]} == {
        path.name for path in (page.parent / "evidence").iterdir() if path.name != "index.json"
    }
    kept = [
        [line["source"], line["sha256"], line["kept_sha256"], sorted(one["item"] for one in line["judged"])]
        for line in index["files"]
    ]
    return {**files, "evidence": _dumped(sorted(kept))}


def without_base(files: Mapping[str, str]) -> dict[str, str]:
    """The record as it is where no way leads from it to the parameters: the notebook is not told one."""
    node = json.loads(files["release.ipynb"])
    del node["metadata"]["papermill"]["parameters"]["base"]
    (told,) = (cell for cell in node["cells"] if cell["id"] == "injected-parameters")
    told["source"] = [line for line in told["source"] if not line.startswith("base = ")]
    return {**files, "release.ipynb": _dumped(node)}


def dumped(files: Mapping[str, str]) -> dict[str, str]:
    """The record with its notebook as `without_base` writes it."""
    return {**files, "release.ipynb": _dumped(json.loads(files["release.ipynb"]))}


def cells(text: str) -> list[dict[str, object]]:
    """Of a notebook that is not told about itself: its cells as they stand and all that they put out.

    Plain Papermill keeps no run. So its log has no places of cells and other numbers, and its notebook no stamp; the
    parameters that are injected are those of the file.
    """
    kept = []
    for cell in json.loads(normal(text))["cells"]:
        if "injected-parameters" in cell["metadata"].get("tags", ()):
            continue
        shown = json.dumps(cell.get("outputs"), ensure_ascii=False, indent=1)
        kept.append({**cell, "outputs": _unnumbered(shown)})
    return kept


def _unnumbered(text: str) -> str:
    for pattern, word in _NUMBERS:
        text = re.sub(pattern, word, text)
    return text


def _dumped(node: object) -> str:
    return json.dumps(node, indent=1, ensure_ascii=False)
