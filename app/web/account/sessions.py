"""The address that ends one of a person's own sessions; its page is that of the account."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.domain.authentication import sessions as domain_sessions
from app.web.access import signed_in
from app.web.account import show
from app.web.account.blueprint import blueprint
from app.web.saving import saved


@blueprint.route("/sessions", methods=["GET", "POST"])
@signed_in
def sessions() -> ResponseReturnValue:
    """Show the account, and end one of its sessions."""
    form = show.OwnSessionForm()
    if saved(form, domain_sessions.end_own, form.session.data or 0):
        flash("Ended the session.", "success")
        return redirect(url_for(".show"), 303)
    return show.page(form)
