"""The blueprint of users, the reasons why an account cannot be changed, and links to hand over."""

from typing import Any

from flask import Blueprint, g

from app.domain import access
from app.domain.authentication import one_time_links
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.models import User
from app.models.base import utcnow
from app.web import urls
from app.web.access import sentence_without
from app.web.session.identity import current_actor

blueprint = Blueprint("users", __name__, url_prefix="/users")


def why_not(user: User, code: PermissionCode) -> str | None:
    """Return the reason why the person may not change the user, if there is one."""
    if not g.me.can(code):
        return sentence_without(code)
    return access.why_not(db.session, current_actor(), user)


def why_last(user: User) -> str | None:
    """Return the reason why the user has to stay, if nobody else can administer the console."""
    return (
        access.last_administrator(user) if access.is_last_administrator(db.session, user) else None
    )


def handed_over(user: User, token: str) -> dict[str, Any]:
    """Return the values of the page that shows a one-time link, just issued, to hand over."""
    expires = utcnow() + one_time_links.LIFETIME
    return {"user": user, "link": urls.reset_link(token), "expires": expires}
