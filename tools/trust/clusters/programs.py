"""Programs of a cluster: servers that can be killed, stopped and started again."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.support import servers

NICE = "5"
START_SECONDS, END_SECONDS = 60, 30


class Program:
    """A program that ends with the trial, however that ends."""

    def __init__(
        self,
        command: list[object],
        home: Path,
        *,
        owner: str | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        """Prepare it.

        Args:
            command: The program and its arguments.
            home: Where it runs, and where its log is.
            owner: The user that runs it, where root runs the trial.
            environ: Its variables; those of this process by default.
        """
        user = ["--reuid", owner, "--regid", owner, "--clear-groups"] if owner else []
        # Whatever ends this process ends its servers as well.
        held = ["setpriv", *user, "--pdeathsig", "TERM", "nice", "-n", NICE]
        self._command = [*held, *(str(word) for word in command)]
        self._home = home
        self._environ = environ
        self._process: subprocess.Popen[bytes] | None = None
        self.log = home / f"{id(self)}.log"

    @property
    def pid(self) -> int:
        """The process of the program itself, as all before it have become it; 0 before it ran."""
        return self._process.pid if self._process else 0

    @property
    def is_running(self) -> bool:
        """Whether it has been started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._home,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it by a signal, and wait until it has ended; if it is killed, with its workers."""
        if self._process is None or not self.is_running:
            return
        if how == signal.SIGKILL:
            os.killpg(self.pid, how)
        else:
            self._process.send_signal(how)
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(END_SECONDS)

    def last_lines(self) -> str:
        """Return the end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])


@contextmanager
def home(owner: str | None = None) -> Iterator[Path]:
    """A folder for programs, in memory where there is room, removed afterwards."""
    folder = servers.home_for(owner)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(command: list[object], folder: Path, owner: str | None, **environ: str) -> str:
    """Run a command to its end; return what it printed.

    Raises:
        RuntimeError: It failed.
    """
    user = ["setpriv", "--reuid", owner, "--regid", owner, "--clear-groups"] if owner else []
    words = [*user, *(str(word) for word in command)]
    done = subprocess.run(
        words, cwd=folder, env=os.environ | environ, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr or done.stdout}")
    return done.stdout


def wait_until(is_true: Callable[[], bool], what: str, seconds: float = START_SECONDS) -> float:
    """Wait until something is true; return how long it took.

    Raises:
        TimeoutError: It is not, after so many seconds.
    """
    start = time.monotonic()
    while not is_true():
        if time.monotonic() - start > seconds:
            raise TimeoutError(f"{what}: not within {seconds} seconds")
        time.sleep(0.02)
    return time.monotonic() - start


def make_folder(path: Path, owner: str | None) -> None:
    """Make a folder for a program."""
    path.mkdir()
    if owner:
        shutil.chown(path, owner)


def write(path: Path, content: str, owner: str | None) -> Path:
    """Write a file for a program; return its path."""
    path.write_text(content)
    path.chmod(0o600)
    if owner:
        shutil.chown(path, owner)
    return path
