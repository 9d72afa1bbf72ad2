"""The list of users: its filters, order, rows and URLs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from flask import g

from app.domain import users
from app.domain.filter_words import WITHOUT, meant, written
from app.domain.paging import Cursors, Page
from app.domain.phrases import counted, iso
from app.domain.text import shortened
from app.domain.users import BulkAction, NameSearch, UserFilter
from app.models.spelling import shown_address
from app.models.user_trigrams import SHORTEST
from app.web import zones
from app.web.filters import utc, written_day
from app.web.session.identity import initials, tint
from app.web.urls import queried
from app.web.users.choices import KINDS, ORDERS, SIGNED_IN, STATUSES
from app.web.users.selection import ListSelection

FIRST = "username"
ACTIONS = [
    (BulkAction.ASSIGN, "Assign role…"),
    (BulkAction.UNASSIGN, "Remove role…"),
    (BulkAction.ACTIVATE, "Activate…"),
    (BulkAction.DEACTIVATE, "Deactivate…"),
]

_FINDS_BEGINNINGS = (
    "Finds user names, email addresses and words of full names that start with this text."
)


class UserLine(NamedTuple):
    """The content of one row of the list."""

    id: int
    name: str
    details: str
    tint: str
    initials: str
    roles: list[str]
    is_active: bool
    is_verified: bool
    created_iso: str
    created_utc: str
    created_day: str
    signed_in_at: datetime | None
    is_service: bool
    is_selected: bool


def allowed_actions() -> list[tuple[BulkAction, str]]:
    """Return the bulk actions that the person may carry out, each with its button."""
    return [(action, label) for action, label in ACTIONS if g.me.can(action.needs)]


def verb(names: NameSearch | None) -> str:
    """Return the verb between a name and the text that was searched."""
    return "contains" if names and names.is_anywhere else "starts with"


@dataclass(frozen=True)
class UserListing:
    """One page of the list, with the URLs of its other pages and orders."""

    filters: UserFilter
    sort: str
    page: Page
    names: NameSearch | None
    cursors: Cursors
    selected: frozenset[int]

    @cached_property
    def selection(self) -> ListSelection:
        """The selected users."""
        return ListSelection(self.selected, self.selected - {row.id for row in self.page.rows})

    @cached_property
    def actions(self) -> list[tuple[BulkAction, str]]:
        """The bulk actions that the person may carry out, each with its button."""
        return allowed_actions()

    @property
    def orders(self) -> list[tuple[str, str]]:
        """The orders to choose from."""
        return ORDERS

    @property
    def statuses(self) -> list[tuple[str, str]]:
        """The statuses to choose from."""
        return STATUSES

    @property
    def columns(self) -> list[Any]:
        """The columns after that of the boxes, with links to sort by them."""
        names = self._column("User", "username"), self._column("Email", "email")
        created = self._column("Created", "created")
        return [{"sorts": names}, "Roles", "Status", "Last signed in", created]

    @property
    def signed_in(self) -> list[tuple[str, str]]:
        """The times of the last sign-in to choose from."""
        return SIGNED_IN

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """The kinds of users to choose from."""
        return KINDS

    @property
    def lines(self) -> Iterator[UserLine]:
        """The rows of this page."""
        zone = zones.current()
        # Unpacked at once: a row of SQLAlchemy takes longer to look up each of its names.
        for row in self.page.rows:
            user_id, username, email, full_name, active, verified, *rest = tuple(row)[:10]
            created_at, roles, signed_in, is_service = rest
            email = shown_address(email)
            name = full_name or username
            yield UserLine(
                user_id,
                name,
                f"{username} · {email}" if full_name else email,
                tint(user_id),
                initials(name),
                users.role_names(roles),
                active,
                verified,
                iso(created_at),
                utc(created_at),
                written_day(created_at.astimezone(zone)),
                signed_in,
                bool(is_service),
                user_id in self.selected,
            )

    @property
    def caption(self) -> str:
        """The caption of the table, for screen readers."""
        order = dict(ORDERS)[self.sort]
        return f"Users, sorted by {order[0].lower()}{order[1:]}"

    @property
    def chips(self) -> list[tuple[str, str]]:
        """The active filters, each with the URL that removes it."""
        q, role, status = self.filters.q, self.filters.role, self.filters.status
        signed_in = self.filters.signed_in
        name = meant(role)
        texts = {
            "q": q and f"{verb(self.names)} “{shortened(q)}”",
            "role": role and (f"role {shortened(name)}" if name else "without a role"),
            "status": status and f"status {dict(STATUSES)[status].lower()}",
            "signed_in": signed_in and f"signed in {dict(SIGNED_IN)[signed_in].lower()}",
            "kind": dict(KINDS)[self.filters.kind].lower() if self.filters.kind else "",
        }
        return [(text, self._url(**{name: ""})) for name, text in texts.items() if text]

    @property
    def hint(self) -> str:
        """The explanation of the search; "" if no text was given."""
        if not self.filters.q:
            return ""
        if self.names and self.names.is_too_short:
            return (
                f"{_FINDS_BEGINNINGS} With {SHORTEST} or more characters, user names and email "
                "addresses that contain it are found, too."
            )
        if self.names and self.names.is_anywhere:
            return (
                "Finds user names and email addresses that contain this text, and words of full "
                "names that start with it."
            )
        return _FINDS_BEGINNINGS

    @property
    def count(self) -> str:
        """The number of users who match, if they fit on one page."""
        count = len(self.page.rows)
        if self.page.before or self.page.after or not count:
            return ""
        return counted(count, "user matches", "users match")

    @property
    def everyone(self) -> str:
        """The label of the box that selects all users who match."""
        count = f"All {len(self.page.rows)}" if self.count else "All"
        return f"{count} who match the filter" if self.chips else f"{count} users"

    @property
    def all_url(self) -> str:
        """The URL without filters."""
        return self._url(q="", role="", status="", signed_in="", kind="")

    @property
    def here(self) -> str:
        """The URL of this page of the list."""
        return self._url(after=self.cursors.after or "", before=self.cursors.before or "")

    @property
    def first_url(self) -> str:
        """The URL of the first page."""
        return self._url()

    @property
    def previous_url(self) -> str:
        """The URL of the previous page; "" on the first."""
        return self._url(before=self.page.before) if self.page.before else ""

    @property
    def next_url(self) -> str:
        """The URL of the next page; "" on the last."""
        return self._url(after=self.page.after) if self.page.after else ""

    def role_options(self, names: Sequence[str]) -> list[tuple[str, str]]:
        """Return the roles to filter by, also the current one if it no longer exists."""
        current = self.filters.role
        options = [(written(name), name) for name in names]
        if current and meant(current) not in {"", *names}:
            options.append((current, shortened(meant(current))))
        return [("", "Any role"), *options, (WITHOUT, "Without a role")]

    def _column(self, label: str, sort: str) -> dict[str, str]:
        order = {sort: "ascending", f"-{sort}": "descending"}.get(self.sort, "none")
        other = f"-{sort}" if self.sort == sort else sort
        return {"label": label, "url": self._url(sort=other), "order": order}

    def _url(self, **changes: str) -> str:
        values = {**vars(self.filters), "sort": self.sort} | changes
        if values["sort"] == FIRST:
            values["sort"] = ""
        return queried("users.index", **values)
