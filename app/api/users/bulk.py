"""Many users changed at once: reviewed, then changed as reviewed, with the outcome for each."""

from dataclasses import replace
from typing import Any

from app.api import preconditions
from app.api.endpoint import Answer, endpoint, reviewed, saved
from app.api.schemas import NAMES, REASON, TEXT, TEXTS, given, taken
from app.api.users.accounts import FILTERS, READ, UPDATE
from app.domain import access, roles, users
from app.domain.actor import Actor
from app.domain.errors import InvalidValue
from app.domain.permissions import PermissionCode
from app.domain.users import BulkAction, BulkEdit, BulkPlan, Selection, UserFilter
from app.extensions import db
from app.models import DbSession

CHANGE: dict[str, Any] = {
    "read": READ,
    "needs": (PermissionCode.ROLE_ASSIGN, UPDATE),
    "gives": given(
        action=TEXT,
        role=TEXT,
        permissions=TEXTS,
        changed=TEXTS,
        skipped={"type": "array", "items": given(reason=TEXT, users=TEXTS)},
    ),
    "takes": taken(
        "action",
        action={"type": "string", "enum": [action.value for action in BulkAction]},
        users={**NAMES, "minItems": 1},
        filters=taken(**FILTERS),
        role=TEXT,
        **REASON,
    ),
}


@endpoint("POST", "/bulk-users/review", **CHANGE)
def review(body: dict[str, Any]) -> Answer:
    """Tell what a change of many users would do to each; its etag is for the change."""
    return _answer(reviewed(users.review_many, _edit(db.session, body)))


@endpoint("POST", "/bulk-users", has_etag=True, **CHANGE)
def change(body: dict[str, Any]) -> Answer:
    """Change many users in one transaction: those of a list, or all who match filters."""
    return _answer(saved(_change, body))


def _change(session: DbSession, body: dict[str, Any], *, actor: Actor) -> BulkPlan:
    access.serialize_access_changes(session)
    edit = _edit(session, body)
    plan = users.review_many(session, edit, actor=actor)
    preconditions.compare(plan.content.etag)
    edit = replace(edit, etag=plan.etag, count=plan.count, reviewed=plan.content.text)
    return users.change_many(session, edit, actor=actor)


def _edit(session: DbSession, body: dict[str, Any]) -> BulkEdit:
    selection, role = _selection(session, body), body.get("role", "")
    if role:
        roles.ids_named(session, [role], field="role")
    return BulkEdit(BulkAction(body["action"]), selection, role, reason=body.get("reason", ""))


def _selection(session: DbSession, body: dict[str, Any]) -> Selection:
    if ("users" in body) == ("filters" in body):
        raise InvalidValue("Send one of users and filters.", field="users")
    if "users" in body:
        return Selection(users.ids_named(session, body["users"]))
    try:
        return Selection(filters=UserFilter(**body["filters"]))
    except InvalidValue as mistake:
        mistake.field = "filters"
        raise


def _answer(plan: BulkPlan) -> Answer:
    skipped = [
        {"reason": outcome.reason(plan.action), "users": [person.username for person in people]}
        for outcome, people in plan.skipped
    ]
    content = {
        "action": plan.action,
        "role": plan.role,
        "permissions": list(plan.codes),
        "changed": [person.username for person in plan.changed],
        "skipped": skipped,
    }
    return Answer(content, plan.content.etag)
