"""Whether an item applies to a release, and why. Only a fact that excludes it says no; silence proposes it."""

from collections.abc import Callable

from releasekit.checklist.context import Context
from releasekit.checklist.model import Applies
from releasekit.checklist.words import listed

Ruling = tuple[Applies, str]
YES: Ruling = (Applies.YES, "")


def migrations(c: Context) -> Ruling:
    """Applies when migrations run; excluded by a comparison of both versions under a tool that was understood."""
    if c.change.migrations or c.of("migration_step"):
        return YES
    tools = c.anywhere("migration_tool", "migration_command")
    if not tools:
        looked = ("folders of migrations", "settings of migration tools", "commands that migrate")
        return _nothing(c, "migrations", looked, "migration_tool", "migration_command", "migration_head")
    if c.change.first:
        return YES
    if not c.compares:
        why = c.change.unknown or "the running version is not known"
        return Applies.UNKNOWN, f"whether this release brings migrations is not known: {why.rstrip('.')}"
    if c.blind("migration_tool", "migration_command", "migration_head"):
        return Applies.UNKNOWN, f"whether this release brings migrations is not known: {_blind(c, 'migration_tool')}"
    tool = tools[0]
    return Applies.NO, f"no migration differs between {c.release.old} and {c.release.new} ({tool.value}, {tool.source})"


def feature_flags(c: Context) -> Ruling:
    """Applies when flags are declared, or changed."""
    if c.of("feature_flag") or any(key.kind in {"feature_flag", "flag"} for key in c.change.keys):
        return YES
    return _nothing(c, "feature flags", ("flagd files", "flag libraries", "flags declared in code"), "feature_flag")


def stored_data(c: Context) -> Ruling:
    """Applies when something keeps data."""
    kinds = ("datastore", "volume", "migration_tool", "backup")
    if c.anywhere(*kinds) or c.release.database:
        return YES
    return _nothing(c, "data stores", ("images of databases", "volumes", "connection settings"), *kinds)


def public_hosts(c: Context) -> Ruling:
    """Applies when the service is reached under a name of its own."""
    if c.of("host", "tls") or any(url.startswith("https://") for url in c.release.endpoints.values()):
        return YES
    looked = ("Ingress and Gateway rules", "proxy labels and configuration", "HTTPS endpoints in the parameters")
    return _nothing(c, "public hosts", looked, "host", "tls")


def earlier_version(c: Context) -> Ruling:
    """Applies unless this seems to be the first release: a person knows what runs."""
    if c.change.first:
        return Applies.PROPOSED, "no earlier version is known; confirm that this is the first release"
    return YES


RULES: dict[str, Callable[[Context], Ruling]] = {
    "": lambda _: YES,
    "migrations": migrations,
    "feature_flags": feature_flags,
    "stored_data": stored_data,
    "public_hosts": public_hosts,
    "earlier_version": earlier_version,
}


def _nothing(c: Context, what: str, looked: tuple[str, ...], *kinds: str) -> Ruling:
    """Nothing found: proposed, with what was read and what was not understood."""
    files = f" in {c.release.files} files" if c.release.files else ""
    blind = _blind(c, *kinds)
    return Applies.PROPOSED, f"no {what} found: looked for {listed(looked)}{files}{f'; {blind}' if blind else ''}"


def _blind(c: Context, *kinds: str) -> str:
    unread = c.blind(*kinds)
    if not unread:
        return ""
    places = listed(dict.fromkeys(place for finding in unread[:4] for place in finding.places[:1]))
    return f"not understood: {places}" if places else f"not understood: {unread[0].sentence}"
