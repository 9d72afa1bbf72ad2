"""``flask users search-index``."""

import re

import pytest
from sqlalchemy import text

from app.models import user_trigrams
from tests.support import searching
from tests.support.contents import events

BEGINNING = "No index: users are found by the beginning of their user name or email.\n"
ANYWHERE = "The index exists: users are found by any part of their user name or email.\n"
somewhere = pytest.mark.only_on("sqlite", "postgresql")


@pytest.fixture(autouse=True)
def _clean(app, session, database_name):
    yield
    if database_name != "mysql":
        searching.drop(app)


def test_without_an_index_its_status_says_so(flask):
    done = flask("users", "search-index", "status")

    assert (done.code, done.out, done.err) == (0, BEGINNING, "")


@somewhere
def test_it_is_built_and_dropped_and_says_how_long_that_took(flask, session, ada):
    built = flask("users", "search-index", "build")
    status = flask("users", "search-index", "status")
    dropped = flask("users", "search-index", "drop", "--reason", "Not needed.")

    assert [done.code for done in (built, status, dropped)] == [0, 0, 0]
    told = r"Building the index\. .+\nBuilt the index in \d+\.\d s\. " + re.escape(ANYWHERE)
    assert re.fullmatch(told, built.err)
    assert status.out == ANYWHERE
    assert re.fullmatch(r"Dropped the index in \d+\.\d s\. " + re.escape(BEGINNING), dropped.err)
    recorded = [(event.action, event.reason) for event in events(session)]
    assert recorded == [("search-index:built", ""), ("search-index:dropped", "Not needed.")]


@somewhere
def test_a_second_time_there_is_nothing_to_do(flask):
    flask("users", "search-index", "build")
    built = flask("users", "search-index", "build")
    flask("users", "search-index", "drop")
    dropped = flask("users", "search-index", "drop")

    assert (built.code, built.err) == (0, "The index already exists. Nothing was changed.\n")
    assert (dropped.code, dropped.err) == (0, "The index does not exist. Nothing was changed.\n")


@pytest.mark.only_on("mysql")
@pytest.mark.parametrize("command", ["build", "drop"])
def test_mariadb_says_in_a_line_that_it_cannot(flask, command):
    done = flask("users", "search-index", command)

    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "Error: MariaDB and MySQL cannot find users by any part of their names: a FULLTEXT index"
        " holds whole words, and finds nothing but their beginnings.\n"
    )


@pytest.mark.only_on("sqlite")
def test_an_index_that_is_not_kept_up_is_a_warning(flask, app, session, ada):
    searching.build(app)
    session.execute(text(f"DROP TRIGGER {user_trigrams.KEPT}_insert"))

    status = flask("users", "search-index", "status")
    doctor = flask("doctor")

    assert status.out.startswith("The index is incomplete or out of date")
    assert f"warning  search: {status.out}" in doctor.out
    assert doctor.code == 0


@somewhere
def test_the_doctor_finds_nothing_wrong_with_it(flask, app, ada):
    searching.build(app)

    done = flask("doctor")

    assert done.code == 0
    assert f"ok       search: {ANYWHERE}" in done.out
    assert "ok       tables: The tables match the models." in done.out
