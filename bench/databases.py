"""The databases of each console, filled with the same people, roles and settings."""

import hashlib
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

from bench import postgres
from bench.places import HERE, OPERATOR, PASSWORD, ROOT, SIZES, interpreter, surroundings

SQL = HERE / "sql"
APPS = HERE / "apps"
EMAIL = f"{OPERATOR}@example.org"
# Somebody else who signs in, while the operator looks at pages.
SECOND = "bench.second"
TRIGRAMS = """
CREATE EXTENSION pg_trgm;
CREATE INDEX ix_users_trgm ON users USING gin (username gin_trgm_ops, email gin_trgm_ops);
"""


def ensure(families: Iterable[str], sizes: Iterable[str]) -> None:
    """Make and fill those databases that are not there, or that other revisions made.

    One that was being filled when the work was cut short is not taken for a full one.
    """
    for size in sizes:
        for family in sorted(set(families), key=list(FILLED).index):
            database, origin = f"{family}_{size}", _origin(family)
            if not postgres.has(database) or postgres.comment(database) != origin:
                _fill(database, family, size)
                postgres.set_comment(database, origin)


def _fill(database: str, family: str, size: str) -> None:
    print(f"Filling {database} ...", flush=True)
    unfinished = f"unfinished_{database}"
    postgres.drop(unfinished)
    FILLED[family](unfinished, size)
    postgres.query("VACUUM ANALYZE", unfinished)
    postgres.drop(database)
    postgres.query(f'ALTER DATABASE "{unfinished}" RENAME TO "{database}"')


def _origin(family: str) -> str:
    """Return a digest of the console's revisions and of what fills them; "" for other consoles."""
    if family not in OF_CONSOLE:
        return ""
    files = [*sorted((ROOT / "migrations").rglob("*.py")), *sorted(SQL.glob("*.sql"))]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _console(database: str, size: str) -> None:
    """The console's own revisions make the tables, and its own command the operator."""
    postgres.create(database)
    _flask(database, "db", "upgrade")
    postgres.run_file(SQL / "rag.sql", database, n=str(SIZES[size]))
    _flask(database, "users", "copy-names")
    for name in (OPERATOR, SECOND):
        who = (name, f"{name}@example.org", "--role", "admin", "--password-stdin")
        _flask(database, "users", "create", *who, stdin=f"{PASSWORD}\n")


def _console_anywhere(database: str, size: str) -> None:
    """The same, with the console's own index for what stands anywhere in a name."""
    ensure(["rag"], [size])
    postgres.create(database, template=f"rag_{size}")
    _flask(database, "users", "search-index", "build")


def _organised(database: str, size: str) -> None:
    """The same, with fifty roles and two hundred permissions."""
    ensure(["rag"], [size])
    postgres.create(database, template=f"rag_{size}")
    postgres.run_file(SQL / "matrix.sql", database)


def _plain(database: str, size: str) -> None:
    """The backend's tables as they are, for consoles that work on any table."""
    postgres.create(database)
    postgres.run_file(SQL / "con.sql", database, n=str(SIZES[size]))
    making = "from werkzeug.security import generate_password_hash as g; print(g(input()))"
    password_hash = _python("fadmin", ROOT, {}, "-c", making, stdin=PASSWORD).strip()
    postgres.run_file(SQL / "con_operator.sql", database, hash=password_hash)


def _indexed(database: str, size: str) -> None:
    """The same, with the index that a console which was tuned would have."""
    ensure(["con"], [size])
    postgres.create(database, template=f"con_{size}")
    postgres.query(TRIGRAMS, database)


def _appbuilder(database: str, size: str) -> None:
    postgres.create(database)
    variables = {"BENCH_DSN": postgres.dsn(database), "BENCH_INIT": "1"}
    _python("fab", APPS, variables, "-c", "import fab_app")
    postgres.run_file(SQL / "fab.sql", database, n=str(SIZES[size]))


def _django(database: str, size: str) -> None:
    postgres.create(database)
    dsn = {"BENCH_DSN": postgres.dsn(database)}
    _python("dj", APPS, dsn, "dj_app.py", "migrate", "-v0")
    who = ("createsuperuser", "--noinput", "--username", OPERATOR, "--email", EMAIL, "-v0")
    _python("dj", APPS, dsn | {"DJANGO_SUPERUSER_PASSWORD": PASSWORD}, "dj_app.py", *who)
    postgres.run_file(SQL / "dj.sql", database, n=str(SIZES[size]))
    _python("dj", APPS, dsn, "-c", "import dj_app; dj_app.store_settings()")


OF_CONSOLE = {"rag", "raga", "ragm"}
FILLED: dict[str, Callable[[str, str], None]] = {
    "rag": _console,
    "raga": _console_anywhere,
    "ragm": _organised,
    "con": _plain,
    "cix": _indexed,
    "fab": _appbuilder,
    "dj": _django,
}


def _flask(database: str, *arguments: str, stdin: str = "") -> None:
    variables = {"DATABASE_URL": postgres.dsn(database)}
    _python("console", ROOT, variables, "-m", "flask", *arguments, stdin=stdin)


def _python(
    venv: str, folder: Path, variables: dict[str, str], *arguments: str, stdin: str = ""
) -> str:
    """Run Python in one of the environments, and return what it writes."""
    done = subprocess.run(
        [str(interpreter(venv)), *arguments],
        cwd=folder,
        env=surroundings(variables),
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{venv} {' '.join(arguments)}: {done.stdout} {done.stderr}")
    return done.stdout
