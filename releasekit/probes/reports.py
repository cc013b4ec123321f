"""What all reports of CI have in common: where they are, what they are for, how old they may be. Reads no format."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from releasekit.errors import SourceError
from releasekit.parameters.model import ReportKind
from releasekit.parameters.values import seconds
from releasekit.probes.request import Request, same_commit, short
from releasekit.sources.files import ReportFile, matching
from releasekit.sources.reading import whole

# a clock on another machine may run ahead by so much
AHEAD = 300.0


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a report says of itself: the commit it is for and when it was made (None: it does not say), and its file."""

    file: ReportFile
    commit: str | None = None
    made: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What reports are worth. ``refused`` says why they are no evidence ("" when they are), ``then`` what to do.

    ``bound`` when each is known to be for the candidate; ``dated`` when each says itself when it was made; ``source``
    and ``digest`` name the files and the SHA-256 of their bytes.
    """

    refused: str
    then: str
    bound: bool
    dated: bool
    source: str
    digest: str


def files_of(request: Request, kind: ReportKind, what: str, leaves: str) -> tuple[ReportFile, ...]:
    """The files of one kind, at least one. Raises SourceError when none is configured, or none is there."""
    wanted = request.parameters.configuration.reports.get(kind)
    if wanted is None:
        raise SourceError(f"no report of {what} is configured", do=f"give configuration.reports.{kind} {leaves}")
    files = matching(request.folder, wanted.files)
    if not files:
        named = short(request.candidate) or request.version
        raise SourceError(
            f"no report of {what}: nothing matches {', '.join(wanted.files)}",
            do=f"make one for {named}, and leave it there",
        )
    return files


def standing(request: Request, kind: ReportKind, stamps: Sequence[Stamp], *, of_commit: bool = True) -> Standing:
    """Whether reports are about this candidate, and new enough.

    ``of_commit`` is False for what is about the world and not about a commit (a backup, a cluster).
    """
    wanted = request.parameters.configuration.reports.get(kind)
    declared = wanted.commit if wanted else None
    refused = _foreign(stamps, declared, request.candidate) if of_commit else ""
    then = f"make it anew for {short(request.candidate) or 'the candidate'}"
    refused = refused or _old(request, kind, stamps)
    return Standing(
        refused=refused,
        then=then,
        bound=bool(stamps) and all(stamp.commit or declared for stamp in stamps),
        dated=all(stamp.made for stamp in stamps),
        source=", ".join(dict.fromkeys(stamp.file.name for stamp in stamps)),
        digest=whole([stamp.file.sha256 for stamp in stamps]),
    )


def limit(request: Request, kind: ReportKind) -> str:
    """How old a report of this kind may be, as the parameter file says it: ``7d``."""
    wanted = request.parameters.configuration.reports.get(kind)
    return (wanted.max_age if wanted else None) or request.parameters.configuration.freshness


def age(made: datetime, now: datetime) -> str:
    """How old something is, as people say it."""
    hours = (now - _utc(made)).total_seconds() / 3600
    if hours < 1:
        return f"{max(hours * 60, 0):.0f} minutes"
    return f"{hours:.0f} hours" if hours < 48 else f"{hours / 24:.0f} days"


def utc(made: datetime | None) -> datetime | None:
    """A time that a report states; one without a zone is taken as UTC, as most tools that leave it out mean it."""
    return _utc(made) if made else None


def _utc(made: datetime) -> datetime:
    return made.replace(tzinfo=UTC) if made.tzinfo is None else made.astimezone(UTC)


def _old(request: Request, kind: ReportKind, stamps: Sequence[Stamp]) -> str:
    now, allowed = request.now(), limit(request, kind)
    for stamp in stamps:
        made = utc(stamp.made) or datetime.fromtimestamp(stamp.file.modified, UTC)
        seconds_old = (now - made).total_seconds()
        if seconds_old < -AHEAD and stamp.made:
            return f"{stamp.file.name} says that it was made at {made:%Y-%m-%d %H:%M} UTC, which is yet to come"
        if seconds_old > seconds(allowed):
            says = "is" if stamp.made else "states no time, and its file is"
            return f"{stamp.file.name} {says} {age(made, now)} old, more than the {allowed} that count as evidence"
    return ""


def _foreign(stamps: Sequence[Stamp], declared: str | None, candidate: str) -> str:
    """Why reports are not about the candidate; "" when nothing says so."""
    for stamp in stamps:
        for named, says in ((stamp.commit, stamp.file.name), (declared, "the parameter file")):
            if named and not candidate:
                return f"{says} names the commit {short(named)}, but the candidate's commit is not known"
            if named and not same_commit(named, candidate):
                return f"{says} is for the commit {short(named)}, not for {short(candidate)}"
    return ""
