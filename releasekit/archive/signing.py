"""Adds signatures to a bundle that exists; nothing else in it changes, and no signature is taken away."""

import json
from collections.abc import Sequence

from releasekit.archive import attestation, layout
from releasekit.archive.keys import SigningKey
from releasekit.archive.layout import Bundle
from releasekit.archive.make import attested
from releasekit.archive.reopening import state
from releasekit.archive.verify import verify
from releasekit.errors import RefusedError


def with_signatures(bundle: Bundle, keys: Sequence[SigningKey]) -> Bundle:
    """The bundle, signed with these keys too: the statements that are there, or new ones where there are none.

    Raises RefusedError for a bundle that is broken, and for a key that has signed it already.
    """
    report = verify(bundle)
    if not report.intact:
        raise RefusedError(f"{bundle.name} is not signed: {report.said}", do="releasekit verify BUNDLE says why")
    unsigned = layout.ENVELOPE not in bundle.files
    there = set() if unsigned else {keyid for keyid, _ in attestation.read(bundle.files[layout.ENVELOPE]).signatures}
    for key in keys:
        if key.id in there:
            raise RefusedError(f"the key {key.id} has signed {bundle.name} already")
        there.add(key.id)
    if unsigned:
        made = attested(bundle.files, json.loads(bundle.files[layout.RUN]), state(bundle), keys)
        return Bundle(bundle.name, made)
    both = {path: attestation.signed_too(bundle.files[path], keys) for path in (layout.ENVELOPE, layout.SUMMARY)}
    return Bundle(bundle.name, {**bundle.files, **both})
