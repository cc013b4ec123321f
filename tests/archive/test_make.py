import json
import os
import platform
import re
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from nbformat import reads

from releasekit.archive import about, layout
from releasekit.archive.attestation import read
from releasekit.archive.evidence import base_of
from releasekit.archive.make import Sources, make
from releasekit.archive.verify import verify
from releasekit.archive.zipping import pack
from releasekit.errors import RefusedError
from releasekit.facts.model import Analysis, Fact
from releasekit.plan.model import seal
from releasekit.record.make import record as executed
from releasekit.record.place import Folder
from releasekit.run.keeping import keeper
from releasekit.run.opening import open_run
from releasekit.run.store import open_store
from releasekit.run.versions import made_with
from releasekit.sources.reading import Raw
from tests.archive.conftest import Made
from tests.archive.samples import JUNIT, ended, rebuilt, with_files
from tests.probes import asking
from tests.record.example import notebook
from tests.run.samples import ALICE, PARAMETERS, begin_in, found, identity, plan


def test_the_same_run_archived_twice_gives_the_same_bytes(made: Made) -> None:
    again = make(made.ended.run, made.ended.sources, [signer.signs for signer in made.keys])
    assert again == made.bundle
    assert pack(again.name, again.files) == pack(made.bundle.name, made.bundle.files)


def test_the_log_in_a_bundle_is_the_stored_one_byte_for_byte(made: Made) -> None:
    run = made.ended.run
    assert made.bundle.files[layout.EVENTS] == b"".join(line + b"\n" for line in run.store.lines(run.run_id))


def test_a_bundle_says_what_happened_in_one_page(made: Made) -> None:
    said = json.loads(made.bundle.files[layout.RUN])
    assert (said["result"], said["reason"], said["closed_by"]) == ("DEPLOYED", "as planned", "alice")
    assert [(one["name"], one["grades"]) for one in said["people"]] == [
        ("alice", ["self-declared"]),
        ("bob", ["self-declared"]),
    ]
    assert [(one["role"], one["by"]) for one in said["signoffs"]] == [
        ("technical_lead", "alice"),
        ("release_manager", "bob"),
    ]
    assert {"papermill", "nbconvert", "cryptography"} <= set(said["tools"])


def test_the_notebook_shows_the_final_state_and_nothing_of_when_it_was_executed_again(made: Made) -> None:
    text = made.bundle.files[layout.NOTEBOOK].decode()
    notebook = reads(text, as_version=4)
    assert notebook.metadata.releasekit.status == "deployed"
    assert notebook.metadata.releasekit.events == made.ended.run.state.size
    assert "accepted by the shop team" in text
    assert "start_time" not in text
    assert "iopub" not in text
    assert b"This run is closed: deployed" in made.bundle.files[layout.REPORT]


def test_the_operators_own_notebook_is_kept_beside_it(made: Made) -> None:
    assert json.loads(made.bundle.files[layout.OWN])["cells"][0]["source"] == "My own words."


def test_a_notebook_of_the_operators_cells_is_kept_as_she_executed_it_and_none_is_executed_again(
    tmp_path: Path,
) -> None:
    run = ended(tmp_path)
    record, deployed = run.sources.record, tmp_path / "deployed"
    assert record is not None
    source = notebook(tmp_path / "mine.ipynb", f"print('deploying', file=open({str(deployed)!r}, 'a')); 'it is out'")
    address = f"sqlite:///{tmp_path}/store/releases.db"
    executed(run.run, Folder(record), store=address, base=tmp_path, source=source)
    made = make(run.run, run.sources)
    assert deployed.read_text() == "deploying\n"
    assert "it is out" in made.files[layout.OPERATED].decode()
    assert verify(made).intact
    executed(run.run, Folder(record), store=address, base=tmp_path)
    assert layout.OPERATED not in make(run.run, run.sources).files  # it would be our own notebook again
    for name, said in (("operated", "one"), ("operated-2", "two"), ("operated-x", "none"), ("release", "three")):
        cells = [{"cell_type": "code", "source": f"'{said}'", "metadata": {}}]
        (record / f"{name}.ipynb").write_text(json.dumps({"cells": cells}))
    files = make(run.run, run.sources).files
    assert {path: json.loads(files[path])["cells"][0]["source"] for path in files if "operated" in path} == {
        layout.OPERATED: "'one'",
        "data/notebook/operated-2.ipynb": "'two'",
        "data/notebook/operated-3.ipynb": "'three'",
    }


@pytest.mark.parametrize("raw", [b"{not json", b'{"cells": 7}', b"\xff\xfe token=abc", b"[" * 100_000, b""])
def test_a_damaged_notebook_is_kept_as_the_text_that_it_is(tmp_path: Path, raw: bytes) -> None:
    run = ended(tmp_path)
    assert run.sources.record is not None
    for name in ("walkthrough.ipynb", "release.ipynb"):
        (run.sources.record / name).write_bytes(raw)
    made = make(run.run, run.sources)
    assert made.files[layout.OWN] == raw.decode("utf-8", "replace").encode()
    assert verify(made).intact


def test_no_link_is_followed_to_an_operators_notebook(tmp_path: Path) -> None:
    run = ended(tmp_path)
    assert run.sources.record is not None
    own = run.sources.record / "walkthrough.ipynb"
    own.rename(tmp_path / "elsewhere.ipynb")
    own.symlink_to(tmp_path / "elsewhere.ipynb")
    os.mkfifo(run.sources.record / "release.ipynb")
    made = make(run.run, run.sources)
    assert not {layout.OWN, layout.OPERATED} & made.files.keys()


def test_evidence_files_are_kept_as_they_were_judged(made: Made) -> None:
    index = json.loads(made.bundle.files[layout.EVIDENCE])
    assert made.bundle.files["data/evidence/0001-junit.xml"] == JUNIT
    assert [(line["file"], line["judged"][0]["item"]) for line in index["files"]] == [
        ("0001-junit.xml", "testing.unit-tests")
    ]
    assert index["not_kept"] == []


def test_an_evidence_file_that_was_replaced_since_is_not_kept_and_said(tmp_path: Path) -> None:
    run = ended(tmp_path)
    assert run.sources.base is not None
    (run.sources.base / "junit.xml").write_bytes(JUNIT.replace(b"one", b"two"))
    made = make(run.run, run.sources)
    index = json.loads(made.files[layout.EVIDENCE])
    assert index["files"] == []
    assert index["not_kept"][0]["why"] == "the file is another one than was judged"
    assert not [path for path in made.files if path.endswith(".xml")]


def test_what_the_run_kept_as_it_was_judged_is_taken_from_there(tmp_path: Path) -> None:
    run = ended(tmp_path)
    assert run.sources.base is not None
    assert run.sources.record is not None
    asked = asking.request(tmp_path, environ={"REPORT_TOKEN": 'name="one"'})  # a part of the report is a secret
    kept = keeper(run.sources.record, asked)
    assert kept is not None
    digest = sha256(JUNIT).hexdigest()
    kept.keep(replace(found(), sha256=digest), [Raw("junit.xml", JUNIT, digest)])
    (run.sources.base / "junit.xml").unlink()
    made = make(run.run, run.sources)
    (line,) = json.loads(made.files[layout.EVIDENCE])["files"]
    assert (line["judged_sha256"], line["secrets_replaced"]) == (digest, 1)
    assert made.files["data/evidence/0001-junit.xml"] == JUNIT.replace(b'name="one"', b"[secret REPORT_TOKEN]")
    assert verify(made).intact
    (run.sources.record / "evidence" / "0001-junit.xml").write_bytes(b"another")
    index = json.loads(make(run.run, run.sources).files[layout.EVIDENCE])
    assert (index["files"], len(index["not_kept"])) == ([], 1)


def test_what_a_probe_only_looked_into_hinders_nothing_that_it_judged_by(tmp_path: Path) -> None:
    run = ended(tmp_path)
    assert run.sources.base is not None
    assert run.sources.record is not None
    kept = keeper(run.sources.record, asking.request(tmp_path))
    assert kept is not None
    digest, other = sha256(JUNIT).hexdigest(), b"not this one"
    looked = Raw("other.xml", other, sha256(other).hexdigest())
    kept.keep(replace(found(), sha256=digest), [looked, Raw("junit.xml", JUNIT, digest)])
    (run.sources.base / "junit.xml").unlink()
    made = make(run.run, run.sources)
    index = json.loads(made.files[layout.EVIDENCE])
    assert [(line["source"], len(line["judged"])) for line in index["files"]] == [("junit.xml", 1)]
    assert index["not_kept"] == []
    assert verify(made).intact


def test_files_that_the_run_kept_itself_go_along(tmp_path: Path) -> None:
    run = ended(tmp_path)
    assert run.sources.record is not None
    for folder, name in (("evidence", "screen shot.png"), ("commands", "0001-deploy.out")):
        (run.sources.record / folder).mkdir()
        (run.sources.record / folder / name).write_bytes(b"\x89PNG\xff")
    made = make(run.run, run.sources)
    assert made.files["data/evidence/0002-screen-shot.png"] == b"\x89PNG\xff"
    assert made.files["data/commands/0001-deploy.out"] == b"\x89PNG\xff"
    assert verify(made).intact


def test_where_the_parameters_were_is_read_from_the_record(tmp_path: Path) -> None:
    def cell(source: str) -> dict[str, object]:
        return {"metadata": {"tags": ["injected-parameters"]}, "source": source.splitlines(keepends=True)}

    assert base_of(tmp_path) is None
    for text in ("rubbish", "[]", '{"cells": [{}]}', json.dumps({"cells": [cell("base = __import__('os')")]})):
        (tmp_path / "release.ipynb").write_text(text)
        assert base_of(tmp_path) is None
    (tmp_path / "walkthrough.ipynb").write_text(json.dumps({"cells": [cell('run_id = "x"\nbase = "../demo"\n')]}))
    assert base_of(tmp_path) == tmp_path / "../demo"


def test_archived_elsewhere_only_the_versions_of_the_archiver_differ(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = make(made.ended.run, made.ended.sources)
    other = {"tool": "9.9", "build": "0" * 64, "python": "3.99", "tools": {"pandas": "9"}}
    monkeypatch.setattr(about, "writer", lambda: other)
    there = make(made.ended.run, made.ended.sources)
    differing = {path for path in here.files if here.files[path] != there.files[path]}
    assert differing == {layout.RUN, layout.INFO, layout.MANIFEST, layout.TAGS}
    one, another = json.loads(here.files[layout.RUN]), json.loads(there.files[layout.RUN])
    assert {name for name in one if one[name] != another[name]} == {"tool", "build", "python", "tools"}


def test_what_the_run_was_made_with_comes_from_its_log(tmp_path: Path) -> None:
    store = open_store(None, tmp_path)
    run = open_run(store, identity(), PARAMETERS, ALICE, made_with=made_with).run
    run.bind(plan())
    run.close("abandoned")
    bundle = make(run, Sources({}))
    kept = json.loads(bundle.files[layout.RUN])["made_with"]
    assert kept == made_with()
    assert {"papermill", "nbconvert", "sqlalchemy"} <= set(kept["packages"])
    assert (kept["python"], kept["sqlite"]) == (platform.python_version(), sqlite3.sqlite_version)
    assert kept["git"].startswith("2.")
    assert verify(bundle).intact
    claimed = bundle.files[layout.RUN].replace(b'"git": "2.', b'"git": "3.')
    assert not verify(rebuilt(with_files(bundle, {layout.RUN: claimed}))).intact


def test_a_signature_names_the_images_whose_digests_are_known(tmp_path: Path, made: Made) -> None:
    digest = "ab" * 32
    facts = (
        Fact("image", "example.com/shop", f"example.com/shop:2.4.0@sha256:{digest}", "compose.yaml:3"),
        Fact("image", "postgres", "postgres:16", "compose.yaml:9"),
    )
    run = begin_in(tmp_path, bound=seal(replace(plan(), analysis=Analysis(facts))))
    run.close("abandoned")
    bundle = make(run, Sources({}), [made.author.signs])
    said = json.loads(read(bundle.files[layout.ENVELOPE]).payload)["subject"]
    assert [(one["name"], *one["digest"].items()) for one in said[2:]] == [
        ("source", ("gitCommit", "a" * 40)),
        ("image example.com/shop", ("sha256", digest)),
    ]
    assert verify(bundle, [made.author.trusts]).signed


def test_an_open_run_is_not_archived(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    with pytest.raises(RefusedError, match="is open"):
        make(run, replace(ended(tmp_path / "other").sources, record=None))


def test_a_run_closed_as_interrupted_says_so_everywhere(tmp_path: Path) -> None:
    run = ended(tmp_path, "interrupted")
    made = make(run.run, run.sources)
    assert json.loads(made.files[layout.RUN])["result"] == "INTERRUPTED"
    assert json.loads(made.files[layout.CHECKLIST])["status"] == "interrupted"
    assert b"INTERRUPTED" in made.files[layout.PAGE]
    assert b"INTERRUPTED: this run was closed before it came to its end" in made.files[layout.REPORT]
    assert verify(made).intact


def test_the_page_is_in_it_on_paper_too_as_of_the_end_of_the_run(made: Made, require: Callable[[str], Path]) -> None:
    require("chromium")
    pdf = made.bundle.files["data/report.pdf"]
    end = re.sub(r"\D", "", made.ended.run.state.closed_at)[:14].encode()
    assert re.findall(rb"/(?:CreationDate|ModDate) \(D:(\d{14})", pdf) == [end, end]
