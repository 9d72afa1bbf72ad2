"""Findings that somebody knows of and has put aside for a while, as the record has them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app.domain import audit
from app.domain.actor import Actor
from app.domain.confirmation import Confirmation
from app.domain.errors import InvalidValue
from app.domain.overview.finding import Finding, Severity, Topic
from app.domain.target import Target
from app.domain.text import checked_reason
from app.models import AuditEvent, DbSession

PUT_ASIDE, TAKEN_UP = "finding:put-aside", "finding:taken-up"
TIME = timedelta(days=30)


@dataclass(frozen=True)
class PutAside:
    """A finding that was put aside.

    Attributes:
        finding: The finding, as it is now.
        event: The event that put it aside, with who did it, when and why.
    """

    finding: Finding
    event: AuditEvent

    @property
    def until(self) -> datetime:
        """The time from which the finding is shown again."""
        return self.event.at + TIME


@dataclass(frozen=True)
class Attention:
    """The findings of a moment: warnings, those put aside, and what is good to know."""

    warnings: Sequence[Finding] = ()
    put_aside: Sequence[PutAside] = ()
    good_to_know: Sequence[Finding] = ()


def divide(session: DbSession, findings: Sequence[Finding], *, now: datetime) -> Attention:
    """Divide the findings by what is to be done with them, with one statement.

    A finding that has changed since it was put aside needs attention again.
    """
    events = _newest(session, since=now - TIME)
    aside = [
        PutAside(finding, events[finding.topic])
        for finding in findings
        if finding.topic in events and _is_about(events[finding.topic], finding)
    ]
    known = {one.finding for one in aside}
    others = [finding for finding in findings if finding not in known]
    return Attention(
        [finding for finding in others if finding.severity is not Severity.INFO],
        aside,
        [finding for finding in others if finding.severity is Severity.INFO],
    )


def put_aside(
    session: DbSession, edit: Confirmation, *, finding: Finding, actor: Actor
) -> AuditEvent:
    """Put a finding aside for thirty days.

    Raises:
        InvalidValue: The reason is missing or too long.
    """
    if not edit.reason.strip():
        raise InvalidValue("Enter a reason: others will not see this finding.", field="reason")
    reason = checked_reason(edit.reason)
    after = {"topic": finding.topic, "finding": finding.subject}
    return audit.record(
        session, PUT_ASIDE, _target(finding), actor=actor, after=after, reason=reason
    )


def take_up(
    session: DbSession, edit: Confirmation, *, finding: Finding, actor: Actor
) -> AuditEvent:
    """Show a finding again that was put aside.

    Raises:
        InvalidValue: The reason is too long.
    """
    reason = checked_reason(edit.reason)
    after = {"topic": finding.topic}
    return audit.record(
        session, TAKEN_UP, _target(finding), actor=actor, after=after, reason=reason
    )


def _target(finding: Finding) -> Target:
    return Target("finding", finding.title)


def _newest(session: DbSession, *, since: datetime) -> dict[Topic, AuditEvent]:
    """Return the newest event of each topic that was put aside or taken up."""
    query = select(AuditEvent).where(
        AuditEvent.action.in_([PUT_ASIDE, TAKEN_UP]), AuditEvent.at > since
    )
    events = session.scalars(query.order_by(AuditEvent.at, AuditEvent.id))
    topics = {topic.value: topic for topic in Topic}
    known = ((topics.get(audit.fields_of(event.after).get("topic", "")), event) for event in events)
    return {topic: event for topic, event in known if topic}


def _is_about(event: AuditEvent, finding: Finding) -> bool:
    subject = audit.fields_of(event.after).get("finding")
    return event.action == PUT_ASIDE and subject == finding.subject
