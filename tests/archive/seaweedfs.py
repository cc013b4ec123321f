"""A SeaweedFS server with an S3 gateway on free ports, and requests to it that obstore cannot make.

What lies in the bucket ``public`` anybody may read, as behind a web server.
"""

import hashlib
import hmac
import html
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

import pytest

from tests.run.postgresql import free_port
from tests.waiting import until

KEY, SECRET = "releasekit-tests", "not-a-secret-but-long-enough"
_REGION = "us-east-1"
# of each test that asks it
real_time = pytest.mark.real_time("SeaweedFS, linked statically, refuses what is signed by another clock than its own")


@dataclass(frozen=True, slots=True)
class S3:
    """A running server."""

    port: int

    @property
    def environ(self) -> dict[str, str]:
        """What a client's environment says of it."""
        return {
            "AWS_ENDPOINT": f"http://127.0.0.1:{self.port}",
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": _REGION,
        }

    def bucket(self, name: str, *, locked: bool = False) -> str:
        """Make a bucket and return its address; a locked one keeps each object for a day, in COMPLIANCE mode."""
        self.ask("PUT", name, headers={"x-amz-bucket-object-lock-enabled": "true"} if locked else {})
        if locked:
            rule = "<Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Days>1</Days></DefaultRetention></Rule>"
            said = f"<ObjectLockEnabled>Enabled</ObjectLockEnabled>{rule}"
            body = f"<ObjectLockConfiguration>{said}</ObjectLockConfiguration>"
            self.ask("PUT", name, query={"object-lock": ""}, body=body.encode())
        return f"s3://{name}"

    def objects(self, bucket: str) -> dict[str, bytes]:
        """All objects of a bucket."""
        listed = self.ask("GET", bucket, query={"list-type": "2"})[1].decode()
        keys = [html.unescape(part.partition("</Key>")[0]) for part in listed.split("<Key>")[1:]]
        return {key: self.ask("GET", f"{bucket}/{key}")[1] for key in keys}

    def answers(self) -> bool:
        """Whether it makes a bucket."""
        return self.ask("PUT", "started")[0] == 200

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, str] | None = None,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
    ) -> tuple[int, bytes]:
        """A request signed as AWS Signature Version 4 says; the status and the body."""
        now = datetime.now(UTC)
        day, moment = f"{now:%Y%m%d}", f"{now:%Y%m%dT%H%M%SZ}"
        digest = hashlib.sha256(body).hexdigest()
        asked = urlencode(sorted((query or {}).items()), quote_via=quote)
        sent = {
            "host": f"127.0.0.1:{self.port}",
            "x-amz-content-sha256": digest,
            "x-amz-date": moment,
            **(headers or {}),
        }
        names = ";".join(sorted(sent))
        listed = "".join(f"{name}:{sent[name]}\n" for name in sorted(sent))
        whole = "\n".join((method, quote(f"/{path}"), asked, listed, names, digest))
        scope = f"{day}/{_REGION}/s3/aws4_request"
        said = "\n".join(("AWS4-HMAC-SHA256", moment, scope, hashlib.sha256(whole.encode()).hexdigest()))
        key = f"AWS4{SECRET}".encode()
        for part in (day, _REGION, "s3", "aws4_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        signature = hmac.new(key, said.encode(), hashlib.sha256).hexdigest()
        sent["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={KEY}/{scope}, SignedHeaders={names}, Signature={signature}"
        )
        url = f"http://127.0.0.1:{self.port}{quote(f'/{path}')}" + (f"?{asked}" if asked else "")
        try:
            with urlopen(Request(url, body or None, sent, method=method), timeout=60) as answer:
                return answer.status, answer.read()
        except HTTPError as error:
            return error.code, error.read()


@contextmanager
def running() -> Iterator[S3]:
    """A server until the block ends."""
    with tempfile.TemporaryDirectory(prefix="weed") as name:
        folder = Path(name)
        person = {"name": "tests", "credentials": [{"accessKey": KEY, "secretKey": SECRET}], "actions": ["Admin"]}
        anybody = {"name": "anonymous", "actions": ["Read:public"]}
        (folder / "s3.json").write_text(json.dumps({"identities": [person, anybody]}))
        server, weed = _started(folder)
        try:
            yield server
        finally:
            weed.kill()  # its own end takes ten seconds, and nothing of it is kept
            weed.wait()


def _started(folder: Path) -> "tuple[S3, subprocess.Popen[bytes]]":
    """A server that answers. It listens on eight ports; one that was free when it was chosen may be taken since."""
    program = Path(sys.executable).parent / "weed"
    for left in (2, 1, 0):
        server = S3(free_port())
        command = [str(program), "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
        ports = ("master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc")
        command += [f"-{port}={free_port()}" for port in (*ports, "s3.port.grpc")]
        command += ["-master.volumeSizeLimitMB=64", "-volume.max=100", "-filer", "-s3", "-s3.port.iceberg=0"]
        command += [f"-s3.port={server.port}", f"-s3.port.lance={free_port()}", f"-s3.config={folder / 's3.json'}"]
        with (folder / "log").open("wb") as log:
            environ = {**os.environ, "HOME": str(folder)}
            weed = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, env=environ)
        try:
            until(weed, server.answers, said=(folder / "log").read_text)
        except BaseException as error:
            ended = weed.poll() is not None
            weed.kill()
            weed.wait()
            if not (left and ended and isinstance(error, RuntimeError)):
                raise
        else:
            return server, weed
    raise AssertionError("the last attempt returned or raised")


@pytest.fixture(scope="session")
def seaweedfs(require: Callable[[str], Path]) -> Iterator[S3]:
    """An S3 server."""
    with running() as server:
        yield server


@pytest.fixture
def s3(seaweedfs: S3, monkeypatch: pytest.MonkeyPatch) -> S3:
    """The server, named by the environment."""
    for name, value in seaweedfs.environ.items():
        monkeypatch.setenv(name, value)
    return seaweedfs
