"""What a health command asks: an address's path, a port, or a command; and whether it can fail. Runs nothing."""

import re

from releasekit.facts.model import Finding, Severity
from releasekit.syntax.expression import Expression

# how a fact says that a package serves an endpoint by itself, whether or not anyone asks it
FROM_PACKAGE = "served by the package"
# no command that people write is longer; the patterns below are not linear in what others may send (A23)
_LONGEST = 2000
_URL = Expression(r"https?://[^/\s\"'|)\]?#]+(?P<path>/[^\s\"'|)\]?#;`]*)?")
# curl and wget take addresses without a scheme
_BARE = Expression(
    r"\b(?:curl|wget|http|httpie)\b(?:\s+-\S+)*\s+(?:[^|;&]*\s)?[\"']?(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::[\w${}]+)?"
    r"(?P<path>/[^\s\"'|)\]?#;`]*)?"
)
_GRPC = Expression(r"grpc[_-]health[_-]probe\b.*?-addr[= ]\S*?:(?P<port>\d+|\$\{?\w+\}?)")
_DEVICE = Expression(r"/dev/tcp/[^/\s]+/(?P<port>\d+|\$\{?\w+\}?)")
_NETCAT = Expression(
    r"\bn(?:c|cat|etcat)\s(?:-\w+\s+(?:\d+\s+)?)*-\w*z\w*\s+(?:-\w+\s+(?:\d+\s+)?)*\S+\s+(?P<port>\d+|\$\{?\w+\}?)"
)
_CANNOT_FAIL = Expression(
    r"(?:\|\||;)\s*(?:true|:|exit\s+0|/bin/true)\s*[\"']?\s*\)?$|^\s*(?:/bin/)?(?:true|:|exit 0)\s*$"
)


def asked(command: str) -> str:
    """``http:/path``, ``tcp:port``, ``grpc:port``, else ``cmd:command``, of a command as a shell would get it."""
    command = " ".join(command[:_LONGEST].split())
    if grpc := _GRPC.search(command):
        return f"grpc:{grpc['port']}"
    if url := _URL.search(command) or _BARE.search(command):
        path = (url["path"] or "/").rstrip("/")
        return f"http:{path or '/'}"
    if port := _DEVICE.search(command) or _NETCAT.search(command):
        return f"tcp:{port['port']}"
    return f"cmd:{without_passwords(command)}"


def always_well(service: str | None, source: str) -> Finding:
    """The finding for a check that `cannot_fail`."""
    of = f" of {service}" if service else ""
    do = "let the check end with the status of what it asks"
    sentence = f"the health check{of} cannot fail: it says nothing about the release"
    return Finding("health-cannot-fail", Severity.RISK, sentence, (source,), service, do)


def cannot_fail(command: str) -> bool:
    """Whether a check ends well whatever it finds: ``... || true``, ``; exit 0``."""
    return len(command) <= _LONGEST and bool(_CANNOT_FAIL.search(command.strip()))


_PASSWORDS = (
    Expression(r"(?P<keep>\b(?:Bearer|Basic|Token)\s+)[^\s$\"']+", re.IGNORECASE),
    Expression(r"(?P<keep>\bcurl\b[^|;&]*?\s(?:-u|--user)[ =]?[\"']?[^\s:\"']*:)[^\s$\"']+"),
    Expression(
        r"(?P<keep>--(?:\w+-)*(?:password|passwd|requirepass|masterauth|pass|secret|token|api-?key)[= ]+)[^\s$\"']+"
    ),
    Expression(r"(?P<keep>\bmysql\w*\b(?:[^|;&]*?)\s-p)[^\s$\"'-][^\s\"']*"),
    Expression(r"(?P<keep>\b(?:redis|valkey)-cli\b(?:[^|;&]*?)\s-a )[^\s$\"']+"),
    Expression(r"(?P<keep>\b\w*(?:PASSWORD|PASSWD|SECRET|TOKEN)=[\"']?)[^\s$\"']+"),
    Expression(r"(?P<keep>\b[a-z][a-z0-9+.\-]*://[^\s:@/]*:)[^\s$@/\"']+(?=@)"),
)


def without_passwords(command: str) -> str:
    """The command with literal passwords and tokens replaced by ``***``, cut to a length that a line can hold."""
    command = command[:_LONGEST]
    for pattern in _PASSWORDS:
        command = pattern.sub(lambda match: match["keep"] + "***", command)
    return command
