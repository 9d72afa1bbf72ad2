"""Input fields: written as WTForms writes them, in less time."""

from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st
from markupsafe import Markup
from wtforms import StringField
from wtforms.widgets import Input, html_params

from app.web.widgets import attributes, quick

NAMES = st.sampled_from(("class_", "for_", "id", "aria_label", "data_a_b", "value", "x_y"))
VALUES = st.one_of(st.booleans(), st.integers(), st.text(), st.text().map(Markup))


@example({"value": "a < b & c"})
@given(st.dictionaries(NAMES, VALUES))
def test_attributes_read_as_those_of_wtforms(given: dict[str, object]) -> None:
    assert attributes(**given) == html_params(**given)


def test_what_is_markup_already_cannot_end_an_attribute() -> None:
    assert attributes(value=Markup('<a href="x">')) == 'value="<a href=&quot;x&quot;>"'


def test_a_field_is_written_with_them(app: Flask) -> None:
    page = app.test_client().get("/login").text
    assert (
        'autocapitalize="none" autocomplete="username" autofocus class="input" id="username"'
        in page
    )


def test_widgets_of_other_forms_are_left_as_they_are() -> None:
    own = quick(StringField.widget)

    assert own.html_params is attributes
    assert StringField.widget.html_params is html_params
    assert Input.html_params is html_params
