"""The cookie of Flask's session, which holds the token of forms and what a page says next."""

from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface


class FormCookie(SecureCookieSessionInterface):
    """Flask's signed cookie, with what signs it made once and not twice for each request."""

    def __init__(self) -> None:
        self._signing: dict[tuple[object, ...], Any] = {}

    def get_signing_serializer(self, app: Flask) -> Any:
        """Return what signs and reads the cookie by the keys of the configuration."""
        keys = (app.secret_key, *(app.config["SECRET_KEY_FALLBACKS"] or ()))
        if keys not in self._signing:
            self._signing = {keys: super().get_signing_serializer(app)}
        return self._signing[keys]
