"""Ends an execution from another thread, and remembers why. Knows no notebook."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Halt:
    """Asked to stop, it kills the kernel that runs, or the next one to start; the first reason is the one that counts.

    ``by_person`` says that a person asked.
    """

    def __init__(self) -> None:
        self.why = ""
        self.by_person = False
        self._kill: Callable[[], None] | None = None
        self._lock = threading.Lock()

    def stop(self, why: str, *, by_person: bool = False) -> None:
        """End what runs; ``why`` is the beginning of a sentence, to which the place is added."""
        with self._lock:
            if not self.why:
                self.why, self.by_person = why, by_person
            if self._kill is not None:
                self._kill()

    @contextmanager
    def over(self, kill: Callable[[], None]) -> Iterator[None]:
        """While this is entered, ``kill`` ends what runs."""
        with self._lock:
            self._kill = kill
            if self.why:
                kill()
        try:
            yield
        finally:
            with self._lock:
                self._kill = None

    @contextmanager
    def after(self, seconds: float | None) -> Iterator[None]:
        """Stop what runs here when it takes longer than this."""
        if seconds is None:
            yield
            return
        timer = threading.Timer(seconds, self.stop, (f"its time of {seconds:g} s was over",))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
