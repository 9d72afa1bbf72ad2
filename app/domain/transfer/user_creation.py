"""Users created from the rows of a file, batch by batch."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select

from app.domain import access, audit, not_null, roles, users
from app.domain.actor import Actor
from app.domain.audit import Change
from app.domain.authentication import passwords
from app.domain.plan_lines import PlanOutcome
from app.domain.target import Target
from app.domain.text import checked_reason
from app.domain.transfer.user_rows import RowResult, SeenRows, UserRow, plan_rows
from app.domain.users import NewUser
from app.models import DbSession, User, forget_leftovers, user_roles
from app.models.user_names import StoredNames, copy


def create_rows(
    session: DbSession, rows: Sequence[UserRow], reason: str = "", *, actor: Actor
) -> list[RowResult]:
    """Create the users of a batch of rows without passwords; a refused row loses no other.

    Args:
        session: The database session; the caller commits it.
        rows: A batch of rows, some hundreds.
        reason: The actor's reason for all of them.
        actor: The person or command who creates the users.

    Returns:
        The outcome for each row. Users who exist already are left as they are.

    Raises:
        BeyondOwnPermissions: The actor may not create users.
        InvalidValue: The reason is too long.
    """
    access.serialize_access_changes(session)
    users.copy_uncopied(session)
    reason = checked_reason(reason)
    results = plan_rows(session, rows, SeenRows(), actor=actor)
    added = [result for result in results if result.line.outcome is PlanOutcome.ADD]
    if added:
        _create(session, added, reason, actor)
    return results


def _create(session: DbSession, added: Sequence[RowResult], reason: str, actor: Actor) -> None:
    connection = session.connection()
    new_users = [users.check_new(result.row.new) for result in added]
    columns = [
        not_null.filled(connection, User, _columns(new, result.row))
        for new, result in zip(new_users, added, strict=True)
    ]
    forget_leftovers(connection, User)
    connection.execute(insert(User), columns)
    stored = select(User.id, User.username, User.email, User.full_name)
    stored = stored.where(User.username.in_([new.username for new in new_users]))
    by_name = {row.username: StoredNames(*row) for row in connection.execute(stored)}
    copy(connection, by_name.values())
    events = []
    for new, result in zip(new_users, added, strict=True):
        target = Target("user", new.username, by_name[new.username].id)
        after = {"username": new.username, "email": new.email, "full_name": new.full_name}
        events.append((target, Change("user:created", after=after)))
        roles_of = (Change("role:assigned", after={"role": name}) for name in result.line.gained)
        events += [(target, change) for change in roles_of]
    _assign(session, added, {new.username: by_name[new.username].id for new in new_users})
    audit.record_save(session, events, actor=actor, reason=reason)


def _assign(session: DbSession, added: Sequence[RowResult], user_ids: Mapping[str, int]) -> None:
    role_ids = {role.name: role.id for role in roles.read_matrix(session).roles}
    pairs = [
        {"user_id": user_ids[result.line.name], "role_id": role_ids[name]}
        for result in added
        for name in result.line.gained
    ]
    if pairs:
        session.connection().execute(insert(user_roles), pairs)


def _columns(new: NewUser, row: UserRow) -> dict[str, Any]:
    return {
        "username": new.username,
        "email": new.email,
        "full_name": new.full_name,
        "bio": new.bio,
        "password_hash": passwords.no_password(),
        "is_active": row.is_active,
        "is_verified": row.is_verified,
    }
