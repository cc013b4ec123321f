"""Who answers for what: CODEOWNERS lines. Knows no person beyond what the file says."""

from collections.abc import Iterator

from releasekit.facts.files import Files
from releasekit.facts.model import Fact

# GitHub's and GitLab's order of precedence: the first that exists counts
_PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS", ".gitea/CODEOWNERS")


def detect(files: Files) -> Iterator[Fact]:
    """One fact a pattern and owner: the name is the pattern, the value the owner."""
    # of a part of a repository, the file of the whole
    path = next((place for one in _PLACES if (place := f"{files.tree.up}{one}") in files.tree), None)
    if path is None:
        return
    for number, line in files.lines(path):
        pattern, *people = line.partition("#")[0].split() or [""]
        if not pattern or pattern.startswith(("[", "^[")):
            continue
        for person in people:
            if person.startswith("@") or "@" in person:
                yield Fact("owner", pattern, person, f"{path}:{number}")
