"""What the pages of users share: their blueprint, and why somebody may not be changed."""

from flask import Blueprint, g

from app.domain import access
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.models import User
from app.web.access import sentence_without
from app.web.identity import current_actor

blueprint = Blueprint("users", __name__, url_prefix="/users")


def lock_of(user: User, code: PermissionCode) -> str | None:
    """Return the sentence that says why the person may not do this to the user, if so."""
    if not g.me.can(code):
        return sentence_without(code)
    return access.why_not(db.session, current_actor(), user)
