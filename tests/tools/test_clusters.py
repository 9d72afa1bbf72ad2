"""Clusters of docs/clusters.md in small: ``make trust OPTIONS=clusters`` tries them under load."""

from contextlib import suppress

import pytest
from sqlalchemy.exc import DBAPIError

from app.domain import settings
from app.extensions import db
from tests.support.servers import Unavailable
from tools.trust import consoles
from tools.trust.clusters import load, pair


@pytest.fixture
def documented_pair():
    """A primary and its standby, with the settings and commands of the document."""
    try:
        with pair.started() as servers:
            yield servers
    except Unavailable as absence:
        pytest.skip(str(absence))


@pytest.mark.only_on("postgresql")
def test_the_documented_pair_keeps_what_was_saved_when_its_primary_is_lost(documented_pair):
    setting_id, *_ = load.prepared(documented_pair.variables)
    with load.console(documented_pair.variables):
        consoles.save([setting_id], "7")
        documented_pair.kill_primary()
        documented_pair.promote()
        with suppress(DBAPIError):  # A connection of the pool still leads to the lost one.
            settings.get(db.session, setting_id)
        db.session.rollback()

        assert settings.get(db.session, setting_id).value == "7"
        consoles.save([setting_id], "8")
        assert consoles.count_events() == 2
        assert consoles.chain_fault() == ""
