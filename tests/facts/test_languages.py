"""Languages, frameworks and versions from the files that package tools write."""

import pytest

from releasekit.facts.detectors import cpp, dotnet, elixir, go, jvm, node, php, python, ruby, rust, version_files
from tests.facts.saying import Detect, facts, pairs, values

POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <parent>
    <groupId>org.springframework.boot</groupId>
    <artifactId>spring-boot-starter-parent</artifactId>
    <version>3.3.0</version>
  </parent>
  <artifactId>shop</artifactId>
  <version>${revision}</version>
  <properties><revision>2.4.1</revision></properties>
</project>
"""
GRADLE = (
    'plugins {\n  kotlin("jvm") version "2.0"\n  // id "io.quarkus"\n  id("io.ktor.plugin")\n}\nversion = "3.1.4"\n'
)
MIX = 'defmodule A do\n  version: "1.2.3",\n  elixir: "~> 1.15"\n  {:phoenix, "~> 1.7"}\nend\n'
CMAKE = "cmake_minimum_required(VERSION 3.2)\nproject(shop VERSION 1.4.2)\nadd_executable(shop main.cpp)\n"


@pytest.mark.parametrize(
    ("detect", "texts", "expected"),
    [
        (python.detect, {"requirements.txt": "Flask==3.0\n"}, ["python", "flask"]),
        (
            python.detect,
            {"pyproject.toml": '[project]\ndependencies = ["fastapi[standard]>=1"]\nversion = "1.2.0"\n'},
            ["python", "fastapi", "1.2.0"],
        ),
        (
            python.detect,
            {"pyproject.toml": '[tool.poetry]\nversion="2.0.1"\n[tool.poetry.dependencies]\ndjango = "^5"\n'},
            ["python", "django", "2.0.1"],
        ),
        (
            python.detect,
            {"setup.py": 'setup(\n  version="1.0.3",\n  install_requires=["tornado>=6", "x"],\n)\n'},
            ["python", "tornado", "1.0.3"],
        ),
        (jvm.detect, {"pom.xml": POM, "src/main/java/A.java": ""}, ["2.4.1", "java", "spring-boot"]),
        (jvm.detect, {"build.gradle.kts": GRADLE, "src/main/kotlin/A.kt": ""}, ["3.1.4", "kotlin", "ktor"]),
        (
            go.detect,
            {"go.mod": "module x\n\ngo 1.22\n\nrequire github.com/gin-gonic/gin v1.9.1\n", "main.go": ""},
            ["go", "gin"],
        ),
        (go.detect, {"go.mod": "module x\nrequire (\n\tgithub.com/labstack/echo/v4 v4.1.0 // indirect\n)\n"}, ["go"]),
        (
            ruby.detect,
            {"Gemfile": 'source "https://rubygems.org"\ngem "rails"\n', "lib/shop/version.rb": 'VERSION = "4.5.6"\n'},
            ["ruby", "rails", "4.5.6"],
        ),
        (
            dotnet.detect,
            {
                "Api/Api.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web">\n<PropertyGroup>\n<Version>3.2.1</Version>\n'
                "</PropertyGroup></Project>"
            },
            ["3.2.1", "dotnet", "aspnet"],
        ),
        (dotnet.detect, {"Lib/Lib.csproj": '<Project Sdk="Microsoft.NET.Sdk"></Project>'}, []),
        (php.detect, {"composer.json": '{"require": {"php": "^8", "laravel/framework": "^11"}}'}, ["php", "laravel"]),
        (
            rust.detect,
            {
                "Cargo.toml": '[package]\nname = "a"\nversion = "0.3.1"\n[dependencies]\naxum = "0.7"\n',
                "src/main.rs": "",
            },
            ["0.3.1", "rust", "axum"],
        ),
        (rust.detect, {"Cargo.toml": '[package]\nname = "a"\nversion = "0.0.0"\n', "src/lib.rs": ""}, []),
        (elixir.detect, {"mix.exs": MIX}, ["1.2.3", "elixir", "phoenix"]),
        (cpp.detect, {"CMakeLists.txt": CMAKE}, ["1.4.2", "cpp"]),
    ],
)
def test_a_project_says_its_language_framework_and_version(
    detect: Detect, texts: dict[str, str], expected: list[str]
) -> None:
    assert values(detect, texts) == expected


def test_a_workspace_root_and_its_libraries_are_no_programs_but_what_starts_is() -> None:
    texts = {
        "package.json": '{"workspaces": ["apps/*", "packages/*"], "devDependencies": {"turbo": "2"}}',
        "apps/api/package.json": '{"name": "api", "version": "1.4.0", "dependencies": {"@nestjs/core": "10"}}',
        "apps/worker/package.json": '{"name": "worker", "scripts": {"start": "node ."}, "dependencies": {"a": "1"}}',
        "packages/ui/package.json": '{"name": "ui", "version": "0.0.0", "dependencies": {"clsx": "2"}}',
    }
    assert [(fact.kind, fact.scope) for fact in facts(node.detect, texts)] == [
        ("version", "apps/api"),
        ("language", "apps/api"),
        ("framework", "apps/api"),
        ("language", "apps/worker"),
    ]


def test_asset_tools_beside_another_language_do_not_make_it_a_node_program() -> None:
    package = '{"private": true, "dependencies": {"esbuild": "1"}, "scripts": {"build": "esbuild x"}}'
    assert not facts(node.detect, {"Gemfile": 'gem "rails"\n', "package.json": package})


def test_an_aggregating_pom_has_no_language_and_its_modules_have() -> None:
    parent = (
        "<project><packaging>pom</packaging><modules><module>a</module></modules><version>1.5.0</version></project>"
    )
    texts = {
        "pom.xml": parent,
        "a/pom.xml": "<project><artifactId>a</artifactId></project>",
        "a/src/main/java/A.java": "",
    }
    assert [(fact.kind, fact.scope) for fact in facts(jvm.detect, texts)] == [("language", "a"), ("version", "")]


def test_what_a_resolver_compiled_is_not_what_was_chosen() -> None:
    texts = {"requirements.in": "django\n", "requirements.txt": "django==5.0\nflask==3.0  # via nothing\n"}
    assert pairs(python.detect, texts, "framework") == [("django", "django")]


def test_development_requirements_and_vendored_projects_are_left_out() -> None:
    texts = {
        "requirements-dev.txt": "flask\n",
        "vendor/x/requirements.txt": "django\n",
        "tests/requirements.txt": "x\n",
    }
    assert not facts(python.detect, texts)


def test_a_broken_manifest_is_silent_here_and_noted_elsewhere() -> None:
    assert not facts(node.detect, {"package.json": "{"})
    assert not facts(jvm.detect, {"pom.xml": "<project", "src/main/java/A.java": ""})


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("pkg/version/version.go", 'package version\n\nvar VERSION = "6.14.1"\nvar REVISION = "x"\n', ["6.14.1"]),
        ("internal/version.go", 'const (\n\tVersion string = "v2.0.0-rc.1"\n)\n', ["v2.0.0-rc.1"]),
        ("src/Version.php", 'final class Version {\n  public const VERSION = "4.1";\n}\n', ["4.1"]),
        ("version.go", 'var Version = "dev"\n', []),
        ("testdata/version.go", 'var Version = "1.2.3"\n', []),
    ],
)
def test_a_constant_of_a_version_file_is_a_version(path: str, text: str, expected: list[str]) -> None:
    assert values(version_files.detect, {path: text}) == expected


def test_a_version_that_rails_returns_from_a_method() -> None:
    texts = {
        "Gemfile": 'gem "rails"\n',
        "config/initializers/version.rb": 'module Shop\n  def self.semver\n    "0.6.0"\n  end\nend\n',
    }
    assert values(ruby.detect, texts, "version") == ["0.6.0"]


def test_a_snapshot_counts_at_the_root_and_not_in_a_module_that_nobody_raises() -> None:
    pom = "<project>\n<version>0.0.1-SNAPSHOT</version>\n</project>"
    assert values(jvm.detect, {"pom.xml": pom, "ad/pom.xml": pom}, "version") == ["0.0.1-SNAPSHOT"]


def test_pages_that_a_bundler_builds_show_their_framework_among_development_dependencies() -> None:
    built = '{"private": true, "scripts": {"build": "vite build"},\n"devDependencies": {"vite": "5",\n"react": "19"}}'
    library = '{"peerDependencies": {"react": "19"}, "devDependencies": {"vite": "5", "react": "19"}}'
    texts = {"frontend/package.json": built, "packages/ui/package.json": library}
    assert [(f.value, f.scope) for f in facts(node.detect, texts, "framework")] == [("react", "frontend")]
