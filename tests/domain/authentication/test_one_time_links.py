"""One-time links: issued, looked at, used once, over after an hour."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.domain.authentication import one_time_links
from app.domain.authentication.one_time_links import InvalidLink, Purpose
from app.models import OneTimeLink
from app.models.base import utcnow


def test_a_link_works_once(session, vera):
    token = one_time_links.issue(session, Purpose.RESET, user_id=vera.id)

    assert one_time_links.peek(session, Purpose.RESET, token).user_id == vera.id
    assert one_time_links.use(session, Purpose.RESET, token).used_at is not None

    for again in (one_time_links.peek, one_time_links.use):
        with pytest.raises(InvalidLink, match="used or is too old"):
            again(session, Purpose.RESET, token)


def test_looking_at_a_link_does_not_use_it(session):
    token = one_time_links.issue(session, Purpose.SET_UP)

    one_time_links.peek(session, Purpose.SET_UP, token)

    assert one_time_links.use(session, Purpose.SET_UP, token)


@pytest.mark.parametrize(("age", "works"), [(59, True), (60, False), (61, False)])
def test_a_link_is_over_after_an_hour(session, age, works):
    token = one_time_links.issue(session, Purpose.SET_UP)
    stored = session.scalars(select(OneTimeLink)).one()
    assert timedelta(minutes=59) < stored.expires_at - utcnow() <= timedelta(minutes=60)
    issued = stored.expires_at - timedelta(minutes=age)
    session.execute(update(OneTimeLink).values(expires_at=issued))
    session.expire_all()

    if works:
        assert one_time_links.use(session, Purpose.SET_UP, token)
    else:
        with pytest.raises(InvalidLink):
            one_time_links.use(session, Purpose.SET_UP, token)


def test_a_token_for_one_purpose_is_none_for_another(session, vera):
    token = one_time_links.issue(session, Purpose.RESET, user_id=vera.id)

    with pytest.raises(InvalidLink):
        one_time_links.use(session, Purpose.SET_UP, token)


@pytest.mark.parametrize("token", ["", "x", "\0", "ü" * 5000, "' OR 1=1 --"])
def test_what_nobody_gave_out_is_gone(session, vera, token):
    one_time_links.issue(session, Purpose.RESET, user_id=vera.id)

    with pytest.raises(InvalidLink):
        one_time_links.use(session, Purpose.RESET, token)


def test_a_new_link_replaces_the_earlier_of_the_same_user_only(session, vera, omar):
    first, others, set_up = (
        one_time_links.issue(session, Purpose.RESET, user_id=vera.id),
        one_time_links.issue(session, Purpose.RESET, user_id=omar.id),
        one_time_links.issue(session, Purpose.SET_UP),
    )

    one_time_links.issue(session, Purpose.RESET, user_id=vera.id)

    with pytest.raises(InvalidLink):
        one_time_links.peek(session, Purpose.RESET, first)
    assert one_time_links.peek(session, Purpose.RESET, others)
    assert one_time_links.peek(session, Purpose.SET_UP, set_up)


def test_only_a_digest_of_the_token_is_stored(session):
    token = one_time_links.issue(session, Purpose.SET_UP)
    session.flush()
    row = session.execute(select(OneTimeLink.__table__)).one()

    assert len(token) == 43
    assert token not in str(row)


def test_a_link_goes_with_its_user(session, vera):
    one_time_links.issue(session, Purpose.RESET, user_id=vera.id)
    session.flush()

    session.delete(vera)
    session.commit()

    assert session.scalar(select(func.count(OneTimeLink.id))) == 0
