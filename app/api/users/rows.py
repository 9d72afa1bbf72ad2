"""Users as requests name them: locked for a change, and answered with their etag."""

from typing import Any

from app.api import preconditions
from app.api.changes import Resource
from app.api.endpoint import Answer
from app.domain import users
from app.domain.authentication import api_tokens
from app.domain.permissions import PermissionCode
from app.domain.users import UserExtras
from app.extensions import db
from app.models import User
from app.models.spelling import shown_address


def answer_of(user: User) -> Answer:
    """Return the answer that shows a user."""
    more = UserExtras(user.bio, api_tokens.is_service(db.session, user.id))
    details = _details(user, [role.name for role in user.roles], more)
    return Answer(details, details["etag"])


def listed(row: Any, more: UserExtras) -> dict[str, Any]:
    """Return a user as lists show them: with the last sign-in, and without the biography."""
    details = _details(row, users.role_names(row.roles), more)
    del details["bio"]
    return {**details, "last_signed_in_at": row.signed_in_at and row.signed_in_at.isoformat()}


def _details(row: Any, roles: list[str], more: UserExtras) -> dict[str, Any]:
    content = {
        "username": row.username,
        "email": shown_address(row.email),
        "full_name": row.full_name,
        "is_active": row.is_active,
        "is_verified": row.is_verified,
        "created_at": row.created_at.isoformat(),
        "roles": sorted(roles),
        "bio": more.bio,
        "is_service_account": more.is_service,
    }
    return preconditions.tagged(content)


USER = Resource("username", PermissionCode.USER_READ, users.lock_named, users.get, answer_of)
