"""What a checklist takes from the parameters and from git about one release. Knows no file and no secret's value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from releasekit.parameters.model import Configuration, Objective, Parameters, Step

NONE: Mapping[str, str] = MappingProxyType({})
NO_LISTS: Mapping[str, tuple[str, ...]] = MappingProxyType({})
NO_STEPS: Mapping[str, Step] = MappingProxyType({})
_ROLES = MappingProxyType({"devops_engineer": "DevOps engineer", "technical_lead": "technical lead"})
NO_MINUTES: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Release:
    """One release, as its parameters say it.

    ``*_ref`` are git refs as given, ``*_sha`` full hashes ("" when they cannot be known), ``*_tag`` the tags of the two
    versions ("" where there is none). ``path`` is the service's folder in the repository, "." for all of it.
    ``team``: role to name; ``window``: start and end (RFC 3339), "" when there is none;
    ``freezes``: start, end and reason of times without releases; ``escalation``: who is called, in order;
    ``minutes``: phase to expected minutes; ``endpoints``: name to URL; ``reports``: kind to globs; ``channels``:
    audience to channel; ``steps``: item id to what this team really does there; ``objectives``: one sentence an
    objective; ``database``: the name of the reference (``env:DATABASE_URL``), never a value; ``metrics`` and ``logs``:
    where they are asked for; ``files``: how many files were read.
    """

    service: str
    version: str = ""
    environment: str = "production"
    level: str = "B"
    candidate_ref: str = "HEAD"
    candidate_sha: str = ""
    candidate_tag: str = ""
    path: str = "."
    running_ref: str = ""
    running_tag: str = ""
    running_sha: str = ""
    running_assumed: bool = False
    running_reason: str = ""
    team: Mapping[str, str] = field(default_factory=lambda: NONE)
    window: tuple[str, str] = ("", "")
    freezes: tuple[tuple[str, str, str], ...] = ()
    escalation: tuple[str, ...] = ()
    minutes: Mapping[str, int] = field(default_factory=lambda: NO_MINUTES)
    endpoints: Mapping[str, str] = field(default_factory=lambda: NONE)
    reports: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NO_LISTS)
    channels: Mapping[str, str] = field(default_factory=lambda: NONE)
    steps: Mapping[str, Step] = field(default_factory=lambda: NO_STEPS)
    objectives: tuple[str, ...] = ()
    database: str = ""
    metrics: str = ""
    logs: str = ""
    files: int = 0

    def who(self, role: str) -> str:
        """The person with a role of the team, else the role in words."""
        return self.team.get(role) or f"the {_ROLES[role]}"

    @property
    def candidate_revision(self) -> str:
        """The candidate as git takes it: its tag, else its commit, short; "" when neither is known."""
        return self.candidate_tag or self.candidate_sha[:12]

    @property
    def running_revision(self) -> str:
        """The running version, likewise."""
        return self.running_tag or self.running_sha[:12]

    @property
    def new(self) -> str:
        """How the candidate is called in sentences: its version, else its ref."""
        return self.version or self.candidate_ref

    @property
    def old(self) -> str:
        """How the running version is called in sentences; "" when it is not known."""
        return self.running_tag or self.running_ref or self.running_sha[:12]


def release(
    parameters: Parameters,
    *,
    candidate_sha: str = "",
    running_ref: str = "",
    running_tag: str = "",
    running_sha: str = "",
    running_assumed: bool = False,
    running_reason: str = "",
    files: int = 0,
) -> Release:
    """The release that parameters describe, with what git says about its two versions."""
    application, where = parameters.application, parameters.configuration
    spans = [freeze.model_dump(mode="json") for freeze in where.freezes]
    return Release(
        service=application.name,
        version=application.version,
        environment=where.environment,
        level=where.level,
        candidate_ref=application.candidate,
        candidate_sha=candidate_sha,
        path=application.path,
        running_ref=running_ref,
        running_tag=running_tag,
        running_sha=running_sha,
        running_assumed=running_assumed,
        running_reason=running_reason,
        team={role: name for role, name in where.team.model_dump().items() if name},
        window=_window(where),
        freezes=tuple((str(span["start"]), str(span["end"]), str(span["reason"])) for span in spans),
        escalation=tuple(f"{one.name} ({one.channel})" if one.channel else one.name for one in where.escalation),
        minutes={phase: count for phase, count in where.minutes.model_dump().items() if count is not None},
        endpoints=dict(where.endpoints),
        reports={kind: tuple(report.files) for kind, report in sorted(where.reports.items())},
        channels={name: channel.to or str(channel.url or "") for name, channel in where.channels.items()},
        steps=dict(where.steps),
        objectives=tuple(map(_sentence, where.metrics.objectives)),
        database=str(where.database.url) if where.database else "",
        metrics=str(where.metrics.prometheus or where.metrics.csv or ""),
        logs=str(where.logs.loki or ""),
        files=files,
    )


def _window(where: Configuration) -> tuple[str, str]:
    window = where.window.model_dump(mode="json") if where.window else {}
    return str(window.get("start", "")), str(window.get("end", ""))


def _sentence(objective: Objective) -> str:
    unit = f" (in {objective.unit})" if objective.unit else ""
    passes = f" passes at {' and '.join(map(str, objective.passes))}" if objective.passes else ""
    fails = f"{';' if passes else ''} fails at {' or '.join(map(str, objective.fails))}" if objective.fails else ""
    return f"{objective.name}{unit}:{passes}{fails}"
