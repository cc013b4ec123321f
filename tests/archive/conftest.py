"""One bundle for the tests that only look at it, the object store, and a browser."""

from dataclasses import dataclass

import pytest

from releasekit.archive.layout import Bundle
from releasekit.archive.make import make
from tests.archive.samples import Ended, Signer, ended, signer
from tests.archive.seaweedfs import s3, seaweedfs
from tests.record.browser import chromium

__all__ = ["chromium", "made", "s3", "seaweedfs"]


@dataclass(frozen=True, slots=True)
class Made:
    """A run that ended, its signed bundle, and those who signed it: an ECDSA key, then an Ed25519 one."""

    ended: Ended
    bundle: Bundle
    author: Signer
    approver: Signer

    @property
    def keys(self) -> tuple[Signer, Signer]:
        """Both signers."""
        return self.author, self.approver


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Made once in a worker; tests only look at it."""
    folder = tmp_path_factory.mktemp("archive")
    run = ended(folder)
    author, approver = signer(folder, "author"), signer(folder, "approver", "ed25519")
    return Made(run, make(run.run, run.sources, [author.signs, approver.signs]), author, approver)
