"""The cells of our notebook are known by what they say, in every record that was ever made with it."""

import json
from pathlib import Path
from typing import Any

import pytest

from releasekit.archive.places import get
from releasekit.record.resources import NOTEBOOK, find
from releasekit.record.shipped import has_others, is_shipped

GOLDEN = sorted((Path(__file__).parents[1] / "archive" / "golden").glob("*/*.zip"))


def shipped() -> list[dict[str, Any]]:
    return list(json.loads(find(NOTEBOOK).read_text(encoding="utf-8"))["cells"])


def test_each_cell_of_the_notebook_is_ours_and_one_that_says_more_is_not() -> None:
    for cell in shipped():
        assert is_shipped(cell)
        assert is_shipped({**cell, "source": "".join(cell["source"]) + "\n"})
        assert not is_shipped({**cell, "source": "import os\n" + "".join(cell["source"])})
        assert not is_shipped({**cell, "cell_type": "raw"})
    assert not has_others({"cells": shipped()})
    assert has_others({"cells": [*shipped(), {"cell_type": "markdown", "source": "My words"}]})


@pytest.mark.parametrize("bundle", GOLDEN, ids=lambda path: path.parent.name)
def test_the_cells_of_every_released_record_are_known_for_ever(bundle: Path) -> None:
    files = get(str(bundle)).files
    assert not has_others(json.loads(files["data/notebook/executed.ipynb"]))


@pytest.mark.parametrize("cell", [{}, {"cell_type": "code"}, {"source": ["a", 1]}, {"metadata": {"tags": "x"}}])
def test_a_cell_with_holes_is_not_ours(cell: dict[str, Any]) -> None:
    assert not is_shipped(cell)
