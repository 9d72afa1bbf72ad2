"""Failed attempts to show who one is, counted wherever the console asks for it."""

from flask import current_app
from sqlalchemy.exc import DBAPIError

from app import unit_of_work
from app.domain import sign_in
from app.extensions import db
from app.web.session import identity


def note(name: str) -> None:
    """Count a failed sign-in with the name, or leave it where the database is away."""
    actor = identity.current_actor()
    try:
        unit_of_work.carry_out(
            lambda: sign_in.note_failure(db.session, name, actor.address), actor=actor
        )
    except (DBAPIError, unit_of_work.OutcomeUnknown, unit_of_work.TooManyChanges) as error:
        # A table that is away or may not be written is a ProgrammingError on some databases.
        db.session.rollback()
        current_app.logger.warning("A failed sign-in was not counted: %s.", type(error).__name__)
