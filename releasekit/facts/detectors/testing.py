"""Test commands that really exist: run by CI, a task of a Makefile, a script of package.json. Runs none of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from releasekit.facts.code import folder, join, kept, owner
from releasekit.facts.files import Files
from releasekit.facts.model import Fact
from releasekit.facts.projects import workflows
from releasekit.facts.projects.commandlines import kind_of

_NODE = (
    r"\b(?:npm|yarn|pnpm|bun)\b(?: (?:-C|-w|--prefix|--filter|--workspace|-F)[ =]?\S+)*(?: run)?(?: --filter \S+)?"
    r" (?:(?:[\w-]{1,40}:){0,4}(?:test|e2e|tests)|t)"
    r"(?::(?!package|build|install|prepare|setup|image|open|report|clean|lint)[\w:-]+)?(?=$|\s).*"
)
# runner -> a command line that runs tests with it
_RUNNERS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("coverage", r"\bcoverage run\b.*"),
        ("pytest", r"(?:python3? -m )?\bpytest\b.*|\bpy\.test\b.*"),
        ("django", r"(?:\S*python3? )?\S*manage\.py test\b.*"),
        ("unittest", r"python3? -m unittest\b.*"),
        ("tox", r"(?:python3? -m )?\btox\b(?! *-l).*"),
        ("nox", r"\bnox\b.*"),
        ("hatch", r"\bhatch (?:run \S*test\S*|test)\b.*"),
        ("playwright", r"(?:\b(?:npx|bunx|yarn|pnpm(?: exec)?) )?playwright test\b.*"),
        ("cypress", r"(?:\b(?:npx|bunx|yarn|pnpm(?: exec)?) )?cypress run\b.*"),
        ("node", _NODE),
        ("jest", r"\b(?:npx |yarn |pnpm )?(?:jest|vitest|mocha|ava|karma start|nyc|c8)\b(?! --init).*"),
        (
            "nx",
            r"\b(?:npx |yarn |pnpm )?(?:nx (?:run-many|affected)\b.*\btest\b.*|(?:turbo|lerna) (?:run )?test\b.*)",
        ),
        ("go", r"\bgo test\b.*|\bgotestsum\b.*|\bginkgo\b.*"),
        ("cargo", r"\bcargo (?:\+\S+ )?(?:test|nextest run)\b.*"),
        ("maven", r"(?:\./)?\bmvnw?(?:\.cmd)?\b.*\b(?:test|verify|install|package)\b.*"),
        ("gradle", r"(?:\./)?\bgradlew?(?:\.bat)?\b.*\b(?:test|check|build|integrationTest)\b.*"),
        ("sbt", r"\bsbt\b.*\btest\b.*"),
        ("rspec", r"(?:bundle exec )?\b(?:\S*bin/)?rspec\b.*"),
        ("rails", r"(?:bundle exec )?(?:\S*bin/)?\b(?:rails|rake) (?:[\w:]+ )*(?:test|spec)\b.*"),
        ("cucumber", r"(?:bundle exec )?\bcucumber\b.*"),
        ("dotnet", r"\bdotnet test\b.*"),
        (
            "phpunit",
            r"(?:\S*vendor/bin/|\S*bin/)?\b(?:phpunit|pest|paratest|codecept run|behat)\b.*|php artisan test\b.*",
        ),
        ("composer", r"\bcomposer (?:run )?(?:run-script )?tests?\b.*"),
        ("mix", r"\bmix (?:test|coveralls)\b.*"),
        ("ctest", r"\bctest\b.*"),
        ("bazel", r"\bbazel(?:isk)? test\b.*"),
        ("make", r"\bmake\b(?: -\S+(?: \S+)?)*? (?:\S+ )*?(?:\S*(?<![a-z])(?:tests?|e2e|spec)(?![a-z])\S*.*|check$)"),
        ("task", r"\b(?:just|task|mage|invoke|inv|dagger call) \S*(?<![a-z])tests?(?![a-z])\S*.*"),
        ("k6", r"\bk6 run\b.*"),
    )
)
_SCRIPT_CALL = re.compile(r"(?:(?:ba|z)?sh |\./)?((?:[\w.-]+/)*[\w.-]*(?:test|spec|e2e)[\w.-]*\.sh)\b")
# a runner whose task, when none is named, is the tests
_BARE_TASK = re.compile(r"(?:bundle exec )?(?:bin/)?(rake|tox|nox|rspec)$")
# a script that is the test itself, whatever it runs
_DIRECT = re.compile(
    r"(?:(?:ba|z)?sh )?((?:\./)?(?:[\w.-]+/){0,6}(?:run[-_])?(?:e2e|tests?|integration|smoke|acceptance)"
    r"(?:[-_](?:e2e|tests?|all))?(?:\.sh)?)(?=$|\s)"
)
# a root script that runs the tests of every part of a workspace
_DELEGATES = re.compile(
    r"\b(?:turbo|nx|lerna|wsrun|moon)\b|--workspaces|\s-(?:ws|r)\b|--recursive|workspaces (?:foreach|run)|--filter"
)
_PLACEHOLDER = re.compile(
    r"no tests? specified|echo\b.*\bexit 1|^\s*(?:exit 0|true|:|echo\b[^&|;]*)\s*$", re.IGNORECASE
)
_SKIPS = re.compile(
    r"-DskipTests|-Dmaven\.test\.skip|-x test|--version|--collect-only|--help|install\s+(?:-g\s+)?(?:pytest|tox|jest)"
)
_NOT_RUN = re.compile(
    r"^(?:echo|#|pip3?|uv (?:pip|add|sync)|apt|apk|brew|sudo apt|python3? -m pip|poetry (?:add|install)|go install"
    r"|npm (?:i|install|ci)\b)"
)
_TARGET = re.compile(r"^([\w./-]{1,80})(?:[ \t]+[\w./-]{1,80}){0,8}[ \t]*:(?!=)([^\n]*)$", re.MULTILINE)
_TEST_TARGET = re.compile(r"(?:^|[-_./])(?:tests?|e2e|spec|unittests?|integration-?tests?)(?:$|[-_./])|^check$")
_NOT_TARGET = re.compile(
    r"clean|deps|install|build|image|setup|lint|data|fixture|generate|report|docker-test-|stop|down|push|list|docs|watch"
)
_PREFIX = re.compile(
    r"^(?:\w+=(?:\"[^\"]*\"|'[^']*'|\S*)\s+"
    r"|(?:sudo|time|exec|env|xvfb-run|run:|uv run|poetry run|pipenv run|pdm run|hatch run|rye run|dotenv --)\s+"
    r"|-\S{1,80}\s+(?=[\w-]))+"
)


# a command line is cut here: what is longer is data
_LONGEST = 600


@dataclass(frozen=True, slots=True)
class _Test:
    """A test command: which runner, as written, where, and the folder it runs in."""

    runner: str
    command: str
    path: str
    line: int
    scope: str | None


def detect(files: Files) -> Iterator[Fact]:
    """One fact a runner, project and purpose; commands that CI runs come first."""
    done: list[str] = []
    kinds: set[tuple[str, str, str]] = set()
    for test in (*_from_ci(files), *_from_packages(files), *_from_tasks(files), *_from_scripts(files)):
        key = (test.runner, test.scope or "", _purpose(test.command))
        short = _plain(test.command)
        if key in kinds or any(_within(short, other) or _within(other, short) for other in done):
            continue
        kinds.add(key)
        done.append(short)
        source = f"{test.path}:{test.line}"
        yield Fact(
            "test_command", test.scope or "", test.command, source, how=f"it runs {test.runner}", scope=test.scope
        )


def _from_ci(files: Files) -> Iterator[_Test]:
    for path in workflows.paths(files):
        for step in workflows.steps(files, path):
            if not step.run or "with" in step.context:
                continue
            tests = any(
                re.search(r"(?<![a-z])(?:tests?|specs?)(?![a-z])", name, re.IGNORECASE) for name in step.context[-1:]
            )
            for line, text in step.lines:
                where = join(step.folder, "") if "$" not in step.folder else ""
                bare = _BARE_TASK.match(text)
                if bare and tests:
                    yield _Test(bare[1], text, path, line, where or _home(files, path))
                yield from _tests(files, text, path, line, where)


def _tests(files: Files, text: str, path: str, line: int, where: str) -> Iterator[_Test]:
    """The tests of one command line; a script of the repository is followed one step, into its own test command."""
    for part in re.split(r"&&|\|\||;|\|", text[:_LONGEST]):
        here = re.match(r"cd\s+(\S+)$", part.strip())
        if here and "$" not in here[1]:
            where = join(where, here[1])
            continue
        command = _PREFIX.sub("", part.strip()).strip()
        found = _runner(command)
        if found:
            runner, said = found
            if runner == "node":
                said = _explained(files, said, where)
            if said:
                yield _Test(runner, said, path, line, where or _home(files, path))
            continue
        script = _SCRIPT_CALL.search(command)
        direct = _DIRECT.match(command)
        inner = _inside(files, join(where, script[1])) or _inside(files, script[1]) if script else None
        if script and inner:
            runner, said, place = inner
            yield _Test(
                runner, f"{command[script.start() :].strip()}  # {said}", path, line, owner(files, place) or where
            )
        elif direct and any(place in files.tree for place in (join(where, direct[1]), direct[1].removeprefix("./"))):
            yield _Test("script", command, path, line, where or _home(files, path))


def _runner(command: str) -> tuple[str, str] | None:
    command = command[:_LONGEST]
    if _NOT_RUN.match(command) or _SKIPS.search(command):
        return None
    for runner, pattern in _RUNNERS:
        match = pattern.search(command)
        if match and (match.start() == 0 or re.search(r"(?:run|exec|--|-c|\w)\s+[\"']?$", command[: match.start()])):
            return runner, match[0].strip().strip("\"'")
    return None


def _explained(files: Files, command: str, where: str) -> str:
    """``npm test`` with what it runs behind a ``#``, which a shell ignores; "" when it is a placeholder."""
    name = (re.findall(r"(?:^|\s)(t|(?:[\w-]+:)*(?:tests?|e2e)(?::[\w:-]+)?)(?=$|\s)", command) or ["test"])[0]
    name = "test" if name == "t" else name
    body = files.json(f"{where}/package.json".lstrip("/")).at("scripts", name).text
    if _PLACEHOLDER.search(body):
        return ""
    return f"{command}  # {body}" if body and len(body) < 160 else command


def _inside(files: Files, path: str) -> tuple[str, str, str] | None:
    """(runner, command, path) of the first test command in a script, followed through one more script."""
    for _ in range(2):
        following = ""
        for _number, line in files.lines(path):
            text = _PREFIX.sub("", line.strip()[:_LONGEST]).strip()
            found = _runner(text) if not line.lstrip().startswith("#") else None
            if found:
                return *found, path
            call = _SCRIPT_CALL.search(text)
            following = following or (call[1] if call else "")
        if not following:
            return None
        path = next(
            (p for p in (join(owner(files, path), following), join(folder(path), following)) if p in files.tree), ""
        )
    return None


def _from_packages(files: Files) -> Iterator[_Test]:
    root = files.json("package.json").at("scripts", "test").text
    for path in kept(files.tree.named("package.json")):
        scripts = files.json(path).at("scripts")
        node = scripts.at("test")
        if "/" in path and _DELEGATES.search(root) and "--filter" not in root:
            continue
        if node.text and not _PLACEHOLDER.search(node.text):
            command = f"{_manager(files, path)} test  # {node.text}"
            yield _Test("node", command, path, node.line, folder(path))
        else:
            for name, other in scripts.items():
                if re.match(r"test[:-](?!watch|ui|debug)|e2e$", name) and not _PLACEHOLDER.search(other.text):
                    yield _Test(
                        "node", f"{_manager(files, path)} run {name}  # {other.text}", path, other.line, folder(path)
                    )


def _manager(files: Files, path: str) -> str:
    for here in (folder(path), ""):
        for name, manager in (
            ("yarn.lock", "yarn"),
            ("pnpm-lock.yaml", "pnpm"),
            ("bun.lock", "bun run"),
            ("bun.lockb", "bun run"),
        ):
            if f"{here}/{name}".lstrip("/") in files.tree:
                return manager
    return "npm"


def _from_tasks(files: Files) -> Iterator[_Test]:
    for path in kept(files.tree.paths):
        name = path.rpartition("/")[2]
        if kind_of(path) != "task" or name.lower().endswith((".yml", ".yaml")):
            continue
        text = files.text(path)
        tool = "just" if "just" in name.lower() else "make"
        targets = [m for m in _TARGET.finditer(text) if _TEST_TARGET.search(m[1]) and not _NOT_TARGET.search(m[1])]
        plain = [match for match in targets if match[1] in {"test", "tests"}]
        for match in plain if plain and len(targets) > 4 else targets:
            called, line = f"{tool} {match[1]}", text.count("\n", 0, match.start()) + 1
            told = list(_recipe(files, path, text, match)) if tool == "make" else []
            yield from told
            if not told:
                yield _Test(called, called, path, line, folder(path))


def _expanded(text: str, line: str) -> str:
    """A line of a recipe with the variables that the Makefile itself sets to plain texts."""
    for _ in range(3):
        for name in dict.fromkeys(re.findall(r"\$[({](\w{1,60})[)}]", line)):
            said = re.search(rf"^{name}[ \t]*[:?]?=[ \t]*([^\n#]{{0,200}})", text, re.MULTILINE)
            for reference in (f"$({name})", f"${{{name}}}") if said else ():
                line = line.replace(reference, said[1].strip() if said else "")
    return line[:_LONGEST]


def _recipe(files: Files, path: str, text: str, target: re.Match[str]) -> Iterator[_Test]:
    """What a target's recipe runs itself, with the target behind a ``#``; nothing when it runs what is not known."""
    number = text.count("\n", 0, target.start()) + 1
    for offset, line in enumerate(text[target.end() :].split("\n")[1:60], 1):
        if not line.startswith("\t") and line.strip() and not line.lstrip().startswith("#"):
            break
        command = re.sub(r"^[\s@+-]+", "", _expanded(text, line)).removesuffix("\\").strip().strip("()").rstrip("; ")
        for test in _tests(files, re.sub(r"\$\(?\(?cd ", "cd ", command), path, number + offset, folder(path)):
            if "$(" not in test.command:
                said = test.command if "(" in test.command else test.command.rstrip(");\\ ")
                yield _Test(test.runner, f"{said}  # make {target[1]}", path, test.line, test.scope)


def _from_scripts(files: Files) -> Iterator[_Test]:
    """Scripts whose name says that they test, where nothing else runs them."""
    for path in kept(files.tree.ending(".sh")):
        if re.fullmatch(r"(?:.*/)?(?:scripts?|bin|tools)/(?:run[-_])?tests?(?:[-_]\w+)?\.sh", path):
            inner = _inside(files, path)
            if inner and inner[2] == path:
                number = next((n for n, line in files.lines(path) if inner[1] in line), 1)
                yield _Test(inner[0], inner[1], path, number, owner(files, path))


def _home(files: Files, path: str) -> str | None:
    """The folder of a CI file that lies in a part of the repository; None for those at the root."""
    return None if path.startswith(".") or "/" not in path else owner(files, path)


def _purpose(command: str) -> str:
    found = re.findall(
        r"integration|e2e|end-to-end|unit|functional|acceptance|smoke|system|backend|frontend", command, re.IGNORECASE
    )
    return " ".join(sorted({word.lower() for word in found}))


def _within(inner: str, outer: str) -> bool:
    """Whether one command is said by another: as whole words, ``rails test`` is not ``rails test:system``."""
    return re.search(rf"(?<![\w:-]){re.escape(inner)}(?![\w:-])", outer) is not None


def _plain(command: str) -> str:
    return re.sub(r"[\s\"',`\[\]]+", " ", command).strip().lower()
