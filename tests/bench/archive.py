"""A bundle of 50 MB: packing and verifying it beside ``zip`` and ``sha256sum -c``, as commands a person would type."""

import json
import random
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

from releasekit.archive.layout import Bundle
from releasekit.archive.make import make
from tests.archive.samples import ended, laid_out
from tests.bench.clock import rounds, seconds

ROUNDS = 3
SIZE = 50 << 20
FILES = 40
_PUT = "import sys; from releasekit.archive.places import get, put; put(get(sys.argv[1]), sys.argv[2])"


def measure(folder: Path) -> dict[str, Any]:
    """Medians of ROUNDS in seconds, and ratios. Executing the notebook of the bundle once more is not in it."""
    bundle = _bundle(folder)
    place = laid_out(bundle, folder / "unpacked")
    script = str(Path(sys.executable).parent / "releasekit")
    kept = folder / "kept"
    subprocess.run([sys.executable, "-c", _PUT, str(place), str(kept)], check=True, cwd=folder)
    zipped = str(kept / f"{bundle.name}.zip")

    def ours(turn: int) -> float:
        return seconds([sys.executable, "-c", _PUT, str(place), str(folder / f"ours{turn}")], folder)

    def theirs(turn: int) -> float:
        return seconds(["zip", "-q", "-X", "-r", str(folder / f"theirs{turn}.zip"), bundle.name], place.parent)

    def by_hand(_turn: int) -> float:
        return seconds(["sha256sum", "-c", "--quiet", "manifest-sha256.txt", "tagmanifest-sha256.txt"], place)

    taken = rounds(
        ROUNDS,
        {
            "releasekit archive (pack and put)": ours,
            "zip": theirs,
            "releasekit verify FOLDER": lambda _turn: seconds([script, "verify", str(place)], folder),
            "releasekit verify ZIP": lambda _turn: seconds([script, "verify", zipped], folder),
            "sha256sum -c": by_hand,
        },
    )
    pack, zips, verify, verify_zip, sums = taken.values()
    return {
        "MB": round(sum(map(len, bundle.files.values())) / 1e6, 1),
        "seconds": taken,
        "ratio of archive and verify to zip and sha256sum -c": round((pack + verify) / (zips + sums), 2),
        "ratio with verify of the zip": round((pack + verify_zip) / (zips + sums), 2),
        "zip MB, ours and theirs": [
            round(path.stat().st_size / 1e6, 1) for path in (Path(zipped), folder / "theirs0.zip")
        ],
    }


def _bundle(folder: Path) -> Bundle:
    """A run's bundle with evidence files of 50 MB: reports, whose lines repeat, and some that do not compress."""
    run = ended(folder / "run")
    assert run.sources.record is not None
    evidence = run.sources.record / "evidence"
    evidence.mkdir()
    dice = random.Random(50)
    for number in range(FILES):
        if number % 8 == 0:
            data = dice.randbytes(SIZE // FILES)
        else:
            line = json.dumps({"test": f"case {number}", "seconds": 0.25, "status": "passed"})
            lines = (f"{line} {sha256(str(n).encode()).hexdigest()[:24]}\n" for n in range(SIZE // FILES // 84))
            data = "".join(lines).encode()
        (evidence / f"report-{number:02}.json").write_bytes(data)
    return make(run.run, run.sources)
