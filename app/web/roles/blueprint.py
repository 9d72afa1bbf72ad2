"""The blueprint of roles."""

from flask import Blueprint

blueprint = Blueprint("roles", __name__, url_prefix="/roles")
