"""The overview: key figures, and what needs attention."""

from app.domain.overview.attention import Facts, facts, findings
from app.domain.overview.figures import People, RolePeople, administrators
from app.domain.overview.finding import Finding, Severity, Topic
from app.domain.overview.put_aside import Attention, PutAside, divide, put_aside, take_up

__all__ = [
    "Attention",
    "Facts",
    "Finding",
    "People",
    "PutAside",
    "RolePeople",
    "Severity",
    "Topic",
    "administrators",
    "divide",
    "facts",
    "findings",
    "put_aside",
    "take_up",
]
