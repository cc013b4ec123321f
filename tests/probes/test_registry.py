"""The registry is Debian's own, with two images of a few bytes that the tests pushed."""

import json
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from releasekit.probes.evidence import Evidence, Verdict
from releasekit.sources import registry, web
from tests.probes.asking import ask, request
from tests.probes.matrix import World
from tests.run.postgresql import free_port
from tests.waiting import until

CONFIGURATION = """
version: 0.1
storage: {{filesystem: {{rootdirectory: {folder}}}}}
http: {{addr: "127.0.0.1:{port}"}}
log: {{level: error, accesslog: {{disabled: true}}}}
"""
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


@dataclass(frozen=True, slots=True)
class Registry:
    """A running registry, and the digests of the images in it by their tags."""

    address: str
    digests: dict[str, str]


@pytest.fixture(scope="module")
def running(require: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """shop/web in 2.3.1 (tagged v2.3.1) and 2.4.0; shop/same with one image under both tags."""
    program, folder, port = require("docker-registry"), tmp_path_factory.mktemp("registry"), free_port()
    (folder / "config.yml").write_text(CONFIGURATION.format(folder=folder / "data", port=port))
    command = [str(program), "serve", str(folder / "config.yml")]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        until(server, lambda: web.get(f"{address}/v2/").status == 200)
        digests = {tag: pushed(address, "shop/web", tag) for tag in ("v2.3.1", "2.4.0")}
        for tag in ("v2.3.1", "2.4.0"):
            pushed(address, "shop/same", tag, content="the same")
        pushed(address, "shop/new", "2.4.0")
        yield Registry(address, digests)
    finally:
        server.terminate()
        server.wait(timeout=30)


def _sent(method: str, url: str, raw: bytes, kind: str) -> Any:
    asked = urllib.request.Request(url, raw, {"Content-Type": kind}, method=method)
    with urllib.request.urlopen(asked, timeout=30) as answer:
        return dict(answer.headers)


def pushed(address: str, image: str, tag: str, content: str = "") -> str:
    """An image whose configuration is its only content; its digest."""
    raw = json.dumps({"architecture": "amd64", "os": "linux", "made": content or tag}).encode()
    blob = f"sha256:{sha256(raw).hexdigest()}"
    place = _sent("POST", f"{address}/v2/{image}/blobs/uploads/", b"", "application/octet-stream")["Location"]
    _sent("PUT", f"{place}&digest={blob}", raw, "application/octet-stream")
    about = {"mediaType": "application/vnd.docker.container.image.v1+json", "size": len(raw), "digest": blob}
    manifest = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "config": about, "layers": []}).encode()
    _sent("PUT", f"{address}/v2/{image}/manifests/{tag}", manifest, MANIFEST)
    return f"sha256:{sha256(manifest).hexdigest()}"


def asked(probe: str, address: str, image: str = "shop/web", **given: Any) -> Evidence:
    return ask(probe, request(Path(), {"registry": {"url": address, "image": image}}, **given))


def test_a_tag_has_the_digest_of_the_manifest_that_was_pushed(running: Registry) -> None:
    for tag, digest in running.digests.items():
        assert registry.digest(running.address, "shop/web", tag) == digest
    assert registry.digest(running.address, "shop/web", "2.3.0") is None
    assert registry.digest(running.address, "shop/nowhere", "2.4.0") is None
    assert registry.digest(running.address, "shop/web", "2.4.0+build") is None  # no tag may hold a plus sign


def test_there_is_a_way_back_while_its_image_is_there(running: Registry) -> None:
    evidence = asked("rollback.possible", running.address)
    assert evidence.verdict is Verdict.PASS
    assert evidence.sentence.endswith(f"its image is {running.digests['v2.3.1'][:19]}...")
    assert running.address in evidence.source


def test_without_its_image_or_with_the_candidates_there_is_none(running: Registry) -> None:
    gone = asked("rollback.possible", running.address, "shop/new")
    assert (gone.verdict, "has no image of v2.3.1 any more" in gone.sentence) == (Verdict.FAIL, True)
    same = asked("rollback.possible", running.address, "shop/same")
    assert (same.verdict, "but its image is the candidate's" in same.sentence) == (Verdict.FAIL, True)


def test_the_digests_stand_beside_the_tags(running: Registry) -> None:
    evidence = asked("git.tagged", running.address)
    assert f"images: running {running.digests['v2.3.1'][:19]}..., candidate" in evidence.sentence
    missing = asked("git.tagged", running.address, "shop/new")
    assert (missing.verdict, "images: running none" in missing.sentence) == (Verdict.WARN, True)


@pytest.mark.parametrize(
    ("status", "header"), [(401, ""), (403, ""), (500, ""), (200, ""), (302, "sha256:" + "a" * 64)]
)
def test_a_registry_that_says_no_digest_leaves_it_unknown(status: int, header: str, world: World) -> None:
    headers = {"Docker-Content-Digest": header} if header else {}
    world.site.answers("/v2/shop/web/manifests/v2.3.1", b"", status, **headers)
    evidence = asked("rollback.possible", world.site.address)
    assert evidence.verdict is Verdict.UNKNOWN
    assert evidence.next


def test_nothing_is_sent_that_could_be_a_secret(world: World) -> None:
    asked("rollback.possible", world.site.address, environ={"REGISTRY_TOKEN": "t0ken"})
    sent = [headers for _, headers in world.site.asked]
    assert sent
    assert not any("Authorization" in headers or "Cookie" in headers for headers in sent)
