"""Readers report what they run, so that the console can show it."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain import settings
from app.domain.actor import Actor, ActorKind
from app.models import ApplicationSetting, ReaderReport
from settings_reader import Process, SettingsReader
from settings_reader.reports import entries_of
from tests.clients.conftest import eventually

COMMAND = Actor(ActorKind.COMMAND, "os:test")
API = Process("api", "api-1")


def reports(session):
    found = [row.settings for row in session.scalars(select(ReaderReport))]
    session.rollback()
    return found


def test_the_console_sees_what_a_reader_runs(database, session, read):
    reader = read(database.url, report_as=API)
    setting = session.scalars(select(ApplicationSetting).filter_by(key="chunk_size")).one()
    assert reader["chunk_size"] == 1000
    assert eventually(lambda: reports(session))

    effect = settings.effect_of_setting(session, setting)
    assert (effect.headline, effect.deviations) == ("1 of 1 running 1000", ())
    settings.overwrite(session, setting.id, "800", "", actor=COMMAND)
    effect = settings.effect_of_setting(session, setting)
    assert [one.sentence for one in effect.deviations] == ["api-1 still 1000"]
    session.rollback()

    reader.close()
    assert reports(session) == []


@pytest.mark.only_on("sqlite")
def test_an_override_is_reported_with_its_value(database, session, read, monkeypatch):
    monkeypatch.setenv("CHUNK_SIZE", "1200")
    monkeypatch.setenv("LLM_API_KEY", "canary-4711")
    overrides = {"chunk_size": "CHUNK_SIZE", "llm_api_key": "LLM_API_KEY"}
    reader = read(database.url, overrides=overrides, report_as=API)
    assert reader["chunk_size"] == 1200
    assert eventually(lambda: reports(session))

    [row] = reports(session)
    assert "canary-4711" not in row
    found = [
        settings.effect_of_setting(session, settings.by_key(session, key)) for key in overrides
    ]
    assert [one.sentence for effect in found for one in effect.deviations] == [
        "overridden by the environment on api-1: 1200",
        "overridden by the environment on api-1: a different value",
    ]
    session.rollback()


@pytest.mark.parametrize(
    ("key", "text", "data_type", "is_told"),
    [
        ("llm_model", "gpt", "string", True),
        ("llm_max_tokens", "1024", "integer", True),
        ("llm_model_path", "/models/7b", "string", True),
        ("token_limit", "4k", "string", True),
        ("pinecone_mapping", "a: b", "string", True),
        ("llm_base_url", "http://vllm:8000/v1", "string", True),
        ("plain_token", "shown", "string", True),
        ("api_token", "canary", "string", False),
        ("dsn", "host=db password=canary", "string", False),
        ("engine", "sk-canary00000000000000000", "string", False),
        ("session_token", "canary", "string", False),
        ("smtp_password", "4711", "integer", False),
        ("broker", "amqp://user:canary@host", "string", False),
        ("marked", "canary", "string", False),
        ("long", "x" * 100, "string", False),
    ],
)
def test_a_report_tells_no_value_that_the_console_takes_for_a_secret(
    store, read, key, text, data_type, is_told
):
    store(key, text, data_type)

    entries = entries_of(read().snapshot(), marks={"marked": True, "plain_token": False})

    assert (text in json.dumps(entries)) == is_told


def test_a_report_goes_into_the_file_that_replaced_another(store, file, read, tmp_path):
    store("size", "800", "integer")
    file("CREATE TABLE console_readers (name, instance, last_seen, digest, settings)")
    file("CREATE TABLE console_setting_rules (key, is_secret)")
    path, other = Path(file.url.removeprefix("sqlite:///")), tmp_path / "other.db"
    shutil.copy(path, other)
    reader = read(report_as=API._replace(pause=0.01))
    assert reader["size"] == 800
    assert eventually(lambda: file("SELECT * FROM console_readers"))

    with sqlite3.connect(other) as connection:
        connection.execute("UPDATE application_settings SET value = '900'")
        connection.commit()
        other.rename(path)
        assert eventually(lambda: reader["size"] == 900)

        def reported():
            return connection.execute("SELECT settings FROM console_readers").fetchall()

        assert eventually(lambda: "900" in str(reported()))
    connection.close()


def test_without_the_console_a_reader_reads_all_the_same(store, file, caplog):
    store("size", "800", "integer")

    with SettingsReader(file.url, max_age=0.02, keys=(), report_as=API) as reader:
        assert reader["size"] == 800
        assert eventually(lambda: "cannot be told" in caplog.text)
        assert reader.problem == ""
