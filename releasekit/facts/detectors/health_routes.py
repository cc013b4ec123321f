"""Health endpoints that code serves and no deployment file asks for. What is asked for is told by those files."""

import re
from collections.abc import Iterator

from releasekit.facts.code import folder, line_at, own, owner
from releasekit.facts.files import Files
from releasekit.facts.health import FROM_PACKAGE
from releasekit.facts.model import Fact
from releasekit.facts.production.mains import main_files
from releasekit.facts.projects.commandlines import kind_of
from releasekit.facts.projects.packages import lines
from releasekit.facts.settings.spring import properties
from releasekit.syntax.expression import Expression

_PATH = (
    r"(?P<path>/?(?:api/)?(?:v\d+/)?(?:-/|_+|internal/|actuator/|status/)?(?:health(?:[-_]?checks?|z)?|livez?|liveness|readyz?|readiness"
    r"|healthy|ready|alive|heartbeat|__lbheartbeat__|__heartbeat__|(?<=health/)\w+)(?:/(?:live|ready|liveness|readiness))?/?)"
)
# receivers that stand for the whole application: what a router serves depends on where it is mounted
_ROUTES: tuple[tuple[tuple[str, ...], Expression], ...] = (
    (
        (".py",),
        Expression(rf"^\s*@(?:app|application|api)\.(?:get|route|api_route)\(\s*[\"']{_PATH}[\"']", re.MULTILINE),
    ),
    (
        (".js", ".ts", ".mjs", ".cjs"),
        Expression(rf"\b(?:app|server|fastify|application|this)\.(?:get|use|all)\(\s*[\"'`]{_PATH}[\"'`]"),
    ),
    ((".go",), Expression(rf"\.(?:HandleFunc|Handle|GET|Get)\(\s*\"(?:GET )?{_PATH}\"")),
    (
        (".rb",),
        Expression(
            rf"^\s*get\s+[\"']{_PATH}[\"']|^\s*get\s+[\"'](?P<up>/?up)[\"']\s*(?:=>|,\s*to:)\s*[\"']rails/health#show"
            rf"|^\s*mount\s+OkComputer::Engine\s*(?:=>|,\s*at:)\s*[\"'](?P<mounted>[\w/-]+)[\"']",
            re.MULTILINE,
        ),
    ),
    ((".java", ".kt"), Expression(rf"@(?:GetMapping|RequestMapping|Path)\(\s*(?:(?:value|path)\s*=\s*)?\"{_PATH}\"")),
    ((".cs",), Expression(rf"\.Map(?:HealthChecks|Get)\(\s*\"{_PATH}\"")),
    ((".rs",), Expression(rf"\.route\(\s*\"{_PATH}\"|#\[get\(\"{_PATH.replace('?P<path>', '?P<attribute>')}\"\)\]")),
    ((".php",), Expression(rf"Route::get\(\s*[\"']{_PATH}[\"']|health:\s*[\"'](?P<up>/up)[\"']")),
    ((".ex",), Expression(rf"^\s*get\s*\(?\s*\"{_PATH}\"", re.MULTILINE)),
)
_DJANGO = Expression(
    rf"\b(?:re_)?path\(\s*r?[\"']\^?{_PATH}\$?[\"']|\burl\(\s*r?[\"']\^?(?P<old>(?:health\w*|readiness|liveness))/?\$?[\"']"
)
_ANSWERS = Expression(
    r"\bexport\s+(?:default|(?:async\s+)?(?:function|const)\s+(?:GET|handler|loader))\b|defineEventHandler"
)
_WORDS = Expression(r"health|live|read|alive|heartbeat|[\"']/?up[\"']")


# a class of NestJS and its methods; a prefix for all of them is set where the program starts
_CONTROLLER = Expression(rf"@Controller\(\s*(?:\{{\s*path:\s*)?[\"'`]{_PATH}[\"'`]")
_METHOD = Expression(r"@Get\(\s*(?:[\"'`]([\w/-]*)[\"'`])?\s*\)")
_GLOBAL = Expression(r"\bsetGlobalPrefix\(\s*[\"'`]/?([\w/-]+?)/?[\"'`](?P<rest>[^\n]*)")
# frameworks whose routes are their files
_BY_FILE = Expression(
    r"(?:.*/)?(?:(?:src/)?(?:app|pages)|src/routes|server(?:/routes)?|app/routes)(?P<route>(?:/(?:\([\w-]+\)|[\w-]+)){0,4}?/(?:health\w*|healthz?-?check|ready|readyz|livez?|readiness|liveness)"
    r"(?:/(?:live|ready|liveness|readiness))?)(?:/route|/\+server|/index|\.get)?\.(?:[cm]?[jt]s)"
)
_ACTUATOR = "/actuator"
_BASE = ("management.endpoints.web.base-path", "management.endpoints.web.basepath", "management.endpoints.web.basePath")
_CONTEXT = ("server.servlet.context-path", "server.servlet.contextPath", "spring.webflux.base-path")
_DEVELOPMENT = Expression(
    r"(?<!!)(?<!!\s)\b(?:\w+\.)*IsDevelopment\(\)\s*\)\s*\{|NODE_ENV\s*!==?\s*[\"']production[\"']\s*\)\s*\{"
)


def detect(files: Files) -> Iterator[Fact]:
    """One fact an endpoint and project; Spring's actuator counts where its package is there."""
    unread = {path for path, way in main_files(files) if not way.reads}
    read = (path for path in files.tree.paths if path not in unread and _deploys(files, path))
    asked = "\n".join(files.text(path) for path in read)
    done: set[tuple[str, str]] = set()
    for fact in (*_routes(files), *_controllers(files), *_by_file(files), *_django(files), *_actuator(files)):
        path = str(fact.value).removeprefix("http:")
        key = (fact.scope or "", path)
        # a longer path in a deployment file is this route below the place where it is mounted
        if key not in done and not re.search(rf"{re.escape(path)}(?![\w-])", asked):
            done.add(key)
            yield fact


def _deploys(files: Files, path: str) -> bool:
    kind = kind_of(path) if files.tree.sizes[path] <= 1 << 18 else ""
    if kind == "manifest":  # a role or an API description asks nobody
        return re.search(r"Probe:|httpGet|health_?check|HealthCheck|services:", files.text(path)) is not None
    return kind in {"dockerfile", "compose", "platform"}


def _routes(files: Files) -> Iterator[Fact]:
    for endings, pattern in _ROUTES:
        for path in own(files, *endings):
            text = files.text(path)
            if _WORDS.search(text):
                for match in pattern.finditer(text):
                    if not _only_in_development(text, match.start()):
                        yield _fact(files, path, text, match)


def _only_in_development(text: str, offset: int) -> bool:
    """Whether a route stands in a block that runs on a development machine alone."""
    opened = [match.end() for match in _DEVELOPMENT.finditer(text, max(0, offset - 4_000), offset)]
    return bool(opened) and text.count("{", opened[-1], offset) >= text.count("}", opened[-1], offset)


def _controllers(files: Files) -> Iterator[Fact]:
    texts = {path: files.text(path) for path in own(files, ".ts") if "@Controller(" in files.text(path)}
    found = [(path, text, match) for path, text in texts.items() if (match := _CONTROLLER.search(text))]
    if not found:
        return
    starts = [match for path in own(files, "main.ts") if (match := _GLOBAL.search(files.text(path)))]
    for path, text, match in found:
        base = match["path"].strip("/")
        prefix = starts[0][1] if starts and base not in starts[0]["rest"] else ""
        for method in _METHOD.finditer(text, match.end()):
            value = "/" + "/".join(part for part in (prefix, base, (method[1] or "").strip("/")) if part)
            source = f"{path}:{line_at(text, method.start())}"
            how = "a controller's route"
            yield Fact("healthcheck", "route", f"http:{value}", source, how=how, scope=owner(files, path))


def _by_file(files: Files) -> Iterator[Fact]:
    """Next.js, SvelteKit, Nuxt and Remix serve a file by its path."""
    for path in own(files, ".ts", ".js"):
        match = _BY_FILE.fullmatch(path)
        # a folder named app or server alone is no router: the file must export what answers
        if match and _ANSWERS.search(files.text(path)):
            value = re.sub(r"/\([\w-]+\)", "", match["route"])
            yield Fact(
                "healthcheck",
                "route",
                f"http:{value}",
                f"{path}:1",
                how="a route by its file",
                scope=owner(files, path),
            )


def _django(files: Files) -> Iterator[Fact]:
    """Routes of a Django project's root table, which lies beside its settings or its WSGI module."""
    for path in own(files, "/urls.py"):
        beside = files.tree.within(folder(path))
        if any(other.endswith(("/wsgi.py", "/asgi.py", "/settings.py")) for other in beside):
            text = files.text(path)
            for match in _DJANGO.finditer(text):
                yield _fact(files, path, text, match)


def _actuator(files: Files) -> Iterator[Fact]:
    """Spring's own endpoint, below the base path that the settings of the project say."""
    for line in lines(files):
        if "spring-boot-starter-actuator" in line.text or "spring.boot.starter.actuator" in line.text:
            said = {
                one.name: one.value.strip("/")
                for one in properties(files)
                if one.production and "${" not in one.value and owner(files, one.path) == line.scope
            }
            base = next((f"/{said[name]}" for name in _BASE if name in said), _ACTUATOR)
            context = (
                "" if "management.server.port" in said else next((f"/{said[n]}" for n in _CONTEXT if n in said), "")
            )
            value = f"http:{context}{base}/health".replace("//", "/")
            how = f"{FROM_PACKAGE} spring-boot-starter-actuator"
            yield Fact("healthcheck", "route", value, f"{line.path}:{line.number}", how=how, scope=line.scope)


def _fact(files: Files, path: str, text: str, match: re.Match[str]) -> Fact:
    said = next(value for value in match.groupdict().values() if value)
    value = "/" + said.strip("/")
    how = "" if value in match[0] else f"the route {said!r}"
    source = f"{path}:{line_at(text, match.end() - 1)}"
    return Fact(
        "healthcheck", "route", f"http:{value}", source, how=how or "a route in the code", scope=owner(files, path)
    )
