"""``python -m tests.corpus FOLDER [GOLD] [-v]``: analyse the checkouts in FOLDER and score them against gold files.

FOLDER holds a checkout for each NAME, GOLD a NAME.json (default: GOLD in the environment, else FOLDER/gold where it is
there, else the held-out labels of this repository). SCORER in the environment names the scoring program, which is not
part of this repository; it is called with ``--gold-dir`` and ``--pred-dir``.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from releasekit.facts.analysis import analyse
from releasekit.facts.printing import data
from releasekit.sources.folder import tree_of_folder

HELD_OUT = Path(__file__).parent / "heldout"


def main(arguments: list[str]) -> int:
    """Write a prediction for each checkout that has a gold file, and hand them to the scorer."""
    options = [argument for argument in arguments if argument.startswith("-")]
    folders = [Path(argument) for argument in arguments if not argument.startswith("-")]
    scorer = os.environ.get("SCORER", "")
    if not scorer or not folders:
        print(f"{__doc__}\nusage: make corpus CORPUS=FOLDER SCORER=score.py", file=sys.stderr)
        return 2
    named = folders[1] if len(folders) > 1 else Path(os.environ.get("GOLD") or folders[0] / "gold")
    golds = named if named.is_dir() else HELD_OUT
    with tempfile.TemporaryDirectory() as predictions, tempfile.TemporaryDirectory() as wanted:
        for gold in sorted(golds.glob("*.json")):
            checkout = folders[0] / gold.stem
            if checkout.is_dir():
                found = json.dumps(data(analyse(tree_of_folder(checkout))))
                (Path(predictions) / gold.name).write_text(found, encoding="utf-8")
                (Path(wanted) / gold.name).symlink_to(gold.resolve())
        places = ["--gold-dir", wanted, "--pred-dir", predictions]
        return subprocess.run([sys.executable, scorer, *places, *options], check=False).returncode


sys.exit(main(sys.argv[1:]))
