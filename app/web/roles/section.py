"""What the pages of roles share: their blueprint."""

from flask import Blueprint

blueprint = Blueprint("roles", __name__, url_prefix="/roles")
