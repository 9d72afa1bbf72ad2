"""Preconditions of requests (RFC 9110, 13): a change names the version that it was made for."""

from flask import request

from app.api.problems import Invalid

NEEDED, FAILED = 428, 412
MISSING = "Send If-Match with the ETag of what you read; a change needs it."
STALE = "This has changed since you read it. Nothing was saved. Read it again."


def demand() -> None:
    """Refuse a change without If-Match.

    Raises:
        Invalid: The header is missing (428).
    """
    if "If-Match" not in request.headers:
        raise Invalid(NEEDED, MISSING)


def compare(current: str) -> None:
    """Refuse a change that was made for another version than the current one.

    Raises:
        Invalid: The header names another version (412); a weak etag never fits.
    """
    sent = request.if_match
    if not (sent.star_tag or sent.contains(current)):
        raise Invalid(FAILED, STALE)
