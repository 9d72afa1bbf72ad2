"""The codes by which the console knows what a database answers."""

# PostgreSQL's SQLSTATEs, the numbers of MySQL and MariaDB, and the names of SQLite.
LOCKED: frozenset[str | int] = frozenset({"55P03", 1205, "SQLITE_BUSY"})
# The time for a statement is over, whatever it was spent on.
TOO_SLOW: frozenset[str | int] = frozenset({"57014", 1969, 3024})


def codes_of(error: BaseException | None) -> set[str | int]:
    """Return the codes of a driver's error, those of SQLite without their subdivisions."""
    # SQLITE_READONLY_DIRECTORY is one of several kinds of SQLITE_READONLY.
    name = "_".join(str(getattr(error, "sqlite_errorname", "")).split("_")[:2])
    codes: set[str | int] = {code for code in (name, getattr(error, "sqlstate", None)) if code}
    return codes | {code for code in getattr(error, "args", ())[:1] if isinstance(code, int)}
