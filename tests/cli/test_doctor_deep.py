"""What must hold of all rows, found by reading all of them."""

import pytest
from sqlalchemy import delete, text

from app.domain import integrity, settings
from app.domain.settings import SecretKeys
from app.models import ApplicationSetting, user_roles

FINE = "ok       everything: The record is whole, and no row contradicts another."


@pytest.fixture
def examine(flask, session):
    """Runs SQL of another program, and returns what the deep check says of it."""

    def examine(*statements):
        for statement in statements:
            session.execute(text(statement))
        session.commit()
        done = flask("doctor", "--deep")
        found = [line for line in done.out.splitlines() if " everything: " in line]
        return done.code, found

    return examine


def test_all_is_well_with_what_the_console_writes(examine, flask, ada, vera):
    flask("settings", "set", "chunk_size", "700")
    flask("users", "assign", "vera", "user")

    assert examine() == (0, [FINE])


def test_it_is_read_only_when_it_is_asked_for(flask, ada):
    assert "everything" not in flask("doctor").out


@pytest.mark.only_on("sqlite")
def test_rows_that_refer_to_nothing_are_wrong(examine, ada):
    code, found = examine(
        "COMMIT",
        "PRAGMA foreign_keys = OFF",
        "BEGIN",
        "INSERT INTO user_roles SELECT 4711, id FROM roles LIMIT 2",
        "COMMIT",
        "PRAGMA foreign_keys = ON",
        "BEGIN",
    )

    sentence = "2 rows of user_roles name user_id that users does not have."
    assert (code, found) == (1, [f"wrong    everything: {sentence}"])


def test_a_permission_that_is_missing_is_wrong(examine, ada):
    code, found = examine("DELETE FROM permissions WHERE code = 'audit:read'")

    assert (code, len(found)) == (1, 1)
    assert found[0].endswith("1 permission of the console is not in the database: audit:read.")


def test_a_wrong_copy_of_a_name_is_wrong(examine, ada):
    code, found = examine("UPDATE console_user_names SET skeleton = 'other'")

    assert code == 1
    assert found[0].endswith("The copies of 1 name are wrong. Run: flask users copy-names")


KEY = SecretKeys(bytes(range(32)))


@pytest.fixture
def keyed(session):
    """Gives the console a key for secrets."""
    engine = session.get_bind()
    engine.update_execution_options(**{settings.KEYS: KEY})
    yield
    engine.update_execution_options(**{settings.KEYS: SecretKeys()})


def test_a_secret_that_does_not_decrypt_is_wrong(examine, session, ada, keyed):
    fine, empty = KEY.encrypted("sk-4711"), ""
    stored = {"a_api_key": fine, "b_api_key": empty, "c_api_key": "in clear", "d_api_key": None}
    session.add_all(ApplicationSetting(key=key, value=value) for key, value in stored.items())
    assert examine() == (0, [FINE])

    session.add(ApplicationSetting(key="e_api_key", value=fine[:-9]))
    code, found = examine()

    assert code == 1
    assert found == ["wrong    everything: 1 secret cannot be decrypted: e_api_key."]


def test_what_only_others_leave_is_found_where_nobody_else_writes(flask, session, ada, person):
    def found():
        session.commit()
        return list(integrity.left_by_others(session, session.rollback))

    flask("settings", "set", "chunk_size", "700")
    flask("users", "assign", "ada", "user")
    assert found() == []

    person("bo", password_hash="hashed_password_here")
    session.execute(text("UPDATE application_settings SET value = '9' WHERE value = '700'"))
    session.execute(delete(user_roles).where(user_roles.c.user_id == ada.id))

    assert found() == [
        "The stored password of bo cannot be verified.",
        "chunk_size is not what was recorded last.",
        "The roles of ada are not what was recorded last.",
    ]


@pytest.fixture
def unprotected(session):
    """A record without the trigger that refuses to edit it."""
    name = "console_audit_events_no_update"
    made = session.scalar(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": name})
    session.execute(text(f"DROP TRIGGER {name}"))
    session.commit()
    yield
    session.rollback()
    session.execute(text(made))
    session.commit()


@pytest.mark.only_on("sqlite")
@pytest.mark.usefixtures("unprotected")
def test_an_event_that_was_edited_is_wrong(examine, flask, ada):
    flask("settings", "set", "chunk_size", "700")
    flask("settings", "set", "chunk_size", "800")

    edited = "UPDATE console_audit_events SET actor_name = 'somebody else' WHERE id = 1"
    code, found = examine(edited)

    assert code == 1
    assert "Event 1 was edited or moved. Run: flask audit verify" in found[0]
