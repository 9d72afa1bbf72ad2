"""Programs of Python started warm: forked from a process that has imported what others have made.

A command of the console takes two seconds of a processor, and more than half of that to import
SQLAlchemy, Flask and Alembic. Here ``python`` and ``flask`` are small programs that pass their
arguments, directory, variables and files to a process that has imported all that before, and
nothing of the console: a fork of it goes on as the command, and imports the console from where it
was typed. Started cold are programs that are no file, commands in ``migrations/test_interfaces.py``
and ``guide/test_installation.py``, and those that a variable of Python itself matters to.
"""

import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
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
PROGRAM = """#!{python} -ISE
import os, sys
if sys.argv[1:2] in (["-c"], ["-"]):
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
import json, socket
sent = [os.path.basename(sys.argv[0]), sys.argv[1:], os.getcwd(), dict(os.environ)]
with socket.socket(socket.AF_UNIX) as connection:
    connection.connect({address!r})
    socket.send_fds(connection, [json.dumps(sent).encode()], [0, 1, 2])
    connection.shutdown(socket.SHUT_WR)
    code = connection.recv(8)
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
        address = str(self.folder / "socket")
        for name in ("python", "flask"):
            program = self.folder / name
            program.write_text(PROGRAM.format(python=sys.executable, address=address))
            program.chmod(0o755)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(address)
        listener.listen()
        # Its standard input ends when the tests do, however they end.
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(listener.fileno())],
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


def serve(listener: socket.socket) -> None:
    """Fork for each program that asks, and return in the fork, as that program."""
    for name in OTHERS:
        with suppress(ImportError):
            import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while select.select([listener, 0], [], [])[0] == [listener]:
        connection, _ = listener.accept()
        if os.fork():
            connection.close()
            continue
        listener.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _become(connection)
        return
    sys.exit()


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


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
    run()
