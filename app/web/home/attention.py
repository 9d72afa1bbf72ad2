"""The findings that need attention, as far as the reader may see what they are about."""

from collections.abc import Sequence
from datetime import datetime

from flask import g, url_for

from app.domain import overview
from app.domain.audit import Day
from app.domain.filter_words import WITHOUT
from app.domain.overview import Attention, Facts, Finding, Topic
from app.extensions import db
from app.models.base import utcnow
from app.models.user import ADMIN
from app.web.home import changes

SECRETS = (
    Topic.UNREADABLE_SECRETS,
    Topic.SECRETS_IN_CLEAR,
    Topic.UNCHECKED_SECRETS,
    Topic.FORMER_KEYS,
)
WEBHOOKS = (Topic.STOPPED_WEBHOOKS, Topic.FAILING_WEBHOOKS, Topic.UNDELIVERED)
PAGES = {
    Topic.EMPTY_ROLES: "roles.index",
    Topic.UNUSED_PERMISSIONS: "roles.index",
    # Whoever reads the history may not see users; their own account they may.
    Topic.FAILED_SIGN_INS: "account.show",
    **dict.fromkeys(WEBHOOKS, "webhooks.index"),
}
STATES = {
    Topic.INVALID: "invalid",
    Topic.NOT_RUN: "differs",
    Topic.UNSET: "unset",
    **dict.fromkeys(SECRETS, "secret"),
}
# With the filter by the last sign-in.
OF_ADMINISTRATORS = {Topic.NEVER_SIGNED_IN: "never", Topic.IDLE: "idle", Topic.ONE_FACTOR: None}


def facts(days: Sequence[Day] | None) -> Facts:
    """Return the facts that the reader may see; ``days`` has the failed sign-ins."""
    return overview.facts(db.session, g.me.can, days)


def attention(known: Facts, now: datetime) -> Attention | None:
    """Return the findings; None for users who see no facts."""
    if known == Facts():
        return None
    return overview.divide(db.session, overview.findings(known, now=now), now=now)


def current() -> Attention:
    """Return the findings that the reader may see, apart from an overview."""
    now = utcnow()
    return attention(facts(changes.days(now)), now) or Attention()


def url_of(finding: Finding) -> str:
    """Return the URL of the page that a finding is about."""
    if finding.topic is Topic.WITHOUT_ROLE:
        return url_for("users.index", role=WITHOUT, status="active")
    if finding.topic in OF_ADMINISTRATORS and finding.target_id is None:
        signed_in = OF_ADMINISTRATORS[finding.topic]
        return url_for("users.index", role=ADMIN, status="active", signed_in=signed_in)
    if finding.topic in OF_ADMINISTRATORS:
        return url_for("users.show", user_id=finding.target_id)
    if finding.topic in WEBHOOKS and finding.target_id is not None:
        return url_for("webhooks.show", webhook_id=finding.target_id)
    if finding.topic in PAGES:
        return url_for(PAGES[finding.topic])
    return _url_of_settings(finding)


def _url_of_settings(finding: Finding) -> str:
    if finding.target_id is None:
        return url_for("settings.index", state=STATES[finding.topic])
    return url_for("settings.show", setting_id=finding.target_id)
