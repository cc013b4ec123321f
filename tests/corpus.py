"""``python -m tests.corpus FOLDER [GOLD]``: analyse the checkouts in FOLDER, score them against gold files.

GOLD is a folder of NAME.json; default: the environment's GOLD, else FOLDER/gold. SCORER in the environment names the
scoring program. Neither is part of this repository; what is scored is each subfolder NAME that has a gold file.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from releasekit.facts.analysis import analyse
from releasekit.tree import Tree


def tree_of(folder: Path) -> Tree:
    """The tracked files of a checkout, symbolic links left out."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=folder, capture_output=True, text=True, check=True)
    paths = [path for path in listed.stdout.split("\0") if path]
    sizes = {
        path: (folder / path).stat().st_size
        for path in paths
        if (folder / path).is_file() and not (folder / path).is_symlink()
    }
    return Tree(str(folder), sizes, lambda path: (folder / path).read_bytes())


def written(tree: Tree) -> dict[str, object]:
    """An analysis as the scorer reads it."""
    analysis = analyse(tree)
    fields = ("kind", "name", "value", "service", "source")
    return {
        "facts": [{name: getattr(fact, name) for name in fields} for fact in analysis.facts],
        "start_order": analysis.start_order,
        "findings": [{"rule": f.rule, "sentence": f.sentence, "places": f.places} for f in analysis.findings],
    }


def main(arguments: list[str]) -> int:
    scorer = os.environ.get("SCORER", "")
    if not arguments or not scorer:
        print("usage: SCORER=score.py python -m tests.corpus FOLDER [GOLD] [-v]", file=sys.stderr)
        return 2
    options = [word for word in arguments if word.startswith("-")]
    names = [word for word in arguments if not word.startswith("-")]
    folder = Path(names[0])
    gold = Path(names[1] if len(names) > 1 else os.environ.get("GOLD", str(folder / "gold")))
    with tempfile.TemporaryDirectory() as out:
        for checkout in sorted(folder.iterdir()):
            if (gold / f"{checkout.name}.json").is_file() and checkout.is_dir():
                (Path(out) / f"{checkout.name}.json").write_text(json.dumps(written(tree_of(checkout))))
        command = [sys.executable, scorer, "--gold-dir", str(gold), "--pred-dir", out, *options]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
