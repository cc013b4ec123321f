"""From files, folders and globs to the services of a batch: read, compared, refused or left out. Executes nothing."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path

from releasekit.errors import InputError, ParseError, Problem
from releasekit.parameters.opening import open_text
from releasekit.parameters.reading import Loaded, read
from releasekit.syntax import yaml

_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Service:
    """One parameter file, and what it says; ``loaded`` is None when it cannot be used, and ``problem`` says why."""

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

    A file without ``application.name`` is shared by others and left out. Raises InputError for an argument that names
    nothing, for one service, version and environment in two files, and when no service is left.
    """
    services, left_out = [], []
    for file in dict.fromkeys(path.absolute() for path in _files(arguments)):
        shown = _shown(file)
        if _is_shared(file):
            left_out.append(f"{shown}: it has no application.name, so it is no service's; left out")
            continue
        services.append(read_service(shown))
    _refuse_twins(services)
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


def _refuse_twins(services: Sequence[Service]) -> None:
    by_release: dict[tuple[str, str, str], list[Service]] = defaultdict(list)
    for one in services:
        if one.loaded:
            by_release[one.name.casefold(), one.version.casefold(), one.environment.casefold()].append(one)
    problems = [
        Problem(
            f"{twins[0].name} {twins[0].version} to {twins[0].environment} stands in {' and '.join(others)} too",
            str(twins[0].file),
            "leave one of them out: their runs would be one",
        )
        for twins in by_release.values()
        if (others := [str(twin.file) for twin in twins[1:]])
    ]
    if problems:
        raise InputError(problems)


def _one_line(problem: Problem) -> str:
    return f"{problem.where}: {problem.what}" if problem.where else problem.what
