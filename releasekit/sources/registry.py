"""Asks a container registry for the digest of an image (OCI distribution 1.1, without a login). Pulls nothing."""

import re

from releasekit.errors import SourceError
from releasekit.sources.web import get

# an index and a manifest, in OCI's and in Docker's words: without these a registry may answer with an older form
_ACCEPT = (
    "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json"
)
_DIGEST = re.compile(r"[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-fA-F]{32,128}")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")


def digest(address: str, image: str, tag: str) -> str | None:
    """The digest that a tag has now (``HEAD /v2/<image>/manifests/<tag>``); None when the registry has no such tag.

    Raises SourceError when it does not answer, wants a login, or answers without a digest.
    """
    if not _TAG.fullmatch(tag):  # a version with a plus sign, for one, is no tag
        return None
    url = f"{address.rstrip('/')}/v2/{image}/manifests/{tag}"
    answer = get(url, method="HEAD", headers={"Accept": _ACCEPT})
    if answer.status == 404:
        return None
    if answer.status in {401, 403}:
        raise SourceError(f"HTTP {answer.status}: it wants a login", url, "look there by hand, or name a mirror")
    found = answer.headers.get("docker-content-digest", "").strip()
    if answer.status != 200 or not _DIGEST.fullmatch(found):
        raise SourceError(f"HTTP {answer.status} without a digest", url, "check that this is a registry's address")
    return found
