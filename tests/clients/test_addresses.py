"""The reader takes every address that the console takes as ``DATABASE_URL``."""

import ssl

import pytest
from sqlalchemy import event

from app import config
from settings_reader import SettingsReader, SettingsUnavailable
from settings_reader.addresses import engine_for


class Reached(Exception):
    """A connection would be opened now."""


def arguments_of(address):
    """Return what the driver would be called with."""
    engine, seen = engine_for(address), {}

    @event.listens_for(engine, "do_connect")
    def stop(_dialect, _record, _arguments, options):
        seen.update(options)
        raise Reached

    with pytest.raises(Reached):
        engine.connect()
    return seen


@pytest.mark.parametrize(
    ("query", "mode", "checks_name"),
    [
        ("sslmode=require", ssl.CERT_NONE, False),
        ("ssl-mode=REQUIRED", ssl.CERT_NONE, False),
        ("sslmode=verify-full&sslrootcert=system", ssl.CERT_REQUIRED, True),
        ("ssl_mode=VERIFY_IDENTITY&sslrootcert=system", ssl.CERT_REQUIRED, True),
    ],
)
def test_mariadb_is_reached_by_tls_as_the_console_reaches_it(query, mode, checks_name):
    address = f"mysql://u:p@h/d?{query}"
    by_console = config.read({"DATABASE_URL": address}).engine_options["connect_args"]["ssl"]

    found = arguments_of(address)["ssl"]

    assert (found.verify_mode, found.check_hostname) == (mode, checks_name)
    assert (by_console.verify_mode, by_console.check_hostname) == (mode, checks_name)


def test_tls_can_be_off_or_left_to_the_server():
    off, left = (arguments_of(f"mariadb://u@h/d?sslmode={mode}") for mode in ("disable", "prefer"))

    assert off["ssl_disabled"] is True
    assert not left.keys() & {"ssl", "ssl_disabled", "sslmode"}


@pytest.mark.parametrize(
    "address", ["postgresql+asyncpg://u@h/d?ssl=require", "postgres://u@h/d?sslmode=require"]
)
def test_drivers_and_parameters_of_others_are_read_as_the_consoles_own(address):
    assert arguments_of(address)["sslmode"] == "require"
    assert engine_for("mysql+aiomysql://u@h/d").driver == "pymysql"
    assert engine_for("sqlite+aiosqlite:///x.db").driver == "pysqlite"


def test_several_hosts_are_all_given_to_the_driver():
    given = arguments_of("postgresql://u:p@h1,[::1]:5433,h3:5434/d?target_session_attrs=primary")

    assert (given["host"], str(given["port"])) == ("h1,::1,h3", "5432,5433,5434")
    assert given["target_session_attrs"] == "primary"


def test_a_parameter_that_the_driver_does_not_know_is_told():
    with (
        SettingsReader("mysql://u@127.0.0.1/d?colour=red") as reader,
        pytest.raises(SettingsUnavailable, match="TypeError"),
    ):
        reader["chunk_size"]
