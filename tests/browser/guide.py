"""A tour of the console: every page, and every state of one that looks different."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Select, select, update

from app.domain import credentials, links
from app.models import ApplicationSetting, DbSession, Role, User

if TYPE_CHECKING:
    from playwright.sync_api import Page as Window

NEW_PERSON = ("Aroha Ngata", "aroha.ngata", "aroha.ngata@nordhafen.example")
STRANGE_JSON = '[\n  "https://ask.nordhafen.example",\n  NaN\n]'


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
        """Press the button with this name."""
        self.window.get_by_role("button", name=name, exact=True).click()

    def fill(self, **fields: str) -> None:
        """Fill in fields by their names, where the page has them."""
        for name, text in fields.items():
            self.window.locator(f"main [name={name}]:not([type=hidden])").first.fill(text)

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
        token = credentials.setup_link(self.session)
        self.session.commit()
        return f"/setup/{token}"

    def link_to_choose_a_password(self, name: str) -> str:
        """Return the path of a link for a user."""
        user = self.session.scalars(select(User).where(User.username == name)).one()
        token = links.issue(self.session, links.Purpose.RESET, user_id=user.id)
        self.session.commit()
        return f"/reset/{token}"

    def _one(self, query: Select[tuple[int]]) -> int:
        number = self.session.scalars(query).one()
        # On SQLite whoever reads holds up whoever writes.
        self.session.rollback()
        return number


Way = Callable[[Guide], None]


def _page(path: str) -> Way:
    return lambda guide: guide.go(path)


def _setting(key: str) -> Way:
    return lambda guide: guide.go(guide.setting(key))


def _user(name: str, beyond: str = "") -> Way:
    return lambda guide: guide.go(guide.user(name) + beyond)


def _in_its_row(key: str) -> Way:
    def go(guide: Guide) -> None:
        number = guide.setting(key).rpartition("/")[2]
        guide.go(f"/settings?category=document_processing&edit={number}")

    return go


def _refused_value(key: str, value: str) -> Way:
    def go(guide: Guide) -> None:
        guide.go(guide.setting(key))
        guide.fill(value=value)
        guide.press("Save")

    return go


def _saved(guide: Guide) -> None:
    guide.go(guide.setting("chunk_size"))
    guide.fill(value="800", reason="Longer passages confused the model.")
    guide.press("Save")


def _setting_conflict(guide: Guide) -> None:
    guide.go(guide.setting("llm_model"))
    guide.fill(value="gpt-4.1", reason="The old model is retired.")
    guide.change_meanwhile("llm_model", "gpt-4.1-mini")
    guide.press("Save")


def _review(guide: Guide) -> None:
    guide.go(guide.user("priya.raghunathan") + "/roles")
    guide.window.get_by_label("Role user", exact=True).uncheck()
    guide.window.get_by_label("Role helpdesk", exact=True).check()
    guide.press("Review the change")


def _roles_conflict(guide: Guide) -> None:
    guide.go(guide.user("nikolai.sokolov") + "/roles")
    guide.window.get_by_label("Role helpdesk", exact=True).check()
    guide.set_roles_meanwhile("nikolai.sokolov", ["viewer"])
    guide.press("Review the change")


def _role(name: str, beyond: str = "") -> Way:
    return lambda guide: guide.go(guide.role(name) + beyond)


def _matrix_review(guide: Guide) -> None:
    guide.go("/roles")
    for cell in ("helpdesk grants settings:read", "user grants document:update"):
        guide.window.get_by_label(cell, exact=True).click()
    guide.window.locator("#matrix button[type=submit]").click()


def _matrix_again(guide: Guide) -> None:
    _matrix_review(guide)
    guide.press("Change what is ticked")


def _matrix_conflict(guide: Guide) -> None:
    _matrix_review(guide)
    guide.describe_meanwhile("helpdesk")
    guide.press("Save the permissions")


def _role_edit_conflict(guide: Guide) -> None:
    guide.go(guide.role("settings operator") + "/edit")
    guide.fill(description="Mine.")
    guide.describe_meanwhile("settings operator")
    guide.press("Save the role")


def _role_new_refused(guide: Guide) -> None:
    guide.go("/roles/new")
    guide.fill(name="viewer")
    guide.press("Create the role")


def _compared(guide: Guide) -> None:
    ids = [guide.role(name).rpartition("/")[2] for name in ("user", "viewer")]
    guide.go(f"/roles/compare?a={ids[0]}&b={ids[1]}")


def _roles_refused(guide: Guide) -> None:
    guide.go(guide.user("ada") + "/roles")
    for role in ("admin", "viewer"):
        guide.window.get_by_label(f"Role {role}", exact=True).click()
    guide.press("Review the change")


def _new_user_refused(guide: Guide) -> None:
    guide.go("/users/new")
    guide.fill(username="a b", email="nobody")
    guide.press("Create the user")


def _user_created(guide: Guide) -> None:
    guide.go("/users/new")
    name, username, email = NEW_PERSON
    guide.fill(full_name=name, username=username, email=email)
    guide.press("Create the user")


def _wrong_password(guide: Guide) -> None:
    guide.go("/login")
    guide.fill(username="ada", password="not this one")
    guide.press("Sign in")


def _form_without_cookie(guide: Guide) -> None:
    guide.go("/login")
    guide.window.context.clear_cookies()
    guide.fill(username="ada", password="x")
    guide.press("Sign in")


def _password_refused(guide: Guide) -> None:
    guide.go("/account/password")
    guide.fill(current="not this one", password="short")
    guide.press("Change the password")


def _choose_password_refused(guide: Guide) -> None:
    guide.go(guide.link_to_choose_a_password("greta.muller"))
    guide.fill(password="short")
    guide.press("Save the password")


def _set_up_refused(guide: Guide) -> None:
    guide.go(guide.link_to_set_up())
    guide.fill(username="ada", email="nobody", password="short")
    guide.press("Make the account")


def _ticked(action: str, *names: str, role: str = "") -> Way:
    def go(guide: Guide) -> None:
        guide.go("/users")
        for name in names:
            guide.window.get_by_label(f"Tick {name}", exact=True).check()
        if role:
            guide.window.locator("[name=with_role]").select_option(role)
        guide.press(action)

    return go


def _all_who_match(guide: Guide) -> None:
    guide.go("/users?q=m")
    guide.window.get_by_label("who match the filter").check()
    guide.press("Deactivate…")


def _told_one_by_one(guide: Guide) -> None:
    _ticked("Unassign role…", "Abebe Bekele", "Ahmed El-Sayed", role="viewer")(guide)
    guide.press("Unassign the role")


def _profile_conflict(guide: Guide) -> None:
    guide.go(guide.user("wiremu.parata") + "/edit")
    guide.fill(full_name="Wiremu P.", bio="Reads.")
    guide.rename_meanwhile("wiremu.parata", "Wiremu te Parata")
    guide.press("Save the profile")


def _profile_refused(guide: Guide) -> None:
    guide.go(guide.user("wiremu.parata") + "/edit")
    guide.fill(username="a b", email="nobody")
    guide.press("Save the profile")


def _reset(guide: Guide) -> None:
    guide.go(guide.user("greta.muller") + "/reset")
    guide.press("Start the reset")


def _deletion_refused(guide: Guide) -> None:
    guide.go(guide.user("greta.muller") + "/delete")
    guide.fill(username="Greta")
    guide.press("Delete the account")


# Before there is anybody.
FIRST_DAY: dict[str, Way] = {
    "sign-in": _page("/login"),
    "set-up": lambda guide: guide.go(guide.link_to_set_up()),
    "set-up-refused": _set_up_refused,
    "set-up-link-gone": _page("/setup/of-yesterday"),
}
# Whom each part of the tour is for: nobody, ada who administers, omar without a role, reza who may
# only look at settings, hana of the helpdesk.
TOUR: dict[tuple[str, str], dict[str, Way]] = {
    ("nobody", "gate"): {
        "wrong-password": _wrong_password,
        "choose-password": lambda g: g.go(g.link_to_choose_a_password("greta.muller")),
        "choose-password-refused": _choose_password_refused,
        "password-link-gone": _page("/reset/of-yesterday"),
        "form-refused": _form_without_cookie,
    },
    ("ada", "overview"): {
        "overview": _page("/"),
        "roles": _page("/roles"),
        "account": _page("/account"),
        "account-password": _page("/account/password"),
        "account-password-refused": _password_refused,
        "account-theme": _page("/account/theme"),
        "sign-out": _page("/logout"),
        "not-found": _page("/settings/2147483647"),
    },
    ("ada", "settings"): {
        "settings": _page("/settings"),
        "settings-filtered": _page("/settings?category=email&type=boolean&q=smtp"),
        "settings-empty": _page("/settings?q=quetzal"),
        "settings-row": _in_its_row("chunk_size"),
        "setting-number": _setting("chunk_overlap"),
        "setting-boolean": _setting("cache_enabled"),
        "setting-json": _setting("cors_allow_origins"),
        "setting-text": _setting("rag_system_prompt"),
        "setting-read-only": _setting("app_environment"),
        "setting-secret": _setting("smtp_password"),
        "setting-refused": _refused_value("ingestion_batch_size", "1_000"),
        "setting-json-refused": _refused_value("cors_allow_origins", STRANGE_JSON),
        "setting-saved": _saved,
        "setting-conflict": _setting_conflict,
    },
    ("ada", "users"): {
        "search": _page("/search?q=chunk"),
        "search-empty": _page("/search?q=quetzal"),
        "search-nothing": _page("/search"),
        "roles-export": _page("/roles/export"),
        "users-export": _page("/users/export?q=m&status=active"),
        "users": _page("/users"),
        "users-filtered": _page("/users?role=helpdesk&status=active&sort=-email"),
        "users-empty": _page("/users?q=quetzal"),
        "user": _user("nikolai.sokolov"),
        "user-inactive": _user("lars.mikkelsen"),
        "user-roles": _user("wiremu.parata", "/roles"),
        "user-roles-review": _review,
        "user-roles-conflict": _roles_conflict,
        "user-roles-own": _roles_refused,
        "user-new": _page("/users/new"),
        "user-new-refused": _new_user_refused,
        "user-created": _user_created,
        "user-can": _user("nikolai.sokolov", "?can=settings:update"),
        "user-edit": _user("nikolai.sokolov", "/edit"),
        "user-edit-refused": _profile_refused,
        "user-edit-conflict": _profile_conflict,
        "user-activate": _user("lars.mikkelsen", "/activate"),
        "user-deactivate": _user("nikolai.sokolov", "/deactivate"),
        "user-reset": _user("nikolai.sokolov", "/reset"),
        "user-reset-link": _reset,
        "user-delete": _user("nikolai.sokolov", "/delete"),
        "user-delete-refused": _deletion_refused,
        "user-sessions": _user("ada", "/sessions"),
        "user-sessions-none": _user("nikolai.sokolov", "/sessions"),
        "users-bulk-none": _page("/users/bulk"),
        "users-bulk-nobody": _ticked("Activate…"),
        "users-bulk-review": _ticked(
            "Assign role…", "Ahmed El-Sayed", "Amara Diallo", role="viewer"
        ),
        "users-bulk-all": _all_who_match,
        "users-bulk-done": _told_one_by_one,
    },
    ("ada", "roles"): {
        "matrix-review": _matrix_review,
        "matrix-again": _matrix_again,
        "role": _role("user"),
        "role-admin": _role("admin"),
        "role-permissions": _role("helpdesk", "/permissions"),
        "role-new": _page("/roles/new"),
        "role-new-refused": _role_new_refused,
        "role-delete": _role("helpdesk", "/delete"),
        "roles-compared": _compared,
        "permission": _page("/permissions/document:read"),
        "roles-no-review": _page("/roles/review"),
        "role-edit-conflict": _role_edit_conflict,
        "matrix-conflict": _matrix_conflict,
    },
    ("omar", "nothing"): {
        "overview-nothing": _page("/"),
        "account-nothing": _page("/account"),
        "forbidden": _page("/settings"),
    },
    ("reza", "looking"): {
        "settings-looking": _page("/settings?category=llm"),
        "setting-looking": _setting("chunk_size"),
    },
    ("hana", "helpdesk"): {
        "user-helpdesk": _user("wiremu.parata", "/roles"),
        "overview-helpdesk": _page("/"),
    },
}
