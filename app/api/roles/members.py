"""The members and the history of a role."""

from typing import Any

from app.api.endpoint import endpoint, next_page
from app.api.events import EVENTS, page_of_events
from app.api.roles.editing import ONE, READ
from app.api.schemas import AFTER, page_of
from app.domain import audit, roles
from app.domain.paging import Cursors
from app.domain.permissions import PermissionCode
from app.domain.target import Target
from app.extensions import db


@endpoint(
    "GET",
    f"{ONE}/members",
    read=READ,
    needs=(PermissionCode.USER_READ,),
    gives=page_of("Member"),
    query=AFTER,
)
def members(name: str, query: dict[str, str]) -> Any:
    """List the members of a role."""
    role = roles.named(db.session, name)
    count = roles.count_members(db.session, role.id)
    page = roles.members_page(db.session, role.id, Cursors(after=query.get("after")), count=count)
    items = [{"username": row.username, "full_name": row.full_name} for row in page.rows]
    return {"items": items, "next": next_page(page.after)}


@endpoint(
    "GET",
    f"{ONE}/history",
    read=READ,
    needs=(PermissionCode.AUDIT_READ,),
    gives=EVENTS,
    query=AFTER,
)
def history(name: str, query: dict[str, str]) -> Any:
    """List what was done to a role, the newest first."""
    target = Target.of_role(roles.named(db.session, name))
    return page_of_events(audit.history_page(db.session, target, Cursors(after=query.get("after"))))
