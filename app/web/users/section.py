"""What the pages of users share: their blueprint, and why somebody may not be changed."""

from flask import Blueprint, g
from werkzeug.wrappers import Response

from app.domain import access
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.models import User
from app.web.identity import current_actor

Page = Response | tuple[str, int]

blueprint = Blueprint("users", __name__, url_prefix="/users")


def missing(code: PermissionCode) -> PermissionCode | None:
    """Return the permission if the person lacks it."""
    return None if g.me.can(code) else code


def lock_of(user: User, code: PermissionCode) -> str | None:
    """Return the sentence that says why the person may not do this to the user, if so."""
    if missing(code):
        return f"This needs the permission {code}, which none of your roles grants."
    return access.lock_of(db.session, current_actor(), user)
