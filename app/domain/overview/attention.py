"""Findings that need attention, with their causes: for the overview and for ``flask doctor``."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.domain import settings, webhooks
from app.domain.audit import Day
from app.domain.errors import InvalidValue
from app.domain.overview import figures, secret_findings, webhook_findings
from app.domain.overview.figures import Administrator, People, PermissionUse, RolePeople
from app.domain.overview.finding import Finding, Severity, Topic
from app.domain.paging import COUNTED
from app.domain.permissions import PermissionCode
from app.domain.phrases import counted, listed, number
from app.domain.settings import DataType, SettingLine
from app.domain.webhooks import WebhookStates
from app.models import DbSession
from app.models.user import ADMIN

IDLE = timedelta(days=90)
# Fewer are people who mistyped.
MANY_FAILURES = 10


@dataclass(frozen=True)
class Facts:
    """The data that findings are made from; None for data that the reader may not see."""

    settings: Sequence[SettingLine] | None = None
    people: People | None = None
    roles: Sequence[RolePeople] | None = None
    permissions: Sequence[PermissionUse] | None = None
    administrators: Sequence[Administrator] | None = None
    webhooks: WebhookStates = field(default_factory=WebhookStates)
    failed_sign_ins: int = 0


def facts(
    session: DbSession, can: Callable[[PermissionCode], bool], days: Sequence[Day] | None = None
) -> Facts:
    """Read the data for findings, as far as ``can`` allows, in eight statements.

    Args:
        session: The database session.
        can: Whether the reader has a permission.
        days: The activity of the last days, with the failed sign-ins; None for readers who may not
            see it.
    """
    sees_users, sees_roles = can(PermissionCode.USER_READ), can(PermissionCode.ROLE_READ)
    sees_record = can(PermissionCode.AUDIT_READ)
    return Facts(
        settings=settings.read_all(session) if can(PermissionCode.SETTINGS_READ) else None,
        people=figures.people(session) if sees_users else None,
        roles=figures.people_per_role(session) if sees_roles else None,
        permissions=figures.permissions(session) if sees_roles else None,
        administrators=figures.administrators(session) if sees_users and sees_record else None,
        failed_sign_ins=sum(day.failed_sign_ins for day in (days or ())[-2:]),
        webhooks=webhooks.read_states(session) if sees_record else WebhookStates(),
    )


def findings(known: Facts, *, now: datetime) -> list[Finding]:
    """Return the findings, the worst first.

    Args:
        known: The result of `facts`.
        now: The time from which an administrator's last sign-in is judged.
    """
    unsorted = [
        *_debugging(known.settings or ()),
        *_invalid(known.settings or ()),
        *_not_run(known.settings or ()),
        *secret_findings.of(known.settings or ()),
        *_absent(known.administrators or (), now - IDLE),
        *_with_one_factor(known.administrators or ()),
        *webhook_findings.of(known.webhooks, now),
        *_without_role(known.people),
        *_empty(known.roles or ()),
        *_unused(known.permissions or ()),
        *_unset(known.settings or ()),
        *_failed(known.failed_sign_ins),
    ]
    return sorted(unsorted, key=lambda finding: list(Severity).index(finding.severity))


def _debugging(lines: Sequence[SettingLine]) -> Iterator[Finding]:
    by_key = {line.key: line for line in lines}
    mode, environment = by_key.get("debug_mode"), by_key.get("app_environment")
    if mode and _is_on(mode.value) and environment and _is_production(environment.value):
        cause = "According to app_environment, this is production."
        yield Finding(Severity.BAD, Topic.DEBUG, "debug_mode is on", cause, mode.id)


def _invalid(lines: Sequence[SettingLine]) -> Iterator[Finding]:
    invalid = [line for line in lines if line.problem]
    if invalid:
        title = counted(len(invalid), "value is", "values are") + " not valid"
        keys = listed([line.key for line in invalid])
        cause = f"By the data type or by a rule, the backend may not be able to use {keys}."
        yield Finding(Severity.WARN, Topic.INVALID, title, cause, _only(invalid))


def _not_run(lines: Sequence[SettingLine]) -> Iterator[Finding]:
    differing = [line for line in lines if line.effect.others]
    if differing:
        title = counted(len(differing), "setting is", "settings are") + " not run as stored"
        said = [f"{line.key} ({line.effect.others[0].sentence})" for line in differing]
        yield Finding(Severity.WARN, Topic.NOT_RUN, title, f"{listed(said)}.", _only(differing))


def _absent(administrators: Sequence[Administrator], since: datetime) -> Iterator[Finding]:
    never = [person for person in administrators if person.signed_in_at is None]
    idle = [person for person in administrators if (person.signed_in_at or since) < since]
    for topic, absent, habit in (
        (Topic.NEVER_SIGNED_IN, never, "never signed in here"),
        (Topic.IDLE, idle, f"not signed in here for {IDLE.days} days"),
    ):
        if absent:
            title = counted(
                len(absent), f"administrator has {habit}", f"administrators have {habit}"
            )
            cause = f"With the role {ADMIN}: {listed([person.username for person in absent])}."
            yield Finding(Severity.WARN, topic, title, cause, _only(absent))


def _with_one_factor(administrators: Sequence[Administrator]) -> Iterator[Finding]:
    without = [person for person in administrators if not person.has_second_factor]
    if without:
        title = counted(
            len(without),
            "administrator has no second factor",
            "administrators have no second factor",
        )
        cause = f"Their password alone lets in: {listed([person.username for person in without])}."
        yield Finding(Severity.INFO, Topic.ONE_FACTOR, title, cause, _only(without))


def _without_role(people: People | None) -> Iterator[Finding]:
    if people and people.active_without_role:
        title = counted(
            people.active_without_role, "active user has no role", "active users have no role"
        )
        cause = "They cannot do anything until they get one."
        if not people.is_complete:
            cause += f" Only the {number(COUNTED)} newest users were checked."
        yield Finding(Severity.WARN, Topic.WITHOUT_ROLE, title, cause)


def _empty(roles: Sequence[RolePeople]) -> Iterator[Finding]:
    empty = [role for role in roles if not role.people]
    if empty:
        title = counted(len(empty), "role has no people", "roles have no people")
        cause = f"Not assigned to anyone: {listed([role.name for role in empty])}."
        yield Finding(Severity.INFO, Topic.EMPTY_ROLES, title, cause, _only(empty))


def _unused(permissions: Sequence[PermissionUse]) -> Iterator[Finding]:
    unused = [permission.code for permission in permissions if not permission.is_granted]
    if unused:
        title = f"Only {ADMIN} grants {counted(len(unused), 'permission')}"
        cause = f"No other role grants {listed(unused)}."
        yield Finding(Severity.INFO, Topic.UNUSED_PERMISSIONS, title, cause)


def _unset(lines: Sequence[SettingLine]) -> Iterator[Finding]:
    unset = [line for line in lines if not line.is_set]
    if unset:
        title = counted(len(unset), "setting has no value", "settings have no value")
        cause = f"Not set: {listed([line.key for line in unset])}."
        yield Finding(Severity.INFO, Topic.UNSET, title, cause, _only(unset))


def _failed(failures: int) -> Iterator[Finding]:
    if failures >= MANY_FAILURES:
        title = f"{counted(failures, 'failed sign-in')} since yesterday"
        cause = "The page of a user shows how many were for their name."
        magnitude = f"{len(str(failures))} digits"
        yield Finding(Severity.WARN, Topic.FAILED_SIGN_INS, title, cause, magnitude=magnitude)


def _is_on(value: str | None) -> bool:
    try:
        return value is not None and settings.canonical(value, DataType.BOOLEAN) == "true"
    except InvalidValue:
        return False


def _is_production(value: str | None) -> bool:
    return value is not None and value.strip().lower() in {"production", "prod"}


def _only(affected: Sequence[Administrator | RolePeople | SettingLine]) -> int | None:
    return affected[0].id if len(affected) == 1 else None
