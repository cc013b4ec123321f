import pytest

from releasekit.errors import ParseError
from releasekit.syntax.hcl import parse


def test_blocks_labels_attributes_and_lines() -> None:
    body = parse(
        '# note\nresource "a" "b" {\n  name = "x"\n  size = 3\n  on = true\n  from = var.y\n  part {\n  }\n}\n', "f"
    )
    block = body.blocks[0]
    assert (block.kind, block.labels, block.line) == ("resource", ("a", "b"), 2)
    assert {name: (a.value, a.line) for name, a in block.attributes.items()} == {
        "name": ("x", 3),
        "size": (3, 4),
        "on": (True, 5),
        "from": (None, 6),
    }
    assert block.attributes["from"].expression == "var.y"
    assert [inner.line for inner in block.inner("part")] == [7]


def test_a_string_with_something_in_it_is_no_literal() -> None:
    assert parse('a = "x-${var.y}"\n', "f").attributes["a"].value is None


@pytest.mark.parametrize("text", ["", "# only a note", "\n\n"])
def test_an_empty_file_has_no_blocks(text: str) -> None:
    assert parse(text, "f").blocks == ()


@pytest.mark.parametrize("text", ['resource "a" {', "a = ", "}{", "a = [1,"])
def test_what_is_no_hcl_is_one_error_with_its_file(text: str) -> None:
    with pytest.raises(ParseError, match=r"^f"):
        parse(text, "f")
