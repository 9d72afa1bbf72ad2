"""Versions of settings in the API: histories, saves undone, deleted settings restored."""

from sqlalchemy import select

from app.domain import audit
from app.domain.target import Target
from app.models import ApplicationSetting
from tests.support.contents import events
from tests.support.people import OPERATOR

ONE = "/settings/chunk_size"
URL = "postgresql://rag:hunter2@db.example.org/rag"


def stored(session, *keys):
    session.expire_all()
    found = select(ApplicationSetting.value).where(ApplicationSetting.key.in_(keys))
    return list(session.scalars(found.order_by(ApplicationSetting.key)))


def newest(api, action="setting:changed"):
    return api.get(f"/audit?action={action}").json["items"][0]["id"]


def saved_together(api):
    """Change two settings in one save, and return the id of one of its events."""
    keys = {"chunk_size": 1100, "chunk_overlap": 150}
    etags = {key: api.get(f"/settings/{key}").json["etag"] for key in keys}
    body = {key: {"value": value, "etag": etags[key]} for key, value in keys.items()}
    assert api.send("PATCH", "/settings", {"settings": body}).status_code == 200
    return newest(api)


def deleted(api, key="team.colour", **fields):
    """Create a setting and delete it, and return the id of the deletion."""
    new = {"key": key, "data_type": "string", "value": "blue"} | fields
    path = api.send("POST", "/settings", new).headers["Location"]
    assert api.change("DELETE", path).status_code == 204
    return api.get("/deleted-settings").json["items"][0]["id"]


def test_a_save_is_undone_as_a_whole_and_recorded(program, session, ada, statements):
    api = program(ada)
    event_id = saved_together(api)
    etag = api.get(f"/audit/{event_id}/undo").headers["ETag"]

    with statements.at_most(26):
        body = {"reason": "Too long."}
        answer = api.send("POST", f"/audit/{event_id}/undo", body, If_Match=etag)

    sides = [(each["before"]["value"], each["after"]["value"]) for each in answer.json["items"]]
    assert sorted(sides) == [("1100", "1000"), ("150", "200")]
    assert stored(session, "chunk_overlap", "chunk_size") == ["200", "1000"]
    assert {(event.action, event.reason) for event in events(session)[-2:]} == {
        ("setting:changed", "Too long."),
    }


def test_what_has_changed_since_is_named_and_the_others_are_undone(program, session, ada):
    api = program(ada)
    event_id = saved_together(api)
    whole = api.get(f"/audit/{event_id}/undo").headers["ETag"]
    api.change("PUT", ONE, {"value": 1200})
    path = f"/audit/{event_id}/undo"

    assert api.send("POST", path, If_Match=whole).status_code == 412
    assert stored(session, "chunk_overlap", "chunk_size") == ["150", "1200"]
    answer = api.change("POST", path)

    assert [each["target_name"] for each in answer.json["items"]] == ["chunk_overlap"]
    assert answer.json["left_out"] == [{"name": "chunk_size", "reason": "Has changed since"}]
    assert stored(session, "chunk_overlap", "chunk_size") == ["200", "1200"]
    again = api.send("POST", path, If_Match="*")
    assert (again.status_code, again.mimetype) == (409, "application/problem+json")
    named = [each["setting"] for each in again.json["errors"]]
    assert sorted(named) == ["chunk_overlap", "chunk_size"]


def test_a_deletion_is_undone_and_that_again_by_who_may(program, session, ada, person):
    api = program(ada)
    deletion = deleted(api)
    oscar = program(person("oscar", permissions=["settings:read", "settings:update"]))
    path = f"/audit/{deletion}/undo"

    assert oscar.send("POST", path, If_Match="*").status_code == 403
    assert stored(session, "team.colour") == []

    [change] = api.send("POST", path, If_Match="*").json["items"]
    assert (change["action"], change["after"]) == ("setting:restored", {"value": "blue"})
    again = api.send("POST", path, If_Match="*")
    assert [each["setting"] for each in again.json["errors"]] == ["team.colour"]

    restored = newest(api, "setting:restored")
    [change] = api.send("POST", f"/audit/{restored}/undo", If_Match="*").json["items"]
    assert (change["action"], change["before"]) == ("setting:deleted", {"value": "blue"})
    assert stored(session, "team.colour") == []


def test_only_changes_of_settings_are_undone(program, ada):
    api = program(ada)
    deletion = deleted(api)

    for event_id, status in ((2**31 - 1, 404), (2**31, 404), ("x", 404)):
        answer = api.send("POST", f"/audit/{event_id}/undo", If_Match="*")
        assert answer.status_code == status
    long = api.send("POST", f"/audit/{deletion}/undo", {"reason": "x" * 501}, If_Match="*")
    assert (long.status_code, long.json["errors"][0]["pointer"]) == (422, "#/reason")


def test_a_deleted_setting_is_listed_and_restored(program, session, ada, statements):
    api = program(ada)
    event_id = deleted(api, description="Of the team.", category="team")

    [event] = api.get("/deleted-settings").json["items"]
    assert (event["target_name"], event["before"]["value"]) == ("team.colour", "blue")
    with statements.at_most(20):
        answer = api.send("POST", f"/deleted-settings/{event_id}/restore", {"reason": "Needed."})

    assert (answer.status_code, answer.json["value"]) == (201, "blue")
    assert (answer.json["category"], answer.json["description"]) == ("team", "Of the team.")
    assert api.get(answer.headers["Location"]).headers["ETag"] == answer.headers["ETag"]
    assert api.get("/deleted-settings").json["items"] == []
    assert (events(session)[-1].action, events(session)[-1].reason) == (
        *("setting:restored", "Needed."),
    )
    again = api.send("POST", f"/deleted-settings/{event_id}/restore")
    assert (again.status_code, again.json["detail"]) == (
        409,
        "A setting named team.colour exists again, so this one was not restored.",
    )


def test_restoring_keeps_to_the_reasons_that_are_needed(program, session, ada):
    api = program(ada)
    event_id = deleted(api)

    for body in ({"reason": "x" * 501}, {"reason": 5}, {"reasons": "Needed."}):
        answer = api.send("POST", f"/deleted-settings/{event_id}/restore", body)
        assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert api.send("POST", "/deleted-settings/1/restore").status_code == 404
    assert stored(session, "team.colour") == []


def test_histories_are_for_who_may_change_settings_or_read_the_record(program, session, person):
    reader = program(person("rita", permissions=["settings:read"]))
    auditor = program(person("axel", permissions=["settings:read", "audit:read"]))
    maker = program(person("mika", permissions=["settings:read", "settings:create"]))

    for path in (f"{ONE}/history", "/deleted-settings"):
        assert auditor.get(path).status_code == 200
        assert reader.get(path).status_code == 403
        assert events(session)[-1].action == "permission:denied"
    for method, path in (("POST", "/audit/1/undo"), ("POST", "/deleted-settings/1/restore")):
        assert reader.send(method, path).status_code == 403
        assert events(session)[-1].action == "permission:denied"
    assert maker.send("POST", "/deleted-settings/1/restore").status_code == 404


def test_others_deletions_are_hidden_and_own_ones_restored(program, person, ada):
    codes = ["settings:read", "settings:create", "settings:delete"]
    maker = program(person("mika", permissions=codes))
    theirs = deleted(program(ada))
    new = {"key": "own", "data_type": "string", "value": "1"}
    maker.change("DELETE", maker.send("POST", "/settings", new).headers["Location"])

    assert maker.send("POST", f"/deleted-settings/{theirs}/restore").status_code == 404
    assert maker.send("POST", f"/deleted-settings/{theirs + 2}/restore").status_code == 201


def test_a_change_needs_the_permission_to_look_too(program, person):
    writer = program(person("wim", permissions=["settings:update"]))

    answer = writer.send("PUT", ONE, {"value": 900}, If_Match="*")

    assert answer.status_code == 403
    assert answer.json["detail"].startswith("You need the permission settings:read for this.")


def test_passwords_in_recorded_values_are_masked(program, session, ada):
    target, after = Target("setting", "database", 1), {"value": URL}
    audit.record(session, "setting:changed", target, actor=OPERATOR, after=after)
    session.commit()
    api = program(ada)

    for path in ("/settings/database/history", "/audit?target=database"):
        [event] = api.get(path).json["items"]
        assert event["after"] == {"value": "postgresql://rag:•••@db.example.org/rag"}
