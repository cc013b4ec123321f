import threading
from dataclasses import replace
from pathlib import Path

import pytest

from releasekit.batch.pool import Pool, usual_workers
from releasekit.batch.select import select
from releasekit.batch.work import Setting, serve
from releasekit.document.board import Row
from releasekit.record.halting import Halt
from releasekit.record.place import Folder
from releasekit.run import claims
from tests.batch.services import Silent, short, store_of, write_service, write_services
from tests.counts import count

BAD = {
    "endless": "while True: pass",
    "forks": "import os\nif os.fork() == 0: os._exit(0)\nos.wait()",
    "leaves": "import os; os._exit(3)",
    "kills-its-parent": "import os; os.kill(os.getppid(), 9)",
    "floods": "for _ in range(1000): print('x' * 1_000_000)",
    "raises": "raise ValueError('it is wrong')",
}


def served(root: Path, *, workers: int = 2, watcher: Silent | None = None, **setting: object) -> dict[str, Row]:
    """The rows of all of ``root``/many."""
    out = root / "out"
    kept = store_of(out)
    given = Setting(Folder(out), f"sqlite:///{out / 'releases.db'}")
    pool = Pool(kept, replace(given, **setting), watcher or Silent(), workers)
    return {row.service: row for row in pool.run(select([str(root / "many")]).services)}


def test_each_service_has_its_record_and_its_row(tmp_path: Path) -> None:
    write_services(tmp_path, 4)
    watcher = Silent()
    rows = served(tmp_path, source=short(tmp_path), watcher=watcher)
    assert len(rows) == len(watcher.rows) == 4
    for row in rows.values():
        assert (row.status, row.problem) == ("open", "")
        assert row.machine == "cannot-tell"
        assert row.rank == 2
        assert (tmp_path / "out" / row.record).is_file()
        assert row.seconds
        assert "Code Readiness" in [cell.title for cell in row.sections]
    assert "service-002: Part 2" in watcher.begun


def test_one_bad_service_never_stops_the_rest(tmp_path: Path) -> None:
    write_services(tmp_path, 2)
    (tmp_path / "many" / "broken.yaml").write_text("application: {name: broken, version: 1}\n")
    write_service(tmp_path / "many", "nowhere", repository="../not-there")
    told = "\n".join(
        f"{'if' if n == 0 else 'elif'} '{name}' in name:\n    exec({code!r})"
        for n, (name, code) in enumerate(BAD.items())
    )
    for name in BAD:
        write_service(tmp_path / "many", name)
    source = short(tmp_path, f"name = release.run.state.service\n{told}")
    rows = served(tmp_path, source=source, seconds=25.0)
    problems = {name: row.problem for name, row in rows.items() if row.problem}
    # a kernel whose parent is killed may die with it, or live and end its work; the others never notice
    done = {name: row.status for name, row in rows.items() if not row.problem and name != "kills-its-parent"}
    assert done == dict.fromkeys(["service-000", "service-001", "forks"], "open")
    assert "version" in problems["broken"]
    assert "not-there" in problems["nowhere"]
    assert problems["endless"] == "its time of 25 s was over at 'Part 4'"
    assert problems["leaves"] == "the kernel died at 'Part 4'"
    assert problems.get("kills-its-parent", "") in ("", "the kernel died at 'Part 4'")
    assert problems["floods"] == "it printed more than 100,000,000 characters at 'Part 4'"
    assert problems["raises"] == "'Part 4' failed: it is wrong"


def test_one_broken_file_in_a_folder_is_one_line_and_the_others_are_done(tmp_path: Path) -> None:
    number = count("batch.folder")
    (write_services(tmp_path, number - 1) / "service-broken.yaml").write_text("application: {name: x, version: 1.10}\n")
    rows = served(tmp_path, source=short(tmp_path))
    assert len(rows) == number
    assert "quote" in rows.pop("service-broken").problem
    assert {(row.status, row.problem) for row in rows.values()} == {("open", "")}


def test_of_a_cell_that_prints_much_a_record_keeps_the_beginning(tmp_path: Path) -> None:
    write_services(tmp_path, 1)
    source = short(tmp_path, "for _ in range(1200): print('x' * 10_000)")
    (row,) = served(tmp_path, source=source).values()
    assert (row.status, row.problem) == ("open", "")
    flooded = (tmp_path / "out" / row.record).with_suffix(".ipynb").read_text()
    assert 10_000_000 < len(flooded) < 11_000_000
    assert "more characters were printed" in flooded


def test_what_is_asked_for_again_after_it_was_done_is_not_done_again(tmp_path: Path) -> None:
    many, out = write_services(tmp_path, 1), tmp_path / "out"
    store, setting = store_of(out), Setting(Folder(out), f"sqlite:///{out / 'releases.db'}", source=short(tmp_path))
    (service,) = select([str(many)]).services

    def asked(session: str) -> Row:
        return serve(store, service, setting, lambda *_: None, Halt(), session)

    done, again, another = asked("one"), asked("one"), asked("another")
    assert (done.run, done.record, done.problem) == (again.run, again.record, again.problem)
    assert done.seconds
    assert again.seconds is None
    assert another.seconds
    (line,) = store.runs()
    assert [claims.attempts(store.events(line.run), session) for session in ("one", "another")] == [1, 1]


def test_what_is_stopped_starts_nothing_more_and_says_so(tmp_path: Path) -> None:
    write_services(tmp_path, 4)
    out = tmp_path / "out"
    kept = store_of(out)

    class Stopping(Silent):
        def doing(self, service: str, what: str) -> None:
            super().doing(service, what)
            if what == "Part 4":
                threading.Thread(target=pool.stop).start()

    watcher = Stopping()
    source = short(tmp_path, "while True: pass")
    pool = Pool(kept, Setting(Folder(out), f"sqlite:///{out / 'releases.db'}", source=source), watcher, 1)
    rows = pool.run(select([str(tmp_path / "many")]).services)
    assert pool.stopped
    assert [row.problem for row in rows] == [
        "stopped by a person at 'Part 4'",
        *["not started: the batch was stopped"] * 3,
    ]
    assert len(kept.runs()) == 1


def test_resuming_keeps_what_is_finished_and_does_what_is_missing(tmp_path: Path) -> None:
    write_services(tmp_path, 3)
    source = short(tmp_path)
    before = served(tmp_path, source=source)
    lost = tmp_path / "out" / before["service-001"].record
    lost.unlink()
    write_service(tmp_path / "many", "service-new")
    watcher = Silent()
    after = served(tmp_path, source=source, resume=True, watcher=watcher)
    assert {name: row.run for name, row in after.items() if name in before} == {n: row.run for n, row in before.items()}
    assert {line.partition(":")[0] for line in watcher.begun} == {"service-001", "service-new"}
    assert lost.is_file()
    assert after["service-000"].seconds is None


def test_a_kernel_that_does_not_start_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from releasekit.batch import work
    from releasekit.record.execute import KernelError

    write_services(tmp_path, 1)
    tried: list[int] = []
    real = work.record

    def flaky(*arguments: object, **given: object) -> object:
        tried.append(1)
        if len(tried) < 3:
            raise KernelError("the notebook's kernel did not start")
        return real(*arguments, **given)

    monkeypatch.setattr(work, "record", flaky)
    assert served(tmp_path, source=short(tmp_path))["service-000"].problem == ""
    assert len(tried) == 3
    tried.clear()
    monkeypatch.setattr(work, "STARTS", 2)
    assert served(tmp_path, source=short(tmp_path))["service-000"].problem == "the notebook's kernel did not start"


def test_workers_are_bounded_by_the_cores() -> None:
    assert 1 <= usual_workers() <= 4
