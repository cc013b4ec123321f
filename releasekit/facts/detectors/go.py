"""Go modules: language and web framework from go.mod. Knows neither settings nor migrations."""

import re
from collections.abc import Iterator

from releasekit.facts.code import folder, has_below, kept
from releasekit.facts.files import Files
from releasekit.facts.model import Fact
from releasekit.syntax.expression import Expression

FRAMEWORKS = {
    "github.com/gin-gonic/gin": "gin",
    "github.com/labstack/echo": "echo",
    "github.com/gofiber/fiber": "fiber",
    "github.com/go-chi/chi": "chi",
    "github.com/gorilla/mux": "gorilla/mux",
    "github.com/beego/beego": "beego",
    "github.com/astaxie/beego": "beego",
    "github.com/kataras/iris": "iris",
    "github.com/gobuffalo/buffalo": "buffalo",
    "github.com/go-kratos/kratos": "kratos",
    "github.com/zeromicro/go-zero": "go-zero",
    "github.com/revel/revel": "revel",
    "github.com/cloudwego/hertz": "hertz",
    "github.com/go-kit/kit": "go-kit",
    "goa.design/goa": "goa",
    "github.com/pocketbase/pocketbase": "pocketbase",
}
_REQUIRE = Expression(r"^\s*(?:require\s+)?(\S+?)(/v\d+)?\s+v\d\S*(.*)$")


def detect(files: Files) -> Iterator[Fact]:
    """Language and direct framework dependencies of each Go module outside vendored, test and tools folders."""
    for path in kept(files.tree.named("go.mod")):
        scope = folder(path)
        if scope.rpartition("/")[2] in {"tools", "tool"}:
            continue
        lines = dict(files.lines(path))
        module = next((number for number, line in lines.items() if line.startswith("module ")), 1)
        number = next((number for number, line in lines.items() if re.match(r"go\s+\d", line)), module)
        if has_below(files, f"{scope}/".lstrip("/")):
            how = "" if lines.get(number, "").startswith("go ") else "a go.mod file"
            yield Fact("language", "go", "go", f"{path}:{number}", how=how, scope=scope)
        seen: set[str] = set()
        for number, line in lines.items():
            match = _REQUIRE.match(line)
            value = FRAMEWORKS.get(match[1]) if match and "// indirect" not in match[3] else None
            if value and value not in seen:
                seen.add(value)
                yield Fact("framework", value, value, f"{path}:{number}", scope=scope)
