"""Every reader of a report, fed with damaged ones: it answers, or says in one error what is wrong."""

import json
import random
from collections.abc import Callable
from contextlib import suppress

import pytest

from releasekit.errors import SourceError
from releasekit.sources import coverages, junit, loadtests, scans, terraform
from tests.counts import count
from tests.probes import cases_files
from tests.probes.asking import CANDIDATE, FRESH
from tests.probes.test_coverage import COBERTURA

Read = Callable[[bytes, str], object]
READERS: dict[str, tuple[Read, object]] = {
    "JUnit": (junit.read, cases_files.junit(CANDIDATE, FRESH, False)),
    "SARIF": (scans.read, cases_files.sarif(CANDIDATE, FRESH, False)),
    "Trivy": (scans.read, cases_files.trivy(CANDIDATE, FRESH, False)),
    "pip-audit": (scans.read, cases_files.pip_audit(CANDIDATE, FRESH, False)),
    "npm audit": (scans.read, cases_files.npm_audit(CANDIDATE, FRESH, False)),
    "k6 handleSummary": (loadtests.read, cases_files.k6_handle(CANDIDATE, FRESH, False)),
    "k6 --summary-export": (loadtests.read, cases_files.k6_export(CANDIDATE, FRESH, False)),
    "k6 machine-readable": (loadtests.read, cases_files.k6_machine(CANDIDATE, FRESH, False)),
    "pytest-benchmark": (loadtests.read, cases_files.benchmark(CANDIDATE, FRESH, False)),
    "Terraform plan": (terraform.read, cases_files.plan(CANDIDATE, FRESH, False)),
    "Cobertura": (coverages.read, COBERTURA),
    "coverage.py": (
        coverages.read,
        {"meta": {"timestamp": FRESH}, "totals": {"covered_lines": 3, "num_statements": 4}},
    ),
}
PIECES = [
    b"",
    b"null",
    b"-1",
    b"1e999",
    b'""',
    b"[]",
    b"{}",
    b"true",
    b"\x00",
    b"\xff",
    b"<",
    b"&x;",
    b'"',
    b"9" * 5000,
]


@pytest.mark.parametrize("name", READERS)
def test_a_changed_report_is_read_or_refused_and_nothing_else(name: str) -> None:
    read, example = READERS[name]
    raw = (example if isinstance(example, str) else json.dumps(example)).encode()
    chance = random.Random(name)
    for _ in range(count("reports.mutations")):
        changed = bytearray(raw)
        for _ in range(chance.randint(1, 4)):
            start = chance.randrange(len(changed))
            changed[start : start + chance.randint(0, 12)] = chance.choice(PIECES)
            changed = changed or bytearray(b" ")
        with suppress(SourceError):
            read(bytes(changed), "report")
