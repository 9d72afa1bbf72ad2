"""The session cookie, and the attributes and signatures of all cookies."""

from flask import current_app, request
from itsdangerous import URLSafeTimedSerializer
from werkzeug.wrappers import Response

from app import config
from app.web.session import ownership

A_YEAR = 31_536_000


def token() -> str | None:
    """Return the token in the session cookie of the request."""
    return request.cookies.get(_name())


def store(response: Response, token: str) -> Response:
    """Set the session cookie to the token of a new session."""
    ownership.renew(token)
    return set_cookie(response, _name(), token)


def delete(response: Response) -> Response:
    """Delete the session cookie, if the browser has one, and what was kept for the session."""
    ownership.forget()
    return delete_cookie(response, _name())


def delete_cookie(response: Response, name: str) -> Response:
    """Delete a cookie, if the browser has it."""
    if name in request.cookies:
        response.delete_cookie(
            name,
            secure=not config.current().is_development,
            httponly=True,
            samesite="Lax",
            path="/",
        )
    return response


def set_cookie(
    response: Response, name: str, value: str, *, max_age: int | None = None
) -> Response:
    """Set a cookie that scripts cannot read and other sites cannot send."""
    response.set_cookie(
        name,
        value,
        max_age=max_age,
        secure=not config.current().is_development,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


def signer(salt: str) -> URLSafeTimedSerializer:
    """Return what signs a cookie by the secret key, and reads it by that or by a former one."""
    # The last key signs.
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"], str(current_app.secret_key)]
    return URLSafeTimedSerializer(keys, salt=salt)


def _name() -> str:
    return config.current().cookie("console")
