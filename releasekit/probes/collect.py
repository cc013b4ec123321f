"""Runs probes side by side, each with a deadline; one that raises or hangs is unknown, with a sentence."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic

from releasekit.errors import ReleasekitError
from releasekit.parameters.model import to_data
from releasekit.parameters.scrubbing import Scrubber, secrets
from releasekit.probes.catalog import Probe, known
from releasekit.probes.evidence import Evidence, Verdict
from releasekit.probes.request import Judgement, Request, unknown
from releasekit.sources.reading import Raw, noting, whole

DEADLINE = 30.0

Keep = Callable[[Evidence, tuple[Raw, ...]], None]


def collect(
    wanted: Iterable[tuple[str, str]],
    request: Request,
    probes: Mapping[str, Probe] | None = None,
    deadline: float = DEADLINE,
    keep: Keep | None = None,
) -> Iterator[Evidence]:
    """Ask each (item id, probe name) pair at once; yield evidence as it comes.

    ``probes`` are all known ones unless given; ``deadline`` is in seconds, for each probe. ``keep`` is given each piece
    of evidence with what was read for it, before it is yielded, one after the other.
    Threads are daemons: one that hangs is left behind and reported as unknown, and does not keep the process alive.
    """
    probes = known() if probes is None else probes
    # what a server or an exception says may repeat what it was given, and the log keeps it for ever
    scrubber = Scrubber(secrets(to_data(request.parameters), request.environ))
    answers: SimpleQueue[tuple[Evidence, tuple[Raw, ...]]] = SimpleQueue()
    pending: dict[tuple[str, str], float] = {}
    for item, name in wanted:
        pending[item, name] = monotonic() + deadline
        Thread(target=_ask, args=(item, name, request, probes.get(name), answers.put), daemon=True).start()
    while pending:
        wait = min(pending.values()) - monotonic()
        try:
            evidence, read = answers.get(timeout=max(wait, 0.0))
        except Empty:
            for key in [key for key, end in pending.items() if end <= monotonic()]:
                del pending[key]
                late = unknown(f"no answer within {deadline:g} s", "try again; see whether the source is slow")
                yield _evidence(*key, late, request, deadline)
            continue
        if pending.pop((evidence.item, evidence.probe), None) is not None:
            evidence = replace(
                evidence,
                sentence=scrubber.text(evidence.sentence),
                source=scrubber.text(evidence.source),
                next=scrubber.text(evidence.next),
                series=tuple(replace(one, sentence=scrubber.text(one.sentence)) for one in evidence.series),
            )
            if keep:
                keep(evidence, read)
            yield evidence


def _ask(
    item: str,
    name: str,
    request: Request,
    probe: Probe | None,
    put: Callable[[tuple[Evidence, tuple[Raw, ...]]], None],
) -> None:
    start = monotonic()
    with noting() as read:
        judgement = _judge(name, replace(request, item=item), probe)
    if read and not judgement.sha256:
        judgement = replace(judgement, sha256=whole([one.sha256 for one in read]))
    put((_evidence(item, name, judgement, request, monotonic() - start), tuple(read)))


def _judge(name: str, request: Request, probe: Probe | None) -> Judgement:
    if probe is None:
        return unknown(f"there is no probe {name!r}", "see which there are: releasekit probes")
    try:
        judgement: object = probe(request)  # an outsider's may be anything
    except ReleasekitError as error:
        problem = error.problems[0]
        return unknown(f"{problem.where}: {problem.what}" if problem.where else problem.what, problem.do)
    except Exception as error:  # noqa: BLE001 - a probe may come from outside, and its failure is no verdict on the release
        return unknown(
            f"the probe itself failed: {type(error).__name__}: {error}", "report it; decide by hand until then"
        )
    if not isinstance(judgement, Judgement) or not isinstance(judgement.verdict, Verdict):
        return unknown(f"the probe answered {type(judgement).__name__}, which is no judgement", "report it")
    return judgement


def _evidence(item: str, name: str, judgement: Judgement, request: Request, seconds: float) -> Evidence:
    return Evidence(
        item=item,
        probe=name,
        verdict=judgement.verdict,
        sentence=judgement.sentence,
        source=judgement.source,
        commit=judgement.commit,
        at=request.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        seconds=round(seconds, 3),
        next=judgement.next,
        sha256=judgement.sha256,
        series=judgement.series,
    )
