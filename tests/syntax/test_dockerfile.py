"""Dockerfiles through BuildKit's parser: stages, lines, arguments, heredocs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releasekit.errors import ParseError
from releasekit.syntax.dockerfile import parse

TEXT = """# syntax=docker/dockerfile:1
ARG VERSION=3.13
ARG NONE
FROM python:${VERSION}-slim AS base
RUN <<EOF
echo hello
EXPOSE 1
EOF
FROM base AS dev
CMD ["flask", "run"]

FROM --platform=$BUILDPLATFORM base AS final
EXPOSE 80/tcp 443
HEALTHCHECK --interval=5s CMD curl -f \\
  http://localhost/health
ENTRYPOINT ["/entry.sh"]
CMD ["gunicorn", "app"]
"""


def test_stages_have_names_images_and_lines() -> None:
    read = parse(TEXT, "Dockerfile")
    assert [(stage.name, stage.image, stage.line) for stage in read.stages] == [
        ("base", "python:3.13-slim", 4),
        ("dev", "base", 9),
        ("final", "base", 12),
    ]
    assert read.args == {"VERSION": "3.13"}


def test_the_last_stage_is_taken_unless_one_is_named() -> None:
    read = parse(TEXT, "Dockerfile")
    assert read.stage().name == "final"
    assert read.stage("DEV").name == "dev"
    assert read.stage("0").name == "base"
    assert read.stage("absent") is None


def test_a_stage_is_traced_to_its_image() -> None:
    read = parse(TEXT, "Dockerfile")
    assert [stage.name for stage in read.lineage(read.stage())] == ["final", "base"]
    assert read.image_of(read.stage()).image == "python:3.13-slim"


def test_instructions_inside_a_heredoc_are_text() -> None:
    base = parse(TEXT, "Dockerfile").stages[0]
    assert [item.name for item in base.instructions] == ["RUN"]
    assert base.instructions[0].heredocs == ("echo hello\nEXPOSE 1\n",)


def test_a_continued_instruction_has_its_first_line() -> None:
    check = parse(TEXT, "Dockerfile").stage().last("HEALTHCHECK")
    assert (check.line, check.end) == (14, 15)
    assert check.command.startswith("CMD curl -f")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("FROM a\nFOO bar\n", "d/Dockerfile:2"),
        ("RUN x\nFROM a\n", "d/Dockerfile:1"),
        ("FROM\n", "d/Dockerfile:1"),
        ("", "d/Dockerfile"),
        ("FROM a\nRUN <<E\nx\n", "d/Dockerfile"),
    ],
)
def test_what_buildkit_refuses_is_one_error_with_its_place(text: str, place: str) -> None:
    with pytest.raises(ParseError, match=place):
        parse(text, "d/Dockerfile")


@given(st.text(max_size=200))
def test_any_text_is_read_or_one_error(text: str) -> None:
    try:
        parse(text, "Dockerfile")
    except ParseError:
        return
