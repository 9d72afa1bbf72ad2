"""The page of a setting: what is shown, and a value is changed."""

import pytest

from app.domain import audit, settings
from app.domain.target import Target
from tests.support.past_settings import take_start
from tests.support.people import OPERATOR
from tests.support.settings import JSON, PLANTED, VALUES, changes, control, path_of


@pytest.mark.parametrize(
    ("stored", "rows"), [(None, 1), ("", 1), ("one line", 1), ("two\nlines", 3), ("long " * 40, 4)]
)
def test_a_string_has_a_text_area_however_long_it_is(sign_in, ada, add, stored, rows):
    tag = control(sign_in(ada).get(path_of(add("words", value=stored))))

    assert tag.startswith("<textarea")
    assert f'rows="{rows}"' in tag


@pytest.mark.parametrize("stored", [None, "short"])
@pytest.mark.parametrize("where", ["/settings/{}", "/settings?edit={}"])
def test_pasted_lines_stay_lines(sign_in, ada, add, session, where, stored):
    setting = add("words", value=stored)
    browser = sign_in(ada)
    path = where.format(setting.id)

    assert control(browser.get(path)).startswith("<textarea")
    browser.submit(path, value="one\r\ntwo\r\n\r\nthree", unset=None)

    session.refresh(setting)
    assert setting.value == "one\ntwo\n\nthree"


@pytest.mark.parametrize("value", ["\nsecond line", "\n\nthird", "a\n", " blank ", "<b>&amp;\"'"])
def test_what_was_not_touched_is_not_changed(sign_in, ada, add, session, value):
    setting = add("as_it_is", value=value)

    page = sign_in(ada).submit(path_of(setting), reason="No change.")

    assert setting.value == value
    assert "No change: that is already the value." in page.follow().text
    assert changes(session) == []


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
        ("integer", "1_000", "“1_000” is not a whole number"),
        ("integer", "٣", "“٣” (U+0663) at line 1, column 1 is not a digit"),
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
    assert "“Not set” is still selected." in page.text
    assert page.value("value") == "typed"
    assert changes(session) == []


def test_a_new_value_with_not_set_ticked_beside_it_is_not_lost(sign_in, ada, add, session):
    setting = add("changing", "json", '{\n"a": 1}')

    page = sign_in(ada).submit(path_of(setting), "edit", value='{\r\n"a": 2}', unset=True)

    assert page.status_code == 422
    assert "“Not set” is selected beside a new value." in page.text
    assert page.value("value") == '{\n"a": 2}'
    assert changes(session) == []
    assert page.submit("edit", value='{\r\n"a": 1}').status_code == 303
    assert setting.value is None


def test_the_reason_is_kept_with_the_change(sign_in, ada, add, session):
    setting = add("changing")
    browser = sign_in(ada)

    browser.submit(path_of(setting), value="other", reason="Because of the move.")

    assert [event.reason for event in changes(session)] == ["Because of the move."]
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
    assert "Marked read-only in the database." in page.text
    assert 'name="value"' not in page.html
    assert answer.status_code == 409
    assert "Your value was not saved" in answer.text
    assert "cannot be changed here" in answer.text
    assert setting.value == "for good"


def test_a_setting_of_an_unknown_type_is_shown_and_not_changed(sign_in, ada, add):
    setting = add("pause", "duration", "PT5M")
    browser = sign_in(ada)

    page = browser.get(path_of(setting))
    answer = browser.post(path_of(setting), value="PT6M", etag=settings.etag_of(setting))

    assert "PT5M" in page.text
    assert "duration, is not one that the console knows" in page.text
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


def test_a_password_in_an_address_is_masked_on_every_page(sign_in, ada, add, session):
    value = f"postgresql://app:{PLANTED}@db.example/rag"
    setting = add("database", value=value)
    target = Target.of_setting(setting)
    change = {"before": {"value": value}, "after": {"value": value + "?x"}}
    event = audit.record(session, "setting:changed", target, actor=OPERATOR, **change)
    session.commit()
    browser = sign_in(ada)

    pages = [
        browser.get(path)
        for path in (
            "/",
            "/settings",
            f"/settings?q={PLANTED}",
            f"/settings?edit={setting.id}",
            "/settings?category=tests&edit=all",
            path_of(setting),
            f"{path_of(setting)}/delete",
            f"/settings/undo/{event.id}",
            f"/search?q={PLANTED}",
            "/search?q=database",
        )
    ]

    assert not [page.path for page in pages if f":{PLANTED}" in page.html]
    assert "postgresql://app:•••@db.example/rag" in pages[1].text
    assert "postgresql://app:•••@db.example/rag" in pages[5].text


def test_an_address_with_a_password_is_not_stored(sign_in, ada, add, session):
    setting = add("database", value="postgresql://db.example/rag")

    value = f"postgresql://app:{PLANTED}@db.example/rag"
    page = sign_in(ada).submit(path_of(setting), value=value)

    assert page.status_code == 422
    assert "mark the setting as a secret first" in page.text
    assert PLANTED not in page.html
    session.refresh(setting)
    assert setting.value == "postgresql://db.example/rag"


def test_a_secret_is_set_or_not_set(sign_in, ada, add):
    browser = sign_in(ada)

    assert "Set" in browser.get(path_of(add("a_password", value=PLANTED))).text
    assert "Not set" in browser.get(path_of(add("b_password", value=None))).text


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


def test_the_history_is_also_for_those_who_change_settings(sign_in, ada, looker, person, add):
    setting = add("changing")
    sign_in(ada).submit(path_of(setting), value="other")
    oscar = person("oscar", permissions=["settings:read", "settings:update"])
    link = "/audit?target=changing&type=setting"

    page = sign_in(ada).get(path_of(setting))
    assert "ada changed changing" in page.text
    assert page.link("All changes") == link
    page = sign_in(oscar).get(path_of(setting))
    assert "ada changed changing" in page.text
    assert link not in page.links
    page = sign_in(looker).get(path_of(setting))
    assert "ada changed" not in page.text
    assert "You need the permission settings:update or audit:read to see them." in page.text


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
    assert changes(session) == []


def test_after_a_conflict_yours_can_be_saved_on_top_of_theirs(sign_in, ada, add, session):
    setting = add("contested")
    page = sign_in(ada).get(path_of(setting))
    setting.value = "theirs"

    page.submit(value="yours").submit(value="yours, looked at again")

    assert setting.value == "yours, looked at again"
    assert [event.before for event in changes(session)] == ['{"value": "theirs"}']


def test_after_a_conflict_theirs_can_be_kept(sign_in, ada, add):
    setting = add("contested")
    page = sign_in(ada).get(f"/settings?q=contested&edit={setting.id}")
    setting.value = "theirs"

    answer = page.submit("edit", value="yours")

    assert answer.link("Keep the stored value") == f"/settings?q=contested#setting-{setting.id}"
    assert setting.value == "theirs"


def test_a_conflict_tells_not_set_from_empty(sign_in, ada, add):
    setting = add("contested", value=None)
    page = sign_in(ada).get(path_of(setting))
    setting.value = ""

    answer = page.submit(value="yours", unset=False)

    assert "Original Not set Theirs Empty string Yours yours" in answer.text


@pytest.mark.only_on("sqlite")
def test_long_texts_of_a_conflict_stand_side_by_side(sign_in, ada, add):
    setting = add("contested", value="long " * 16)
    page = sign_in(ada).get(path_of(setting))
    setting.value = "theirs"

    answer = page.submit(value="yours")

    assert "Theirs The stored value. theirs" in answer.text


def test_a_change_can_be_undone(sign_in, ada, add, session):
    setting = add("changing", "integer", "5")
    browser = sign_in(ada)
    page = browser.submit(f"/settings?q=changing&edit={setting.id}", "edit", value="8").follow()

    undone = page.submit(to=path_of(setting))

    assert undone.location == f"/settings?q=changing#setting-{setting.id}"
    assert setting.value == "5"
    assert [event.reason for event in changes(session)] == ["", "Undone."]


def test_an_unset_value_comes_back_by_undoing(sign_in, ada, add):
    setting = add("changing", value=None)
    path = f"/settings?edit={setting.id}"
    page = sign_in(ada).submit(path, "edit", value="", unset=False).follow()
    assert setting.value == ""

    page.submit(to=path_of(setting), unset="y")

    assert setting.value is None


def test_undo_is_not_offered_when_somebody_was_faster(sign_in, ada, add, session):
    setting = add("changing")
    answer = sign_in(ada).submit(path_of(setting), value="mine")
    setting.value = "theirs"

    page = answer.follow()

    assert "Saved changing." in page.text
    assert "Undone." not in page.html


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


def test_the_pages_make_few_statements(sign_in, ada, add, session, statements):
    setting = add("counted", "integer", "5")
    take_start(session)
    browser = sign_in(ada)
    page = browser.get(path_of(setting))

    with statements.at_most(10):
        answer = page.submit(value="6")
    with statements.at_most(8):
        browser.get(answer.location)
    answer = page.browser.submit(f"/settings?edit={setting.id}", "edit", value="7")
    with statements.at_most(3):
        browser.get(answer.location)
    with statements.at_most(3):
        browser.get("/settings")


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("value", "shown", "end"),
    [
        ("X ", "X⟨space⟩", "a space"),
        ("X\u00a0", "X⟨no-break space⟩", "a no-break space"),
        ("X\t", "X⟨tab⟩", "a tab"),
        ("X\u200b", "X⟨zero-width space⟩", "a zero-width space"),
    ],
)
def test_a_difference_that_cannot_be_seen_is_shown(sign_in, ada, add, value, shown, end):
    setting = add("greeting", value="X")
    page = sign_in(ada).submit(path_of(setting), "edit", value=value).follow()

    assert f"It was X, now it is {shown}." in page.text
    assert f"The value ends with {end}." in page.text
    name = shown.removeprefix("X")
    assert "<del>X</del>" in page.html
    assert f'<ins>X<span class="unseen">{name}</span></ins>' in page.html
    assert setting.value == value


@pytest.mark.only_on("sqlite")
def test_long_values_are_told_apart(sign_in, ada, add):
    beginning = "the same beginning " * 10
    setting = add("greeting", value=beginning + "one")
    page = sign_in(ada).submit(path_of(setting), "edit", value=beginning + "two").follow()

    assert page.html.count("beginning one") >= 2
    assert page.html.count("beginning two") >= 2
    assert "The value" not in page.text
