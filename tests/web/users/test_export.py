"""The list of users is exported."""

import csv as reader
import io
import itertools
import tracemalloc
from datetime import UTC, datetime

import pytest
from flask import Response
from sqlalchemy import insert, text

from app import unit_of_work
from app.domain import csv
from app.domain.users import UserFilter
from app.domain.users import export as exports
from app.models import ApplicationSetting, User
from app.web.files import downloads
from tests.support.contents import events
from tests.support.cookies import cookie
from tests.support.people import PASSWORD_HASH

SECRET = "sk-not-to-be-exported"
HEADERS = {
    "/users/export": ("id", "username", "email", "full_name"),
    "/roles/export": ("permission", "description", "admin"),
}


NOON = datetime(2026, 3, 1, 12, 30, 5, tzinfo=UTC)


def rows_of(page):
    assert page.status_code == 200, page.text
    text = page.response.get_data().decode("utf-8-sig")
    return list(reader.DictReader(io.StringIO(text, newline=""), strict=True))


def exported(browser, **wanted):
    """The rows of an export, by its page, with the filter of the list."""
    query = "&".join(f"{name}={value}" for name, value in wanted.items())
    return rows_of(browser.get(f"/users/export?{query}").submit(to="/users/export"))


def add_users(session, count, **columns):
    session.execute(
        insert(User),
        [
            {
                "username": f"many{number:06}",
                "email": f"many{number:06}@example.org",
                "password_hash": PASSWORD_HASH,
            }
            | columns
            for number in range(count)
        ],
    )
    session.commit()


HOSTILE = [
    *("=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(A1)", "＝1", " =1", "'=1", 'say "hi"', "a,b;c"),
    *("<script>", "Zoë 𝄞", "ОЯ"),
]


def test_a_user_is_a_line(sign_in, ada, person):
    person("nora", roles=["viewer", "user"], full_name="Nora Aunor", created_at=NOON)

    [row] = exported(sign_in(ada), q="nora")

    assert row.pop("id").isdigit()
    assert row == {
        "username": "nora",
        "email": "nora@example.org",
        "full_name": "Nora Aunor",
        "is_active": "yes",
        "is_verified": "no",
        "roles": "user; viewer",
        "created_at (UTC)": "2026-03-01T12:30:05Z",
    }


def test_the_file_is_to_be_saved_and_says_what_it_is(sign_in, ada):
    page = sign_in(ada).post("/users/export")

    assert page.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert page.headers["Content-Disposition"].startswith("attachment; filename=users-20")
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/users/export", "/roles/export"])
def test_the_separator_is_chosen_and_remembered(sign_in, ada, path):
    browser = sign_in(ada)
    page = browser.get(path)
    sent = page.submit(to=path, separator="semicolon")
    again = browser.get("/roles/export")

    assert (page.value("separator"), again.value("separator")) == ("comma", "semicolon")
    assert ";".join(HEADERS[path]) in sent.html.partition("\r\n")[0]
    assert ";".join(HEADERS["/roles/export"]) in again.submit(to="/roles/export").html
    assert "Max-Age=31536000" in sent.headers["Set-Cookie"]


def test_a_file_with_tabs_says_that_it_is_one(sign_in, ada):
    page = sign_in(ada).get("/users/export").submit(to="/users/export", separator="tab")

    assert page.headers["Content-Type"] == "text/tab-separated-values; charset=utf-8"
    assert page.headers["Content-Disposition"].endswith(".tsv")
    assert page.html.startswith("\ufeffid\tusername\temail\t")


@pytest.mark.only_on("sqlite")
def test_a_separator_that_is_none_exports_nothing(sign_in, ada, session):
    browser = sign_in(ada)
    page = browser.post("/users/export", separator="pipe", match_q="ad")
    browser.client.set_cookie(cookie("separator"), "pipe")

    assert page.status_code == 422
    assert "Nothing was exported" in page.text
    assert page.value("match_q") == "ad"
    assert events(session) == []
    assert browser.get("/roles/export").value("separator") == "comma"


def test_names_that_look_like_numbers_or_dates_survive_a_spreadsheet(sign_in, ada, person):
    for name in ("00123", "1e5", "mar-1"):
        person(name, full_name=name)

    rows = exported(sign_in(ada), role="none")

    assert [row["username"] for row in rows] == ["'00123", "'1e5", "'mar-1"]
    assert [csv.restored(row["full_name"]) for row in rows] == ["00123", "1e5", "mar-1"]
    assert {row["id"].isdigit() for row in rows} == {True}


def test_the_filter_of_the_list_is_the_one_of_the_export(sign_in, ada, vera, omar, person):
    person("ivan", is_active=False)
    browser = sign_in(ada)

    assert [row["username"] for row in exported(browser)] == ["ada", "vera", "omar", "ivan"]
    assert [row["username"] for row in exported(browser, status="inactive")] == ["ivan"]
    assert [row["username"] for row in exported(browser, role="viewer")] == ["vera"]
    assert [row["username"] for row in exported(browser, role="none")] == ["omar", "ivan"]
    assert exported(browser, q="nobody-there") == []
    link = browser.get("/users?q=ve&role=viewer&sort=-email").link("Export…")
    assert link == "/users/export?q=ve&role=viewer"


def test_the_page_says_how_many_and_by_which_filter(sign_in, ada, vera):
    browser = sign_in(ada)

    assert "2 users. All users." in browser.get("/users/export").text
    page = browser.get("/users/export?q=ve&status=active")
    assert "1 user. Users who match the filter:" in page.text
    assert "User name or email starts with ve Status Active" in page.text


def test_a_count_that_takes_long_is_not_taken(session, monkeypatch, ada, vera):
    monkeypatch.setattr(exports, "COUNTED", 1)

    assert exports.count_for_export(session, UserFilter(), None) == 2


def test_more_than_one_batch_is_exported_once_each(session, sign_in, ada, monkeypatch):
    monkeypatch.setattr(exports, "BATCH", 7)
    add_users(session, 25)

    names = [row["username"] for row in exported(sign_in(ada), q="many")]

    assert names == [f"many{number:06}" for number in range(25)]


def test_an_export_is_recorded_before_it_is_sent(sign_in, ada, session):
    page = sign_in(ada).post("/users/export", match_q="ve", match_status="active")
    assert page.status_code == 200
    sign_in(ada).post("/roles/export")

    of_users, of_roles = events(session)
    assert (of_users.action, of_users.actor, of_users.target) == ("users:exported", "ada", "users")
    assert of_users.after == {"filter": {"q": "ve", "status": "active"}}
    assert (of_roles.action, of_roles.target) == ("roles:exported", "roles and permissions")
    assert "Ada Byron exported" not in sign_in(ada).get("/").text
    assert "ada exported users" in sign_in(ada).get("/").text


def test_looking_at_what_would_be_exported_records_nothing(sign_in, ada, session):
    sign_in(ada).get("/users/export")
    sign_in(ada).get("/roles/export")

    assert events(session) == []


def test_exports_need_the_permission_to_look(sign_in, person, vera):
    reader_of_users = sign_in(person("iris", permissions=["user:read"]))
    assert sign_in(vera).post("/users/export").status_code == 403
    assert sign_in(vera).post("/roles/export").status_code == 403
    assert reader_of_users.post("/users/export").status_code == 200
    assert reader_of_users.post("/roles/export").status_code == 403


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_come_back_as_they_were(sign_in, ada, person, name):
    person("mallory", full_name=name)

    [row] = exported(sign_in(ada), q="mallory")

    assert csv.restored(row["full_name"]) == name
    assert row["full_name"].lstrip()[:1] not in set("=+-@＝")


def test_lines_in_a_name_stay_in_their_cell(sign_in, ada, session, vera):
    session.execute(
        text("UPDATE users SET full_name = :name WHERE id = :id"),
        {"name": "a\r\nb,c\n=d", "id": vera.id},
    )
    session.commit()

    [row] = exported(sign_in(ada), q="vera")

    assert row["full_name"] == "a\r\nb,c\n'=d"


def test_no_secret_is_exported(sign_in, ada, session):
    session.add(ApplicationSetting(key="openai_api_key", value=SECRET, data_type="string"))
    session.commit()

    for path in ("/users/export", "/roles/export"):
        sent = sign_in(ada).post(path).html
        assert "argon2" not in sent
        assert SECRET not in sent


@pytest.mark.parametrize(
    "wanted", [{"match_status": "gone"}, {"match_q": "\x00"}, {"match_role": "a\x00"}]
)
def test_filters_that_nothing_fits_break_nothing(sign_in, ada, session, wanted):
    page = sign_in(ada).post("/users/export", **wanted)

    if "match_status" in wanted:
        assert page.status_code == 400
        assert events(session) == []
    else:
        assert rows_of(page) == []


def test_pages_and_files_take_few_statements(sign_in, ada, statements):
    browser = sign_in(ada)
    token = browser.csrf_token()

    with statements.at_most(2):
        assert browser.get("/users/export").status_code == 200
    with statements.at_most(3):
        assert browser.get("/roles/export").status_code == 200
    with statements.at_most(8):
        answer = browser.send("post", "/roles/export", [("csrf_token", token)])
        assert answer.status_code == 200


@pytest.mark.only_on("sqlite")
def test_nobody_who_writes_waits_for_an_export(app, session, ada, vera, monkeypatch):
    monkeypatch.setattr(exports, "BATCH", 1)
    found = exports.export_matches(session, UserFilter())
    batches = unit_of_work.in_batches(
        lambda session, after: exports.export_batch(found, session, after)
    )
    next(batches)

    with app.extensions["sqlalchemy"].engine.connect() as other:
        other.exec_driver_sql("PRAGMA busy_timeout = 0")
        other.rollback()
        other.execution_options(write=True)
        other.execute(text("UPDATE users SET full_name = 'x' WHERE username = 'vera'"))
        other.commit()

    assert [row.full_name for row in next(batches)] == ["x"]


def test_a_file_that_is_left_half_read_leaves_no_connection_open(
    app, session, ada, vera, monkeypatch
):
    monkeypatch.setattr(exports, "BATCH", 1)
    found = exports.export_matches(session, UserFilter())
    pool = app.extensions["sqlalchemy"].engine.pool
    session.rollback()
    before = pool.checkedout()

    batches = unit_of_work.in_batches(
        lambda session, after: exports.export_batch(found, session, after)
    )
    next(batches)

    assert pool.checkedout() == before


def test_a_long_export_is_sent_in_constant_memory(app, session, sign_in, ada):
    for start in range(20):
        session.execute(
            insert(User),
            [
                {
                    "username": f"u{start}-{number}",
                    "email": f"u{start}-{number}@example.org",
                    "password_hash": "x" * 97,
                }
                for number in range(1000)
            ],
        )
    session.commit()
    session.expunge_all()
    found = exports.export_matches(session, UserFilter(q="u"))
    batches = unit_of_work.in_batches(
        lambda session, after: exports.export_batch(found, session, after)
    )
    answer = downloads.csv_file(
        "users", csv.encoded(["x"], ([(row.id, row.email)] for batch in batches for row in batch))
    )
    pieces = answer.iter_encoded()
    size = sum(len(piece) for piece in itertools.islice(pieces, 2000))

    tracemalloc.start()
    size += sum(len(piece) for piece in pieces)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert isinstance(answer, Response)
    assert size > 20_000 * len("1,u0-0@example.org\r\n")
    assert peak < 4 * 1024 * 1024
