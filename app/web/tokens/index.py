"""The list of the API tokens of all users."""

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain import access, users
from app.domain.paging import Cursors, Page
from app.domain.permissions import PermissionCode
from app.extensions import db
from app.web.access import requires, sensitive
from app.web.row_ids import possible_id
from app.web.saving import saved
from app.web.session.identity import current_actor
from app.web.tokens.blueprint import blueprint
from app.web.tokens.form import RevocationForm


@blueprint.route("", methods=["GET", "POST"])
@sensitive
@requires(read=PermissionCode.USER_UPDATE, change=PermissionCode.USER_UPDATE)
def index() -> ResponseReturnValue:
    """List the tokens of all users, the newest first, and revoke one."""
    form = RevocationForm()
    after, before = request.args.get("after"), request.args.get("before")
    here = url_for(".index", after=after, before=before)
    if saved(form, users.revoke_token_of_anyone, possible_id(form.token.data)):
        flash(f"Revoked the token {form.result.name}.", "success")
        return redirect(here, 303)
    page = users.tokens_page(db.session, Cursors(after, before))
    values = {"form": form, "page": page, "kept": _kept(page), "here": here}
    return render_template("tokens/index.html", **values), form.status


def _kept(page: Page) -> set[int]:
    """Return the tokens whose owners have permissions that the person does not have."""
    every = access.assignable_roles(db.session, current_actor())
    beyond = {role.name for role in every if role.is_beyond}
    others = (row for row in page.rows if row.user_id != g.me.id)
    return {row.id for row in others if not beyond.isdisjoint(users.role_names(row.roles))}
