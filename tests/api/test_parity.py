"""Each page of settings, users and roles has a request of the API, or a reason in api.md."""

from app.api.described import path_of
from app.api.endpoint import ENDPOINTS

SECTIONS = ("settings", "users", "roles", "permissions", "transfer", "audit")
ONE_SETTING, ONE_USER, ONE_ROLE = "/settings/{key}", "/users/{username}", "/roles/{name}"
REQUESTS = {
    "settings.index": ["GET /settings"],
    "settings.show": [f"GET {ONE_SETTING}", f"PUT {ONE_SETTING}", f"GET {ONE_SETTING}/state"],
    "settings.new": ["POST /settings"],
    "settings.delete": [f"DELETE {ONE_SETTING}"],
    "settings.deleted": ["GET /deleted-settings"],
    "settings.restore": ["POST /deleted-settings/{event_id}/restore"],
    "settings.history": [f"GET {ONE_SETTING}/history"],
    "settings.review": ["POST /setting-review", "PATCH /settings"],
    "settings.past": ["GET /past-settings", "POST /past-settings/restore"],
    "settings.secret": [f"PUT {ONE_SETTING}/secret", f"DELETE {ONE_SETTING}/secret"],
    "settings.rule": [f"POST {ONE_SETTING}/rule-review", f"PUT {ONE_SETTING}/rule"],
    "settings.rules": ["GET /rules", "GET /relations", "GET /categories", "PUT /categories"],
    "settings.relation": [
        "POST /relations/review",
        "POST /relations",
        "PUT /relations/{relation_id}",
    ],
    "settings.remove_relation": ["DELETE /relations/{relation_id}"],
    "settings.undo": ["GET /audit/{event_id}/undo", "POST /audit/{event_id}/undo"],
    "users.index": ["GET /users"],
    "users.show": [f"GET {ONE_USER}", f"GET {ONE_USER}/permissions", f"GET {ONE_USER}/sign-ins"],
    "users.history": [f"GET {ONE_USER}/history"],
    "users.new": ["POST /users"],
    "users.edit": [f"PATCH {ONE_USER}"],
    "users.delete": [f"DELETE {ONE_USER}"],
    "users.activate": [f"POST {ONE_USER}/activate"],
    "users.deactivate": [f"POST {ONE_USER}/deactivate"],
    "users.roles": [f"POST {ONE_USER}/role-review", f"PUT {ONE_USER}/roles"],
    "users.sessions": [f"GET {ONE_USER}/sessions", f"DELETE {ONE_USER}/sessions"],
    "users.offboard": [f"GET {ONE_USER}/offboard", f"POST {ONE_USER}/offboard"],
    "users.choose": ["POST /chosen-users"],
    "users.bulk": ["POST /bulk-users/review", "POST /bulk-users"],
    "users.undo": ["POST /audit/{event_id}/undo"],
    "users.export": ["GET /exported-users"],
    "roles.index": ["GET /roles", "POST /role-review"],
    "roles.show": [f"GET {ONE_ROLE}", f"GET {ONE_ROLE}/members", f"GET {ONE_ROLE}/history"],
    "roles.new": ["POST /roles"],
    "roles.edit": [f"PATCH {ONE_ROLE}"],
    "roles.permissions": [f"PUT {ONE_ROLE}/permissions"],
    "roles.review": ["POST /role-review", "PATCH /roles"],
    "roles.delete": [f"GET {ONE_ROLE}/deletion", f"DELETE {ONE_ROLE}"],
    "roles.undo": ["POST /audit/{event_id}/undo"],
    "roles.restore": ["POST /audit/{event_id}/undo"],
    "roles.export": ["GET /exported-roles"],
    "permissions.show": ["GET /permissions/{code}", "GET /who-can/{code}"],
    "transfer.export": ["GET /transfer-file"],
    "transfer.compare": ["POST /transfer-file/compare"],
    "transfer.import": ["POST /transfer-file/review", "POST /transfer-file"],
    "audit.index": ["GET /audit"],
}
# The last section of api.md tells why.
LEFT_TO_PEOPLE = {
    *("users.reset", "users.tokens", "transfer.index", "transfer.env", "transfer.users"),
    *("roles.compare", "audit.show", "audit.export"),
}


def test_each_page_has_its_requests(app):
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint.partition(".")[0] in SECTIONS
    }

    assert pages == REQUESTS.keys() | LEFT_TO_PEOPLE


def test_each_of_these_requests_is_there():
    declared = {f"{one.method} {path_of(one)}" for one in ENDPOINTS}

    wanted = {request for requests in REQUESTS.values() for request in requests}

    assert wanted - declared == set()
