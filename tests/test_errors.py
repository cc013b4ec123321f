"""Errors carry every problem of their kind, survive a process border, and know their exit status."""

import pickle

import pytest

from releasekit import errors
from releasekit.errors import InputError, ParseError, Problem, ReleasekitError, StoppedError


def test_a_problem_reads_as_place_what_and_what_to_do() -> None:
    assert (
        str(Problem("unknown key 'nam'", "a.yaml:3", "write 'name'")) == "a.yaml:3: unknown key 'nam'\n  write 'name'"
    )
    assert str(Problem("no such file")) == "no such file"


def test_an_error_carries_all_problems_at_once() -> None:
    error = InputError(Problem(what, f"a.yaml:{line}") for line, what in enumerate(("one", "two"), 1))
    assert [problem.what for problem in error.problems] == ["one", "two"]
    assert str(error) == "a.yaml:1: one\na.yaml:2: two"


def test_an_error_can_be_made_from_words_or_from_one_problem() -> None:
    assert InputError("no", "here", "do").problems == (Problem("no", "here", "do"),)
    assert InputError(Problem("no")).problems == (Problem("no"),)


def test_an_error_survives_the_way_between_processes() -> None:
    error = pickle.loads(pickle.dumps(ParseError("bad", "a:1", "mend it")))
    assert type(error) is ParseError
    assert error.problems == (Problem("bad", "a:1", "mend it"),)


FAMILIES = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ReleasekitError)]


@pytest.mark.parametrize("kind", FAMILIES)
def test_every_family_has_the_exit_status_that_the_readme_promises(kind: type[ReleasekitError]) -> None:
    assert kind.exit_code == (130 if kind is StoppedError else 2)
