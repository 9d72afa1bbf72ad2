"""The page of a user."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain import access, roles, users
from app.domain.access import AssignableRole, EffectivePermission, Holder
from app.domain.permissions import PermissionCode
from app.domain.roles import RoleChoice
from app.domain.target import Target
from app.extensions import db
from app.models import User
from app.web.access import requires
from app.web.events import history_card, outside
from app.web.session.identity import current_actor
from app.web.users.blueprint import blueprint
from app.web.users.roles import RolesForm

ROLES_SHOWN, PERMISSIONS_SHOWN = 50, 100


@blueprint.get("/<id:user_id>")
@requires(read=PermissionCode.USER_READ)
def show(user_id: int) -> ResponseReturnValue:
    """Show a user, their roles, and their permissions with the roles that grant them."""
    sign_ins = users.sign_ins(db.session, user_id)
    user = sign_ins.user
    permissions = access.permissions_of(db.session, user_id)
    code = request.args.get("can", "").strip()
    assignable = access.assignable_roles(db.session, current_actor(), code)
    answer = access.explain(user, code, permissions, assignable) if code else None
    values = {"permissions": Granted(permissions), "code": code, "answer": answer}
    return _page(user, assignable, sign_ins=sign_ins, **values)


@dataclass(frozen=True)
class Granted:
    """The permissions of a user, and the part of them that is shown unless all are asked for."""

    all: Sequence[EffectivePermission]

    @property
    def count(self) -> int:
        """The number of permissions that are granted."""
        return sum(bool(permission.roles) for permission in self.all)

    @property
    def shown(self) -> Sequence[EffectivePermission]:
        """All permissions if they are few or asked for; otherwise the first that are granted."""
        if len(self.all) <= PERMISSIONS_SHOWN or request.args.get("all"):
            return self.all
        return [permission for permission in self.all if permission.roles][:PERMISSIONS_SHOWN]


def _page(user: User, assignable: list[AssignableRole], **values: Any) -> ResponseReturnValue:
    choices = roles.choices(db.session, user.id)
    history = history_card.of_user(Target.of_user(user))
    names = frozenset(choice.name for choice in choices if choice.is_held)
    holder = Holder(user.id, user.username, names)
    return render_template(
        "users/show.html",
        user=user,
        form=RolesForm().start_from(choices),
        roles=choices,
        held=_held(choices),
        why_not=_why_not(user, choices, assignable),
        role_urls=_role_urls(choices),
        history=history,
        outside=outside.note_of(holder, access.ROLES, history),
        **values,
    )


def _held(choices: list[RoleChoice]) -> list[RoleChoice] | None:
    """Return the user's roles to list, if there are too many roles to select from on this page."""
    if len(choices) <= ROLES_SHOWN:
        return None
    held = [choice for choice in choices if choice.is_held]
    return held if request.args.get("all") else held[:ROLES_SHOWN]


def _why_not(user: User, choices: list[RoleChoice], assignable: list[AssignableRole]) -> str | None:
    held = {choice.id for choice in choices if choice.is_held}
    exceeds = any(role.is_beyond and role.id in held for role in assignable)
    return access.exceeds(user) if exceeds else None


def _role_urls(choices: list[RoleChoice]) -> dict[str, str]:
    if not g.me.can(PermissionCode.ROLE_READ):
        return {}
    return {choice.name: url_for("roles.show", role_id=choice.id) for choice in choices}
