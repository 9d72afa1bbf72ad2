"""Backup and restore, with the commands of the guide and of docs/backup.md."""

import re
import shutil

import pytest

from tests.guide.checkout import ROOT, SQLITE_FILE

GUIDE = {
    "postgresql": [
        "pg_dump -U rag_fortress rag_fortress > backup.sql",
        "psql -U rag_fortress rag_fortress < backup.sql",
    ],
    "mysql": [
        "mysqldump -u rag_fortress -p rag_fortress > backup.sql",
        "mysql -u rag_fortress -p rag_fortress < backup.sql",
    ],
    "sqlite": ["cp rag_fortress.db rag_fortress.db.backup"],
}
LOSSES = (
    "DELETE FROM application_settings",
    "UPDATE users SET full_name = 'Somebody else'",
    "DELETE FROM user_roles",
    "DROP TABLE console_links",
)
USER = (
    "INSERT INTO users (username, email, password_hash, full_name)"
    " VALUES ('nora', 'nora@example.com', '-', 'Nora Ærø')"
)
ROLE = (
    "INSERT INTO user_roles (user_id, role_id)"
    " SELECT users.id, roles.id FROM users, roles WHERE name = 'viewer'"
)
NORA = (USER, ROLE)


@pytest.fixture
def client(checkout):
    """Types the commands of a database's own programs, to the server and database of the test."""

    def client(line):
        program = line.split()[0]
        if shutil.which(program, path=checkout.environ["PATH"]) is None:
            pytest.skip(f"{program} is not installed")
        named = checkout.environ
        if checkout.operator.database == "postgresql":
            line = line.replace("rag_fortress", "$DB_NAME").replace("-U $DB_NAME", "-U $DB_USER")
            named |= {"PGHOST": named["DB_HOST"], "PGPASSWORD": named["DB_PASSWORD"]}
            named |= {"PGPORT": named["DB_PORT"]} if "DB_PORT" in named else {}
        if checkout.operator.database == "mysql":
            where = '-h "$DB_HOST" -P "${DB_PORT:-3306}" -u "$DB_USER" -p"$DB_PASSWORD"'
            line = line.replace("-u rag_fortress -p", where).replace("rag_fortress", "$DB_NAME")
        return checkout.run(line)

    return client


@pytest.mark.only_on("sqlite", "postgresql", "mysql")
def test_what_the_documents_back_up_they_restore(checkout, client):
    operator = checkout.operator
    operator.succeed("upgrade")
    operator.execute(*NORA)
    before = content(operator)
    backup, restore = documented(operator.database)
    for line in filter(None, backup):
        client(line)
    operator.execute(*LOSSES)
    assert content(operator) != before

    operator.close()
    for line in filter(None, restore):
        client(line)

    assert content(operator) == before
    operator.succeed("check")


@pytest.mark.only_on("sqlite", "postgresql", "mysql")
def test_the_documents_hold_the_commands_of_the_guide(database_name):
    backup, restore = documented(database_name)
    said = [line.replace(" --single-transaction", "") for line in [*backup, *restore]]

    assert set(GUIDE[database_name]) <= set(said)


@pytest.mark.only_on("sqlite")
def test_the_copy_that_waits_for_writers_is_one_too(checkout, client):
    checkout.operator.succeed("upgrade")
    checkout.operator.execute(*NORA)
    before = content(checkout.operator)

    client(f'sqlite3 {SQLITE_FILE} ".backup {SQLITE_FILE}.backup"')
    (checkout.folder / SQLITE_FILE).unlink()
    client(f"cp {SQLITE_FILE}.backup {SQLITE_FILE}")

    assert content(checkout.operator) == before


def content(operator):
    users = operator.ask(
        "SELECT username, full_name, name FROM users, roles, user_roles"
        " WHERE users.id = user_id AND roles.id = role_id"
    )
    return operator.rows(), operator.schema(), users


def documented(database):
    """The commands of docs/backup.md: those that take a backup, and those that restore it."""
    heading = {"postgresql": "PostgreSQL", "mysql": "MySQL and MariaDB", "sqlite": "SQLite"}
    text = (ROOT / "docs" / "backup.md").read_text(encoding="utf-8")
    _, _, section = text.partition(f"## {heading[database]}\n")
    block = re.search(r"```sh\n(.*?)```", section, re.DOTALL)[1]
    backup, restore = re.split(r"^# Restore.*$", block, flags=re.MULTILINE)
    return backup.split("\n")[:-1], restore.split("\n")[1:-1]
