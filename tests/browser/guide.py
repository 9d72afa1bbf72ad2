"""Somebody who leads a window around the console, and knows what is behind it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Select, func, select, update

from app.domain import overview, sign_in
from app.domain.authentication import one_time_links
from app.domain.confirmation import Confirmation
from app.domain.overview import Topic
from app.models import ApplicationSetting, AuditEvent, ConsoleSession, DbSession, Role, User
from app.models.base import utcnow
from tests.support.people import OPERATOR
from tests.support.second_factors import set_up

if TYPE_CHECKING:
    from playwright.sync_api import Page as Window


@dataclass
class Guide:
    """Leads a window around: knows the rows, and can change them behind the window's back."""

    window: "Window"
    session: DbSession

    def go(self, path: str) -> None:
        """Open a page; what was typed on the one before is left behind without being asked."""
        self.window.evaluate("() => { for (const form of document.forms) form.ariaBusy = 'true' }")
        self.window.goto(path)

    def press(self, name: str) -> None:
        """Press the first button with this name, which opens a page, and wait for the page."""
        with self.window.expect_navigation():
            self.window.get_by_role("button", name=name, exact=True).first.click()

    def tick(self, *names: str) -> None:
        """Tick the boxes with these names, or untick them."""
        for name in names:
            self.window.get_by_label(name, exact=True).click()

    def fill(self, **fields: str) -> None:
        """Fill in fields by their names, where the page has them."""
        for name, text in fields.items():
            self.window.locator(f"main [name='{name}']:not([type=hidden])").first.fill(text)

    def setting(self, key: str) -> str:
        """Return the path of a setting's page."""
        row = select(ApplicationSetting.id).where(ApplicationSetting.key == key)
        return f"/settings/{self._one(row)}"

    def user(self, name: str) -> str:
        """Return the path of a user's page."""
        return f"/users/{self._one(select(User.id).where(User.username == name))}"

    def change_meanwhile(self, key: str, value: str) -> None:
        """Change a setting as the backend does."""
        changed = ApplicationSetting.key == key
        self.session.execute(update(ApplicationSetting).where(changed).values(value=value))
        self.session.commit()

    def lock_meanwhile(self, key: str) -> None:
        """Make a setting read-only, as the backend does."""
        locked = ApplicationSetting.key == key
        self.session.execute(update(ApplicationSetting).where(locked).values(is_mutable=False))
        self.session.commit()

    def role(self, name: str) -> str:
        """Return the path of a role's page."""
        return f"/roles/{self._one(select(Role.id).where(Role.name == name))}"

    def describe_meanwhile(self, name: str) -> None:
        """Change a role, and what it grants, as another program does."""
        role = self.session.scalars(select(Role).where(Role.name == name)).one()
        role.description, role.permissions = "Theirs.", []
        self.session.commit()

    def set_roles_meanwhile(self, name: str, roles: list[str]) -> None:
        """Change somebody's roles as the backend does."""
        user = self.session.scalars(select(User).where(User.username == name)).one()
        user.roles = [role for role in user.roles if role.name in roles]
        self.session.commit()

    def rename_meanwhile(self, name: str, full_name: str) -> None:
        """Change somebody's full name as the backend does."""
        named = User.username == name
        self.session.execute(update(User).where(named).values(full_name=full_name))
        self.session.commit()

    def link_to_set_up(self) -> str:
        """Return the path of a link for the first administrator."""
        token = sign_in.issue_setup_link(self.session, actor=OPERATOR)
        self.session.commit()
        return f"/setup/{token}"

    def link_to_choose_a_password(self, name: str) -> str:
        """Return the path of a link for a user."""
        user = self.session.scalars(select(User).where(User.username == name)).one()
        token = one_time_links.issue(self.session, one_time_links.Purpose.RESET, user_id=user.id)
        self.session.commit()
        return f"/reset/{token}"

    def give_second_factor(self, name: str) -> None:
        """Give a user a second factor."""
        user = self.session.scalars(select(User).where(User.username == name)).one()
        set_up(self.session, user, "a secret key of the guide's own")

    def let_authentication_grow_old(self) -> None:
        """Let an hour pass since everybody has shown who they are."""
        long_ago = utcnow() - timedelta(hours=1)
        self.session.execute(update(ConsoleSession).values(authenticated_at=long_ago))
        self.session.commit()

    def put_aside(self, topic: Topic) -> None:
        """Put a finding of the overview aside, as a colleague does."""
        facts = overview.facts(self.session, lambda _: True)
        [finding] = [one for one in overview.findings(facts, now=utcnow()) if one.topic == topic]
        reason = Confirmation("On leave until January")
        overview.put_aside(self.session, reason, finding=finding, actor=OPERATOR)
        self.session.commit()

    def newest_event(self, action: str) -> int:
        """Return the id of the newest audit event of this kind."""
        return self._one(select(func.max(AuditEvent.id)).where(AuditEvent.action == action))

    def _one(self, query: Select[tuple[int]]) -> int:
        number = self.session.scalars(query).one()
        # On SQLite whoever reads holds up whoever writes.
        self.session.rollback()
        return number
