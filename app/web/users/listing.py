"""What the list of users makes of its address: its order, its filters, the pages beside it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain import users
from app.domain.paging import Page
from app.domain.phrases import counted
from app.domain.text import shortened
from app.domain.users import BulkAction, NameSearch, UserFilter
from app.models.user_trigrams import SHORTEST
from app.web import filters, zones
from app.web.identity import Me, initials, tint
from app.web.urls import queried

FIRST = "username"
ORDERS = [
    ("username", "User name, A to Z"),
    ("-username", "User name, Z to A"),
    ("email", "Email, A to Z"),
    ("-email", "Email, Z to A"),
    ("-created", "Created, newest first"),
    ("created", "Created, oldest first"),
]
STATUSES = [
    ("", "Any status"),
    ("active", "Active"),
    ("inactive", "Inactive"),
    ("unverified", "Not verified"),
]
WITHOUT = "none"
ACTIONS = [
    (BulkAction.ASSIGN, "Assign role…"),
    (BulkAction.UNASSIGN, "Unassign role…"),
    (BulkAction.ACTIVATE, "Activate…"),
    (BulkAction.DEACTIVATE, "Deactivate…"),
]


def actions(me: Me) -> list[tuple[BulkAction, str]]:
    """Return what the person may do to the users who are ticked, each with its button."""
    return [(action, label) for action, label in ACTIONS if me.can(action.needs)]


def verb(names: NameSearch | None) -> str:
    """Return what the name of a user who is found does with the text that is looked for."""
    return "contains" if names and names.is_anywhere else "begins with"


@dataclass(frozen=True)
class Listing:
    """The list as its address wants it, with the addresses that lead on from there."""

    wanted: UserFilter
    sort: str
    page: Page
    names: NameSearch | None

    @property
    def columns(self) -> list[Any]:
        """The columns, with links to sort by them; before them goes the one of the boxes."""
        by_name = self._column("User", "username"), self._column("Email", "email")
        return [{"sorts": by_name}, "Roles", "Status", self._column("Created", "created")]

    @property
    def lines(self) -> Iterator[tuple[Any, ...]]:
        """What the rows of this page say, in the order in which they say it.

        By position: fifty rows are most of what the page costs, and to look up a name in a row of
        SQLAlchemy's takes longer than to make an object.
        """
        zone = zones.current()
        for row in self.page.rows:
            number, username, email, full_name, is_active, is_verified, created, held = tuple(row)
            name = full_name or username
            yield (
                number,
                name,
                f"{username} · {email}" if full_name else email,
                tint(number),
                initials(name),
                users.role_names(held),
                is_active,
                is_verified,
                filters.iso(created),
                filters.utc(created),
                filters.written_day(created.astimezone(zone)),
            )

    @property
    def caption(self) -> str:
        """What the table is, for those who do not see how it is sorted."""
        order = dict(ORDERS)[self.sort]
        return f"Users, sorted by {order[0].lower()}{order[1:]}"

    @property
    def chips(self) -> list[tuple[str, str]]:
        """Each active filter, and the address without it."""
        found = []
        if self.wanted.q:
            found.append((f"{verb(self.names)} “{shortened(self.wanted.q)}”", self._address(q="")))
        if self.wanted.role:
            what = "without a role" if self.wanted.role == WITHOUT else f"role {self.wanted.role}"
            found.append((shortened(what), self._address(role="")))
        if self.wanted.status:
            status = dict(STATUSES)[self.wanted.status].lower()
            found.append((f"status {status}", self._address(status="")))
        return found

    @property
    def hint(self) -> str:
        """How names are searched; "" where they are not."""
        if not self.wanted.q:
            return ""
        if self.names and self.names.is_too_short:
            return (
                f"Fewer than {SHORTEST} characters are looked for at the beginning of user names "
                "and email addresses, more of them anywhere."
            )
        if self.names and self.names.is_anywhere:
            return "User names and email addresses are searched for any part of them."
        return "User names and email addresses are searched from their beginning."

    @property
    def count(self) -> str:
        """How many users match, where one page holds them all."""
        number = len(self.page.rows)
        if self.page.before or self.page.after or not number:
            return ""
        return counted(number, "user matches", "users match")

    @property
    def everyone(self) -> str:
        """All who match, as the box says that takes them all."""
        count = f"All {len(self.page.rows)}" if self.count else "All"
        return f"{count} who match the filter" if self.chips else f"{count} users"

    @property
    def all_url(self) -> str:
        """The address without filters."""
        return self._address(q="", role="", status="")

    @property
    def first_url(self) -> str:
        """The address of the first page."""
        return self._address()

    @property
    def previous_url(self) -> str:
        """The address of the page before; "" where this is the first."""
        return self._address(before=self.page.before) if self.page.before else ""

    @property
    def next_url(self) -> str:
        """The address of the page after; "" where this is the last."""
        return self._address(after=self.page.after) if self.page.after else ""

    def role_options(self, names: Sequence[str]) -> list[tuple[str, str]]:
        """What the list can be filtered by: the roles, and none; also one that has gone."""
        found = [(name, name) for name in names if name != WITHOUT]
        gone = self.wanted.role and self.wanted.role not in {WITHOUT, *names}
        if gone:
            found.append((self.wanted.role, shortened(self.wanted.role)))
        return [("", "Any role"), *found, (WITHOUT, "Without a role")]

    def _column(self, label: str, sort: str) -> dict[str, str]:
        order = {sort: "ascending", f"-{sort}": "descending"}.get(self.sort, "none")
        other = f"-{sort}" if self.sort == sort else sort
        return {"label": label, "url": self._address(sort=other), "order": order}

    def _address(self, **changes: str) -> str:
        kept = {
            "q": self.wanted.q,
            "role": self.wanted.role,
            "status": self.wanted.status,
            "sort": self.sort,
        }
        wanted = kept | changes
        if wanted["sort"] == FIRST:
            wanted["sort"] = ""
        return queried("users.index", **wanted)
