import pytest

from releasekit.errors import ParseError
from releasekit.syntax.gotemplate import Action, Block, Chain, Literal, Name, Text, parse


def test_white_space_is_eaten_where_a_dash_says_so_and_lines_are_kept() -> None:
    parts = parse("a\n  {{- .x -}}  \n\n b\n{{ .y }}", "f")
    assert [(p.text, p.line) for p in parts if isinstance(p, Text)] == [("a", 1), ("b\n", 4)]
    assert [p.line for p in parts if isinstance(p, Action)] == [2, 5]


def test_pipelines_chains_and_literals() -> None:
    (part,) = parse('{{ $x := (index .a "b").c | default `q` 1.5 true nil $.d }}', "f")
    assert isinstance(part, Action)
    assert part.pipeline.names == ("$x",)
    assert part.pipeline.declares
    first, second = part.pipeline.commands
    assert isinstance(first[0], Chain)
    assert first[0].fields == ("c",)
    assert second == (Name("default"), Literal("q"), Literal(1.5), Literal(True), Literal(None), Chain("$", ("d",)))


def test_else_if_ends_with_its_if() -> None:
    (part,) = parse("{{ if .a }}1{{ else if .b }}2{{ else }}3{{ end }}", "f")
    assert isinstance(part, Block)
    (inner,) = part.otherwise
    assert isinstance(inner, Block)
    assert [p.text for p in inner.otherwise if isinstance(p, Text)] == ["3"]


def test_comments_and_braces_in_strings() -> None:
    parts = parse('{{/* a }} b */}}{{ "}}" }}', "f")
    assert [p.pipeline.commands[0] for p in parts if isinstance(p, Action)] == [(Literal("}}"),)]


@pytest.mark.parametrize(
    "text",
    [
        "{{ if }}{{ end }}",
        "{{ if .a }}",
        "{{ end }}",
        "{{ else }}",
        "{{ .a",
        '{{ "a',
        "{{ (.a }}",
        "{{ | }}",
        "{{ @ }}",
    ],
)
def test_what_is_no_template_is_one_error_with_its_line(text: str) -> None:
    with pytest.raises(ParseError, match=r"^f:1"):
        parse(text, "f")


def test_an_action_that_never_ends_takes_no_time() -> None:
    with pytest.raises(ParseError, match="does not end"):
        parse("{{ " + '"a" ' * 50_000 + '"', "f")
