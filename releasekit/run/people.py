"""Who acts, and how well that is known. Knows no run."""

import getpass
from collections.abc import Mapping

from releasekit.run.events import Actor

__all__ = ["Actor", "actor"]

SELF_DECLARED = "self-declared"
AUTHENTICATED = "authenticated"
SIGNED = "signed"
GRADES = (SELF_DECLARED, AUTHENTICATED, SIGNED)


def actor(environ: Mapping[str, str]) -> Actor:
    """Who the environment says is acting: self-declared, for whoever runs the process controls its environment."""
    for name in ("RELEASEKIT_USER", "JUPYTERHUB_USER"):
        declared = " ".join(environ.get(name, "").split())
        if declared:
            return Actor(declared[:200], SELF_DECLARED)
    try:
        return Actor(getpass.getuser(), SELF_DECLARED)
    except (KeyError, OSError):  # a container's user without a name
        return Actor("unknown", SELF_DECLARED)
