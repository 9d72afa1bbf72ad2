"""A file from one kind of database, imported into another: afterwards nothing differs."""

from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from app.extensions import db
from app.models import (
    ApplicationSetting,
    CategoryRule,
    Permission,
    Role,
    SettingRule,
    ValueRelation,
)
from tests.support import databases
from tests.support.equipment import EVERYWHERE
from tests.support.people import person

LINES = "Erste Zeile\n  eingerückt\n\nletzte 🎈\n"
VALUES = {
    "string": [
        "",
        " x ",
        "yes",
        "010",
        "null",
        "Grüße",
        "日本語 🎈",
        LINES,
        "tab\there",
        "a: b # c",
    ],
    "integer": ["0", "-7", "9223372036854775807"],
    "float": ["0.70", "1e-07", "-2.5"],
    "boolean": ["true", "false"],
    "json": ['{"z": [1, 2.50], "a": "ü"}', '{\n  "a": null\n}', "[]"],
}
SCHEMA = '{"maximum": 9223372036854775807, "description": "Größe\\n🎈"}'
PEOPLE = {
    "ada": ["admin"],
    "jürgen": ["hilfe für alle 🎈", "viewer"],
    "łukasz": ["hilfe für alle 🎈"],
    "nobody": [],
}


@pytest.fixture(scope="module")
def made(all_databases):
    """The databases that are made, of each kind one, at the newest revision."""
    made = {}
    yield made
    for one in made.values():
        one.close()


@pytest.fixture
def consoles(all_databases, made):
    """Gives a console on a database of a kind, put back afterwards: ``consoles("mysql")``."""

    def consoles(name):
        if name not in made:
            database = (
                all_databases.make(name) if name == "sqlite" else all_databases.make_or_skip(name)
            )
            made[name] = databases.migrated(database)
        return made[name].app

    yield consoles
    for one in made.values():
        one.seed.put_back()


def settings():
    for data_type, values in VALUES.items():
        for number, value in enumerate([*values, None]):
            key, category = f"{data_type}_{number}", f"Über {data_type}" if number else None
            yield ApplicationSetting(
                key=key,
                value=value,
                data_type=data_type,
                category=category,
                description=LINES.strip() if number == 1 else None,
                is_mutable=number != 2,
            )
    yield ApplicationSetting(key="store_password", value="hunter2", data_type="string")


def fill(app):
    """Store what a database may hold: values of all types, rules, roles and assignments."""
    with app.app_context():
        session = db.session
        session.add_all(settings())
        session.add(SettingRule(key="integer_0", schema=SCHEMA, unit="Stück", severity="warn"))
        session.add(CategoryRule(category="Über json", requires_reason=True))
        session.add(ValueRelation(expression="integer_1 < integer_0", message="Größer, bitte."))
        codes = ["user:read", "role:read"]
        granted = session.scalars(select(Permission).where(Permission.code.in_(codes))).all()
        session.add(
            Role(name="hilfe für alle 🎈", description=LINES.strip(), permissions=list(granted))
        )
        viewer = session.scalars(select(Role).where(Role.name == "viewer")).one()
        viewer.permissions = list(granted)
        session.commit()
        for username, roles in PEOPLE.items():
            person(session, username, roles=roles)
        session.remove()


def differ(app):
    """Give another database the same people with other roles, and other values and rules."""
    with app.app_context():
        for username, roles in PEOPLE.items():
            person(db.session, username, roles=["user"] if roles else [])
        db.session.add(ApplicationSetting(key="string_3", value="other", category="Über string"))
        db.session.add(ValueRelation(expression="integer_1 < integer_0", severity="warn"))
        db.session.add(SettingRule(key="integer_0", unit="pieces"))
        db.session.commit()
        db.session.remove()


def delete_defaults(app):
    """Delete a setting that a fresh database has; rules are left of others that are gone."""
    with app.app_context():
        gone = ApplicationSetting.key == "log_level"
        db.session.execute(delete(ApplicationSetting).where(gone))
        db.session.add(SettingRule(key="gone", unit="pieces"))
        db.session.add(CategoryRule(category="Gone", requires_reason=True))
        db.session.commit()
        db.session.remove()


def without_secrets(path):
    """The lines of a file but those that say whether a secret is set: files bring no secrets."""
    return [line for line in Path(path).read_text().splitlines() if "is_set" not in line]


def run(app, *arguments):
    with app.app_context():
        done = app.test_cli_runner().invoke(args=list(arguments))
        db.session.remove()
    return done


@pytest.mark.parametrize(("source", "target"), list(permutations(EVERYWHERE, 2)))
def test_nothing_differs_after_an_import_into_another_kind(consoles, source, target, tmp_path):
    file_format = "json" if target == "sqlite" else "yaml"
    first, second = consoles(source), consoles(target)
    fill(first)
    differ(second)
    path = str(tmp_path / "console")
    assert run(first, "export", path, "--format", file_format).exit_code == 0
    assert run(second, "diff", path).exit_code == 1

    imported = run(second, "import", path, "--reason", "To the other database")

    assert (imported.exit_code, "refused" in imported.output) == (0, False), imported.output
    compared = run(second, "diff", path)
    assert (compared.exit_code, compared.stdout) == (0, "")
    again = str(tmp_path / "again")
    run(second, "export", again, "--format", file_format)
    assert without_secrets(again) == without_secrets(path)


@pytest.mark.parametrize(("source", "target"), list(permutations(EVERYWHERE, 2)))
def test_settings_that_only_the_target_has_are_no_difference(consoles, source, target, tmp_path):
    first, second = consoles(source), consoles(target)
    delete_defaults(first)
    with second.app_context():
        person(db.session, "only_here", roles=["admin"])
        db.session.remove()
    path = str(tmp_path / "console")
    run(first, "export", path)

    imported = run(second, "import", path, "--reason", "To the other database")
    compared = run(second, "diff", path)
    exact = run(second, "diff", path, "--exact")

    assert (imported.exit_code, "refused" in imported.output) == (0, False), imported.output
    assert (compared.exit_code, compared.stdout) == (0, ""), compared.output
    assert "setting log_level" in compared.stderr
    assert exact.exit_code == 1
    assert {"- setting log_level", "- user only_here"} <= set(exact.stdout.splitlines())
    assert (run(first, "diff", path, "--exact").exit_code, run(first, "diff", path).stderr) == (
        0,
        "No difference.\n",
    )
