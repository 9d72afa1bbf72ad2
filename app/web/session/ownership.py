"""The owner of what the browser keeps from page to page: one session of one person.

Messages, undo offers and the CSRF token are in the signed cookie of forms, which outlives a
session. So the cookie says whose it is, and what belongs to another session or another person is
dropped.
"""

from flask import Response, after_this_request, g, session

from app.domain.authentication import tokens

OWNER, PERSON, LEFT = "owner", "person", "left"
MESSAGES = "_flashes"
LENGTH = 16


def claim(person: int, token: str) -> None:
    """Bind the cookie to the session with this token, without what others have left in it.

    Somebody else's forms get another CSRF token, so that none of them can be sent for this person.
    """
    owner = _mark(token)
    if session.get(OWNER) == owner:
        return
    session.pop(MESSAGES, None)
    if session.get(PERSON, person) != person:
        _turn_over()
    session[OWNER], session[PERSON] = owner, person


def is_turned_over() -> bool:
    """Tell whether this request is the first one of another person in this browser."""
    return bool(g.get("is_turned_over"))


def person() -> int | None:
    """Return the person whose browser this is, or was until their session ended."""
    return session.get(PERSON)


def renew(token: str) -> None:
    """Keep the messages for a session that replaces the current one."""
    if OWNER in session:
        session[OWNER] = _mark(token)


def forget() -> None:
    """Drop the messages of a session that has ended."""
    if OWNER in session:
        del session[OWNER]
        session.pop(MESSAGES, None)


def leave(target: str | None) -> None:
    """Remember the page at which a session was found to have ended."""
    session[LEFT] = _mark(target or "")


def was_left(target: str) -> bool:
    """Tell, once, whether the last session in this browser ended at this page."""
    return LEFT in session and session.pop(LEFT) == _mark(target)


def _turn_over() -> None:
    session.clear()
    # Flask-WTF keeps the token that it made for this request.
    g.pop("csrf_token", None)
    g.is_turned_over = True
    after_this_request(_clear_pages)


def _clear_pages(response: Response) -> Response:
    # The pages that the browser keeps for its button "Back".
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _mark(text: str) -> str:
    return tokens.digest(text)[:LENGTH]
