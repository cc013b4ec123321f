"""Sixty canaries by every way in: none of them in any file that leaves, in any form."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import quoteattr

import pytest

from releasekit.archive import layout
from releasekit.archive.make import Sources, make
from releasekit.archive.places import put
from releasekit.archive.verify import verify
from releasekit.errors import InputError, RefusedError
from releasekit.facts.change import Change, Commit
from releasekit.facts.model import Analysis, Fact
from releasekit.kernels import asking as kernels
from releasekit.plan.hiding import without_secrets
from releasekit.plan.model import seal
from releasekit.probes.collect import collect
from releasekit.probes.request import Judgement, Request
from releasekit.record import make as make_record
from releasekit.record.kernel import environment
from releasekit.record.make import record
from releasekit.record.place import Folder
from releasekit.run.log import Draft
from releasekit.run.proposing import propose
from tests.archive.samples import ended
from tests.probes import asking
from tests.record.example import notebook
from tests.run.samples import PARAMETERS, UAT, UNIT, begin_in, found, plan

# a third each: by name in the parameters, named like a secret in the environment, in addresses
REFERRED = {f"SHOP_{number:02}": f"canary-{number:02}/r+{number * 7919:x}Zq" for number in range(20)}
NAMED = {f"SERVICE_{number:02}_TOKEN": f"canary={number:02}&n'<{number * 104729:x}>" for number in range(20)}
ADDRESSES = {
    f"STORE_{number:02}": f"postgresql://shop:canary-{number:02}a{number * 15485863:x}@db/shop" for number in range(20)
}
CANARIES = REFERRED | NAMED | ADDRESSES
SAY = """import base64, os, sys, urllib.parse
names = sorted(name for name in os.environ if name.startswith(("SHOP_", "SERVICE_", "STORE_")))
for name in names:
    value = os.environ[name]
    print(value, repr(value), base64.b64encode(value.encode()).decode(), urllib.parse.quote(value, safe=""))
    # what the list of processes shows of this one and of the one that started it
    for process in ("self", str(os.getppid())):
        assert value not in open(f"/proc/{process}/cmdline").read()
    print("authorization: Basic", base64.b64encode(b"user:" + value.encode()).decode(), file=sys.stderr)
"""
SHOW = """from IPython.display import HTML, JSON, Markdown, display
display(HTML("".join(f"<p>{os.environ[name]}</p>" for name in names)), metadata={"of": os.environ[names[0]]})
display(Markdown(" ".join(os.environ[name] for name in names)))
display({"application/json": {name: os.environ[name] for name in names}}, raw=True)
{os.environ[name]: name for name in names}"""
FAIL = """raise RuntimeError("refused for " + ", ".join(os.environ[name] for name in names))"""


def secrets() -> list[str]:
    """What must be nowhere: each value, its password where it is an address, and both in other spellings."""
    passwords = [str(urlsplit(value).password) for value in ADDRESSES.values()]
    values = [*REFERRED.values(), *NAMED.values(), *passwords]
    coded = [base64.b64encode(value.encode()).decode().rstrip("=")[:-1] for value in values]
    return [*values, *coded, *(quote(value, safe="") for value in values), *(value.encode().hex() for value in values)]


def leaked(folder: Path) -> list[tuple[str, str]]:
    """Which canary is in which file below a folder; what JSON or HTML escapes is looked at unescaped too."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            text = path.read_bytes().decode("utf-8", "replace")
            plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").replace("&#x27;", "'")
            found += [(str(path.relative_to(folder)), one) for one in secrets() if one in text or one in plain]
    return found


def test_the_canaries_would_be_found(tmp_path: Path) -> None:
    assert len(CANARIES) == 60
    (tmp_path / "file").write_text("\n".join(CANARIES.values()))
    assert len({one for _, one in leaked(tmp_path)}) >= 60


def test_sixty_canaries_are_in_no_record_and_in_no_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CANARIES.items():
        monkeypatch.setenv(name, value)
    parameters = {**PARAMETERS, "secrets": [f"env:{name}" for name in REFERRED]}
    run = begin_in(tmp_path / "store", bound=plan(parameters=parameters))
    out = tmp_path / "record"
    source = notebook(tmp_path / "leaky.ipynb", SAY, SHOW, FAIL)
    record(run, Folder(out), store=f"sqlite:///{tmp_path}/store/releases.db", base=tmp_path, source=source)
    assert "secret SHOP_00" in (out / "release.ipynb").read_text()
    assert leaked(out) == []
    run.close("abandoned")
    # the operator's own notebook says it all too
    cells = [{"cell_type": "code", "source": "", "outputs": [{"text": text}]} for text in CANARIES.values()]
    (out / "walkthrough.ipynb").write_text(json.dumps({"cells": cells}))
    (out / "commands").mkdir()
    (out / "commands" / "0001-deploy.out").write_bytes(b"\xff\n" + "\n".join(CANARIES.values()).encode())
    (out / "evidence").mkdir()
    (out / "evidence" / "answer.json").write_text(json.dumps(list(CANARIES.values())))
    bundle = make(run, Sources(os.environ, tmp_path, out))
    put(bundle, str(tmp_path / "kept"), unpacked=True)
    assert leaked(tmp_path / "kept") == []
    assert leaked(tmp_path / "store") == []
    assert verify(bundle).intact
    counted = json.loads(bundle.files[layout.RUN])["secrets_replaced"]
    assert set(counted) >= set(CANARIES)


def shown_to_all() -> str:
    """The command lines of all processes of this machine, as `ps` shows them to anybody."""
    shown = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            shown.append(path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace"))
        except OSError:
            continue  # it ended meanwhile
    return "\n".join(shown)


def looked_at(command: Sequence[str], folder: Path, streams: Path) -> int:
    """Let a command run and look at the command lines of all processes meanwhile; its streams go to files."""
    name = f"{len(list(streams.iterdir())):02}-{command[0]}"
    with (streams / f"{name}.out").open("wb") as out, (streams / f"{name}.err").open("wb") as err:
        process = subprocess.Popen(
            [sys.executable, "-m", "releasekit", *command],
            cwd=folder,
            env={**os.environ, **CANARIES},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
        )
        while True:
            shown = shown_to_all()
            assert [one for one in secrets() if one in shown] == []
            try:
                return process.wait(timeout=0.05)
            except subprocess.TimeoutExpired:
                continue


def test_a_canary_in_a_command_line_would_be_seen() -> None:
    canary = next(iter(REFERRED.values()))
    with subprocess.Popen([sys.executable, "-c", "print(flush=True); input()", canary], stdin=-1, stdout=-1) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert canary in shown_to_all()
        process.communicate(b"\n")


def test_sixty_canaries_are_in_nothing_that_commands_say_write_or_show_to_other_processes(tmp_path: Path) -> None:
    repository, streams = tmp_path / "repository", tmp_path / "streams"
    (repository / "reports").mkdir(parents=True)
    streams.mkdir()
    # what CI and the repository repeat of them
    composed = {"shop": {"image": "shop:2.4.0", "environment": {f"OF_{name}": one for name, one in CANARIES.items()}}}
    (repository / "compose.yaml").write_text(json.dumps({"services": composed}))
    for at, part in enumerate((REFERRED, NAMED, ADDRESSES)):
        cases = "".join(f"<testcase name={quoteattr(one)}><failure/></testcase>" for one in list(part.values())[-3:])
        suite = f'<testsuite name="unit" timestamp="{datetime.now(UTC).isoformat()}">{cases}</testsuite>'
        (repository / "reports" / f"{at}.xml").write_text(suite)
    kinds = ("unit_tests", "integration_tests", "migrations")
    names = iter(REFERRED)
    configuration = {
        "reports": {kind: f"repository/reports/{at}.xml" for at, kind in enumerate(kinds)},
        "database": {"url": "env:STORE_00"},
        "endpoints": {name.lower(): f"env:{name}" for name in ADDRESSES},
        "channels": {f"audience {at}": {"url": f"env:{next(names)}"} for at in range(19)},
        "metrics": {"prometheus": "http://127.0.0.1:9", "token": f"env:{next(names)}", "objectives": []},
    }
    application = {"name": "shop", "version": "2.4.0", "repository": "repository"}
    (tmp_path / "shop.yaml").write_text(json.dumps({"application": application, "configuration": configuration}))
    assert looked_at(("run", "shop.yaml", "--out", "reports"), tmp_path, streams) in (0, 1)
    (record,) = (tmp_path / "reports" / "shop" / "2.4.0").iterdir()
    told = (record / "release.md").read_text()
    assert all(f"[secret {kind}_" in told for kind in ("SHOP", "SERVICE", "STORE"))
    run, closing = record.name, ("--outcome", "abandoned", "--reason", "enough")
    assert looked_at(("close", run, *closing), tmp_path, streams) == 0
    assert looked_at(("archive", run, "--to", "bundles", "--unpacked"), tmp_path, streams) == 0
    (bundle,) = (tmp_path / "bundles").iterdir()
    for command in (
        ("show", run),
        ("show", str(bundle)),
        ("log", run, "--format", "json"),
        ("diff", str(bundle), str(bundle)),
        ("verify", str(bundle)),
    ):
        assert looked_at(command, tmp_path, streams) == 0, command
    assert [leaked(folder) for folder in (streams, tmp_path / "reports", tmp_path / "bundles")] == [[], [], []]


def test_no_kernel_sees_the_key_that_signs_nor_the_credentials_of_a_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ended(tmp_path)
    names = {"RELEASE_KEY", "RELEASEKIT_KEY_PASSWORD", "AWS_SECRET_ACCESS_KEY", "GOOGLE_SERVICE_ACCOUNT"}
    look = "import os, pathlib; started = pathlib.Path('/proc/self/environ').read_text().split(chr(0))"
    say = f"[one for one in {sorted(names)} if one in os.environ or any(s.startswith(one + '=') for s in started)]"
    looking = notebook(tmp_path / "looking.ipynb", look, say)
    monkeypatch.setattr(make_record, "find", lambda _name: looking)
    kernels.end()  # what forks kernels is started while they are there
    for name in names:
        monkeypatch.setenv(name, f"the value of {name}")
    try:
        bundle = make(run.run, Sources(os.environ))
    finally:
        kernels.end()
    (shown,) = json.loads(bundle.files[layout.NOTEBOOK])["cells"][-1]["outputs"]
    assert shown["data"]["text/plain"] == ["[]"]


def test_what_was_replaced_is_counted_exactly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = ended(tmp_path, DEPLOY_TOKEN="canary-in-an-output")
    assert run.sources.record is not None
    said = {"output_type": "stream", "name": "stdout", "text": ["canary-in-an-output\n", "twice: canary-in-an-output"]}
    cell = {"cell_type": "code", "source": "deploy()", "metadata": {}, "outputs": [said]}
    (run.sources.record / "walkthrough.ipynb").write_text(json.dumps({"cells": [cell]}))
    shown = notebook(tmp_path / "shown.ipynb", "for _ in range(3):\n    print('gh' + 'p_' + 36 * 'a')")
    monkeypatch.setattr(make_record, "find", lambda _name: shown)
    bundle = make(run.run, run.sources)
    counted = json.loads(bundle.files[layout.RUN])["secrets_replaced"]
    assert counted == {"DEPLOY_TOKEN": 2, "looks like a credential": 3}


def test_the_kernels_of_open_runs_see_what_probes_need_and_no_passphrase_of_a_key() -> None:
    seen = environment("sqlite:///x", "base", {"DATABASE_URL": "x", "RELEASEKIT_KEY_PASSWORD": "words"})
    assert (seen.get("DATABASE_URL"), seen.get("RELEASEKIT_KEY_PASSWORD")) == ("x", None)


def test_what_a_probe_repeats_of_a_secret_is_not_in_the_log(tmp_path: Path) -> None:
    given = asking.request(tmp_path, environ={"DEPLOY_TOKEN": "canary-of-probes"})

    def says(_request: Request) -> Judgement:
        raise ValueError("401 for https://shop:pw@db?token=canary-of-probes")

    (evidence,) = collect([(UAT, "leaky")], given, {"leaky": says})
    assert "canary-of-probes" not in str(evidence)
    assert "[secret DEPLOY_TOKEN]" in evidence.sentence


def test_a_log_that_holds_a_secret_is_not_archived(tmp_path: Path) -> None:
    run = ended(tmp_path, DEPLOY_TOKEN="accepted by the shop team")
    with pytest.raises(RefusedError, match=r"event 4 \(the value of DEPLOY_TOKEN\)") as refused:
        make(run.run, run.sources)
    assert "accepted by" not in str(refused.value)
    made = make(run.run, run.sources, revoked=True)  # the operator says that it works no more
    assert b"accepted by the shop team" not in b"".join(
        made.files[path] for path in made.files if path != layout.EVENTS
    )
    assert verify(made).intact


LOOKING = "ghp_" + 36 * "a"


def test_what_looks_like_a_credential_does_not_get_into_a_log(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    acts: tuple[Callable[[], None], ...] = (
        lambda: run.tick(UAT, note=f"with {LOOKING}"),
        lambda: run.assign(UAT, LOOKING),
        lambda: run.waive(UAT, "the window is short", approver=LOOKING),
        lambda: run.exclude([UAT], LOOKING),
        lambda: run.refuse("technical_lead", LOOKING),
        lambda: run.enter("deploy", override=LOOKING),
        lambda: run.close("abandoned", f"the token {LOOKING} leaked"),
    )
    for act in acts:
        with pytest.raises(InputError, match="a password or a token"):
            act()
    # what a tool says, and what stands in a file, is taken without it
    run.add_evidence(found(sentence=f"401 for {LOOKING}"))
    propose(run, {UAT: f"ticked in issue.md: {LOOKING}"})
    run.started(f"Deploy with {LOOKING}")
    run.close("abandoned")
    assert LOOKING.encode() not in b"".join(run.store.lines(run.run_id))
    assert run.state.items[UNIT].evidence[0].sentence == "401 for [looks like a credential]"


def test_a_log_in_which_something_looks_like_a_credential_is_archived_when_it_is_said_to_be_revoked(
    tmp_path: Path,
) -> None:
    run = begin_in(tmp_path)
    told = Draft("item.noted", {"text": f"with {LOOKING}"}, UAT)  # as an earlier version took it
    close = Draft("run.closed", {"outcome": "abandoned", "reason": f"{LOOKING} leaked"})
    run.store.act(run.run_id, run.state.size, lambda _new: [told, close], actor=run.actor)
    run.refresh()
    with pytest.raises(RefusedError, match=r"event 3 \(what looks like a credential\), event 4"):
        make(run, Sources({}))
    made = make(run, Sources({}), revoked=True)
    assert json.loads(made.files[layout.RUN])["reason"] == "[looks like a credential] leaked"
    assert verify(made).intact


def test_a_secret_that_the_repository_repeats_is_not_in_the_plan(tmp_path: Path) -> None:
    said = Commit("c" * 40, "Ann", "ann@example.com", "2026-11-01", "use canary-of-the-tag as the tag")
    analysis = Analysis((Fact("image", "shop", "shop:canary-of-the-tag", "compose.yaml:3"),))
    changed = replace(plan(), analysis=analysis, change=Change(commits=(said,)))
    environ = {"DEPLOY_TOKEN": "canary-of-the-tag", "UAT_TOKEN": "User acceptance"}
    hidden = without_secrets(changed, environ)
    assert hidden.analysis.facts[0].value == "shop:[secret DEPLOY_TOKEN]"
    assert hidden.change.commits[0].subject == "use [secret DEPLOY_TOKEN] as the tag"
    assert (hidden.checklist, hidden.parameters) == (changed.checklist, changed.parameters)  # whose words are ours
    assert hidden == seal(hidden)
    assert without_secrets(changed, {}) is changed
    run = begin_in(tmp_path, bound=hidden)
    run.close("abandoned")
    assert make(run, Sources({"DEPLOY_TOKEN": "canary-of-the-tag"}))
