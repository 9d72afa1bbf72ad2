"""A link is used while its issuer is deactivated: it works before that, or not at all."""

from itertools import pairwise

import pytest
from sqlalchemy import select, update

from app.domain import sign_in, users
from app.domain.sign_in import LinkOutlived
from app.models import AuditEvent, User
from app.unit_of_work import carry_out
from tests.races.pairs import Pair
from tests.support.people import OPERATOR, acting

ROUNDS = 20


@pytest.mark.slow
@pytest.mark.written_by_others
def test_a_link_is_used_before_its_issuer_is_deactivated_or_never(app, session, ada, vera, person):
    boris = person("boris", roles=["admin"])
    one, other, engine = acting(ada), acting(boris), session.get_bind()
    session.rollback()
    refused = 0

    with Pair(app) as pair:
        for round_ in range(ROUNDS):
            token = carry_out(
                lambda: users.start_reset(session, vera.id, actor=other)[1], actor=one
            )
            session.rollback()
            outcomes = pair.at_once(
                using(session, token, f"hash {round_}"), ending(session, boris, one)
            )
            assert type(outcomes[0]) in {type(None), LinkOutlived}
            assert outcomes[1] is None
            refused += outcomes[0] is not None
            with engine.begin() as connection:
                connection.execute(update(User).values(is_active=True))

    actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions.count("password:changed") == ROUNDS - refused
    for pair_ in pairwise(actions):
        assert pair_ != ("user:deactivated", "password:changed")


def using(session, token, password_hash):
    def write():
        carry_out(
            lambda: sign_in.choose_password(session, token, password_hash, actor=OPERATOR),
            actor=OPERATOR,
        )

    return (lambda: sign_in.link_owner(session, token)), write


def ending(session, user, actor):
    user_id = user.id

    def write():
        carry_out(lambda: users.deactivate(session, user_id, actor=actor), actor=actor)

    return (lambda: users.get(session, user_id)), write
