import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from releasekit.kernels import asking, modules, wire, zygote
from tests.kernels.kernels import gone, kernel

ASKER = """
import json, os, signal, sys
from tests.kernels.kernels import kernel
from releasekit.kernels import asking
with kernel() as warm:
    child = warm.say("__import__('subprocess').Popen(['sleep', '1000']).pid")
    pids = [asking.shared(debugger=True).pid, warm.manager.provisioner.pid, warm.say("os.getpid()"), child]
    print(json.dumps(pids), flush=True)
    signal.pause()
"""

# as `concurrent.futures` starts its workers on Linux until Python 3.14, after the first kernel of this process
WORKERS = """
import concurrent.futures, json, multiprocessing
from tests.kernels.kernels import kernel
def say(number):
    with kernel() as warm:
        return [warm.forked, warm.say(str(number))]
say(0)
with concurrent.futures.ProcessPoolExecutor(2, multiprocessing.get_context("fork")) as pool:
    try:
        print(json.dumps(list(pool.map(say, range(4), timeout=60))))
    finally:
        for worker in multiprocessing.active_children():
            worker.kill()
"""

PARENT = """
import os, signal
from tests.kernels.kernels import kernel
from releasekit.kernels import asking
with kernel() as warm:
    if os.fork() == 0:
        os.read(0, 1)
        os._exit(0)
    print(asking.shared(debugger=True).pid, flush=True)
    signal.pause()
"""


def fork(warm: asking.Warm, code: str, tmp_path: Path) -> asking.Forked:
    """A kernel that needs no client: it is asked to run code and to end."""
    with (tmp_path / "said").open("w") as said:
        return warm.fork(
            [f"--IPKernelApp.exec_lines={code}", f"--IPKernelApp.connection_file={tmp_path / 'connection.json'}"],
            env=dict(os.environ),
            cwd=str(tmp_path),
            descriptors=(said.fileno(), said.fileno(), said.fileno()),
        )


def test_a_zygote_and_its_kernels_end_when_the_process_that_asked_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", ASKER], stdout=subprocess.PIPE, cwd=Path.cwd()) as asker:
        assert asker.stdout is not None
        pids = json.loads(asker.stdout.readline())
        asker.kill()
    assert [pid for pid in pids if not gone(pid)] == []


def test_kernels_end_when_their_zygote_is_killed_and_the_next_kernel_has_a_new_one() -> None:
    with kernel() as warm:
        pid, before = warm.say("os.getpid()"), asking.shared(debugger=True)
        process = warm.manager.provisioner.forked
        os.kill(before.pid, signal.SIGKILL)
        assert process.wait(30) == -signal.SIGKILL
        assert gone(pid)
    with kernel() as warm:
        assert warm.forked
        assert asking.shared(debugger=True) is not before


def test_a_process_that_was_forked_from_the_asking_one_does_not_use_its_zygote() -> None:
    warm = asking.shared(debugger=True)
    read, write = os.pipe()
    with asking._turn:  # another thread may hold it
        if os.fork() == 0:
            os.write(write, b"1" if warm.usable or asking.shared(debugger=True) is warm else b"0")
            os._exit(0)
    os.wait()
    assert os.read(read, 1) == b"0"


def test_workers_that_were_forked_from_a_process_that_had_kernels_have_kernels_of_their_own() -> None:
    told = subprocess.run([sys.executable, "-c", WORKERS], stdout=subprocess.PIPE, cwd=Path.cwd(), check=True).stdout
    assert json.loads(told) == [[True, number] for number in range(4)]


def test_a_zygote_ends_with_the_process_that_asked_though_a_fork_of_that_lives_on() -> None:
    program = [sys.executable, "-c", PARENT]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path.cwd()) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
        assert gone(pid)


def test_a_process_with_two_threads_is_not_forked(tmp_path: Path) -> None:
    cache = tmp_path / "modules.json"
    warm = asking.Warm(None)
    try:
        assert warm.ready.wait(60)
        assert fork(warm, "import os; os._exit(3)", tmp_path).wait(60) == 3
    finally:
        warm.close()
    (tmp_path / "starts_a_thread.py").write_text(
        "import threading, time\nthreading.Thread(target=time.sleep, args=(99,), daemon=True).start()\n"
    )
    script = (
        "import socket, sys, pathlib; sys.path.insert(0, sys.argv[2])\n"
        "from releasekit.kernels import zygote, modules\n"
        "import starts_a_thread\n"
        "zygote.Zygote(socket.socket(fileno=int(sys.argv[1])), None, modules.Learned()).serve()\n"
    )
    ours, theirs = asking.socket.socketpair()
    with (
        ours,
        subprocess.Popen(
            [sys.executable, "-c", script, str(theirs.fileno()), str(tmp_path)], pass_fds=[theirs.fileno()]
        ) as process,
    ):
        theirs.close()
        assert "ready" in wire.receive(ours)[0]
        wire.send(ours, {"number": 5, "argv": [], "env": {}, "cwd": "/", "learn": False}, (0, 1, 2))
        answer, _ = wire.receive(ours)
        assert answer == {"refused": 5, "why": "the process that forks kernels has 2 threads"}
        ours.shutdown(asking.socket.SHUT_RDWR)
        process.wait(30)
    assert not cache.exists()


def test_what_starts_threads_is_found_out_and_not_imported_ahead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a_thread_of_its_own.py").write_text(
        "import threading, time\nthreading.Thread(target=time.sleep, args=(99,), daemon=True).start()\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    cache = tmp_path / "modules.json"
    modules.keep(cache, modules.Learned(("colorsys", "a_thread_of_its_own", "wave", "is_not_there")))
    warm = asking.Warm(cache)
    try:
        assert warm.ready.wait(60)
        said = "import sys, os; os._exit(10 * ('wave' in sys.modules) + ('a_thread_of_its_own' in sys.modules))"
        assert fork(warm, said, tmp_path).wait(60) == 10
    finally:
        warm.close()
    assert modules.known(cache).alone == ("a_thread_of_its_own",)


def test_what_needs_a_module_that_starts_threads_is_found_out_in_few_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "large").mkdir()
    parts = [f"part{number}" for number in range(30)]
    for part in parts:
        (tmp_path / "large" / f"{part}.py").touch()
    texts = {
        "large/__init__.py": f"from large import {', '.join(parts)}\nimport starts\n",
        "starts.py": "import threading, time\nthreading.Thread(target=time.sleep, args=(99,), daemon=True).start()\n",
        "needs.py": "import large\n",
        "swallows.py": "try:\n    import large\nexcept:\n    large = None\n",
        "counts.py": f"open({str(tmp_path / 'starts')!r}, 'a').write('.')\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    cache = tmp_path / "modules.json"
    need = (*(f"large.{part}" for part in parts), "starts", "large", "needs", "swallows")  # as a kernel imports them
    modules.keep(cache, modules.Learned(("counts", *need, "wave")))
    warm = asking.Warm(cache)
    try:
        assert warm.ready.wait(60)
        said = "import sys, os; os._exit(10 * ('wave' in sys.modules) + ('swallows' in sys.modules))"
        assert fork(warm, said, tmp_path).wait(60) == 10
    finally:
        warm.close()
    assert sorted(modules.known(cache).alone) == sorted(need)
    assert len((tmp_path / "starts").read_text()) <= 4


def test_a_list_that_cannot_be_corrected_is_not_read_again_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a_thread_of_its_own.py").write_text(
        "import threading, time\nthreading.Thread(target=time.sleep, args=(99,), daemon=True).start()\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    cache = tmp_path / ("m" * 250)  # the name of what would replace it is too long
    cache.write_text(json.dumps({"names": ["wave", "a_thread_of_its_own"], "alone": []}))
    assert not modules.keep(cache, modules.Learned())
    warm = asking.Warm(cache)
    try:
        assert warm.ready.wait(60)
        assert fork(warm, "import os; os._exit(3)", tmp_path).wait(60) == 3
    finally:
        warm.close()


def test_a_zygote_in_the_middle_of_an_import_ends_at_once_when_nobody_wants_it_any_more(tmp_path: Path) -> None:
    (tmp_path / "takes_for_ever.py").write_text(
        f"import pathlib, time\npathlib.Path({str(tmp_path / 'here')!r}).touch()\nwhile True: time.sleep(0.01)\n"
    )
    modules.keep(tmp_path / "modules.json", modules.Learned(("takes_for_ever",)))
    ours, theirs = asking.socket.socketpair()
    program = [sys.executable, "-m", "releasekit.kernels.zygote", str(theirs.fileno()), str(tmp_path / "modules.json")]
    environ = {**os.environ, "PYTHONPATH": str(tmp_path), "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(program, pass_fds=[theirs.fileno()], env=environ) as process:
        theirs.close()
        while not (tmp_path / "here").exists() and process.poll() is None:
            continue
        wire.send(ours, {"number": 1, "argv": [], "env": {}, "cwd": "/", "learn": False}, (0, 1, 2))
        assert process.poll() is None
        ours.close()
        assert process.wait(60) == 0


def test_what_was_asked_by_one_who_is_gone_is_not_begun(tmp_path: Path) -> None:
    (tmp_path / "waits.py").write_text(
        f"import pathlib, time\nwhile not pathlib.Path({str(tmp_path / 'go')!r}).exists(): time.sleep(0.01)\n"
    )
    script = (
        "import socket, sys; sys.path.insert(0, sys.argv[2]); import waits\n"
        "from releasekit.kernels import zygote, modules\n"
        "zygote.Zygote(socket.socket(fileno=int(sys.argv[1])), None, modules.Learned()).serve()\n"
    )
    ours, theirs = asking.socket.socketpair()
    program = [sys.executable, "-c", script, str(theirs.fileno()), str(tmp_path)]
    with subprocess.Popen(program, pass_fds=[theirs.fileno()]) as process, (tmp_path / "said").open("wb") as said:
        theirs.close()
        asked = {
            "number": 1,
            "argv": [f"--IPKernelApp.exec_lines=open({str(tmp_path / 'begun')!r}, 'w')"],
            "env": dict(os.environ),
            "cwd": str(tmp_path),
            "learn": False,
        }
        wire.send(ours, asked, (said.fileno(), said.fileno(), said.fileno()))
        ours.close()
        (tmp_path / "go").touch()
        assert process.wait(60) == 0
    assert not (tmp_path / "begun").exists()


def test_what_a_kernel_imported_is_imported_ahead_of_later_ones(tmp_path: Path) -> None:
    cache = tmp_path / "modules.json"
    warm = asking.Warm(cache)
    try:
        with (tmp_path / "said").open("w") as said:
            process = warm.fork(
                ["--IPKernelApp.exec_lines=import chunk_that_is_not_there", "--IPKernelApp.exec_lines=import wave"],
                env=dict(os.environ),
                cwd=str(tmp_path),
                learn=True,
                descriptors=(said.fileno(), said.fileno(), said.fileno()),
            )
        while not warm.learned and process.poll() is None:
            continue
        process.kill()
    finally:
        warm.close()
    learned = modules.known(cache)
    assert "wave" in learned.ahead
    assert not [name for name in learned.names if name.startswith(("_pydevd", "comm", "__main__"))]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"names": 1, "alone": []}', '{"names": [1], "alone": []}', "\0"])
def test_a_damaged_list_of_modules_is_an_empty_one(tmp_path: Path, text: str) -> None:
    (tmp_path / "modules.json").write_text(text)
    assert modules.known(tmp_path / "modules.json") == modules.Learned()


def test_a_list_that_cannot_be_written_hinders_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    modules.keep(tmp_path / "file" / "modules.json", modules.Learned(("wave",)))
    assert modules.known(tmp_path / "file" / "modules.json") == modules.Learned()


@pytest.mark.parametrize("debugger", [True, False])
def test_a_kernel_without_a_debugger_is_one_all_the_same(tmp_path: Path, debugger: bool) -> None:
    warm = asking.Warm(None, debugger)
    said = "import sys, os; os._exit(10 + bool(sys.modules.get('debugpy')))"
    try:
        assert fork(warm, said, tmp_path).wait(60) == 10 + debugger
    finally:
        warm.close()


def test_lessons_are_written_in_pieces_of_whole_lines() -> None:
    names = [f"module_{number}" for number in range(2000)]
    found = zygote.pieces(names)
    assert len(found) > 1
    assert all(len(piece) <= 4096 and piece.endswith(b"\n") for piece in found)
    assert b"".join(found).decode().split() == names
