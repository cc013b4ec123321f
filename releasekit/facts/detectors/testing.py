"""Test commands that really exist: run by CI, a task of a Makefile, a script of package.json. Runs none of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from releasekit.facts.code import folder, join, kept, owner
from releasekit.facts.files import Files
from releasekit.facts.model import Fact
from releasekit.facts.projects import shells, workflows
from releasekit.facts.projects.commandlines import kind_of
from releasekit.facts.projects.shelltexts import blocks
from releasekit.syntax.shell import Command

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
    r"^(?:echo|pip3?|uv (?:pip|add|sync)|apt|apk|brew|python3? -m pip|poetry (?:add|install)|go install"
    r"|npm (?:i|install|ci)\b)"
)
_TARGET = re.compile(r"^([\w./-]{1,80})(?:[ \t]+[\w./-]{1,80}){0,8}[ \t]*:(?!=)([^\n]*)$", re.MULTILINE)
_TEST_TARGET = re.compile(r"(?:^|[-_./])(?:tests?|e2e|spec|unittests?|integration-?tests?)(?:$|[-_./])|^check$")
_NOT_TARGET = re.compile(
    r"clean|deps|install|build|image|setup|lint|data|fixture|generate|report|docker-test-|stop|down|push|list|docs|watch"
)
# programs that run another and are part of how people say it
_TOGETHER = frozenset(("npx", "bunx", "bundle", "pnpm", "yarn", "npm"))

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
            start = join(step.folder, "") if "$" not in step.folder else ""
            for ran in shells.everything(files, step.run, path, step.line, start):
                text = _typed(ran.command)
                bare = _BARE_TASK.match(text)
                if bare and tests:
                    yield _Test(bare[1], text, path, ran.command.line, ran.folder or _home(files, path))
                yield from _tests(files, ran.command, path, ran.folder)


def _tests(files: Files, command: Command, path: str, where: str) -> Iterator[_Test]:
    """The tests of one command; a script of the repository is followed one step, into its own test command."""
    text = _typed(command)
    found = _runner(text)
    if found:
        runner, said = found
        if runner == "node":
            said = _explained(files, said, where)
        if said:
            yield _Test(runner, said, path, command.line, where or _home(files, path))
        return
    script = _SCRIPT_CALL.search(text)
    direct = _DIRECT.match(text)
    inner = _inside(files, join(where, script[1])) or _inside(files, script[1]) if script else None
    if script and inner:
        said = f"{text[script.start() :].strip()}  # {inner.command}"
        yield _Test(inner.runner, said, path, command.line, owner(files, inner.path) or where)
    elif direct and any(place in files.tree for place in (join(where, direct[1]), direct[1].removeprefix("./"))):
        yield _Test("script", text, path, command.line, where or _home(files, path))


def _typed(command: Command) -> str:
    """A command as people say it: without variables before it, ``sudo`` and its like, but with ``bundle exec``.

    "" where it hands a text to another shell: what that does is read by itself.
    """
    if any(shells.handed(command)):
        return ""
    if not command.understood:
        return command.raw[:_LONGEST]
    before = command.words[: len(command.words) - len(command.call)]
    at = next((n for n, word in enumerate(before) if word.text in _TOGETHER), len(before))
    return " ".join(word.raw for word in command.words[at:])[:_LONGEST]


def _runner(command: str) -> tuple[str, str] | None:
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


def _inside(files: Files, path: str) -> _Test | None:
    """The first test command in a script, followed through one more script."""
    for _ in range(2):
        following = ""
        for ran in shells.everything(files, files.text(path), path, 1, folder(path)):
            text = _typed(ran.command)
            if found := _runner(text):
                return _Test(*found, path, ran.command.line, owner(files, path))
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
            told = list(_recipe(files, path, match[1])) if tool == "make" else []
            yield from told
            if not told:
                yield _Test(called, called, path, line, folder(path))


def _recipe(files: Files, path: str, target: str) -> Iterator[_Test]:
    """What a target's recipe runs itself, with the target behind a ``#``; nothing when it runs what is not known."""
    for block in blocks(files, path):
        for ran in block.commands(files, path) if block.around == (target,) else ():
            for test in _tests(files, ran.command, path, ran.folder):
                if "$(" not in test.command:
                    yield replace(test, command=f"{test.command}  # make {target}")


def _from_scripts(files: Files) -> Iterator[_Test]:
    """Scripts whose name says that they test, where nothing else runs them."""
    for path in kept(files.tree.ending(".sh")):
        if re.fullmatch(r"(?:.*/)?(?:scripts?|bin|tools)/(?:run[-_])?tests?(?:[-_]\w+)?\.sh", path):
            inner = _inside(files, path)
            if inner and inner.path == path:
                yield inner


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
