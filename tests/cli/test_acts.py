"""Whatever the notebook can do, a script can do."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Command, Released


@pytest.fixture
def out(released: Released, tmp_path: Path) -> Path:
    """A copy of the records and the store of the run that was released once."""
    shutil.copytree(released.demo.out, tmp_path / "reports")
    return tmp_path / "reports"


def item(releasekit: Command, run: str, out: Path, part: str) -> str:
    shown = json.loads(releasekit("show", run, "--out", out, "--format", "json").out)
    return next(one["id"] for one in shown["items"] if part in one["id"])


def test_acts_answer_as_json_with_the_logs_head(released: Released, out: Path, releasekit: Command) -> None:
    run = released.folder.name
    wanted = item(releasekit, run, out, "acceptance")
    done = releasekit("check", run, wanted, "--note", "seen", "--out", out, "--format", "json", RELEASEKIT_USER="amara")
    said = json.loads(done.out)
    assert (said["by"], said["done"]) == ("amara", f"ticked {wanted}")
    last = json.loads(releasekit("log", run, "--out", out, "--format", "json").out.splitlines()[-1])
    assert (last["kind"], last["seq"]) == ("item.ticked", said["events"])


def test_a_gate_tells_machines_from_people_by_its_exit_status(
    released: Released, out: Path, releasekit: Command
) -> None:
    run = released.folder.name
    assert releasekit("gate", run, "--out", out).status == 0
    assert releasekit("gate", run, "--gate", "machine", "--out", out).status == 0
    named = releasekit("gate", run, "--gate", "all", "--out", out, "--format", "json")
    everybody = releasekit("gate", run, "--all", "--out", out, "--format", "json")
    assert (named.status, named.out) == (everybody.status, everybody.out)
    assert everybody.status in {1, 3}
    assert json.loads(everybody.out)["waiting"]


def test_a_waiver_keeps_its_reason_and_can_be_taken_back(released: Released, out: Path, releasekit: Command) -> None:
    run = released.folder.name
    wanted = item(releasekit, run, out, "acceptance")
    waived = releasekit("waive", run, wanted, "--reason", "moves next week", "--out", out)
    assert waived.status == 0, waived.err
    assert "moves next week" in releasekit("log", run, "--out", out).out
    assert releasekit("unwaive", run, wanted, "--reason", "done", "--out", out).status == 0


def test_a_gate_that_is_held_opens_only_with_a_reason(released: Released, out: Path, releasekit: Command) -> None:
    run = released.folder.name
    held = releasekit("enter", run, "deploy", "--out", out)
    assert held.status == 2
    assert "the gate to deploy is held\n" in held.err
    assert "error: Technical Lead has not signed (go)\n" in held.err
    assert held.err.rstrip().endswith("(--override)")
    assert releasekit("enter", run, "deploy", "--override", "a customer is down", "--out", out).status == 0
    shown = releasekit("show", run, "--out", out).out
    assert "phase deploy" in shown
    assert "went on to deploy all the same: a customer is down" in shown
    logged = releasekit("log", run, "--out", out).out
    assert "deploy: a customer is down" in logged
    assert "(self-declared)" in logged
    assert releasekit("rollback", run, "--reason", "latency doubled", "--out", out).status == 0


def test_refusals_name_the_option_that_was_missing(released: Released, out: Path, releasekit: Command) -> None:
    run = released.folder.name
    wanted = item(releasekit, run, out, "acceptance")
    assert "--reason" in releasekit("waive", run, wanted, "--out", out).err
    said = releasekit("note", run, wanted, "--out", out).err
    assert "--note" in said
    assert "--link" in said


def test_sources_are_asked_again_from_where_the_parameter_file_lay(
    released: Released, out: Path, releasekit: Command, tmp_path: Path
) -> None:
    run = released.folder.name
    first = json.loads(releasekit("log", run, "--out", out, "--format", "json").out.splitlines()[0])
    base = first["data"]["base"]
    assert not Path(base).is_absolute()
    assert (released.demo.out / base).resolve() == released.demo.parameters.parent.resolve()
    beside = shutil.copytree(out, released.demo.out.parent / "again")
    asked = releasekit("collect", run, "testing.unit-tests", "--out", beside, cwd=tmp_path)
    assert asked.status == 0, asked.err
    assert "testing.unit-tests" in asked.out


def test_a_folder_of_parameters_that_is_lost_is_named_with_base(
    released: Released, out: Path, releasekit: Command, tmp_path: Path
) -> None:
    run, away = released.folder.name, tmp_path / "a" / "b" / "c"
    shutil.copytree(out, away)
    lost = releasekit("collect", run, "--out", away, cwd=tmp_path)
    assert lost.status == 2
    assert "is not there" in lost.err
    assert "--base" in lost.err
    found = releasekit("collect", run, "--out", away, "--base", released.demo.parameters.parent, cwd=tmp_path)
    assert found.status == 0, found.err


@pytest.mark.parametrize("verb", ["exclude", "include", "check", "waive", "note", "clear", "assign"])
def test_examples_name_items_that_there_are(released: Released, releasekit: Command, verb: str) -> None:
    example = releasekit(verb, "--help").out.rpartition("Example: releasekit")[2].split()
    ids = {one["id"] for one in json.loads((released.folder / "release.json").read_text())["items"]}
    assert example[2] in ids


def test_a_key_signs_for_a_role(released: Released, out: Path, releasekit: Command, tmp_path: Path) -> None:
    run, key = released.folder.name, tmp_path / "id"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    public = (tmp_path / "id.pub").read_text(encoding="utf-8").split()
    signers = tmp_path / "allowed_signers"
    signers.write_text(f'"Lena Hoffmann" {public[0]} {public[1]}\n', encoding="utf-8")
    bare = releasekit("sign", run, "technical_lead", "--key", key, "--out", out)
    assert bare.status == 2
    assert "--allowed-signers" in bare.err
    signed = releasekit("sign", run, "technical_lead", "--key", key, "--allowed-signers", signers, "--out", out)
    assert signed.status == 0, signed.err
    shown = json.loads(releasekit("log", run, "--out", out, "--format", "json").out.splitlines()[-1])
    assert (shown["kind"], shown["actor"], shown["grade"]) == ("signoff.given", "Lena Hoffmann", "signed")


def test_somebody_else_cannot_sign_for_a_named_role(released: Released, out: Path, releasekit: Command) -> None:
    refused = releasekit("sign", released.folder.name, "technical_lead", "--out", out, RELEASEKIT_USER="mallory")
    assert refused.status == 2
    assert "the Technical Lead is Lena Hoffmann, and you are mallory" in refused.err
