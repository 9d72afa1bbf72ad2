"""Targets: the things that changes are made to."""

from dataclasses import dataclass

from app.models import ApplicationSetting, Role, User


@dataclass(frozen=True)
class Target:
    """The target of a change.

    Attributes:
        type: One of setting, relation, category, user, role, webhook, list, page, session,
            finding, settings, assignments and grants.
        name: Its name.
        id: The id of its row, if it has one.
    """

    type: str
    name: str
    id: int | None = None

    @classmethod
    def of_user(cls, user: User) -> "Target":
        """Return the user as audit events name them."""
        return cls("user", user.username, user.id)

    @classmethod
    def of_role(cls, role: Role) -> "Target":
        """Return the role as audit events name it."""
        return cls("role", role.name, role.id)

    @classmethod
    def of_setting(cls, setting: ApplicationSetting) -> "Target":
        """Return the setting as audit events name it."""
        return cls("setting", setting.key, setting.id)
