"""Users found by any part of their names, where there is an index for it."""

import pytest
from sqlalchemy import event, insert, select, text

from app.domain import search, users
from app.domain.paging import SIZE, Cursors
from app.domain.users import BulkAction, BulkEdit, Selection, UserFilter
from app.domain.users import export as exports
from app.domain.users import listing as user_list
from app.models import User
from app.models.base import normalised
from tests.support import plans, searching
from tests.support.people import OPERATOR, PASSWORD_HASH

pytestmark = pytest.mark.only_on("sqlite", "postgresql")


@pytest.fixture(params=[0, 10**6], ids=["walked", "gathered"])
def found(app, session, monkeypatch, request):
    """Who is found, by user name; once by going through the list, once by the index."""
    monkeypatch.setattr(user_list, "MIN_HITS", request.param)
    monkeypatch.setattr(user_list, "SAMPLE", 1)  # the rest of a short list counts as dense

    def found(q, sort="username", **wanted):
        page = user_list.list_page(session, UserFilter(q=q, **wanted), sort, Cursors()).page
        return [row.username for row in page.rows]

    with searching.indexed(app):
        yield found


@pytest.fixture
def index(app, session):
    """Builds the index, and drops it afterwards."""
    with searching.indexed(app):
        yield


def add(session, *names):
    session.execute(
        insert(User),
        [
            {"username": name, "email": f"{number}@example.org", "password_hash": PASSWORD_HASH}
            for number, name in enumerate(names)
        ],
    )
    session.commit()


def test_any_part_of_a_name_or_an_address_is_found(found, person):
    person("johanna", email="jo@navy.example")
    person("hanna", email="ha@army.example")

    assert found("hann") == ["hanna", "johanna"]
    assert found("NNA") == ["hanna", "johanna"]
    assert found("navy.ex") == ["johanna"]
    assert found("johanna") == ["johanna"]
    assert found("a@army.example") == ["hanna"]
    assert found("hannn") == []


def test_two_characters_are_found_at_the_beginning_only(found, person):
    person("johanna")
    person("hanna")

    assert found("ha") == ["hanna"]
    assert found("h") == ["hanna"]


@pytest.mark.parametrize(
    "part",
    [
        *(
            "a%b",
            "a_b",
            "a\\b",
            "%%%",
            "___",
            "\\\\\\",
            "a'b",
            'a"b',
            "a*b",
            "a b",
            "(a)",
            "...",
            "-b-",
        ),
        *(
            "AND",
            "NOT",
            "жук",
            "東京都",
            "🎈🎈🎈",
            "ﬀi",
            "e\u0301te",
            "\U0010ffff\U0010ffff\U0010ffff",
        ),
    ],
)
def test_signs_stand_for_themselves(found, session, part):
    stored = normalised(part)
    add(session, f"x{stored}y", "xaxby", "xaaby", "somebody")

    assert found(part) == [f"x{stored}y"]


@pytest.mark.parametrize(
    "text", ["a\0b", "\0\0\0", "abc\ud800", "\udfff" * 3, "x" * 254, "x" * 255, "ﷺ" * 255, " \t "]
)
def test_what_nobody_is_called_is_no_error(found, person, text):
    person("somebody")

    assert found(text) in ([], ["somebody"] if not text.strip() else [])


def test_names_that_other_programs_stored_are_found_in_their_own_spelling_or_another(
    found, session
):
    add(session, "xJohannay", "johannes")

    assert found("johan") == found("JOHAN") == ["johannes", "xJohannay"]


def test_long_names_are_found_by_long_parts(found, session):
    name = "".join(chr(97 + (7 * number + number // 26) % 26) for number in range(255))
    add(session, name, name[::-1])

    assert found(name[1:]) == [name]
    assert found(name[60:130]) == [name]


def test_filters_and_orders_are_those_of_every_list(found, person):
    person("xanna", email="b@x.example", roles=["viewer"])
    person("yanna", email="a@x.example", is_active=False)
    person("zanna", email="c@x.example", roles=["viewer"], is_active=False)

    assert found("anna", "-username") == ["zanna", "yanna", "xanna"]
    assert found("anna", "email") == ["yanna", "xanna", "zanna"]
    assert found("anna", "-created") == ["zanna", "yanna", "xanna"]
    assert found("anna", role="viewer") == ["xanna", "zanna"]
    assert found("anna", role=",none") == ["yanna"]
    assert found("anna", status="inactive", role="viewer") == ["zanna"]


@pytest.mark.parametrize("sort", user_list.SORTS)
def test_pages_follow_one_another(found, session, sort):
    add(session, *(f"x{number:03}anna{-number:04}" for number in range(120)), "somebody")
    nobody_else = UserFilter(q="anna")

    first = user_list.list_page(session, nobody_else, sort, Cursors()).page
    second = user_list.list_page(session, nobody_else, sort, Cursors(after=first.after)).page
    third = user_list.list_page(session, nobody_else, sort, Cursors(after=second.after)).page
    again = user_list.list_page(session, nobody_else, sort, Cursors(before=third.before)).page

    assert len({row.id for page in (first, second, third) for row in page.rows}) == 120
    assert (first.before, third.after) == (None, None)
    assert [row.id for row in again.rows] == [row.id for row in second.rows]


def test_what_another_program_writes_is_found_from_then_on(found, session):
    add(session, "xannay", "xbertay")

    def write(statement):
        session.execute(text(statement))
        session.commit()

    write("INSERT INTO users (username, email, password_hash) VALUES ('zannaz', 'z@z', 'x')")
    assert found("anna") == ["xannay", "zannaz"]
    write("UPDATE users SET username = 'yclaray' WHERE username = 'xannay'")
    assert found("anna") == ["zannaz"]
    assert found("clara") == ["yclaray"]
    write("UPDATE users SET email = 'my@annex' WHERE username = 'xbertay'")
    assert found("@anne") == ["xbertay"]
    write("UPDATE users SET id = id + 1000 WHERE username = 'zannaz'")
    assert found("anna") == ["zannaz"]
    write("DELETE FROM users WHERE username = 'zannaz'")
    assert found("anna") == []


@pytest.mark.only_on("sqlite")
def test_rows_that_are_replaced_are_found_as_they_are_now(found, session):
    add(session, "xannay", "xbertay")
    columns = "(id, username, email, password_hash, is_active, is_verified)"
    first, second = session.scalars(select(User.id).order_by(User.username)).all()

    for statement in (
        # Takes the place of the first by its id, and of the second by its name.
        f"INSERT OR REPLACE INTO users {columns} VALUES ({first}, 'xbertay', 'a@a', 'x', 1, 0)",
        f"INSERT OR IGNORE INTO users {columns} VALUES ({second}, 'yclaray', 'b@b', 'x', 1, 0)",
        f"UPDATE OR REPLACE users SET username = 'xdoray' WHERE id = {first}",
    ):
        session.execute(text(statement))
        session.commit()

    assert [found(part) for part in ("anna", "bert", "clara", "dora")] == [
        *([], [], ["yclaray"], ["xdoray"])
    ]


def test_one_statement_more_asks_whether_there_is_an_index(app, session, person):
    person("johanna")
    seen = []
    engine = session.get_bind()

    def note(*arguments):
        seen.append(arguments[2])

    def statements(q):
        seen.clear()
        event.listen(engine, "before_cursor_execute", note)
        names = user_list.list_page(session, UserFilter(q=q), "username", Cursors()).names
        event.remove(engine, "before_cursor_execute", note)
        return len([one for one in seen if one.startswith("SELECT")]), names and names.is_anywhere

    assert [statements(q) for q in ("", "jo", "hann")] == [(1, None), (2, False), (2, False)]
    with searching.indexed(app):
        assert [statements(q) for q in ("", "jo", "hann")] == [(1, None), (2, False), (2, True)]


def test_the_export_finds_the_same(index, session, monkeypatch):
    add(session, *(f"x{number}anna" for number in range(25)), "somebody")
    monkeypatch.setattr(exports, "BATCH", 10)
    names = user_list.names_of(session, UserFilter(q="anna"))
    found = exports.export_matches(session, UserFilter(q="anna"))

    batches = [exports.export_batch(found, session, after=0)]
    while batches[-1]:
        batches.append(exports.export_batch(found, session, after=batches[-1][-1].id))

    assert [len(batch) for batch in batches] == [10, 10, 5, 0]
    assert exports.count_for_export(session, UserFilter(q="anna"), names) == 25


def test_an_export_goes_on_when_the_index_is_dropped(app, session, monkeypatch):
    add(session, *(f"{number:03}x" for number in range(300)), *(f"{n:02}9anna" for n in range(30)))
    with searching.indexed(app):
        found = exports.export_matches(session, UserFilter(q="9anna"))
        searching.drop(app)
        assert len(exports.export_batch(found, session, after=0)) == 30


def test_all_who_match_are_those_whom_the_list_shows(index, session, person):
    add(session, "xannay", "yannay", "somebody")
    edit = BulkEdit(BulkAction.DEACTIVATE, Selection(filters=UserFilter(q="anna")))

    plan = users.review_many(session, edit, actor=OPERATOR)

    assert [person.username for person in plan.changed] == ["xannay", "yannay"]


def test_the_search_over_everything_puts_beginnings_first(index, session):
    add(session, "zz-anna", "anna", "annabel", "joanna", *(f"x{n:02}anna" for n in range(60)))

    [group] = search.find(session, "anna", lambda _code: True).groups
    names = [hit.name for hit in group.hits]

    assert names[:3] == ["anna", "annabel", "joanna"]
    assert names[3:] == [f"x{n:02}anna" for n in range(search.MOST - 3)]
    assert group.has_more


@pytest.mark.parametrize("sort", ["username", "-created"])
def test_few_are_found_by_the_index_and_many_on_the_way(index, session, sort):
    add(session, *(f"{number:05}-common" for number in range(4000)), "zz-rare-zz")
    if sort == "-created":
        session.execute(text("UPDATE users SET created_at = '2020-01-01' WHERE username > 'zz'"))
        session.commit()
    plans.gather_statistics(session)
    by_index = "ix_users_substrings", "VIRTUAL TABLE"

    def read(q):
        return user_list.list_page(session, UserFilter(q=q), sort, Cursors())

    many = plans.of(session, lambda: read("comm"))
    few = plans.of(session, lambda: read("rare"))
    none = plans.of(session, lambda: read("nobody"))

    assert len(read("comm").page.rows) == SIZE
    assert [row.username for row in read("rare").page.rows] == ["zz-rare-zz"]
    assert not plans.sorts(session, many), many
    assert not any(name in many for name in by_index), many
    for plan in (few, none):
        assert any(name in plan for name in by_index), plan
        assert "Seq Scan on users" not in plan, plan


@pytest.mark.only_on("postgresql")
def test_the_plan_that_fits_any_text_uses_the_index_too(index, session):
    # After five executions psycopg prepares a statement, and PostgreSQL may then plan it once for
    # all texts.
    add(session, *(f"{number:05}-common" for number in range(4000)), "zz-rare-zz")
    plans.gather_statistics(session)
    session.execute(text("SET LOCAL plan_cache_mode = force_generic_plan"))
    for _ in range(10):
        user_list.list_page(session, UserFilter(q="rare"), "username", Cursors())
    driver = session.connection().connection.dbapi_connection

    prepared = driver.execute(
        "SELECT name, generic_plans FROM pg_prepared_statements WHERE statement LIKE '%LIKE%'"
    )
    [(name, times)] = prepared.fetchall()
    values = "'%rare%', 'rare', 'rarez', 'user', 'user:signed-in', 1, 51"
    plan = driver.execute(f'EXPLAIN EXECUTE "{name}" ({values})').fetchall()

    assert times > 0
    assert any("ix_users_substrings" in row[0] for row in plan), plan
