"""The card with the recent changes of one thing, or with the permission that shows them."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from flask import g, url_for

from app.domain import audit
from app.domain.permissions import PermissionCode
from app.domain.target import Target
from app.extensions import db
from app.web.events import sentences
from app.web.events.sentences import EventLine
from app.web.urls import queried

OF_USER = (PermissionCode.AUDIT_READ, PermissionCode.ROLE_ASSIGN)


@dataclass(frozen=True)
class HistoryCard:
    """The recent changes of something, and the links to all of them.

    Attributes:
        lines: The changes; None for users who may not see them.
        links: The labels and URLs of the audit log, filtered; none for users who may not read it.
        needs: The permissions of which one shows the changes.
    """

    lines: list[EventLine] | None
    links: list[tuple[str, str]]
    needs: tuple[PermissionCode, ...] = (PermissionCode.AUDIT_READ,)


def of_setting(target: Target, url: str) -> HistoryCard:
    """Return the history of a setting that exists, also for those who may change settings.

    Args:
        target: The setting.
        url: The page with all values that the setting had.
    """
    needs = (PermissionCode.SETTINGS_UPDATE, PermissionCode.AUDIT_READ)
    card = _card(target, needs, may_see=any(map(g.me.can, needs)))
    # A setting that was deleted once exists again, so there is nothing to restore.
    lines = card.lines and [replace(line, restore_url=None) for line in card.lines]
    links = [("All values", url), *card.links] if lines is not None else []
    return replace(card, lines=lines, links=links)


def of_user(target: Target) -> HistoryCard:
    """Return the history of a user; those who may assign roles see that of the roles."""
    actions = seen_of_user()
    card = _card(target, OF_USER, may_see=actions is not None, actions=actions or ())
    if actions is None:
        return card
    if actions:
        return replace(card, links=[("All changes", url_for("users.history", user_id=target.id))])
    done_by = ("Done by them", queried("audit.index", actor_id=str(target.id)))
    return replace(card, links=[*(("Done to them", url) for _, url in card.links), done_by])


def seen_of_user() -> tuple[str, ...] | None:
    """Return the only actions of a user's history that are shown; () for all, None for none."""
    if g.me.can(PermissionCode.AUDIT_READ):
        return ()
    return audit.OF_ROLES if g.me.can(PermissionCode.ROLE_ASSIGN) else None


def of_role(target: Target) -> HistoryCard:
    """Return the history of a role."""
    needs = (PermissionCode.AUDIT_READ,)
    return _card(target, needs, may_see=g.me.can(PermissionCode.AUDIT_READ))


def of_everything() -> HistoryCard | None:
    """Return the newest changes of all; None for users who may not read them."""
    if not g.me.can(PermissionCode.AUDIT_READ):
        return None
    lines = sentences.in_words(audit.recent(db.session))
    return HistoryCard(lines, [("All changes", queried("audit.index"))])


def _card(
    target: Target,
    needs: tuple[PermissionCode, ...],
    *,
    may_see: bool,
    actions: Collection[str] = (),
) -> HistoryCard:
    if not may_see:
        return HistoryCard(None, [], needs)
    entries = audit.history_of(db.session, target, actions=actions)
    url = _all_changes(target)
    links = [("All changes", url)] if g.me.can(PermissionCode.AUDIT_READ) else []
    return HistoryCard(sentences.in_words(entries), links, needs)


def _all_changes(target: Target) -> str:
    # A setting is its key, which never changes; others are found under any name.
    if target.type in audit.BY_AGE:
        return queried("audit.index", type=target.type, target_id=str(target.id))
    return queried("audit.index", target=target.name, type=target.type)
