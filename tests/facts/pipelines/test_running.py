"""The lines that are printed, beside the lines that really run: both typed into bash, with programs that only record.

What a service runs is written here by hand, from its documentation: the texts of the steps, in the order in which it
runs them. The programs are stand-ins, since nothing of theirs can be reached here; bash, make and the scripts are real.
"""

import os
import subprocess
from pathlib import Path

import pytest

from releasekit.facts.files import Files
from releasekit.facts.pipelines.production import release
from releasekit.tree import of_texts
from tests.facts.pipelines.services import GITHUB, SERVICES

PROGRAMS = ("docker", "ship", "kubectl", "fly", "migrate-it", "gcloud", "notify")
USUAL = ("docker build -t shop .", "ship it")
CALLED = {
    GITHUB: """
        on: {release: {}}
        jobs:
          live: {uses: ./.github/workflows/ship.yml, with: {to: production}}
          staging: {uses: ./.github/workflows/ship.yml, with: {to: staging}}
    """,
    ".github/workflows/ship.yml": """
        on: {workflow_call: {inputs: {to: {required: true}}}}
        jobs:
          deploy: {environment: "${{ inputs.to }}", needs: build, steps: [{run: "fly deploy --app ${{ inputs.to }}"}]}
          build: {steps: [{run: docker build .}]}
    """,
}
COMPOSITE = {
    GITHUB: "on: push\njobs: {deploy: {environment: production, steps: [{uses: ./ci/ship, with: {app: shop}}]}}\n",
    "ci/ship/action.yml": """
        inputs: {app: {required: true}}
        runs:
          using: composite
          steps:
            - run: |
                docker build \\
                  -t ${{ inputs.app }} .
                fly deploy --app ${{ inputs.app }}
    """,
}
FILES = {
    GITHUB: """
        on: push
        jobs:
          deploy:
            environment: production
            steps:
              - {run: make release APP=shop, working-directory: ops}
              - run: ./notify.sh done
    """,
    "ops/Makefile": "APP ?= none\nrelease: image\n\tfly deploy --app $(APP)\nimage:\n\t@docker build .\n",
    "notify.sh": '#!/bin/sh\nset -e\nfor room in a b; do\n  notify "$room" "$1"\ndone\n',
}
GOOGLE = {
    "cloudbuild.yaml": """
        steps:
          - {name: gcr.io/cloud-builders/docker, args: [build, -t, "shop one", .]}
          - {name: gcr.io/cloud-builders/gcloud, entrypoint: bash, args: [-c, "migrate-it && gcloud run deploy shop"]}
    """,
}
# the files, and what the service runs of them
RUNS: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    **{path: ({path: text, "api/x": ""}, USUAL) for path, text in SERVICES.items()},
    "a workflow that is called": (CALLED, ("docker build .", "fly deploy --app production")),
    "a composite action": (COMPOSITE, ("docker build \\\n  -t shop .\nfly deploy --app shop",)),
    "recipes and scripts": (FILES, ("(cd ops && make release APP=shop)", "./notify.sh done")),
    "Cloud Build": (GOOGLE, ('docker build -t "shop one" .', "bash -c 'migrate-it && gcloud run deploy shop'")),
}


def recorded(folder: Path, texts: dict[str, str], lines: list[str]) -> list[str]:
    """The commands of stand-ins, in order, that lines run in a checkout of these files."""
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
        (folder / path).chmod(0o755)
    log = folder / "log"
    log.touch()
    (folder / "bin").mkdir()
    for name in PROGRAMS:
        (folder / "bin" / name).write_text(f'#!/bin/sh\nprintf "%s\\n" "{name} $*" >> {log}\n')
        (folder / "bin" / name).chmod(0o755)
    environ = {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}
    for line in lines:
        subprocess.run(["bash", "-eu", "-c", line], cwd=folder, env=environ, check=True, capture_output=True)
    return log.read_text().splitlines()


@pytest.mark.parametrize("name", sorted(RUNS))
def test_the_lines_that_are_printed_are_those_that_run(name: str, tmp_path: Path) -> None:
    texts, really = RUNS[name]
    found = release(Files(of_texts(texts)))
    assert found is not None
    printed = [line for line in found.lines if line.text and not line.called]
    typed = [f"cd {line.folder or '.'}\n{line.text}" for line in printed]
    expected = recorded(tmp_path / "service", texts, list(really))
    assert expected
    assert recorded(tmp_path / "page", texts, typed) == expected


@pytest.mark.parametrize("name", sorted(RUNS))
def test_what_a_line_runs_of_the_repository_stands_behind_it(name: str, tmp_path: Path) -> None:
    texts, really = RUNS[name]
    found = release(Files(of_texts(texts)))
    assert found is not None
    programs = [line.split(" ")[0] for line in recorded(tmp_path / "service", texts, list(really))]
    told = [one.words[0] for line in found.lines for one in line.done if one.words[0] in PROGRAMS]
    assert list(dict.fromkeys(told)) == list(dict.fromkeys(programs))
