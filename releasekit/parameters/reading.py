"""A YAML file to Parameters, its `defaults` merged in, and where each key stood; every problem of it at once."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from pydantic import ValidationError

from releasekit.errors import InputError, ParseError, Problem
from releasekit.parameters.explaining import explain
from releasekit.parameters.model import Parameters
from releasekit.parameters.opening import open_text, unseen
from releasekit.parameters.screening import Keys, dotted, screen
from releasekit.syntax import yaml
from releasekit.syntax.node import Limits, Node

LIMITS = Limits(nodes=10_000, depth=32, aliases=False, tags=False)
CHAIN = 3
# paths that a defaults file gives are relative to itself; a report's glob is looked for beside each service's file
_REBASED: tuple[tuple[str, str], ...] = (
    ("application", "repository"),
    ("configuration", "template"),
    ("configuration", "calendar"),
)
_OWN = ("name", "path")


@dataclass(frozen=True, slots=True)
class Loaded:
    """Parameters as read: ``folder`` is the file's, against which relative paths resolve; ``file`` its name.

    ``where`` maps each dotted key (``configuration.metrics.objectives.0.name``) to ``file:line``, the file relative to
    ``folder``; keys that came from a defaults file have that file's line.
    """

    parameters: Parameters
    folder: Path
    file: str
    where: Mapping[str, str]


@dataclass(slots=True)
class _Layer:
    """One file's say: its data, the place of each key, each scalar as written, and what is wrong."""

    data: dict[str, object] = field(default_factory=dict)
    places: dict[Keys, tuple[str, int]] = field(default_factory=dict)
    written: dict[Keys, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    secret: set[Keys] = field(default_factory=set)

    def place(self, keys: Keys) -> str:
        """``file:line`` of the longest part of ``keys`` that is written somewhere; without lines, ""."""
        shortest = 0 if () in self.places else len(keys)
        for length in range(len(keys), shortest - 1, -1):
            if found := self.places.get(keys[:length]):
                return f"{found[0]}:{found[1]}"
        return ""


def read(path: Path) -> Loaded:
    """Read and validate a parameter file.

    Raises InputError with every problem of the file and of its defaults, each with ``file:line``.
    """
    layer = _layer(path, str(path), ())
    parameters = _validated(layer)
    places = {
        dotted(keys): f"{Path(os.path.relpath(file, path.parent)).as_posix()}:{line}"
        for keys, (file, line) in layer.places.items()
        if keys
    }
    return Loaded(parameters, path.parent, path.name, MappingProxyType(places))


def placed(error: InputError, loaded: Loaded) -> InputError:
    """An error that names keys of these parameters, as one that says ``file:line`` too."""
    return InputError(
        replace(one, where=str(loaded.folder / loaded.where[one.where]), what=f"{one.where}: {one.what}")
        if one.where in loaded.where
        else one
        for one in error.problems
    )


def validate(data: Mapping[str, object], base: str | Path = ".") -> Parameters:
    """Validate parameters that are already data, as a notebook has them; ``base`` is the folder of relative paths.

    Raises InputError that names the keys; there are no lines, except those of a defaults file.
    """
    own = _Layer()
    cleaned, own.problems, own.secret = screen(data, own.place)
    own.data = cleaned if isinstance(cleaned, dict) else {}
    return _validated(_with_defaults(own, Path(base), (Path(base),)))


def _validated(layer: _Layer) -> Parameters:
    problems, parameters = list(layer.problems), None
    try:
        parameters = Parameters.model_validate(layer.data)
    except ValidationError as error:
        problems += explain(error, layer.place, lambda keys: layer.written.get(keys, ""), layer.secret)
    if problems or parameters is None:
        raise InputError(sorted(dict.fromkeys(problems), key=_order))
    return parameters


def _order(problem: Problem) -> tuple[str, int]:
    file, _, line = problem.where.rpartition(":")
    return (file, int(line)) if line.isdigit() else (problem.where, 0)


def _layer(path: Path, shown: str, above: tuple[Path, ...]) -> _Layer:
    text = open_text(path, shown)
    layer = _Layer(places={(): (shown, 1)}, problems=unseen(text, shown))
    try:
        documents, problems = yaml.read(text, shown, limits=LIMITS)
    except ParseError as error:
        raise InputError((*layer.problems, *error.problems)) from None
    layer.problems += problems
    if len(documents) > 1:
        where = f"{shown}:{documents[1].line}"
        layer.problems.append(Problem("a second document begins here", where, "one file is one release: split it"))
    root = documents[0] if documents else Node(None, 1)
    if not root.is_map:
        what = "is empty" if root.value is None else "must be a mapping with the keys application and configuration"
        do = "`releasekit init REPO` writes one that is filled in"
        raise InputError((*layer.problems, Problem(what, f"{shown}:{max(root.line, 1)}", do)))
    _locate(root, shown, (), layer)
    cleaned, found, layer.secret = screen(root.data(), layer.place)
    layer.problems += found
    layer.data = cleaned if isinstance(cleaned, dict) else {}
    if above:
        _refuse_own(layer)
    return _with_defaults(layer, path.parent, (*above, path))


def _locate(node: Node, shown: str, keys: Keys, layer: _Layer) -> None:
    if node.is_scalar:
        layer.written[keys] = node.raw
    for key, child in node.items():
        layer.places[*keys, key] = (shown, node.line_of(key))
        _locate(child, shown, (*keys, key), layer)
    for index, child in enumerate(node):
        layer.places[*keys, index] = (shown, child.line)
        _locate(child, shown, (*keys, index), layer)


def _refuse_own(layer: _Layer) -> None:
    application = layer.data.get("application")
    for key in _OWN:
        if isinstance(application, dict) and key in application:
            what = f"application.{key} stands in a defaults file, which is for what many services share"
            where = layer.place(("application", key))
            layer.problems.append(Problem(what, where, "move it to the service's own file"))


def _with_defaults(layer: _Layer, folder: Path, chain: tuple[Path, ...]) -> _Layer:
    given = layer.data.pop("defaults", None)
    if given is None:
        return layer
    where = layer.place(("defaults",))
    if not isinstance(given, str) or not given.strip():
        problem = Problem("defaults must be the path of one file", where, 'write defaults: "../organisation.yaml"')
        layer.problems.append(problem)
        return layer
    path = Path(os.path.normpath(folder / given))
    if any(_same(path, other) for other in chain):
        problem = Problem(f"defaults come back to {given!r}, which is read already", where, "remove one of the two")
        layer.problems.append(problem)
        return layer
    if len(chain) > CHAIN:
        what = f"more than {CHAIN} defaults files in a row"
        layer.problems.append(Problem(what, where, "put what they say into fewer files"))
        return layer
    try:
        below = _layer(path, str(path), chain)
    except InputError as error:
        layer.problems += (
            Problem(f"the defaults file {given!r}: {problem.what}", where, problem.do)
            if problem.where == str(path)
            else problem
            for problem in error.problems
        )
        return layer
    _rebase(below.data, path.parent, folder)
    return _merged(below, layer)


def _same(one: Path, other: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


def _rebase(data: dict[str, object], of: Path, to: Path) -> None:
    for section, key in _REBASED:
        part = data.get(section)
        if isinstance(part, dict) and isinstance(value := part.get(key), str) and not value.startswith(("/", "~")):
            part[key] = Path(os.path.relpath(of / value, to)).as_posix()


def _merged(below: _Layer, above: _Layer) -> _Layer:
    replaced: set[Keys] = set()
    data = _merge(below.data, above.data, (), replaced)

    def stands(keys: Keys) -> bool:
        return bool(keys) and not any(keys[:length] in replaced for length in range(1, len(keys) + 1))

    return _Layer(
        data,
        {keys: place for keys, place in below.places.items() if stands(keys)} | above.places,
        {keys: raw for keys, raw in below.written.items() if stands(keys)} | above.written,
        [*above.problems, *below.problems],
        {keys for keys in below.secret if stands(keys)} | above.secret,
    )


def _merge(
    below: Mapping[str, object], above: Mapping[str, object], keys: Keys, replaced: set[Keys]
) -> dict[str, object]:
    """Mappings are merged key by key; anything else that ``above`` says replaces what ``below`` says."""
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        if isinstance(value, dict) and isinstance(under, dict):
            merged[key] = _merge(under, value, (*keys, key), replaced)
            continue
        if key in merged:
            replaced.add((*keys, key))
        merged[key] = value
    return merged
