"""``python -m tests.bench [NAME...]``: run the benchmarks and print one JSON object."""

import json
import sys
import tempfile
from pathlib import Path

from tests.bench import archive, batch, export, facts, probes, record, run, walkthrough

BENCHMARKS = {
    "record": record.measure,
    "batch": batch.measure,
    "flat": batch.flat,
    "facts": facts.measure,
    "run": run.measure,
    "probes": probes.measure,
    "archive": archive.measure,
    "export": export.measure,
    "walkthrough": walkthrough.measure,
}


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"no benchmark {unknown[0]!r}; there are: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    results = {}
    for name in names or BENCHMARKS:
        with tempfile.TemporaryDirectory() as folder:
            results[name] = BENCHMARKS[name](Path(folder))
    print(json.dumps(results, indent=2))
    return 0


sys.exit(main(sys.argv[1:]))
