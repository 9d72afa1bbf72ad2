"""The card with the findings that need attention."""

from datetime import datetime

from flask import url_for

from app.domain import overview
from app.domain.filter_words import WITHOUT
from app.domain.overview import Facts, Finding, Topic
from app.models.user import ADMIN

PAGES = {
    Topic.EMPTY_ROLES: "roles.index",
    Topic.UNUSED_PERMISSIONS: "roles.index",
    # Whoever reads the history may not see users; their own account they may.
    Topic.FAILED_SIGN_INS: "account.show",
}


def todo(facts: Facts, now: datetime) -> list[tuple[Finding, str]] | None:
    """Return each finding with the URL of its page; None for users who see no facts."""
    if facts == Facts():
        return None
    return [(finding, _url(finding)) for finding in overview.findings(facts, now=now)]


def _url(finding: Finding) -> str:
    if finding.topic is Topic.WITHOUT_ROLE:
        return url_for("users.index", role=WITHOUT, status="active")
    if finding.topic in PAGES:
        return url_for(PAGES[finding.topic])
    if finding.topic in {Topic.NEVER_SIGNED_IN, Topic.IDLE}:
        if finding.target_id is None:
            signed_in = "never" if finding.topic is Topic.NEVER_SIGNED_IN else "idle"
            return url_for("users.index", role=ADMIN, status="active", signed_in=signed_in)
        return url_for("users.show", user_id=finding.target_id)
    if finding.target_id is None:
        state = "invalid" if finding.topic is Topic.INVALID else "unset"
        return url_for("settings.index", state=state)
    return url_for("settings.show", setting_id=finding.target_id)
