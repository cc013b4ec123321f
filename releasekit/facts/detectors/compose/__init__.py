"""Docker Compose and Swarm stack files: services and all that they say. Which files count is decided elsewhere."""

import posixpath
from collections.abc import Iterator
from dataclasses import replace

from releasekit.errors import ParseError
from releasekit.facts.detectors.compose.load import Model, load
from releasekit.facts.detectors.compose.pieces import ABSENT, Piece
from releasekit.facts.detectors.compose.routes import certified, routed
from releasekit.facts.detectors.compose.service import Around, facts_of
from releasekit.facts.detectors.compose.settings import confidential, required
from releasekit.facts.files import Files
from releasekit.facts.model import Fact, Finding, Severity
from releasekit.facts.places import aside
from releasekit.facts.production.choosing import Deployment, deployments
from releasekit.facts.production.earning import Earned, standing
from releasekit.facts.production.stacks import own_names
from releasekit.syntax import dockerfile
from releasekit.syntax.interpolation import expand


def detect(files: Files) -> Iterator[Fact | Finding]:
    """The facts of every Compose deployment that is production, and which files those are."""
    found = deployments(files, files.chosen)
    own = own_names(files) if found.chosen else frozenset()
    elsewhere = _built_elsewhere(files, [path for path, _ in found.left_out])
    for deployment, way, how in standing(files, found.chosen, own):
        yield from _standing(deployment, way, how)
        for said in _deployed(files, deployment, elsewhere, own):
            yield replace(said, way=way) if isinstance(said, Fact) else said
    for path, reason in found.left_out:
        sentence = f"{path} is not read as production: {reason}"
        yield Finding("left-out", Severity.NOTE, sentence, (f"{path}:1",), do="name it in application.files if it is")


def _standing(deployment: Deployment, way: str, found: Earned) -> Iterator[Fact]:
    """For each file: how production runs, and by which rule; or read all the same, and why it is not how."""
    for path in deployment.paths:
        if found.rule:
            how = "chosen among the deployment files"
            yield Fact("production_file", path, found.reason, found.source, how=how, way=way, rule=found.rule)
        else:
            how = "read, and not taken for production"
            yield Fact(
                "undeployed_file",
                path,
                found.reason,
                found.source,
                how=how,
                way=way,
                rule=str(deployment.weak or found.doubt),
            )


def _built_elsewhere(files: Files, paths: list[str]) -> dict[str, Piece]:
    """How development builds services that production takes as images: whose source they are, and what is in them."""
    found: dict[str, Piece] = {}
    for path in paths:
        model = load(files, (path,))
        for name, service in model.services.items():
            context = service.at("build", "context")
            if service.at("build").is_map and not context.text.startswith(("/", "http", "git@")):
                moved = posixpath.normpath(posixpath.join(model.folder, context.text or "."))
                parts = {**dict(service.at("build").items()), "context": context.but(moved)}
                if aside(_build("", service.at("build").but(parts))[0]):
                    continue  # an image for developers says nothing of what production runs
                found.setdefault(name, service.at("build").but(parts))
    return found


def _deployed(
    files: Files, deployment: Deployment, elsewhere: dict[str, Piece], own: frozenset[str]
) -> Iterator[Fact | Finding]:
    model = load(files, deployment.paths)
    for name in [name for name, service in model.services.items() if _development(service.at("profiles").words())]:
        del model.services[name]
    said = list(_facts(files, model, elsewhere, own))
    yield from (item for item in said if isinstance(item, Finding))
    facts = [item for item in said if isinstance(item, Fact)]
    proven = {fact.service for fact in facts if fact.kind == "tls" and fact.how == "certificates by ACME"}
    for fact in facts:
        # a router that names a resolver says no more than the proxy that has it
        if fact.kind == "tls" and proven and fact.service not in proven and "resolver" in fact.how:
            continue
        if fact.kind == "depends_on" and fact.name not in model.services:
            sentence = f"{fact.service} depends on {fact.name}, which no file of this deployment has"
            yield Finding("unknown-dependency", Severity.RISK, sentence, (fact.source,), fact.service)
            continue
        yield fact


def _development(profiles: tuple[str, ...]) -> bool:
    """Whether a service belongs to profiles of development and tests alone."""
    return bool(profiles) and all(aside(f"compose.{profile.lower()}.yml") for profile in profiles)


def _facts(files: Files, model: Model, elsewhere: dict[str, Piece], names: frozenset[str]) -> Iterator[Fact | Finding]:
    own = {name: service.at("build") for name, service in model.services.items() if service.at("build")}
    other = {name: elsewhere[name] for name in model.services if name in elsewhere and name not in own}
    builds = {name: _build(model.folder, build) for name, build in own.items()}
    builds |= {name: _build("", build) for name, build in other.items()}
    bases = {name: _base(files, *builds[name], build) for name, build in (own | other).items()}
    awaited = frozenset(
        other
        for service in model.services.values()
        for other, how in service.at("depends_on").items()
        if how.at("condition").text == "service_completed_successfully"
    )
    around = Around(model.volumes, bases, awaited, names)
    for name, service in model.services.items():
        for fact in facts_of(name, service, around):
            if isinstance(fact, Fact) and fact.kind == "build":
                path, target = builds[name]
                context = posixpath.normpath(posixpath.join(model.folder, str(fact.value)))
                yield replace(fact, name=path, value=context, how=f"the stage {target}" if target else "the last stage")
            else:
                yield fact
        yield from routed(name, service.at("labels"), service.at("environment"))
        yield from routed(name, service.at("deploy", "labels"), ABSENT)
        yield from certified(name, service)
        if name in other and builds[name][0] in files.tree:
            path, _ = builds[name]
            yield Fact(
                "build", path, other[name].at("context").text, other[name].source, name, how="as another file builds it"
            )
    yield from confidential(files, model)
    yield from required(files, model)


def _build(project: str, build: Piece) -> tuple[str, str]:
    """(path of the Dockerfile from the root of the repository, stage); ("", "") for one that lies elsewhere."""
    context = build.at("context").text or "."
    if "://" in context or context.startswith("git@") or "$" in context:
        return "", ""
    folder = posixpath.normpath(posixpath.join(project, context))
    path = posixpath.normpath(posixpath.join(folder, build.at("dockerfile").text or "Dockerfile"))
    return path, build.at("target").text


def _base(files: Files, path: str, target: str, build: Piece) -> str:
    """The image that a Dockerfile's stage is built on, with the build's own arguments; "" when it cannot be told."""
    if path not in files.tree:
        return ""
    try:
        read = dockerfile.parse(files.text(path), path)
    except ParseError as error:
        files.note(path, error)
        return ""
    stage = read.stage(target) or read.stage()
    if stage is None:
        return ""
    given = {key: value.text for key, value in build.at("args").items()}
    try:
        return expand(read.image_of(stage).base, {**read.args, **given}.get).text
    except ParseError:
        return ""  # already noted when the Dockerfile itself is read
