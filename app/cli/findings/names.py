"""Findings of ``flask doctor`` about the names of users and roles."""

from collections.abc import Iterator

from app.domain import roles, users
from app.domain.phrases import counted, listed
from app.extensions import db

NAMED = 5


def uncopied() -> Iterator[str]:
    """Say how many names are not copied yet."""
    if count := users.count_uncopied(db.session):
        yield (
            f"The names of {counted(count, 'user')} are not copied yet, so finding them takes"
            " longer. Run: flask users copy-names"
        )


def lookalikes() -> Iterator[str]:
    """Name users and roles that can be mistaken for each other."""
    count, groups = users.lookalikes(db.session, NAMED)
    alike = [*roles.lookalikes(db.session), *groups]
    if alike:
        others = count - len(groups)
        names = "; ".join(" and ".join(names) for names in alike)
        more = f"; and {others:,} more" if others else ""
        yield f"Some names can be mistaken for each other: {names}{more}."


def mixed_scripts() -> Iterator[str]:
    """Name users whose names mix the letters of several scripts."""
    if mixed := list(users.of_mixed_scripts(db.session)):
        yield f"These user names mix the letters of several scripts: {listed(mixed, NAMED)}."
