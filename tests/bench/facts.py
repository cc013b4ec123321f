"""``releasekit facts`` on generated repositories, beside reading the same files with ``git ls-files | xargs cat``."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.bench.clock import rounds, seconds

SIZES = (5_000, 50_000)
ROUNDS = 2

MANIFEST = """apiVersion: apps/v1
kind: Deployment
metadata: {{name: service-{n}}}
spec:
  replicas: 2
  selector: {{matchLabels: {{app: service-{n}}}}}
  template:
    metadata: {{labels: {{app: service-{n}}}}}
    spec:
      containers:
        - name: main
          image: registry.example.com/service-{n}:1.0.{n}
          ports: [{{containerPort: 8080}}]
          readinessProbe: {{httpGet: {{path: /ready, port: 8080}}}}
"""
MODULE = """import os

LIMIT = int(os.environ.get("LIMIT_{n}", "10"))


def work(value: int) -> int:
    return value * LIMIT
"""


def measure(folder: Path) -> dict[str, Any]:
    """For each size: seconds, peak memory in MB of a fresh process, and the ratio to reading the files."""
    return {f"{size} files": _one(folder / str(size), size) for size in SIZES}


def _one(folder: Path, size: int) -> dict[str, Any]:
    generate(folder, size)
    script = str(Path(sys.executable).parent / "releasekit")
    taken = rounds(
        ROUNDS,
        {
            "releasekit facts": lambda _turn: seconds([script, "facts", "."], folder),
            "git ls-files | xargs cat": lambda _turn: seconds(
                ["bash", "-c", "set -o pipefail; git ls-files -z | xargs -0 cat > /dev/null"], folder
            ),
        },
    )
    mine, theirs = taken.values()
    return {"seconds": taken, "ratio": round(mine / theirs, 2), "peak MB": _peak(script, folder)}


def generate(folder: Path, size: int) -> None:
    """A repository of ``size`` files, one in 25 of them YAML, committed."""
    yaml = size // 25
    for number in range(size):
        part = folder / f"part{number // 500:03}"
        part.mkdir(parents=True, exist_ok=True)
        if number < yaml:
            (part / f"service-{number}.yaml").write_text(MANIFEST.format(n=number), encoding="utf-8")
        else:
            (part / f"module_{number}.py").write_text(MODULE.format(n=number), encoding="utf-8")
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "generated"]):
        person = ["-c", "user.name=Bench", "-c", "user.email=bench@example.org"]
        subprocess.run(["git", *person, *command], cwd=folder, check=True)


def _peak(script: str, folder: Path) -> float:
    """Peak resident memory of one process, from the kernel's own account, in MB."""
    code = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, script, "facts", "."], cwd=folder, check=True, capture_output=True, text=True
    )
    return round(int(re.findall(r"\d+", done.stdout)[-1]) / 1024, 1)
