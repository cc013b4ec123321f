"""A set of Compose files as one model: environment, includes, layers, `extends`. Says nothing about what it means."""

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from releasekit.errors import ParseError
from releasekit.facts.detectors.compose.merge import merge, normal
from releasekit.facts.detectors.compose.pieces import ABSENT, Piece, Reader
from releasekit.facts.files import Files
from releasekit.facts.settings.confidential import is_confidential
from releasekit.syntax import dotenv
from releasekit.syntax.dotenv import Entry
from releasekit.syntax.expression import Expression
from releasekit.syntax.node import Node

# what is copied to .env before the first start; the first that is there
EXAMPLES = (
    *(".env.example", ".env.sample", ".env.template", ".env.dist", "env.example", "example.env", "sample.env"),
    *(".env-example", ".env-sample", ".env.tmpl", "env.sample", "env.template", ".env.defaults", "default.env"),
    *(".env.production.example", ".env.prod.example", ".env.production.sample", ".env.production", ".env.prod"),
)
_OTHER_EXAMPLE = Expression(r"(?:variables|vars|stack|production|prod|sample|config|settings)[\w.-]*\.env")
_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Variable:
    """What a file of variables sets: its value as text, where, and whether the file is only an example."""

    value: str
    source: str
    example: bool


@dataclass(slots=True)
class Model:
    """The services, volumes, secrets and configs of merged files, and the variables they were read with."""

    services: dict[str, Piece] = field(default_factory=dict)
    volumes: dict[str, Piece] = field(default_factory=dict)
    secrets: dict[str, Piece] = field(default_factory=dict)
    configs: dict[str, Piece] = field(default_factory=dict)
    variables: Mapping[str, Variable] = field(default_factory=dict)
    folder: str = ""

    def parts(self) -> Iterator[tuple[str, dict[str, Piece]]]:
        yield "services", self.services
        yield "volumes", self.volumes
        yield "secrets", self.secrets
        yield "configs", self.configs


def load(files: Files, paths: Sequence[str]) -> Model:
    """The model of files given in the order of their ``-f``; the first one's folder is the project's."""
    folder = posixpath.dirname(paths[0])
    model = Model(variables=variables(files, folder), folder=folder)
    for path in paths:
        _layer(files, path, model, 0)
    for name in list(model.services):
        model.services[name] = _extended(files, model, model.services[name], 0)
    return model


def variables(files: Files, folder: str) -> dict[str, Variable]:
    """What ``.env`` beside the files sets, and below it what its example sets."""
    found: dict[str, Variable] = {}
    examples = [posixpath.join(folder, name) for name in EXAMPLES]
    examples += [path for path in files.tree.within(folder) if _OTHER_EXAMPLE.fullmatch(path.rpartition("/")[2])]
    if not any(path in files.tree for path in (*examples, posixpath.join(folder, ".env"))):
        examples = list(EXAMPLES)  # that of the root is for all of the repository
    example = next((path for path in examples if path in files.tree), "")
    for path in (example, posixpath.join(folder, ".env")):
        if path and path in files.tree:
            entries = assignments(files, path)
            said = dotenv.values(entries)
            is_example = path == example
            for entry in entries:
                if entry.value is not None:
                    found[entry.key] = Variable(said[entry.key], f"{path}:{entry.line}", is_example)
    return found


def assignments(files: Files, path: str) -> tuple[Entry, ...]:
    """The entries of a file of variables; () when it cannot be read."""
    try:
        return dotenv.parse(files.text(path), path)
    except ParseError as error:
        files.note(path, error)
        return ()


def _lookup(model: Model, name: str) -> str | None:
    """A variable's value; confidential ones are known and never given."""
    variable = model.variables.get(name)
    if variable is None:
        return None
    if not variable.value or not is_confidential(name):
        return variable.value
    return f"${{{name}}}"


def _root(files: Files, path: str) -> Node | None:
    documents = files.yaml(path)
    return documents[0] if documents and documents[0].is_map else None


def _layer(files: Files, path: str, model: Model, depth: int) -> None:
    root = _root(files, path)
    if root is None or depth > _DEPTH:
        return
    reader = Reader(files, path, lambda name: _lookup(model, name))
    for included in _included(reader.piece(root.at("include")), path):
        _layer(files, included, model, depth + 1)
    for key, merged in model.parts():
        for name, part in reader.piece(root.at(key)).items():
            piece = normal(part) if key == "services" else part
            if key == "services":
                piece = _anchored(piece, path)
            together = merge(merged.get(name, ABSENT), piece)
            if together:
                merged[name] = together
            else:
                merged.pop(name, None)


def _included(include: Piece, path: str) -> Iterator[str]:
    """Paths of ``include``: a list of texts, or of mappings with ``path`` (a text or a list)."""
    for item in include:
        for text in item.words() or item.at("path").words():
            yield _beside(path, text)


def _beside(path: str, text: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), text))


def _anchored(service: Piece, path: str) -> Piece:
    """Paths of ``extends`` are relative to the file that says them, so they are resolved before anything is merged."""
    if not isinstance(service.value, dict):
        return service
    extends = service.at("extends")
    if extends.text:
        target = {"service": extends, "file": Piece(path, extends.source)}
    elif extends.is_map:
        said = extends.at("file").text
        file = Piece(_beside(path, said) if said else path, extends.source)
        target = {"service": extends.at("service"), "file": file}
    else:
        return service
    return service.but({**service.value, "extends": extends.but(target)})


def _extended(files: Files, model: Model, service: Piece, depth: int) -> Piece:
    extends = service.at("extends")
    if not extends.is_map or depth > _DEPTH or not isinstance(service.value, dict):
        return service
    name, path = extends.at("service").text, extends.at("file").text
    own = service.but({key: part for key, part in service.value.items() if key != "extends"})
    root = _root(files, path)
    if root is None or not root.at("services", name).is_map:
        return own
    reader = Reader(files, path, lambda variable: _lookup(model, variable))
    line = root.at("services").line_of(name)
    base = _anchored(normal(reader.piece(root.at("services", name), line)), path)
    merged = merge(_extended(files, model, base, depth + 1), own)
    return Piece(merged.value, service.source)
