"""The history of a user."""

from typing import Any

from app.api import bearer
from app.api.endpoint import endpoint
from app.api.events import EVENTS, page_of_events
from app.api.schemas import AFTER
from app.api.users.accounts import ONE, READ
from app.domain import audit, users
from app.domain.paging import Cursors
from app.domain.permissions import PermissionCode
from app.domain.target import Target
from app.extensions import db

SEEN_BY = (PermissionCode.AUDIT_READ, PermissionCode.ROLE_ASSIGN)


@endpoint("GET", f"{ONE}/history", read=READ, needs=SEEN_BY, gives=EVENTS, query=AFTER)
def history(username: str, query: dict[str, str]) -> Any:
    """List what was done to a user, the newest first; without audit:read, only their roles."""
    target = Target.of_user(users.named(db.session, username))
    actions = () if bearer.caller().can(PermissionCode.AUDIT_READ) else audit.OF_ROLES
    cursors = Cursors(after=query.get("after"))
    return page_of_events(audit.history_page(db.session, target, cursors, actions=actions))
