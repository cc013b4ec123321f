from pathlib import Path

import pytest

from releasekit.facts.change import Change, KeyChange, Migration
from releasekit.facts.model import Analysis, Fact, Value
from releasekit.probes.evidence import Verdict
from tests.probes.asking import STALE, ask, leave, request


def flags(*facts: Fact, keys: tuple[KeyChange, ...] = (), unknown: str = "") -> Verdict:
    asked = request(Path(), analysis=Analysis(facts), change=Change(keys=keys, unknown=unknown))
    return ask("flags.configured", asked).verdict


def declared(value: Value = False) -> Fact:
    return Fact("feature_flag", "coupons", value, "config/flags.json:4")


def key(before: str | None, after: str | None) -> KeyChange:
    return KeyChange("flag", "coupons", before, after, "config/flags.json:4")


def test_a_new_flag_is_off_by_default() -> None:
    assert flags(declared(), keys=(key(None, "False"),)) is Verdict.PASS
    assert flags(declared("off"), keys=(key(None, "off"),)) is Verdict.PASS
    assert flags(declared(True), keys=(key(None, "True"),)) is Verdict.FAIL
    assert flags(declared("blue"), keys=(key(None, "blue"),)) is Verdict.WARN


def test_a_changed_default_is_shown_and_one_that_was_on_before_is_not_new() -> None:
    assert flags(declared(True), keys=(key("False", "True"),)) is Verdict.WARN
    assert flags(declared(True)) is Verdict.PASS


def test_a_flag_that_only_code_knows_fails_where_files_declare_the_others() -> None:
    code = Fact("feature_flag", "gifts", False, "app/flags.py:9")
    assert flags(declared(), code) is Verdict.FAIL
    assert flags(code) is Verdict.UNKNOWN


def test_what_is_new_must_be_known() -> None:
    assert flags(declared(), unknown="shallow clone") is Verdict.UNKNOWN


def way_back(*migrations: Migration, running: str = "b" * 40, first: bool = False) -> Verdict:
    asked = request(Path(), change=Change(migrations=migrations, first=first), running=running)
    return ask("rollback.possible", asked).verdict


def migration(effect: str) -> Migration:
    return Migration("0002", "migrations/0002.py", effect)


def test_the_way_back_is_as_good_as_the_migrations_allow() -> None:
    assert way_back() is Verdict.PASS
    assert way_back(migration("additive")) is Verdict.PASS
    assert way_back(migration("additive"), migration("destructive")) is Verdict.WARN
    assert way_back(migration("locking")) is Verdict.WARN
    assert way_back(migration("destructive"), migration("irreversible")) is Verdict.FAIL
    assert way_back(migration("unknown")) is Verdict.UNKNOWN
    assert way_back(running="") is Verdict.UNKNOWN
    assert way_back(first=True) is Verdict.UNKNOWN


NEEDED = Analysis((Fact("env_required", "SIGNING_KEY", "required", "compose.yaml:10", "web"),))


def settings(folder: Path, content: object, analysis: Analysis = NEEDED) -> Verdict:
    leave(folder, "settings", content)
    evidence = ask("settings.complete", request(folder, {"reports": {"settings": "settings"}}, analysis=analysis))
    assert "hunter2" not in str(evidence)
    return evidence.verdict


SECRET = {"kind": "Secret", "metadata": {"name": "web"}, "data": {"SIGNING_KEY": "aHVudGVyMg=="}}


@pytest.mark.parametrize(
    ("content", "verdict"),
    [
        ("# production\nSIGNING_KEY\n", Verdict.PASS),
        ("export SIGNING_KEY='hunter2'\nOTHER=1\n", Verdict.PASS),
        ({"kind": "List", "items": [SECRET, {"kind": "ConfigMap", "metadata": {}, "data": None}]}, Verdict.PASS),
        (SECRET, Verdict.PASS),
        ("SIGNING_KEY=\n", Verdict.FAIL),
        ("SIGNING_KEY=''\n", Verdict.FAIL),
        ("OTHER\n", Verdict.FAIL),
        ("", Verdict.FAIL),
        (SECRET | {"data": {"SIGNING_KEY": ""}}, Verdict.FAIL),
        ({"some": "json"}, Verdict.UNKNOWN),
        (SECRET | {"data": ["SIGNING_KEY"]}, Verdict.UNKNOWN),
        ("SIGNING_KEY: hunter2", Verdict.UNKNOWN),
        (b"\xff\xfe\xfa", Verdict.UNKNOWN),
        ("{", Verdict.UNKNOWN),
    ],
)
def test_settings_that_the_candidate_needs_are_there_by_name(content: object, verdict: Verdict, tmp_path: Path) -> None:
    assert settings(tmp_path, content) is verdict


def test_where_nothing_is_needed_a_person_looks(tmp_path: Path) -> None:
    assert settings(tmp_path, "A\n", Analysis()) is Verdict.WARN


def test_an_old_list_is_no_evidence(tmp_path: Path) -> None:
    from datetime import datetime

    leave(tmp_path, "settings", "SIGNING_KEY\n", modified=datetime.fromisoformat(STALE))
    asked = request(tmp_path, {"reports": {"settings": "settings"}}, analysis=NEEDED)
    assert ask("settings.complete", asked).verdict is Verdict.UNKNOWN
