"""Questions to git, asked of real repositories, hostile ones among them."""

import gc
import os
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from releasekit.errors import ParseError, SourceError
from releasekit.sources.git import Git, find
from releasekit.tree import Budgets, Tree
from tests.sources.repositories import clone, commit, git, repository


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Two versions, v1.0.0 and v1.1.0, and a commit after them."""
    folder = repository(tmp_path / "shop")
    commit(folder, "one", {"app.py": "1\n", "web/main.py": "1\n", "web/old.py": "a\nb\nc\nd\n"})
    git(folder, "tag", "v1.0.0")
    (folder / "web/old.py").rename(folder / "web/new.py")
    commit(folder, "two\n\nReviewed-by: Ada <ada@example.org>\nApproved-by: Grace", {"web/main.py": "2\n"})
    git(folder, "tag", "--annotate", "--message", "second", "v1.1.0")
    commit(folder, "three", {"app.py": "3\n"})
    return folder


def found(folder: Path) -> Git:
    at = find(folder)
    assert at is not None
    return at


def test_the_repository_is_found_from_a_folder_inside_it(shop: Path) -> None:
    assert found(shop / "web").root == shop


def test_a_folder_may_be_named_from_where_one_stands(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop)
    at = found(Path("web"))
    assert at.root == shop
    assert at.resolve("HEAD") == git(shop, "rev-parse", "HEAD")


def test_a_folder_that_is_in_no_repository_has_none(tmp_path: Path) -> None:
    assert find(tmp_path) is None


def test_a_folder_that_is_not_there_is_a_source_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no folder 'nothing'"):
        find(tmp_path / "nothing")


def test_without_git_installed_there_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceError, match="git is not installed"):
        find(tmp_path)


def test_a_folder_that_only_looks_like_a_repository_is_none_or_a_source_error(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: /nowhere\n")
    assert find(tmp_path) is None


def test_a_bare_repository_can_be_read(shop: Path, tmp_path: Path) -> None:
    bare = found(clone(shop, tmp_path / "bare", "--bare"))
    sha = bare.resolve("v1.0.0")
    assert sha is not None
    assert bare.tree(sha).text("app.py") == "1\n"
    assert bare.uncommitted() == ()


def test_revisions_resolve_to_the_commit_also_through_annotated_tags(shop: Path) -> None:
    at = found(shop)
    assert at.resolve("HEAD") == git(shop, "rev-parse", "HEAD")
    assert at.resolve("v1.1.0") == git(shop, "rev-parse", "HEAD~1")
    assert at.resolve(git(shop, "rev-parse", "--short", "HEAD")) == git(shop, "rev-parse", "HEAD")


@pytest.mark.parametrize(
    "ref",
    ["", "nothing", "--help", "--upload-pack=touch x", "-h", "a b", "v1.0.0..v1.1.0", "HEAD:app.py", "a\nb", "x*"],
)
def test_what_is_no_single_revision_is_none(shop: Path, ref: str) -> None:
    assert found(shop).resolve(ref) is None


def test_a_repository_without_commits_has_no_head(tmp_path: Path) -> None:
    at = found(repository(tmp_path / "new"))
    assert at.resolve("HEAD") is None
    assert not at.is_shallow()
    assert at.uncommitted() == ()


def test_tags_at_a_commit_are_named_versions_first(shop: Path) -> None:
    git(shop, "tag", "blessed", "v1.0.0")
    git(shop, "tag", "v0.9.0", "v1.0.0")
    git(shop, "tag", "v0.10.0", "v1.0.0")
    at = found(shop)
    assert at.tags_at(git(shop, "rev-parse", "v1.0.0")) == ("v1.0.0", "v0.10.0", "v0.9.0", "blessed")
    assert at.tags_at(git(shop, "rev-parse", "HEAD")) == ()


def test_the_newest_version_tag_before_a_commit_leaves_out_its_own(shop: Path) -> None:
    at = found(shop)
    assert at.newest_version_tag_before(git(shop, "rev-parse", "HEAD")) == "v1.1.0"
    assert at.newest_version_tag_before(git(shop, "rev-parse", "HEAD~1")) == "v1.0.0"
    assert at.newest_version_tag_before(git(shop, "rev-parse", "HEAD~2")) is None


def test_a_tag_on_another_branch_is_not_before(shop: Path) -> None:
    git(shop, "checkout", "--quiet", "-b", "other", "v1.0.0")
    commit(shop, "elsewhere", {"x": "1"})
    git(shop, "tag", "v9.0.0")
    assert found(shop).newest_version_tag_before(git(shop, "rev-parse", "main")) == "v1.1.0"


def test_commits_between_two_versions_come_with_reviewers(shop: Path) -> None:
    at = found(shop)
    first, last = git(shop, "rev-parse", "v1.0.0^{commit}"), git(shop, "rev-parse", "HEAD")
    three, two = at.commits(first, last)
    assert (three.subject, three.sha, three.reviewers) == ("three", last, ())
    assert (two.author, two.email, two.at) == ("Test Person", "test@example.org", "2026-11-02T10:00:00Z")
    assert two.reviewers == ("Ada <ada@example.org>", "Grace")
    assert [c.subject for c in at.commits(first, last, "web")] == ["two"]


def test_a_merge_says_that_it_is_one(shop: Path) -> None:
    first = git(shop, "rev-parse", "HEAD")
    git(shop, "checkout", "--quiet", "-b", "side")
    commit(shop, "side", {"side": "1"})
    git(shop, "checkout", "--quiet", "main")
    git(shop, "merge", "--quiet", "--no-ff", "--message", "join", "side")
    merges = {c.subject: c.merge for c in found(shop).commits(first, git(shop, "rev-parse", "HEAD"))}
    assert merges == {"join": True, "side": False}


def test_names_and_subjects_from_others_are_only_text(shop: Path) -> None:
    first = git(shop, "rev-parse", "HEAD")
    git(shop, "config", "user.name", "x\u202e](javascript:1)")
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_AUTHOR_NAME")}
    message = "- [x] <script>\x1b[31m\n\nReviewed-by: a\x1fb\nReviewed-by:\n"
    subprocess.run(["git", "-C", str(shop), "commit", "-qm", message, "--allow-empty"], env=env, check=True)
    (only,) = found(shop).commits(first, git(shop, "rev-parse", "HEAD"))
    assert only.subject == "- [x] <script>\x1b[31m"
    assert only.author == "x\u202e](javascript:1)"
    assert only.reviewers == ("a\x1fb",)


def test_changed_files_know_renames_and_are_relative_to_the_service(shop: Path) -> None:
    at = found(shop)
    first, last = git(shop, "rev-parse", "v1.0.0^{commit}"), git(shop, "rev-parse", "HEAD")
    changed = {(item.status, item.path, item.old_path) for item in at.changed_files(first, last)}
    assert changed == {("M", "app.py", ""), ("M", "web/main.py", ""), ("R", "web/new.py", "web/old.py")}
    inside = {(item.status, item.path, item.old_path) for item in at.changed_files(first, last, "./web/")}
    assert inside == {("M", "main.py", ""), ("R", "new.py", "old.py")}


def test_uncommitted_files_are_named(shop: Path) -> None:
    (shop / "app.py").write_text("changed\n")
    (shop / "new\nline.txt").write_text("x")
    (shop / ".gitignore").write_text("*.log\n")
    (shop / "a.log").write_text("x")
    at = found(shop)
    assert at.uncommitted() == ("app.py", ".gitignore", "new\nline.txt")
    assert at.uncommitted("web") == ()


def test_a_blob_is_read_from_its_commit(shop: Path) -> None:
    at = found(shop)
    sha = git(shop, "rev-parse", "v1.0.0^{commit}")
    assert at.blob(sha, "./web/main.py") == b"1\n"
    with pytest.raises(SourceError, match="is not in the commit"):
        at.blob(sha, "nothing")
    with pytest.raises(SourceError, match="more than the 1 that are read"):
        at.blob(sha, "app.py", limit=1)


@pytest.mark.parametrize("sha", ["HEAD", "--help", "0" * 39, "0" * 40 + "\n"])
def test_only_full_hashes_go_where_a_commit_is_expected(shop: Path, sha: str) -> None:
    with pytest.raises(SourceError, match="not a full commit hash"):
        found(shop).commits(sha, "0" * 40)


def test_a_tree_is_that_of_its_commit_whatever_is_checked_out(shop: Path) -> None:
    (shop / "app.py").write_text("not committed\n")
    at = found(shop)
    sha = git(shop, "rev-parse", "v1.0.0^{commit}")
    tree = at.tree(sha)
    assert tree.paths == ("app.py", "web/main.py", "web/old.py")
    assert (tree.text("app.py"), tree.commit, tree.origin) == ("1\n", sha, f"commit {sha[:12]}")
    part = at.tree(sha, "web")
    assert part.text("main.py") == "1\n"
    assert part.origin == f"web of commit {sha[:12]}"
    with pytest.raises(SourceError, match="no folder nothing"):
        at.tree(sha, "nothing")


def test_a_tree_names_links_submodules_and_large_files_that_were_left_out(shop: Path, tmp_path: Path) -> None:
    other = repository(tmp_path / "other")
    commit(other, "x", {"x": "1"})
    (shop / "link").symlink_to("/etc/passwd")
    git(shop, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "lib")
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12345\n"
    sha = commit(shop, "odd", {".gitattributes": "*.bin filter=lfs\n", "model.bin": pointer, "large": "x" * 5000})
    tree = found(shop).tree(sha, budgets=Budgets(file_bytes=4000))
    assert {(item.path, item.reason.partition(",")[0]) for item in tree.skipped} == {
        ("link", "a symbolic link"),
        ("lib", "a submodule"),
        ("model.bin", "a Git LFS pointer"),
    }
    assert "link" not in tree
    with pytest.raises(ParseError, match="5000 bytes"):
        tree.text("large")


def test_odd_names_are_read_and_names_that_are_no_text_are_left_out(shop: Path) -> None:
    (shop / os.fsdecode(b"bad\xff")).write_text("x")
    sha = commit(shop, "names", {"a\nb": "1", 'tab\tquote"': "2", "right\u202eleft": "3", "- [x] <b>": "4"})
    tree = found(shop).tree(sha)
    assert [tree.text(name) for name in ("a\nb", 'tab\tquote"', "right\u202eleft", "- [x] <b>")] == list("1234")
    assert [(item.path, item.reason) for item in tree.skipped] == [("bad\\xff", "its name is not UTF-8")]


def test_over_the_budget_of_files_the_deepest_are_left_out_and_counted(shop: Path) -> None:
    tree = found(shop).tree(git(shop, "rev-parse", "HEAD"), budgets=Budgets(files=2))
    assert tree.paths == ("app.py", "web/main.py")
    assert "1 files, over the budget of 2" in tree.skipped[0].reason


def test_contents_come_from_one_process_from_any_thread_and_it_ends_with_the_tree(shop: Path) -> None:
    sha = commit(shop, "many", {f"many/{number}": f"{number}\n" * number for number in range(200)})
    tree = found(shop).tree(sha, "many")
    assert tree.read("0") == b""
    wrong: list[int] = []

    def compare(tree: Tree, start: int) -> None:
        wrong.extend(number for number in range(start, 200, 4) if tree.read(str(number)) != b"%d\n" % number * number)

    threads = [threading.Thread(target=compare, args=(tree, start)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    threads.clear()
    del thread
    assert wrong == []
    assert len(_readers()) == 1
    del tree
    gc.collect()
    assert _readers() == []


def _readers() -> list[str]:
    """The processes of git that this thread started and that read objects for it."""
    children = Path(f"/proc/{os.getpid()}/task/{threading.get_native_id()}/children").read_text().split()
    return [pid for pid in children if b"cat-file" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def test_an_object_that_is_gone_is_a_source_error_and_the_others_are_still_read(shop: Path) -> None:
    sha = git(shop, "rev-parse", "HEAD")
    gone = git(shop, "rev-parse", "HEAD:app.py")
    (shop / ".git/objects" / gone[:2] / gone[2:]).unlink()
    tree = found(shop).tree(sha, "web")
    assert tree.text("main.py") == "2\n"
    whole = found(shop).tree(sha)
    with pytest.raises(SourceError, match="no content of object"):
        whole.text("app.py")
    assert whole.text("web/main.py") == "2\n"


def test_five_thousand_files_are_listed_and_read(tmp_path: Path) -> None:
    folder = repository(tmp_path / "large")
    sha = commit(folder, "x", {f"d{number % 50}/f{number}": f"{number}\n" for number in range(5000)})
    tree = found(folder).tree(sha)
    assert len(tree.paths) == 5000
    assert tree.text("d7/f4957") == "4957\n"


def test_shallow_clones_worktrees_and_detached_heads_are_ordinary(shop: Path, tmp_path: Path) -> None:
    shallow = found(clone(shop, tmp_path / "shallow", "--depth=1"))
    assert shallow.is_shallow()
    assert shallow.resolve("v1.0.0") is None
    git(shop, "worktree", "add", "--quiet", "--detach", str(tmp_path / "tree"), "v1.0.0")
    worktree = found(tmp_path / "tree")
    assert worktree.root == tmp_path / "tree"
    sha = worktree.resolve("HEAD")
    assert sha == git(shop, "rev-parse", "v1.0.0^{commit}")
    assert not worktree.is_shallow()
    assert sha is not None
    assert worktree.tree(sha).text("app.py") == "1\n"


def test_a_partial_clone_is_read_as_far_as_it_was_fetched(shop: Path, tmp_path: Path) -> None:
    git(shop, "config", "uploadpack.allowFilter", "true")
    at = found(clone(shop, tmp_path / "partial", "--filter=blob:none"))
    last, first = at.resolve("HEAD"), at.resolve("v1.0.0")
    assert last is not None
    assert first is not None
    assert at.tree(last).text("app.py") == "3\n"
    with pytest.raises(SourceError, match="git has not all contents"):
        at.tree(first).text("app.py")
    assert {item.path for item in at.changed_files(first, last)} >= {"app.py", "web/new.py"}


# what a repository can name that git would start, on the commands that a release asks for
CANARIES = {
    "core.fsmonitor": "{}",
    "core.pager": "{}",
    "core.editor": "{}",
    "core.sshCommand": "{}",
    "core.askPass": "{}",
    "diff.external": "{}",
    "diff.odd.textconv": "{}",
    "diff.odd.command": "{}",
    "filter.odd.clean": "{}",
    "filter.odd.smudge": "{}",
    "filter.odd.process": "{}",
    "filter.odd.required": "true",
    "filter.a=b.clean": "{}",
    "gpg.program": "{}",
    "gpg.ssh.program": "{}",
    "log.showSignature": "true",
    "credential.helper": "!{}",
    "alias.status": "!{}",
    "alias.log": "!{}",
    "pager.log": "{}",
    "protocol.ext.allow": "always",
    "protocol.allow": "always",
    "remote.origin.url": "ext::{}",
    "remote.origin.promisor": "true",
    "remote.origin.uploadpack": "{}",
    "core.repositoryFormatVersion": "1",
    "extensions.partialClone": "origin",
    "core.hooksPath": "hooks",
    "safe.directory": "",
}
SIGNATURE = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n eA==\n -----END PGP SIGNATURE-----\n"


def _hostile(shop: Path, tmp_path: Path) -> Path:
    """The repository, made to touch a file whenever anything it names is started."""
    canary = tmp_path / "canary"
    script = tmp_path / "canary.sh"
    script.write_text(f'#!/bin/sh\necho "$0 $*" >> {canary}\nexit 0\n')
    script.chmod(0o755)
    commit(shop, "attributes", {".gitattributes": "*.py filter=odd diff=odd\n*.txt filter=a=b\n", "a.txt": "1\n"})
    signed = git(shop, "cat-file", "commit", "HEAD").replace("\n\n", f"\n{SIGNATURE}\n", 1)
    (tmp_path / "signed").write_text(signed + "\n")
    git(shop, "reset", "--quiet", git(shop, "hash-object", "-t", "commit", "-w", str(tmp_path / "signed")))
    hooks = shop / "hooks"
    hooks.mkdir()
    for name in ("post-index-change", "pre-commit", "reference-transaction", "post-checkout", "fsmonitor-watchman"):
        shutil.copy(script, hooks / name)
        shutil.copy(script, shop / ".git/hooks" / name)
    for key, value in CANARIES.items():
        git(shop, "config", key, value.format(script))
    return canary


def test_nothing_that_a_repository_names_is_started(shop: Path, tmp_path: Path) -> None:
    gone = git(shop, "rev-parse", "HEAD:web/main.py")
    canary = _hostile(shop, tmp_path)
    (shop / ".git/objects" / gone[:2] / gone[2:]).unlink()  # would be fetched from the promisor
    (shop / "app.py").write_text("another length\n")
    (shop / "a.txt").write_text("2\n")
    canary.unlink(missing_ok=True)
    at = found(shop)
    sha, first = at.resolve("HEAD"), at.resolve("v1.0.0")
    assert sha is not None
    assert first is not None
    assert at.tags_at(sha) == ()
    assert at.newest_version_tag_before(sha) == "v1.1.0"
    assert set(at.uncommitted()) >= {"app.py", "a.txt"}
    assert len(at.commits(first, sha)) == 3
    assert {item.path for item in at.changed_files(first, sha)} >= {"app.py"}
    assert at.blob(sha, "app.py") == b"3\n"
    tree = at.tree(sha)
    assert tree.text("app.py") == "3\n"
    with pytest.raises(SourceError):
        tree.text("web/main.py")
    assert at.files()
    assert not canary.exists()


def test_the_canaries_do_sing_under_plain_git(shop: Path, tmp_path: Path) -> None:
    canary = _hostile(shop, tmp_path)
    canary.unlink(missing_ok=True)
    (shop / "app.py").write_text("another length\n")
    subprocess.run(["git", "-C", str(shop), "status"], check=False, capture_output=True)
    assert canary.exists()


def test_a_work_tree_that_lies_elsewhere_is_not_taken(shop: Path, tmp_path: Path) -> None:
    git(shop, "config", "core.worktree", "/etc")
    assert find(shop) is None


def test_variables_of_the_caller_do_not_lead_elsewhere(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = repository(tmp_path / "other")
    commit(other, "x", {"x": "1"})
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    at = found(shop)
    assert at.root == shop
    assert b"app.py" in at.files()


def test_a_repository_of_somebody_else_is_read(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    if os.geteuid() == 0:
        os.chown(shop, 12345, 12345)
        os.chown(shop / ".git", 12345, 12345)
    assert found(shop).resolve("HEAD") is not None


def test_replaced_objects_do_not_change_history(shop: Path) -> None:
    first, last = git(shop, "rev-parse", "v1.0.0^{commit}"), git(shop, "rev-parse", "HEAD")
    git(shop, "replace", last, first)
    assert found(shop).blob(last, "app.py") == b"3\n"
