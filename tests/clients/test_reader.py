"""The reader gives programs the settings: typed, fresh, and without the console's code."""

import os
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import StaticPool, create_engine, select, text

from app.domain import settings
from app.domain.actor import Actor, ActorKind
from app.models import ApplicationSetting
from settings_reader import (
    SettingsReader,
    SettingsUnavailable,
    Source,
    UnknownSetting,
    UnreadableSetting,
)
from tests.clients.conftest import eventually

INSERT = "INSERT INTO application_settings VALUES ('size', ?, 'integer')"
UPDATE = text("UPDATE application_settings SET value = :value WHERE id = :id")
COMMAND = Actor(ActorKind.COMMAND, "os:test")


def test_a_change_is_seen_whoever_makes_it(database, session, read):
    reader = read(database.url)
    query = select(ApplicationSetting.id).filter_by(key="chunk_size")
    setting_id = session.scalars(query).one()
    assert reader["chunk_size"] == 1000

    settings.overwrite(session, setting_id, "800", "", actor=COMMAND)
    session.commit()
    assert eventually(lambda: reader["chunk_size"] == 800)

    engine = database.engine()
    with engine.begin() as connection:
        connection.execute(UPDATE, {"value": "900", "id": setting_id})
    assert eventually(lambda: reader["chunk_size"] == 900)


def test_settings_of_all_types_are_typed(store, read):
    store("name", "  RAG ")
    store("size", "800", "integer")
    store("ratio", ".5", "float")
    store("is_on", "yes", "boolean")
    store("origins", '["a"]', "json")
    store("unset", None, "integer")
    reader = read()

    found = [reader[key] for key in ("name", "size", "ratio", "is_on", "origins", "unset")]
    assert found == ["  RAG ", 800, 0.5, True, ["a"], None]
    assert reader.origin("size").source is Source.DATABASE


def test_what_cannot_be_read_is_told_without_its_value(store, read):
    store("size", "many-4711", "integer")
    store("other", "1", "integer")
    reader = read()

    with pytest.raises(UnreadableSetting, match=r"^size is not a whole number\.$"):
        reader["size"]
    with pytest.raises(KeyError, match="There is no setting speed"):
        reader["speed"]
    assert (reader["other"], reader.get("speed", 5), "size" in reader) == (1, 5, True)


def test_a_list_that_is_changed_stays_as_it_is_for_others(store, read):
    store("origins", '[["a"]]', "json")
    reader = read()

    reader["origins"][0].append("b")

    assert reader["origins"] == [["a"]]


def test_the_values_of_a_snapshot_are_of_one_moment(file, store, read):
    store("low", "0", "integer")
    store("high", "0", "integer")
    reader = read()
    stop, torn = threading.Event(), []

    def compare():
        while not stop.is_set():
            found = reader.snapshot()
            torn.extend([] if found["low"] == found["high"] else [dict(found)])

    threads = [threading.Thread(target=compare) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(50):
        file("UPDATE application_settings SET value = ?", str(number))
    assert eventually(lambda: reader["low"] == 49)
    stop.set()
    for thread in threads:
        thread.join()

    assert torn == []


def test_a_variable_that_is_declared_wins_and_says_so(store, read, monkeypatch, caplog):
    monkeypatch.setenv("CHUNK_SIZE", "1200")
    monkeypatch.setenv("TOP_K", "")
    store("chunk_size", "800", "integer")
    store("top_k", "5", "integer")
    reader = read(overrides={"chunk_size": "CHUNK_SIZE", "top_k": "TOP_K"})

    assert (reader["chunk_size"], reader["top_k"]) == (1200, 5)
    assert reader.origin("chunk_size")[::3] == (Source.ENVIRONMENT, "CHUNK_SIZE")
    assert "CHUNK_SIZE overrides the stored value" in caplog.text


def test_a_variable_that_is_no_value_is_named(store, read, monkeypatch):
    monkeypatch.setenv("CHUNK_SIZE", "large")
    store("chunk_size", "800", "integer")
    reader = read(overrides={"chunk_size": "CHUNK_SIZE"})

    with pytest.raises(UnreadableSetting, match="variable CHUNK_SIZE"):
        reader["chunk_size"]


def test_a_default_stands_in_for_no_value(store, read):
    store("top_k", None, "integer")
    reader = read(defaults={"top_k": 5, "speed": 1})

    assert (reader["top_k"], reader["speed"]) == (5, 1)
    assert reader.origin("top_k").source is Source.DEFAULT


def test_without_the_database_the_last_values_stay_and_age(file, store, read):
    store("size", "800", "integer")
    reader = read()
    assert reader["size"] == 800

    file("ALTER TABLE application_settings RENAME TO gone")
    assert eventually(lambda: reader.problem and reader.age > 0.04)
    assert reader["size"] == 800

    file("ALTER TABLE gone RENAME TO application_settings")
    store("size", "900", "integer")
    assert eventually(lambda: reader["size"] == 900)
    assert reader.problem == ""


@pytest.fixture
def path(file):
    return Path(file.url.removeprefix("sqlite:///"))


def replacement(path, value):
    """Make another database with one setting beside this one."""
    other = path.with_name(f"other-{value}.db")
    with sqlite3.connect(other) as connection:
        connection.execute(
            "CREATE TABLE application_settings (key TEXT, value TEXT, data_type TEXT)"
        )
        connection.execute(INSERT, value)
    connection.close()
    return other


@pytest.mark.parametrize("with_engine", [False, True])
def test_a_file_that_is_replaced_is_opened_again(path, store, read, with_engine):
    store("size", "800", "integer")
    reader = read(create_engine(f"sqlite:///{path}") if with_engine else None)
    assert reader["size"] == 800

    for value in (["900"], ["950"]):
        replacement(path, value).rename(path)
        assert eventually(lambda expected=int(value[0]): reader["size"] == expected)
    assert reader.problem == ""


@pytest.mark.parametrize("with_engine", [False, True])
def test_without_its_file_the_database_is_away(path, store, read, with_engine):
    store("size", "800", "integer")
    reader = read(create_engine(f"sqlite:///{path}") if with_engine else None)
    assert reader["size"] == 800

    path.rename(path.with_suffix(".away"))
    assert eventually(lambda: reader.problem and reader.age > 0.04)
    assert (reader["size"], path.exists()) == (800, False)

    replacement(path, ["900"]).rename(path)
    assert eventually(lambda: reader["size"] == 900)
    assert reader.problem == ""


def test_a_link_is_followed_again(path, store, tmp_path, read):
    store("size", "800", "integer")
    link, other = tmp_path / "link.db", tmp_path / "new-link.db"
    link.symlink_to(path)
    reader = read(f"sqlite:///{link}")
    assert reader["size"] == 800

    other.symlink_to(replacement(path, ["900"]))
    other.rename(link)

    assert eventually(lambda: reader["size"] == 900)


def test_a_database_in_memory_has_no_file(read):
    shared = {"check_same_thread": False}
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args=shared)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE application_settings (key, value, data_type)"))
        connection.execute(text("INSERT INTO application_settings VALUES ('a', 'b', 'string')"))
    reader = read(engine)

    assert (reader["a"], reader.problem) == ("b", "")


def test_a_database_that_was_never_there_is_not_made(tmp_path):
    path = tmp_path / "mistyped.db"

    with SettingsReader(f"sqlite:///{path}", keys=()) as reader:
        with pytest.raises(SettingsUnavailable, match="have not been read yet"):
            reader["size"]
        assert reader.age == float("inf")
    assert not path.exists()


def test_a_text_that_is_no_utf_8_keeps_no_other_from_being_read(file, store, read):
    store("size", "800", "integer")
    file("INSERT INTO application_settings VALUES ('odd', CAST(x'ff41' AS TEXT), x'ff')")
    file("INSERT INTO application_settings VALUES (NULL, '1', 'integer')")
    reader = read()

    assert (reader["size"], reader["odd"]) == (800, "\ufffdA")


def test_a_forked_process_reads_on(store, read):
    store("size", "800", "integer")
    reader = read()
    assert reader["size"] == 800

    child = os.fork()
    if child == 0:
        store_of_child = sqlite3.connect(reader_path(reader))
        store_of_child.execute("UPDATE application_settings SET value = '900'")
        store_of_child.commit()
        os._exit(0 if eventually(lambda: reader["size"] == 900) else 1)

    assert os.waitpid(child, 0)[1] == 0
    assert eventually(lambda: reader["size"] == 900)


def reader_path(reader):
    return reader._store._engine.url.database.removeprefix("file:")


def test_an_unknown_setting_has_no_origin(store, read):
    store("size", "800", "integer")

    with pytest.raises(UnknownSetting):
        read().origin("speed")
