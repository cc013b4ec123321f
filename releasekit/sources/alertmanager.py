"""Asks Alertmanager's HTTP API (v2) which silences there are. Judges nothing, and silences nothing."""

from datetime import datetime

from pydantic import Field

from releasekit.errors import SourceError
from releasekit.sources.strictjson import Loose, shaped
from releasekit.sources.web import get


class Matcher(Loose):
    """What a silence matches: one label and its value, or what the value must (``isEqual`` False: must not) be."""

    name: str
    value: str
    isRegex: bool = False
    isEqual: bool = True


class _State(Loose):
    state: str


class Silence(Loose):
    """A silence: what it matches, from when to when, who made it and why; ``state`` is active, pending or expired."""

    id: str
    matchers: tuple[Matcher, ...]
    startsAt: datetime
    endsAt: datetime
    createdBy: str = ""
    comment: str = ""
    status: _State = Field(default=_State(state="active"))


class _Answer(Loose):
    silences: tuple[Silence, ...]


def silences(address: str, token: str = "") -> tuple[Silence, ...]:
    """All silences that have not expired (``/api/v2/silences``). Raises SourceError for anything but such a list."""
    url = f"{address.rstrip('/')}/api/v2/silences"
    answer = get(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    if answer.status != 200:
        raise SourceError(f"HTTP {answer.status}", url, "check configuration.alertmanager")
    found = shaped(_Answer, {"silences": answer.json()}, url, "a list of silences").silences
    naive = next((one for one in found if one.startsAt.tzinfo is None or one.endsAt.tzinfo is None), None)
    if naive:
        raise SourceError(f"the silence {naive.id[:40]} has a time without a zone", url, "look at the server")
    return tuple(one for one in found if one.status.state != "expired")
