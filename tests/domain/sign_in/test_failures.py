"""Failed sign-ins are added up: by two workers at once, and within bounds."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.domain import sign_in, users
from app.domain.sign_in.failures import NAME_GROUPS, network_of
from app.extensions import db
from app.models import FailedSignIn
from app.unit_of_work import carry_out
from tests.support.people import OPERATOR


def fail(name, times=1, address="8.8.8.8"):
    for _ in range(times):
        carry_out(lambda: sign_in.note_failure(db.session, name, address), actor=OPERATOR)


def rows(session):
    columns = (FailedSignIn.user_id, FailedSignIn.kind, FailedSignIn.network)
    query = select(*columns, FailedSignIn.failures).order_by(FailedSignIn.user_id)
    return [tuple(row) for row in session.execute(query)]


def test_failures_of_a_user_are_one_row(session, vera, person):
    ida = person("ida", is_active=False)
    fail("vera", 2)
    fail("VERA@example.org")
    fail("ida", address="10.0.0.1")
    fail("nobody", address=None)

    assert rows(session) == [
        (0, "unknown name", "unknown", 1),
        (vera.id, "wrong password", "internet", 3),
        (ida.id, "inactive user", "private network", 1),
    ]
    assert users.sign_ins(session, vera.id).failures == 3


def test_the_counts_of_two_workers_add_up(app, session, vera):
    session.rollback()

    def work(_):
        with app.app_context():
            fail("vera", 10)

    with ThreadPoolExecutor(2) as workers:
        list(workers.map(work, range(2)))

    assert session.scalar(select(func.sum(FailedSignIn.failures))) == 20


def test_invented_names_take_no_more_rows(session):
    for number in range(300):
        fail(f"invented-{number}")

    count = session.scalar(select(func.count()).select_from(FailedSignIn))
    assert count <= 2 * NAME_GROUPS
    assert session.scalar(select(func.sum(FailedSignIn.failures))) == 300


def test_old_counts_go_and_do_not_count_for_today(session, vera):
    fail("vera", 4)
    hour = session.scalar(select(FailedSignIn.hour))
    session.execute(update(FailedSignIn).values(hour=hour - timedelta(days=2)))
    session.commit()
    assert users.sign_ins(session, vera.id).failures == 0

    session.execute(update(FailedSignIn).values(hour=hour - timedelta(days=31)))
    session.commit()
    fail("vera")

    assert [row[-1] for row in rows(session)] == [1]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("127.0.0.1", "this machine"),
        ("::1", "this machine"),
        ("192.168.1.7", "private network"),
        ("fd00::1", "private network"),
        ("8.8.8.8", "internet"),
        ("2001:4860::1", "internet"),
        (None, "unknown"),
        ("x", "unknown"),
    ],
)
def test_the_kind_of_an_address(address, network):
    assert network_of(address) == network
