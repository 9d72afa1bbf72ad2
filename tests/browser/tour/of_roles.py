"""The roles: the matrix, one of them, and which there are."""

from tests.browser.guide import Guide
from tests.browser.tour.stops import Stop, Stops, page, role

CELLS = ("helpdesk grants settings:read", "user grants document:update")


def _review(guide: Guide) -> None:
    guide.go("/roles")
    guide.tick(*CELLS)
    guide.press("Review changes")


def _again(guide: Guide) -> None:
    _review(guide)
    guide.press("Back to editing")


def _conflict(guide: Guide) -> None:
    _review(guide)
    guide.describe_meanwhile("helpdesk")
    guide.press("Save the permissions")


def _undo(guide: Guide) -> None:
    granted, revoked = map(guide.newest_event, ("permission:granted", "permission:revoked"))
    guide.go(f"/roles/undo/{max(granted or 0, revoked or 0)}")


def _saved(guide: Guide) -> None:
    guide.go("/roles")
    guide.tick("viewer grants document:create")
    guide.press("Review changes")
    guide.press("Save the permissions")


def _permissions_review(guide: Guide) -> None:
    guide.go(guide.role("viewer") + "/permissions")
    guide.tick("viewer grants document:read")
    guide.press("Review the change")


def _permissions_conflict(guide: Guide) -> None:
    _permissions_review(guide)
    guide.describe_meanwhile("viewer")
    guide.press("Save the permissions")


def _edit_conflict(guide: Guide) -> None:
    guide.go(guide.role("settings operator") + "/edit")
    guide.fill(description="Mine.")
    guide.describe_meanwhile("settings operator")
    guide.press("Save the role")


def _edit_refused(guide: Guide) -> None:
    guide.go(guide.role("settings operator") + "/edit")
    guide.fill(name="viewer")
    guide.press("Save the role")


def _new_refused(guide: Guide) -> None:
    guide.go("/roles/new")
    guide.fill(name="viewer")
    guide.press("Create the role")


def _created(guide: Guide) -> None:
    guide.go("/roles/new?template=auditor")
    guide.fill(name="auditor")
    guide.press("Create the role")


def _clone(guide: Guide) -> None:
    guide.go(guide.role("helpdesk"))
    guide.window.get_by_role("link", name="Clone").click()


def _deletion_refused(guide: Guide) -> None:
    guide.go(guide.role("helpdesk") + "/delete")
    guide.fill(name="help")
    guide.press("Delete the role")


def _restore(guide: Guide) -> None:
    guide.go(guide.role("auditor") + "/delete")
    guide.fill(name="auditor")
    guide.press("Delete the role")
    guide.go(f"/roles/restore/{guide.newest_event('role:deleted')}")


def _compared(guide: Guide) -> None:
    ids = [guide.role(name).rpartition("/")[2] for name in ("user", "viewer")]
    guide.go(f"/roles/compare?a={ids[0]}&b={ids[1]}")


MATRIX: Stops = {
    "roles.index": page("/roles"),
    "roles.index: filtered": page("/roles?q=read&resource=document&differ=1", "1 permission"),
    "roles.index: empty": page("/roles?q=quetzal", "No permission matches"),
    "roles.review": page("/roles/review", "Nothing to review"),
    "roles.review: two roles": Stop(_review, "Review the permissions of 2 roles"),
    "roles.review: again": Stop(_again, "2 unsaved changes"),
    "roles.index: saved": Stop(_saved, "Saved the permissions of viewer."),
    "roles.undo": Stop(_undo, "Undo"),
    "roles.review: conflict": Stop(_conflict, "Your change has not been saved"),
    "roles.compare": page("/roles/compare", "Choose two roles"),
    "roles.compare: two roles": Stop(_compared, "document:create"),
    "roles.export": page("/roles/export"),
    "permissions.show": page("/permissions/document:read"),
}
ONE: Stops = {
    "roles.show": role("user"),
    "roles.show: admin": role("admin"),
    "roles.permissions": role("helpdesk", "/permissions"),
    "roles.permissions: admin": role("admin", "/permissions"),
    "roles.permissions: review": Stop(_permissions_review, "Review the permissions of viewer"),
    "roles.permissions: conflict": Stop(_permissions_conflict, "Your change has not been saved"),
    "roles.new": page("/roles/new"),
    "roles.new: refused": Stop(_new_refused, "The role was not created"),
    "roles.new: clone": Stop(_clone, "New role"),
    "roles.show: created": Stop(_created, "Created the role auditor."),
    "roles.edit": role("settings operator", "/edit"),
    "roles.edit: system role": role("admin", "/edit"),
    "roles.edit: refused": Stop(_edit_refused, "Nothing was saved"),
    "roles.edit: conflict": Stop(_edit_conflict, "Your change has not been saved"),
    "roles.delete": role("helpdesk", "/delete"),
    "roles.delete: refused": Stop(_deletion_refused, "Nothing was deleted"),
    "roles.delete: system role": role("admin", "/delete"),
    "roles.restore": Stop(_restore, "Restore the role auditor?"),
}
LOOKING: Stops = {
    "roles.index: looking": page("/roles", "You need the permission"),
    "roles.index: looking, filtered": page("/roles?resource=audit", "1 permission"),
    "roles.show: looking": role("viewer"),
    "roles.permissions: looking": role("viewer", "/permissions", "role:update"),
    "roles.edit: looking": role("viewer", "/edit", "role:update"),
    "roles.delete: looking": role("helpdesk", "/delete", "role:delete"),
}
