import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from app import config
from app.config import Configuration, ConfigurationError

ESCAPE = (
    "DATABASE_URL: percent-encode special characters in the user name and password "
    "(@ is %40, / is %2F), or use DATABASE_PROVIDER, DB_HOST, DB_USER and DB_PASSWORD."
)
SHAPE = "DATABASE_URL is not a database URL such as postgresql://user:password@host:5432/name."
SLASHES = "DATABASE_URL: a SQLite file is written sqlite:///file.db, or sqlite:////folder/file.db."
PROVIDER = "DATABASE_PROVIDER must be sqlite, postgresql or mysql."
SCHEME = "DATABASE_URL must begin with sqlite, postgresql or mysql."
HOST = "must name a host, such as db.example or ::1."
PORT = "must be a whole number from 1 to 65535."
PORTS = "DATABASE_URL must name one port for all hosts, or one for each."
NO_NAME = "DATABASE_URL names no database: it ends like /rag_fortress."
MYSQL_PARAMETERS = (
    "DATABASE_URL: parameters after the question mark may be sslmode, sslrootcert, sslcert, "
    "sslkey, charset, unix_socket."
)


def postgresql(**variables: str) -> Configuration:
    return config.read({"DATABASE_PROVIDER": "postgresql", **variables})


def by_url(url: str, **variables: str) -> Configuration:
    return config.read({"DATABASE_URL": url, **variables})


def refusal(environ: dict[str, str]) -> str:
    with pytest.raises(ConfigurationError) as refused:
        config.read(environ)
    return str(refused.value)


def test_without_variables_it_is_a_file_in_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    configuration = config.read({})

    path = tmp_path / "rag_fortress.db"
    assert configuration.database_url == URL.create("sqlite", database=str(path))
    assert configuration.where == f"SQLite file {path}"


@pytest.mark.parametrize(
    ("provider", "expected"),
    [
        ("postgresql", "postgresql+psycopg://rag_fortress@localhost:5432/rag_fortress"),
        ("Postgres", "postgresql+psycopg://rag_fortress@localhost:5432/rag_fortress"),
        ("mysql", "mysql+pymysql://rag_fortress@localhost:3306/rag_fortress"),
        ("MariaDB", "mysql+pymysql://rag_fortress@localhost:3306/rag_fortress"),
    ],
)
def test_a_server_needs_only_the_provider(provider, expected):
    assert str(config.read({"DATABASE_PROVIDER": provider}).database_url) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("postgres://u:p@h/d", "postgresql+psycopg://u:p@h:5432/d"),
        ("postgresql://u:p@h:5433/d", "postgresql+psycopg://u:p@h:5433/d"),
        ("postgresql+asyncpg://u:p@h/d", "postgresql+psycopg://u:p@h:5432/d"),
        ("postgresql+psycopg2://u:p@h/d", "postgresql+psycopg://u:p@h:5432/d"),
        ("POSTGRESQL://u:p@h/d", "postgresql+psycopg://u:p@h:5432/d"),
        ("postgresql://u@[::1]:5433/d", "postgresql+psycopg://u@[::1]:5433/d"),
        ("mysql://u:p@h/d", "mysql+pymysql://u:p@h:3306/d"),
        ("mariadb://u:p@h/d", "mysql+pymysql://u:p@h:3306/d"),
        ("mysql+aiomysql://u:p@h/d", "mysql+pymysql://u:p@h:3306/d"),
        ("mysql+asyncmy://u:p@h/d", "mysql+pymysql://u:p@h:3306/d"),
        ("mysql+mysqldb://u:p@h/d?charset=utf8", "mysql+pymysql://u:p@h:3306/d"),
        ("mysql://u@/d", "mysql+pymysql://u@localhost:3306/d"),
        ("sqlite:////folder/a@b.db", "sqlite:////folder/a%40b.db"),
        ("sqlite+aiosqlite:////folder/x.db", "sqlite:////folder/x.db"),
        ("sqlite://", "sqlite:///%3Amemory%3A"),
    ],
)
def test_urls_for_other_drivers_are_understood(given, expected, tmp_path):
    given, expected = (url.replace("/folder", str(tmp_path)) for url in (given, expected))

    url = by_url(given).database_url

    assert url.render_as_string(hide_password=False) == expected


def test_the_url_wins():
    others = {"DATABASE_PROVIDER": "mysql", "DB_HOST": "elsewhere", "DB_PORT": "nonsense"}

    configuration = by_url("postgresql://u@here/d", **others)

    assert configuration.where == "PostgreSQL at here:5432, database d"
    assert configuration.is_by_url


def test_a_relative_url_of_sqlite_starts_in_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert by_url("sqlite:///x.db").database_url.database == str(tmp_path / "x.db")
    assert by_url("sqlite+aiosqlite:///./x.db").database_url.database == str(tmp_path / "x.db")


def test_a_variable_set_to_nothing_is_not_set():
    configuration = postgresql(DATABASE_URL=" ", DB_HOST=" ", DB_PORT="", DB_PASSWORD="")

    assert str(configuration.database_url) == (
        "postgresql+psycopg://rag_fortress@localhost:5432/rag_fortress"
    )


@pytest.mark.parametrize(
    ("host", "where"),
    [
        ("db.example", "db.example:5432"),
        ("::1", "[::1]:5432"),
        ("[::1]", "[::1]:5432"),
        ("[::1]:5433", "[::1]:5433"),
        ("db.example:5433", "db.example:5433"),
        ("/var/run/postgresql", "/var/run/postgresql"),
        ("a,b:5433, [::1]", "a:5432 or b:5433 or [::1]:5432"),
    ],
)
def test_hosts_are_written_in_many_ways(host, where):
    configuration = postgresql(DB_HOST=host)

    assert configuration.where == f"PostgreSQL at {where}, database rag_fortress"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:p@h1:5433,h2/d",
        "postgresql://u:p@/d?host=h1:5433&host=h2:5432",
        "postgresql://u:p@/d?host=h1,h2&port=5433,5432",
    ],
)
def test_of_several_hosts_the_one_that_takes_writes_is_used(url):
    query = by_url(url).database_url.query

    assert query == {"host": "h1,h2", "port": "5433,5432", "target_session_attrs": "read-write"}


def test_of_several_hosts_another_is_used_if_the_url_says_so():
    url = by_url("postgresql://u@h1,h2/d?target_session_attrs=primary").database_url

    assert url.query["target_session_attrs"] == "primary"


@pytest.mark.parametrize(
    "environ",
    [
        {"DATABASE_PROVIDER": "mysql", "DB_HOST": "/run/mysqld/mysqld.sock"},
        {"DATABASE_URL": "mysql://rag_fortress@/d?unix_socket=/run/mysqld/mysqld.sock"},
    ],
)
def test_mysql_is_reached_through_a_socket(environ):
    url = config.read(environ).database_url

    assert url.host is None
    assert url.query == {"unix_socket": "/run/mysqld/mysqld.sock"}


def test_postgresql_without_a_host_is_left_to_its_library():
    configuration = by_url("postgresql:///d")

    assert configuration.where == "PostgreSQL at its local socket, database d"


@pytest.mark.parametrize(
    ("environ", "line"),
    [
        ({"DATABASE_PROVIDER": "mssql"}, PROVIDER),
        ({"DATABASE_PROVIDER": "postgresql://u:geheim@h/d"}, PROVIDER),
        ({"DATABASE_PROVIDER": "mysql", "DB_PORT": "abc"}, f"DB_PORT {PORT}"),
        ({"DATABASE_PROVIDER": "mysql", "DB_PORT": "0"}, f"DB_PORT {PORT}"),
        ({"DATABASE_PROVIDER": "mysql", "DB_PORT": "65536"}, f"DB_PORT {PORT}"),
        ({"DATABASE_PROVIDER": "mysql", "DB_PORT": "٣٣٠٦"}, f"DB_PORT {PORT}"),
        ({"DATABASE_PROVIDER": "mysql", "DB_PORT": "tcp://10.0.0.1:3306"}, f"DB_PORT {PORT}"),
        ({"DATABASE_PROVIDER": "mysql", "DB_HOST": "http://h"}, f"DB_HOST {HOST}"),
        ({"DATABASE_PROVIDER": "mysql", "DB_HOST": "u:geheim@h"}, f"DB_HOST {HOST}"),
        ({"DATABASE_PROVIDER": "mysql", "DB_HOST": "a b"}, f"DB_HOST {HOST}"),
        ({"DATABASE_PROVIDER": "mysql", "DB_HOST": "a" * 64}, f"DB_HOST {HOST}"),
        ({"DATABASE_PROVIDER": "postgresql", "DB_HOST": "a,,b"}, f"DB_HOST {HOST}"),
        ({"DATABASE_PROVIDER": "postgresql", "DB_HOST": "[::1"}, f"DB_HOST {HOST}"),
        ({"DATABASE_PROVIDER": "postgresql", "DB_HOST": "h:x"}, f"The port in DB_HOST {PORT}"),
        (
            {"DATABASE_PROVIDER": "mysql", "DB_HOST": "a,b"},
            "DB_HOST may name several hosts for PostgreSQL only.",
        ),
        (
            {"DATABASE_PROVIDER": "mysql", "DB_USER": "a\nb"},
            "DB_USER must not contain control characters.",
        ),
        (
            {"DATABASE_PROVIDER": "mysql", "DB_PASSWORD": "geheim\udcff"},
            "DB_PASSWORD is not valid UTF-8.",
        ),
        (
            {"DATABASE_URL": "postgresql://u:ge\nheim@h/d"},
            "DATABASE_URL must not contain control characters.",
        ),
        (
            {"DATABASE_URL": "sqlite:///a%01b.db"},
            "DATABASE_URL must not contain control characters.",
        ),
        ({"DATABASE_URL": "garbage"}, SHAPE),
        ({"DATABASE_URL": "u:geheim@h/d"}, SHAPE),
        ({"DATABASE_URL": "://u:geheim@h/d"}, SHAPE),
        ({"DATABASE_URL": "mssql://u:geheim@h/d"}, SCHEME),
        ({"DATABASE_URL": "mssql+pyodbc://u:geheim@h/d"}, SCHEME),
        ({"DATABASE_URL": "postgresql://u:ge@heim@h/d"}, ESCAPE),
        ({"DATABASE_URL": "postgresql://u:ge@he/im@h/d"}, ESCAPE),
        ({"DATABASE_URL": "postgresql://u:ge@he:im@h/d"}, ESCAPE),
        ({"DATABASE_URL": "postgresql://u:ge@he?im@h/d"}, ESCAPE),
        ({"DATABASE_URL": "postgresql://u:geheim@h:abc/d"}, f"The port in DATABASE_URL {PORT}"),
        ({"DATABASE_URL": "postgresql://u:p@h:1,h:x/d"}, f"The port in DATABASE_URL {PORT}"),
        ({"DATABASE_URL": "postgresql://u:geheim@a b/d"}, f"DATABASE_URL {HOST}"),
        ({"DATABASE_URL": "postgresql://u:geheim@/d?host=a,b&port=1,2,3"}, PORTS),
        ({"DATABASE_URL": "postgresql://u:geheim@h"}, NO_NAME),
        ({"DATABASE_URL": "mysql://u:geheim@h/"}, NO_NAME),
        (
            {"DATABASE_URL": "mysql://u:geheim@h1,h2/d"},
            "DATABASE_URL may name several hosts for PostgreSQL only.",
        ),
        ({"DATABASE_URL": "mysql://u:geheim@h/d?passwd=geheim"}, MYSQL_PARAMETERS),
        ({"DATABASE_URL": "sqlite://x.db"}, SLASHES),
        ({"DATABASE_URL": "sqlite://u:geheim@/x.db"}, SLASHES),
        (
            {"DATABASE_URL": "sqlite:///x.db?mode=ro"},
            "DATABASE_URL: parameters after the question mark are not for SQLite.",
        ),
    ],
)
def test_a_mistake_is_one_line_that_names_the_variable(environ, line):
    assert refusal(environ) == line
    assert "geheim" not in line


@pytest.mark.parametrize("variable", ["SQLITE_PATH", "DATABASE_URL"])
def test_a_file_that_sqlite_cannot_use_is_one_line(variable, tmp_path):
    def line(path: Path) -> str:
        value = str(path) if variable == "SQLITE_PATH" else f"sqlite:///{path}"
        return refusal({variable: value})

    absent, long = tmp_path / "absent" / "x.db", tmp_path / ("x" * 300)
    assert line(absent) == f"{variable}: {absent} is in a folder that does not exist."
    assert line(tmp_path) == f"{variable}: {tmp_path} is a folder, not a file."
    assert line(long) == f"{variable}: {long} cannot be used (File name too long)."
    loop, link, pipe = (tmp_path / name for name in ("loop", "link", "pipe"))
    loop.symlink_to(loop)
    link.symlink_to(absent)
    os.mkfifo(pipe)
    assert line(loop) == f"{variable}: {loop} is a link that leads back to itself."
    assert line(link) == (
        f"{variable}: {link} links to {absent}, which is in a folder that does not exist."
    )
    assert line(pipe) == f"{variable}: {pipe} is a device or a pipe, not a file."


def test_a_file_that_may_not_be_written_to_is_one_line():
    with _folder_for_everybody() as folder, _as_ordinary_user():
        file = folder / "x.db"
        assert refusal({"SQLITE_PATH": str(file)}) == (
            f"SQLITE_PATH: {file} is in a folder that cannot be written to."
        )
        sealed = folder / "sealed" / "x.db"
        assert refusal({"SQLITE_PATH": str(sealed)}) == (
            f"SQLITE_PATH: {sealed} cannot be used (Permission denied)."
        )
        protected = folder / "open" / "protected.db"
        assert refusal({"SQLITE_PATH": str(protected)}) == (
            f"SQLITE_PATH: {protected} cannot be written to."
        )


@contextlib.contextmanager
def _folder_for_everybody() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp())
    try:
        (folder / "open").mkdir()
        (folder / "open" / "protected.db").touch(mode=0o444)
        (folder / "open").chmod(0o777)
        (folder / "sealed").mkdir(mode=0o000)
        folder.chmod(0o555)
        yield folder
    finally:
        folder.chmod(0o755)
        (folder / "sealed").chmod(0o700)
        shutil.rmtree(folder)


@contextlib.contextmanager
def _as_ordinary_user() -> Iterator[None]:
    # Root may write everywhere.
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)
