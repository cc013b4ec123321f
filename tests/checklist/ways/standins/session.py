"""One bash in which commands are typed, with the stand-ins before all else on its PATH. They ask this process.

Each stand-in is the same small script: it sends its name, its folder and its words, and prints what it is answered.
Nothing but this machine's own loopback is reached.
"""

import os
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.checklist.ways.standins.grammar import RefusedError
from tests.checklist.ways.standins.world import World

# fields end with a NUL; the answer is a line with the status, or "stdin" when the program reads its own
STANDIN = r"""#!/bin/bash
exec 3<>"/dev/tcp/127.0.0.1/$STANDINS"
printf '%s\0' "${0##*/}" "$PWD" "$#" "$@" >&3
IFS= read -r answer <&3
if [ "$answer" = stdin ]; then
  cat >&3
  printf '\0' >&3
  IFS= read -r answer <&3
fi
if [ "$answer" = stays ]; then
  exec 3>&-
  exec /bin/sleep 30
fi
cat <&3
exit "$answer"
"""
# these run what stands behind them
CARRIERS = {
    "sudo": 'exec "$@"',
    "npx": '[ "$1" = --yes ] && shift\nexec "$@"',
    "bundle": '[ "$1" = exec ] || exit 2\nshift\nexec "$@"',
    # the user dokku has no shell: what is typed are commands of Dokku (dokku.com/docs)
    "ssh": 'case $1 in dokku@*) shift; exec dokku "$@";; esac\nshift\nexec bash -c "$*"',
    "sleep": "exec /bin/sleep 0.1",  # what is waited for has at least begun
}
# each command is read whole, and typed into this one shell; nothing that it runs sees the others
DRIVER = r"""
while IFS= read -r -d '' command; do
  eval "$command" </dev/null >"$TYPED/out" 2>"$TYPED/err"
  echo $?
done
"""


class StaysOpenError(Exception):
    """The program goes on until it is ended: a forwarded port."""


@contextmanager
def listening(world: World, programs: dict[str, Any]) -> Iterator[int]:
    """The port on which stand-ins ask what they do in this world."""
    turn = threading.Lock()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            name, cwd, count = self._field(), self._field(), int(self._field() or 0)
            words = [self._field() for _ in range(count)]
            with turn:
                answer = self._answered(name, words, Path(cwd))
            with suppress(OSError):  # whoever asked has been ended
                self.wfile.write(answer.encode())

        def _field(self) -> str:
            text = bytearray()
            while (byte := self.rfile.read(1)) not in {b"", b"\0"}:
                text += byte
            return text.decode()

        def _stdin(self) -> str:
            self.wfile.write(b"stdin\n")
            return self._field()

        def _answered(self, name: str, words: list[str], cwd: Path) -> str:
            command = " ".join((name, *words))
            try:
                said = programs[name].run(world, words, cwd, self._stdin)
            except StaysOpenError:
                return "stays\n"
            except RefusedError as refused:
                world.refused.append(f"{command}: {refused}")
                return f"{refused.status}\n{refused}\n"
            except Exception as error:  # noqa: BLE001 - a stand-in's own fault has to be seen in the test
                world.refused.append(f"{command}: {type(error).__name__}: {error}")
                return f"99\n{type(error).__name__}: {error}\n"
            finally:
                world.look(command)
            return f"0\n{said}"

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def install(folder: Path, programs: dict[str, Any]) -> Path:
    """The folder with a stand-in for each program."""
    folder.mkdir(parents=True, exist_ok=True)
    script = folder / ".standin"
    script.write_text(STANDIN)
    script.chmod(0o755)
    for name in programs:
        (folder / name).symlink_to(script)
    for name, body in CARRIERS.items():
        (folder / name).write_text(f"#!/bin/bash\n{body}\n")
        (folder / name).chmod(0o755)
    return folder


class Session:
    """A bash that stays open: `typed` gives the status of one command, and what it printed."""

    def __init__(self, folder: Path, cwd: Path, port: int, programs: Path) -> None:
        self.folder = folder
        environ = {
            **{name: value for name, value in os.environ.items() if name.startswith(("GIT_", "HOME", "LANG"))},
            "PATH": f"{programs}:/usr/local/bin:/usr/bin:/bin",
            "STANDINS": str(port),
            "TYPED": str(folder),
            "DATABASE_URL": "postgresql://operator@db.example.com/production",
            "GIT_TERMINAL_PROMPT": "0",
        }
        command = ["bash", "--norc", "--noprofile", "-c", DRIVER]
        self._shell = subprocess.Popen(
            command, cwd=cwd, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def typed(self, command: str) -> tuple[int, str]:
        """Type one command, wait for its end."""
        assert self._shell.stdin
        assert self._shell.stdout
        self._shell.stdin.write(command.encode() + b"\0")
        self._shell.stdin.flush()
        status = int(self._shell.stdout.readline() or b"255")
        said = (self.folder / "out").read_text(errors="replace") + (self.folder / "err").read_text(errors="replace")
        return status, said

    def close(self) -> None:
        """End the shell."""
        assert self._shell.stdin
        assert self._shell.stdout
        self._shell.stdin.close()
        self._shell.wait(10)
        self._shell.stdout.close()
