"""What a user may do, and by which roles."""

from sqlalchemy import select

from app.domain import access
from app.models import Permission, Role
from tests.support.roles import furnish


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


def test_somebody_with_every_role_is_answered_permission_by_permission(session, person, ada):
    furnish(session, roles=60, permissions=100)
    everything = list(session.scalars(select(Role.name)))
    nora = person("nora", roles=everything)

    found = access.permissions_of(session, nora.id)

    for role in session.scalars(select(Role)):
        granted = {one.code for one in found if role.name in one.roles}
        expected = {one.code for one in (found if role.name == "admin" else role.permissions)}
        assert granted == expected, role.name
    assert all(list(one.roles) == sorted(set(one.roles)) for one in found)
    assert all("admin" in one.roles for one in access.permissions_of(session, ada.id))
