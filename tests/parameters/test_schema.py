"""The schema says of a file what releasekit says, as far as a schema can."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from releasekit.errors import InputError
from releasekit.parameters.model import Application, Configuration, Parameters
from releasekit.parameters.reading import validate
from releasekit.parameters.schema import schema
from releasekit.parameters.writing import Proposal, render
from releasekit.syntax import yaml

HERE = Path(__file__).parents[2] / "parameters"
APPLICATION = {"name": "shop", "repository": "..", "version": "1"}


def valid(data: object) -> bool:
    return bool(jsonschema.Draft202012Validator(schema()).is_valid(data))


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("path", sorted(HERE.glob("*.yaml")), ids=lambda path: path.name)
def test_the_example_files_agree_with_it(path: Path) -> None:
    (document,) = yaml.parse(path.read_text("utf-8"), path.name)
    data = document.data()
    assert isinstance(data, dict)
    # what many services share has no application of its own
    assert valid({"application": APPLICATION, **data})


def test_what_init_writes_agrees_with_it() -> None:
    (document,) = yaml.parse(render(Proposal("shop", "../shop", "1.0")), "p.yaml")
    assert valid(document.data())


CASES: list[tuple[dict[str, Any], bool]] = [
    ({}, True),
    ({"level": "A", "endpoints": None}, True),
    ({"reports": {"unit_tests": "a", "security": ["a"], "coverage": {"files": "x", "commit": "9fceb02"}}}, True),
    ({"steps": {"execution.x": "make"}, "database": {"url": "env:X"}}, True),
    ({"metrics": {"objectives": [{"name": "x", "metric": "m", "pass": "<1"}]}}, True),
    ({"level": "D"}, False),
    ({"levle": "A"}, False),
    ({"reports": {"unit_test": "a"}}, False),
    ({"database": {"url": "postgresql://x"}}, False),
    ({"metrics": {"objectives": [{"metric": "m", "pass": "<1"}]}}, False),
    ({"minutes": {"deploy": "soon"}}, False),
]


@pytest.mark.parametrize(("configuration", "good"), CASES)
def test_it_judges_as_releasekit_does(configuration: dict[str, Any], good: bool) -> None:
    data = {"application": APPLICATION, "configuration": configuration}
    assert valid(data) is good
    try:
        judged = isinstance(validate(data), Parameters)
    except InputError:
        judged = False
    assert judged is good


def test_what_defaults_may_give_is_required_only_without_them() -> None:
    assert not valid({"application": {"name": "shop"}})
    assert valid({"application": {"name": "shop"}, "defaults": "../o.yaml"})
    assert not valid({"application": {}, "defaults": "../o.yaml"})
    assert not valid({"application": {**APPLICATION, "version": 1.1}})


def test_every_key_is_described() -> None:
    for section in (Application, Configuration):
        for name, field in section.model_fields.items():
            assert field.description, name
