"""A record's files are written as one set, or not at all."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from releasekit.errors import InputError
from releasekit.record import files
from releasekit.record.files import writable, write_set


def test_the_files_are_written_into_a_new_folder_in_their_order(tmp_path: Path) -> None:
    paths = write_set(tmp_path / "a" / "b", {"two.md": "2\n", "one.txt": "é\n"})
    assert [path.name for path in paths] == ["two.md", "one.txt"]
    assert paths[1].read_bytes() == "é\n".encode()
    assert sorted(path.name for path in (tmp_path / "a" / "b").iterdir()) == ["one.txt", "two.md"]


def test_a_file_that_cannot_be_written_leaves_the_earlier_set_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_set(tmp_path, {"a": "old", "b": "old"})
    kept = files._write

    def full(file: IO[bytes], text: str) -> None:
        if Path(file.name).name.startswith(".b."):
            raise OSError(28, "No space left on device")
        kept(file, text)

    monkeypatch.setattr(files, "_write", full)
    with pytest.raises(InputError, match="No space left on device"):
        write_set(tmp_path, {"a": "new", "b": "new"})
    assert [(tmp_path / name).read_text() for name in "ab"] == ["old", "old"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_nothing_is_left_aside_when_a_person_stops_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = files._write

    def stopped(file: IO[bytes], text: str) -> None:
        kept(file, text)
        if Path(file.name).name.startswith(".b."):
            raise KeyboardInterrupt

    monkeypatch.setattr(files, "_write", stopped)
    with pytest.raises(KeyboardInterrupt):
        write_set(tmp_path, {"a": "new", "b": "new"})
    assert list(tmp_path.iterdir()) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from releasekit.record import files
Path.replace = lambda *_: (print(flush=True), sys.stdin.read(), os.kill(os.getpid(), signal.SIGKILL))
files.write_set(Path(sys.argv[1]), {"a.md": "new", "b": "new"})
"""


def test_what_a_killed_process_left_aside_is_cleared_away_by_the_next_and_not_while_it_writes(tmp_path: Path) -> None:
    program = [sys.executable, "-c", KILLED, str(tmp_path)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdin is not None
        assert writer.stdout is not None
        writer.stdout.readline()
        write_set(tmp_path, {"a.md": "mine", "b": "mine"})
        assert len(list(tmp_path.glob(".*.part"))) == 2
        writer.stdin.close()
        assert writer.wait(60) == -signal.SIGKILL
    assert len(list(tmp_path.glob(".*.part"))) == 2
    write_set(tmp_path, {"a.md": "mine", "b": "mine"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.md", "b"]


@pytest.mark.parametrize("what", ["a file", "a folder of the name", "a folder that cannot be made"])
def test_a_folder_that_cannot_be_written_is_one_message_that_names_it(tmp_path: Path, what: str) -> None:
    folder = tmp_path / "out"
    if what == "a file":
        folder.write_text("")
    elif what == "a folder of the name":
        (folder / "release.md").mkdir(parents=True)
    else:
        folder = Path("/proc/self/no-such-folder")  # for root too
    with pytest.raises(InputError) as caught:
        write_set(folder, {"release.md": "x"})
    (problem,) = caught.value.problems
    assert problem.where == str(folder)
    assert "--out" in problem.do


def test_whether_a_folder_is_writable_is_known_before_anything_is_executed(tmp_path: Path) -> None:
    writable(tmp_path / "new")
    assert list((tmp_path / "new").iterdir()) == []
    (tmp_path / "new" / "..try.0c63ce1a.part").write_text("")  # of one that was killed
    (tmp_path / "new" / ".try").write_text("")
    writable(tmp_path / "new")
    assert list((tmp_path / "new").iterdir()) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        writable(tmp_path / "file" / "below")
