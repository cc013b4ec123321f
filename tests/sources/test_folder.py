"""Folders as trees: what git lists, what is never followed, what is left out and said."""

import os
import socket
from pathlib import Path

import pytest

from releasekit.errors import SourceError
from releasekit.sources.folder import tree_of_folder
from releasekit.tree import Budgets
from tests.sources.repositories import commit, git, repository


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A repository with two services."""
    folder = repository(tmp_path / "shop")
    commit(folder, "one", {"web/main.py": "1\n", "api/main.py": "1\n", ".gitignore": "*.log\nbuild/\n"})
    return folder


def reasons(root: Path, budgets: Budgets | None = None) -> dict[str, str]:
    return {item.path: item.reason.partition(",")[0] for item in tree_of_folder(root, budgets).skipped}


def test_a_repository_lists_what_is_tracked_and_what_would_be(shop: Path) -> None:
    (shop / "web/new.py").write_text("2\n")
    (shop / "web/debug.log").write_text("x")
    (shop / "build").mkdir()
    (shop / "build/out").write_text("x")
    (shop / "api/main.py").unlink()
    tree = tree_of_folder(shop)
    assert tree.paths == (".gitignore", "web/main.py", "web/new.py")
    assert tree.text("web/new.py") == "2\n"
    assert (tree.origin, tree.commit, tree.skipped) == ("the folder shop", None, ())


def test_a_service_in_a_monorepo_has_paths_of_its_own(shop: Path) -> None:
    (shop / "web/debug.log").write_text("x")
    tree = tree_of_folder(shop / "web")
    assert tree.paths == ("main.py",)
    assert tree.text("main.py") == "1\n"


def test_what_is_on_disk_is_read_not_what_was_committed(shop: Path) -> None:
    (shop / "web/main.py").write_text("changed\n")
    assert tree_of_folder(shop).text("web/main.py") == "changed\n"


def test_without_a_repository_all_files_are_listed_but_those_of_installers(tmp_path: Path) -> None:
    for path in ("a.log", "web/main.py", "node_modules/x/index.js", ".venv/pyvenv.cfg", ".gitignore"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x")
    assert tree_of_folder(tmp_path).paths == (".gitignore", "a.log", "web/main.py")
    assert reasons(tmp_path) == dict.fromkeys(("node_modules", ".venv"), "a folder of installed or generated files")


def test_without_git_installed_the_folder_is_read_and_the_tree_says_so(
    shop: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    tree = tree_of_folder(shop)
    assert "web/main.py" in tree
    assert tree.skipped[0].reason == "git is not installed, so nothing says which files are ignored"


def test_a_folder_that_its_repository_ignores_was_given_on_purpose(shop: Path) -> None:
    (shop / "build/app").mkdir(parents=True)
    (shop / "build/app/main.py").write_text("1\n")
    assert tree_of_folder(shop / "build/app").paths == ("main.py",)


def test_an_empty_repository_and_an_empty_folder_are_empty_trees(tmp_path: Path) -> None:
    assert tree_of_folder(repository(tmp_path / "new")).paths == ()
    (tmp_path / "empty").mkdir()
    assert tree_of_folder(tmp_path / "empty").paths == ()


def test_a_folder_that_is_not_there_is_a_source_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no folder"):
        tree_of_folder(tmp_path / "nothing")


@pytest.mark.parametrize("versioned", [True, False])
def test_links_pipes_sockets_and_loops_are_named_and_never_opened(tmp_path: Path, versioned: bool) -> None:
    root = tmp_path / "odd"
    root.mkdir()
    if versioned:
        repository(root)
    (root / "real").mkdir()
    (root / "real/file").write_text("1\n")
    (root / "secret").symlink_to("/etc/passwd")
    (root / "environment").symlink_to("/proc/self/environ")
    (root / "outside").symlink_to("/etc")
    (root / "loop").symlink_to(".")
    (root / "me").symlink_to("me")
    os.mkfifo(root / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(root / "socket"))
    tree = tree_of_folder(root)
    assert tree.paths == ("real/file",)
    named = reasons(root)
    for link in ("secret", "environment", "outside", "loop", "me"):
        assert named[link] == "a symbolic link"
    # git does not list pipes and sockets at all
    assert versioned or (named["pipe"], named["socket"]) == ("a pipe", "no regular file")


def test_tracked_files_below_a_folder_that_became_a_link_are_not_read(shop: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "main.py").write_text("not yours\n")
    (shop / "web").rename(tmp_path / "moved")
    (shop / "web").symlink_to(elsewhere)
    tree = tree_of_folder(shop)
    assert "web/main.py" not in tree
    assert reasons(shop)["web/main.py"] == "below a symbolic link"


def test_a_file_that_becomes_a_link_after_it_was_listed_is_not_followed(shop: Path) -> None:
    tree = tree_of_folder(shop)
    (shop / "web/main.py").unlink()
    (shop / "web/main.py").symlink_to("/etc/passwd")
    with pytest.raises(SourceError, match="cannot be read"):
        tree.text("web/main.py")
    (shop / "api").rename(shop / "moved")
    (shop / "api").symlink_to(shop / "moved")
    with pytest.raises(SourceError, match="cannot be read"):
        tree.text("api/main.py")


def test_odd_names_are_read_and_names_that_are_no_text_are_left_out(tmp_path: Path) -> None:
    for versioned in (False, True):
        root = tmp_path / str(versioned)
        root.mkdir()
        for name in ("a\nb", "right\u202eleft", "- [x] <script>", "-rf", os.fsdecode(b"bad\xff")):
            (root / name).write_text(name.encode(errors="replace").decode())
        if versioned:
            repository(root)
        tree = tree_of_folder(root)
        assert tree.paths == ("- [x] <script>", "-rf", "a\nb", "right\u202eleft")
        assert tree.text("a\nb") == "a\nb"
        assert reasons(root) == {"bad\\xff": "its name is not UTF-8"}


def test_repositories_and_submodules_inside_are_named(shop: Path, tmp_path: Path) -> None:
    other = repository(tmp_path / "other")
    commit(other, "x", {"x": "1"})
    git(shop, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "lib")
    commit(repository(shop / "vendored"), "y", {"y": "1"})
    named = reasons(shop)
    assert named == {"lib": "a submodule", "vendored": "a repository of its own"}


def test_lfs_pointers_are_named_where_attributes_ask_for_them(shop: Path) -> None:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12345\n"
    (shop / "model.bin").write_text(pointer)
    assert "model.bin" in tree_of_folder(shop)
    (shop / ".gitattributes").write_text("*.bin filter=lfs diff=lfs merge=lfs -text\n")
    assert "model.bin" not in tree_of_folder(shop)
    assert reasons(shop)["model.bin"] == "a Git LFS pointer"


def test_over_the_budget_of_files_the_deepest_are_left_out_and_counted(shop: Path) -> None:
    tree = tree_of_folder(shop, Budgets(files=2))
    assert tree.paths == (".gitignore", "api/main.py")
    assert tree.skipped[0].path == ""
    assert tree.skipped[0].reason.startswith("1 files, over the budget of 2")


def test_many_that_are_left_out_for_one_reason_are_counted(tmp_path: Path) -> None:
    for number in range(150):
        (tmp_path / f"link{number:03}").symlink_to("x")
    skipped = tree_of_folder(tmp_path).skipped
    assert len(skipped) == 101
    assert skipped[-1].reason == "50 more: a symbolic link, not followed"


def test_folders_without_end_end(tmp_path: Path) -> None:
    deep = tmp_path
    for _ in range(120):
        deep = deep / "d"
        deep.mkdir()
    (deep / "file").write_text("x")
    tree = tree_of_folder(tmp_path)
    assert tree.paths == ()
    assert "nested deeper" in tree.skipped[0].reason


def test_a_sparse_file_of_a_terabyte_is_listed_and_not_read(tmp_path: Path) -> None:
    with (tmp_path / "huge").open("wb") as file:
        try:
            file.truncate(1 << 40)
        except OSError:
            pytest.skip("this file system has no sparse files")
    tree = tree_of_folder(tmp_path)
    assert tree.sizes["huge"] == 1 << 40
    assert len(tree.read("huge")) == tree.budgets.file_bytes + 1


def test_five_thousand_files_are_listed(tmp_path: Path) -> None:
    for number in range(5000):
        path = tmp_path / f"d{number % 50}" / f"f{number}"
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    assert len(tree_of_folder(tmp_path).paths) == 5000
    assert len(tree_of_folder(repository(tmp_path)).paths) == 5000
