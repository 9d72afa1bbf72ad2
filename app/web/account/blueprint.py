"""The blueprint of the account, and the choices that a browser keeps in a cookie."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from app import config
from app.web import redirects
from app.web.session import session_cookie

blueprint = Blueprint("account", __name__, url_prefix="/account")


def keep_choice(name: str, value: str, target: str | None) -> ResponseReturnValue:
    """Redirect to a page of the console, and keep a choice in a cookie for a year.

    Args:
        name: The name of the choice.
        value: The choice.
        target: The path to go to; the overview if it does not lead to a page of the console.
    """
    cookie = config.current().cookie(name)
    response = redirect(redirects.safe(target), 303)
    return session_cookie.set_cookie(response, cookie, value, max_age=session_cookie.A_YEAR)
