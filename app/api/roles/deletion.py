"""The deletion of a role, and its review."""

from typing import Any

from app.api.endpoint import Answer, endpoint
from app.api.roles import impact
from app.api.roles.editing import ONE, READ
from app.api.roles.rows import ROLE, ShownRole
from app.api.schemas import NUMBER, REASON, REVIEWED, given, taken
from app.domain import roles
from app.domain.actor import Actor
from app.domain.confirmation import Deletion
from app.domain.permissions import PermissionCode
from app.extensions import db


@endpoint(
    "GET",
    f"{ONE}/deletion",
    needs=(READ,),
    gives=given(members=NUMBER, impact=impact.IMPACT),
    has_etag=True,
)
def review(name: str) -> Answer:
    """Tell how many members a role has, and who loses permissions without it."""
    found = roles.review_deletion(db.session, roles.named(db.session, name).id)
    content = {"members": found.members, "impact": impact.shown(found.impact)}
    return Answer(content, found.content.etag)


@ROLE.change("DELETE", ONE, needs=(PermissionCode.ROLE_DELETE,), takes=taken(**REASON, **REVIEWED))
def delete(shown: ShownRole, body: dict[str, Any], actor: Actor) -> None:
    """Delete a role; its members lose it."""
    etag = roles.deletion_etag(shown.role)
    typed = Deletion(shown.role.name, etag, body.get("reason", ""), body.get("reviewed"))
    roles.delete(db.session, shown.id, typed, actor=actor)
