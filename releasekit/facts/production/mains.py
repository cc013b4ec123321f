"""The main files of ways in a tree: by their paths, and where a name means other things too by what they hold."""

import re
from collections.abc import Iterator

from releasekit.facts.files import Files, remembered
from releasekit.facts.places import aside
from releasekit.facts.stages import is_earlier
from releasekit.facts.ways import claimed, of_file, of_name
from releasekit.facts.ways.model import Way

# what others gave, or may add: no part of how this repository is deployed
_GIVEN = re.compile(r"(?:^|/)(?:contrib|community|extras?|third[-_]?party)/", re.IGNORECASE)
# what the main files of all ways are called, or end in: cheap to look for among thousands of paths
_NAMES = ("Capfile", "deploy.rb", "deploy.php", "serverless.ts", "helmfile")
_ENDINGS = (".yml", ".yaml", ".toml", ".json", ".jsonc", ".hcl", ".nomad", ".bicep", ".config", ".gotmpl")


@remembered
def main_files(files: Files) -> tuple[tuple[str, Way], ...]:
    """(path, way) of each main file of a way in a tree that is not aside; not whether it can be read."""
    return tuple(_main_files(files))


def _main_files(files: Files) -> Iterator[tuple[str, Way]]:
    for path in sorted({*files.tree.named(*_NAMES), *files.tree.ending(*_ENDINGS)}):
        near = path.endswith((".yml", ".yaml")) and path.count("/") < 2
        if (near or claimed(path)) and not aside(path):
            text = files.text(path)
            # what cannot be read is taken for what its name says: a failed read makes no other way win
            way = of_file(path, text) or (of_name(path) if path in files.unread else None)
            if way is not None and not is_earlier(path) and not _GIVEN.search(path):
                yield path, way
