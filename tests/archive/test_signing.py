from pathlib import Path

import pytest

from releasekit.archive import layout
from releasekit.archive.make import make
from releasekit.archive.signing import with_signatures
from releasekit.archive.verify import verify
from releasekit.errors import RefusedError
from tests.archive.attacks import a_page_changed_and_the_manifests_rebuilt
from tests.archive.conftest import Made
from tests.archive.samples import signer, with_files


def test_a_signature_is_added_and_the_earlier_ones_stay(made: Made, tmp_path: Path) -> None:
    third = signer(tmp_path, "third")
    signed = with_signatures(made.bundle, [third.signs])
    assert verify(signed, [third.trusts, *(key.trusts for key in made.keys)]).signed
    changed = {path for path in signed.files if signed.files[path] != made.bundle.files[path]}
    assert changed == {layout.ENVELOPE, layout.SUMMARY}


def test_one_who_signs_later_makes_the_same_bundle_as_one_who_signed_at_once(made: Made) -> None:
    first = make(made.ended.run, made.ended.sources, [made.author.signs])
    assert with_signatures(first, [made.approver.signs]) == made.bundle
    bare = with_files(made.bundle, {layout.ENVELOPE: None, layout.SUMMARY: None})
    assert with_signatures(bare, [key.signs for key in made.keys]) == made.bundle


def test_a_key_signs_once_and_nothing_that_is_broken(made: Made, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r"has signed .* already"):
        with_signatures(made.bundle, [made.approver.signs])
    third = signer(tmp_path, "third")
    with pytest.raises(RefusedError, match=r"has signed .* already"):
        with_signatures(made.bundle, [third.signs, third.signs])
    bare = with_files(made.bundle, {layout.ENVELOPE: None, layout.SUMMARY: None})
    with pytest.raises(RefusedError, match=r"has signed .* already"):
        with_signatures(bare, [third.signs, third.signs])
    for broken in (a_page_changed_and_the_manifests_rebuilt(bare, bare), with_files(bare, {layout.REPORT: b""})):
        with pytest.raises(RefusedError, match="BROKEN"):
            with_signatures(broken, [third.signs])
