"""The domain asks for the permission itself, whichever interface calls it."""

import pytest

from app.domain import users, webhooks
from app.domain.confirmation import Confirmation, Deletion
from app.domain.errors import BeyondOwnPermissions
from app.domain.webhooks import WebhookEdit
from tests.support.people import acting

NOBODY = 2**31 - 1
LISTENER = WebhookEdit("listener", "https://receiver.example/", webhooks.SUBJECTS)


@pytest.mark.parametrize(
    ("change", "arguments"),
    [
        (webhooks.create, (LISTENER,)),
        (webhooks.change, (NOBODY, LISTENER)),
        (webhooks.delete, (NOBODY, Deletion("listener", ""))),
        (webhooks.rotate, (NOBODY, "")),
        (webhooks.send_test, (NOBODY, "")),
        (webhooks.again, (NOBODY, "")),
        (users.look_up, ("vera",)),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_who_lacks_the_permission_is_refused(session, omar, change, arguments):
    with pytest.raises(BeyondOwnPermissions, match="You need the permission"):
        change(session, *arguments, actor=acting(omar))


def test_offboarding_takes_the_permission_to_assign_roles_too(session, person, omar):
    nora = person("nora", permissions=["user:update"])

    with pytest.raises(BeyondOwnPermissions, match="role:assign"):
        users.offboard(session, omar.id, Confirmation(), actor=acting(nora))
