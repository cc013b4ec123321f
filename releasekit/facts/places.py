"""Why a path is no part of the production deployment, told from its folders and its name alone. Opens no file."""

import re
from functools import lru_cache

from releasekit.syntax.expression import Expression

# folder names, by what they hold; compared without case
_FOLDERS: dict[str, str] = {
    **dict.fromkeys(("test", "tests", "testing", "spec", "specs", "__tests__", "testsuite"), "tests"),
    **dict.fromkeys(("e2e", "cypress", "playwright", "loadtest", "k6", "gatling"), "tests"),
    **dict.fromkeys(("testdata", "fixtures", "fixture", "__fixtures__", "__mocks__", "mocks", "mock"), "test data"),
    **dict.fromkeys(("bench", "benchmark", "benchmarks"), "benchmarks"),
    **dict.fromkeys(
        ("example", "examples", "_examples", "sample", "samples", "demos", "tutorial", "tutorials"), "examples"
    ),
    **dict.fromkeys(("playground", "playgrounds", "quickstart"), "examples"),
    **dict.fromkeys(("doc", "docs", "documentation", "docusaurus", "docs_src"), "documentation"),
    **dict.fromkeys(
        ("vendor", "vendored", "_vendor", "third_party", "third-party", "thirdparty", "extern"), "vendored"
    ),
    **dict.fromkeys(("node_modules", "bower_components", "jspm_packages", "site-packages", ".yarn"), "vendored"),
    **dict.fromkeys((".venv", "venv", ".tox", ".nox", ".direnv", ".terraform", ".gradle", ".m2"), "vendored"),
    **dict.fromkeys((".devcontainer", ".vscode", ".idea", "devcontainer", ".gitpod", ".codespaces"), "development"),
    **dict.fromkeys(
        ("dev", "devel", "development", "local", "localdev", "local-dev", "hack", "sandbox"), "development"
    ),
    **dict.fromkeys(
        ("dev-env", "devenv", "dev-tools", "devtools", "minikube", "kind", "skaffold", "tilt"), "development"
    ),
    **dict.fromkeys(
        ("archive", "archived", "archives", "attic", "deprecated", "obsolete", "old", "legacy"), "archived"
    ),
    **dict.fromkeys(("_archive", "unused", "disabled", "graveyard"), "archived"),
}
_FOLDER_WORDS = Expression(r"(?:^|[-_.])(?:(tests?|testing|e2e)|(fixtures?|testdata)|(examples?|samples?))(?:$|[-_.])")
_WORD_REASONS = ("tests", "test data", "examples")

# words of a file name, between dots, dashes and underscores
_WORDS: dict[str, str] = {
    **dict.fromkeys(
        ("dev", "devel", "develop", "development", "local", "localhost", "debug", "devcontainer"), "development"
    ),
    **dict.fromkeys(("override", "overrides", "hotreload", "livereload", "tilt", "sandbox"), "development"),
    **dict.fromkeys(("test", "tests", "testing", "spec", "e2e", "cypress", "playwright", "selenium", "qa"), "tests"),
    **dict.fromkeys(("ci", "bench", "benchmark", "loadtest"), "tests"),
    **dict.fromkeys(("example", "examples", "sample", "samples", "dist", "template"), "example"),
    **dict.fromkeys(("old", "bak", "backup", "orig", "deprecated", "archived", "disabled", "legacy"), "archived"),
}
# only these are told apart by a word in their name: source files are called test_views.py or local.go for many reasons
_DEPLOYMENT = Expression(
    r"(?:docker-)?(?:compose|stack)[^/]*\.ya?ml|[^/]*(?:docker-compose|docker-stack)[^/]*\.ya?ml|(?:[^/]*[.\-_])?(?:docker|container)file(?:[.\-_][^/]*)?"
    r"|(?:[^/]*[-_.])?values[^/]*\.ya?ml|kustomization[^/]*|procfile[^/]*|[^/]*\.env(?:\.[^/]*)?|[^/]*\.tfvars|[^/]*\.service",
    re.IGNORECASE,
)
_TEST_SOURCE = Expression(
    r"test_[^/]*\.py|conftest\.py|[^/]*_test\.(?:py|go|exs?|rb|dart)|[^/]*_spec\.rb|[^/]*[.\-](?:test|spec|cy)\.[cm]?[jt]sx?"
    r"|[^/]*Tests?\.(?:java|kt|cs|php|scala|swift)"
)
_CI = Expression(
    r"(?:^|.*/)\.(?:github|gitlab|circleci|buildkite|azure-pipelines|woodpecker|drone|forgejo|gitea)(?:/|$)"
)

# below this, folders are the packages of the language: com/example/sample holds no example
_PACKAGES = Expression(r"((?:^|.*?/)src/main/(?:java|kotlin|scala|groovy))/.*")

_DOCKERFILE = Expression(r"(?:[^/]+\.)?(?:docker|container)file(?:[.\-_][^/]+)?", re.IGNORECASE)
_NO_DOCKERFILE = (
    ".dockerignore",
    ".md",
    ".yml",
    ".yaml",
    ".j2",
    ".tmpl",
    ".tpl",
    ".erb",
    ".template",
    ".sh",
    ".lock",
    ".json",
)


@lru_cache(maxsize=1 << 16)
def aside(path: str) -> str:
    """Why ``path`` (POSIX, relative) is not part of the production deployment; "" when it may be.

    CI files are never aside: they say what is built, tested and deployed.
    """
    folder, _, name = path.rpartition("/")
    if folder:
        if _CI.match(folder + "/"):
            return ""
        packages = _PACKAGES.match(folder)
        folder = packages[1] if packages else folder
        reason = _folder_reason(folder)
        if reason:
            return reason
    return _name_reason(name)


@lru_cache(maxsize=1 << 14)
def _folder_reason(folder: str) -> str:
    parent, _, name = folder.rpartition("/")
    reason = _folder_reason(parent) if parent else ""
    if reason:
        return reason
    name = name.lower()
    if name in _FOLDERS:
        return f"{_FOLDERS[name]} ({folder}/)"
    match = _FOLDER_WORDS.search(name)
    return f"{_WORD_REASONS[(match.lastindex or 1) - 1]} ({folder}/)" if match else ""


def _name_reason(name: str) -> str:
    if _TEST_SOURCE.fullmatch(name):
        return f"tests ({name})"
    if not _DEPLOYMENT.fullmatch(name):
        return ""
    for word in re.split(r"[.\-_]", name.lower()):
        if word in _WORDS:
            return f"{_WORDS[word]} ({name})"
    return ""


def is_dockerfile(path: str) -> bool:
    """Whether a path's name is that of a Dockerfile: ``Dockerfile``, ``Dockerfile.web``, ``web.Dockerfile``."""
    name = path.rpartition("/")[2]
    return bool(_DOCKERFILE.fullmatch(name)) and not name.lower().endswith(_NO_DOCKERFILE)
