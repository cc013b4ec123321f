"""Kustomizations: which folders have one and which files they take. Builds nothing (see `kustomized`)."""

from collections.abc import Iterator
from dataclasses import dataclass

from releasekit.facts.code import folder, join
from releasekit.facts.files import Files, remembered
from releasekit.syntax.node import Node
from releasekit.syntax.yaml import Dialect

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
# lists of paths; `bases` and the two patch lists are older spellings (kustomize, kustomization.yaml reference)
_LISTS = (
    "resources",
    "bases",
    "components",
    "crds",
    "patchesStrategicMerge",
    "configurations",
    "transformers",
    "generators",
)


@dataclass(frozen=True, slots=True, eq=False)
class Kustomization:
    """One kustomization file; ``folder`` is where it lies, ``node`` what it says."""

    path: str
    node: Node

    @property
    def folder(self) -> str:
        return folder(self.path)

    @property
    def is_component(self) -> bool:
        return self.node.at("kind").text == "Component"

    def entries(self, *keys: str) -> Iterator[tuple[str, Node]]:
        """(path in the repository, entry) of lists of local paths; remote ones and those that leave it are left out."""
        for key in keys:
            for entry in self.node.at(key):
                if entry.text and "://" not in entry.text and "\n" not in entry.text and "?ref=" not in entry.text:
                    yield join(self.folder, entry.text), entry


@remembered
def kustomizations(files: Files) -> dict[str, Kustomization]:
    """All kustomizations of a tree, by folder."""
    found: dict[str, Kustomization] = {}
    for path in files.tree.named(*NAMES):
        for document in files.yaml(path, Dialect.YAML_1_1)[:1]:
            # Argo CD's and Flux's objects of that name lie in files with other names, but not always
            if document.is_map and "toolkit.fluxcd.io" not in document.at("apiVersion").text:
                found.setdefault(folder(path), Kustomization(path, document))
    return found


def owned(known: dict[str, Kustomization]) -> set[str]:
    """The files that kustomizations take: alone they are not what is deployed."""
    found: set[str] = set()
    for kustomization in known.values():
        found.add(kustomization.path)
        found.update(path for path, _ in kustomization.entries(*_LISTS))
        for patch in (*kustomization.node.at("patches"), *kustomization.node.at("patchesJson6902")):
            if patch.at("path").text:
                found.add(join(kustomization.folder, patch.at("path").text))
    return found
