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
    deploying,
    digitalocean,
    dockerfile,
    dotnet,
    elixir,
    flags,
    flags_in_code,
    fly,
    go,
    health_routes,
    helm,
    heroku,
    jvm,
    kamal,
    kubernetes,
    kustomize,
    migration_commands,
    migrations_embedded,
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
    schedules,
    secrets_in_code,
    settings,
    settings_spring,
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
from releasekit.facts.production.giving_way import settled
from releasekit.facts.production.stacks import projects
from releasekit.facts.production_files import reasoned
from releasekit.tree import Tree

Detector = Callable[[Files], Iterator[Fact | Finding]]

# One `module.detect` a line; their order is the order of the facts.
REGISTRY: tuple[Detector, ...] = (
    deploying.detect,
    compose.detect,
    dockerfile.detect,
    render.detect,
    fly.detect,
    kamal.detect,
    digitalocean.detect,
    aspire.detect,
    unread.detect,
    procfile.detect,
    heroku.detect,
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
    migrations_embedded.detect,
    terraform.detect,
    monitoring.detect,
    flags.detect,
    flags_in_code.detect,
    ci.detect,
    scan.detect,
    schedules.detect,
    changelog.detect,
    version_files.detect,
    owners.detect,
    runbooks.detect,
    migration_commands.detect,
    settings.detect,
    settings_spring.detect,
    secrets_in_code.detect,
    testing.detect,
    telemetry.detect,
    health_routes.detect,
    migrations_liquibase.detect,
    datastores.detect,
)

# those that read deployment files: the person's own choice of files overrules what they find elsewhere
# (charts and kustomizations do so themselves: what a chosen one is built of counts wherever it stands)
_DEPLOYMENT = frozenset(
    "argo aspire digitalocean fly heroku kamal kubernetes procfile render systemd terraform".split()
)


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
    counting, left_out = settled(facts)
    together = assemble(reasoned(counting, files), projects(files))
    order, cycles = start_order(together)
    found = (*_over_budget(tree), *findings, *left_out, *cycles, *between(together), *files.findings())
    return Analysis(together, found, order)


def _over_budget(tree: Tree) -> Iterator[Finding]:
    """``not-read``: what a budget left out; nothing is known of those files, whatever else is said here."""
    for item in tree.skipped:
        if "over the budget" in item.reason or "nothing from here on" in item.reason:
            where = f"{item.path}: " if item.path else ""
            do = "name the service's folder with application.path, and its deployment files with application.files"
            yield Finding("not-read", Severity.WARNING, f"not all was read: {where}{item.reason}", (), do=do)


def _name(detector: Detector) -> str:
    return detector.__module__.rpartition(".")[2]


def _matches(path: str, globs: Sequence[str]) -> bool:
    return any(fnmatch.fnmatchcase(path, glob) or path.startswith(glob.rstrip("/") + "/") for glob in globs)


def _run(detector: Detector, files: Files) -> Iterator[Fact | Finding]:
    try:
        yield from detector(files)
    except Exception as error:  # noqa: BLE001 - one detector's fault must not hide what others found: a finding says it
        sentence = f"the detector {_name(detector)} stopped with {type(error).__name__}: {error}"
        yield Finding("not-analysed", Severity.WARNING, sentence, (), do="report this as a bug")
