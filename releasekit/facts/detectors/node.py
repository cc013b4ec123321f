"""Node projects: language, web framework and version from package.json. Knows neither settings nor migrations."""

from collections.abc import Iterator

from releasekit.facts.code import folder, kept, project
from releasekit.facts.files import Files
from releasekit.facts.model import Fact
from releasekit.facts.projects.versions import version
from releasekit.syntax.node import Node

# package -> framework, as people call it; what serves or draws pages, not the libraries around it
SERVERS = {
    **{name: name for name in ("express", "fastify", "koa", "next", "nuxt", "sails", "hono", "elysia", "restify")},
    **{name: name for name in ("meteor-node-stubs", "moleculer", "polka", "parse-server", "gatsby", "astro")},
    "@nestjs/core": "nestjs",
    "@hapi/hapi": "hapi",
    "hapi": "hapi",
    "@adonisjs/core": "adonis",
    "@feathersjs/feathers": "feathers",
    "@strapi/strapi": "strapi",
    "@loopback/core": "loopback",
    "@sveltejs/kit": "sveltekit",
    "@remix-run/node": "remix",
    "@remix-run/react": "remix",
    "@react-router/node": "react-router",
    "@react-router/serve": "react-router",
    "@redwoodjs/core": "redwood",
    "@medusajs/medusa": "medusa",
    "@tanstack/react-start": "tanstack-start",
}
INTERFACES = {
    "react": "react",
    "vue": "vue",
    "svelte": "svelte",
    "@angular/core": "angular",
    "solid-js": "solid",
    "preact": "preact",
    "ember-source": "ember",
    "react-native": "react-native",
}
FRAMEWORKS = SERVERS | INTERFACES
# these are installed as development dependencies by their own generators, and ship all the same
_SHIP_FROM_DEV = {
    "svelte",
    "@sveltejs/kit",
    "astro",
    "nuxt",
    "vue",
    "@angular/core",
    "gatsby",
    "solid-js",
    "ember-source",
}
_BUILDERS = ("vite", "webpack", "parcel", "@rspack/core", "esbuild", "react-scripts")
_OTHER_LANGUAGES = (
    *("Gemfile", "composer.json", "mix.exs", "go.mod", "pom.xml", "build.gradle", "build.gradle.kts", "Cargo.toml"),
    *("manage.py", "requirements.txt", "pyproject.toml", "setup.py", "Pipfile"),
)


def detect(files: Files) -> Iterator[Fact]:
    """Language, framework and version of each folder with a package.json that is a program of its own."""
    for path in kept(files.tree.named("package.json")):
        root = files.json(path)
        if not root.is_map:
            continue
        yield from version(path, root.at("version").line, root.at("version").text)
        frameworks = list(_frameworks(root, path))
        if _is_program(files, root, path, bool(frameworks)):
            yield _language(root, path)
            yield from frameworks


def _frameworks(root: Node, path: str) -> Iterator[Fact]:
    seen: set[str] = set()
    for table in ("dependencies", "devDependencies"):
        node = root.at(table)
        for package, line in node.keys.items():
            value = FRAMEWORKS.get(package)
            ships = package in _SHIP_FROM_DEV or (package in INTERFACES and _is_built(root))
            if value is None or value in seen or (table == "devDependencies" and not ships):
                continue
            seen.add(value)
            source = f"{path}:{line}"
            how = "" if value in package else f"the package {package}"
            yield Fact("framework", value, value, source, how=how, scope=folder(path))


def _is_built(root: Node) -> bool:
    """Whether a package is pages that a bundler builds, whose dependencies need not be there at run time."""
    builds = any(root.at(table, name) for table in ("dependencies", "devDependencies") for name in _BUILDERS)
    library = root.at("exports") or root.at("peerDependencies") or root.at("main")
    return root.at("private").value is True and bool(root.at("scripts", "build")) and builds and not library


def _is_program(files: Files, root: Node, path: str, framework: bool) -> bool:
    """Whether the folder runs or serves JavaScript: no root of a workspace, no tools for another language."""
    if framework:
        return True
    scripts = root.at("scripts")
    if root.at("workspaces") and not scripts.at("start"):
        return False
    siblings = set(files.tree.within(folder(path)))
    prefix = f"{folder(path)}/".lstrip("/")
    if any(prefix + name in siblings for name in _OTHER_LANGUAGES):
        return False
    if any(prefix + name in siblings for name in ("pnpm-workspace.yaml", "lerna.json", "nx.json", "turbo.json")):
        return False
    starts = bool(scripts.at("start") or root.at("bin") or f"{prefix}Dockerfile" in files.tree)
    # a part of a workspace that nothing starts is a library for the others
    return starts or (bool(root.at("dependencies") or root.at("main")) and not _in_workspace(files, path))


def _in_workspace(files: Files, path: str) -> bool:
    here = folder(path)
    while here:
        here = folder(here)
        prefix = f"{here}/".lstrip("/")
        if f"{prefix}pnpm-workspace.yaml" in files.tree or files.json(f"{prefix}package.json").at("workspaces"):
            return True
    return False


def _language(root: Node, path: str) -> Fact:
    node = root.at("name")
    line = node.line or root.line
    return project("language", "node", path, line, "", "a package.json with run-time dependencies")
