"""The card with the findings that need attention."""

from collections.abc import Sequence

from flask import url_for

from app.domain.overview import Finding, Topic
from app.models.user import ADMIN


def links(findings: Sequence[Finding]) -> list[tuple[Finding, str]]:
    """Return each finding with the URL of the page where it can be fixed."""
    return [(finding, _url(finding)) for finding in findings]


def _url(finding: Finding) -> str:
    if finding.topic is Topic.WITHOUT_ROLE:
        return url_for("users.index", role="none", status="active")
    if finding.topic in {Topic.EMPTY_ROLES, Topic.UNUSED_PERMISSIONS}:
        return url_for("roles.index")
    if finding.topic in {Topic.NEVER_SIGNED_IN, Topic.IDLE}:
        if finding.target_id is None:
            return url_for("users.index", role=ADMIN)
        return url_for("users.show", user_id=finding.target_id)
    if finding.target_id is None:
        return url_for("settings.index", state="unset")
    return url_for("settings.show", setting_id=finding.target_id)
