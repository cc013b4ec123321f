"""The detectors, one row each: which files they read, and the way of deploying whose files those are. Runs none."""

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from releasekit.facts.files import Files
from releasekit.facts.model import Fact, Finding
from releasekit.facts.projects.packages import NAMES

Detect = Callable[[Files], Iterator[Fact | Finding]]


@dataclass(frozen=True, slots=True)
class Detector:
    """A detector: its module in `releasekit.facts.detectors`, and what is known of it before it is loaded.

    ``reads`` are file names, and extensions with their dot, of which one at least must be in a tree for the detector to
    find something; () where any file may do. ``way`` is stamped on its facts ("" for those of no way, and for
    detectors that stamp themselves).
    """

    module: str
    reads: tuple[str, ...] = ()
    way: str = ""

    def detect(self, files: Files) -> Iterator[Fact | Finding]:
        """What it finds, its facts stamped; loads nothing where none of its files is there."""
        if self.reads and not files.tree.holds(*self.reads):
            return
        found: Detect = importlib.import_module(f"releasekit.facts.detectors.{self.module}").detect
        for said in found(files):
            stamped = isinstance(said, Fact) and self.way and not said.way
            yield replace(said, way=self.way) if stamped and isinstance(said, Fact) else said


_YAML = (".yml", ".yaml")
_SOURCES = (".py", ".js", ".ts", ".mjs", ".cjs", ".tsx", ".jsx", ".go", ".rb", ".java", ".kt", ".cs", ".rs", ".php")
_PACKAGES = (*NAMES, ".txt", ".in", ".csproj", ".fsproj")
_VERSIONS = (
    *("VERSION", "version.txt", "VERSION.txt", ".version", "version.go", "version.ts", "version.js", "version.php"),
    *("Version.php", "Version.java", "Version.kt", ".env", ".production", ".prod"),
)

# Their order is the order of the facts.
REGISTRY: tuple[Detector, ...] = (
    Detector("deploying"),
    Detector("compose", _YAML),
    Detector("dockerfile"),
    Detector("render", _YAML, "render"),
    Detector("fly", (".toml",), "fly"),
    Detector("kamal", ("deploy.yml", "deploy.yaml"), "kamal"),
    Detector("digitalocean", _YAML, "digitalocean"),
    Detector("aspire", (".cs", ".csproj"), "aspire"),
    Detector("unread"),
    Detector("recipes", ("Capfile", "deploy.php", "deploy.yml", "deploy.yaml", ".config")),
    Detector("procfile", ("Procfile",), "procfile"),
    Detector("heroku", ("app.json", "heroku.yml", "heroku.yaml"), "heroku"),
    Detector("railway", ("railway.json", "railway.toml"), "railway"),
    Detector("ecs", (".json",), "ecs"),
    Detector("proxies"),
    Detector("systemd", (".service", ".timer"), "systemd"),
    Detector("gitops", _YAML),
    Detector("kubernetes", _YAML, "kubernetes"),
    Detector("helmfile", (*_YAML, ".gotmpl"), "helmfile"),
    Detector("kustomize", ("kustomization.yaml", "kustomization.yml", "Kustomization"), "kustomize"),
    Detector("helm", ("Chart.yaml",), "helm"),
    Detector("python", (".py", ".toml", ".txt", ".in", ".cfg", "Pipfile")),
    Detector("node", ("package.json",)),
    Detector("jvm", ("pom.xml", ".gradle", ".kts", "gradle.properties")),
    Detector("go", ("go.mod",)),
    Detector("ruby", ("Gemfile", "gems.rb", "version.rb", ".gemspec")),
    Detector("dotnet", (".csproj", ".fsproj", ".vbproj", ".props")),
    Detector("php", ("composer.json",)),
    Detector("rust", ("Cargo.toml",)),
    Detector("elixir", ("mix.exs",)),
    Detector("cpp", ("CMakeLists.txt", "meson.build")),
    Detector("migrations_python", (".py", ".mako", ".ini", ".toml")),
    Detector("migrations_named", (*_SOURCES, ".sql", ".exs", "_journal.json")),
    Detector("migrations_embedded", (".go", ".sql")),
    Detector("terraform", (".tf",), "terraform"),
    Detector("monitoring", (*_YAML, ".rules", ".rule", ".json")),
    Detector("flags", (*_SOURCES, ".scala", ".dart", *_YAML, ".json", ".flagd")),
    Detector("flags_in_code", (*_SOURCES, ".mts", *_YAML, ".json")),
    Detector("ci"),
    Detector("scan"),
    Detector("schedules"),
    Detector("changelog"),
    Detector("version_files", _VERSIONS),
    Detector("owners", ("CODEOWNERS",)),
    Detector("runbooks"),
    Detector("migration_commands"),
    Detector("settings"),
    Detector("settings_spring", (".java", ".kt", ".properties", *_YAML)),
    Detector("secrets_in_code", (".json", ".cs", ".py")),
    Detector("testing"),
    Detector("telemetry", _PACKAGES),
    Detector("health_routes"),
    Detector("migrations_liquibase"),
    Detector("datastores"),
)
