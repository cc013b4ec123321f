"""What a workload asks of others: addresses in its variables, arguments and Secrets; what its init containers await.

Only names of Services and Jobs of the same deployment count; what a Secret holds is read for them and never shown.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from releasekit.facts.kubernetes.containers import (
    Setting,
    Surroundings,
    mounted_secrets,
    secret_keys,
    secret_value,
    settings,
)
from releasekit.facts.kubernetes.manifests import Manifest
from releasekit.facts.kubernetes.workloads import Container, Workload
from releasekit.facts.model import Fact
from releasekit.syntax.expression import Expression
from releasekit.syntax.node import Node

_HOST_NAME = Expression(
    r"(?:_|^)(?:HOST|HOSTNAME|ADDR|ADDRESS|SERVER|SERVICE|ENDPOINT|URL|URI|DSN|BROKERS?|SERVERS|HOSTS)S?$"
)
_ADDRESS = Expression(
    r"(?:(?:[a-z][a-z0-9+.\-]*:)+//)?(?:[^/@\s]*@)?(?:tcp\()?(?P<host>[a-z0-9](?:[a-z0-9.\-]*[a-z0-9])?)"
    r"(?P<port>:\d+)?\)?(?P<rest>[/?].*)?"
)
_OPTION = Expression(r"(?:--?(?P<flag>[A-Za-z][\w.-]*)|(?P<name>[A-Za-z_]\w*))=(?P<value>.+)", re.DOTALL)
_LONGEST = 2000  # characters of an address, and words of a command, that are looked at
_WAITS = Expression(
    r"\bnc\s(?:-\w+\s+)*-?\w*z\w*\s+(?:-\w+\s+)*(?P<nc>[\w.-]+)|pg_isready\b.*?(?:-h|--host)[= ]\s*(?P<pg>[\w.-]+)"
    r"|(?:wait-for(?:-it)?(?:\.sh)?|dockerize\s+-wait|wait4x\s+\w+)\s+(?:\w+://)?(?P<wait>[\w.-]+)"
    r"|nslookup\s+(?P<dns>[\w.-]+)|redis-cli\b.*?-h\s+(?P<redis>[\w.-]+)"
    r"|mysqladmin\b.*?(?:-h|--host)[= ]?(?P<my>[\w.-]+)"
    r"|(?:curl|wget)\b.*?https?://(?P<http>[\w.-]+)|/dev/tcp/(?P<tcp>[\w.-]+)/"
)
# `kubectl wait job/migrate`, and images that wait for a job named in their arguments
_JOB = Expression(r"(?<![\w/-])jobs?(?:\.batch)?(?:/|\s+)(?P<job>[a-z0-9][a-z0-9.-]*)")


@dataclass(slots=True)
class Known:
    """Names that an address may lead to: Services and further hosts by their workload, and the Jobs."""

    behind: dict[str, str] = field(default_factory=dict)
    jobs: frozenset[str] = frozenset()
    # pairs (first, later) that hooks and waves decide
    applied: frozenset[tuple[str, str]] = frozenset()


def asks(work: Workload, around: Surroundings, known: Known) -> Iterator[Fact]:
    """``depends_on`` facts of a workload, one for each other one; what it waits for before what it only names."""
    found: dict[str, Fact] = {}
    said = (
        _waiting(work, around, known),
        _named(work, around, known),
        _arguments(work, known),
        _bound(work, around, known),
    )
    for fact in (fact for facts in said for fact in facts):
        if fact.name != work.name:
            found.setdefault(fact.name, fact)
    yield from found.values()


def _named(work: Workload, around: Surroundings, known: Known) -> Iterator[Fact]:
    for container in work.containers:
        whole = {setting.at for setting in _taken_whole(work, container, around)}
        for setting in settings(work, container, around):
            for host in _hosts(setting.name, setting.value or setting.held):
                name = known.behind.get(host)
                # everything in one Secret for all: what comes later anyway is not what this one needs
                if name and not (setting.at in whole and (work.name, name) in known.applied):
                    holder = f" of the Secret {setting.secret}" if setting.secret else ""
                    how = f"{setting.name}{holder} holds the address of the Service {host}"
                    yield setting.manifest.fact("depends_on", name, "address", setting.at, work.name, how)


def _bound(work: Workload, around: Surroundings, known: Known) -> Iterator[Fact]:
    """Addresses in Secrets that a pod takes as files, as service bindings are (servicebinding.io)."""
    for secret in mounted_secrets(work):
        holder = around.find(around.secrets, secret.text, work.manifest)
        for key, _ in secret_keys(holder) if holder is not None else ():
            for host in _hosts(key, secret_value(holder, key)) if holder is not None else ():
                if host in known.behind:
                    how = f"{key} of the Secret {secret.text}, mounted as a file, holds the address of {host}"
                    yield work.manifest.fact("depends_on", known.behind[host], "address", secret, work.name, how)


def _taken_whole(work: Workload, container: Container, around: Surroundings) -> Iterator[Setting]:
    """The settings that come with a whole ConfigMap or Secret, whether the container needs them or not."""
    if any(container.node.at("envFrom")):
        yield from (s for s in settings(work, container, around) if s.manifest is not work.manifest)


def _arguments(work: Workload, known: Known) -> Iterator[Fact]:
    """Addresses in the arguments of a program: ``--cache=tcp://cache:6379``, ``--db-host db``, ``http://web/up``."""
    for container in work.containers:
        flag = ""
        for part in _parts(container):
            for line, text in _lines(part):
                for word in text.split()[:_LONGEST]:
                    option = _OPTION.fullmatch(word.strip("\"'")) if len(word) < _LONGEST else None
                    named = (option["flag"] or option["name"]) if option else flag
                    flag = word.lstrip("-") if word.startswith("-") and not option else ""
                    value = option["value"].strip("\"'") if option else word.strip("\"';,()")
                    for host in _hosts(named.replace("-", "_").replace(".", "_"), value):
                        name = known.behind.get(host)
                        if name:
                            how = f"an argument of {container.name} holds the address of the Service {host}"
                            yield work.manifest.fact("depends_on", name, "address", line, work.name, how)


def _waiting(work: Workload, around: Surroundings, known: Known) -> Iterator[Fact]:
    """What init containers wait for: a Service that answers, a Job that is done."""
    for container in work.containers:
        if not container.init:
            continue
        for part in _parts(container):
            for line, text in _lines(part):
                for match in _WAITS.finditer(text[:_LONGEST]):
                    host = next(found for found in match.groups() if found).partition(".")[0]
                    if host in known.behind:
                        how = f"the init container {container.name} waits for {host}"
                        yield work.manifest.fact("depends_on", known.behind[host], "reachable", line, work.name, how)
        yield from _jobs(work, container, around, known)


def _jobs(work: Workload, container: Container, around: Surroundings, known: Known) -> Iterator[Fact]:
    how = f"the init container {container.name} waits for the Job"
    parts = _parts(container)
    for match in _JOB.finditer(" ".join(part.text for part in parts)[: 1 << 14]):
        if match["job"] in known.jobs:
            line = next((n for part in parts for n, text in _lines(part) if match["job"] in text), parts[0].line)
            yield work.manifest.fact("depends_on", match["job"], "complete", line, work.name, how)
    for setting in settings(work, container, around):
        if setting.value in known.jobs and "JOB" in setting.name.upper():
            yield setting.manifest.fact("depends_on", setting.value, "complete", setting.at, work.name, how)


def _parts(container: Container) -> Sequence[Node]:
    return [part for key in ("command", "args") for part in container.node.at(key) if part.text]


def _lines(part: Node) -> Iterator[tuple[int, str]]:
    """(line in the file, text) of an argument; a block scalar begins below its sign."""
    lines = part.text.split("\n")
    for number, text in enumerate(lines):
        yield part.line + (number + 1 if len(lines) > 1 else 0), text


def _hosts(name: str, value: str) -> Iterator[str]:
    """First labels of the host names in an address, or in a list of addresses, that something called so holds."""
    for part in value.split(",") if len(value) < 10 * _LONGEST else ():
        text = part.strip()
        match = _ADDRESS.fullmatch(text) if len(text) < _LONGEST else None
        if match and (match["port"] or "://" in text or _HOST_NAME.search(name.upper())):
            first, _, rest = match["host"].partition(".")
            yield first
            if re.search(r"-\d+$", first) and rest:  # one pod of a StatefulSet: pod.service
                yield rest.partition(".")[0]


def allowed(
    policies: Sequence[tuple[Manifest, Sequence[Workload], Sequence[tuple[Workload, int]]]],
    edges: Mapping[str, set[str]],
) -> Iterator[Fact]:
    """``order_after`` facts of NetworkPolicies: (policy, who is called, who may call and on which line).

    A policy says who may call, not who must: what contradicts ``edges`` (workload: what it comes after) is left out.
    """
    known = {name: set(after) for name, after in edges.items()}
    for manifest, called, callers in policies:
        for target in called:
            for caller, line in callers:
                if caller.name == target.name or _comes_after(known, target.name, caller.name):
                    continue
                if target.name not in known.get(caller.name, set()):
                    known.setdefault(caller.name, set()).add(target.name)
                    how = f"the NetworkPolicy {manifest.name} lets {caller.name} call {target.name}"
                    yield manifest.fact("order_after", target.name, "called", line, caller.name, how)


def _comes_after(edges: Mapping[str, set[str]], later: str, first: str) -> bool:
    seen, waiting = set[str](), [later]
    while waiting:
        here = waiting.pop()
        if here == first:
            return True
        fresh = edges.get(here, set()) - seen
        seen |= fresh
        waiting.extend(fresh)
    return False
