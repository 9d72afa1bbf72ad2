"""Events whose old and new content is not what the console writes."""

import pytest

from app.models import ApplicationSetting, AuditEvent

ACTIONS = {
    "setting:changed": "setting",
    "setting:deleted": "setting",
    "user:changed": "user",
    "role:assigned": "user",
    "permission:granted": "role",
    "something:else": "thing",
}


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("before", "after"),
    [(None, None), ("{}", '{"email": "x"}'), ("[1]", "not JSON"), ('{"key": "x"}', "null")],
)
def test_no_page_breaks_over_an_event_that_lacks_its_content(sign_in, ada, session, before, after):
    setting = session.query(ApplicationSetting).filter_by(key="chunk_size").one()
    targets = {"setting": (setting.id, setting.key), "user": (ada.id, ada.username)}
    events = []
    for action, kind in ACTIONS.items():
        target_id, target_name = targets.get(kind, (1, "admin"))
        event = AuditEvent(action=action, target_type=kind, target_id=target_id, reason="")
        event.target_name, event.actor_kind, event.actor_name = target_name, "person", "ada"
        event.before, event.after = before, after
        events.append(event)
    session.add_all(events)
    session.commit()
    browser = sign_in(ada)

    for path in ("/", f"/settings/{setting.id}", f"/users/{ada.id}", "/roles/1", "/settings"):
        assert browser.get(path).status_code == 200
    assert browser.get(f"/settings/undo/{events[0].id}").status_code == 404
    assert browser.get(f"/settings/restore/{events[1].id}").status_code == 404
    for event in events:
        for section in ("users", "roles"):
            assert browser.get(f"/{section}/undo/{event.id}").status_code in {200, 404}
