"""NET projects: language, framework and version from project files. Knows neither settings nor migrations."""

from collections.abc import Iterator

from releasekit.facts.code import folder, kept, line_with
from releasekit.facts.files import Files
from releasekit.facts.model import Fact
from releasekit.facts.projects.versions import version
from releasekit.facts.xml import xml

_PROJECTS = (".csproj", ".fsproj", ".vbproj")
_TESTS = ("xunit", "nunit", "mstest", "microsoft.net.test.sdk")


def detect(files: Files) -> Iterator[Fact]:
    """Language, framework and version of each project that is no test and no plain library."""
    for path in kept(files.tree.ending(*_PROJECTS)):
        root = xml(files, path)
        packages = {node.attributes.get("Include", "").lower() for node in root.all("PackageReference")}
        if not root or any(name.startswith(_TESTS) for name in packages):
            continue
        sdk = root.attributes.get("Sdk", "")
        scope = folder(path)
        for node in (*root.all("Version"), *root.all("VersionPrefix")):
            yield from version(path, node.line, node.text)
            break
        runs = _runs(sdk, root.at("PropertyGroup", "OutputType").text or _first(root.all("OutputType")))
        if runs:
            yield Fact("language", "dotnet", "dotnet", f"{path}:{root.line}", how="a .NET project file", scope=scope)
        reference = any(
            n.attributes.get("Include") == "Microsoft.AspNetCore.App" for n in root.all("FrameworkReference")
        )
        # a library that refers to it is a part of the programs that use the library
        if sdk == "Microsoft.NET.Sdk.Web" or (reference and runs):
            line = line_with(files.text(path), sdk if sdk.endswith("Web") else "Microsoft.AspNetCore.App", root.line)
            how = "the SDK for ASP.NET" if sdk.endswith("Web") else ""
            yield Fact("framework", "aspnet", "aspnet", f"{path}:{line}", how=how, scope=scope)
    for path in kept(files.tree.named("Directory.Build.props")):
        for node in (*xml(files, path).all("Version"), *xml(files, path).all("VersionPrefix")):
            yield from version(path, node.line, node.text)
            break


def _runs(sdk: str, output: str) -> bool:
    return output.lower() in {"exe", "winexe"} or any(kind in sdk for kind in (".Web", ".Worker", "Blazor"))


def _first(nodes: Iterator[object]) -> str:
    return str(getattr(next(nodes, None), "text", ""))
