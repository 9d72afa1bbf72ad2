"""The installation that docs/install.md describes: its database, environment, service and proxy."""

import re
import secrets
import shlex
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL

from tests.guide.checkout import Checkout, blocks
from tests.guide.serving import Client, free_port
from tests.support.equipment import program
from tests.support.servers import Server, administrate, driver_url

NAME = "rag_fortress"
INSTALL = "docs/install.md"
# The operating system's own, with names that are the reader's.
SYSTEM = ("useradd ", "git clone ", "python3 -m venv", "cd ", "systemctl ", "journalctl ")
PATIENCE = 60
DROP = {
    "postgresql": ("DROP DATABASE {0} WITH (FORCE)", "DROP ROLE {0}"),
    "mysql": ("DROP DATABASE {0}", "DROP USER {0}@'%'"),
}
CERTIFICATE = (
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    " -subj /CN=localhost -keyout console.key -out console.pem"
)
NGINX = """
daemon off;
pid {0}/nginx.pid;
error_log {0}/error.log;
events {{}}
http {{
    include /etc/nginx/mime.types;
    access_log {0}/access.log;
    client_body_temp_path {0}/body;
    proxy_temp_path {0}/proxy;
    fastcgi_temp_path {0}/fastcgi;
    uwsgi_temp_path {0}/uwsgi;
    scgi_temp_path {0}/scgi;
{1}
}}
"""


class Installation:
    """The console as the document installs it, in the folder of a copy instead of /opt/console.

    Attributes:
        folder: Where it is.
    """

    def __init__(self, checkout: Checkout) -> None:
        """Write the file of variables, with values for those that the reader has to fill in."""
        self.folder = checkout.folder
        self._port, self._tls_port = free_port(), free_port()
        self._programs = checkout.environ["PATH"]
        self._processes: list[subprocess.Popen[bytes]] = []
        self._file = self.folder / "console.env"
        values = {name: text for name, text in checkout.environ.items() if name[:2] == "DB"}
        values |= {
            "DATABASE_PROVIDER": checkout.environ["DATABASE_PROVIDER"],
            "SECRET_KEY": secrets.token_urlsafe(48),
            "CONSOLE_BASE_URL": f"https://localhost:{self._tls_port}",
        }
        self._file.write_text(_environment(values))
        (self.folder / ".venv").symlink_to(Path(sys.executable).parents[1])

    def type(self, block: str) -> str:
        """Type a block, but for what is the operating system's, and return what it printed."""
        typed = [line for line in lines(block) if not line.startswith((*SYSTEM, ".venv/bin/pip"))]
        done = subprocess.run(
            ["/bin/sh", "-c", "\n".join(typed).replace("/etc/console.env", str(self._file))],
            cwd=self.folder,
            env={"PATH": self._programs, "HOME": str(self.folder)},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        return done.stdout + done.stderr

    def serve(self) -> None:
        """Start the command of the unit with the variables of the file, and the proxy."""
        [unit] = blocks(INSTALL, "ini")
        command = " ".join(_value_of("ExecStart", unit).split(" \\\n"))
        command = command.replace("/opt/console", str(self.folder))
        self._start(command.replace("--port 8000", f"--port {self._port}"), _variables(self._file))
        subprocess.run(shlex.split(CERTIFICATE), cwd=self.folder, check=True, capture_output=True)
        configuration = self.folder / "nginx.conf"
        configuration.write_text(NGINX.format(self.folder, self._proxy()))
        self._start(f"{program('nginx')} -p {self.folder} -c {configuration}", {})
        self._wait()

    def client(self) -> Client:
        """Return a client that reaches the console through the proxy."""
        return Client(
            f"https://localhost:{self._tls_port}",
            ssl.create_default_context(cafile=str(self.folder / "console.pem")),
        )

    def access_log(self) -> str:
        """Return what the proxy wrote down of the requests."""
        return (self.folder / "access.log").read_text()

    def stop(self) -> None:
        """End the service and the proxy."""
        for process in self._processes:
            process.terminate()
            process.wait(timeout=PATIENCE)

    def _start(self, command: str, environ: Mapping[str, str]) -> None:
        with (self.folder / f"{len(self._processes)}.log").open("wb") as log:
            self._processes.append(
                subprocess.Popen(
                    shlex.split(command),
                    cwd=self.folder,
                    env={"PATH": self._programs, **environ},
                    stdout=log,
                    stderr=subprocess.STDOUT,
                )
            )

    def _proxy(self) -> str:
        [block] = blocks(INSTALL, "nginx")
        block = block.replace("/etc/ssl/", f"{self.folder}/").replace(":8000", f":{self._port}")
        return block.replace("listen 443 ssl", f"listen 127.0.0.1:{self._tls_port} ssl")

    def _wait(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self._is_ready():
            logs = [path.read_text() for path in self.folder.glob("*.log")]
            assert time.monotonic() < deadline, "\n".join(logs)
            time.sleep(0.1)

    def _is_ready(self) -> bool:
        try:
            return self.client().open("/readyz").status_code == 200
        except OSError:
            return False


@contextmanager
def owned_database(server: Server) -> Iterator[URL]:
    """Make the database and its user as the document says; drop both afterwards."""
    postgresql, mariadb, *_ = blocks(INSTALL, "sql")
    block = {"postgresql": postgresql, "mysql": mariadb}[server.name]
    name, password = f"{NAME}_test_{secrets.token_hex(4)}", secrets.token_urlsafe()
    block = block.replace("'...'", f"'{password}'").replace(NAME, name)
    administrate(server, *filter(None, map(str.strip, block.split(";"))))
    url = driver_url(server.url).set(drivername=server.name, username=name, password=password)
    try:
        yield url.set(database=name)
    finally:
        administrate(server, *(statement.format(name) for statement in DROP[server.name]))


def lines(block: str) -> Iterator[str]:
    """Yield the commands of a block, without remarks."""
    for line in block.splitlines():
        command = re.split(r"(?:^|\s+)# ", line)[0].strip()
        if command:
            yield command


def _environment(values: Mapping[str, str]) -> str:
    [block] = [block for block in blocks(INSTALL, "sh") if block.startswith("DATABASE_PROVIDER=")]
    # The servers of the tests have no TLS.
    shown = [line for line in block.splitlines() if not line.startswith(("DB_SSL", *values))]
    return "\n".join([*shown, *(f"{name}={value}" for name, value in values.items()), ""])


def _variables(file: Path) -> dict[str, str]:
    """Return what systemd reads from a file of variables: lines, and no shell."""
    found = [line for line in file.read_text().splitlines() if line and line[0] not in "#;"]
    return {name: value for name, _, value in (line.partition("=") for line in found)}


def _value_of(name: str, unit: str) -> str:
    found = re.search(rf"^{name}=((?:.*\\\n)*.*)$", unit, re.MULTILINE)
    assert found, name
    return found[1]
