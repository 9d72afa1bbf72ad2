"""Users, roles and permissions as the guide's examples use them."""

from sqlalchemy import func, select

from app.domain.authentication import passwords
from app.models import Permission, Role, User, role_permissions, user_roles
from tests.support.people import BCRYPT_HASH, PASSWORD, PASSWORD_HASH


def test_a_user_holds_roles_and_by_them_permissions(session, vera):
    assert vera.has_role("viewer")
    assert not vera.has_role("admin")
    assert vera.has_permission("document:read")
    assert not vera.has_permission("document:delete")


def test_who_has_no_role_holds_nothing(omar):
    assert not omar.has_role("viewer")
    assert not omar.has_permission("document:read")


def test_the_role_admin_holds_a_permission_that_was_added_later(session, ada, vera):
    session.add(Permission(code="document:share", resource="document", action="share"))
    session.commit()

    assert ada.has_permission("document:share")
    assert not vera.has_permission("document:share")


def test_a_password_is_set_and_checked_as_flask_s_tutorials_do(session, person):
    nora = person("nora", password_hash="hashed_password_here")
    assert not nora.check_password("seven grey herons")

    nora.set_password("seven grey herons")

    assert nora.password_hash.startswith("$argon2id$")
    assert nora.check_password("seven grey herons")
    assert not nora.check_password("seven grey heron")
    nora.password_hash = BCRYPT_HASH
    assert nora.check_password(PASSWORD)


def test_sql_and_python_agree_on_who_has_a_password(session, person):
    older = "$argon2i$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$" + "A" * 43
    bcrypt = [f"$2{kind}$12$" + "a" * 53 for kind in "aby"]
    none = ["hashed_password_here", "", "$2b$12$abcdefghijklmnopqrstuv", passwords.no_password()]
    none += ["$2A$12$" + "a" * 53, "$2x$12$" + "a" * 53, PASSWORD_HASH.upper()]
    for number, stored in enumerate([PASSWORD_HASH, older, *bcrypt, *none]):
        person(f"nora{number:02}", password_hash=stored)

    expected = [True] * 5 + [False] * 7
    assert list(session.scalars(select(User.has_password).order_by(User.username))) == expected
    users = session.scalars(select(User).order_by(User.username))
    assert [user.has_password for user in users] == expected


def test_names_and_addresses_are_stored_in_one_form(session, person):
    nora = person(" NORA ", email="Nora@Example.ORG")

    session.expire_all()
    assert (nora.username, nora.email) == ("nora", "nora@example.org")


def test_deleting_a_user_or_a_role_deletes_its_assignments_only(session, vera, person):
    role = Role(name="temporary", permissions=[session.scalars(select(Permission).limit(1)).one()])
    session.add(role)
    nora = person("nora", roles=["temporary", "viewer"])
    users, grants = (func.count(table.c[0]) for table in (user_roles, role_permissions))
    before = session.scalar(select(grants))

    session.delete(nora)
    session.commit()
    assert session.scalar(select(users)) == 1
    session.delete(role)
    session.commit()
    assert session.scalar(select(grants)) == before - 1
    assert vera.has_role("viewer")


def test_the_database_deletes_assignments_with_their_user(session, vera):
    session.execute(User.__table__.delete().where(User.id == vera.id))
    session.commit()

    assert session.execute(select(user_roles)).all() == []


def test_a_row_that_another_program_inserts_gets_what_it_leaves_out(session):
    row = {"username": "raw", "email": "raw@example.org", "password_hash": "x"}
    session.execute(User.__table__.insert().values(**row))
    session.commit()

    raw = session.scalars(select(User)).one()
    assert (raw.is_active, raw.is_verified) == (True, False)
    assert raw.created_at.utcoffset().total_seconds() == 0
