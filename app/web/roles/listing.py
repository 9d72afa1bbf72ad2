"""The rows of the matrix that a URL asks for, and the links to others."""

from dataclasses import asdict, dataclass

from flask import request

from app.domain.phrases import counted
from app.domain.roles import Matrix, MatrixFilter
from app.domain.text import shortened
from app.web.urls import queried


@dataclass(frozen=True)
class MatrixListing:
    """The rows of the matrix that are shown, and the URLs of others.

    Attributes:
        filters: The filters of the URL.
        matrix: All rows.
        shown: Those that are shown.
    """

    filters: MatrixFilter
    matrix: Matrix
    shown: Matrix

    @property
    def count(self) -> str:
        """The number of permissions shown."""
        return counted(len(self.shown.permissions), "permission")

    @property
    def chips(self) -> list[tuple[str, str]]:
        """The active filters, each with the URL of the matrix without it."""
        words = {
            "q": f"Text: {shortened(self.filters.q)}",
            "resource": f"Resource: {shortened(self.filters.resource)}",
            "differ": "Roles other than admin differ",
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
        facts = [("Text", self.filters.q), ("Resource", self.filters.resource), ("Roles", differ)]
        return [(name, text) for name, text in facts if text]

    @property
    def url(self) -> str:
        """The URL of these rows."""
        return url_of(self.filters)

    @property
    def export_url(self) -> str:
        """The URL of these rows as a file."""
        return queried("roles.export", **asdict(self.filters))


def filters() -> MatrixFilter:
    """Return the filters of the URL."""
    return MatrixFilter(
        q=request.args.get("q", "").strip(),
        resource=request.args.get("resource", ""),
        differ=request.args.get("differ", ""),
    )


def url_of(filters: MatrixFilter, **changes: str) -> str:
    """Return the URL of the matrix with a filter."""
    return queried("roles.index", **{**asdict(filters), **changes})
