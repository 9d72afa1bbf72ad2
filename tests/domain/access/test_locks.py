"""Changes of access wait for each other: each takes the guard row before it looks at anything."""

import inspect
from contextlib import suppress

from sqlalchemy import select

from app.domain import roles, transfer, users
from app.domain.actor import Actor, ActorKind
from app.domain.roles import editing, lifecycle
from app.domain.sign_in import first_administrator, password_change, password_link
from app.domain.sign_in.own_factor import _own, reset_factor
from app.domain.transfer import ImportEdit, TransferFile, user_creation
from app.domain.users import NewToken, bulk, creation, tokens
from app.models import AccessGuard
from tests.support.people import OPERATOR

NOBODY = 2**31 - 1
OWNER = Actor(ActorKind.PERSON, "nobody", id=NOBODY)


def create_own_token(session):
    users.create_token(session, NOBODY, NewToken("ci"), actor=OWNER)


CHANGES = (
    *(
        editing.change,
        lifecycle.create,
        lifecycle.delete,
        roles.undo,
        roles.change_grants,
        roles.restore,
    ),
    *(editing.lock_named, users.lock_named),
    *(first_administrator.issue_setup_link, first_administrator.set_up, reset_factor),
    *(_own, password_change.change_password, password_link.choose_password),
    *(transfer.import_file, creation.register, users.set_roles, create_own_token),
    *(user_creation.create_rows, bulk.change_many, users.undo),
    *(tokens._owner_for_change, users.revoke_token_of_anyone),
)
ROLES = ImportEdit(TransferFile(roles=[]))


def test_each_change_of_access_takes_its_turn_first(session):
    late = []
    for change in CHANGES:
        before = session.scalar(select(AccessGuard.turn))
        with suppress(Exception):
            change(session, **_arguments(change))
        if session.scalar(select(AccessGuard.turn)) != before + 1:
            late.append(f"{change.__module__}.{change.__name__}")
        session.rollback()

    assert late == []


def _arguments(change):
    """Return arguments with which a change can do nothing but take its turn."""
    names = list(inspect.signature(change).parameters)[1:]
    given = {"actor": OPERATOR, "reason": ""}
    given |= dict.fromkeys(("user_id", "role_id", "token_id"), NOBODY)
    if change is transfer.import_file:
        given["edit"] = ROLES
    return {name: given.get(name) for name in names}
