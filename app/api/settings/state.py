"""The state of a setting: what rules find in its value, and which programs run it as stored."""

from typing import Any

from app.api.endpoint import endpoint
from app.api.schemas import MAYBE_TEXT, MAYBE_TIME, NUMBER, TEXTS, given
from app.api.settings.values import ONE, READ
from app.domain import settings
from app.extensions import db

STATE = given(
    problem=MAYBE_TEXT,
    warning=MAYBE_TEXT,
    why_not_deleted=MAYBE_TEXT,
    programs=NUMBER,
    running=NUMBER,
    running_since=MAYBE_TIME,
    deviations=TEXTS,
)


@endpoint("GET", f"{ONE}/state", needs=(READ,), gives=STATE)
def show(key: str) -> Any:
    """Tell what rules find in the value of a setting, and how many programs run it as stored."""
    setting = settings.by_key(db.session, key)
    findings = settings.rule_state(db.session, setting).findings
    effect = settings.effect_of_setting(db.session, setting)
    return {
        "problem": findings.problem or None,
        "warning": findings.warning or None,
        "why_not_deleted": settings.deletion_refusal(setting),
        "programs": effect.readers,
        "running": effect.running,
        "running_since": effect.since and effect.since.isoformat(),
        "deviations": [one.sentence for one in effect.deviations],
    }
