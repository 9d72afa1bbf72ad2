"""The pages of the console in a large house: their times, sizes and statements."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from app.domain.authentication import sessions
from app.extensions import db
from app.models import Role, User

LISTS = (
    *("/", "/account", "/settings", "/settings?edit=all", "/settings?q=option", "/users"),
    *("/users/new", "/users/export", "/roles", "/roles?role=team+01", "/roles?differ=1"),
    *("/roles/export", "/roles/new", "/permissions/user:read", "/search?q=anna", "/search?q=team"),
)
FILTERS = (
    *("role=user", "role=,none", "role=viewer", "role=team+005", "status=inactive", "q=anna"),
    *("q=anna&role=viewer", "q=jon&role=user", "role=user&status=inactive"),
)
OK = 200
PROBES = 5
KIB = 1024


class Answer(NamedTuple):
    """The answer to a request: the best of several times, its size, its statements."""

    page: str
    milliseconds: float
    kib: float
    statements: int


def report(app: Flask, operator: str, collector: str) -> None:
    """Write a row for each page.

    Args:
        app: The console on a database that holds the house.
        operator: The user name of the administrator who asks.
        collector: The user name of somebody who has all roles.
    """
    with app.app_context():
        print(f"\n| {db.engine.dialect.name} | ms | KiB | statements |")
        print("| --- | ---: | ---: | ---: |")
        client = signed_in(app, operator)
        for path in _paths(operator, collector):
            answer = _asked(client, path)
            print(
                f"| {path} | {answer.milliseconds:.0f} | {answer.kib:.0f} | {answer.statements} |"
            )


def signed_in(app: Flask, name: str) -> FlaskClient:
    """Return a client in which a user is signed in."""
    user = db.session.scalars(select(User).where(User.username == name)).one()
    client = app.test_client()
    browser = sessions.Browser(address="127.0.0.1", user_agent="bench")
    token = sessions.start(db.session, user, browser, secret=app.config["SECRET_KEY"])
    db.session.commit()
    client.set_cookie(app.config["CONSOLE"].cookie("console"), token)
    return client


def _paths(operator: str, collector: str) -> Iterator[str]:
    ids = dict(db.session.execute(select(Role.name, Role.id)).all())
    people = dict(
        db.session.execute(
            select(User.username, User.id).where(User.username.in_([operator, collector]))
        ).all()
    )
    anybody = db.session.scalars(select(User.id).order_by(User.id).limit(1)).one()
    db.session.rollback()
    yield from LISTS
    yield from (f"/users?{query}{sort}" for query in FILTERS for sort in ("", "&sort=-username"))
    for role in ("admin", "user", "team 000", "team 001", "team 005"):
        for page in ("", "/permissions", "/edit", "/delete"):
            yield f"/roles/{ids[role]}{page}"
    for user_id in (people[operator], people[collector], anybody):
        for page in ("", "?all=1", "/roles", "/edit", "/sessions", "/delete"):
            yield f"/users/{user_id}{page}"
    yield f"/roles/compare?a={ids['team 000']}&b={ids['team 005']}"


def _asked(client: FlaskClient, path: str) -> Answer:
    times, size = [], 0
    with _counted() as statements:
        for _ in range(PROBES):
            statements.clear()
            start = time.perf_counter()
            answer = client.get(path)
            times.append((time.perf_counter() - start) * 1000)
            size = len(answer.data)
            if answer.status_code != OK:
                return Answer(f"{path}: {answer.status_code}", times[-1], size / KIB, 0)
    return Answer(path, min(times), size / KIB, len(statements))


@contextmanager
def _counted() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
