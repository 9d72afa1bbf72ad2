"""How pages are put together: the same as by Jinja and WTForms, in less time."""

from flask import Flask, render_template_string
from hypothesis import given
from hypothesis import strategies as some
from markupsafe import Markup
from wtforms.widgets import html_params

from app.web.rendering import attributes

NAMES = some.sampled_from(("class_", "for_", "id", "aria_label", "data_a_b", "value", "x_y"))
VALUES = some.one_of(some.booleans(), some.integers(), some.text(), some.text().map(Markup))


@given(some.dictionaries(NAMES, VALUES))
def test_attributes_read_as_those_of_wtforms(given: dict[str, object]) -> None:
    assert attributes(**given) == html_params(**given)


def test_what_is_markup_already_cannot_end_an_attribute() -> None:
    assert attributes(value=Markup('<a href="x">')) == 'value="<a href=&quot;x&quot;>"'


def test_a_field_is_written_with_them(app: Flask) -> None:
    page = app.test_client().get("/login").text
    assert (
        'autocapitalize="none" autocomplete="username" autofocus class="in" id="username"' in page
    )


def test_a_template_knows_the_names_of_all_and_its_own(app: Flask) -> None:
    template = app.jinja_env.from_string("{{ icon is defined }} {{ mine }}", {"mine": 1})
    with app.test_request_context():
        assert template.render() == "True 1"
        assert render_template_string("{{ mine is defined }}") == "False"
