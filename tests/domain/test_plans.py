"""Lists take the same time with a million users: they walk along indexes, and sort nothing.

Shown with some thousand users, of whom a page shows fifty.
"""

from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise

import pytest
from sqlalchemy import delete, insert, select, text

from app.domain import audit, paging
from app.domain.cursors import encoded
from app.domain.filter_words import WITHOUT
from app.domain.paging import SIZE, Cursors
from app.domain.roles import members
from app.domain.target import Target
from app.domain.users import UserFilter
from app.domain.users import listing as user_list
from app.models import AuditEvent, Role, ServiceAccount, User, user_roles
from tests.support import plans
from tests.support.people import OPERATOR, PASSWORD_HASH

MANY = 4_000
START = datetime(2026, 1, 1, tzinfo=UTC)
MORE = """
INSERT INTO users (username, email, password_hash, created_at)
SELECT 'e-5' || n, 'e-5' || n || '@example.org', 'x',
       timestamptz '2026-01-02 00:00+00' + n * interval '3 s'
FROM generate_series(1, 20000) n
"""
COLUMNS = {"username": "username", "email": "email", "created": "created_at"}


@pytest.fixture
def crowd(session):
    """Adds four thousand users, the later the higher in every order; all hold the role user."""
    rows = [
        {
            "username": f"{'abcdefghij'[number // 400]}-{number:05}",
            "email": f"{'abcdefghij'[number // 400]}-{number:05}@example.org",
            "password_hash": PASSWORD_HASH,
            "created_at": START + timedelta(minutes=number),
        }
        for number in range(MANY)
    ]
    session.execute(insert(User), rows)
    role = session.scalars(select(Role.id).where(Role.name == "user")).one()
    ids = session.scalars(select(User.id)).all()
    session.execute(insert(user_roles), [{"user_id": user, "role_id": role} for user in ids])
    session.commit()
    plans.gather_statistics(session)
    yield role
    session.rollback()
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("DELETE FROM sqlite_stat1"))
        session.commit()


def pages(session, sort, **wanted):
    """The first page of a list, one in its midst forwards and one backwards."""
    first = user_list.list_page(session, UserFilter(**wanted), sort, Cursors()).page
    for _ in range(3):
        later = user_list.list_page(session, UserFilter(**wanted), sort, Cursors(after=first.after))
    cursors = [Cursors(), Cursors(after=later.page.after), Cursors(before=later.page.after)]
    return [
        (
            cursor,
            lambda cursor=cursor: user_list.list_page(session, UserFilter(**wanted), sort, cursor),
        )
        for cursor in cursors
    ]


def test_every_page_in_every_order_is_read_off_the_index_of_its_column(session, crowd):
    for sort in user_list.SORTS:
        for cursor, read in pages(session, sort):
            plan = plans.of(session, read)

            assert not plans.sorts(session, plan), (sort, cursor, plan)
            assert f"ix_users_{COLUMNS[sort.removeprefix('-')]}" in plan, (sort, cursor, plan)


def test_a_search_that_many_fit_reads_the_index_of_the_order_too(session, crowd, database_name):
    if database_name == "postgresql":
        # It reads a table of four thousand in one go, and rightly so.
        session.execute(text(MORE))
        plans.gather_statistics(session)
    # All begin so who come first in their order; a page is full at once.
    for sort, q in {"username": "a", "email": "a-0", "created": "a", "-created": "j"}.items():
        for cursor, read in pages(session, sort, q=q)[:2]:
            plan = plans.of(session, read)

            assert not plans.sorts(session, plan), (sort, cursor, plan)
            assert f"ix_users_{COLUMNS[sort.removeprefix('-')]}" in plan, (sort, cursor, plan)


@pytest.mark.parametrize("q", ["j-0399", "nobody"])
def test_a_search_that_few_fit_finds_them_by_their_names_in_every_order(session, crowd, q):
    # They come last, or first, or are not there: nothing is walked past on the way to them.
    found = 10 if q == "j-0399" else 0
    for sort in set(user_list.SORTS) - {"-username", "-email", "-created"}:
        read = partial(user_list.list_page, session, UserFilter(q=q), sort, Cursors())
        plan = plans.of(session, read)

        assert len(read().page.rows) == found
        assert "ix_users_username" in plan, (sort, plan)
        assert "ix_users_email" in plan, (sort, plan)
        assert "ix_users_created_at" not in plan, (sort, plan)
        assert "Seq Scan on users" not in plan, (sort, plan)


@pytest.mark.only_on("mysql")
def test_many_who_come_late_are_read_by_their_ids_and_not_by_reading_everybody(session, crowd):
    for sort, q in {"username": "j", "-email": "a", "created": "j"}.items():
        filters = UserFilter(q=q, role="user")
        plan = plans.of(session, partial(user_list.list_page, session, filters, sort, Cursors()))

        assert "eq_ref PRIMARY PRIMARY 4 func" in plan, (sort, plan)


def test_both_ways_of_searching_find_the_same_users_in_the_same_order(session, crowd, monkeypatch):
    def everyone(sort, q):
        names, cursors = [], Cursors()
        while True:
            page = user_list.list_page(session, UserFilter(q=q), sort, cursors).page
            names += [row.username for row in page.rows]
            cursors = Cursors(after=page.after)
            if not page.after:
                return names

    for sort in user_list.SORTS:
        found = []
        for dense in (0, MANY):
            monkeypatch.setattr(user_list, "MIN_HITS", dense)
            found.append(everyone(sort, "c-010"))
        assert found[0] == found[1], sort
        assert len(found[0]) == 2 * SIZE
        falling = sort.startswith("-")
        assert all((one > other) == falling for one, other in pairwise(found[0]))


# SQLite scans the users in their order or the members, by what it knows of their number.
@pytest.mark.only_on("postgresql", "mysql")
def test_the_members_of_a_role_are_read_in_order(session, crowd):
    user_id = session.scalars(select(User.id).order_by(User.id).offset(MANY // 2).limit(1)).one()
    middle = encoded(user_id, crowd)

    for cursors in (Cursors(), Cursors(after=middle), Cursors(before=middle)):
        plan = plans.of(
            session,
            lambda cursors=cursors: members.members_page(
                session, crowd, cursors, count=paging.COUNTED + 1
            ),
        )
        assert not plans.sorts(session, plan), (cursors, plan)


def test_those_who_can_do_something_are_gone_through_in_order(session, crowd):
    others = session.scalars(select(Role.id)).all()
    many = paging.COUNTED + 1
    first = members.with_permission(session, others, Cursors(), count=many)

    for cursors in (Cursors(), Cursors(after=first.after)):
        plan = plans.of(
            session,
            lambda cursors=cursors: members.with_permission(session, others, cursors, count=many),
        )
        assert not plans.sorts(session, plan), (cursors, plan)
        assert "MATERIALIZED" not in plan, plan
        assert "LIST SUBQUERY" not in plan, plan


def test_few_and_many_who_can_do_something_are_the_same_people(session, crowd, vera):
    roles = session.scalars(select(Role.id).where(Role.name.in_(["user", "viewer"]))).all()

    pages = [
        members.with_permission(session, roles, Cursors(after=None), count=count).rows
        for count in (1, paging.COUNTED + 1)
    ]

    assert pages[0] == pages[1]
    assert len(pages[0]) == SIZE
    assert members.count_with_permission(session, roles) == MANY + 1


def test_who_can_do_something_is_counted_once_and_up_to_the_cap(session, crowd, monkeypatch):
    roles = session.scalars(select(Role.id).where(Role.name.in_(["user", "viewer"]))).all()
    session.execute(text("UPDATE users SET is_active = false WHERE username < 'b'"))
    viewer = session.scalars(select(Role.id).where(Role.name == "viewer")).one()
    some = session.scalars(select(User.id).order_by(User.id.desc()).limit(10)).all()
    session.execute(insert(user_roles), [{"user_id": one, "role_id": viewer} for one in some])

    assert members.count_with_permission(session, roles) == MANY - 400
    assert members.count_with_permission(session, [viewer]) == 10
    monkeypatch.setattr(members, "COUNTED", 20)
    assert members.count_with_permission(session, roles) == 21


def test_recent_changes_are_read_off_an_index(session, crowd):
    users = session.execute(select(User.username, User.id).limit(40)).all()
    rows = [Target("user", *users[number % 40]) for number in range(MANY)]
    changes = [(target, audit.Change("user:changed")) for target in rows]
    audit.record_save(session, changes, actor=OPERATOR)
    session.commit()
    plans.gather_statistics(session)

    for look in (lambda: audit.recent(session), lambda: audit.history_of(session, rows[7])):
        plan = plans.of(session, look)
        assert not plans.sorts(session, plan), plan
        # Settings are few, and gone through as a whole where that is quicker.
        for table in (AuditEvent.__tablename__, User.__tablename__):
            assert f"Seq Scan on {table}" not in plan, plan
        assert "Sort" not in plan, plan


def test_a_filter_that_many_match_reads_no_further_than_the_page(session, crowd, monkeypatch):
    monkeypatch.setattr(user_list, "AHEAD", 110)
    # Everybody in the crowd has the role user; half of them are inactive.
    session.execute(text("UPDATE users SET is_active = false WHERE id % 2 = 0"))
    session.commit()
    for wanted in ({"role": "user"}, {"status": "inactive"}, {"role": "user", "status": "active"}):
        for sort in user_list.SORTS:
            for _, read in pages(session, sort, **wanted):
                plan = plans.of(session, read)

                index = f"ix_users_{COLUMNS[sort.removeprefix('-')]}"
                assert index in plan, (wanted, sort, plan)
                assert "Seq Scan on user_roles" not in plan, (wanted, sort, plan)
                assert len(read().page.rows) == SIZE


# SQLite goes on along the index.
@pytest.mark.only_on("postgresql", "mysql")
def test_a_filter_that_few_match_finds_them_first(session, crowd, monkeypatch):
    monkeypatch.setattr(user_list, "AHEAD", 200)
    viewer = session.scalars(select(Role.id).where(Role.name == "viewer")).one()
    last = session.scalars(select(User.id).order_by(User.username.desc()).limit(60)).all()
    # The more roles are held, the fewer hold one of them, as far as a database can know.
    teams = [Role(name=f"team-{number}") for number in range(20)]
    session.add_all(teams)
    session.flush()
    held = [viewer, *(team.id for team in teams)]
    session.execute(
        insert(user_roles), [{"user_id": user, "role_id": role} for user in last for role in held]
    )
    session.commit()
    plans.gather_statistics(session)
    read = partial(user_list.list_page, session, UserFilter(role="viewer"), "username", Cursors())

    plan = plans.of(session, read)

    assert "ix_users_username" not in plan, plan
    assert "ix_user_roles_role_id" in plan, plan
    assert len(read().page.rows) == SIZE


def test_service_accounts_are_found_by_their_marks_in_every_order(session, crowd):
    last = session.scalars(select(User.id).order_by(User.username.desc()).limit(60)).all()
    session.execute(insert(ServiceAccount), [{"user_id": user_id} for user_id in last])
    session.commit()
    plans.gather_statistics(session)

    for sort in user_list.SORTS:
        for _, read in pages(session, sort, kind="service"):
            plan = plans.of(session, read)

            assert f"ix_users_{COLUMNS[sort.removeprefix('-')]}" not in plan, (sort, plan)
            assert len(read().page.rows) in {SIZE, len(last) - SIZE}
    people = user_list.list_page(session, UserFilter(kind="person"), "-username", Cursors()).page
    assert people.rows[0].id not in last


@pytest.mark.parametrize(
    ("wanted", "ahead"),
    [
        ({"role": "user"}, 60),
        ({"role": WITHOUT}, 1),
        ({"role": WITHOUT}, 600),
        ({"status": "inactive"}, 60),
    ],
)
def test_pages_are_the_same_however_they_are_found(session, crowd, monkeypatch, ahead, wanted):
    monkeypatch.setattr(user_list, "AHEAD", ahead)
    session.execute(text("UPDATE users SET is_active = false WHERE username LIKE '%7'"))
    gone = select(User.id).where(User.username.like("%3"))
    session.execute(delete(user_roles).where(user_roles.c.user_id.in_(gone)))
    session.commit()

    for sort in ("username", "-created"):
        rows = session.execute(select(User.username).order_by(User.created_at, User.id))
        names = [name for (name,) in rows if is_wanted(session, name, wanted)]
        names.sort(reverse=sort == "-created")
        first = user_list.list_page(session, UserFilter(**wanted), sort, Cursors()).page
        second = user_list.list_page(
            session, UserFilter(**wanted), sort, Cursors(after=first.after)
        ).page
        back = user_list.list_page(
            session, UserFilter(**wanted), sort, Cursors(before=second.before)
        ).page
        assert [row.username for row in first.rows] == names[:SIZE]
        assert [row.username for row in second.rows] == names[SIZE : 2 * SIZE]
        assert [row.username for row in back.rows] == names[:SIZE]


def is_wanted(session, name, wanted):
    if "status" in wanted:
        return name.endswith("7")
    return name.endswith("3") == (wanted["role"] == WITHOUT)
