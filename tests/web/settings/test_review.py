"""Several settings are reviewed and saved together."""

import re
import time

import pytest

from tests.support.past_settings import take_start
from tests.support.settings import EDIT, LIST, changes, value

REVIEW = "/settings/review"


def test_a_category_is_opened_by_its_link(sign_in, ada, three):
    page = sign_in(ada).get(LIST)

    assert page.link("Edit all in tests") == EDIT
    opened = sign_in(ada).get(EDIT)
    assert [opened.value(f"{one.id}-value") for one in three] == ["5", ["true"], ""]
    assert opened.value(f"{three[2].id}-unset") == "y"
    assert "chunk_size" not in opened.text


def test_the_filter_decides_what_is_opened(sign_in, ada, three):
    page = sign_in(ada).get("/settings?q=top_k&category=tests&edit=all")

    assert page.can_edit(f"{three[0].id}-value")
    assert "flag" not in page.text


def test_what_cannot_be_changed_is_shown_closed(sign_in, ada, add):
    fixed, secret = add("fixed", is_mutable=False), add("some_api_key", value="sk-live-4711")
    odd, free = add("odd", "duration", "PT5M"), add("free")

    page = sign_in(ada).get(EDIT)

    assert page.can_edit(f"{free.id}-value")
    assert not [one for one in (fixed, secret, odd) if f'"{one.id}-value"' in page.html]
    assert "sk-live-4711" not in page.html
    assert "Marked read-only in the database." in page.text


def test_a_list_of_read_only_settings_says_so(sign_in, ada, add):
    add("fixed", is_mutable=False)

    assert "Nothing can be changed here" in sign_in(ada).get(EDIT).text


def test_lines_pasted_in_one_of_several_rows_stay_lines(sign_in, ada, add, session):
    setting = add("words", value="short")
    browser = sign_in(ada)
    name = f"{setting.id}-value"

    assert re.search(rf'<textarea[^>]*name="{name}"', browser.get(EDIT).html)
    browser.submit(EDIT, **value(setting, "one\r\ntwo")).submit(confirmed="1")

    session.refresh(setting)
    assert setting.value == "one\ntwo"


def test_what_is_too_long_for_the_form_stays_closed(sign_in, ada, add, session):
    long = [add(f"long_{number}", value="é" * 30_000) for number in range(4)]

    page = sign_in(ada).get(EDIT)
    opened = [one for one in long if f'"{one.id}-value"' in page.html]

    assert len(opened) == 1
    assert "Too long for this form." in page.text
    assert page.submit("sheet", **value(opened[0], "short")).status_code == 200


def test_who_may_only_look_sees_the_list(sign_in, person, three):
    lucy = person("lucy", permissions=["settings:read"])
    browser = sign_in(lucy)

    assert f'"{three[0].id}-value"' not in browser.get(EDIT).html
    assert "Edit all" not in browser.get(LIST).text
    assert browser.post(REVIEW).status_code == 403


def test_changes_are_reviewed_and_then_saved_together(sign_in, ada, three, session):
    top, flag, name = three
    fields = value(top, "8") | value(flag, "false")

    review = sign_in(ada).submit(EDIT, "sheet", **fields)

    assert (review.status_code, top.value) == (200, "5")
    assert "Review 2 changes" in review.text
    assert "from5to8" in review.text.replace(" ", "")
    assert "name" not in re.findall(r'id="change-\d+">(\w+)<', review.html)
    saved = review.submit("save", reason="For the pilot.", confirmed=1)
    assert (saved.status_code, saved.location) == (303, LIST)
    assert (top.value, flag.value, name.value) == ("8", "false", None)
    made = changes(session)
    assert {one.target_name for one in made} == {"top_k", "flag"}
    assert {one.reason for one in made} == {"For the pilot."}
    assert len({one.save_id for one in made}) == 1
    assert "Saved 2 settings: flag and top_k." in saved.follow().text.replace(
        "top_k and flag", "flag and top_k"
    )


def test_nothing_typed_is_nothing_to_review(sign_in, ada, three, session):
    page = sign_in(ada).submit(EDIT, "sheet")

    assert page.location == LIST
    assert "No changes: all values are the same as those stored." in page.follow().text
    assert changes(session) == []


def test_what_is_stored_alike_is_nothing_to_review(sign_in, ada, three, session):
    page = sign_in(ada).submit(EDIT, "sheet", **value(three[0], " 005 "))

    assert page.location == LIST


@pytest.mark.parametrize(
    ("data_type", "stored"),
    [
        *(("string", text) for text in ("\nsecond", "a\r\nb", " blank ", "<b>&amp;\"'", "")),
        *(("boolean", text) for text in ("True", "maybe", None)),
        *(("integer", text) for text in ("0042", "many")),
        ("json", '{\r\n "a": NaN}'),
    ],
)
def test_what_was_not_touched_is_not_changed(sign_in, ada, add, three, session, data_type, stored):
    untouched = add("untouched", data_type, stored)

    review = sign_in(ada).submit(EDIT, "sheet", **value(three[0], "8"))

    assert "untouched" not in review.text
    review.submit("save", confirmed=1)
    assert untouched.value == stored
    assert [one.target_name for one in changes(session)] == ["top_k"]


def test_somebody_elses_change_of_what_was_not_touched_is_no_conflict(sign_in, ada, three):
    page = sign_in(ada).get(EDIT)
    three[1].value = "false"

    page.submit("sheet", **value(three[0], "8")).submit("save", confirmed=1)

    assert (three[0].value, three[1].value) == ("8", "false")


def test_one_can_be_left_out(sign_in, ada, three):
    top, _, name = three
    fields = value(top, "8") | value(name, "Nora") | {f"{name.id}-unset": False}
    review = sign_in(ada).submit(EDIT, "sheet", **fields)

    rest = review.submit("save", without=top.id)

    assert "Review 1 change" in rest.text
    assert "top_k" not in rest.text
    rest.submit("save", confirmed=1)
    assert (top.value, name.value) == ("5", "Nora")


def test_when_all_are_left_out_nothing_is_changed(sign_in, ada, three, session):
    review = sign_in(ada).submit(EDIT, "sheet", **value(three[0], "8"))

    assert review.submit("save", without=three[0].id).location == LIST
    assert changes(session) == []


def test_back_to_editing_keeps_what_was_typed(sign_in, ada, three):
    top, _, name = three
    review = sign_in(ada).submit(EDIT, "sheet", **value(top, "8"))

    page = review.submit("save", reason="Mine.", back=1)

    assert (page.status_code, page.value(f"{top.id}-value")) == (200, "8")
    assert page.can_edit(f"{name.id}-value")
    assert "1 unsaved change" in page.text
    assert page.submit("sheet").value("reason") == "Mine."


def test_a_long_text_is_compared_line_by_line(sign_in, ada, add):
    prompt = add("prompt", value="\n".join(f"Line {number}." for number in range(40)))
    new = prompt.value.replace("Line 20.", "Line twenty.")

    review = sign_in(ada).submit(EDIT, "sheet", **value(prompt, new))

    assert "<ins>twenty</ins>" in review.html
    assert "<del>20</del>" in review.html
    assert "Line 19." in review.text
    assert "Line 30." not in review.text


def test_texts_with_too_many_differences_are_shown_whole(sign_in, ada, add):
    prompt = add("prompt", value="a\n" * 32_000)

    begun = time.perf_counter()
    review = sign_in(ada).submit(EDIT, "sheet", **value(prompt, "b\n" * 32_000))

    assert time.perf_counter() - begun < 2
    assert "too long to compare" in review.text
    assert 'class="difference"' not in review.html
    assert all(f"<code>{letter}\n{letter}\n" in review.html for letter in "ab")


def test_one_line_of_very_many_is_still_compared(sign_in, ada, add):
    prompt = add("prompt", value="a\n" * 20_000)

    review = sign_in(ada).submit(EDIT, "sheet", **value(prompt, "a\n" * 19_999 + "b\n"))

    assert "<ins>b</ins>" in review.html
    assert "too long to compare" not in review.text


def test_a_long_text_that_was_not_set_is_shown_whole(sign_in, ada, three):
    fields = value(three[2], "one\ntwo") | {f"{three[2].id}-unset": False}

    review = sign_in(ada).submit(EDIT, "sheet", **fields)

    assert "It was not set." in review.text


def test_errors_are_listed_and_what_was_typed_is_kept(sign_in, ada, three, add, session):
    top, _, _ = three
    ratio = add("ratio", "float", "0.5")
    fields = value(top, "many") | value(ratio, "half")

    page = sign_in(ada).submit(EDIT, "sheet", **fields)

    assert page.status_code == 422
    assert f"#{top.id}-value" in page.links
    assert "top_k: “many” is not a whole number." in page.text
    assert "ratio: The value is not a number" in page.text
    assert (page.value(f"{top.id}-value"), page.value(f"{ratio.id}-value")) == ("many", "half")
    assert changes(session) == []
    assert page.submit("sheet", **value(top, "8"), **value(ratio, "0.7")).status_code == 200


def test_a_value_with_not_set_left_ticked_is_not_lost(sign_in, ada, three):
    page = sign_in(ada).submit(EDIT, "sheet", **value(three[2], "typed"))

    assert page.status_code == 422
    assert "name: “Not set” is still selected." in page.text
    assert page.value(f"{three[2].id}-value") == "typed"


def test_a_value_can_be_unset(sign_in, ada, three):
    review = sign_in(ada).submit(EDIT, "sheet", **{f"{three[0].id}-unset": True})

    review.submit("save", confirmed=1)

    assert three[0].value is None


def test_a_reason_that_is_too_long_is_refused_beside_its_field(sign_in, ada, three):
    review = sign_in(ada).submit(EDIT, "sheet", **value(three[0], "8"))

    page = review.submit("save", reason="x" * 501, confirmed=1)

    assert page.status_code == 422
    assert "at most 500 fit" in page.text
    assert page.value("reason") == "x" * 501
    assert three[0].value == "5"
    page.submit("save", reason="short", confirmed=1)
    assert three[0].value == "8"


@pytest.mark.parametrize("at", ["editing", "review"])
def test_a_conflict_shows_all_three_and_nothing_is_saved(sign_in, ada, three, session, at):
    top, flag, _ = three
    fields = value(top, "8") | value(flag, "false")
    page = sign_in(ada).get(EDIT)
    if at == "review":
        page = page.submit("sheet", **fields)
    top.value = "6"

    answer = page.submit("save", confirmed=1) if at == "review" else page.submit("sheet", **fields)

    assert answer.status_code == 409
    words = answer.text
    assert "Original 5 Theirs 6 Yours 8" in words
    assert (top.value, flag.value) == ("6", "true")
    assert changes(session) == []


def test_after_a_conflict_yours_can_be_saved_on_top_of_theirs(sign_in, ada, three, session):
    page = sign_in(ada).submit(EDIT, "sheet", **value(three[0], "8"))
    three[0].value = "6"

    page.submit("save", confirmed=1).submit("save", confirmed=1)

    assert three[0].value == "8"
    assert [one.before for one in changes(session)] == ['{"value": "6"}']


def test_after_a_conflict_theirs_can_be_kept(sign_in, ada, three):
    top, flag, _ = three
    page = sign_in(ada).submit(EDIT, "sheet", **value(top, "8"), **value(flag, "false"))
    top.value = "6"

    rest = page.submit("save", confirmed=1).submit("save", without=top.id)

    assert "top_k" not in rest.text
    rest.submit("save", confirmed=1)
    assert (top.value, flag.value) == ("6", "false")


@pytest.mark.parametrize("fate", ["locked", "deleted"])
def test_what_cannot_be_changed_any_more_is_left_out(sign_in, ada, three, session, fate):
    top, flag, _ = three
    page = sign_in(ada).submit(EDIT, "sheet", **value(top, "8"), **value(flag, "false"))
    if fate == "locked":
        top.is_mutable = False
    else:
        session.delete(top)

    answer = page.submit("save", confirmed=1)

    assert answer.status_code == 409
    assert "It is left out." in answer.text
    assert "Your value was not saved 8" in answer.text
    assert flag.value == "true"
    answer.submit("save", confirmed=1)
    assert flag.value == "false"


def test_a_secret_is_not_written_by_a_batch(sign_in, ada, add):
    secret = add("some_api_key", value="sk-live-4711")
    sent = {f"{secret.id}-{name}": "guess" for name in ("value", "etag")}

    page = sign_in(ada).post(REVIEW, **sent, confirmed=1)

    assert page.status_code == 409
    assert "guess" not in page.html
    assert "sk-live-4711" not in page.html
    assert secret.value == "sk-live-4711"


def test_a_review_that_nothing_was_sent_for_leads_on(sign_in, ada):
    page = sign_in(ada).get(REVIEW)

    assert "Nothing to review" in page.text
    assert page.link("Show the settings") == "/settings"


def test_a_review_may_have_many_fields_and_other_forms_may_not(sign_in, ada, three):
    fields = {f"{number}-etag": "x" for number in range(1, 19_000)}
    browser = sign_in(ada)

    assert browser.post(REVIEW, **fields).status_code in {303, 409}
    assert browser.post(REVIEW, **{f"x{number}": "" for number in range(20_001)}).status_code == 413
    assert browser.post("/settings/1", **{f"x{n}": "" for n in range(1_001)}).status_code == 413


@pytest.mark.parametrize("number", [2, 60])
def test_the_number_of_settings_does_not_matter_to_the_database(
    sign_in, ada, add, session, statements, number, database_name
):
    found = [add(f"one_{at}", value="old") for at in range(number)]
    take_start(session)
    fields = {name: text for one in found for name, text in value(one, "new").items()}
    browser = sign_in(ada)

    with statements.at_most(3):
        page = browser.get(EDIT)
    with statements.at_most(5):
        review = page.submit("sheet", **fields)
    with statements.at_most(14):
        saved = review.submit("save", confirmed=1)
    assert saved.status_code == 303
    with statements.at_most(3):
        listed = saved.follow()
    [undo] = [form.action for form in listed.forms if "/undo/" in form.action]
    # SQLite has locked the file, and with it the relations between settings.
    with statements.at_most(16 if database_name == "sqlite" else 17):
        listed.submit(to=undo)
    assert {one.value for one in found} == {"old"}


@pytest.mark.only_on("sqlite")
def test_the_review_shows_what_cannot_be_seen(sign_in, ada, add):
    short, long = add("short", value="X"), add("long", value="one\ntwo\n" + "three " * 20)
    fields = value(short, "X\u00a0") | value(long, "one\ntwo \n" + "three " * 20)

    page = sign_in(ada).submit(EDIT, "sheet", **fields)

    assert '<ins>X<span class="unseen">⟨no-break space⟩</span></ins>' in page.html
    assert '<ins><span class="unseen">⟨space⟩</span></ins>' in page.html
    assert "The value ends with a no-break space." in page.text


@pytest.mark.parametrize(
    ("data_type", "stored", "typed"), [("integer", " 7", "7"), ("float", ".5", "0.5")]
)
def test_a_number_that_another_program_spelled_can_be_corrected(
    sign_in, ada, add, session, data_type, stored, typed
):
    setting = add("depth", data_type, stored)
    browser = sign_in(ada)

    review = browser.submit(EDIT, "sheet", **value(setting, typed))
    assert review.submit("save", confirmed=1).status_code == 303
    session.expire_all()
    assert setting.value == typed
    # As it is stored, but for white space.
    again = browser.submit(EDIT, "sheet", **value(setting, f" {typed} "))
    assert "No changes: all values are the same" in again.follow().text
