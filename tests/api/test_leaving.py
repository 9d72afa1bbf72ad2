"""Users who leave, by the API: sessions ended one by one or all, and offboarding."""

from sqlalchemy import select

from app.models import ConsoleSession
from tests.support.contents import events


def session_ids(session, who):
    session.rollback()
    query = select(ConsoleSession.id).where(ConsoleSession.user_id == who.id)
    return session.scalars(query).all()


def test_sessions_are_listed_and_ended(program, session, sign_in, ada, vera):
    for _ in range(3):
        sign_in(vera)
    api, path = program(ada), "/users/vera/sessions"

    items = api.get(path).json["items"]
    assert [set(one) for one in items] == [SESSION] * 3
    first = items[0]["id"]
    why = {"reason": "Left it open."}
    assert api.send("DELETE", f"{path}/{first}", why, If_Match="*").status_code == 204
    assert first not in session_ids(session, vera)
    again = api.send("DELETE", f"{path}/{first}", If_Match="*")
    assert (again.status_code, again.json["detail"]) == (404, "That session has ended already.")
    etag = api.get("/users/vera").headers["ETag"]
    assert api.send("DELETE", path, If_Match=etag).status_code == 204
    assert session_ids(session, vera) == []
    assert [(event.action, event.reason) for event in events(session)][-2:] == [
        ("session:ended", "Left it open."),
        ("sessions:ended", ""),
    ]


SESSION = {"id", "created_at", "last_seen_at", "address", "user_agent"}


def test_a_user_is_offboarded_as_reviewed(program, session, sign_in, ada, person):
    leaver = person("lea", roles=["viewer"], permissions=["settings:read"])
    sign_in(leaver)
    api, path = program(ada), "/users/lea/offboard"

    review = api.get(path)
    assert review.json == {
        "is_active": True,
        "roles": ["only lea", "viewer"],
        "sessions": 1,
        "only_theirs": ["document:read", "settings:read"],
    }
    stale = review.headers["ETag"]
    assert api.send("DELETE", "/users/lea/roles/viewer", If_Match="*").status_code == 200
    assert api.send("POST", path, {}, If_Match=stale).status_code == 412
    done = api.change("POST", path, {"reason": "Left."})
    assert (done.status_code, done.json) == (
        200,
        {"is_active": False, "roles": [], "sessions": 0, "only_theirs": []},
    )
    last = events(session)[-3:]
    assert [(event.action, event.reason) for event in last] == [
        ("user:deactivated", "Left."),
        ("sessions:ended", "Left."),
        ("role:unassigned", "Left."),
    ]


def test_the_last_administrator_is_not_offboarded(program, ada):
    answer = program(ada).change("POST", "/users/ada/offboard")

    assert answer.status_code == 409
    assert answer.json["detail"].startswith("ada is the last administrator.")


def test_who_has_more_than_the_actor_is_not_offboarded(program, ada, person):
    helper = person("hana", permissions=["user:read", "user:update", "role:assign"])

    answer = program(helper).send("POST", "/users/ada/offboard", {}, If_Match="*")

    assert answer.status_code == 403
    assert "has permissions that you do not have" in answer.json["detail"]
