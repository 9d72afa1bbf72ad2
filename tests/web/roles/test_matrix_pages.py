"""The matrix of a large house: its roles and permissions are chosen, and shown page by page."""

import csv
import io
import re

import pytest
from sqlalchemy import select

from app.models import Permission, Role
from tests.support.contents import events
from tests.support.roles import codes_of, furnish

# The roles and permissions are read as a whole, and cut into pages without a database.
pytestmark = pytest.mark.only_on("sqlite")

COLUMNS, ROWS, BYTES = 100, 200, 2_000_000


@pytest.fixture
def house(session):
    """300 roles and 400 permissions."""
    furnish(session)


def roles_of(page):
    head = re.search(r'<table class="matrix">.*?</thead>', page.html, re.DOTALL)[0]
    return re.findall(r'<a href="/roles/\d+">([^<]+)</a>', head)


def pages_from(page, label):
    """The pages of one of the two pagers, each reached from the one before."""
    while True:
        yield page
        pager = re.search(rf'aria-label="Pages of {label}">(.*?)</nav>', page.html, re.DOTALL)[1]
        url = re.search(r'href="([^"]+)"\s+rel="next"', pager)
        if url is None:
            return
        page = page.browser.get(url[1].replace("&amp;", "&"))


def test_every_role_and_permission_is_on_one_of_the_pages(sign_in, ada, house, session):
    first = sign_in(ada).get("/roles")
    across, down = list(pages_from(first, "roles")), list(pages_from(first, "permissions"))

    for page in [*across, *down]:
        assert len(roles_of(page)) <= COLUMNS
        assert len(codes_of(page)) <= ROWS
        assert len(page.html.encode()) <= BYTES
    names = [name for page in across for name in roles_of(page)]
    assert names[:3] == ["admin", "user", "viewer"]
    assert sorted(names) == sorted(session.scalars(select(Role.name)))
    codes = [code for page in down for code in codes_of(page)]
    assert codes == sorted(session.scalars(select(Permission.code)))
    assert {tuple(codes_of(page)) for page in across} == {tuple(codes_of(first))}
    assert "Roles 1–30 of 300" in first.text
    assert "Permissions 1–100 of 400" in first.text


def test_who_may_only_look_has_the_same_pages(sign_in, iris, house):
    pages = list(pages_from(sign_in(iris).get("/roles"), "roles"))

    assert len({name for page in pages for name in roles_of(page)}) == 301
    assert all(len(roles_of(page)) <= COLUMNS for page in pages)
    assert all(len(codes_of(page)) <= ROWS for page in pages)
    assert all(len(page.html.encode()) <= BYTES for page in pages)


def test_roles_are_chosen_by_parts_of_their_names(sign_in, ada, house):
    browser = sign_in(ada)
    page = browser.get("/roles").submit(to="/roles", role="VIEWER, team 01,", resource="user")

    assert roles_of(page) == ["viewer", *(f"team 01{n}" for n in range(10))]
    assert "4 permissions, 11 roles" in page.text
    assert "Role: VIEWER, team 01," in page.text
    assert "/roles?resource=user" in page.links
    for name in roles_of(browser.get("/roles?role=TEAM+00&differ=1")):
        assert name.startswith("team 00")


def test_rows_differ_by_the_chosen_roles_alone(sign_in, ada, house):
    browser = sign_in(ada)

    assert codes_of(browser.get("/roles?role=user,viewer&differ=1")) == [
        *("document:create", "document:update")
    ]
    assert "No permission matches" in browser.get("/roles?role=viewer&differ=1").text
    assert "No role matches these filters." in browser.get("/roles?role=nobody").text


def test_the_chosen_roles_are_exported(sign_in, ada, house, session):
    page = sign_in(ada).get("/roles?role=team+01&resource=user&role_after=team+010")
    export = page.browser.get(page.link("Export…"))

    assert "for each of the 10 roles" in export.text
    answer = export.submit(to="/roles/export")
    header = next(csv.reader(io.StringIO(answer.response.get_data().decode("utf-8-sig"))))
    assert header[2:] == [f"team 01{n}" for n in range(10)]
    assert events(session)[-1].after == {"filter": {"resource": "user", "role": "team 01"}}


def test_only_what_was_shown_is_saved_and_the_way_leads_back(sign_in, ada, house, session, cell):
    page = list(pages_from(sign_in(ada).get("/roles"), "roles"))[2]
    page = list(pages_from(page, "permissions"))[1]
    role, code = roles_of(page)[4], codes_of(page)[7]
    box, shown = cell(role, code), page.value("grants")
    grants = set(shown) ^ {box}
    before = granted_by(session, role)

    review = page.submit("matrix", grants=sorted(grants))
    again = review.submit("review-form", again="1")
    saved = review.submit("review-form", confirmed="1")

    assert (roles_of(again), codes_of(again)) == (roles_of(page), codes_of(page))
    assert set(again.value("grants")) == grants
    assert saved.location == page.path
    assert granted_by(session, role) ^ before == {code}
    assert [event.target for event in events(session)] == [role]


def test_edited_roles_of_other_pages_are_not_lost(sign_in, ada, house, session, cell):
    """As a page that was open before roles were added or renamed would send them."""
    names = [f"team {n:03}" for n in range(120)]
    code = "area000:0"
    pairs = [("grants", cell(name, code)) for name in names]
    browser = sign_in(ada)
    shown = cell("admin", code).partition(":")[2]
    sent = [*pairs, ("shown", shown), ("csrf_token", browser.csrf_token())]

    again = browser.send("post", "/roles/review", [*sent, ("again", "1")])

    assert len(roles_of(again)) == COLUMNS
    assert set(again.value("grants")) >= {box for _, box in pairs}


def granted_by(session, name):
    session.expire_all()
    role = session.scalars(select(Role).where(Role.name == name)).one()
    return {permission.code for permission in role.permissions}
