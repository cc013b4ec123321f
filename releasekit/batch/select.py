"""From files, folders and globs to the services of a batch: read, compared, refused or left out. Executes nothing."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from glob import glob, has_magic
from pathlib import Path

from releasekit.errors import InputError, ParseError, Problem
from releasekit.parameters.opening import open_text
from releasekit.parameters.reading import Loaded, read, validate
from releasekit.syntax import yaml

_SUFFIXES = (".yaml", ".yml")
_ONE = "leave all of them out but one: their runs would be one"


@dataclass(frozen=True, slots=True)
class Service:
    """One parameter file, and what it says; ``problem`` says why it cannot be served, ``loaded`` is None if unread."""

    file: Path
    loaded: Loaded | None
    problem: str = ""

    @property
    def name(self) -> str:
        """The service, as the file calls it; of a file that cannot be used, the file's own name."""
        return self.loaded.parameters.application.name if self.loaded else self.file.stem

    @property
    def version(self) -> str:
        """The version that is released; "" of a file that cannot be used."""
        return self.loaded.parameters.application.version if self.loaded else ""

    @property
    def environment(self) -> str:
        """Where it is released to; likewise."""
        return self.loaded.parameters.configuration.environment if self.loaded else ""


@dataclass(frozen=True, slots=True)
class Selection:
    """The services of a batch in the order of their files, and sentences about the files that are none."""

    services: tuple[Service, ...]
    left_out: tuple[str, ...]


def select(arguments: Sequence[str]) -> Selection:
    """The services of these files, folders (their .yaml and .yml files) and globs.

    A file without ``application.name`` is shared by others and left out. One service, version and environment in
    several files is a problem of each of them. Raises InputError for an argument that names nothing, when no service
    is left, and when all are such twins.
    """
    services, left_out = [], []
    for file in dict.fromkeys(path.absolute() for path in _files(arguments)):
        shown = _shown(file)
        if _is_shared(file):
            left_out.append(f"{shown}: it has no application.name, so it is no service's; left out")
            continue
        services.append(read_service(shown))
    services = _told_apart(services)
    if not services:
        raise InputError(
            "there is no service to release", ", ".join(arguments), "name parameter files, or their folder"
        )
    return Selection(tuple(services), tuple(left_out))


def read_service(file: Path) -> Service:
    """The service of one parameter file; one that cannot be used has its problems in one line."""
    try:
        return Service(file, read(file))
    except InputError as error:
        return Service(file, None, "; ".join(map(_one_line, error.problems)))


def given(file: Path, folder: Path, parameters: Mapping[str, object]) -> Service:
    """The service of parameters that were read elsewhere, which need their repository here and not their file.

    ``folder`` is where their relative paths start.
    """
    try:
        return Service(file, Loaded(validate(parameters, folder), folder, file.name, {}))
    except InputError as error:
        return Service(file, None, "; ".join(map(_one_line, error.problems)))


def _files(arguments: Sequence[str]) -> Iterator[Path]:
    for argument in arguments:
        path = Path(argument)
        if path.is_dir():
            yield from sorted(file for file in path.iterdir() if file.suffix in _SUFFIXES and file.is_file())
        elif path.exists() or not has_magic(argument):
            if not path.exists():
                raise InputError("there is no such file or folder", argument, "name parameter files, or their folder")
            yield path
        else:
            found = sorted(Path(name) for name in glob(argument, recursive=True))  # noqa: PTH207 - absolute patterns too
            if not found:
                raise InputError("nothing is called like that", argument, "name parameter files, or their folder")
            yield from (file for file in found if file.is_file())


def _shown(file: Path) -> Path:
    """The path as a person would write it here."""
    try:
        return file.relative_to(Path.cwd())
    except ValueError:
        return file


def _is_shared(file: Path) -> bool:
    """Whether this is YAML of a parameter file's shape that names no service."""
    try:
        documents, _ = yaml.read(open_text(file, str(file)), str(file))
    except (InputError, ParseError):
        return False
    if len(documents) != 1 or not any(documents[0].at(key) for key in ("application", "configuration", "defaults")):
        return False
    return not documents[0].at("application", "name")


def _told_apart(services: Sequence[Service]) -> list[Service]:
    """The services, where those that would share one run have a problem. Raises InputError when there are no others."""
    by_release: dict[tuple[str, str, str], list[Service]] = defaultdict(list)
    for one in services:
        if one.loaded:
            by_release[one.name.casefold(), one.version.casefold(), one.environment.casefold()].append(one)
    twins = [same for same in by_release.values() if len(same) > 1]
    if twins and sum(map(len, twins)) == len(services):
        raise InputError(Problem(_shared(same), str(same[0].file), _ONE) for same in twins)
    problems = {one.file: f"{_shared(same)}; {_ONE}" for same in twins for one in same}
    return [replace(one, problem=problems.get(one.file, one.problem)) for one in services]


def _shared(same: Sequence[Service]) -> str:
    files = " and ".join(str(one.file) for one in same)
    return f"{same[0].name} {same[0].version} to {same[0].environment} stands in {files}"


def _one_line(problem: Problem) -> str:
    return f"{problem.where}: {problem.what}" if problem.where else problem.what
