"""The list of 500 settings by the API, beside the page of the console and that of the baseline.

``python -m bench.api_list URL`` fills the PostgreSQL database that the URL names, unless it is
filled, and asks the three in turn, in one process. The database is empty at first, and has "bench"
or "test" in its name. The baseline needs the package psycopg-pool besides.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from importlib import import_module

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, insert, make_url, select

from app import create_app
from app.domain import users
from app.domain.actor import Actor, ActorKind
from app.domain.authentication import passwords
from app.domain.users import NewToken
from app.extensions import db
from app.models import ApplicationSetting, Role, User
from bench.large_pages import signed_in

OPERATOR = Actor(ActorKind.COMMAND, "os:bench")
ADMINISTRATOR = "bench.operator"
SETTINGS, CATEGORIES, ROUNDS, WARM = 500, 10, 300, 20
OK = 200
PLENTY = "1000000"
TYPES = ("string", "integer", "boolean", "json")
Lists = Mapping[str, Callable[[], None]]


def console(url: str) -> Flask:
    """Return the console on a database with 500 settings and an administrator.

    Args:
        url: The URL of the database.

    Raises:
        SystemExit: The name of the database does not allow it to be filled.
    """
    name = make_url(url).database or ""
    if "bench" not in name and "test" not in name:
        raise SystemExit(f"The name of the database, {name}, holds neither bench nor test.")
    app = create_app({"CONSOLE_ENV": "development", "DATABASE_URL": url, "API_PER_TOKEN": PLENTY})
    app.test_cli_runner().invoke(args=["db", "upgrade"], catch_exceptions=False)
    with app.app_context():
        if db.session.scalars(select(User.id)).first() is None:
            _fill()
    return app


def lists(app: Flask, url: str) -> Lists:
    """Return the three lists, each of which reads all settings once."""
    with app.app_context():
        page = signed_in(app, ADMINISTRATOR)
        _write()
        owner = db.session.scalars(select(User).where(User.username == ADMINISTRATOR)).one()
        _, token = users.create_token(db.session, owner.id, NewToken("bench", None), actor=OPERATOR)
        db.session.commit()
    os.environ["BENCH_DSN"] = url.replace("postgresql+psycopg:", "postgresql:")
    baseline = import_module("bench.apps.baseline_app").app.test_client()
    baseline.post("/login")
    program, bearer = app.test_client(), {"Authorization": f"Bearer {token}"}

    def by_api() -> None:
        text = program.get("/api/v1/settings", headers=bearer).text
        if text.count('"key": ') != SETTINGS:
            raise SystemExit("The API does not list all settings at once.")

    return {
        "baseline": lambda: _ask(baseline),
        "page": lambda: _ask(page),
        "API": by_api,
    }


def times(lists: Lists) -> dict[str, tuple[float, float]]:
    """Return the medians of each list in milliseconds: by the clock, and of the processor.

    They take turns, so that a busy moment of the machine is one for all.
    """
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in lists}
    for number in range(WARM + ROUNDS):
        for name, ask in lists.items():
            begin, used = time.perf_counter(), time.process_time()
            ask()
            if number >= WARM:
                took = time.perf_counter() - begin, time.process_time() - used
                taken[name].append(took)
    return {
        name: tuple(statistics.median(column) * 1000 for column in zip(*rows, strict=True))
        for name, rows in taken.items()
    }


def _fill() -> None:
    _write()
    db.session.execute(delete(ApplicationSetting))
    db.session.execute(insert(ApplicationSetting), [_setting(n) for n in range(1, SETTINGS + 1)])
    user = User(username=ADMINISTRATOR, email="operator@example.org")
    user.password_hash = passwords.no_password()
    user.roles = list(db.session.scalars(select(Role).where(Role.name == "admin")))
    db.session.add(user)
    db.session.commit()


def _setting(number: int) -> dict[str, object]:
    category, kind = f"section_{number % CATEGORIES}", number % len(TYPES)
    values = (f"text value {number}", str(number), "true", f'{{"limit": {number}}}')
    return {
        "key": f"{category}.item_{number}",
        "category": category,
        "value": values[kind],
        "data_type": TYPES[kind],
        "description": f"What item {number} is for",
        "is_mutable": bool(number % 25),
    }


def _write() -> None:
    db.session.rollback()
    db.session.connection(execution_options={"write": True})


def _ask(client: FlaskClient) -> None:
    answer = client.get("/settings")
    if answer.status_code != OK:
        raise SystemExit(f"The page answers {answer.status_code}.")


if __name__ == "__main__":
    measured = times(lists(console(sys.argv[1]), sys.argv[1]))
    print("| List of 500 settings | ms | times | processor, ms | times |")
    print("| --- | ---: | ---: | ---: | ---: |")
    clock, processor = measured["baseline"]
    for label, (by_clock, used) in measured.items():
        print(
            f"| {label} | {by_clock:.1f} | {by_clock / clock:.2f}"
            f" | {used:.1f} | {used / processor:.2f} |"
        )
