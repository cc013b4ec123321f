"""Trees: finding paths, reading texts, budgets, the part below a folder."""

import pytest

from releasekit.errors import ParseError
from releasekit.tree import Budgets, Skipped, Tree, of_texts

FILES = {"Dockerfile": "FROM x\n", "web/Dockerfile": "FROM y\n", "web/app.py": "pass\n", "web/k8s/a.yaml": "a: 1\n"}


def of_bytes(blobs: dict[str, bytes], budgets: Budgets | None = None, sizes: dict[str, int] | None = None) -> Tree:
    sizes = sizes or {path: len(blob) for path, blob in blobs.items()}
    return Tree("bytes", sizes, blobs.__getitem__, budgets=budgets or Budgets())


def test_paths_are_found_by_name_folder_pattern_and_ending() -> None:
    tree = of_texts(FILES)
    assert tree.paths == ("Dockerfile", "web/Dockerfile", "web/app.py", "web/k8s/a.yaml")
    assert tree.named("Dockerfile") == ("Dockerfile", "web/Dockerfile")
    assert tree.within("web") == ("web/Dockerfile", "web/app.py")
    assert tree.within("") == ("Dockerfile",)
    assert list(tree.matching("web/*.yaml")) == ["web/k8s/a.yaml"]
    assert list(tree.ending(".py", ".yaml")) == ["web/app.py", "web/k8s/a.yaml"]
    assert "web/app.py" in tree
    assert "web" not in tree


@pytest.mark.parametrize("folder", ["web", "./web/", "web//"])
def test_the_part_below_a_folder_has_its_own_paths(folder: str) -> None:
    part = of_texts(FILES).under(folder)
    assert part.paths == ("Dockerfile", "app.py", "k8s/a.yaml")
    assert part.text("Dockerfile") == "FROM y\n"
    assert part.origin == "web of texts"


def test_the_part_below_a_folder_is_not_one_whose_name_only_begins_alike() -> None:
    assert of_texts({"web/a": "", "website/b": ""}).under("web").paths == ("a",)


def test_what_was_skipped_stays_with_the_folder_it_concerns() -> None:
    skipped = (Skipped("web/link", "a symbolic link"), Skipped("x", "a device"), Skipped("", "7 more files"))
    tree = Tree("t", {"web/a": 0}, lambda path: b"", skipped=skipped)
    assert tree.under("web").skipped == (Skipped("link", "a symbolic link"), Skipped("", "7 more files"))


def test_texts_lose_their_byte_order_mark_and_carriage_returns() -> None:
    assert of_bytes({"a": b"\xef\xbb\xbfx\r\ny\r\n"}).text("a") == "x\ny\n"


@pytest.mark.parametrize(
    ("blob", "where", "what"),
    [
        (b"a\n\xff\n", "f:2", "not UTF-8 text"),
        (b"a\x00b", "f", "a binary file"),
        ("héllo".encode("utf-16"), "f", "a binary file"),
        (b"x" * 200, "f", "200 bytes, more than the 100 that are read of one file"),
    ],
)
def test_what_is_no_text_is_an_error_with_its_place(blob: bytes, where: str, what: str) -> None:
    with pytest.raises(ParseError) as caught:
        of_bytes({"f": blob}, Budgets(file_bytes=100)).text("f")
    problem = caught.value.problems[0]
    assert (problem.where, problem.what) == (where, what)


def test_a_file_that_grew_since_it_was_listed_still_meets_its_budget() -> None:
    tree = of_bytes({"f": b"x" * 500}, Budgets(file_bytes=100), sizes={"f": 10})
    with pytest.raises(ParseError, match="500 bytes"):
        tree.text("f")


def test_the_budget_of_a_repository_counts_each_file_once() -> None:
    large = b"x" * 70_000  # larger than what is kept in memory
    tree = of_bytes({"a": large, "b": large}, Budgets(total_bytes=100_000))
    for _ in range(5):
        assert len(tree.text("a")) == 70_000
    with pytest.raises(ParseError, match="used up"):
        tree.text("b")


def test_a_path_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        of_texts(FILES).text("nothing")
