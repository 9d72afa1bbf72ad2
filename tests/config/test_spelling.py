"""Misspelt variables are refused, and those of other programs are left alone."""

import re

import pytest

from app import config
from app.config import ConfigurationError
from app.config.spelling import NAMES
from tests.house.reading import ROOT, code

URL = {"DATABASE_URL": "sqlite://"}
MYSQL = {"DATABASE_PROVIDER": "mysql"}


@pytest.mark.parametrize(
    ("environ", "given", "meant"),
    [
        ({"DATABASE_PROVIDOR": "mysql", "DB_HOST": "db"}, "DATABASE_PROVIDOR", "DATABASE_PROVIDER"),
        ({"DATABASE_URI": "mysql://db/x"}, "DATABASE_URI", "DATABASE_URL"),
        ({"database_url": "mysql://db/x"}, "database_url", "DATABASE_URL"),
        ({"SQLITE_PTH": "x.db"}, "SQLITE_PTH", "SQLITE_PATH"),
        (MYSQL | {"DB_HOTS": "db"}, "DB_HOTS", "DB_HOST"),
        (MYSQL | {"DB_PASWORD": "canary"}, "DB_PASWORD", "DB_PASSWORD"),
        (MYSQL | {"DB_SSL_MODE": "require"}, "DB_SSL_MODE", "DB_SSLMODE"),
        (URL | {"DB_POOLSIZE": "1"}, "DB_POOLSIZE", "DB_POOL_SIZE"),
        (URL | {"CONSOLE_BASEURL": "x"}, "CONSOLE_BASEURL", "CONSOLE_BASE_URL"),
        (URL | {"TRUSTED_PROXY": "x"}, "TRUSTED_PROXY", "TRUSTED_PROXIES"),
    ],
)
def test_what_is_nearly_a_variable_is_refused(environ, given, meant):
    with pytest.raises(ConfigurationError) as refused:
        config.read(environ)

    assert str(refused.value) == f"{given} is no variable of the console. It may mean {meant}."


@pytest.mark.parametrize("name", ["DB_HOST", "DB_USER", "DB_PASSWORD", "DB_NAME"])
def test_a_server_without_a_provider_is_refused(name):
    with pytest.raises(ConfigurationError) as refused:
        config.read({name: "canary", "DB_TYPE": "postgresql"})

    assert str(refused.value) == (
        f"{name} is set and DATABASE_PROVIDER is not: set it to postgresql or mysql, or to sqlite."
    )


@pytest.mark.parametrize(
    "environ",
    [
        {"DB_PORT": "5432", "DB_SERVICE_HOST": "10.0.0.1", "DB_PORT_5432_TCP": "tcp://10.0.0.1"},
        {"HOSTNAME": "x", "POST": "x", "HOSTS": "x", "SECRET_KEY_BASE": "x", "DB_PASSWORD": ""},
        {"DATABASE_PROVIDER": "sqlite", "DB_HOST": "db", "DATABASE_URI": "x"},
        URL | {"DB_HOTS": "x", "DB_HOST": "x"},
        {"SECRET_KEY": "x", "SECRET_KEYS": "x"},
    ],
)
def test_variables_of_other_programs_are_left_alone(environ):
    assert config.read(environ)


def test_every_variable_is_known_and_documented():
    reading = re.compile(r'variables\.(?:text|secret|integer)\(\s*"([A-Z_]+)"')
    asked = {name for path in code("app/config") for name in reading.findall(path.read_text())}
    documented = (ROOT / "docs/configuration.md").read_text()

    assert len(asked) > 10
    assert asked <= set(NAMES)
    assert [name for name in NAMES if f"`{name}`" not in documented] == []


def test_a_line_break_behind_the_secret_key_is_no_part_of_it():
    assert config.read({"SECRET_KEY": " a key\r\n"}).secret_key == " a key"
    assert config.read({"SECRET_KEY": "\n"}).secret_key is None
