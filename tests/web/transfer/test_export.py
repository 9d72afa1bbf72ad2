"""The page that exports settings, roles and assignments."""

from app.domain import transfer
from app.domain.transfer import Part
from tests.support.contents import events

SETTINGS_AND_RULES = [Part.SETTINGS, Part.RULES, Part.RELATIONS, Part.CATEGORIES]


def test_the_file_is_downloaded_and_the_export_recorded(sign_in, ada, session):
    page = sign_in(ada).get("/transfer/export").submit(to="/transfer/export", format="yaml")

    assert page.headers["Content-Disposition"].endswith(".yaml")
    assert transfer.read_file(page.response.get_data(as_text=True)).parts == list(Part)
    event = events(session)[-1]
    assert (event.action, event.actor) == ("transfer:exported", "ada")
    assert event.after == {"format": "yaml", "parts": [part.value for part in Part]}


def test_only_what_one_may_read_can_be_chosen(sign_in, person):
    browser = sign_in(person("nora", permissions=["settings:read"]))

    page = browser.get("/transfer/export")

    assert not page.can_edit("with_roles")
    file = page.submit(to="/transfer/export", format="json").response.get_data(as_text=True)
    assert transfer.read_file(file).parts == SETTINGS_AND_RULES
    sent = browser.post("/transfer/export", with_roles="y", format="json")
    assert (sent.status_code, "Choose at least one part" in sent.text) == (422, True)


def test_who_may_read_nothing_is_told_so(sign_in, omar):
    page = sign_in(omar).get("/transfer/export")

    assert "there is nothing for you to export" in page.text
