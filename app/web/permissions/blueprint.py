"""The blueprint of permissions."""

from flask import Blueprint

blueprint = Blueprint("permissions", __name__, url_prefix="/permissions")
