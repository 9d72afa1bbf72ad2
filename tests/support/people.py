"""The people of the tests: Ada administers, Vera only views, Omar has no role."""

from collections.abc import Iterable

from sqlalchemy import select

from app.domain.actor import Actor, ActorKind
from app.models import DbSession, Permission, Role, User

OPERATOR = Actor(ActorKind.COMMAND, "os:operator")
PASSWORD = "correct horse battery staple"
# What argon2-cffi makes of PASSWORD with the console's parameters; made once, since it takes long.
PASSWORD_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$kAPK/taKk8lOqQRO1LKfQQ"
    "$WmreZhkEAPW8dpBsaUj9FqKMEyTMQe1yfhf0xvx/E7g"
)
# The same by bcrypt, as another program may store it.
BCRYPT_HASH = "$2b$04$got.TlBWf3km1fY6LFeJEOtkcUalV84ENG5xjlI8yx4NGsZpyg13u"


def person(
    session: DbSession,
    name: str,
    *,
    roles: Iterable[str] = (),
    permissions: Iterable[str] = (),
    **columns: object,
) -> User:
    """Add a user who can sign in with PASSWORD.

    Args:
        session: The database session; it is committed.
        name: The user name; the e-mail address is made of it.
        roles: Names of roles that there are.
        permissions: Codes that the user holds by a role of their own, named after them.
        columns: Any other column of the user.
    """
    held = [_role(session, role) for role in roles]
    codes = [str(code) for code in permissions]
    if codes:
        granted = list(session.scalars(select(Permission).where(Permission.code.in_(codes))))
        assert {permission.code for permission in granted} == set(codes)
        held.append(Role(name=f"only {name}", permissions=granted))
    details = {"email": f"{name}@example.org", "password_hash": PASSWORD_HASH} | columns
    user = User(username=name, roles=held, **details)
    session.add(user)
    session.commit()
    return user


def acting(who: User) -> Actor:
    """Return the person as the one who makes a change."""
    return Actor(ActorKind.PERSON, who.username, id=who.id)


def _role(session: DbSession, name: str) -> Role:
    return session.scalars(select(Role).where(Role.name == name)).one()
