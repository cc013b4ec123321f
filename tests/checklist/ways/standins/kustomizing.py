"""What `kustomize build` makes of a folder, as far as the fixtures use it: resources, namespace, images, replicas."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.checklist.ways.standins.grammar import RefusedError

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")


def build(folder: Path) -> list[dict[str, Any]]:
    """The objects of a kustomization; RefusedError when the folder has none."""
    file = next((folder / name for name in NAMES if (folder / name).is_file()), None)
    if file is None:
        raise RefusedError(f"error: unable to find one of {NAMES} in directory {str(folder)!r}")
    asked = yaml.load(file.read_text(), yaml.CSafeLoader)
    made = [one for resource in asked.get("resources") or () for one in _resource(folder / resource)]
    for one in made:
        if asked.get("namespace"):
            one["metadata"]["namespace"] = asked["namespace"]
        for replica in asked.get("replicas") or ():
            if replica["name"] == one["metadata"]["name"] and one["kind"] == "Deployment":
                one["spec"]["replicas"] = replica["count"]
        for image in asked.get("images") or ():
            _retag(one, image)
    return made


def _resource(place: Path) -> Iterator[dict[str, Any]]:
    if place.is_dir():
        yield from build(place)
    elif place.is_file():
        yield from (one for one in yaml.load_all(place.read_text(), yaml.CSafeLoader) if one)
    else:
        raise RefusedError(f"accumulating resources: {place} doesn't exist")


def _retag(node: Any, image: dict[str, Any]) -> None:
    if isinstance(node, dict):
        said = node.get("image")
        if isinstance(said, str) and said.partition(":")[0] == image["name"]:
            node["image"] = f"{image.get('newName', image['name'])}:{image.get('newTag', 'latest')}"
        for child in node.values():
            _retag(child, image)
    elif isinstance(node, list):
        for child in node:
            _retag(child, image)
