"""Preconditions of requests (RFC 9110, 13): a change names the version that it was made for."""

from typing import Any

from flask import request

from app.api.problems import Invalid
from app.domain import etags
from app.domain.errors import ChangedMeanwhile

FAILED, NEEDED = 412, 428
MISSING = "Send If-Match with the ETag of what you read; a change needs it."
OTHER = "This is not the version that If-Match names."
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
        Invalid: The header is missing, or names nothing (428).
    """
    if not _is_sent():
        raise Invalid(NEEDED, MISSING)


def is_read_already(current: str) -> bool:
    """Tell whether the client has what it asks for, by If-None-Match.

    Raises:
        Invalid: If-Match was sent, and names another version (412).
    """
    if _is_sent() and not _names(current):
        raise Invalid(FAILED, OTHER)
    known = request.if_none_match
    return known.star_tag or known.contains_weak(current)


def compare(current: str) -> None:
    """Refuse a change that was made for another version than the current one.

    It is called where the row is locked, so that no other change comes between.

    Raises:
        Outdated: The header names another version (412); a weak etag never fits.
    """
    if not _names(current):
        raise Outdated(STALE)


def _is_sent() -> bool:
    return bool(request.headers.get("If-Match", "").strip(" ,"))


def _names(current: str) -> bool:
    sent = request.if_match
    return sent.star_tag or sent.contains(current)
