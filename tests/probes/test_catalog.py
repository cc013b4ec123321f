import subprocess
import sys
from pathlib import Path

from releasekit.probes.catalog import PROBES

OUTSIDER = '''
from releasekit.probes.evidence import Verdict
from releasekit.probes.request import Judgement, Request


def licensed(request: Request) -> Judgement:
    """Whether all licences are allowed.

    pass: they are.
    """
    return Judgement(Verdict.PASS, f"asked about {request.item}")


def stealing(request: Request) -> Judgement:
    """Taking the place of another."""
    return Judgement(Verdict.PASS, "stolen")
'''
POINTS = """[releasekit.probes]
licences.allowed = outsider:licensed
junit.unit = outsider:stealing
gone.away = outsider:no_such_function
not.there = no_such_module:probe
"""
ASKING = """
from pathlib import Path
from tests.probes.asking import ask, request
for name in ("licences.allowed", "junit.unit", "gone.away", "not.there"):
    found = ask(name, request(Path()))
    print(found.verdict, found.sentence)
"""


def run(folder: Path, *arguments: str) -> str:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-P", *arguments]
    environment = {"PYTHONPATH": f"{folder}:{root}", "COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True, timeout=120).stdout


def installed(folder: Path) -> Path:
    """A package as pip leaves it."""
    (folder / "outsider.py").write_text(OUTSIDER)
    about = folder / "outsider-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: outsider\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(POINTS)
    return folder


def test_a_probe_of_another_package_is_listed_and_used_and_takes_no_name_of_ours(tmp_path: Path) -> None:
    folder = installed(tmp_path)
    listed = run(folder, "-m", "releasekit", "probes")
    assert "licences.allowed\n  Whether all licences are allowed.\n  pass: they are." in listed
    assert "Taking the place of another" not in listed
    said = run(folder, "-c", ASKING).splitlines()
    assert said[0] == "pass asked about item"
    assert said[1] == "unknown no report of unit tests is configured"
    assert said[2].startswith("unknown outsider:no_such_function cannot be loaded: AttributeError")
    assert said[3].startswith("unknown no_such_module:probe cannot be loaded: ModuleNotFoundError")


def test_each_probe_says_what_it_asks_and_what_each_verdict_means() -> None:
    for name, probe in PROBES.items():
        said = (probe.__doc__ or "").split("\n\n")
        assert said[0].strip().endswith((".", "given.")), name
        assert len(said) > 1 or "As unit tests" in said[0], name
        assert "unknown:" in said[-1] or "As unit tests" in said[0], name
