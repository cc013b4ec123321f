"""By which way this application is deployed, and why: ordered rules, of which the first that finds a way decides.

Reads no way's files: it sees what detectors found, which files are there, and what pipelines and guides type.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from releasekit.facts.files import Files
from releasekit.facts.kubernetes.containers import hidden
from releasekit.facts.model import Fact, Finding, Severity
from releasekit.facts.production.deploying import Deploys, of_guides
from releasekit.facts.production.mains import main_files
from releasekit.facts.stages import is_chosen
from releasekit.facts.ways import BY_NAME, CLUSTER, WAYS, Family, Way

# ways of hosting platforms, whose files also stand beside websites and documentation: those of the root count
_AT_ROOT = frozenset(("vercel", "netlify", "cloudflare"))
# what makes infrastructure, and not always deploys the application on it
_INFRASTRUCTURE = frozenset(("cdk", "pulumi", "bicep", "ansible", "terraform", "aspire", "jsonnet"))
OWN = "pipeline"  # the way of lines that no row knows
_ORDER = {way.name: number for number, way in enumerate(WAYS)}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A way that a rule found, with the reason in words and the place that shows it."""

    way: str
    reason: str
    source: str


@dataclass(frozen=True)
class Evidence:
    """What rules look at: facts with their ways, main files, the files themselves for what guides say."""

    facts: Sequence[Fact]
    files: Files
    mains: tuple[tuple[str, Way], ...]

    @property
    def guides(self) -> tuple[Deploys, ...]:
        return of_guides(self.files)

    @cached_property
    def covered(self) -> Counter[str]:
        """How many services of this repository's own code the files of each way define."""
        own = [fact for fact in self.facts if fact.kind == "service" and fact.value in {"app", "job"} and fact.way]
        return Counter(way for way, _ in {(fact.way, fact.name) for fact in own})

    def of(self, kind: str) -> Iterator[Fact]:
        return (fact for fact in self.facts if fact.kind == kind)


Rule = Callable[[Evidence], Iterator[Candidate]]


def chosen(e: Evidence) -> Iterator[Candidate]:
    """The person names its files (`application.files`)."""
    if e.files.chosen:
        for fact in e.facts:
            if fact.way and is_chosen(e.files, fact.path):
                yield Candidate(fact.way, "application.files names it", f"{fact.path}:1")
        for path, way in e.mains:
            if is_chosen(e.files, path):
                yield Candidate(way.name, "application.files names it", f"{path}:1")


def pipeline(e: Evidence) -> Iterator[Candidate]:
    """The pipeline that releases deploys with it."""
    for fact in e.of("deploys") if not e.files.chosen else ():
        known = [one.way for one in platform_file(e)] if fact.name == OWN else []
        # lines that nobody knows bring what the platform's file describes
        yield Candidate(known[0] if known else fact.name, "a pipeline deploys with it", fact.source)


def controller(e: Evidence) -> Iterator[Candidate]:
    """A controller applies this repository by itself."""
    for fact in e.of("sync"):
        yield Candidate(fact.way, f"{BY_NAME[fact.way].title} applies {fact.value} of this repository", fact.source)


def platform_file(e: Evidence) -> Iterator[Candidate]:
    """Its main file is there, which nothing else reads."""
    for path, way in e.mains:
        plain = not way.button and way.name not in _INFRASTRUCTURE and way.family is not Family.CONTAINERS
        if plain and ("/" not in path or way.name not in _AT_ROOT):
            yield Candidate(way.name, f"{path} is its file", f"{path}:1")
    for fact in e.of("service"):
        if fact.way == "cloud-run":
            yield Candidate(fact.way, f"{fact.path} is one of its services", fact.source)


def guide(e: Evidence) -> Iterator[Candidate]:
    """A guide of the repository says how production is deployed; what makes infrastructure it has to make first."""
    for one in e.guides:
        if one.production and one.way not in _INFRASTRUCTURE:
            yield Candidate(one.way, "the guide deploys with it", one.source)


def cluster(e: Evidence) -> Iterator[Candidate]:
    """Its files define workloads of a Kubernetes cluster."""
    for fact in e.of("service"):
        if fact.way in CLUSTER and fact.value in {"app", "job"}:
            yield Candidate(fact.way, "its files define what runs", fact.source)
    if not any(fact.kind == "service" and fact.value in {"app", "job"} and fact.way for fact in e.facts):
        for fact in e.of("service"):  # a cluster of other people's images alone
            if fact.way in CLUSTER:
                yield Candidate(fact.way, "its files define what runs", fact.source)
        for fact in e.of("production_file"):
            if fact.way in CLUSTER:
                yield Candidate(fact.way, "its files are there", fact.source)


def infrastructure(e: Evidence) -> Iterator[Candidate]:
    """Its main file is there; it may make infrastructure only."""
    for path, way in e.mains:
        if way.name in _INFRASTRUCTURE:
            yield Candidate(way.name, f"{path} is its file", f"{path}:1")
    for fact in e.of("service"):
        if fact.way == "aspire":
            yield Candidate(fact.way, f"{fact.path} starts its services", fact.source)


def containers(e: Evidence) -> Iterator[Candidate]:
    """A Compose or Swarm file has earned it: see `earning`."""
    for fact in e.of("production_file"):
        if fact.way in {"compose", "swarm"}:
            yield Candidate(fact.way, str(fact.value), fact.source)


def button(e: Evidence) -> Iterator[Candidate]:
    """Its file is there, which is often only a button that starts a copy for a try."""
    for path, way in e.mains:
        if way.button:
            yield Candidate(way.name, f"{path} is its file", f"{path}:1")


def hosts(e: Evidence) -> Iterator[Candidate]:
    """Units of an init system start it on a host."""
    for fact in e.facts:
        if fact.way == "systemd" and fact.kind == "process" and fact.value == "app" and not _packaged(e, fact.name):
            yield Candidate(fact.way, f"{fact.path} starts it on a host", fact.source)


def _packaged(e: Evidence, unit: str) -> bool:
    """Whether a unit starts a program of its own name that a package of the system brings."""
    starts = [str(fact.value) for fact in e.of("start_command") if fact.name == f"{unit} ExecStart"]
    return any(start.split(" ")[0] in {f"/usr/bin/{unit}", f"/usr/sbin/{unit}"} for start in starts)


def processes(e: Evidence) -> Iterator[Candidate]:
    """Only a Procfile is there, which several platforms read."""
    for fact in e.of("process"):
        if fact.way == "procfile":
            yield Candidate(fact.way, f"{fact.path} names processes and no platform", fact.source)


RULES: tuple[Rule, ...] = (
    chosen,
    pipeline,
    controller,
    platform_file,
    guide,
    cluster,
    infrastructure,
    containers,
    button,
    hosts,
    processes,
)


def elect(facts: Sequence[Fact], files: Files) -> tuple[list[Fact], list[Finding]]:
    """A ``way`` fact for the way that deploys, if any, an ``other_way`` fact for each beside it, and findings.

    The value of a ``way`` is the name of the rule that decided. Nothing earned is the finding ``no-way``, several ways
    under one rule ``several-ways``.
    """
    evidence = Evidence(facts, files, main_files(files))
    found: dict[str, tuple[str, Candidate]] = {}
    deciding: list[str] = []
    for rule in RULES:
        candidates = list(rule(evidence))
        for one in candidates:
            found.setdefault(one.way, (rule.__name__, one))
        if candidates and not deciding:
            deciding = _ranked(rule, candidates, evidence)
    if not deciding:
        return [], [_none(evidence)] if _runs_something(evidence) else []
    order = [*deciding, *(way for way in found if way not in deciding)]
    elected = _fact("way", *found[order[0]])
    typed = _documented(evidence, elected)
    own = {elected.name, *BY_NAME[elected.name].takes}
    others = [_fact("other_way", *found[way]) for way in order if way not in own]
    rivals = [way for way in deciding if way not in own]
    findings = [_several(elected, [fact for fact in others if fact.name in rivals])] if rivals else []
    return [elected, *others, *typed], findings


def _documented(e: Evidence, elected: Fact) -> list[Fact]:
    """``documented``: the commands that the guide types for production in this way, in its order."""
    said = [one for one in e.guides if one.production and one.way == elected.name]
    how = "a command that a guide gives for production"
    return [Fact("documented", one.way, hidden(one.text), one.source, how=how, way=one.way) for one in said]


def _ranked(rule: Rule, candidates: Sequence[Candidate], e: Evidence) -> list[str]:
    """The ways of one rule, the strongest first: where a pipeline or a person decides, the first that is named."""
    names = list(dict.fromkeys(one.way for one in candidates))
    taken = {other for name in names for other in BY_NAME[name].takes}
    if rule in {pipeline, guide}:
        return sorted(names, key=lambda name: (name in taken, name == "terraform"))
    return sorted(names, key=lambda name: (name in taken, -e.covered[name], _ORDER[name]))


def _fact(kind: str, rule: str, one: Candidate) -> Fact:
    return Fact(kind, one.way, rule, one.source, how=one.reason, way=one.way, rule=rule)


def _several(elected: Fact, rivals: Sequence[Fact]) -> Finding:
    names = ", ".join(f"{BY_NAME[fact.name].title} ({fact.source})" for fact in rivals)
    sentence = (
        f"{BY_NAME[elected.name].title} is taken as the way of deploying ({elected.how}); it could also be {names}"
    )
    places = (elected.source, *(fact.source for fact in rivals))
    return Finding("several-ways", Severity.WARNING, sentence, places, do="name its files in application.files")


def _runs_something(e: Evidence) -> bool:
    return any(fact.kind in {"service", "process", "start_command", "build"} for fact in e.facts)


def _none(e: Evidence) -> Finding:
    doubted = list(e.of("undeployed_file"))
    why = "; ".join(f"{fact.name} is not, because {fact.value} ({fact.source})" for fact in doubted[:4])
    sentence = "no file, pipeline or guide says how this is deployed" + (f": {why}" if why else "")
    do = "name the files that deploy it in application.files"
    return Finding("no-way", Severity.WARNING, sentence, tuple(fact.source for fact in doubted), do=do)
