"""The blueprint of the audit log."""

from flask import Blueprint

blueprint = Blueprint("audit", __name__, url_prefix="/audit")
