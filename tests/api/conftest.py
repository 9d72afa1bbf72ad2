"""Programs with tokens of the people of the tests."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update

from app import unit_of_work
from app.extensions import db
from app.models import ApplicationSetting, DbSession, User
from tests.support.api import Program
from tests.support.tokens import token_of


@pytest.fixture
def program(app: Flask, session: DbSession) -> Callable[..., Program]:
    """Gives a person a program with a token: ``program(ada, {"settings:read"})``."""

    def program(who: User, scopes: set[str] | None = None) -> Program:
        token = token_of(session, who, None if scopes is None else frozenset(scopes))
        db.session.remove()
        return Program(app.test_client(), token)

    return program


@pytest.fixture
def meanwhile(session: DbSession, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Changes a setting in the moment before the next save: ``meanwhile(key, value="1")``."""
    begin = unit_of_work.begin_writing

    def meanwhile(key: str, **columns: str) -> None:
        def begin_late(*arguments: float) -> None:
            monkeypatch.setattr(unit_of_work, "begin_writing", begin)
            query = update(ApplicationSetting).where(ApplicationSetting.key == key)
            session.execute(query.values(**columns))
            session.commit()
            begin(*arguments)

        monkeypatch.setattr(unit_of_work, "begin_writing", begin_late)

    return meanwhile
