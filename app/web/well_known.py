"""Documents that programs look for at well-known addresses (RFC 8615)."""

from flask import Blueprint, Response, abort

from app import config
from app.models.base import utcnow
from app.web.access import public

blueprint = Blueprint("well_known", __name__, url_prefix="/.well-known")


@blueprint.get("/security.txt")
@public
def security_txt() -> Response:
    """Tell where to report a weakness (RFC 9116); not found unless a contact is still good."""
    contact = config.current().security_contact
    # An expired one must not be used. Who finds nothing asks elsewhere, and not an old address.
    if contact is None or contact.is_expired(utcnow()):
        abort(404)
    lines = [f"Contact: {uri}" for uri in contact.uris]
    lines += [f"Expires: {contact.expires:%Y-%m-%dT%H:%M:%SZ}", "Preferred-Languages: en"]
    if config.current().base_url:
        lines.append(f"Canonical: {config.current().base_url}/.well-known/security.txt")
    return Response("\n".join([*lines, ""]), mimetype="text/plain")
