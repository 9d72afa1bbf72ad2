"""What does not exist, or is of another kind, is told as not found, whoever asks for it."""

from functools import partial

import pytest

from app.domain import audit, roles, settings, users, webhooks
from app.domain.confirmation import UNREVIEWED
from app.domain.errors import InvalidValue, NotFound
from app.domain.settings import NewSetting
from app.domain.settings.value_rules import editing
from app.domain.target import Target
from app.domain.webhooks import WebhookEdit
from app.models.base import HIGHEST_ID
from tests.support.contents import recorded
from tests.support.people import OPERATOR

pytestmark = pytest.mark.only_on("sqlite")
EDIT = WebhookEdit("listener", "https://receiver.example/", webhooks.SUBJECTS)


@pytest.mark.parametrize(
    "ask",
    [
        *(audit.details, editing.earlier_relation, webhooks.get, webhooks.get_delivery),
        lambda session, id_: settings.by_keys(session, ["chunk_size", f"key{id_}"]),
        lambda session, id_: roles.undo(session, id_, UNREVIEWED, actor=OPERATOR),
        lambda session, id_: users.undo(session, id_, UNREVIEWED, actor=OPERATOR),
        lambda session, id_: roles.review_restore(session, id_, actor=OPERATOR),
        lambda session, id_: settings.version(session, "chunk_size", id_, is_before=True),
        lambda session, id_: webhooks.change(session, id_, EDIT, actor=OPERATOR),
    ],
)
def test_what_does_not_exist_is_not_found(session, ask):
    with pytest.raises(NotFound):
        ask(session, HIGHEST_ID)


@pytest.mark.parametrize(
    ("action", "undo"),
    [
        ("setting:changed", settings.undo),
        ("role:assigned", partial(users.undo, confirmation=UNREVIEWED)),
    ],
)
def test_an_event_that_lacks_its_content_cannot_be_undone(session, action, undo):
    kind = Target("setting" if "setting" in action else "user", "gone", 7)
    event = audit.record(session, action, kind, actor=OPERATOR, after={"other": 1})
    session.flush()

    with pytest.raises(NotFound):
        undo(session, event.id, actor=OPERATOR)


def test_an_event_of_something_else_is_not_found(session):
    settings.create(session, NewSetting("motto", "string", "Onwards."), actor=OPERATOR)
    session.flush()
    event_id = recorded(session)[-1].id

    with pytest.raises(NotFound, match="This change of the setting does not exist"):
        settings.version(session, "chunk_size", event_id, is_before=False)
    with pytest.raises(NotFound, match="This change does not exist"):
        roles.review_restore(session, event_id, actor=OPERATOR)


def test_a_data_type_that_does_not_exist_is_refused(session):
    with pytest.raises(InvalidValue) as refused:
        settings.create(session, NewSetting("motto", "poem", "a"), actor=OPERATOR)

    assert refused.value.field == "data_type"
