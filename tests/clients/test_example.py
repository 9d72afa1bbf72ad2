"""The program of the documents reads settings, and the console shows what it runs."""

import importlib.util

import pytest
from fastapi.testclient import TestClient

from app.models import ReaderReport
from settings_reader import Process
from tests.clients.conftest import eventually
from tests.house.reading import ROOT
from tests.support.tokens import token_of

PROCESS = Process("answers", "api-1", pause=0.1)


@pytest.fixture
def program():
    path = ROOT / "docs/examples/program.py"
    spec = importlib.util.spec_from_file_location("program", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def rows(session):
    def rows():
        found = session.query(ReaderReport).all()
        session.rollback()
        return found

    return rows


@pytest.mark.only_on("sqlite")
def test_a_change_in_the_browser_takes_effect_in_a_program_that_reports_it(
    program, database, rows, sign_in, ada, session
):
    page = sign_in(ada).get("/settings?q=chunk_size")
    page = page.browser.get(page.link("chunk_size"))
    assert "The console does not know when the backend reads it." in page.text

    with TestClient(program.make_app(database.url, PROCESS, "http://127.0.0.1", "none")) as api:
        assert [len(part) for part in api.get("/split", params={"text": "x" * 1500}).json()] == [
            1000,
            500,
        ]
        page.submit(value="800")
        assert eventually(lambda: len(api.get("/split?text=" + "x" * 900).json()) == 2)
        assert eventually(rows)
        assert eventually(lambda: "1 of 1 running 800 since" in page.browser.get(page.path).text)
        session.rollback()


@pytest.mark.only_on("sqlite")
def test_the_console_shows_that_a_program_is_overridden_by_its_environment(
    program, database, rows, sign_in, ada, session, monkeypatch
):
    monkeypatch.setenv("CHUNK_SIZE", "1200")

    with TestClient(program.make_app(database.url, PROCESS, "http://127.0.0.1", "none")) as api:
        assert len(api.get("/split?text=" + "x" * 1100).json()) == 1
        assert eventually(rows)
        page = sign_in(ada).get("/settings?q=chunk_size")
        assert "Overridden on api-1" in page.text
        page = page.browser.get(page.link("chunk_size"))
        assert "overridden by the environment on api-1: 1200" in page.text
        assert "1 setting is not run as stored" in page.browser.get("/").text
        session.rollback()


@pytest.mark.only_on("sqlite")
def test_a_program_asks_the_console_before_an_action(
    program, database, served, session, ada, vera, person
):
    token = token_of(session, person("backend", permissions=["user:read"]))

    with TestClient(program.make_app(database.url, PROCESS, served, token)) as api:
        answers = [
            api.delete("/documents/plan", headers={"X-User": who.username}).status_code
            for who in (ada, vera)
        ]

    assert answers == [200, 403]
