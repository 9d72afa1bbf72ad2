"""A large house: 300 roles, 400 permissions, 250,000 users and 3,000 settings.

``python -m bench.large_house URL ...`` fills the databases that the URLs name, unless they hold the
house already, and asks each page of the console for its time, its size and its statements. The
databases are empty at first, and have "bench" or "test" in their names.
"""

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from flask import Flask
from sqlalchemy import Connection, func, insert, make_url, select

from app import create_app
from app.cli.name_copies import copy_all
from app.domain.authentication import passwords
from app.extensions import db
from app.models import (
    ApplicationSetting,
    Permission,
    Role,
    User,
    role_permissions,
    user_roles,
)
from app.models.base import utcnow
from bench import large_pages

ROLES, PERMISSIONS, USERS, SETTINGS = 300, 400, 250_000, 3_000
ROWS_AT_ONCE = 5_000
NAMES = ("anna", "ben", "cleo", "dan", "eva", "finn", "gita", "hugo", "ines", "jon")
FAMILIES = ("adler", "berg", "cruz", "dupont", "eriksson", "fischer", "garcia", "hansen", "kim")
# Six in ten have this role, everybody has one or two of the others, one in 25 has none.
CROWD, CROWD_IN_TEN = "user", 6
OPERATOR, COLLECTOR = "bench.operator", "bench.collector"

Row = dict[str, Any]


def console(url: str) -> Flask:
    """Return the console on a database that holds the house.

    Args:
        url: The URL of the database.

    Raises:
        SystemExit: The name of the database does not allow it to be filled.
    """
    name = make_url(url).database or ""
    if "bench" not in name and "test" not in name:
        raise SystemExit(f"The name of the database, {name}, holds neither bench nor test.")
    app = create_app({"CONSOLE_ENV": "development", "DATABASE_URL": url})
    app.test_cli_runner().invoke(args=["db", "upgrade"], catch_exceptions=False)
    with app.app_context():
        engine = db.engine
        with engine.connect().execution_options(write=True) as connection:
            if (connection.scalar(select(func.count()).select_from(Role)) or 0) < ROLES:
                _fill(connection)
                connection.commit()
                _analyse(connection)
                connection.commit()
                copy_all()
    return app


def _fill(connection: Connection) -> None:
    _insert(connection, Permission.__table__, _permissions(connection))
    _insert(connection, Role.__table__, _roles(connection))
    roles = dict(connection.execute(select(Role.name, Role.id)).all())
    permissions = sorted(connection.scalars(select(Permission.id)))
    _insert(connection, role_permissions, _grants(roles, permissions))
    _insert(connection, User.__table__, _users())
    people = dict(connection.execute(select(User.username, User.id)).all())
    _insert(connection, user_roles, _memberships(people, roles))
    _insert(connection, ApplicationSetting.__table__, _settings())


def _analyse(connection: Connection) -> None:
    tables = ("users", "roles", "permissions", "user_roles", "role_permissions")
    for table in tables:
        verb = "ANALYZE TABLE" if connection.dialect.name == "mysql" else "ANALYZE"
        connection.exec_driver_sql(f"{verb} {table}")
    connection.commit()


def _insert(connection: Connection, table: Any, rows: Iterator[Row]) -> None:
    chunk: list[Row] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == ROWS_AT_ONCE:
            connection.execute(insert(table), chunk)
            chunk = []
    if chunk:
        connection.execute(insert(table), chunk)


def _permissions(connection: Connection) -> Iterator[Row]:
    there = connection.scalar(select(func.count()).select_from(Permission)) or 0
    for number in range(PERMISSIONS - there):
        resource, action = f"archive_{number // 4:03}", ("read", "update", "delete", "share")
        yield {
            "code": f"{resource}:{action[number % 4]}",
            "resource": resource,
            "action": action[number % 4],
            "description": f"Archive {number // 4}",
            "created_at": utcnow(),
            "updated_at": utcnow(),
        }


def _roles(connection: Connection) -> Iterator[Row]:
    there = connection.scalar(select(func.count()).select_from(Role)) or 0
    for number in range(ROLES - there):
        yield {
            "name": f"team {number:03}",
            "description": f"Team {number}",
            "is_system": False,
            "created_at": utcnow(),
            "updated_at": utcnow(),
        }


def _grants(roles: dict[str, int], permissions: Sequence[int]) -> Iterator[Row]:
    """Yield the grants of the teams: the first grants everything, the second nothing."""
    for name, role_id in roles.items():
        number = int(name[5:]) if name.startswith("team ") else None
        for position, permission_id in enumerate(permissions):
            every_fourth = number is not None and number > 1 and (position * 7 + number) % 4 == 0
            if number == 0 or every_fourth:
                yield {"role_id": role_id, "permission_id": permission_id}


def _users() -> Iterator[Row]:
    nothing = passwords.no_password()
    for number in range(USERS):
        first, family = NAMES[number % 10], FAMILIES[number // 10 % 9]
        yield _user(f"{first}.{family}{number}", f"{first} {family}".title(), nothing, number)
    for name in (OPERATOR, COLLECTOR):
        yield _user(name, name, nothing, 1)


def _user(username: str, full_name: str, password_hash: str, number: int) -> Row:
    return {
        "username": username,
        "email": f"{username}@example.org",
        "full_name": full_name,
        "password_hash": password_hash,
        "is_active": number % 10 > 0,
        "is_verified": number % 3 > 0,
        "created_at": utcnow(),
        "updated_at": utcnow(),
    }


def _memberships(people: dict[str, int], roles: dict[str, int]) -> Iterator[Row]:
    teams = [role_id for name, role_id in roles.items() if name.startswith("team ")]
    for number, (username, user_id) in enumerate(people.items()):
        role_ids = {roles["admin"]} if username == OPERATOR else set(teams)
        if username not in {OPERATOR, COLLECTOR}:
            role_ids = _memberships_of(number, teams, roles[CROWD])
        yield from ({"user_id": user_id, "role_id": role_id} for role_id in role_ids)


def _memberships_of(number: int, teams: Sequence[int], crowd: int) -> set[int]:
    if number % 25 == 0:
        return set()
    # Nobody but the collector has the first two teams.
    chosen = {teams[2 + number % (len(teams) - 2)], teams[2 + number * 31 % (len(teams) - 2)]}
    return chosen | ({crowd} if number % 10 < CROWD_IN_TEN else set())


def _settings() -> Iterator[Row]:
    for number in range(SETTINGS):
        yield {
            "key": f"module_{number // 50:02}.option_{number:04}",
            "value": str(number),
            "data_type": "integer",
            "description": f"Option {number} of module {number // 50}",
            "category": f"module {number // 50:02}",
            "is_mutable": True,
            "created_at": utcnow(),
            "updated_at": utcnow(),
        }


if __name__ == "__main__":
    for database_url in sys.argv[1:]:
        large_pages.report(console(database_url), OPERATOR, COLLECTOR)
