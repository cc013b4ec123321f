"""A part of a monorepo: what of the root belongs to it, and how its paths are seen from the part."""

import pytest

from releasekit.facts.analysis import analyse
from releasekit.facts.files import Files
from releasekit.facts.pipelines.production import release
from releasekit.facts.rooted import rooted
from releasekit.tree import Tree, of_texts

WORKFLOW = """
on: {{push: {{tags: ["v*"]}}}}
defaults: {{run: {{working-directory: {folder}}}}}
jobs:
  deploy:
    environment: production
    steps: [{{run: ./deploy.sh}}, {{run: make -C ../.. publish}}]
"""
TEXTS = {
    ".github/workflows/api.yml": WORKFLOW.format(folder="services/api"),
    ".github/workflows/deploy-web.yml": WORKFLOW.format(folder="services/web"),
    ".github/CODEOWNERS": "* @shop\n",
    ".github/dependabot.yml": "version: 2\n",
    "Makefile": "publish:\n\tpush services\n",
    "package.json": "{}",
    "services/api/deploy.sh": "#!/bin/sh\nfly deploy --app api\n",
    "services/web/deploy.sh": "#!/bin/sh\nfly deploy --app web\n",
}


def part(path: str = "services/api") -> Tree:
    root = of_texts(TEXTS)
    return rooted(root.under(path), root, path)


def test_of_the_root_only_what_names_the_part_and_what_can_only_stand_there_is_seen() -> None:
    outside = (".github/CODEOWNERS", ".github/dependabot.yml", ".github/workflows/api.yml")
    assert part().paths == (*(f"../../{path}" for path in outside), "deploy.sh")
    assert "../../.github/workflows/deploy-web.yml" in part("services/web").paths


def test_owners_and_update_bots_of_the_root_are_those_of_the_part() -> None:
    found = analyse(part())
    assert [(fact.value, fact.source) for fact in found.of("owner")] == [("@shop", "../../.github/CODEOWNERS:1")]
    assert [(fact.name, fact.source) for fact in found.of("scan")] == [("dependabot", "../../.github/dependabot.yml:1")]


def test_the_whole_repository_is_no_part() -> None:
    root = of_texts(TEXTS)
    assert rooted(root, root, ".") is root


def test_a_pipeline_of_the_root_is_followed_into_the_part_and_into_the_root() -> None:
    found = release(Files(part()))
    assert found is not None
    assert [one.name for one in found.chosen] == [".github/workflows/api.yml#deploy"]
    assert [(line.text, line.source, line.folder) for line in found.lines] == [
        ("./deploy.sh", "../../.github/workflows/api.yml:7", ""),
        ("fly deploy --app api", "deploy.sh:2", ""),
        ("make -C ../.. publish", "../../.github/workflows/api.yml:7", ""),
        ("push services", "../../Makefile:2", "../.."),
    ]


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("../../services/api/x.py", "x.py"),
        ("../../services/api", ""),
        ("../../services/apis/x.py", "../../services/apis/x.py"),
        ("../../Makefile", "../../Makefile"),
        ("x.py", "x.py"),
    ],
)
def test_a_path_out_of_the_part_and_back_is_its_own(path: str, own: str) -> None:
    assert part().own(path) == own


def test_files_of_the_root_are_read_when_they_are_asked_for_and_not_listed() -> None:
    tree = part()
    assert "../../Makefile" in tree
    assert tree.text("../../Makefile").startswith("publish:")
    assert "../../Makefile" not in tree.paths
    assert "../../gone" not in tree
