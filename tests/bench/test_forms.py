"""Forms as the benchmark's driver reads and sends them."""

from urllib.parse import parse_qsl

import pytest

from bench import forms

PAGE = """
<form id="search"><input name="q" value="ada" /></form>
<form id="edit" method="post">
  <input type="hidden" name="csrf_token" value="a&amp;b" />
  <input type="checkbox" name="roles" value="1" checked />
  <input type="checkbox" name="roles" value="2" />
  <input type="radio" name="kind" value="x" /><input type="radio" name="kind" value="y" checked />
  <select name="team"><option value="1">One</option><option value="2" selected>Two</option></select>
  <textarea name="reason">
first line</textarea>
  <button name="confirmed" value="1">Save</button>
</form>
"""


def test_a_form_sends_what_a_browser_would():
    form = forms.find(PAGE, "roles")

    assert parse_qsl(form.filled({}, {})) == [
        ("csrf_token", "a&b"),
        ("roles", "1"),
        ("kind", "y"),
        ("team", "2"),
        ("reason", "first line"),
    ]


def test_what_is_filled_in_takes_the_place_of_what_was_there():
    sent = parse_qsl(forms.find(PAGE, "roles").filled({"roles": ["2", "3"]}, {"confirmed": "1"}))

    assert [value for name, value in sent if name == "roles"] == ["2", "3"]
    assert ("confirmed", "1") in sent


def test_a_form_is_found_by_a_field_though_nothing_is_ticked():
    page = PAGE.replace(" checked", "")

    assert forms.find(page, "roles", "edit").values("roles") == []


def test_a_page_without_the_form_is_refused():
    with pytest.raises(forms.NoForm):
        forms.find(PAGE, "q", "edit")
