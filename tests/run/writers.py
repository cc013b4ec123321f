"""A program that writes to a store with several processes, some of which it kills: what they were told is printed.

Forked from one warm process, so that many writers start fast and a kill meets them at work. Usage:
python -m tests.run.writers MODE ADDRESS RUN SEED NUMBER, with MODE one of kill, race, many, ack, careless.
"""

import json
import os
import random
import select
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

from releasekit.errors import RefusedError, StoreError
from releasekit.run.events import Actor
from releasekit.run.store import Store, open_store

WRITERS = 4
STOP = "stop"  # said, as a pipe's end would only be seen when no other forked process holds it


def child(work: Callable[[int, int], None]) -> tuple[int, int, int]:
    """Fork a process that does ``work(read, write)``; its id and our ends of its pipes (to it, from it)."""
    down, up = os.pipe(), os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(down[1])
        os.close(up[0])
        try:
            work(down[0], up[1])
        except BaseException:
            traceback.print_exc()  # the parent prints what was told; this goes to the test's own output
            raise
        finally:
            os._exit(0)
    os.close(down[0])
    os.close(up[1])
    return pid, down[1], up[0]


def lines(fd: int) -> Iterator[str]:
    """The whole lines that a process wrote before it ended; a half one was no acknowledgement."""
    text = b""
    while chunk := os.read(fd, 65536):
        text += chunk
    os.close(fd)
    yield from text.decode().split("\n")[:-1]


def endless(address: str, run: str, name: str) -> Callable[[int, int], None]:
    """Append until killed, and say so after each."""

    def work(_read: int, write: int) -> None:
        store: Store | None = None
        number = 0
        while True:
            try:
                store = store or open_store(address, Path())
                event = store.append(run, "item.noted", {"text": name}, actor=Actor(name), item=f"{name}.{number % 7}")
            except StoreError:
                continue  # the server is being restarted: try again until killed
            number += 1
            os.write(write, f"{event.seq} {event.id}\n".encode())

    return work


def kill(address: str, run: str, chance: random.Random, kills: int) -> list[str]:
    """Kill writers at random moments until ``kills`` have died: all that they were told was saved."""
    told: list[str] = []
    done = 0
    while done < kills:
        writers = [child(endless(address, run, f"w{done + index}")) for index in range(min(WRITERS, kills - done))]
        wanted, seen = chance.randrange(0, 12), 0
        ends = [end for _, _, end in writers]
        kept = dict.fromkeys(ends, b"")
        while seen < wanted:
            for end in select.select(ends, [], [])[0]:
                chunk = os.read(end, 4096)
                if not chunk:
                    raise RuntimeError("a writer ended before it was killed")
                kept[end] += chunk
                seen += chunk.count(b"\n")
        select.select([], [], [], chance.random() * 0.004)  # somewhere between two acknowledgements
        for pid, down, _ in writers:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            os.close(down)
        for end in ends:
            rest = b"".join(iter(lambda end=end: os.read(end, 65536), b""))
            os.close(end)
            told += (kept[end] + rest).decode().split("\n")[:-1]
        done += len(writers)
    return told


def race(address: str, run: str, _chance: random.Random, rounds: int) -> list[str]:
    """Four processes tick one item at the version that all of them saw; who won, and what the others were told."""

    def work(name: str) -> Callable[[int, int], None]:
        def tick(read: int, write: int) -> None:
            store = open_store(address, Path())
            while (number := os.read(read, 16).decode()) != STOP:
                os.write(write, f"{number} {name} {_try(store, run, name, f'item.r{number}')}\n".encode())

        return tick

    racers = [child(work(f"w{index}")) for index in range(WRITERS)]
    said = []
    for number in range(rounds):
        for _, down, _ in racers:
            os.write(down, str(number).encode())
        said += [os.read(up, 4096).decode().strip() for _, _, up in racers]
    for pid, down, up in racers:
        os.write(down, STOP.encode())
        os.waitpid(pid, 0)
        os.close(down)
        os.close(up)
    return said


def _try(store: Store, run: str, name: str, item: str) -> str:
    try:
        store.append(run, "item.ticked", {}, actor=Actor(name), item=item, expect=0)
    except RefusedError as error:
        return f"lost {error.problems[0].what}"
    return "won"


def many(address: str, run: str, _chance: random.Random, items: int) -> list[str]:
    """Sixteen processes tick ``items`` different items each."""

    def work(name: str) -> Callable[[int, int], None]:
        def tick(_read: int, write: int) -> None:
            store = open_store(address, Path())
            for number in range(items):
                os.write(write, f"{_try(store, run, name, f'{name}.i{number}')}\n".encode())

        return tick

    writers = [child(work(f"w{index}")) for index in range(16)]
    said = [line for _, _, up in writers for line in lines(up)]
    for pid, down, _ in writers:
        os.close(down)
        os.waitpid(pid, 0)
    return said


def ack(address: str, run: str, _chance: random.Random, number: int) -> list[str]:
    """One process that says ``ack`` on standard error after each event, for strace to see."""
    store = open_store(address, Path())
    for _ in range(number):
        event = store.append(run, "item.noted", {"text": "x"}, actor=Actor("w"), item="a.b")
        os.write(2, f"ack {event.seq}\n".encode())
    return []


def careless(address: str, run: str, chance: random.Random, number: int) -> list[str]:
    """The same with a database that does not wait for the disk: what strace must find wrong."""
    from sqlalchemy import event

    store = open_store(address, Path())

    @event.listens_for(store._database.engine, "connect")
    def settings(connection: object, _record: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined] - sqlite3's connection

    for _ in range(number):
        store.append(run, "item.noted", {"text": "x"}, actor=Actor("w"), item="a.b")
        os.write(2, b"ack\n")
    return []


MODES = {"kill": kill, "race": race, "many": many, "ack": ack, "careless": careless}

if __name__ == "__main__":
    _, mode, where, of, seed, times = sys.argv
    open_store(where, Path()).close()  # imports what every writer needs, once, before they are forked
    print(json.dumps(MODES[mode](where, of, random.Random(int(seed)), int(times))))
