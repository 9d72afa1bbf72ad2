"""The index of all parts of user names and e-mail addresses: what it is, and where there is one.

It is no part of the tables that the revisions make: an operator builds it and drops it, by
`app.database.trigram_index`. PostgreSQL keeps a GIN index of trigrams right by itself. SQLite keeps
a full-text table of trigrams, with a copy of the names, right by triggers on ``users``: a row that
is written by any program is in it from then on.
"""

from functools import cache

from sqlalchemy import ColumnElement, Select, column, exists, false, func, select, table

SHORTEST = 3  # characters; of less there is no trigram

INDEX = "ix_users_substrings"
TABLE = "console_user_substrings"
CREATE_TABLE = (
    f"CREATE VIRTUAL TABLE {TABLE} USING fts5(username, email, "
    "tokenize = 'trigram case_sensitive 1', detail = none, columnsize = 0)"
)
BUILDING = f"{TABLE}_building"
KEPT = f"{TABLE}_kept"

# What was there is deleted first rather than replaced: the conflict clause of the statement that
# fires a trigger wins over the trigger's own.
_TRIGGERS = {
    "insert": "AFTER INSERT ON users BEGIN"
    " DELETE FROM console_user_substrings WHERE rowid = new.id;"
    " INSERT INTO console_user_substrings (rowid, username, email)"
    " VALUES (new.id, new.username, new.email); END",
    "update": "AFTER UPDATE OF id, username, email ON users BEGIN"
    " DELETE FROM console_user_substrings WHERE rowid IN (old.id, new.id);"
    " INSERT INTO console_user_substrings (rowid, username, email)"
    " VALUES (new.id, new.username, new.email); END",
    "delete": "AFTER DELETE ON users BEGIN"
    " DELETE FROM console_user_substrings WHERE rowid = old.id; END",
}
_MOST_TRIGRAMS = 50

_indexes = table(
    "pg_index", column("indexrelid"), column("indrelid"), column("indisvalid"), schema="pg_catalog"
)
_objects = table("sqlite_master", column("name"), column("tbl_name"), column("sql"))
_texts = table(TABLE, column("rowid"), column(TABLE))


def triggers(prefix: str) -> dict[str, str]:
    """Return the triggers that keep SQLite's table right, by their names.

    They are called after `BUILDING` until every row is in the table, and after `KEPT` from then on.
    """
    return {
        f"{prefix}_{event}": f"CREATE TRIGGER {prefix}_{event} {body}"
        for event, body in _TRIGGERS.items()
    }


@cache
def is_kept(dialect: str) -> ColumnElement[bool]:
    """Return the question whether there is an index that holds every user as they are.

    One that is being built, was left half built, or whose triggers somebody dropped, is none.
    """
    if dialect == "postgresql":
        return exists().where(
            _indexes.c.indexrelid == func.to_regclass(INDEX),
            _indexes.c.indrelid == func.to_regclass("users"),
            _indexes.c.indisvalid,
        )
    if dialect == "sqlite":
        # By their text: triggers of these names that do something else keep nothing right.
        expected = [CREATE_TABLE, *triggers(KEPT).values()]
        found = select(func.count()).select_from(_objects).where(_objects.c.sql.in_(expected))
        return found.scalar_subquery() == len(expected)
    return false()


def candidates(trigrams: ColumnElement[str]) -> Select[tuple[int]]:
    """Return the query of the ids that SQLite's table has for a text, and of a few more.

    They hold each trigram of the text, but not necessarily side by side.

    Args:
        trigrams: What `trigrams_of` returns for the text.
    """
    match = _texts.c[TABLE].op("MATCH", is_comparison=True)(trigrams)
    return select(_texts.c.rowid).where(match)


def trigrams_of(text: str) -> str:
    """Return the trigrams of a text as SQLite's full-text search is asked for them."""
    trigrams = dict.fromkeys(text[at : at + SHORTEST] for at in range(len(text) - SHORTEST + 1))
    phrases = ['"' + trigram.replace('"', '""') + '"' for trigram in trigrams]
    return " ".join(phrases[:_MOST_TRIGRAMS])
