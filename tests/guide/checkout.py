"""A copy of the checkout, in which commands are typed as the guide and the documents write them."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from sqlalchemy import URL, make_url

from tests.migrations.operating import Operator

ROOT = Path(__file__).resolve().parents[2]
PARTS = (
    *("app", "migrations", "static", "templates", "tools", ".flaskenv", "Makefile", "migrate.py"),
    *("requirements.txt", "wsgi.py"),
)
SQLITE_FILE = "rag_fortress.db"


@dataclass
class Checkout:
    """A copy of the checkout with a database of its own, and the variables that name it.

    Attributes:
        folder: Where the copy is.
        url: The database, for what the tests do themselves.
        programs: Where ``python`` and ``flask`` are, which start warm.
        environ: The variables that the guide names, and where programs are.
    """

    folder: Path
    url: URL
    programs: Path
    environ: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        """Copy what the console runs with, compiled files too, and set the variables."""
        for part in PARTS:
            source, target = ROOT / part, self.folder / part
            copy = shutil.copytree if source.is_dir() else shutil.copy2
            copy(source, target)
        places = (str(self.programs), str(Path(sys.executable).parent), os.environ["PATH"])
        self.environ = {
            "PATH": os.pathsep.join(places),
            "HOME": str(self.folder),
            **variables(self.url),
        }

    @cached_property
    def operator(self) -> Operator:
        """Somebody who knows the database without these variables, in this process."""
        return Operator({"DATABASE_URL": self.url.render_as_string(hide_password=False)})

    def type(self, line: str, **options: object) -> subprocess.CompletedProcess[str]:
        """Type a line in a shell and return what came of it."""
        return subprocess.run(
            ["/bin/sh", "-c", line],
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            **options,
        )

    def run(self, line: str, **options: object) -> str:
        """Type a line in a shell, which has to succeed, and return what it printed."""
        done = self.type(line, **options)
        assert done.returncode == 0, f"{line}: {done.stdout}{done.stderr}"
        return done.stdout

    def python(self, program: str) -> str:
        """Run a program as a process of its own and return what it printed."""
        return self.run("python -", input=program)

    def in_process(self, *words: str) -> str:
        """Run ``flask db ...`` on the revisions of the copy, without starting Python again."""
        return self.operator.succeed("-d", str(self.folder / "migrations"), *words)

    def write_revision(self, identifier: str, code: str) -> None:
        """Create a revision, in this process, and fill it in."""
        self.in_process("revision", "-m", identifier)
        self.fill_in(identifier, code)

    def fill_in(self, identifier: str, code: str) -> None:
        """Put code where a new revision has empty functions."""
        path = self.folder / "migrations" / "versions" / f"{identifier}.py"
        head, upgrade, _ = path.read_text().partition("def upgrade")
        assert upgrade, "The revision has no upgrade to fill in."
        path.write_text(head + code)


def variables(url: URL) -> dict[str, str]:
    """Return the variables of the guide for a database, and DB_PORT where it is not the usual."""
    provider = url.drivername.partition("+")[0]
    if provider == "sqlite":
        return {"DATABASE_PROVIDER": provider}
    named = {
        "DATABASE_PROVIDER": provider,
        "DB_HOST": url.host or "localhost",
        "DB_PORT": str(url.port or ""),
        "DB_USER": url.username or "",
        "DB_PASSWORD": url.password or "",
        "DB_NAME": url.database or "",
    }
    return {name: value for name, value in named.items() if value}


def located(folder: Path) -> URL:
    """Return the database of a copy: the file that is the default."""
    return make_url(f"sqlite:///{folder / SQLITE_FILE}")


def blocks(document: str, language: str) -> list[str]:
    """Return the blocks of code of a document of the project, without their indentation."""
    text = (ROOT / document).read_text(encoding="utf-8")
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE)
    return [re.sub(rf"^{blanks}", "", code, flags=re.MULTILINE) for blanks, code in found]
