"""The field in the top bar, by keyboard: with scripts a palette, without them a form."""

import re

import pytest

from tests.browser.reading import COLOURS, EVERYTHING, overflow, violations

expect = pytest.importorskip("playwright.sync_api").expect
pytestmark = pytest.mark.browser

PHONES = ({"width": 390, "height": 844}, {"width": 320, "height": 640})


def field(window):
    return window.locator("#finder")


def options(window):
    return window.get_by_role("option")


def chosen(window):
    """The name of the option that the field says is chosen."""
    return window.evaluate(
        "document.getElementById(document.getElementById('finder')"
        ".getAttribute('aria-activedescendant'))?.querySelector('span').textContent"
    )


def ask(window, text):
    field(window).press_sequentially(text)
    expect(options(window).first).to_be_visible()


@pytest.mark.parametrize("keys", ["/", "Control+k"])
def test_a_setting_is_found_and_opened_by_keyboard(window, ada, keys):
    window = window(ada)
    window.goto("/account")
    window.keyboard.press(keys)
    expect(field(window)).to_be_focused()
    expect(field(window)).to_have_value("")
    expect(field(window)).to_have_attribute("aria-expanded", "false")

    ask(window, "chunk_characters")
    expect(field(window)).to_have_attribute("aria-expanded", "true")
    expect(window.get_by_role("status")).to_have_text("2 shown")
    assert chosen(window) is None

    window.keyboard.press("ArrowDown")
    assert chosen(window) == "chunk_overlap"
    window.keyboard.press("ArrowUp")
    assert chosen(window) == "chunk_size"
    assert options(window).nth(1).get_attribute("aria-selected") == "true"
    assert options(window).nth(0).get_attribute("aria-selected") == "false"
    expect(field(window)).to_be_focused()
    window.keyboard.press("Enter")

    expect(window).to_have_url(re.compile(r"/settings/\d+$"))
    expect(window.get_by_role("heading", level=1)).to_have_text("chunk_size")


def test_the_row_that_leads_to_all_results_is_not_counted(window, inhabited, ada):
    window = window(ada)
    window.goto("/")
    window.keyboard.press("/")
    ask(window, "a")

    expect(options(window).last).to_have_text(re.compile(r"All \d+\+? results"))
    shown = options(window).count() - 1
    expect(window.get_by_role("status")).to_have_text(f"{shown} shown")


def test_enter_without_a_choice_leads_to_the_page_of_results(window, ada):
    window = window(ada)
    window.goto("/")
    window.keyboard.press("/")
    ask(window, "chunk_characters")
    window.keyboard.press("Enter")

    expect(window).to_have_url(re.compile(r"/search\?q=chunk_characters$"))
    expect(window.get_by_role("main").get_by_role("listitem").get_by_role("link")).to_have_text(
        ["chunk_overlap", "chunk_size"]
    )


def test_escape_and_leaving_close_it_and_keep_the_focus_where_it_is(window, ada):
    window = window(ada)
    window.goto("/")
    window.keyboard.press("/")
    ask(window, "chunk_characters")
    window.keyboard.press("Escape")
    expect(window.get_by_role("listbox")).to_have_count(0)
    expect(field(window)).to_be_focused()
    expect(field(window)).to_have_value("chunk_characters")

    window.keyboard.press("ArrowDown")
    expect(options(window)).to_have_count(2)
    window.keyboard.press("Tab")
    expect(window.get_by_role("listbox")).to_have_count(0)
    expect(field(window)).not_to_be_focused()


def test_what_is_typed_last_is_what_is_shown(window, ada):
    window = window(ada)
    window.goto("/")
    window.keyboard.press("/")
    ask(window, "chunk_characters")
    field(window).press_sequentially(" repeats")
    expect(options(window)).to_have_count(1)
    field(window).press_sequentially("nothing")
    expect(window.get_by_role("status")).to_have_text("Nothing found")
    expect(field(window)).to_have_attribute("aria-expanded", "false")
    field(window).fill("")
    expect(window.get_by_role("status")).to_have_count(0)


def test_a_slash_that_is_typed_stays_where_it_is_typed(window, ada):
    window = window(ada)
    window.goto("/users/new")
    name = window.get_by_label("User name")
    name.press_sequentially("a/b")

    expect(name).to_have_value("a/b")


def test_who_has_been_signed_out_is_led_to_sign_in(window, ada):
    window = window(ada)
    window.goto("/")
    window.context.clear_cookies()
    window.keyboard.press("/")
    with window.expect_response(re.compile("part=results")):
        field(window).press_sequentially("chunk")
    expect(options(window)).to_have_count(0)
    window.keyboard.press("Enter")

    expect(window).to_have_url(re.compile(r"/login\?next="))


def test_without_scripts_the_field_is_a_form(window, ada):
    window = window(ada, java_script_enabled=False)
    window.goto("/")
    field(window).fill("chunk_size")
    field(window).press("Enter")

    expect(window.get_by_role("main").get_by_role("link", name="chunk_size")).to_be_visible()


def test_the_palette_and_its_page_have_nothing_in_the_way(window, inhabited, ada):
    window = window(ada)
    window.goto("/search?q=chunk")
    assert violations(window, EVERYTHING) == []
    window.keyboard.press("/")
    window.keyboard.press("ArrowDown")
    expect(options(window).first).to_be_visible()
    window.keyboard.press("ArrowDown")
    found = violations(window, EVERYTHING)
    window.emulate_media(color_scheme="dark")
    found += violations(window, COLOURS)
    for size in PHONES:
        window.set_viewport_size(size)
        found += violations(window, EVERYTHING) + overflow(window)

    assert found == []
