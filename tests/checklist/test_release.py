from pathlib import Path

from releasekit.checklist.release import release
from releasekit.parameters.reading import validate

GIVEN = {
    "application": {"name": "shop", "repository": ".", "version": "2.4.0", "running": "v2.3.1"},
    "configuration": {
        "level": "A",
        "team": {"technical_lead": "Ada Lovelace"},
        "window": {"start": "2026-11-24T20:00:00Z", "end": "2026-11-24T22:00:00Z"},
        "freezes": [{"start": "2026-12-24T00:00:00Z", "end": "2026-12-27T00:00:00Z", "reason": "holidays"}],
        "reports": {"unit_tests": "ci/*.xml"},
        "channels": {"support": "#support", "status": "env:STATUS_HOOK"},
        "database": {"url": "env:DATABASE_URL"},
        "minutes": {"deploy": 45},
        "steps": {"execution.servers-stopped": "make stop"},
        "metrics": {
            "csv": "m.csv",
            "objectives": [{"name": "p95", "metric": "p95", "unit": "ms", "pass": ["<600"], "fail": [">+50%"]}],
        },
    },
}


def test_what_parameters_say_is_what_the_checklist_gets(tmp_path: Path) -> None:
    parameters = validate(GIVEN, tmp_path)
    given = release(parameters, candidate_sha="b" * 40, running_tag="v2.3.1", running_sha="a" * 40, files=3)
    assert (given.service, given.new, given.old, given.level) == ("shop", "2.4.0", "v2.3.1", "A")
    assert given.team == {"technical_lead": "Ada Lovelace"}
    assert given.window == ("2026-11-24T20:00:00Z", "2026-11-24T22:00:00Z")
    assert given.freezes == (("2026-12-24T00:00:00Z", "2026-12-27T00:00:00Z", "holidays"),)
    assert given.reports == {"unit_tests": ("ci/*.xml",)}
    assert given.minutes == {"deploy": 45}
    assert given.steps["execution.servers-stopped"].command == "make stop"
    assert given.objectives == ("p95 (in ms): passes at <600; fails at >+50%",)


def test_secrets_stay_references(tmp_path: Path) -> None:
    given = release(validate(GIVEN, tmp_path))
    assert given.database == "env:DATABASE_URL"
    assert given.channels == {"support": "#support", "status": "env:STATUS_HOOK"}


def test_the_least_that_parameters_say_is_enough(tmp_path: Path) -> None:
    given = release(validate({"application": GIVEN["application"]}, tmp_path))
    assert (given.window, given.objectives, given.database) == (("", ""), (), "")
