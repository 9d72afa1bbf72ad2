"""Sign-ins of a user as the API tells them, and to whom."""

from app.domain import audit
from app.domain.target import Target
from app.models.base import utcnow
from tests.support.people import OPERATOR


def test_the_last_sign_in_is_told_as_on_the_page(program, session, ada, vera, statements):
    api = program(ada)
    before = api.get("/users/vera/sign-ins").json
    audit.record(session, "user:signed-in", Target.of_user(vera), actor=OPERATOR)
    session.commit()

    with statements.at_most(4):
        after = api.get("/users/vera/sign-ins").json

    assert before == {
        "last_signed_in_at": None,
        "failed_in_last_day": 0,
        "has_password": True,
        "has_second_factor": False,
        "is_service_account": False,
    }
    assert after["last_signed_in_at"][:10] == f"{utcnow():%Y-%m-%d}"
    listed = {each["username"]: each for each in api.get("/users").json["items"]}
    assert listed["vera"]["last_signed_in_at"] == after["last_signed_in_at"]
    assert listed["ada"]["last_signed_in_at"] is None


def test_failed_sign_ins_are_for_who_may_read_the_audit_log(program, visitor, ada, vera, person):
    api, limited = program(ada), program(ada, {"user:read"})
    reader = program(person("iris", permissions=["user:read"]))
    visitor.submit("/login", username="vera", password="wrong every time")

    told = [one.get("/users/vera/sign-ins").json for one in (api, limited, reader)]

    assert [each["failed_in_last_day"] for each in told] == [1, None, None]


def test_sign_ins_need_the_permission_to_see_users(program, ada, omar):
    assert program(omar).get("/users/ada/sign-ins").status_code == 403
    assert program(ada).get("/users/nobody/sign-ins").status_code == 404


def test_a_service_account_has_no_password(program, ada):
    api = program(ada)
    body = {"username": "pipe", "email": "pipe@example.org", "is_service_account": True}
    api.send("POST", "/users", body)

    told = api.get("/users/pipe/sign-ins").json

    assert (told["is_service_account"], told["has_password"]) == (True, False)
    [listed] = api.get("/users?kind=service").json["items"]
    assert (listed["username"], listed["is_service_account"]) == ("pipe", True)
    [person] = api.get("/users?kind=person").json["items"]
    assert (person["username"], person["is_service_account"]) == ("ada", False)
    assert b"pipe@example.org" in api.get("/exported-users?kind=service").data
    assert b"ada@example.org" not in api.get("/exported-users?kind=service").data
    bulk = {"action": "deactivate", "filters": {"kind": "service"}}
    assert api.send("POST", "/bulk-users/review", bulk).json["changed"] == ["pipe"]
