"""The page that compares a transfer file with what is stored."""

from app.domain import settings
from app.models import ApplicationSetting
from tests.support.contents import digests


def test_the_file_of_another_environment_is_compared_and_nothing_changes(sign_in, ada, session):
    browser = sign_in(ada)
    file = browser.get("/transfer/export").submit(to="/transfer/export", format="json")
    settings.by_key(session, "chunk_size").value = "5"
    session.commit()
    before = digests(session.get_bind())

    page = browser.get("/transfer/compare")
    page = page.submit(to="/transfer/compare", text=file.response.get_data(as_text=True))

    assert "Different 1" in page.text
    assert "from 5 to 1000" in page.text
    assert digests(session.get_bind()) == before


def test_the_same_content_has_no_difference(sign_in, ada):
    browser = sign_in(ada)
    file = browser.get("/transfer/export").submit(to="/transfer/export").response

    page = browser.get("/transfer/compare")
    page = page.submit(to="/transfer/compare", text=file.get_data(as_text=True))

    assert "No difference" in page.text


def test_a_part_that_one_may_not_read_is_refused(sign_in, person):
    browser = sign_in(person("uma", permissions=["user:read"]))

    page = browser.post("/transfer/compare", text="format: rag-fortress-console/1\nroles: []")

    assert (page.status_code, "role:read" in page.text) == (403, True)


def test_all_that_only_the_console_has_can_be_seen(sign_in, ada, session):
    keys = [f"only_here_{number:03}" for number in range(80)]
    session.add_all(ApplicationSetting(key=key, value="1") for key in keys)
    session.commit()
    nothing = "format: rag-fortress-console/1\nsettings: []"

    page = sign_in(ada).get("/transfer/compare").submit(to="/transfer/compare", text=nothing)

    assert "No difference" in page.text
    assert "Only in this console" in page.text
    assert all(key in page.text for key in keys)
