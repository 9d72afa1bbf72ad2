"""The matrix as its address wants it: which rows it shows, and the ways to others."""

from dataclasses import asdict, dataclass

from flask import request

from app.domain.phrases import counted
from app.domain.roles import Matrix, MatrixFilter
from app.domain.text import shortened
from app.web.urls import queried


@dataclass(frozen=True)
class Listing:
    """The rows of the matrix that are shown, and the addresses of others.

    Attributes:
        wanted: What the address asks for.
        matrix: All rows.
        shown: Those that are shown.
    """

    wanted: MatrixFilter
    matrix: Matrix
    shown: Matrix

    @property
    def count(self) -> str:
        """How many permissions are shown."""
        return counted(len(self.shown.permissions), "permission")

    @property
    def chips(self) -> list[tuple[str, str]]:
        """The filters that are on, each with the address that does without it."""
        words = {
            "q": f"Text: {shortened(self.wanted.q)}",
            "resource": f"Resource: {shortened(self.wanted.resource)}",
            "differ": "Roles other than admin differ",
        }
        active = [name for name, value in asdict(self.wanted).items() if value]
        return [(words[name], address(self.wanted, **{name: ""})) for name in active]

    @property
    def resources(self) -> list[tuple[str, str]]:
        """What can be chosen: every resource, and one of them; also one that has gone."""
        names = list(self.matrix.by_resource())
        gone = {self.wanted.resource} - {"", *names}
        return [("", "Every resource"), *((name, shortened(name)) for name in [*names, *gone])]

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What the filter asks for, in words."""
        differ = "other than admin differ" if self.wanted.differ else ""
        facts = [("Text", self.wanted.q), ("Resource", self.wanted.resource), ("Roles", differ)]
        return [(name, text) for name, text in facts if text]

    @property
    def url(self) -> str:
        """The address of these rows."""
        return address(self.wanted)

    @property
    def export_url(self) -> str:
        """The address of these rows as a file."""
        return queried("roles.export", **asdict(self.wanted))


def wanted() -> MatrixFilter:
    """Return what the address of the matrix asks for."""
    return MatrixFilter(
        q=request.args.get("q", "").strip(),
        resource=request.args.get("resource", ""),
        differ=request.args.get("differ", ""),
    )


def address(wanted: MatrixFilter, **changes: str) -> str:
    """Return the address of the matrix with a filter."""
    return queried("roles.index", **{**asdict(wanted), **changes})
