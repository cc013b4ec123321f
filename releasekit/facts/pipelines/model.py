"""What a pipeline is, whichever service runs it: the events that start it, jobs with what they need, steps in order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

NOTHING: Mapping[str, str] = MappingProxyType({})


class When(StrEnum):
    """What starts a pipeline or a job."""

    TAG = "tag"
    RELEASE = "release"
    PUSH = "push"
    MANUAL = "manual"
    SCHEDULE = "schedule"
    REQUEST = "pull-request"
    CALL = "call"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Input:
    """What a person gives a pipeline that is started by hand; ``choices`` where only those are taken."""

    name: str
    required: bool = False
    default: str = ""
    choices: tuple[str, ...] = ()
    line: int = 1


@dataclass(frozen=True, slots=True)
class Event:
    """One kind of event; ``names`` are globs of the branches or tags that it is limited to, () for all."""

    when: When
    names: tuple[str, ...] = ()
    inputs: tuple[Input, ...] = ()
    line: int = 1


@dataclass(frozen=True, slots=True)
class Step:
    """Shell text to ``run``, of which ``line`` is the first line in the file ``path``; or something that it ``uses``.

    ``given`` are the inputs of what it uses; ``folder`` where it runs ("" for the root); ``condition`` what has to be
    true, as written.
    """

    path: str
    line: int
    run: str = ""
    uses: str = ""
    title: str = ""
    given: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    folder: str = ""
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """Another pipeline of this repository that a job runs in its place, with the inputs that it gives."""

    path: str
    given: Mapping[str, str]
    line: int


@dataclass(frozen=True, slots=True)
class Alone:
    """That runs of the same ``group`` do not overlap: a second one waits, or it ``cancels`` the first."""

    group: str
    line: int
    cancels: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """Steps that run one after the other, when the jobs that it ``needs`` have ended.

    ``environment`` is where it deploys to, as the file says ("" when it does not); ``manual`` says that a person has to
    start or to approve it; ``condition`` what has to be true, as written. ``events`` start it, None for those of its
    pipeline. ``settings`` is what its matrix gives that has one value (``matrix.NAME``). ``ends`` says that it takes
    its environment away, ``alone`` what keeps two runs of it apart.
    """

    path: str
    name: str
    line: int
    steps: tuple[Step, ...] = ()
    title: str = ""
    needs: tuple[str, ...] = ()
    environment: str = ""
    condition: str = ""
    manual: bool = False
    events: tuple[Event, ...] | None = None
    call: Call | None = None
    settings: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    ends: bool = False
    alone: Alone | None = None


@dataclass(frozen=True, slots=True)
class Pipeline:
    """One file of a service. ``system`` is the service's name, ``unread`` are (place, what) that was not followed."""

    path: str
    system: str
    title: str
    events: tuple[Event, ...]
    jobs: tuple[Job, ...]
    unread: tuple[tuple[str, str], ...] = ()

    def started(self, job: Job) -> tuple[Event, ...]:
        """The events that start a job."""
        return self.events if job.events is None else job.events
