"""Main files of ways that no detector reads: recognised, and what they deploy is unknown, which must be said."""

from collections.abc import Iterator

from releasekit.facts.files import Files
from releasekit.facts.model import Finding, Severity
from releasekit.facts.production.mains import main_files

_TOUCHES = (
    "service",
    "image",
    "port",
    "healthcheck",
    "depends_on",
    "replicas",
    "env_required",
    "secret",
    "volume",
    "host",
)


def detect(files: Files) -> Iterator[Finding]:
    """A *not analysed* finding for each such file."""
    for path, way in main_files(files):
        if not way.reads:
            sentence = f"{path} is a file of {way.title}, which is recognised and not read: what it deploys is unknown"
            do = "check by hand what it says, or name the files that count in application.files"
            yield Finding("not-analysed", Severity.NOTE, sentence, (f"{path}:1",), do=do, touches=_TOUCHES)
