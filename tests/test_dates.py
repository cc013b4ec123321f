"""A test that writes a day down gives its own clock: compared with the machine's, that day is one day too long ago.

Told from the sources: what a test names, through functions, constants and fixtures of all modules of tests, is searched
for days and for readings of the clock. What files of data say is not seen here: `make clocks` runs on other days.
"""

import ast
import inspect
import pkgutil
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
# of the years that somebody may write down as the present, in full or with the day filled in
DAY = re.compile(r"(?<!\d)20[2-9]\d(-[01]\d(?!\d)|[01]\d[0-3]\d(?!\d))")
CLOCKS = frozenset("datetime.now datetime.today datetime.utcnow date.today time.time time.time_ns".split())
GIVEN = frozenset({"now", "today", "clock"})  # what functions of ours call the clock or the day that they can be given
REAL_TIME = "real_time"  # a marker with its reason: the test asks a server that goes by the machine's clock
Place = tuple[str, str]  # a module, and a name that it defines


class Sources:
    """Modules of tests by name: what each of them defines, and where what it imports comes from."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.owns: dict[str, dict[str, ast.stmt]] = {}
        self.imports: dict[str, dict[str, Place]] = {}
        for module, text in texts.items():
            tree = ast.parse(text)
            self.owns[module] = {name: node for node in tree.body for name in defined(node)}
            self.imports[module] = {
                one.asname or one.name: (node.module, one.name)
                for node in ast.walk(tree)
                if isinstance(node, ast.ImportFrom) and node.module
                for one in node.names
            }
        # each place is looked at once, however many tests reach it
        self.leads, self.days, self.clocks = cache(self._leads), cache(self._days), cache(self._clocks)

    def mixed(self) -> Iterator[str]:
        """Each test that reaches both a day and a clock, with where they are."""
        for module, owns in self.owns.items():
            for name, node in owns.items():
                if name.startswith("test_") and isinstance(node, ast.FunctionDef) and not self._exempt(module, node):
                    reached = self._reached((module, name))
                    days, clocks = (
                        [".".join(one) for one in sorted(reached) if at(one)] for at in (self.days, self.clocks)
                    )
                    if days and clocks:
                        yield f"{module}.{name}: a day in {', '.join(days)}; a clock in {', '.join(clocks)}"

    def _exempt(self, module: str, test: ast.FunctionDef) -> bool:
        marks = [*test.decorator_list, *filter(None, [self.owns[module].get("pytestmark")])]
        return any(REAL_TIME in ast.unparse(mark) for mark in marks)

    def _reached(self, test: Place) -> list[Place]:
        reached, waiting = [test], [test]
        while waiting:
            new = self.leads(waiting.pop()) - {*reached}
            reached += new
            waiting += new
        return reached

    def _leads(self, place: Place) -> frozenset[Place]:
        module, name = place
        return frozenset(filter(None, (self._place(module, *named) for named in used(self.owns[module][name]))))

    def _days(self, place: Place) -> bool:
        return any(map(is_day, ast.walk(self.owns[place[0]][place[1]])))

    def _clocks(self, place: Place) -> bool:
        return any(self._reads(place[0], node) for node in ast.walk(self.owns[place[0]][place[1]]))

    def _place(self, module: str, name: str, attribute: str = "") -> Place | None:
        """Where a name that a module uses is defined: there, in what it imports, or as a fixture in a folder above."""
        if name in self.owns[module]:
            return module, name
        home, imported = self.imports[module].get(name, ("", ""))
        if f"{home}.{imported}" in self.owns:
            return self._place(f"{home}.{imported}", attribute) if attribute else None
        if home in self.owns:
            return self._place(home, imported)
        folder = module.removesuffix(".conftest").rpartition(".")[0]
        return self._place(f"{folder}.conftest", name) if f"{folder}.conftest" in self.owns else None

    def _reads(self, module: str, node: ast.AST) -> bool:
        """Whether it reads the machine's clock, or leaves that to a function of ours that takes another."""
        named = dotted(node.func if isinstance(node, ast.Call) else node)
        home, imported = self.imports[module].get(named[0], ("", "")) if named else ("", "")
        if ".".join(named[-2:]) in CLOCKS or f"{home}.{imported}" in CLOCKS:
            return True
        if not isinstance(node, ast.Call) or not home.startswith("releasekit"):
            return False
        given = {keyword.arg for keyword in node.keywords}
        takes = left_to_us(".".join((home, imported, *named[1:])))
        return any(place >= len(node.args) and not {parameter, None} & given for place, parameter in takes)


def defined(node: ast.stmt) -> list[str]:
    """The names that a statement of a module defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    return stored(node) if isinstance(node, ast.Assign | ast.AnnAssign) else []


def stored(node: ast.stmt) -> list[str]:
    return [one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)]


def used(node: ast.stmt) -> Iterator[tuple[str, ...]]:
    """What a definition uses of others, fixtures among them: names, and attributes of names."""
    own = stored(node) if isinstance(node, ast.FunctionDef) else []
    for one in ast.walk(node):
        named = (one.arg,) if isinstance(one, ast.arg) else dotted(one)[:2]
        if named and named[0] not in own:
            yield named


def dotted(node: ast.AST) -> tuple[str, ...]:
    """The names of `a.b.c`; none for anything else."""
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return (*before, node.attr) if before else ()
    return (node.id,) if isinstance(node, ast.Name) else ()


def is_day(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str | bytes) and bool(DAY.search(str(node.value)))
    if not isinstance(node, ast.Call) or not {"datetime", "date"} & {*dotted(node.func)[-1:]}:
        return False
    year = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
    return isinstance(year, int) and 2020 <= year < 2100


@cache
def left_to_us(name: str) -> list[tuple[int, str]]:
    """The parameters of a function of ours, with their places, that take a clock or a day and need not be given."""
    called = pkgutil.resolve_name(name)
    if not inspect.isfunction(called) and not inspect.isclass(called):
        return []
    listed = enumerate(inspect.signature(called).parameters.values())
    optional = [(place, one) for place, one in listed if one.name in GIVEN and one.default is not one.empty]
    return [(place, one.name) for place, one in optional if "date" in str(one.annotation)]


def sources() -> dict[str, str]:
    files = {path.relative_to(ROOT).with_suffix(""): path for path in sorted((ROOT / "tests").rglob("*.py"))}
    return {".".join(name.parts).removesuffix(".__init__"): path.read_text() for name, path in files.items()}


def test_no_test_brings_a_day_that_it_writes_down_together_with_the_machines_clock() -> None:
    do = "give it a clock or a day of its own: clock=, now=, today= (or mark it real_time, with the reason)"
    assert list(Sources(sources()).mixed()) == [], do


SAMPLE = """
from datetime import UTC, date, datetime
import pytest
from releasekit.demo.layout import lay_out
from tests.shop import clocks
from tests.shop.log import LOG, made

def own(): return datetime(2026, 11, 20, tzinfo=UTC)
def laid(folder): return lay_out(folder)

def test_a_log_of_that_day_and_an_example_of_today(tmp_path): assert laid(tmp_path).agrees(LOG)
def test_a_day_and_a_clock_of_another_module(): assert own() < clocks.now()
def test_a_file_of_that_day_and_a_fixture_of_today(here): assert here == "20261120-events"
def test_a_function_of_another_module(): assert made() > own()
def test_an_example_of_the_logs_day(tmp_path): assert lay_out(tmp_path, own().date()).agrees(LOG)
def test_only_a_clock(here): assert here
def test_only_days(): assert own() == LOG[0]
@pytest.mark.real_time("the server has no other clock")
def test_with_a_reason(here): assert here > own()
"""
SHOP = {
    "tests.shop.test_sample": SAMPLE,
    "tests.shop.conftest": "import pytest, time\n@pytest.fixture\ndef here(): return time.time()\n",
    "tests.shop.clocks": "import datetime\ndef now(): return datetime.datetime.now(datetime.UTC)\n",
    "tests.shop.log": "from time import time\nLOG = ('2026-11-20T15:29:00Z',)\ndef made(): return time()\n",
}


def test_a_day_and_a_clock_are_found_wherever_a_test_has_them_from() -> None:
    found = [line.partition(":")[0].removeprefix("tests.shop.test_sample.") for line in Sources(SHOP).mixed()]
    assert found == [
        "test_a_log_of_that_day_and_an_example_of_today",
        "test_a_day_and_a_clock_of_another_module",
        "test_a_file_of_that_day_and_a_fixture_of_today",
        "test_a_function_of_another_module",
    ]
