"""The audit log of a thousand events, and of a million: the time of the page of each filter.

``python -m bench.audit_log SMALL LARGE`` fills the databases that two URLs name, unless they hold
as many events already, and asks each filter's first page and a page in the middle of both. The
databases are empty at first, and have "bench" or "test" in their names.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, func, insert, make_url, select

from app import create_app
from app.domain import cursors
from app.domain.authentication import passwords, sessions
from app.extensions import db
from app.models import AuditEvent, Role, User
from app.models.base import utcnow

FEW, MANY = 1_000, 1_000_000
ROWS_AT_ONCE = 5_000
# Six in ten are sign-ins; one save in fifty has ten events. Actors and targets are so few that a
# thousand events fill the page of each: it is as long as that of a million.
SIGN_INS_IN_TEN, LARGE_SAVE, EVERY = 6, 10, 50
ACTORS, TARGETS, SECONDS = 5, 5, 30
ACTIONS = ("setting:changed", "role:assigned", "user:changed", "permission:denied")
TYPES, RARE_TYPE = ("setting", "user"), "role"
RARE, RARELY = "change:refused", 9
FILTERS = {
    "none": "",
    "sign-ins too": "sign_ins=1",
    "who": "actor=actor003",
    "who by id": "actor_id=4",
    "action": "action=role:assigned",
    "target": "target=target003",
    "target with type": "target=target003&type=setting",
    "target by id": "type=user&target_id=4",
    "type": "type=user",
    "rare type": "type=role",
    "done": "outcome=done",
    "refused": "outcome=refused",
    "denied": "outcome=denied",
    "request": "request={request}",
    "beginning of a request": "request={request:.8}",
    "a day": "day={day}",
    "an hour": "from={day}T11:00&to={day}T11:59",
    "until a day": "to={day}",
    "page in the middle": "after={middle}",
    "nothing matches": "actor=nobody",
}
# Spreads request IDs as evenly as random ones.
SPREAD = 0x9E3779B97F4A7C15
ROUNDS, OK = 60, 200
Row = dict[str, Any]


def console(url: str, events: int) -> Flask:
    """Return the console on a database with so many events.

    Args:
        url: The URL of the database.
        events: The number of events.

    Raises:
        SystemExit: The name of the database does not allow it to be filled.
    """
    name = make_url(url).database or ""
    if "bench" not in name and "test" not in name:
        raise SystemExit(f"The name of the database, {name}, holds neither bench nor test.")
    app = create_app({"CONSOLE_ENV": "development", "DATABASE_URL": url})
    app.test_cli_runner().invoke(args=["db", "upgrade"], catch_exceptions=False)
    with app.app_context(), db.engine.connect().execution_options(write=True) as connection:
        if (connection.scalar(select(func.count()).select_from(AuditEvent)) or 0) < events:
            _fill(connection, events)
    return app


def times(apps: Sequence[Flask]) -> Iterator[tuple[str, list[float]]]:
    """Yield each filter with the best time of its page in every console, in milliseconds.

    The consoles are asked in turn, so that a busy moment of the machine is one for both.
    """
    clients, values = [], []
    for app in apps:
        with app.app_context():
            clients.append(_signed_in(app))
            values.append(_values())
    for label, query in FILTERS.items():
        best = [float("inf")] * len(apps)
        for _ in range(ROUNDS):
            for place, client in enumerate(clients):
                path = f"/audit?{query.format(**values[place])}"
                best[place] = min(best[place], _asked(client, path))
        yield label, best


def _fill(connection: Connection, events: int) -> None:
    chunk: list[Row] = []
    for row in _events(events):
        chunk.append(row)
        if len(chunk) == ROWS_AT_ONCE:
            connection.execute(insert(AuditEvent), chunk)
            connection.commit()
            chunk = []
    if chunk:
        connection.execute(insert(AuditEvent), chunk)
    verb = "ANALYZE TABLE" if connection.dialect.name == "mysql" else "ANALYZE"
    connection.exec_driver_sql(f"{verb} console_audit_events")
    connection.commit()


def _events(events: int) -> Iterator[Row]:
    start = utcnow() - timedelta(seconds=events * SECONDS)
    made = save = 0
    while made < events:
        size = LARGE_SAVE if save % EVERY == 0 else 1
        for part in range(min(size, events - made)):
            yield _event(save, part, start + timedelta(seconds=made * SECONDS))
        made += size
        save += 1


def _event(save: int, part: int, at: Any) -> Row:
    is_sign_in = save % 10 < SIGN_INS_IN_TEN and save % EVERY
    action = "user:signed-in" if is_sign_in else ACTIONS[save // 10 % len(ACTIONS)]
    actor = save * 7 % ACTORS
    return {
        "at": at,
        "actor_kind": "person",
        "actor_id": actor + 1,
        "actor_name": f"actor{actor:03}",
        "action": RARE if save % RARELY == 0 else action,
        **_target(save, part),
        "before": '{"value": "1000"}',
        "after": '{"value": "600"}',
        "reason": "Shorter passages." if save % 2 else "",
        "request_id": f"{save * SPREAD % 2**64:016x}",
        "save_id": f"{save:036x}",
    }


def _target(save: int, part: int) -> Row:
    target = (save * 11 + part) % TARGETS
    kind = RARE_TYPE if save % RARELY == 0 else TYPES[save // 10 % len(TYPES)]
    return {"target_type": kind, "target_id": target + 1, "target_name": f"target{target:03}"}


def _signed_in(app: Flask) -> FlaskClient:
    user = db.session.scalars(select(User).where(User.username == "bench.auditor")).first()
    if user is None:
        admin = db.session.scalars(select(Role).where(Role.name == "admin")).one()
        db.session.rollback()
        db.session.connection(execution_options={"write": True})
        # Their IDs are those of the events, which are all younger.
        people = [_person(f"actor{number:03}") for number in range(ACTORS)]
        user = _person("bench.auditor")
        user.roles = [admin]
        db.session.add_all([*people, user])
        db.session.flush()
    browser = sessions.Browser(address="127.0.0.1", user_agent="bench")
    token = sessions.start(db.session, user, browser, secret=app.config["SECRET_KEY"])
    db.session.commit()
    client = app.test_client()
    client.set_cookie(app.config["CONSOLE"].cookie("console"), token)
    return client


def _person(name: str) -> User:
    long_ago = utcnow() - timedelta(days=10_000)
    user = User(username=name, email=f"{name}@example.org", created_at=long_ago)
    user.password_hash = passwords.no_password()
    return user


def _values() -> dict[str, str]:
    highest = db.session.scalar(select(func.max(AuditEvent.id))) or 0
    middle = db.session.get_one(AuditEvent, highest // 2)
    db.session.rollback()
    return {
        "request": middle.request_id or "",
        "day": f"{middle.at:%Y-%m-%d}",
        "middle": cursors.encoded(middle.at, middle.id),
    }


def _asked(client: FlaskClient, path: str) -> float:
    begin = time.perf_counter()
    answer = client.get(path)
    milliseconds = (time.perf_counter() - begin) * 1000
    if answer.status_code != OK:
        raise SystemExit(f"{path} answers {answer.status_code}.")
    return milliseconds


if __name__ == "__main__":
    both = [console(url, events) for url, events in zip(sys.argv[1:3], (FEW, MANY), strict=True)]
    print("| Filter | 1,000 events, ms | 1,000,000 events, ms | times |")
    print("| --- | ---: | ---: | ---: |")
    for name, (few, many) in times(both):
        print(f"| {name} | {few:.1f} | {many:.1f} | {many / few:.2f} |")
