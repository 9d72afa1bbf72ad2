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
    guide.press("Back to editing")


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
        guide.tick(*(f"Select {name}" for name in names))
        if role:
            guide.window.locator("[name=with_role]").select_option(role)
        guide.press(action)

    return go


def _all_who_match(guide: Guide) -> None:
    guide.go("/users?q=m")
    guide.window.get_by_label("who match the filter").check()
    guide.press("Deactivate…")


def _told_one_by_one(guide: Guide) -> None:
    _ticked("Remove role…", "Abebe Bekele", "Ahmed El-Sayed", role="viewer")(guide)
    guide.press("Remove the role")


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
    "users.export: everyone": page("/users/export", "All users."),
    "users.new": page("/users/new"),
    "users.new: refused": Stop(_new_refused, "The user was not created"),
    "users.new: created": Stop(_created, f"{NEW_PERSON[0]} was created"),
    "users.choose": page("/users/choose", "Choose users by list"),
    "users.bulk": page("/users/bulk", "Start in the list of users"),
    "users.bulk: nobody": Stop(_ticked("Activate…"), "Select at least one user"),
    "users.bulk: review": Stop(
        _ticked("Assign role…", *NAMES, role="viewer"), "Assign the role viewer to A"
    ),
    "users.bulk: needless": Stop(
        _ticked("Activate…", *NAMES), "None of the selected users needs this change."
    ),
    "users.bulk: all who match": Stop(_all_who_match, "Deactivate them"),
    "users.bulk: conflict": Stop(_bulk_conflict, "before you go on"),
    "users.bulk: done": Stop(_told_one_by_one, "1 of 2 changed, 1 not changed"),
}
ONE: Stops = {
    "users.show": user("nikolai.sokolov"),
    "users.show: inactive": user("lars.mikkelsen"),
    "users.show: can": user("nikolai.sokolov", "?can=settings:update", "settings:update"),
    "users.show: cannot": user("greta.muller", "?can=settings:update", "Roles that do"),
    "users.roles": user("wiremu.parata", "/roles"),
    "users.roles: review": Stop(_review, "Permissions gained"),
    "users.roles: again": Stop(_ticked_again, "Review the change"),
    "users.show: saved": Stop(_saved, "Saved the roles"),
    "users.roles: conflict": Stop(_conflict, "Your change has not been saved"),
    "users.roles: own roles": Stop(_own_roles, "These are your own roles"),
}
ACCOUNT: Stops = {
    "users.edit": user("nikolai.sokolov", "/edit"),
    "users.edit: refused": Stop(_profile_refused, "Nothing was saved"),
    "users.edit: conflict": Stop(_profile_conflict, "Your change has not been saved"),
    "users.activate": user("lars.mikkelsen", "/activate"),
    "users.deactivate": user("nikolai.sokolov", "/deactivate"),
    "users.offboard": user("nikolai.sokolov", "/offboard"),
    "users.reset": user("nikolai.sokolov", "/reset"),
    "users.reset: link": Stop(_reset, "Send this link to"),
    "users.delete": user("nikolai.sokolov", "/delete"),
    "users.delete: refused": Stop(_deletion_refused, "to confirm"),
    "users.delete: own account": user("ada", "/delete"),
    "users.history": user("wiremu.parata", "/history"),
    "users.sessions": user("ada", "/sessions"),
    "users.tokens": user("nikolai.sokolov", "/tokens"),
    "tokens.index": page("/tokens"),
    "users.sessions: none": user("nikolai.sokolov", "/sessions"),
}
HELPDESK: Stops = {
    "users.roles: helpdesk": user("wiremu.parata", "/roles"),
    "users.show: beyond": user("nikolai.sokolov"),
    "users.edit: beyond": user("nikolai.sokolov", "/edit"),
    "home.overview: helpdesk": page("/"),
}
LOOKING: Stops = {
    "users.index: looking": page("/users"),
    "users.show: looking": user("wiremu.parata", words="role:assign"),
    "users.roles: looking": user("wiremu.parata", "/roles", "role:assign"),
    "users.edit: looking": user("wiremu.parata", "/edit"),
}
