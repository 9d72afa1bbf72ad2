"""What the pages of roles share: their blueprint, and what a person may do there."""

from flask import Blueprint, g
from werkzeug.wrappers import Response

from app.domain.permissions import PermissionCode

Page = Response | tuple[str, int]

blueprint = Blueprint("roles", __name__, url_prefix="/roles")


def missing(code: PermissionCode) -> PermissionCode | None:
    """Return the permission if the person lacks it."""
    return None if g.me.can(code) else code
