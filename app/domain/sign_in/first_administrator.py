"""Becoming the first administrator, by a link that works once."""

from app.domain import access, audit, roles, users
from app.domain.actor import Actor
from app.domain.authentication import one_time_links
from app.domain.authentication.sessions import Browser
from app.domain.errors import RuleError
from app.domain.sign_in.actors import as_user
from app.domain.sign_in.password_change import Registration
from app.domain.sign_in.second_step import start_session
from app.domain.target import Target
from app.domain.text import checked_reason
from app.models import DbSession
from app.models.user import ADMIN

ISSUED, USED = "setup-link:issued", "setup-link:used"
TARGET = Target("link", "link for the first administrator")


class AlreadySetUp(RuleError):
    """There is an administrator already, so nobody becomes the first one."""

    is_recorded = False


def issue_setup_link(session: DbSession, reason: str = "", *, actor: Actor) -> str:
    """Return the token of a link with which somebody becomes the first administrator.

    Args:
        session: The database session; the caller commits it.
        reason: The actor's reason.
        actor: The command that issues the link.

    Raises:
        AlreadySetUp: There is an administrator.
        InvalidValue: The reason is too long.
    """
    reason = checked_reason(reason)
    access.serialize_access_changes(session)
    _refuse_second(session)
    audit.record(session, ISSUED, TARGET, actor=actor, reason=reason)
    return one_time_links.issue(session, one_time_links.Purpose.SET_UP)


def check_setup_link(session: DbSession, token: str) -> None:
    """Refuse a set-up link that does not work.

    Raises:
        AlreadySetUp: There is an administrator.
        InvalidLink: The link was used, has expired or is unknown.
    """
    _refuse_second(session)
    one_time_links.peek(session, one_time_links.Purpose.SET_UP, token)


def set_up(
    session: DbSession,
    token: str,
    first: Registration,
    browser: Browser,
    *,
    actor: Actor,
    secret: str,
) -> str:
    """Make the first administrator and sign them in; of two who try at once, one succeeds.

    Returns:
        The token for the session's cookie.

    Raises:
        AlreadySetUp: There is an administrator.
        InvalidLink: The link was used, has expired or is unknown.
        InvalidValue: The name or the address is taken.
    """
    access.serialize_access_changes(session)
    _refuse_second(session)
    one_time_links.use(session, one_time_links.Purpose.SET_UP, token)
    user = users.add(session, first.new, first.password_hash, [roles.named(session, ADMIN)])
    owner = as_user(user, actor)
    save = users.record_creation(session, user, actor=owner)
    audit.record(session, USED, TARGET, actor=owner, save_id=save.id)
    return start_session(session, user, browser, actor=actor, secret=secret)


def _refuse_second(session: DbSession) -> None:
    if access.has_administrator(session):
        raise AlreadySetUp("There is an administrator already.")
