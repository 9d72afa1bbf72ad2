"""For those who watch the process: whether it runs, and whether it can work."""

from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy.exc import SQLAlchemyError

from app.database import revisions
from app.extensions import db
from app.web.access import public

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def healthz() -> Response:
    """Answer as long as the process runs."""
    return jsonify(status="ok", version=current_app.config["VERSION"])


@blueprint.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    """Tell whether the database answers and is at the revision that the console needs."""
    try:
        status = revisions.status(db.session)
    except SQLAlchemyError:
        return jsonify(status="unavailable", reason="The database does not answer."), 503
    if not status.is_current:
        return jsonify(status="unavailable", reason=status.message), 503
    return jsonify(status="ok", revision=revisions.head()), 200
