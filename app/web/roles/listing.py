"""The part of the matrix that a URL asks for, and the links to others."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from operator import attrgetter

from flask import request

from app.domain import excerpts, roles
from app.domain.excerpts import Excerpt, excerpt
from app.domain.phrases import counted, listed
from app.domain.roles import Matrix, MatrixFilter, MatrixRole, PermissionRow, Rows
from app.domain.text import shortened
from app.web.row_ids import parted
from app.web.urls import queried

# More than these are shown page by page. A browser takes more than a second for more boxes.
ALL_PERMISSIONS, BOXES = 200, 10_000
ROLES, PERMISSIONS = 30, 100
# The roles of a page, also where edited ones stand beside those of the page after the review.
MOST_ROLES = 100
# So many fit a window beside each other, and none has to be selected.
FEW_ROLES = 6


@dataclass(frozen=True)
class MatrixListing:
    """The part of the matrix that is shown, and the URLs of others.

    Attributes:
        filters: The filters of the URL.
        matrix: The whole matrix.
        after: The cursor of the page of permissions.
        role_after: The cursor of the page of roles.
        offered: The permissions to show instead of those of the page; None for the page.
        edited: The roles to show beside those of the page.
    """

    filters: MatrixFilter
    matrix: Matrix
    after: str = ""
    role_after: str = ""
    offered: Collection[int] | None = None
    edited: Collection[int] = ()

    @cached_property
    def found(self) -> Matrix:
        """The roles and permissions that match the filters."""
        return roles.matching(self.matrix, self.filters)

    @cached_property
    def permissions(self) -> Excerpt[PermissionRow]:
        """The page of permissions."""
        is_short = len(self.found.permissions) <= ALL_PERMISSIONS
        size = ALL_PERMISSIONS if is_short else PERMISSIONS
        groups = self.found.by_resource().values()
        return excerpt(groups, size, self.after, attrgetter("code"))

    @cached_property
    def roles(self) -> Excerpt[MatrixRole]:
        """The page of roles."""
        most = min(MOST_ROLES, BOXES // max(len(self.permissions.rows), 1))
        size = most if len(self.found.roles) <= most else ROLES
        groups = ([role] for role in self.found.roles)
        return excerpt(groups, size, self.role_after, attrgetter("name"))

    @cached_property
    def shown(self) -> Matrix:
        """The roles and permissions that are shown."""
        rows: Rows = self.permissions.rows
        if self.offered is not None:
            rows = self.matrix.only(self.offered).permissions[:ALL_PERMISSIONS]
        columns = {*[*self.edited, *(role.id for role in self.roles.rows)][:MOST_ROLES]}
        columns_in_order = [role for role in self.matrix.roles if role.id in columns]
        return replace(self.matrix, roles=columns_in_order, permissions=rows)

    @property
    def count(self) -> str:
        """The number of permissions, and that of the roles if they are filtered, that match."""
        permissions = counted(len(self.found.permissions), "permission")
        columns = counted(len(self.found.roles), "role")
        is_chosen = self.filters.role or self.filters.roles
        return f"{permissions}, {columns}" if is_chosen else permissions

    @property
    def chips(self) -> list[tuple[str, str]]:
        """The active filters, each with the URL of the matrix without it."""
        words = {
            "q": f"Text: {shortened(self.filters.q)}",
            "resource": f"Resource: {shortened(self.filters.resource)}",
            "differ": "Roles other than admin differ",
            "role": f"Role: {shortened(self.filters.role)}",
            "roles": f"Selected roles: {self._selected}",
        }
        active = [name for name, value in asdict(self.filters).items() if value]
        return [(words[name], url_of(self.filters, **{name: ""})) for name in active]

    @property
    def resources(self) -> list[tuple[str, str]]:
        """The resources to choose from, also a chosen one that no longer exists."""
        names = list(self.matrix.by_resource())
        gone = {self.filters.resource} - {"", *names}
        return [("", "Every resource"), *((name, shortened(name)) for name in [*names, *gone])]

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The active filters in words."""
        differ = "other than admin differ" if self.filters.differ else ""
        facts = [
            ("Text", self.filters.q),
            ("Resource", self.filters.resource),
            ("Roles", differ),
            ("Role", self.filters.role),
            ("Selected roles", self._selected if self.filters.roles else ""),
        ]
        return [(name, text) for name, text in facts if text]

    @property
    def selectable(self) -> list[tuple[MatrixRole, bool]]:
        """The roles to select for the columns, and whether each is; none if they are too many."""
        if not FEW_ROLES < len(self.matrix.roles) <= MOST_ROLES:
            return []
        selected = parted(self.filters.roles)
        return [(role, role.id in selected) for role in self.matrix.roles]

    @property
    def _selected(self) -> str:
        selected = parted(self.filters.roles)
        return listed([role.name for role in self.matrix.roles if role.id in selected]) or "none"

    @property
    def has_many_roles(self) -> bool:
        """Tell whether there is a reason to choose among the roles."""
        return bool(self.filters.role) or not self.roles.is_whole

    @property
    def is_part(self) -> bool:
        """Tell whether there are roles or permissions that are not shown."""
        return bool(self.chips) or not (self.roles.is_whole and self.permissions.is_whole)

    @property
    def url(self) -> str:
        """The URL of this part of the matrix."""
        return url_of(self.filters, after=self.after, role_after=self.role_after)

    @property
    def export_url(self) -> str:
        """The URL of all that match, as a file."""
        return queried("roles.export", **asdict(self.filters))

    def permissions_url(self, cursor: str | None) -> str:
        """Return the URL of another page of permissions; "" without a cursor."""
        if cursor is None:
            return ""
        return url_of(self.filters, after=cursor, role_after=self.role_after)

    def roles_url(self, cursor: str | None) -> str:
        """Return the URL of another page of roles; "" without a cursor."""
        if cursor is None:
            return ""
        return url_of(self.filters, after=self.after, role_after=cursor)


def filters() -> MatrixFilter:
    """Return the filters of the URL."""
    return MatrixFilter(
        q=request.args.get("q", "").strip(),
        resource=request.args.get("resource", ""),
        differ=request.args.get("differ", ""),
        role=request.args.get("role", "").strip(),
        roles=",".join(request.args.getlist("roles")),
    )


def cursors() -> dict[str, str]:
    """Return the cursors of the URL."""
    return {name: excerpts.cursor(request.args.get(name)) for name in ("after", "role_after")}


def url_of(filters: MatrixFilter, **changes: str) -> str:
    """Return the URL of the matrix with a filter."""
    return queried("roles.index", **{**asdict(filters), **changes})
