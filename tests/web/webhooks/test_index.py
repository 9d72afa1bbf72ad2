"""The list of webhooks."""


def test_each_is_listed_with_what_waits(sign_in, ada, webhook, statements):
    ada_there = sign_in(ada)
    with statements.at_most(3):
        page = ada_there.get("/webhooks")

    assert page.link("listener") == f"/webhooks/{webhook.id}"
    assert "https://receiver.example/" in page.text
    assert "settings roles users Active 1 0" in page.text


def test_without_any_the_page_says_what_they_are_for(sign_in, person):
    nora = person("nora", permissions=["audit:read"])

    page = sign_in(nora).get("/webhooks")

    assert "No webhooks" in page.text
    assert "Add a webhook" not in page.text
