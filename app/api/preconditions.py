"""Preconditions of requests (RFC 9110, 13): a change names the version that it was made for."""

from typing import Any

from flask import request

from app.api.problems import Invalid
from app.domain import etags
from app.domain.errors import ChangedMeanwhile

NEEDED = 428
MISSING = "Send If-Match with the ETag of what you read; a change needs it."
STALE = "This has changed since you read it. Nothing was saved. Read it again."


class Outdated(ChangedMeanwhile):
    """The request was made for another version than the current one."""


def tagged(content: dict[str, Any], *, unseen: object = None) -> dict[str, Any]:
    """Return the fields of a thing with its etag: the same one in lists, bodies and the header.

    Args:
        content: The fields.
        unseen: The part of it that no answer shows, such as the digest of a secret.
    """
    return {**content, "etag": etags.of([content, unseen])}


def demand() -> None:
    """Refuse a change without If-Match.

    Raises:
        Invalid: The header is missing (428).
    """
    if "If-Match" not in request.headers:
        raise Invalid(NEEDED, MISSING)


def compare(current: str) -> None:
    """Refuse a change that was made for another version than the current one.

    It is called where the row is locked, so that no other change comes between.

    Raises:
        Outdated: The header names another version (412); a weak etag never fits.
    """
    sent = request.if_match
    if not (sent.star_tag or sent.contains(current)):
        raise Outdated(STALE)
