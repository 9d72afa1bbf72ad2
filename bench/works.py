"""The works that are measured, what their pages have to show, and their addresses."""

import base64
import json
import re
from collections.abc import Iterable

from bench import forms, postgres
from bench.client import OK, Client, Unexpected
from bench.places import SIZES
from bench.targets import Target

SIGN_IN_PAGE, SIGN_IN = "W1", "W2"
OF_VISITORS = {SIGN_IN_PAGE, SIGN_IN}
# Sign-ins stand before what needs one: of a person's sessions the console keeps the newest ten.
NAMES = {
    SIGN_IN_PAGE: "sign-in page",
    SIGN_IN: "sign in",
    "W3": "users, page 1",
    "W4": "users at 90 %",
    "W5": "search by the beginning, 1 match",
    "W5b": "search by the beginning, 5 % match",
    "W5s": "search anywhere, 1 match",
    "W5t": "search anywhere, 5 % match",
    "W6": "roles of a user",
    "W7": "save them",
    "W8": "500 settings",
    "W9": "save one",
}
PAGE = 50
SETTINGS = 500
# With 1,000 users five per cent are not quite a page.
FEWEST_OF_MANY = 45
MOST_OF_ONE = 5
EMAIL = "@example."
USER = 7
DEEP = 0.9


def of(target: Target, wanted: Iterable[str]) -> list[str]:
    """Return those of some works that a console does."""
    done = {SIGN_IN, *target.pages, *target.saves} & set(wanted)
    return [work for work in NAMES if work in done]


def path_of(work: str, target: Target, size: str, client: Client) -> str:
    """Return the address of a work's page."""
    number = int(SIZES[size] * DEEP) // PAGE
    path = target.pages[work]
    cursor = _cursor(target, size, client) if "{cursor}" in path else ""
    return path.format(
        page=number,
        page_of_one=number + 1,
        after=number * PAGE + target.first_user,
        cursor=cursor,
        user=USER + target.first_user,
    )


def check(work: str, target: Target, text: str) -> None:
    """Look whether a page shows what is measured.

    Raises:
        Unexpected: It shows something else.
    """
    if work == SIGN_IN_PAGE:
        forms.find(text, target.sign_in.password)
    elif work == "W6":
        forms.find(text, target.saves["W7"].field)
    elif not _shows(work, text):
        raise Unexpected(f"{target.name} {work}: the page shows something else: {text[:2000]}")


def _shows(work: str, text: str) -> bool:
    emails = text.count(EMAIL)
    if work in {"W3", "W4"}:
        return emails >= PAGE
    if work in {"W5", "W5s"}:
        return "needle.quixote" in text and emails <= MOST_OF_ONE
    if work in {"W5b", "W5t"}:
        sought = "ada." if work == "W5b" else ".johnson"
        return min(emails, text.count(sought)) >= FEWEST_OF_MANY
    return len(set(re.findall(r"section_\d[._]item_\d+", text))) == SETTINGS


def _cursor(target: Target, size: str, client: Client) -> str:
    """Return the cursor that leads to the page at 90 %.

    It is the one that the first page shows, with the user of that place put into it: to get there
    by the links would take eighteen thousand pages.
    """
    first = client.get(target.pages["W3"]).demand(OK).text
    found = re.search(r"[?&;]after=([\w-]+)", first)
    if found is None:
        raise Unexpected(f"{target.name}: the first page has no link to the next one")
    shown = json.loads(_decoded(found.group(1)))
    sql = "SELECT username, id FROM users ORDER BY username OFFSET {} LIMIT 1"
    database = target.database(size)
    if shown != _user_at(sql.format(PAGE - 1), database):
        raise Unexpected(f"{target.name}: the cursor is not of the form that is known: {shown}")
    user = _user_at(sql.format(int(SIZES[size] * DEEP) - 1), database)
    text = json.dumps(user, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _user_at(sql: str, database: str) -> list[str | int]:
    [[username, user_id]] = postgres.rows(sql, database)
    return [username, int(user_id)]


def _decoded(cursor: str) -> str:
    return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
