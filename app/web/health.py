"""For those who watch the process: whether it runs, and whether it can work."""

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from app.database import revisions
from app.database.probe import try_writing
from app.database.problems import is_rejected, public_sentence
from app.extensions import db
from app.web.access import public

REJECTED = "The database refuses what the console asks. flask doctor tells why."
blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def healthz() -> Response:
    """Answer as long as the process runs."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    """Tell whether the database answers, is at the newest revision and takes changes."""
    try:
        status = revisions.status(db.session)
        db.session.rollback()
        if status.is_current:
            try_writing(db.engine)
    except SQLAlchemyError as error:
        silent = REJECTED if is_rejected(error) else "The database does not answer."
        reason = public_sentence(error) or silent
        return jsonify(status="unavailable", reason=reason), 503
    if not status.is_current:
        return jsonify(status="unavailable", reason=status.message), 503
    return jsonify(status="ok", revision=revisions.head()), 200
