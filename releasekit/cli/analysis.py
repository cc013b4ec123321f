"""init, facts, checklist, schema, probes: what can be said without a run."""

from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated

import typer

from releasekit.cli import screen
from releasekit.cli.quick import Quick, uncollected
from releasekit.errors import InputError

if TYPE_CHECKING:
    from releasekit.plan.model import Plan


class FactsFormat(StrEnum):
    """How facts are printed."""

    JSON = "json"
    TABLE = "table"


class ChecklistFormat(StrEnum):
    """How a checklist is printed."""

    MD = "md"
    HTML = "html"
    JSON = "json"


class _Facts(Quick):
    kinds = MappingProxyType({"repository": Path, "format": FactsFormat, "path": str, "files": str, "pipeline": str})


def register(app: typer.Typer) -> None:
    """Add these verbs."""
    app.command(epilog="Example: releasekit init ../shop -o parameters/shop.yaml")(init)
    app.command(cls=_Facts, epilog="Example: releasekit facts ../shop --format json")(facts)
    app.command(epilog="Example: releasekit checklist parameters/shop.yaml --format html > checklist.html")(checklist)
    app.command(epilog="Example: releasekit schema > parameters/schema.json")(schema)
    app.command(epilog="Example: releasekit probes")(probes)


def init(
    repository: Annotated[Path, typer.Argument(help="The service's repository, a folder.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to write; default: standard output.")
    ] = None,
    path: Annotated[str, typer.Option(help="The service's folder in a monorepo.")] = ".",
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Write a parameter file for a repository.

    It is filled with what the analysis found, and valid as it stands.
    """
    from releasekit.plan.propose import propose

    text = propose(repository, path, output.parent if output else Path())
    if output is None:
        screen.out(text)
        return
    from releasekit.parameters.writing import write

    write(output, text, over=force)
    screen.say(f"wrote {output}; next: releasekit run {output}", error=True)


def facts(
    repository: Annotated[Path, typer.Argument(help="A folder.")],
    format: Annotated[FactsFormat, typer.Option(help="json or table.")] = FactsFormat.JSON,  # noqa: A002 - the option's name
    path: Annotated[str, typer.Option(help="The service's folder in a monorepo.")] = ".",
    files: Annotated[
        list[str] | None, typer.Option(help="Globs of the deployment files that are production's.")
    ] = None,
    pipeline: Annotated[str, typer.Option(help="The pipeline's job that releases: FILE#JOB.")] = "",
) -> None:
    """Print facts, start order and findings of a repository."""
    with uncollected():
        from releasekit.facts.analysis import analyse
        from releasekit.plan.folder import folder_tree

        analysis = analyse(folder_tree(repository, path), tuple(files or ()), pipeline)
    if format is FactsFormat.JSON:
        from releasekit.facts.printing import data

        screen.as_json(data(analysis))
        return
    rows = [(fact.kind, fact.service, fact.name, fact.value, fact.source) for fact in analysis.facts]
    screen.table(("kind", "service", "name", "value", "source"), rows)
    order = "  ".join(f"{number}. {', '.join(wave)}" for number, wave in enumerate(analysis.start_order, 1))
    screen.say(f"\nstart order: {order or 'none found'}")
    found = [(finding.severity, finding.sentence, ", ".join(finding.places[:2])) for finding in analysis.findings]
    screen.table(("finding", "", "where"), found)


def checklist(
    target: Annotated[Path, typer.Argument(metavar="REPOSITORY_OR_PARAMETERS", help="A folder, or a parameter file.")],
    format: Annotated[ChecklistFormat, typer.Option(help="md, html or json.")] = ChecklistFormat.MD,  # noqa: A002 - the option's name
) -> None:
    """Print the checklist of a release, without a notebook.

    Nothing is asked and nothing is written: no run is opened.
    """
    from releasekit import document

    plan = _plan(target)
    blocks = document.of_plan(plan)
    if format is ChecklistFormat.MD:
        screen.out(document.markdown(blocks))
    elif format is ChecklistFormat.HTML:
        screen.out(document.page(blocks, title=f"{plan.service} {plan.version}"))
    else:
        screen.as_json(document.plan_data(plan))


def schema() -> None:
    """Print the JSON Schema of a parameter file, for editors."""
    from releasekit.parameters.schema import schema as build

    screen.as_json(build())


def probes() -> None:
    """List the probes: what each asks, what its verdicts mean."""
    from inspect import getdoc

    from releasekit.probes.catalog import known

    for name, probe in known().items():
        first, _, rest = (getdoc(probe) or "").partition("\n\n")
        screen.say(name, style="bold")
        screen.say(f"  {' '.join(first.split())}")
        screen.say(f"  {' '.join(rest.split())}\n")


def _plan(target: Path) -> "Plan":
    from releasekit.plan.compose import compose
    from releasekit.plan.propose import assumed

    if target.is_dir():
        return compose(assumed(target), target)
    from releasekit.parameters.reading import placed, read

    loaded = read(target)
    try:
        return compose(loaded.parameters, loaded.folder)
    except InputError as error:
        raise placed(error, loaded) from error
