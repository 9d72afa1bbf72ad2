"""The page for the code of a second factor, after the right password."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.web import readiness, redirects
from app.web.access import public
from app.web.auth.blueprint import blueprint, enter
from app.web.session import second_step
from app.web.session.second_step import CodeForm


@blueprint.route("/login/second-factor", methods=["GET", "POST"])
@public
def second_factor() -> ResponseReturnValue:
    """Finish signing in with a code of the second factor, or a recovery code."""
    readiness.demand()
    target = redirects.safe(request.values.get("next"))
    form, half = CodeForm(next=request.args.get("next", "")), second_step.current()
    if half is not None and second_step.finished(form, half):
        return second_step.end(enter(form.result, target))
    if half is None or second_step.is_over(form):
        flash(second_step.OVER, "info")
        return second_step.end(redirect(url_for(".login", next=target), 303))
    return render_template("auth/second_factor.html", form=form), form.status
