"""The device cookie: the users who have signed in with this browser, signed by the console.

It lets nobody in. Attempts to sign in as one of these users draw on a budget of this browser, which
nobody else can use up (`throttle`).
"""

import secrets
from functools import partial

from flask import after_this_request, request
from itsdangerous import BadData
from werkzeug.wrappers import Response

from app import config
from app.web.session import session_cookie

NAME, SALT = "device", "device cookie"
MOST_USERS = 5
ID_BYTES = 16


def device_of(user_id: int) -> str | None:
    """Return the id of this browser if the user has signed in with it."""
    device, users = _sent()
    return device if user_id in users else None


def remember(user_id: int) -> None:
    """Let the response remember that the user has signed in with this browser."""
    after_this_request(partial(_store, user_id))


def _store(user_id: int, response: Response) -> Response:
    device, users = _sent()
    others = [other for other in users if other != user_id]
    content = [device, [user_id, *others][:MOST_USERS]]
    value = str(session_cookie.signer(SALT).dumps(content))
    return session_cookie.set_cookie(response, _name(), value, max_age=session_cookie.A_YEAR)


def _sent() -> tuple[str, list[int]]:
    """Return the id of this browser, a new one if it has none, and the users."""
    try:
        sent = request.cookies.get(_name(), "")
        device, users = session_cookie.signer(SALT).loads(sent, max_age=session_cookie.A_YEAR)
    except BadData:
        return secrets.token_urlsafe(ID_BYTES), []
    return device, users


def _name() -> str:
    return config.current().cookie(NAME)
