import os
import signal
import sys
from pathlib import Path

import pytest

from releasekit.kernels import asking, provisioner
from tests.kernels.kernels import gone, kernel

ODD = """
import random, sys
print("a line"); print("another", file=sys.stderr)
from IPython.display import display, HTML
display(HTML("<b>x</b>"), display_id="d")
{"a": [1, 2]}
"""


def test_the_kernelspec_is_installed_and_forks_its_kernels() -> None:
    with kernel() as warm:
        assert warm.forked
        assert warm.say("sys.argv[0]") == "ipykernel_launcher"


def test_a_kernel_has_the_environment_that_it_was_given_and_nothing_else(tmp_path: Path) -> None:
    os.environ["RK_OF_THE_TEST"] = "inherited"
    try:
        with kernel():
            pass
    finally:
        del os.environ["RK_OF_THE_TEST"]
    with kernel(cwd=tmp_path, env={"RK_ASKED": "yes"}) as warm:
        seen = warm.say("dict(os.environ)")
        assert seen["RK_ASKED"] == "yes"
        assert "RK_OF_THE_TEST" not in seen
        assert seen["PYTHONSAFEPATH"] == "1"
        assert "OPENBLAS_NUM_THREADS" not in seen
        assert warm.say("os.getcwd()") == str(tmp_path)


def test_a_folder_is_meant_as_seen_from_the_process_that_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir(tmp_path)
    with kernel(cwd=Path("inner")) as warm:
        assert warm.say("os.getcwd()") == str(tmp_path / "inner")


def test_two_kernels_draw_different_numbers() -> None:
    drawn = "[random.random(), __import__('numpy').random.random(), __import__('uuid').uuid4().hex]"
    with kernel() as first, kernel() as second:
        assert not set(first.say(drawn)) & set(second.say(drawn))


def test_a_forked_kernel_puts_out_what_an_ordinary_one_does(tmp_path: Path) -> None:
    with kernel(cwd=tmp_path) as warm, kernel("python3", cwd=tmp_path, env={"PYTHONSAFEPATH": "1"}) as cold:
        assert warm.forked

        def told(shown: list[dict[str, object]]) -> list[object]:
            return sorted(shown, key=lambda one: str(one["type"]))

        assert told(warm.do(ODD)) == told(cold.do(ODD))
        for expression in (
            "sys.path",
            "sys.flags.safe_path",
            "sorted(name for name in globals() if not name.startswith('_'))",
            "sorted(get_ipython().magics_manager.lsmagic()['line'])",
            "sys.stdout.encoding",
            "signal.getsignal(signal.SIGTERM) == signal.SIG_DFL",
            "__name__",
            "sorted(os.environ)",
        ):
            assert warm.say(expression) == cold.say(expression), expression


def test_a_kernel_is_not_reached_over_the_network_and_its_folder_is_closed() -> None:
    with kernel() as warm:
        assert warm.manager.transport == "ipc"
        folder = Path(warm.manager.ip).parent
        assert folder.stat().st_mode & 0o777 == 0o700
        assert len(str(folder)) < 95
    assert not folder.exists()


def test_where_no_short_folder_is_to_be_had_the_kernel_speaks_tcp(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provisioner, "_LONGEST_ADDRESS", 5)
    with kernel() as warm:
        assert warm.manager.transport == "tcp"
        assert warm.say("1 + 1") == 2


def test_an_interrupt_reaches_the_cell() -> None:
    with kernel() as warm:
        asked = warm.client.execute("import threading\nprint('begun', flush=True)\nthreading.Event().wait()")
        # what it printed, and not that it was asked: before its first line an interrupt finds no cell
        while warm.client.get_iopub_msg(timeout=60)["content"].get("text") != "begun\n":
            continue
        warm.manager.interrupt_kernel()
        assert warm.client._recv_reply(asked, timeout=60)["content"]["ename"] == "KeyboardInterrupt"
        assert warm.say("'still here'") == "still here"


def test_a_kernel_can_be_restarted() -> None:
    with kernel() as warm:
        before = warm.say("os.getpid()")
        warm.manager.restart_kernel(now=True)
        warm.client.wait_for_ready(timeout=60)
        assert warm.say("os.getpid()") != before
        assert warm.forked


def test_how_a_kernel_ended_is_known() -> None:
    with kernel() as warm:
        process = warm.manager.provisioner.forked
        assert process.poll() is None
        warm.client.execute("import os; os._exit(7)")
        assert process.wait(30) == 7
    with kernel() as warm:
        process = warm.manager.provisioner.forked
        warm.client.execute("import os; os.kill(os.getpid(), 9)")
        assert process.wait(30) == -signal.SIGKILL


def test_what_a_cell_started_ends_with_its_kernel() -> None:
    with kernel() as warm:
        child = warm.say("__import__('subprocess').Popen(['sleep', '1000']).pid")
    assert gone(child)


def test_a_cell_that_kills_its_parent_hurts_no_other_kernel() -> None:
    with kernel() as other:
        with kernel() as warm:
            process = warm.manager.provisioner.forked
            warm.client.execute("import os; os.kill(os.getppid(), 9)")
            assert process.wait(30) == -signal.SIGKILL
        assert other.say("1 + 1") == 2


def test_a_command_that_is_not_ours_is_started_as_usual() -> None:
    with pytest.raises(asking.NotForkedError, match="its command is not"):
        provisioner._arguments(["/usr/bin/other", "-m", "ipykernel_launcher", "-f", "x"])
    assert provisioner._arguments([sys.executable, "-P", "-m", "ipykernel_launcher", "-f", "x"]) == ["-f", "x"]


def test_an_environment_that_changes_how_python_starts_gets_an_ordinary_kernel(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with kernel(env={"PYTHONOPTIMIZE": "1"}) as cold:
        assert not cold.forked
        assert cold.say("sys.flags.optimize") == 1
    assert "an ordinary kernel is started: its environment changes how Python starts" in caplog.text


def test_where_nothing_can_be_forked_an_ordinary_kernel_is_started_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(asking.sys, "platform", "darwin")
    with kernel() as cold:
        monkeypatch.undo()
        assert not cold.forked
        assert cold.say("1 + 1") == 2
    assert "an ordinary kernel is started: macOS" in caplog.text


def test_papermill_uses_it_by_its_name(tmp_path: Path) -> None:
    import papermill

    from tests.record.example import notebook

    source = notebook(tmp_path / "in.ipynb", "import sys; print(sys.argv[0], sys.flags.safe_path)")
    done = papermill.execute_notebook(source, tmp_path / "out.ipynb", kernel_name="releasekit", progress_bar=False)
    outputs = [cell.outputs[0].text for cell in done.cells if cell.get("outputs")]
    assert outputs == ["ipykernel_launcher True\n"]
