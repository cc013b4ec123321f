"""Rust packages: language, web framework and version from Cargo.toml. Knows neither settings nor migrations."""

from collections.abc import Iterator

from releasekit.facts.code import folder, has_below, kept
from releasekit.facts.files import Files
from releasekit.facts.model import Fact
from releasekit.facts.projects.versions import version

FRAMEWORKS = {
    **{name: name for name in ("actix-web", "axum", "rocket", "warp", "poem", "salvo", "tide", "gotham", "loco-rs")},
    "leptos_axum": "leptos",
    "dioxus": "dioxus",
}


def detect(files: Files) -> Iterator[Fact]:
    """Language and framework of each package that builds a program; versions of packages and workspaces."""
    for path in kept(files.tree.named("Cargo.toml")):
        root = files.toml(path)
        scope = folder(path)
        for node in (root.at("package", "version"), root.at("workspace", "package", "version")):
            yield from version(path, node.line, node.text)
        prefix = f"{scope}/".lstrip("/")
        runs = f"{prefix}src/main.rs" in files.tree or root.at("bin") or has_below(files, f"{prefix}src/bin/")
        if not (root.at("package") and runs):
            continue
        package = root.at("package")
        how = "a Cargo.toml with a program"
        yield Fact("language", "rust", "rust", f"{path}:{package.line_of('name')}", how=how, scope=scope)
        dependencies = root.at("dependencies")
        for name, value in FRAMEWORKS.items():
            if dependencies.at(name):
                how = "" if value in name else f"the crate {name}"
                yield Fact("framework", value, value, f"{path}:{dependencies.line_of(name)}", how=how, scope=scope)
