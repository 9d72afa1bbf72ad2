"""The page to sign in: successful and failed attempts, and where they lead."""

import io
import re

import argon2
import bcrypt
import pytest
from sqlalchemy import insert, select, text

from app.models import AuditEvent, ConsoleSession, User, UserNames
from tests.support.contents import recorded
from tests.support.cookies import cookie
from tests.support.people import BCRYPT_HASH, PASSWORD, PASSWORD_HASH

NOBODY_CAN = "$argon2id$v=19$m=65536,t=3,p=4$" + "A" * 22 + "$" + "B" * 43
TOKEN = re.compile(r'name="csrf_token"[^>]*>')


STATES = {
    "unknown": None,
    "wrong password": {"password_hash": PASSWORD_HASH.replace("W", "X")},
    "inactive": {"is_active": False},
    "without a password": {"password_hash": NOBODY_CAN},
    "with an unreadable hash": {"password_hash": "hashed_password_here"},
    "with a hash of another kind": {"password_hash": "$2b$12$" + "a" * 53},
}


HOSTILE = ["\0", "a\0b", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "'\"--;<%s{}"]


@pytest.fixture
def verifications(monkeypatch):
    """The hashes against which argon2 was asked to verify a password."""
    seen, verify = [], argon2.PasswordHasher.verify

    def counting(self, stored, password):
        seen.append(stored)
        return verify(self, stored, password)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", counting)
    return seen


def test_a_user_whom_another_program_stored_signs_in_in_any_spelling(visitor, session):
    stored = {"username": "İlse_Müller", "email": "Ilse@Dömäin.example"}
    session.execute(insert(User).values(password_hash=PASSWORD_HASH, full_name="Ilse", **stored))
    session.commit()

    for name in ("ILSE_MU\u0308LLER", "ilse@xn--dmin-moa0i.example", "İlse_Müller"):
        visitor.client.delete_cookie(cookie("console"))
        answer = visitor.submit("/login", username=name, password=PASSWORD)
        assert (answer.status_code, answer.location) == (303, "/"), name
    assert session.execute(select(User.username, User.email)).one() == tuple(stored.values())
    assert session.scalars(select(UserNames.username)).one() == "ilse_müller"


@pytest.mark.parametrize("name", ["vera", "  VERA ", "vera@example.org", "ｖｅｒａ"])
def test_a_user_signs_in_with_name_or_address(visitor, vera, name):
    answer = visitor.submit("/login", username=name, password=PASSWORD)

    assert (answer.status_code, answer.location) == (303, "/")
    assert "Vera Rubin" in answer.follow().text


def test_a_session_knows_its_browser_and_the_event_its_user(visitor, vera, session):
    visitor.submit("/login", username="vera", password=PASSWORD)

    row = session.scalars(select(ConsoleSession)).one()
    assert (row.user_id, row.address) == (vera.id, "127.0.0.1")
    assert row.user_agent.startswith("Werkzeug")
    [event] = recorded(session)
    assert (event.action, event.actor_kind, event.actor_name) == (
        "user:signed-in",
        "person",
        "vera",
    )
    assert (event.target_id, event.address) == (vera.id, "127.0.0.1")


@pytest.mark.parametrize("state", STATES)
def test_a_failed_sign_in_reveals_nothing(visitor, person, session, verifications, state):
    columns = STATES[state]
    if columns is not None:
        person("nora", **columns)

    answer = visitor.submit("/login", username="nora", password=PASSWORD)

    assert answer.status_code == 422
    assert "Wrong user name or password." in answer.text
    assert answer.headers.getlist("Set-Cookie") == []
    assert len(verifications) == 1
    assert verifications[0].startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert not session.scalars(select(ConsoleSession)).all() + recorded(session)


def test_every_failure_gets_the_same_page(visitor, person):
    for number, columns in enumerate(filter(None, STATES.values())):
        person(f"nora{number}", **columns)

    names = [f"nora{number}" for number in range(len(STATES))]
    answers = [visitor.submit("/login", username=name, password=PASSWORD) for name in names]

    pages = {TOKEN.sub("", a.html).replace(n, "") for a, n in zip(answers, names, strict=True)}
    assert len(pages) == 1
    headers = [[pair for pair in a.headers if pair[0] != "X-Request-Id"] for a in answers]
    assert len({str([pair for pair in h if pair[0] != "Content-Length"]) for h in headers}) == 1


def test_the_name_stays_in_the_form_and_the_password_does_not(visitor, vera):
    answer = visitor.submit("/login", username="Vera", password="not hers at all")

    assert answer.value("username") == "Vera"
    assert "not hers at all" not in answer.html


def test_a_weaker_hash_is_made_anew_at_sign_in(visitor, person, session):
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    nora = person("nora", password_hash=weak)

    assert visitor.submit("/login", username="nora", password=PASSWORD).location == "/"

    assert nora.password_hash.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert visitor.get("/").status_code == 200


def test_a_hash_by_bcrypt_lets_in_and_is_left_as_it_is(visitor, sign_in, ada, person):
    nora = person("nora", password_hash=BCRYPT_HASH)

    assert visitor.submit("/login", username="nora", password="not hers at all").status_code == 422
    assert visitor.submit("/login", username="nora", password=PASSWORD).location == "/"

    assert nora.password_hash == BCRYPT_HASH
    assert "none yet" not in sign_in(ada).get(f"/users/{nora.id}").text


def test_where_one_is_hashed_by_bcrypt_every_failure_takes_as_long(
    visitor, person, verifications, monkeypatch
):
    compared, compare = [], bcrypt.checkpw
    monkeypatch.setattr(bcrypt, "checkpw", lambda *of: compared.append(of) or compare(*of))
    person("bob", password_hash=BCRYPT_HASH), person("vera")
    person("odd", password_hash="unknown$hash")

    for name in ("bob", "vera", "odd", "nobody"):
        visitor.submit("/login", username=name, password="not theirs at all")
        assert (len(verifications), len(compared)) == (1, 1)
        verifications.clear(), compared.clear()


def test_a_stronger_hash_is_left_alone(visitor, person):
    strong = argon2.PasswordHasher(time_cost=4, memory_cost=65536, parallelism=4).hash(PASSWORD)
    nora = person("nora", password_hash=strong)

    assert visitor.submit("/login", username="nora", password=PASSWORD).location == "/"

    assert nora.password_hash == strong


def test_signing_in_leads_to_the_requested_page(visitor, vera):
    asked = visitor.get("/account/theme?from=here")
    assert asked.status_code == 303

    answer = asked.follow().submit(username="vera", password="a wrong one")
    answer = answer.submit(username="vera", password=PASSWORD)

    assert answer.location == "/account/theme?from=here"


def test_a_signed_in_user_is_sent_on_after_a_while_too(app, sign_in, vera):
    browser = sign_in(vera)
    # As after five seconds: the database is asked first whether it can be used.
    app.extensions.pop("readiness", None)

    assert browser.get("/login").status_code == 303


def test_a_signed_in_user_is_sent_on(sign_in, vera):
    assert sign_in(vera).get("/login?next=/account").location == "/account"


def test_signing_in_again_ends_the_session_that_the_browser_had(visitor, vera, omar, session):
    visitor.submit("/login", username="vera", password=PASSWORD)
    before = visitor.client.get_cookie(cookie("console")).value
    visitor.open(
        "/login",
        "POST",
        data={"username": "omar", "password": PASSWORD, "csrf_token": visitor.csrf_token()},
    )

    assert visitor.client.get_cookie(cookie("console")).value != before
    assert session.scalars(select(ConsoleSession.user_id)).all() == [omar.id]


def test_a_failed_attempt_leaves_the_session_alone(sign_in, vera):
    browser = sign_in(vera)

    assert browser.post("/login", username="vera", password="wrong").status_code == 422

    assert browser.get("/account").status_code == 200


def test_a_planted_cookie_never_becomes_a_session(visitor, vera, session):
    visitor.client.set_cookie(cookie("console"), "planted")

    visitor.submit("/login", username="vera", password=PASSWORD)

    assert visitor.client.get_cookie(cookie("console")).value != "planted"
    visitor.client.set_cookie(cookie("console"), "planted")
    assert visitor.get("/account").location == "/login?next=/account"


def test_a_cookie_of_another_program_is_ignored(sign_in, vera):
    browser = sign_in(vera)
    browser.client.set_cookie("remember_token", "17|of-another-program-on-this-host")

    assert browser.get("/account").status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"username": "vera"},
        {"password": PASSWORD},
        {"username": ["vera", "omar"], "password": ["wrong", PASSWORD]},
        {"username": "v" * 300_000, "password": "p" * 300_000},
        *({"username": text, "password": text, "next": text} for text in HOSTILE),
    ],
)
def test_malformed_fields_are_refused(visitor, vera, session, fields):
    answer = visitor.post("/login", **fields)

    assert answer.status_code == 422
    assert session.scalars(select(ConsoleSession)).all() == []


@pytest.mark.parametrize("body", [{"username": 5}, {"username": None}, [1, 2], "text", None, [[]]])
def test_json_is_refused(visitor, vera, body):
    headers = {"X-CSRFToken": visitor.csrf_token()}

    assert visitor.open("/login", "POST", json=body, headers=headers).status_code == 422


def test_a_file_is_refused(visitor, vera):
    file = (io.BytesIO(b"vera"), "vera.txt")
    data = {"username": file, "password": PASSWORD, "csrf_token": visitor.csrf_token()}

    assert visitor.open("/login", "POST", data=data).status_code == 422


def test_half_a_surrogate_pair_is_refused(visitor, vera):
    body = f"username=%ED%A0%80&password=%ED%A0%80&csrf_token={visitor.csrf_token()}"
    kind = "application/x-www-form-urlencoded"

    assert visitor.open("/login", "POST", data=body, content_type=kind).status_code == 400


def test_two_users_with_one_name_are_told_apart_by_the_user_name(visitor, vera, person, session):
    person("nora", email="vera2@example.org")
    session.execute(text("UPDATE users SET email = 'vera' WHERE username = 'nora'"))

    visitor.submit("/login", username="vera", password=PASSWORD)

    assert session.scalars(select(AuditEvent.actor_name)).all() == ["vera"]


def test_two_consoles_on_one_host_leave_each_other_alone(app, make_app, sign_in, vera):
    neighbour = make_app({"CONSOLE_ENV": "development", "PORT": "8001", "SQLITE_PATH": ":memory:"})
    names = {console.config["CONSOLE"].cookie("console") for console in (app, neighbour)}
    browser = sign_in(vera)
    for name in ("console", "form", "theme"):
        browser.client.set_cookie(neighbour.config["CONSOLE"].cookie(name), "of the neighbour")

    assert len(names) == 2
    assert browser.get("/account").status_code == 200
    assert browser.submit("/", to="/logout").status_code == 303
    assert browser.client.get_cookie(neighbour.config["CONSOLE"].cookie("console"))


def test_failed_sign_ins_are_shown_to_whoever_reads_the_history(
    visitor, sign_in, ada, vera, person
):
    for _ in range(3):
        visitor.submit("/login", username="vera", password="wrong password")
    for number in range(8):
        visitor.submit("/login", username=f"nobody{number}", password="wrong password")

    reader = sign_in(person("nora", permissions=["user:read", "audit:read"]))
    assert "Failed sign-ins 3 in the last 24 hours" in reader.get(f"/users/{vera.id}").text
    assert "11 failed sign-ins since yesterday" in reader.get("/").text
    other = sign_in(person("iris", permissions=["user:read"]))
    assert "Failed sign-ins" not in other.get(f"/users/{vera.id}").text
    assert "failed sign-ins" not in other.get("/").text


def test_every_failed_sign_in_takes_the_same_statements(visitor, ada, person, statements):
    person("ida", is_active=False)
    visitor.submit("/login", username="nobody", password="wrong password")
    made = []

    for name in ("ada", "ada", "nobody", "nobody2", "ida"):
        statements.seen.clear()
        visitor.submit("/login", username=name, password="wrong password")
        # The revision of the database is looked at now and then; PostgreSQL is asked for its table.
        looks = ("alembic_version", "pg_catalog")
        made.append([text for text in statements.seen if not any(look in text for look in looks)])

    assert [seen for seen in made if seen != made[0]] == [], made[0]


def test_a_right_password_counts_nothing(visitor, ada, statements):
    assert visitor.submit("/login", username="ada", password=PASSWORD).status_code == 303

    assert [text for text in statements.seen if "console_failed_sign_ins" in text] == []


def test_a_failed_sign_in_that_cannot_be_counted_is_answered_as_ever(visitor, session, ada, caplog):
    def rename(before, after):
        session.rollback()
        session.execute(text(f"ALTER TABLE {before} RENAME TO {after}"))
        session.commit()

    counted = visitor.submit("/login", username="ada", password="wrong password")
    rename("console_failed_sign_ins", "console_away")
    answers = [
        visitor.submit("/login", username=name, password="wrong password")
        for name in ("ada", "nobody")
    ]
    right = visitor.submit("/login", username="ada", password=PASSWORD)
    rename("console_away", "console_failed_sign_ins")

    assert [answer.status_code for answer in answers] == [counted.status_code] * 2
    assert right.status_code == 303
    assert caplog.text.count("A failed sign-in was not counted: ") == 2
