"""Two people save the same thing in the same moment: nobody's change is overwritten unseen."""

import random

import pytest
from sqlalchemy import delete, select, update

from app.domain import access, audit, settings, users
from app.domain.settings import SettingChangedMeanwhile, SettingEdit
from app.domain.users import AssignmentChangedMeanwhile, AssignmentEdit
from app.models import ApplicationSetting, AuditEvent, Role, user_roles
from app.unit_of_work import carry_out
from tests.races.pairs import Pair
from tests.support.equipment import takes_turns
from tests.support.people import acting

ROUNDS = 100 if takes_turns() else 300
ROUNDS_OF_ROLES = 50
# What the two of them type where one column differs from the other in case, or in blanks.
LIKE = [("{}", "{}!"), ("v{}", "V{}"), ("{}", "{} "), ("{}", " {}"), ("{}", "{}\n")]


@pytest.fixture
def couple(ada, person):
    """Two who administer."""
    return [acting(ada), acting(person("boris", roles=["admin"]))]


@pytest.fixture
def greeting(session):
    """The id of a setting of text."""
    setting = ApplicationSetting(key="greeting", value="Hello")
    session.add(setting)
    session.commit()
    return setting.id


@pytest.mark.slow
def test_of_two_who_save_a_setting_one_is_told(
    app, session, couple, greeting, database_name, record_property
):
    engine, chance = session.get_bind(), random.Random(database_name)
    before = "Hello"
    session.rollback()

    with Pair(app) as pair:
        for number in range(ROUNDS):
            typed = typed_by_both(chance.choice(LIKE), number)
            outcomes = pair.at_once(
                *(
                    saving(session, greeting, text, actor)
                    for text, actor in zip(typed, couple, strict=True)
                )
            )
            assert {type(outcome) for outcome in outcomes} == {type(None), SettingChangedMeanwhile}
            saved = typed[outcomes.index(None)]
            with engine.connect() as connection:
                assert connection.scalar(value_of(greeting)) == saved
                assert last_change(connection) == (before, saved)
            before = saved

    record_property(
        "figure",
        f"{ROUNDS} races for one setting on {database_name}: "
        f"{ROUNDS} saved, {ROUNDS} told of it, 0 lost",
    )


@pytest.mark.slow
@pytest.mark.written_by_others
def test_what_another_program_writes_is_not_overwritten(
    app, session, ada, greeting, database_name, record_property
):
    engine, actor, told = session.get_bind(), acting(ada), 0
    session.rollback()

    with Pair(app) as pair:
        for number in range(ROUNDS):
            outcome, _ = pair.at_once(
                saving(session, greeting, f"ada's {number}", actor),
                writing(engine, greeting, f"theirs {number}"),
            )
            assert outcome is None or isinstance(outcome, SettingChangedMeanwhile)
            told += outcome is not None
            with engine.connect() as connection:
                assert connection.scalar(value_of(greeting)) == f"theirs {number}"

    record_property(
        "figure",
        f"{ROUNDS} races with another program on {database_name}: "
        f"{ROUNDS - told} saved before it, {told} told of it, 0 lost",
    )


@pytest.mark.slow
def test_of_two_who_change_roles_one_is_told(app, session, couple, omar):
    names = ("user", "viewer")
    ids = [session.scalars(select(Role.id).where(Role.name == name)).one() for name in names]
    engine, target = session.get_bind(), omar.id
    session.rollback()

    with Pair(app) as pair:
        for _ in range(ROUNDS_OF_ROLES):
            with engine.begin() as connection:
                connection.execute(delete(user_roles).where(user_roles.c.user_id == target))
            outcomes = pair.at_once(
                *(
                    assigning(session, target, role_id, actor)
                    for role_id, actor in zip(ids, couple, strict=True)
                )
            )
            assert {type(one) for one in outcomes} == {type(None), AssignmentChangedMeanwhile}
            with engine.connect() as connection:
                held = select(user_roles.c.role_id).where(user_roles.c.user_id == target)
                assert connection.scalars(held).all() == [ids[outcomes.index(None)]]


def typed_by_both(like, number):
    pair = [text.format(number) for text in like]
    return pair if number % 2 else pair[::-1]


def saving(session, setting_id, text, actor):
    """Open the page of the setting; then save what was typed on it."""
    seen = []

    def read():
        seen.append(settings.etag_of(settings.get(session, setting_id)))

    def write():
        edit = SettingEdit(text, seen[0])
        carry_out(lambda: settings.change(session, setting_id, edit, actor=actor), actor=actor)

    return read, write


def writing(engine, setting_id, text):
    """Write as the backend does, without looking and without the console's locks."""

    def write():
        with engine.begin() as connection:
            row = ApplicationSetting.id == setting_id
            connection.execute(update(ApplicationSetting).where(row).values(value=text))

    return lambda: None, write


def assigning(session, user_id, role_id, actor):
    def read():
        assert access.permissions_of(session, user_id)

    def write():
        edit = AssignmentEdit(frozenset({role_id}), users.roles_etag([]))
        carry_out(lambda: users.set_roles(session, user_id, edit, actor=actor), actor=actor)

    return read, write


def value_of(setting_id):
    return select(ApplicationSetting.value).where(ApplicationSetting.id == setting_id)


def last_change(connection):
    columns = (AuditEvent.before, AuditEvent.after)
    row = connection.execute(select(*columns).order_by(AuditEvent.id.desc()).limit(1)).one()
    return tuple(audit.fields_of(side)["value"] for side in row)
