"""Programs that share no code with releasekit say the same of a bundle as releasekit does."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import bagit
import pytest
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

from releasekit.archive import layout
from releasekit.archive.layout import Bundle
from releasekit.archive.make import make
from releasekit.archive.verify import verify
from tests.archive.attacks import ATTACKS, Attack
from tests.archive.conftest import Made
from tests.archive.samples import Signer, ended, laid_out

Program = Callable[[str], Path]


def script(folder: Path) -> str:
    """The commands of the bundle's own VERIFY.txt."""
    return "\n".join(re.findall(r"^    (.*)$", (folder / layout.HOW).read_text(), re.MULTILINE))


def by_hand(bundle: Bundle, commands: str, folder: Path, made: Made) -> bool:
    """Whether the commands of VERIFY.txt all succeed, with both signers' keys."""
    place = laid_out(bundle, folder)
    return all(
        subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            cwd=place,
            env={**os.environ, "KEY": str(signer.public), "N": str(number)},
            capture_output=True,
            check=False,
            timeout=120,
        ).returncode
        == 0
        for number, signer in enumerate(made.keys)
    )


def by_bagit(bundle: Bundle, folder: Path) -> bool:
    """Whether bagit.py finds a valid bag."""
    try:
        return bool(bagit.Bag(str(laid_out(bundle, folder))).is_valid())
    except bagit.BagError:
        return False


def by_securesystemslib(bundle: Bundle, signers: tuple[Signer, ...]) -> bool:
    """Whether both signatures hold, and are over the manifests and the log that are there."""
    keys = [SSlibKey.from_crypto(signer.trusts.public, keyid=signer.trusts.id) for signer in signers]
    try:
        envelope = Envelope.from_dict(json.loads(bundle.files[layout.ENVELOPE]))
        envelope.verify(keys, len(keys))
    except (KeyError, ValueError, VerificationError):
        return False
    said = json.loads(envelope.payload)
    digests = [sha256(bundle.files.get(name, b"")).hexdigest() for name in (layout.MANIFEST, layout.INFO)]
    return (
        envelope.payload_type == "application/vnd.in-toto+json"
        and [one["digest"].get("sha256") for one in said["subject"][:2]] == digests
    )


@pytest.fixture(scope="session")
def other(tmp_path_factory: pytest.TempPathFactory, made: Made) -> Bundle:
    run = ended(tmp_path_factory.mktemp("other"))
    return make(run.run, run.sources, [key.signs for key in made.keys])


@pytest.fixture
def commands(made: Made, tmp_path: Path, require: Program) -> str:
    """The commands as a good bundle has them; an auditor keeps their own copy."""
    for program in ("jq", "openssl", "sha256sum", "bash"):
        require(program)
    return script(laid_out(made.bundle, tmp_path / "good"))


def test_all_of_them_find_a_good_bundle_good(made: Made, tmp_path: Path, commands: str) -> None:
    assert by_hand(made.bundle, commands, tmp_path / "hand", made)
    assert by_bagit(made.bundle, tmp_path / "bagit")
    assert by_securesystemslib(made.bundle, made.keys)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_what_we_find_broken_the_others_find_broken(
    attack: Attack, made: Made, other: Bundle, tmp_path: Path, commands: str
) -> None:
    tampered = attack(made.bundle, other)
    assert not verify(tampered, [key.trusts for key in made.keys]).intact
    assert not by_hand(tampered, commands, tmp_path / "hand", made)
    whole = by_bagit(tampered, tmp_path / "bagit")
    assert not (whole and by_securesystemslib(tampered, made.keys))


def test_only_the_key_of_the_signer_verifies_by_hand(made: Made, tmp_path: Path, commands: str) -> None:
    place = laid_out(made.bundle, tmp_path / "wrong")
    environ = {**os.environ, "KEY": str(made.approver.public), "N": "0"}
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", commands], cwd=place, env=environ, check=False, timeout=60)
    assert done.returncode != 0


def test_a_zip_is_what_unzip_makes_of_it(made: Made, tmp_path: Path, require: Program) -> None:
    from releasekit.archive.places import get, put

    where = put(made.bundle, str(tmp_path))
    subprocess.run([require("unzip"), "-q", where, "-d", tmp_path / "out"], check=True, timeout=60)
    assert get(str(tmp_path / "out" / made.bundle.name)) == made.bundle
