"""The list of settings: filters, rows that open, and the way back to them."""

import re

import pytest
from sqlalchemy import delete, func, insert, select

from app.models import ApplicationSetting
from tests.support.settings import EDIT, PLANTED, VALUES, control, path_of

LIST_BYTES = 300 * 1024


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


@pytest.mark.parametrize("found_by", ["needle_text", "SOME NEEDLE", "NeEdLe in the value"])
def test_search_looks_into_key_description_and_value(sign_in, ada, add, found_by):
    add("needle_text", value="a needle in the value", description="There is some needle here.")

    page = sign_in(ada).get("/settings", q=found_by)

    assert "needle_text" in page.text
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

    assert page.path == "/settings?category=llm&q=timeout&type=&state=&changed=&by="
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
    assert "Empty string" in row(page, empty)


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
    assert ("<textarea" in tag) == (data_type in {"json", "string"})
    assert ('type="radio"' in tag) == (data_type == "boolean")
    # The keypads of some phones have no minus.
    assert "inputmode" not in tag
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


def test_a_secret_is_not_found_by_its_value(sign_in, ada, add):
    add("some_api_key", value=PLANTED)

    assert "No setting matches" in sign_in(ada).get("/settings", q="planted").text


def test_the_row_that_was_saved_offers_undo(sign_in, ada, add):
    setting = add("changing")
    path = f"/settings?q=chang&edit={setting.id}"

    page = sign_in(ada).submit(path, "edit", value="now").follow()

    _, _, after = page.html.partition(f'id="setting-{setting.id}"')
    row, _, _ = after.partition("</li>")
    assert "Saved changing." in row
    assert "Undo" in row
    assert page.text.count("Saved changing.") == 1


def test_what_the_filter_hides_after_the_change_can_be_undone(sign_in, ada, add):
    setting = add("changing", value=None)
    browser = sign_in(ada)
    path = f"/settings?state=unset&edit={setting.id}"

    browser.submit(path, "edit", value="now", unset=False).follow().submit(to=path_of(setting))

    assert setting.value is None


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


def test_values_that_are_not_valid_are_marked_and_can_be_filtered(sign_in, ada, add, statements):
    bad = [
        add("invalid_flag", "boolean", "ja"),
        add("invalid_number", "integer", "4 2"),
        add("invalid_float", "float", "1e999", is_mutable=False),
        add("invalid_padded", "integer", " 5"),
        add("invalid_list", "json", "["),
        add("invalid_empty", "integer", ""),
    ]
    add("an_api_key", "integer", PLANTED), add("fine", "integer", "42")
    browser = sign_in(ada)

    with statements.at_most(3):
        page = browser.get("/settings")
    assert [row(page, one).count("not valid") for one in bad] == [1] * 6
    assert page.text.count("not valid") == 6
    assert "Neither true nor false" in row(page, bad[0])
    assert row(page, bad[4]).count("Not valid JSON") == 1

    found = browser.get("/settings", state="invalid")
    assert "6 settings" in found.text
    assert "fine" not in found.text
    assert browser.get(EDIT).text.count("not valid") == 6
    for one in bad:
        assert "The backend may not be able to read the stored value." in (
            browser.get(path_of(one)).text
        )
    overview = browser.get("/").text
    assert "6 values are not valid" in overview
    assert "/settings?state=invalid" in browser.get("/").links


@pytest.fixture
def thousands(session):
    """3,000 settings in 61 categories; that of the last 700 is "zone"."""
    rows = [
        {
            "key": f"option_{n:04}",
            "value": str(n),
            "data_type": "integer",
            "description": f"Option {n}",
            "category": f"module {n // 50:02}" if n < 2_300 else "zone",
            "is_mutable": True,
        }
        for n in range(3_000)
    ]
    session.execute(delete(ApplicationSetting))
    session.execute(insert(ApplicationSetting), rows)
    session.commit()


def keys_of(page):
    return re.findall(r'<a href="/settings/\d+">(option_\d+)</a>', page.html)


def pages_from(page):
    """The pages of a list, each reached from the one before."""
    while True:
        yield page
        url = re.search(r'href="([^"]+)"\s+rel="next"', page.html)
        if url is None:
            return
        page = page.browser.get(url[1].replace("&amp;", "&"))


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("query", ["", "?edit=all"])
def test_thousands_of_settings_are_shown_page_by_page(sign_in, ada, thousands, query):
    pages = list(pages_from(sign_in(ada).get(f"/settings{query}")))

    assert [key for page in pages for key in keys_of(page)] == [
        f"option_{n:04}" for n in range(3_000)
    ]
    assert [len(keys_of(page)) for page in pages] == [500, 500, 500, 500, 300, 500, 200]
    assert "Settings 1–500 of 3,000" in pages[0].text
    assert all(len(page.html) < 600 * 1024 for page in pages)
    before = pages[2].html.partition('rel="prev"')[0].rpartition('href="')[2].partition('"')[0]
    assert keys_of(pages[0].browser.get(before.replace("&amp;", "&"))) == keys_of(pages[1])


@pytest.mark.only_on("sqlite")
def test_filters_of_thousands_of_settings_count_all_that_match(sign_in, ada, thousands):
    browser = sign_in(ada)

    found = browser.get("/settings?q=option_00")
    assert keys_of(found) == [f"option_{n:04}" for n in range(3_000) if "00" in f"{n:04}"]
    assert "147 settings" in found.text
    assert "Settings 1–" not in found.text
    zone = browser.get("/settings?category=zone")
    assert "700 settings" in zone.text
    assert len(keys_of(zone)) == 500
    every = browser.get("/settings?after=option_0499")
    assert re.search(r"module 02 ?50", every.text)
    assert re.search(r"zone ?700", every.text)
    assert "/settings?category=zone" in every.links


@pytest.mark.only_on("sqlite")
def test_a_save_on_a_later_page_leads_back_to_it(sign_in, ada, thousands, session):
    browser = sign_in(ada)
    path = "/settings?after=option_0499"
    setting = session.scalars(
        select(ApplicationSetting).where(ApplicationSetting.key == "option_0700")
    ).one()

    opened = browser.get(browser.get(path).link("Edit option_0700"))
    saved = opened.submit("edit", value="7")
    row_after = row(saved.follow(), setting)
    review = browser.submit(f"{path}&edit=all", **{f"{setting.id + 1}-value": "8"})
    back = review.submit(to="/settings/review", confirmed="1")

    assert saved.location == f"{path}#setting-{setting.id}"
    assert "Undo" in row_after
    assert back.location == path


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("after", ["gone", "x" * 70_000, "\0", "option_2999"])
def test_any_text_is_a_cursor_of_the_list(sign_in, ada, thousands, after):
    browser = sign_in(ada)

    page = browser.get("/settings", after=after)

    assert page.status_code == 200
    assert keys_of(page)
    sent = browser.post("/settings/review", after=after)
    assert len(sent.location) < 1_000
