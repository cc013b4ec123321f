"""Health endpoints that code serves and no deployment file asks for. What is asked for is told by those files."""

import re
from collections.abc import Iterator

from releasekit.facts.code import folder, line_at, own, owner
from releasekit.facts.commandlines import kind_of
from releasekit.facts.files import Files
from releasekit.facts.model import Fact
from releasekit.facts.packages import lines

_PATH = (
    r"(?P<path>/?(?:api/)?(?:v\d+/)?(?:-/|_+|internal/|actuator/|status/)?(?:health(?:[-_]?checks?|z)?|livez?|liveness|readyz?|readiness"
    r"|healthy|ready|alive|heartbeat|__lbheartbeat__|__heartbeat__|(?<=health/)\w+)(?:/(?:live|ready|liveness|readiness))?/?)"
)
# receivers that stand for the whole application: what a router serves depends on where it is mounted
_ROUTES: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...] = (
    (
        (".py",),
        re.compile(rf"^\s*@(?:app|application|api)\.(?:get|route|api_route)\(\s*[\"']{_PATH}[\"']", re.MULTILINE),
    ),
    (
        (".js", ".ts", ".mjs", ".cjs"),
        re.compile(rf"\b(?:app|server|fastify|application)\.(?:get|use|all)\(\s*[\"'`]{_PATH}[\"'`]"),
    ),
    ((".go",), re.compile(rf"\.(?:HandleFunc|Handle|GET|Get)\(\s*\"(?:GET )?{_PATH}\"")),
    (
        (".rb",),
        re.compile(
            rf"^\s*get\s+[\"']{_PATH}[\"']|^\s*get\s+[\"'](?P<up>/?up)[\"']\s*=>\s*[\"']rails/health#show", re.MULTILINE
        ),
    ),
    ((".java", ".kt"), re.compile(rf"@(?:GetMapping|RequestMapping|Path)\(\s*(?:(?:value|path)\s*=\s*)?\"{_PATH}\"")),
    ((".cs",), re.compile(rf"\.Map(?:HealthChecks|Get)\(\s*\"{_PATH}\"")),
    ((".rs",), re.compile(rf"\.route\(\s*\"{_PATH}\"|#\[get\(\"{_PATH.replace('?P<path>', '?P<attribute>')}\"\)\]")),
    ((".php",), re.compile(rf"Route::get\(\s*[\"']{_PATH}[\"']|health:\s*[\"'](?P<up>/up)[\"']")),
    ((".ex",), re.compile(rf"^\s*get\s*\(?\s*\"{_PATH}\"", re.MULTILINE)),
)
_DJANGO = re.compile(
    rf"\b(?:re_)?path\(\s*r?[\"']\^?{_PATH}\$?[\"']|\burl\(\s*r?[\"']\^?(?P<old>(?:health\w*|readiness|liveness))/?\$?[\"']"
)
_WORDS = re.compile(r"health|live|read|alive|heartbeat|[\"']/?up[\"']")


def detect(files: Files) -> Iterator[Fact]:
    """One fact an endpoint and project; Spring's actuator counts where its package is there."""
    asked = "\n".join(files.text(path) for path in files.tree.paths if _deploys(files, path))
    done: set[tuple[str, str]] = set()
    for fact in (*_routes(files), *_django(files), *_actuator(files)):
        path = str(fact.value).removeprefix("http:")
        key = (fact.scope or "", path)
        # a longer path in a deployment file is this route below the place where it is mounted
        if key not in done and not re.search(rf"{re.escape(path)}(?![\w-])", asked):
            done.add(key)
            yield fact


def _deploys(files: Files, path: str) -> bool:
    return kind_of(path) in {"dockerfile", "compose", "manifest", "platform"} and files.tree.sizes[path] <= 1 << 18


def _routes(files: Files) -> Iterator[Fact]:
    for endings, pattern in _ROUTES:
        for path in own(files, *endings):
            text = files.text(path)
            if _WORDS.search(text):
                for match in pattern.finditer(text):
                    yield _fact(files, path, text, match)


def _django(files: Files) -> Iterator[Fact]:
    """Routes of a Django project's root table, which lies beside its settings or its WSGI module."""
    for path in own(files, "/urls.py"):
        beside = files.tree.within(folder(path))
        if any(other.endswith(("/wsgi.py", "/asgi.py", "/settings.py")) for other in beside):
            text = files.text(path)
            for match in _DJANGO.finditer(text):
                yield _fact(files, path, text, match)


def _actuator(files: Files) -> Iterator[Fact]:
    for line in lines(files):
        if "spring-boot-starter-actuator" in line.text or "spring.boot.starter.actuator" in line.text:
            how = "the package spring-boot-starter-actuator serves it"
            source = f"{line.path}:{line.number}"
            yield Fact("healthcheck", "route", "http:/actuator/health", source, how=how, scope=line.scope)


def _fact(files: Files, path: str, text: str, match: re.Match[str]) -> Fact:
    said = next(value for value in match.groupdict().values() if value)
    value = "/" + said.strip("/")
    how = "" if value in match[0] else f"the route {said!r}"
    source = f"{path}:{line_at(text, match.end() - 1)}"
    return Fact(
        "healthcheck", "route", f"http:{value}", source, how=how or "a route in the code", scope=owner(files, path)
    )
