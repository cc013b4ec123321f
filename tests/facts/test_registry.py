"""A detector is loaded only where a file lies that its row names: without one it opens no file, and finds nothing."""

import ast
import re
from functools import lru_cache
from importlib import import_module
from pathlib import Path

import pytest

from releasekit import facts
from releasekit.facts.files import Files
from releasekit.facts.registry import REGISTRY, Detector
from releasekit.tree import Tree, of_texts
from tests.checklist.ways.laid import REPOSITORIES

FOLDERS = ("", "app/", "config/", "db/migrate/", ".github/")
STEMS = ("a", "20260101120000_a", "V1__a", "application")
# they find nothing without their files, and look into others: for who uses them, for what takes them
LOOKS_AROUND = {"compose", "kubernetes"}


@lru_cache(maxsize=1)
def names() -> frozenset[str]:
    """Every file name and every ending that stands in the source of the analysis, in several folders."""
    constants = {
        node.value
        for path in Path(next(iter(facts.__path__))).rglob("*.py")
        for statement in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if not isinstance(statement, ast.Expr)  # a docstring
        for node in ast.iter_child_nodes(statement)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    words = {word for text in constants for word in text.split() if re.fullmatch(r"\.?[\w-]+(?:\.[\w-]+)*", word)}
    files = {word for word in words if "." in word.lstrip(".") or re.fullmatch(r"[A-Z]\w*", word)}
    files |= {f"{stem}{word}" for stem in STEMS for word in words if word.startswith(".")}
    return frozenset(f"{folder}{name}" for folder in FOLDERS for name in files)


@lru_cache(maxsize=1)
def repositories() -> dict[str, bytes]:
    """The files of one repository a way of deploying, all in one tree."""
    paths = (path for path in REPOSITORIES.rglob("*") if path.is_file())
    return {path.relative_to(REPOSITORIES).as_posix(): path.read_bytes() for path in paths}


def is_named(row: Detector, path: str) -> bool:
    return of_texts({path: ""}).holds(*row.reads)


@pytest.mark.parametrize("row", [row for row in REGISTRY if row.reads], ids=lambda row: row.module)
def test_without_a_file_that_its_row_names_a_detector_opens_none(row: Detector) -> None:
    detect = import_module(f"releasekit.facts.detectors.{row.module}").detect
    all_files = dict.fromkeys(names(), b"x") | repositories()
    left = {path: blob for path, blob in all_files.items() if not is_named(row, path)}
    opened: list[str] = []

    def read(path: str) -> bytes:
        opened.append(path)
        return left[path]

    sizes = {path: len(blob) for path, blob in left.items()}
    assert list(detect(Files(Tree("others", sizes, read)))) == []
    assert opened == [] or row.module in LOOKS_AROUND
    assert len(left) < len(all_files)
