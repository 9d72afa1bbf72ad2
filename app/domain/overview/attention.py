"""What needs somebody's attention, and why: the same for the overview and for ``flask doctor``."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain import settings
from app.domain.errors import InvalidValue
from app.domain.overview import figures
from app.domain.overview.figures import Administrator, People, PermissionUse, RolePeople
from app.domain.paging import COUNTED
from app.domain.permissions import PermissionCode
from app.domain.settings import DataType, SettingLine
from app.models import DbSession
from app.models.user import ADMIN

IDLE = timedelta(days=90)
NAMED = 3


class Severity(StrEnum):
    """How much it matters."""

    BAD = "bad"
    WARN = "warn"
    INFO = "info"


class Topic(StrEnum):
    """What is found."""

    DEBUG = "debug"
    NEVER_SIGNED_IN = "sign-ins"
    IDLE = "idle"
    WITHOUT_ROLE = "users"
    EMPTY_ROLES = "roles"
    UNUSED_PERMISSIONS = "permissions"
    UNSET = "settings"


@dataclass(frozen=True)
class Finding:
    """One thing that needs attention.

    Attributes:
        severity: How much it matters.
        topic: What it is about.
        title: What is the matter, without a full stop.
        cause: Why it matters, or who and what it is about, as a sentence.
        target_id: The one setting, user or role that it is about, if it is one.
    """

    severity: Severity
    topic: Topic
    title: str
    cause: str
    target_id: int | None = None

    @property
    def sentence(self) -> str:
        """Title and cause as one text."""
        return f"{self.title}. {self.cause}"


@dataclass(frozen=True)
class Facts:
    """What findings rest on; None for what the one who asks may not read."""

    settings: Sequence[SettingLine] | None = None
    people: People | None = None
    roles: Sequence[RolePeople] | None = None
    permissions: Sequence[PermissionUse] | None = None
    administrators: Sequence[Administrator] | None = None


def facts(session: DbSession, can: Callable[[PermissionCode], bool]) -> Facts:
    """Read what findings rest on, as far as ``can`` allows, in seven statements."""
    sees_users, sees_roles = can(PermissionCode.USER_READ), can(PermissionCode.ROLE_READ)
    sees_sign_ins = sees_users and can(PermissionCode.AUDIT_READ)
    return Facts(
        settings=settings.read_all(session) if can(PermissionCode.SETTINGS_READ) else None,
        people=figures.people(session) if sees_users else None,
        roles=figures.people_per_role(session) if sees_roles else None,
        permissions=figures.permissions(session) if sees_roles else None,
        administrators=figures.administrators(session) if sees_sign_ins else None,
    )


def findings(known: Facts, *, now: datetime) -> list[Finding]:
    """Return what needs attention, the worst first.

    Args:
        known: What `facts` has read.
        now: The moment from which an administrator's last sign-in is judged.
    """
    found = [
        *_debugging(known.settings or ()),
        *_absent(known.administrators or (), now - IDLE),
        *_without_role(known.people),
        *_empty(known.roles or ()),
        *_unused(known.permissions or ()),
        *_unset(known.settings or ()),
    ]
    return sorted(found, key=lambda finding: list(Severity).index(finding.severity))


def up_to(count: int) -> str:
    """Return a figure that was counted up to `COUNTED` as people read it."""
    return f"{count:,}" if count <= COUNTED else f"over {COUNTED:,}"


def _debugging(lines: Sequence[SettingLine]) -> Iterator[Finding]:
    by_key = {line.key: line for line in lines}
    mode, environment = by_key.get("debug_mode"), by_key.get("app_environment")
    if mode and _is_on(mode.value) and environment and _is_production(environment.value):
        cause = "app_environment says that this is production."
        yield Finding(Severity.BAD, Topic.DEBUG, "debug_mode is on", cause, mode.id)


def _absent(administrators: Sequence[Administrator], since: datetime) -> Iterator[Finding]:
    never = [one for one in administrators if one.signed_in_at is None]
    idle = [one for one in administrators if one.signed_in_at and one.signed_in_at < since]
    for topic, absent, words in (
        (Topic.NEVER_SIGNED_IN, never, ("has never signed in here", "have never signed in here")),
        (Topic.IDLE, idle, (f"idle for {IDLE.days} days", f"idle for {IDLE.days} days")),
    ):
        if absent:
            title = _how_many(absent, "administrator", "administrators", words)
            holders = _listed([one.username for one in absent])
            cause = f"{holders} {'holds' if len(absent) == 1 else 'hold'} the role {ADMIN}."
            yield Finding(Severity.WARN, topic, title, cause, _only(absent))


def _without_role(people: People | None) -> Iterator[Finding]:
    if people and people.active_without_role:
        is_one = people.active_without_role == 1
        users = "active user holds" if is_one else "active users hold"
        title = f"{people.active_without_role:,} {users} no role"
        cause = "Without one there is nothing that they may do."
        if not people.are_all_looked_at:
            cause += f" Only the {COUNTED:,} users added last were looked at."
        yield Finding(Severity.WARN, Topic.WITHOUT_ROLE, title, cause)


def _empty(roles: Sequence[RolePeople]) -> Iterator[Finding]:
    empty = [role for role in roles if not role.people]
    if empty:
        title = _how_many(empty, "role", "roles", ("has no people", "have no people"))
        verb = "is" if len(empty) == 1 else "are"
        cause = f"{_listed([role.name for role in empty])} {verb} held by nobody."
        yield Finding(Severity.INFO, Topic.EMPTY_ROLES, title, cause, _only(empty))


def _unused(permissions: Sequence[PermissionUse]) -> Iterator[Finding]:
    unused = [one.code for one in permissions if not one.is_granted]
    if unused:
        words = (f"is in no role but {ADMIN}", f"are in no role but {ADMIN}")
        title = _how_many(unused, "permission", "permissions", words)
        cause = f"Only administrators hold {_listed(unused)}."
        yield Finding(Severity.INFO, Topic.UNUSED_PERMISSIONS, title, cause)


def _unset(lines: Sequence[SettingLine]) -> Iterator[Finding]:
    unset = [line for line in lines if not line.is_set]
    if unset:
        title = _how_many(unset, "setting", "settings", ("has no value", "have no value"))
        verb = "is" if len(unset) == 1 else "are"
        cause = f"{_listed([line.key for line in unset])} {verb} not set."
        yield Finding(Severity.INFO, Topic.UNSET, title, cause, _only(unset))


def _is_on(value: str | None) -> bool:
    try:
        return value is not None and settings.canonical(value, DataType.BOOLEAN) == "true"
    except InvalidValue:
        return False


def _is_production(value: str | None) -> bool:
    return value is not None and value.strip().lower() in {"production", "prod"}


def _how_many(found: Sequence[object], one: str, many: str, words: tuple[str, str]) -> str:
    is_one = len(found) == 1
    return f"{up_to(len(found))} {one if is_one else many} {words[0] if is_one else words[1]}"


def _listed(names: Sequence[str]) -> str:
    if len(names) > NAMED:
        return f"{', '.join(names[: NAMED - 1])} and {up_to(len(names) - NAMED + 1)} more"
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _only(found: Sequence[Administrator | RolePeople | SettingLine]) -> int | None:
    return found[0].id if len(found) == 1 else None
