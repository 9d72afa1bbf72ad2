"""The metrics, for a token or an allowed network; nobody else learns that there are any."""

import hmac
from importlib import import_module
from ipaddress import ip_address
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, request

from app import config
from app.config import MetricsAccess
from app.extensions import db
from app.http.requests import client_address
from app.web.access import public

MEASURES = "measures"
blueprint = Blueprint("metrics", __name__)


def register(app: Flask) -> None:
    """Measure the requests, if anybody may read the metrics; the library is imported only then."""
    if not app.config["CONSOLE"].metrics.is_on:
        return
    measures = import_module("app.web.metrics.measures").Measures(app.config["VERSION"])
    app.extensions[MEASURES] = measures
    app.after_request(measures.count)


@blueprint.get("/metrics")
@public
def index() -> Response:
    """Answer with the metrics of this worker."""
    if not _may_read(config.current().metrics):
        abort(404)
    measures: Any = current_app.extensions[MEASURES]
    return Response(measures.text(db.session, db.engine.pool), mimetype="text/plain")


def _may_read(access: MetricsAccess) -> bool:
    if access.token is not None:
        sent = request.headers.get("Authorization", "").encode()
        if hmac.compare_digest(sent, f"Bearer {access.token}".encode()):
            return True
    address = client_address()
    return address is not None and any(
        ip_address(address) in network for network in access.networks
    )
