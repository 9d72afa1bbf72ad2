"""A change locks the rows that it rests on, before it looks at them.

Other programs do not take turns with the console; these locks are for them. None of the changes
here changes anything, since an UPDATE would lock the row, too.
"""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, select

from app.domain import access, roles, settings, sign_in, users, webhooks
from app.domain.access import PermissionSet
from app.domain.audit import chain
from app.domain.authentication.second_factor import EnteredCode
from app.domain.authentication.sessions import Browser
from app.domain.confirmation import Confirmation
from app.domain.errors import RuleError
from app.domain.roles import GrantEdit, GrantsEdit, RoleEdit, wanted
from app.domain.settings import BulkSettingEdit, SettingEdit, outside
from app.domain.settings.value_rules import editing, rules
from app.domain.settings.value_rules.editing import FlagsEdit, RelationEdit, RuleEdit, TypedRule
from app.domain.settings.wanted import lock_rules, plan
from app.domain.sign_in import HalfSignedIn, VerifiedPassword
from app.domain.users import BulkAction, BulkEdit, Selection, WantedRoles
from app.domain.webhooks import Claimed, WebhookEdit
from app.domain.webhooks.deliveries import ReceiverAnswer
from app.models import (
    ApplicationSetting,
    AuditEvent,
    CategoryRule,
    ChainHead,
    Role,
    SettingRule,
    User,
    ValueRelation,
    Webhook,
    WebhookDelivery,
)
from app.models.base import utcnow
from tests.support import past_settings
from tests.support.people import OPERATOR

KEY = "chunk_size"
TOO_LONG = "x" * 501
ALL = PermissionSet(frozenset(), is_all=True)
CODE = EnteredCode("000000", (), utcnow())


def setting(session, setting_id):
    settings.change(session, setting_id, SettingEdit("", ""), actor=OPERATOR)


def setting_by_key(session, _):
    settings.by_key(session, KEY, locks=True)


def settings_by_key(session, _):
    settings.lock_by_keys(session, [KEY])


def several_settings(session, setting_id):
    edit = BulkSettingEdit({setting_id: SettingEdit("", "")})
    settings.change_many(session, edit, actor=OPERATOR)


def settings_changed_outside(session, _):
    outside.record_all_outside(session, actor=OPERATOR)


def imported_settings(session, _):
    plan.plan_wanted(session, [plan.WantedSetting(KEY)], lambda _: True, locks=True)


def rule(session, _):
    setting_id = session.scalars(select(ApplicationSetting.id).filter_by(key=KEY)).one()
    editing.change_rule(session, setting_id, RuleEdit(TypedRule(), ""), actor=OPERATOR)


def flags(session, _):
    editing.change_flags(session, FlagsEdit([], ""), actor=OPERATOR)


def shown_flags(session, _):
    editing.category_flags(session, locks=True)


def imported_rules(session, _):
    lock_rules(session, [KEY])


def relations(session, _):
    rules.take_turns(session)


def removed_relation(session, relation_id):
    editing.remove_relation(session, relation_id, RelationEdit(""), actor=OPERATOR)


def deletion(session):
    """Delete a setting, and the relations; return the event."""
    event_id = past_settings.delete(session, settings.by_key(session, "cache_enabled"))
    session.execute(delete(ValueRelation))
    session.commit()
    return event_id


def restored_setting(session, _):
    settings.restore(session, deletion(session), TOO_LONG, actor=OPERATOR)


def restored_settings(session, _):
    deletion(session)
    past = settings.as_of(session, datetime(2020, 1, 1, tzinfo=UTC))
    edit = settings.edit_of_past(past, ["cache_enabled"], TOO_LONG)
    session.rollback()
    settings.change_many(session, edit, actor=OPERATOR)


def undone_deletion(session, _):
    settings.undo(session, deletion(session), Confirmation(TOO_LONG), actor=OPERATOR)


def role(session, role_id):
    roles.change(session, role_id, RoleEdit("viewer", "", ""), actor=OPERATOR)


def grants(session, role_id):
    edit = GrantsEdit({role_id: GrantEdit(frozenset(), "")})
    roles.change_grants(session, edit, actor=OPERATOR)


def imported_roles(session, role_id):
    same = {role_id: session.scalars(select(Role.description).filter_by(id=role_id)).one()}
    wanted._described(session, wanted.RolesPlan(roles.read_matrix(session), descriptions=same))


def user(session, user_id):
    access.load_user_for_update(session, user_id)


def several_users(session, user_id):
    selection = Selection(frozenset({user_id}))
    users.change_many(session, BulkEdit(BulkAction.ACTIVATE, selection), actor=OPERATOR)


def imported_assignments(session, _):
    fewer = [WantedRoles("ada", frozenset({"admin"}))]
    granted = {"admin": ALL, "viewer": PermissionSet(frozenset())}
    made = users.plan_wanted(session, fewer, granted, ALL, actor=OPERATOR)
    users.save_wanted(session, made, "", actor=OPERATOR)


def undone_change_of_users(session, _):
    assigned = session.scalars(select(AuditEvent.id).filter_by(action="role:assigned")).one()
    users.undo(session, assigned, Confirmation("", "another outcome"), actor=OPERATOR)


def administrators(session, _):
    access.is_administrator_left(session)


def password(session, user_id):
    proof = VerifiedPassword(user_id, "", None)
    sign_in.complete(session, proof, Browser(), actor=OPERATOR, secret="a key")


def code(session, user_id):
    half = HalfSignedIn(user_id, "ada", "")
    sign_in.finish(session, half, CODE, Browser(), actor=OPERATOR, secret="a key")


def webhook(session, webhook_id):
    edit = WebhookEdit("", "", ())
    webhooks.change(session, webhook_id, edit, actor=OPERATOR)


def delivery(session, webhook_id):
    sent = session.scalars(select(WebhookDelivery)).one()
    claimed = Claimed(sent.id, webhook_id, sent.attempts, "", "", b"", ())
    webhooks.conclude(session, claimed, ReceiverAnswer(204, ""), actor=OPERATOR)


def end_of_the_chain(session, _):
    chain.locked_head(session.connection())


CHANGES = {
    ApplicationSetting: (
        setting,
        setting_by_key,
        settings_by_key,
        several_settings,
        settings_changed_outside,
        imported_settings,
    ),
    SettingRule: (rule, imported_rules),
    CategoryRule: (flags, shown_flags, imported_rules),
    ValueRelation: (relations, setting, removed_relation),
    Role: (role, grants, imported_roles),
    User: (
        user,
        several_users,
        imported_assignments,
        undone_change_of_users,
        administrators,
        password,
        code,
    ),
    Webhook: (webhook, delivery),
    ChainHead: (end_of_the_chain, restored_setting, restored_settings, undone_deletion),
}
COLUMNS = {
    ApplicationSetting: {"key": KEY},
    SettingRule: {"key": KEY},
    Role: {"name": "viewer"},
    User: {"username": "ada"},
}


@pytest.fixture
def _rows(session, ada):
    """A row of each table."""
    session.add(CategoryRule(category="llm", requires_reason=True))
    users.assign_role(session, ada.id, "viewer", actor=OPERATOR)
    new = WebhookEdit("listener", "https://receiver.example/", webhooks.SUBJECTS)
    added, _ = webhooks.create(session, new, actor=OPERATOR)
    session.commit()
    webhooks.send_test(session, added.id, None, actor=OPERATOR)
    session.commit()


@pytest.mark.only_on("postgresql")
@pytest.mark.usefixtures("_rows")
@pytest.mark.parametrize(
    ("model", "change"),
    [pytest.param(model, one, id=one.__name__) for model in CHANGES for one in CHANGES[model]],
)
def test_what_a_change_rests_on_is_locked(session, model, change):
    row = select(model.id).filter_by(**COLUMNS.get(model, {})).order_by(model.id).limit(1)
    row_id = session.scalars(row).one()
    session.rollback()

    with suppress(RuleError):
        change(session, row_id)
    with session.get_bind().connect() as other:
        free = other.scalars(row.with_for_update(skip_locked=True)).all()

    assert free == []
