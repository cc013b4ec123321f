"""The composition of the analysis: which detectors there are, and what is done with their facts.

Knows no technology: that is the detectors' part, one module each.
"""

import fnmatch
from collections.abc import Callable, Iterator, Sequence

from releasekit.facts.assemble import assemble
from releasekit.facts.detectors import (
    aspire,
    changelog,
    ci,
    compose,
    cpp,
    datastores,
    dockerfile,
    dotnet,
    elixir,
    flags,
    fly,
    go,
    health_routes,
    helm,
    jvm,
    kamal,
    kubernetes,
    kustomize,
    migration_commands,
    migrations_liquibase,
    migrations_named,
    migrations_python,
    monitoring,
    node,
    owners,
    php,
    procfile,
    proxies,
    python,
    render,
    ruby,
    runbooks,
    rust,
    scan,
    settings,
    systemd,
    telemetry,
    terraform,
    testing,
    unread,
    version_files,
)
from releasekit.facts.files import Files
from releasekit.facts.findings import between
from releasekit.facts.model import Analysis, Fact, Finding, Severity
from releasekit.facts.order import start_order
from releasekit.tree import Tree

Detector = Callable[[Files], Iterator[Fact | Finding]]

# One `module.detect` a line; their order is the order of the facts.
REGISTRY: tuple[Detector, ...] = (
    compose.detect,
    dockerfile.detect,
    render.detect,
    fly.detect,
    kamal.detect,
    aspire.detect,
    unread.detect,
    procfile.detect,
    proxies.detect,
    systemd.detect,
    kubernetes.detect,
    kustomize.detect,
    helm.detect,
    python.detect,
    node.detect,
    jvm.detect,
    go.detect,
    ruby.detect,
    dotnet.detect,
    php.detect,
    rust.detect,
    elixir.detect,
    cpp.detect,
    migrations_python.detect,
    migrations_named.detect,
    terraform.detect,
    monitoring.detect,
    flags.detect,
    ci.detect,
    scan.detect,
    changelog.detect,
    version_files.detect,
    owners.detect,
    runbooks.detect,
    migration_commands.detect,
    settings.detect,
    testing.detect,
    telemetry.detect,
    health_routes.detect,
    migrations_liquibase.detect,
    datastores.detect,
)

# those that read deployment files: the person's own choice of files overrules what they find elsewhere
_DEPLOYMENT = {"argo", "aspire", "fly", "helm", "kamal", "kubernetes", "kustomize", "procfile", "render", "systemd", "terraform"}


def analyse(tree: Tree, chosen: Sequence[str] = ()) -> Analysis:
    """All facts and findings of a tree. ``chosen`` are globs of the deployment files that are production, if said."""
    files = Files(tree, tuple(chosen))
    facts: list[Fact] = []
    findings: list[Finding] = []
    for detector in REGISTRY:
        for said in _run(detector, files):
            if isinstance(said, Finding):
                findings.append(said)
            elif not chosen or _name(detector) not in _DEPLOYMENT or _matches(said.path, chosen):
                facts.append(said)
    together = assemble([*facts, *_production(facts, bool(chosen))])
    order, cycles = start_order(together)
    return Analysis(together, (*findings, *cycles, *between(together), *files.findings()), order)


def _production(facts: Sequence[Fact], chosen: bool) -> Iterator[Fact]:
    """The files that deploy something and are not already said to be production by whoever chose among them."""
    said = {fact.name for fact in facts if fact.kind == "production_file"}
    reason = (
        "named in application.files" if chosen else "it deploys a service and lies in no folder of tests or examples"
    )
    for path in dict.fromkeys(fact.path for fact in facts if fact.kind == "service"):
        if path not in said:
            yield Fact("production_file", path, reason, f"{path}:1", how="a deployment file")


def _name(detector: Detector) -> str:
    return detector.__module__.rpartition(".")[2]


def _matches(path: str, globs: Sequence[str]) -> bool:
    return any(fnmatch.fnmatchcase(path, glob) or path.startswith(glob.rstrip("/") + "/") for glob in globs)


def _run(detector: Detector, files: Files) -> Iterator[Fact | Finding]:
    try:
        yield from detector(files)
    except Exception as error:  # noqa: BLE001
        # One family's mistake must not hide what the others found: the reader is told instead.
        sentence = f"the detector {_name(detector)} stopped with {type(error).__name__}: {error}"
        yield Finding("not-analysed", Severity.WARNING, sentence, (), do="report this as a bug")
