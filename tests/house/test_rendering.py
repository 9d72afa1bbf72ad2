"""Templates never query: the watch that every test runs under sees to it."""

import pytest
from flask import render_template_string

from tests.support.rendering import TemplateQueries


def test_a_template_that_queries_is_noticed(app, session):
    with app.test_request_context(), pytest.raises(TemplateQueries):
        render_template_string("{{ ask('SELECT 1') }}", ask=session.connection().exec_driver_sql)


def test_a_template_that_shows_what_was_fetched_is_not(app, session):
    rows = session.connection().exec_driver_sql("SELECT 1").all()

    with app.test_request_context():
        assert render_template_string("{{ rows[0][0] }}", rows=rows) == "1"
