"""``python -m tests.archive.writing_golden NAME``: the golden bundle of a released format. It is never made anew.

Bundles of every released format stay readable and verifiable for ever (P18): test_golden.py looks at each that is here.
"""

import sys
import tempfile
from pathlib import Path

from releasekit.archive.make import make
from releasekit.archive.places import put
from tests.archive.samples import ended, signer

FOLDER = Path(__file__).parent / "golden"


def main(name: str) -> int:
    """Write ``golden/NAME/`` with the zip, and the public keys of its signers."""
    folder = FOLDER / name
    folder.mkdir()
    with tempfile.TemporaryDirectory() as place:
        keys = signer(Path(place), "author"), signer(Path(place), "approver", "ed25519")
        run = ended(Path(place) / "run")
        put(make(run.run, run.sources, [key.signs for key in keys]), str(folder))
        for key in keys:
            (folder / key.public.name).write_bytes(key.public.read_bytes())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
