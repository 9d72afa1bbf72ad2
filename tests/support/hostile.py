"""Values that somebody may send, in any field, and what no answer may show."""

from urllib.parse import quote_plus

from hypothesis import strategies as st

HOSTILE = [
    *("", " ", "\t", "\n", "\r\n", "\0", "a\0b", "\ud800", "a\udfffb", "\ufffe", "\u202eadmin"),
    *("0", "-1", "1", "2147483647", "2147483648", "9223372036854775807", "9223372036854775808"),
    *("9" * 5000, "1e999", "NaN", "-0", "1_000", "١٢", "0x10", "true", "y", "None", "null"),
    *("x" * 256, "x" * 501, "x" * 70_000, "é" * 40_000, "🦊" * 300, "[" * 20_000, '{"a":' * 3000),
    *('{"a":1,"a":2}', '"\\ud800"', "[1,]", "{{7*7}}", "<script>alert(1)</script>", "' OR '1'='1"),
    *("%", "_", "\\", "../../etc/passwd", "//evil.test", "/\t/evil.test", "https:evil.test"),
    *("W10", "eyJ4IjoxfQ", "WyJcdTAwMDAiLDFd", "WyJhIiw5MjIzMzcyMDM2ODU0Nzc1ODA4XQ", "=", "===="),
    *("a@b", "ada", "ada@example.org", "admin", "viewer", "username", "password_hash", "__class__"),
]
# So long that nothing takes them.
LONG = ["x" * 5 * 1024 * 1024, "[" * 100_000 + "]" * 100_000, '{"a":' * 40 + "1" + "}" * 40]
FOR_THE_LOG = ("traceback", "sqlalchemy", "$argon2", "psycopg", "pymysql", "sqlite3.")
VALUES = st.sampled_from(HOSTILE) | st.text(st.characters(), max_size=30)


def encoded(text: str) -> str:
    """Return a value as a form sends it; half a surrogate pair too, as some programs do."""
    return quote_plus(text.encode("utf-8", "surrogatepass"))


def leaks(text: str) -> bool:
    """Tell whether an answer shows what only the log may."""
    lowered = text.lower()
    return any(word in lowered for word in FOR_THE_LOG)
