"""Conflicts of settings: who changed what one was editing, when, and why."""

from datetime import timedelta

import pytest

from app.models import AuditEvent
from app.models.base import utcnow
from tests.support.settings import path_of, value


def test_a_conflict_names_who_changed_a_setting_when_and_why(
    sign_in, session, ada, add, statements
):
    setting = add("part_size", "integer", "800")
    page = sign_in(ada).get(path_of(setting))
    setting.value = "600"
    session.add(
        AuditEvent(
            at=utcnow() - timedelta(minutes=4, seconds=5),
            actor_kind="person",
            actor_name="noura",
            action="setting:changed",
            target_type="setting",
            target_id=setting.id,
            target_name=setting.key,
            before='{"value": "800"}',
            after='{"value": "600"}',
            reason="Smaller parts are found better.",
        )
    )
    session.commit()

    with statements.at_most(8):
        conflict = page.submit(value="700")

    assert conflict.status_code == 409
    sentence = "noura changed part_size 4 minutes ago, while you were editing it."
    assert f"{sentence} Reason: “Smaller parts are found better.”" in conflict.text
    assert "Original 800 Theirs 600 Yours 700" in conflict.text


@pytest.mark.only_on("sqlite")
def test_each_conflict_of_a_review_has_its_own_name(sign_in, ada, person, add):
    mine, other = add("mine", value="a"), add("other", value="a")
    page = sign_in(ada).get("/settings?edit=all")
    sign_in(person("noura", roles=["admin"])).submit(path_of(other), value="b", reason="For all.")
    sign_in(ada).submit(path_of(mine), value="b")

    conflict = page.submit("sheet", **value(mine, "c"), **value(other, "c"))

    assert "You changed mine just now, in another window." in conflict.text
    sentence = "noura changed other just now, while you were editing it. Reason: “For all.”"
    assert sentence in conflict.text


@pytest.mark.only_on("sqlite")
def test_a_value_that_no_event_explains_was_changed_outside(sign_in, session, ada, add):
    setting = add("part_size", value="800")
    browser = sign_in(ada)
    browser.submit(path_of(setting), value="600")
    page = browser.get(path_of(setting))
    setting.value = "500"
    session.commit()

    conflict = page.submit("edit", value="700")

    sentence = "part_size was changed outside the console while you were editing it."
    assert sentence in conflict.text
