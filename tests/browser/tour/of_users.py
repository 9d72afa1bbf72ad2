"""The users: the list, one of them, many at once."""

from tests.browser.guide import Guide
from tests.browser.tour.stops import Stop, Stops, Way, page, user

NEW_PERSON = ("Aroha Ngata", "aroha.ngata", "aroha.ngata@nordhafen.example")
NAMES = ("Ahmed El-Sayed", "Amara Diallo")


def _review(guide: Guide) -> None:
    guide.go(guide.user("priya.raghunathan") + "/roles")
    guide.tick("Role user", "Role helpdesk")
    guide.press("Review the change")


def _ticked_again(guide: Guide) -> None:
    _review(guide)
    guide.press("Change what is ticked")


def _conflict(guide: Guide) -> None:
    guide.go(guide.user("nikolai.sokolov") + "/roles")
    guide.tick("Role helpdesk")
    guide.set_roles_meanwhile("nikolai.sokolov", ["viewer"])
    guide.press("Review the change")


def _own_roles(guide: Guide) -> None:
    guide.go(guide.user("ada") + "/roles")
    guide.tick("Role admin", "Role viewer")
    guide.press("Review the change")


def _saved(guide: Guide) -> None:
    _review(guide)
    guide.press("Save the roles")


def _new_refused(guide: Guide) -> None:
    guide.go("/users/new")
    guide.fill(username="a b", email="nobody")
    guide.press("Create the user")


def _created(guide: Guide) -> None:
    guide.go("/users/new")
    name, username, email = NEW_PERSON
    guide.fill(full_name=name, username=username, email=email)
    guide.press("Create the user")


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


def _ticked(action: str, *names: str, role: str = "") -> Way:
    def go(guide: Guide) -> None:
        guide.go("/users")
        guide.tick(*(f"Tick {name}" for name in names))
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


def _bulk_conflict(guide: Guide) -> None:
    guide.go("/users?role=helpdesk")
    guide.window.get_by_label("who match the filter").check()
    guide.window.locator("[name=with_role]").select_option("viewer")
    guide.press("Assign role…")
    guide.set_roles_meanwhile("thabo.nkosi", [])
    guide.press("Assign the role")


LIST: Stops = {
    "users.index": page("/users"),
    "users.index: filtered": page("/users?role=helpdesk&status=active&sort=-email"),
    "users.index: empty": page("/users?q=quetzal", "No user matches"),
    "users.export": page("/users/export?q=m&status=active"),
    "users.export: everyone": page("/users/export", "Everyone."),
    "users.create": page("/users/new"),
    "users.create: refused": Stop(_new_refused, "The user was not created"),
    "users.create: created": Stop(_created, f"{NEW_PERSON[0]} was created"),
    "users.change_many": page("/users/bulk", "Begin in the list of users"),
    "users.change_many: nobody": Stop(_ticked("Activate…"), "Nobody is selected"),
    "users.change_many: review": Stop(
        _ticked("Assign role…", *NAMES, role="viewer"), "Assign the role viewer to 1 user?"
    ),
    "users.change_many: needless": Stop(
        _ticked("Activate…", *NAMES), "Everybody who was chosen is left as they are."
    ),
    "users.change_many: all who match": Stop(_all_who_match, "Deactivate them"),
    "users.change_many: conflict": Stop(_bulk_conflict, "then decide"),
    "users.change_many: done": Stop(_told_one_by_one, "1 of 2 changed, 1 left as they are"),
}
ONE: Stops = {
    "users.show": user("nikolai.sokolov"),
    "users.show: inactive": user("lars.mikkelsen"),
    "users.show: can": user("nikolai.sokolov", "?can=settings:update", "settings:update"),
    "users.show: cannot": user("greta.muller", "?can=settings:update", "The roles that do"),
    "users.assign": user("wiremu.parata", "/roles"),
    "users.assign: review": Stop(_review, "Permissions gained"),
    "users.assign: again": Stop(_ticked_again, "Review the change"),
    "users.show: saved": Stop(_saved, "Saved the roles"),
    "users.assign: conflict": Stop(_conflict, "changed by somebody else"),
    "users.assign: own roles": Stop(_own_roles, "These are your own roles"),
}
ACCOUNT: Stops = {
    "users.edit": user("nikolai.sokolov", "/edit"),
    "users.edit: refused": Stop(_profile_refused, "Nothing was saved"),
    "users.edit: conflict": Stop(
        _profile_conflict, "was changed by somebody else while you were editing"
    ),
    "users.activate": user("lars.mikkelsen", "/activate"),
    "users.deactivate": user("nikolai.sokolov", "/deactivate"),
    "users.reset": user("nikolai.sokolov", "/reset"),
    "users.reset: link": Stop(_reset, "Link to hand over"),
    "users.delete": user("nikolai.sokolov", "/delete"),
    "users.delete: refused": Stop(_deletion_refused, "to confirm"),
    "users.delete: own account": user("ada", "/delete"),
    "users.end_sessions": user("ada", "/sessions"),
    "users.end_sessions: none": user("nikolai.sokolov", "/sessions"),
}
HELPDESK: Stops = {
    "users.assign: helpdesk": user("wiremu.parata", "/roles"),
    "users.show: beyond": user("nikolai.sokolov"),
    "users.edit: beyond": user("nikolai.sokolov", "/edit"),
    "home.overview: helpdesk": page("/"),
}
LOOKING: Stops = {
    "users.index: looking": page("/users"),
    "users.show: looking": user("wiremu.parata", words="role:assign"),
    "users.assign: looking": user("wiremu.parata", "/roles", "role:assign"),
    "users.edit: looking": user("wiremu.parata", "/edit"),
}
