"""What a user may do, and by which roles."""

from sqlalchemy import select

from app.domain import access
from app.models import Permission


def test_effective_permissions_name_the_roles_that_give_them(session, person):
    nora = person("nora", roles=["user", "viewer"])

    found = {one.code: one.roles for one in access.permissions_of(session, nora.id)}

    assert found["document:read"] == ("user", "viewer")
    assert found["document:create"] == ("user",)
    assert found["settings:read"] == ()
    assert set(found) == set(session.scalars(select(Permission.code)))


def test_admin_gives_a_permission_that_was_added_later(session, ada, vera):
    session.add(Permission(code="document:share", resource="document", action="share"))
    session.commit()

    for user, roles in ((ada, ("admin",)), (vera, ())):
        found = {one.code: one.roles for one in access.permissions_of(session, user.id)}
        assert found["document:share"] == roles
        assert user.has_permission("document:share") is bool(roles)
