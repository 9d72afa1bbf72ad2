"""The pages of settings: the list, where a row opens as a form, and the page of each."""

import re

import pytest
from sqlalchemy import func, select

from app.domain import settings
from app.models import ApplicationSetting, AuditEvent

LIST_BYTES = 300 * 1024
PLANTED = "sk-live-planted-4711"
JSON = '{"a": [1, 2, 3]}'
VALUES = {
    "string": "hello",
    "integer": "42",
    "float": "0.7",
    "boolean": "true",
    "json": JSON,
}


@pytest.fixture
def add(session):
    """Adds a setting: ``add("top_k", "integer", "5")``."""

    def add(key, data_type="string", value="text", **columns):
        details = {"category": "tests", "description": f"About {key}."} | columns
        setting = ApplicationSetting(key=key, data_type=data_type, value=value, **details)
        session.add(setting)
        session.commit()
        return setting

    return add


@pytest.fixture
def looker(person):
    """May look at settings, and no more."""
    return person("lucy", permissions=["settings:read"])


def path_of(setting):
    return f"/settings/{setting.id}"


def events(session):
    query = select(AuditEvent).where(AuditEvent.action == "setting:changed")
    return list(session.scalars(query.order_by(AuditEvent.id)))


def control(page, name="value"):
    """The tag of the control, as it was served."""
    return re.search(rf'<(?:input|textarea)\b[^>]*\bname="{name}"[^>]*>', page.html).group()


def row(page, setting):
    """The part of the list that shows the setting."""
    return re.search(rf'<li[^>]*id="setting-{setting.id}".*?</li>', page.html, re.DOTALL).group()


def test_settings_are_listed_by_category(sign_in, ada):
    page = sign_in(ada).get("/settings")

    assert page.link("chunk_size").startswith("/settings/")
    assert page.text.index("All categories") < page.text.index("document_processing")
    assert "/settings?category=llm" in page.links


def test_one_category_is_shown_and_the_others_are_counted(sign_in, ada, add):
    add("first_of_tests"), add("second_of_tests")

    page = sign_in(ada).get("/settings", category="tests")

    assert "first_of_tests" in page.text
    assert "chunk_size" not in page.text
    assert re.search(r"tests 2\b|tests2\b", page.text)


def test_settings_without_a_category_have_a_place(sign_in, ada, add):
    add("lonely", category=None)
    browser = sign_in(ada)

    page = browser.get("/settings")

    assert "Without a category" in page.text
    assert "lonely" in browser.get("/settings", category="none").text
    assert "chunk_size" not in browser.get("/settings", category="none").text


@pytest.mark.parametrize("found_by", ["needle_key", "SOME NEEDLE", "NeEdLe in the value"])
def test_search_looks_into_key_description_and_value(sign_in, ada, add, found_by):
    add("needle_key", value="a needle in the value", description="There is some needle here.")

    page = sign_in(ada).get("/settings", q=found_by)

    assert "needle_key" in page.text
    assert "chunk_size" not in page.text


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ("set", "with_a_value"),
        ("unset", "without_one"),
        ("locked", "fixed"),
        ("secret", "an_api_key"),
    ],
)
def test_the_state_narrows_the_list(sign_in, ada, add, state, shown):
    add("with_a_value")
    add("without_one", value=None)
    add("fixed", value=None, is_mutable=False)
    add("an_api_key", value=None)

    page = sign_in(ada).get("/settings", state=state, category="tests")

    keys = {"with_a_value", "without_one", "fixed", "an_api_key"}
    expected = keys - {"with_a_value"} if state == "unset" else {shown}
    expected |= {"an_api_key"} if state == "locked" else set()
    assert {key for key in keys if key in page.text} == expected


def test_the_type_narrows_the_list(sign_in, ada, add):
    add("a_number", "float", "0.5"), add("a_text")

    page = sign_in(ada).get("/settings", type="float", category="tests")

    assert "a_number" in page.text
    assert "a_text" not in page.text


def test_each_active_filter_can_be_taken_away(sign_in, ada):
    page = sign_in(ada).get("/settings", q="chunk", type="integer", category="document_processing")

    assert "/settings?q=chunk&category=document_processing" in page.links
    assert "/settings?q=chunk&type=integer" in page.links
    assert page.link("Clear all") == "/settings"


def test_filtering_again_stays_in_the_category(sign_in, ada):
    page = sign_in(ada).get("/settings", category="llm").submit(to="/settings", q="timeout")

    assert page.path == "/settings?category=llm&q=timeout&type=&state="
    assert "llm_timeout" in page.text


def test_a_list_without_a_match_says_so_and_leads_on(sign_in, ada):
    page = sign_in(ada).get("/settings", q="no such thing")

    assert "No setting matches" in page.text
    assert page.link("Show all settings") == "/settings"


@pytest.mark.parametrize("bad", [{"state": "odd"}, {"type": "xml"}])
def test_a_filter_that_does_not_exist_is_a_bad_request(sign_in, ada, bad):
    assert sign_in(ada).get("/settings", **bad).status_code == 400


def test_not_set_and_empty_are_told_apart(sign_in, ada, add):
    unset, empty = add("nothing", value=None), add("empty", value="")

    page = sign_in(ada).get("/settings")

    assert "Not set" in row(page, unset)
    assert "Empty text" in row(page, empty)


def test_a_long_value_is_shown_by_its_beginning_and_its_extent(sign_in, ada, add):
    listed = add("a_list", "json", '["a", "b", "c"]')
    text = add("a_text", value="First line\n" + "more " * 100)

    page = sign_in(ada).get("/settings")

    assert "List with 3 entries" in row(page, listed)
    assert "First line more" in row(page, text)
    assert "511 characters in 2 lines" in row(page, text)


@pytest.mark.parametrize(("data_type", "value"), VALUES.items())
def test_a_row_opens_with_the_control_of_its_type(sign_in, ada, add, data_type, value):
    setting = add("opened", data_type, value)

    page = sign_in(ada).get("/settings", edit=str(setting.id))
    tag = control(page)

    assert f'id="setting-{setting.id}"' in tag
    assert ("<textarea" in tag) == (data_type == "json")
    assert ('type="radio"' in tag) == (data_type == "boolean")
    assert ('inputmode="numeric"' in tag) == (data_type == "integer")
    assert ('inputmode="decimal"' in tag) == (data_type == "float")
    assert page.value("value") == value or value in page.value("value")


def test_a_row_is_saved_where_it_stands(sign_in, ada, add, session):
    setting = add("top_k", "integer", "5")
    browser = sign_in(ada)

    page = browser.submit(f"/settings?q=top_k&edit={setting.id}", "edit", value="8")

    assert (page.status_code, page.location) == (303, f"/settings?q=top_k#setting-{setting.id}")
    assert setting.value == "8"
    assert "Saved top_k. It was 5, now it is 8." in page.follow().text


def test_only_what_can_be_changed_opens(sign_in, ada, looker, add):
    fixed, open_ = add("fixed", is_mutable=False), add("open")

    assert 'id="edit"' not in sign_in(ada).get("/settings", edit=str(fixed.id)).html
    assert 'id="edit"' not in sign_in(looker).get("/settings", edit=str(open_.id)).html


@pytest.mark.parametrize("edit", ["0", "no number", "99999999999999999999999"])
def test_a_row_that_is_not_there_does_not_open(sign_in, ada, edit):
    page = sign_in(ada).get("/settings", edit=edit)

    assert page.status_code == 200
    assert 'id="edit"' not in page.html


def test_a_long_text_gets_a_text_area(sign_in, ada, add):
    browser = sign_in(ada)

    assert "<input" in control(browser.get(path_of(add("short", value="one line"))))
    assert "<textarea" in control(browser.get(path_of(add("lines", value="two\nlines"))))
    assert "<textarea" in control(browser.get(path_of(add("long", value="long " * 40))))


@pytest.mark.parametrize("value", ["\nsecond line", "\n\nthird", "a\n", " blank ", "<b>&amp;\"'"])
def test_what_was_not_touched_is_not_changed(sign_in, ada, add, session, value):
    setting = add("as_it_is", value=value)

    page = sign_in(ada).submit(path_of(setting), reason="No change.")

    assert setting.value == value
    assert "That is the value already; nothing was changed." in page.follow().text
    assert events(session) == []


@pytest.mark.parametrize(
    ("data_type", "value", "stored"),
    [
        ("string", "", ""),
        ("integer", " 0042 ", "42"),
        ("integer", "-9223372036854775808", "-9223372036854775808"),
        ("float", ".5", "0.5"),
        ("boolean", "false", "false"),
        ("json", '{\n  "a": null\n}', '{\n  "a": null\n}'),
    ],
)
def test_a_good_value_is_stored(sign_in, ada, add, data_type, value, stored):
    setting = add("changing", data_type, VALUES[data_type])

    sign_in(ada).submit(path_of(setting), value=value)

    assert setting.value == stored


@pytest.mark.parametrize(
    ("data_type", "value", "sentence"),
    [
        ("integer", "1_000", "is not a digit from 0 to 9"),
        ("integer", "٣", "is not a digit from 0 to 9"),
        ("integer", "9223372036854775808", "does not fit in 64 bits"),
        ("integer", "", "The value is empty."),
        ("float", "1e999", "too large for a float"),
        ("float", "nan", "is not a number"),
        ("json", "[1,\n  2,]", "line 2, column"),
        ("json", '{"a": 1, "a": 2}', "not valid JSON"),
        ("json", "NaN", "not valid JSON"),
        ("string", "x" * 65_536, "65,536 bytes"),
    ],
)
def test_a_bad_value_is_refused_beside_its_field(sign_in, ada, add, data_type, value, sentence):
    setting = add("changing", data_type, VALUES[data_type])

    page = sign_in(ada).submit(path_of(setting), value=value)

    assert page.status_code == 422
    assert sentence in page.text
    assert page.value("value").splitlines() == value.splitlines()
    assert 'aria-invalid="true"' in control(page)
    assert 'id="value-error"' in page.html
    assert setting.value == VALUES[data_type]


def test_after_an_error_the_stored_value_stands_beside_what_was_typed(sign_in, ada, add):
    number, structure = add("top_k", "integer", "512"), add("shape", "json", JSON)
    browser = sign_in(ada)

    assert "was 512" in browser.submit(path_of(number), value="many").text
    assert f"Stored now {JSON}" in browser.submit(path_of(structure), value="{").text


def test_neither_side_of_a_boolean_is_refused(sign_in, ada, add):
    setting = add("flag", "boolean", "true")

    page = sign_in(ada).submit(path_of(setting), value=[])

    assert page.status_code == 422
    assert "neither true nor false" in page.text
    assert setting.value == "true"


@pytest.mark.parametrize("value", ["True", "yes", "1"])
def test_a_boolean_of_other_writers_is_understood(sign_in, ada, add, value):
    page = sign_in(ada).get(path_of(add("flag", "boolean", value)))

    assert page.value("value") == ["true"]
    assert f"was {value}" in page.text


@pytest.mark.parametrize("data_type", VALUES)
def test_a_value_can_be_unset_and_set_again(sign_in, ada, add, data_type):
    setting = add("changing", data_type, VALUES[data_type])
    browser = sign_in(ada)

    browser.submit(path_of(setting), unset=True)
    assert setting.value is None

    browser.submit(path_of(setting), value=VALUES[data_type], unset=False)
    assert setting.value == VALUES[data_type]


def test_a_value_typed_with_not_set_left_ticked_is_not_lost(sign_in, ada, add, session):
    setting = add("changing", value=None)

    page = sign_in(ada).submit(path_of(setting), value="typed")

    assert page.status_code == 422
    assert "“Not set” is still ticked." in page.text
    assert page.value("value") == "typed"
    assert events(session) == []


def test_the_reason_is_kept_with_the_change(sign_in, ada, add, session):
    setting = add("changing")
    browser = sign_in(ada)

    browser.submit(path_of(setting), value="other", reason="Because of the move.")

    assert [event.reason for event in events(session)] == ["Because of the move."]
    assert "Because of the move." in browser.get(path_of(setting)).text


def test_a_reason_that_is_too_long_is_refused_beside_its_field(sign_in, ada, add):
    setting = add("changing")

    page = sign_in(ada).submit(path_of(setting), value="other", reason="x" * 501)

    assert page.status_code == 422
    assert "at most 500 fit" in page.text
    assert (page.value("value"), page.value("reason")) == ("other", "x" * 501)
    assert setting.value == "text"


def test_a_setting_that_is_not_mutable_is_shown_with_the_reason(sign_in, ada, add, session):
    setting = add("fixed", value="for good", is_mutable=False)
    browser = sign_in(ada)

    page = browser.get(path_of(setting))
    answer = browser.post(path_of(setting), value="new", etag=settings.etag_of(setting))

    assert "for good" in page.text
    assert "It is marked as not mutable." in page.text
    assert 'name="value"' not in page.html
    assert answer.status_code == 409
    assert "What you typed was not saved" in answer.text
    assert "cannot be changed here" in answer.text
    assert setting.value == "for good"


def test_a_setting_of_an_unknown_type_is_shown_and_not_changed(sign_in, ada, add):
    setting = add("pause", "duration", "PT5M")
    browser = sign_in(ada)

    page = browser.get(path_of(setting))
    answer = browser.post(path_of(setting), value="PT6M", etag=settings.etag_of(setting))

    assert "PT5M" in page.text
    assert "duration, is not one that this console knows" in page.text
    assert 'name="value"' not in page.html
    assert answer.status_code == 409
    assert setting.value == "PT5M"


def test_a_secret_is_never_on_a_page(sign_in, ada, add, session):
    setting = add("some_api_key", value=PLANTED)
    browser = sign_in(ada)
    pages = [
        browser.get("/settings"),
        browser.get("/settings", state="secret"),
        browser.get("/settings", edit=str(setting.id)),
        browser.get(path_of(setting)),
        browser.post(path_of(setting), value="guess", etag=settings.etag_of(setting)),
        browser.post(path_of(setting), value="guess", etag="stale", base="guess"),
    ]

    assert [page.status_code for page in pages] == [200, 200, 200, 200, 409, 409]
    assert not any(PLANTED in page.html or "guess" in page.html for page in pages)
    assert all("some_api_key" in page.text for page in pages)
    assert setting.value == PLANTED


def test_a_secret_is_set_or_not_set(sign_in, ada, add):
    browser = sign_in(ada)

    assert "Set, and not shown" in browser.get(path_of(add("a_password", value=PLANTED))).text
    assert "Not set" in browser.get(path_of(add("b_password", value=None))).text


def test_a_secret_is_not_found_by_its_value(sign_in, ada, add):
    add("some_api_key", value=PLANTED)

    assert "No setting matches" in sign_in(ada).get("/settings", q="planted").text


def test_who_may_only_look_is_told_what_is_missing(sign_in, looker, add):
    setting = add("looked_at", value="as it is")
    browser = sign_in(looker)

    for page in (browser.get("/settings"), browser.get(path_of(setting))):
        assert "as it is" in page.text
        assert "settings:update" in page.text
        assert not any("edit=" in href for href in page.links)
        assert 'name="value"' not in page.html


def test_who_may_only_look_changes_nothing(sign_in, looker, add):
    setting = add("looked_at")

    page = sign_in(looker).post(path_of(setting), value="new", etag=settings.etag_of(setting))

    assert page.status_code == 403
    assert setting.value == "text"


def test_who_may_not_look_is_refused(sign_in, vera, add):
    setting = add("hidden_from_her", value="not for her")

    for path in ("/settings", path_of(setting)):
        page = sign_in(vera).get(path)
        assert page.status_code == 403
        assert "not for her" not in page.html


def test_recent_changes_are_for_those_who_read_the_audit(sign_in, ada, looker, add):
    setting = add("changing")
    sign_in(ada).submit(path_of(setting), value="other")

    assert "Recent changes" in sign_in(ada).get(path_of(setting)).text
    assert "Recent changes" not in sign_in(looker).get(path_of(setting)).text


@pytest.mark.parametrize("number", ["0", "999999", "99999999999999999999"])
def test_a_setting_that_is_not_there_is_not_found(sign_in, ada, number):
    assert sign_in(ada).get(f"/settings/{number}").status_code == 404


def test_a_change_in_between_is_not_overwritten(sign_in, ada, add, session):
    setting = add("contested", value="where you started")
    page = sign_in(ada).get(path_of(setting))
    setting.value = "theirs"

    answer = page.submit(value="yours", reason="Mine.")

    assert answer.status_code == 409
    assert all(text in answer.text for text in ("where you started", "theirs", "yours"))
    assert (answer.value("value"), answer.value("reason")) == ("yours", "Mine.")
    assert setting.value == "theirs"
    assert events(session) == []


def test_after_a_conflict_yours_can_be_saved_on_top_of_theirs(sign_in, ada, add, session):
    setting = add("contested")
    page = sign_in(ada).get(path_of(setting))
    setting.value = "theirs"

    page.submit(value="yours").submit(value="yours, looked at again")

    assert setting.value == "yours, looked at again"
    assert [event.before for event in events(session)] == ['{"value": "theirs"}']


def test_after_a_conflict_theirs_can_be_kept(sign_in, ada, add):
    setting = add("contested")
    page = sign_in(ada).get(f"/settings?q=contested&edit={setting.id}")
    setting.value = "theirs"

    answer = page.submit("edit", value="yours")

    assert answer.link("Keep theirs") == f"/settings?q=contested#setting-{setting.id}"
    assert setting.value == "theirs"


def test_a_conflict_tells_not_set_from_empty(sign_in, ada, add):
    setting = add("contested", value=None)
    page = sign_in(ada).get(path_of(setting))
    setting.value = ""

    answer = page.submit(value="yours", unset=False)

    assert "Where you started What you saw when you opened the page. Not set" in answer.text
    assert "Theirs What is stored now. Empty text" in answer.text


def test_a_change_can_be_undone(sign_in, ada, add, session):
    setting = add("changing", "integer", "5")
    browser = sign_in(ada)
    page = browser.submit(f"/settings?q=changing&edit={setting.id}", "edit", value="8").follow()

    undone = page.submit(to=path_of(setting))

    assert undone.location == f"/settings?q=changing#setting-{setting.id}"
    assert setting.value == "5"
    assert [event.reason for event in events(session)] == ["", "Undone."]


def test_the_row_that_was_saved_offers_undo(sign_in, ada, add):
    setting = add("changing")
    path = f"/settings?q=chang&edit={setting.id}"

    page = sign_in(ada).submit(path, "edit", value="now").follow()

    _, _, after = page.html.partition(f'id="setting-{setting.id}"')
    row, _, _ = after.partition("</li>")
    assert "Saved changing." in row
    assert "Undo" in row
    assert page.text.count("Saved changing.") == 1


def test_an_unset_value_comes_back_by_undoing(sign_in, ada, add):
    setting = add("changing", value=None)
    path = f"/settings?edit={setting.id}"
    page = sign_in(ada).submit(path, "edit", value="", unset=False).follow()
    assert setting.value == ""

    page.submit(to=path_of(setting), unset="y")

    assert setting.value is None


def test_what_the_filter_hides_after_the_change_can_be_undone(sign_in, ada, add):
    setting = add("changing", value=None)
    browser = sign_in(ada)
    path = f"/settings?state=unset&edit={setting.id}"

    browser.submit(path, "edit", value="now", unset=False).follow().submit(to=path_of(setting))

    assert setting.value is None


def test_undo_is_not_offered_when_somebody_was_faster(sign_in, ada, add, session):
    setting = add("changing")
    answer = sign_in(ada).submit(path_of(setting), value="mine")
    setting.value = "theirs"

    page = answer.follow()

    assert "Saved changing." in page.text
    assert "Undo" not in page.text


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "/nowhere", "/static/"]
)
def test_saving_leads_to_no_page_but_ours(sign_in, ada, add, target):
    setting = add("changing")
    etag = settings.etag_of(setting)

    answer = sign_in(ada).post(path_of(setting), value="new", etag=etag, next=target)

    assert answer.location == path_of(setting)


def test_a_form_without_its_token_changes_nothing(sign_in, ada, add):
    setting = add("changing")
    fields = [("value", "new"), ("etag", settings.etag_of(setting))]

    assert sign_in(ada).send("post", path_of(setting), fields).status_code == 400
    assert setting.value == "text"


def test_the_pages_make_few_statements(sign_in, ada, add, statements):
    setting = add("counted", "integer", "5")
    browser = sign_in(ada)
    page = browser.get(path_of(setting))

    with statements.at_most(10):
        answer = page.submit(value="6")
    with statements.at_most(4):
        browser.get(answer.location)
    answer = page.browser.submit(f"/settings?edit={setting.id}", "edit", value="7")
    with statements.at_most(3):
        browser.get(answer.location)
    with statements.at_most(3):
        browser.get("/settings")


def test_five_hundred_settings_make_a_small_page(sign_in, ada, session, statements):
    there = session.scalar(select(func.count(ApplicationSetting.id)))
    session.add_all(
        ApplicationSetting(
            key=f"setting_with_a_long_name_{number}",
            value=f"value {number}",
            category=f"category_{number % 12}",
            description="What it is for, in one sentence of a usual length.",
        )
        for number in range(500 - there)
    )
    session.commit()
    browser = sign_in(ada)

    with statements.at_most(3):
        page = browser.get("/settings")

    assert "setting_with_a_long_name_470" in page.html
    assert len(page.html.encode()) <= LIST_BYTES


def test_what_another_program_stored_is_text_in_the_list(session, sign_in, ada):
    mark = "<b>&'\""
    text = {"key": mark, "value": mark, "description": mark, "category": mark}
    session.add(ApplicationSetting(**text, data_type="<u>"))
    session.commit()
    page = sign_in(ada).get("/settings")

    # The key, the description, the value, and the category as a heading and as a way to it.
    assert page.html.count("&lt;b&gt;&amp;&#39;&#34;") >= 5
    assert "&lt;u&gt;" in page.html
    assert mark not in page.html
    assert "<u>" not in page.html
