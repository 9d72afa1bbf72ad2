"""The overview: key figures, and what needs attention."""

from app.domain.overview.attention import Facts, Finding, Severity, Topic, facts, findings
from app.domain.overview.figures import People, RolePeople, administrators

__all__ = [
    "Facts",
    "Finding",
    "People",
    "RolePeople",
    "Severity",
    "Topic",
    "administrators",
    "facts",
    "findings",
]
