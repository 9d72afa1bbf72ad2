"""The page of the keyboard shortcuts."""


def test_the_page_tells_whether_single_key_shortcuts_are_on(sign_in, vera):
    browser = sign_in(vera)
    on = browser.get("/help/keys")
    browser.post("/account/keys", keys="off")
    off = browser.get("/help/keys")

    assert "are on in this browser" in on.text
    assert on.link("Turn them off…") == "/account/keys"
    assert "are off in this browser" in off.text
    assert off.link("Turn them on…") == "/account/keys"
