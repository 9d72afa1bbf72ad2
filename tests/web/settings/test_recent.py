"""Settings by their last change: since when, and by whom."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.domain.actor import OUTSIDE
from app.models import ApplicationSetting, AuditEvent, ChainHead, User
from app.models.base import utcnow
from tests.support.past_settings import take_start


@pytest.fixture
def changed(sign_in, session, ada, person):
    """Settings that Ada and another person changed, one of them some days ago."""
    boris = person("boris", roles=["admin"])
    for who, key, value in ((boris, "chunk_size", "900"), (ada, "chunk_overlap", "90")):
        setting = session.scalars(
            select(ApplicationSetting.id).where(ApplicationSetting.key == key)
        ).one()
        assert sign_in(who).submit(f"/settings/{setting}", value=value).status_code == 303
    old = update(AuditEvent).where(AuditEvent.target_name == "chunk_size")
    session.execute(update(ChainHead).values(allows_changes=True))
    session.execute(old.values(at=utcnow() - timedelta(days=3)))
    session.execute(update(ChainHead).values(allows_changes=False))
    session.commit()


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("changed=day", {"chunk_overlap"}),
        ("changed=week", {"chunk_overlap", "chunk_size"}),
        ("changed=ever&q=900", {"chunk_size"}),
        ("by=me", {"chunk_overlap"}),
        ("changed=day&by=me&q=900", set()),
    ],
)
def test_settings_are_filtered_by_their_last_change(sign_in, ada, changed, query, keys):
    page = sign_in(ada).get(f"/settings?{query}")

    assert {key for key in ("chunk_overlap", "chunk_size") if f">{key}<" in page.html} == keys


def test_own_changes_are_told_by_the_person_not_by_their_name(sign_in, session, ada, changed):
    ada.username = "ada.byron"
    session.commit()
    renamed = sign_in(ada).get("/settings?by=me")
    session.execute(update(User).values(created_at=utcnow() + timedelta(seconds=5)))
    session.commit()
    successor = sign_in(ada).get("/settings?by=me")

    assert ">chunk_overlap<" in renamed.html
    assert ">chunk_overlap<" not in successor.html


def test_the_list_tells_when_and_by_whom(sign_in, ada, changed, statements):
    browser = sign_in(ada)
    with statements.at_most(3):
        page = browser.get("/settings?changed=week")

    assert "Changed 3 days ago by boris" in page.text
    assert "Changed just now by ada" in page.text
    assert "Changed in the last week" in page.text
    with statements.at_most(2):
        assert "by boris" not in browser.get("/settings").text


def test_a_recorded_change_from_outside_is_one(sign_in, session, ada, changed):
    by_other_program = update(ApplicationSetting).where(ApplicationSetting.key == "chunk_size")
    session.execute(by_other_program.values(value="1"))
    session.commit()
    take_start(session)

    page = sign_in(ada).get("/settings?changed=day&q=chunk_size")

    assert f"Changed just now by {OUTSIDE.name}" in page.text


def test_it_needs_the_permission_to_see_the_history(sign_in, person, changed):
    iris = sign_in(person("iris", permissions=["settings:read"]))

    page = iris.get("/settings?changed=day")

    assert "by ada" not in page.text
    assert "chunk_size" in page.text
    assert 'name="changed"' not in page.html


def test_another_time_is_refused(sign_in, ada):
    assert sign_in(ada).get("/settings?changed=century").status_code == 400
