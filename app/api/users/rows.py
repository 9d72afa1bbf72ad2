"""Users as requests name them: locked for a change, and answered with their etag."""

from typing import Any

from app.api.changes import Resource
from app.api.endpoint import Answer
from app.domain import etags, users
from app.domain.authentication import api_tokens
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.models import User


def answer_of(user: User) -> Answer:
    """Return the answer that shows a user."""
    details = _details(user)
    return Answer(details, etags.of(details))


def _details(user: User) -> dict[str, Any]:
    return {
        "username": user.username,
        "email": user.shown_email,
        "full_name": user.full_name,
        "is_active": user.is_active,
        "is_verified": user.is_verified,
        "created_at": user.created_at.isoformat(),
        "roles": [role.name for role in user.roles],
        "bio": user.bio,
        "is_service_account": api_tokens.is_service(db.session, user.id),
    }


USER = Resource("username", PermissionCode.USER_READ, users.lock_named, users.get, answer_of)
