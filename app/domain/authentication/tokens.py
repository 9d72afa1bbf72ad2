"""Random tokens, of which only digests are stored."""

import hashlib
import hmac
import secrets


def new_token() -> str:
    """Return a token of 256 random bits."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """Return the SHA-256 of a token, which is stored instead of it."""
    return hashlib.sha256(token.encode()).hexdigest()


def fingerprint(password_hash: str, secret: str) -> str:
    """Return the keyed digest that ties a session to the password of its user."""
    return hmac.new(secret.encode(), password_hash.encode(), hashlib.sha256).hexdigest()
