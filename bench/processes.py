"""A server that is measured: started, its memory, and the processor time that it has used."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from bench import postgres
from bench.client import OK, Client
from bench.places import HOME, surroundings

STARTING = 60.0
STOPPING = 30.0
NANOSECONDS = 1e9
TICKS = os.sysconf("SC_CLK_TCK")
KIB_PER_MIB = 1024
BACKGROUND = ("checkpointer", "background writer", "walwriter", "autovacuum", "logical replication")


class DidNotStart(Exception):
    """The server gave no answer, or another one has its port; says which."""


@dataclass(frozen=True)
class Cpu:
    """Seconds of processor time used so far by the server's workers, and by PostgreSQL."""

    web: float
    postgres: float

    def __sub__(self, earlier: "Cpu") -> "Cpu":
        return Cpu(self.web - earlier.web, self.postgres - earlier.postgres)

    def __add__(self, other: "Cpu") -> "Cpu":
        return Cpu(self.web + other.web, self.postgres + other.postgres)


@dataclass(frozen=True)
class Server:
    """A running server: the id of the process that its workers are children of."""

    pid: int
    cold_seconds: float

    def workers(self) -> list[int]:
        """Return the ids of the worker processes."""
        return [pid for pid in _children(self.pid) if "resource_tracker" not in _command(pid)]

    def memory(self) -> dict[str, float]:
        """Return the mean memory of a worker in MiB: resident, and its share of what is shared."""
        found = [figures for pid in self.workers() if (figures := _memory(pid))]
        return {
            "workers": len(found),
            "rss_mib": round(mean(figures["Rss"] for figures in found), 1),
            "pss_mib": round(mean(figures["Pss"] for figures in found), 1),
        }

    def resident(self) -> dict[int, float]:
        """Return the resident memory of each worker, in MiB."""
        found = {pid: _memory(pid) for pid in self.workers()}
        return {pid: figures["Rss"] for pid, figures in found.items() if figures}

    def cpu(self) -> Cpu:
        """Return what has been used so far; steady also where the machine is shared."""
        server, database = self.pid, postgres.postmaster()
        answering = [pid for pid in _children(database) if not _is_background(pid)]
        return Cpu(
            _gone_below(server) + sum(map(_used, _children(server))),
            _gone_below(database) + sum(map(_used, answering)),
        )


@contextmanager
def serving(
    name: str, command: list[str], folder: Path, variables: dict[str, str], first: tuple[int, str]
) -> Iterator[Server]:
    """Start a server, wait for its first answer, and stop it in the end.

    Args:
        name: What its log is named after.
        command: The command.
        folder: The folder it runs in.
        variables: What is added to the environment.
        first: The port and the path of the page that is asked for until it comes.
    """
    _refuse_taken(first[0])
    log = HOME / f"{name}.log"
    with log.open("ab") as file:
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=surroundings(variables),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            # Not in the group of a terminal, whose Ctrl-C would reach the workers as well.
            process_group=0,
        )
    try:
        _wait(process, first, started, log)
        yield Server(process.pid, time.perf_counter() - started)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(STOPPING)


def _wait(
    process: "subprocess.Popen[bytes]", first: tuple[int, str], started: float, log: Path
) -> None:
    port, path = first
    while time.perf_counter() - started < STARTING and process.poll() is None:
        try:
            Client(port).get(path).demand(OK)
        except OSError:
            time.sleep(0.01)
        else:
            return
    raise DidNotStart(f"No answer on port {port}: see {log}")


def _refuse_taken(port: int) -> None:
    """Refuse a port that somebody answers on, who would be measured instead."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise DidNotStart(f"Something else listens on port {port}.")


def _memory(pid: int) -> dict[str, float]:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return {}
    figures = (line.partition(":") for line in lines)
    return {name: int(rest.split()[0]) / KIB_PER_MIB for name, _, rest in figures}


def _gone_below(pid: int) -> float:
    """Return the processor time of children that have ended: parallel workers, for example."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / TICKS


def _used(pid: int) -> float:
    """Return the processor time of all threads of a process, to the nanosecond."""
    spent = 0
    for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            spent += int(thread.read_text(encoding="ascii").split()[0])
        except OSError:
            continue
    return spent / NANOSECONDS


def _children(pid: int) -> list[int]:
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in path.read_text(encoding="ascii").split()]


def _is_background(pid: int) -> bool:
    """Tell whether a process of PostgreSQL works for nobody in particular."""
    return any(name in _command(pid) for name in BACKGROUND)


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
