"""The roles by which somebody could do what an event tells of, whatever was changed since."""

import pytest
from sqlalchemy import delete, insert, select

from app.domain import access, audit
from app.domain.target import Target
from app.models import Role, User, user_roles
from tests.support.assigning import set_roles
from tests.support.people import OPERATOR, acting

CODE = "role:assign"


@pytest.fixture
def hera(person):
    """Hera, who has a role that lets her assign roles."""
    return person("hera", permissions=[CODE, "user:read"])


@pytest.fixture
def event(session, hera):
    """Her assignment of a role."""
    done = audit.record(session, "role:assigned", Target("user", "omar", 99), actor=acting(hera))
    session.commit()
    return audit.get(session, done.id)


def granting(session, event, code=CODE):
    has_actor = session.get(User, event.actor_id) is not None
    return access.roles_at(session, event, code, has_actor=has_actor)


def record(session, action, target, **sides):
    audit.record(session, action, target, actor=OPERATOR, **sides)
    session.commit()


def test_roles_that_were_changed_since_are_those_of_the_time(session, hera, event):
    assert granting(session, event) == ("only hera",)

    set_roles(session, hera, "viewer", "admin", by=OPERATOR)

    assert granting(session, event) == ("only hera",)
    assert granting(session, event, "user:delete") == ()
    later = audit.record(session, "user:deleted", Target("user", "x", 98), actor=acting(hera))
    session.commit()
    assert granting(session, audit.get(session, later.id), "user:delete") == ("admin",)


def test_a_permission_that_was_revoked_since_was_granted(session, hera, event):
    [role] = hera.roles
    role.permissions = []
    record(session, "permission:revoked", Target.of_role(role), before={"codes": [CODE]})

    assert granting(session, event) == ("only hera",)

    record(session, "permission:granted", Target.of_role(role), after={"codes": ["audit:read"]})
    assert granting(session, event, "audit:read") == ()


def test_a_role_has_the_name_of_the_time_after_it_was_renamed_and_deleted(session, hera, event):
    [role] = hera.roles
    role.name = "helpers"
    names = {"before": {"name": "only hera"}, "after": {"name": "helpers"}}
    record(session, "role:renamed", Target.of_role(role), **names)
    assert granting(session, event) == ("only hera",)

    before = {"name": "helpers", "codes": [CODE, "user:read"]}
    target, role_id = Target.of_role(role), role.id
    record(session, "role:deleted", target, before=before)
    record(session, "role:unassigned", Target.of_user(hera), before={"role": "helpers"})
    session.delete(role)
    session.commit()
    another = Role(id=role_id, name="another")
    session.add(another)
    record(session, "role:created", Target.of_role(another), after={"name": "another"})

    assert granting(session, event) == ("only hera",)


def test_of_a_deleted_user_the_deletion_tells_the_roles(session, hera, event):
    target = Target.of_user(hera)
    session.delete(hera)
    session.commit()
    assert granting(session, event) is None

    record(session, "user:deleted", target, before={"roles": ["only hera"]})
    assert granting(session, event) == ("only hera",)


def test_what_the_save_itself_changed_was_not_so_yet(session, hera):
    set_roles(session, hera, by=hera)
    last = audit.history_of(session, Target.of_user(hera))[0].event

    assert granting(session, last) == ("only hera",)


def test_another_program_explains_what_the_record_does_not(session, ada, person):
    oda = person("oda")
    record(session, "user:created", Target.of_user(oda))
    set_roles(session, oda, "viewer", by=ada)
    admin = session.scalars(select(Role.id).where(Role.name == "admin")).one()
    session.execute(insert(user_roles).values(user_id=oda.id, role_id=admin))
    done, denied = (
        audit.record(session, action, Target("user", "omar", 99), actor=acting(oda)).id
        for action in ("user:deleted", "permission:denied")
    )
    session.commit()

    assert granting(session, audit.get(session, done)) == ("admin",)
    assert granting(session, audit.get(session, denied)) == ()


def test_a_role_that_another_program_took_since_is_one_of_the_time(session, ada, person):
    oda = person("oda")
    set_roles(session, oda, "admin", by=ada)
    done = audit.record(session, "user:deleted", Target("user", "omar", 99), actor=acting(oda)).id
    session.execute(delete(user_roles).where(user_roles.c.user_id == oda.id))
    session.commit()

    assert granting(session, audit.get(session, done)) == ("admin",)
