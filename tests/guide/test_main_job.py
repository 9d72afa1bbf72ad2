"""The main job from end to end: the console of ``make run``, people with browsers, and a program.

The database is named by the guide's variables only.
"""

import re

from tests.guide.checkout import blocks

PASSWORD = "correct horse battery staple"
ADA = {"username": "ada", "email": "ada@example.org", "password": PASSWORD}
MIRA = {"username": "mira", "email": "mira@example.org", "full_name": "Mira Lund"}
OBSERVER = """
from app import create_app
from app.extensions import db
from app.models import Permission, Role, User

with create_app().app_context():
    session = db.session
    observer = Role(name="observer")
    observer.permissions = session.query(Permission).filter_by(code="settings:read").all()
    session.add(observer)
    mira = session.query(User).filter_by(username="mira").one()
    mira.roles.append(observer)
    session.commit()
"""


def test_a_person_takes_over_the_console_and_another_is_held_to_their_role(checkout, make_run):
    served = make_run()
    ada, mira = served.browser(), served.browser()

    becomes_administrator(ada, served.link)
    setting = changes_chunk_size(ada, "1200")
    link = creates(ada, MIRA)
    assigns(ada, "viewer", to="mira")
    [program] = blocks("README.md", "python")
    assert checkout.python(program) == "1200 True True\nFalse\n"

    chooses_a_password_and_signs_in(mira, link.removeprefix(served.address))
    is_held_to_viewer(mira, setting)
    checkout.python(OBSERVER)
    sees_settings_read_only(mira, setting)


def becomes_administrator(browser, link):
    answer = browser.submit(link, **ADA)

    assert (answer.status_code, answer.location) == (303, "/")
    assert {"/settings", "/users", "/roles"} <= set(answer.follow().links)
    assert browser.get(link).status_code == 404


def changes_chunk_size(browser, value):
    """Return the path of the setting."""
    path = browser.get("/settings", q="chunk_size").link("chunk_size")

    answer = browser.submit(path, "edit", value=value, reason="Longer chunks.")

    assert answer.status_code == 303
    assert value in answer.follow().text
    return path


def creates(browser, profile):
    """Return the link to hand over."""
    answer = browser.submit("/users/new", **profile)

    assert answer.status_code == 201
    assert "Send this link to" in answer.text
    return re.search(r"http://[^\"<\s]+/reset/[^\"<\s]+", answer.html)[0]


def assigns(browser, role, *, to):
    path = next(one for one in browser.get("/users", q=to).links if re.match(r"/users/\d+$", one))
    page = browser.get(f"{path}/roles")
    [number] = re.findall(rf'<label for="role-(\d+)"><b>{role}</b>', page.html)

    review = page.submit("roles-form", roles=[number])

    assert "Nothing has been saved yet." in review.text
    assert review.submit("review-form", confirmed="1", reason="New here.").status_code == 303


def chooses_a_password_and_signs_in(browser, link):
    answer = browser.submit(link, password=PASSWORD)

    assert (answer.status_code, answer.location) == (303, "/")
    assert "you are signed in" in answer.follow().text


def is_held_to_viewer(browser, setting):
    overview = browser.get("/")

    assert overview.status_code == 200
    assert not [link for link in overview.links if link.startswith(("/settings", "/users"))]
    for path in ("/settings", setting, "/users", "/users/new", "/roles"):
        assert browser.get(path).status_code == 403
    assert browser.post(setting, value="1", reason="").status_code == 403


def sees_settings_read_only(browser, setting):
    listing = browser.get("/settings")
    page = browser.get(setting)

    assert (listing.status_code, page.status_code) == (200, 200)
    assert "/settings" in browser.get("/").links
    assert "1200" in page.text
    assert "You can look, but not change anything here." in page.text
    assert "You need the permission settings:update for that." in page.text
    assert not [form for form in page.forms + listing.forms if form.named("value")]
    assert browser.post(setting, value="1", reason="").status_code == 403
    assert browser.get("/users").status_code == 403
