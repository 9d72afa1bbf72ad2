"""Programs of Python started warm: forked from a process that has imported what others have made.

A command of the console takes more than a second of a processor, nearly all of it to import the
console and what it is made of. Here ``python`` and ``flask`` are small programs that pass their
arguments, directory, variables and files to a process that has imported what others have made, and
nothing of the console: a fork of it goes on as the command, and imports the console from where it
was typed. It leaves a resident there: a fork that has imported that console too, and does what is
typed there next, until the code changes or nobody has typed anything for a while.

Started cold are programs that are no file, commands in ``migrations/test_interfaces.py`` and
``guide/test_installation.py``, and those that a variable of Python itself matters to.
"""

import gc
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

# What a command of the console imports of others; what is missing here only takes longer.
OTHERS = (
    *("alembic.command", "alembic.autogenerate", "argon2", "cryptography.fernet", "dotenv"),
    *("flask.cli", "flask_login", "flask_migrate", "flask_sqlalchemy", "flask_wtf"),
    *("cryptography.hazmat.primitives.ciphers.aead", "logging.config", "psycopg", "pymysql"),
    *("sqlalchemy.orm", "sqlalchemy.dialects.mysql", "sqlalchemy.dialects.postgresql"),
    *("sqlalchemy.dialects.mysql.pymysql", "sqlalchemy.dialects.postgresql.psycopg"),
    *("sqlalchemy.dialects.sqlite", "sqlite3", "wtforms", "zoneinfo"),
)
STALE = b"stale"
IDLE = 20.0  # seconds
PROGRAM = """#!{python} -ISE
import os, sys
if sys.argv[1:2] in (["-c"], ["-"]):
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
import json, socket
sent = [os.path.basename(sys.argv[0]), sys.argv[1:], os.getcwd(), dict(os.environ)]
def ask(address):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(address)
        socket.send_fds(connection, [json.dumps(sent).encode()], [0, 1, 2])
        connection.shutdown(socket.SHUT_WR)
        return connection.recv(8)
here = os.stat(".")
try:
    code = ask(f"{folder}/{{here.st_dev}}-{{here.st_ino}}")
except OSError:
    code = {stale!r}
if code == {stale!r}:
    code = ask("{folder}/warm")
os._exit(int(code or 70))
"""


class WarmPython:
    """The process, and the folder with the programs that lead to it.

    Attributes:
        folder: What comes first on the PATH of whoever types ``python`` or ``flask``.
    """

    def __init__(self) -> None:
        """Start the process and write the programs."""
        self.folder = Path(tempfile.mkdtemp(prefix="console-warm-python-"))
        for name in ("python", "flask"):
            program = self.folder / name
            places = {"python": sys.executable, "folder": self.folder}
            program.write_text(PROGRAM.format(**places, stale=STALE))
            program.chmod(0o755)
        listener = _listening(self.folder / "warm")
        # Its standard input ends when the tests do, however they end.
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(self.folder), str(listener.fileno())],
            env={"PATH": os.environ["PATH"]},
            stdin=subprocess.PIPE,
            pass_fds=[listener.fileno()],
        )
        listener.close()

    def stop(self) -> None:
        """End the process and remove the programs."""
        self._process.communicate()
        for path in self.folder.iterdir():
            path.unlink()
        self.folder.rmdir()


@dataclass
class Host:
    """A process that forks for each program that asks.

    Attributes:
        alive: A file that ends when the tests do.
        idle: The seconds after which it ends if nobody asks; None for never.
        is_stale: Tells whether it has imported what has changed since.
    """

    listener: socket.socket
    alive: int
    idle: float | None = None
    is_stale: Callable[[], bool] = lambda: False

    def serve(self) -> None:
        """Serve, and return in each fork, as the program that has asked."""
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        # Else each fork would copy all that it has imported when it ends, to see what is garbage.
        gc.freeze()
        places = [self.listener, self.alive]
        while select.select(places, [], [], self.idle)[0] == [self.listener]:
            connection, _ = self.listener.accept()
            if self.is_stale():
                connection.sendall(STALE)
                break
            if not os.fork():
                self.listener.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                _become(connection)
                return
            connection.close()
        os._exit(0)

    def settle(self, folder: Path) -> None:
        """Leave a resident for what is typed next where this program was typed."""
        if not _has_imported():
            return
        here = Path().stat()
        begun = folder / f"resident-{os.getpid()}"
        listener, state = _listening(begun), _state()
        begun.rename(folder / f"{here.st_dev}-{here.st_ino}")
        if os.fork():
            listener.close()
            return
        for number in range(3):
            os.dup2(os.open(os.devnull, os.O_RDWR), number)
        Host(listener, self.alive, IDLE, lambda: _state() != state).serve()


def _has_imported() -> bool:
    """Import the console where this program was typed, if there is one that can be imported."""
    if "app" in sys.modules or not Path("app", "__init__.py").exists():
        return False
    sys.path.insert(0, str(Path.cwd()))
    try:
        import_module("app")
    except (ImportError, SyntaxError):  # as the program will find
        return False
    finally:
        sys.path.pop(0)
    return True


def _state() -> list[int]:
    """Return what changes with the code of the console where this program was typed."""
    return [path.stat().st_mtime_ns for path in sorted(Path("app").rglob("*.py"))]


def _listening(address: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(address))
    listener.listen()
    return listener


def _become(connection: socket.socket) -> None:
    data, files = b"", []
    while True:
        part, passed, *_ = socket.recv_fds(connection, 1 << 20, 3)
        data, files = data + part, files + passed
        if not part:
            break
    program = os.fork()
    if program:
        _, status = os.waitpid(program, 0)
        connection.sendall(str(os.waitstatus_to_exitcode(status) % 256).encode())
        os._exit(0)
    connection.close()
    for target, source in enumerate(files):
        os.dup2(source, target)
        os.close(source)
    name, words, folder, variables = json.loads(data)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(variables)
    sys.argv = [name, *words]


def run() -> None:
    """Do what ``python`` or ``flask`` does with the arguments that are in ``sys.argv``."""
    name, *words = sys.argv
    sys.path[0] = ""
    if name == "flask":
        sys.path.pop(0)
        import_module("flask.cli").main()
    elif words[0] == "-m":
        sys.argv = words[1:]
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = words
        sys.path[0] = str(Path(words[0]).resolve().parent)
        runpy.run_path(words[0], run_name="__main__")


def main(folder: Path, listener: socket.socket) -> None:
    """Serve until the tests end; in forks, run what was typed."""
    for name in OTHERS:
        with suppress(ImportError):
            import_module(name)
    host = Host(listener, os.dup(0))
    host.serve()
    host.settle(folder)
    run()


if __name__ == "__main__":
    main(Path(sys.argv[1]), socket.socket(fileno=int(sys.argv[2])))
